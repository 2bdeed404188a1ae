package sla

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/bot/wallclock/wallclocktest"
)

// gold is a policy with hours in Berlin for severities 3 and 4.
func gold(t testing.TB) []Policy {
	hours := calendar(t, "Europe/Berlin", week(t, "09:00-17:00"), day(t, "2026-01-06", "Epiphany"))
	return []Policy{{ID: "gold", Version: "1", Targets: []Target{
		{Severity: 1, Kind: Respond, Within: 15 * time.Minute},
		{Severity: 1, Kind: Update, Within: time.Hour},
		{Severity: 1, Kind: Restore, Within: 4 * time.Hour},
		{Severity: 1, Kind: Resolve, Within: 24 * time.Hour},
		{Severity: 2, Kind: Respond, Within: 30 * time.Minute},
		{Severity: 2, Kind: Arrival, Within: 4 * time.Hour},
		{Severity: 2, Kind: Resolve, Within: 48 * time.Hour},
		{Severity: 3, Kind: Respond, Within: 2 * time.Hour, Calendar: hours},
		{Severity: 3, Kind: Resolve, Within: 16 * time.Hour, Calendar: hours},
	}}, {ID: "gold", Version: "2", Pauses: []Waiting{Customer, Others}, Targets: []Target{
		{Severity: 1, Kind: Respond, Within: 10 * time.Minute, Pauses: []Waiting{}},
		{Severity: 1, Kind: Resolve, Within: 8 * time.Hour},
	}}, {ID: "basic", Pauses: []Waiting{}, Warn: []int{80}, Targets: []Target{
		{Severity: 1, Kind: Resolve, Within: 30 * time.Hour},
	}}}
}

// log reads lines such as "2026-01-05 10:00 opened 3 gold@1".
func log(t testing.TB, text string) []Fact {
	t.Helper()
	var facts []Fact
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		f := Fact{At: utc(t, words[0]+" "+words[1]), Type: FactType(words[2])}
		for _, w := range words[3:] {
			id, version, _ := strings.Cut(w, "@")
			switch {
			case len(w) == 1:
				f.Severity = int(w[0] - '0')
			case id == "gold" || id == "basic" || id == "unknown":
				f.Policy = PolicyRef{id, version}
			case f.Type == WaitingFor:
				f.Waiting = Waiting(w)
			default:
				f.Evidence = Evidence(w)
			}
		}
		facts = append(facts, f)
	}
	return facts
}

// brief writes a clock as "respond 1/1 met 10m0s/15m0s due 05T10:15".
func brief(c Clock) string {
	due := "-"
	if !c.Due.IsZero() {
		due = c.Due.Format("02T15:04")
	}
	return fmt.Sprintf("%s %d/%d %s %v/%v due %s", c.Kind, c.Episode, c.Cycle, c.State, c.Spent, c.Target, due)
}

