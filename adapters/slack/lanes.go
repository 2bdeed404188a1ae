package slack

import (
	"context"
	"sync"
	"time"

	"hotline/bot/chat"
)

// holds remembers which method and channel Slack has asked to leave alone.
type holds struct {
	now func() time.Time
	mu  sync.Mutex
	til map[string]time.Time
}

func newHolds(now func() time.Time) *holds { return &holds{now: now, til: map[string]time.Time{}} }

// wait is how long the method must be left alone in the channel.
func (h *holds) wait(method, channel string) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return max(h.til[method+" "+channel].Sub(h.now()), 0)
}

// hold notes a 429.
func (h *holds) hold(method, channel string, d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	for k, t := range h.til {
		if t.Before(now) {
			delete(h.til, k)
		}
	}
	h.til[method+" "+channel] = now.Add(d)
}

// limited runs a call unless it is held back, and learns from its outcome.
func (a *Adapter) limited(method, channel string, call func() error) chat.SendResult {
	if word := a.health.isDead(); word != "" {
		return chat.SendResult{Class: chat.Never, Reason: chat.ReasonDead, Err: &fatalError{word: word}}
	}
	if d := a.holds.wait(method, channel); d > 0 {
		return chat.SendResult{Class: chat.RetryAfter, After: d, Reason: chat.ReasonThrottle}
	}
	mark := a.health.mark()
	err := call()
	res := resultOf(err)
	if res.Class == chat.RetryAfter {
		a.holds.hold(method, channel, res.After)
	}
	a.health.heard(method, channel, mark, err)
	return res
}

// editEvery is how often one message is edited at most.
const editEvery = time.Second

// edits spaces the edits of each message and leaves out those that a newer one
// overtakes.
type edits struct {
	now func() time.Time
	mu  sync.Mutex
	of  map[string]*editing
}

type editing struct {
	newest int
	next   time.Time // not before
	busy   int
}

func newEdits(now func() time.Time) *edits { return &edits{now: now, of: map[string]*editing{}} }

// enter waits for the turn of an edit. It reports false when a newer edit of the
// same message has come, so that this one need not be sent. leave must be called
// afterwards either way.
func (e *edits) enter(ctx context.Context, key string) (bool, error) {
	e.mu.Lock()
	ed := e.of[key]
	if ed == nil {
		ed = &editing{}
		e.of[key] = ed
	}
	ed.newest++
	ed.busy++
	mine, now := ed.newest, e.now()
	wait := ed.next.Sub(now)
	e.mu.Unlock()
	if wait > 0 && !pause(ctx, wait) {
		return false, ctx.Err()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if mine != ed.newest {
		return false, nil
	}
	ed.next = e.now().Add(editEvery)
	return true, nil
}

func (e *edits) leave(key string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ed := e.of[key]; ed != nil {
		ed.busy--
	}
	if len(e.of) < 1000 {
		return
	}
	now := e.now()
	for k, ed := range e.of {
		if ed.busy == 0 && ed.next.Before(now) {
			delete(e.of, k)
		}
	}
}

// doubts are the keys of sends whose outcome is not known.
type doubts struct {
	mu   sync.Mutex
	keys []string
}

const maxDoubts = 1000

func (d *doubts) add(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keys = append(d.keys, key)
	if len(d.keys) > maxDoubts {
		d.keys = d.keys[1:]
	}
}

func (d *doubts) has(key string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range d.keys {
		if k == key {
			return true
		}
	}
	return false
}
