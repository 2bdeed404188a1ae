package bot_test

import (
	"flag"
	"io"
	"path/filepath"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"

	"hotline/bot"
	"hotline/bot/bottest"
	"hotline/store"
	"hotline/store/memory"
)

var (
	simDays = flag.Int("sim.days", 0, "days that the town is simulated; 0 is 7, or 2 with the race detector; 365 is the full run")
	simSeed = flag.Uint64("sim.seed", 1, "what the simulation leaves to chance follows from it")
	simLog  = flag.Bool("sim.log", false, "show what the engine logs in the simulation")
)

// TestSimulatedTown runs fifty responders, ten customers, outages, limits, clock
// changes and restarts on fake time. The full run is
//
//	go test ./bot -run SimulatedTown -sim.days=365 -sim.seed=1 -v
func TestSimulatedTown(t *testing.T) {
	days := *simDays
	if days == 0 {
		days = simDefault
	}
	simulate(t, days, func(*testing.T) bot.Store { return memory.New() })
}

// TestSimulatedTownOnDisk is a short run on the real store.
func TestSimulatedTownOnDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	simulate(t, simDefault, func(t *testing.T) bot.Store {
		s, err := store.Open(t.Context(), path, store.Options{Sync: store.Off})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

// simulate runs the town on a store that open makes inside the bubble.
func simulate(t *testing.T, days int, open func(t *testing.T) bot.Store) (result *bottest.Result) {
	t.Helper()
	began := time.Now()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // a year is 20 GB of garbage and half a GB that lives
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 3, 28, 8, 0, 0, 0, time.UTC))) // clocks move on the next morning
		s := open(t)
		var log io.Writer
		if *simLog {
			log = t.Output()
		}
		var err error
		result, err = bottest.Simulate(t.Context(), bottest.Options{Seed: *simSeed, Days: days, People: 50, PerDay: 12, Store: s, Log: log})
		if closeErr := s.Close(); closeErr != nil {
			t.Error(closeErr)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("seed %d, %d days in %s: %s", *simSeed, days, time.Since(began).Round(10*time.Millisecond), result)
	if result.Count > 0 || result.Cases == 0 || result.Pages == 0 {
		t.Errorf("seed %d: %d problems", *simSeed, result.Count)
	}
	return result
}
