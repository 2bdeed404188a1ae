package sla

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/bot/wallclock"
	"hotline/bot/wallclock/wallclocktest"
)

func utc(t testing.TB, text string) time.Time {
	t.Helper()
	layout := "2006-01-02 15:04:05"
	at, err := time.Parse(layout[:len(text)], text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// spans reads "09:00-12:00 13:00-17:00".
func spans(t testing.TB, text string) []Span {
	t.Helper()
	var list []Span
	for _, part := range strings.Fields(text) {
		from, to, _ := strings.Cut(part, "-")
		f, err1 := wallclock.ParseTimeOfDay(from)
		u, err2 := wallclock.ParseTimeOfDay(to)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		list = append(list, Span{f, u})
	}
	return list
}

// day reads "2026-02-17 09:00-12:00".
func day(t testing.TB, text, label string) Day {
	t.Helper()
	date, hours, _ := strings.Cut(text, " ")
	d, err := ParseDate(date)
	if err != nil {
		t.Fatal(err)
	}
	return Day{d, label, spans(t, hours)}
}

// week gives the same hours to Monday to Friday.
func week(t testing.TB, hours string) (w [7][]Span) {
	for d := time.Monday; d <= time.Friday; d++ {
		w[d] = spans(t, hours)
	}
	return w
}

func everyDay(t testing.TB, hours string) (w [7][]Span) {
	for d := range w {
		w[d] = spans(t, hours)
	}
	return w
}

func only(t testing.TB, weekday time.Weekday, hours string) (w [7][]Span) {
	w[weekday] = spans(t, hours)
	return w
}

func calendar(t testing.TB, zone string, weekly [7][]Span, days ...Day) *Calendar {
	t.Helper()
	c, err := NewCalendar(CalendarSpec{ID: "c", Zone: wallclocktest.Location(t, zone), Weekly: weekly, Days: days})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The open time between two instants, worked out by hand, and the deadline that
// is just that far away.
func TestBetweenAndAdd(t *testing.T) {
	china := calendar(t, "Asia/Shanghai", week(t, "09:00-12:00 13:30-18:00"),
		day(t, "2026-02-16", "Spring Festival"), day(t, "2026-02-17", "Spring Festival"), day(t, "2026-02-18", "Spring Festival"),
		day(t, "2026-02-19", "Spring Festival"), day(t, "2026-02-20", "Spring Festival"),
		day(t, "2026-02-14 09:00-12:00 13:30-18:00", "Make-up day"), day(t, "2026-02-24 09:00-12:00", "Half day"))
	berlin := calendar(t, "Europe/Berlin", week(t, "09:00-17:00"))
	always := calendar(t, "Europe/Berlin", everyDay(t, "00:00-24:00"))
	night := calendar(t, "Europe/Berlin", only(t, time.Friday, "22:00-06:00"), day(t, "2026-10-24", "Saturday off"))
	for _, tt := range []struct {
		name     string
		calendar *Calendar
		from, to string // UTC
		want     time.Duration
	}{
		{"around the clock", nil, "2026-01-05 10:00", "2026-01-06 10:00", 24 * time.Hour},
		{"zero calendar", &Calendar{}, "2026-01-05 10:00", "2026-01-06 10:00", 24 * time.Hour},
		{"within hours", berlin, "2026-01-05 09:00", "2026-01-05 10:30", 90 * time.Minute},
		{"opens at 09:00", berlin, "2026-01-05 07:00", "2026-01-05 08:30", 30 * time.Minute},
		{"over a night", berlin, "2026-01-05 15:30", "2026-01-06 08:30", time.Hour},
		{"over a weekend", berlin, "2026-01-09 15:30", "2026-01-12 08:30", time.Hour},
		{"a whole week", berlin, "2026-01-05 00:00", "2026-01-11 23:00", 40 * time.Hour},
		{"summer time", berlin, "2026-07-06 07:00", "2026-07-06 15:00", 8 * time.Hour},
		{"lunch", china, "2026-02-10 01:00", "2026-02-10 10:00", 7*time.Hour + 30*time.Minute},
		{"in lunch", china, "2026-02-10 03:30", "2026-02-10 05:45", 45 * time.Minute},
		{"Saturday made up", china, "2026-02-14 00:00", "2026-02-14 23:00", 7*time.Hour + 30*time.Minute},
		{"usual Saturday", china, "2026-02-07 00:00", "2026-02-07 23:00", 0},
		{"over the festival", china, "2026-02-14 09:30", "2026-02-23 01:30", time.Hour},
		{"half day", china, "2026-02-24 00:00", "2026-02-24 23:00", 3 * time.Hour},
		{"a day of 23 hours", always, "2026-03-28 23:00", "2026-03-29 22:00", 23 * time.Hour},
		{"a day of 25 hours", always, "2026-10-24 22:00", "2026-10-25 23:00", 25 * time.Hour},
		{"adjoining days count once", always, "2026-10-20 00:00", "2026-10-30 00:00", 240 * time.Hour},
		{"across midnight", night, "2026-01-09 12:00", "2026-01-10 12:00", 8 * time.Hour},
		{"the span belongs to Friday, though Saturday is off", night, "2026-10-23 12:00", "2026-10-24 12:00", 8 * time.Hour},
		{"night of the longer day", calendar(t, "Europe/Berlin", only(t, time.Saturday, "22:00-06:00")), "2026-10-24 12:00", "2026-10-25 12:00", 9 * time.Hour},
		{"night of the shorter day", calendar(t, "Europe/Berlin", only(t, time.Saturday, "22:00-06:00")), "2026-03-28 12:00", "2026-03-29 12:00", 7 * time.Hour},
		{"closes at the last 02:30", calendar(t, "Europe/Berlin", only(t, time.Sunday, "00:00-02:30")), "2026-10-24 12:00", "2026-10-25 12:00", 3*time.Hour + 30*time.Minute},
		{"opens at the first 02:30", calendar(t, "Europe/Berlin", only(t, time.Sunday, "02:30-04:00")), "2026-10-24 12:00", "2026-10-25 12:00", 2*time.Hour + 30*time.Minute},
		{"opens in the missing hour", calendar(t, "Europe/Berlin", only(t, time.Sunday, "02:30-04:00")), "2026-03-28 12:00", "2026-03-29 12:00", time.Hour},
		{"overlapping spans count once", calendar(t, "UTC", everyDay(t, "09:00-12:00 11:00-13:00")), "2026-01-05 00:00", "2026-01-06 00:00", 4 * time.Hour},
		{"half an hour back", calendar(t, "Australia/Lord_Howe", everyDay(t, "00:00-24:00")), "2026-04-04 13:00", "2026-04-05 13:30", 24*time.Hour + 30*time.Minute},
		{"the day that did not exist", calendar(t, "Pacific/Apia", everyDay(t, "09:00-17:00")), "2011-12-30 05:00", "2011-12-31 05:00", 8 * time.Hour},
		{"back over midnight: a span of the day before", calendar(t, "America/St_Johns", only(t, time.Friday, "23:30-23:30")), "2010-11-07 02:30:30", "2010-11-07 04:00", 29*time.Minute + 30*time.Second},
		{"back over midnight: a span of the day after", calendar(t, "America/St_Johns", only(t, time.Sunday, "00:30-01:30")), "2010-11-07 02:45", "2010-11-08 12:00", time.Hour},
		{"back over midnight: two days on", calendar(t, "America/St_Johns", only(t, time.Monday, "00:30-01:30")), "2010-11-07 02:45", "2010-11-09 12:00", time.Hour},
		{"backwards is nothing", berlin, "2026-01-06 10:00", "2026-01-05 10:00", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			from, to := utc(t, tt.from), utc(t, tt.to)
			if got := tt.calendar.Between(from, to); got != tt.want {
				t.Errorf("between: %v, want %v", got, tt.want)
			}
			if tt.want == 0 {
				return
			}
			due, ok := tt.calendar.Add(from, tt.want)
			if !ok || due.After(to) || tt.calendar.Between(from, due) != tt.want || tt.calendar.Between(from, due.Add(-1)) != tt.want-1 {
				t.Errorf("add: %v, %v", due, ok)
			}
			var sum time.Duration
			at := from
			for _, s := range tt.calendar.Stretches(from, to) {
				if !s.From.Equal(at) {
					t.Errorf("stretch begins at %v, want %v", s.From, at)
				}
				if at = s.To; s.Open {
					sum += s.To.Sub(s.From)
				}
				if middle := s.From.Add(s.To.Sub(s.From) / 2); tt.calendar.Open(middle) != s.Open {
					t.Errorf("Open(%v) is not %v", middle, s.Open)
				}
			}
			if sum != tt.want || !at.Equal(to) {
				t.Errorf("stretches end at %v and add up to %v", at, sum)
			}
		})
	}
}

func TestStretchLabels(t *testing.T) {
	c := calendar(t, "UTC", week(t, "09:00-17:00"), day(t, "2026-05-01", "Labour Day"), day(t, "2026-05-02 10:00-12:00", "Make-up day"))
	var got []string
	for _, s := range c.Stretches(utc(t, "2026-04-30 12:00"), utc(t, "2026-05-03 12:00")) {
		got = append(got, fmt.Sprintf("%s %v %s", s.From.Format("02T15"), s.Open, s.Label))
	}
	want := "30T12 true |30T17 false |01T00 false Labour Day|02T00 false Make-up day|02T10 true Make-up day|02T12 false Make-up day|03T00 false "
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

func TestAddGivesUp(t *testing.T) {
	// Nothing but one hour on a day in the past.
	c := calendar(t, "UTC", only(t, time.Monday, "09:00-09:00"))
	for d := utc(t, "2026-01-01 00:00"); d.Year() < 2038; d = d.AddDate(0, 0, 1) {
		date := Date{d.Year(), d.Month(), d.Day()}
		c.days[date.number()] = &Day{Date: date}
	}
	if at, ok := c.Add(utc(t, "2026-01-01 00:00"), time.Hour); ok {
		t.Errorf("found %v", at)
	}
}

func TestNewCalendar(t *testing.T) {
	good := week(t, "09:00-17:00")
	for _, tt := range []struct {
		name string
		spec CalendarSpec
		want string
	}{
		{"good", CalendarSpec{ID: "c", Weekly: good}, ""},
		{"no hours", CalendarSpec{ID: "c"}, "at least one weekday"},
		{"date twice", CalendarSpec{ID: "c", Weekly: good, Days: []Day{day(t, "2026-01-01", ""), day(t, "2026-01-01", "")}}, "given twice"},
		{"no such date", CalendarSpec{ID: "c", Weekly: good, Days: []Day{{Date: Date{2026, 2, 29}}}}, "no date 2026-02-29"},
		{"hours out of range", CalendarSpec{ID: "c", Weekly: [7][]Span{1: {{From: -1}}}}, "Monday: opening hours"},
		{"hours of a day out of range", CalendarSpec{ID: "c", Weekly: good, Days: []Day{{Date: Date{2026, 2, 2}, Open: []Span{{To: 86401}}}}}, "2026-02-02: opening hours"},
		{"too many spans", CalendarSpec{ID: "c", Weekly: [7][]Span{1: make([]Span, 25)}}, "at most 24"},
		{"too many days", CalendarSpec{ID: "c", Weekly: good, Days: make([]Day, 10001)}, "at most 10000"},
		{"announced", CalendarSpec{ID: "c", Weekly: good, Announced: Date{2026, 13, 1}}, "announced"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewCalendar(tt.spec)
			if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestCalendarKeepsItsOwnCopy(t *testing.T) {
	spec := CalendarSpec{ID: "c", Version: "7", Weekly: week(t, "09:00-17:00"), Days: []Day{day(t, "2026-01-06 10:00-11:00", "")}}
	c, err := NewCalendar(spec)
	if err != nil {
		t.Fatal(err)
	}
	spec.Weekly[1][0] = Span{}
	spec.Days[0].Open[0] = Span{}
	if got := c.Between(utc(t, "2026-01-05 00:00"), utc(t, "2026-01-07 00:00")); got != 9*time.Hour {
		t.Errorf("got %v", got)
	}
	if c.ID() != "c@7" || c.Zone() != time.UTC || (*Calendar)(nil).ID() != "24x7" || (*Calendar)(nil).Zone() != time.UTC {
		t.Errorf("ID %s, zone %v", c.ID(), c.Zone())
	}
}

func TestProvisional(t *testing.T) {
	c, err := NewCalendar(CalendarSpec{ID: "c", Zone: wallclocktest.Location(t, "Asia/Shanghai"), Weekly: week(t, "09:00-17:00"), Announced: Date{2026, 12, 31}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		at   string
		want bool
	}{
		{"last announced day", "2026-12-31 15:59", false},
		{"the day after, in the calendar's zone", "2026-12-31 16:00", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.Provisional(utc(t, tt.at)); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestParseDate(t *testing.T) {
	if d, err := ParseDate("2026-02-29"); err == nil {
		t.Errorf("29 February 2026 read as %v", d)
	}
	if d, err := ParseDate("2024-02-29"); err != nil || d.String() != "2024-02-29" {
		t.Errorf("got %v, %v", d, err)
	}
}

// The working days of 2025 in mainland China by the State Council's notice of
// 12 November 2024: 261 weekdays, less 18 that are free, plus five weekend days
// made up, are 248.
func TestChina2025(t *testing.T) {
	var days []Day
	free := func(label, from, to string) {
		for at := utc(t, from+" 00:00"); !at.After(utc(t, to+" 00:00")); at = at.AddDate(0, 0, 1) {
			days = append(days, Day{Date: Date{at.Year(), at.Month(), at.Day()}, Label: label})
		}
	}
	free("元旦", "2025-01-01", "2025-01-01")
	free("春节", "2025-01-28", "2025-02-04")
	free("清明节", "2025-04-04", "2025-04-06")
	free("劳动节", "2025-05-01", "2025-05-05")
	free("端午节", "2025-05-31", "2025-06-02")
	free("国庆节、中秋节", "2025-10-01", "2025-10-08")
	for _, date := range []string{"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"} {
		days = append(days, day(t, date+" 09:00-12:00 13:00-18:00", "调休上班"))
	}
	c := calendar(t, "Asia/Shanghai", week(t, "09:00-12:00 13:00-18:00"), days...)
	if got := c.Between(utc(t, "2024-12-31 16:00"), utc(t, "2025-12-31 16:00")); got != 248*8*time.Hour {
		t.Errorf("%v open, want 248 days of 8 hours", got)
	}
	for _, tt := range []struct {
		name, from, due string // UTC
		within          time.Duration
	}{
		{"over the Spring Festival to the made-up Saturday", "2025-01-27 09:00", "2025-02-08 02:00", 26 * time.Hour},
		{"a made-up Sunday before the national holiday", "2025-09-27 05:00", "2025-09-28 10:00", 8 * time.Hour},
		{"eight free days", "2025-09-30 09:00", "2025-10-09 01:30", 90 * time.Minute},
		{"a made-up Saturday after it", "2025-10-10 09:00", "2025-10-11 02:00", 2 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if due, ok := c.Add(utc(t, tt.from), tt.within); !ok || !due.Equal(utc(t, tt.due)) {
				t.Errorf("due %v, want %s", due, tt.due)
			}
		})
	}
}
