package web_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hotline/adapters/web"
	"hotline/bot/chat"
)

func text(s string) chat.Content { return chat.Content{Text: chat.T(s)} }

func TestSendOncePerKey(t *testing.T) {
	s := newSite(t)
	out := chat.Outgoing{Key: "a1", Intent: chat.IntentReply, Audience: chat.Customer(), In: in("acme", ""), Content: text("we have it")}
	first := s.send(t, out)
	out.Repeat = true
	if again := s.send(t, out); again != first {
		t.Errorf("sent again as %+v, first %+v", again, first)
	}
	if posts, _ := s.as("tom").Posts(t.Context(), "acme", ""); len(posts) != 1 || posts[0].Name != "Hotline" {
		t.Errorf("posts = %+v", posts)
	}
}

func TestSendGoesWhereItShould(t *testing.T) {
	tests := []struct {
		name    string
		out     chat.Outgoing
		see     string // who sees it, where
		channel string
		not     []string // who does not
	}{
		{"a channel", chat.Outgoing{Audience: chat.Customer(), In: in("acme", "")}, "tom", "acme", []string{"mei"}},
		{"a person", chat.Outgoing{Intent: chat.IntentPage, Audience: chat.Internal(), To: to("ana"), Urgent: true}, "ana", "dm:ana", []string{"bo", "tom"}},
		{"one person in a channel", chat.Outgoing{Audience: chat.Only("web::ana"), In: in("acme", ""), To: to("ana")}, "ana", "acme", []string{"bo", "tom"}},
		{"one person by the audience alone", chat.Outgoing{Audience: chat.Only("web::tom"), In: in("acme", "")}, "tom", "acme", []string{"ana"}},
		{"internal in an internal channel", chat.Outgoing{Audience: chat.Internal(), In: in("desk", "")}, "bo", "desk", []string{"tom", "mei"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			tt.out.Key, tt.out.Content = "k", text("hello there")
			s.send(t, tt.out)
			posts, err := s.as(tt.see).Posts(t.Context(), tt.channel, "")
			if err != nil || len(posts) != 1 || posts[0].Text != "hello there" || posts[0].Urgent != tt.out.Urgent {
				t.Errorf("%s sees %+v, %v", tt.see, posts, err)
			}
			for _, other := range tt.not {
				if posts, _ := s.as(other).Posts(t.Context(), tt.channel, ""); len(posts) > 0 {
					t.Errorf("%s sees it too", other)
				}
			}
		})
	}
}

func TestSendNever(t *testing.T) {
	tests := []struct {
		name, reason string
		out          chat.Outgoing
	}{
		{"no audience", chat.ReasonInvalid, chat.Outgoing{Key: "k", In: in("acme", "")}},
		{"no key", chat.ReasonInvalid, chat.Outgoing{Audience: chat.Customer(), In: in("acme", "")}},
		{"no destination", chat.ReasonInvalid, chat.Outgoing{Key: "k", Audience: chat.Customer()}},
		{"no such channel", chat.ReasonGone, chat.Outgoing{Key: "k", Audience: chat.Customer(), In: in("nowhere", "")}},
		{"the list of rooms", chat.ReasonGone, chat.Outgoing{Key: "k", Audience: chat.Internal(), In: in("#rooms", "")}},
		{"nobody", chat.ReasonBlocked, chat.Outgoing{Key: "k", Audience: chat.Customer(), To: to("ghost")}},
		{"internal to customers", chat.ReasonDenied, chat.Outgoing{Key: "k", Audience: chat.Internal(), In: in("acme", "")}},
		{"internal to one customer", chat.ReasonDenied, chat.Outgoing{Key: "k", Audience: chat.Internal(), In: in("acme", ""), To: to("tom")}},
		{"one person not known here", chat.ReasonNoWay, chat.Outgoing{Key: "k", Audience: chat.Only("ana-in-core"), In: in("acme", "")}},
		{"an edit of nothing", chat.ReasonGone, chat.Outgoing{Key: "k", Audience: chat.Customer(), Edit: chat.MessageRef{Place: in("acme", ""), ID: "999"}}},
		{"an edit elsewhere", chat.ReasonGone, chat.Outgoing{Key: "k", Audience: chat.Customer(), Edit: chat.MessageRef{Place: chat.Place{Platform: "slack", Channel: "C1"}, ID: "1"}}},
		{"no emoji", chat.ReasonInvalid, chat.Outgoing{Key: "k", Intent: chat.IntentReact, Audience: chat.Customer(), Emoji: "<b>"}},
	}
	s := newSite(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.out.Content = text("secret")
			ref, res := s.Send(t.Context(), tt.out)
			if res.Class != chat.Never || res.Reason != tt.reason || !ref.IsZero() {
				t.Errorf("Send = %v %q %v, want never %q", res.Class, res.Reason, res.Err, tt.reason)
			}
		})
	}
}

