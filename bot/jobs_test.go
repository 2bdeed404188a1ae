package bot_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hotline/bot"
)

// jobBubble runs a test on fake time with one job, which is due at once.
func jobBubble(t *testing.T, job bot.Job, f func(t *testing.T, r *running)) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	synctest.Test(t, func(t *testing.T) {
		r := startJobs(t, path, organisation(), map[bot.TimerKind]bot.Job{"test": job, bot.TimerSuggest: job})
		defer r.stop()
		synctest.Wait()
		f(t, r)
	})
}

func (r *running) setTimer(due time.Time) {
	r.Helper()
	err := r.store.Do(r.Context(), func(tx bot.Tx) error { return tx.SetTimer(bot.Timer{Kind: "test", Due: due}) })
	if err != nil {
		r.Fatal(err)
	}
}

// timers counts the timers of the kind "test".
func (r *running) timers() (list []bot.Timer) {
	r.Helper()
	err := r.store.View(r.Context(), func(rd bot.Reader) error {
		all, err := rd.Timers(0)
		for _, t := range all {
			if t.Kind == "test" {
				list = append(list, t)
			}
		}
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return list
}

// TestSlowJobsDelayNoPage lets every look-up hang: the second step of the policy
// comes at its second all the same.
func TestSlowJobsDelayNoPage(t *testing.T) {
	hang := func(ctx context.Context, _ bot.Timer) (time.Time, error) {
		<-ctx.Done()
		return time.Time{}, ctx.Err()
	}
	jobBubble(t, hang, func(t *testing.T, r *running) {
		for range 20 { // more than run side by side
			r.say("Payments return 502 again")
		}
		synctest.Wait()
		time.Sleep(5*time.Minute - time.Second)
		synctest.Wait()
		if got := r.chat.got(pages("maria")); len(got) != 0 {
			t.Fatalf("the second step came early: %d pages", len(got))
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := r.chat.got(pages("maria")); len(got) == 0 {
			t.Fatal("the second step is late")
		}
	})
}

func TestJobsRunAsTheySay(t *testing.T) {
	for _, tc := range []struct {
		name string
		job  func(n int64) (time.Time, error)
		// runs are how often it has run after an hour, left how many timers there are.
		runs int64
		left int
	}{
		{"once", func(int64) (time.Time, error) { return time.Time{}, nil }, 1, 0},
		{"again", func(int64) (time.Time, error) { return time.Now().Add(20 * time.Minute), nil }, 3, 1},
		{"after an error", func(n int64) (time.Time, error) {
			if n < 3 {
				return time.Time{}, errors.New("not yet")
			}
			return time.Time{}, nil
		}, 3, 0},
		{"after a panic", func(n int64) (time.Time, error) {
			if n < 2 {
				panic("a bad row")
			}
			return time.Time{}, nil
		}, 2, 0},
		{"what it is about is gone", func(int64) (time.Time, error) { return time.Time{}, bot.ErrNotFound }, 1, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var runs atomic.Int64
			jobBubble(t, func(context.Context, bot.Timer) (time.Time, error) { return tc.job(runs.Add(1)) }, func(t *testing.T, r *running) {
				r.setTimer(time.Now().Add(time.Second))
				time.Sleep(59 * time.Minute)
				synctest.Wait()
				if got := runs.Load(); got != tc.runs {
					t.Errorf("it ran %d times, want %d", got, tc.runs)
				}
				if got := r.timers(); len(got) != tc.left {
					t.Errorf("timers %v, want %d", got, tc.left)
				}
			})
		})
	}
}

// TestStopBeforeStart stops an engine before it has taken up what was left: that is
// no failure.
func TestStopBeforeStart(t *testing.T) {
	startJobs(t, filepath.Join(t.TempDir(), "hotline.db"), organisation(), nil).stop()
}

// TestLongJobIsNotDoubled runs a job beyond its lease: it does not start again
// beside itself.
func TestLongJobIsNotDoubled(t *testing.T) {
	var runs atomic.Int64
	job := func(ctx context.Context, _ bot.Timer) (time.Time, error) {
		runs.Add(1)
		select {
		case <-time.After(10 * time.Minute):
		case <-ctx.Done():
		}
		return time.Time{}, nil
	}
	jobBubble(t, job, func(t *testing.T, r *running) {
		r.setTimer(time.Now().Add(time.Second))
		time.Sleep(9 * time.Minute)
		synctest.Wait()
		if runs.Load() != 1 {
			t.Errorf("it ran %d times at once", runs.Load())
		}
	})
}

// TestMovedTimerStays moves the timer while its job runs: the new instant counts.
func TestMovedTimerStays(t *testing.T) {
	job := func(ctx context.Context, _ bot.Timer) (time.Time, error) {
		select {
		case <-time.After(time.Minute):
		case <-ctx.Done():
		}
		return time.Time{}, nil
	}
	jobBubble(t, job, func(t *testing.T, r *running) {
		r.setTimer(time.Now())
		time.Sleep(90 * time.Second) // the loop looks once a minute
		later := time.Now().Add(24 * time.Hour)
		r.setTimer(later)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if got := r.timers(); len(got) != 1 || !got[0].Due.Equal(later.Truncate(time.Millisecond)) {
			t.Errorf("timers %v, want one at %s", got, later)
		}
	})
}
