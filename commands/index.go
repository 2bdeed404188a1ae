package commands

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"hotline/bot"
	"hotline/bot/chat"
)

// maxIndexed bounds what completion keeps in memory.
const maxIndexed = 20_000

// index is what completion answers from: the open cases and the articles. Nothing
// in it is ever the truth; the store is.
type index struct {
	mu       sync.RWMutex
	cases    map[int64]bot.Case
	articles map[string]bot.Article
	drafts   map[string]string // by case id and number of the event
}

func newIndex() *index {
	return &index{cases: map[int64]bot.Case{}, articles: map[string]bot.Article{}, drafts: map[string]string{}}
}

func (x *index) load(r bot.Reader) error {
	cases, err := r.Cases(bot.CaseQuery{States: openStates(), Newest: true, Limit: 10_000})
	if err != nil {
		return err
	}
	articles, err := r.Articles(bot.ArticleDraft, bot.ArticlePublished)
	if err != nil {
		return err
	}
	for _, c := range cases {
		x.putCase(c)
	}
	for _, a := range articles {
		x.putArticle(a)
	}
	return nil
}

func (x *index) putCase(c bot.Case) {
	x.mu.Lock()
	defer x.mu.Unlock()
	old, known := x.cases[c.ID]
	switch {
	case c.ID == 0: // a letter without a case was committed
	case known && old.Seq > c.Seq: // an older view arrived late
	case !c.State.Open():
		delete(x.cases, c.ID)
	case known || len(x.cases) < maxIndexed:
		c.Text, c.Solution, c.Cause = "", "", "" // only what completion shows
		c.Suggested, c.Paging, c.Advice, c.Translation = nil, bot.Paging{}, bot.Advice{}, bot.Translation{}
		x.cases[c.ID] = c
	}
}

func (x *index) putArticle(a bot.Article) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if a.State == bot.ArticleRetired {
		delete(x.articles, a.ID)
		return
	}
	if _, known := x.articles[a.ID]; known || len(x.articles) < maxIndexed {
		x.articles[a.ID] = bot.Article{ID: a.ID, Title: a.Title, State: a.State, Customer: a.Customer, Internal: a.Internal}
	}
}

// complete lists the open cases that somebody may see and that match what was
// typed, newest first.
func (x *index) complete(a bot.Actor, prefix string, limit int) []chat.Choice {
	want := strings.ToLower(strings.TrimLeft(prefix, "# "))
	x.mu.RLock()
	var hits []bot.Case
	for _, c := range x.cases {
		if bot.MaySee(a, &c) && (strings.HasPrefix(strings.ToLower(c.Number), want) ||
			strings.Contains(strings.ToLower(c.Number), want) || strings.Contains(strings.ToLower(c.Title), want)) {
			hits = append(hits, c)
		}
	}
	x.mu.RUnlock()
	slices.SortFunc(hits, func(a, b bot.Case) int { return cmp.Compare(b.ID, a.ID) })
	var out []chat.Choice
	for _, c := range hits[:min(limit, len(hits))] {
		out = append(out, chat.Choice{Value: c.Number, Label: bot.Shorten(c.Number+" "+c.Title, 90)})
	}
	return out
}

// completeArticle does the same for articles.
func (x *index) completeArticle(a bot.Actor, prefix string, limit int) []chat.Choice {
	want := strings.ToLower(prefix)
	x.mu.RLock()
	var out []chat.Choice
	for _, art := range x.articles {
		if maySeeArticle(a, &art) && (strings.HasPrefix(strings.ToLower(art.ID), want) || strings.Contains(strings.ToLower(art.Title), want)) {
			out = append(out, chat.Choice{Value: art.ID, Label: bot.Shorten(art.ID+" "+art.Title, 90)})
		}
	}
	x.mu.RUnlock()
	slices.SortFunc(out, func(a, b chat.Choice) int { return articleNumber(b.Value) - articleNumber(a.Value) })
	return out[:min(limit, len(out))]
}
