package knowledge

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"hotline/bot"
	"hotline/bot/say"
)

// longMessage is from how many characters on a report is boiled down to keywords.
const longMessage = 200

// look improves on what was suggested for a new case: words that the model knows for
// what was not found, the best first, and above them a short answer. The message that
// is there already is changed; one that is not there yet is posted.
func (h *helper) look(ctx context.Context) error {
	if !h.c.State.Active() {
		return nil
	}
	found, err := h.Search(ctx, lookupOf(&h.c))
	if err != nil {
		return err
	}
	if found, err = h.searchWider(ctx, found); err != nil {
		return err
	}
	if found.Hits, err = h.reordered(ctx, found.Hits); err != nil {
		return err
	}
	offer, ok := offerOf(found)
	if ok && !offer.Ask {
		if offer.Advice, err = h.advice(ctx, offer.Hits); err != nil {
			return err
		}
	}
	return h.done(ctx, func(tx bot.Tx) error {
		now, err := tx.Case(h.c.ID)
		if err != nil || !ok || !now.State.Active() || anyTried(now.Suggested) || offer.Advice == nil && sameHits(offer.Hits, now.Suggested) {
			return err
		}
		_, err = h.desk.Apply(tx, bot.Actor{}, h.c.ID, offer)
		return err
	})
}

// anyTried says that somebody has said what a suggestion did: what they act upon is
// not changed below their finger.
func anyTried(hits []bot.Hit) bool {
	return slices.ContainsFunc(hits, func(h bot.Hit) bool { return h.Tried != "" })
}

func sameHits(a, b []bot.Hit) bool {
	return slices.EqualFunc(a, b[:min(len(a), len(b))], func(x, y bot.Hit) bool { return x.ID == y.ID })
}

// searchWider searches again with the model's keywords when the index was not sure
// and the report is long, or nothing in its language was found. The better band
// counts.
func (h *helper) searchWider(ctx context.Context, found bot.Found) (bot.Found, error) {
	text := h.c.Title + "\n" + h.c.Text
	if found.Band == bot.BandSuggest {
		return found, nil
	}
	foreign, err := h.foreign(ctx, found.Hits, text)
	if err != nil || utf8.RuneCountInString(h.c.Text) < longMessage && !foreign {
		return found, err
	}
	words, trace, err := h.model.Keywords(ctx, text)
	h.heard(trace, err)
	if err != nil || len(words) == 0 {
		return found, nil
	}
	q := lookupOf(&h.c)
	q.Text += "\n" + strings.Join(words, " ")
	wider, err := h.Search(ctx, q)
	if err != nil {
		return found, err
	}
	if worth(wider.Band) > worth(found.Band) {
		return wider, nil
	}
	return found, nil
}

func worth(b bot.Band) int {
	return slices.Index([]bot.Band{bot.BandNothing, bot.BandAsk, bot.BandSuggest}, b)
}

// foreign reports whether none of the articles that were found is in the language of
// a text.
func (l *Library) foreign(ctx context.Context, hits []bot.Hit, text string) (bool, error) {
	lang := say.Guess(text)
	if lang == "" {
		return false, nil
	}
	foreign := true
	err := l.desk.Store().View(ctx, func(r bot.Reader) error {
		for _, hit := range hits {
			if hit.Kind != string(Article) {
				continue
			}
			a, err := r.Article(hit.ID)
			if gone(err) != nil {
				return err
			}
			if err == nil && say.IsChinese(a.Lang) == say.IsChinese(lang) {
				foreign = false
			}
		}
		return nil
	})
	return foreign, err
}

// reordered lets the model order the articles among the hits. What it does not name
// comes last; when it fails, or finds that none fits, the order of the index stands:
// how sure the index is decides what is shown.
func (h *helper) reordered(ctx context.Context, hits []bot.Hit) ([]bot.Hit, error) {
	list, err := h.sources(ctx, h.c.Customer, hits, len(hits))
	if err != nil || len(list) < 2 {
		return hits, err
	}
	order, trace, err := h.model.Rerank(ctx, h.c.Title+"\n"+h.c.Text, list)
	h.heard(trace, err)
	if err != nil {
		return hits, nil
	}
	rank := func(hit bot.Hit) int {
		if i := slices.Index(order, hit.ID); i >= 0 {
			return i
		}
		return len(order)
	}
	hits = slices.Clone(hits)
	slices.SortStableFunc(hits, func(a, b bot.Hit) int { return rank(a) - rank(b) })
	return hits, nil
}

// advice is an answer to the customer from the articles that are shown to them; nil
// when there is none.
func (h *helper) advice(ctx context.Context, hits []bot.Hit) (*bot.Advice, error) {
	list, err := h.sources(ctx, h.c.Customer, hits, maxSuggestions)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	a, trace, err := h.model.Answer(ctx, h.c.Title+"\n"+h.c.Text, h.c.Lang, list)
	h.heard(trace, err)
	if err != nil {
		return nil, nil
	}
	return &bot.Advice{Text: a.Text, From: a.Cites}, nil
}
