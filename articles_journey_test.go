package main

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/commands"
	"hotline/knowledge"
	"hotline/store"
)

// library is the whole way from what people say to what they are told about articles:
// commands, desk, SQLite and knowledge base, with jobs that run when the test says so.
type library struct {
	*testing.T
	now   time.Time
	path  string
	org   *bot.Organisation
	store *store.SQLite
	desk  *bot.Desk
	shelf *knowledge.Library
	cmds  *commands.Commands
	n     int
}

func place(channel string) chat.Place { return chat.Place{Platform: "web", Channel: channel} }

func newLibrary(t *testing.T) *library {
	person := func(id, lang string, role bot.Role, customer string) bot.Person {
		return bot.Person{ID: id, Name: strings.ToUpper(id[:1]) + id[1:], Lang: lang, Role: role, Customer: customer, Accounts: []chat.Principal{{Platform: "web", User: id}}}
	}
	k := &library{T: t, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), path: filepath.Join(t.TempDir(), "hotline.db"), org: &bot.Organisation{
		Name: "Test", Lang: "en", Zone: time.UTC, BaseURL: "http://127.0.0.1",
		People: []bot.Person{person("ann", "en", bot.RoleResponder, ""), person("bo", "zh", bot.RoleResponder, ""), person("lea", "en", bot.RoleLead, ""),
			person("carl", "en", bot.RoleCustomer, "acme"), person("cora", "en", bot.RoleCustomer, "acme"), person("chen", "zh", bot.RoleCustomer, "bank"), person("dan", "en", bot.RoleCustomer, "dock")},
		Customers: []bot.Customer{{ID: "acme", Name: "Acme", Lang: "en"}, {ID: "bank", Name: "Bank", Lang: "zh"}, {ID: "dock", Name: "Dock", Lang: "en"}},
		Channels: []bot.Channel{{Place: place("acme"), Audience: chat.Customer(), Customer: "acme", Mode: bot.ModeEvery}, {Place: place("bank"), Audience: chat.Customer(), Customer: "bank", Mode: bot.ModeEvery},
			{Place: place("dock"), Audience: chat.Customer(), Customer: "dock", Mode: bot.ModeEvery}, {Place: place("desk"), Audience: chat.Internal()}},
		Policies: []bot.Policy{{ID: "p", Steps: []bot.Step{{Targets: []bot.Target{{Person: "lea"}}, Wait: time.Hour}}}}, Routes: []bot.Route{{Name: "all", Policy: "p"}},
		Rules: bot.Rules{GroupWindow: time.Second, AckTimeout: time.Hour, AutoClose: 72 * time.Hour, Cooldown: time.Minute},
	}}
	k.start()
	t.Cleanup(func() { k.store.Close() })
	return k
}

// start opens the database and everything over it, as the program does.
func (k *library) start() {
	k.Helper()
	var err error
	if k.store, err = store.Open(k.Context(), k.path, store.Options{Sync: store.Off, Now: func() time.Time { return k.now }}); err != nil {
		k.Fatal(err)
	}
	if k.desk, err = bot.NewDesk(k.Context(), k.store, k.org); err != nil {
		k.Fatal(err)
	}
	k.shelf = knowledge.NewLibrary(k.desk, slog.New(slog.DiscardHandler))
	k.cmds = commands.New(commands.Options{Desk: k.desk, Search: k.shelf})
	if err := errors.Join(k.shelf.Load(k.Context()), k.shelf.Watch(k.Context()), k.store.View(k.Context(), k.cmds.Load)); err != nil {
		k.Fatal(err)
	}
}

// restart is a stop and a start.
func (k *library) restart() {
	k.Helper()
	if err := k.store.Close(); err != nil {
		k.Fatal(err)
	}
	k.start()
}

// try lets an event through as the engine does, and then runs the jobs that are due.
func (k *library) try(ev chat.Event) error {
	k.Helper()
	k.n++
	ev.Key, ev.At = fmt.Sprint("ev-", k.n), k.now
	k.now = k.now.Add(2 * time.Second)
	w := k.desk.Snapshot()
	w.Now = k.now
	ch, ok := w.Org.Channel(ev.Where)
	in := bot.Incoming{World: w, Event: ev, Actor: w.Actor(ev.From, ev.Where), Channel: ch, ChannelOK: ok, View: k.store.View}
	work, err := k.cmds.Handle(k.Context(), in)
	if err == nil && work != nil {
		err = k.store.Do(k.Context(), func(tx bot.Tx) error { return work(tx) })
	}
	k.run()
	return err
}

