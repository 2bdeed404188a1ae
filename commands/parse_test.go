package commands

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"hotline/bot"
	"hotline/bot/chat"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name, line string
		want       []string
	}{
		{"nothing", "", nil},
		{"blank", " \t　\n", nil},
		{"words", "a  b\tc", []string{"a", "b", "c"}},
		{"full-width space", "接单　F-10019", []string{"接单", "F-10019"}},
		{"quotes", `note "two words" rest`, []string{"note", "two words", "rest"}},
		{"curly quotes", "“two words” x", []string{"two words", "x"}},
		{"Chinese quotes", "「两 个」 『三 个』", []string{"两 个", "三 个"}},
		{"open quote", `say "never closed`, []string{"say", `"never`, "closed"}},
		{"apostrophe", "don't stop", []string{"don't", "stop"}},
		{"quote inside a word", `a"b c"d`, []string{`a"b`, `c"d`}},
		{"empty quotes", `"" x`, []string{"", "x"}},
		{"invalid bytes", "a\xff b", []string{"a\xff", "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, w := range split(tt.line) {
				got = append(got, w.text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"", "a b", `"a b" c`, "「两 个", "“x” ”", "\xff\xfe", "＂a b＂ c", "　x　"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		at := 0
		for _, w := range split(line) {
			if w.from < at || w.next <= w.from || w.next > len(line) {
				t.Fatalf("word %+v in %q after %d", w, line, at)
			}
			if !strings.Contains(line[w.from:w.next], w.text) {
				t.Fatalf("%q is not in %q", w.text, line[w.from:w.next])
			}
			at = w.next
		}
	})
}

// FuzzCommand sends arbitrary lines through preflight, parsing and handling: there
// may be refusals, but no panic, and every refusal tells what to do.
func FuzzCommand(f *testing.F) {
	for _, s := range []string{"report x", "status F-10019", "note", "oncall override primary bo 2h", "kb add a|b|c", "why not bo", "rate F-10019 ★★★★", "escalate F-10019 to lea: now",
		"contact rules chat 0m, mail 5m sev1-2", "maintenance add service:payments fri 18:00 to mon 09:00 x", "sev F-10019 2级 全院", "接单 F－１００１９", "\xff", "help help", "snooze F-10019 99999999w"} {
		f.Add(s)
	}
	org := testOrg()
	f.Fuzz(func(t *testing.T, line string) {
		verb, args, _ := strings.Cut(line, " ")
		w := bot.World{Now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Org: org, Roster: &bot.Roster{}}
		c := New(Options{})
		for _, user := range []string{"carl", "lea"} {
			ev := slash(user, dm(user), verb, args)
			in := bot.Incoming{World: w, Event: ev, Actor: w.Actor(ev.From, ev.Where)}
			answer, stop := c.Preflight(in)
			if stop && answer.Say == "" && answer.Form == nil {
				t.Fatalf("%q: stopped without a word", line)
			}
			if answer.Form != nil {
				if _, ok := chat.DecodeAction(answer.Form.ID); !ok {
					t.Fatalf("%q: form id %q", line, answer.Form.ID)
				}
			}
			_, err := c.Handle(t.Context(), in)
			if err == nil {
				continue
			}
			ue, ok := errors.AsType[*bot.UserError](err)
			if !ok || ue.Say == "" || !utf8.ValidString(ue.Say) {
				t.Fatalf("%q: %v", line, err)
			}
		}
	})
}

func TestLookup(t *testing.T) {
	verbs := table()
	tests := []struct{ name, typed, want string }{
		{"name", "status", "status"},
		{"slash", "/status", "status"},
		{"case", "STATUS", "status"},
		{"full width", "ＳＴＡＴＵＳ", "status"},
		{"Chinese", "报障", "report"},
		{"with a colon", "报障：", "report"},
		{"Chinese query", "查询", "status"},
		{"Chinese ack", "接单", "ack"},
		{"Chinese resolve", "解决", "resolve"},
		{"unique prefix", "stat", "status"},
		{"prefix of several", "re", ""},
		{"one letter", "s", ""},
		{"unknown", "frobnicate", ""},
		{"hidden by prefix", "kbpub", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if v, ok := lookup(verbs, tt.typed); ok {
				got = v.name
			}
			if got != tt.want {
				t.Errorf("%q means %q, want %q", tt.typed, got, tt.want)
			}
		})
	}
}

func TestUnknownVerb(t *testing.T) {
	h := newHouse(t)
	tests := []struct{ name, user, verb, want string }{
		{"swapped letters", "ann", "stauts", "status"},
		{"missing letter", "ann", "resove", "resolve"},
		{"not offered to customers", "carl", "resove", "/help"},
		{"nothing near", "ann", "frobnicate", "/help"},
		{"in Chinese", "bo", "查旬", "查询"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer, err := h.do(slash(tt.user, dm(tt.user), tt.verb, ""))
			if err != nil || !strings.Contains(answer.Say, tt.want) {
				t.Errorf("said %q (%v), want %q in it", answer.Say, err, tt.want)
			}
		})
	}
}

