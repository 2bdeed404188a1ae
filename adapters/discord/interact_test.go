package discord

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hotline/adapters/discord/discordtest"
	"hotline/bot/chat"
)

func TestCommandLine(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	m := have(ana.Post(support, "head"))
	th := have(ana.StartThread(support, m.ID, "case"))
	r := start(t, s, newLedger(), nil)
	for i, tc := range []struct {
		name  string
		where string
		args  map[string]string
		want  string
	}{
		{"table order", support, map[string]string{"text": "it is down", "tone": "loud", "case": "F-10018"}, "F-10018 loud it is down"},
		{"only what is given", th, map[string]string{"text": "said \"so\""}, `said "so"`},
		{"quoted", support, map[string]string{"case": `a "b" c`, "text": "x"}, `"a 'b' c" x`},
	} {
		it := have(ana.Slash(tc.where, "note", tc.args))
		if a := it.Wait(t); a.Failed || a.Message == nil || !a.Message.Ephemeral() {
			t.Errorf("%s: answered with %+v", tc.name, a)
		}
		ev := r.await("the command", chat.KindCommand, func(l []chat.Event) bool { return len(l) > i })[i]
		if ev.Verb != "note" || ev.Args != tc.want {
			t.Errorf("%s: %q %q, want %q", tc.name, ev.Verb, ev.Args, tc.want)
		}
		if (ev.Where.Thread != "") != (tc.where == th) || !ev.Reply.Private || !ev.Reply.Usable(time.Now()) {
			t.Errorf("%s: %+v %+v", tc.name, ev.Where, ev.Reply)
		}
	}
}

// TestAnswers: each kind of answer of the core becomes the right first answer.
func TestAnswers(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	in := newLedger()
	r := start(t, s, in, nil)
	form := &chat.Form{ID: "h:note:F-10018:3:", Title: "Note", Intro: chat.T("Say *it*"), Inputs: []chat.Input{
		{Name: "text", Label: "Text", Kind: chat.FieldText, Required: true, Max: 100, Hint: "what happened"},
		{Name: "tone", Label: "Tone", Kind: chat.FieldChoice, Value: "b", Choices: []chat.Choice{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}}},
	}}
	card := r.send(chat.Outgoing{Key: "card", Intent: chat.IntentCard, In: place(support), Content: chat.Content{Text: chat.T("card"), Buttons: []chat.Button{
		{Label: "Note", Action: chat.Action{Verb: "note", Case: "F-10018", Gen: 3}},
	}}})
	for _, tc := range []struct {
		name   string
		answer chat.Answer
		check  func(a discordtest.Answer) bool
	}{
		{"words", chat.Answer{Say: "not *you*"}, func(a discordtest.Answer) bool {
			return a.Type == 4 && a.Message.Ephemeral() && a.Message.Content == `not \*you\*`
		}},
		{"form", chat.Answer{Form: form}, func(a discordtest.Answer) bool {
			return a.Modal != nil && len(a.Modal.Inputs()) == 2 && a.Modal.CustomID == form.ID && a.Modal.Title == "Note"
		}},
		{"silent", chat.Answer{}, func(a discordtest.Answer) bool { return a.Type == 6 }},
		{"follows", chat.Answer{Follows: true}, func(a discordtest.Answer) bool { return a.Type == 6 }},
	} {
		in.set(func() { in.answer = func(chat.Event) chat.Answer { return tc.answer } })
		a := have(ana.Click(support, card.ID, "Note")).Wait(t)
		if a.Failed || !tc.check(a) {
			t.Errorf("%s: %+v", tc.name, a)
		}
	}
	ev := r.one(chat.KindButton)
	if ev.Action != (chat.Action{Verb: "note", Case: "F-10018", Gen: 3}) || ev.Message.ID != card.ID {
		t.Errorf("the button arrived as %+v", ev)
	}
	in.set(func() { in.answer = func(chat.Event) chat.Answer { return chat.Answer{Follows: true} } })
	a := have(ana.Slash(support, "status", nil)).Wait(t)
	if a.Type != 5 || !a.Message.Ephemeral() {
		t.Errorf("a command that is answered later: %+v", a)
	}
}

// TestRefusedForm: Discord closes a form when it is sent, so what was typed is
// kept and the form can be opened again.
func TestRefusedForm(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	ana.Locale = "zh-CN"
	in := newLedger()
	in.answer = func(ev chat.Event) chat.Answer {
		switch {
		case ev.Kind == chat.KindCommand:
			return chat.Answer{Form: &chat.Form{ID: "h:report:::", Title: "Report", Inputs: []chat.Input{{Name: "text", Label: "What happened"}}}}
		case ev.Form.Values["text"] == "bad":
			return chat.Answer{Errors: map[string]string{"text": "say more"}}
		default:
			return chat.Answer{}
		}
	}
	start(t, s, in, nil)
	open := have(ana.Slash(support, "status", nil)).Wait(t).Modal
	a := have(ana.Submit(support, *open, map[string]string{"text": "bad"})).Wait(t)
	if a.Message == nil || !a.Message.Ephemeral() || !strings.Contains(a.Message.Content, "What happened: say more") || len(a.Message.Buttons()) != 1 {
		t.Fatalf("the refusal: %+v", a.Message)
	}
	again := have(ana.Click(support, a.Message.ID, "修改")).Wait(t).Modal
	if again == nil || again.Inputs()[0].Value != "bad" {
		t.Fatalf("opened again: %+v", again)
	}
	if a := have(ana.Submit(support, *again, map[string]string{"text": "good"})).Wait(t); a.Failed {
		t.Errorf("the second try: %+v", a)
	}
	if a := have(ana.Press(support, a.Message.ID, "fix:123")).Wait(t); a.Failed || a.Message == nil {
		t.Errorf("a form that is gone: %+v", a)
	}
}

