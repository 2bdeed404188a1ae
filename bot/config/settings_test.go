package config

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/bot"
)

// TestSettings reads sections that are in use and asks for what was made of them.
func TestSettings(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       func(c *Config) bool
	}{
		{"slack by socket", "slack: {enabled: true, bot_token: '${XOXB}', app_token: '${SLACK_APP_TOKEN}', emoji: ':sos:', api_url: http://127.0.0.1:9/api}", func(c *Config) bool {
			return c.Slack.BotToken.Reveal() == "xoxb-for-tests" && c.Slack.Emoji == "sos" && c.Slack.APIURL == "http://127.0.0.1:9/api/"
		}},
		{"slack by http", "slack: {enabled: true, transport: http, bot_token: '${XOXB}', signing_secret: '${TOKEN}'}", func(c *Config) bool {
			return c.Slack.SigningSecret.Reveal() != "" && c.Slack.AppToken.IsZero()
		}},
		{"discord with an id as a number", "discord: {enabled: true, token: '${TOKEN}', guild: 012345678901234567}", func(c *Config) bool {
			return c.Discord.Guild == "012345678901234567" && c.Discord.MessageContent
		}},
		{"forum tags", "discord: {forum_tags: {new: 1, closed: '2'}}", func(c *Config) bool {
			return c.Discord.ForumTags["new"] == "1" && c.Discord.ForumTags["closed"] == "2"
		}},
		{"secrets of sections that are off are not read", "discord: {enabled: false, token: '${NOT_SET}'}\nmail: {password: 'file:no-such-file'}", func(c *Config) bool {
			return c.Discord.Token.IsZero() && c.Mail.Password.IsZero()
		}},
		{"mail with a login", "mail: {enabled: true, host: mail.example.com, from: 'A <a@example.com>', user: a, password: '${TOKEN}'}", func(c *Config) bool {
			return c.Mail.Port == 587 && c.Mail.TLS == "starttls" && !c.Mail.Password.IsZero()
		}},
		{"twilio with an API key", "notify: {twilio: {enabled: true, account: AC1, sid: SK1, token: '${TOKEN}', auth_token: '${TOKEN}', from: '+4930123456', base_url: 'http://127.0.0.1:9/'}}", func(c *Config) bool {
			return c.Notify.Twilio.BaseURL == "http://127.0.0.1:9" && c.Notify.Timeout.Std() == 10*time.Second
		}},
		{"address behind a proxy", "http: {addr: ':8080', base_url: 'https://hotline.example.com/'}", func(c *Config) bool {
			return c.HTTP.BaseURL == "https://hotline.example.com" && c.Org.BaseURL == c.HTTP.BaseURL
		}},
		{"web tokens", "web: {login: token, users: [{person: anna, token: '${TOKEN}'}]}", func(c *Config) bool {
			return len(c.Web.Users) == 1 && !c.Web.Users[0].Token.IsZero()
		}},
		{"web tokens that are not used", "web: {users: [{person: anna, token: '${NOT_SET}'}]}", func(c *Config) bool {
			return c.Web.Users[0].Token.IsZero()
		}},
		{"shoutrrr", "notify: {shoutrrr: [{id: a, enabled: false, url: '${NOT_SET}'}, {id: b, url: '${TOKEN}'}]}", func(c *Config) bool {
			return len(c.Notify.Shoutrrr) == 1 && c.Notify.Shoutrrr[0].ID == "b" && !c.Notify.Shoutrrr[0].URL.IsZero()
		}},
		{"rules", "rules: {ack_timeout: 0, group_window: 1d, max_room_severity: 0}", func(c *Config) bool {
			return c.Org.Rules.AckTimeout == 0 && c.Org.Rules.GroupWindow == 24*time.Hour && c.Org.Rules.MaxRoomSev == 0 && c.Org.Rules.AutoClose == 72*time.Hour
		}},
		{"model", "model: {base_url: 'http://127.0.0.1:11434/v1/', model: small}", func(c *Config) bool {
			return c.Model.BaseURL == "http://127.0.0.1:11434/v1" && c.Model.Timeout.Std() == 20*time.Second
		}},
		{"a null leaves the default", "log:\ndata: ~\nname: null", func(c *Config) bool {
			return c.Log.Level == "info" && c.Data.Dir == "data" && c.Org.Name == "Hotline"
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env := func(name string) (string, bool) {
				if name == "XOXB" {
					return "xoxb-for-tests", true
				}
				return testEnv(name)
			}
			cfg, problems := Parse("c.yaml", []byte(sound+tc.text+"\n"), env)
			if cfg == nil {
				t.Fatal(problems)
			}
			if !tc.want(cfg) {
				t.Errorf("got %+v", cfg)
			}
		})
	}
}

