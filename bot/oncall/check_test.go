package oncall

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	from := utc(t, "2026-01-06 00:00")
	good := weekly(t, "a", "b")
	hours := weekly(t, "a", "b")
	hours.Layers[0].Windows = []Window{{Days: []time.Weekday{time.Monday}, From: 9 * 3600, To: 9 * 3600}}
	ended := weekly(t, "a", "b")
	ended.Layers = append(ended.Layers, ended.Layers[0])
	ended.Layers[1].Name, ended.Layers[1].Until = "Old", wall(t, "2026-01-06 00:00")
	broken := weekly(t, "a", "b")
	broken.Layers = append(broken.Layers, Layer{Name: "Top", Rotation: Rotation{Unit: "fortnightly"}})
	override := func(id string, kind OverrideKind, person, replaces string) Override {
		return Override{ID: id, Schedule: "core", Kind: kind, Person: person, Replaces: replaces, From: from.Add(24 * time.Hour), To: from.Add(48 * time.Hour)}
	}
	for _, tt := range []struct {
		name      string
		schedule  Schedule
		overrides []Override
		absences  []Absence
		want      string
	}{
		{"nothing wrong", good, nil, nil, ""},
		{"gap", hours, nil, nil, "gap 0106T0800"},
		{"single person", weekly(t, "a", "a"), nil, nil, "single_person Primary a"},
		{"unknown person", weekly(t, "a", "stranger"), nil, nil, "unknown_person Primary stranger"},
		{"idle layer", ended, nil, nil, "idle_layer Old"},
		{"broken", broken, nil, nil, "broken; idle_layer Top"},
		{"unknown in an override", good, []Override{override("1", Add, "stranger", "")}, nil, "unknown_person 1 stranger"},
		{"override over", good, []Override{{ID: "1", Schedule: "core", Kind: Add, Person: "stranger", From: from.Add(-48 * time.Hour), To: from}}, nil, ""},
		{"override of another schedule", good, []Override{{ID: "1", Schedule: "web", Kind: Add, Person: "stranger", From: from, To: from.Add(time.Hour)}}, nil, ""},
		{"broken override", good, []Override{override("1", Replace, "a", "a")}, nil, "broken 1"},
		{"conflict", good, []Override{override("1", Replace, "a", "b"), override("2", Replace, "c", "b")}, nil, "conflicting 2"},
		{"absent by override", good, []Override{override("1", Replace, "c", "a")}, []Absence{{Person: "c", From: from, To: from.Add(30 * time.Hour)}}, "absent_override 1 c 0106T0000"},
		{"all away", good, nil, []Absence{{Person: "a", From: from, To: from.Add(30 * time.Hour)}, {Person: "b", From: from, To: from.Add(20 * time.Hour)}}, "gap 0106T0000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			known := func(person string) bool { return person != "stranger" }
			var got []string
			for _, p := range Check([]Schedule{tt.schedule}, tt.overrides, tt.absences, known, from, 5) {
				text := strings.Join(strings.Fields(fmt.Sprint(p.Kind, " ", p.Layer, " ", p.Override, " ", p.Person)), " ")
				if !p.From.IsZero() {
					text += p.From.Format(" 0102T1504")
				}
				got = append(got, text)
				for _, lang := range []string{"en", "zh-CN"} {
					if said := p.Say(lang, time.UTC, nil); said == "" || strings.Contains(said, "{") {
						t.Errorf("%s: %q", lang, said)
					}
				}
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("got %q, want %q", strings.Join(got, "; "), tt.want)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	change := func(f func(*Schedule, *Layer)) Schedule {
		s := weekly(t, "a", "b")
		f(&s, &s.Layers[0])
		return s
	}
	for _, tt := range []struct {
		name     string
		schedule Schedule
		want     string // part of the error
	}{
		{"good", weekly(t, "a", "b"), ""},
		{"no ID", change(func(s *Schedule, _ *Layer) { s.ID = "" }), "needs an ID"},
		{"no layers", change(func(s *Schedule, _ *Layer) { s.Layers = nil }), "at least one layer"},
		{"too many layers", change(func(s *Schedule, _ *Layer) { s.Layers = make([]Layer, 101) }), "at most 100"},
		{"layer named twice", change(func(s *Schedule, l *Layer) { s.Layers = append(s.Layers, *l) }), "two layers"},
		{"unit", change(func(_ *Schedule, l *Layer) { l.Rotation.Unit = "yearly" }), "use hourly"},
		{"length", change(func(_ *Schedule, l *Layer) { l.Rotation.Every = 0 }), "rotation length 0"},
		{"no start", change(func(_ *Schedule, l *Layer) { l.Rotation.Start = Wall{} }), "needs a start"},
		{"impossible start", change(func(_ *Schedule, l *Layer) { l.Rotation.Start.Day = 32 }), "no such date"},
		{"nobody", change(func(_ *Schedule, l *Layer) { l.Rotation.Participants = nil }), "at least one participant"},
		{"too many people", change(func(_ *Schedule, l *Layer) { l.Rotation.Participants = slices.Repeat([]string{"a"}, 1001) }), "at most 1000"},
		{"nameless", change(func(_ *Schedule, l *Layer) { l.Rotation.Participants[0] = "" }), "without an ID"},
		{"weekday", change(func(_ *Schedule, l *Layer) { l.Windows = []Window{{Days: []time.Weekday{7}}} }), "weekday 7"},
		{"window from", change(func(_ *Schedule, l *Layer) { l.Windows = []Window{{From: 86400}} }), "window from"},
		{"window to", change(func(_ *Schedule, l *Layer) { l.Windows = []Window{{To: 86401}} }), "window to"},
		{"too many windows", change(func(_ *Schedule, l *Layer) { l.Windows = make([]Window, 101) }), "101 windows"},
		{"from", change(func(_ *Schedule, l *Layer) { l.From = Wall{Year: 2026} }), "from 2026"},
		{"until", change(func(_ *Schedule, l *Layer) { l.Until = Wall{Year: 2026} }), "until 2026"},
		{"backwards", change(func(_ *Schedule, l *Layer) { l.From, l.Until = wall(t, "2026-02-01"), wall(t, "2026-01-01") }), "must be later"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.schedule.Validate()
			if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestValidateOverrideAndAbsence(t *testing.T) {
	from := utc(t, "2026-01-06 00:00")
	to := from.Add(time.Hour)
	for _, tt := range []struct {
		name  string
		value interface{ Validate() error }
		ok    bool
	}{
		{"add", &Override{Kind: Add, Person: "a", From: from, To: to}, true},
		{"replace", &Override{Kind: Replace, Person: "a", Replaces: "b", From: from, To: to}, true},
		{"replace nobody", &Override{Kind: Replace, Person: "a", From: from, To: to}, false},
		{"replace oneself", &Override{Kind: Replace, Person: "a", Replaces: "a", From: from, To: to}, false},
		{"add with replaces", &Override{Kind: Add, Person: "a", Replaces: "b", From: from, To: to}, false},
		{"no person", &Override{Kind: Remove, From: from, To: to}, false},
		{"no kind", &Override{Person: "a", From: from, To: to}, false},
		{"empty time", &Override{Kind: Add, Person: "a", From: from, To: from}, false},
		{"absence", &Absence{Person: "a", From: from, To: to}, true},
		{"absence of nobody", &Absence{From: from, To: to}, false},
		{"absence backwards", &Absence{Person: "a", From: to, To: from}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.value.Validate(); (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestConflict(t *testing.T) {
	from := utc(t, "2026-01-06 00:00")
	make := func(id string, kind OverrideKind, person, replaces string, hour int) Override {
		at := from.Add(time.Duration(hour) * time.Hour)
		return Override{ID: id, Schedule: "core", Kind: kind, Person: person, Replaces: replaces, From: at, To: at.Add(time.Hour)}
	}
	for _, tt := range []struct {
		name     string
		old, new Override
		conflict bool
	}{
		{"same person replaced", make("1", Replace, "x", "a", 0), make("2", Replace, "y", "a", 0), true},
		{"at another time", make("1", Replace, "x", "a", 0), make("2", Replace, "y", "a", 1), false},
		{"chain", make("1", Replace, "x", "a", 0), make("2", Replace, "y", "x", 0), false},
		{"there and back", make("1", Replace, "x", "a", 0), make("2", Replace, "a", "x", 0), true},
		{"add and remove", make("1", Add, "x", "", 0), make("2", Remove, "x", "", 0), true},
		{"add and add", make("1", Add, "x", "", 0), make("2", Add, "x", "", 0), false},
		{"itself", make("1", Add, "x", "", 0), make("1", Remove, "x", "", 0), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.new.Conflict([]Override{tt.old}); (err != nil) != tt.conflict {
				t.Errorf("got %v", err)
			}
		})
	}
}
