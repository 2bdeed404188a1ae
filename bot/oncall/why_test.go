package oncall

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func rules(reasons []Reason) string {
	var names []string
	for _, r := range reasons {
		names = append(names, string(r.Rule))
	}
	return strings.Join(names, " ")
}

func TestWhy(t *testing.T) {
	s := weekly(t, "a", "b")
	base := s.Layers[0]
	base.Name = "Base"
	s.Layers = []Layer{base, s.Layers[0]}
	from, to := utc(t, "2026-01-06 00:00"), utc(t, "2026-01-08 00:00")
	overrides := []Override{
		{ID: "7", Schedule: "core", Kind: Replace, Person: "x", Replaces: "b", From: from, To: to},
		{ID: "8", Schedule: "core", Kind: Remove, Person: "q", From: from, To: to},
	}
	absences := []Absence{{Person: "a", From: from, To: to, Note: "skiing"}}
	why := At(s, overrides, absences, from).Why
	if got, want := rules(why), "has_turn absent stands_in hidden replaced remove_idle"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	for _, tt := range []struct{ name, lang, want string }{
		{"English", "en", "Layer Primary: the turn of Anna, 2026-01-05 09:00 CET to 2026-01-12 09:00 CET."},
		{"Chinese", "zh-CN", "Primary 层：轮到 Anna，2026-01-05 09:00 CET 至 2026-01-12 09:00 CET。"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name := func(id string) string { return map[string]string{"a": "Anna"}[id] }
			if got := why[0].Say(tt.lang, s.Zone, name); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
	if got, want := why[1].Say("en", nil, nil), "a is away 2026-01-06 00:00 UTC to 2026-01-08 00:00 UTC: skiing."; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Every rule and every kind of problem has a sentence in both languages whose
// fields are all filled.
func TestSentencesAreComplete(t *testing.T) {
	for rule, pair := range sentences {
		r := Reason{Rule: rule, Layer: "L", Override: "1", Person: "a", Other: "b", From: time.Unix(0, 0), Until: time.Unix(1, 0), Detail: "d"}
		for _, lang := range []string{"en", "zh"} {
			if said := r.Say(lang, nil, nil); said == "" || strings.ContainsAny(said, "{}") {
				t.Errorf("%s in %s: %q", rule, lang, said)
			}
		}
		if pair[0] == pair[1] {
			t.Errorf("%s: not translated", rule)
		}
	}
}

func TestWhyNot(t *testing.T) {
	s := weekly(t, "a", "b")
	low := s.Layers[0]
	low.Name, low.Rotation.Participants = "Base", []string{"c", "d"}
	night := s.Layers[0]
	night.Name, night.Rotation.Participants = "Night", []string{"n", "m"}
	night.Windows = []Window{{From: 22 * 3600, To: 6 * 3600}}
	s.Layers = []Layer{low, s.Layers[0], night}
	from, to := utc(t, "2026-01-06 00:00"), utc(t, "2026-01-08 00:00")
	replace := []Override{{ID: "7", Schedule: "core", Kind: Replace, Person: "x", Replaces: "a", From: from, To: to}}
	idle := []Override{{ID: "8", Schedule: "core", Kind: Replace, Person: "x", Replaces: "b", From: from, To: to}}
	away := []Absence{{Person: "a", From: from, To: to}}
	for _, tt := range []struct {
		name, person string
		overrides    []Override
		absences     []Absence
		want         string
	}{
		{"on call", "a", nil, nil, "on_call outside_hours has_turn hidden"},
		{"another's turn", "b", nil, nil, "has_turn next_on_call"},
		{"hidden", "c", nil, nil, "has_turn hidden_by never_on_call"},
		{"another's turn in a hidden layer", "d", nil, nil, "has_turn never_on_call"},
		{"outside hours", "n", nil, nil, "outside_hours next_on_call"},
		{"stranger", "z", nil, nil, "not_in_schedule never_on_call"},
		{"replaced", "a", replace, nil, "has_turn replaced next_on_call"},
		{"stands by for somebody not on call", "x", idle, nil, "not_in_schedule replace_idle never_on_call"},
		{"away", "a", nil, away, "has_turn absent stands_in next_on_call"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := rules(WhyNot(s, tt.overrides, tt.absences, tt.person, from.Add(12*time.Hour))); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	t.Run("says the next shift", func(t *testing.T) {
		reasons := WhyNot(s, nil, nil, "b", from.Add(12*time.Hour))
		next := reasons[slices.IndexFunc(reasons, func(r Reason) bool { return r.Rule == NextOnCall })]
		if !next.From.Equal(utc(t, "2026-01-12 08:00")) {
			t.Errorf("next shift %v", next.From)
		}
	})
}