func TestReplyHandle(t *testing.T) {
	s := newSite(t)
	tom := s.as("tom")
	done, err := tom.Say(t.Context(), "acme", "", "hello")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tom.Reply(t.Context(), *done.Post, "/status"); err != nil {
		t.Fatal(err)
	}
	handle := s.inbox.all()[1].Reply
	s.send(t, chat.Outgoing{Key: "r1", Intent: chat.IntentPrivate, Audience: chat.Only("tom"), Reply: handle, Content: text("F-1 is new")})
	thread := s.inbox.all()[1].Where.Thread
	if posts, _ := tom.Posts(t.Context(), "acme", thread); len(posts) != 2 || posts[1].Text != "F-1 is new" || !posts[1].Private {
		t.Errorf("he sees %+v", posts)
	}
	if posts, _ := s.as("ana").Posts(t.Context(), "acme", thread); len(posts) != 0 {
		t.Errorf("ana sees %+v", posts)
	}
	if v, _ := s.as("ana").Post(t.Context(), done.Post.ID); v.Replies != 0 {
		t.Errorf("ana sees that there are %d replies", v.Replies)
	}
}

func TestEditInPlace(t *testing.T) {
	s := newSite(t)
	out := chat.Outgoing{Key: "c1", Intent: chat.IntentCard, Audience: chat.Internal(), In: in("desk", ""), Content: chat.Content{Card: &chat.Card{
		Number: "F-10427", Title: "Payments", Buttons: []chat.Button{{Label: "Acknowledge", Action: chat.Action{Verb: "ack", Case: "F-10427", Gen: 1}}}}}}
	ref := s.send(t, out)
	ana := s.listening(t, "ana")
	out.Key, out.Edit, out.In = "c2", ref, chat.Place{}
	out.Content = chat.Content{Card: &chat.Card{Number: "F-10427", Title: "Payments", Tone: chat.ToneGood}}
	if got := s.send(t, out); got != ref {
		t.Errorf("edited %+v, want %+v", got, ref)
	}
	before, _ := s.board.Post(t.Context(), 1)
	s.send(t, out)
	if after, _ := s.board.Post(t.Context(), 1); after.Revision != before.Revision {
		t.Error("the same edit changed the post again")
	}
	if _, err := ana.Wait(soon(t), "the edit", func(v web.View) bool { return v.Title == "Payments" && len(v.Buttons) == 0 }); err != nil {
		t.Error(err)
	}
	out.Audience = chat.Audience{}
	if _, res := s.Send(t.Context(), out); res.Class != chat.Never {
		t.Errorf("an edit without an audience = %v", res.Class)
	}
}

