package commands

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

// every walks the table with its second level.
func every(f func(path string, v *verb)) {
	for _, v := range table() {
		f(v.name, &v)
		for _, s := range v.subs {
			f(v.name+" "+s.name, &s)
		}
	}
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestTable(t *testing.T) {
	names := map[string]string{}
	for _, v := range table() {
		for _, n := range append([]string{v.name}, v.aliases...) {
			if old, ok := names[n]; ok {
				t.Errorf("%q means both %s and %s", n, old, v.name)
			}
			names[n] = v.name
		}
	}
	every(func(path string, v *verb) {
		if v.run == nil {
			t.Errorf("%s does nothing", path)
		}
		check := func(what string, w say.Words, most int) {
			if w.EN == "" || w.ZH == "" || hasHan(w.EN) {
				t.Errorf("%s: %s is %q / %q", path, what, w.EN, w.ZH)
			}
			if utf8.RuneCountInString(w.EN) > most || utf8.RuneCountInString(w.ZH) > most {
				t.Errorf("%s: %s is longer than %d", path, what, most)
			}
		}
		check("help", v.help, 100)
		if !hasHan(v.help.ZH) {
			t.Errorf("%s has no Chinese help", path)
		}
		for i, a := range v.args {
			check("argument "+a.name, a.help, 100)
			if a.kind == argRest && i != len(v.args)-1 {
				t.Errorf("%s: %s takes the rest of the line but is not last", path, a.name)
			}
			if a.kind == argChoice && len(a.choices) == 0 {
				t.Errorf("%s: %s has no choices", path, a.name)
			}
		}
		if v.label.EN != "" {
			check("label", v.label, 40)
		}
		if v.name != strings.ToLower(v.name) || strings.ContainsAny(v.name, " :/") {
			t.Errorf("%q cannot be a name", v.name)
		}
		sub := map[string]bool{}
		for _, s := range v.subs {
			for _, n := range append([]string{s.name}, s.aliases...) {
				if sub[n] {
					t.Errorf("%s: %q twice", path, n)
				}
				sub[n] = true
			}
			if !s.min.AtLeast(v.min) {
				t.Errorf("%s %s is allowed to more people than %s", path, s.name, path)
			}
		}
	})
}

func TestForms(t *testing.T) {
	h := newHouse(t)
	every(func(path string, v *verb) {
		if v.form == nil {
			return
		}
		for _, lang := range []string{"en", "zh"} {
			k := h.cmds.newCall(t.Context(), h.incoming(slash("lea", deskChannel, "x", "")), v)
			k.path, k.lang, k.gen = path, lang, 12
			k.args["case"], k.args["score"], k.args["article"] = "F-10019", "2", "KB-10019"
			f := v.form(k)
			if _, ok := chat.DecodeAction(f.ID); !ok || len(f.ID) > 100 {
				t.Errorf("%s: form id %q", path, f.ID)
			}
			if f.Title == "" || utf8.RuneCountInString(f.Title) > 24 || len(f.Inputs) == 0 || len(f.Inputs) > 5 {
				t.Errorf("%s: form %q with %d inputs", path, f.Title, len(f.Inputs))
			}
			for _, in := range f.Inputs {
				if in.Label == "" || utf8.RuneCountInString(in.Label) > 45 || in.Kind == chat.FieldChoice && len(in.Choices) == 0 {
					t.Errorf("%s: input %+v", path, in)
				}
			}
		}
	})
}

func TestVerbs(t *testing.T) {
	slashes := 0
	for _, v := range Verbs() {
		if v.Slash {
			slashes++
		}
		if strings.HasPrefix(v.Name, "kbp") || v.Help["en"] == "" || v.Help["zh"] == "" {
			t.Errorf("verb %+v", v)
		}
		optional := false
		for _, a := range v.Args {
			if a.Required && optional {
				t.Errorf("%s: required %s after an optional one, which platforms refuse", v.Name, a.Name)
			}
			optional = optional || !a.Required
			if len(a.Choices) > 25 {
				t.Errorf("%s: %d choices", v.Name, len(a.Choices))
			}
		}
	}
	if slashes == 0 || slashes > 50 {
		t.Errorf("%d slash commands", slashes) // Slack allows 50
	}
}

// sample is a line of arguments that every verb understands, for the matrix.
func sample(path string, c bot.Case) string {
	n := c.Number
	switch path {
	case "report", "drill":
		return "the shop is down"
	case "reopen", "note", "reply", "resolve", "restore", "cancel", "escalate":
		return n + " because of the weather"
	case "rate":
		return n + " 5"
	case "kb":
		return "timeout"
	case "lang":
		return "en"
	case "assign", "add", "page":
		return n + " bo"
	case "severity":
		return n + " 2 whole shop"
	case "class":
		return n + " q only a question"
	case "wait":
		return n + " customer logs please"
	case "respond":
		return n + " phone"
	case "snooze":
		return n + " 2h"
	case "merge":
		return n + " F-99999"
	case "queue", "mine", "help", "oncall", "contact", "maintenance", "status":
		return ""
	case "kb add":
		return "add title | symptom | fix"
	case "kb edit":
		return "edit KB-1 new fix"
	case "kb fixed":
		return "fixed KB-1 new fix"
	case "kb kind":
		return "kind KB-1 faq"
	case "kb link":
		return "link KB-1 " + n
	case "kb unlink":
		return "unlink " + n
	case "kb merge":
		return "merge KB-1 KB-2"
	case "kb forget":
		return "forget KB-1 1"
	case "kb publish", "kb retire", "kb known", "kb dismiss", "kb unmerge", "kb restore", "kb keep", "kb history", "kb aliases":
		return strings.Fields(path)[1] + " KB-1"
	case "why not":
		return "not bo"
	case "sla explain":
		return "explain " + n
	case "oncall override", "oncall remove":
		return strings.Fields(path)[1] + " bo 2h"
	case "oncall replace":
		return "replace ann by bo 2h"
	case "oncall accept", "oncall undo", "maintenance end":
		return strings.Fields(path)[1] + " nothing"
	case "oncall swap":
		return "swap bo"
	case "oncall off":
		return "off tomorrow"
	case "contact add":
		return "add mail ann@example.com"
	case "contact verify":
		return "verify 1"
	case "contact remove":
		return "remove x"
	case "contact rules":
		return "rules chat 0m"
	case "contact quiet":
		return "quiet off"
	case "maintenance add":
		return "add payments 2h work"
	default:
		if _, sub, ok := strings.Cut(path, " "); ok {
			return sub
		}
		return n
	}
}

// TestPermissions uses every verb with every role. Whoever lacks the role is
// refused and nothing happens; whoever has it is never refused for it.
func TestPermissions(t *testing.T) {
	users := map[string]bot.Role{"stranger": bot.RoleNone, "carl": bot.RoleCustomer, "ann": bot.RoleResponder, "lea": bot.RoleLead, "ada": bot.RoleAdmin}
	h := newHouse(t, func(o *Options) { o.Search = library{{ID: "KB-1", Title: "t"}} })
	shared := h.open("carl", shopChannel, "the shop is down")
	every(func(path string, v *verb) {
		if v.hidden {
			return
		}
		for user, role := range users {
			c := shared
			if role.AtLeast(v.min) {
				c = h.open("carl", shopChannel, "the shop is down")
			}
			at, before := dm(user), len(h.events(c))
			h.letters()
			top, _, _ := strings.Cut(path, " ")
			answer, err := h.do(slash(user, at, top, sample(path, c)))
			said := answer.Say
			if err != nil {
				said += errorText(err, "en")
			}
			refused := strings.Contains(said, "I do not know you") || strings.Contains(said, "is for")
			if want := !role.AtLeast(v.min); refused != want {
				t.Errorf("/%s by %s: refused %v, want %v (%q, %v)", path, user, refused, want, answer.Say, err)
			}
			if !role.AtLeast(v.min) && (len(h.events(c)) != before || len(h.letters()) != 0) {
				t.Errorf("/%s by %s left something behind", path, user)
			}
			if err != nil {
				if _, ok := errors.AsType[*bot.UserError](err); !ok {
					t.Errorf("/%s by %s: %v", path, user, err)
				}
			}
		}
	})
}

// TestHiddenPermissions does the same for hidden verbs and for forms sent without the
// button.
func TestHiddenPermissions(t *testing.T) {
	h := newHouse(t)
	c := h.open("carl", shopChannel, "the shop is down")
	for _, user := range []string{"stranger", "chen"} {
		for _, verb := range []string{"solved", "nothelp", "notsame", "isit", "ack", "resolve", "confirm", "rate", "note", "why", "kbpublish", "kbdismiss", "kbmerge", "kbkeep", "kbremember", "kbnoword", "kblink", "kbunlike", "kbproblem"} {
			before := len(h.events(c))
			ev := press(user, dm(user), chat.Action{Verb: verb, Case: c.Number, Arg: "KB-1"})
			_, err := h.do(ev)
			form := chat.Event{Kind: chat.KindForm, From: account(user), Where: dm(user), Form: chat.Filled{ID: "h:" + verb + ":" + c.Number + ":0:", Values: map[string]string{
				"text": "x", "solution": "x", "comment": "x"}}}
			_, err2 := h.do(form)
			if len(h.events(c)) != before {
				t.Errorf("%s by %s changed the case (%v, %v)", verb, user, err, err2)
			}
		}
	}
}
