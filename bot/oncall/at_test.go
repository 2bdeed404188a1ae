package oncall

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/bot/wallclock"
	"hotline/bot/wallclock/wallclocktest"
)

// utc reads an instant for a test.
func utc(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// weekly is a schedule in Berlin that hands over on Mondays at 09:00.
func weekly(t testing.TB, people ...string) Schedule {
	return Schedule{ID: "core", Name: "Core", Zone: wallclocktest.Location(t, "Europe/Berlin"), Layers: []Layer{{
		Name:     "Primary",
		Rotation: Rotation{Unit: Weekly, Every: 1, Start: wall(t, "2026-01-05 09:00"), Participants: people},
	}}}
}

func TestHandOverInstant(t *testing.T) {
	for _, tt := range []struct {
		name     string
		unit     Unit
		every    int
		start    string
		at       string // UTC
		old, new string
	}{
		{"weekly", Weekly, 1, "2026-01-05 09:00", "2026-01-12 08:00", "a", "b"},
		{"weekly across the change", Weekly, 1, "2026-03-23 09:00", "2026-03-30 07:00", "a", "b"},
		{"every second week", Weekly, 2, "2026-01-05 09:00", "2026-01-19 08:00", "a", "b"},
		{"daily", Daily, 1, "2026-01-05 09:00", "2026-01-07 08:00", "b", "c"},
		{"daily at a missing time", Daily, 1, "2026-03-28 02:30", "2026-03-29 01:00", "a", "b"},
		{"daily at a time that comes twice", Daily, 1, "2026-10-24 02:30", "2026-10-25 00:30", "a", "b"},
		{"hourly stays on wall hours", Hourly, 12, "2026-03-28 08:00", "2026-03-29 06:00", "b", "c"},
		{"hour after the repeated one", Hourly, 1, "2026-10-25 01:00", "2026-10-25 02:00", "b", "c"},
		{"hourly turn lost in the missing hour", Hourly, 1, "2026-03-29 01:00", "2026-03-29 01:00", "a", "c"},
		{"clamped to February", Monthly, 1, "2026-01-31 09:00", "2026-02-28 08:00", "a", "b"},
		{"the anchor stays", Monthly, 1, "2026-01-31 09:00", "2026-03-31 07:00", "b", "c"},
		{"leap day", Monthly, 1, "2028-01-30 09:00", "2028-02-29 08:00", "a", "b"},
		{"yearly from a leap day", Monthly, 12, "2024-02-29 09:00", "2025-02-28 08:00", "a", "b"},
		{"quarterly", Monthly, 3, "2026-01-15 09:00", "2026-04-15 07:00", "a", "b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := weekly(t, "a", "b", "c")
			s.Layers[0].Rotation.Unit, s.Layers[0].Rotation.Every = tt.unit, tt.every
			s.Layers[0].Rotation.Start = wall(t, tt.start)
			at := utc(t, tt.at)
			if got := At(s, nil, nil, at).Responders; !slices.Equal(got, []string{tt.new}) {
				t.Errorf("at the instant: %v, want %s", got, tt.new)
			}
			if got := At(s, nil, nil, at.Add(-1)).Responders; !slices.Equal(got, []string{tt.old}) {
				t.Errorf("a nanosecond earlier: %v, want %s", got, tt.old)
			}
		})
	}
}

