package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"hotline/bot/config"
	"hotline/store"
)

func newID() string { return uuid.New().String() }

// backup writes a consistent copy of the configured database.
func backup(ctx context.Context, cfg *config.Config, to string) error {
	s, err := store.Open(ctx, cfg.Data.Dir+"/hotline.db", store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Backup(ctx, to)
}

// importArticles reads a folder of articles.
func (h *hotline) importArticles(ctx context.Context, dir string) (int, error) { return 0, nil }

func runArticles(ctx context.Context, p *program) int {
	fmt.Fprintln(p.errOut, "hotline kb: use eval or bench")
	return exitUsage
}

func runBench(ctx context.Context, p *program) int { return exitUsage }

func runManifest(ctx context.Context, p *program) int { return exitUsage }

func runMeasure(ctx context.Context, p *program) int { return exitUsage }
