package commands

import (
	"errors"
	"strings"
	"testing"

	"hotline/bot"
	"hotline/bot/chat"
)

// TestCaseVerbs uses every verb on a case once, in the order of a long case, and
// looks at what became of it.
func TestCaseVerbs(t *testing.T) {
	h := newHouse(t)
	c := h.open("carl", shopChannel, "sev:2 site:BE-01 the till prints nothing")
	if c.Severity != 2 || c.Site != "BE-01" || c.Text != "the till prints nothing" {
		t.Fatalf("options were not read: %+v", c)
	}
	other := h.open("carl", shopChannel, "the till prints nothing at all")
	steps := []struct {
		user, verb, args string
		check            func(c bot.Case) bool
	}{
		{"ann", "ack", "", func(c bot.Case) bool { return c.State == bot.Acknowledged && c.Owner == "ann" }},
		{"ann", "unack", "", func(c bot.Case) bool { return c.State == bot.New && c.Owner == "" }},
		{"ann", "start", "", func(c bot.Case) bool { return c.State == bot.InProgress && c.Owner == "ann" }},
		{"ann", "assign", "Bo", func(c bot.Case) bool { return c.Owner == "bo" }},
		{"ann", "add", "lea", func(c bot.Case) bool { return len(c.Helpers) > 0 }},
		{"ann", "sev", "1 all tills", func(c bot.Case) bool { return c.Severity == 1 }},
		{"ann", "class", "c they are angry", func(c bot.Case) bool { return c.Class == bot.Complaint }},
		{"ann", "wait", "customer please send a photo", func(c bot.Case) bool { return c.State == bot.WaitingCustomer && c.WaitReason == "please send a photo" }},
		{"ann", "resume", "", func(c bot.Case) bool { return c.State == bot.InProgress }},
		{"ann", "wait", "第三方 spare part", func(c bot.Case) bool { return c.State == bot.WaitingOthers }},
		{"ann", "resume", "", func(c bot.Case) bool { return c.State == bot.InProgress }},
		{"ann", "respond", "电话 told them", func(c bot.Case) bool { return !c.Responded.IsZero() }},
		{"ann", "restore", "spare till in place", func(c bot.Case) bool { return !c.Restored.IsZero() }},
		{"ann", "snooze", "2h", func(c bot.Case) bool { return c.Snoozed.Equal(h.now.Add(2 * 60 * 60 * 1e9)) }},
		{"ann", "escalate", "to lea: need a decision", func(c bot.Case) bool { return c.Paging.Active }},
		{"ann", "resolve", "原因：缺纸；方案：换纸", func(c bot.Case) bool { return c.State == bot.Resolved && c.Cause == "缺纸" && c.Solution == "换纸" }},
		{"carl", "reopen", "still nothing", func(c bot.Case) bool { return c.State == bot.Reopened && c.Episode == 2 }},
		{"ann", "resolve", "new printer", func(c bot.Case) bool { return c.State == bot.Resolved }},
		{"ann", "close", "", func(c bot.Case) bool { return c.State == bot.Closed }},
		{"carl", "rate", "★★★★ quick", func(c bot.Case) bool { return c.Score == 4 }},
	}
	for _, s := range steps {
		h.must(slash(s.user, dm(s.user), s.verb, strings.TrimSpace(c.Number+" "+s.args)))
		if got := h.read(c.Number); !s.check(got) {
			t.Fatalf("after /%s %s: %+v", s.verb, s.args, got)
		}
		if told := h.told(s.user); !strings.Contains(told, c.Number) {
			t.Errorf("/%s answered %q", s.verb, told)
		}
	}
	third := h.open("carl", shopChannel, "once more")
	h.must(slash("ann", dm("ann"), "merge", third.Number+" "+other.Number))
	if got := h.read(third.Number); got.State != bot.Duplicate || got.Of != other.Number {
		t.Errorf("merged: %+v", got)
	}
	h.must(slash("ann", dm("ann"), "cancel", other.Number+" a test"))
	if got := h.read(other.Number); got.State != bot.Cancelled {
		t.Errorf("cancelled: %s", got.State)
	}
}

