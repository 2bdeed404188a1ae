package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	lib "modernc.org/sqlite/lib"

	"hotline/bot"
)

// errOver answers a reader or transaction that was kept longer than its closure.
var errOver = errors.New("the transaction is over")

// reader implements [bot.Reader] on one connection, for the length of one closure.
type reader struct {
	ctx context.Context
	s   *session // nil when it is over
	log *slog.Logger
	// fault is the first error of the database itself. It dooms the closure even
	// when the closure goes on.
	fault error
}

// each is [session.each] with its errors remembered.
func (r *reader) each(query string, args []any, f func(scan func(...any) error) error) error {
	if r.s == nil {
		return errOver
	}
	err := r.s.each(r.ctx, query, args, f)
	if err != nil && !errors.Is(err, errStop) && r.fault == nil {
		r.fault = err
	}
	return err
}

// one scans one row; what names it in bot.ErrNotFound.
func (r *reader) one(what string, key any, query string, args []any, into ...any) error {
	found := false
	err := r.each(query, args, func(scan func(...any) error) error {
		found = true
		if err := scan(into...); err != nil {
			return err
		}
		return errStop
	})
	if errors.Is(err, errStop) {
		return nil
	}
	if err == nil && !found {
		return fmt.Errorf("%s %v: %w", what, key, bot.ErrNotFound)
	}
	return err
}

// unreadable notes a row that is skipped because it cannot be decoded: one bad row
// stops nothing else.
func (r *reader) unreadable(table string, key any, err error) {
	r.log.Error("a stored row cannot be read and is skipped", "table", table, "key", key, "err", err)
}

// tx implements [bot.Tx] for one closure of a group.
type tx struct {
	reader
	w     *writer
	now   time.Time
	dirty bool // a savepoint was begun, because something was written
	after []func()
	// appended counts the events appended since the case was last put.
	appended map[int64]int
}

// Now is the instant of this closure, in whole milliseconds.
func (t *tx) Now() time.Time { return t.now }

// OnCommit keeps f for after the shared commit.
func (t *tx) OnCommit(f func()) { t.after = append(t.after, f) }

// NextCase takes the next number. It is stored with the case that gets it.
func (t *tx) NextCase() (int64, error) {
	if t.s == nil {
		return 0, errOver
	}
	t.w.next.cases++
	return t.w.next.cases, nil
}

// exec writes. The savepoint begins with the first write, so that closures that
// only read cost nothing.
func (t *tx) exec(query string, args ...any) (int, error) {
	if err := t.writing(); err != nil {
		return 0, err
	}
	n, err := t.s.exec(t.ctx, query, args...)
	if isCode(err, lib.SQLITE_CONSTRAINT) {
		err = fmt.Errorf("%w: %w", bot.ErrConflict, err)
	}
	if err != nil && t.fault == nil {
		t.fault = err
	}
	return n, err
}

// insert writes the rows whose columns are in args, at most [rowsAtOnce].
func (t *tx) insert(b *bulk, args []any) error {
	if t.s == nil {
		return errOver
	}
	_, err := t.exec(t.s.bulkText(b, len(args)/b.columns), args...)
	return err
}

// writing begins the savepoint if there is none yet.
func (t *tx) writing() error {
	if t.s == nil {
		return errOver
	}
	if t.dirty {
		return nil
	}
	if _, err := t.s.exec(t.ctx, sqlSavepoint); err != nil {
		t.fault = err
		return err
	}
	t.dirty = true
	return nil
}

// encode writes a document. What cannot be written is the caller's fault.
func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("%w: %w", bot.ErrInvalid, err)
	}
	return string(b), nil
}

// decode reads a document; a damaged one is not the database's fault.
func decode(what string, key any, body string, into any) error {
	if err := json.Unmarshal([]byte(body), into); err != nil {
		return fmt.Errorf("%s %v cannot be read: %w", what, key, err)
	}
	return nil
}

// limit is n within 1 to most, normal when n is 0 or less.
func limit(n, normal, most int) int {
	if n <= 0 {
		n = normal
	}
	return min(n, most)
}