func TestButtons(t *testing.T) {
	s := newSite(t)
	button := func(label, verb string) chat.Button {
		return chat.Button{Label: label, Action: chat.Action{Verb: verb, Case: "F-10427", Gen: 2}}
	}
	s.send(t, chat.Outgoing{Key: "c1", Intent: chat.IntentPage, Audience: chat.Internal(), To: to("ana"), Content: chat.Content{Card: &chat.Card{
		Number: "F-10427", Title: "Payments", Buttons: []chat.Button{button("Acknowledge", "ack"), {Label: "Open", URL: "javascript:alert(1)"}},
		More: []chat.Button{button("Snooze", "snooze")}, Items: []chat.Item{{Text: chat.T("KB-1"), Buttons: []chat.Button{button("Solved it", "tried")}}}}}})
	ana := s.as("ana")
	posts, _ := ana.Posts(t.Context(), "dm:ana", "")
	for _, label := range []string{"Acknowledge", "Snooze", "Solved it"} {
		if _, err := ana.Click(t.Context(), posts[0], label); err != nil {
			t.Error(err)
		}
	}
	var verbs []string
	for _, ev := range s.inbox.all() {
		verbs = append(verbs, ev.Action.Verb)
		if ev.Kind != chat.KindButton || ev.Action.Case != "F-10427" || ev.Action.Gen != 2 || ev.Message.ID == "" || !ev.Where.Direct {
			t.Errorf("event = %+v", ev)
		}
	}
	if diff := cmp.Diff([]string{"ack", "snooze", "tried"}, verbs); diff != "" {
		t.Errorf("verbs (-want +got):\n%s", diff)
	}
	if _, err := ana.Click(t.Context(), posts[0], "Open"); err == nil {
		t.Error("a link with a script could be clicked")
	}
	if _, err := s.as("bo").Click(t.Context(), posts[0], "Acknowledge"); code(err) != "no_post" {
		t.Errorf("somebody else's page = %v", err)
	}
	if _, err := ana.Press(t.Context(), posts[0], "rm -rf"); code(err) != "bad_action" {
		t.Errorf("an action that is none = %v", err)
	}
}

func TestRooms(t *testing.T) {
	s := newSite(t)
	ana := s.listening(t, "ana")
	out := chat.Outgoing{Key: "r1", Intent: chat.IntentRoom, Audience: chat.Internal(), Case: "F-10427",
		Room: chat.Room{Name: "inc F-10427", Topic: "Payments are down", Invite: []chat.Principal{to("ana"), to("mei")}}}
	ref := s.send(t, out)
	if again := s.send(t, out); again != ref {
		t.Errorf("made again as %+v, first %+v", again, ref)
	}
	if _, err := ana.Wait(soon(t), "the room's first post", func(v web.View) bool { return v.Channel == ref.Channel && v.Text == "Payments are down" }); err != nil {
		t.Fatal(err)
	}
	for user, want := range map[string]bool{"ana": true, "bo": true, "mei": true, "tom": false} {
		me, _ := s.as(user).Me(t.Context())
		in := false
		for _, c := range me.Channels {
			in = in || (c.ID == ref.Channel && c.Name == "inc-F-10427")
		}
		if in != want {
			t.Errorf("%s has the room: %t, want %t", user, in, want)
		}
	}
	other := web.New(web.Config{Board: s.board, Channels: channels, Users: people, Demo: true})
	if got, res := other.Send(t.Context(), out); res.Class != chat.Sent || got != ref {
		t.Errorf("after a restart the room is %+v, want %+v", got, ref)
	}
}

func TestReactAndClose(t *testing.T) {
	s := newSite(t)
	ref := s.send(t, chat.Outgoing{Key: "a", Intent: chat.IntentReply, Audience: chat.Customer(), In: in("acme", ""), Content: text("hi")})
	for i := range 2 {
		s.send(t, chat.Outgoing{Key: fmt.Sprint("e", i), Intent: chat.IntentReact, Audience: chat.Customer(), Edit: ref, Emoji: "white_check_mark"})
	}
	posts, _ := s.as("tom").Posts(t.Context(), "acme", "")
	if r := posts[0].Reacts; len(r) != 1 || r[0].Glyph != "✅" || len(r[0].Names) != 1 {
		t.Errorf("reactions = %+v", r)
	}
	s.send(t, chat.Outgoing{Key: "z", Intent: chat.IntentClose, Audience: chat.Customer(), In: in("acme", ref.ID)})
	if posts, _ := s.as("tom").Posts(t.Context(), "acme", ref.ID); len(posts) != 0 {
		t.Errorf("closing said %+v", posts)
	}
}
