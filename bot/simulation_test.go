package bot_test

import (
	"flag"
	"io"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"hotline/bot/bottest"
	"hotline/store"
)

var (
	simDays = flag.Int("sim.days", 7, "days that the town is simulated; 365 is the full run")
	simSeed = flag.Uint64("sim.seed", 1, "what the simulation leaves to chance follows from it")
	simLog  = flag.Bool("sim.log", false, "show what the engine logs in the simulation")
)

// TestSimulatedTown runs fifty responders, ten customers, outages, limits, clock
// changes and restarts on fake time. The full run is
//
//	go test ./bot -run SimulatedTown -sim.days=365 -sim.seed=1 -v
func TestSimulatedTown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	began := time.Now()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 3, 26, 8, 0, 0, 0, time.UTC))) // clocks move on the 29th
		s, err := store.Open(t.Context(), path, store.Options{Sync: store.Off})
		if err != nil {
			t.Fatal(err)
		}
		var log io.Writer
		if *simLog {
			log = t.Output()
		}
		result, err := bottest.Simulate(t.Context(), bottest.Options{Seed: *simSeed, Days: *simDays, People: 50, PerDay: 12, Store: s, Log: log})
		if closeErr := s.Close(); closeErr != nil {
			t.Error(closeErr)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("seed %d, %d days: %s", *simSeed, *simDays, result)
		if result.Count > 0 || result.Cases == 0 || result.Pages == 0 {
			t.Errorf("seed %d: %d problems", *simSeed, result.Count)
		}
	})
	t.Logf("in %s", time.Since(began).Round(10*time.Millisecond))
}
