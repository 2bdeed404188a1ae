package sla_test

import (
	"slices"
	"time"

	"hotline/bot/sla"
	"hotline/bot/wallclock/wallclocktest"
)

// The oracle counts a case by walking the clock step by step (a second or a
// minute): at each step it applies the facts of that instant by their written
// rules, asks a table whether the calendar is open, and adds the step or not. It
// shares no code with the package.

// openTable tells for each step whether the calendar is open.
func openTable(f *wallclocktest.Face, spec sla.CalendarSpec) []bool {
	open := make([]bool, len(f.Walls))
	begin, end := f.Span()
	day := time.Unix(begin, 0).UTC().Truncate(24*time.Hour).AddDate(0, 0, -3)
	for ; day.Unix() < end+2*86400; day = day.AddDate(0, 0, 1) {
		spans := spec.Weekly[day.Weekday()]
		for _, d := range spec.Days {
			if d.Date.String() == day.Format(time.DateOnly) {
				spans = d.Open
			}
		}
		for _, s := range spans {
			from, to := day.Unix()+int64(s.From), day.Unix()+int64(s.To)
			if to <= from {
				to += 86400
			}
			for i := f.First(from); i < f.Last(to); i++ {
				open[i] = true
			}
		}
	}
	return open
}

// oracle walks one case.
type oracle struct {
	base, step int64
	n          int
	open       map[*sla.Calendar][]bool // nil calendar: always
	policies   []sla.Policy
	facts      []sla.Fact // by time
	now        int64
}

// verdict is what the oracle finds for one clock.
type verdict struct {
	kind           sla.Kind
	episode, cycle int
	spent          int64
	stopped        int64 // 0: open
	due            int64 // 0: unknown; -1: beyond the table
	warnings       []int64
	state          sla.State
	started        int64
	states         []sla.SegmentState // of each step from the start
}

// walker is the state of the walk for one kind of clock.
type walker struct {
	*oracle
	kind           sla.Kind
	severity       int
	policy         *sla.Policy
	waiting        sla.Waiting
	opened, ended  bool
	episode, cycle int
	v              *verdict
	percents       []int
	reached        map[int]int64 // percent: instant
	out            []verdict
}

func (o *oracle) verdicts() []verdict {
	var all []verdict
	for _, kind := range sla.Kinds() {
		w := &walker{oracle: o, kind: kind}
		all = append(all, w.walk()...)
	}
	slices.SortStableFunc(all, func(a, b verdict) int { return a.episode - b.episode })
	return all
}

func (w *walker) walk() []verdict {
	next := 0
	for at := w.facts[0].At.Unix(); ; at += w.step {
		for next < len(w.facts) && w.facts[next].At.Unix() == at {
			w.fact(at, w.facts[next])
			next++
		}
		if at == w.now {
			break
		}
		w.tick(at)
	}
	if w.v != nil {
		w.finish(w.now, false)
	}
	return w.out
}

func (w *walker) target() *sla.Target {
	if w.policy == nil {
		return nil
	}
	for i := range w.policy.Targets {
		if t := &w.policy.Targets[i]; t.Kind == w.kind && t.Severity == w.severity {
			return t
		}
	}
	return nil
}

func (w *walker) paused() bool {
	t := w.target()
	if w.waiting == "" || t == nil {
		return false
	}
	pauses := []sla.Waiting{sla.Customer}
	if w.policy.Pauses != nil {
		pauses = w.policy.Pauses
	}
	if t.Pauses != nil {
		pauses = t.Pauses
	}
	return slices.Contains(pauses, w.waiting)
}

func (w *walker) isOpen(c *sla.Calendar, at int64) bool {
	return c == nil || w.open[c][(at-w.base)/w.step]
}

// tick counts one step.
func (w *walker) tick(at int64) {
	if w.v == nil {
		return
	}
	t := w.target()
	state := sla.Counted
	switch {
	case t == nil:
		state = sla.Unpromised
	case w.paused():
		state = sla.Waited
	case !w.isOpen(t.Calendar, at):
		state = sla.OutOfHours
	default:
		w.v.spent += w.step
		w.note(at + w.step)
	}
	w.v.states = append(w.v.states, state)
}

// note records the levels that are reached.
func (w *walker) note(at int64) {
	t := w.target()
	if t == nil {
		return
	}
	for _, p := range w.percents {
		if _, have := w.reached[p]; !have && w.v.spent*100 >= int64(t.Within/time.Second)*int64(p) {
			w.reached[p] = at
		}
	}
}

