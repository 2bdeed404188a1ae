package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"hotline/bot"
)

func transactionChecks() []check {
	return slices.Concat(undoChecks(), boundaryChecks(), commitChecks(), numberChecks())
}

// undoChecks are about what a failing closure leaves: nothing.
func undoChecks() []check {
	return []check{
		{"what is done can be read", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.PutRecord(record("k", "a", 1)) })
			same(k, read(k, func(r bot.Reader) (bot.Record, error) { return r.Record("k", "a") }), record("k", "a", 1))
		}},
		{"a transaction sees its own writes", func(k *kit) {
			k.do(func(tx bot.Tx) error {
				if err := tx.PutRecord(record("k", "a", 1)); err != nil {
					return err
				}
				_, err := tx.Record("k", "a")
				return err
			})
		}},
		{"an error undoes the closure and is returned as it is", func(k *kit) {
			err := k.store.Do(k.Context(), func(tx bot.Tx) error {
				if err := tx.PutRecord(record("k", "a", 1)); err != nil {
					return err
				}
				return errOwn
			})
			if err != errOwn {
				k.Errorf("got %v", err)
			}
			k.absent(func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
		}},
		{"an error before any write is returned", func(k *kit) {
			k.fails(errOwn, func(bot.Tx) error { return errOwn })
		}},
		{"a user error keeps its words", func(k *kit) {
			err := k.store.Do(k.Context(), func(bot.Tx) error { return bot.Refuse(bot.ErrForbidden, "no", "ask") })
			if u, ok := errors.AsType[*bot.UserError](err); !ok || u.Say != "no" || u.Hint != "ask" {
				k.Errorf("got %#v", err)
			}
		}},
		{"an undone closure leaves earlier data", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.PutRecord(record("k", "a", 1)) })
			k.fails(errOwn, func(tx bot.Tx) error {
				if err := tx.PutRecord(record("k", "a", 2)); err != nil {
					return err
				}
				if err := tx.DeleteRecord("k", "a"); err != nil {
					return err
				}
				return errOwn
			})
			same(k, read(k, func(r bot.Reader) (bot.Record, error) { return r.Record("k", "a") }), record("k", "a", 1))
		}},
		{"a panic is an error and undoes", func(k *kit) {
			err := k.store.Do(k.Context(), func(tx bot.Tx) error {
				if err := tx.PutRecord(record("k", "a", 1)); err != nil {
					return err
				}
				panic("boom")
			})
			if err == nil || !strings.Contains(err.Error(), "boom") {
				k.Errorf("got %v", err)
			}
			k.absent(func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
		}},
		{"the store works after a panic", func(k *kit) {
			_ = k.store.Do(k.Context(), func(bot.Tx) error { panic("boom") })
			k.do(func(tx bot.Tx) error { return tx.PutRecord(record("k", "a", 1)) })
		}},
		{"a panic in a view is an error", func(k *kit) {
			if err := k.store.View(k.Context(), func(bot.Reader) error { panic("boom") }); err == nil {
				k.Error("no error")
			}
			for range 10 { // more than there are readers
				k.view(func(bot.Reader) error { return nil })
			}
		}},
		{"an error of a view is returned as it is", func(k *kit) {
			if err := k.store.View(k.Context(), func(bot.Reader) error { return errOwn }); err != errOwn {
				k.Errorf("got %v", err)
			}
		}},
	}
}

