package slack

import (
	"cmp"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"hotline/bot/chat"
)

// Platform is the name of this adapter in stored data.
const Platform chat.Platform = "slack"

// The transports.
const (
	TransportSocket = "socket" // Socket Mode: no public URL is needed
	TransportHTTP   = "http"   // signed requests
)

// The ways to register commands.
const (
	CommandsOne  = "one"  // one command with verbs: /hotline report …
	CommandsEach = "each" // one command a verb: /report …
)

// Config is what the adapter needs. BotToken and APIURL are required, AppToken for
// sockets, SigningSecret for HTTP.
type Config struct {
	// APIURL is the base of the Web API; a slash at its end is added when missing.
	APIURL        string
	BotToken      string
	AppToken      string
	SigningSecret string
	Transport     string // "" means TransportSocket
	// Sockets is how many connections are kept open; 0 means 2, at most 10.
	Sockets int
	// Command is the slash command, with its slash; "" means "/hotline".
	Command string
	// Commands is CommandsOne ("" means that) or CommandsEach.
	Commands string
	// Verbs is the table of verbs; the first is used when the command is given
	// alone.
	Verbs []chat.Verb
	// Inside lists who is not an outsider although of another team: team ids
	// ("T123"), single accounts ("U123"), or either in one channel only
	// ("C123:T123"). A "-" in front makes an outsider of somebody inside.
	Inside []string
	// Emoji are the names of reactions that are reported, with what was said around
	// the message; others are left out.
	Emoji []string
	// Path is where the HTTP routes are mounted; "" means "/slack".
	Path string
	// HTTPClient is used for everything, websockets included; nil makes one.
	HTTPClient *http.Client
	Log        *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	if !strings.HasSuffix(c.APIURL, "/") {
		c.APIURL += "/"
	}
	c.Transport = cmp.Or(c.Transport, TransportSocket)
	c.Commands = cmp.Or(c.Commands, CommandsOne)
	c.Command = "/" + strings.TrimPrefix(cmp.Or(c.Command, "/hotline"), "/")
	c.Path = "/" + strings.Trim(cmp.Or(c.Path, "/slack"), "/")
	c.Sockets = min(max(cmp.Or(c.Sockets, 2), 1), 10)
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{Timeout: time.Minute}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}
