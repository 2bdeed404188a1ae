package bot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
)

func TestOpenWritesEverythingAtOnce(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{Asset: "sn 1OIO"})
	if c.State != bot.New || c.Class != bot.Fault || c.Severity != 3 || c.Customer != "north" {
		t.Fatalf("case %+v", c)
	}
	if c.Asset != "SN-10I0" || c.Site != "B-1" || c.Service != "shop" {
		t.Errorf("the serial did not bring its site and service: %q %q %q", c.Asset, c.Site, c.Service)
	}
	if _, valid, ok := bot.ParseNumber(c.Number); !valid || !ok {
		t.Errorf("number %q", c.Number)
	}
	var templates []string
	for _, l := range h.letters(c.ID, func(bot.Letter) bool { return true }) {
		templates = append(templates, l.Template)
	}
	slices.Sort(templates)
	if want := []string{bot.TplCard, bot.TplPage, bot.TplReceipt}; !slices.Equal(templates, want) {
		t.Errorf("letters %v, want %v", templates, want)
	}
	h.view(func(r bot.Reader) error {
		for _, key := range []string{chat.MessageRef{Place: place("north"), ID: "m080000.000"}.Key(), chat.Place{Platform: "test", Channel: "north", Thread: "m080000.000"}.Key()} {
			if l, err := r.Link(key); err != nil || l.Case != c.ID {
				t.Errorf("link %s: %+v, %v", key, l, err)
			}
		}
		return nil
	})
	if got := h.paged(c.ID); !slices.Equal(got, []string{"chen"}) {
		t.Errorf("paged %v", got)
	}
}

func TestReplayGivesTheStoredCase(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	h.do("anna", c.ID, bot.Say{Text: "since 10:40", Ref: chat.MessageRef{Place: place("north"), ID: "x1"}})
	h.pass(6 * time.Minute)
	h.do("maria", c.ID, bot.Acknowledge{})
	h.do("maria", c.ID, bot.Note{Text: "pool exhausted"})
	h.do("maria", c.ID, bot.Wait{On: bot.WaitingCustomer, Reason: "send the log"})
	h.do("anna", c.ID, bot.Say{Text: "here it is"})
	h.do("tom", c.ID, bot.SetSeverity{Severity: 2, Reason: "whole shop"})
	h.do("maria", c.ID, bot.Resolve{Cause: "pool", Solution: "raised the pool"})
	h.do("anna", c.ID, bot.Reopen{Text: "still broken"})
	h.pass(time.Minute)
	h.do("chen", c.ID, bot.Resolve{Solution: "really raised the pool"})
	h.do("anna", c.ID, bot.Confirm{})
	h.do("anna", c.ID, bot.Rate{Score: 4, Comment: "fine"})
	stored := h.load(c.ID)
	if stored.State != bot.Closed || stored.Episode != 2 || stored.Score != 4 {
		t.Fatalf("case %+v", stored)
	}
	if diff := cmp.Diff(stored, bot.Replay(c.ID, h.events(c.ID))); diff != "" {
		t.Errorf("replay differs from the stored case (-stored +replayed):\n%s", diff)
	}
}

func TestAcknowledgementIsFinal(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	h.do("chen", c.ID, bot.Acknowledge{})
	if pages := h.letters(c.ID, func(l bot.Letter) bool { return l.Intent == chat.IntentPage && l.State == bot.Pending }); len(pages) != 0 {
		t.Errorf("%d pages still pending after the acknowledgement", len(pages))
	}
	after := h.load(c.ID)
	if after.Generation <= c.Generation {
		t.Errorf("generation %d did not rise from %d", after.Generation, c.Generation)
	}
	_, err := h.try("maria", c.ID, bot.Acknowledge{Gen: c.Generation})
	refused, ok := errors.AsType[*bot.UserError](err)
	if !ok || !errors.Is(err, bot.ErrConflict) || !strings.Contains(refused.Say, "Name-chen") {
		t.Errorf("the second was told %v", err)
	}
	h.pass(29 * time.Minute)
	if got := h.paged(c.ID); !slices.Equal(got, []string{"chen"}) {
		t.Errorf("paged after the acknowledgement: %v", got)
	}
}

