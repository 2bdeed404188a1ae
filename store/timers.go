package store

import (
	"fmt"
	"slices"
	"time"

	"hotline/bot"
)

func (r *reader) timers(rest string, args ...any) ([]bot.Timer, error) {
	var timers []bot.Timer
	err := r.each("SELECT id, case_id, kind, key, due, gen FROM timers "+rest, args, func(scan func(...any) error) error {
		var t bot.Timer
		var due int64
		err := scan(&t.ID, &t.Case, &t.Kind, &t.Key, &due, &t.Gen)
		t.Due = time.UnixMilli(due).UTC()
		timers = append(timers, t)
		return err
	})
	return timers, err
}

// Timers lists the timers of a case, earliest first.
func (r *reader) Timers(caseID int64) ([]bot.Timer, error) {
	return r.timers("WHERE case_id = $1 ORDER BY due, id", caseID)
}

// DueTimers lists what is due at now, earliest first.
func (r *reader) DueTimers(now time.Time, most int) ([]bot.Timer, error) {
	return r.timers("WHERE due <= $1 ORDER BY due, id LIMIT $2", now.UnixMilli(), limit(most, 1000, 100_000))
}

// NextDue is the earliest due instant.
func (r *reader) NextDue() (due time.Time, ok bool, err error) {
	err = r.each("SELECT due FROM timers ORDER BY due LIMIT 1", nil, func(scan func(...any) error) error {
		var ms int64
		err := scan(&ms)
		due, ok = time.UnixMilli(ms).UTC(), true
		return err
	})
	return due, ok, err
}

var insertTimers = bulk{head: sqlInsert + "INTO timers (id, case_id, kind, key, due, gen)", columns: 6,
	tail: " ON CONFLICT (case_id, kind, key) DO UPDATE SET id = excluded.id, due = excluded.due, gen = excluded.gen"}

// SetTimer sets the one timer of each case, kind and key. A timer that is moved
// gets a new id, so that whoever still holds the old one finds it gone.
func (t *tx) SetTimer(timers ...bot.Timer) error {
	if t.s == nil {
		return errOver
	}
	for chunk := range slices.Chunk(timers, rowsAtOnce) {
		args := make([]any, 0, insertTimers.columns*len(chunk))
		for i := range chunk {
			v := &chunk[i]
			if v.Kind == "" || v.Due.IsZero() {
				return fmt.Errorf("timer %q of case %d has no kind or due time: %w", v.Kind, v.Case, bot.ErrInvalid)
			}
			t.w.next.timers++
			args = append(args, t.w.next.timers, v.Case, string(v.Kind), v.Key, dueMillis(v.Due), v.Gen)
		}
		if err := t.insert(&insertTimers, args); err != nil {
			return err
		}
	}
	return nil
}

// dueMillis rounds up: a timer never fires before its instant.
func dueMillis(due time.Time) int64 {
	return due.Add(time.Millisecond - time.Nanosecond).UnixMilli()
}

// CancelTimers removes the timers of a case, of some kinds or all.
func (t *tx) CancelTimers(caseID int64, kinds ...bot.TimerKind) error {
	if len(kinds) == 0 {
		_, err := t.exec("DELETE FROM timers WHERE case_id = $1", caseID)
		return err
	}
	for _, kind := range kinds {
		if _, err := t.exec("DELETE FROM timers WHERE case_id = $1 AND kind = $2", caseID, string(kind)); err != nil {
			return err
		}
	}
	return nil
}

// DeleteTimer removes one timer and reports whether it was there, not moved since.
func (t *tx) DeleteTimer(v bot.Timer) (bool, error) {
	n, err := t.exec("DELETE FROM timers WHERE case_id = $1 AND kind = $2 AND key = $3 AND id = $4",
		v.Case, string(v.Kind), v.Key, v.ID)
	return n > 0, err
}
