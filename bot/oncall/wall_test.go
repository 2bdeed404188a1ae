package oncall

import (
	"testing"
	"time"

	"hotline/bot/wallclock/wallclocktest"
)

func wall(t testing.TB, text string) Wall {
	t.Helper()
	w, err := ParseWall(text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWallToInstant(t *testing.T) {
	for _, tt := range []struct{ name, zone, wall, start, end string }{
		{"plain", "Europe/Berlin", "2026-07-01 09:00", "2026-07-01T07:00:00Z", "2026-07-01T07:00:00Z"},
		{"missing hour", "Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"first second of the missing hour", "Europe/Berlin", "2026-03-29 02:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"first second after it", "Europe/Berlin", "2026-03-29 03:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"hour that comes twice", "Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		{"its first second", "Europe/Berlin", "2026-10-25 02:00", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
		{"the second after it", "Europe/Berlin", "2026-10-25 03:00", "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"},
		{"half an hour twice", "Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"},
		{"half an hour missing", "Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:30:00Z", "2026-10-03T15:30:00Z"},
		{"a day missing", "Pacific/Apia", "2011-12-30 12:00", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"midnight missing", "America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z"},
		{"midnight twice", "Atlantic/Azores", "2026-10-25 00:00", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
		{"Ramadan begins", "Africa/Casablanca", "2026-02-15 02:30", "2026-02-15T01:30:00Z", "2026-02-15T02:30:00Z"},
		{"Ramadan ends", "Africa/Casablanca", "2026-03-22 02:30", "2026-03-22T02:00:00Z", "2026-03-22T02:00:00Z"},
		{"last day of a leap year beyond the table", "America/New_York", "2040-12-31 09:00", "2040-12-31T14:00:00Z", "2040-12-31T14:00:00Z"},
		{"a zone without changes", "UTC", "2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
		{"seconds", "Asia/Shanghai", "2026-01-01 08:00:01", "2026-01-01T00:00:01Z", "2026-01-01T00:00:01Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			loc, w := wallclocktest.Location(t, tt.zone), wall(t, tt.wall)
			if got := w.StartIn(loc).UTC().Format(time.RFC3339); got != tt.start {
				t.Errorf("start %s, want %s", got, tt.start)
			}
			if got := w.EndIn(loc).UTC().Format(time.RFC3339); got != tt.end {
				t.Errorf("end %s, want %s", got, tt.end)
			}
		})
	}
}

func TestParseWall(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"minutes", "2026-01-05 09:00", "2026-01-05 09:00"},
		{"seconds and T", "2026-01-05T09:00:07", "2026-01-05 09:00:07"},
		{"date alone", "2024-02-29", "2024-02-29 00:00"},
		{"no such day", "2026-02-29", ""},
		{"no such time", "2026-01-05 24:01", ""},
		{"words", "tomorrow", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, err := ParseWall(tt.text)
			if (err != nil) != (tt.want == "") || (err == nil && w.String() != tt.want) {
				t.Errorf("got %v, %v; want %q", w, err, tt.want)
			}
		})
	}
}

// What ParseWall accepts it writes back as something it reads as the same time.
func FuzzParseWall(f *testing.F) {
	for _, text := range []string{"2026-01-05 09:00", "2026-01-05T09:00:07", "2024-02-29", "0000-01-01", "9999-12-31 23:59:59", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ParseWall(text)
		if err != nil {
			return
		}
		if back, err := ParseWall(w.String()); err != nil || back != w {
			t.Errorf("%q is %v, read back as %v, %v", text, w, back, err)
		}
	})
}