func TestIllegalSaysWhatIsPossible(t *testing.T) {
	h := newHouse(t)
	c := h.open("carl", shopChannel, "the shop is down")
	for _, line := range []string{"confirm ", "close ", "resume "} {
		verb := strings.TrimSpace(line)
		_, err := h.do(slash("lea", dm("lea"), verb, c.Number))
		if !errors.Is(err, bot.ErrConflict) || !strings.Contains(errorText(err, "en"), "ack") {
			t.Errorf("/%s: %v", verb, err)
		}
	}
	tests := []struct{ name, verb, args, want string }{
		{"no number", "ack", "", "Which case?"},
		{"no number but cases", "ack", "", "ack [case]"},
		{"no reason", "severity", c.Number + " 1", "Something is missing"},
		{"no such severity", "severity", c.Number + " 9 x", "not “9”"},
		{"no such person", "assign", c.Number + " nobody", "no responder"},
		{"near person", "assign", c.Number + " annn", "ann"},
		{"no such choice", "wait", c.Number + " mars x", "customer"},
		{"too much", "ack", c.Number + " please now", "please"},
		{"no time", "snooze", c.Number + " whenever", "no time"},
		{"too long", "snooze", c.Number + " 30d", "7 days"},
		{"not a number", "case", "hello", "no case number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := h.do(slash("lea", dm("lea"), tt.verb, tt.args))
			text := a.Say
			if err != nil {
				text += errorText(err, "en")
			}
			if a.Form == nil && !strings.Contains(text, tt.want) {
				t.Errorf("said %q, want %q in it", text, tt.want)
			}
		})
	}
}

func TestLists(t *testing.T) {
	h := newHouse(t)
	minor := h.open("carl", shopChannel, "sev:4 a typo on the page")
	major := h.open("chen", zhChannel, "sev:1 全部宕机")
	h.letters()
	h.must(slash("ann", deskChannel, "queue", ""))
	told := h.told("ann")
	if i, j := strings.Index(told, major.Number), strings.Index(told, minor.Number); i < 0 || j < i {
		t.Errorf("the worst is not first:\n%s", told)
	}
	h.must(slash("ann", deskChannel, "queue", "bank"))
	if told := h.told("ann"); !strings.Contains(told, major.Number) || strings.Contains(told, minor.Number) {
		t.Errorf("the queue of a customer:\n%s", told)
	}
	if _, err := h.do(slash("ann", deskChannel, "queue", "nonsense")); !errors.Is(err, bot.ErrInvalid) {
		t.Errorf("a filter there is not: %v", err)
	}
	h.must(slash("ann", dm("ann"), "mine", ""))
	if told := h.told("ann"); !strings.Contains(told, "No open cases") {
		t.Errorf("mine of somebody who has none: %s", told)
	}
	h.must(slash("carl", dm("carl"), "status", ""))
	if told := h.told("carl"); !strings.Contains(told, minor.Number) || strings.Contains(told, major.Number) {
		t.Errorf("a customer's list:\n%s", told)
	}
	h.must(chat.Event{Kind: chat.KindHome, From: account("ann"), Where: dm("ann")})
	letters := h.letters()
	if len(letters) != 1 || letters[0].Intent != chat.IntentHome || !strings.Contains(letters[0].Content.String(), major.Number) {
		t.Errorf("home: %+v", letters)
	}
}

func TestHelp(t *testing.T) {
	h := newHouse(t)
	h.must(slash("carl", dm("carl"), "help", ""))
	told := h.told("carl")
	if !strings.Contains(told, "/report") || strings.Contains(told, "/ack") {
		t.Errorf("help of a customer:\n%s", told)
	}
	h.must(slash("chen", dm("chen"), "帮助", ""))
	if told := h.told("chen"); !strings.Contains(told, "报告故障") {
		t.Errorf("help in Chinese:\n%s", told)
	}
	h.must(slash("ann", dm("ann"), "help", "oncall"))
	if told := h.told("ann"); !strings.Contains(told, "/oncall swap") {
		t.Errorf("help on a verb:\n%s", told)
	}
	h.must(slash("stranger", dm("stranger"), "help", ""))
	if told := h.told("stranger"); !strings.Contains(told, "/help") || strings.Contains(told, "/report") {
		t.Errorf("help of a stranger:\n%s", told)
	}
	h.must(slash("carl", dm("carl"), "lang", "中文"))
	if told := h.told("carl"); !strings.Contains(told, "中文") {
		t.Errorf("told %q", told)
	}
	h.must(slash("carl", dm("carl"), "mine", ""))
	if told := h.told("carl"); !strings.Contains(told, "没有") {
		t.Errorf("after /lang zh: %q", told)
	}
	again := New(Options{Desk: h.desk})
	h.view(again.Load)
	h.cmds = again
	h.must(slash("carl", dm("carl"), "mine", ""))
	if told := h.told("carl"); !strings.Contains(told, "没有") {
		t.Errorf("after a restart: %q", told)
	}
}

