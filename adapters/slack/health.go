package slack

import (
	"maps"
	"slices"
	"sync"
	"time"

	"hotline/bot/chat"
)

// maxProblems bounds what the health page lists.
const maxProblems = 50

// health is how the adapter is doing.
type health struct {
	now func() time.Time

	mu      sync.Mutex
	state   chat.State
	since   time.Time
	sockets int
	trouble string            // why it is down or failed
	open    map[string]string // what is missing, by key → sentence
	dead    string
	death   func(error)
}

func newHealth(now func() time.Time) *health {
	return &health{now: now, state: chat.StateStarting, since: now(), open: map[string]string{}}
}

func (h *health) set(s chat.State) {
	if h.state != s && h.dead == "" {
		h.state, h.since = s, h.now()
	}
}

// up says that deliveries can arrive.
func (h *health) up() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.trouble = ""
	h.set(chat.StateUp)
}

// connected counts sockets up and down.
func (h *health) connected(by int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sockets += by
	if h.sockets > 0 {
		h.trouble = ""
		h.set(chat.StateUp)
		return
	}
	h.trouble = "No connection to Slack; trying again. Nothing is lost: what is missed is read back."
	h.set(chat.StateDown)
}

// down says what keeps the adapter from working just now.
func (h *health) down(why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sockets == 0 {
		h.trouble = why
		h.set(chat.StateDown)
	}
}

// onDeath sets whom to tell when a token is refused for good.
func (h *health) onDeath(f func(error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.death = f
}

// die stops the adapter for good.
func (h *health) die(word string) {
	h.mu.Lock()
	death := h.death
	if h.dead == "" {
		h.set(chat.StateFailed)
		h.dead, h.trouble = word, advice(word)
	}
	h.mu.Unlock()
	if death != nil {
		death(&fatalError{word: word})
	}
}

// isDead is the word the adapter died of, "" while it lives.
func (h *health) isDead() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.dead
}

// problem notes something that is missing; sentence "" clears it.
func (h *health) problem(key, sentence string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if sentence == "" {
		delete(h.open, key)
	} else if _, known := h.open[key]; known || len(h.open) < maxProblems {
		h.open[key] = sentence
	}
}

func (h *health) get() chat.Health {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := chat.Health{State: h.state, Since: h.since}
	if h.trouble != "" {
		out.Problems = append(out.Problems, h.trouble)
	}
	for _, k := range slices.Sorted(maps.Keys(h.open)) {
		out.Problems = append(out.Problems, h.open[k])
	}
	if len(h.open) > 0 && out.State == chat.StateUp {
		out.State = chat.StateDegraded
	}
	return out
}

// heard learns from the outcome of a call about a channel.
func (h *health) heard(channel string, err error) {
	word, dead := deadWord(err)
	switch {
	case dead:
		h.die(word)
	case err == nil:
		if channel != "" {
			h.problem("channel "+channel, "")
		}
	case word == "missing_scope":
		h.problem("scope "+neededScope(err), "Slack refuses for want of the scope "+neededScope(err)+". Add it under OAuth & Permissions and reinstall the app.")
	case channel != "" && channelTrouble(word):
		h.problem("channel "+channel, channelAdvice(channel, word))
	}
}

func channelTrouble(word string) bool {
	switch word {
	case "is_archived", "not_in_channel", "channel_not_found", "restricted_action":
		return true
	}
	return false
}

func channelAdvice(channel, word string) string {
	switch word {
	case "is_archived":
		return "Channel " + channel + " is archived. Unarchive it or take it out of the configuration."
	case "restricted_action":
		return "Channel " + channel + " does not let the app write. Change who may post there."
	default:
		return "The app is not in channel " + channel + ". Invite it there: /invite @hotline."
	}
}

// advice says what to do about a word that stops the adapter.
func advice(word string) string {
	switch word {
	case "link_disabled":
		return "Socket Mode is switched off for the app. Switch it on under Socket Mode, or set slack.transport to http, then restart."
	case "missing_scope", "not_allowed_token_type":
		return "The app token lacks connections:write. Make a new app-level token with it, set slack.app_token, then restart."
	default:
		return "Slack refuses the token (" + word + "). Reinstall the app, set the new token, then restart."
	}
}
