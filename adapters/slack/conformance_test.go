package slack_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"hotline/adapters/adaptertest"
	"hotline/adapters/slack"
	"hotline/adapters/slack/slacktest"
	"hotline/bot/chat"
	"hotline/commands"
)

// open makes an adapter for a server.
func open(s *slacktest.Server, change func(*slack.Config)) *slack.Adapter {
	cfg := slack.Config{
		APIURL: s.APIURL(), BotToken: slacktest.BotToken, AppToken: slacktest.AppToken, SigningSecret: slacktest.Secret,
		Verbs: commands.Verbs(), Emoji: []string{"ticket"}, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&cfg)
	}
	return slack.New(cfg)
}

func TestConformance(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, func(t *testing.T) adaptertest.Driver {
		s := slacktest.New(t, slacktest.Config{AckWait: time.Minute, Scopes: scopes()})
		return slacktest.NewDriver(t, s, commands.Verbs(), func() chat.Adapter { return open(s, nil) })
	})
}

// mounted is an adapter that takes signed requests on a server of its own.
type mounted struct {
	*slack.Adapter
	t *testing.T
	s *slacktest.Server
}

// Run mounts the routes and lets the platform send there.
func (m mounted) Run(ctx context.Context, in chat.Inbox) error {
	mux := http.NewServeMux()
	m.Mount(mux, in)
	srv := httptest.NewServer(mux)
	defer srv.Close()
	base := srv.URL + "/slack/"
	if err := m.s.UseHTTP(ctx, slacktest.Targets{Events: base + "events", Commands: base + "commands", Interactivity: base + "interactive"}); err != nil {
		m.t.Errorf("challenge: %v", err)
	}
	return m.Adapter.Run(ctx, in)
}

func TestConformanceOverHTTP(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, func(t *testing.T) adaptertest.Driver {
		s := slacktest.New(t, slacktest.Config{AckWait: time.Minute, Scopes: scopes()})
		return slacktest.NewDriver(t, s, commands.Verbs(), func() chat.Adapter {
			return mounted{t: t, s: s, Adapter: open(s, func(c *slack.Config) { c.Transport, c.AppToken = slack.TransportHTTP, "" })}
		})
	})
}

// scopes are exactly the permissions that the manifest asks for.
func scopes() []string {
	var list []string
	for _, s := range slack.Scopes() {
		list = append(list, s.Name)
	}
	return list
}
