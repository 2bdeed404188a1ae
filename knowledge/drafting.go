package knowledge

import (
	"context"
	"errors"
	"time"

	"hotline/bot"
)

// draft makes an article of a resolution, redacted, for a second person to review,
// and looks whether the same was asked before. It is made once for each case.
func (l *Library) draft(ctx context.Context, t bot.Timer) (again time.Time, err error) {
	c, err := l.load(ctx, t.Case)
	if err != nil || c.Solution == "" || c.SelfSolved != "" {
		return again, err
	}
	if err := l.draftCase(ctx, &c); err != nil {
		return again, err
	}
	return again, l.mine(ctx, &c)
}

func (l *Library) draftCase(ctx context.Context, c *bot.Case) error {
	return l.desk.Store().Do(ctx, func(tx bot.Tx) error {
		id := bot.DraftID(c.Number)
		if _, err := tx.Article(id); !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		events, err := tx.Events(c.ID, 0)
		if err != nil {
			return err
		}
		d := Draft(factsOf(c, events))
		if d.Title == "" || d.Solution == "" {
			return nil // nothing is left of it without what is secret
		}
		a := bot.Article{Lang: c.Lang, Title: d.Title, Symptom: d.Symptom, Where: d.Body, Cause: d.Cause,
			Solution: d.Solution, Product: c.Service, Case: c.Number, Author: c.ResolvedBy}
		if a, err = l.desk.ChangeArticle(tx, bot.Actor{}, id, bot.WriteArticle{Article: a}); err != nil {
			return err
		}
		return l.askReview(tx, &a)
	})
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
