package slack

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"hotline/bot/chat"
)

// Manifest says what the app manifest is made for.
type Manifest struct {
	Name     string // shown in Slack; "" means "Hotline"
	Command  string // as in [Config]
	Commands string // as in [Config]
	Verbs    []chat.Verb
	Lang     string // of the texts: "en" ("" means that) or "zh"
	// BaseURL is the public address for signed HTTP; "" makes a Socket Mode app.
	BaseURL string
	Path    string // as in [Config]
}

// Bounds of a manifest, from Slack's documentation.
const (
	maxShortcuts    = 10
	maxShortcutName = 24
	maxCommands     = 50
	maxDescription  = 140
)

// builtIn are commands of Slack itself, which an app must not take.
var builtIn = []string{
	"active", "apps", "archive", "away", "call", "collapse", "dm", "dnd", "expand", "feed", "help", "invite", "invite_people", "join", "kick",
	"leave", "me", "msg", "mute", "open", "part", "prefs", "remind", "remove", "rename", "search", "shortcuts", "shrug", "star", "status",
	"topic", "unarchive", "who",
}

// commandName is the slash command of a verb that is registered alone.
func commandName(base, verb string) string {
	if slices.Contains(builtIn, verb) {
		return base + "-" + verb
	}
	return "/" + verb
}

// YAML writes the manifest, the same bytes for the same table.
func (m Manifest) YAML() []byte {
	cfg := Config{Command: m.Command, Commands: m.Commands, Path: m.Path}.withDefaults()
	name := firstOf(m.Name, "Hotline")
	w := &yamlWriter{}
	w.line(0, "# Made by `hotline manifest`; paste it at \"Create an app from a manifest\".")
	w.line(0, "display_information:")
	w.pair(1, "name", cutRunes(name, 35))
	w.pair(1, "description", "Report a fault where you talk; the right person is called and has it.")
	w.pair(1, "background_color", "#1f2937")
	w.line(0, "features:")
	w.line(1, "app_home:")
	w.line(2, "home_tab_enabled: true")
	w.line(2, "messages_tab_enabled: true")
	w.line(2, "messages_tab_read_only_enabled: false")
	w.line(1, "bot_user:")
	w.pair(2, "display_name", strings.ToLower(name))
	w.line(2, "always_online: true")
	m.shortcuts(w)
	m.commands(w, cfg)
	w.line(0, "oauth_config:")
	w.line(1, "scopes:")
	w.line(2, "bot:")
	for _, s := range Scopes() {
		w.line(3, "- "+s.Name+" # "+s.Why)
	}
	m.settings(w, cfg)
	return []byte(w.b.String())
}

func (m Manifest) url(cfg Config, route string) string {
	if m.BaseURL == "" {
		return ""
	}
	return strings.TrimSuffix(m.BaseURL, "/") + cfg.Path + route
}

func (m Manifest) shortcuts(w *yamlWriter) {
	n := 0
	for _, v := range m.Verbs {
		title := m.word(v.Shortcut)
		if title == "" || n == maxShortcuts {
			continue
		}
		if n++; n == 1 {
			w.line(1, "shortcuts:")
		}
		w.pair(2, "- name", cutRunes(title, maxShortcutName))
		w.line(3, "type: message")
		w.pair(3, "callback_id", callbackPrefix+v.Name)
		w.pair(3, "description", cutRunes(firstOf(m.word(v.Help), title), maxDescription))
	}
}

func (m Manifest) commands(w *yamlWriter, cfg Config) {
	w.line(1, "slash_commands:")
	one := func(name, about, hint string) {
		w.pair(2, "- command", name)
		if u := m.url(cfg, "/commands"); u != "" {
			w.pair(3, "url", u)
		}
		w.pair(3, "description", cutRunes(firstOf(about, name), maxDescription))
		if hint != "" {
			w.pair(3, "usage_hint", hint)
		}
		w.line(3, "should_escape: true")
	}
	var names []string
	for _, v := range m.Verbs {
		if v.Slash {
			names = append(names, v.Name)
		}
	}
	one(cfg.Command, inLang(m.Lang, "Report a fault, or one of: ", "报障,或:")+strings.Join(names, ", "), "[verb] [what]")
	if cfg.Commands != CommandsEach {
		return
	}
	for i, v := range m.Verbs {
		if v.Slash && i < maxCommands-1 {
			one(commandName(cfg.Command, v.Name), m.word(v.Help), usage(v))
		}
	}
}

// usage is the hint behind a command.
func usage(v chat.Verb) string {
	var parts []string
	for _, a := range v.Args {
		if a.Required {
			parts = append(parts, "<"+a.Name+">")
		} else {
			parts = append(parts, "["+a.Name+"]")
		}
	}
	s := strings.Join(parts, " ")
	if utf8.RuneCountInString(s) > 90 {
		return ""
	}
	return s
}

func (m Manifest) settings(w *yamlWriter, cfg Config) {
	w.line(0, "settings:")
	w.line(1, "event_subscriptions:")
	if u := m.url(cfg, "/events"); u != "" {
		w.pair(2, "request_url", u)
	}
	w.line(2, "bot_events:")
	for _, e := range events() {
		w.line(3, "- "+e)
	}
	w.line(1, "interactivity:")
	w.line(2, "is_enabled: true")
	if u := m.url(cfg, "/interactive"); u != "" {
		w.pair(2, "request_url", u)
	}
	w.line(1, "org_deploy_enabled: false")
	if m.BaseURL == "" {
		w.line(1, "socket_mode_enabled: true")
	} else {
		w.line(1, "socket_mode_enabled: false")
	}
	w.line(1, "token_rotation_enabled: false")
}

func (m Manifest) word(w map[string]string) string { return firstOf(w[firstOf(m.Lang, "en")], w["en"]) }

// yamlWriter writes the little of YAML that a manifest needs.
type yamlWriter struct{ b strings.Builder }

func (w *yamlWriter) line(depth int, s string) {
	w.b.WriteString(strings.Repeat("  ", depth) + s + "\n")
}

// pair writes a quoted value; JSON's quoting is valid YAML.
func (w *yamlWriter) pair(depth int, key, value string) {
	var q strings.Builder
	enc := json.NewEncoder(&q)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value) // a string always can
	w.line(depth, key+": "+strings.TrimSpace(q.String()))
}
