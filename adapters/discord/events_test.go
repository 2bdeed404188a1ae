package discord

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"hotline/adapters/discord/discordtest"
	"hotline/bot/chat"
)

func TestMessages(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	m := have(ana.Post(support, s.Mention()+" payments **fail** <:boom:123>", discordtest.Upload{Name: "log.txt", Type: "text/plain", Data: []byte("trace")}))
	ev := r.one(chat.KindMessage)
	if ev.Text != "payments **fail** :boom:" || !ev.Mentioned || ev.From.Key() != account(ana).Key() || ev.From.Name != "ana" ||
		ev.Where != place(support) || ev.Message.ID != m.ID || ev.Backfill {
		t.Errorf("the message arrived as %+v", ev)
	}
	if len(ev.Files) != 1 || ev.Files[0].Name != "log.txt" || ev.Files[0].Size != 5 {
		t.Fatalf("files: %+v", ev.Files)
	}
	if data, err := r.a.Fetch(t.Context(), ev.Files[0]); err != nil || string(data) != "trace" {
		t.Errorf("the file is %q, %v", data, err)
	}
	stale := ev.Files[0]
	stale.URL = s.URL()[:len(s.URL())-4] + "/attachments/1/gone"
	if data, err := r.a.Fetch(t.Context(), stale); err != nil || string(data) != "trace" {
		t.Errorf("with an address that is over: %q, %v", data, err)
	}
	for _, bad := range []string{"http://127.0.0.1:1/attachments/x", "file:///etc/passwd", "https://cdn.discordapp.com.evil.example/x", "http://cdn.discordapp.com/x"} {
		if _, err := r.a.Fetch(t.Context(), chat.File{URL: bad}); err == nil {
			t.Errorf("%s was fetched", bad)
		}
	}
}

