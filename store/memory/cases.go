package memory

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"hotline/bot"
)

// Case reads one case.
func (r *reader) Case(id int64) (bot.Case, error) {
	if err := r.open(); err != nil {
		return bot.Case{}, err
	}
	c, ok := r.cases.get(id)
	if !ok {
		return bot.Case{}, absent("case", id)
	}
	return clone(*c), nil
}

// CaseByNumber reads the case that people call by this number.
func (r *reader) CaseByNumber(number string) (bot.Case, error) {
	if err := r.open(); err != nil {
		return bot.Case{}, err
	}
	id, _ := counter(number)
	c, ok := r.cases.get(id)
	if !ok || c.Number != number {
		return bot.Case{}, absent("case", number)
	}
	return clone(*c), nil
}

// counter is the counter inside a number, before its check digit.
func counter(number string) (int64, bool) {
	_, digits, _ := strings.Cut(number, "-")
	id, err := strconv.ParseInt(digits[:max(len(digits)-1, 0)], 10, 64)
	return id, err == nil
}

// Cases lists cases.
func (r *reader) Cases(q bot.CaseQuery) ([]bot.Case, error) {
	found, err := r.find(q)
	if err != nil {
		return nil, err
	}
	switch {
	case q.Newest:
		slices.Reverse(found)
	case q.After == 0:
		slices.SortStableFunc(found, func(a, b *bot.Case) int { return cmp.Compare(a.Severity, b.Severity) })
	}
	var cases []bot.Case
	for _, c := range found[:min(len(found), most(q.Limit, 100, 10_000))] {
		cases = append(cases, clone(*c))
	}
	return cases, nil
}

// CountCases counts what [reader.Cases] would list without a limit.
func (r *reader) CountCases(q bot.CaseQuery) (int, error) {
	found, err := r.find(q)
	return len(found), err
}

// find selects by id. Queries for open states look at nothing else.
func (r *reader) find(q bot.CaseQuery) (found []*bot.Case, err error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	from := &r.cases
	if len(q.States) > 0 && !slices.ContainsFunc(q.States, func(s bot.State) bool { return !s.Open() }) {
		from = &r.active
	}
	since := ms(q.Since)
	for _, c := range from.from(q.After + 1) {
		if (len(q.States) == 0 || slices.Contains(q.States, c.State)) && !ms(c.Updated).Before(since) &&
			wanted(q.Customer, c.Customer) && wanted(q.Service, c.Service) && wanted(q.Owner, c.Owner) &&
			wanted(q.Reporter, c.Reporter) && wanted(q.DedupKey, c.DedupKey) {
			found = append(found, c)
		}
	}
	return found, nil
}

func wanted(want, is string) bool { return want == "" || want == is }

// Events lists the events of a case after seq.
func (r *reader) Events(caseID int64, after int) ([]bot.CaseEvent, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	var events []bot.CaseEvent
	for key, e := range r.events.from(pair{caseID, int64(max(after, 0)) + 1}) {
		if key.a != caseID {
			break
		}
		events = append(events, clone(*e))
	}
	return events, nil
}

// PutCase stores a case whose events were appended before in this transaction.
func (t *tx) PutCase(c bot.Case) error {
	if err := t.open(); err != nil {
		return err
	}
	if id, ok := counter(c.Number); !ok || id != c.ID {
		return fmt.Errorf("number %s for case %d: %w", c.Number, c.ID, bot.ErrConflict)
	}
	base, stored := c.Seq-t.appended[c.ID], 0
	if old, ok := t.cases.get(c.ID); ok {
		stored = old.Seq
	}
	if base != stored {
		return fmt.Errorf("case %s: the stored one is at event %d, not %d: %w", c.Number, stored, base, bot.ErrConflict)
	}
	delete(t.appended, c.ID)
	own := clone(c)
	t.cases.put(c.ID, &own)
	if c.State.Open() {
		t.active.put(c.ID, &own)
	} else {
		t.active.remove(c.ID)
	}
	return nil
}

// AppendEvents stores events. When the number of one is taken the closure is lost,
// even if it goes on.
func (t *tx) AppendEvents(events ...bot.CaseEvent) error {
	if err := t.open(); err != nil {
		return err
	}
	for _, e := range events {
		if e.Case <= 0 || e.Seq <= 0 || e.Seq > math.MaxInt32 {
			return fmt.Errorf("event %d of case %d: %w", e.Seq, e.Case, bot.ErrInvalid)
		}
		key := pair{e.Case, int64(e.Seq)}
		if _, taken := t.events.get(key); taken {
			return t.conflict("event %d of case %d", e.Seq, e.Case)
		}
		own := clone(e)
		own.At = ms(own.At)
		t.events.put(key, &own)
		if t.appended == nil {
			t.appended = map[int64]int{}
		}
		t.appended[e.Case]++
	}
	return nil
}
