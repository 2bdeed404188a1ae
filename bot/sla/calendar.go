package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"hotline/bot/wallclock"
)

// Date is a day in the calendar; the zero Date means "not set".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads "2026-02-17".
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Date{}, fmt.Errorf("date %q: write it like 2026-02-17", text)
	}
	return Date{t.Year(), t.Month(), t.Day()}, nil
}

// String writes the date the way ParseDate reads it.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// number counts the days since 1970-01-01.
func (d Date) number() int64 {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / wallclock.DaySeconds
}

func (d Date) valid() bool {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	return d.Year >= 1900 && d.Year <= 2200 && d == Date{t.Year(), t.Month(), t.Day()}
}

// Span is a stretch of opening hours in wall time. To is on the same day if it
// is later than From, on the next day otherwise; equal times mean 24 hours.
type Span struct{ From, To wallclock.TimeOfDay }

// Day is a dated exception: it replaces the spans of its weekday.
type Day struct {
	Date  Date
	Label string // what people call it, such as "Spring Festival"
	// Open are the spans of that day: none for a holiday, the hours worked for
	// a make-up working day or a half day.
	Open []Span
}

// CalendarSpec describes a calendar.
type CalendarSpec struct {
	ID, Version string
	// Zone is where wall times are read; nil means UTC.
	Zone *time.Location
	// Weekly are the spans of each weekday, by time.Weekday.
	Weekly [7][]Span
	// Days are the exceptions, at most one per date.
	Days []Day
	// Announced is the last date for which the exceptions are known; deadlines
	// after it are provisional. Zero means that all are known.
	Announced Date
}

// Calendar says when time counts. It is made by NewCalendar and never changes; a
// nil or zero Calendar is open around the clock.
type Calendar struct {
	spec CalendarSpec
	days map[int64]*Day
}

// Bounds that keep one question about a calendar cheap.
const maxSpansPerDay, maxDays = 24, 10000

// NewCalendar checks a description and makes a calendar of it. It refuses times
// out of range, a date given twice, and a calendar without any weekly hours.
func NewCalendar(spec CalendarSpec) (*Calendar, error) {
	c := &Calendar{spec: spec, days: make(map[int64]*Day, len(spec.Days))}
	if c.spec.Zone == nil {
		c.spec.Zone = time.UTC
	}
	if len(spec.Days) > maxDays {
		return nil, fmt.Errorf("calendar %s: %d dated exceptions, at most %d are allowed", spec.ID, len(spec.Days), maxDays)
	}
	if !slices.ContainsFunc(spec.Weekly[:], func(spans []Span) bool { return len(spans) > 0 }) {
		return nil, fmt.Errorf("calendar %s: give at least one weekday opening hours", spec.ID)
	}
	if spec.Announced != (Date{}) && !spec.Announced.valid() {
		return nil, fmt.Errorf("calendar %s: announced %s: there is no such date", spec.ID, spec.Announced)
	}
	for day, spans := range spec.Weekly {
		c.spec.Weekly[day] = slices.Clone(spans)
		if err := checkSpans(spans); err != nil {
			return nil, fmt.Errorf("calendar %s, %s: %w", spec.ID, time.Weekday(day), err)
		}
	}
	c.spec.Days = slices.Clone(spec.Days)
	for i := range c.spec.Days {
		d := &c.spec.Days[i]
		d.Open = slices.Clone(d.Open)
		if !d.Date.valid() {
			return nil, fmt.Errorf("calendar %s: there is no date %s", spec.ID, d.Date)
		}
		if err := checkSpans(d.Open); err != nil {
			return nil, fmt.Errorf("calendar %s, %s: %w", spec.ID, d.Date, err)
		}
		if c.days[d.Date.number()] != nil {
			return nil, fmt.Errorf("calendar %s: %s is given twice", spec.ID, d.Date)
		}
		c.days[d.Date.number()] = d
	}
	return c, nil
}

func checkSpans(spans []Span) error {
	if len(spans) > maxSpansPerDay {
		return fmt.Errorf("%d spans, at most %d are allowed", len(spans), maxSpansPerDay)
	}
	for _, s := range spans {
		if s.From < 0 || s.From >= wallclock.DaySeconds || s.To < 0 || s.To > wallclock.DaySeconds {
			return errors.New("opening hours go from 00:00 to 24:00")
		}
	}
	return nil
}

// always reports whether the calendar is open around the clock.
func (c *Calendar) always() bool { return c == nil || c.spec.Zone == nil }

// ID returns the ID and version of the calendar, or "24x7" for a nil calendar.
func (c *Calendar) ID() string {
	switch {
	case c.always():
		return "24x7"
	case c.spec.Version == "":
		return c.spec.ID
	}
	return c.spec.ID + "@" + c.spec.Version
}

// DaysOff returns the dated exceptions on which nothing is open, in the order in
// which they were given; none for a nil calendar.
func (c *Calendar) DaysOff() []Date {
	if c.always() {
		return nil
	}
	var off []Date
	for i := range c.spec.Days {
		if len(c.spec.Days[i].Open) == 0 {
			off = append(off, c.spec.Days[i].Date)
		}
	}
	return off
}

// Zone returns the zone of the calendar, UTC for a nil calendar.
func (c *Calendar) Zone() *time.Location {
	if c.always() {
		return time.UTC
	}
	return c.spec.Zone
}

// Provisional reports whether an instant lies after the last date for which the
// exceptions of the calendar are announced.
func (c *Calendar) Provisional(at time.Time) bool {
	if c.always() || c.spec.Announced == (Date{}) {
		return false
	}
	z := wallclock.In(c.spec.Zone)
	return z.Day(at.Unix()) > c.spec.Announced.number()
}

// spans returns the opening spans of a day and the exception that set them.
func (c *Calendar) spans(day int64) ([]Span, *Day) {
	if d := c.days[day]; d != nil {
		return d.Open, d
	}
	weekday := (day + 4) % 7 // 1970-01-01 was a Thursday
	if weekday < 0 {
		weekday += 7
	}
	return c.spec.Weekly[weekday], nil
}
