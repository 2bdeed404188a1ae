package config

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
)

func TestLoadMissingFile(t *testing.T) {
	cfg, problems := Load("no/such/file.yaml", noEnv)
	if cfg != nil || len(problems) != 1 || !strings.Contains(problems[0].String(), "no/such/file.yaml: the configuration cannot be read: no such file") {
		t.Errorf("got %v, %v", cfg, problems)
	}
}

// TestOrganisation follows the example into the organisation it describes.
func TestOrganisation(t *testing.T) {
	cfg, problems := Load(examplePath, func(string) (string, bool) { return "a-long-value-for-tests", true })
	if cfg == nil {
		t.Fatal(problems)
	}
	o := cfg.Org
	anna, _ := o.Person("anna")
	if len(anna.Accounts) != 2 || anna.Role != bot.RoleLead || anna.Notify[1].After != 2*time.Minute || anna.Quiet.Breaks != 1 {
		t.Errorf("anna is %+v", anna)
	}
	if w, _ := o.Person("wang-fang"); w.Role != bot.RoleCustomer || w.Lang != "en" {
		t.Errorf("wang-fang is %+v", w)
	}
	place := chat.Place{Platform: "web", Channel: "hengtong"}
	if c, ok := o.Channel(place); !ok || !c.Audience.IsCustomer() || c.Mode != bot.ModeEvery || c.Lang != "zh" {
		t.Errorf("the customer's channel is %+v", c)
	}
	if c, ok := o.Channel(chat.Place{Platform: "web", Channel: "hotline-desk"}); !ok || !c.Audience.IsInternal() {
		t.Errorf("the desk is %+v", c)
	}
	s, _ := o.Schedule("primary")
	if s.Zone.String() != "Europe/Berlin" || s.Layers[0].Rotation.Unit != oncall.Weekly || len(s.Layers[1].Windows[0].Days) != 5 {
		t.Errorf("the schedule is %+v", s)
	}
	p, _ := o.Policy("urgent")
	if len(p.Steps) != 3 || p.Steps[0].Targets[1].Channel.Channel != "hotline-desk" || !p.Steps[1].RoundRobin || p.Steps[2].Wait != 15*time.Minute {
		t.Errorf("the policy is %+v", p)
	}
	if r := o.Routes[0]; r.Hours == nil || !r.Outside || r.Severities[1] != 2 || r.Classes[0] != bot.Fault {
		t.Errorf("the route is %+v", r)
	}
	k := o.Contracts["gold"]
	if len(k.Policy.Targets) != 8 || k.Policy.Version == "" || !k.Until.Equal(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the contract is %+v", k)
	}
	if o.BaseURL != "" || o.Rules.Fallback != 30*time.Second {
		t.Errorf("base URL %q, rules %+v", o.BaseURL, o.Rules)
	}
}

// TestCalendarCounts asks the calendar of the example for hours around a holiday,
// a lunch break and a make-up working day.
func TestCalendarCounts(t *testing.T) {
	cfg, problems := Load(examplePath, func(string) (string, bool) { return "a-long-value-for-tests", true })
	if cfg == nil {
		t.Fatal(problems)
	}
	office := cfg.Org.Routes[0].Hours
	for _, tc := range []struct {
		name, day string
		want      time.Duration
	}{
		{"Monday with lunch", "2026-09-28", 8 * time.Hour},
		{"Saturday", "2026-09-26", 0},
		{"holiday", "2026-10-05", 0},
		{"make-up Saturday", "2026-10-10", 8 * time.Hour},
		{"half day", "2026-12-31", 3 * time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			from, err := time.ParseInLocation(time.DateOnly, tc.day, office.Zone())
			if err != nil {
				t.Fatal(err)
			}
			if got := office.Between(from, from.AddDate(0, 0, 1)); got != tc.want {
				t.Errorf("%s has %v, want %v", tc.day, got, tc.want)
			}
		})
	}
}

// TestContractVersion changes with what is promised and with nothing else.
func TestContractVersion(t *testing.T) {
	text := sound + `
calendars: [{id: all, preset: 24x7}]
contracts: [{id: gold, calendar: all, targets: {1: {response: 15m}}}]
`
	version := func(old, with string) string {
		return load(t, strings.Replace(text, old, with, 1)).Org.Contracts["gold"].Policy.Version
	}
	base := version("", "")
	if v := version("id: gold,", "id: gold, name: Gold,"); v != base {
		t.Error("a new name made a new version")
	}
	for _, change := range [][2]string{{"15m", "20m"}, {"24x7", "7x12"}, {"calendar: all,", "calendar: all, warn: [80],"}} {
		if v := version(change[0], change[1]); v == base {
			t.Errorf("%v did not make a new version", change)
		}
	}
}

func TestHookKeys(t *testing.T) {
	cfg := Demo()
	seen := map[string]bool{}
	for _, s := range cfg.Org.Services {
		if len(s.HookKey) != 32 || seen[s.HookKey] || s.HookKey != HookKey(cfg.Hooks.Secret, s.ID) {
			t.Errorf("service %s has the key %q", s.ID, s.HookKey)
		}
		seen[s.HookKey] = true
	}
	if HookKey(NewSecret("a"), "x") == HookKey(NewSecret("b"), "x") {
		t.Error("the key does not hang on the secret")
	}
}

// TestAnchors lets several entries share settings, and stops aliases that grow
// without bound.
func TestAnchors(t *testing.T) {
	cfg := load(t, strings.Replace(sound, "  - {id: anna, name: Anna}", "  - &a {id: anna, name: Anna}\n  - {<<: *a, id: tom}", 1))
	if p, ok := cfg.Org.Person("tom"); !ok || p.Name != "Anna" {
		t.Errorf("tom is %+v", p)
	}
	bomb := "people:\n  - id: a\n    accounts: &x0 [{user: a}]\n"
	for i := 1; i < 40; i++ {
		bomb += fmt.Sprintf("x%d: &x%d [*x%d, *x%d, *x%d]\n", i, i, i-1, i-1, i-1)
	}
	if cfg, problems := Parse("bomb.yaml", []byte(bomb+"sites: *x39\n"), noEnv); cfg != nil || len(problems) == 0 {
		t.Error("the bomb was taken")
	}
}

// TestManyPeople bounds the work for a large organisation: 2,000 people and
// services must load without a budget running out.
func TestManyPeople(t *testing.T) {
	var b strings.Builder
	b.WriteString(sound + "hooks: {secret: \"${TOKEN}\"}\nservices:\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "  - {id: service-%d, hook: true}\n", i)
	}
	if cfg := load(t, b.String()); len(cfg.Org.Services) != 2000 {
		t.Errorf("got %d services", len(cfg.Org.Services))
	}
}

// TestProblemsAreBounded keeps a file of nonsense from filling the screen.
func TestProblemsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "nonsense%d: 1\n", i)
	}
	if _, problems := Parse("c.yaml", []byte(b.String()), noEnv); len(problems) != maxProblems {
		t.Errorf("got %d problems", len(problems))
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sound))
	f.Add(demoText)
	f.Add([]byte("people: &a [*a]\nname: !!binary x\n? [a]: b\n"))
	f.Add([]byte("routes:\n- policy: \"\\u0000\"\n  severities: [1e9, 0x10, -1]\n<<: {a: b}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		cfg, problems := Parse("c.yaml", text, testEnv)
		if (cfg == nil) != Broken(problems) {
			t.Fatalf("config %v with the problems %v", cfg != nil, problems)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 0 || p.Say == "" {
				t.Errorf("a problem without place or words: %+v", p)
			}
		}
		if cfg != nil {
			Check(cfg, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
		}
	})
}
