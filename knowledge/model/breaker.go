package model

import (
	"sync"
	"time"
)

// breaker keeps a failing model from slowing everybody down: after three
// failures in a row it rests, first half a minute, then twice as long each time,
// at most ten minutes; then one call tries.
type breaker struct {
	mu     sync.Mutex
	row    int
	until  time.Time
	pause  time.Duration
	trying bool
}

const (
	failuresInRow = 3
	firstRest     = 30 * time.Second
	longestRest   = 10 * time.Minute
)

func (b *breaker) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until.IsZero() {
		return true
	}
	if now.Before(b.until) || b.trying {
		return false
	}
	b.trying = true
	return true
}

// release takes back an allow that was not used.
func (b *breaker) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}

func (b *breaker) worked() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.row, b.pause, b.trying = 0, 0, false
	b.until = time.Time{}
}

func (b *breaker) failed(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.row++
	if b.row < failuresInRow && !b.trying {
		return
	}
	b.trying = false
	b.pause = min(max(2*b.pause, firstRest), longestRest)
	if until := now.Add(b.pause); until.After(b.until) {
		b.until = until
	}
}

// rest stops calls for a time the server asked for.
func (b *breaker) rest(now time.Time, d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until = now.Add(min(max(d, time.Second), longestRest))
}
