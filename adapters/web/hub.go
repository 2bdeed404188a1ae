package web

import (
	"crypto/rand"
	"strconv"
	"strings"
	"sync"

	"hotline/bot/chat"
)

// Bounds on what the hub remembers for readers that come back.
const (
	hubNotes = 2048
	hubBytes = 8 << 20
)

// hub tells streams what has changed. It remembers the last changes, so that each
// stream reads at its own pace from one list and a slow one holds nobody up.
type hub struct {
	boot string // differs after a restart

	mu    sync.Mutex
	first int64 // seq of notes[0]
	notes []note
	bytes int
	subs  map[chan struct{}]struct{}
}

// note is one change: a post, or a new list of channels when it has no id.
type note struct {
	seq  int64
	post chat.Post
	size int
}

func newHub() *hub {
	return &hub{boot: rand.Text()[:8], first: 1, subs: map[chan struct{}]struct{}{}}
}

// tell adds a change and wakes the streams.
func (h *hub) tell(p chat.Post) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := note{seq: h.first + int64(len(h.notes)), post: p, size: 512 + 2*len(p.Content.String())}
	h.notes = append(h.notes, n)
	h.bytes += n.size
	for len(h.notes) > hubNotes || (h.bytes > hubBytes && len(h.notes) > 1) {
		h.bytes -= h.notes[0].size
		h.notes[0] = note{}
		h.notes = h.notes[1:]
		h.first++
	}
	for c := range h.subs {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// since lists the changes after seq; ok is false when some are forgotten.
func (h *hub) since(seq int64) (list []note, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := h.first + int64(len(h.notes))
	if seq < h.first-1 || seq >= next {
		return nil, false
	}
	return append(list, h.notes[seq+1-h.first:]...), true
}

// last is the seq of the newest change.
func (h *hub) last() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.first + int64(len(h.notes)) - 1
}

// subscribe returns a channel that is woken by changes, and its end.
func (h *hub) subscribe() (wake chan struct{}, end func()) {
	wake = make(chan struct{}, 1)
	h.mu.Lock()
	h.subs[wake] = struct{}{}
	h.mu.Unlock()
	return wake, func() {
		h.mu.Lock()
		delete(h.subs, wake)
		h.mu.Unlock()
	}
}

// eventID is the id of a change on the wire.
func (h *hub) eventID(seq int64) string { return h.boot + "-" + strconv.FormatInt(seq, 10) }

// parseEventID reads what eventID wrote; false after a restart.
func (h *hub) parseEventID(s string) (int64, bool) {
	boot, num, ok := strings.Cut(s, "-")
	if !ok || boot != h.boot {
		return 0, false
	}
	seq, err := strconv.ParseInt(num, 10, 64)
	return seq, err == nil && seq >= 0
}
