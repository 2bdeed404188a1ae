package bottest_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hotline/bot"
	"hotline/bot/bottest"
	"hotline/bot/chat"
	"hotline/store/memory"
)

// simulate runs the town for some days on a store.
func simulate(t *testing.T, seed uint64, days int, wrap func(bot.Store) bot.Store) (result *bottest.Result) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 3, 28, 8, 0, 0, 0, time.UTC)))
		s := memory.New()
		var err error
		result, err = bottest.Simulate(t.Context(), bottest.Options{Seed: seed, Days: days, People: 50, PerDay: 12, Store: wrap(s)})
		if closeErr := s.Close(); err != nil || closeErr != nil {
			t.Fatal(err, closeErr)
		}
	})
	return result
}

// faulty is a store that breaks a promise.
type faulty struct {
	bot.Store
	tx func(bot.Tx) bot.Tx
}

func (s faulty) Do(ctx context.Context, f func(bot.Tx) error) error {
	return s.Store.Do(ctx, func(tx bot.Tx) error { return f(s.tx(tx)) })
}

// The faults, each in what transactions do.
type (
	pagesOn  struct{ bot.Tx } // an acknowledgement stops no page
	noSteps  struct{ bot.Tx } // the next step is never due
	noAsking struct{ bot.Tx } // nobody asks after a case that was taken
	early    struct{ bot.Tx } // steps are due at half their time
	tired    struct{ bot.Tx } // steps are due a minute late
	skips    struct{ bot.Tx } // one step is passed over
	noClocks struct{ bot.Tx } // clocks run out unseen
	again    struct{ bot.Tx } // what was sent is still to be sent after a restart
	unmarked struct{ bot.Tx } // a possible repeat is not marked
	forgets  struct{ bot.Tx } // replacements are forgotten
	drifts   struct{ bot.Tx } // a case is not what its events say
)

func (t pagesOn) DropLetters(int64, chat.Intent, string) (int, error) { return 0, nil }

func (t pagesOn) ClaimLetters(ids ...string) ([]bot.Letter, error) {
	letters, err := t.Tx.ClaimLetters(ids...)
	for i := range letters {
		letters[i].Gen = 0 // never stale
	}
	return letters, err
}

// setting sets the timers that keep leaves.
func setting(tx bot.Tx, timers []bot.Timer, kind bot.TimerKind, change func(*bot.Timer) (keep bool)) error {
	for _, t := range timers {
		if t.Kind == kind && !change(&t) {
			continue
		}
		if err := tx.SetTimer(t); err != nil {
			return err
		}
	}
	return nil
}

func (t noSteps) SetTimer(timers ...bot.Timer) error {
	return setting(t.Tx, timers, bot.TimerStep, func(*bot.Timer) bool { return false })
}

func (t noAsking) SetTimer(timers ...bot.Timer) error {
	return setting(t.Tx, timers, bot.TimerAck, func(*bot.Timer) bool { return false })
}

func (t early) SetTimer(timers ...bot.Timer) error {
	return setting(t.Tx, timers, bot.TimerStep, func(v *bot.Timer) bool {
		v.Due = v.Due.Add(-v.Due.Sub(t.Now()) / 2)
		return true
	})
}

func (t tired) SetTimer(timers ...bot.Timer) error {
	return setting(t.Tx, timers, bot.TimerStep, func(v *bot.Timer) bool {
		v.Due = v.Due.Add(time.Minute)
		return true
	})
}

func (t noClocks) SetTimer(timers ...bot.Timer) error {
	return setting(t.Tx, timers, bot.TimerClock, func(*bot.Timer) bool { return false })
}

func (t skips) Case(id int64) (bot.Case, error) {
	c, err := t.Tx.Case(id)
	if c.Paging.Active && c.Paging.Step == 0 {
		c.Paging.Step = 1
	}
	return c, err
}

func (t again) UpdateLetter(l bot.Letter) error {
	if l.State == bot.Delivered {
		l.State = bot.Pending
	}
	return t.Tx.UpdateLetter(l)
}

func (t unmarked) UpdateLetter(l bot.Letter) error {
	l.Repeat = false
	return t.Tx.UpdateLetter(l)
}

func (t forgets) Records(kind string) ([]bot.Record, error) {
	if kind == bot.RecOverride {
		return nil, nil
	}
	return t.Tx.Records(kind)
}

func (t drifts) PutCase(c bot.Case) error {
	if c.Severity == 3 {
		c.Severity = 4
	}
	return t.Tx.PutCase(c)
}

// TestFaultsAreFound breaks one promise after another and wants the simulation to
// say which.
func TestFaultsAreFound(t *testing.T) {
	for _, tt := range []struct {
		name string
		days int
		tx   func(bot.Tx) bot.Tx
		want string
	}{
		{"pages after the acknowledgement", 2, func(tx bot.Tx) bot.Tx { return pagesOn{tx} }, "which was taken"},
		{"a step never fires", 2, func(tx bot.Tx) bot.Tx { return noSteps{tx} }, "nothing presses"},
		{"silence after an acknowledgement is not noticed", 2, func(tx bot.Tx) bot.Tx { return noAsking{tx} }, "nothing presses"},
		{"a step fires early", 2, func(tx bot.Tx) bot.Tx { return early{tx} }, "after the last, which is given"},
		{"a step fires late", 2, func(tx bot.Tx) bot.Tx { return tired{tx} }, "after the last, which is given"},
		{"a step is skipped", 2, func(tx bot.Tx) bot.Tx { return skips{tx} }, "was next"},
		{"a clock runs out unseen", 2, func(tx bot.Tx) bot.Tx { return noClocks{tx} }, "nobody was told that the time"},
		{"sent twice after a restart", 15, func(tx bot.Tx) bot.Tx { return again{tx} }, "sent twice"},
		{"a repeat is not marked", 2, func(tx bot.Tx) bot.Tx { return unmarked{tx} }, "a possible repeat is not marked"},
		{"a replacement is forgotten", 15, func(tx bot.Tx) bot.Tx { return forgets{tx} }, "is not on call"},
		{"a case drifts from its events", 1, func(tx bot.Tx) bot.Tx { return drifts{tx} }, "replay differs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			result := simulate(t, 1, tt.days, func(s bot.Store) bot.Store { return faulty{Store: s, tx: tt.tx} })
			if all := strings.Join(result.Problems, "\n"); !strings.Contains(all, tt.want) {
				t.Errorf("%d problems, none says %q:\n%s", result.Count, tt.want, all)
			}
		})
	}
}