func TestLayers(t *testing.T) {
	hours := func(from, to string, days ...time.Weekday) Window {
		f, err := wallclock.ParseTimeOfDay(from)
		if err != nil {
			t.Fatal(err)
		}
		u, err := wallclock.ParseTimeOfDay(to)
		if err != nil {
			t.Fatal(err)
		}
		return Window{Days: days, From: f, To: u}
	}
	layer := func(name, person string, windows ...Window) Layer {
		return Layer{Name: name, Windows: windows, Rotation: Rotation{
			Unit: Daily, Every: 1, Start: wall(t, "2020-01-01"), Participants: []string{person}}}
	}
	zoned := func(l Layer, zone string) Layer { l.Zone = wallclocktest.Location(t, zone); return l }
	until := func(l Layer, w string) Layer { l.Until = wall(t, w); return l }
	from := func(l Layer, w string) Layer { l.From = wall(t, w); return l }
	for _, tt := range []struct {
		name   string
		layers []Layer
		at     string // UTC; the schedule is in Berlin
		want   string
	}{
		{"higher hides lower", []Layer{layer("base", "a"), layer("top", "b")}, "2026-01-05 12:00", "b"},
		{"falls through outside hours", []Layer{layer("base", "a"), layer("top", "b", hours("09:00", "17:00"))}, "2026-01-05 16:00", "a"},
		{"inside hours", []Layer{layer("base", "a"), layer("top", "b", hours("09:00", "17:00"))}, "2026-01-05 15:59", "b"},
		{"gap", []Layer{layer("top", "b", hours("09:00", "17:00"))}, "2026-01-05 16:00", ""},
		{"across midnight", []Layer{layer("night", "n", hours("22:00", "06:00", time.Friday))}, "2026-01-10 04:59", "n"},
		{"the night belongs to the day it begins", []Layer{layer("night", "n", hours("22:00", "06:00", time.Friday))}, "2026-01-10 21:30", ""},
		{"equal times are 24 hours", []Layer{layer("d", "n", hours("09:00", "09:00", time.Monday))}, "2026-01-06 07:59", "n"},
		{"to 24:00", []Layer{layer("d", "n", hours("00:00", "24:00", time.Monday))}, "2026-01-05 22:59", "n"},
		{"from 00:00 of the next day not", []Layer{layer("d", "n", hours("00:00", "24:00", time.Monday))}, "2026-01-05 23:00", ""},
		{"end in the repeated hour is its last occurrence", []Layer{layer("d", "n", hours("20:00", "02:30"))}, "2026-10-25 01:29", "n"},
		{"start in the repeated hour is its first", []Layer{layer("d", "n", hours("02:30", "06:00"))}, "2026-10-25 00:30", "n"},
		{"follow the sun: Shanghai", []Layer{zoned(layer("cn", "c", hours("09:00", "17:00")), "Asia/Shanghai"), layer("eu", "e", hours("09:00", "17:00"))}, "2026-01-05 01:00", "c"},
		{"follow the sun: Berlin", []Layer{zoned(layer("cn", "c", hours("09:00", "17:00")), "Asia/Shanghai"), layer("eu", "e", hours("09:00", "17:00"))}, "2026-01-05 09:00", "e"},
		{"ended layer falls through", []Layer{layer("base", "a"), until(layer("top", "b"), "2026-01-05 09:00")}, "2026-01-05 08:00", "a"},
		{"layer begins", []Layer{layer("base", "a"), from(layer("top", "b"), "2026-01-05 09:00")}, "2026-01-05 08:00", "b"},
		{"layer not yet", []Layer{layer("base", "a"), from(layer("top", "b"), "2026-01-05 09:00")}, "2026-01-05 07:59", "a"},
		{"before the start of the rotation", []Layer{layer("base", "a")}, "2019-12-31 22:59", ""},
		{"a broken layer stops no other", []Layer{layer("base", "a"), {Name: "top"}}, "2026-01-05 08:00", "a"},
		{"no layers", nil, "2026-01-05 08:00", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := Schedule{ID: "core", Zone: wallclocktest.Location(t, "Europe/Berlin"), Layers: tt.layers}
			res := At(s, nil, nil, utc(t, tt.at))
			if got := strings.Join(res.Responders, ","); got != tt.want {
				t.Errorf("got %q, want %q; why: %+v", got, tt.want, res.Why)
			}
		})
	}
}

