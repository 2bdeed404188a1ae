package discord

import (
	"context"
	"net/http"
	"sync"
	"time"

	"hotline/bot/chat"
)

// edits lets one edit of a message out at a time, and gives up those that a newer
// one has overtaken while they waited.
type edits struct {
	mu    sync.Mutex
	lanes map[string]*editLane
}

type editLane struct {
	turn   chan struct{} // holds one token
	newest int
	users  int
	newer  chan struct{} // closed when a newer edit arrives
}

func newEdits() *edits { return &edits{lanes: map[string]*editLane{}} }

// join takes a number in a message's lane.
func (e *edits) join(id string) (*editLane, int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.lanes[id]
	if l == nil {
		l = &editLane{turn: make(chan struct{}, 1), newer: make(chan struct{})}
		l.turn <- struct{}{}
		e.lanes[id] = l
	}
	l.users++
	l.newest++
	close(l.newer)
	l.newer = make(chan struct{})
	return l, l.newest
}

// leave gives the lane back, and the turn with it when it was held.
func (e *edits) leave(id string, l *editLane, held bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if held {
		l.turn <- struct{}{}
	}
	l.users--
	if l.users == 0 {
		delete(e.lanes, id)
	}
}

// overtaken reports whether a newer edit waits, and otherwise a channel that
// closes when one comes.
func (e *edits) overtaken(l *editLane, n int) (bool, <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return l.newest != n, l.newer
}

// edit changes a message. An edit that was overtaken counts as sent: the newer
// one says all that it would have said.
func (a *Adapter) edit(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	l, n := a.edits.join(out.Edit.ID)
	held := false
	defer func() { a.edits.leave(out.Edit.ID, l, held) }()
	select {
	case <-l.turn:
		held = true
	case <-ctx.Done():
		return chat.MessageRef{}, chat.SendResult{Class: chat.Retry, Err: ctx.Err()}
	}
	b := a.compose(&out)
	until := time.Now().Add(a.tempo.maxWait)
	for {
		old, newer := a.edits.overtaken(l, n)
		if old {
			return out.Edit, chat.SendResult{Class: chat.Sent, Reason: "superseded"}
		}
		err := a.patch(ctx, out, b)
		res := a.result(err)
		if res.Class != chat.RetryAfter || time.Now().Add(res.After).After(until) {
			return out.Edit, res
		}
		t := time.NewTimer(res.After)
		select {
		case <-ctx.Done():
		case <-newer:
		case <-t.C:
		}
		t.Stop()
		if ctx.Err() != nil {
			return out.Edit, chat.SendResult{Class: chat.Retry, Err: ctx.Err()}
		}
	}
}

// patch sends one edit, without waiting for its limit. A thread that was put away
// is taken out for it.
func (a *Adapter) patch(ctx context.Context, out chat.Outgoing, b *body) error {
	home := a.home(out.Edit)
	channel := channelOf(home)
	if !snowflake.MatchString(channel) || !snowflake.MatchString(out.Edit.ID) {
		return &apiError{status: http.StatusNotFound, code: codeUnknownMessage, msg: "no message id"}
	}
	if b.Attachments == nil {
		b.Attachments = []attachment{} // files of the state before do not stay
	}
	quick := *a.rest
	quick.maxWait = func() time.Duration { return 0 }
	q := request{method: "PATCH", path: "/channels/" + channel + "/messages/" + out.Edit.ID, body: b, files: b.files}
	err := quick.call(ctx, q, nil)
	if isCode(err, codeArchived) {
		if err = a.archive(ctx, channel, false); err == nil {
			err = quick.call(ctx, q, nil)
		}
	}
	if err == nil {
		a.retag(ctx, out, home)
	}
	return err
}

// retag gives a forum post the tags of its card as it is now. It asks only when
// they changed.
func (a *Adapter) retag(ctx context.Context, out chat.Outgoing, home chat.Place) {
	want := labels(&out)
	s, known := a.places.known.get(home.Channel)
	if len(want) == 0 || !known || !s.isForum() || home.Thread != out.Edit.ID {
		return
	}
	tags := a.tagsFor(ctx, home.Channel, want)
	now := ""
	for _, t := range tags {
		now += t + " "
	}
	if old, ok := a.places.tags.get(home.Thread); ok && old == now {
		return
	}
	q := request{method: "PATCH", path: "/channels/" + home.Thread, body: map[string]any{"applied_tags": tags}}
	if err := a.rest.call(ctx, q, nil); err != nil {
		a.log.Warn("tags of a post not changed", "err", err)
		return
	}
	a.places.tags.put(home.Thread, now)
}