func TestEscalation(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	h.pass(5*time.Minute - time.Second)
	if got := h.paged(c.ID); !slices.Equal(got, []string{"chen"}) {
		t.Fatalf("too early: %v", got)
	}
	h.pass(time.Second)
	if got := h.paged(c.ID); !slices.Equal(got, []string{"chen", "maria"}) {
		t.Fatalf("the empty step was not skipped at once: %v", got)
	}
	if !slices.Contains(h.reasons(c.ID), bot.WhyEmptyStep) {
		t.Error("the empty step was not logged")
	}
	h.pass(10 * time.Minute) // the second round
	if got := h.paged(c.ID); !slices.Equal(got, []string{"chen", "maria", "chen"}) {
		t.Fatalf("second round: %v", got)
	}
	h.pass(15 * time.Minute)
	h.pass(time.Hour)
	if c := h.load(c.ID); c.Paging.Active {
		t.Error("the policy has no end")
	}
}

func TestAPolicyThatReachesNobodyEndsInTheCatchAll(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{Service: "quiet"})
	got := h.paged(c.ID)
	if !slices.Contains(got, "tom") || !slices.Contains(got, "ada") {
		t.Errorf("paged %v", got)
	}
}

func TestTheRightPersonAtTheInstantOfTheHandOver(t *testing.T) {
	for _, tc := range []struct {
		name string
		at   time.Time
		want string
	}{
		{"a nanosecond before", time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC).Add(-time.Nanosecond), "chen"},
		{"at the instant", time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC), "maria"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			org := organisation()
			org.Schedules[0].Layers[0].Rotation.Start, _ = oncall.ParseWall("2026-01-05 09:00")
			org.Schedules[0].Layers[0].Rotation.Participants = []string{"chen", "maria"}
			w := bot.World{Now: tc.at, Org: org, Roster: &bot.Roster{}}
			dec, err := bot.Decide(bot.Case{ID: 1001}, bot.Open{Text: "x", Customer: "north"}, bot.Actor{}, w)
			if err != nil {
				t.Fatal(err)
			}
			if got := dec.Case.Paging.Paged; !slices.Equal(got, []string{tc.want}) {
				t.Errorf("paged %v, want %s", got, tc.want)
			}
		})
	}
}

func TestSeveralAcknowledgements(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{Class: bot.Complaint})
	h.do("chen", c.ID, bot.Acknowledge{})
	if c := h.load(c.ID); !c.Paging.Active || c.Owner != "chen" {
		t.Fatalf("after the first of two: %+v", c.Paging)
	}
	h.do("maria", c.ID, bot.Acknowledge{})
	if c := h.load(c.ID); c.Paging.Active {
		t.Error("paging goes on after the second of two")
	}
}

// TestNobodyElseCame lets a policy end with one acknowledgement of two: the one who
// has the case is watched as after any other, which the simulated year found missing.
func TestNobodyElseCame(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{Class: bot.Complaint})
	h.do("chen", c.ID, bot.Acknowledge{})
	h.pass(time.Minute)
	if c := h.load(c.ID); c.Paging.Active || c.Owner != "chen" {
		t.Fatalf("after the policy: owner %q, paging %v", c.Owner, c.Paging.Active)
	}
	said := h.letters(c.ID, func(l bot.Letter) bool { return l.Template == bot.TplUntaken })
	if len(said) != 1 {
		t.Fatalf("the desk was told %d times", len(said))
	}
	stored := h.load(c.ID)
	if text := bot.Render(h.desk.Snapshot(), &said[0], &stored).Text.String(); !strings.Contains(text, "Name-chen has it") {
		t.Errorf("the desk was told %q", text)
	}
	h.pass(time.Hour)
	if got := h.load(c.ID); !got.State.Untaken() || !got.Paging.Active {
		t.Errorf("after an hour of silence it is %s of %q, paging %v", got.State, got.Owner, got.Paging.Active)
	}
}

