package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"sync"
	"time"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

const (
	// overlap is how far before the last stored message reading back begins, so that
	// a message that was stored early hides none that came before it. What is read
	// twice is told apart by its key.
	overlap = 5 * time.Minute
	// maxBackfill bounds what is read back from one place.
	maxBackfill = 5000
	watchWithin = 10 * time.Second
)

// gaps are the places that must be read back, with where to begin.
type gaps struct {
	mu    sync.Mutex
	of    map[string]gap
	ask   bool // the list of places could not be had
	wakes chan struct{}
}

type gap struct {
	place chat.Place
	from  string // ts
	noted int
}

func newGaps() *gaps { return &gaps{of: map[string]gap{}, wakes: make(chan struct{}, 1)} }

// note adds places. A place that still waits keeps its earlier beginning.
func (g *gaps) note(list []chat.Watched, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ask = g.ask || err != nil
	for _, w := range list {
		key := w.Place.Key()
		from := beginning(w)
		old, waits := g.of[key]
		if waits && old.from < from {
			from = old.from
		}
		g.of[key] = gap{place: w.Place, from: from, noted: old.noted + 1}
	}
	select {
	case g.wakes <- struct{}{}:
	default:
	}
}

func beginning(w chat.Watched) string {
	at := timeOf(w.Last)
	if at.IsZero() {
		at = w.Since
	}
	if at.IsZero() {
		return "0"
	}
	return tsOf(at.Add(-overlap))
}

// waiting lists the gaps, and whether the list itself must be asked for again.
func (g *gaps) waiting() (list []gap, ask bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.of {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b gap) int { return cmp.Compare(a.place.Key(), b.place.Key()) })
	ask, g.ask = g.ask, false
	return list, ask
}

// filled takes a gap away, unless it was noted again meanwhile.
func (g *gaps) filled(p gap) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of[p.place.Key()].noted == p.noted {
		delete(g.of, p.place.Key())
	}
}

// watched asks where to read back from. It is called before a connection is
// opened: what arrives through it must not hide what was missed.
func (a *Adapter) watched(ctx context.Context, in chat.Inbox) ([]chat.Watched, error) {
	ctx, cancel := context.WithTimeout(ctx, watchWithin)
	defer cancel()
	list, err := in.Watch(ctx, Platform)
	if err != nil {
		a.cfg.Log.Warn("watched places not listed", "err", err)
	}
	return list, err
}

// backfillLoop reads back beside the hot path until ctx ends.
func (a *Adapter) backfillLoop(ctx context.Context, in chat.Inbox) {
	for {
		select {
		case <-a.gaps.wakes:
		case <-ctx.Done():
			return
		}
		for try := 0; ctx.Err() == nil; try++ {
			wait, again := a.fillGaps(ctx, in, try)
			if !again || !pause(ctx, wait) {
				break
			}
		}
	}
}

// fillGaps reads every gap once. It reports whether something is left, and how
// long to wait before the next round.
func (a *Adapter) fillGaps(ctx context.Context, in chat.Inbox, try int) (wait time.Duration, again bool) {
	list, ask := a.gaps.waiting()
	if ask {
		a.gaps.note(a.watched(ctx, in))
		list, again = a.gaps.waiting()
		wait = backoff(try, nil)
	}
	for _, g := range list {
		err := a.fillGap(ctx, in, g)
		if err == nil || given(err) {
			a.gaps.filled(g)
			continue
		}
		a.cfg.Log.Warn("not read back yet", "place", g.place.Key(), "err", wordOf(err))
		again = true
		wait = max(wait, backoff(try, err))
	}
	return wait, again
}

// given reports that a place cannot be read and trying again is of no use; the
// health page says so.
func given(err error) bool {
	res := resultOf(err)
	return res.Class == chat.Never
}

// fillGap reads one place back and hands over what was said there, in order.
func (a *Adapter) fillGap(ctx context.Context, in chat.Inbox, g gap) error {
	msgs, more, err := a.all(ctx, g.place.Channel, g.place.Thread, url.Values{"oldest": {g.from}}, maxBackfill)
	if err != nil {
		return err
	}
	if more {
		a.cfg.Log.Error("more was missed than is read back", "place", g.place.Key(), "read", len(msgs))
	}
	if g.place.Thread == "" {
		if msgs, err = a.withReplies(ctx, g, msgs); err != nil {
			return err
		}
	}
	slices.SortStableFunc(msgs, func(x, y json.RawMessage) int { return cmp.Compare(loose.Of(x).Text("ts"), loose.Of(y).Text("ts")) })
	for _, raw := range msgs {
		m := loose.Of(raw)
		if m.Text("ts") < g.from { // the parent comes along with its replies
			continue
		}
		if err := a.readBack(ctx, in, g.place, m, raw); err != nil {
			return err
		}
	}
	return nil
}

// withReplies adds what was said in the threads of the messages.
func (a *Adapter) withReplies(ctx context.Context, g gap, msgs []json.RawMessage) ([]json.RawMessage, error) {
	for _, raw := range slices.Clone(msgs) {
		m := loose.Of(raw)
		if m.Text("latest_reply") == "" || m.Text("latest_reply") < g.from {
			continue
		}
		replies, _, err := a.all(ctx, g.place.Channel, m.Text("ts"), url.Values{"oldest": {g.from}}, maxBackfill)
		if err != nil {
			return nil, err
		}
		for _, r := range replies {
			if loose.Of(r).Text("ts") != m.Text("ts") {
				msgs = append(msgs, r)
			}
		}
	}
	return msgs, nil
}

// readBack hands over one message that was read back.
func (a *Adapter) readBack(ctx context.Context, in chat.Inbox, p chat.Place, m loose.Object, raw json.RawMessage) error {
	if !spoken[m.Text("subtype")] {
		return nil
	}
	ev := chat.Event{
		Key: "history:" + p.Channel + ":" + m.Text("ts"), Kind: chat.KindMessage, Where: a.place(p.Channel, ""), Backfill: true, Raw: rawOr(raw),
	}
	if !a.said(ctx, &ev, m, raw) {
		return nil
	}
	_, err := in.Receive(ctx, ev)
	return err
}
