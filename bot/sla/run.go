package sla

import "time"

// run is one clock while it is being worked out. Instants are nanoseconds since
// 1970.
type run struct {
	kind           Kind
	episode, cycle int
	started, at    int64
	stopped        bool
	spent          int64
	segments       []Segment
	why            []Reason

	// What holds: the target and its reader, nil while nothing is promised, and
	// the levels of spent time to watch: the warnings, then the target itself.
	target   *Target
	severity int
	ref      PolicyRef
	reader   *reader
	percents []int
	levels   []int64
	crossed  []int64  // when each level was reached, or never
	final    standing // at the stop
}

// never stands for an instant that has not come or cannot be known.
const never = int64(-1 << 63)

// retarget puts the target of a standing in force. Levels that were reached stay
// reached at their instant if they still are; levels that are reached only by
// the change are reached now.
func (r *run) retarget(at int64, s standing, why Reason) {
	before, hadDue := r.target, r.due() != never
	r.severity, r.ref = s.severity, s.ref
	r.target = s.policy.target(s.severity, r.kind)
	why.At, why.Severity, why.Policy = instant(at), s.severity, s.ref
	switch {
	case s.policy == nil:
		why.Rule = UnknownPolicy
	case r.target == nil:
		why.Rule = NotPromised
	default:
		why.Target, why.Calendar = r.target.Within, r.target.Calendar.ID()
		r.reader = r.target.Calendar.reader()
		r.setLevels(at, s.policy.warn())
	}
	why.Late = hadDue
	if before != r.target || why.Rule != Changed {
		r.why = append(r.why, why)
	}
}

func (r *run) setLevels(at int64, warn []int) {
	reached := map[int]int64{}
	for i, percent := range r.percents {
		reached[percent] = r.crossed[i]
	}
	r.percents = append(append([]int(nil), warn...), 100)
	r.levels, r.crossed = make([]int64, len(r.percents)), make([]int64, len(r.percents))
	for i, percent := range r.percents {
		r.levels[i] = share(int64(r.target.Within), int64(percent))
		r.crossed[i] = never
		if r.spent >= r.levels[i] {
			r.crossed[i] = at
			if earlier, ok := reached[percent]; ok && earlier != never {
				r.crossed[i] = earlier
			}
		}
	}
}

// share returns a percentage of a duration without overflow for ten years.
func share(whole, percent int64) int64 { return whole/100*percent + whole%100*percent/100 }

// due returns when the target was reached, or never.
func (r *run) due() int64 {
	if len(r.crossed) == 0 {
		return never
	}
	return r.crossed[len(r.crossed)-1]
}

// advance counts from where the clock is to an instant under a standing.
func (r *run) advance(to int64, s standing) {
	for r.at < to {
		switch {
		case r.target == nil:
			r.segment(to, s, Unpromised, "")
		case r.paused(s):
			r.segment(to, s, Waited, "")
		default:
			p := r.reader.piece(r.at)
			until := min(p.until, to)
			if p.open {
				r.count(until - r.at)
				r.segment(until, s, Counted, p.label)
			} else {
				r.segment(until, s, OutOfHours, p.label)
			}
		}
	}
}

func (r *run) paused(s standing) bool {
	return s.waiting != "" && r.target != nil && s.policy.pauses(r.target, s.waiting)
}

// count spends time that begins where the clock is and notes the levels reached.
func (r *run) count(d int64) {
	for i, level := range r.levels {
		if r.crossed[i] == never && r.spent+d >= level {
			r.crossed[i] = r.at + level - r.spent
		}
	}
	r.spent += d
}

// segment appends the time up to an instant and moves the clock there.
func (r *run) segment(to int64, s standing, state SegmentState, label string) {
	next := Segment{instant(r.at), instant(to), state, s.severity, s.ref, s.waiting, label}
	r.at = to
	if n := len(r.segments); n > 0 {
		last := r.segments[n-1]
		last.From, last.To = next.From, next.To
		if last == next {
			r.segments[n-1].To = next.To
			return
		}
	}
	r.segments = append(r.segments, next)
}

// wait notes the beginning, or with nobody to wait for the end, of a wait.
func (r *run) wait(at int64, s standing) {
	if r.target == nil {
		return
	}
	why := Reason{Rule: WaitEnded, At: instant(at), Waiting: s.waiting}
	switch {
	case r.paused(s):
		why.Rule = WaitPauses
	case s.waiting != "":
		why.Rule = WaitCounts
	}
	r.why = append(r.why, why)
}

func (r *run) stop(at int64, s standing, f Fact) {
	r.stopped, r.final = true, s
	r.why = append(r.why, Reason{Rule: StoppedBy, At: instant(at), Fact: f.Type, Evidence: f.Evidence})
}

// report returns the clock as it stands. The clock has been advanced to now or
// has been stopped.
func (r *run) report(s standing) Clock {
	c := Clock{
		Kind: r.kind, Episode: r.episode, Cycle: r.cycle, Severity: r.severity, Policy: r.ref,
		Calendar: r.target.Calendar.ID(), Target: r.target.Within, Started: instant(r.started),
		Spent: time.Duration(r.spent), Segments: r.segments, Why: r.why, State: Running,
	}
	late := r.due() != never
	if r.stopped {
		s, c.Stopped, c.State = r.final, instant(r.at), Met
		late = late && r.due() < r.at
	} else if r.paused(s) {
		c.State = Paused
	}
	if late {
		c.State = Breached
		c.Why = append(c.Why[:len(c.Why):len(c.Why)], Reason{Rule: Late, At: instant(r.due()), Target: c.Target})
	}
	if !r.paused(s) {
		r.predict()
	}
	for i, percent := range r.percents {
		at := time.Time{}
		if r.crossed[i] != never {
			at = instant(r.crossed[i])
		}
		if percent == 100 {
			c.Due, c.Provisional = at, !at.IsZero() && r.target.Calendar.Provisional(at)
		} else {
			c.Warnings = append(c.Warnings, Warning{percent, at})
		}
	}
	return c
}

// predict fills in when the levels not reached yet will be, if nothing changes.
func (r *run) predict() {
	at, spent := r.at, r.spent
	for i, level := range r.levels {
		if r.crossed[i] != never {
			continue
		}
		next, ok := r.reader.add(at, level-spent)
		if !ok {
			return
		}
		r.crossed[i] = next
		at, spent = next, level
	}
}

func instant(nano int64) time.Time { return time.Unix(0, nano).UTC() }
