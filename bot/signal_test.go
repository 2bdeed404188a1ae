package bot_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

// alarm is a firing one of the shop; change adjusts it.
func alarm(change func(a *bot.Alarm)) bot.Alarm {
	a := bot.Alarm{EventID: "e1", DedupKey: "hook:shop:disk", Status: bot.SignalFiring, Service: "shop", Severity: 3, Summary: "Disk is full", Source: "monitor"}
	if change != nil {
		change(&a)
	}
	return a
}

func (h *house) alarm(change func(a *bot.Alarm)) bot.AlarmResult {
	h.Helper()
	r, err := h.desk.TakeAlarm(h.Context(), alarm(change))
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func (h *house) byNumber(number string) (c bot.Case) {
	h.Helper()
	h.view(func(r bot.Reader) (err error) {
		c, err = r.CaseByNumber(number)
		return err
	})
	return c
}

func TestAlarmOpensAndJoins(t *testing.T) {
	h := newHouse(t)
	first := h.alarm(func(a *bot.Alarm) { a.Details, a.Links = "sda1 100 %", []string{"https://runbook.example/disk"} })
	if !first.Opened || first.Duplicate || first.Number == "" {
		t.Fatalf("first %+v", first)
	}
	c := h.byNumber(first.Number)
	if c.Title != "Disk is full" || c.Severity != 3 || c.Service != "shop" || c.Source != "monitor" || !strings.Contains(c.Text, "https://runbook.example/disk\n\nsda1 100 %") {
		t.Errorf("case %+v", c)
	}
	if got := h.paged(c.ID); !slices.Equal(got, []string{"chen"}) {
		t.Errorf("paged %v", got)
	}
	for _, tc := range []struct {
		name   string
		change func(a *bot.Alarm)
		want   bot.AlarmResult
		count  int
	}{
		{"the same event again", nil, bot.AlarmResult{Number: first.Number, Duplicate: true}, 1},
		{"a further event of the same fault", func(a *bot.Alarm) { a.EventID = "e2" }, bot.AlarmResult{Number: first.Number}, 2},
		{"a report without an event id", func(a *bot.Alarm) { a.EventID = "" }, bot.AlarmResult{Number: first.Number}, 3},
		{"one that is over and was never open", func(a *bot.Alarm) { a.EventID, a.DedupKey, a.Status = "e3", "other", bot.SignalResolved }, bot.AlarmResult{}, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := h.alarm(tc.change); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
			if c := h.load(c.ID); c.Count != tc.count {
				t.Errorf("count %d, want %d", c.Count, tc.count)
			}
		})
	}
	if got := h.paged(c.ID); len(got) != 1 {
		t.Errorf("paged again: %v", got)
	}
}

func TestAlarmEndsByItself(t *testing.T) {
	h := newHouse(t)
	n := h.alarm(nil).Number
	h.pass(time.Minute)
	if r := h.alarm(func(a *bot.Alarm) { a.EventID, a.Status = "e2", bot.SignalResolved }); r.Number != n || r.Opened {
		t.Fatalf("resolved: %+v", r)
	}
	h.pass(14 * time.Minute)
	if c := h.byNumber(n); c.State != bot.New || !c.Recovering {
		t.Fatalf("within the cooldown: %s, recovering %v", c.State, c.Recovering)
	}
	if r := h.alarm(func(a *bot.Alarm) { a.EventID = "e3" }); r.Number != n || r.Opened {
		t.Errorf("flapping opened another case: %+v", r)
	}
	h.alarm(func(a *bot.Alarm) { a.EventID, a.Status = "e4", bot.SignalResolved })
	h.pass(16 * time.Minute)
	if c := h.byNumber(n); c.State != bot.Closed {
		t.Errorf("after the cooldown: %s", c.State)
	}
	if r := h.alarm(func(a *bot.Alarm) { a.EventID = "e5" }); r.Number == n || !r.Opened {
		t.Errorf("a new fault joined a closed case: %+v", r)
	}
}

func TestAlarmGetsWorse(t *testing.T) {
	h := newHouse(t)
	n := h.alarm(nil).Number
	h.alarm(func(a *bot.Alarm) { a.EventID, a.Severity = "e2", 1 })
	c := h.byNumber(n)
	if c.Severity != 1 {
		t.Errorf("severity %d", c.Severity)
	}
	if got := h.paged(c.ID); !slices.Equal(got, []string{"chen", "chen"}) {
		t.Errorf("paged %v", got)
	}
	h.alarm(func(a *bot.Alarm) { a.EventID, a.Severity = "e3", 4 })
	if c := h.byNumber(n); c.Severity != 1 {
		t.Errorf("a lesser report lowered the severity to %d", c.Severity)
	}
}

