package store

import (
	"context"
	"runtime/debug"

	"hotline/bot"
)

// View runs f on the last commit, which does not change while f runs. A panic of f
// becomes an error. Statements stop when ctx ends.
func (s *SQLite) View(ctx context.Context, f func(r bot.Reader) error) error {
	var v *session
	select {
	case <-s.stop:
		return explain(errClosed, s.path)
	default:
	}
	select {
	case v = <-s.views:
	case <-s.stop:
		return explain(errClosed, s.path)
	case <-ctx.Done():
		return explain(ctx.Err(), s.path)
	}
	// Until the view has ended well its connection counts as spoiled: nil makes
	// the next one open another.
	var back *session
	defer func() {
		if back == nil && v != nil {
			_ = v.close()
		}
		s.views <- back
	}()
	if v == nil {
		made, err := newSession(ctx, dsn(s.path, forReading, s.opt.Sync, s.opt.Busy))
		if err != nil {
			return explain(err, s.path)
		}
		v = made
	}
	if _, err := v.exec(ctx, sqlBeginRead); err != nil {
		return explain(err, s.path)
	}
	r := &reader{ctx: ctx, s: v, log: s.opt.Log}
	err := r.call(f)
	r.s = nil // it must not be kept
	if r.fault != nil {
		err = explain(r.fault, s.path)
	}
	if _, end := v.exec(context.Background(), sqlRollback); end == nil {
		back = v
	}
	return err
}

func (r *reader) call(f func(bot.Reader) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p, debug.Stack())
		}
	}()
	return f(r)
}
