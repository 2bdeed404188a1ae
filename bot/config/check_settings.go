package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hotline/bot"
)

// settings checks the sections about the program itself, reads the secrets of
// those in use, and tidies addresses.
func (b *builder) settings(cfg *Config) {
	b.need("data.dir", cfg.Data.Dir, "name a folder that survives a restart")
	b.need("data.backups", cfg.Data.Backups, "name a folder for copies of the database")
	b.oneOf("log.level", cfg.Log.Level, []string{"debug", "info", "warn", "error"})
	b.oneOf("log.format", cfg.Log.Format, []string{"text", "json"})
	b.http(&cfg.HTTP)
	b.slack(&cfg.Slack)
	b.discord(&cfg.Discord)
	b.web(&cfg.Web)
	b.mail(&cfg.Mail)
	b.methodsOf(&cfg.Notify)
	b.hooks(&cfg.Hooks)
	b.model(&cfg.Model)
}

// minLinkKey is what bot.SignKey asks for.
const minLinkKey = 32

func (b *builder) http(s *HTTP) {
	b.secrets("http", s)
	if key := s.LinkKey.Reveal(); key != "" && len(key) < minLinkKey {
		b.add("http.link_key", "is too short", fmt.Sprintf("use at least %d characters, for example from: openssl rand -hex 32", minLinkKey))
	}
	b.org.LinkKey = bot.SignKey(s.LinkKey.Reveal())
	_, port, err := net.SplitHostPort(s.Addr)
	if n, perr := strconv.Atoi(port); err != nil || perr != nil || n < 0 || n > 65535 {
		b.add("http.addr", fmt.Sprintf("%q is no address to listen on", s.Addr), "write host:port, such as 127.0.0.1:8080 or :8080")
	}
	if s.BaseURL != "" {
		b.url("http.base_url", &s.BaseURL)
	}
}

// url checks an address of the web and takes the slash from its end.
func (b *builder) url(path string, s *string) {
	if !webURL(*s) {
		b.add(path, fmt.Sprintf("%q is no address", *s), "write a URL that begins with https:// or http://")
	}
	*s = strings.TrimRight(*s, "/")
}

func webURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

var phoneNumber = regexp.MustCompile(`^\+[1-9][0-9]{5,14}$`) // E.164

func phone(s string) bool { return phoneNumber.MatchString(s) }

func (b *builder) slack(s *Slack) {
	b.oneOf("slack.transport", s.Transport, []string{"socket", "http"})
	b.oneOf("slack.commands", s.Commands, []string{"one", "each"})
	b.url("slack.api_url", &s.APIURL)
	s.APIURL += "/"
	s.Emoji = strings.Trim(s.Emoji, ":")
	if !s.Enabled {
		return
	}
	b.secrets("slack", s)
	b.needSecret("slack.bot_token", s.BotToken, "copy it from OAuth & Permissions of the Slack app (it begins with xoxb-)")
	if s.Transport == "socket" {
		b.needSecret("slack.app_token", s.AppToken, "make an app-level token with connections:write (it begins with xapp-)")
	} else {
		b.needSecret("slack.signing_secret", s.SigningSecret, "copy it from Basic Information of the Slack app")
	}
	b.prefix("slack.bot_token", s.BotToken, "xoxb-")
	b.prefix("slack.app_token", s.AppToken, "xapp-")
}

// prefix catches a token that was put into the wrong place.
func (b *builder) prefix(path string, s Secret, want string) {
	if !s.IsZero() && !strings.HasPrefix(s.Reveal(), want) {
		b.add(path, "this token is of another kind", "the one that belongs here begins with "+want)
	}
}

var (
	snowflake = regexp.MustCompile(`^[0-9]{15,20}$`)
	edKey     = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
)

func (b *builder) discord(s *Discord) {
	b.oneOf("discord.interactions", s.Interactions, []string{"gateway", "http"})
	b.url("discord.api_url", &s.APIURL)
	for _, f := range []struct{ path, id string }{{"discord.application", s.Application}, {"discord.guild", s.Guild}} {
		if f.id != "" && !snowflake.MatchString(f.id) {
			b.add(f.path, fmt.Sprintf("%q is no Discord id", f.id), "copy the id (a long number) with developer mode on")
		}
	}
	for _, state := range sortedKeys(s.ForumTags) {
		b.oneOf("discord.forum_tags."+state, state, forumStates)
	}
	if s.PublicKey != "" && !edKey.MatchString(s.PublicKey) {
		b.add("discord.public_key", "is no public key", "copy the 64 hexadecimal digits from General Information")
	}
	if !s.Enabled {
		return
	}
	b.secrets("discord", s)
	b.needSecret("discord.token", s.Token, "copy the bot's token from the developer portal")
	if s.Interactions == "http" {
		b.need("discord.public_key", s.PublicKey, "interactions over HTTP are checked with it")
	}
}

// forumStates are the states that can have a tag of their own.
var forumStates = []string{"new", "acknowledged", "in_progress", "waiting_customer", "waiting_others", "resolved", "closed", "reopened"}