func (k *library) must(ev chat.Event) {
	k.Helper()
	if err := k.try(ev); err != nil {
		k.Fatalf("%s %s %q by %s: %v", ev.Kind, ev.Verb, ev.Text+ev.Args+ev.Action.Arg, ev.From.User, err)
	}
}

// run runs the jobs that are due, until none is.
func (k *library) run() {
	k.Helper()
	jobs := k.shelf.Jobs()
	for range 100 {
		var due []bot.Timer
		k.view(func(r bot.Reader) (err error) {
			due, err = r.DueTimers(k.now, 100)
			return err
		})
		due = slices.DeleteFunc(due, func(t bot.Timer) bool { return jobs[t.Kind] == nil })
		if len(due) == 0 {
			return
		}
		for _, t := range due {
			again, err := jobs[t.Kind](k.Context(), t)
			if err != nil {
				k.Fatalf("job %s: %v", t.Kind, err)
			}
			err = k.store.Do(k.Context(), func(tx bot.Tx) error {
				if _, err := tx.DeleteTimer(t); err != nil || again.IsZero() {
					return err
				}
				t.Due = again
				return tx.SetTimer(t)
			})
			if err != nil {
				k.Fatal(err)
			}
		}
	}
	k.Fatal("the jobs never end")
}

func (k *library) view(f func(r bot.Reader) error) {
	k.Helper()
	if err := k.store.View(k.Context(), f); err != nil {
		k.Fatal(err)
	}
}

// note is something that was said: to whom, and what.
type note struct {
	bot.Letter
	text string
	card chat.Content
}

// said is what was said since the last look.
func (k *library) said() []note {
	k.Helper()
	var fresh []bot.Letter
	k.view(func(r bot.Reader) (err error) {
		fresh, err = r.OpenLetters(10_000)
		return err
	})
	var notes []note
	err := k.store.Do(k.Context(), func(tx bot.Tx) error {
		for _, l := range fresh {
			c, err := tx.Case(l.Case)
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return err
			}
			content := bot.Render(k.desk.World(tx), &l, &c)
			text := content.String()
			for _, b := range content.Buttons {
				text += " [" + b.Label + "]"
			}
			if content.Card != nil {
				for _, i := range content.Card.Items {
					for _, b := range i.Buttons {
						text += " [" + b.Label + "]"
					}
				}
			}
			notes = append(notes, note{l, text, content})
			l.State, l.Done = bot.Delivered, k.now
			if err := tx.UpdateLetter(l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		k.Fatal(err)
	}
	return notes
}

// told joins what the customers, the people of the hotline ("inside") or one person
// was told since the last look.
func (k *library) told(who string) string {
	k.Helper()
	var b strings.Builder
	for _, n := range k.said() {
		switch {
		case who == "inside" && n.Audience.IsInternal(), who == "customer" && n.Audience.IsCustomer(), n.To.User == who && n.Intent == chat.IntentPrivate:
			b.WriteString(n.text + "\n")
		}
	}
	return b.String()
}

func account(user string) chat.Principal {
	return chat.Principal{Platform: "web", User: user, Name: user}
}

func (k *library) kb(user, args string) string {
	k.Helper()
	k.said()
	k.must(chat.Event{Kind: chat.KindCommand, From: account(user), Where: place("dm-" + user), Verb: "kb", Args: args})
	return k.told(user)
}

func (k *library) press(user, at, verb, number, arg string) {
	k.Helper()
	k.must(chat.Event{Kind: chat.KindButton, From: account(user), Where: place(at), Message: chat.MessageRef{Place: place(at), ID: "card"},
		Action: chat.Action{Verb: verb, Case: number, Arg: arg, Gen: bot.Posted}})
}

// report opens a case as a customer in their channel.
func (k *library) report(user, channel, text string) bot.Case {
	k.Helper()
	k.now = k.now.Add(time.Hour)
	k.must(chat.Event{Kind: chat.KindCommand, From: account(user), Where: place(channel), Verb: "report", Args: text})
	var cases []bot.Case
	k.view(func(r bot.Reader) (err error) {
		cases, err = r.Cases(bot.CaseQuery{After: 1, Limit: 10_000})
		return err
	})
	return cases[len(cases)-1]
}

func (k *library) resolve(c bot.Case, solution string) {
	k.Helper()
	k.must(chat.Event{Kind: chat.KindCommand, From: account("ann"), Where: place("desk"), Verb: "resolve", Args: c.Number + " " + solution})
}

// publish writes an article as one person and publishes it as another.
func (k *library) publish(text string) string {
	k.Helper()
	id := regexp.MustCompile(`KB-\d+`).FindString(k.kb("ann", "add "+text))
	k.press("bo", "desk", "kbpublish", "", id)
	return id
}

func (k *library) has(what, text string, words ...string) {
	k.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			k.Errorf("%s does not say %q:\n%s", what, w, text)
		}
	}
}

