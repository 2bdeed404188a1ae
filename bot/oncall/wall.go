package oncall

import (
	"fmt"
	"time"

	"hotline/bot/wallclock"
)

// Wall is a wall time: what a clock and a calendar on the wall show in some
// zone, to the second. The zero Wall means "not set".
type Wall struct {
	Year                 int
	Month                time.Month
	Day                  int
	Hour, Minute, Second int
}

// wallLayouts are the spellings ParseWall accepts.
var wallLayouts = [...]string{
	"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
}

// ParseWall reads "2026-01-05 09:00", with optional seconds, with a T instead
// of the blank, or a date alone, which means midnight. A date that does not
// exist in the calendar is an error; a time that a zone skips is not.
func ParseWall(text string) (Wall, error) {
	for _, layout := range wallLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return wallOf(t), nil
		}
	}
	return Wall{}, fmt.Errorf("wall time %q: write it like 2026-01-05 09:00", text)
}

// WallAt returns what the clock in loc shows at the instant t.
func WallAt(t time.Time, loc *time.Location) Wall { return wallOf(t.In(loc)) }

func wallOf(t time.Time) Wall {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	return Wall{year, month, day, hour, minute, second}
}

// IsZero reports whether the wall time is not set.
func (w Wall) IsZero() bool { return w == Wall{} }

// String writes the wall time the way ParseWall reads it.
func (w Wall) String() string {
	text := fmt.Sprintf("%04d-%02d-%02d %02d:%02d", w.Year, w.Month, w.Day, w.Hour, w.Minute)
	if w.Second != 0 {
		text += fmt.Sprintf(":%02d", w.Second)
	}
	return text
}

// StartIn returns the instant the wall time stands for as a start in loc: its
// first occurrence, or the first instant after if the clock skips it.
func (w Wall) StartIn(loc *time.Location) time.Time {
	z := wallclock.In(loc)
	return time.Unix(z.First(w.seconds()), 0).In(loc)
}

// EndIn returns the instant the wall time stands for as an end in loc: its last
// occurrence, or the first instant after if the clock skips it.
func (w Wall) EndIn(loc *time.Location) time.Time {
	z := wallclock.In(loc)
	return time.Unix(z.Last(w.seconds()), 0).In(loc)
}

// valid reports whether the calendar has such a day and the day such a time.
func (w Wall) valid() bool {
	return w.Year >= minYear && w.Year <= maxYear &&
		wallOf(time.Date(w.Year, w.Month, w.Day, w.Hour, w.Minute, w.Second, 0, time.UTC)) == w
}

// seconds counts the wall time as seconds since 1970-01-01 00:00 on a clock
// that is never moved, so that differences are differences on the wall clock.
func (w Wall) seconds() int64 {
	return time.Date(w.Year, w.Month, w.Day, w.Hour, w.Minute, w.Second, 0, time.UTC).Unix()
}

// Years outside of these are refused: instants are kept as nanoseconds since
// 1970, which reach from 1678 to 2262.
const minYear, maxYear = 1900, 2200
