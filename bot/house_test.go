package bot_test

import (
	"path/filepath"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/sla"
	"hotline/store"
)

// start is when the tests begin: a Tuesday morning in Berlin.
var start = time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)

// place and account are on a made-up platform.
func place(channel string) chat.Place { return chat.Place{Platform: "test", Channel: channel} }

func account(person string) chat.Principal {
	return chat.Principal{Platform: "test", User: person, Name: person}
}

// organisation is small and complete: two customers, two tiers, a lead.
func organisation() *bot.Organisation {
	person := func(id string, role bot.Role, customer string) bot.Person {
		return bot.Person{ID: id, Name: "Name-" + id, Lang: "en", Zone: "Europe/Berlin", Role: role, Customer: customer, Accounts: []chat.Principal{account(id)}}
	}
	wall, _ := oncall.ParseWall("1999-01-04 09:00") // a Monday before the fake clock of synctest begins
	berlin, _ := time.LoadLocation("Europe/Berlin")
	return &bot.Organisation{
		Name: "Test", Lang: "en", Zone: time.UTC, BaseURL: "http://127.0.0.1", LinkKey: bot.SignKey("0123456789abcdef0123456789abcdef"),
		People: []bot.Person{
			person("anna", bot.RoleCustomer, "north"), person("otto", bot.RoleCustomer, "south"),
			person("chen", bot.RoleResponder, ""), person("maria", bot.RoleResponder, ""), person("ivan", bot.RoleResponder, ""),
			person("tom", bot.RoleLead, ""), person("ada", bot.RoleAdmin, ""),
		},
		Customers: []bot.Customer{{ID: "north", Name: "North", Lang: "en", Contract: "gold"}, {ID: "south", Name: "South", Lang: "zh"}},
		Contracts: map[string]bot.Contract{"gold": {ID: "gold", Name: "Gold", Policy: sla.Policy{ID: "gold", Targets: []sla.Target{
			{Severity: 1, Kind: sla.Respond, Within: 15 * time.Minute}, {Severity: 2, Kind: sla.Respond, Within: 30 * time.Minute},
			{Severity: 3, Kind: sla.Respond, Within: 2 * time.Hour}, {Severity: 3, Kind: sla.Resolve, Within: 8 * time.Hour},
		}}}},
		Teams:    []bot.Team{{ID: "core", Name: "Core", Members: []string{"chen", "maria"}}},
		Services: []bot.Service{{ID: "shop", Name: "Shop", Team: "core"}, {ID: "quiet", Name: "Quiet", Policy: "empty"}},
		Sites:    []bot.Site{{ID: "B-1", Name: "Berlin", Customer: "north"}},
		Assets:   []bot.Asset{{Serial: "SN-10I0", Name: "Node", Customer: "north", Site: "B-1", Service: "shop"}},
		Channels: []bot.Channel{
			{Place: place("north"), Name: "north", Audience: chat.Customer(), Customer: "north", Mode: bot.ModeEvery},
			{Place: place("south"), Name: "south", Audience: chat.Customer(), Customer: "south", Mode: bot.ModeEvery},
			{Place: place("desk"), Name: "desk", Audience: chat.Internal(), Mode: bot.ModeCommand},
		},
		Schedules: []oncall.Schedule{
			{ID: "primary", Name: "Primary", Zone: berlin, Layers: []oncall.Layer{{Name: "week", Rotation: oncall.Rotation{Unit: oncall.Weekly, Every: 1, Start: wall, Participants: []string{"chen"}}}}},
			{ID: "nobody", Name: "Nobody", Zone: berlin},
		},
		Policies: []bot.Policy{
			{ID: "standard", Name: "Standard", Repeat: 1, Steps: []bot.Step{
				{Targets: []bot.Target{{Schedule: "primary"}}, Wait: 5 * time.Minute},
				{Targets: []bot.Target{{Schedule: "nobody"}}, Wait: 5 * time.Minute},
				{Targets: []bot.Target{{Person: "maria"}}, Wait: 10 * time.Minute},
			}},
			{ID: "empty", Name: "Empty", Steps: []bot.Step{{Targets: []bot.Target{{Schedule: "nobody"}}, Wait: time.Minute}}},
			{ID: "both", Name: "Both", Steps: []bot.Step{{Targets: []bot.Target{{Team: "core"}}, Wait: time.Minute, Acks: 2}}},
			{ID: "turns", Name: "Turns", Steps: []bot.Step{{Targets: []bot.Target{{Person: "maria"}, {Person: "chen"}, {Person: "ivan"}}, Wait: time.Minute, RoundRobin: true}}},
		},
		Routes: []bot.Route{
			{Name: "both for complaints", Policy: "both", Classes: []bot.Class{bot.Complaint}},
			{Name: "turns for questions", Policy: "turns", Classes: []bot.Class{bot.Question}},
			{Name: "everything", Policy: "standard"},
		},
		Rules: bot.Rules{GroupWindow: 10 * time.Minute, AckTimeout: 30 * time.Minute, AutoClose: 72 * time.Hour, Cooldown: 15 * time.Minute, MaxRoomSev: 1,
			Fallback: 30 * time.Second, BundleFirst: 15 * time.Second, BundleMax: 5 * time.Minute},
	}
}

