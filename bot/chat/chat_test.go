package chat_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/bot/chat"
)

func TestAudienceIsStoredAndFailsClosed(t *testing.T) {
	for _, a := range []chat.Audience{chat.Customer(), chat.Internal(), chat.Only("slack:T1:U1"), chat.Only("chen")} {
		b, err := json.Marshal(map[string]chat.Audience{"a": a})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]chat.Audience
		if err := json.Unmarshal(b, &back); err != nil || back["a"] != a {
			t.Errorf("%s came back as %s (%v)", a, back["a"], err)
		}
	}
	for _, s := range []string{"", "everybody", "only:", "Customer", "internal "} {
		if chat.ParseAudience(s).Valid() {
			t.Errorf("%q is taken for an audience", s)
		}
	}
	if (chat.Audience{}).Valid() {
		t.Error("no audience is valid")
	}
}

func TestAnEventSurvivesItsStorage(t *testing.T) {
	place := chat.Place{Platform: "slack", Tenant: "T1", Channel: "C1", Thread: "1.2"}
	ev := chat.Event{Key: "k", Kind: chat.KindButton, At: time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC), From: chat.Principal{Platform: "slack", Tenant: "T1", User: "U1", External: true},
		Where: place, Message: chat.MessageRef{Place: place, ID: "9"}, Action: chat.Action{Verb: "ack", Case: "F-10019", Gen: 3},
		Form: chat.Filled{ID: "f", Values: map[string]string{"a": "b"}}, Reply: chat.ReplyHandle{Platform: "slack", Token: "t", Expires: time.Date(2026, 3, 3, 8, 30, 0, 0, time.UTC), Uses: 5, Private: true},
		Context: []chat.Quoted{{Text: "before"}}, Files: []chat.File{{Name: "log.txt", Size: 3}}, Raw: json.RawMessage(`{"x":1}`)}
	b, err := json.Marshal(ev)
	if err != nil {
		t.Fatal(err)
	}
	var back chat.Event
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ev, back); diff != "" {
		t.Error(diff)
	}
}

func TestKeysTellPlacesFromMessages(t *testing.T) {
	place := chat.Place{Platform: "p", Tenant: "t", Channel: "c"}
	root := chat.MessageRef{Place: place, ID: "7"}
	thread := place
	thread.Thread = "7"
	if root.Key() == thread.Key() {
		t.Error("a thread has the key of the message it grew from")
	}
	reply := chat.MessageRef{Place: thread, ID: "8"}
	if inChannel := (chat.MessageRef{Place: place, ID: "8"}); inChannel.Key() != reply.Key() {
		t.Error("a message has another key in its thread than in the channel")
	}
	if p, ok := chat.ParsePrincipal("slack:T1:U:1"); !ok || p.User != "U:1" {
		t.Errorf("principal %+v, %v", p, ok)
	}
	for _, s := range []string{"", "slack", "slack:T", "slack:T:", ":T:U"} {
		if _, ok := chat.ParsePrincipal(s); ok {
			t.Errorf("%q is taken for a principal", s)
		}
	}
}

func TestActions(t *testing.T) {
	a := chat.Action{Verb: "solved", Case: "F-10019", Arg: "KB-12:part", Gen: 4}
	s, ok := chat.EncodeAction(a)
	if back, ok2 := chat.DecodeAction(s); !ok || !ok2 || back != a || len(s) > 100 {
		t.Errorf("%q, %v, %+v", s, ok, back)
	}
	if _, ok := chat.EncodeAction(chat.Action{Verb: "x", Arg: strings.Repeat("y", 100)}); ok {
		t.Error("an action that does not fit was written")
	}
	if _, ok := chat.EncodeAction(chat.Action{Verb: "a:b"}); ok {
		t.Error("a separator was written")
	}
}

func FuzzDecodeAction(f *testing.F) {
	f.Add("h:ack:F-10019:3:")
	f.Add("h::::")
	f.Fuzz(func(t *testing.T, s string) {
		a, ok := chat.DecodeAction(s)
		if !ok {
			return
		}
		if again, ok := chat.EncodeAction(a); ok && len(again) > 100 {
			t.Errorf("%q is too long", again)
		}
	})
}

func TestText(t *testing.T) {
	at := time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)
	text := chat.Say("Case ").Bold("F-10019").Plain(" is due ").Moment(at, "09:00 CET").Plain(", ").Mention(chat.Principal{Name: "Chen"}).Plain(" ").Link("docs", "https://example.org").Code("x")
	if got, want := text.String(), "Case F-10019 is due 09:00 CET, @Chen docs (https://example.org)x"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	h := chat.ReplyHandle{Token: "t", Expires: at}
	if h.Usable(at) || !h.Usable(at.Add(-time.Second)) || (chat.ReplyHandle{}).Usable(at) {
		t.Error("a handle is usable up to its end and no longer")
	}
}
