package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hotline/bot"
)

// maxSeq bounds the events of one case, so that case and seq make one key.
const maxSeq = 1<<20 - 1

func eventKey(caseID int64, seq int) int64 { return caseID<<20 | int64(seq) }

// Case reads one case.
func (r *reader) Case(id int64) (bot.Case, error) {
	return r.oneCase(id, "SELECT body FROM cases WHERE id = $1", id)
}

// CaseByNumber reads the case that people call by this number.
func (r *reader) CaseByNumber(number string) (bot.Case, error) {
	id, ok := caseID(number)
	if !ok {
		return bot.Case{}, notFound(sql.ErrNoRows, "case", number)
	}
	return r.oneCase(number, "SELECT body FROM cases WHERE id = $1 AND number = $2", id, number)
}

// caseID is the counter inside a number: what stands between the class letter's
// dash and the check digit.
func caseID(number string) (int64, bool) {
	_, digits, _ := strings.Cut(number, "-")
	if digits == "" {
		return 0, false
	}
	id, err := strconv.ParseInt(digits[:len(digits)-1], 10, 64)
	return id, err == nil
}

func (r *reader) oneCase(key any, query string, args ...any) (bot.Case, error) {
	var body string
	var c bot.Case
	if err := r.one("case", key, query, args, &body); err != nil {
		return bot.Case{}, err
	}
	return c, decode("case", key, body, &c)
}

// Cases lists cases; rows that cannot be read are left out.
func (r *reader) Cases(q bot.CaseQuery) ([]bot.Case, error) {
	where, args := conditions(q)
	order := "severity, id"
	switch {
	case q.Newest:
		order = "id DESC"
	case q.After > 0:
		order = "id"
	}
	args = append(args, limit(q.Limit, 100, 10_000))
	query := "SELECT id, body FROM cases" + where + " ORDER BY " + order + " LIMIT $" + strconv.Itoa(len(args))
	var cases []bot.Case
	err := r.each(query, args, func(scan func(...any) error) error {
		var id int64
		var body string
		var c bot.Case
		if err := scan(&id, &body); err != nil {
			return err
		}
		if err := decode("case", id, body, &c); err != nil {
			r.unreadable("cases", id, err)
			return nil
		}
		cases = append(cases, c)
		return nil
	})
	return cases, err
}

// CountCases counts what [reader.Cases] would list without a limit.
func (r *reader) CountCases(q bot.CaseQuery) (int, error) {
	where, args := conditions(q)
	var n int
	err := r.one("count", "", "SELECT count(*) FROM cases"+where, args, &n)
	return n, err
}

// conditions writes the WHERE clause of a query. It names the conditions of the
// partial indexes whenever they follow from the query, because only then may the
// database use those.
func conditions(q bot.CaseQuery) (string, []any) {
	var parts []string
	var args []any
	add := func(column, op string, value any) {
		args = append(args, value)
		parts = append(parts, column+" "+op+" $"+strconv.Itoa(len(args)))
	}
	for _, f := range []struct{ column, value string }{
		{"customer", q.Customer}, {"service", q.Service}, {"owner", q.Owner}, {"reporter", q.Reporter}, {"dedup_key", q.DedupKey},
	} {
		if f.value != "" {
			add(f.column, "=", f.value)
		}
	}
	if q.DedupKey != "" {
		parts = append(parts, "dedup_key <> ''")
	}
	if q.Owner != "" {
		parts = append(parts, "owner <> ''")
	}
	if !q.Since.IsZero() {
		add("updated", ">=", millis(q.Since))
	}
	if q.After > 0 {
		add("id", ">", q.After)
	}
	if len(q.States) > 0 {
		parts = append(parts, in("state", len(args)+1, len(q.States)))
		open := true
		for _, state := range q.States {
			args = append(args, string(state))
			open = open && state.Open()
		}
		if open {
			parts = append(parts, "is_open = 1")
		}
	}
	if len(parts) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(parts, " AND "), args
}

