package store

import (
	"encoding/json"
	"fmt"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
)

// Records lists the records of a kind by id.
func (r *reader) Records(kind string) ([]bot.Record, error) {
	var records []bot.Record
	err := r.each("SELECT id, updated, body FROM records WHERE kind = $1 ORDER BY id", []any{kind}, func(scan func(...any) error) error {
		rec, err := scanRecord(kind, scan)
		records = append(records, rec)
		return err
	})
	return records, err
}

// Record reads one record.
func (r *reader) Record(kind, id string) (bot.Record, error) {
	var rec bot.Record
	found := false
	err := r.each("SELECT id, updated, body FROM records WHERE kind = $1 AND id = $2", []any{kind, id}, func(scan func(...any) error) (err error) {
		found = true
		rec, err = scanRecord(kind, scan)
		return err
	})
	return rec, missing(number(found), err, "record", kind+"/"+id)
}

func scanRecord(kind string, scan func(...any) error) (bot.Record, error) {
	rec := bot.Record{Kind: kind}
	var updated int64
	var body string
	err := scan(&rec.ID, &updated, &body)
	rec.Updated, rec.Body = instant(updated), json.RawMessage(body)
	return rec, err
}

// PutRecord adds or replaces a record.
func (t *tx) PutRecord(r bot.Record) error {
	if r.Kind == "" || !json.Valid(r.Body) {
		return fmt.Errorf("record %s/%s: %w", r.Kind, r.ID, bot.ErrInvalid)
	}
	if r.Updated.IsZero() {
		r.Updated = t.now
	}
	_, err := t.exec("INSERT INTO records (kind, id, updated, body)"+values(1, 4)+
		" ON CONFLICT (kind, id) DO UPDATE SET updated = excluded.updated, body = excluded.body",
		r.Kind, r.ID, millis(r.Updated), string(r.Body))
	return err
}

// DeleteRecord removes a record; one that is not there is no error.
func (t *tx) DeleteRecord(kind, id string) error {
	_, err := t.exec("DELETE FROM records WHERE kind = $1 AND id = $2", kind, id)
	return err
}

// Article reads one article.
func (r *reader) Article(id string) (bot.Article, error) {
	var body string
	var a bot.Article
	if err := r.one("article", id, "SELECT body FROM articles WHERE id = $1", []any{id}, &body); err != nil {
		return a, err
	}
	return a, decode("article", id, body, &a)
}

// Articles lists articles in the given states, the last changed first.
func (r *reader) Articles(states ...bot.ArticleState) ([]bot.Article, error) {
	where, args := "", []any{}
	if len(states) > 0 {
		where = " WHERE " + in("state", 1, len(states))
		for _, s := range states {
			args = append(args, string(s))
		}
	}
	var articles []bot.Article
	err := r.each("SELECT id, body FROM articles"+where+" ORDER BY updated DESC, id DESC", args, func(scan func(...any) error) error {
		var id, body string
		var a bot.Article
		if err := scan(&id, &body); err != nil {
			return err
		}
		if err := decode("article", id, body, &a); err != nil {
			r.unreadable("articles", id, err)
			return nil
		}
		articles = append(articles, a)
		return nil
	})
	return articles, err
}

// PutArticle adds or replaces an article.
func (t *tx) PutArticle(a bot.Article) error {
	if strings.TrimSpace(a.ID) == "" {
		return fmt.Errorf("an article without an id: %w", bot.ErrInvalid)
	}
	body, err := encode(&a)
	if err != nil {
		return err
	}
	_, err = t.exec("INSERT INTO articles (id, state, updated, body)"+values(1, 4)+
		" ON CONFLICT (id) DO UPDATE SET state = excluded.state, updated = excluded.updated, body = excluded.body",
		a.ID, string(a.State), millis(a.Updated), body)
	return err
}

// File reads an attachment with its data.
func (r *reader) File(id string) (bot.StoredFile, error) {
	var f bot.StoredFile
	var at int64
	var audience string
	err := r.one("file", id, "SELECT id, case_id, name, type, hash, audience, at, data FROM files WHERE id = $1", []any{id},
		&f.ID, &f.Case, &f.Name, &f.Type, &f.Hash, &audience, &at, &f.Data)
	f.Audience, f.At = chat.ParseAudience(audience), instant(at)
	return f, err
}

// PutFile stores an attachment of at most [chat.MaxFile] bytes.
func (t *tx) PutFile(f bot.StoredFile) error {
	if f.ID == "" || len(f.Data) > chat.MaxFile {
		return fmt.Errorf("file %q of %d bytes: %w", f.Name, len(f.Data), bot.ErrInvalid)
	}
	if f.Data == nil {
		f.Data = []byte{} // the column takes no NULL
	}
	if f.At.IsZero() {
		f.At = t.now
	}
	_, err := t.exec("INSERT INTO files (id, case_id, name, type, hash, audience, at, data)"+values(1, 8)+` ON CONFLICT (id) DO UPDATE SET
		case_id = excluded.case_id, name = excluded.name, type = excluded.type, hash = excluded.hash,
		audience = excluded.audience, at = excluded.at, data = excluded.data`,
		f.ID, f.Case, f.Name, f.Type, f.Hash, f.Audience.String(), millis(f.At), f.Data)
	return err
}
