package commands

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/store"
)

// house is a hotline on a real database with two customers, without adapters: what
// is said is read from the outbox.
type house struct {
	t     *testing.T
	now   time.Time
	org   *bot.Organisation
	store *store.SQLite
	desk  *bot.Desk
	cmds  *Commands
	n     int
}

var (
	shopChannel = chat.Place{Platform: "web", Channel: "acme-support"}
	zhChannel   = chat.Place{Platform: "web", Channel: "bank-support"}
	emojiRoom   = chat.Place{Platform: "web", Channel: "acme-emoji"}
	mentionRoom = chat.Place{Platform: "web", Channel: "acme-mention"}
	cmdRoom     = chat.Place{Platform: "web", Channel: "acme-command"}
	deskChannel = chat.Place{Platform: "web", Channel: "desk"}
)

func account(user string) chat.Principal {
	return chat.Principal{Platform: "web", User: user, Name: user}
}

func dm(user string) chat.Place {
	return chat.Place{Platform: "web", Channel: "dm-" + user, Direct: true}
}

// testOrg has two customers, Acme (English) and Bank (Chinese), two responders in
// a rotation, a lead and an administrator.
func testOrg() *bot.Organisation {
	person := func(id, lang string, role bot.Role, customer string) bot.Person {
		return bot.Person{ID: id, Name: strings.ToUpper(id[:1]) + id[1:], Lang: lang, Zone: "Europe/Berlin", Role: role, Customer: customer,
			Tier: 1, Accounts: []chat.Principal{{Platform: "web", User: id}}}
	}
	return &bot.Organisation{
		Name: "Test", Lang: "en", Zone: time.UTC, BaseURL: "http://127.0.0.1",
		People: []bot.Person{
			person("ann", "en", bot.RoleResponder, ""), person("bo", "zh", bot.RoleResponder, ""), person("lea", "en", bot.RoleLead, ""),
			person("ada", "en", bot.RoleAdmin, ""), person("carl", "en", bot.RoleCustomer, "acme"), person("chen", "zh", bot.RoleCustomer, "bank"),
		},
		Teams:     []bot.Team{{ID: "ops", Name: "Ops", Members: []string{"ann", "bo"}, Schedule: "primary", Channel: deskChannel}},
		Customers: []bot.Customer{{ID: "acme", Name: "Acme", Lang: "en", Zone: "Europe/Berlin"}, {ID: "bank", Name: "Bank", Lang: "zh", Zone: "Asia/Shanghai"}},
		Sites:     []bot.Site{{ID: "SH-01", Name: "Shanghai", Customer: "bank"}, {ID: "BE-01", Name: "Berlin", Customer: "acme"}},
		Assets:    []bot.Asset{{Serial: "ST-7001", Customer: "bank", Site: "SH-01"}, {Serial: "ST-8001", Customer: "acme", Site: "BE-01"}},
		Services:  []bot.Service{{ID: "payments", Name: "Payments", Team: "ops"}},
		Channels: []bot.Channel{
			{Place: shopChannel, Name: "acme", Audience: chat.Customer(), Customer: "acme", Mode: bot.ModeEvery, Lang: "en", Emoji: "ticket"},
			{Place: zhChannel, Name: "bank", Audience: chat.Customer(), Customer: "bank", Mode: bot.ModeEvery, Lang: "zh"},
			{Place: emojiRoom, Name: "emoji", Audience: chat.Customer(), Customer: "acme", Mode: bot.ModeEmoji, Emoji: "ticket"},
			{Place: mentionRoom, Name: "mention", Audience: chat.Customer(), Customer: "acme", Mode: bot.ModeMention},
			{Place: cmdRoom, Name: "command", Audience: chat.Customer(), Customer: "acme", Mode: bot.ModeCommand},
			{Place: deskChannel, Name: "desk", Audience: chat.Internal()},
		},
		Schedules: []oncall.Schedule{{ID: "primary", Name: "Primary", Zone: time.UTC, Layers: []oncall.Layer{{Name: "base",
			Rotation: oncall.Rotation{Unit: oncall.Daily, Every: 1, Start: oncall.Wall{Year: 2026, Month: 1, Day: 1, Hour: 9}, Participants: []string{"bo", "ann"}}}}}},
		Policies: []bot.Policy{{ID: "default", Name: "Default", Repeat: 1, Steps: []bot.Step{
			{Targets: []bot.Target{{Schedule: "primary"}}, Wait: 5 * time.Minute}, {Targets: []bot.Target{{Person: "lea"}}, Wait: 5 * time.Minute}}}},
		Routes: []bot.Route{{Name: "all", Policy: "default"}},
		Rules: bot.Rules{GroupWindow: time.Hour, AckTimeout: time.Hour, AutoClose: 72 * time.Hour, Cooldown: 10 * time.Minute,
			Fallback: 30 * time.Second, BundleFirst: 30 * time.Second, BundleMax: 5 * time.Minute},
	}
}

func newHouse(t *testing.T, options ...func(*Options)) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), org: testOrg()}
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hotline.db"), store.Options{Sync: store.Off, Now: func() time.Time { return h.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	h.store = s
	h.desk, err = bot.NewDesk(t.Context(), s, h.org)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Desk: h.desk, Code: func() string { return "123456" }}
	for _, f := range options {
		f(&o)
	}
	h.cmds = New(o)
	return h
}