func (b *builder) web(s *Web) {
	b.oneOf("web.login", s.Login, []string{"link", "token"})
	if s.Session < Duration(time.Minute) {
		b.add("web.session", "nobody can work that fast", "use at least 1m")
	}
	seen := map[string]bool{}
	for i := range s.Users {
		u, path := &s.Users[i], at("web.users", i)
		b.need(join(path, "person"), u.Person, "name a person")
		b.ref(join(path, "person"), "person", u.Person)
		if !s.Enabled || s.Login != "token" {
			continue
		}
		b.secret(join(path, "token"), &u.Token)
		b.needSecret(join(path, "token"), u.Token, "make one, for example with: openssl rand -hex 16")
		if t := u.Token.Reveal(); t != "" && len(t) < minHookKey {
			b.add(join(path, "token"), "is too easy to guess", fmt.Sprintf("use at least %d characters", minHookKey))
		} else if seen[t] && t != "" {
			b.add(join(path, "token"), "is the same as that of another user", "everybody needs their own")
		}
		seen[u.Token.Reveal()] = true
	}
}

func (b *builder) mail(s *Mail) {
	b.oneOf("mail.tls", s.TLS, []string{"starttls", "tls", "none"})
	if s.Port < 1 || s.Port > 65535 {
		b.add("mail.port", fmt.Sprintf("%d is no port", s.Port), "587 is usual, 465 with tls: tls")
	}
	if !s.Enabled {
		return
	}
	b.secrets("mail", s)
	b.need("mail.host", s.Host, "name the server that takes outgoing mail")
	b.need("mail.from", s.From, "write the sender, such as \"Hotline <hotline@example.com>\"")
	if _, err := mail.ParseAddress(s.From); s.From != "" && err != nil {
		b.add("mail.from", fmt.Sprintf("%q is no mail address", s.From), "write \"Hotline <hotline@example.com>\"")
	}
	if s.User != "" {
		b.needSecret("mail.password", s.Password, "a user needs a password")
		if s.TLS == "none" && s.Host != "localhost" && s.Host != "127.0.0.1" {
			b.add("mail.tls", "the password would cross the network in the clear", "use starttls or tls")
		}
	}
}

func (b *builder) methodsOf(s *Notify) {
	if s.Timeout < Duration(time.Second) || s.Timeout > Duration(time.Minute) {
		b.add("notify.timeout", s.Timeout.String()+" is not sensible", "use 1s to 1m")
	}
	if s.Webhook.Enabled {
		b.secrets("notify.webhook", &s.Webhook)
	}
	if s.Ntfy.Enabled {
		b.secrets("notify.ntfy", &s.Ntfy)
		b.url("notify.ntfy.url", &s.Ntfy.URL)
	}
	b.url("notify.twilio.base_url", &s.Twilio.BaseURL)
	if t := &s.Twilio; t.Enabled {
		b.secrets("notify.twilio", t)
		b.need("notify.twilio.account", t.Account, "copy the account SID from the console (it begins with AC)")
		b.needSecret("notify.twilio.token", t.Token, "copy the auth token, or the secret of the API key")
		if !phone(t.From) {
			b.add("notify.twilio.from", fmt.Sprintf("%q is no phone number", t.From), "write it with its country, such as +4930123456")
		}
		if t.Sid != "" {
			b.needSecret("notify.twilio.auth_token", t.AuthToken, "callbacks are signed with the account's auth token, not with the API key")
		}
	}
	b.deadman(&s.Deadman)
	list := s.Shoutrrr
	s.Shoutrrr = nil
	for i, service := range list {
		if service.Enabled != nil && !*service.Enabled {
			continue
		}
		path := join(at("notify.shoutrrr", i), "url")
		b.secret(path, &service.URL)
		b.needSecret(path, service.URL, "it holds a token, so write ${NAME} or file:/path")
		s.Shoutrrr = append(s.Shoutrrr, service)
	}
}

func (b *builder) deadman(s *Deadman) {
	b.secrets("notify.deadman", s)
	if u := s.URL.Reveal(); u != "" && !webURL(u) {
		b.add("notify.deadman.url", "is no address", "write a URL that begins with https:// or http://")
	}
	if s.Every < Duration(10*time.Second) || s.Every > Duration(time.Hour) {
		b.add("notify.deadman.every", s.Every.String()+" is not sensible", "use 10s to 1h")
	}
}

func (b *builder) hooks(s *Hooks) {
	b.secrets("hooks", s)
	if v := s.Secret.Reveal(); v != "" && len(v) < minHookKey {
		b.add("hooks.secret", "is too easy to guess", fmt.Sprintf("use at least %d characters", minHookKey))
	}
	if s.Rate <= 0 || s.Rate > 100000 {
		b.add("hooks.rate", fmt.Sprintf("%g is no rate", s.Rate), "use requests a second, more than 0")
	}
	if s.Burst < 1 || s.Burst > 1000000 {
		b.add("hooks.burst", fmt.Sprintf("%d is no burst", s.Burst), "use 1 or more")
	}
	if s.MaxBody < 1024 || s.MaxBody > 16<<20 {
		b.add("hooks.max_body", fmt.Sprintf("%d bytes is not sensible", s.MaxBody), "use 1024 to 16777216")
	}
}

func (b *builder) model(s *Model) {
	if s.BaseURL == "" {
		return
	}
	b.secrets("model", s)
	b.url("model.base_url", &s.BaseURL)
	if s.Model == "" && s.Embed == "" {
		b.add("model", "an address alone does nothing", "name a model, an embed model or both")
	}
	if s.Timeout < Duration(time.Second) {
		b.add("model.timeout", "is too short for any model", "use at least 1s")
	}
}
