package slack_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hotline/adapters/slack"
	"hotline/adapters/slack/slacktest"
	"hotline/bot/chat"
)

func TestTheSameEventFourTimes(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	r.ann.Say(r.ch, "payments return 502")
	r.event(chat.KindMessage, 1)
	id := r.s.Events()[0].ID
	r.s.Redeliver(id)
	r.s.Redeliver(id)
	r.s.Settle()
	r.halt()
	r.run(nil) // the copy that comes after a restart
	r.s.Redeliver(id)
	r.until("settled", func() bool { return r.s.Settle() })
	if n := len(r.in.got("")); n != 1 {
		t.Errorf("%d events stored", n)
	}
	if r.s.Stats().Unacked != 0 {
		t.Errorf("wire: %+v", r.s.Stats())
	}
}

func TestWhatIsNotStoredIsNotAcknowledged(t *testing.T) {
	r := start(t, slacktest.Config{AckWait: 100 * time.Millisecond}, nil)
	var tries atomic.Int32
	r.in.set(func(in *inbox) {
		in.before = func(context.Context, chat.Event) error {
			if tries.Add(1) < 3 {
				return errStalled
			}
			return nil
		}
	})
	r.ann.Say(r.ch, "keep this")
	r.until("two tries", func() bool { return tries.Load() >= 2 && r.s.Settle() })
	r.s.Advance(time.Minute)
	if ev := r.event(chat.KindMessage, 1); ev.Text != "keep this" {
		t.Errorf("text %q", ev.Text)
	}
}

func TestMentionEditAndDelete(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	ts := r.ann.Say(r.ch, "<@"+slacktest.BotUserID+"> status &amp; more <https://a.example/x|x>")
	ev := r.event(chat.KindMessage, 1)
	if !ev.Mentioned || ev.Text != "status & more https://a.example/x" || ev.From.Name != "ann" || ev.From.Lang != "zh" {
		t.Errorf("event %+v", ev)
	}
	r.ann.Edit(r.ch, ts, "changed")
	if ev := r.event(chat.KindEdit, 1); ev.Text != "changed" || ev.Message.ID != ts {
		t.Errorf("edit %+v", ev)
	}
	r.ann.SayIn(r.ch, ts, "a reply")
	if ev := r.event(chat.KindMessage, 2); ev.Where.Thread != ts || ev.Message.ID == ts {
		t.Errorf("reply %+v", ev)
	}
	r.ann.Delete(r.ch, ts)
	if ev := r.event(chat.KindDelete, 1); ev.Message.ID != ts || ev.From.User != "U1" {
		t.Errorf("delete %+v", ev)
	}
	r.send(r.say("k1", "the bot's own words"))
	r.s.Settle()
	if n := len(r.in.got(chat.KindMessage)); n != 2 {
		t.Errorf("%d messages, the bot's own among them", n)
	}
}

func TestActsAreAnsweredWhileTheStoreIsStalled(t *testing.T) {
	t.Parallel()
	r := start(t, slacktest.Config{}, nil)
	card := r.send(cardOf(r, "c1", 0))
	r.in.set(func(in *inbox) {
		in.before = func(ctx context.Context, _ chat.Event) error {
			<-ctx.Done() // longer than anybody waits
			return ctx.Err()
		}
	})
	ack := r.ann.Slash(r.ch, "/hotline", "report it broke")
	if !ack.OK || !strings.Contains(string(ack.Payload), "could not take that down") {
		t.Errorf("slash %+v %s", ack, ack.Payload)
	}
	if ack := r.bob.Click(r.ch, card.ID, "Acknowledge"); !ack.OK {
		t.Errorf("click %+v", ack)
	}
	r.bob.Await(r.ch, func(m slacktest.Message) bool {
		return m.Only == "U2" && strings.Contains(m.Shown(), "could not take that down")
	})
}

