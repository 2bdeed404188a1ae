package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hotline/bot/sla"
	"hotline/bot/wallclock"
)

type calendarFile struct {
	ID       string            `yaml:"id"`
	Name     string            `yaml:"name"`
	Zone     zone              `yaml:"zone"`
	Preset   string            `yaml:"preset"`
	Hours    map[string][]span `yaml:"hours"`
	Lunch    span              `yaml:"lunch"`
	Holidays []holidayFile     `yaml:"holidays"`
	Extra    []extraFile       `yaml:"extra"`
	// Announced is the last day whose exceptions are known.
	Announced date `yaml:"announced"`
}

type holidayFile struct {
	Date  date   `yaml:"date"`
	Until date   `yaml:"until"`
	Name  string `yaml:"name"`
	Hours []span `yaml:"hours"`
}

type extraFile struct {
	Date  date   `yaml:"date"`
	Name  string `yaml:"name"`
	Hours []span `yaml:"hours"`
}

// span is a part of a day such as "09:00-12:00". The end may be 24:00, or lie on
// the next day when it is not later than the beginning.
type span struct{ from, to wallclock.TimeOfDay }

func (s *span) UnmarshalText(b []byte) error {
	from, to, ok := strings.Cut(string(b), "-")
	var err1, err2 error
	s.from, err1 = wallclock.ParseTimeOfDay(strings.TrimSpace(from))
	s.to, err2 = wallclock.ParseTimeOfDay(strings.TrimSpace(to))
	if !ok || err1 != nil || err2 != nil || s.from == 86400 {
		return fmt.Errorf("%q are no hours; write them like 09:00-12:00", b)
	}
	return nil
}

// overnight reports whether the span ends on the next day.
func (s span) overnight() bool { return s.to <= s.from }

// week is the hours of each day, from Sunday.
type week [7][]span

// presets are the usual service hours, in the calendar's zone.
var presets = map[string]week{
	"24x7": everyDay(0, 7, span{0, 86400}),
	"7x12": everyDay(0, 7, span{8 * 3600, 20 * 3600}),
	"5x8":  everyDay(1, 6, span{9 * 3600, 17 * 3600}),
}

// everyDay is a week with the same hours on the days from first to before last.
func everyDay(first, last int, s span) (w week) {
	for d := first; d < last; d++ {
		w[d] = []span{s}
	}
	return w
}

// weekOf reads the hours of a calendar: a preset or hours by day, less lunch.
func (b *builder) weekOf(path string, f *calendarFile) week {
	var w week
	switch {
	case f.Preset != "" && len(f.Hours) > 0:
		b.add(join(path, "hours"), "a calendar has a preset or hours, not both", "remove one of them")
	case f.Preset == "" && len(f.Hours) == 0:
		b.add(path, "the calendar has no hours", "set preset to one of "+strings.Join(sortedKeys(presets), ", ")+", or hours by day")
	case f.Preset != "":
		b.oneOf(join(path, "preset"), f.Preset, sortedKeys(presets))
		w = presets[f.Preset]
	}
	for _, key := range sortedKeys(f.Hours) {
		p := join(join(path, "hours"), key)
		days, ok := daysOf(key)
		if !ok {
			b.add(p, fmt.Sprintf("%q is no day of the week", key), "use mon to sun, or a range such as mon-fri")
		}
		b.ordered(p, f.Hours[key])
		for _, d := range days {
			if len(w[d]) > 0 {
				b.add(p, fmt.Sprintf("%s has hours already", time.Weekday(d)), "name each day once")
			}
			w[d] = f.Hours[key]
		}
	}
	return b.withoutLunch(path, f, w)
}

// withoutLunch takes the lunch break out of every day.
func (b *builder) withoutLunch(path string, f *calendarFile, w week) week {
	if f.Lunch == (span{}) {
		return w
	}
	for d := range w {
		if f.Lunch.overnight() || slices.ContainsFunc(w[d], span.overnight) {
			b.add(join(path, "lunch"), "does not work with hours that pass midnight", "write the hours before and after the break in hours")
			return w
		}
		w[d] = without(w[d], f.Lunch)
	}
	return w
}

