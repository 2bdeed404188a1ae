package sla_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // every zone is there on every machine

	"hotline/bot/sla"
	"hotline/bot/wallclock/wallclocktest"
)

const perBatch = 20

// TestOracle compares Clocks with the step walk of oracle_test.go over random
// cases in random calendars in all zones. HOTLINE_ORACLE sets how many cases,
// HOTLINE_SEED repeats a run.
func TestOracle(t *testing.T) {
	count, seed := uint64(1000), uint64(time.Now().UnixNano())
	if testing.Short() {
		count = 300
	}
	for name, value := range map[string]*uint64{"HOTLINE_ORACLE": &count, "HOTLINE_SEED": &seed} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			*value = n
		}
	}
	t.Logf("HOTLINE_SEED=%d HOTLINE_ORACLE=%d", seed, count)
	zones := wallclocktest.Zones()
	clocks := 0
	for batch := uint64(0); batch*perBatch < count; batch++ {
		g := newGenerator(t, zones, rand.New(rand.NewPCG(seed, batch)))
		for range perBatch {
			clocks += g.compare(t, fmt.Sprintf("HOTLINE_SEED=%d batch %d", seed, batch))
			if t.Failed() {
				return
			}
		}
	}
	t.Logf("%d clocks compared", clocks)
}

// compare makes one case and compares; it returns how many clocks there were.
func (g *generator) compare(t *testing.T, label string) int {
	facts := g.facts()
	now := max(g.instant(), facts[0].At.Unix())
	if g.r.IntN(3) == 0 {
		now = g.to
	}
	o := &oracle{base: g.base, step: g.step, n: g.n, open: g.open, policies: g.policies, facts: facts, now: now}
	want := o.verdicts()
	got := sla.Clocks(facts, g.policies, time.Unix(now, 0))
	fail := func(format string, args ...any) int {
		t.Helper()
		t.Errorf("%s: %s\nnow %v\ncalendars %s\npolicies %+v\nfacts %+v\ngot %+v", label, fmt.Sprintf(format, args...),
			time.Unix(now, 0).UTC(), strings.Join(g.describing, "\n"), g.policies, facts, got)
		return 0
	}
	if len(got) != len(want) {
		return fail("%d clocks, want %d: %+v", len(got), len(want), want)
	}
	for i := range got {
		if msg := g.differ(&got[i], &want[i], now); msg != "" {
			return fail("clock %d: %s", i, msg)
		}
	}
	return len(got)
}

// differ says how a clock differs from the verdict of the oracle.
func (g *generator) differ(c *sla.Clock, v *verdict, now int64) string {
	unix := func(at time.Time) int64 {
		if at.IsZero() {
			return 0
		}
		return at.Unix()
	}
	same := func(at time.Time, want int64) bool {
		if want == -1 { // beyond the oracle's table
			return at.IsZero() || at.Unix() >= g.base+int64(g.n)*g.step
		}
		return unix(at) == want && at.Nanosecond() == 0
	}
	switch {
	case c.Kind != v.kind || c.Episode != v.episode || c.Cycle != v.cycle:
		return fmt.Sprintf("%s %d/%d, want %s %d/%d", c.Kind, c.Episode, c.Cycle, v.kind, v.episode, v.cycle)
	case c.Spent != time.Duration(v.spent)*time.Second:
		return fmt.Sprintf("%s: spent %v, want %v", c.Kind, c.Spent, time.Duration(v.spent)*time.Second)
	case c.State != v.state:
		return fmt.Sprintf("%s: %s, want %s", c.Kind, c.State, v.state)
	case unix(c.Stopped) != v.stopped:
		return fmt.Sprintf("%s: stopped %v, want %d", c.Kind, c.Stopped, v.stopped)
	case !same(c.Due, v.due):
		return fmt.Sprintf("%s: due %v, want %v", c.Kind, c.Due, time.Unix(v.due, 0).UTC())
	case len(c.Warnings) != len(v.warnings):
		return fmt.Sprintf("%s: %d warnings, want %d", c.Kind, len(c.Warnings), len(v.warnings))
	}
	for i, w := range c.Warnings {
		if !same(w.At, v.warnings[i]) {
			return fmt.Sprintf("%s: warning %d %% at %v, want %v", c.Kind, w.Percent, w.At, time.Unix(v.warnings[i], 0).UTC())
		}
	}
	return g.segments(c, v, now)
}

// segments checks that the segments cover the clock's time, agree with every
// step of the oracle, and add up.
func (g *generator) segments(c *sla.Clock, v *verdict, now int64) string {
	at, sum, i := v.started, time.Duration(0), 0
	for n, s := range c.Segments {
		if n > 0 {
			before := c.Segments[n-1]
			before.From, before.To = s.From, s.To
			if before == s {
				return fmt.Sprintf("%s: the segments before and after %v are the same", c.Kind, s.From)
			}
		}
		if s.From.Unix() != at || !s.From.Before(s.To) {
			return fmt.Sprintf("%s: segment begins at %v, want %v", c.Kind, s.From, time.Unix(at, 0).UTC())
		}
		for ; at < s.To.Unix(); at += g.step {
			if i >= len(v.states) || v.states[i] != s.State {
				return fmt.Sprintf("%s: %s at %v, want %v", c.Kind, s.State, time.Unix(at, 0).UTC(), v.states[min(i, len(v.states)):])
			}
			i++
		}
		sum += s.Spent()
	}
	end := now
	if v.stopped != 0 {
		end = v.stopped
	}
	if at != end || sum != c.Spent {
		return fmt.Sprintf("%s: segments end at %v and add up to %v; want %v and %v", c.Kind, time.Unix(at, 0).UTC(), sum, time.Unix(end, 0).UTC(), c.Spent)
	}
	return ""
}
