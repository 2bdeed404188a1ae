package config

import "hotline/bot"

// Config is a checked configuration.
type Config struct {
	// Path is the file it came from; empty for the demo.
	Path string
	// Org is whom and what the hotline serves.
	Org *bot.Organisation

	Data      Data
	HTTP      HTTP
	Log       Log
	Slack     Slack
	Discord   Discord
	Web       Web
	Mail      Mail
	Notify    Notify
	Hooks     Hooks
	Knowledge Knowledge
	Model     Model

	// places tell Check where things stand in the file.
	places *decoder
}

// Data is where the hotline keeps what it must not lose.
type Data struct {
	// Dir holds the database. Relative paths count from the working directory.
	Dir string `yaml:"dir"`
	// Backups is where copies of the database go.
	Backups string `yaml:"backups"`
}

// HTTP is the one listener: workspace, hooks, callbacks, health and metrics.
type HTTP struct {
	// Addr is "host:port"; port 0 takes a free one.
	Addr string `yaml:"addr"`
	// BaseURL is how people reach the listener from outside, without a trailing
	// slash; empty means http:// and the address that is listened on, which only
	// the program knows.
	BaseURL string `yaml:"base_url"`
	// LinkKey signs links that work without a login, at least 32 bytes; empty
	// means that one is made once and kept in the database.
	LinkKey Secret `yaml:"link_key"`
}

// Log says what is logged.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn or error
	Format string `yaml:"format"` // text or json
}

// Slack is the connection to Slack.
type Slack struct {
	Enabled       bool   `yaml:"enabled"`
	AppToken      Secret `yaml:"app_token"`      // xapp-…, for the socket
	BotToken      Secret `yaml:"bot_token"`      // xoxb-…
	SigningSecret Secret `yaml:"signing_secret"` // for transport http
	APIURL        string `yaml:"api_url"`        // ends in a slash
	Transport     string `yaml:"transport"`      // socket or http
	// Commands: "one" registers /hotline with verbs, "each" one slash command a verb.
	Commands string `yaml:"commands"`
	// Inside are the team ids whose members are not outsiders.
	Inside []string `yaml:"inside"`
	// Emoji on a message makes it a case, in channels of mode emoji.
	Emoji string `yaml:"emoji"`
	// Files says whether attachments are fetched.
	Files bool `yaml:"files"`
}

// Discord is the connection to Discord.
type Discord struct {
	Enabled     bool   `yaml:"enabled"`
	Token       Secret `yaml:"token"`
	APIURL      string `yaml:"api_url"` // without a version
	Application string `yaml:"application"`
	// PublicKey (hex) checks interactions that come by HTTP.
	PublicKey string `yaml:"public_key"`
	// Guild limits commands to one server, where they appear at once.
	Guild string `yaml:"guild"`
	// MessageContent asks for the privileged intent to read messages.
	MessageContent bool `yaml:"message_content"`
	// ForumTags are the tag ids of a forum channel, by state of the case.
	ForumTags map[string]string `yaml:"forum_tags"`
	// Interactions: "gateway" or "http".
	Interactions string `yaml:"interactions"`
	Emoji        string `yaml:"emoji"`
}

// Web is the workspace that Hotline serves itself.
type Web struct {
	Enabled bool `yaml:"enabled"`
	// Login: "link" (a link made by an administrator or sent by mail) or "token".
	Login string `yaml:"login"`
	// Session is how long a login lasts.
	Session Duration `yaml:"session"`
	// Users are logins with a fixed token, read when Login is "token"; the user id is
	// the person id.
	Users []WebUser `yaml:"users"`
}

// WebUser is a login to the workspace with a fixed token.
type WebUser struct {
	Person string `yaml:"person"`
	Token  Secret `yaml:"token"`
}

// Mail is how mail leaves.
type Mail struct {
	Enabled bool   `yaml:"enabled"`
	Host    string `yaml:"host"`
	Port    int    `yaml:"port"`
	// TLS: "starttls" (required), "tls" (from the first byte) or "none".
	TLS      string `yaml:"tls"`
	User     string `yaml:"user"`
	Password Secret `yaml:"password"`
	From     string `yaml:"from"`
}

// Notify are the contact methods besides chat and mail.
type Notify struct {
	// Timeout bounds one attempt; the next method is tried after it.
	Timeout  Duration   `yaml:"timeout"`
	Webhook  Webhook    `yaml:"webhook"`
	Ntfy     Ntfy       `yaml:"ntfy"`
	Twilio   Twilio     `yaml:"twilio"`
	Shoutrrr []Shoutrrr `yaml:"shoutrrr"`
	Deadman  Deadman    `yaml:"deadman"`
}

// Deadman asks an address of a watching service as long as the hotline works, so
// that somebody hears when it is silent.
type Deadman struct {
	// URL is asked with GET; a secret, because whoever knows it can pretend. Empty
	// switches it off.
	URL Secret `yaml:"url"`
	// Every is the time between two requests, 10 s to 1 h.
	Every Duration `yaml:"every"`
}

// Webhook signs pages that are sent as JSON to an address of the responder.
type Webhook struct {
	Enabled bool `yaml:"enabled"`
	// Secret signs the body; without it the page goes unsigned.
	Secret Secret `yaml:"secret"`
}

// Ntfy pushes to phones through an ntfy server. A method's address is a topic.
type Ntfy struct {
	Enabled bool   `yaml:"enabled"`
	URL     string `yaml:"url"`
	Token   Secret `yaml:"token"`
}

// Twilio sends SMS and calls through Twilio or a server that speaks like it.
type Twilio struct {
	Enabled bool `yaml:"enabled"`
	// Account is the account SID. Sid is that of an API key, empty to use the
	// account itself.
	Account string `yaml:"account"`
	Sid     string `yaml:"sid"`
	// Token is the secret of Sid (or the account). AuthToken checks what Twilio
	// sends; empty means Token.
	Token     Secret `yaml:"token"`
	AuthToken Secret `yaml:"auth_token"`
	BaseURL   string `yaml:"base_url"`
	From      string `yaml:"from"` // +49…
}

// Shoutrrr is a notification service by id; its URL holds tokens and is secret.
// A method's address is the ID.
type Shoutrrr struct {
	ID string `yaml:"id"`
	// Enabled is true unless the file says otherwise; services that are not are left
	// out of the Config.
	Enabled *bool  `yaml:"enabled"`
	URL     Secret `yaml:"url"`
}

// Hooks is the door for machines: POST /hooks/<key>.
type Hooks struct {
	// Secret makes the keys of services with "hook: true".
	Secret Secret `yaml:"secret"`
	// Rate is how many requests a second one key may make, Burst how many at once.
	Rate  float64 `yaml:"rate"`
	Burst int     `yaml:"burst"`
	// MaxBody bounds a request, in bytes.
	MaxBody int `yaml:"max_body"`
}

// Knowledge is the search for fixes.
type Knowledge struct {
	// Articles is a folder of articles that is read at start; empty for none.
	Articles string `yaml:"articles"`
	// CEDICT is a CC-CEDICT text file whose words help to cut and translate Chinese;
	// empty for none.
	CEDICT string `yaml:"cedict"`
}

// Model is a language model behind an OpenAI-compatible address; without one
// everything works, with plain search and drafts from templates.
type Model struct {
	BaseURL string   `yaml:"base_url"`
	Model   string   `yaml:"model"`
	Embed   string   `yaml:"embed"`
	Key     Secret   `yaml:"key"`
	Timeout Duration `yaml:"timeout"`
}
