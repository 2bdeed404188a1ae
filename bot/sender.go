package bot

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"hotline/bot/chat"
)

// sender sends the outbox. Letters wait in lanes, one lane a destination, so that a
// slow or limited destination delays nobody else; within a lane the most pressing
// goes first. The store is the truth: what waits here is claimed there before it
// is sent, and looked at once more.
type sender struct {
	e     *Engine
	wakes chan struct{}

	mu    sync.Mutex
	lanes map[string]*lane
	known map[string]bool // ids that wait or are under way
	down  map[chat.Platform]time.Time
	busy  int
}

// lane is one destination.
type lane struct {
	waiting []waiting
	busy    bool
	until   time.Time // nothing is sent before
	edits   bool      // a message that is edited in place

	// The window in which further pages are bundled.
	window    time.Duration
	lastPage  time.Time
	urgentOut bool // an urgent page has gone out in this window
}

// waiting is a letter in its lane.
type waiting struct {
	id     string
	due    time.Time
	prio   Priority
	page   bool
	urgent bool
}

// sendersAtOnce bounds the sends under way.
const sendersAtOnce = 64

// editEvery is how often one message is edited at most; what happens in between is
// folded into the next edit.
const editEvery = time.Second

// maxBundle is how many pages one message can stand for.
const maxBundle = 500

func newSender(e *Engine) *sender {
	return &sender{e: e, wakes: make(chan struct{}, 1), lanes: map[string]*lane{}, known: map[string]bool{}, down: map[chat.Platform]time.Time{}}
}

// add puts letters into their lanes and wakes the sender.
func (s *sender) add(letters []Letter) {
	s.mu.Lock()
	for i := range letters {
		s.put(&letters[i])
	}
	s.mu.Unlock()
	wake(s.wakes)
}

func (s *sender) put(l *Letter) {
	if s.known[l.ID] {
		return
	}
	s.known[l.ID] = true
	key := laneKey(l)
	ln := s.lanes[key]
	if ln == nil {
		ln = &lane{edits: !l.Edit.IsZero()}
		s.lanes[key] = ln
	}
	ln.waiting = append(ln.waiting, waiting{id: l.ID, due: l.NotBefore, prio: l.Priority,
		page: l.Intent == chat.IntentPage, urgent: l.Priority <= PrioPageUrgent})
}

// laneKey is the lane of a letter. Edits have lanes of their own beside their
// channel, so that neither pages nor answers wait behind them.
func laneKey(l *Letter) string {
	if !l.Edit.IsZero() {
		return "edit:" + l.Edit.Key()
	}
	if l.In.IsZero() && l.To.IsZero() { // resolved when sent
		return "case:" + l.Args["into"] + ":" + strconv.FormatInt(l.Case, 10)
	}
	if l.Intent == chat.IntentPrivate {
		return "private:" + l.To.Key()
	}
	return l.Dest()
}

// platformDown keeps a platform's letters back for a while; pages go by the next
// method meanwhile.
func (s *sender) platformDown(p chat.Platform) {
	s.mu.Lock()
	s.down[p] = now().Add(30 * time.Second)
	s.mu.Unlock()
}

// run sends until ctx ends, then waits for what is under way.
func (s *sender) run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for ctx.Err() == nil {
		batch, ln, wait := s.next(now())
		if ln == nil {
			if !sleep(ctx, wait, s.wakes) {
				return
			}
			continue
		}
		wg.Go(func() {
			result := s.send(context.WithoutCancel(ctx), batch)
			s.done(ln, batch, result)
		})
	}
}

// next picks the lane with the most pressing letter that may go now, and the
// letters to send together. Without one it tells how long to wait.
func (s *sender) next(at time.Time) (batch []string, best *lane, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait = restEvery
	if s.busy >= sendersAtOnce {
		return nil, nil, wait
	}
	bestRank := -1
	for key, ln := range s.lanes {
		if ln.busy {
			continue
		}
		if len(ln.waiting) == 0 {
			if ln.idle(at) {
				delete(s.lanes, key)
			}
			continue
		}
		i, after := ln.ready(at)
		if i < 0 {
			wait = min(wait, after)
			continue
		}
		if best == nil || ln.waiting[i].prio < best.waiting[bestRank].prio {
			best, bestRank = ln, i
		}
	}
	if best == nil {
		return nil, nil, max(wait, time.Millisecond)
	}
	batch = best.take(bestRank, at)
	best.busy = true
	s.busy++
	return batch, best, 0
}

