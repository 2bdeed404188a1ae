package discord

import (
	"context"
	"sync"
	"time"
)

// tokens knows the interactions of the last quarter of an hour: whether the first
// answer has been given, so that a follow-up does not overtake it, and which
// messages followed, so that the same send again changes its message instead of
// adding one.
type tokens struct{ *recent[string, *tokenState] }

type tokenState struct {
	once  sync.Once
	acked chan struct{}
	mu    sync.Mutex
	sent  map[string]string // key of the send → id of its message
}

func newTokens() *tokens { return &tokens{newRecent[string, *tokenState](5000)} }

// begin notes an interaction that is being answered.
func (t *tokens) begin(token string) {
	if _, known := t.get(token); !known {
		t.put(token, &tokenState{acked: make(chan struct{}), sent: map[string]string{}})
	}
}

// acked notes that the first answer has been given, or will not be.
func (t *tokens) acked(token string) {
	if s, ok := t.get(token); ok {
		s.once.Do(func() { close(s.acked) })
	}
}

// wait blocks until the first answer has been given.
func (t *tokens) wait(ctx context.Context, token string) *tokenState {
	s, ok := t.get(token)
	if !ok {
		return nil
	}
	limit := time.NewTimer(2 * answerWithin)
	defer limit.Stop()
	select {
	case <-s.acked:
	case <-limit.C:
	case <-ctx.Done():
	}
	return s
}

func (s *tokenState) message(key string) string {
	if s == nil || key == "" {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent[key]
}

// answered reports whether anything has followed the first answer.
func (s *tokenState) answered() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent) > 0
}

func (s *tokenState) remember(key, id string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sent) < 20 {
		s.sent[key] = id
	}
}
