package storetest

import (
	"slices"
	"strconv"
	"time"

	"hotline/bot"
)

func timerChecks() []check { return slices.Concat(dueTimerChecks(), movedTimerChecks()) }

func setTimers(k *kit, timers ...bot.Timer) {
	k.Helper()
	k.do(func(tx bot.Tx) error { return tx.SetTimer(timers...) })
}

func dueTimers(k *kit, now time.Time, limit int) []bot.Timer {
	k.Helper()
	return read(k, func(r bot.Reader) ([]bot.Timer, error) { return r.DueTimers(now, limit) })
}

func timersOf(k *kit, id int64) []bot.Timer {
	k.Helper()
	return read(k, func(r bot.Reader) ([]bot.Timer, error) { return r.Timers(id) })
}

func timerKeys(timers []bot.Timer) (keys []string) {
	for _, t := range timers {
		keys = append(keys, t.Key)
	}
	return keys
}

// timer is a timer of case 1001 that is due so many seconds into the day.
func timer(key string, second int) bot.Timer {
	return bot.Timer{Kind: bot.TimerClock, Case: 1001, Key: key, Due: at(second), Gen: 3}
}

// dueTimerChecks are about what is due when.
func dueTimerChecks() []check {
	return []check{
		{"comes back as it was, with an id", func(k *kit) {
			setTimers(k, timer("a", 5))
			got := timersOf(k, 1001)
			if len(got) != 1 || got[0].ID == 0 {
				k.Fatalf("got %v", got)
			}
			want := timer("a", 5)
			want.ID = got[0].ID
			same(k, got[0], want)
		}},
		{"due ones come earliest first", func(k *kit) {
			setTimers(k, timer("c", 30), timer("a", 10), timer("b", 20), timer("d", 40))
			same(k, timerKeys(dueTimers(k, at(30), 10)), []string{"a", "b", "c"})
		}},
		{"one due exactly now is due", func(k *kit) {
			setTimers(k, timer("a", 10))
			same(k, len(dueTimers(k, at(10), 10)), 1)
			same(k, len(dueTimers(k, at(10).Add(-time.Millisecond), 10)), 0)
		}},
		{"a due time between milliseconds is never early", func(k *kit) {
			t := timer("a", 10)
			t.Due = t.Due.Add(300 * time.Microsecond)
			setTimers(k, t)
			same(k, len(dueTimers(k, at(10), 10)), 0)
			same(k, len(dueTimers(k, at(10).Add(time.Millisecond), 10)), 1)
		}},
		{"due ones are limited", func(k *kit) {
			setTimers(k, timer("a", 1), timer("b", 2), timer("c", 3))
			same(k, timerKeys(dueTimers(k, at(9), 2)), []string{"a", "b"})
		}},
		{"the next due instant", func(k *kit) {
			setTimers(k, timer("b", 20), timer("a", 10))
			k.view(func(r bot.Reader) error {
				next, ok, err := r.NextDue()
				if !ok || !next.Equal(at(10)) {
					k.Errorf("got %v %v", next, ok)
				}
				return err
			})
		}},
		{"no timer, no instant", func(k *kit) {
			k.view(func(r bot.Reader) error {
				_, ok, err := r.NextDue()
				if ok {
					k.Error("there is one")
				}
				return err
			})
		}},
	}
}

// movedTimerChecks are about timers that are set again or taken away.
func movedTimerChecks() []check {
	return []check{
		{"setting it again moves it", func(k *kit) {
			setTimers(k, timer("a", 10))
			setTimers(k, timer("a", 50))
			got := timersOf(k, 1001)
			if len(got) != 1 || !got[0].Due.Equal(at(50)) {
				k.Errorf("got %v", got)
			}
		}},
		{"whoever holds a moved timer finds it gone", func(k *kit) {
			setTimers(k, timer("a", 10))
			old := timersOf(k, 1001)[0]
			setTimers(k, timer("a", 50))
			k.do(func(tx bot.Tx) error {
				ok, err := tx.DeleteTimer(old)
				if ok {
					k.Error("it was deleted")
				}
				return err
			})
			same(k, len(timersOf(k, 1001)), 1)
		}},
		{"of two for one key the last counts", func(k *kit) {
			setTimers(k, timer("a", 10), timer("b", 20), timer("a", 50))
			same(k, timerKeys(timersOf(k, 1001)), []string{"b", "a"})
		}},
		{"many at once", func(k *kit) {
			var many []bot.Timer
			for i := range 100 {
				many = append(many, timer(strconv.Itoa(i), i))
			}
			setTimers(k, many...)
			same(k, timerKeys(timersOf(k, 1001)), timerKeys(many))
		}},
		{"one of many that is refused takes the others along", func(k *kit) {
			k.fails(bot.ErrInvalid, func(tx bot.Tx) error {
				return tx.SetTimer(timer("a", 10), bot.Timer{Kind: bot.TimerSweep})
			})
			same(k, len(timersOf(k, 1001)), 0)
		}},
		{"none at all is no error", func(k *kit) { setTimers(k) }},
		{"kinds and keys are apart", func(k *kit) {
			other := timer("a", 10)
			other.Kind = bot.TimerSnooze
			setTimers(k, timer("a", 10), timer("b", 10), other)
			same(k, len(timersOf(k, 1001)), 3)
		}},
		{"deleting takes one, once", func(k *kit) {
			setTimers(k, timer("a", 10), timer("b", 20))
			t := timersOf(k, 1001)[0]
			for _, want := range []bool{true, false} {
				k.do(func(tx bot.Tx) error {
					ok, err := tx.DeleteTimer(t)
					if ok != want {
						k.Errorf("got %v, want %v", ok, want)
					}
					return err
				})
			}
			same(k, timerKeys(timersOf(k, 1001)), []string{"b"})
		}},
		{"an undone deletion leaves it", func(k *kit) {
			setTimers(k, timer("a", 10))
			t := timersOf(k, 1001)[0]
			k.fails(errOwn, func(tx bot.Tx) error { _, _ = tx.DeleteTimer(t); return errOwn })
			same(k, len(timersOf(k, 1001)), 1)
		}},
		{"cancelling all leaves other cases", func(k *kit) {
			other := timer("a", 10)
			other.Case = 1002
			setTimers(k, timer("a", 10), timer("b", 20), other)
			k.do(func(tx bot.Tx) error { return tx.CancelTimers(1001) })
			same(k, len(timersOf(k, 1001)), 0)
			same(k, len(timersOf(k, 1002)), 1)
		}},
		{"cancelling some kinds leaves the others", func(k *kit) {
			step, snooze := timer("1", 10), timer("2", 10)
			step.Kind, snooze.Kind = bot.TimerStep, bot.TimerSnooze
			setTimers(k, step, snooze, timer("3", 10))
			k.do(func(tx bot.Tx) error { return tx.CancelTimers(1001, bot.TimerStep, bot.TimerSnooze) })
			same(k, timerKeys(timersOf(k, 1001)), []string{"3"})
		}},
		{"timers of no case", func(k *kit) {
			setTimers(k, bot.Timer{Kind: bot.TimerSweep, Due: at(1)})
			same(k, len(timersOf(k, 0)), 1)
		}},
		{"without a due time it is refused", func(k *kit) {
			k.fails(bot.ErrInvalid, func(tx bot.Tx) error { return tx.SetTimer(bot.Timer{Kind: bot.TimerSweep}) })
		}},
	}
}
