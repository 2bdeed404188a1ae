package main

import (
	"context"
	"fmt"
	"log/slog"

	"hotline/adapters/discord"
	"hotline/adapters/slack"
	"hotline/bot/chat"
	"hotline/bot/config"
	"hotline/commands"
)

// newSlack makes the Slack adapter of a configuration.
func newSlack(cfg *config.Config, verbs []chat.Verb, log *slog.Logger) *slack.Adapter {
	s := cfg.Slack
	return slack.New(slack.Config{
		APIURL: s.APIURL, BotToken: s.BotToken.Reveal(), AppToken: s.AppToken.Reveal(), SigningSecret: s.SigningSecret.Reveal(),
		Transport: s.Transport, Commands: s.Commands, Verbs: verbs, Inside: s.Inside, Emoji: emojis(cfg, slack.Platform, s.Emoji), Log: log,
	})
}

// newDiscord makes the Discord adapter of a configuration.
func newDiscord(cfg *config.Config, verbs []chat.Verb, log *slog.Logger) (*discord.Adapter, error) {
	d := cfg.Discord
	return discord.New(discord.Options{
		APIURL: d.APIURL, Token: d.Token.Reveal(), Application: d.Application, PublicKey: d.PublicKey, Guild: d.Guild,
		HTTP: d.Interactions == "http", MessageContent: d.MessageContent, ForumTags: d.ForumTags, Emoji: emojis(cfg, discord.Platform, d.Emoji), Verbs: verbs, Log: log,
	})
}

// emojis are the reactions that matter on a platform: the default and those of
// single channels.
func emojis(cfg *config.Config, p chat.Platform, first string) []string {
	list := []string{first}
	for _, c := range cfg.Org.Channels {
		if c.Place.Platform == p && c.Emoji != "" {
			list = append(list, c.Emoji)
		}
	}
	return list
}

// withoutFiles is an adapter whose files are not fetched: its Fetch is hidden.
type withoutFiles struct{ chat.HTTPAdapter }

// chatAdapters makes the adapters of the chat platforms that are switched on.
func (h *hotline) chatAdapters() ([]chat.Adapter, error) {
	var list []chat.Adapter
	if h.cfg.Slack.Enabled {
		a := newSlack(h.cfg, h.cmds.Verbs(), h.log)
		if h.cfg.Slack.Files {
			list = append(list, a)
		} else {
			list = append(list, withoutFiles{a})
		}
	}
	if h.cfg.Discord.Enabled {
		d, err := newDiscord(h.cfg, h.cmds.Verbs(), h.log)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// checkOnline asks the platforms whether tokens, scopes and channels are right.
func checkOnline(ctx context.Context, cfg *config.Config) []string {
	verbs := commands.New(commands.Options{}).Verbs()
	var found []string
	ask := func(name string, check func(context.Context, []string) ([]string, error), p chat.Platform) {
		var channels []string
		for _, c := range cfg.Org.Channels {
			if c.Place.Platform == p {
				channels = append(channels, c.Place.Channel)
			}
		}
		problems, err := check(ctx, channels)
		for _, s := range problems {
			found = append(found, name+": "+s)
		}
		if err != nil {
			found = append(found, fmt.Sprintf("%s: could not be asked: %v", name, err))
		}
	}
	if cfg.Slack.Enabled {
		ask("slack", newSlack(cfg, verbs, slog.New(slog.DiscardHandler)).CheckOnline, slack.Platform)
	}
	if cfg.Discord.Enabled {
		d, err := newDiscord(cfg, verbs, slog.New(slog.DiscardHandler))
		if err != nil {
			return append(found, err.Error())
		}
		ask("discord", d.CheckOnline, discord.Platform)
	}
	return found
}

// manifest is the Slack app manifest, made from the same table as the router.
func manifest(each bool, address string) slack.Manifest {
	m := slack.Manifest{Verbs: commands.New(commands.Options{}).Verbs(), BaseURL: address}
	if each {
		m.Commands = slack.CommandsEach
	}
	return m
}

func runManifest(_ context.Context, p *program) int {
	fs := p.flags("manifest")
	each := fs.Bool("each", false, "one slash command a verb, in place of /hotline alone")
	address := fs.String("url", "", "the public `address`, for transport http; empty for Socket Mode")
	if code, ok := p.parse(fs, 0); !ok {
		return code
	}
	fmt.Fprintf(p.out, "%s", manifest(*each, *address).YAML())
	return exitOK
}
