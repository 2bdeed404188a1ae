package store_test

import (
	"path/filepath"
	"testing"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T) bot.Store { return open(t, filepath.Join(t.TempDir(), "hotline.db")) })
}

func TestBoard(t *testing.T) {
	storetest.ExerciseBoard(t, func(t *testing.T) chat.Board { return open(t, filepath.Join(t.TempDir(), "hotline.db")) })
}

func TestReopen(t *testing.T) {
	storetest.ExerciseReopen(t, func(t *testing.T, folder string) bot.Store {
		return open(t, filepath.Join(folder, "hotline.db"))
	}, func(folder string) string { return filepath.Join(folder, "hotline.db") })
}