func TestAlarmNames(t *testing.T) {
	h := newHouse(t)
	h.org.Services = append(h.org.Services, bot.Service{ID: "theirs", Name: "Theirs", Customer: "south"})
	for i, tc := range []struct {
		name                        string
		change                      func(a *bot.Alarm)
		customer, site, asset, text string
	}{
		{"by id", func(a *bot.Alarm) { a.Customer = "south" }, "south", "", "", ""},
		{"by name", func(a *bot.Alarm) { a.Customer = "NORTH" }, "north", "", "", ""},
		{"by serial", func(a *bot.Alarm) { a.Serial = "sn 10io" }, "north", "B-1", "SN-10I0", ""},
		{"by site", func(a *bot.Alarm) { a.Site = "B-1" }, "north", "B-1", "", ""},
		{"unknown names stay readable", func(a *bot.Alarm) { a.Customer, a.Site, a.Serial = "nobody", "X-9", "S-1" }, "", "", "", "nobody, S-1, X-9"},
		{"a key opens the door of one customer", func(a *bot.Alarm) { a.Service, a.Customer, a.Serial = "theirs", "north", "SN-10I0" }, "south", "", "", "north, SN-10I0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := h.byNumber(h.alarm(func(a *bot.Alarm) {
				a.EventID, a.DedupKey = fmt.Sprint("n", i), fmt.Sprint("k", i)
				tc.change(a)
			}).Number)
			if c.Customer != tc.customer || c.Site != tc.site || c.Asset != tc.asset || !strings.Contains(c.Text, tc.text) {
				t.Errorf("customer %q site %q asset %q text %q", c.Customer, c.Site, c.Asset, c.Text)
			}
		})
	}
}

func TestAlarmIsRefused(t *testing.T) {
	h := newHouse(t)
	for _, tc := range []struct {
		name   string
		change func(a *bot.Alarm)
	}{
		{"no key", func(a *bot.Alarm) { a.DedupKey = "" }},
		{"no status", func(a *bot.Alarm) { a.Status = "burning" }},
		{"no text", func(a *bot.Alarm) { a.Summary = " " }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := h.desk.TakeAlarm(t.Context(), alarm(tc.change))
			if u, ok := errors.AsType[*bot.UserError](err); !ok || !errors.Is(u.Code, bot.ErrInvalid) {
				t.Errorf("got %v", err)
			}
		})
	}
	if r := h.alarm(nil); !r.Opened {
		t.Errorf("a refused event was remembered: %+v", r)
	}
}

// TestAlarmOnceOfMany sends one event many times at once: one case comes of it.
func TestAlarmOnceOfMany(t *testing.T) {
	h := newHouse(t)
	var opened, twice atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			r, err := h.desk.TakeAlarm(t.Context(), alarm(nil))
			switch {
			case err != nil:
				t.Error(err)
			case r.Opened:
				opened.Add(1)
			case r.Duplicate:
				twice.Add(1)
			}
		})
	}
	wg.Wait()
	if opened.Load() != 1 || twice.Load() != 49 {
		t.Errorf("%d opened, %d duplicates", opened.Load(), twice.Load())
	}
}

// TestPolicyEndKeepsPages ends a policy while a page is still on its way: the page
// stays, and is only replaced when paging begins anew.
func TestPolicyEndKeepsPages(t *testing.T) {
	h := newHouse(t)
	h.org.Policies = append(h.org.Policies, bot.Policy{ID: "short", Steps: []bot.Step{{Targets: []bot.Target{{Person: "chen"}}, Wait: time.Second}}})
	h.org.Services = append(h.org.Services, bot.Service{ID: "short", Policy: "short"})
	c := h.byNumber(h.alarm(func(a *bot.Alarm) { a.Service = "short" }).Number)
	open := func(l bot.Letter) bool { return l.Intent == chat.IntentPage && l.State == bot.Pending }
	before := h.letters(c.ID, open)
	h.pass(2 * time.Second)
	now := h.load(c.ID)
	if now.Paging.Active || len(before) != 1 || before[0].Gen != now.Generation {
		t.Fatalf("active %v, pages %d, generation %d", now.Paging.Active, len(before), now.Generation)
	}
	if _, err := h.desk.Do(t.Context(), bot.Actor{}, c.ID, bot.Tick{Timer: bot.Timer{Kind: bot.TimerSweep, Case: c.ID}}); err != nil {
		t.Fatal(err)
	}
	after := h.letters(c.ID, open)
	if len(after) != 1 || after[0].ID == before[0].ID {
		t.Errorf("after the sweep %d pages wait", len(after))
	}
}
