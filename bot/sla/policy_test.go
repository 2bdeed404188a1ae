package sla

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestValidatePolicy(t *testing.T) {
	good := Target{Severity: 1, Kind: Respond, Within: time.Hour}
	with := func(f func(*Target)) Policy {
		target := good
		f(&target)
		return Policy{ID: "p", Targets: []Target{target}}
	}
	for _, tt := range []struct {
		name   string
		policy Policy
		want   string
	}{
		{"good", Policy{ID: "p", Targets: []Target{good}, Warn: []int{50, 80}, Pauses: []Waiting{Customer, Others}}, ""},
		{"empty lists", Policy{ID: "p", Warn: []int{}, Pauses: []Waiting{}}, ""},
		{"no ID", Policy{}, "needs an ID"},
		{"severity", with(func(t *Target) { t.Severity = 5 }), "severity 5"},
		{"kind", with(func(t *Target) { t.Kind = "reply" }), `target "reply"`},
		{"too short", with(func(t *Target) { t.Within = time.Second }), "15 seconds"},
		{"too long", with(func(t *Target) { t.Within = 11 * 366 * 24 * time.Hour }), "ten years"},
		{"target pause", with(func(t *Target) { t.Pauses = []Waiting{"nobody"} }), `waiting for "nobody"`},
		{"twice", Policy{ID: "p", Targets: []Target{good, good}}, "two targets"},
		{"pause", Policy{ID: "p", Pauses: []Waiting{""}}, `waiting for ""`},
		{"warn at 100", Policy{ID: "p", Warn: []int{50, 100}}, "warn at"},
		{"warn twice", Policy{ID: "p", Warn: []int{50, 50}}, "warn at"},
		{"warn descending", Policy{ID: "p", Warn: []int{80, 50}}, "warn at"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.policy.Validate()
			if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestValidateFacts(t *testing.T) {
	for _, tt := range []struct{ name, log, want string }{
		{"good", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 waiting customer\n2026-01-05 10:10 resolved\n2026-01-05 10:20 reopened\n2026-01-05 10:30 policy_changed gold@2", ""},
		{"nothing", "", ""},
		{"not opened first", "2026-01-05 10:00 resolved", "opened once"},
		{"opened twice", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 opened 1 gold@1", "opened once"},
		{"unknown policy", "2026-01-05 10:00 opened 1 unknown@3", "unknown@3 is not known"},
		{"severity", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 severity_changed 7", "severity 7"},
		{"waiting for nobody", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 waiting", `waiting for ""`},
		{"strange fact", "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 vanished", "no such fact"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := ValidateFacts(log(t, tt.log), gold(t))
			if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// A log that went through JSON gives the same clocks: replay equals live.
func TestFactsSurviveJSON(t *testing.T) {
	facts := log(t, "2026-01-05 10:00 opened 1 gold@1\n2026-01-05 10:05 waiting customer\n2026-01-05 10:10 resumed\n2026-01-05 10:20 responded phone")
	text, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	var back []Fact
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	now := utc(t, "2026-01-05 12:00")
	live, replayed := Clocks(facts, gold(t), now), Clocks(back, gold(t), now)
	for i := range live {
		if brief(live[i]) != brief(replayed[i]) {
			t.Errorf("%s, replayed %s", brief(live[i]), brief(replayed[i]))
		}
	}
}

// Laws that hold whatever the case: time spent never shrinks as time goes by,
// splitting a wait changes nothing, and a severity change takes nothing back.
func TestLaws(t *testing.T) {
	policies := gold(t)
	base := "2026-01-05 15:00 opened 3 gold@1\n2026-01-07 08:00 waiting customer\n2026-01-07 10:00 resumed\n2026-01-07 11:00 severity_changed 1\n2026-01-07 11:30 severity_changed 3\n"
	split := base + "2026-01-07 09:00 resumed\n2026-01-07 09:00 waiting customer\n"
	before := map[Kind]time.Duration{}
	for at := utc(t, "2026-01-05 15:00"); at.Before(utc(t, "2026-01-09 00:00")); at = at.Add(7 * time.Minute) {
		one, two := Clocks(log(t, base), policies, at), Clocks(log(t, split), policies, at)
		if len(one) != len(two) {
			t.Fatalf("at %v: %d clocks, with the wait split %d", at, len(one), len(two))
		}
		for i, c := range one {
			if c.Spent < before[c.Kind] {
				t.Errorf("at %v: %s shrank to %v", at, c.Kind, c.Spent)
			}
			before[c.Kind] = c.Spent
			if brief(c) != brief(two[i]) {
				t.Errorf("at %v: %s, with the wait split %s", at, brief(c), brief(two[i]))
			}
		}
	}
}

// Facts of one instant keep the order of the log, also in one that has to be
// sorted.
func TestFactsOfOneInstantKeepTheirOrder(t *testing.T) {
	text := "2026-01-05 12:00 resumed\n2026-01-05 10:00 opened 2 gold@1\n"
	for i := range 60 {
		text += fmt.Sprintf("2026-01-05 11:00 severity_changed %d\n2026-01-05 10:%02d updated\n", 1+i%3, 59-i)
	}
	for _, c := range Clocks(log(t, text), gold(t), utc(t, "2026-01-05 13:00")) {
		if c.Open() && c.Severity != 3 {
			t.Errorf("%s: severity %d, want the last in the log", c.Kind, c.Severity)
		}
	}
}

func TestShare(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		whole, percent, want int64
	}{
		{"whole", 12345, 100, 12345},
		{"rest", 199, 50, 99},
		{"ten years to the nanosecond", int64(maxTarget) + 7, 100, int64(maxTarget) + 7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := share(tt.whole, tt.percent); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
