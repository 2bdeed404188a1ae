package bottest

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// dice are for one decision: they follow from the seed and the words alone, so
// that the order in which goroutines run changes nothing.
func dice(seed uint64, words ...string) *rand.Rand {
	h := fnv.New64a()
	for _, w := range words {
		h.Write([]byte(w))
		h.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// between draws a time from low to high.
func between(r *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(r.Int64N(int64(high-low)+1))
}

// now is the fake clock to the millisecond, as the store keeps it.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