func TestRoundRobinAdvancesOnlyWhenNotified(t *testing.T) {
	h := newHouse(t)
	turn := func() string {
		c := h.open(bot.Open{Class: bot.Question})
		h.at = h.at.Add(time.Second)
		return h.paged(c.ID)[0]
	}
	if a, b := turn(), turn(); a != "chen" || b != "chen" {
		t.Errorf("the turn advanced without a notification: %s, %s", a, b)
	}
	err := h.store.Do(t.Context(), func(tx bot.Tx) error {
		return h.desk.ChangeRoster(tx, bot.RecRobin, "turns/0", bot.Robin{Last: "chen"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := turn(); got != "ivan" {
		t.Errorf("after chen comes %s, want ivan (by id)", got)
	}
}

func TestSilenceAfterAcknowledgement(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	h.do("chen", c.ID, bot.Acknowledge{})
	h.pass(30 * time.Minute)
	if nags := h.letters(c.ID, func(l bot.Letter) bool { return l.Template == bot.TplNag }); len(nags) != 1 {
		t.Fatalf("%d nags", len(nags))
	}
	h.pass(30 * time.Minute)
	got := h.load(c.ID)
	if got.State != bot.New || got.Owner != "" || !got.Paging.Active {
		t.Errorf("not given back: %s, owner %q", got.State, got.Owner)
	}
	if pages := h.paged(c.ID); !slices.Equal(pages, []string{"chen", "chen"}) {
		t.Errorf("paged %v", pages)
	}
}

func TestANoteStopsTheNag(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	h.do("chen", c.ID, bot.Acknowledge{})
	h.do("chen", c.ID, bot.Note{Text: "looking"})
	h.pass(2 * time.Hour)
	if got := h.load(c.ID); got.Owner != "chen" {
		t.Errorf("owner %q", got.Owner)
	}
}

// TestSnoozeOfATakenCase wants silence after a snooze to be noticed like silence
// after the acknowledgement: the simulated year found cases that nobody asked after
// any more.
func TestSnoozeOfATakenCase(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	h.do("chen", c.ID, bot.Acknowledge{})
	h.do("chen", c.ID, bot.Snooze{Until: h.at.Add(time.Hour)})
	h.pass(time.Hour)
	if nags := h.letters(c.ID, func(l bot.Letter) bool { return l.Template == bot.TplNag }); len(nags) != 0 {
		t.Fatalf("nagged while it was snoozed: %v", nags)
	}
	h.pass(30 * time.Minute)
	if nags := h.letters(c.ID, func(l bot.Letter) bool { return l.Template == bot.TplNag && l.Person == "chen" }); len(nags) == 0 {
		t.Error("nobody asked after the case when the snooze was over")
	}
	h.pass(30 * time.Minute)
	if got := h.load(c.ID); !got.State.Untaken() || !got.Paging.Active {
		t.Errorf("the case is %s of %q, paging %v", got.State, got.Owner, got.Paging.Active)
	}
}

func TestSnooze(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	h.do("chen", c.ID, bot.Snooze{Until: h.at.Add(time.Hour)})
	h.pass(59 * time.Minute)
	if got := h.paged(c.ID); len(got) != 1 {
		t.Fatalf("paged while snoozed: %v", got)
	}
	h.pass(time.Minute)
	if got := h.paged(c.ID); !slices.Equal(got, []string{"chen", "chen"}) {
		t.Errorf("after the snooze: %v", got)
	}
	for _, until := range []time.Time{h.at, h.at.Add(-time.Hour), h.at.Add(8 * 24 * time.Hour)} {
		if _, err := h.try("chen", c.ID, bot.Snooze{Until: until}); !errors.Is(err, bot.ErrInvalid) {
			t.Errorf("snooze until %v: %v", until, err)
		}
	}
}

func TestMaintenanceHoldsPagesAndSaysSo(t *testing.T) {
	h := newHouse(t)
	err := h.store.Do(t.Context(), func(tx bot.Tx) error {
		return h.desk.ChangeRoster(tx, bot.RecWindow, "w1", bot.Window{ID: "w1", Service: "shop", From: h.at.Add(-time.Hour), To: h.at.Add(time.Hour), Reason: "moving racks"})
	})
	if err != nil {
		t.Fatal(err)
	}
	c := h.open(bot.Open{Service: "shop"})
	if c.Held != "moving racks" || len(h.paged(c.ID)) != 0 {
		t.Fatalf("held %q, paged %v", c.Held, h.paged(c.ID))
	}
	h.pass(time.Hour)
	if got := h.paged(c.ID); !slices.Equal(got, []string{"chen"}) {
		t.Errorf("after the window: %v", got)
	}
}

func TestAlarms(t *testing.T) {
	h := newHouse(t)
	fire := func() bot.Outcome {
		out, err := h.desk.Do(t.Context(), bot.Actor{ID: "hook:shop", Role: bot.RoleResponder}, 0, bot.Open{Text: "disk full", Customer: "north", DedupKey: "disk", Source: "hook"})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first := fire()
	for range 999 {
		if out := fire(); !out.Joined || out.Case.ID != first.Case.ID {
			t.Fatalf("a second case %s", out.Case.Number)
		}
	}
	if c := h.load(first.Case.ID); c.Count != 1000 {
		t.Errorf("count %d", c.Count)
	}
	if got := h.paged(first.Case.ID); len(got) != 1 {
		t.Errorf("paged %v", got)
	}
	// It recovers, fires again within the cooldown, and stays the same case; then it
	// stays quiet and resolves itself.
	end := func() {
		if _, err := h.desk.Do(t.Context(), bot.Actor{}, first.Case.ID, bot.Signal{Status: bot.SignalResolved}); err != nil {
			t.Fatal(err)
		}
	}
	end()
	h.pass(5 * time.Minute)
	fire()
	end()
	h.pass(15 * time.Minute)
	if c := h.load(first.Case.ID); c.State != bot.Closed {
		t.Errorf("state %s", c.State)
	}
	if next := fire(); next.Joined {
		t.Error("an alarm long after the case was closed joined it")
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	for _, tc := range []struct {
		name, person string
		cmd          bot.Command
		want         error
	}{
		{"a customer acknowledges", "anna", bot.Acknowledge{}, bot.ErrForbidden},
		{"a customer notes", "anna", bot.Note{Text: "x"}, bot.ErrForbidden},
		{"a customer resolves", "anna", bot.Resolve{Solution: "x"}, bot.ErrForbidden},
		{"another customer writes", "otto", bot.Say{Text: "x"}, bot.ErrNotFound},
		{"another customer rates", "otto", bot.Rate{Score: 1}, bot.ErrNotFound},
		{"confirm before it is resolved", "anna", bot.Confirm{}, bot.ErrConflict},
		{"resolve without a solution", "chen", bot.Resolve{Solution: " \n"}, bot.ErrInvalid},
		{"severity without a reason", "chen", bot.SetSeverity{Severity: 1}, bot.ErrInvalid},
		{"severity out of range", "chen", bot.SetSeverity{Severity: 9, Reason: "x"}, bot.ErrInvalid},
		{"respond in no known way", "chen", bot.Respond{Mode: "telepathy"}, bot.ErrInvalid},
		{"assign to a customer", "chen", bot.Assign{To: "anna"}, bot.ErrInvalid},
		{"merge into itself", "chen", bot.Merge{Into: c.Number}, bot.ErrConflict},
		{"merge into nothing", "chen", bot.Merge{Into: "F-99999"}, bot.ErrNotFound},
		{"a rating out of range", "anna", bot.Rate{Score: 7}, bot.ErrConflict},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := h.load(c.ID)
			_, err := h.try(tc.person, c.ID, tc.cmd)
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
			refused, ok := errors.AsType[*bot.UserError](err)
			if !ok || refused.Say == "" || refused.Hint == "" {
				t.Errorf("no clear word: %v", err)
			}
			if diff := cmp.Diff(before, h.load(c.ID)); diff != "" {
				t.Errorf("the refusal changed the case:\n%s", diff)
			}
		})
	}
}

func TestEscalateByHand(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	h.do("chen", c.ID, bot.Escalate{Gen: c.Generation, Reason: "need help"})
	if got := h.paged(c.ID); !slices.Equal(got, []string{"chen", "maria"}) {
		t.Fatalf("paged %v", got)
	}
	if _, err := h.try("chen", c.ID, bot.Escalate{Gen: c.Generation}); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("a stale button worked twice: %v", err)
	}
	h.do("chen", c.ID, bot.Escalate{To: "tom", Reason: "customer on the phone"})
	if got := h.paged(c.ID); got[len(got)-1] != "tom" {
		t.Errorf("anybody may ask any tier at once: %v", got)
	}
	if _, err := h.try("chen", c.ID, bot.Escalate{To: "anna"}); !errors.Is(err, bot.ErrInvalid) {
		t.Errorf("escalated to a customer: %v", err)
	}
}

func TestClocks(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	w := h.desk.Snapshot()
	w.Now = h.at
	due, ok := w.ResponseDue(&c)
	if !ok || !due.Equal(start.Add(2*time.Hour)) {
		t.Fatalf("response due %v, %v", due, ok)
	}
	h.do("chen", c.ID, bot.Acknowledge{})
	h.do("chen", c.ID, bot.Note{Text: "looking"})
	h.pass(time.Hour) // half of it is used: the owner is warned
	if warned := h.letters(c.ID, func(l bot.Letter) bool { return l.Template == bot.TplClock && l.Person == "chen" }); len(warned) != 1 {
		t.Fatalf("%d warnings at 50 %%", len(warned))
	}
	h.do("chen", c.ID, bot.Say{Text: "we are on it", Relay: true})
	c = h.load(c.ID)
	if c.Responded.IsZero() {
		t.Error("a person's answer did not count as the response")
	}
	h.at = h.at.Add(10 * time.Hour)
	w.Now = h.at
	if _, ok := w.ResponseDue(&c); ok {
		t.Error("the response clock still runs")
	}
}

func TestReceiptIsNoResponse(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	h.pass(121 * time.Minute)
	late := false
	for _, e := range h.events(c.ID) {
		late = late || e.Type == bot.EvClockWarned && e.Count == 100 && strings.HasPrefix(e.Mode, "respond")
	}
	if !late {
		t.Error("the response clock did not run out although no person answered")
	}
}

func TestSatisfactionIsAskedOncePerEpisode(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	h.do("chen", c.ID, bot.Resolve{Solution: "done"})
	h.do("anna", c.ID, bot.Confirm{})
	h.do("anna", c.ID, bot.Rate{Score: 2})
	if _, err := h.try("anna", c.ID, bot.Rate{Score: 5}); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("rated twice: %v", err)
	}
	if low := h.letters(c.ID, func(l bot.Letter) bool { return l.Template == bot.TplLowScore }); len(low) != 1 {
		t.Errorf("%d notices about the low score", len(low))
	}
	if asks := h.letters(c.ID, func(l bot.Letter) bool { return l.Template == bot.TplRate }); len(asks) != 1 {
		t.Errorf("asked %d times", len(asks))
	}
}

func TestAutoClose(t *testing.T) {
	h := newHouse(t)
	fault, complaint := h.open(bot.Open{}), h.open(bot.Open{Class: bot.Complaint, Text: "I am not happy"})
	for _, c := range []bot.Case{fault, complaint} {
		h.do("chen", c.ID, bot.Resolve{Solution: "done"})
	}
	h.pass(73 * time.Hour)
	if c := h.load(fault.ID); c.State != bot.Closed {
		t.Errorf("fault is %s", c.State)
	}
	if c := h.load(complaint.ID); c.State != bot.Resolved {
		t.Errorf("complaint is %s", c.State)
	}
}
