package knowledge

import (
	"context"
	"slices"
	"time"

	"hotline/bot"
)

// maxSuggestions is how many fixes a new case is offered.
const maxSuggestions = 3

// suggest looks up a new case, after its receipt, and offers what is sure enough.
func (l *Library) suggest(ctx context.Context, t bot.Timer) (again time.Time, err error) {
	c, err := l.load(ctx, t.Case)
	if err != nil || !c.State.Active() || len(c.Suggested) > 0 {
		return again, err
	}
	found, err := l.Search(ctx, bot.Lookup{Text: c.Title + "\n" + c.Text, Lang: c.Lang, Customer: c.Customer, Internal: true, Limit: 2 * maxSuggestions, Exclude: c.Number})
	if err != nil || found.Band == bot.BandNothing || len(found.Hits) == 0 {
		return again, err
	}
	hits := l.reordered(ctx, &c, found.Hits)
	hits = hits[:min(len(hits), maxSuggestions)]
	if found.Band == bot.BandAsk {
		hits = oneQuestion(hits)
	}
	_, err = l.desk.Do(ctx, bot.Actor{}, c.ID, bot.Offer{Hits: hits, Ask: found.Band == bot.BandAsk})
	return again, err
}

// oneQuestion keeps one article that the customer can be asked about, and of the
// rest what responders alone see.
func oneQuestion(hits []bot.Hit) []bot.Hit {
	var kept []bot.Hit
	asked := false
	for _, h := range hits {
		if h.Internal || !asked {
			kept = append(kept, h)
		}
		asked = asked || !h.Internal
	}
	return kept
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
