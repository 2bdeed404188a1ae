package memory

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
)

// Link finds what a place or message belongs to.
func (r *reader) Link(key string) (bot.Link, error) {
	if err := r.open(); err != nil {
		return bot.Link{}, err
	}
	l, ok := r.links.get(key)
	if !ok {
		return bot.Link{}, absent("link", key)
	}
	return *l, nil
}

// Links lists the places and messages of a case, oldest first, of some roles or
// all.
func (r *reader) Links(caseID int64, roles ...bot.LinkRole) ([]bot.Link, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	var links []bot.Link
	for key, l := range r.linksOf.from(name{of: caseID}) {
		if key.of != caseID {
			break
		}
		if len(roles) == 0 || slices.Contains(roles, l.Role) {
			links = append(links, *l)
		}
	}
	slices.SortStableFunc(links, func(a, b bot.Link) int { return a.At.Compare(b.At) })
	return links, nil
}

// PutLink ties places or messages to cases, in place of what they were tied to.
func (t *tx) PutLink(links ...bot.Link) error {
	if err := t.open(); err != nil {
		return err
	}
	for _, l := range links {
		if old, ok := t.links.get(l.Key); ok {
			t.linksOf.remove(name{old.Case, l.Key})
		}
		if l.At.IsZero() {
			l.At = t.now
		}
		l.At = ms(l.At)
		t.links.put(l.Key, &l)
		t.linksOf.put(name{l.Case, l.Key}, &l)
	}
	return nil
}

func recordKey(kind, id string) string { return kind + "\x00" + id }

// Records lists the records of a kind by id.
func (r *reader) Records(kind string) ([]bot.Record, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	var records []bot.Record
	for key, rec := range r.records.from(recordKey(kind, "")) {
		if !strings.HasPrefix(key, recordKey(kind, "")) {
			break
		}
		records = append(records, clone(*rec))
	}
	return records, nil
}

// Record reads one record.
func (r *reader) Record(kind, id string) (bot.Record, error) {
	if err := r.open(); err != nil {
		return bot.Record{}, err
	}
	rec, ok := r.records.get(recordKey(kind, id))
	if !ok {
		return bot.Record{}, absent("record", kind+"/"+id)
	}
	return clone(*rec), nil
}

// PutRecord adds or replaces a record.
func (t *tx) PutRecord(r bot.Record) error {
	if err := t.open(); err != nil {
		return err
	}
	if r.Kind == "" || !json.Valid(r.Body) {
		return fmt.Errorf("record %s/%s: %w", r.Kind, r.ID, bot.ErrInvalid)
	}
	if r.Updated.IsZero() {
		r.Updated = t.now
	}
	own := clone(r)
	own.Updated = ms(own.Updated)
	t.records.put(recordKey(r.Kind, r.ID), &own)
	return nil
}

// DeleteRecord removes a record; one that is not there is no error.
func (t *tx) DeleteRecord(kind, id string) error {
	if err := t.open(); err != nil {
		return err
	}
	t.records.remove(recordKey(kind, id))
	return nil
}

// Article reads one article.
func (r *reader) Article(id string) (bot.Article, error) {
	if err := r.open(); err != nil {
		return bot.Article{}, err
	}
	a, ok := r.articles.get(id)
	if !ok {
		return bot.Article{}, absent("article", id)
	}
	return clone(*a), nil
}

// Articles lists articles in the given states, the last changed first.
func (r *reader) Articles(states ...bot.ArticleState) ([]bot.Article, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	var articles []bot.Article
	for _, a := range r.articles.all() {
		if len(states) == 0 || slices.Contains(states, a.State) {
			articles = append(articles, clone(*a))
		}
	}
	slices.SortFunc(articles, func(a, b bot.Article) int {
		return cmp.Or(ms(b.Updated).Compare(ms(a.Updated)), cmp.Compare(b.ID, a.ID))
	})
	return articles, nil
}

// PutArticle adds or replaces an article.
func (t *tx) PutArticle(a bot.Article) error {
	if err := t.open(); err != nil {
		return err
	}
	if strings.TrimSpace(a.ID) == "" {
		return fmt.Errorf("an article without an id: %w", bot.ErrInvalid)
	}
	own := clone(a)
	t.articles.put(a.ID, &own)
	return nil
}

// File reads an attachment with its data.
func (r *reader) File(id string) (bot.StoredFile, error) {
	if err := r.open(); err != nil {
		return bot.StoredFile{}, err
	}
	f, ok := r.files.get(id)
	if !ok {
		return bot.StoredFile{}, absent("file", id)
	}
	return clone(*f), nil
}

// PutFile stores an attachment of at most [chat.MaxFile] bytes.
func (t *tx) PutFile(f bot.StoredFile) error {
	if err := t.open(); err != nil {
		return err
	}
	if f.ID == "" || len(f.Data) > chat.MaxFile {
		return fmt.Errorf("file %q of %d bytes: %w", f.Name, len(f.Data), bot.ErrInvalid)
	}
	if f.At.IsZero() {
		f.At = t.now
	}
	own := clone(f)
	own.At = ms(own.At)
	t.files.put(f.ID, &own)
	return nil
}
