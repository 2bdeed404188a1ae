package slack

import (
	"maps"
	"slices"
	"strings"
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
	trouble string             // why it is down or failed
	open    map[string]problem // what is missing, by key
	cleared map[string]int     // when a problem was last seen to be gone
	seq     int
	dead    string
	death   func(error)
}

// problem is something that is missing, and when it was noted.
type problem struct {
	sentence string
	seq      int
}

func newHealth(now func() time.Time) *health {
	return &health{now: now, state: chat.StateStarting, since: now(), open: map[string]problem{}, cleared: map[string]int{}}
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
	if h.dead == "" {
		h.trouble = ""
		h.set(chat.StateUp)
	}
}

// connected counts sockets up and down.
func (h *health) connected(by int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sockets += by
	if h.dead != "" {
		return
	}
	if h.sockets > 0 {
		h.trouble = ""
		h.set(chat.StateUp)
		return
	}
	h.trouble = noConnection("")
	h.set(chat.StateDown)
}

// down says what keeps the adapter from working just now.
func (h *health) down(why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sockets == 0 && h.dead == "" {
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
	h.seq++
	if sentence == "" {
		delete(h.open, key)
		if len(h.cleared) >= 20*maxProblems {
			clear(h.cleared)
		}
		h.cleared[key] = h.seq
	} else if _, known := h.open[key]; known || len(h.open) < maxProblems {
		h.open[key] = problem{sentence: sentence, seq: h.seq}
	}
}

// mark is the present moment, for met and solved.
func (h *health) mark() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seq
}

// met notes a problem that a call met which began at the mark, unless the problem
// has gone away meanwhile.
func (h *health) met(key string, mark int, sentence string) {
	h.mu.Lock()
	gone := h.cleared[key] > mark
	h.mu.Unlock()
	if !gone {
		h.problem(key, sentence)
	}
}

// solved clears a problem that was noted before the mark. A call that was under
// way when the trouble began says nothing about it.
func (h *health) solved(key string, mark int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p, ok := h.open[key]; ok && p.seq <= mark {
		delete(h.open, key)
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
		out.Problems = append(out.Problems, h.open[k].sentence)
	}
	if len(h.open) > 0 && out.State == chat.StateUp {
		out.State = chat.StateDegraded
	}
	return out
}

// heard learns from the outcome of a call about a channel that began at the mark.
// Only a message that was taken shows that all is well: an archived channel can
// still be read.
func (h *health) heard(method, channel string, mark int, err error) {
	word, dead := deadWord(err)
	switch {
	case dead:
		h.die(word)
	case err == nil:
		if channel != "" && strings.HasPrefix(method, "chat.") {
			h.solved("channel "+channel, mark)
		}
	case word == "missing_scope":
		h.problem("scope "+neededScope(err), "Slack refuses for want of the scope "+neededScope(err)+". Add it under OAuth & Permissions and reinstall the app.")
	case channel != "" && channelTrouble(word):
		h.met("channel "+channel, mark, channelAdvice(channel, word))
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

// noConnection is what there is to say while no socket is open.
func noConnection(word string) string {
	if word != "" {
		word = " (" + word + ")"
	}
	return "No connection to Slack; trying again" + word + ". Nothing is lost: what is missed is read back."
}
