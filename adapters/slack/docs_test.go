package slack_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hotline/adapters/slack"
	"hotline/adapters/slack/slacktest"
	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/config"
	"hotline/commands"
	"hotline/knowledge"
	"hotline/store"
)

// page is docs/slack.md.
func page(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "slack.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// house loads the example of the page, with the server in Slack's place.
func house(t *testing.T, s *slacktest.Server) *config.Config {
	t.Helper()
	_, rest, _ := strings.Cut(page(t), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("there is no example")
	}
	example = strings.Replace(example, "  enabled: true", "  enabled: true\n  api_url: "+s.APIURL(), 1)
	tokens := map[string]string{"SLACK_BOT_TOKEN": slacktest.BotToken, "SLACK_APP_TOKEN": slacktest.AppToken}
	cfg, problems := config.Parse("config.yaml", []byte(example), func(name string) (string, bool) {
		v, ok := tokens[name]
		return v, ok
	})
	for _, p := range problems {
		t.Errorf("the example: %v", p)
	}
	if t.Failed() {
		t.FailNow()
	}
	return cfg
}

// TestDocs follows docs/slack.md as a new user does: the manifest's scopes, the
// configuration, the invitation, the check, and the table of what to try.
func TestDocs(t *testing.T) {
	s := slacktest.New(t, slacktest.Config{Scopes: scopes()})
	chen := s.AddUser(slacktest.User{ID: "U0123ABCD", Name: "chen"})
	ana := s.AddUser(slacktest.User{ID: "U0456EFGH", Name: "ana"})
	s.AddChannel(slacktest.Channel{ID: "C0123ABCD", Members: []string{chen.ID, ana.ID}})
	s.AddChannel(slacktest.Channel{ID: "C0456EFGH", Members: []string{chen.ID}})
	cfg := house(t, s)
	a := slack.New(slack.Config{
		APIURL: cfg.Slack.APIURL, BotToken: cfg.Slack.BotToken.Reveal(), AppToken: cfg.Slack.AppToken.Reveal(), Verbs: commands.Verbs(),
		Transport: cfg.Slack.Transport, Commands: cfg.Slack.Commands, Inside: cfg.Slack.Inside, Emoji: []string{cfg.Slack.Emoji},
	})
	channels := []string{"C0123ABCD", "C0456EFGH"}
	found, err := a.CheckOnline(t.Context(), channels)
	if err != nil || len(found) != 2 || !strings.Contains(found[0], "/invite @hotline") {
		t.Errorf("before the invitation: %q, %v", found, err)
	}
	for _, c := range channels {
		s.Join(c, slacktest.BotUserID)
	}
	if found, err = a.CheckOnline(t.Context(), channels); err != nil || len(found) > 0 {
		t.Fatalf("the check says %q, %v", found, err)
	}
	serve(t, cfg, a)
	if !s.Until(func() bool { return a.Health().State == chat.StateUp }) {
		t.Fatalf("health %+v", a.Health())
	}

	ts := ana.Say("C0123ABCD", "payments return 502")
	page := chen.Await(chen.DM(), func(m slacktest.Message) bool { return strings.Contains(m.Shown(), "payments return 502") })
	ana.Await("C0123ABCD", func(m slacktest.Message) bool {
		return m.ThreadTS == ts && strings.Contains(m.Shown(), "We have it")
	})
	if ack := chen.Click(chen.DM(), page.TS, "Acknowledge"); !ack.OK {
		t.Fatalf("acknowledge: %+v", ack)
	}
	for _, at := range []string{"C0123ABCD", "C0456EFGH", chen.DM()} {
		chen.Await(at, func(m slacktest.Message) bool { return m.BotID != "" && strings.Contains(m.Shown(), "Chen") })
	}
	chen.SayIn("C0123ABCD", ts, "<@"+slacktest.BotUserID+"> resolve raised the pool to 200")
	ana.Await("C0123ABCD", func(m slacktest.Message) bool { return strings.Contains(m.Shown(), "Does it work again") })
}

// serve runs the hotline of a configuration with the adapter until the test ends.
func serve(t *testing.T, cfg *config.Config, a *slack.Adapter) {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hotline.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	desk, err := bot.NewDesk(t.Context(), db, cfg.Org)
	if err != nil {
		t.Fatal(err)
	}
	shelf := knowledge.NewLibrary(desk, slog.New(slog.DiscardHandler))
	cmds := commands.New(commands.Options{Desk: desk, Search: shelf})
	engine := bot.NewEngine(bot.EngineOptions{Desk: desk, Handler: cmds, Jobs: shelf.Jobs(), Log: slog.New(slog.DiscardHandler), Adapters: []chat.Adapter{a}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- engine.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("engine: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
}

// TestDocsKnowTheSentences: what the table of troubles quotes is what the health
// page says.
func TestDocsKnowTheSentences(t *testing.T) {
	_, table, _ := strings.Cut(page(t), "| `/readyz` or the log says |")
	said := said(t)
	rows := regexp.MustCompile(`(?m)^\| ([A-Z][^|]+) \|`).FindAllStringSubmatch(table, -1)
	if len(rows) < 6 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		for _, part := range strings.Split(row[1], "…") {
			if part = strings.TrimSpace(part); part != "" && !strings.Contains(said, part) {
				t.Errorf("nothing says %q", part)
			}
		}
	}
}

// said provokes the troubles and collects what the health page says.
func said(t *testing.T) string {
	var all []string
	for _, trouble := range []struct {
		do   func(r *rig)
		want chat.State
	}{
		{func(r *rig) { r.s.Archive(r.ch) }, chat.StateDegraded},
		{func(r *rig) { r.s.Kick(r.ch, slacktest.BotUserID) }, chat.StateDegraded},
		{func(r *rig) { r.s.DropScope("chat:write"); r.a.Send(t.Context(), r.say("m", "x")) }, chat.StateDegraded},
		{func(r *rig) {
			r.s.Revoke(slacktest.BotToken, "token_revoked")
			r.a.Send(t.Context(), r.say("m", "x"))
		}, chat.StateFailed},
		{func(r *rig) { r.s.Refresh("link_disabled") }, chat.StateFailed},
		{func(r *rig) { r.s.Away() }, chat.StateDown},
	} {
		r := start(t, slacktest.Config{}, nil)
		trouble.do(r)
		r.until("trouble", func() bool { return r.a.Health().State == trouble.want })
		all = append(all, r.a.Health().Problems...)
	}
	return strings.Join(all, "\n")
}
