package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"hotline/adapters/web"
	"hotline/bot"
	"hotline/commands"
)

// articleRows is how many articles a page lists, pairsCompared how many are compared
// for duplicates, and editionsShown how much of a history.
const (
	articleRows   = 200
	pairsCompared = 2000
	editionsShown = 30
)

// Articles finds what a viewer may read.
func (p pages) Articles(ctx context.Context, viewer web.User, q web.ArticleQuery, lang string) ([]web.ArticleRow, error) {
	actor := p.actor(viewer)
	if q.View == "duplicates" && actor.Role.Staff() {
		return p.twins(ctx)
	}
	var found []string
	if q.Text != "" {
		res, err := p.h.shelf.Search(ctx, bot.Lookup{Text: q.Text, Customer: actor.Customer, Internal: actor.Role.Staff(), Limit: 20, Kind: bot.ArticleKind(q.Kind)})
		if err != nil {
			return nil, err
		}
		for _, hit := range res.Hits {
			found = append(found, hit.ID)
		}
	}
	f := commands.Filter{Kind: bot.ArticleKind(q.Kind), State: bot.ArticleState(q.State), Lang: q.Lang}
	var rows []web.ArticleRow
	err := p.h.store.View(ctx, func(r bot.Reader) error {
		list, err := r.Articles()
		for i := range list {
			a := &list[i]
			if mayReadArticle(actor, a) && f.Matches(a) && inView(q.View, a) && (q.Text == "" || slices.Contains(found, a.ID)) {
				rows = append(rows, articleRow(a, actor))
			}
		}
		return err
	})
	if q.Text != "" {
		slices.SortFunc(rows, func(a, b web.ArticleRow) int { return slices.Index(found, a.ID) - slices.Index(found, b.ID) })
	}
	return rows[:min(len(rows), articleRows)], err
}

// inView reports whether an article belongs to a view of the people of the hotline.
func inView(view string, a *bot.Article) bool {
	switch view {
	case "review":
		return a.Waits()
	case "candidates":
		return a.Waits() && a.KindOf() == bot.KindFAQ && len(a.Cases) > 0
	default:
		return true
	}
}

// twins lists pairs of articles that tell the same.
func (p pages) twins(ctx context.Context) ([]web.ArticleRow, error) {
	var rows []web.ArticleRow
	err := p.h.store.View(ctx, func(r bot.Reader) error {
		list, err := r.Articles(bot.ArticlePublished)
		if err != nil {
			return err
		}
		pairs, err := commands.Pairs(r, p.h.shelf, list[:min(len(list), pairsCompared)], articleRows)
		for _, pair := range pairs {
			row := articleRow(&pair[0], bot.Actor{})
			row.Twin, row.TwinTitle = pair[1].ID, pair[1].Title
			rows = append(rows, row)
		}
		return err
	})
	return rows, err
}

// Article returns one that a viewer may read.
func (p pages) Article(ctx context.Context, viewer web.User, id string) (web.ArticlePage, error) {
	var page web.ArticlePage
	actor := p.actor(viewer)
	err := p.h.store.View(ctx, func(r bot.Reader) error {
		a, err := r.Article(id)
		if err == nil && !mayReadArticle(actor, &a) {
			err = bot.ErrNotFound
		}
		if err != nil {
			return err
		}
		page = web.ArticlePage{ArticleRow: articleRow(&a, actor), Symptom: a.Symptom, Environment: a.Where, Solution: a.Solution,
			Product: a.Product, Version: a.Version}
		if !actor.Role.Staff() {
			return nil
		}
		return p.inside(r, &a, &page, cmp.Or(actor.Lang, viewer.Lang))
	})
	return page, err
}

// inside adds to the page of an article what only the people of the hotline read.
func (p pages) inside(r bot.Reader, a *bot.Article, page *web.ArticlePage, lang string) error {
	w := p.h.desk.Snapshot()
	page.Cause, page.Case, page.Author, page.Reviewer = a.Cause, a.Case, w.Name(a.Author), w.Name(a.Reviewer)
	page.Failed, page.Confidence, page.Into, page.Aliases = a.Failed, int(100*a.Confidence()+.5), a.Into, a.Aliases
	if a.State == bot.ArticlePublished {
		page.Review = a.Review
	}
	if next := a.Proposed; next != nil {
		page.NextTitle, page.NextText, page.NextBy = next.Title, next.Solution, cmp.Or(w.Name(next.Author), "Hotline")
	}
	if a.Known != bot.KnownNot {
		linked, err := bot.LinkedCases(r, a)
		if err != nil {
			return err
		}
		for _, c := range linked {
			page.Linked = append(page.Linked, c.Number)
		}
	}
	history, err := bot.History(r, a, editionsShown)
	for _, e := range history {
		entry := web.ArticleEdition{N: e.N, At: e.At, Who: cmp.Or(w.Name(e.By), "Hotline"), What: commands.TellEdition(e, lang)}
		if e.Text != nil {
			entry.Text = bot.Shorten(strings.TrimSpace(e.Text.Solution), 400)
		}
		page.History = append(page.History, entry)
	}
	return err
}

// mayReadArticle: the people of the hotline read all, customers what is published,
// not internal, and everybody's or theirs.
func mayReadArticle(actor bot.Actor, a *bot.Article) bool {
	return actor.Role.Staff() || actor.Role == bot.RoleCustomer && a.ForCustomer(actor.Customer)
}

func articleRow(a *bot.Article, actor bot.Actor) web.ArticleRow {
	row := web.ArticleRow{ID: a.ID, Title: a.Title, Extract: bot.Shorten(a.Solution, 160), Lang: a.Lang, State: string(a.State),
		Kind: string(a.KindOf()), Known: string(a.Known), Helped: a.Helped, Internal: a.Internal, Updated: a.Updated}
	if actor.Role.Staff() {
		row.Waits, row.Cases = a.Waits(), a.Sources()
		row.Cases = row.Cases[:min(len(row.Cases), 6)]
	}
	return row
}
