package discord

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"hotline/adapters/discord/discordtest"
	"hotline/bot/config"
)

// TestDocs follows docs/discord.md: the configuration of step 3 with the ids of a
// server, the check of step 4, and the address of step 2.
func TestDocs(t *testing.T) {
	raw, err := os.ReadFile("../../docs/discord.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(raw)
	if want := strings.Replace(InviteURL("YOUR_APPLICATION_ID"), "%5F", "_", -1); !strings.Contains(doc, want) {
		t.Errorf("the invitation should be %s", want)
	}
	_, rest, _ := strings.Cut(doc, "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("there is no example")
	}
	s := server(t, discordtest.Options{})
	chen, ana := s.AddPerson("chen"), s.AddPerson("ana")
	for old, id := range map[string]string{
		"1134567890123456789": s.Guild(), "1134567890123456790": s.AddChannel("acme"), "1134567890123456791": s.AddPrivateChannel("desk", chen),
		"1134567890123456792": chen.ID, "1134567890123456793": ana.ID,
	} {
		example = strings.ReplaceAll(example, old, id)
	}
	example = strings.Replace(example, "  enabled: true", "  enabled: true\n  api_url: "+s.URL(), 1)
	cfg, problems := config.Parse("config.yaml", []byte(example), func(name string) (string, bool) {
		return s.Token(), name == "DISCORD_TOKEN"
	})
	for _, p := range problems {
		t.Errorf("the example: %v", p)
	}
	if t.Failed() {
		t.FailNow()
	}
	a, err := New(Options{
		Token: cfg.Discord.Token.Reveal(), APIURL: cfg.Discord.APIURL, Guild: cfg.Discord.Guild, MessageContent: cfg.Discord.MessageContent,
	})
	if err != nil {
		t.Fatal(err)
	}
	var channels []string
	for _, c := range cfg.Org.Channels {
		channels = append(channels, c.Place.Channel)
	}
	found, err := a.CheckOnline(t.Context(), channels)
	if err != nil || len(found) > 0 || len(channels) != 2 {
		t.Errorf("the check says %q about %d channels, %v", found, len(channels), err)
	}
}

// TestDocsKnowTheSentences: what the table of troubles quotes is what is said.
func TestDocsKnowTheSentences(t *testing.T) {
	raw, err := os.ReadFile("../../docs/discord.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(raw), "| It says |")
	said := wordsToken + wordsContent + wordsUnreadable("…") + wordsCommands + wordsIdentify
	for _, row := range regexp.MustCompile(`(?m)^\| ([A-Z][^|]+) \|`).FindAllStringSubmatch(table, -1) {
		quote := strings.TrimSuffix(strings.TrimSuffix(row[1], " …"), " …")
		if !strings.Contains(said, quote) {
			t.Errorf("nothing says %q", quote)
		}
	}
}
