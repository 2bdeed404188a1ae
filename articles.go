package main

import (
	"context"
	"path/filepath"

	"github.com/google/uuid"

	"hotline/bot/config"
	"hotline/store"
)

func newID() string { return uuid.New().String() }

// openStore opens the configured database for a verb that needs nothing else.
func openStore(ctx context.Context, cfg *config.Config) (*store.SQLite, error) {
	return store.Open(ctx, filepath.Join(cfg.Data.Dir, "hotline.db"), store.Options{})
}

// backup writes a consistent copy of the configured database, also while a hotline
// runs on it, and looks the copy through when asked.
func backup(ctx context.Context, cfg *config.Config, to string, verify bool) error {
	if err := store.Copy(ctx, filepath.Join(cfg.Data.Dir, "hotline.db"), to); err != nil || !verify {
		return err
	}
	return store.Check(ctx, to)
}

func (h *hotline) importArticles(_ context.Context, _ string) (int, error) { return 0, nil }
func runArticles(_ context.Context, _ *program) int                        { return exitUsage }
