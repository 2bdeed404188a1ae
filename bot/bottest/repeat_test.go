//go:build !race

package bottest_test

import (
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hotline/bot"
)

// TestSameSeedSameTown wants a simulation to be repeatable to the last message, and
// another seed to make another town. The race detector shuffles on purpose what runs
// first within an instant, so this test is not for it.
func TestSameSeedSameTown(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	run := func(seed uint64) any {
		return simulate(t, seed, 7, func(s bot.Store) bot.Store { return s }).Figures
	}
	first := run(7)
	if diff := cmp.Diff(first, run(7)); diff != "" {
		t.Errorf("the same seed again (-first +again):\n%s", diff)
	}
	if cmp.Equal(first, run(8)) {
		t.Error("another seed made the same town")
	}
}
