package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/store/storetest"
)

// blank gives paths of new, empty databases: copies of one that was migrated once,
// which is several times quicker than migrating each.
func blank(t *testing.T) func(t *testing.T) string {
	t.Helper()
	empty, err := os.ReadFile(made(t))
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "hotline.db")
		if err := os.WriteFile(path, empty, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

func TestConformance(t *testing.T) {
	path := blank(t)
	one := func(t *testing.T) bot.Store { return open(t, path(t)) }
	storetest.Exercise(t, one)
	storetest.ExerciseBackup(t, one)
}

func TestBoard(t *testing.T) {
	path := blank(t)
	storetest.ExerciseBoard(t, func(t *testing.T) chat.Board { return open(t, path(t)) })
}

func TestReopen(t *testing.T) {
	storetest.ExerciseReopen(t, func(t *testing.T, folder string) bot.Store {
		return open(t, filepath.Join(folder, "hotline.db"))
	}, func(folder string) string { return filepath.Join(folder, "hotline.db") })
}
