package commands

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

func TestJourney(t *testing.T) {
	h := newHouse(t)
	// A customer writes in the support channel, then adds something, then says thanks.
	first := h.message("carl", shopChannel, "payments return 502 since 10:40, nobody can pay")
	h.must(first)
	c := h.last()
	if c.Severity != 1 || c.Class != bot.Fault || c.Customer != "acme" || c.Reporter != "carl" || c.Lang != "en" {
		t.Errorf("case is %+v", c)
	}
	h.now = h.now.Add(10 * time.Minute)
	h.must(h.message("carl", shopChannel, "also the refunds"))
	h.must(h.message("carl", shopChannel, "thanks!"))
	h.must(h.message("carl", inThread(shopChannel, first.Message.ID), "it is the Berlin shop"))
	if n := len(h.cases()); n != 1 {
		t.Fatalf("%d cases, want 1", n)
	}
	if said := count(h.events(c), bot.EvSaid); said != 2 {
		t.Errorf("%d messages joined the case, want 2", said)
	}
	h.letters()
	// The engineer acknowledges by a word in the direct conversation.
	h.must(h.message("ann", dm("ann"), "ack"))
	if got := h.read(c.Number); got.Owner != "ann" || got.State != bot.Acknowledged {
		t.Errorf("after ack: owner %q, state %s", got.Owner, got.State)
	}
	if told := h.told("ann"); !strings.Contains(told, c.Number) {
		t.Errorf("ann was told %q", told)
	}
	// A note, an answer, the fix.
	h.must(slash("ann", deskChannel, "note", c.Number+" secret: it is the load balancer"))
	h.must(slash("ann", deskChannel, "reply", c.Number+" we are on it"))
	h.must(slash("ann", deskChannel, "resolve", c.Number+" cause: full disk; fix: pruned the logs"))
	got := h.read(c.Number)
	if got.State != bot.Resolved || got.Cause != "full disk" || got.Solution != "pruned the logs" {
		t.Errorf("resolved case: %s, cause %q, solution %q", got.State, got.Cause, got.Solution)
	}
	h.told("ann")
	// What the customer sees holds nothing internal.
	h.must(slash("carl", shopChannel, "case", c.Number))
	told := h.told("carl")
	if !strings.Contains(told, "pruned the logs") || strings.Contains(told, "secret") || strings.Contains(told, "full disk") {
		t.Errorf("the customer was shown:\n%s", told)
	}
	// They confirm by button and rate.
	h.must(press("carl", shopChannel, chat.Action{Verb: "confirm", Case: c.Number, Gen: got.Generation}))
	a := h.must(press("carl", shopChannel, chat.Action{Verb: "rate", Case: c.Number, Arg: "2"}))
	if a.Form == nil {
		t.Fatal("a low rating asks nothing")
	}
	got = h.read(c.Number)
	if got.State != bot.Closed || got.Score != 2 {
		t.Errorf("closed case: %s, score %d", got.State, got.Score)
	}
	h.must(chat.Event{Kind: chat.KindForm, From: account("carl"), Where: shopChannel, Form: chat.Filled{ID: a.Form.ID, Values: map[string]string{"comment": "too slow"}}})
	if last := h.events(c); last[len(last)-1].Text != "too slow" {
		t.Errorf("the comment was not kept: %+v", last[len(last)-1])
	}
}

func count(events []bot.CaseEvent, kind bot.EventType) int {
	n := 0
	for _, e := range events {
		if e.Type == kind {
			n++
		}
	}
	return n
}