// TestSlowStore: the store takes longer than Discord waits; the platform must see
// an answer all the same, and the person the outcome.
func TestSlowStore(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	in := newLedger()
	in.stall = make(chan struct{})
	in.answer = func(ev chat.Event) chat.Answer {
		if ev.Kind == chat.KindButton {
			return chat.Answer{Form: &chat.Form{ID: "f", Title: "t", Inputs: []chat.Input{{Name: "x", Label: "x"}}}}
		}
		return chat.Answer{Say: "done"}
	}
	r := start(t, s, in, nil)
	card := r.send(chat.Outgoing{Key: "card", Intent: chat.IntentCard, In: place(support), Content: chat.Content{Buttons: []chat.Button{
		{Label: "Ack", Action: chat.Action{Verb: "ack", Case: "F-10018"}},
	}}})
	cmd := have(ana.Slash(support, "status", nil))
	click := have(ana.Click(support, card.ID, "Ack"))
	for _, it := range []*discordtest.Interaction{cmd, click} {
		if a := it.Wait(t); a.Failed || a.Type != 5 && a.Type != 6 {
			t.Errorf("first answer: %+v", a)
		}
	}
	close(in.stall)
	if m := cmd.Final(t); m.Content != "done" || !m.Ephemeral() {
		t.Errorf("final answer: %+v", m)
	}
	s.Await(t, "a word about the form", func() bool {
		for _, m := range ana.Sees(support) {
			if strings.Contains(m.Content, "press that again") && m.Ephemeral() {
				return true
			}
		}
		return false
	})
}

func TestAutocomplete(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	in := newLedger()
	for range 30 {
		in.choices = append(in.choices, chat.Choice{Value: "F-10018", Label: strings.Repeat("长", 200)})
	}
	in.choices[3].Value = strings.Repeat("x", 101)
	in.choices[4].Label = " "
	start(t, s, in, nil)
	a := have(ana.Complete(support, "status", "case", "F-1")).Wait(t)
	if a.Failed || len(a.Choices) != 25 {
		t.Fatalf("choices: %d, %+v", len(a.Choices), a)
	}
	q := in.asked[0]
	if q.Verb != "status" || q.Arg != "case" || q.Prefix != "F-1" || q.From.User != ana.ID || q.Where != place(support) {
		t.Errorf("asked: %+v", q)
	}
}

func TestShortcut(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, ben, support := s.AddPerson("ana"), s.AddPerson("ben"), s.AddChannel("support")
	head := have(ana.Post(support, "head"))
	th := have(ana.StartThread(support, head.ID, "talk"))
	have(ana.Post(th, "it started at ten"))
	m := have(ana.Post(th, "now it is down"))
	r := start(t, s, newLedger(), nil)
	if a := have(ben.OnMessage(th, m.ID, "Add to the case")).Wait(t); a.Failed {
		t.Fatal("no answer")
	}
	ev := r.one(chat.KindShortcut)
	if ev.Verb != "note" || ev.Text != "now it is down" || ev.From.User != ben.ID || ev.Message.ID != m.ID || len(ev.Context) != 2 ||
		ev.Context[0].Text != "it started at ten" || ev.Context[1].From.User != ana.ID {
		t.Errorf("the shortcut arrived as %+v", ev)
	}
}

// TestForgedAndStaleIDs: custom ids that we never made get a word, not silence.
func TestForgedAndStaleIDs(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	m := r.send(chat.Outgoing{Key: "k", Intent: chat.IntentNotice, In: place(support), Content: words("hello")})
	for _, id := range []string{"x", "h:", "h:::::", "more", "h:ack:F-1:-1:", strings.Repeat("h:", 50)} {
		a := have(ana.Press(support, m.ID, id)).Wait(t)
		if a.Failed || a.Message == nil || !a.Message.Ephemeral() {
			t.Errorf("%q: %+v", id, a)
		}
	}
	if n := len(r.in.all()); n != 0 {
		t.Errorf("%d events from forged ids", n)
	}
	s.Raw("INTERACTION_CREATE", json.RawMessage(`{"id":"123456789012345678","token":"t","type":"2","data":7,"channel_id":"1"}`))
	s.Await(t, "an answer to a broken interaction", func() bool {
		return len(s.Requests("POST", "/interactions/{interaction_id}/{interaction_token}/callback")) == 7
	})
}