func TestOverrides(t *testing.T) {
	day := func(kind OverrideKind, id, person, replaces string) Override {
		return Override{ID: id, Schedule: "core", Kind: kind, Person: person, Replaces: replaces,
			From: utc(t, "2026-01-06 00:00"), To: utc(t, "2026-01-07 00:00")}
	}
	late := func(o Override) Override { o.From = o.From.Add(time.Hour); return o }
	for _, tt := range []struct {
		name      string
		overrides []Override
		want      string // a is on call by the layers
	}{
		{"add", []Override{day(Add, "1", "x", "")}, "a,x"},
		{"add twice", []Override{day(Add, "1", "x", ""), day(Add, "2", "x", "")}, "a,x"},
		{"add who is on call", []Override{day(Add, "1", "a", "")}, "a"},
		{"remove", []Override{day(Remove, "1", "a", "")}, ""},
		{"remove somebody else", []Override{day(Remove, "1", "x", "")}, "a"},
		{"replace", []Override{day(Replace, "1", "x", "a")}, "x"},
		{"replace somebody not on call", []Override{day(Replace, "1", "x", "b")}, "a"},
		{"chain", []Override{day(Replace, "1", "x", "a"), day(Replace, "2", "y", "x")}, "y"},
		{"chain of three", []Override{day(Replace, "1", "z", "y"), day(Replace, "2", "y", "x"), day(Replace, "3", "x", "a")}, "z"},
		{"replace an added person", []Override{day(Add, "1", "x", ""), day(Replace, "2", "y", "x")}, "a,y"},
		{"replaced by who is on call", []Override{day(Add, "1", "x", ""), day(Replace, "2", "x", "a")}, "x"},
		{"exchange in the same time", []Override{day(Replace, "1", "x", "a"), day(Replace, "2", "a", "x")}, "a"},
		{"a ring entered from outside ends where it was entered", []Override{day(Replace, "1", "x", "a"), day(Replace, "2", "y", "x"), day(Replace, "3", "x", "y")}, "x"},
		{"the later start counts", []Override{late(day(Replace, "1", "y", "a")), day(Replace, "2", "x", "a")}, "y"},
		{"else the greater ID", []Override{day(Replace, "2", "y", "a"), day(Replace, "1", "x", "a")}, "y"},
		{"remove after replace", []Override{day(Remove, "1", "x", ""), day(Replace, "2", "x", "a")}, ""},
		{"remove the replaced", []Override{day(Remove, "1", "a", ""), day(Replace, "2", "x", "a")}, "x"},
		{"another schedule", []Override{{ID: "1", Schedule: "web", Kind: Add, Person: "x", From: utc(t, "2026-01-06 00:00"), To: utc(t, "2026-01-07 00:00")}}, "a"},
		{"an unusable one", []Override{{ID: "1", Schedule: "core", Kind: "steal", Person: "x", From: utc(t, "2026-01-06 00:00"), To: utc(t, "2026-01-07 00:00")}}, "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := weekly(t, "a", "b")
			r := rand.New(rand.NewPCG(1, 2))
			for range 6 { // whatever order they come in
				res := At(s, tt.overrides, nil, utc(t, "2026-01-06 12:00"))
				if got := strings.Join(res.Responders, ","); got != tt.want {
					t.Errorf("got %q, want %q; why: %+v", got, tt.want, res.Why)
				}
				r.Shuffle(len(tt.overrides), func(i, j int) {
					tt.overrides[i], tt.overrides[j] = tt.overrides[j], tt.overrides[i]
				})
			}
			before := On(s, tt.overrides, nil, utc(t, "2026-01-06 00:00").Add(-1))
			after := On(s, tt.overrides, nil, utc(t, "2026-01-07 00:00"))
			if !slices.Equal(before, []string{"a"}) || !slices.Equal(after, []string{"a"}) {
				t.Errorf("outside of the interval: %v before, %v after", before, after)
			}
		})
	}
}

func TestDuties(t *testing.T) {
	s := weekly(t, "a", "b")
	from, to := utc(t, "2026-01-06 00:00"), utc(t, "2026-01-07 00:00")
	overrides := []Override{
		{ID: "o1", Schedule: "core", Kind: Replace, Person: "x", Replaces: "a", From: from, To: to},
		{ID: "o2", Schedule: "core", Kind: Add, Person: "y", From: from, To: to},
	}
	got := At(s, overrides, nil, from).Duties
	want := []Duty{{Person: "x", For: "a", Layer: "Primary", Override: "o1"}, {Person: "y", For: "y", Override: "o2"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAbsences(t *testing.T) {
	away := func(person string) Absence {
		return Absence{Person: person, From: utc(t, "2026-01-06 00:00"), To: utc(t, "2026-01-08 00:00"), Note: "skiing"}
	}
	for _, tt := range []struct {
		name     string
		absences []Absence
		want     string
	}{
		{"nobody away", nil, "a"},
		{"next stands in", []Absence{away("a")}, "b"},
		{"the one after", []Absence{away("a"), away("b")}, "c"},
		{"somebody else away", []Absence{away("b")}, "a"},
		{"everybody away falls through", []Absence{away("a"), away("b"), away("c")}, "z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := weekly(t, "a", "b", "c")
			base := s.Layers[0]
			base.Name, base.Rotation.Participants = "Base", []string{"z"}
			s.Layers = []Layer{base, s.Layers[0]}
			got := strings.Join(At(s, nil, tt.absences, utc(t, "2026-01-06 12:00")).Responders, ",")
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if back := On(s, nil, tt.absences, utc(t, "2026-01-08 00:00")); !slices.Equal(back, []string{"a"}) {
				t.Errorf("after the absence: %v, want a", back)
			}
		})
	}
	t.Run("an override is not undone", func(t *testing.T) {
		s := weekly(t, "a", "b")
		o := Override{ID: "1", Schedule: "core", Kind: Replace, Person: "x", Replaces: "a",
			From: utc(t, "2026-01-06 00:00"), To: utc(t, "2026-01-07 00:00")}
		if got := On(s, []Override{o}, []Absence{away("x")}, o.From); !slices.Equal(got, []string{"x"}) {
			t.Errorf("got %v, want x", got)
		}
	})
}
