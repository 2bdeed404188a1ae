package oncall

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/bot/wallclock/wallclocktest"
)

func show(spans []Span) string {
	var lines []string
	for _, s := range spans {
		lines = append(lines, fmt.Sprintf("%s %s", s.From.Format("0102T1504"), strings.Join(s.Responders, ",")))
	}
	return strings.Join(lines, "; ")
}

func TestTimeline(t *testing.T) {
	monthly := weekly(t, "a", "b")
	monthly.Layers[0].Rotation = Rotation{Unit: Monthly, Every: 1, Start: wall(t, "2026-01-31 00:00"), Participants: []string{"a", "b"}}
	alone := weekly(t, "a")
	alone.Layers[0].Until = wall(t, "2026-01-20 09:00")
	for _, tt := range []struct {
		name     string
		schedule Schedule
		from, to string
		want     string
	}{
		{"weeks", weekly(t, "a", "b"), "2026-01-05 12:00", "2026-01-20 00:00", "0105T1200 a; 0112T0800 b; 0119T0800 a"},
		{"begins before the rotation", weekly(t, "a", "b"), "2026-01-01 00:00", "2026-01-06 00:00", "0101T0000 ; 0105T0800 a"},
		{"month ends", monthly, "2026-02-01 00:00", "2026-06-01 00:00", "0201T0000 a; 0227T2300 b; 0330T2200 a; 0429T2200 b; 0530T2200 a"},
		{"one person is one span", alone, "2026-01-06 00:00", "2026-02-01 00:00", "0106T0000 a; 0120T0800 "},
		{"backwards is empty", alone, "2026-02-01 00:00", "2026-01-01 00:00", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := show(Timeline(tt.schedule, nil, nil, utc(t, tt.from), utc(t, tt.to)))
			if got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestGaps(t *testing.T) {
	s := weekly(t, "a", "b")
	s.Layers[0].Windows = []Window{{Days: []time.Weekday{1, 2, 3, 4, 5}, From: 9 * 3600, To: 17 * 3600}}
	got := show(Gaps(s, nil, nil, utc(t, "2026-01-08 12:00"), utc(t, "2026-01-12 12:00")))
	if want := "0108T1600 ; 0109T1600 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNext(t *testing.T) {
	yearly := weekly(t, "a", "b")
	yearly.Layers[0].Rotation = Rotation{Unit: Monthly, Every: 12, Start: wall(t, "2027-03-01 09:00"), Participants: []string{"a", "b"}}
	for _, tt := range []struct {
		name     string
		schedule Schedule
		after    string
		want     string
	}{
		{"in the week", weekly(t, "a", "b"), "2026-01-06 00:00", "2026-01-12 08:00 b"},
		{"at the hand-over the one after", weekly(t, "a", "b"), "2026-01-12 08:00", "2026-01-19 08:00 a"},
		{"a year ahead", yearly, "2027-03-01 08:00", "2028-03-01 08:00 b"},
		{"never", weekly(t, "a"), "2026-01-06 00:00", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			next, ok := Next(tt.schedule, nil, nil, utc(t, tt.after))
			got := ""
			if ok {
				got = next.From.Format("2006-01-02 15:04 ") + strings.Join(next.Responders, ",")
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNextShift(t *testing.T) {
	s := weekly(t, "a", "b", "c")
	add := Override{ID: "1", Schedule: "core", Kind: Add, Person: "x", From: utc(t, "2026-01-14 00:00"), To: utc(t, "2026-01-15 00:00")}
	for _, tt := range []struct{ name, person, after, from, to string }{
		{"a later turn, with somebody added in it", "b", "2026-01-06 00:00", "2026-01-12 08:00", "2026-01-19 08:00"},
		{"under way", "b", "2026-01-13 00:00", "2026-01-13 00:00", "2026-01-19 08:00"},
		{"by override", "x", "2026-01-06 00:00", "2026-01-14 00:00", "2026-01-15 00:00"},
		{"never", "x", "2026-01-15 00:00", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			shift, ok := NextShift(s, []Override{add}, nil, tt.person, utc(t, tt.after))
			if ok != (tt.from != "") {
				t.Fatalf("ok %v, shift %v", ok, shift)
			}
			if ok && (!shift.From.Equal(utc(t, tt.from)) || !shift.To.Equal(utc(t, tt.to))) {
				t.Errorf("got %v to %v", shift.From, shift.To)
			}
		})
	}
}

// follow is a busy schedule: three regions, hours, weekends, an override.
func follow(t testing.TB) (Schedule, []Override) {
	layer := func(name, zone string, people ...string) Layer {
		return Layer{Name: name, Zone: wallclocktest.Location(t, zone), Windows: []Window{{From: 8 * 3600, To: 17 * 3600}},
			Rotation: Rotation{Unit: Weekly, Every: 1, Start: wall(t, "2026-01-05 08:00"), Participants: people}}
	}
	s := Schedule{ID: "sun", Zone: time.UTC, Layers: []Layer{
		{Name: "base", Rotation: Rotation{Unit: Daily, Every: 1, Start: wall(t, "2026-01-01"), Participants: []string{"a", "b", "c"}}},
		layer("apac", "Asia/Shanghai", "d", "e"), layer("emea", "Europe/Berlin", "f", "g"), layer("amer", "America/New_York", "h", "i"),
	}}
	return s, []Override{{ID: "1", Schedule: "sun", Kind: Replace, Person: "x", Replaces: "a", From: utc(t, "2026-03-01 00:00"), To: utc(t, "2026-03-08 00:00")}}
}

func BenchmarkOn(b *testing.B) {
	s, overrides := follow(b)
	at := utc(b, "2026-03-03 12:00")
	for b.Loop() {
		On(s, overrides, nil, at)
	}
}

func BenchmarkAt(b *testing.B) {
	s, overrides := follow(b)
	at := utc(b, "2026-03-03 12:00")
	for b.Loop() {
		At(s, overrides, nil, at)
	}
}

func BenchmarkTimeline90Days(b *testing.B) {
	s, overrides := follow(b)
	from, to := utc(b, "2026-01-01 00:00"), utc(b, "2026-04-01 00:00")
	for b.Loop() {
		Timeline(s, overrides, nil, from, to)
	}
}
