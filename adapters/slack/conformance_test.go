package slack_test

import (
	"log/slog"
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

// scopes are exactly the permissions that the manifest asks for.
func scopes() []string {
	var list []string
	for _, s := range slack.Scopes() {
		list = append(list, s.Name)
	}
	return list
}
