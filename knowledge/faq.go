package knowledge

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

// TimerCare looks after the knowledge base once a day: questions that were asked again
// and again, and articles to be looked at again. No case.
const TimerCare bot.TimerKind = "kb_care"

const (
	careHour  = 8   // of the house's day, when people are there to read it
	careCases = 500 // cases that one day looks at; the next day goes on from there
	careDue   = 10  // articles that one reminder names
	// maxWordings is how many wordings of a question a candidate quotes.
	maxWordings = 6
)

// recCare is the record of kind setting that says how far the daily care has come.
const recCare = "kb/care"

var (
	wordDueAgain  = say.Words{EN: "Articles to be looked at again: %d. Do they still hold?", ZH: "有 %d 条知识到了复审日期,内容是否仍然有效?"}
	wordStillHold = say.Words{EN: "%s still holds", ZH: "%s 仍有效"}
)

// Watch sets the daily care; call it at start.
func (l *Library) Watch(ctx context.Context) error {
	return l.desk.Store().Do(ctx, func(tx bot.Tx) error {
		timers, err := tx.Timers(0)
		if err != nil || slices.ContainsFunc(timers, func(t bot.Timer) bool { return t.Kind == TimerCare }) {
			return err
		}
		return l.desk.Later(tx, bot.Timer{Kind: TimerCare, Due: startOfDay(tx.Now(), l.desk.World(tx).Org.Zone)})
	})
}

// care is the job of the day. It may run again.
func (l *Library) care(ctx context.Context, _ bot.Timer) (again time.Time, err error) {
	if !l.State().Done {
		return l.desk.Snapshot().Now.Add(time.Minute), nil // what is not read yet cannot be compared
	}
	if err := l.mineNew(ctx); err != nil {
		return again, err
	}
	err = l.desk.Store().Do(ctx, func(tx bot.Tx) error {
		again = startOfDay(tx.Now(), l.desk.World(tx).Org.Zone)
		return l.remindOfReviews(tx)
	})
	return again, err
}