func TestWhy(t *testing.T) {
	h := newHouse(t)
	c := h.open("carl", shopChannel, "the shop is down")
	h.letters()
	h.must(slash("lea", deskChannel, "why", c.Number))
	if told := h.told("lea"); !strings.Contains(told, "on call (primary)") || !strings.Contains(told, "Ann was called") {
		t.Errorf("why:\n%s", told)
	}
	h.must(slash("lea", deskChannel, "why", "not bo "+c.Number))
	if told := h.told("lea"); !strings.Contains(told, "Bo was not called") || !strings.Contains(told, "primary:") {
		t.Errorf("why not:\n%s", told)
	}
	h.must(slash("lea", deskChannel, "why", "not lea "+c.Number))
	if told := h.told("lea"); !strings.Contains(told, "step 2") {
		t.Errorf("why not the next step:\n%s", told)
	}
	h.must(slash("carl", shopChannel, "sla", "explain "+c.Number))
	if told := h.told("carl"); !strings.Contains(told, c.Number) {
		t.Errorf("sla:\n%s", told)
	}
}

func TestSuggestionButtons(t *testing.T) {
	h := newHouse(t)
	offer := func() bot.Case {
		c := h.open("carl", shopChannel, "the shop is down")
		if err := h.store.Do(t.Context(), func(tx bot.Tx) error {
			_, err := h.desk.Apply(tx, bot.Actor{}, c.ID, bot.Offer{Hits: []bot.Hit{{ID: "KB-1", Kind: "article", Title: "restart the till"}}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := offer()
	h.must(press("carl", shopChannel, chat.Action{Verb: "nothelp", Case: c.Number, Arg: "KB-1"}))
	h.must(press("carl", shopChannel, chat.Action{Verb: "notsame", Case: c.Number, Arg: "KB-1"}))
	if got := h.read(c.Number); !got.State.Active() {
		t.Errorf("did not help, yet %s", got.State)
	}
	h.must(press("ann", deskChannel, chat.Action{Verb: "solved", Case: c.Number, Arg: "KB-1"}))
	if got := h.read(c.Number); !got.State.Active() {
		t.Errorf("a responder’s tap resolved it: %s", got.State)
	}
	h.must(press("carl", shopChannel, chat.Action{Verb: "solved", Case: c.Number, Arg: "KB-1"}))
	if got := h.read(c.Number); got.SelfSolved != "KB-1" || got.State.Active() {
		t.Errorf("self-service: %s, by %q", got.State, got.SelfSolved)
	}
	if _, err := h.do(press("carl", shopChannel, chat.Action{Verb: "solved", Case: offer().Number, Arg: "KB-9"})); !errors.Is(err, bot.ErrInvalid) {
		t.Errorf("an article that was not offered: %v", err)
	}
}

func TestDrill(t *testing.T) {
	h := newHouse(t)
	h.must(slash("lea", deskChannel, "drill", "sev:1 the data centre burns"))
	c := h.last()
	if !c.Drill || c.Severity != 1 || c.Text != "the data centre burns" {
		t.Errorf("drill: %+v", c)
	}
	for _, l := range h.letters() {
		if l.Intent == chat.IntentPage && l.Priority != bot.PrioTest {
			t.Errorf("a drill pages with priority %d", l.Priority)
		}
	}
	if a := h.must(slash("ann", deskChannel, "drill", "again")); a.Say == "" {
		t.Error("a responder may start a drill")
	}
}
