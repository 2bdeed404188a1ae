package discord

import (
	"maps"
	"slices"
	"sync"
	"time"

	"hotline/bot/chat"
)

// health is the adapter's state and what is wrong, by a key that lets one part
// take its own complaint back.
type health struct {
	mu       sync.Mutex
	state    chat.State
	since    time.Time
	problems map[string]string
}

func newHealth() *health {
	return &health{state: chat.StateStarting, since: time.Now(), problems: map[string]string{}}
}

func (h *health) now() chat.Health {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.state
	if s == chat.StateUp && len(h.problems) > 0 {
		s = chat.StateDegraded
	}
	out := chat.Health{State: s, Since: h.since}
	for _, k := range slices.Sorted(maps.Keys(h.problems)) {
		out.Problems = append(out.Problems, h.problems[k])
	}
	return out
}

// set changes the state; a failed adapter stays failed.
func (h *health) set(s chat.State) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.state == s || h.state == chat.StateFailed {
		return
	}
	h.state, h.since = s, time.Now()
}

// fail says that a person must act, and how.
func (h *health) fail(what string) {
	h.set(chat.StateFailed)
	h.note("fatal", what)
}

func (h *health) failed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state == chat.StateFailed
}

// maxProblems bounds the list: places that cannot be read come and go.
const maxProblems = 20

// note adds a complaint, or takes it back when what is empty.
func (h *health) note(key, what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if what == "" {
		delete(h.problems, key)
	} else if len(h.problems) < maxProblems || h.problems[key] != "" {
		h.problems[key] = what
	}
}