// TestAfterFifteenMinutes: an answer that outlives its token goes on by another
// way, and never to more people than it was for.
func TestAfterFifteenMinutes(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, ben, support := s.AddPerson("ana"), s.AddPerson("ben"), s.AddChannel("support")
	in := newLedger()
	in.answer = func(chat.Event) chat.Answer { return chat.Answer{Follows: true} }
	r := start(t, s, in, nil)
	have(ana.Slash(support, "status", nil)).Wait(t)
	ev := r.one(chat.KindCommand)
	s.ExpireTokens()
	out := chat.Outgoing{Key: "k", Intent: chat.IntentPrivate, Audience: chat.Only(ev.From.Key()), In: ev.Where, To: ev.From, Reply: ev.Reply, Content: words("secret answer")}
	ref, res := r.a.Send(t.Context(), out)
	if res.Class != chat.Sent || !ref.Direct {
		t.Fatalf("private answer: %+v %+v", ref, res)
	}
	if l := ana.Sees(ana.Direct()); len(l) != 1 || l[0].Text() != "secret answer" {
		t.Errorf("ana reads %+v", l)
	}
	out.Audience, out.Key = chat.Internal(), "k2"
	out.Reply.Expires = time.Now().Add(-time.Second)
	r.send(out)
	seen := ben.Sees(support)
	last := seen[len(seen)-1]
	if !strings.HasPrefix(last.Content, "<@"+ana.ID+"> ") || len(last.Mentions) != 1 {
		t.Errorf("the channel reads %q", last.Content)
	}
	s.RefuseDirect(ana)
	out.Audience, out.Key, out.Content = chat.Only(ev.From.Key()), "k3", words("second secret")
	if _, res := r.a.Send(t.Context(), out); res.Class != chat.Never || res.Reason != chat.ReasonBlocked {
		t.Errorf("to somebody who takes no direct messages: %+v", res)
	}
	for _, m := range ben.Sees(support) {
		if strings.Contains(m.Text(), "secret") && !strings.HasPrefix(m.Content, "<@") {
			t.Errorf("ben reads %q", m.Text())
		}
		if strings.Contains(m.Text(), "second secret") {
			t.Error("a private answer came into the channel")
		}
	}
}

// TestPrivateNeverInChannel: words for one person stay out of channels however
// the send is addressed.
func TestPrivateNeverInChannel(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	only := chat.Only(account(ana).Key())
	r.send(chat.Outgoing{Key: "a", Intent: chat.IntentPrivate, Audience: only, In: place(support), To: account(ana), Content: words("private")})
	if _, res := r.a.Send(t.Context(), chat.Outgoing{Key: "b", Intent: chat.IntentPrivate, Audience: only, In: place(support), Content: words("private")}); res.Class != chat.Never {
		t.Errorf("without a person: %+v", res)
	}
	if _, res := r.a.Send(t.Context(), chat.Outgoing{Key: "c", Intent: chat.IntentReply, In: place(support), Content: words("nobody")}); res.Class != chat.Never {
		t.Errorf("without an audience: %+v", res)
	}
	if n := len(s.Messages(support)); n != 0 {
		t.Errorf("%d messages in the channel", n)
	}
	if n := len(ana.Sees(ana.Direct())); n != 1 {
		t.Errorf("%d direct messages", n)
	}
}

// TestFollowUps: several answers through one handle are several messages; the
// same send again is the same message.
func TestFollowUps(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, ben, support := s.AddPerson("ana"), s.AddPerson("ben"), s.AddChannel("support")
	in := newLedger()
	in.answer = func(chat.Event) chat.Answer { return chat.Answer{Follows: true} }
	r := start(t, s, in, nil)
	have(ana.Slash(support, "status", nil)).Wait(t)
	ev := r.one(chat.KindCommand)
	for _, key := range []string{"one", "two", "two", "one"} {
		r.send(chat.Outgoing{Key: key, Intent: chat.IntentPrivate, Audience: chat.Only(ev.From.Key()), In: ev.Where, To: ev.From, Reply: ev.Reply, Content: words(key)})
	}
	l := ana.Sees(support)
	if len(l) != 2 || l[0].Content != "one" || l[1].Content != "two" || l[0].Loading() {
		t.Errorf("ana reads %+v", l)
	}
	if n := len(ben.Sees(support)); n != 0 {
		t.Errorf("ben reads %d private answers", n)
	}
}

// TestNoAnswerEver: a command that nothing follows does not think for ever.
func TestNoAnswerEver(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	in := newLedger()
	in.answer = func(chat.Event) chat.Answer { return chat.Answer{Follows: true} }
	r := start(t, s, in, nil)
	r.a.tempo.silence = time.Millisecond
	if m := have(ana.Slash(support, "status", nil)).Final(t); m.Content != "Taken down." || !m.Ephemeral() {
		t.Errorf("it ends with %+v", m)
	}
}
