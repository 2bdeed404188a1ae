package main

import (
	"log/slog"
	"slices"
	"testing"

	"hotline/bot/chat"
	"hotline/bot/config"
)

// TestNotifiers makes the adapters that a configuration asks for.
func TestNotifiers(t *testing.T) {
	const one = `
people: [{id: anna, role: lead}]
policies: [{id: all, steps: [{targets: [{person: anna}]}]}]
routes: [{policy: all}]
`
	for _, tc := range []struct {
		name, text string
		want       []chat.Platform
	}{
		{"by default", "", []chat.Platform{"webhook"}},
		{"none", "notify: {webhook: {enabled: false}}", nil},
		{"all", `
mail: {enabled: true, host: mail.example.com, from: 'Hotline <hotline@example.com>'}
notify:
  ntfy: {enabled: true, url: 'https://ntfy.example.com'}
  twilio: {enabled: true, account: AC1, token: '${TOKEN}', from: '+4930123456'}
  shoutrrr: [{id: ops, url: '${GOTIFY}'}]
`, []chat.Platform{"mail", "webhook", "ntfy", "sms", "voice", "shoutrrr"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg, problems := config.Parse("test.yaml", []byte(one+tc.text+"\n"), func(name string) (string, bool) {
				if name == "GOTIFY" {
					return "gotify://gotify.example.com/AAAAAAAAAAAAAAA", true
				}
				return loadSecret, true
			})
			if cfg == nil {
				t.Fatal(problems)
			}
			h := &hotline{cfg: cfg, log: slog.New(slog.DiscardHandler)}
			list, err := h.notifiers()
			if err != nil {
				t.Fatal(err)
			}
			var got []chat.Platform
			for _, a := range list {
				got = append(got, a.Platform())
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("adapters %v, want %v", got, tc.want)
			}
		})
	}
}