// restEvery is how often the sender looks when nothing waits, to forget lanes.
const restEvery = time.Hour

// quietAfter is how long after a page its lane is remembered for bundling.
const quietAfter = 10 * time.Minute

// idle reports whether an empty lane has nothing to remember.
func (ln *lane) idle(at time.Time) bool {
	return !at.Before(ln.until) && at.Sub(ln.lastPage) > quietAfter
}

// ready finds the most pressing letter of the lane that may go now, or how long
// until there may be one.
func (ln *lane) ready(at time.Time) (index int, after time.Duration) {
	index, after = -1, time.Minute
	for i, w := range ln.waiting {
		due := w.due
		if ln.until.After(due) {
			due = ln.until
		}
		if w.page && ln.held(w) {
			if open := ln.lastPage.Add(ln.window); open.After(due) {
				due = open
			}
		}
		if due.After(at) {
			after = min(after, due.Sub(at))
			continue
		}
		if index < 0 || w.prio < ln.waiting[index].prio {
			index = i
		}
	}
	return index, after
}

// held reports whether a page must wait for the window to end. The first urgent
// page does not wait behind a window that a lesser page opened.
func (ln *lane) held(w waiting) bool {
	return ln.window > 0 && (ln.urgentOut || !w.urgent)
}

// take removes the chosen letter, and with a page every other page of the lane
// that is due, so that they go as one message. Of the edits of one message all are
// taken: the store holds only the newest as pending.
func (ln *lane) take(chosen int, at time.Time) []string {
	w := ln.waiting[chosen]
	if !w.page && !ln.edits {
		ln.waiting = slices.Delete(ln.waiting, chosen, chosen+1)
		return []string{w.id}
	}
	var pages, rest []waiting
	for _, o := range ln.waiting {
		if (o.page || ln.edits) && !o.due.After(at) && len(pages) < maxBundle {
			pages = append(pages, o)
		} else {
			rest = append(rest, o)
		}
	}
	ln.waiting = rest
	slices.SortStableFunc(pages, func(a, b waiting) int { return cmp.Compare(a.prio, b.prio) })
	ids := make([]string, len(pages))
	for i, p := range pages {
		ids[i] = p.id
	}
	return ids
}

// sendResult is what became of a batch.
type sendResult struct {
	hold  time.Duration // keep the lane back
	again []Letter      // to be tried again
	tried bool          // the platform was asked
	paged bool          // a page went out
	urg   bool
}

// done gives the lane back.
func (s *sender) done(ln *lane, batch []string, r sendResult) {
	rules := s.e.desk.org.Load().Rules
	s.mu.Lock()
	for _, id := range batch {
		delete(s.known, id)
	}
	ln.busy = false
	s.busy--
	at := now()
	if ln.edits && r.tried {
		r.hold = max(r.hold, editEvery)
	}
	if r.hold > 0 {
		ln.until = at.Add(r.hold)
	}
	if r.paged {
		ln.openWindow(at, r.urg, rules)
	}
	for i := range r.again {
		s.put(&r.again[i])
	}
	s.mu.Unlock()
	wake(s.wakes)
}

// openWindow begins the time in which further pages to the same person are
// gathered: it doubles while pages keep coming and starts over after a quiet time.
func (ln *lane) openWindow(at time.Time, urgent bool, rules Rules) {
	if ln.window == 0 || at.Sub(ln.lastPage) > 2*ln.window {
		ln.window, ln.urgentOut = rules.BundleFirst, false
	} else {
		ln.window = min(2*ln.window, rules.BundleMax)
	}
	ln.urgentOut = ln.urgentOut || urgent
	ln.lastPage = at
}

// Waiting counts the letters that wait or are under way, and how long the oldest
// that is due has waited.
func (e *Engine) Waiting() (letters int, oldest time.Duration) {
	s := e.sender
	s.mu.Lock()
	defer s.mu.Unlock()
	at := now()
	for _, ln := range s.lanes {
		for _, w := range ln.waiting {
			letters++
			if ln.until.Before(at) && !(w.page && ln.held(w)) {
				oldest = max(oldest, at.Sub(w.due))
			}
		}
	}
	return letters + s.busy, oldest
}
