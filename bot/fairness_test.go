package bot_test

import (
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/oncall"
)

// TestFairness counts holidays by the schedule's calendar and nights where people
// live; everything that compares duty asks here.
func TestFairness(t *testing.T) {
	h := newHouse(t)
	org := *h.org
	org.Holidays = map[string][]oncall.Wall{"primary": {{Year: 2026, Month: 3, Day: 3}}}
	org.People[2].Zone = "Asia/Shanghai" // chen
	h.desk.SetOrganisation(&org)
	w := h.desk.Snapshot()
	s, _ := w.Org.Schedule("primary")
	from := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	share := w.Fairness(s, from, from.AddDate(0, 0, 3)).Shares[0]
	if share.Person != "chen" || share.Served.Hours != 72*time.Hour || share.Served.Holidays != 24*time.Hour || share.Served.Nights != 24*time.Hour {
		t.Errorf("three days with a holiday are %+v", share.Served)
	}
	// From 14:00 UTC it is night in Shanghai and not yet in Berlin.
	at := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	if got := w.Fairness(s, at, at.Add(time.Hour)).Shares[0].Served.Nights; got != time.Hour {
		t.Errorf("an hour of Shanghai's night counts as %s", got)
	}
}

// TestCountPages counts within the time, from all cases, without drills.
func TestCountPages(t *testing.T) {
	h := newHouse(t)
	h.open(bot.Open{})
	h.open(bot.Open{Drill: true, Text: "a drill"})
	h.at = start.Add(time.Hour)
	h.open(bot.Open{Text: "something else"})
	for _, tt := range []struct {
		name     string
		from, to time.Time
		want     int
	}{
		{"both", start, start.Add(2 * time.Hour), 2},
		{"the first", start, start.Add(time.Hour), 1},
		{"the second", start.Add(time.Minute), start.Add(2 * time.Hour), 1},
		{"none", start.Add(-time.Hour), start, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h.view(func(r bot.Reader) error {
				pages, err := bot.CountPages(r, tt.from, tt.to)
				if pages["chen"] != tt.want {
					t.Errorf("chen was paged %d times, want %d", pages["chen"], tt.want)
				}
				return err
			})
		})
	}
}
