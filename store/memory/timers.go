package memory

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"hotline/bot"
)

func timerName(t *bot.Timer) name { return name{t.Case, string(t.Kind) + "\x00" + t.Key} }

func dueKey(t *bot.Timer) pair { return pair{t.Due.UnixMilli(), t.ID} }

// Timers lists the timers of a case, earliest first.
func (r *reader) Timers(caseID int64) ([]bot.Timer, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	var timers []bot.Timer
	for key, t := range r.timers.from(name{of: caseID}) {
		if key.of != caseID {
			break
		}
		timers = append(timers, t)
	}
	slices.SortFunc(timers, func(a, b bot.Timer) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID)) })
	return timers, nil
}

// DueTimers lists what is due at now, earliest first.
func (r *reader) DueTimers(now time.Time, limit int) ([]bot.Timer, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	var timers []bot.Timer
	for key, t := range r.due.all() {
		if key.a > now.UnixMilli() || len(timers) == most(limit, 1000, 100_000) {
			break
		}
		timers = append(timers, t)
	}
	return timers, nil
}

// NextDue is the earliest due instant.
func (r *reader) NextDue() (time.Time, bool, error) {
	if err := r.open(); err != nil {
		return time.Time{}, false, err
	}
	for _, t := range r.due.all() {
		return t.Due, true, nil
	}
	return time.Time{}, false, nil
}

// SetTimer sets the one timer of each case, kind and key. A timer that is moved
// gets a new id, so that whoever still holds the old one finds it gone.
func (t *tx) SetTimer(timers ...bot.Timer) error {
	if err := t.open(); err != nil {
		return err
	}
	for _, v := range timers {
		if v.Kind == "" || v.Due.IsZero() {
			return fmt.Errorf("timer %q of case %d has no kind or due time: %w", v.Kind, v.Case, bot.ErrInvalid)
		}
		t.cancel(timerName(&v))
		t.timer++
		v.ID, v.Due = t.timer, ms(v.Due.Add(time.Millisecond-time.Nanosecond)) // never before its instant
		t.timers.put(timerName(&v), v)
		t.due.put(dueKey(&v), v)
	}
	return nil
}

func (t *tx) cancel(n name) {
	if old, ok := t.timers.get(n); ok {
		t.timers.remove(n)
		t.due.remove(dueKey(&old))
	}
}

// CancelTimers removes the timers of a case, of some kinds or all.
func (t *tx) CancelTimers(caseID int64, kinds ...bot.TimerKind) error {
	timers, err := t.Timers(caseID)
	for i := range timers {
		if len(kinds) == 0 || slices.Contains(kinds, timers[i].Kind) {
			t.cancel(timerName(&timers[i]))
		}
	}
	return err
}

// DeleteTimer removes one timer and reports whether it was there, not moved since.
func (t *tx) DeleteTimer(v bot.Timer) (bool, error) {
	if err := t.open(); err != nil {
		return false, err
	}
	old, ok := t.timers.get(timerName(&v))
	if !ok || old.ID != v.ID {
		return false, nil
	}
	t.cancel(timerName(&v))
	return true, nil
}
