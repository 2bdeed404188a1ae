package knowledge

import (
	"testing"
	"time"
)

// TestTurns wants jobs that found no slot to come again one after the other, and
// those that would come too late not at all.
func TestTurns(t *testing.T) {
	var a assistant
	now := time.Unix(1_800_000_000, 0)
	last := now
	dropped := 0
	for i := range 20_000 {
		at := a.turn(now)
		switch {
		case at.IsZero():
			dropped++
			continue
		case dropped > 0:
			t.Fatalf("job %d comes again after %d were dropped", i, dropped)
		case at.Sub(now) < time.Second || at.Sub(now) > staleAfter || i > 0 && at.Sub(last) != turnEvery:
			t.Fatalf("job %d comes again after %s, the one before after %s", i, at.Sub(now), last.Sub(now))
		}
		last = at
	}
	if dropped == 0 {
		t.Error("the queue has no end")
	}
	if at := a.turn(last.Add(time.Hour)); !at.Equal(last.Add(time.Hour + time.Second)) {
		t.Errorf("an hour later: %s", at)
	}
}