// incoming is what the engine would make of an event.
func (h *house) incoming(ev chat.Event) bot.Incoming {
	h.n++
	ev.Key = fmt.Sprintf("ev-%d", h.n)
	if ev.At.IsZero() {
		ev.At = h.now
	}
	w := h.desk.Snapshot()
	w.Now = h.now
	ch, ok := w.Org.Channel(ev.Where)
	return bot.Incoming{World: w, Event: ev, Actor: w.Actor(ev.From, ev.Where), Channel: ch, ChannelOK: ok, View: h.store.View}
}

// do lets an event through preflight and handling, as the engine does.
func (h *house) do(ev chat.Event) (chat.Answer, error) {
	h.t.Helper()
	in := h.incoming(ev)
	quiet := in
	quiet.View = nil
	answer, stop := h.cmds.Preflight(quiet)
	if stop {
		return answer, nil
	}
	work, err := h.cmds.Handle(h.t.Context(), in)
	if err != nil || work == nil {
		return answer, err
	}
	return answer, h.store.Do(h.t.Context(), func(tx bot.Tx) error { return work(tx) })
}

// must is do for what must work.
func (h *house) must(ev chat.Event) chat.Answer {
	h.t.Helper()
	a, err := h.do(ev)
	if err != nil {
		h.t.Fatalf("%s %q by %s: %v", ev.Kind, ev.Text+ev.Verb+" "+ev.Args, ev.From.User, err)
	}
	return a
}

func slash(user string, at chat.Place, verb, args string) chat.Event {
	return chat.Event{Kind: chat.KindCommand, From: account(user), Where: at, Verb: verb, Args: args, Reply: chat.ReplyHandle{Platform: "web", Token: "t"}}
}

func (h *house) message(user string, at chat.Place, text string) chat.Event {
	h.n++
	return chat.Event{Kind: chat.KindMessage, From: account(user), Where: at, Text: text, Message: chat.MessageRef{Place: at, ID: fmt.Sprintf("m%d", h.n)}}
}

func press(user string, at chat.Place, a chat.Action) chat.Event {
	return chat.Event{Kind: chat.KindButton, From: account(user), Where: at, Action: a}
}

func inThread(at chat.Place, id string) chat.Place {
	at.Thread = id
	return at
}

// letters are those that were written since the last look; they count as sent.
func (h *house) letters() []bot.Letter {
	h.t.Helper()
	var fresh []bot.Letter
	h.view(func(r bot.Reader) (err error) {
		fresh, err = r.OpenLetters(10_000)
		return err
	})
	if len(fresh) == 0 {
		return nil
	}
	err := h.store.Do(h.t.Context(), func(tx bot.Tx) error {
		for _, l := range fresh {
			l.State, l.Done = bot.Delivered, h.now
			if err := tx.UpdateLetter(l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return fresh
}

// told is what somebody was told privately since the last look, and fails when an
// answer was for anybody else.
func (h *house) told(user string) string {
	h.t.Helper()
	var b strings.Builder
	for _, l := range h.letters() {
		if l.Intent != chat.IntentPrivate {
			continue
		}
		if l.To.User != user || l.Audience != chat.Only(l.To.Key()) {
			h.t.Errorf("a private answer to %s went to %s (%s)", user, l.To.Key(), l.Audience)
		}
		b.WriteString(l.Content.String() + "\n")
	}
	return b.String()
}

func (h *house) view(f func(r bot.Reader) error) {
	h.t.Helper()
	if err := h.store.View(h.t.Context(), f); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) cases() []bot.Case {
	h.t.Helper()
	var list []bot.Case
	h.view(func(r bot.Reader) (err error) {
		list, err = r.Cases(bot.CaseQuery{Newest: true, Limit: 1000})
		return err
	})
	return list
}

// last is the newest case.
func (h *house) last() bot.Case {
	h.t.Helper()
	all := h.cases()
	if len(all) == 0 {
		h.t.Fatal("there is no case")
	}
	newest := all[0]
	for _, c := range all {
		if c.ID > newest.ID {
			newest = c
		}
	}
	return newest
}

func (h *house) read(number string) bot.Case {
	h.t.Helper()
	var c bot.Case
	h.view(func(r bot.Reader) (err error) {
		c, err = r.CaseByNumber(number)
		return err
	})
	return c
}

func (h *house) events(c bot.Case) []bot.CaseEvent {
	h.t.Helper()
	var list []bot.CaseEvent
	h.view(func(r bot.Reader) (err error) {
		list, err = r.Events(c.ID, 0)
		return err
	})
	return list
}

// open reports something as a customer and gives the case; what was said about it
// counts as read.
func (h *house) open(user string, at chat.Place, text string) bot.Case {
	h.t.Helper()
	h.must(slash(user, at, "report", text))
	h.letters()
	return h.last()
}

// library is a small knowledge base that finds everything it has.
type library []bot.Hit

func (l library) Search(_ context.Context, q bot.Lookup) (bot.Found, error) {
	found := bot.Found{Band: bot.BandSuggest}
	for _, h := range l {
		if q.Internal || !h.Internal {
			found.Hits = append(found.Hits, h)
		}
	}
	return found, nil
}