func TestMistypedNumber(t *testing.T) {
	h := newHouse(t)
	c := h.open("carl", shopChannel, "the shop is down")
	foreign := h.open("chen", zhChannel, "核心系统宕机")
	swapped := c.Number[:len(c.Number)-2] + c.Number[len(c.Number)-1:] + c.Number[len(c.Number)-2:len(c.Number)-1]
	_, err := h.do(slash("carl", dm("carl"), "status", swapped))
	if !errors.Is(err, bot.ErrNotFound) || !strings.Contains(errorText(err, "en"), c.Number) {
		t.Errorf("a mistyped number: %v", err)
	}
	_, errForeign := h.do(slash("carl", dm("carl"), "status", foreign.Number))
	_, errMissing := h.do(slash("carl", dm("carl"), "status", "F-99995"))
	if !errors.Is(errForeign, bot.ErrNotFound) || !errors.Is(errMissing, bot.ErrNotFound) {
		t.Fatalf("foreign: %v, missing: %v", errForeign, errMissing)
	}
	if a, b := errorText(errForeign, "en"), errorText(errMissing, "en"); strings.Contains(a, "核心") || strings.ReplaceAll(a, foreign.Number, "X") != strings.ReplaceAll(b, "F-99995", "X") && !strings.Contains(a, "Did you mean") {
		t.Errorf("a foreign case says %q, a missing one %q", a, b)
	}
	// The number is read as people write it.
	for _, typed := range []string{strings.ToLower(c.Number), "#" + c.Number, strings.ReplaceAll(c.Number, "-", ""), c.Number + ":", "Ｆ－" + c.Number[2:]} {
		if _, err := h.do(slash("carl", dm("carl"), "status", typed)); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

func TestForm(t *testing.T) {
	h := newHouse(t)
	answer := h.must(slash("carl", shopChannel, "report", " "))
	if answer.Form == nil {
		t.Fatal("an empty report opens no form")
	}
	send := func(values map[string]string) (chat.Answer, error) {
		return h.do(chat.Event{Kind: chat.KindForm, From: account("carl"), Where: shopChannel, Form: chat.Filled{ID: answer.Form.ID, Values: values}})
	}
	tests := []struct {
		name   string
		values map[string]string
		field  string
	}{
		{"empty", nil, "text"},
		{"only control characters", map[string]string{"text": "\u202e\x00"}, "text"},
		{"too long", map[string]string{"text": strings.Repeat("长", 3001)}, "text"},
		{"a severity there is not", map[string]string{"text": "x", "severity": "7"}, "severity"},
		{"a long contact", map[string]string{"text": "x", "contact": strings.Repeat("y", 201)}, "contact"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := send(tt.values)
			if err != nil || a.Errors[tt.field] == "" || len(a.Errors) != 1 {
				t.Errorf("errors %v (%v), want one at %s", a.Errors, err, tt.field)
			}
		})
	}
	if n := len(h.cases()); n != 0 {
		t.Fatalf("%d cases from wrong forms", n)
	}
	a, err := send(map[string]string{"text": "<script>alert(1)</script> the lift is stuck", "severity": "1", "serial": "ST-8001", "contact": "+49 1"})
	c := h.last()
	if err != nil || len(a.Errors) != 0 || c.Severity != 1 || c.Asset != "ST-8001" || c.Contact != "+49 1" || c.Site != "BE-01" {
		t.Errorf("case from the form: %+v (%v, %v)", c, a.Errors, err)
	}
	if _, err := send(map[string]string{"text": "another", "serial": "ST-7001"}); err != nil {
		t.Fatal(err)
	}
	if c := h.last(); c.Customer != "acme" || c.Asset != "" {
		t.Errorf("a foreign serial gave customer %q, asset %q", c.Customer, c.Asset)
	}
}

func TestButtonsThatAsk(t *testing.T) {
	h := newHouse(t)
	c := h.open("carl", shopChannel, "the shop is down")
	for _, verb := range []string{"resolve", "note", "reply", "escalate"} {
		a := h.must(press("ann", deskChannel, chat.Action{Verb: verb, Case: c.Number, Gen: c.Generation}))
		if a.Form == nil {
			t.Errorf("%s opens no form", verb)
			continue
		}
		action, _ := chat.DecodeAction(a.Form.ID)
		if action.Verb != verb || action.Case != c.Number || action.Gen != c.Generation {
			t.Errorf("%s: form id %q", verb, a.Form.ID)
		}
	}
	a := h.must(press("ann", deskChannel, chat.Action{Verb: "resolve", Case: c.Number}))
	h.must(chat.Event{Kind: chat.KindForm, From: account("ann"), Where: deskChannel, Form: chat.Filled{ID: a.Form.ID, Values: map[string]string{"solution": "restarted", "cause": "leak"}}})
	if got := h.read(c.Number); got.State != bot.Resolved || got.Cause != "leak" {
		t.Errorf("after the form: %s, cause %q", got.State, got.Cause)
	}
	a = h.must(press("carl", shopChannel, chat.Action{Verb: "reopen", Case: c.Number}))
	if a.Form == nil {
		t.Fatal("reopen opens no form")
	}
	h.must(chat.Event{Kind: chat.KindForm, From: account("carl"), Where: shopChannel, Form: chat.Filled{ID: a.Form.ID}})
	if got := h.read(c.Number); got.State != bot.Reopened {
		t.Errorf("state %s", got.State)
	}
	if a := h.must(press("carl", shopChannel, chat.Action{Verb: "nonsense"})); a.Say == "" {
		t.Error("an unknown button says nothing")
	}
	if a := h.must(press("carl", shopChannel, chat.Action{Verb: "resolve", Case: c.Number})); a.Say == "" || a.Form != nil {
		t.Errorf("a customer may resolve: %+v", a)
	}
}