func TestMessages(t *testing.T) {
	tests := []struct {
		name    string
		user    string
		at      chat.Place
		text    string
		mention bool
		cases   int
		refused error
	}{
		{"a report", "carl", shopChannel, "the shop is down", false, 1, nil},
		{"a report in Chinese", "chen", zhChannel, "核心系统宕机,所有网点无法办理业务", false, 1, nil},
		{"a greeting", "carl", shopChannel, "Good morning everyone!", false, 0, nil},
		{"a greeting in Chinese", "chen", zhChannel, "大家好,辛苦了!", false, 0, nil},
		{"a greeting with a report", "carl", shopChannel, "hello, the printer burns", false, 1, nil},
		{"an unknown account in a customer's channel", "stranger", shopChannel, "the shop is down", false, 1, nil},
		{"an unknown account elsewhere", "stranger", chat.Place{Platform: "web", Channel: "random"}, "the shop is down", false, 0, nil},
		{"an unknown account that addresses us elsewhere", "stranger", dm("stranger"), "the shop is down", false, 0, bot.ErrForbidden},
		{"staff talk in the customer's channel", "ann", shopChannel, "the shop is down", false, 0, nil},
		{"mention mode without a mention", "carl", mentionRoom, "the shop is down", false, 0, nil},
		{"mention mode with one", "carl", mentionRoom, "the shop is down", true, 1, nil},
		{"emoji mode", "carl", emojiRoom, "the shop is down", false, 0, nil},
		{"command mode with a mention", "carl", cmdRoom, "the shop is down", true, 0, nil},
		{"a verb word that begins a report", "carl", mentionRoom, "status page is down", true, 1, nil},
		{"a verb of others that begins a report", "carl", mentionRoom, "queue is full since 10:40", true, 1, nil},
		{"help that begins a report", "carl", mentionRoom, "help me the shop burns", true, 1, nil},
		{"the verb itself", "carl", mentionRoom, "report the shop is down", true, 1, nil},
		{"words that sound like verbs", "carl", dm("carl"), "search is broken", false, 1, nil},
		{"words that sound like others’ verbs", "carl", dm("carl"), "call me back, the shop is down", false, 1, nil},
		{"the verb in Chinese", "chen", zhChannel, "报障 打印机卡纸", true, 1, nil},
		{"a direct message of a customer", "carl", dm("carl"), "the shop is down", false, 1, nil},
		{"a direct message of staff", "ann", dm("ann"), "the shop is down", false, 0, bot.ErrInvalid},
		{"an internal channel", "ann", deskChannel, "the shop is down", false, 0, nil},
		{"an internal channel with a mistyped verb", "ann", deskChannel, "queu", true, 0, bot.ErrInvalid},
		{"an empty message", "carl", shopChannel, " \u200e\n", false, 0, nil},
		{"only signs", "carl", shopChannel, "👍👍", false, 0, nil},
		{"a huge text", "carl", shopChannel, strings.Repeat("the shop is down ", 10_000), false, 1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t)
			ev := h.message(tt.user, tt.at, tt.text)
			ev.Mentioned = tt.mention
			_, err := h.do(ev)
			if !errors.Is(err, tt.refused) {
				t.Errorf("error %v, want %v", err, tt.refused)
			}
			if n := len(h.cases()); n != tt.cases {
				t.Errorf("%d cases, want %d", n, tt.cases)
			}
		})
	}
}

func TestUndecodedOpens(t *testing.T) {
	h := newHouse(t)
	ev := h.message("carl", shopChannel, "")
	ev.Undecoded = true
	h.must(ev)
	if c := h.last(); !strings.Contains(c.Text, "could not be read") {
		t.Errorf("text is %q", c.Text)
	}
	ev = h.message("carl", dm("carl"), "")
	ev.Files = []chat.File{{Name: "screen.png"}}
	h.must(ev)
	if c := h.last(); !strings.Contains(c.Text, "screen.png") {
		t.Errorf("text is %q", c.Text)
	}
}

func TestGroupWindow(t *testing.T) {
	h := newHouse(t)
	h.must(h.message("carl", shopChannel, "the shop is down"))
	h.now = h.now.Add(59 * time.Minute)
	h.must(h.message("carl", shopChannel, "still down"))
	h.now = h.now.Add(59 * time.Minute) // counted from the last message
	h.must(h.message("carl", shopChannel, "and still"))
	if n := len(h.cases()); n != 1 {
		t.Errorf("%d cases within the window, want 1", n)
	}
	h.must(h.message("stranger", shopChannel, "printer broken"))
	if n := len(h.cases()); n != 2 {
		t.Errorf("%d cases after another person, want 2", n)
	}
	h.must(h.message("carl", mentionRoom, "elsewhere"))
	h.now = h.now.Add(61 * time.Minute)
	h.must(h.message("carl", shopChannel, "now the mail is down"))
	if n := len(h.cases()); n != 3 {
		t.Errorf("%d cases after the window, want 3", n)
	}
}