// cardOf is a live card with an acknowledge button.
func cardOf(r *rig, key string, n int) chat.Outgoing {
	return chat.Outgoing{Key: key, Intent: chat.IntentCard, Audience: chat.Internal(), Case: "F-10427", In: r.place(""), Content: chat.Content{Card: &chat.Card{
		Number: "F-10427", Title: fmt.Sprint("state ", n), Tone: chat.ToneAlarm,
		Buttons: []chat.Button{{Label: "Acknowledge", Action: chat.Action{Verb: "ack", Case: "F-10427", Gen: n}, Style: chat.StylePrimary}},
		More:    []chat.Button{{Label: "Snooze", Action: chat.Action{Verb: "snooze", Case: "F-10427", Arg: "1h"}}},
	}}}
}

func TestButtonsMenusAndHome(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	card := r.send(cardOf(r, "c1", 3))
	r.bob.Click(r.ch, card.ID, "Acknowledge")
	ev := r.event(chat.KindButton, 1)
	if ev.Action != (chat.Action{Verb: "ack", Case: "F-10427", Gen: 3}) || ev.Message.ID != card.ID || ev.Reply.Token == "" || ev.Reply.Uses != 5 {
		t.Errorf("event %+v", ev)
	}
	r.bob.Click(r.ch, card.ID, "Snooze")
	if ev := r.event(chat.KindButton, 2); ev.Action.Verb != "snooze" || ev.Action.Arg != "1h" {
		t.Errorf("menu %+v", ev.Action)
	}
	r.bob.OpenHome()
	home := r.event(chat.KindHome, 1)
	if home.From.User != "U2" || !home.Where.Direct {
		t.Errorf("home %+v", home)
	}
	out := cardOf(r, "h1", 1)
	out.Intent, out.In, out.To, out.Audience = chat.IntentHome, chat.Place{}, home.From, chat.Only(home.From.Key())
	r.send(out)
	if got := r.bob.Home().Shown(); !strings.Contains(got, "F-10427") {
		t.Errorf("home shows %q", got)
	}
	r.bob.ClickHome("Acknowledge")
	if ev := r.event(chat.KindButton, 3); !ev.Where.Direct || ev.Where.Platform != slack.Platform {
		t.Errorf("home button %+v", ev.Where)
	}
}

func TestFormsOpenRefuseAndTake(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	form := &chat.Form{ID: "h:report::0:", Title: "Report a fault, with a long title", Intro: chat.T("What is wrong?"), Inputs: []chat.Input{
		{Name: "text", Label: "What happens", Kind: chat.FieldText, Required: true, Hint: "in your words", Value: "so far"},
		{Name: "impact", Label: "Impact", Kind: chat.FieldChoice, Value: "2", Choices: []chat.Choice{{Value: "1", Label: "all"}, {Value: "2", Label: "one"}}},
	}}
	r.in.set(func(in *inbox) {
		in.answer = func(ev chat.Event) (chat.Answer, bool) {
			switch {
			case ev.Kind == chat.KindCommand:
				return chat.Answer{Form: form}, true
			case ev.Kind == chat.KindForm && ev.Form.Values["text"] == "x":
				return chat.Answer{Errors: map[string]string{"text": "say more"}}, true
			case ev.Kind == chat.KindForm && ev.Form.Values["text"] == "no":
				return chat.Answer{Say: "you may not"}, true
			}
			return chat.Answer{}, false
		}
	})
	if ack := r.ann.Slash(r.ch, "/hotline", ""); !ack.OK {
		t.Fatalf("slash %+v", ack)
	}
	r.until("the form", func() bool { return r.ann.Modal().ID != "" })
	if ack := r.ann.Submit(map[string]string{"in:text": "x"}); !ack.OK {
		t.Errorf("submit %+v", ack)
	}
	if got := r.ann.Modal().Errors["in:text"]; got != "say more" {
		t.Errorf("beside the field: %q", got)
	}
	r.in.set(func(in *inbox) { in.before = func(context.Context, chat.Event) error { return errStalled } })
	r.ann.Submit(map[string]string{"in:text": "typed with care"})
	if v := r.ann.Modal(); v.ID == "" || v.Errors["in:text"] == "" {
		t.Error("the form closed although nothing was stored")
	}
	r.in.set(func(in *inbox) { in.before = nil })
	if ack := r.ann.Submit(map[string]string{"in:text": "typed with care"}); !ack.OK {
		t.Errorf("submit %+v", ack)
	}
	ev := r.event(chat.KindForm, 1)
	if ev.Form.Values["text"] != "typed with care" || ev.Form.Values["impact"] != "2" || ev.Where.Channel != r.ch || ev.Form.ID != form.ID {
		t.Errorf("form %+v at %+v", ev.Form, ev.Where)
	}
	if r.ann.Modal().ID != "" {
		t.Error("the form is still open")
	}
	r.ann.Slash(r.ch, "/hotline", "")
	r.until("the form again", func() bool { return r.ann.Modal().ID != "" })
	r.ann.Submit(map[string]string{"in:text": "no"})
	if got := r.ann.Modal().Shown(); !strings.Contains(got, "you may not") {
		t.Errorf("refusal shows %q", got)
	}
}