func have[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestEditsAndDeletions(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	m := have(ana.Post(support, "brokne"))
	for _, text := range []string{"broken", "broken since ten"} {
		if err := ana.Edit(support, m.ID, text); err != nil {
			t.Fatal(err)
		}
	}
	s.Redeliver(support, m.ID)
	// A link preview: an update without a new time of edit.
	s.Raw("MESSAGE_UPDATE", json.RawMessage(fmt.Sprintf(`{"id":%q,"channel_id":%q,"guild_id":%q,"content":"broken","embeds":[{}]}`, m.ID, support, s.Guild())))
	if err := ana.Delete(support, m.ID); err != nil {
		t.Fatal(err)
	}
	del := r.one(chat.KindDelete)
	if del.From.User != ana.ID || del.Message.ID != m.ID {
		t.Errorf("the deletion arrived as %+v", del)
	}
	edits := r.in.kind(chat.KindEdit)
	if len(edits) != 2 || edits[0].Text != "broken" || edits[1].Text != "broken since ten" || edits[0].Key == edits[1].Key {
		t.Errorf("edits: %+v", edits)
	}
	if n := len(r.in.kind(chat.KindMessage)); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

func TestReactions(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, ben, support := s.AddPerson("ana"), s.AddPerson("ben"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	m := have(ana.Post(support, "the printer burns"))
	s.Duplicate(2)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(ben.React(support, m.ID, "👍🏽"))
	check(ben.Unreact(support, m.ID, "👍🏽"))
	check(ben.React(support, m.ID, "👍🏽"))
	s.Duplicate(0)
	check(ben.React(support, m.ID, "🎫"))
	list := r.await("four reactions", chat.KindReaction, func(l []chat.Event) bool { return len(l) >= 4 })
	if len(list) != 4 || list[0].Emoji != "👍" || list[0].Removed || !list[1].Removed || list[2].Removed {
		t.Fatalf("reactions: %+v", list)
	}
	ev := list[3]
	if ev.Emoji != "ticket" || ev.Text != "the printer burns" || ev.From.User != ben.ID ||
		len(ev.Context) != 1 || ev.Context[0].From.User != ana.ID || ev.Context[0].Message.ID != m.ID {
		t.Errorf("the ticket arrived as %+v", ev)
	}
}

func TestThreadsKeepTheirChannel(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	before := have(ana.Post(support, "old"))
	old := have(ana.StartThread(support, before.ID, "old thread"))
	r := start(t, s, newLedger(), nil)
	have(ana.Post(old, "in a thread from before"))
	m := have(ana.Post(support, "new"))
	fresh := have(ana.StartThread(support, m.ID, "new thread"))
	have(ana.Post(fresh, "in a thread from after"))
	have(ana.Post(fresh, s.Mention()+" help"))
	list := r.await("the messages", chat.KindMessage, func(l []chat.Event) bool { return len(l) == 4 })
	got := map[string]string{}
	for _, ev := range list {
		got[ev.Text] = ev.Where.Thread
		if ev.Where.Channel != support {
			t.Errorf("%q came from channel %s", ev.Text, ev.Where.Channel)
		}
		if ev.Mentioned && (len(ev.Context) != 1 || ev.Context[0].Text != "in a thread from after") {
			t.Errorf("a mention in a thread brings what was said: %+v", ev.Context)
		}
	}
	if got["in a thread from before"] != old || got["in a thread from after"] != fresh || got["new"] != "" {
		t.Errorf("threads: %v", got)
	}
}

func TestForumPostsAreHeads(t *testing.T) {
	s := server(t, discordtest.Options{})
	forum := s.AddForum("cases", "new", "sev1")
	r := start(t, s, newLedger(), nil)
	ref := r.send(chat.Outgoing{Key: "k", Intent: chat.IntentCard, Case: "F-10018", In: place(forum),
		Content: chat.Content{Card: &chat.Card{Number: "F-10018", Title: "Down", Labels: []string{"new", "sev1", "unknown"}}}})
	if ref.Thread != ref.ID || ref.Channel != forum {
		t.Fatalf("ref of a post: %+v", ref)
	}
	th, _ := s.Channel(ref.Thread)
	if len(th.AppliedTags) != 2 || th.Name != "F-10018 · Down" {
		t.Errorf("the post is %+v", th)
	}
	ana := s.AddPerson("ana")
	have(ana.Post(ref.Thread, "an answer"))
	if ev := r.one(chat.KindMessage); ev.Where != thread(forum, ref.Thread) {
		t.Errorf("the answer came from %+v", ev.Where)
	}
	card := &chat.Card{Number: "F-10018", Title: "Down", Labels: []string{"sev1"}}
	for range 3 {
		r.send(chat.Outgoing{Key: "k2", Intent: chat.IntentCard, Edit: ref, Content: chat.Content{Card: card}})
	}
	if th, _ := s.Channel(ref.Thread); len(th.AppliedTags) != 1 {
		t.Errorf("tags after the edit: %v", th.AppliedTags)
	}
	if n := len(s.Requests("PATCH", "/channels/{channel_id}")); n != 1 {
		t.Errorf("tags were written %d times", n)
	}
}

// TestSurvivesAnything sends payloads that are wrong in every way; what a person
// wrote must come through and nothing may stop.
func TestSurvivesAnything(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	at := have(ana.Post(support, "first"))
	n := 0
	raw := func(change string) {
		n++
		id := fmt.Sprint(1000000000000+n) + "00000"
		base := fmt.Sprintf(`"id":%q,"channel_id":%q,"guild_id":%q,"type":0,"timestamp":"2026-01-01T00:00:00+00:00","content":"odd %d","author":{"id":%q,"username":"ana"}`, id, support, s.Guild(), n, ana.ID)
		s.Raw("MESSAGE_CREATE", json.RawMessage("{"+base+change+"}"))
	}
	raw(`,"components":[{"type":99,"x":{}}]`)
	raw(`,"embeds":"none"`)
	raw(`,"mentions":[null]`)
	raw(`,"attachments":[null,{"id":"1","filename":"a"}]`)
	raw(`,"author":{"id":` + ana.ID + `,"username":"ana","public_flags":"64"}`)
	raw(`,"timestamp":17`)
	raw(`,"member":[]`)
	for _, junk := range []string{
		`{}`, `null`, `[]`, `"x"`, `17`, `{"id":null,"channel_id":null}`, `{"id":"x","channel_id":"y"}`,
		`{"id":"` + at.ID + `","channel_id":"` + support + `","author":null}`,
		`{"id":"` + at.ID + `","channel_id":"` + support + `","author":[],"edited_timestamp":"2026-01-01T00:00:00+00:00"}`,
	} {
		for _, kind := range []string{
			"MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK", "MESSAGE_REACTION_ADD", "INTERACTION_CREATE",
			"GUILD_CREATE", "GUILD_DELETE", "CHANNEL_CREATE", "CHANNEL_DELETE", "THREAD_CREATE", "THREAD_LIST_SYNC", "THREAD_DELETE", "SOMETHING_NEW",
		} {
			s.Raw(kind, json.RawMessage(junk))
		}
	}
	have(ana.Post(support, "last"))
	r.await("the last message", chat.KindMessage, func(l []chat.Event) bool {
		return len(l) > 0 && l[len(l)-1].Text == "last"
	})
	got := 0
	for _, ev := range r.in.kind(chat.KindMessage) {
		if strings.HasPrefix(ev.Text, "odd ") {
			got++
			if ev.From.User != ana.ID {
				t.Errorf("%q is from %q", ev.Text, ev.From.User)
			}
			if ev.Undecoded && len(ev.Raw) == 0 {
				t.Errorf("%q has no raw form", ev.Text)
			}
		}
	}
	if got != n {
		t.Errorf("%d of %d odd messages came through", got, n)
	}
}

func TestBotsAndOwnMessagesStay(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	ref := r.send(chat.Outgoing{Key: "k", Intent: chat.IntentNotice, In: place(support), Content: words("mine")})
	s.Raw("MESSAGE_CREATE", json.RawMessage(fmt.Sprintf(`{"id":"77000000000000000","channel_id":%q,"guild_id":%q,"type":0,"timestamp":"2026-01-01T00:00:00+00:00","content":"robot","author":{"id":"5","username":"r","bot":true}}`, support, s.Guild())))
	s.Raw("MESSAGE_CREATE", json.RawMessage(fmt.Sprintf(`{"id":"77000000000000001","channel_id":%q,"guild_id":%q,"type":7,"timestamp":"2026-01-01T00:00:00+00:00","content":"","author":{"id":%q,"username":"ana"}}`, support, s.Guild(), ana.ID)))
	if err := ana.Delete(support, ref.ID); err != nil {
		t.Fatal(err)
	}
	have(ana.Post(support, "human"))
	r.one(chat.KindMessage)
	if list := r.in.all(); len(list) != 1 || list[0].Text != "human" {
		t.Errorf("events: %+v", list)
	}
}
