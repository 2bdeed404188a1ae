package config

import (
	"strings"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/oncall"
	"hotline/bot/say"
)

// sound is an organisation in which nothing is weak.
const sound = `
people:
  - {id: li-wei, name: 李伟, zone: Asia/Shanghai}
  - {id: anna, name: Anna}
schedules:
  - id: primary
    layers: [{name: weekly, start: 2026-01-05 09:00, people: [li-wei, anna]}]
policies:
  - {id: normal, steps: [{targets: [{schedule: primary}]}]}
routes:
  - {name: all, policy: normal}
`

func load(t *testing.T, text string) *Config {
	t.Helper()
	cfg, problems := Parse("c.yaml", []byte(text), testEnv)
	if cfg == nil {
		t.Fatal(problems)
	}
	return cfg
}

func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		name, old, with string
		want            []string
	}{
		{"sound", "", "", nil},
		{"gap", "people: [li-wei, anna]}]", `people: [li-wei, anna], until: 2026-04-01}]`, []string{"nobody is on call", "End policy normal"}},
		{"many gaps", "people: [li-wei, anna]}]", `people: [li-wei, anna], hours: [{from: "09:00", to: "18:00"}]}]`, []string{"nobody is on call", "nobody is on call", "nobody is on call", "more gaps in the next 90 days", "End policy normal"}},
		{"single person", "[li-wei, anna]", "[anna]", []string{"Add a second person"}},
		{"schedule unused", "{schedule: primary}", "{person: anna}", []string{"Use schedule primary"}},
		{"policy unused", "routes:", "  - {id: spare, steps: [{targets: [{person: anna}]}]}\nroutes:", []string{"Use policy spare"}},
		{"ends in a channel", "steps: [{targets: [{schedule: primary}]}]}", "steps: [{targets: [{schedule: primary}]}, {targets: [{channel: desk}]}]}\nchannels:\n  - {platform: web, id: desk, internal: true}", []string{"End policy normal"}},
		{"empty team", "steps: [{targets: [{schedule: primary}]}]}", "steps: [{targets: [{team: none}]}, {targets: [{schedule: primary}]}]}\nteams: [{id: none}]", []string{"Give step 1 of policy normal"}},
		{"route covered", "  - {name: all", "  - {name: bad, policy: normal, severities: [1, 2]}\n  - {name: worst, policy: normal, severities: [1]}\n  - {name: all", []string{"Move route “worst” up"}},
		{"nobody to reach", "people:", "web: {enabled: false}\npeople:", []string{"Give 李伟 a chat account", "Give Anna a chat account"}},
		{"no contract", "schedules:", "customers: [{id: acme}]\nschedules:", []string{"Give customer acme a contract"}},
		{"contract ends", "schedules:", "calendars: [{id: all, preset: 24x7}]\ncontracts: [{id: gold, calendar: all, until: 2026-04-01, targets: {1: {response: 5m}}}]\ncustomers: [{id: acme, contract: gold}]\nschedules:", []string{"Renew contract gold"}},
		{"unsigned webhook", "name: Anna}", "name: Anna, methods: [{platform: webhook, address: http://127.0.0.1/}]}", []string{"unsigned"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := load(t, strings.Replace(sound, tc.old, tc.with, 1))
			list := Check(cfg, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
			if len(list) != len(tc.want) {
				t.Fatalf("got %d problems, want %d: %v", len(list), len(tc.want), list)
			}
			for i, p := range list {
				if !strings.Contains(p.Say, tc.want[i]) || !p.Warning || p.Line == 0 || p.File != "c.yaml" {
					t.Errorf("problem %d is %v, want one that says %q with its place", i, p, tc.want[i])
				}
				if p.In(say.Chinese) == p.Say || say.Guess(p.In(say.Chinese)) != say.Chinese {
					t.Errorf("problem %d has no Chinese: %q", i, p.In(say.Chinese))
				}
			}
			if Broken(list) {
				t.Error("a warning breaks the configuration")
			}
		})
	}
}

// TestCheckRoster looks at what people arranged in chat as well.
func TestCheckRoster(t *testing.T) {
	cfg := load(t, sound)
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	roster := &bot.Roster{
		Overrides: []oncall.Override{{
			ID: "o1", Schedule: "primary", Kind: oncall.Remove, Person: "anna", From: now, To: now.AddDate(0, 1, 0),
		}},
		Methods: []bot.PersonMethod{{Person: "anna", Method: bot.Method{ID: "phone", Platform: "sms", Address: "+4930123456"}}},
	}
	var got []string
	for _, p := range CheckOrganisation(cfg.Org, roster, now) {
		got = append(got, p.Say)
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{"nobody is on call", "Verify the contact methods of Anna (phone)"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not said in:\n%s", want, all)
		}
	}
}