func (k *library) lacks(what, text string, words ...string) {
	k.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			k.Errorf("%s says %q:\n%s", what, w, text)
		}
	}
}

// TestRepeatedQuestionsBecomeAnFAQ: three customers ask the same; one candidate is made,
// announced once, also after restarts, more questions and a dismissal.
func TestRepeatedQuestionsBecomeAnFAQ(t *testing.T) {
	k := newLibrary(t)
	k.resolve(k.report("carl", "acme", "How do I export the invoices of last month as PDF?"), "Menu Billing, then Export, then PDF. Ask Mr Carl Miller, +49 170 1234567.")
	k.resolve(k.report("chen", "bank", "分拣线皮带停转,启动键没有反应"), "复位变频器。")
	k.resolve(k.report("dan", "dock", "Where can I export invoices to PDF?"), "Billing, Export, PDF.")
	k.lacks("two questions", k.told("inside"), "again and again")
	k.restart()
	k.resolve(k.report("cora", "acme", "We need the invoices as PDF, how can we export them?"), "Billing, Export, PDF.")
	inside := k.told("inside")
	k.has("the internal channel", inside, "Asked again and again: KB-1 was made from", "[Publish]", "[Dismiss]")
	k.lacks("the candidate", inside, "1234567")
	k.has("/kb candidates", k.kb("ann", "candidates"), "KB-1", "Billing, Export, PDF")
	k.has("/kb list", k.kb("bo", "list 常见问题 草稿"), "KB-1")
	k.restart()
	k.resolve(k.report("dan", "dock", "export invoices as PDF, how?"), "Billing, Export, PDF.")
	k.now = k.now.Add(26 * time.Hour)
	k.run() // the daily care looks at all of them again
	k.lacks("a fourth question", k.told("inside"), "again and again")
	a := k.article("KB-1")
	if len(a.Cases) != 4 || a.Kind != bot.KindFAQ || a.State != bot.ArticleDraft {
		t.Errorf("the candidate is %+v", a)
	}
	k.press("bo", "desk", "kbpublish", "", "KB-1")
	k.has("published", k.told("inside"), "KB-1 is published. It is suggested from now on. – Bo")
	for _, n := range a.Cases { // the drafts of the single cases are part of it
		if d := k.article(bot.DraftID(n)); d.State != bot.ArticleRetired || d.Into != "KB-1" {
			t.Errorf("%s is %s, part of %q", d.ID, d.State, d.Into)
		}
	}
	k.has("/kb of a merged draft", k.kb("ann", bot.DraftID(a.Cases[0])), "is part of KB-1 now")
	k.has("a customer’s search", k.kb("carl", "export invoices PDF"), "KB-1")
	k.has("a search of FAQs", k.kb("chen", "常见问题:export invoices PDF"), "KB-1")
	k.has("a search of tips", k.kb("carl", "tip: export invoices PDF"), "Nothing was found")
}

// TestADismissedCandidateStaysDismissed.
func TestADismissedCandidateStaysDismissed(t *testing.T) {
	k := newLibrary(t)
	for i, user := range []string{"chen", "carl", "dan"} {
		channel := []string{"bank", "acme", "dock"}[i]
		k.resolve(k.report(user, channel, []string{"怎么修改发票抬头?", "请问发票抬头在哪里修改", "发票抬头在哪里修改"}[i]), "设置 > 发票 > 抬头。")
	}
	k.has("the internal channel", k.told("inside"), "Asked again and again: KB-1")
	k.press("lea", "desk", "kbdismiss", "", "KB-1")
	k.has("the message", k.told("inside"), "what waited is dropped. – Lea")
	k.restart()
	k.resolve(k.report("chen", "bank", "发票抬头怎么修改"), "设置 > 发票 > 抬头。")
	k.now = k.now.Add(26 * time.Hour)
	k.run()
	k.lacks("after the dismissal", k.told("inside"), "again and again")
}

