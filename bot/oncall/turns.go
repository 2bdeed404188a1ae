package oncall

import (
	"time"

	"hotline/bot/wallclock"
)

// turns counts the turns of a rotation on the wall clock. Turn 0 begins at the
// start of the rotation.
type turns struct {
	start int64 // wall second of turn 0
	step  int64 // wall seconds per turn, 0 for monthly

	// Monthly rotations count months since year 0 and keep the anchor day.
	months, month, day, clock int64
}

func newTurns(r *Rotation) turns {
	t := turns{start: r.Start.seconds()}
	every := int64(r.Every)
	switch r.Unit {
	case Hourly:
		t.step = every * 3600
	case Daily:
		t.step = every * wallclock.DaySeconds
	case Weekly:
		t.step = every * 7 * wallclock.DaySeconds
	case Monthly:
		t.months = every
		t.month = monthNumber(int64(r.Start.Year), r.Start.Month)
		t.day = int64(r.Start.Day)
		t.clock = wallclock.Mod(t.start, wallclock.DaySeconds)
	}
	return t
}

// begins returns the wall second at which turn k begins.
func (t *turns) begins(k int64) int64 {
	if t.step > 0 {
		return t.start + k*t.step
	}
	month := t.month + k*t.months
	first, length := monthDays(month)
	return (first+min(t.day, length)-1)*wallclock.DaySeconds + t.clock
}

// at returns the turn under way when the wall clock has reached the wall second
// high; ok is false before turn 0.
func (t *turns) at(high int64) (k int64, ok bool) {
	if high < t.start {
		return 0, false
	}
	if t.step > 0 {
		return (high - t.start) / t.step, true
	}
	year, month, _ := time.Unix(high, 0).UTC().Date()
	k = (monthNumber(int64(year), month) - t.month) / t.months
	if t.begins(k) > high {
		k--
	}
	return k, true
}

func monthNumber(year int64, month time.Month) int64 { return year*12 + int64(month) - 1 }

// monthDays returns the first day (counted from 1970-01-01) of a month and how
// many days it has.
func monthDays(number int64) (first, length int64) {
	year, month := int(wallclock.Floor(number, 12)), time.Month(wallclock.Mod(number, 12)+1)
	first = time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Unix() / wallclock.DaySeconds
	next := time.Date(year, month+1, 1, 0, 0, 0, 0, time.UTC).Unix() / wallclock.DaySeconds
	return first, next - first
}