func TestAFormThatCannotOpenIsTold(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	r.in.set(func(in *inbox) {
		in.answer = func(ev chat.Event) (chat.Answer, bool) {
			return chat.Answer{Form: &chat.Form{ID: "h:x::0:", Title: "T", Inputs: []chat.Input{{Name: "a", Label: "A"}}}}, true
		}
	})
	r.s.Fail(slacktest.Fault{Method: "views.open", Word: "expired_trigger_id"})
	r.ann.Slash(r.ch, "/hotline", "report")
	r.ann.Await(r.ch, func(m slacktest.Message) bool {
		return m.Only == "U1" && strings.Contains(m.Shown(), "could not be opened")
	})
}

func TestShortcutAndEmojiTakeTheThreadAlong(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	top := r.ann.Say(r.ch, "the export is empty")
	for i := range 3 {
		r.bob.SayIn(r.ch, top, fmt.Sprint("more ", i))
	}
	last := r.ann.SayIn(r.ch, top, "still empty")
	r.event(chat.KindMessage, 5)
	if ack := r.bob.Shortcut("verb:report", r.ch, last); !ack.OK {
		t.Fatalf("shortcut %+v", ack)
	}
	ev := r.event(chat.KindShortcut, 1)
	if ev.Verb != "report" || ev.Text != "still empty" || len(ev.Context) != 5 || ev.Context[0].Text != "the export is empty" || ev.Where.Thread != top {
		t.Errorf("shortcut %+v", ev)
	}
	r.bob.React(r.ch, top, "eyes") // of no interest
	r.bob.React(r.ch, top, "ticket")
	ev = r.event(chat.KindReaction, 1)
	if ev.Emoji != "ticket" || ev.Text != "the export is empty" || len(ev.Context) != 5 || ev.From.User != "U2" {
		t.Errorf("reaction %+v", ev)
	}
	r.bob.Unreact(r.ch, top, "ticket")
	if ev := r.event(chat.KindReaction, 2); !ev.Removed {
		t.Errorf("removal %+v", ev)
	}
}

func TestAReactionWaitsForItsThread(t *testing.T) {
	r := start(t, slacktest.Config{AckWait: 200 * time.Millisecond}, nil)
	ts := r.ann.Say(r.ch, "words")
	r.event(chat.KindMessage, 1)
	r.s.Fail(slacktest.Fault{Method: "conversations.replies", Status: 500, Times: 1})
	r.bob.React(r.ch, ts, "ticket")
	if ev := r.event(chat.KindReaction, 1); ev.Text != "words" {
		t.Errorf("text %q", ev.Text)
	}
}