func (k *library) article(id string) (a bot.Article) {
	k.Helper()
	k.view(func(r bot.Reader) (err error) {
		a, err = r.Article(id)
		return err
	})
	return a
}

func (k *library) load(number string) (c bot.Case) {
	k.Helper()
	k.view(func(r bot.Reader) (err error) {
		c, err = r.CaseByNumber(number)
		return err
	})
	return c
}

// TestKnownProblemInChat: open cases that are alike become one known problem; a new one
// is offered to it; customers get the workaround and, once, the fix.
func TestKnownProblemInChat(t *testing.T) {
	k := newLibrary(t)
	first := k.report("carl", "acme", "The handheld scanner does not connect to the workstation")
	k.report("dan", "dock", "Scanner cannot connect to the workstation any more")
	k.lacks("two alike", k.told("inside"), "look alike")
	k.restart()
	k.report("cora", "acme", "Our handheld scanner does not connect to its workstation")
	k.has("three alike", k.told("inside"), "3 open cases look alike: "+first.Number, "[Make it a known problem]", "[Not the same]")
	k.report("carl", "acme", "handheld scanner does not connect to workstation 4")
	k.lacks("a fourth", k.told("inside"), "look alike")
	form := chat.Event{Kind: chat.KindForm, From: account("ann"), Where: place("desk"), Form: chat.Filled{ID: "h:kbproblem:" + first.Number + ":1:",
		Values: map[string]string{"title": "Handheld scanners do not connect", "symptom": "The handheld scanner does not connect to the workstation.", "fix": "Use the cable for now."}}}
	k.must(form)
	k.has("the draft", k.told("inside"), "KB-1", "[Publish]")
	if c := k.load(first.Number); c.Known.Article != "KB-1" || c.Known.Workaround != "" {
		t.Errorf("before it is published: %+v", c.Known)
	}
	if err := k.try(form); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("made twice: %v", err)
	}
	k.press("bo", "desk", "kbpublish", "", "KB-1")
	told := k.told("customer")
	if n := strings.Count(told, "This is a known problem: Handheld scanners do not connect\nUntil it is fixed: Use the cable for now."); n != 4 {
		t.Errorf("%d customers were told the workaround, want 4:\n%s", n, told)
	}
	// A new case that is very close is offered to the responder; the customer is asked nothing.
	late := k.report("chen", "bank", "The handheld scanner does not connect to the workstation")
	k.has("the responder", k.told("inside"), late.Number+" looks like the known problem KB-1", "[Link it]")
	k.must(chat.Event{Kind: chat.KindCommand, From: account("bo"), Where: place("desk"), Verb: "kb", Args: "link kb-1 " + late.Number})
	k.has("the customer", k.told("customer"), "This is a known problem")
	k.restart()
	// The fix: written by one, published by another, told once to each linked open case.
	k.kb("ann", "fixed KB-1 Firmware 2.1 is installed; switch the scanner off and on.")
	if err := k.try(chat.Event{Kind: chat.KindCommand, From: account("ann"), Where: place("desk"), Verb: "kb", Args: "publish KB-1"}); !errors.Is(err, bot.ErrForbidden) {
		t.Errorf("one’s own fix published: %v", err)
	}
	k.said()
	k.press("lea", "desk", "kbpublish", "", "KB-1")
	told = k.told("customer")
	if n := strings.Count(told, "Firmware 2.1") - strings.Count(told, "edit"); n != 5 {
		t.Errorf("%d customers were told the fix, want 5:\n%s", n, told)
	}
	k.has("the fix", told, "is fixed:", "[Solved it]")
	k.press("carl", "acme", "solved", first.Number, "KB-1")
	if c := k.load(first.Number); c.State != bot.Closed || c.SelfSolved != "KB-1" {
		t.Errorf("solved by the fix: %s, %q", c.State, c.SelfSolved)
	}
	k.has("the known list", k.kb("carl", "list known"), "KB-1", "known problem, fixed")
}

