package config

import "time"

// defaultFile is what counts for everything that a file does not say.
// config.example.yaml shows the same values; a test compares them.
func defaultFile() file {
	return file{
		Name: "Hotline",
		Lang: "en",
		Zone: zone{time.UTC},
		Data: Data{Dir: "data", Backups: "data/backups"},
		HTTP: HTTP{Addr: "127.0.0.1:8080"},
		Log:  Log{Level: "info", Format: "text"},
		Slack: Slack{
			APIURL: "https://slack.com/api/", Transport: "socket", Commands: "one",
			Emoji: "ticket", Files: true,
		},
		Discord: Discord{
			APIURL: "https://discord.com/api", MessageContent: true, Interactions: "gateway", Emoji: "🎫",
		},
		Web:  Web{Enabled: true, Login: "link", Session: Duration(30 * 24 * time.Hour)},
		Mail: Mail{Port: 587, TLS: "starttls"},
		Notify: Notify{
			Timeout: Duration(10 * time.Second),
			Webhook: Webhook{Enabled: true},
			Twilio:  Twilio{BaseURL: "https://api.twilio.com"},
			Deadman: Deadman{Every: Duration(time.Minute)},
		},
		Hooks: Hooks{Rate: 200, Burst: 10000, MaxBody: 256 << 10},
		Model: Model{Timeout: Duration(20 * time.Second)},
		Rules: rulesFile{
			GroupWindow: Duration(10 * time.Minute),
			AckTimeout:  Duration(30 * time.Minute),
			AutoClose:   Duration(72 * time.Hour),
			Cooldown:    Duration(15 * time.Minute),
			MaxRoomSev:  1,
			Fallback:    Duration(30 * time.Second),
			BundleFirst: Duration(15 * time.Second),
			BundleMax:   Duration(5 * time.Minute),
		},
	}
}
