package discord

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/bot/chat"
)

// Limits of registered commands.
const (
	maxCommands  = 100
	maxShortcuts = 5
	maxOptions   = 25
	maxHelp      = 100
)

// command is a command as it is registered. Fields that Discord adds are left out
// on purpose, so that what is registered can be compared with what should be.
type command struct {
	Type     discordgo.ApplicationCommandType `json:"type"`
	Name     string                           `json:"name"`
	Names    map[string]string                `json:"name_localizations,omitempty"`
	Help     string                           `json:"description,omitempty"`
	Helps    map[string]string                `json:"description_localizations,omitempty"`
	Options  []argument                       `json:"options,omitempty"`
	Contexts []int                            `json:"contexts,omitempty"`
}

// argument is an option of a slash command; all of ours are strings.
type argument struct {
	Type     discordgo.ApplicationCommandOptionType `json:"type"`
	Name     string                                 `json:"name"`
	Help     string                                 `json:"description"`
	Helps    map[string]string                      `json:"description_localizations,omitempty"`
	Required bool                                   `json:"required,omitempty"`
	Complete bool                                   `json:"autocomplete,omitempty"`
	Choices  []choice                               `json:"choices,omitempty"`
}

// nameForm is what Discord takes as the name of a command or an argument.
var nameForm = regexp.MustCompile(`^[-_\p{L}\p{N}]{1,32}$`)

func goodName(s string) bool { return nameForm.MatchString(s) && strings.ToLower(s) == s }

// commandsOf makes the definitions from the table of verbs.
func commandsOf(verbs []chat.Verb, guild string) []command {
	out := []command{}
	shortcuts := 0
	for _, v := range verbs {
		if v.Slash && goodName(v.Name) && len(out)-shortcuts < maxCommands {
			out = append(out, slash(v, guild))
		}
		if len(v.Shortcut) > 0 && shortcuts < maxShortcuts {
			shortcuts++
			c := command{Type: discordgo.MessageApplicationCommand, Name: shortcutName(v), Names: chinese(v.Shortcut, 32, false)}
			out = append(out, everywhere(c, guild))
		}
	}
	return out
}

// everywhere lets a global command be used in servers and in direct messages.
func everywhere(c command, guild string) command {
	if guild == "" {
		c.Contexts = []int{0, 1}
	}
	return c
}

func shortcutName(v chat.Verb) string { return clip(orText(v.Shortcut["en"], v.Name), 32) }

func slash(v chat.Verb, guild string) command {
	c := command{
		Type: discordgo.ChatApplicationCommand, Name: v.Name, Names: chinese(v.Names, 32, true),
		Help: clip(orText(v.Help["en"], v.Name), maxHelp), Helps: chinese(v.Help, maxHelp, false),
	}
	for _, a := range v.Args {
		if len(c.Options) == maxOptions || !goodName(a.Name) {
			continue
		}
		o := argument{
			Type: discordgo.ApplicationCommandOptionString, Name: a.Name, Required: a.Required,
			Help: clip(orText(a.Help["en"], a.Name), maxHelp), Helps: chinese(a.Help, maxHelp, false),
		}
		for _, ch := range a.Choices {
			o.Choices = append(o.Choices, choice{Name: clip(orText(ch.Label, ch.Value), 100), Value: ch.Value})
		}
		if len(o.Choices) > maxChoices {
			o.Choices = nil
		}
		o.Complete = a.Complete && len(o.Choices) == 0
		c.Options = append(c.Options, o)
	}
	// Discord wants the required ones first; the line is put together in the
	// table's order all the same.
	slices.SortStableFunc(c.Options, func(x, y argument) int {
		return cmp.Compare(b2i(y.Required), b2i(x.Required))
	})
	return everywhere(c, guild)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// chinese is the localisation of a text, for both kinds of Chinese that Discord
// has. Names must have the form of names.
func chinese(words map[string]string, most int, name bool) map[string]string {
	zh := words["zh"]
	if strings.TrimSpace(zh) == "" || name && !goodName(zh) {
		return nil
	}
	zh = clip(zh, most)
	return map[string]string{string(discordgo.ChineseCN): zh, string(discordgo.ChineseTW): zh}
}

// fingerprint is the hash of a set of definitions, whatever their order.
func fingerprint(cs []command) string {
	byName := map[string]command{}
	for _, c := range cs {
		if len(c.Names) == 0 {
			c.Names = nil
		}
		slices.Sort(c.Contexts)
		byName[string(rune('0'+c.Type))+c.Name] = c
	}
	h := sha256.New()
	for _, k := range slices.Sorted(maps.Keys(byName)) {
		b, err := json.Marshal(byName[k])
		if err != nil {
			continue
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// register makes the commands known, once, and only when what is registered is
// not the same: Discord limits how many are made in a day.
func (r *receiver) register(ctx context.Context) {
	if len(r.a.opt.Verbs) == 0 {
		return
	}
	for wait := 5 * time.Second; ; wait = min(2*wait, 10*time.Minute) {
		err := r.a.registerOnce(ctx)
		if err == nil || ctx.Err() != nil || r.a.health.failed() {
			r.a.health.note("commands", "")
			return
		}
		r.a.log.Warn("commands not registered", "err", err)
		if isStatus(err, 403) || isStatus(err, 404) || isStatus(err, 400) {
			r.a.health.note("commands", wordsCommands)
		}
		if e := resultOf(err); e.After > wait {
			wait = e.After
		}
		if sleep(ctx, wait) != nil {
			return
		}
	}
}

func (a *Adapter) registerOnce(ctx context.Context) error {
	_, app, err := a.identity(ctx)
	if err != nil {
		return err
	}
	path := "/applications/" + app
	if a.opt.Guild != "" {
		path += "/guilds/" + a.opt.Guild
	}
	path += "/commands"
	var have []command
	if err := a.rest.call(ctx, request{method: "GET", path: path + "?with_localizations=true"}, &have); err != nil {
		return err
	}
	want := commandsOf(a.opt.Verbs, a.opt.Guild)
	if fingerprint(have) == fingerprint(want) {
		return nil
	}
	a.log.Info("registering commands", "count", len(want))
	return a.rest.call(ctx, request{method: "PUT", path: path, body: want}, nil)
}
