package knowledge

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"hotline/bot"
)

// Library is the knowledge base at work: it keeps the index in step with the
// articles and resolved cases of the store, answers look-ups, suggests fixes for
// new cases, drafts articles from resolutions, and learns from what helped. It
// implements bot.Shelf.
type Library struct {
	desk    *bot.Desk
	index   *Index
	log     *slog.Logger
	vectors atomic.Pointer[vectors]
	shelf   shelfState
	blobs   blobQueue
	state   loadState
	fitting fitting
	open    openCases
	groups  groups
	assistant
}

// NewLibrary makes a library over the desk's store and listens to what the desk
// commits. Call it before the desk is used, and Load before searching.
func NewLibrary(desk *bot.Desk, log *slog.Logger) *Library {
	l := &Library{desk: desk, index: NewIndex(), log: log, open: openCases{index: NewIndex()}, assistant: assistant{slots: make(chan struct{}, modelSlots)}}
	l.shelf.spoken, l.shelf.speaks, l.shelf.aliases = map[string]int{}, map[string]string{}, map[string]int{}
	l.fitting.again = make(chan struct{}, 1)
	desk.Listen(l.committed)
	desk.ListenArticles(l.ArticleChanged)
	return l
}

// UseVocabulary makes the library cut and translate Chinese by v. Call it before
// Load.
func (l *Library) UseVocabulary(v *Vocabulary) { l.index = NewIndexWith(v) }

// Index is what the library searches.
func (l *Library) Index() *Index { return l.index }

func articleDoc(a *bot.Article) Doc {
	return Doc{ID: a.ID, Kind: Article, Lang: a.Lang, Title: a.Title, Symptom: a.Symptom, Cause: a.Cause, Solution: a.Solution, Body: a.Where,
		Aliases: a.Aliases, Customer: a.Customer, Internal: a.Internal, Product: a.Product, Version: a.Version, State: Published,
		Helped: a.Helped, Failed: a.Failed, Updated: a.Updated}
}

// caseDoc makes a resolved case findable, for the people of the hotline only: what
// a customer wrote is nobody else's business until somebody has made an article of
// it. Cases that an article solved are left out; the article is found instead.
func caseDoc(c *bot.Case) (d Doc, ok bool) {
	d = Doc{ID: c.Number, Kind: Case, Lang: c.Lang, Title: c.Title, Symptom: c.Text, Cause: c.Cause, Solution: c.Solution,
		Customer: c.Customer, Internal: true, Product: c.Service, State: Published, Updated: c.Updated}
	return d, solved(c.State) && c.Solution != "" && c.SelfSolved == "" && !c.Drill
}

// committed keeps the index in step; it runs on the store's writer and does no I/O.
func (l *Library) committed(out bot.Outcome, _ []bot.Letter, _ []bot.Timer) {
	turned := false
	for _, e := range out.Events {
		switch e.Type {
		case bot.EvResolved, bot.EvReopened, bot.EvMerged, bot.EvCancelled:
			turned = true
		}
	}
	l.caseChanged(&out.Case, turned)
	if turned && !out.Case.State.Active() {
		l.open.index.Delete(out.Case.Number)
	}
}

// ArticleChanged puts an article that was just committed into the index, or takes
// it out when it is not published any more. It runs on the store's writer and does
// no I/O.
func (l *Library) ArticleChanged(a bot.Article) {
	l.articleChanged(&a)
	if a.State == bot.ArticlePublished {
		l.embedArticle(articleDoc(&a))
	}
}

// maxOfKind is how many of the best articles are looked through for those of a kind.
const maxOfKind = 100

// Search finds fixes; see [bot.Searcher].
func (l *Library) Search(ctx context.Context, q bot.Lookup) (bot.Found, error) {
	var exclude []string
	if q.Exclude != "" {
		exclude = []string{q.Exclude}
	}
	vector, space := l.questionVector(ctx, q.Text)
	ask := Query{Vector: vector, Space: space, Text: q.Text, Lang: q.Lang, Customer: q.Customer, Internal: q.Internal, Limit: max(q.Limit, 1), Exclude: exclude}
	if q.Kind != "" {
		ask.Kind, ask.Limit = Article, maxOfKind // the index does not know the kinds
	}
	res := l.index.Search(ask)
	found := bot.Found{Band: bot.Band(res.Band), Partial: !l.State().Done}
	err := l.desk.Store().View(ctx, func(r bot.Reader) error {
		for _, h := range res.Hits {
			hit, ok, err := show(r, h)
			if err != nil {
				return err
			}
			if ok && len(found.Hits) < max(q.Limit, 1) && (q.Kind == "" || hit.About == q.Kind) {
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
		hit.Known, hit.About = a.Known, a.KindOf()
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

// Jobs are the timers that the library handles.
func (l *Library) Jobs() map[bot.TimerKind]bot.Job {
	return map[bot.TimerKind]bot.Job{bot.TimerSuggest: l.suggest, bot.TimerDraft: l.draft, bot.TimerAssist: l.assist,
		bot.TimerLearn: l.learn, bot.TimerKnown: l.desk.TellKnown, TimerCare: l.care}
}

func (l *Library) load(ctx context.Context, id int64) (bot.Case, error) {
	var c bot.Case
	err := l.desk.Store().View(ctx, func(r bot.Reader) (err error) {
		c, err = r.Case(id)
		return err
	})
	return c, err
}
