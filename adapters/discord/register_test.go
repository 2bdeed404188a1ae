package discord

import (
	"fmt"
	"strings"
	"testing"

	"hotline/adapters/discord/discordtest"
	"hotline/bot/chat"
	"hotline/commands"
)

// TestRegistersOnce: the same table is not registered a second time, and a
// changed one is.
func TestRegistersOnce(t *testing.T) {
	for _, guild := range []bool{true, false} {
		t.Run(fmt.Sprintf("guild=%v", guild), func(t *testing.T) {
			s := server(t, discordtest.Options{})
			scope := func(o *Options) {
				if !guild {
					o.Guild = ""
				}
			}
			for i, want := range []int{1, 1, 2} {
				a := connect(t, s, func(o *Options) {
					scope(o)
					o.Verbs = verbs
					if i == 2 {
						o.Verbs = verbs[:1]
					}
				})
				if err := a.registerOnce(t.Context()); err != nil {
					t.Fatal(err)
				}
				if n := s.Registrations(); n != want {
					t.Errorf("start %d: %d registrations, want %d", i, n, want)
				}
			}
		})
	}
}

// TestTableIsRegistered compares the real table of verbs with what Discord has.
func TestTableIsRegistered(t *testing.T) {
	s := server(t, discordtest.Options{})
	table := commands.Verbs()
	a := connect(t, s, func(o *Options) { o.Verbs, o.Guild = table, "" })
	if err := a.registerOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	have := map[string]discordtest.Command{}
	for _, c := range s.Commands() {
		have[fmt.Sprint(c.Type, c.Name)] = c
	}
	want := 0
	for _, v := range table {
		if v.Slash {
			want++
			c, ok := have["1"+v.Name]
			if !ok {
				t.Errorf("/%s is not registered", v.Name)
				continue
			}
			if c.Description == "" || c.DescriptionLocalizations["zh-CN"] == "" {
				t.Errorf("/%s is not described in both languages", v.Name)
			}
			if len(c.Options) != len(v.Args) {
				t.Errorf("/%s has %d options, want %d", v.Name, len(c.Options), len(v.Args))
			}
		}
		if len(v.Shortcut) > 0 {
			want++
			if _, ok := have["3"+v.Shortcut["en"]]; !ok {
				t.Errorf("the action %q is not registered", v.Shortcut["en"])
			}
		}
	}
	if len(have) != want {
		t.Errorf("%d commands, want %d", len(have), want)
	}
	localised := 0
	for _, c := range have {
		if c.NameLocalizations["zh-CN"] != "" {
			localised++
		}
	}
	if localised == 0 {
		t.Error("no command has a Chinese name")
	}
}

// TestCommandsWithinLimits: whatever the table says, Discord takes it.
func TestCommandsWithinLimits(t *testing.T) {
	s := server(t, discordtest.Options{})
	long := map[string]string{"en": strings.Repeat("long ", 50), "zh": strings.Repeat("长", 200)}
	var table []chat.Verb
	for i := range 104 {
		v := chat.Verb{Name: fmt.Sprintf("verb-%d", i), Help: long, Slash: true, Shortcut: long}
		for j := range 27 {
			v.Args = append(v.Args, chat.VerbArg{Name: fmt.Sprintf("arg-%d", j), Help: map[string]string{"en": strings.Repeat("x", j)}, Required: j%7 == 6})
		}
		table = append(table, v)
	}
	table[0].Name, table[1].Name, table[2].Args[0].Name = "Upper", "with space", "Bad Name"
	table[3].Args[0].Choices = make([]chat.Choice, 40)
	a := connect(t, s, func(o *Options) { o.Verbs = table })
	if err := a.registerOnce(t.Context()); err != nil {
		t.Log(err)
	}
	s.ForgetProblems() // five actions of one name are refused as such, which the table's own test excludes
	for i := range table {
		table[i].Shortcut = nil
	}
	if err := a.registerOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Commands()); n != maxCommands {
		t.Errorf("%d commands, want %d", n, maxCommands)
	}
}

func TestRegistrationRefused(t *testing.T) {
	s := server(t, discordtest.Options{})
	s.Break(discordtest.Fault{Method: "GET", Route: "/applications/{application_id}/guilds/{guild_id}/commands", Status: 403, Code: 50001, Times: 1})
	a := connect(t, s, func(o *Options) { o.Verbs = verbs })
	r := &rig{t: t, s: s, a: a, in: newLedger()}
	r.run()
	s.Await(t, "the complaint", func() bool {
		return strings.Contains(strings.Join(a.Health().Problems, " "), "applications.commands")
	})
}
