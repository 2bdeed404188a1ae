package knowledge

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

// Library is the knowledge base at work: it keeps the index in step with the
// articles and resolved cases of the store, answers look-ups, suggests fixes for
// new cases, and drafts articles from resolutions. It implements bot.Searcher.
type Library struct {
	desk    *bot.Desk
	index   *Index
	log     *slog.Logger
	vectors atomic.Pointer[vectors]
	// rerank, when set, puts the best of ten first; an empty answer means none fits.
	rerank func(ctx context.Context, question string, docs []Doc) ([]string, error)
}

// Rerank lets a language model look at the best ten before they are suggested.
// Without one, or when it fails, the order of the index stands.
func (l *Library) Rerank(f func(ctx context.Context, question string, docs []Doc) ([]string, error)) {
	l.rerank = f
}

// NewLibrary makes a library over the desk's store and listens to what the desk
// commits. Call it before the desk is used, and Load before searching.
func NewLibrary(desk *bot.Desk, log *slog.Logger) *Library {
	l := &Library{desk: desk, index: NewIndex(), log: log}
	desk.Listen(l.committed)
	return l
}

// Index is what the library searches.
func (l *Library) Index() *Index { return l.index }

// Load builds the index from the store.
func (l *Library) Load(ctx context.Context) error {
	var docs []Doc
	err := l.desk.Store().View(ctx, func(r bot.Reader) error {
		articles, err := r.Articles(bot.ArticlePublished)
		if err != nil {
			return err
		}
		covered := map[string]bool{}
		for i := range articles {
			docs = append(docs, articleDoc(&articles[i]))
			covered[articles[i].Case] = true
		}
		cases, err := r.Cases(bot.CaseQuery{States: []bot.State{bot.Resolved, bot.Closed}, Newest: true, Limit: 10_000})
		for i := range cases {
			if d, ok := caseDoc(&cases[i]); ok && !covered[d.ID] {
				docs = append(docs, d)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return l.index.Put(docs...)
}

func articleDoc(a *bot.Article) Doc {
	return Doc{ID: a.ID, Kind: Article, Lang: a.Lang, Title: a.Title, Symptom: a.Symptom, Cause: a.Cause, Solution: a.Solution, Body: a.Where,
		Aliases: a.Aliases, Customer: a.Customer, Internal: a.Internal, Product: a.Product, Version: a.Version, State: Published,
		Helped: a.Helped, Failed: a.Failed, Updated: a.Updated}
}

// caseDoc makes a resolved case findable, for the people of the hotline only: what
// a customer wrote is nobody else's business until somebody has made an article of
// it. Cases that an article solved are left out; the article is found instead.
func caseDoc(c *bot.Case) (Doc, bool) {
	if c.Solution == "" || c.SelfSolved != "" || c.Drill {
		return Doc{}, false
	}
	return Doc{ID: c.Number, Kind: Case, Lang: c.Lang, Title: c.Title, Symptom: c.Text, Cause: c.Cause, Solution: c.Solution,
		Customer: c.Customer, Internal: true, Product: c.Service, State: Published, Updated: c.Updated}, true
}

// committed keeps the index in step; it runs on the store's writer and does no I/O.
func (l *Library) committed(out bot.Outcome, _ []bot.Letter, _ []bot.Timer) {
	for _, e := range out.Events {
		switch e.Type {
		case bot.EvResolved:
			if d, ok := caseDoc(&out.Case); ok {
				l.put(d)
			}
		case bot.EvReopened:
			l.index.Delete(out.Case.Number)
		case bot.EvTried:
			go l.learn(out.Case, e)
		}
	}
}

func (l *Library) put(d Doc) {
	if err := l.index.Put(d); err != nil {
		l.log.Error("index", "doc", d.ID, "err", err)
	}
}

// ArticleChanged puts an article that was just committed into the index, or takes
// it out when it is not published any more.
func (l *Library) ArticleChanged(a bot.Article) {
	if a.State == bot.ArticlePublished {
		l.put(articleDoc(&a))
		l.index.Delete(a.Case) // the article speaks for its case
		l.embedArticle(articleDoc(&a))
		return
	}
	l.index.Delete(a.ID)
}

// recAlias is the kind of record that keeps the phrasings of an article, by its id.
const recAlias = "alias"

// learn counts what a suggestion did, and learns the phrasing that led to it: at once
// when a responder says so, after a second customer's voice otherwise.
func (l *Library) learn(c bot.Case, e bot.CaseEvent) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := l.desk.Store().Do(ctx, func(tx bot.Tx) error {
		a, err := tx.Article(e.To)
		if errors.Is(err, bot.ErrNotFound) {
			return nil // a case, not an article
		}
		if err != nil {
			return err
		}
		switch e.Mode {
		case "solved":
			a.Helped++
			if err := hear(tx, &a, c, e); err != nil {
				return err
			}
		case "not":
			a.Failed++
		default:
			return nil
		}
		a.Updated = tx.Now()
		tx.OnCommit(func() { l.ArticleChanged(a) })
		return tx.PutArticle(a)
	})
	if err != nil {
		l.log.Error("feedback not stored", "case", c.Number, "article", e.To, "err", err)
	}
}

// hear adds the words of a case to the phrasings of the article that solved it.
func hear(tx bot.Tx, a *bot.Article, c bot.Case, e bot.CaseEvent) error {
	var aliases []Alias
	rec, err := tx.Record(recAlias, a.ID)
	if err == nil {
		err = json.Unmarshal(rec.Body, &aliases)
	}
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	heard := Heard{Text: c.Text, Customer: c.Customer, Reporter: c.Reporter, At: tx.Now()}
	if e.Actor.Role.Staff() {
		heard.Responder = e.Actor.ID
	}
	aliases, _ = Learn(aliases, heard)
	a.Aliases = Active(aliases)
	return bot.PutJSON(tx, recAlias, a.ID, aliases)
}

// Search finds fixes; see [bot.Searcher].
func (l *Library) Search(ctx context.Context, q bot.Lookup) (bot.Found, error) {
	var exclude []string
	if q.Exclude != "" {
		exclude = []string{q.Exclude}
	}
	vector, space := l.questionVector(ctx, q.Text)
	res := l.index.Search(Query{Vector: vector, Space: space, Text: q.Text, Lang: q.Lang, Customer: q.Customer, Internal: q.Internal, Limit: max(q.Limit, 1), Exclude: exclude})
	found := bot.Found{Band: bot.Band(res.Band)}
	err := l.desk.Store().View(ctx, func(r bot.Reader) error {
		for _, h := range res.Hits {
			hit, ok, err := show(r, h)
			if err != nil {
				return err
			}
			if ok {
				found.Hits = append(found.Hits, hit)
			}
		}
		return nil
	})
	return found, err
}

// show reads what a hit is about; ok is false when it has gone meanwhile.
func show(r bot.Reader, h Hit) (hit bot.Hit, ok bool, err error) {
	hit = bot.Hit{ID: h.ID, Kind: string(h.Kind), Score: h.Score, Words: h.Words, Helped: h.Helped, Updated: h.Updated}
	if h.Kind == Article {
		a, err := r.Article(h.ID)
		if err != nil {
			return hit, false, gone(err)
		}
		hit.Title, hit.Extract, hit.Internal = a.Title, bot.Shorten(a.Solution, 400), a.Internal
		return hit, a.State == bot.ArticlePublished, nil
	}
	c, err := r.CaseByNumber(h.ID)
	if err != nil {
		return hit, false, gone(err)
	}
	hit.Title, hit.Extract, hit.Internal = c.Title, bot.Shorten(c.Solution, 400), true
	return hit, true, nil
}

// gone makes a missing row no error.
func gone(err error) error {
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	return err
}

// maxSuggestions is how many fixes a new case is offered.
const maxSuggestions = 3

// Jobs are the timers that the library handles.
func (l *Library) Jobs() map[bot.TimerKind]bot.Job {
	return map[bot.TimerKind]bot.Job{bot.TimerSuggest: l.suggest, bot.TimerDraft: l.draft}
}

// suggest looks up a new case, after its receipt, and offers what is sure enough.
func (l *Library) suggest(ctx context.Context, t bot.Timer) (again time.Time, err error) {
	c, err := l.load(ctx, t.Case)
	if err != nil || !c.State.Active() || len(c.Suggested) > 0 {
		return again, err
	}
	found, err := l.Search(ctx, bot.Lookup{Text: c.Title + "\n" + c.Text, Lang: c.Lang, Customer: c.Customer, Internal: true, Limit: 2 * maxSuggestions, Exclude: c.Number})
	most := maxSuggestions
	switch found.Band {
	case bot.BandSuggest:
	case bot.BandAsk:
		most = 1 // one question: is it this?
	default:
		return again, err
	}
	if err != nil || len(found.Hits) == 0 {
		return again, err
	}
	hits := l.reordered(ctx, &c, found.Hits)
	_, err = l.desk.Do(ctx, bot.Actor{}, c.ID, bot.Offer{Hits: hits[:min(len(hits), most)]})
	return again, err
}

// draft makes an article of a resolution, redacted, for a second person to review.
// It is made once for each case.
func (l *Library) draft(ctx context.Context, t bot.Timer) (again time.Time, err error) {
	c, err := l.load(ctx, t.Case)
	if err != nil || c.Solution == "" || c.SelfSolved != "" {
		return again, err
	}
	return again, l.desk.Store().Do(ctx, func(tx bot.Tx) error {
		id := "KB-" + strings.TrimLeft(c.Number, "FQCP-")
		if _, err := tx.Article(id); !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		events, err := tx.Events(c.ID, 0)
		if err != nil {
			return err
		}
		d := Draft(factsOf(&c, events))
		a := bot.Article{ID: id, State: bot.ArticleDraft, Lang: c.Lang, Title: d.Title, Symptom: d.Symptom, Where: d.Body, Cause: d.Cause,
			Solution: d.Solution, Product: c.Service, Case: c.Number, Author: c.ResolvedBy, Revision: 1,
			Review: tx.Now().AddDate(0, 6, 0), Created: tx.Now(), Updated: tx.Now()}
		if err := tx.PutArticle(a); err != nil {
			return err
		}
		return l.askReview(tx, c, a)
	})
}

// reordered lets the model order the articles among the hits; only articles that the
// customer may read are shown to it, redacted by its client. Any failure leaves the
// order as it is, and so does a model that finds that none fits: the customer sees
// the confidence of the index, never the model's silence.
func (l *Library) reordered(ctx context.Context, c *bot.Case, hits []bot.Hit) []bot.Hit {
	if l.rerank == nil {
		return hits
	}
	var docs []Doc
	err := l.desk.Store().View(ctx, func(r bot.Reader) error {
		for _, h := range hits {
			a, err := r.Article(h.ID)
			if err == nil && !a.Internal && (a.Customer == "" || a.Customer == c.Customer) {
				docs = append(docs, articleDoc(&a))
			}
		}
		return nil
	})
	if err != nil || len(docs) < 2 {
		return hits
	}
	order, err := l.rerank(ctx, c.Title+"\n"+c.Text, docs)
	if err != nil {
		l.log.Warn("model not used", "case", c.Number, "err", err)
		return hits
	}
	rank := func(h bot.Hit) int {
		if i := slices.Index(order, h.ID); i >= 0 {
			return i
		}
		return len(order)
	}
	hits = slices.Clone(hits)
	slices.SortStableFunc(hits, func(a, b bot.Hit) int { return rank(a) - rank(b) })
	return hits
}

// factsOf gathers from the events of a case what an article is made of: what the
// customer said, where it was, what fixed it. Internal notes stay out.
func factsOf(c *bot.Case, events []bot.CaseEvent) Facts {
	f := Facts{Number: c.Number, Lang: c.Lang, Title: c.Title, Symptom: []string{c.Text}, Cause: c.Cause, Solution: []string{c.Solution},
		Product: c.Service, SolvedAt: c.ResolvedA}
	for _, e := range events {
		if e.Type == bot.EvSaid && !e.Actor.Role.Staff() && e.Audience.IsCustomer() && len(f.Symptom) < 6 {
			f.Symptom = append(f.Symptom, e.Text)
		}
	}
	for _, s := range []string{c.Service, c.Asset} {
		if s != "" {
			f.Environment = append(f.Environment, s)
		}
	}
	return f
}

// askReview tells the internal channel that a draft waits.
func (l *Library) askReview(tx bot.Tx, c bot.Case, a bot.Article) error {
	w := l.desk.World(tx)
	i := slices.IndexFunc(w.Org.Channels, func(ch bot.Channel) bool { return ch.Audience.IsInternal() })
	if i < 0 {
		return nil
	}
	ch := w.Org.Channels[i]
	lang := ch.Lang
	if lang == "" {
		lang = w.Org.Lang
	}
	content := chat.Content{
		Text:    chat.Say("").Bold(wordsDraft.In(lang, a.ID, c.Number)).Plain("\n" + a.Title + "\n" + a.Solution),
		Buttons: []chat.Button{{Label: wordsPublish.In(lang), Style: chat.StylePrimary, Action: chat.Action{Verb: "kbpublish", Arg: a.ID}}},
	}
	return l.desk.Post(tx, bot.Letter{Template: bot.TplContent, Intent: chat.IntentNotice, Audience: chat.Internal(), Priority: bot.PrioNotice,
		In: ch.Place, Lang: lang, Content: &content})
}

func (l *Library) load(ctx context.Context, id int64) (bot.Case, error) {
	var c bot.Case
	err := l.desk.Store().View(ctx, func(r bot.Reader) (err error) {
		c, err = r.Case(id)
		return err
	})
	return c, err
}
