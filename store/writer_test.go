package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hotline/bot"
	"hotline/store"
)

// held runs f while the writer is busy with a closure, so that what f starts must
// wait together.
func held(t *testing.T, s *store.SQLite, f func()) {
	t.Helper()
	started, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Do(t.Context(), func(bot.Tx) error { close(started); <-release; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-started
	f()
	close(release)
	wg.Wait()
}

func TestWaitingClosuresShareACommit(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "hotline.db"))
	var wg sync.WaitGroup
	held(t, s, func() {
		for i := range 50 {
			wg.Go(func() { put(t, s, fmt.Sprint(i)) })
		}
		for s.Stats().Waiting < 50 {
			runtime.Gosched()
		}
	})
	wg.Wait()
	st := s.Stats()
	if st.Done != 51 || st.Groups > 10 {
		t.Errorf("%d closures in %d commits", st.Done, st.Groups)
	}
}

func TestGroupIsBounded(t *testing.T) {
	opt := quiet
	opt.MaxGroup = 4
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hotline.db"), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() { put(t, s, fmt.Sprint(i)) })
	}
	wg.Wait()
	if st := s.Stats(); st.Groups < 10 {
		t.Errorf("%d closures in %d commits of at most 4", st.Done, st.Groups)
	}
}

func TestNobodyIsAnsweredBeforeTheCommit(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "hotline.db"))
	first := make(chan error, 1)
	var wg sync.WaitGroup
	held(t, s, func() {
		wg.Go(func() {
			first <- s.Do(t.Context(), func(tx bot.Tx) error { return tx.PutRecord(bot.Record{Kind: "k", ID: "1", Body: []byte("1")}) })
		})
		for s.Stats().Waiting < 1 {
			runtime.Gosched()
		}
		wg.Go(func() {
			// Whether it shares the first one's commit or not, the first is on disk
			// when it is answered and not in a view before.
			err := s.Do(t.Context(), func(bot.Tx) error {
				visible := s.View(context.Background(), func(r bot.Reader) error { _, err := r.Record("k", "1"); return err }) == nil
				if answered := len(first) == 1; answered && !visible {
					t.Error("answered before the commit")
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	})
	wg.Wait()
}

func TestGoexitOfAClosureStopsNothing(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "hotline.db"))
	err := s.Do(t.Context(), func(tx bot.Tx) error {
		if err := tx.PutRecord(bot.Record{Kind: "k", ID: "a", Body: []byte("1")}); err != nil {
			return err
		}
		runtime.Goexit()
		return nil
	})
	if err == nil {
		t.Error("no error")
	}
	put(t, s, "b")
	err = s.View(t.Context(), func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
	if !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestFailedClosureGivesItsNumberBack(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "hotline.db"))
	for range 3 {
		_ = s.Do(t.Context(), func(tx bot.Tx) error { _, _ = tx.NextCase(); return errors.New("no") })
	}
	var n int64
	if err := s.Do(t.Context(), func(tx bot.Tx) (err error) { n, err = tx.NextCase(); return err }); err != nil {
		t.Fatal(err)
	}
	if n != 1001 {
		t.Errorf("got %d", n)
	}
}

func TestFakeTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), path, store.Options{Sync: store.Off})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		start := time.Now()
		for hour := range 24 {
			time.Sleep(time.Hour)
			err := s.Do(t.Context(), func(tx bot.Tx) error {
				if want := start.Add(time.Duration(hour+1) * time.Hour); !tx.Now().Equal(want) {
					t.Errorf("now is %v, want %v", tx.Now(), want)
				}
				return tx.PutRecord(bot.Record{Kind: "k", ID: fmt.Sprint(hour), Body: []byte("1")})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestMain lets the test program stand in for a second Hotline.
func TestMain(m *testing.M) {
	if path := os.Getenv("HOTLINE_TEST_OPEN"); path != "" {
		_, err := store.Open(context.Background(), path, store.Options{})
		fmt.Println(err)
		return
	}
	os.Exit(m.Run())
}

func TestSecondProcessIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	s := open(t, path)
	second := func() string {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "HOTLINE_TEST_OPEN="+path)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if out := second(); !strings.Contains(out, fmt.Sprintf("Another Hotline (process %d)", os.Getpid())) {
		t.Errorf("it says %q", out)
	}
	put(t, s, "still works")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if out := second(); strings.TrimSpace(out) != "<nil>" {
		t.Errorf("after closing it says %q", out)
	}
}
