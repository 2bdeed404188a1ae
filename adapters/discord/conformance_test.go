package discord

import (
	"log/slog"
	"sync"
	"testing"
	"time"

	"hotline/adapters/adaptertest"
	"hotline/adapters/discord/discordtest"
	"hotline/bot/chat"
	"hotline/commands"
)

// quick are waits short enough for tests.
var quick = tempo{
	first: 20 * time.Millisecond, most: 500 * time.Millisecond, invalid: 10 * time.Millisecond,
	deferAfter: 1200 * time.Millisecond, maxWait: 2 * time.Second, again: 100 * time.Millisecond, retry: 10 * time.Millisecond, silence: time.Minute,
}

// published is Discord's OpenAPI document where it is at hand, read once.
var published = sync.OnceValues(func() (*discordtest.Contract, error) {
	path, ok := discordtest.FindContract()
	if !ok {
		return nil, nil
	}
	return discordtest.LoadContract(path)
})

// server starts the fake server, with the published contract where it is at hand.
func server(t testing.TB, o discordtest.Options) *discordtest.Server {
	t.Helper()
	c, err := published()
	if err != nil {
		t.Fatal(err)
	}
	o.Contract = c
	return discordtest.New(t, o)
}

// TestContractIsAtHand says when the bodies were not held against the document.
func TestContractIsAtHand(t *testing.T) {
	if _, ok := discordtest.FindContract(); !ok {
		t.Skip("discord-openapi.json is not at ../shared/contracts beside the repository: bodies are held against the written limits alone")
	}
}

// connect makes an adapter for a server.
func connect(t testing.TB, s *discordtest.Server, change func(*Options)) *Adapter {
	t.Helper()
	o := Options{
		Token: s.Token(), APIURL: s.URL(), Guild: s.Guild(), MessageContent: true, Emoji: []string{"ticket"}, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&o)
	}
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	a.tempo = quick
	return a
}

func TestConformance(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Driver {
		s := server(t, discordtest.Options{})
		return discordtest.NewDriver(t, s, commands.Verbs(), func(verbs []chat.Verb) chat.Adapter {
			return connect(t, s, func(o *Options) { o.Verbs = verbs })
		})
	})
}
