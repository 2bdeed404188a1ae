package wallclock

import (
	"testing"
	"time"
	_ "time/tzdata" // every zone is there on every machine

	"hotline/bot/wallclock/wallclocktest"
)

// The water marks are another way to ask first and last; they must agree at
// every instant around a clock change.
func TestMarksAgreeWithEdges(t *testing.T) {
	for _, tt := range []struct{ name, zone, change string }{
		{"forward", "Europe/Berlin", "2026-03-29T01:00:00Z"},
		{"back", "Europe/Berlin", "2026-10-25T01:00:00Z"},
		{"half an hour", "Australia/Lord_Howe", "2026-04-04T15:00:00Z"},
		{"a day", "Pacific/Apia", "2011-12-30T10:00:00Z"},
		{"a repeated day", "Pacific/Kwajalein", "1969-09-30T13:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			change, err := time.Parse(time.RFC3339, tt.change)
			if err != nil {
				t.Fatal(err)
			}
			z := In(wallclocktest.Location(t, tt.zone))
			for at := change.Unix() - 3*3600; at < change.Unix()+3*3600; at += 300 {
				high, low := z.Marks(at)
				for w := at - 40*3600; w < at+40*3600; w += 900 {
					if (z.First(w) <= at) != (w <= high) {
						t.Fatalf("at %d: first(%d)=%d, high %d", at, w, z.First(w), high)
					}
					if (at < z.Last(w)) != (w >= low) {
						t.Fatalf("at %d: last(%d)=%d, low %d", at, w, z.Last(w), low)
					}
				}
			}
		})
	}
}

func TestParseTimeOfDay(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       TimeOfDay
		ok         bool
	}{
		{"morning", "09:00", 9 * 3600, true},
		{"seconds", "09:00:30", 9*3600 + 30, true},
		{"end of the day", "24:00", 86400, true},
		{"too late", "24:01", 0, false},
		{"empty", "", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseTimeOfDay(tt.text)
			if (err == nil) != tt.ok || got != tt.want {
				t.Fatalf("got %v, %v", got, err)
			}
			if back, err := ParseTimeOfDay(got.String()); tt.ok && (err != nil || back != got) {
				t.Errorf("%s reads back as %v, %v", got, back, err)
			}
		})
	}
}

// At every clock change of every zone from 2000 to 2040: starts and ends keep
// the order of wall times, a start is not after its end, and the clock shows the
// wall time at both unless it skips it.
func TestEdgesInEveryZone(t *testing.T) {
	for _, name := range wallclocktest.Zones() {
		loc := wallclocktest.Location(t, name)
		for at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2041; {
			_, next := at.In(loc).ZoneBounds()
			if next.IsZero() {
				break
			}
			if !next.After(at) { // see Zone.look
				at = at.AddDate(0, 0, 1)
				continue
			}
			edgesAround(t, loc, next.Unix())
			at = next
		}
	}
}

func edgesAround(t *testing.T, loc *time.Location, change int64) {
	t.Helper()
	z := In(loc)
	shows := func(at int64) int64 {
		_, off := time.Unix(at, 0).In(loc).Zone()
		return at + int64(off)
	}
	lastStart, lastEnd := int64(0), int64(0)
	for w := shows(change) - 5400; w <= shows(change)+5400; w += 900 {
		start, end := z.First(w), z.Last(w)
		if start > end || (lastStart != 0 && (start < lastStart || end < lastEnd)) {
			t.Fatalf("%v: wall %d starts at %d and ends at %d", loc, w, start, end)
		}
		skipped := shows(start) != w
		if skipped && (start != end || shows(start) < w || shows(start-1) >= w) {
			t.Fatalf("%v: wall %d is not skipped at %d", loc, w, start)
		}
		if !skipped && shows(end) != w {
			t.Fatalf("%v: wall %d does not end at %d", loc, w, end)
		}
		lastStart, lastEnd = start, end
	}
}
