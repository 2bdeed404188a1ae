package config

import (
	"testing"
	"time"
)

func noEnv(string) (string, bool) { return "", false }

func TestDemo(t *testing.T) {
	cfg := Demo()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, p := range Check(cfg, now) {
		t.Error(p)
	}
	for _, p := range cfg.Org.People {
		if len(p.Accounts) != 1 || p.Accounts[0].Platform != "web" || p.Accounts[0].User != p.ID {
			t.Errorf("%s has the accounts %v, want one on the web with the same id", p.ID, p.Accounts)
		}
	}
}
