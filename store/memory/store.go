package memory

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"hotline/bot"
)

// Store keeps everything in memory until it is closed.
type Store struct {
	turn   chan struct{} // holds one; whoever has it writes
	tables atomic.Pointer[tables]
	closed atomic.Bool
}

var _ bot.Store = (*Store)(nil)

// New makes an empty store. Made inside a bubble of testing/synctest it belongs to
// that bubble.
func New() *Store {
	s := &Store{turn: make(chan struct{}, 1)}
	s.tables.Store(empty())
	s.turn <- struct{}{}
	return s
}

var (
	errClosed = fmt.Errorf("the store is closed: %w", bot.ErrUnavailable)
	// errOver answers a reader or transaction that was kept longer than its closure.
	errOver = errors.New("the transaction is over")
)

// Do runs f alone, on the caller's goroutine; see [bot.Store]. f must not call Do:
// it would wait for itself.
func (s *Store) Do(ctx context.Context, f func(tx bot.Tx) error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", bot.ErrUnavailable, ctx.Err())
	}
	select {
	case <-s.turn:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", bot.ErrUnavailable, ctx.Err())
	}
	defer func() { s.turn <- struct{}{} }()
	if s.closed.Load() {
		return errClosed
	}
	own := *s.tables.Load()
	t := &tx{reader: reader{&own}, now: ms(time.Now())}
	err := safely(func() error { return f(t) })
	t.tables = nil // it must not be kept
	if t.fault != nil {
		err = t.fault
	}
	if err != nil {
		return err
	}
	s.tables.Store(&own)
	for _, f := range t.after {
		_ = safely(func() error { f(); return nil })
	}
	return nil
}

// View runs f on the last commit, which does not change while f runs.
func (s *Store) View(ctx context.Context, f func(r bot.Reader) error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", bot.ErrUnavailable, ctx.Err())
	case s.closed.Load():
		return errClosed
	}
	r := &reader{s.tables.Load()}
	defer func() { r.tables = nil }()
	return safely(func() error { return f(r) })
}

// Backup fails: there is no place that could be copied.
func (s *Store) Backup(context.Context, string) error {
	return fmt.Errorf("a store in memory has no copies: %w", bot.ErrUnavailable)
}

// Close waits for the transaction that has begun; nothing can be read afterwards.
func (s *Store) Close() error {
	<-s.turn
	defer func() { s.turn <- struct{}{} }()
	s.closed.Store(true)
	return nil
}

// safely turns a panic into an error.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v: %w\n%s", p, bot.ErrUnavailable, debug.Stack())
		}
	}()
	return f()
}

// reader implements [bot.Reader] on one state of the tables.
type reader struct{ *tables }

func (r *reader) open() error {
	if r.tables == nil {
		return errOver
	}
	return nil
}

// tx implements [bot.Tx]; its tables are its own until it commits.
type tx struct {
	reader
	now   time.Time
	after []func()
	// appended counts the events appended since the case was last put.
	appended map[int64]int
	// fault dooms the closure even when it goes on.
	fault error
}

// Now is the instant of the transaction, in whole milliseconds.
func (t *tx) Now() time.Time { return t.now }

// OnCommit keeps f for after the commit.
func (t *tx) OnCommit(f func()) { t.after = append(t.after, f) }

// NextCase takes the next number.
func (t *tx) NextCase() (int64, error) {
	if err := t.open(); err != nil {
		return 0, err
	}
	t.number++
	return t.number, nil
}

// conflict dooms the closure.
func (t *tx) conflict(format string, args ...any) error {
	t.fault = fmt.Errorf(format+": %w", append(args, bot.ErrConflict)...)
	return t.fault
}

// absent says what is not there.
func absent(what string, key any) error { return fmt.Errorf("%s %v: %w", what, key, bot.ErrNotFound) }

// most is n within 1 to limit, normal when n is 0 or less.
func most(n, normal, limit int) int {
	if n <= 0 {
		n = normal
	}
	return min(n, limit)
}
