package main

import (
	"context"
	"errors"
	"fmt"

	"hotline/bot"
	"hotline/bot/chat"
)

// seed fills an empty demo database with articles and some cases that were solved
// before. A database that has articles is left as it is.
func (h *hotline) seed(ctx context.Context) error {
	var there []bot.Article
	err := h.store.View(ctx, func(r bot.Reader) (err error) {
		there, err = r.Articles()
		return err
	})
	if err != nil || len(there) > 0 {
		return err
	}
	return h.store.Do(ctx, func(tx bot.Tx) error {
		for i, a := range demoArticles() {
			a.ID, a.State, a.Revision = fmt.Sprintf("KB-%d", i+1), bot.ArticlePublished, 1
			a.Author, a.Reviewer = "anna-berg", "sofia-rossi"
			a.Created, a.Updated = tx.Now(), tx.Now()
			a.Review = tx.Now().AddDate(0, 6, 0)
			if err := h.desk.PutArticle(tx, a); err != nil {
				return err
			}
		}
		for _, s := range demoSolved() {
			if err := h.seedCase(tx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// solved is a case of the past.
type solved struct {
	reporter, owner, service, text, cause, solution string
	severity                                        bot.Severity
	score                                           int
}

// seedCase plays a case from report to rating and drops what would be said about
// it: it is over.
func (h *hotline) seedCase(tx bot.Tx, s solved) error {
	w := h.desk.World(tx)
	reporter, owner := w.ActorByID(s.reporter), w.ActorByID(s.owner)
	out, err := h.desk.Apply(tx, reporter, 0, bot.Open{Text: s.text, Severity: s.severity, Customer: reporter.Customer, Service: s.service, Source: "web"})
	if err != nil {
		return err
	}
	id := out.Case.ID
	for _, step := range []struct {
		who bot.Actor
		cmd bot.Command
	}{
		{owner, bot.Acknowledge{}},
		{owner, bot.Respond{Mode: "remote"}},
		{owner, bot.Resolve{Cause: s.cause, Solution: s.solution}},
		{reporter, bot.Confirm{}},
		{reporter, bot.Rate{Score: s.score}},
	} {
		if _, err := h.desk.Apply(tx, step.who, id, step.cmd); err != nil {
			return err
		}
	}
	var errs []error
	for _, intent := range []chat.Intent{chat.IntentPage, chat.IntentReceipt, chat.IntentCard, chat.IntentReply, chat.IntentNotice, chat.IntentRoom} {
		_, err := tx.DropLetters(id, intent, "of the past")
		errs = append(errs, err)
	}
	return errors.Join(append(errs, tx.CancelTimers(id))...)
}

func demoSolved() []solved {
	return []solved{
		{"emma-olsen", "anna-berg", "payments", "Card payments time out in the evening between 19:00 and 20:00", "the settlement job locked the orders table",
			"Moved the settlement job to 03:00 and added an index on orders(settled_at).", 2, 5},
		{"wang-fang", "li-wei", "sorting", "二号分拣线扫码后不落格,屏幕提示 E-2041", "光电传感器积灰导致信号丢失",
			"清洁并校准 2 号线光电传感器,重启控制柜后恢复。", 2, 4},
		{"lars-dahl", "tom-novak", "portal", "Exported invoices open as an empty page in the browser", "the PDF service had no fonts after the update",
			"Installed the font package on the PDF nodes and restarted the service.", 3, 5},
	}
}