// retarget applies the rules of a change of the target.
func (w *walker) retarget(at int64) {
	t := w.target()
	if w.v == nil || t == nil {
		return
	}
	w.percents = []int{50, 75, 90, 100}
	if w.policy.Warn != nil {
		w.percents = append(slices.Clone(w.policy.Warn), 100)
	}
	for p := range w.reached {
		if !slices.Contains(w.percents, p) || w.v.spent*100 < int64(t.Within/time.Second)*int64(p) {
			delete(w.reached, p)
		}
	}
	w.note(at)
}

func (w *walker) begin(at int64) {
	w.v = &verdict{kind: w.kind, episode: w.episode, cycle: w.cycle, started: at}
	w.reached = map[int]int64{}
	w.retarget(at)
}

func (w *walker) setPolicy(ref sla.PolicyRef) {
	w.policy = nil
	for i := range w.policies {
		if w.policies[i].ID == ref.ID && w.policies[i].Version == ref.Version {
			w.policy = &w.policies[i]
		}
	}
}

func (w *walker) fact(at int64, f sla.Fact) {
	if f.Type == sla.Opened {
		if !w.opened {
			w.opened, w.severity, w.episode, w.cycle = true, f.Severity, 1, 1
			w.setPolicy(f.Policy)
			w.begin(at)
		}
		return
	}
	if !w.opened {
		return
	}
	switch f.Type {
	case sla.SeverityChanged:
		w.severity = f.Severity
		w.retarget(at)
	case sla.CustomerChanged, sla.PolicyChanged:
		w.setPolicy(f.Policy)
		w.retarget(at)
	case sla.WaitingFor:
		if !w.ended {
			w.waiting = f.Waiting
		}
	case sla.Resumed:
		w.waiting = ""
	case sla.Reopened:
		if w.ended {
			w.ended, w.episode, w.cycle = false, w.episode+1, 1
			w.begin(at)
		}
	default:
		w.milestone(at, f)
	}
}

// milestone stops the clock if it is one that this fact stops.
func (w *walker) milestone(at int64, f sla.Fact) {
	over := f.Type == sla.Resolved || f.Type == sla.Closed
	stops := over
	switch w.kind {
	case sla.Respond:
		stops = stops || f.Type == sla.Responded || f.Type == sla.Restored
	case sla.Update:
		stops = stops || f.Type == sla.Responded || f.Type == sla.Restored || f.Type == sla.Updated
	case sla.Arrival:
		stops = stops || f.Type == sla.Restored || (f.Type == sla.Responded && f.Evidence == sla.Arrived)
	case sla.Restore:
		stops = stops || f.Type == sla.Restored
	}
	if stops && w.v != nil {
		w.finish(at, true)
		if w.kind == sla.Update && !over {
			w.cycle++
			w.begin(at)
		}
	}
	if over {
		w.ended, w.waiting = true, ""
	}
}

// finish takes the verdict, looking ahead in the table for instants to come.
func (w *walker) finish(at int64, stopped bool) {
	v := w.v
	w.v = nil
	t := w.target()
	if t == nil {
		return
	}
	due, late := w.reached[100]
	late = late && due <= at
	switch {
	case stopped && late && due < at, !stopped && late:
		v.state = sla.Breached
	case stopped:
		v.state = sla.Met
	case w.paused():
		v.state = sla.Paused
	default:
		v.state = sla.Running
	}
	if stopped {
		v.stopped = at
	}
	ahead := w.lookAhead(at, v.spent, t)
	for _, p := range w.percents {
		when, have := w.reached[p]
		if !have && !w.paused() {
			when = ahead(int64(t.Within/time.Second) * int64(p) / 100)
		}
		if p == 100 {
			v.due = when
		} else {
			v.warnings = append(v.warnings, when)
		}
	}
	w.out = append(w.out, *v)
}

// lookAhead returns when the time spent reaches a level if nothing changes, or
// -1 if that lies beyond the table. Levels come in ascending order.
func (w *walker) lookAhead(at, spent int64, t *sla.Target) func(level int64) int64 {
	end := w.base + int64(w.n)*w.step
	return func(level int64) int64 {
		for ; at < end; at += w.step {
			if spent >= level {
				return at
			}
			if w.isOpen(t.Calendar, at) {
				spent += w.step
			}
		}
		return -1
	}
}
