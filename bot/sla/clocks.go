package sla

import (
	"slices"
	"time"
)

// State is how a clock stands.
type State string

// The states of a clock.
const (
	Running  State = "running"  // counting or outside of hours, and in time
	Paused   State = "paused"   // waiting, and in time
	Met      State = "met"      // stopped in time
	Breached State = "breached" // late, whether stopped or still counting
)

// Clock is one promised time of a case and how it stands.
type Clock struct {
	Kind     Kind
	Episode  int // 1 for the first; a reopening starts the next
	Cycle    int // 1 for the first; update clocks have many
	Severity int // the one in force, or at the stop
	Policy   PolicyRef
	Calendar string // Calendar.ID of the target
	Target   time.Duration
	Started  time.Time
	Stopped  time.Time // zero while the clock is open
	// Spent is the time counted so far; it is the sum of the counted segments.
	Spent time.Duration
	// Due is when Spent reaches, or reached, Target. It is zero while that
	// cannot be known: while paused, or if the calendar does not open for ten
	// years. On a clock stopped in time it is when it would have been due.
	Due time.Time
	// Provisional says that Due lies beyond the announced days of the calendar.
	Provisional bool
	State       State
	Warnings    []Warning
	// Segments cover the time from Started to Stopped, or now, without a break.
	Segments []Segment
	Why      []Reason
}

// Warning is an instant at which a share of the target is used up.
type Warning struct {
	Percent int
	At      time.Time // zero while it cannot be known, like Due
}

// Remaining returns what is left of the target; it is negative when overrun.
func (c *Clock) Remaining() time.Duration { return c.Target - c.Spent }

// Open reports whether the clock has not been stopped.
func (c *Clock) Open() bool { return c.Stopped.IsZero() }

// SegmentState says why time counted or not.
type SegmentState string

// The states of a segment. Only Counted time is spent.
const (
	Counted    SegmentState = "counted"
	Waited     SegmentState = "waited" // paused
	OutOfHours SegmentState = "out_of_hours"
	Unpromised SegmentState = "unpromised" // the policy had no such target
)

// Segment is a half-open part of a clock's time in which one thing held.
type Segment struct {
	From, To time.Time
	State    SegmentState
	Severity int
	Policy   PolicyRef
	Waiting  Waiting // whom the case waited for, also when that does not pause
	Label    string  // the calendar exception that opened or closed the time
}

// Clocks returns the clocks of a case at an instant, by episode, kind and cycle.
// Facts after now are ignored, and so is what makes no sense in its place (see
// ValidateFacts); a policy that is not given counts as one without targets and
// the clocks say so.
func Clocks(facts []Fact, policies []Policy, now time.Time) []Clock {
	k := keeper{policies: policies}
	for _, f := range inOrder(facts) {
		if f.At.After(now) {
			break
		}
		k.apply(f)
	}
	var clocks []Clock
	for _, r := range k.runs {
		if !r.stopped {
			r.advance(now.UnixNano(), k.now)
		}
		if r.target != nil {
			clocks = append(clocks, r.report(k.now))
		}
	}
	slices.SortStableFunc(clocks, inReportOrder)
	return clocks
}

func inReportOrder(a, b Clock) int {
	if a.Episode != b.Episode {
		return a.Episode - b.Episode
	}
	kinds := Kinds()
	return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind)
}

// Next returns the first instant after now at which a clock warns or is due. ok
// is false if nothing is ahead. A clock asked at its due instant is breached, so
// a timer set to it need not wait longer.
func Next(clocks []Clock, now time.Time) (at time.Time, ok bool) {
	consider := func(t time.Time) {
		if t.After(now) && (!ok || t.Before(at)) {
			at, ok = t, true
		}
	}
	for i := range clocks {
		c := &clocks[i]
		if !c.Open() {
			continue
		}
		consider(c.Due)
		for _, w := range c.Warnings {
			consider(w.At)
		}
	}
	return at, ok
}
