package oncall

import (
	"slices"
	"time"

	"hotline/bot/wallclock"
)

// Span is a half-open time in which the same people are on call.
type Span struct {
	From, To time.Time
	// Responders are as in Result; empty means a gap.
	Responders []string
}

// Timeline returns who is on call from one instant to another as spans that
// adjoin each other and cover the whole time; neighbours differ. It goes from
// event to event, so its cost grows with the number of hand-overs and window
// edges and not with the length of the time; the caller bounds what it asks
// for. Times are in UTC. It is empty if from is not before to.
func Timeline(s Schedule, overrides []Override, absences []Absence, from, to time.Time) []Span {
	return newPlan(&s, overrides, absences).timeline(from, to)
}

// Gaps returns the spans of Timeline in which nobody is on call.
func Gaps(s Schedule, overrides []Override, absences []Absence, from, to time.Time) []Span {
	return slices.DeleteFunc(Timeline(s, overrides, absences, from, to), func(span Span) bool {
		return len(span.Responders) > 0
	})
}

// horizon is how far Next and NextShift look ahead: a year and a leap day more,
// so that a yearly hand-over is found.
const horizon = 367 * 24 * time.Hour

// Next returns the span that begins with the first change of who is on call
// after an instant; its end is not looked for and is the end of the search if
// no later change was seen. ok is false if nothing changes within 367 days.
func Next(s Schedule, overrides []Override, absences []Absence, after time.Time) (next Span, ok bool) {
	return newPlan(&s, overrides, absences).search(after, func(spans []Span) (Span, bool) {
		if len(spans) < 2 {
			return Span{}, false
		}
		return spans[1], true
	})
}

// NextShift returns the first time within 367 days after an instant in which a
// person is on call without a break; it is cut at the start if under way, and
// ok is false if there is none. Who else is on call does not matter.
func NextShift(s Schedule, overrides []Override, absences []Absence, person string, after time.Time) (shift Span, ok bool) {
	return newPlan(&s, overrides, absences).search(after, func(spans []Span) (Span, bool) {
		i := slices.IndexFunc(spans, func(span Span) bool { return slices.Contains(span.Responders, person) })
		if i < 0 {
			return Span{}, false
		}
		shift := spans[i]
		for i++; i < len(spans) && slices.Contains(spans[i].Responders, person); i++ {
			shift.To = spans[i].To
		}
		return shift, true
	})
}

// search looks at longer and longer timelines until found accepts a span that
// ends before the timeline does, or the horizon is reached.
func (p *plan) search(after time.Time, found func([]Span) (Span, bool)) (Span, bool) {
	for length := 3 * 24 * time.Hour; ; length *= 5 {
		length = min(length, horizon)
		end := after.Add(length)
		span, ok := found(p.timeline(after, end))
		if (ok && span.To.Before(end)) || length == horizon {
			return span, ok
		}
	}
}

func (p *plan) timeline(from, to time.Time) []Span {
	var spans []Span
	p.walk(from, to, func(start, end time.Time, duties []Duty) {
		ids := people(duties)
		if n := len(spans); n > 0 && slices.Equal(spans[n-1].Responders, ids) {
			spans[n-1].To = end
			return
		}
		spans = append(spans, Span{start, end, ids})
	})
	return spans
}

// walk calls visit for adjoining pieces that cover [from, to), in each of which
// nothing changes.
func (p *plan) walk(from, to time.Time, visit func(start, end time.Time, duties []Duty)) {
	if !from.Before(to) {
		return
	}
	edges := p.edges(from, to)
	start := from.UTC()
	for _, edge := range edges {
		end := time.Unix(0, edge).UTC()
		visit(start, end, p.duty(start, nil))
		start = end
	}
	visit(start, to.UTC(), p.duty(start, nil))
}

// edges returns, in order, every instant strictly between from and to at which
// something may change, in nanoseconds since 1970.
func (p *plan) edges(from, to time.Time) []int64 {
	e := edges{from: nano(from), to: nano(to)}
	for i := range p.layers {
		if p.layers[i].broken == nil {
			p.layers[i].edges(&e, from.Unix(), to.Unix())
		}
	}
	for i := range p.overrides {
		e.instant(p.overrides[i].From)
		e.instant(p.overrides[i].To)
	}
	for i := range p.absences {
		e.instant(p.absences[i].From)
		e.instant(p.absences[i].To)
	}
	slices.Sort(e.list)
	return slices.Compact(e.list)
}

// edges collects instants that lie strictly between two others.
type edges struct {
	from, to int64
	list     []int64
}

func (e *edges) instant(at time.Time) { e.add(nano(at)) }

func (e *edges) second(at int64) { e.add(at * 1e9) }

func (e *edges) add(at int64) {
	if e.from < at && at < e.to {
		e.list = append(e.list, at)
	}
}

// edges adds the hand-overs, window edges and bounds of a layer. Wall clocks
// differ from UTC and are moved by less than wallclock.MaxShift, so that the wall seconds
// within twice that of the instants are all that can matter.
func (l *layerPlan) edges(e *edges, from, to int64) {
	first, last := from-2*wallclock.MaxShift, to+2*wallclock.MaxShift
	if !l.From.IsZero() {
		e.second(l.zone.First(l.from))
	}
	if !l.Until.IsZero() {
		e.second(l.zone.Last(l.until))
		last = min(last, l.until+wallclock.MaxShift)
	}
	if len(l.Rotation.Participants) == 1 {
		e.second(l.zone.First(l.turns.start))
	} else {
		l.handovers(e, first, last)
	}
	for day := wallclock.Day(first) - 1; day <= wallclock.Day(last) && len(l.Windows) > 0; day++ {
		for i := range l.Windows {
			if w := &l.Windows[i]; w.covers(wallclock.Weekday(day)) {
				start, end := w.on(day)
				e.second(l.zone.First(start))
				e.second(l.zone.Last(end))
			}
		}
	}
}

func (l *layerPlan) handovers(e *edges, first, last int64) {
	k, _ := l.turns.at(first)
	for {
		start := l.turns.begins(k)
		if start > last {
			return
		}
		e.second(l.zone.First(start))
		k++
	}
}

// nano returns an instant in nanoseconds since 1970, clamped to what fits.
func nano(at time.Time) int64 {
	switch year := at.Year(); {
	case year < minYear:
		return time.Date(minYear-1, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	case year > maxYear:
		return time.Date(maxYear+2, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	}
	return at.UnixNano()
}
