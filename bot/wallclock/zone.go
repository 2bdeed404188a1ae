package wallclock

import (
	"math"
	"time"
)

// Zone answers questions about the wall clock of one location. It remembers the
// stretch of constant offset it looked at last, because questions come in
// clusters; a Zone belongs to one call and is not shared.
type Zone struct {
	loc      *time.Location
	known    bool
	from, to int64 // the stretch, half-open
	off      int64 // seconds east of UTC in the stretch
}

// In is the wall clock of a location.
func In(loc *time.Location) Zone { return Zone{loc: loc} }

// Location is where the clock hangs.
func (z *Zone) Location() *time.Location { return z.loc }

// MaxShift is more than any offset from UTC and more than any single move of a
// wall clock (24 hours in Samoa in 2011 and on Kwajalein in 1993), in seconds.
const MaxShift = 26 * 3600

// look makes the stretch around the instant t the current one.
func (z *Zone) look(t int64) {
	if z.known && z.from <= t && t < z.to {
		return
	}
	at := time.Unix(t, 0).In(z.loc)
	_, off := at.Zone()
	start, end := at.ZoneBounds()
	z.known, z.from, z.to, z.off = true, math.MinInt64, math.MaxInt64, int64(off)
	if !start.IsZero() {
		z.from = start.Unix()
	}
	if !end.IsZero() {
		z.to = end.Unix()
	}
	// Beyond the last listed change (2037 and later) Go 1.26 ends the last
	// stretch of a leap year a day early, on 31 December 00:00 UTC, also when
	// asked about that day. The offset is right; it holds to the end of the day.
	if z.to <= t {
		z.to = (Day(t) + 1) * DaySeconds
	}
}

// First returns the first instant at which the wall clock shows w or, if it
// skips w, something later.
func (z *Zone) First(w int64) int64 {
	for t := w - MaxShift; ; t = z.to {
		z.look(t)
		if at := max(w-z.off, z.from); at < z.to {
			return at
		}
	}
}

// Last returns the last instant at which the wall clock shows w or, if it skips
// w, the first instant after the skip.
func (z *Zone) Last(w int64) int64 {
	for t := w + MaxShift; ; t = z.from - 1 {
		z.look(t)
		if z.from == math.MinInt64 || z.from+z.off <= w {
			return min(w-z.off, z.to)
		}
	}
}

// Marks returns the high-water and low-water mark of the wall clock at the
// instant t: a start w has come (First(w) <= t) exactly if w <= high, and an end
// w is still ahead (t < Last(w)) exactly if w >= low. Away from clock changes
// high is what the clock shows and low is one second more.
func (z *Zone) Marks(t int64) (high, low int64) {
	z.look(t)
	from, to := z.from, z.to
	high = t + z.off
	low = high + 1
	// The differences are taken so that open-ended stretches cannot overflow.
	for from > t-MaxShift {
		end := from
		z.look(end - 1)
		high = max(high, end+z.off-1)
		from = z.from
	}
	for to < t+MaxShift {
		start := to
		z.look(start)
		low = min(low, start+z.off)
		to = z.to
	}
	return high, low
}

// Day returns the day on the wall, counted from 1970-01-01, at an instant.
func (z *Zone) Day(t int64) int64 {
	z.look(t)
	return Day(t + z.off)
}