func TestThreads(t *testing.T) {
	h := newHouse(t)
	root := h.message("carl", shopChannel, "the shop is down")
	h.must(root)
	c := h.last()
	thread := inThread(shopChannel, root.Message.ID)
	h.must(h.message("ann", thread, "looking at it")) // staff in the customer's thread answers
	if got := h.read(c.Number); got.AnsweredAt.IsZero() {
		t.Error("the answer in the thread does not count")
	}
	other := h.message("stranger", shopChannel, "the printer is broken")
	h.must(other)
	// Edits and deletions become revisions.
	h.must(chat.Event{Kind: chat.KindEdit, From: account("carl"), Where: shopChannel, Message: root.Message, Text: "the shop is slow"})
	h.must(chat.Event{Kind: chat.KindDelete, From: account("carl"), Where: shopChannel, Message: root.Message})
	events := h.events(c)
	if count(events, bot.EvRevised) != 1 || count(events, bot.EvWithdrawn) != 1 {
		t.Errorf("revisions are missing: %v", events)
	}
	// A verb after a mention needs no number there.
	ev := h.message("ann", thread, "ack")
	ev.Mentioned = true
	h.must(ev)
	if got := h.read(c.Number); got.Owner != "ann" {
		t.Errorf("owner is %q", got.Owner)
	}
	// An internal thread takes notes, and a mention replies to the customer.
	inside := chat.MessageRef{Place: deskChannel, ID: "card1"}
	if err := h.store.Do(t.Context(), func(tx bot.Tx) error {
		return tx.PutLink(bot.Link{Key: inside.Key(), Case: c.ID, Role: bot.LinkCard, Ref: inside, Audience: chat.Internal(), At: h.now})
	}); err != nil {
		t.Fatal(err)
	}
	h.letters()
	h.must(h.message("ann", inThread(deskChannel, "card1"), "between us: the balancer"))
	ev = h.message("ann", inThread(deskChannel, "card1"), "reply we restart it now")
	ev.Mentioned = true
	h.must(ev)
	for _, l := range h.letters() {
		if l.Audience.IsCustomer() && strings.Contains(l.Args["text"], "between us") {
			t.Error("an internal remark goes to the customer")
		}
	}
	events = h.events(c)
	if count(events, bot.EvNoted) != 1 || events[len(events)-1].Text != "we restart it now" {
		t.Errorf("internal thread: %+v", events[len(events)-2:])
	}
	// Closed: what is said is kept and the way back is offered.
	h.must(slash("ann", deskChannel, "resolve", c.Number+" restarted"))
	h.must(slash("carl", shopChannel, "confirm", c.Number))
	h.letters()
	h.must(h.message("carl", thread, "it is broken again"))
	if told := h.told("carl"); !strings.Contains(told, c.Number) {
		t.Errorf("told %q", told)
	}
}

func TestReactionAndShortcut(t *testing.T) {
	h := newHouse(t)
	ref := chat.MessageRef{Place: emojiRoom, ID: "m77"}
	react := func(user, emoji string, removed bool) chat.Event {
		return chat.Event{Kind: chat.KindReaction, From: account(user), Where: emojiRoom, Message: ref, Emoji: emoji, Removed: removed,
			Text: "the lift is stuck", Context: []chat.Quoted{{From: account("carl"), Text: "the lift is stuck", Message: ref}}}
	}
	h.must(react("ann", "eyes", false))
	h.must(react("ann", "ticket", true))
	if n := len(h.cases()); n != 0 {
		t.Fatalf("%d cases before the emoji", n)
	}
	h.must(react("ann", "ticket", false))
	c := h.last()
	if c.Reporter != "carl" || c.Customer != "acme" || c.Text != "the lift is stuck" {
		t.Errorf("case of the author: %+v", c)
	}
	h.letters()
	h.must(react("carl", "ticket", false))
	if n := len(h.cases()); n != 1 {
		t.Errorf("%d cases after a second emoji", n)
	}
	if told := h.told("carl"); !strings.Contains(told, c.Number) {
		t.Errorf("told %q", told)
	}
	ref2 := chat.MessageRef{Place: shopChannel, ID: "m78"}
	h.must(chat.Event{Kind: chat.KindShortcut, Verb: "case", From: account("carl"), Where: shopChannel, Message: ref2, Text: "door broken",
		Context: []chat.Quoted{{From: account("carl"), Text: "hello", Message: chat.MessageRef{Place: shopChannel, ID: "m70"}}}})
	if n := len(h.cases()); n != 2 {
		t.Errorf("%d cases after the shortcut, want 2", n)
	}
}

func TestAckOfSeveral(t *testing.T) {
	h := newHouse(t)
	h.open("carl", shopChannel, "one is down")
	h.open("chen", zhChannel, "无法打印")
	h.letters()
	h.must(h.message("ann", dm("ann"), "ack"))
	letters := h.letters()
	if len(letters) != 1 || len(letters[0].Content.Buttons) != 2 {
		t.Fatalf("offered %+v", letters)
	}
	for _, b := range letters[0].Content.Buttons {
		h.must(press("ann", dm("ann"), b.Action))
	}
	for _, c := range h.cases() {
		if c.Owner != "ann" {
			t.Errorf("%s is with %q", c.Number, c.Owner)
		}
	}
	if _, err := h.do(press("bo", dm("bo"), chat.Action{Verb: "ack", Case: h.last().Number})); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("the second to press: %v", err)
	}
}

