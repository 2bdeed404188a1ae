package storetest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"hotline/bot"
)

func backupChecks() []check {
	return []check{
		{"leaves a file and nothing else", func(k *kit) {
			k.put(sample(1001))
			dir := k.TempDir()
			path := filepath.Join(dir, "copy.db")
			if err := k.store.Backup(k.Context(), path); err != nil {
				k.Fatal(err)
			}
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 1 || entries[0].Name() != "copy.db" {
				k.Errorf("%v %v", entries, err)
			}
		}},
		{"never overwrites", func(k *kit) {
			path := filepath.Join(k.TempDir(), "copy.db")
			if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
				k.Fatal(err)
			}
			if err := k.store.Backup(k.Context(), path); err == nil {
				k.Error("no error")
			}
			if b, _ := os.ReadFile(path); string(b) != "precious" {
				k.Errorf("now it is %q", b)
			}
		}},
		{"into a folder that is not there fails", func(k *kit) {
			if err := k.store.Backup(k.Context(), filepath.Join(k.TempDir(), "no", "copy.db")); err == nil {
				k.Error("no error")
			}
		}},
		{"goes on beside writers", func(k *kit) {
			path := filepath.Join(k.TempDir(), "copy.db")
			together(k, 20, func(i int) error {
				if i == 10 {
					return k.store.Backup(k.Context(), path)
				}
				return k.store.Do(k.Context(), func(tx bot.Tx) error { return tx.PutRecord(record("k", fmt.Sprint(i), i)) })
			})
		}},
	}
}

// ExerciseReopen checks what a closed store leaves for the next. open opens the
// store in a folder, empty the first time; the suite closes it. backup names a
// backup so that open finds it as the store of another folder.
func ExerciseReopen(t *testing.T, open func(t *testing.T, folder string) bot.Store, backup func(folder string) string) {
	shut := func(t *testing.T, s bot.Store) {
		t.Helper()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	fill := func(t *testing.T, s bot.Store) {
		k := &kit{T: t, store: s}
		k.put(sample(1001))
		k.do(func(tx bot.Tx) error {
			if _, err := tx.NextCase(); err != nil {
				return err
			}
			if err := tx.SetTimer(bot.Timer{Kind: bot.TimerStep, Case: 1001, Due: at(5)}); err != nil {
				return err
			}
			if _, err := tx.PutInbound(message("e1", "m1")); err != nil {
				return err
			}
			return tx.PutLetters(letter("l1", 1001))
		})
	}
	verify := func(t *testing.T, s bot.Store) {
		k := &kit{T: t, store: s}
		same(k, read(k, func(r bot.Reader) (bot.Case, error) { return r.Case(1001) }), sample(1001))
		same(k, read(k, func(r bot.Reader) ([]bot.CaseEvent, error) { return r.Events(1001, 0) }), []bot.CaseEvent{opened(1001)})
		same(k, read(k, func(r bot.Reader) (bot.Letter, error) { return r.Letter("l1") }), letter("l1", 1001))
		same(k, len(read(k, func(r bot.Reader) ([]bot.Timer, error) { return r.Timers(1001) })), 1)
		k.do(func(tx bot.Tx) error {
			n, err := tx.NextCase()
			if n != 1002 {
				k.Errorf("the next number is %d", n)
			}
			if ok, err := tx.PutInbound(message("e1", "m1")); ok || err != nil {
				k.Errorf("the same delivery: stored %v, %v", ok, err)
			}
			return err
		})
	}
	t.Run("everything is there after reopening", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, dir)
		fill(t, s)
		shut(t, s)
		s = open(t, dir)
		verify(t, s)
		shut(t, s)
	})
	t.Run("closing twice is fine", func(t *testing.T) {
		s := open(t, t.TempDir())
		shut(t, s)
		shut(t, s)
	})
	t.Run("closing waits for what has begun", func(t *testing.T) { closeWaits(t, open) })
	t.Run("a backup is a whole store", func(t *testing.T) {
		s := open(t, t.TempDir())
		fill(t, s)
		dir := t.TempDir()
		if err := s.Backup(t.Context(), backup(dir)); err != nil {
			t.Fatal(err)
		}
		shut(t, s)
		s = open(t, dir)
		verify(t, s)
		shut(t, s)
	})
}

// closeWaits closes a store inside the run of a closure.
func closeWaits(t *testing.T, open func(t *testing.T, folder string) bot.Store) {
	dir := t.TempDir()
	s := open(t, dir)
	started, release := make(chan struct{}), make(chan struct{})
	done, closed := make(chan error, 1), make(chan error, 1)
	ctx, cancel := background()
	defer cancel()
	go func() {
		done <- s.Do(ctx, func(tx bot.Tx) error {
			close(started)
			<-release
			return tx.PutRecord(record("k", "a", 1))
		})
	}()
	<-started
	go func() { closed <- s.Close() }()
	close(release)
	for _, c := range []chan error{done, closed} {
		if err := <-c; err != nil {
			t.Error(err)
		}
	}
	s = open(t, dir)
	k := &kit{T: t, store: s}
	k.view(func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