func TestPayloadsThatTheSDKRefuses(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	for i, tc := range []struct {
		name, event string
		text        string
	}{
		{"a block that is no object", `"text":"with a bad block","blocks":["what"]`, "with a bad block"},
		{"an element of another type", `"text":"bad element","blocks":[{"type":"actions","elements":7}]`, "bad element"},
		{"files that are no list", `"text":"bad files","files":{"a":1}`, "bad files"},
		{"text that is a number", `"text":12345`, "12345"},
		{"null everywhere", `"text":null,"blocks":null,"files":null`, ""},
		{"an unknown block", `"text":"hologram","blocks":[{"type":"hologram","x":1}]`, "hologram"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ts := fmt.Sprintf("17000000%02d.000100", i)
			r.s.SendEvent(json.RawMessage(`{"type":"message","channel":"`+r.ch+`","channel_type":"channel","user":"U1","team":"`+slacktest.TeamID+`","ts":"`+ts+`",`+tc.event+`}`), false)
			ev := r.event(chat.KindMessage, i+1)
			if ev.Text != tc.text || ev.Message.ID != ts || len(ev.Raw) == 0 {
				t.Errorf("event %+v", ev)
			}
		})
	}
	for _, odd := range []string{`null`, `[]`, `"text"`, `{"type":"message"}`, `{"type":7,"channel":{"id":"C1"}}`} {
		r.s.SendEvent(json.RawMessage(odd), false)
	}
	if !r.s.Settle() || r.s.Stats().Unacked != 0 {
		t.Errorf("wire %+v", r.s.Stats())
	}
	for _, odd := range []string{`null`, `{}`, `{"type":"block_actions","actions":7}`, `{"type":"view_submission","view":[]}`} {
		if ack := r.s.SendEnvelope("interactive", json.RawMessage(odd), nil); !ack.OK {
			t.Errorf("%s: %+v", odd, ack)
		}
	}
	r.s.WriteRaw(`not json`)
	r.s.WriteRaw(`{"type":"events_api"}`)
	r.ann.Say(r.ch, "still alive")
	r.until("the next message", func() bool { return strings.Contains(lastText(r), "still alive") })
}

func lastText(r *rig) string {
	list := r.in.got(chat.KindMessage)
	return list[len(list)-1].Text
}

func TestSlackConnectGuestsAreToldByTeam(t *testing.T) {
	r := start(t, slacktest.Config{}, func(c *slack.Config) { c.Inside = []string{"TPARTNER", "-UMOLE", "C9:TGUEST"} })
	for _, tc := range []struct {
		user, team string
		external   bool
	}{{"UGUEST", "TGUEST", true}, {"UPARTNER", "TPARTNER", false}, {"UMOLE", slacktest.TeamID, true}, {"UOWN", slacktest.TeamID, false}} {
		p := r.s.AddUser(slacktest.User{ID: tc.user, Team: tc.team, Name: "ann"}) // the name says nothing
		r.s.Join(r.ch, tc.user)
		n := len(r.in.got(chat.KindMessage)) + 1
		p.Say(r.ch, "hello")
		if ev := r.event(chat.KindMessage, n); ev.From.External != tc.external || ev.From.Tenant != tc.team {
			t.Errorf("%s: %+v", tc.user, ev.From)
		}
		n = len(r.in.got(chat.KindReaction)) + 1
		p.React(r.ch, r.in.got(chat.KindMessage)[0].Message.ID, "ticket")
		if ev := r.event(chat.KindReaction, n); ev.From.External != tc.external {
			t.Errorf("%s by emoji: %+v", tc.user, ev.From)
		}
	}
}

func TestFilesComeInAndAreFetched(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	r.ann.Upload(r.ch, "", "see the log", "a.txt", []byte("line"))
	ev := r.event(chat.KindMessage, 1)
	if len(ev.Files) != 1 || ev.Files[0].Name != "a.txt" || ev.Files[0].Size != 4 {
		t.Fatalf("files %+v", ev.Files)
	}
	data, err := r.a.Fetch(t.Context(), ev.Files[0])
	if err != nil || string(data) != "line" {
		t.Errorf("fetched %q, %v", data, err)
	}
	data, err = r.a.Fetch(t.Context(), chat.File{ID: ev.Files[0].ID})
	if err != nil || string(data) != "line" {
		t.Errorf("fetched by id %q, %v", data, err)
	}
	for _, f := range []chat.File{{ID: "FNO"}, {URL: "http://elsewhere.example/x"}, {Size: chat.MaxFile + 1}} {
		if _, err := r.a.Fetch(t.Context(), f); err == nil || strings.Contains(err.Error(), slacktest.BotToken) {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
