package main

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"hotline/adapters/adaptertest"
	"hotline/adapters/discord"
	"hotline/adapters/discord/discordtest"
	"hotline/adapters/slack"
	"hotline/adapters/slack/slacktest"
	"hotline/adapters/web/webtest"
	"hotline/bot/chat"
	"hotline/commands"
	"hotline/store"
)

// TestOneCaseThreePlatforms: a case that is reported on one platform is taken on
// another and resolved on the third, in every order.
func TestOneCaseThreePlatforms(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	onSlack := func(t *testing.T) adaptertest.Driver {
		var scopes []string
		for _, s := range slack.Scopes() {
			scopes = append(scopes, s.Name)
		}
		s := slacktest.New(t, slacktest.Config{AckWait: time.Minute, Scopes: scopes})
		return slacktest.NewDriver(t, s, commands.Verbs(), func() chat.Adapter {
			return slack.New(slack.Config{APIURL: s.APIURL(), BotToken: slacktest.BotToken, AppToken: slacktest.AppToken, SigningSecret: slacktest.Secret,
				Verbs: commands.Verbs(), Log: quiet})
		})
	}
	onDiscord := func(t *testing.T) adaptertest.Driver {
		s := discordtest.New(t, discordtest.Options{})
		return discordtest.NewDriver(t, s, commands.Verbs(), func(verbs []chat.Verb) chat.Adapter {
			a, err := discord.New(discord.Options{Token: s.Token(), APIURL: s.URL(), Guild: s.Guild(), MessageContent: true, Verbs: verbs, Log: quiet})
			if err != nil {
				t.Fatal(err)
			}
			return a
		})
	}
	onWeb := func(t *testing.T) adaptertest.Driver {
		board, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "board.db"), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { board.Close() })
		return webtest.NewDriver(t, board, commands.Verbs())
	}
	for _, tc := range []struct {
		name                 string
		first, second, third func(t *testing.T) adaptertest.Driver
	}{
		{"Discord, Slack, web", onDiscord, onSlack, onWeb},
		{"Slack, web, Discord", onSlack, onWeb, onDiscord},
		{"web, Discord, Slack", onWeb, onDiscord, onSlack},
	} {
		t.Run(tc.name, func(t *testing.T) { adaptertest.Across(t, tc.first(t), tc.second(t), tc.third(t)) })
	}
}
