package store_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"

	"hotline/bot"
	"hotline/store"
)

// quiet keeps what tests provoke out of their output.
var quiet = store.Options{Log: slog.New(slog.DiscardHandler)}

func open(t testing.TB, path string) *store.SQLite {
	t.Helper()
	s, err := store.Open(t.Context(), path, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSecondOpenIsRefusedInWords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	open(t, path)
	_, err := store.Open(t.Context(), path, store.Options{})
	u, ok := errors.AsType[*bot.UserError](err)
	if !ok || !errors.Is(err, bot.ErrUnavailable) {
		t.Fatalf("got %v", err)
	}
	if u.Say == "" || u.Hint == "" {
		t.Fatalf("no words: %+v", u)
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "hotline.db"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Do(context.Background(), func(bot.Tx) error { return nil }); !errors.Is(err, bot.ErrUnavailable) {
		t.Errorf("Do: %v", err)
	}
	if err := s.View(context.Background(), func(bot.Reader) error { return nil }); !errors.Is(err, bot.ErrUnavailable) {
		t.Errorf("View: %v", err)
	}
}
