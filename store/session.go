package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"
)

// maxStatements bounds the statements one connection keeps prepared; those made
// from unusual queries beyond it are prepared and closed again.
const maxStatements = 200

// session is one connection with the statements it has prepared. One goroutine at
// a time uses it.
type session struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func newSession(ctx context.Context, db *sql.DB) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, statements: map[string]*sql.Stmt{}}, nil
}

// prepare gives the statement and what to do after its use.
func (s *session) prepare(query string) (stmt *sql.Stmt, done func(), err error) {
	if stmt, ok := s.statements[query]; ok {
		return stmt, func() {}, nil
	}
	stmt, err = s.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, nil, err
	}
	if len(s.statements) >= maxStatements {
		return stmt, func() { stmt.Close() }, nil
	}
	s.statements[query] = stmt
	return stmt, func() {}, nil
}

// exec runs a statement and returns how many rows it changed.
func (s *session) exec(ctx context.Context, query string, args ...any) (int, error) {
	stmt, done, err := s.prepare(query)
	if err != nil {
		return 0, err
	}
	defer done()
	res, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// each calls f for every row of a query, until it fails.
func (s *session) each(ctx context.Context, query string, args []any, f func(scan func(...any) error) error) error {
	stmt, done, err := s.prepare(query)
	if err != nil {
		return err
	}
	defer done()
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one scans the first row; sql.ErrNoRows when there is none.
func (s *session) one(ctx context.Context, query string, args []any, into ...any) error {
	found := false
	err := s.each(ctx, query, args, func(scan func(...any) error) error {
		found = true
		if err := scan(into...); err != nil {
			return err
		}
		return errStop
	})
	switch {
	case errors.Is(err, errStop):
		return nil
	case err == nil && !found:
		return sql.ErrNoRows
	default:
		return err
	}
}

// errStop ends [session.each] early without being an error.
var errStop = errors.New("enough rows")

func (s *session) close() error {
	var errs []error
	for _, stmt := range s.statements {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(append(errs, s.conn.Close())...)
}

// values writes the VALUES list of rows × columns placeholders.
func values(rows, columns int) string {
	var b strings.Builder
	b.WriteString(" VALUES ")
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		list(&b, r*columns+1, columns)
		b.WriteByte(')')
	}
	return b.String()
}

// in writes "column IN ($from, …)" for n placeholders.
func in(column string, from, n int) string {
	var b strings.Builder
	b.WriteString(column)
	b.WriteString(" IN (")
	list(&b, from, n)
	b.WriteByte(')')
	return b.String()
}

func list(b *strings.Builder, from, n int) {
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
}

// millis is the stored form of an instant: UTC milliseconds, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
