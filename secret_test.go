package main

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"hotline/bot/config"
)

// TestSecretsStayOutOfTheLog writes a secret into every part of a log line.
func TestSecretsStayOutOfTheLog(t *testing.T) {
	const secret = "xoxb-1234567890-secret"
	cfg := config.Demo()
	cfg.Slack.BotToken = config.NewSecret(secret)
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		cfg.Log.Format, cfg.Log.Level = format, "debug"
		log := newLogger(&out, cfg)
		log.Info("token "+secret, "attr", secret, "err", errors.New("refused "+secret), "any", map[string]string{"t": secret}, slog.Group("g", "k", secret))
		log.With("with", secret).WithGroup("deep").Warn("again", "k", secret)
		for _, s := range cfg.Org.Services {
			log.Info("hook", "path", "/hooks/"+s.HookKey)
			if s.HookKey != "" && strings.Contains(out.String(), s.HookKey) {
				t.Errorf("%s: the hook key of %s is in the log", format, s.ID)
			}
		}
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s: the token is in the log:\n%s", format, out.String())
		}
		if !strings.Contains(out.String(), "[secret]") {
			t.Errorf("%s: nothing was hidden:\n%s", format, out.String())
		}
	}
}
