package slack_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	sdk "github.com/slack-go/slack"

	"hotline/adapters/slack"
	"hotline/adapters/slack/slacktest"
	"hotline/bot/chat"
	"hotline/commands"
)

var update = flag.Bool("update", false, "write slack-manifest.yaml")

func TestTheManifestFollowsTheTable(t *testing.T) {
	path := filepath.Join("..", "..", "slack-manifest.yaml")
	want := slack.Manifest{Verbs: commands.Verbs()}.YAML()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("slack-manifest.yaml is behind the table of commands (%v); run: go test ./adapters/slack -run TestTheManifestFollowsTheTable -update", err)
	}
}

// parse reads a manifest as Slack would.
func parse(t *testing.T, raw []byte) sdk.Manifest {
	t.Helper()
	var m sdk.Manifest
	asJSON, err := yaml.YAMLToJSON(raw)
	if err == nil {
		err = json.Unmarshal(asJSON, &m)
	}
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	return m
}

func TestManifests(t *testing.T) {
	verbs := append(commands.Verbs(), chat.Verb{Name: "odd", Slash: true, Help: map[string]string{"en": `quote " and : colon # hash`}})
	for _, tc := range []struct {
		name string
		m    slack.Manifest
		each bool
		http bool
	}{
		{"socket", slack.Manifest{Verbs: verbs}, false, false},
		{"each verb", slack.Manifest{Verbs: verbs, Commands: slack.CommandsEach, Lang: "zh"}, true, false},
		{"http", slack.Manifest{Verbs: verbs, BaseURL: "https://hotline.example/", Commands: slack.CommandsEach}, true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := parse(t, tc.m.YAML())
			if m.Settings.SocketModeEnabled == tc.http {
				t.Errorf("socket mode %v", m.Settings.SocketModeEnabled)
			}
			if tc.http && m.Settings.EventSubscriptions.RequestUrl != "https://hotline.example/slack/events" {
				t.Errorf("events at %q", m.Settings.EventSubscriptions.RequestUrl)
			}
			var names []string
			for _, c := range m.Features.SlashCommands {
				names = append(names, c.Command)
				if (c.Url != "") != tc.http || len([]rune(c.Description)) > 140 {
					t.Errorf("command %+v", c)
				}
			}
			if !slices.Contains(names, "/hotline") || slices.Contains(names, "/status") || tc.each != slices.Contains(names, "/hotline-status") {
				t.Errorf("commands %v", names)
			}
			var shortcuts int
			for _, v := range verbs {
				if len(v.Shortcut) > 0 {
					shortcuts++
				}
			}
			if len(m.Features.Shortcuts) != shortcuts {
				t.Errorf("%d shortcuts, want %d", len(m.Features.Shortcuts), shortcuts)
			}
		})
	}
}

// TestEveryScopeIsExplained compares the manifest, the list and the page for users.
func TestEveryScopeIsExplained(t *testing.T) {
	m := parse(t, slack.Manifest{Verbs: commands.Verbs()}.YAML())
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "slack.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m.OAuthConfig.Scopes.Bot, scopes()) {
		t.Errorf("scopes %v", m.OAuthConfig.Scopes.Bot)
	}
	for _, s := range scopes() {
		if !strings.Contains(string(page), "`"+s+"`") {
			t.Errorf("docs/slack.md does not explain %s", s)
		}
		if !slices.Contains(slacktest.AllScopes(), s) {
			t.Errorf("the test server does not know %s", s)
		}
	}
}
