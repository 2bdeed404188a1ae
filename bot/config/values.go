package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"hotline/bot/oncall"
	"hotline/bot/wallclock"
)

// The values that are more than text. Each reads itself with UnmarshalText, whose
// error says what is wrong; the decoder adds the place.

// Duration is a time.Duration written as "30s", "10m", "1h30m", "3d" or "2w".
// A day is 24 hours.
type Duration time.Duration

// Std is the duration of the standard library.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// maxDuration bounds durations, so that sums of them cannot overflow: ten years.
const maxDuration = 10 * 366 * 24 * time.Hour

// UnmarshalText reads the duration; a number needs a unit, "0" does not.
func (d *Duration) UnmarshalText(b []byte) error {
	s := string(b)
	if s == "0" {
		*d = 0
		return nil
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return fmt.Errorf("%s has no unit; write %ss, %sm or %sh", s, s, s, s)
	}
	unit := time.Duration(0)
	switch {
	case strings.HasSuffix(s, "d"):
		unit = 24 * time.Hour
	case strings.HasSuffix(s, "w"):
		unit = 7 * 24 * time.Hour
	}
	v, err := time.ParseDuration(s)
	if unit > 0 {
		var n int
		n, err = strconv.Atoi(s[:len(s)-1])
		if n > int(maxDuration/unit) {
			return fmt.Errorf("%s is too long; the most is ten years", s)
		}
		v = time.Duration(n) * unit
	}
	switch {
	case err != nil:
		return fmt.Errorf("%q is no duration; write it like 30s, 10m, 1h30m, 3d or 2w", s)
	case v < 0:
		return fmt.Errorf("%s is negative; write a duration from 0 up", s)
	case v > maxDuration:
		return fmt.Errorf("%s is too long; the most is ten years", s)
	}
	*d = Duration(v)
	return nil
}

// String writes the duration the way UnmarshalText reads it, without zero parts.
func (d Duration) String() string {
	v := time.Duration(d)
	switch {
	case v == 0:
		return "0"
	case v%(24*time.Hour) == 0:
		return strconv.Itoa(int(v/(24*time.Hour))) + "d"
	}
	s := v.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// zone is an IANA time zone by name.
type zone struct{ loc *time.Location }

func (z *zone) UnmarshalText(b []byte) error {
	name := string(b)
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return fmt.Errorf("there is no time zone %q; write an IANA name such as Europe/Berlin or Asia/Shanghai", name)
	}
	z.loc = loc
	return nil
}

func (z zone) name() string {
	if z.loc == nil {
		return ""
	}
	return z.loc.String()
}

// wall is a wall time such as "2026-01-05 09:00".
type wall struct{ oncall.Wall }

func (w *wall) UnmarshalText(b []byte) (err error) {
	w.Wall, err = oncall.ParseWall(string(b))
	return err
}

// clock is a time of day such as "09:00".
type clock struct {
	wallclock.TimeOfDay
	set bool
}

func (c *clock) UnmarshalText(b []byte) (err error) {
	c.TimeOfDay, err = wallclock.ParseTimeOfDay(string(b))
	c.set = err == nil
	return err
}

// date is a day such as "2026-10-01".
type date struct{ time.Time }

func (d *date) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return fmt.Errorf("%q is no date; write it like 2026-10-01", b)
	}
	d.Time = t
	return nil
}

// weekday is a day of the week: "mon" to "sun", or the full English name.
type weekday time.Weekday

func (w *weekday) UnmarshalText(b []byte) error {
	s := strings.ToLower(string(b))
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := strings.ToLower(d.String()); s == name || s == name[:3] {
			*w = weekday(d)
			return nil
		}
	}
	return fmt.Errorf("%q is no day of the week; use mon, tue, wed, thu, fri, sat or sun", b)
}
