package knowledge

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

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