// TestPeopleOptions reads what a person may have.
func TestPeopleOptions(t *testing.T) {
	cfg := load(t, strings.Replace(sound, "  - {id: anna, name: Anna}", `  - id: anna
    tier: 3
    quiet: {from: 22:00, to: 07:00, breaks: 2}
    methods:
      - {platform: webhook, address: "http://127.0.0.1:9/x"}
      - {id: second, platform: webhook, address: "http://127.0.0.1:9/y"}
    notify:
      - {method: webhook}
      - {method: second, after: 90s, worst: 1, least: 2}
    accounts: [{platform: web, user: boss}]`, 1))
	anna, _ := cfg.Org.Person("anna")
	if anna.Name != "anna" || anna.Tier != 3 || anna.Quiet != (bot.Quiet{From: "22:00", To: "07:00", Breaks: 2}) {
		t.Errorf("anna is %+v", anna)
	}
	if len(anna.Accounts) != 1 || anna.Accounts[0].User != "boss" {
		t.Errorf("accounts %+v", anna.Accounts)
	}
	if m := anna.Methods; len(m) != 2 || m[0].ID != "webhook" || !m[1].Verified {
		t.Errorf("methods %+v", m)
	}
	if n := anna.Notify; n[1] != (bot.NotifyRule{Method: "second", After: 90 * time.Second, Worst: 1, Least: 2}) {
		t.Errorf("rules %+v", n)
	}
}

// TestWarningsOfSettings says what works and is weak all the same.
func TestWarningsOfSettings(t *testing.T) {
	text := strings.Replace(sound, "name: Anna}", "name: Anna, methods: [{platform: ntfy, address: anna}]}", 1) +
		"notify: {ntfy: {enabled: true, url: 'https://ntfy.example'}, twilio: {enabled: true, account: AC1, token: '${TOKEN}', from: '+4930123456'}}\n"
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	var said []string
	for _, p := range Check(load(t, text), now) {
		said = append(said, p.Say)
	}
	if all := strings.Join(said, "\n"); len(said) != 2 || !strings.Contains(all, "answer an SMS") || !strings.Contains(all, "links in mail") {
		t.Errorf("said %q", said)
	}
	if list := Check(load(t, text+"http: {base_url: 'https://h.example'}\n"), now); len(list) != 0 {
		t.Errorf("with an address: %v", list)
	}
}

// TestMeasuredOrganisation is the organisation of the load run: 200 services with
// a responder each who is reached by webhook.
func TestMeasuredOrganisation(t *testing.T) {
	var people, services, schedules, policies strings.Builder
	for i := range 200 {
		fmt.Fprintf(&people, "  - {id: r%d, methods: [{platform: webhook, address: \"http://127.0.0.1:9099/r%d\"}], notify: [{method: webhook}]}\n", i, i)
		fmt.Fprintf(&services, "  - {id: s%d, hook: true, policy: p%d}\n", i, i)
		fmt.Fprintf(&schedules, "  - {id: d%d, layers: [{start: 2026-01-05 09:00, people: [r%d, r%d]}]}\n", i, i, (i+1)%200)
		fmt.Fprintf(&policies, "  - {id: p%d, steps: [{targets: [{schedule: d%d}], wait: 30s}]}\n", i, i)
	}
	cfg := load(t, "hooks: {secret: '${TOKEN}'}\nnotify: {webhook: {secret: '${TOKEN}'}}\npeople:\n"+people.String()+"services:\n"+services.String()+
		"schedules:\n"+schedules.String()+"policies:\n"+policies.String()+"routes: [{policy: p0}]\n")
	if list := Check(cfg, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)); len(list) != 0 {
		t.Errorf("%d problems, first %v", len(list), list[0])
	}
	if len(cfg.Org.Services) != 200 || cfg.Org.Services[199].Policy != "p199" || cfg.Org.Services[199].HookKey == "" {
		t.Errorf("the last service is %+v", cfg.Org.Services[199])
	}
}

func BenchmarkLoadDemo(b *testing.B) {
	for b.Loop() {
		if cfg, problems := Parse("", demoText, func(string) (string, bool) { return "a-secret-of-the-demo", true }); cfg == nil {
			b.Fatal(problems)
		}
	}
}
