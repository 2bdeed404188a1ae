package commands

import (
	"slices"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

// argKind says how an argument is read.
type argKind uint8

const (
	argWord     argKind = iota // one word, or several in quotes
	argCase                    // a case number; inside a case's thread it may be left out
	argPerson                  // a person's id or name
	argChoice                  // one of Choices
	argSchedule                // a schedule's id or name; left out when the word is none
	argRest                    // everything that is left of the line
)

// arg is one argument of a verb.
type arg struct {
	name     string
	kind     argKind
	help     say.Words
	required bool
	complete bool
	choices  []choice
}

// choice is one value that an argument takes, with the other words for it.
type choice struct {
	value string
	label say.Words
	also  []string
}

// verb is one line of the table.
type verb struct {
	name    string
	aliases []string
	min     bot.Role
	help    say.Words
	args    []arg
	// subs are verbs of the second level, such as "oncall week".
	subs []verb
	// label is what its button says; empty when the name will do.
	label say.Words
	// shortcut is its title as an action on a message; empty when it is none.
	shortcut say.Words
	slash    bool
	// hidden verbs belong to buttons only and stand in no help.
	hidden bool
	// fits says whether a line means this verb of the second level; nil means always.
	// rest is what follows its name.
	fits func(role bot.Role, rest string) bool
	// assisted verbs need a language model; help leaves them out without one.
	assisted bool
	// form asks for what is missing; nil when nothing can be asked.
	form func(c *call) *chat.Form
	// ask says whether the form must be opened: text is missing. nil means when a
	// required argument is missing.
	ask func(c *call) bool
	run func(c *call) (plan, error)
}

// plan is what is to be done in one transaction; nil when there is nothing.
type plan func(tx bot.Tx) error

// usage is how the verb is written, such as "note [case] <text>".
func (v *verb) usage(path string) string {
	s := path
	for _, a := range v.args {
		if a.required && a.kind != argCase {
			s += " <" + a.name + ">"
		} else {
			s += " [" + a.name + "]"
		}
	}
	return s
}

// called reports whether the verb goes by an already folded name.
func (v *verb) called(name string) bool {
	return v.name == name || slices.Contains(v.aliases, name)
}

// look finds a verb by its exact name or other name.
func look(verbs []verb, name string) (*verb, bool) {
	name = fold(name)
	for i := range verbs {
		if verbs[i].called(name) {
			return &verbs[i], true
		}
	}
	return nil, false
}

// lookup finds a verb by name, other name, or the beginning of exactly one name.
// hidden verbs are found by their full name only.
func lookup(verbs []verb, name string) (*verb, bool) {
	if v, ok := look(verbs, name); ok {
		return v, true
	}
	name = fold(name)
	if len([]rune(name)) < 2 {
		return nil, false
	}
	var found *verb
	for i := range verbs {
		if verbs[i].hidden || !strings.HasPrefix(verbs[i].name, name) {
			continue
		}
		if found != nil {
			return nil, false
		}
		found = &verbs[i]
	}
	return found, found != nil
}

// nearest lists the names closest to a mistyped one that a role may use, at most
// three, best first.
func nearest(verbs []verb, name string, role bot.Role) []string {
	name = fold(name)
	limit := 2
	if len([]rune(name)) < 4 {
		limit = 1
	}
	best := map[string]int{}
	for i := range verbs {
		v := &verbs[i]
		if v.hidden || !role.AtLeast(v.min) {
			continue
		}
		for _, n := range append([]string{v.name}, v.aliases...) {
			d := distance(name, n, limit)
			if strings.HasPrefix(n, name) && name != "" {
				d = 0
			}
			if d <= limit {
				if old, ok := best[n]; !ok || d < old {
					best[n] = d
				}
			}
		}
	}
	names := make([]string, 0, len(best))
	for n := range best {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		if best[a] != best[b] {
			return best[a] - best[b]
		}
		return strings.Compare(a, b)
	})
	return names[:min(3, len(names))]
}

// Verbs is the table for adapters that register commands or draw menus.
func (c *Commands) Verbs() []chat.Verb { return Verbs() }

// Verbs is the table for whoever describes the commands without running them, such
// as a manifest.
func Verbs() []chat.Verb {
	var out []chat.Verb
	for _, v := range table() {
		if v.hidden {
			continue
		}
		cv := chat.Verb{Name: v.name, Help: both(v.help), Slash: v.slash}
		if i := slices.IndexFunc(v.aliases, func(a string) bool { return say.Guess(a) == say.Chinese }); i >= 0 {
			cv.Names = map[string]string{say.Chinese: v.aliases[i]}
		}
		if v.shortcut.EN != "" {
			cv.Shortcut = both(v.shortcut)
		}
		if len(v.subs) > 0 {
			cv.Args = append(cv.Args, subArg(&v))
		}
		for _, a := range v.args {
			va := chat.VerbArg{Name: a.name, Help: both(a.help), Rest: a.kind == argRest || len(v.subs) > 0,
				Required: a.required && a.kind != argCase && v.form == nil,
				Complete: a.complete || a.kind == argCase || a.kind == argPerson}
			for _, ch := range a.choices {
				va.Choices = append(va.Choices, chat.Choice{Value: ch.value, Label: ch.label.EN})
			}
			cv.Args = append(cv.Args, va)
		}
		for i := 1; i < len(cv.Args); i++ {
			if !cv.Args[i-1].Required {
				cv.Args[i].Required = false // platforms want the required ones first
			}
		}
		if len(v.subs) > 0 && len(v.args) == 0 {
			cv.Args = append(cv.Args, chat.VerbArg{Name: "more", Rest: true, Complete: true,
				Help: both(say.Words{EN: "The rest of the command", ZH: "命令的其余部分"})})
		}
		out = append(out, cv)
	}
	return out
}

func subArg(v *verb) chat.VerbArg {
	a := chat.VerbArg{Name: "what", Help: both(say.Words{EN: "What to do", ZH: "要做什么"}), Complete: true}
	for _, s := range v.subs {
		if !s.hidden {
			a.Choices = append(a.Choices, chat.Choice{Value: s.name, Label: s.name})
		}
	}
	return a
}

func both(w say.Words) map[string]string {
	return map[string]string{say.English: w.EN, say.Chinese: w.ZH}
}