// house is a desk on a real database whose clock the test moves.
type house struct {
	*testing.T
	org   *bot.Organisation
	store *store.SQLite
	desk  *bot.Desk
	at    time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, org: organisation(), at: start}
	var err error
	h.store, err = store.Open(t.Context(), filepath.Join(t.TempDir(), "hotline.db"), store.Options{Now: func() time.Time { return h.at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	if h.desk, err = bot.NewDesk(t.Context(), h.store, h.org); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) actor(id string) bot.Actor {
	a := h.desk.Snapshot().ActorByID(id)
	a.Via = account(id)
	return a
}

// try performs a command as a person.
func (h *house) try(person string, id int64, cmd bot.Command) (bot.Outcome, error) {
	h.Helper()
	return h.desk.Do(h.Context(), h.actor(person), id, cmd)
}

// do is try that must work.
func (h *house) do(person string, id int64, cmd bot.Command) bot.Outcome {
	h.Helper()
	out, err := h.try(person, id, cmd)
	if err != nil {
		h.Fatalf("%T by %s: %v", cmd, person, err)
	}
	return out
}

// open opens a case as anna in her channel.
func (h *house) open(o bot.Open) bot.Case {
	h.Helper()
	if o.Text == "" {
		o.Text = "Payments return 502"
	}
	o.Customer = "north"
	o.Place = place("north")
	o.Root = chat.MessageRef{Place: place("north"), ID: "m" + h.at.Format("150405.000")}
	return h.do("anna", 0, o).Case
}

// pass moves the clock and fires every timer that comes due on the way, in order.
func (h *house) pass(d time.Duration) {
	h.Helper()
	end := h.at.Add(d)
	for range 1000 {
		var due []bot.Timer
		h.view(func(r bot.Reader) (err error) {
			due, err = r.DueTimers(end, 1)
			return err
		})
		if len(due) == 0 {
			h.at = end
			return
		}
		t := due[0]
		if t.Due.After(h.at) {
			h.at = t.Due
		}
		err := h.store.Do(h.Context(), func(tx bot.Tx) error {
			if _, err := tx.DeleteTimer(t); err != nil {
				return err
			}
			if t.Kind == bot.TimerSuggest || t.Kind == bot.TimerDraft {
				return nil
			}
			_, err := h.desk.Apply(tx, bot.Actor{}, t.Case, bot.Tick{Timer: t})
			return err
		})
		if err != nil {
			h.Fatal(err)
		}
	}
	h.Fatal("timers without end")
}

func (h *house) view(f func(r bot.Reader) error) {
	h.Helper()
	if err := h.store.View(h.Context(), f); err != nil {
		h.Fatal(err)
	}
}

func (h *house) load(id int64) (c bot.Case) {
	h.Helper()
	h.view(func(r bot.Reader) (err error) {
		c, err = r.Case(id)
		return err
	})
	return c
}

func (h *house) events(id int64) (list []bot.CaseEvent) {
	h.Helper()
	h.view(func(r bot.Reader) (err error) {
		list, err = r.Events(id, 0)
		return err
	})
	return list
}

// letters lists the letters of a case that match.
func (h *house) letters(id int64, match func(l bot.Letter) bool) (list []bot.Letter) {
	h.Helper()
	h.view(func(r bot.Reader) error {
		all, err := r.Letters(id)
		for _, l := range all {
			if match(l) {
				list = append(list, l)
			}
		}
		return err
	})
	return list
}

// paged lists who was paged, in order.
func (h *house) paged(id int64) []string {
	var who []string
	for _, e := range h.events(id) {
		if e.Type == bot.EvPaged {
			who = append(who, e.Person)
		}
	}
	return who
}

// reasons lists the codes of the reasons of a case's events.
func (h *house) reasons(id int64) []bot.ReasonCode {
	var list []bot.ReasonCode
	for _, e := range h.events(id) {
		if e.Reason.Code != "" {
			list = append(list, e.Reason.Code)
		}
	}
	return list
}