// mineNew looks at the solved cases that changed since the last time, the oldest
// first.
func (l *Library) mineNew(ctx context.Context) error {
	var since time.Time
	var cases []bot.Case
	err := l.desk.Store().View(ctx, func(r bot.Reader) error {
		if err := readJSON(r, bot.RecSetting, recCare, &since); err != nil {
			return err
		}
		var err error
		cases, err = r.Cases(bot.CaseQuery{States: solvedStates, Since: since, Newest: true, Limit: 10_000})
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(cases, func(a, b bot.Case) int { return cmp.Or(a.Updated.Compare(b.Updated), cmp.Compare(a.ID, b.ID)) })
	cases = cases[:min(len(cases), careCases)]
	for i := range cases {
		if err := l.mine(ctx, &cases[i]); err != nil {
			return err
		}
		since = cases[i].Updated
	}
	return l.desk.Store().Do(ctx, func(tx bot.Tx) error { return bot.PutJSON(tx, bot.RecSetting, recCare, since) })
}

// mine makes a solved case one of a group that asks the same, and a group of three a
// candidate for an FAQ. A case that an article answers already is none.
func (l *Library) mine(ctx context.Context, c *bot.Case) error {
	d, ok := caseDoc(c)
	if !ok || l.index.record(d.ID) == nil {
		return nil // drill, no solution, or a published article speaks for it
	}
	near, err := l.near(ctx, l.index, bot.RecFAQ, d, maxNear)
	if err != nil || len(near) == 0 {
		return err
	}
	return l.group(ctx, bot.RecFAQ, c, near, l.draftFAQ)
}

// draftFAQ drafts the answer to a question that several cases asked, and asks the
// internal channel for a second person.
func (l *Library) draftFAQ(tx bot.Tx, _ string, g *bot.Cluster) error {
	var cases []bot.Case
	for _, n := range g.Cases {
		c, err := tx.CaseByNumber(n)
		if gone(err) != nil {
			return err
		}
		if err == nil {
			cases = append(cases, c)
		}
	}
	if len(cases) < minGroup {
		return nil
	}
	d := Draft(faqFacts(cases))
	a := bot.Article{Kind: bot.KindFAQ, Lang: cases[0].Lang, Title: d.Title, Symptom: d.Symptom, Where: d.Body, Cause: d.Cause, Solution: d.Solution,
		Product: d.Product, Cases: g.Cases}
	a, err := l.desk.ChangeArticle(tx, bot.Actor{}, "", bot.WriteArticle{Article: a})
	if err != nil {
		return err
	}
	g.Article = a.ID
	return l.askReview(tx, &a)
}

// faqFacts are what a group of cases says: the shortest title as the question, how
// people ask it, and what helped, the newest first.
func faqFacts(cases []bot.Case) Facts {
	f := Facts{Lang: cases[0].Lang, Title: cases[0].Title, Product: cases[0].Service}
	for _, c := range cases {
		if len(c.Title) < len(f.Title) {
			f.Title = c.Title
		}
		if c.Service != f.Product {
			f.Product = ""
		}
		if line := bot.Shorten(strings.Join(strings.Fields(c.Text), " "), 300); len(f.Symptom) < maxWordings && !slices.Contains(f.Symptom, line) {
			f.Symptom = append(f.Symptom, line)
		}
	}
	newest := slices.SortedFunc(slices.Values(cases), func(a, b bot.Case) int {
		return cmp.Or(b.ResolvedA.Compare(a.ResolvedA), cmp.Compare(b.ID, a.ID))
	})
	for _, c := range newest[:min(len(newest), minGroup)] {
		f.Solution = append(f.Solution, c.Solution)
		f.Cause = cmp.Or(f.Cause, c.Cause)
	}
	return f
}

// remindOfReviews names the articles whose review date has come, each date once.
func (l *Library) remindOfReviews(tx bot.Tx) error {
	all, err := tx.Articles(bot.ArticlePublished)
	if err != nil {
		return err
	}
	var due []bot.Article
	for _, a := range all {
		if !a.Review.IsZero() && !a.Review.After(tx.Now()) && !a.Reminded.Equal(a.Review) {
			due = append(due, a)
		}
	}
	if len(due) == 0 {
		return nil
	}
	slices.SortFunc(due, func(a, b bot.Article) int { return cmp.Or(a.Review.Compare(b.Review), cmp.Compare(a.ID, b.ID)) })
	for _, a := range due[:min(len(due), careDue)] { // the others are named on the days that follow
		a.Reminded = a.Review
		if err := l.desk.PutArticle(tx, a); err != nil {
			return err
		}
	}
	return l.desk.TellDesk(tx, func(lang string) chat.Content { return dueContent(due, lang) })
}

func dueContent(due []bot.Article, lang string) chat.Content {
	card := &chat.Card{Title: wordDueAgain.In(lang, len(due)), Tone: chat.ToneNormal}
	for _, a := range due[:min(len(due), careDue)] {
		card.Items = append(card.Items, chat.Item{Text: chat.Say("").Bold(a.ID + " " + bot.Shorten(a.Title, 100)).Plain(" · " + a.Review.Format("2006-01-02")),
			Buttons: []chat.Button{{Label: wordStillHold.In(lang, a.ID), Action: chat.Action{Verb: "kbkeep", Arg: a.ID}}}})
	}
	return chat.Content{Card: card}
}

// askReview tells the internal channel that a draft waits, and what tells the same.
func (l *Library) askReview(tx bot.Tx, a *bot.Article) error {
	twins, err := l.Twins(tx, a)
	if err != nil {
		return err
	}
	var twin *bot.Article
	if len(twins) > 0 {
		t, err := tx.Article(twins[0])
		if err != nil {
			return err
		}
		twin = &t
	}
	w := l.desk.World(tx)
	return l.desk.TellDesk(tx, func(lang string) chat.Content { return bot.ArticleWaits(w, a, twin, lang) })
}