// TestQuestionLearnsOnceConfirmed: "yes, this", "solved it", and a responder's one tap
// make the wording find the article; it can be taken back; a second customer needs no tap.
func TestQuestionLearnsOnceConfirmed(t *testing.T) {
	k := newLibrary(t)
	k.publish("Payments fail with 502 after a gateway deploy | Customers see 502 Bad Gateway at checkout | Restart the gateway nodes one by one.")
	k.publish("Login fails with AUTH-1107 | Sign-in page says AUTH-1107 | Restart time synchronisation.")
	k.said()
	c := k.report("carl", "acme", "Payments fail with 502 at checkout after the deploy")
	if len(c.Suggested) == 0 || c.Suggested[0].ID != "KB-1" {
		t.Fatalf("suggested %+v", c.Suggested)
	}
	k.said()
	k.press("carl", "acme", "nothelp", c.Number, "KB-1")
	if a := k.article("KB-1"); a.Helped != 0 || a.Failed != 1 {
		t.Errorf("helped %d, failed %d", a.Helped, a.Failed)
	}
	k.press("carl", "acme", "solved", c.Number, "KB-1") // after all
	inside := k.told("inside")
	k.has("the responders", inside, "Remember this wording for it?", "Payments fail with 502 at checkout", "[Remember]", "[No]")
	if a := k.article("KB-1"); a.Helped != 1 || a.Failed != 0 || len(a.Aliases) != 0 {
		t.Errorf("before the tap: helped %d, %q", a.Helped, a.Aliases)
	}
	k.press("carl", "acme", "solved", c.Number, "KB-1") // one voice a case
	k.lacks("a second press", k.told("inside"), "Remember this wording")
	if a := k.article("KB-1"); a.Helped != 1 {
		t.Errorf("one case helped %d times", a.Helped)
	}
	if err := k.try(chat.Event{Kind: chat.KindButton, From: account("dan"), Where: place("dock"), Action: chat.Action{Verb: "kbremember", Case: c.Number, Arg: "KB-1"}}); err == nil {
		t.Error("a customer confirms a wording")
	}
	k.restart()
	k.press("ann", "desk", "kbremember", c.Number, "KB-1")
	k.has("the message", k.told("inside"), "is found by", "– Ann")
	k.has("/kb aliases", k.kb("bo", "aliases KB-1"), "1. Payments fail with 502 at checkout after the deploy", "由 Ann 确认")
	k.has("/kb history", k.kb("ann", "history KB-1"), "wording learned", "published", "written")
	k.has("/kb forget", k.kb("ann", "forget KB-1 1"), "is not found by")
	if a := k.article("KB-1"); len(a.Aliases) != 0 {
		t.Errorf("taken back: %q", a.Aliases)
	}
	k.has("/kb aliases", k.kb("ann", "aliases KB-1"), "taken back")
	// Two organisations that say much the same need nobody's tap, except for what was
	// taken back.
	for i, user := range []string{"cora", "dan"} {
		c := k.report(user, []string{"acme", "dock"}[i], "502 Bad Gateway at checkout since the gateway deploy")
		if len(c.Suggested) == 0 {
			t.Fatalf("nothing suggested to %s", user)
		}
		k.press(user, []string{"acme", "dock"}[i], "solved", c.Number, "KB-1")
	}
	if a := k.article("KB-1"); len(a.Aliases) != 1 || a.Helped != 3 {
		t.Errorf("after two customers: %q, helped %d", a.Aliases, a.Helped)
	}
	stats := k.kb("lea", "stats")
	k.has("/kb stats", stats, "2 published", "Helped 3 times", "3 of 3 closed cases", "(100 %)", "KB-1 Payments fail")
}

