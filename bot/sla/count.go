package sla

import (
	"math"
	"time"

	"hotline/bot/wallclock"
)

// Stretch is a half-open time in which a calendar is open all the time, or
// closed all the time.
type Stretch struct {
	From, To time.Time
	Open     bool
	// Label is the label of the exception that opened or closed it, or "".
	Label string
}

// Stretches returns how the calendar goes from one instant to another: adjoining
// stretches that cover the whole time, neighbours of which differ. Their number
// grows with the number of days; the caller bounds what it asks for.
func (c *Calendar) Stretches(from, to time.Time) []Stretch {
	var list []Stretch
	r := c.reader()
	for at, end := from.UnixNano(), to.UnixNano(); at < end; {
		p := r.piece(at)
		p.until = min(p.until, end)
		next := Stretch{time.Unix(0, at).UTC(), time.Unix(0, p.until).UTC(), p.open, p.label}
		if n := len(list); n > 0 && list[n-1].Open == next.Open && list[n-1].Label == next.Label {
			list[n-1].To = next.To
		} else {
			list = append(list, next)
		}
		at = p.until
	}
	return list
}

// Open reports whether time counts at an instant.
func (c *Calendar) Open(at time.Time) bool { return c.reader().piece(at.UnixNano()).open }

// Between returns how much of the time from one instant to another is open.
func (c *Calendar) Between(from, to time.Time) time.Duration {
	var sum int64
	r := c.reader()
	for at, end := from.UnixNano(), to.UnixNano(); at < end; {
		p := r.piece(at)
		if p.open {
			sum += min(p.until, end) - at
		}
		at = p.until
	}
	return time.Duration(sum)
}

// Add returns the first instant at which d of open time has passed since from.
// ok is false if that does not happen within ten years.
func (c *Calendar) Add(from time.Time, d time.Duration) (at time.Time, ok bool) {
	r := c.reader()
	nano, ok := r.add(from.UnixNano(), int64(d))
	return time.Unix(0, nano).UTC(), ok
}

// piece is what holds from an instant until another, in nanoseconds since 1970.
type piece struct {
	until int64
	open  bool
	label string
}

// reader reads a calendar; it remembers the zone's last stretch and belongs to
// one call.
type reader struct {
	calendar *Calendar // nil: around the clock
	zone     wallclock.Zone
}

func (c *Calendar) reader() *reader {
	if c.always() {
		return &reader{}
	}
	return &reader{calendar: c, zone: wallclock.In(c.spec.Zone)}
}

// piece returns what holds at an instant and until when at least. It ends where
// the calendar opens or closes, and at midnight, where the label may change.
func (r *reader) piece(at int64) piece {
	if r.calendar == nil {
		return piece{until: math.MaxInt64, open: true}
	}
	today := r.zone.Day(wallclock.Floor(at, 1e9))
	// If the clock was put back over midnight, tomorrow may have begun once
	// already; then the day after bounds the piece. No span begins on a later
	// day before that.
	p := piece{until: r.zone.First((today+1)*wallclock.DaySeconds) * 1e9}
	if p.until <= at {
		p.until = r.zone.First((today+2)*wallclock.DaySeconds) * 1e9
	}
	if d := r.calendar.days[today]; d != nil {
		p.label = d.Label
	}
	for day := today - 2; day <= today+1; day++ {
		spans, exception := r.calendar.spans(day)
		for _, s := range spans {
			from, to := day*wallclock.DaySeconds+int64(s.From), day*wallclock.DaySeconds+int64(s.To)
			if s.To <= s.From {
				to += wallclock.DaySeconds
			}
			r.meet(&p, at, r.zone.First(from)*1e9, r.zone.Last(to)*1e9, exception)
		}
	}
	return p
}

// meet takes one opening span into account. Of spans that overlap the first to
// be met bounds the piece; the next piece goes on with the other.
func (r *reader) meet(p *piece, at, from, to int64, exception *Day) {
	switch {
	case from >= to || to <= at:
	case at < from:
		if !p.open {
			p.until = min(p.until, from)
		}
	case !p.open:
		p.open, p.until, p.label = true, to, ""
		if exception != nil {
			p.label = exception.Label
		}
	}
}

// searchLimit bounds the search for a deadline in a calendar with few hours.
const searchLimit = int64(3653 * 24 * time.Hour)

// add returns the first instant at which need open nanoseconds have passed.
func (r *reader) add(at, need int64) (int64, bool) {
	if need <= 0 {
		return at, true
	}
	for end := at + searchLimit; at < end; {
		p := r.piece(at)
		if p.open {
			if need <= p.until-at {
				return at + need, true
			}
			need -= p.until - at
		}
		at = p.until
	}
	return at, false
}
