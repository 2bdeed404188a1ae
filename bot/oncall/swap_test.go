package oncall

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func shift(t testing.TB, person, from, to string) Shift {
	return Shift{Person: person, From: utc(t, from), To: utc(t, to)}
}

func TestSwap(t *testing.T) {
	s := weekly(t, "a", "b", "c")
	first := shift(t, "a", "2026-01-05 08:00", "2026-01-12 08:00")
	second := shift(t, "b", "2026-01-12 08:00", "2026-01-19 08:00")
	taken := Override{ID: "0", Schedule: "core", Kind: Replace, Person: "c", Replaces: "a", From: first.From, To: first.From.Add(time.Hour)}
	for _, tt := range []struct {
		name      string
		a, b      Shift
		overrides []Override
		absences  []Absence
		want      string // part of the error
	}{
		{"good", first, second, nil, nil, ""},
		{"same person", first, shift(t, "a", "2026-01-26 08:00", "2026-02-02 08:00"), nil, nil, "two different people"},
		{"not on call", first, shift(t, "b", "2026-01-12 08:00", "2026-01-20 08:00"), nil, nil, "b is not on call at 2026-01-19 09:00 CET"},
		{"overlap", first, shift(t, "b", "2026-01-11 08:00", "2026-01-19 08:00"), nil, nil, "overlap"},
		{"given away already", first, second, []Override{taken}, nil, "end it first"},
		{"away", first, second, nil, []Absence{{Person: "b", From: first.From, To: first.From.Add(time.Hour)}}, "b is away"},
		{"empty", Shift{"a", first.From, first.From}, second, nil, nil, "later than the start"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			overrides, err := Swap(s, tt.overrides, tt.absences, "s", tt.a, tt.b)
			if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if err != nil {
				return
			}
			got := show(Timeline(s, overrides, nil, tt.a.From, tt.b.To.Add(time.Hour)))
			if want := "0105T0800 b; 0112T0800 a; 0119T0800 c"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	t.Run("cover by who is on call already", func(t *testing.T) {
		if _, err := Cover(s, []Override{{ID: "1", Schedule: "core", Kind: Add, Person: "x", From: first.From, To: first.To}}, nil, "2", first, "x"); err == nil {
			t.Error("accepted")
		}
	})
}

// Removing the person on call hands the turn to the next without skipping or
// repeating anybody; adding and reordering leave the current turn alone.
func TestWithParticipants(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old, new []string
		want     string // turns from the one under way (the old list's third) on
	}{
		{"current leaves", []string{"a", "b", "c", "d"}, []string{"a", "b", "d"}, "d a b d a"},
		{"last in order leaves", []string{"a", "b", "c"}, []string{"a", "b"}, "a b a b a"},
		{"another leaves", []string{"a", "b", "c", "d"}, []string{"b", "c", "d"}, "c d b c d"},
		{"somebody joins at the front", []string{"a", "b", "c"}, []string{"x", "a", "b", "c"}, "c x a b c"},
		{"somebody joins after the current", []string{"a", "b", "c"}, []string{"a", "b", "c", "x"}, "c x a b c"},
		{"current and next leave", []string{"a", "b", "c", "d", "e"}, []string{"a", "b", "e"}, "e a b e a"},
		{"all new", []string{"a", "b", "c"}, []string{"x", "y"}, "x y x y x"},
		{"twice in the order", []string{"a", "b", "a", "c"}, []string{"a", "b", "a"}, "a a b a a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := weekly(t, tt.old...)
			at := utc(t, "2026-01-21 12:00") // in turn 2
			l, err := s.Layers[0].WithParticipants(s.Zone, tt.new, at)
			if err != nil {
				t.Fatal(err)
			}
			s.Layers[0] = l
			var got []string
			for week := range 5 {
				got = append(got, On(s, nil, nil, at.AddDate(0, 0, 7*week))...)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
	t.Run("nobody left", func(t *testing.T) {
		s := weekly(t, "a")
		if _, err := s.Layers[0].WithParticipants(s.Zone, nil, utc(t, "2026-01-21 12:00")); err == nil {
			t.Error("accepted")
		}
	})
	t.Run("the old layer is untouched", func(t *testing.T) {
		s := weekly(t, "a", "b")
		people := slices.Clone(s.Layers[0].Rotation.Participants)
		if _, err := s.Layers[0].WithParticipants(s.Zone, []string{"c"}, utc(t, "2026-01-21 12:00")); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(people, s.Layers[0].Rotation.Participants) {
			t.Error("changed")
		}
	})
}