// Events lists the events of a case after seq.
func (r *reader) Events(caseID int64, after int) ([]bot.CaseEvent, error) {
	var events []bot.CaseEvent
	after = min(max(after, 0), maxSeq)
	err := r.each("SELECT id, at, type, body FROM events WHERE id > $1 AND id <= $2 ORDER BY id",
		[]any{eventKey(caseID, after), eventKey(caseID, maxSeq)}, func(scan func(...any) error) error {
			var id, at int64
			var kind, body string
			var e bot.CaseEvent
			if err := scan(&id, &at, &kind, &body); err != nil {
				return err
			}
			if err := decode("event", id, body, &e); err != nil {
				return err
			}
			e.Case, e.Seq, e.At, e.Type = caseID, int(id&maxSeq), instant(at), bot.EventType(kind)
			events = append(events, e)
			return nil
		})
	return events, err
}

const insertCase = `INSERT INTO cases (id, number, seq, state, is_open, severity, customer, service,
	owner, reporter, dedup_key, updated, body)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
	ON CONFLICT (id) DO UPDATE SET number = excluded.number, state = excluded.state, is_open = excluded.is_open,
	severity = excluded.severity, customer = excluded.customer, service = excluded.service, owner = excluded.owner,
	reporter = excluded.reporter, dedup_key = excluded.dedup_key, seq = excluded.seq, updated = excluded.updated,
	body = excluded.body WHERE cases.seq = 0`

const updateCase = `UPDATE cases SET number = $2, seq = $3, state = $4, is_open = $5, severity = $6, customer = $7,
	service = $8, owner = $9, reporter = $10, dedup_key = $11, updated = $12, body = $13
	WHERE id = $1 AND seq = $14`

// PutCase stores a case whose events were appended before in this transaction.
// Its number must be of its own counter: numbers have no index, because the
// counter is inside.
func (t *tx) PutCase(c bot.Case) error {
	if id, ok := caseID(c.Number); !ok || id != c.ID {
		return fmt.Errorf("number %s for case %d: %w", c.Number, c.ID, bot.ErrConflict)
	}
	body, err := encode(&c)
	if err != nil {
		return err
	}
	base := c.Seq - t.appended[c.ID]
	args := []any{
		c.ID, c.Number, c.Seq, string(c.State), number(c.State.Open()), int(c.Severity), c.Customer, c.Service,
		c.Owner, c.Reporter, c.DedupKey, millis(c.Updated), body,
	}
	var n int
	if base == 0 {
		n, err = t.exec(insertCase, args...)
	} else {
		n, err = t.exec(updateCase, append(args, base)...)
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("case %s: the stored one is not at event %d: %w", c.Number, base, bot.ErrConflict)
	}
	delete(t.appended, c.ID)
	return nil
}

var insertEvents = bulk{head: sqlInsert + "INTO events (id, at, type, body)", columns: 4}

// AppendEvents stores events. When the number of one is taken the closure is lost,
// even if it goes on: another writer was quicker.
func (t *tx) AppendEvents(events ...bot.CaseEvent) error {
	for chunk := range slices.Chunk(events, rowsAtOnce) {
		args := make([]any, 0, 4*len(chunk))
		for i := range chunk {
			e := &chunk[i]
			if e.Case <= 0 || e.Seq <= 0 || e.Seq > maxSeq {
				return fmt.Errorf("event %d of case %d: %w", e.Seq, e.Case, bot.ErrInvalid)
			}
			body, err := encode(e)
			if err != nil {
				return err
			}
			args = append(args, eventKey(e.Case, e.Seq), millis(e.At), string(e.Type), body)
		}
		if err := t.insert(&insertEvents, args); err != nil {
			return err
		}
	}
	if t.appended == nil {
		t.appended = map[int64]int{}
	}
	for i := range events {
		t.appended[events[i].Case]++
	}
	return nil
}
