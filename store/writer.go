package store

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"time"

	"hotline/bot"
)

// firstCase is the counter before the first case: that one is 1001.
const firstCase = 1000

// counters are numbers that only grow. The writer holds them in memory; a closure
// that fails gives its numbers back. At start the next case and timer follow from
// the rows there are. The revision of the board outlives its posts' ids, so it has
// a row of its own, stored with the group that moved it.
type counters struct{ cases, timers, revision int64 }

// writer is the one goroutine that changes the database.
type writer struct {
	store  *SQLite
	s      *session
	next   counters
	stored counters // as they are in the last commit
}

func newWriter(ctx context.Context, store *SQLite, s *session) (*writer, error) {
	w := &writer{store: store, s: s}
	err := s.one(ctx, `SELECT
		COALESCE((SELECT max(id) FROM cases), 0),
		COALESCE((SELECT max(id) FROM timers), 0),
		COALESCE((SELECT value FROM counters WHERE name = 'revision'), 0)`, nil,
		&w.next.cases, &w.next.timers, &w.next.revision)
	w.next.cases = max(w.next.cases, firstCase)
	w.stored = w.next
	return w, err
}

// exec runs a statement of the writer's own. Those are never interrupted.
func (w *writer) exec(query string, args ...any) error {
	_, err := w.s.exec(context.Background(), query, args...)
	return err
}

// run takes requests until the store is closed, then the ones that are left.
func (w *writer) run() {
	over := false
	defer func() {
		if !over { // a closure ended the goroutine: another one goes on
			go w.run()
			return
		}
		if err := w.s.close(); err != nil {
			w.store.opt.Log.Warn("closing the data file", "err", err)
		}
		close(w.store.done)
	}()
	for {
		select {
		case r := <-w.store.queue:
			w.group(r)
			continue
		default:
		}
		select {
		case r := <-w.store.queue:
			w.group(r)
		case <-w.store.stop:
			for r := w.take(); r != nil; r = w.take() {
				w.group(r)
			}
			over = true
			return
		}
	}
}

// take takes a request that is waiting, nil when there is none.
func (w *writer) take() *request {
	select {
	case r := <-w.store.queue:
		return r
	default:
		return nil
	}
}

// group runs first and everything else that is waiting in one transaction, then
// answers all of them.
func (w *writer) group(first *request) {
	g := &group{writer: w}
	g.cause = errGone // unless it comes to an end
	defer g.settle()
	if err := w.exec(sqlBegin); err != nil {
		g.reject(first, err)
		return
	}
	g.open = true
	until := time.Now().Add(w.store.opt.MaxHold)
	for r := first; r != nil; r = g.another(until) {
		if !r.begin() {
			continue
		}
		g.members = append(g.members, r)
		if err := g.run(r); err != nil {
			g.cause = err
			return
		}
	}
	g.cause = g.commit()
}

// group is one shared transaction.
type group struct {
	*writer
	members []*request
	open    bool  // a transaction has begun and not ended
	cause   error // why nothing of it was kept; nil after the commit
}

// reject answers a request whose transaction could not even begin.
func (g *group) reject(r *request, err error) {
	g.cause = err
	if r.begin() {
		g.members = append(g.members, r)
	}
}

// another gives the next member, nil when the group is full or nobody waits. It
// lets the callers that were just answered come back once before it gives up.
func (g *group) another(until time.Time) *request {
	if len(g.members) >= g.store.opt.MaxGroup || !time.Now().Before(until) {
		return nil
	}
	if r := g.take(); r != nil {
		return r
	}
	runtime.Gosched()
	return g.take()
}

// run runs one closure inside its savepoint. Its own failure is its result; the
// error returned means that the whole transaction is gone.
func (g *group) run(r *request) error {
	t := &tx{
		reader: reader{ctx: context.Background(), s: g.s, log: g.store.opt.Log},
		w:      g.writer,
		now:    g.store.opt.Now().UTC().Truncate(time.Millisecond),
	}
	before := g.next
	r.result = t.call(r.f)
	t.s = nil // it must not be kept
	if t.fault != nil {
		r.result = explain(cmp.Or(r.result, t.fault), g.store.path)
	}
	if r.result == nil {
		r.after = t.after
		if t.dirty {
			return g.exec(sqlRelease)
		}
		return nil
	}
	g.next = before
	if !t.dirty {
		return nil
	}
	if err := g.exec(sqlRollbackTo); err != nil {
		return errors.Join(t.fault, err)
	}
	return g.exec(sqlRelease)
}

// call runs the closure and turns a panic into an error.
func (t *tx) call(f func(bot.Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p, debug.Stack())
		}
	}()
	return f(t)
}

// commit stores the revision if it moved and ends the transaction.
func (g *group) commit() error {
	if g.next.revision != g.stored.revision {
		if err := g.exec(`INSERT INTO counters (name, value) VALUES ('revision', $1)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, g.next.revision); err != nil {
			return err
		}
	}
	if err := g.exec(sqlCommit); err != nil {
		return err
	}
	g.open = false
	return nil
}

// settle undoes what was not committed, runs what waits for the commit and answers
// every member.
func (g *group) settle() {
	w := g.writer
	if g.open {
		// SQLite may have ended the transaction by itself, on a full disk for one.
		_ = g.exec(sqlRollback)
	}
	if g.cause != nil {
		w.next = w.stored
		w.store.stats.failed.Add(1)
	} else {
		w.stored = w.next
		w.store.stats.groups.Add(1)
		g.callbacks()
	}
	for _, r := range g.members {
		switch {
		case r.result != nil:
			w.store.stats.undone.Add(1)
		case g.cause != nil:
			r.result = explain(g.cause, w.store.path)
		default:
			w.store.stats.done.Add(1)
		}
		r.answer <- r.result
	}
}

// callbacks runs what the committed closures left to be run.
func (g *group) callbacks() {
	for _, r := range g.members {
		for _, f := range r.after {
			g.callback(f)
		}
	}
}

// callback keeps a panic from taking the writer along: what it belongs to is
// stored already.
func (g *group) callback(f func()) {
	defer func() {
		if p := recover(); p != nil {
			g.store.opt.Log.Error("panic after a commit", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	f()
}