// daysOf reads "mon" or "mon-fri"; a range may pass the end of the week.
func daysOf(text string) (days []int, ok bool) {
	first, last, isRange := strings.Cut(text, "-")
	var from, to weekday
	if from.UnmarshalText([]byte(first)) != nil {
		return nil, false
	}
	if !isRange {
		return []int{int(from)}, true
	}
	if to.UnmarshalText([]byte(last)) != nil {
		return nil, false
	}
	for d := int(from); ; d = (d + 1) % 7 {
		days = append(days, d)
		if d == int(to) {
			return days, true
		}
	}
}

// ordered checks that the hours of a day do not overlap. Only the last may pass
// midnight.
func (b *builder) ordered(path string, list []span) {
	for i := 1; i < len(list); i++ {
		if list[i].from < list[i-1].to || list[i-1].overnight() {
			b.add(path, "the hours overlap or are not in order", "list them from early to late")
		}
	}
}

// without takes a break out of the hours of a day.
func without(list []span, out span) []span {
	var left []span
	for _, s := range list {
		if before := (span{s.from, min(s.to, out.from)}); before.from < before.to {
			left = append(left, before)
		}
		if after := (span{max(s.from, out.to), s.to}); after.from < after.to {
			left = append(left, after)
		}
	}
	return left
}

// exception is a day on which other hours count: none on a holiday.
type exception struct {
	day   sla.Date
	hours []span
	name  string
}

// maxExceptions bounds the special days of a calendar: decades of them.
const maxExceptions = 5000

// exceptions lists the special days of a calendar. A date stands once.
func (b *builder) exceptions(path string, f *calendarFile, w week) []exception {
	var out []exception
	seen := map[string]bool{}
	read := func(section string, list []holidayFile) {
		for i := range list {
			h, p := &list[i], at(join(path, section), i)
			if h.Date.IsZero() {
				b.add(p, "the date is missing or wrong", "write date: 2026-10-01")
				continue
			}
			b.ordered(p, h.Hours)
			last := h.Date.Time
			if !h.Until.IsZero() {
				last = h.Until.Time
			}
			if last.Before(h.Date.Time) || last.Sub(h.Date.Time) > 366*24*time.Hour {
				b.add(join(p, "until"), "must lie after date, within a year", "")
				continue
			}
			for day := h.Date.Time; !day.After(last); day = day.AddDate(0, 0, 1) {
				key := day.Format(time.DateOnly)
				if seen[key] {
					b.add(p, key+" has been listed before", "list each day once")
				}
				seen[key] = true
				out = append(out, exception{day: slaDate(day), name: h.Name, hours: h.Hours})
			}
		}
	}
	var extra []holidayFile
	for _, e := range f.Extra {
		if len(e.Hours) == 0 {
			e.Hours = usualDay(w)
		}
		extra = append(extra, holidayFile{Date: e.Date, Name: e.Name, Hours: e.Hours})
	}
	read("holidays", f.Holidays)
	read("extra", extra)
	if len(out) > maxExceptions {
		b.add(path, fmt.Sprintf("has more than %d special days", maxExceptions), "drop past years")
		return nil
	}
	return out
}

// usualDay is the hours of the first working day from Monday on; an extra working
// day has them when the file names none.
func usualDay(w week) []span {
	for d := range 7 {
		if hours := w[(d+1)%7]; len(hours) > 0 {
			return hours
		}
	}
	return nil
}

func slaDate(t time.Time) sla.Date { return sla.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()} }

func slaSpans(list []span) []sla.Span {
	var out []sla.Span
	for _, s := range list {
		out = append(out, sla.Span{From: s.from, To: s.to})
	}
	return out
}

func (b *builder) buildCalendars() {
	for i := range b.file.Calendars {
		f, path := &b.file.Calendars[i], at("calendars", i)
		w := b.weekOf(path, f)
		spec := sla.CalendarSpec{ID: f.ID, Zone: f.Zone.loc}
		if spec.Zone == nil {
			spec.Zone = b.file.Zone.loc
		}
		for d := range w {
			spec.Weekly[d] = slaSpans(w[d])
		}
		for _, e := range b.exceptions(path, f, w) {
			spec.Days = append(spec.Days, sla.Day{Date: e.day, Label: e.name, Open: slaSpans(e.hours)})
		}
		if !f.Announced.IsZero() {
			spec.Announced = slaDate(f.Announced.Time)
		}
		c, err := sla.NewCalendar(spec)
		if err != nil {
			b.add(path, err.Error(), "")
			continue
		}
		b.calendars[f.ID] = c
	}
}
