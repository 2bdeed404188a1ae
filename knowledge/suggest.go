package knowledge

import (
	"context"
	"time"

	"hotline/bot"
)

// maxSuggestions is how many fixes a new case is offered.
const maxSuggestions = 3

// maxLooked is how many of what is found are looked at: solved cases, which customers
// are not shown, may come first.
const maxLooked = 10

// suggest looks up a new case, after its receipt, and offers what is sure enough. A
// language model looks at it afterwards, in a job of its own.
func (l *Library) suggest(ctx context.Context, t bot.Timer) (again time.Time, err error) {
	c, err := l.load(ctx, t.Case)
	if err != nil || !c.State.Active() || len(c.Suggested) > 0 {
		return again, err
	}
	if !l.State().Done {
		return t.Due.Add(time.Since(t.Due) + time.Second), nil // once the index is read
	}
	if err := l.alike(ctx, &c); err != nil && ctx.Err() == nil {
		l.log.Error("open cases not compared", "case", c.Number, "err", err) // the customer's fix does not wait for it
	}
	found, err := l.Search(ctx, lookupOf(&c))
	if err != nil {
		return again, err
	}
	offer, ok := offerOf(found)
	assisted := l.model != nil && !c.ByMachine() // a machine reads no answer
	if !ok && !assisted {
		return again, err
	}
	return again, l.desk.Store().Do(ctx, func(tx bot.Tx) error {
		if ok {
			if _, err := l.desk.Apply(tx, bot.Actor{}, c.ID, offer); err != nil {
				return err
			}
		}
		if !assisted {
			return nil
		}
		return l.desk.Later(tx, bot.Timer{Kind: bot.TimerAssist, Case: c.ID, Key: bot.AssistLook, Due: tx.Now()})
	})
}

// lookupOf asks for what is like a case.
func lookupOf(c *bot.Case) bot.Lookup {
	return bot.Lookup{Text: c.Title + "\n" + c.Text, Lang: c.Lang, Customer: c.Customer, Internal: true, Limit: maxLooked, Exclude: c.Number}
}

// offerOf is what is offered of what was found; ok is false when it is not sure
// enough for anything, or sure of what is only kept to be looked up.
func offerOf(found bot.Found) (o bot.Offer, ok bool) {
	if found.Band == bot.BandNothing || len(found.Hits) == 0 || found.Hits[0].About == bot.KindArchive {
		return o, false
	}
	o = bot.Offer{Hits: firstHits(found.Hits), Ask: found.Band == bot.BandAsk}
	if o.Ask {
		o.Hits = oneQuestion(o.Hits)
	}
	return o, true
}

// weakShare is the share of the best score below which a hit is only noise beside it.
const weakShare = .4

// firstHits are the first three, and of the rest as many as make three that the
// customer may see; none that is far behind the best.
func firstHits(hits []bot.Hit) []bot.Hit {
	var kept []bot.Hit
	public, best := 0, 0.0
	for _, h := range hits {
		best = max(best, h.Score)
	}
	for i, h := range hits {
		if h.Score < weakShare*best || h.About == bot.KindArchive {
			continue
		}
		if i < maxSuggestions || !h.Internal && public < maxSuggestions {
			kept = append(kept, h)
			if !h.Internal {
				public++
			}
		}
	}
	return kept
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
