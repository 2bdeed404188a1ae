package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/oncall"
)

// TestPeopleAreToldThatTheirShiftMoved stores overrides and absences and looks who
// is told.
func TestPeopleAreToldThatTheirShiftMoved(t *testing.T) {
	day := func(n int) time.Time { return start.AddDate(0, 0, n) }
	for _, tc := range []struct {
		name, by string
		kind     string
		body     any
		told     []string
	}{
		{"somebody else arranges it", "tom", bot.RecOverride, oncall.Override{ID: "x", Schedule: "primary", Kind: oncall.Replace, Person: "ivan", Replaces: "chen", From: day(1), To: day(2)}, []string{"chen", "ivan"}},
		{"the one who takes over does it", "ivan", bot.RecOverride, oncall.Override{ID: "x", Schedule: "primary", Kind: oncall.Replace, Person: "ivan", Replaces: "chen", From: day(1), To: day(2)}, []string{"chen"}},
		{"it changes nothing", "tom", bot.RecOverride, oncall.Override{ID: "x", Schedule: "primary", Kind: oncall.Replace, Person: "ivan", Replaces: "maria", From: day(1), To: day(2)}, nil},
		{"it is far away", "tom", bot.RecOverride, oncall.Override{ID: "x", Schedule: "primary", Kind: oncall.Replace, Person: "ivan", Replaces: "chen", From: day(15), To: day(16)}, nil},
		{"a vacation", "tom", bot.RecAbsence, oncall.Absence{Person: "chen", From: day(1), To: day(2)}, []string{"chen"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHouse(t)
			if err := h.desk.WatchSchedules(t.Context()); err != nil {
				t.Fatal(err)
			}
			err := h.store.Do(t.Context(), func(tx bot.Tx) error {
				return h.desk.ChangeShifts(tx, h.actor(tc.by), tc.kind, "x", tc.body)
			})
			if err != nil {
				t.Fatal(err)
			}
			told := map[string]bool{}
			h.view(func(r bot.Reader) error {
				letters, err := r.OpenLetters(100)
				for _, l := range letters {
					told[l.Person] = told[l.Person] || l.Content != nil && strings.Contains(l.Content.String(), "moved")
				}
				return err
			})
			for _, p := range []string{"chen", "maria", "ivan", "tom", "ada"} {
				if told[p] != slices.Contains(tc.told, p) {
					t.Errorf("%s told: %v", p, told[p])
				}
			}
			h.handoverAt(t, "primary", len(tc.told) > 0, day(1))
		})
	}
}

// handoverAt wants the hand-over of a schedule to be due at the new change.
func (h *house) handoverAt(t *testing.T, schedule string, moved bool, at time.Time) {
	t.Helper()
	h.view(func(r bot.Reader) error {
		timers, err := r.Timers(0)
		for _, timer := range timers {
			if timer.Key == schedule && timer.Due.Equal(at) != moved {
				t.Errorf("hand-over is due at %s", timer.Due)
			}
		}
		return err
	})
}
