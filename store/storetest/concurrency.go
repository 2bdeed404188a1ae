package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"hotline/bot"
)

func concurrencyChecks() []check {
	return []check{
		{"a failing neighbour undoes nothing of others", failingNeighbours},
		{"numbers are given once", func(k *kit) {
			var mu sync.Mutex
			seen := map[int64]bool{}
			together(k, 50, func(int) error {
				return k.store.Do(k.Context(), func(tx bot.Tx) error {
					n, err := tx.NextCase()
					if err != nil {
						return err
					}
					mu.Lock()
					defer mu.Unlock()
					if seen[n] {
						return fmt.Errorf("number %d twice", n)
					}
					seen[n] = true
					return nil
				})
			})
		}},
		{"one of many writers of the same case wins", func(k *kit) {
			k.put(sample(1001))
			var won, lost atomic.Int64
			together(k, 20, func(int) error {
				err := k.store.Do(k.Context(), func(tx bot.Tx) error {
					c := sample(1001)
					c.Seq = 2
					e := opened(1001)
					e.Seq, e.Type = 2, bot.EvAcked
					if err := tx.AppendEvents(e); err != nil {
						return err
					}
					return tx.PutCase(c)
				})
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, bot.ErrConflict):
					lost.Add(1)
				default:
					return err
				}
				return nil
			})
			if won.Load() != 1 || lost.Load() != 19 {
				k.Errorf("%d won, %d lost", won.Load(), lost.Load())
			}
		}},
		{"a letter is claimed once", func(k *kit) {
			id := newID()
			k.do(func(tx bot.Tx) error { return tx.PutLetters(letter(id, 0)) })
			var claims atomic.Int64
			together(k, 20, func(int) error {
				return k.store.Do(k.Context(), func(tx bot.Tx) error {
					ls, err := tx.ClaimLetters(id)
					claims.Add(int64(len(ls)))
					return err
				})
			})
			if claims.Load() != 1 {
				k.Errorf("claimed %d times", claims.Load())
			}
		}},
		{"the same event from many sides is stored once", func(k *kit) {
			var stored atomic.Int64
			together(k, 20, func(int) error {
				return k.store.Do(k.Context(), func(tx bot.Tx) error {
					ok, err := tx.PutInbound(message("e1", "m1"))
					if ok {
						stored.Add(1)
					}
					return err
				})
			})
			if stored.Load() != 1 {
				k.Errorf("stored %d times", stored.Load())
			}
		}},
		{"a view does not change while others write", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.PutRecord(record("k", "a", 1)) })
			k.view(func(r bot.Reader) error {
				if _, err := r.Record("k", "a"); err != nil {
					return err
				}
				if err := k.store.Do(k.Context(), func(tx bot.Tx) error { return tx.PutRecord(record("k", "b", 2)) }); err != nil {
					return err
				}
				all, err := r.Records("k")
				if len(all) != 1 {
					k.Errorf("the view sees %d records", len(all))
				}
				return err
			})
			same(k, len(read(k, func(r bot.Reader) ([]bot.Record, error) { return r.Records("k") })), 2)
		}},
		{"views run while others write", func(k *kit) {
			together(k, 40, func(i int) error {
				if i%2 == 0 {
					return k.store.Do(k.Context(), func(tx bot.Tx) error { return tx.PutRecord(record("k", fmt.Sprint(i), i)) })
				}
				return k.store.View(k.Context(), func(r bot.Reader) error { _, err := r.Records("k"); return err })
			})
		}},
		{"a caller that gives up while waiting is not run", givingUp},
		{"a caller that gives up after the start hears the outcome", func(k *kit) {
			ctx, cancel := context.WithCancel(k.Context())
			err := k.store.Do(ctx, func(tx bot.Tx) error {
				cancel()
				return tx.PutRecord(record("k", "a", 1))
			})
			if err != nil {
				k.Errorf("got %v", err)
			}
			k.view(func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
		}},
	}
}

// together runs f in n goroutines at once and fails on any error.
func together(k *kit, n int, f func(i int) error) {
	k.Helper()
	var wg sync.WaitGroup
	start := make(chan struct{})
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		k.Fatal(err)
	}
}

// failingNeighbours lets every third closure fail or panic after it has written.
func failingNeighbours(k *kit) {
	together(k, 90, func(i int) error {
		err := k.store.Do(k.Context(), func(tx bot.Tx) error {
			if err := tx.PutRecord(record("k", fmt.Sprintf("%03d", i), i)); err != nil {
				return err
			}
			switch i % 6 {
			case 0:
				return errOwn
			case 3:
				panic("boom")
			}
			return nil
		})
		if (err != nil) != (i%3 == 0) {
			return fmt.Errorf("closure %d: %w", i, err)
		}
		return nil
	})
	all := read(k, func(r bot.Reader) ([]bot.Record, error) { return r.Records("k") })
	if len(all) != 60 {
		k.Errorf("%d records, want 60", len(all))
	}
}

// givingUp holds the writer so that a second caller must wait, and ends that
// caller's context.
func givingUp(k *kit) {
	started, release := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- k.store.Do(context.Background(), func(bot.Tx) error {
			close(started)
			<-release
			return nil
		})
	}()
	<-started
	ctx, cancel := context.WithCancel(k.Context())
	second := make(chan error, 1)
	go func() {
		second <- k.store.Do(ctx, func(tx bot.Tx) error { return tx.PutRecord(record("k", "a", 1)) })
	}()
	cancel()
	if err := <-second; !errors.Is(err, bot.ErrUnavailable) {
		k.Errorf("got %v", err)
	}
	close(release)
	if err := <-first; err != nil {
		k.Error(err)
	}
	k.do(func(bot.Tx) error { return nil })
	k.absent(func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
}
