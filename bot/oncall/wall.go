package oncall

import (
	"fmt"
	"time"
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
	z := zone{loc: loc}
	return time.Unix(z.first(w.seconds()), 0).In(loc)
}

// EndIn returns the instant the wall time stands for as an end in loc: its last
// occurrence, or the first instant after if the clock skips it.
func (w Wall) EndIn(loc *time.Location) time.Time {
	z := zone{loc: loc}
	return time.Unix(z.last(w.seconds()), 0).In(loc)
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

// TimeOfDay is a wall time within a day in seconds after midnight, 0 to 86400;
// 86400 is 24:00, the end of the day.
type TimeOfDay int32

// ParseTimeOfDay reads "09:00", "09:00:30" or "24:00".
func ParseTimeOfDay(text string) (TimeOfDay, error) {
	if text == "24:00" || text == "24:00:00" {
		return daySeconds, nil
	}
	for _, layout := range [...]string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return TimeOfDay(t.Hour()*3600 + t.Minute()*60 + t.Second()), nil
		}
	}
	return 0, fmt.Errorf("time of day %q: write it like 09:00", text)
}

// String writes the time of day the way ParseTimeOfDay reads it.
func (t TimeOfDay) String() string {
	text := fmt.Sprintf("%02d:%02d", t/3600, t/60%60)
	if t%60 != 0 {
		text += fmt.Sprintf(":%02d", t%60)
	}
	return text
}

// Years outside of these are refused: instants are kept as nanoseconds since
// 1970, which reach from 1678 to 2262.
const minYear, maxYear = 1900, 2200

const daySeconds = 86400

// dayOf returns the day (counted from 1970-01-01) of a wall second.
func dayOf(wall int64) int64 { return floorDiv(wall, daySeconds) }

// weekdayOf returns the weekday of a day; 1970-01-01 was a Thursday.
func weekdayOf(day int64) time.Weekday { return time.Weekday(floorMod(day+4, 7)) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - b*floorDiv(a, b) }