func TestUmbrella(t *testing.T) {
	h := newHouse(t)
	h.must(slash("carl", shopChannel, "hotline", "report the shop is down"))
	c := h.last()
	h.letters()
	h.must(slash("carl", shopChannel, "Hotline", " status "+c.Number))
	if told := h.told("carl"); !strings.Contains(told, c.Number) {
		t.Errorf("told %q", told)
	}
	h.must(slash("carl", shopChannel, "hotline", ""))
	if told := h.told("carl"); !strings.Contains(told, "/report") {
		t.Errorf("told %q", told)
	}
	if a := h.must(slash("carl", shopChannel, "hotline", "report")); a.Form == nil {
		t.Error("an empty report opens no form")
	}
}

func TestInternalThread(t *testing.T) {
	h := newHouse(t)
	root := h.message("carl", shopChannel, "the shop is down")
	h.must(root)
	c := h.last()
	card := chat.MessageRef{Place: deskChannel, ID: "card1"}
	page := chat.MessageRef{Place: dm("ann"), ID: "page1"}
	if err := h.store.Do(t.Context(), func(tx bot.Tx) error {
		return errors.Join(
			tx.PutLink(bot.Link{Key: card.Key(), Case: c.ID, Role: bot.LinkCard, Ref: card, Audience: chat.Internal(), At: h.now}),
			tx.PutLink(bot.Link{Key: page.Key(), Case: c.ID, Role: bot.LinkPage, Ref: page, Audience: chat.Only("ann"), Person: "ann", At: h.now}))
	}); err != nil {
		t.Fatal(err)
	}
	h.letters()
	// A message of the customer is noted inside by a shortcut, never the other way.
	h.must(chat.Event{Kind: chat.KindShortcut, Verb: "note", From: account("ann"), Where: shopChannel, Message: root.Message, Text: "remember this"})
	h.must(h.message("bo", inThread(deskChannel, "card1"), "is it the balancer?"))
	h.must(h.message("ann", inThread(dm("ann"), "page1"), "I look at the logs first"))
	h.must(h.message("carl", inThread(deskChannel, "card1"), "how did I get here"))
	notes := 0
	for _, e := range h.events(c) {
		switch {
		case e.Type == bot.EvNoted && e.Audience.IsInternal():
			notes++
		case e.Type == bot.EvSaid:
			t.Errorf("%q became part of the conversation", e.Text)
		}
	}
	if notes != 3 {
		t.Errorf("%d notes, want 3", notes)
	}
	for _, l := range h.letters() {
		if l.Audience.IsCustomer() && l.Intent == chat.IntentReply {
			t.Errorf("the customer is told %v", l.Args)
		}
	}
	h.must(h.message("bo", inThread(deskChannel, "card1"), "接单"))
	if got := h.read(c.Number); got.Owner != "bo" {
		t.Errorf("owner %q", got.Owner)
	}
	h.must(h.message("ann", inThread(dm("ann"), "page1"), "note the logs are clean"))
	if e := h.events(c); e[len(e)-1].Text != "the logs are clean" {
		t.Errorf("last event %+v", e[len(e)-1])
	}
}

func TestDuplicateFollowsOn(t *testing.T) {
	h := newHouse(t)
	first := h.message("carl", shopChannel, "the shop is down")
	h.must(first)
	a := h.last()
	second := h.message("stranger", shopChannel, "shop down here too")
	h.must(second)
	b := h.last()
	h.must(slash("ann", deskChannel, "merge", b.Number+" "+a.Number))
	h.must(h.message("stranger", inThread(shopChannel, second.Message.ID), "any news on this?"))
	events := h.events(a)
	if last := events[len(events)-1]; last.Type != bot.EvSaid || last.Text != "any news on this?" {
		t.Errorf("what is said in a duplicate’s thread went to %+v", last)
	}
}

func TestDuplicateDelivery(t *testing.T) {
	h := newHouse(t)
	ev := h.message("carl", shopChannel, "the shop is down")
	h.must(ev)
	h.must(ev)
	ev.Mentioned = true
	h.must(ev)
	if c := h.last(); len(h.cases()) != 1 || count(h.events(c), bot.EvSaid) != 0 {
		t.Errorf("%d cases, %d messages", len(h.cases()), count(h.events(c), bot.EvSaid))
	}
}
