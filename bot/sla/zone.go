package sla

import (
	"math"
	"time"
)

// zone turns wall times of one location into instants. Instants are seconds
// since 1970 UTC; wall times are seconds since 1970-01-01 00:00 on a clock that
// is never moved. It remembers the stretch of constant offset it looked at last
// and belongs to one call. (The on-call package has the same rules; the two
// stay apart because each imports the standard library only.)
type zone struct {
	loc      *time.Location
	known    bool
	from, to int64 // the stretch, half-open
	off      int64 // seconds east of UTC in the stretch
}

const (
	daySeconds = 86400
	// maxShift is more than any offset from UTC and than any move of a wall
	// clock (24 hours in Samoa in 2011), in seconds.
	maxShift = 26 * 3600
)

// look makes the stretch around the instant t the current one.
func (z *zone) look(t int64) {
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
	// Go 1.26 ends the last stretch of a leap year after 2037 on 31 December
	// 00:00 UTC, also when asked about that day; it holds to the day's end.
	if z.to <= t {
		z.to = (floorDiv(t, daySeconds) + 1) * daySeconds
	}
}

// first returns the first instant at which the wall clock shows w or, if it
// skips w, something later.
func (z *zone) first(w int64) int64 {
	for t := w - maxShift; ; t = z.to {
		z.look(t)
		if at := max(w-z.off, z.from); at < z.to {
			return at
		}
	}
}

// last returns the last instant at which the wall clock shows w or, if it skips
// w, the first instant after the skip.
func (z *zone) last(w int64) int64 {
	for t := w + maxShift; ; t = z.from - 1 {
		z.look(t)
		if z.from == math.MinInt64 || z.from+z.off <= w {
			return min(w-z.off, z.to)
		}
	}
}

// day returns the day on the wall, counted from 1970-01-01, at an instant.
func (z *zone) day(t int64) int64 {
	z.look(t)
	return floorDiv(t+z.off, daySeconds)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
