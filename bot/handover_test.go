package bot_test

import (
	"log/slog"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/oncall"
)

// TestTellingAheadMovesOn wants the notice of coming shifts to be due later each
// time, also when an override makes the next shifts shorter than the notice: a
// timer that is due again at once would never let go.
func TestTellingAheadMovesOn(t *testing.T) {
	h := newHouse(t)
	wall, err := oncall.ParseWall("1999-01-04 09:00")
	if err != nil {
		t.Fatal(err)
	}
	rotation := oncall.Rotation{Unit: oncall.Hourly, Every: 6, Start: wall, Participants: []string{"chen", "maria"}}
	h.org.Schedules[1] = oncall.Schedule{ID: "short", Name: "Short", Layers: []oncall.Layer{{Rotation: rotation}}}
	override := oncall.Override{ID: "o", Schedule: "short", Kind: oncall.Replace, Person: "ivan", Replaces: "chen", From: start.Add(time.Minute), To: start.Add(time.Hour)}
	if err := h.store.Do(t.Context(), func(tx bot.Tx) error { return h.desk.ChangeRoster(tx, bot.RecOverride, "o", override) }); err != nil {
		t.Fatal(err)
	}
	job := h.desk.Jobs(slog.New(slog.DiscardHandler))[bot.TimerHandover]
	for range 20 {
		again, err := job(t.Context(), bot.Timer{Kind: bot.TimerHandover, Key: "short|ahead", Due: h.at})
		if err != nil {
			t.Fatal(err)
		}
		if !again.After(h.at) || again.Sub(h.at) > 7*time.Hour {
			t.Fatalf("at %s due again at %s", h.at, again)
		}
		h.at = again
	}
}
