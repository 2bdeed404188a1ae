package wallclock

import (
	"fmt"
	"time"
)

// DaySeconds is how many seconds a day on the wall has.
const DaySeconds = 86400

// TimeOfDay is a wall time within a day in seconds after midnight, 0 to 86400;
// 86400 is 24:00, the end of the day.
type TimeOfDay int32

// ParseTimeOfDay reads "09:00", "09:00:30" or "24:00".
func ParseTimeOfDay(text string) (TimeOfDay, error) {
	if text == "24:00" || text == "24:00:00" {
		return DaySeconds, nil
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

// Day is the day of a wall time, counted from 1970-01-01.
func Day(wall int64) int64 { return Floor(wall, DaySeconds) }

// Weekday is the weekday of a day; 1970-01-01 was a Thursday.
func Weekday(day int64) time.Weekday { return time.Weekday(Mod(day+4, 7)) }

// Floor divides and rounds down, also below zero; b is positive.
func Floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Mod is what Floor leaves, 0 to b-1.
func Mod(a, b int64) int64 { return a - b*Floor(a, b) }
