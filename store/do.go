package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"hotline/bot"
)

// The life of a request. A caller that gives up and the writer that begins race
// for it; whoever moves it first wins.
const (
	waiting int32 = iota
	begun
	abandoned
)

// request is one closure waiting to be run.
type request struct {
	f      func(bot.Tx) error
	state  atomic.Int32
	answer chan error // holds one
	after  []func()
	result error
}

func (r *request) begin() bool   { return r.state.CompareAndSwap(waiting, begun) }
func (r *request) abandon() bool { return r.state.CompareAndSwap(waiting, abandoned) }

// Do runs f in a transaction that it shares with other callers and returns when it
// is on disk; see [bot.Store]. Once f has begun, Do returns only when the outcome
// is known, even if ctx has ended. A panic of f is an error of this call only. f
// must not call Do: it would wait for itself.
func (s *SQLite) Do(ctx context.Context, f func(tx bot.Tx) error) error {
	r := &request{f: f, answer: make(chan error, 1)}
	if err := ctx.Err(); err != nil {
		return explain(err, s.path)
	}
	select {
	case <-s.stop:
		return explain(errClosed, s.path)
	default:
	}
	select {
	case s.queue <- r:
	case <-s.stop:
		return explain(errClosed, s.path)
	case <-ctx.Done():
		return explain(ctx.Err(), s.path)
	}
	select {
	case err := <-r.answer:
		return err
	case <-ctx.Done():
		if r.abandon() {
			return explain(ctx.Err(), s.path)
		}
		return <-r.answer
	case <-s.done:
		// The writer has ended; it may have answered just before.
		select {
		case err := <-r.answer:
			return err
		default:
			return explain(errClosed, s.path)
		}
	}
}

// panicked is what becomes of a panic in a closure.
func panicked(p any, stack []byte) error {
	return &bot.UserError{
		Code: bot.ErrUnavailable,
		Say:  "Something went wrong inside Hotline; nothing was changed.",
		Hint: "The log has the cause. Please report it.",
		Err:  fmt.Errorf("panic in a transaction: %v\n%s", p, stack),
	}
}

var errGone = errors.New("a closure ended its goroutine")