// boundaryChecks are about what holds inside a transaction and not outside.
func boundaryChecks() []check {
	return []check{
		{"now stays the same and is whole milliseconds of UTC", func(k *kit) {
			k.do(func(tx bot.Tx) error {
				now := tx.Now()
				if !now.Equal(tx.Now()) || now.Location() != time.UTC || !now.Equal(now.Truncate(time.Millisecond)) {
					k.Errorf("now is %v", now)
				}
				return nil
			})
		}},
		{"a kept transaction is refused", func(k *kit) {
			var kept bot.Tx
			k.do(func(tx bot.Tx) error { kept = tx; return tx.PutRecord(record("k", "a", 1)) })
			if err := kept.PutRecord(record("k", "a", 2)); err == nil {
				k.Error("a write was taken")
			}
			if _, err := kept.Record("k", "a"); err == nil {
				k.Error("a read was answered")
			}
			if _, err := kept.NextCase(); err == nil {
				k.Error("a number was given")
			}
		}},
		{"a kept reader is refused", func(k *kit) {
			var kept bot.Reader
			k.view(func(r bot.Reader) error { kept = r; return nil })
			if _, err := kept.Records("k"); err == nil {
				k.Error("a read was answered")
			}
		}},
		{"an ended context runs nothing", func(k *kit) {
			ctx, cancel := context.WithCancel(k.Context())
			cancel()
			ran := false
			err := k.store.Do(ctx, func(bot.Tx) error { ran = true; return nil })
			if !errors.Is(err, bot.ErrUnavailable) || ran {
				k.Errorf("ran %v, error %v", ran, err)
			}
		}},
		{"an ended context views nothing", func(k *kit) {
			ctx, cancel := context.WithCancel(k.Context())
			cancel()
			if err := k.store.View(ctx, func(bot.Reader) error { return nil }); !errors.Is(err, bot.ErrUnavailable) {
				k.Errorf("got %v", err)
			}
		}},
	}
}

// commitChecks are about what runs after the commit.
func commitChecks() []check {
	return []check{
		{"on commit runs in order, after the commit", func(k *kit) {
			var order []int
			k.do(func(tx bot.Tx) error {
				for i := range 3 {
					tx.OnCommit(func() { order = append(order, i) })
				}
				if len(order) != 0 {
					k.Error("run before the commit")
				}
				return nil
			})
			same(k, order, []int{0, 1, 2})
		}},
		{"on commit sees what was stored", func(k *kit) {
			var err error
			k.do(func(tx bot.Tx) error {
				tx.OnCommit(func() {
					err = k.store.View(context.Background(), func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
				})
				return tx.PutRecord(record("k", "a", 1))
			})
			if err != nil {
				k.Error(err)
			}
		}},
		{"on commit does not run for a closure that failed", func(k *kit) {
			ran := false
			k.fails(errOwn, func(tx bot.Tx) error {
				tx.OnCommit(func() { ran = true })
				return errOwn
			})
			k.do(func(bot.Tx) error { return nil })
			if ran {
				k.Error("it ran")
			}
		}},
		{"a panic on commit fails nothing", func(k *kit) {
			k.do(func(tx bot.Tx) error {
				tx.OnCommit(func() { panic("boom") })
				return tx.PutRecord(record("k", "a", 1))
			})
			k.do(func(tx bot.Tx) error { _, err := tx.Record("k", "a"); return err })
		}},
	}
}

// numberChecks are about the counter of cases.
func numberChecks() []check {
	return []check{
		{"case numbers start at 1001 and grow", func(k *kit) {
			for want := int64(1001); want < 1004; want++ {
				k.do(func(tx bot.Tx) error {
					n, err := tx.NextCase()
					if n != want {
						k.Errorf("got %d, want %d", n, want)
					}
					return err
				})
			}
		}},
		{"case numbers grow within a transaction", func(k *kit) {
			k.do(func(tx bot.Tx) error {
				a, _ := tx.NextCase()
				b, err := tx.NextCase()
				if b != a+1 {
					k.Errorf("%d then %d", a, b)
				}
				return err
			})
		}},
		{"the number of a failed closure is not used twice by others", func(k *kit) {
			k.fails(errOwn, func(tx bot.Tx) error { _, _ = tx.NextCase(); return errOwn })
			seen := map[int64]bool{}
			for range 3 {
				k.do(func(tx bot.Tx) error {
					n, err := tx.NextCase()
					if seen[n] {
						k.Errorf("%d twice", n)
					}
					seen[n] = true
					return err
				})
			}
		}},
	}
}