// TestTwinsAreMergedInChat: the reviewer sees that another article tells the same.
func TestTwinsAreMergedInChat(t *testing.T) {
	k := newLibrary(t)
	k.publish("Certificate expired on the API gateway | Clients report x509 certificate has expired | Run the renewal job.")
	k.kb("ann", "add Certificate expired on the API gateway | x509 certificate has expired or is not yet valid | Renew the certificate by hand.")
	k.has("the review", k.kb("bo", "review"), "≈ KB-1", "[合并到 KB-1]")
	// Published without having seen it: the question comes first.
	k.has("publish", k.kb("lea", "publish KB-2"), "KB-2 tells much the same as KB-1", "[Merge into KB-1]", "[Publish]")
	if k.article("KB-2").State != bot.ArticleDraft {
		t.Error("published without an answer")
	}
	k.press("lea", "desk", "kbpublish", "", "KB-2 KB-1")
	k.has("/kb duplicates", k.kb("lea", "duplicates"), "KB-1", "KB-2", "[Merge into KB-1]")
	if err := k.try(chat.Event{Kind: chat.KindCommand, From: account("bo"), Where: place("desk"), Verb: "kb", Args: "merge KB-2 KB-1"}); !errors.Is(err, bot.ErrForbidden) {
		t.Errorf("a responder merges published articles: %v", err)
	}
	k.has("merge", k.kb("lea", "merge KB-2 KB-1"), "KB-2 is part of KB-1 now")
	k.restart()
	k.has("the old one", k.kb("carl", "KB-2"), "KB-2 is part of KB-1 now", "Run the renewal job")
	k.has("unmerge", k.kb("lea", "unmerge KB-2"), "a draft of its own")
	if err := k.try(chat.Event{Kind: chat.KindCommand, From: account("carl"), Where: place("acme"), Verb: "kb", Args: "KB-2"}); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a customer reads a draft: %v", err)
	}
}

// TestReviewDatesAreRemindedOnce and a press keeps the article for half a year more.
func TestReviewDatesAreRemindedOnce(t *testing.T) {
	k := newLibrary(t)
	k.publish("Mail bounces | mail comes back | Raise the limit of the mailbox.")
	k.said()
	k.now = k.now.AddDate(0, 7, 0)
	k.run()
	k.has("the reminder", k.told("inside"), "Articles to be looked at again: 1", "KB-1 still holds")
	k.restart()
	k.now = k.now.Add(25 * time.Hour)
	k.run()
	k.lacks("the next day", k.told("inside"), "looked at again")
	k.press("bo", "desk", "kbkeep", "", "KB-1")
	if a := k.article("KB-1"); !a.Review.After(k.now.AddDate(0, 5, 0)) {
		t.Errorf("review is %s", a.Review)
	}
}

// TestOthersArticlesAreNeverQuoted: an article for one customer and one for responders
// reach nobody else, by whatever way.
func TestOthersArticlesAreNeverQuoted(t *testing.T) {
	k := newLibrary(t)
	for i, a := range []bot.Article{
		{ID: "KB-1", Title: "Payments of Acme fail with 502 at checkout", Symptom: "502 Bad Gateway at checkout", Solution: "topsecret acme", Customer: "acme"},
		{ID: "KB-2", Title: "Payments fail with 502 at checkout, inside", Symptom: "502 Bad Gateway at checkout", Solution: "topsecret inside", Internal: true},
	} {
		a.State, a.Lang, a.Revision, a.Created = bot.ArticlePublished, "en", i+1, k.now
		err := k.store.Do(t.Context(), func(tx bot.Tx) error { return k.desk.PutArticle(tx, a) })
		if err != nil {
			t.Fatal(err)
		}
	}
	c := k.report("dan", "dock", "Payments fail with 502 Bad Gateway at checkout")
	k.lacks("the other customer", k.told("customer"), "topsecret")
	for _, args := range []string{"payments fail 502 checkout", "list", "list known", "faq: payments 502"} {
		k.lacks("/kb "+args, k.kb("dan", args), "topsecret", "KB-1", "KB-2", "Acme fail")
	}
	for _, args := range []string{"KB-1", "KB-2"} {
		if err := k.try(chat.Event{Kind: chat.KindCommand, From: account("dan"), Where: place("dock"), Verb: "kb", Args: args}); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("/kb %s: %v", args, err)
		}
	}
	if err := k.try(chat.Event{Kind: chat.KindCommand, From: account("ann"), Where: place("desk"), Verb: "kb", Args: "link KB-1 " + c.Number}); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("another customer’s article linked: %v", err)
	}
	k.must(chat.Event{Kind: chat.KindCommand, From: account("ann"), Where: place("desk"), Verb: "kb", Args: "link KB-2 " + c.Number})
	k.lacks("the customer of a case with an internal problem", k.told("customer"), "topsecret", "inside")
}