// Cases worked out by hand. Times are UTC; Berlin is an hour ahead in January.
func TestClocks(t *testing.T) {
	for _, tt := range []struct {
		name, log, now string
		only           Kind
		want           string
	}{
		{"running", "2026-01-05 10:00 opened 1 gold@1", "2026-01-05 10:05", Respond, "respond 1/1 running 5m0s/15m0s due 05T10:15"},
		{"met", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:10 responded phone", "2026-01-05 12:00", Respond, "respond 1/1 met 10m0s/15m0s due 05T10:15"},
		{"done at the due instant is in time", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:15 responded phone", "2026-01-05 12:00", Respond, "respond 1/1 met 15m0s/15m0s due 05T10:15"},
		{"a second later is not", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:15:01 responded phone", "2026-01-05 12:00", Respond, "respond 1/1 breached 15m1s/15m0s due 05T10:15"},
		{"open at the due instant is breached", "2026-01-05 10:00 opened 1 gold@1", "2026-01-05 10:15", Respond, "respond 1/1 breached 15m0s/15m0s due 05T10:15"},
		{"open a second before", "2026-01-05 10:00 opened 1 gold@1", "2026-01-05 10:14:59", Respond, "respond 1/1 running 14m59s/15m0s due 05T10:15"},
		{"overrun goes on", "2026-01-05 10:00 opened 1 gold@1", "2026-01-05 11:00", Respond, "respond 1/1 breached 1h0m0s/15m0s due 05T10:15"},
		{"restoring answers too", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:10 restored", "2026-01-05 12:00", Respond, "respond 1/1 met 10m0s/15m0s due 05T10:15"},
		{"resolving restores too", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 11:00 resolved", "2026-01-05 12:00", Restore, "restore 1/1 met 1h0m0s/4h0m0s due 05T14:00"},
		{"restoring does not resolve", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 11:00 restored", "2026-01-05 12:00", Resolve, "resolve 1/1 running 2h0m0s/24h0m0s due 06T10:00"},
		{"closing stops everything", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 11:00 closed", "2026-01-05 12:00", Resolve, "resolve 1/1 met 1h0m0s/24h0m0s due 06T10:00"},
		{"arrived", "2026-01-05 10:00 opened 2 gold@1\n2026-01-05 10:10 responded phone\n2026-01-05 13:00 responded arrival", "2026-01-05 14:30", Arrival, "arrival 1/1 met 3h0m0s/4h0m0s due 05T14:00"},
		{"a phone call is no arrival", "2026-01-05 10:00 opened 2 gold@1\n2026-01-05 10:10 responded phone", "2026-01-05 14:30", Arrival, "arrival 1/1 breached 4h30m0s/4h0m0s due 05T14:00"},
		{"updates go in cycles", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:10 responded phone\n2026-01-05 11:30 updated", "2026-01-05 12:00", Update,
			"update 1/1 met 10m0s/1h0m0s due 05T11:00; update 1/2 breached 1h20m0s/1h0m0s due 05T11:10; update 1/3 running 30m0s/1h0m0s due 05T12:30"},
		{"no update after resolving", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:10 resolved", "2026-01-05 12:00", Update, "update 1/1 met 10m0s/1h0m0s due 05T11:00"},
		{"opened before hours", "2026-01-05 06:00 opened 3 gold@1", "2026-01-05 07:00", Respond, "respond 1/1 running 0s/2h0m0s due 05T10:00"},
		{"opened on Saturday", "2026-01-10 12:00 opened 3 gold@1", "2026-01-10 13:00", Respond, "respond 1/1 running 0s/2h0m0s due 12T10:00"},
		{"over the holiday", "2026-01-05 15:00 opened 3 gold@1", "2026-01-07 08:30", Respond, "respond 1/1 running 1h30m0s/2h0m0s due 07T09:00"},
		{"used up just at closing, done before opening: late", "2026-01-05 14:00 opened 3 gold@1\n2026-01-06 12:00 responded phone", "2026-01-07 12:00", Respond, "respond 1/1 breached 2h0m0s/2h0m0s due 05T16:00"},
		{"waiting for the customer pauses", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 waiting customer", "2026-01-05 12:00", Respond, "respond 1/1 paused 5m0s/15m0s due -"},
		{"and goes on afterwards", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 waiting customer\n2026-01-05 12:00 resumed", "2026-01-05 12:02", Respond, "respond 1/1 running 7m0s/15m0s due 05T12:10"},
		{"waiting for others counts", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 waiting others", "2026-01-05 10:10", Respond, "respond 1/1 running 10m0s/15m0s due 05T10:15"},
		{"unless the policy says so", "2026-01-05 10:00 opened 1 gold@2\n2026-01-05 11:00 waiting others", "2026-01-05 13:00", Resolve, "resolve 1/1 paused 1h0m0s/8h0m0s due -"},
		{"a target has its own pauses", "2026-01-05 10:00 opened 1 gold@2\n2026-01-05 10:05 waiting customer", "2026-01-05 10:07", Respond, "respond 1/1 running 7m0s/10m0s due 05T10:10"},
		{"a policy without pauses", "2026-01-05 10:00 opened 1 basic\n2026-01-05 11:00 waiting customer", "2026-01-05 13:00", Resolve, "resolve 1/1 running 3h0m0s/30h0m0s due 06T16:00"},
		{"from others to the customer", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 11:00 waiting others\n2026-01-05 12:00 waiting customer", "2026-01-05 13:00", Resolve, "resolve 1/1 paused 2h0m0s/24h0m0s due -"},
		{"late and paused is late", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:20 waiting customer", "2026-01-05 13:00", Respond, "respond 1/1 breached 20m0s/15m0s due 05T10:15"},
		{"severity raised: the time spent stays", "2026-01-05 10:00 opened 2 gold@1\n2026-01-05 10:05 severity_changed 1", "2026-01-05 10:10", Respond, "respond 1/1 running 10m0s/15m0s due 05T10:15"},
		{"severity raised: used up at the change", "2026-01-05 10:00 opened 2 gold@1\n2026-01-05 10:20 severity_changed 1", "2026-01-05 10:20", Respond, "respond 1/1 breached 20m0s/15m0s due 05T10:20"},
		{"used up to the second at the change", "2026-01-05 10:00 opened 2 gold@1\n2026-01-05 10:15 severity_changed 1", "2026-01-05 10:15", Respond, "respond 1/1 breached 15m0s/15m0s due 05T10:15"},
		{"severity lowered takes a breach back", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:20 severity_changed 2", "2026-01-05 10:25", Respond, "respond 1/1 running 25m0s/30m0s due 05T10:30"},
		{"lowered into office hours", "2026-01-05 15:00 opened 1 gold@1\n2026-01-05 15:10 severity_changed 3", "2026-01-07 08:20", Respond, "respond 1/1 running 1h20m0s/2h0m0s due 07T09:00"},
		{"changed after the stop: the verdict stays", "2026-01-05 10:00 opened 2 gold@1\n2026-01-05 10:20 responded phone\n2026-01-05 10:21 severity_changed 1", "2026-01-05 12:00", Respond, "respond 1/1 met 20m0s/30m0s due 05T10:30"},
		{"the new policy promises less", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 policy_changed basic", "2026-01-05 10:10", Respond, ""},
		{"another customer", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 12:00 customer_changed basic", "2026-01-05 13:00", Resolve, "resolve 1/1 running 3h0m0s/30h0m0s due 06T16:00"},
		{"a target that comes back", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 severity_changed 4\n2026-01-05 11:00 severity_changed 1", "2026-01-05 11:05", Respond, "respond 1/1 running 10m0s/15m0s due 05T11:10"},
		{"unknown policy", "2026-01-05 10:00 opened 1 unknown", "2026-01-05 12:00", Respond, ""},
		{"reopened", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 11:00 resolved\n2026-01-06 10:00 reopened", "2026-01-06 10:05", Respond,
			"respond 1/1 breached 1h0m0s/15m0s due 05T10:15; respond 2/1 running 5m0s/15m0s due 06T10:15"},
		{"a wait ends with the episode", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 waiting customer\n2026-01-05 10:30 resolved\n2026-01-05 11:00 reopened", "2026-01-05 11:05", Respond,
			"respond 1/1 met 5m0s/15m0s due -; respond 2/1 running 5m0s/15m0s due 05T11:15"},
		{"reopened while open changes nothing", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 reopened", "2026-01-05 10:06", Respond, "respond 1/1 running 6m0s/15m0s due 05T10:15"},
		{"facts out of order", "2026-01-05 10:10 responded phone\n2026-01-05 10:00 opened 1 gold@1", "2026-01-05 12:00", Respond, "respond 1/1 met 10m0s/15m0s due 05T10:15"},
		{"the future is not looked at", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:10 responded phone", "2026-01-05 10:09", Respond, "respond 1/1 running 9m0s/15m0s due 05T10:15"},
		{"before it was opened", "2026-01-05 10:00 opened 1 gold@1", "2026-01-05 09:59", Respond, ""},
		{"opened twice", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 opened 2 gold@1", "2026-01-05 10:06", Respond, "respond 1/1 running 6m0s/15m0s due 05T10:15"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range Clocks(log(t, tt.log), gold(t), utc(t, tt.now)) {
				if c.Kind == tt.only {
					got = append(got, brief(c))
				}
				check(t, c)
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, "; "), tt.want)
			}
		})
	}
}

// check tests what must hold for every clock.
func check(t *testing.T, c Clock) {
	t.Helper()
	var sum time.Duration
	for i, s := range c.Segments {
		sum += s.Spent()
		if i > 0 && !c.Segments[i-1].To.Equal(s.From) {
			t.Errorf("%s: a break in the segments at %v", c.Kind, s.From)
		}
	}
	if sum != c.Spent || c.Spent+c.Remaining() != c.Target {
		t.Errorf("%s: segments add up to %v, spent %v", c.Kind, sum, c.Spent)
	}
	if c.Open() != c.Stopped.IsZero() {
		t.Errorf("%s: open %v, stopped %v", c.Kind, c.Open(), c.Stopped)
	}
	for _, lang := range []string{"en", "zh-CN"} {
		for _, line := range Explain(c, lang, nil) {
			if line == "" || strings.ContainsAny(line, "{}") || strings.Contains(line, "%!") {
				t.Errorf("%s in %s: %q", c.Kind, lang, line)
			}
		}
	}
}

func TestWarningsAndNext(t *testing.T) {
	facts := log(t, "2026-01-05 10:00 opened 2 gold@1\n2026-01-05 10:05 responded phone")
	for _, tt := range []struct{ name, now, want string }{
		{"at first the half of four hours", "2026-01-05 10:06", "2026-01-05 12:00"},
		{"then three quarters", "2026-01-05 12:00", "2026-01-05 13:00"},
		{"then nine tenths", "2026-01-05 13:00", "2026-01-05 13:36"},
		{"then due", "2026-01-05 13:36", "2026-01-05 14:00"},
		{"then the half of 48 hours", "2026-01-05 14:00", "2026-01-06 10:00"},
		{"nothing once all is late", "2026-01-07 10:00", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			next, ok := Next(Clocks(facts, gold(t), utc(t, tt.now)), utc(t, tt.now))
			if ok != (tt.want != "") || (ok && !next.Equal(utc(t, tt.want))) {
				t.Errorf("got %v, %v", next, ok)
			}
		})
	}
	t.Run("a timer set to each finds it passed", func(t *testing.T) {
		now := utc(t, "2026-01-05 10:06")
		for range 8 { // four for arrival and four for resolving
			next, ok := Next(Clocks(facts, gold(t), now), now)
			if !ok {
				t.Fatal("no next instant")
			}
			passed := false
			for _, c := range Clocks(facts, gold(t), next) {
				passed = passed || c.Due.Equal(next) || slices.ContainsFunc(c.Warnings, func(w Warning) bool { return w.At.Equal(next) })
			}
			if !passed {
				t.Errorf("nothing happens at %v", next)
			}
			now = next
		}
		if _, ok := Next(Clocks(facts, gold(t), now), now); ok {
			t.Errorf("something after %v", now)
		}
	})
}

func TestDueIsProvisional(t *testing.T) {
	c, err := NewCalendar(CalendarSpec{ID: "cn", Weekly: week(t, "09:00-17:00"), Announced: Date{2026, 12, 31}})
	if err != nil {
		t.Fatal(err)
	}
	policies := []Policy{{ID: "basic", Targets: []Target{{Severity: 1, Kind: Resolve, Within: 8 * time.Hour, Calendar: c}, {Severity: 1, Kind: Respond, Within: time.Hour, Calendar: c}}}}
	clocks := Clocks(log(t, "2026-12-31 12:00 opened 1 basic"), policies, utc(t, "2026-12-31 12:30"))
	if len(clocks) != 2 || clocks[0].Provisional || !clocks[1].Provisional {
		t.Fatalf("%+v", clocks)
	}
	if lines := Explain(clocks[1], "en", nil); !strings.Contains(lines[len(lines)-1], "provisional") {
		t.Errorf("%q", lines)
	}
}

func TestExplain(t *testing.T) {
	facts := log(t, "2026-01-05 15:00 opened 3 gold@1\n2026-01-07 08:00 waiting customer\n2026-01-07 08:30 resumed\n2026-01-07 08:45 responded phone")
	got := strings.Join(Explain(Clocks(facts, gold(t), utc(t, "2026-01-08 00:00"))[0], "en", wallclocktest.Location(t, "Europe/Berlin")), "\n")
	want := `response 1/1
2026-01-05 16:00:00 CET: started; severity 3, 2h0m0s in calendar c (policy gold@1).
2026-01-07 09:00:00 CET: paused while waiting for the customer.
2026-01-07 09:30:00 CET: the wait is over.
2026-01-07 09:45:00 CET: stopped, case answered by phone.
2026-01-05 16:00:00 CET – 2026-01-05 17:00:00 CET  1h0m0s  counted
2026-01-05 17:00:00 CET – 2026-01-06 00:00:00 CET  0s  out of hours
2026-01-06 00:00:00 CET – 2026-01-07 00:00:00 CET  0s  out of hours (Epiphany)
2026-01-07 00:00:00 CET – 2026-01-07 09:00:00 CET  0s  out of hours
2026-01-07 09:00:00 CET – 2026-01-07 09:30:00 CET  0s  waiting
2026-01-07 09:30:00 CET – 2026-01-07 09:45:00 CET  15m0s  counted
Sum 1h15m0s of 2h0m0s: met, due 2026-01-07 10:30:00 CET`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSentencesAreComplete(t *testing.T) {
	for rule, pair := range sentences {
		r := Reason{Rule: rule, Fact: Responded, Severity: 1, Policy: PolicyRef{"p", "1"}, Target: time.Hour, Calendar: "c", Waiting: Customer, Evidence: Phone, Late: true}
		for _, lang := range []string{"en", "zh"} {
			if said := r.Say(lang, nil); said == "" || strings.ContainsAny(said, "{}") {
				t.Errorf("%s in %s: %q", rule, lang, said)
			}
		}
		if pair[0] == pair[1] {
			t.Errorf("%s: not translated", rule)
		}
	}
	for _, kind := range Kinds() {
		if Word(kind, "zh") == Word(kind, "en") {
			t.Errorf("%s: not translated", kind)
		}
	}
	if got := Word(State("odd"), "en"); got != "odd" {
		t.Errorf("unknown word becomes %q", got)
	}
}

func TestReasonsTellOfChanges(t *testing.T) {
	facts := log(t, "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:20 severity_changed 2\n2026-01-05 10:21 policy_changed unknown\n2026-01-05 10:22 policy_changed gold@1\n2026-01-05 10:23 waiting others\n2026-01-05 10:24 resumed\n2026-01-05 10:50 responded phone")
	var got []string
	clocks := Clocks(facts, gold(t), utc(t, "2026-01-05 11:00"))
	for _, r := range clocks[0].Why {
		got = append(got, string(r.Rule))
	}
	want := "started changed unknown_policy changed wait_counts wait_ended stopped_by late"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
	if !clocks[0].Why[1].Late {
		t.Error("the breach that was taken back is not told of")
	}
}

func BenchmarkClocks(b *testing.B) {
	policies := gold(b)
	facts := log(b, "2026-01-05 15:00 opened 3 gold@1\n2026-01-05 15:20 responded phone\n2026-01-07 08:00 waiting customer\n2026-01-07 08:30 resumed\n2026-01-07 08:45 severity_changed 2")
	now := utc(b, "2026-01-08 00:00")
	for b.Loop() {
		Clocks(facts, policies, now)
	}
}
