package web_test

import (
	"path/filepath"
	"testing"

	"hotline/adapters/adaptertest"
	"hotline/adapters/web/webtest"
	"hotline/commands"
	"hotline/store"
)

// TestConformance acts the journeys out over HTTP.
func TestConformance(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Driver {
		board, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "board.db"), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { board.Close() })
		return webtest.NewDriver(t, board, commands.Verbs())
	})
}
