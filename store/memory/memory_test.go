package memory_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"hotline/bot"
	"hotline/store/memory"
	"hotline/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T) bot.Store {
		s := memory.New()
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	})
}

func TestBackupSaysThatThereIsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "copy")
	if err := memory.New().Backup(t.Context(), path); !errors.Is(err, bot.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was left: %v", err)
	}
}

func TestClosed(t *testing.T) {
	s := memory.New()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Do(t.Context(), func(bot.Tx) error { return nil }); !errors.Is(err, bot.ErrUnavailable) {
		t.Errorf("Do: %v", err)
	}
	if err := s.View(t.Context(), func(bot.Reader) error { return nil }); !errors.Is(err, bot.ErrUnavailable) {
		t.Errorf("View: %v", err)
	}
}
