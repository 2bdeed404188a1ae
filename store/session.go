package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
)

// maxStatements bounds the statements one connection keeps prepared; those made
// from unusual queries beyond it are prepared and closed again.
const maxStatements = 200

// session is one connection with the statements it has prepared. One goroutine at
// a time uses it. It speaks to the driver itself: the pool of database/sql would
// cost a tenth of every write and bring nothing, because the store has a pool of
// its own.
type session struct {
	conn       driver.Conn
	statements map[string]statement
	bulks      map[bulkKey]string // the texts of [bulk]s
	args       []driver.NamedValue
}

// statement is what the driver makes of a query.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// newSession opens a connection.
func newSession(ctx context.Context, name string) (*session, error) {
	connector, err := sqlite.NewConnector(name)
	if err != nil {
		return nil, err
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, statements: map[string]statement{}, bulks: map[bulkKey]string{}}, nil
}

// script runs any number of statements without arguments.
func (s *session) script(ctx context.Context, text string) error {
	run, ok := s.conn.(driver.ExecerContext)
	if !ok {
		return errDriver
	}
	_, err := run.ExecContext(ctx, text, nil)
	return err
}

// errDriver cannot happen with the driver this program is built with.
var errDriver = errors.New("the database driver lacks a method")

// prepare gives the statement and whether to close it after its use.
func (s *session) prepare(query string) (stmt statement, once bool, err error) {
	if stmt, ok := s.statements[query]; ok {
		return stmt, false, nil
	}
	made, err := s.conn.Prepare(byPlace(query))
	if err != nil {
		return nil, false, err
	}
	stmt, ok := made.(statement)
	if !ok {
		return nil, false, errors.Join(errDriver, made.Close())
	}
	if len(s.statements) >= maxStatements {
		return stmt, true, nil
	}
	s.statements[query] = stmt
	return stmt, false, nil
}

// bind makes the arguments the driver takes. They hold until the next call.
func (s *session) bind(args []any) ([]driver.NamedValue, error) {
	s.args = s.args[:0]
	for i, arg := range args {
		v := driver.NamedValue{Ordinal: i + 1}
		switch a := arg.(type) {
		case string, int64, []byte:
			v.Value = a
		case int:
			v.Value = int64(a)
		default:
			var err error
			if v.Value, err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil {
				return nil, err
			}
		}
		s.args = append(s.args, v)
	}
	return s.args, nil
}

// exec runs a statement and returns how many rows it changed.
func (s *session) exec(ctx context.Context, query string, args ...any) (int, error) {
	stmt, once, err := s.prepare(query)
	if err != nil {
		return 0, err
	}
	if once {
		defer stmt.Close()
	}
	bound, err := s.bind(args)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(ctx, bound)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// each calls f for every row of a query, until it fails.
func (s *session) each(ctx context.Context, query string, args []any, f func(scan func(...any) error) error) (err error) {
	stmt, once, err := s.prepare(query)
	if err != nil {
		return err
	}
	if once {
		defer stmt.Close()
	}
	bound, err := s.bind(args)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, bound)
	if err != nil {
		return err
	}
	defer func() {
		if closed := rows.Close(); err == nil {
			err = closed
		}
	}()
	row := make([]driver.Value, len(rows.Columns()))
	scan := func(into ...any) error { return scanRow(row, into) }
	for {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return ctx.Err()
		case err != nil:
			return err
		}
		if err := f(scan); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
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
