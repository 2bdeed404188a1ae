package oncall

import (
	"fmt"
	"strings"
	"testing"
)

func line(shifts []Shift) string {
	var out []string
	for _, s := range shifts {
		out = append(out, fmt.Sprintf("%s %s-%s", s.Person, s.From.Format("0102T1504"), s.To.Format("0102T1504")))
	}
	return strings.Join(out, "; ")
}

func TestShifts(t *testing.T) {
	s := weekly(t, "a", "b")
	from, to := utc(t, "2026-01-05 08:00"), utc(t, "2026-01-26 08:00")
	add := Override{ID: "1", Schedule: "core", Kind: Add, Person: "x", From: utc(t, "2026-01-11 08:00"), To: utc(t, "2026-01-13 08:00")}
	got := line(Shifts(Timeline(s, []Override{add}, nil, from, to)))
	want := "a 0105T0800-0112T0800; x 0111T0800-0113T0800; b 0112T0800-0119T0800; a 0119T0800-0126T0800"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestMoved(t *testing.T) {
	s := weekly(t, "a", "b")
	from, to := utc(t, "2026-01-05 08:00"), utc(t, "2026-01-26 08:00")
	base := Timeline(s, nil, nil, from, to)
	later := weekly(t, "a", "b")
	later.Layers[0].Rotation.Start = wall(t, "2026-01-05 10:00")
	replace := Override{ID: "1", Schedule: "core", Kind: Replace, Person: "x", Replaces: "a", From: utc(t, "2026-01-11 08:00"), To: utc(t, "2026-01-13 08:00")}
	for _, tt := range []struct {
		name  string
		after []Span
		want  string
	}{
		{"nothing", base, ""},
		{"replaced for a day", Timeline(s, []Override{replace}, nil, from, to), "a +() -(a 0111T0800-0112T0800) | x +(x 0111T0800-0112T0800) -()"},
		{"hand-over an hour later", Timeline(later, nil, nil, from, to),
			"a +(a 0112T0800-0112T0900) -(a 0105T0800-0105T0900; a 0119T0800-0119T0900) | b +(b 0119T0800-0119T0900) -(b 0112T0800-0112T0900)"},
		{"all gone", nil, "a +() -(a 0105T0800-0112T0800; a 0119T0800-0126T0800) | b +() -(b 0112T0800-0119T0800)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, m := range Moved(base, tt.after) {
				got = append(got, fmt.Sprintf("%s +(%s) -(%s)", m.Person, line(m.Gained), line(m.Lost)))
			}
			if strings.Join(got, " | ") != tt.want {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, " | "), tt.want)
			}
		})
	}
}

func TestMovedWhenTheOldTimelineBeginsEarlier(t *testing.T) {
	s := weekly(t, "a", "b")
	s.Layers[0].Rotation.Start = wall(t, "2025-12-01 09:00")
	from, to := utc(t, "2026-01-05 08:00"), utc(t, "2026-01-26 08:00")
	for _, m := range Moved(Timeline(s, nil, nil, from.AddDate(0, 0, -28), to), Timeline(s, nil, nil, from, to)) {
		if len(m.Gained) != 0 {
			t.Errorf("%s gains %s", m.Person, line(m.Gained))
		}
	}
}
