package discord

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/adapters/discord/discordtest"
	"hotline/bot/chat"
)

const (
	postRoute = "/channels/{channel_id}/messages"
	editRoute = "/channels/{channel_id}/messages/{message_id}"
)

func card(number, title string) chat.Content {
	return chat.Content{Card: &chat.Card{Number: number, Title: title, Buttons: []chat.Button{
		{Label: "Acknowledge", Style: chat.StylePrimary, Action: chat.Action{Verb: "ack", Case: number, Gen: 1}},
	}}}
}

// TestCaseThread follows a case from report to close.
func TestCaseThread(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	m := have(ana.Post(support, "payments fail"))
	at := thread(support, m.ID)
	receipt := r.send(chat.Outgoing{Key: "r", Intent: chat.IntentReceipt, Audience: chat.Customer(), Case: "F-10018", In: at, Content: card("F-10018", "We have it")})
	if receipt.Place != at {
		t.Errorf("the receipt lies in %+v", receipt.Place)
	}
	th, ok := s.Channel(m.ID)
	if !ok || th.Name != "F-10018" || th.ThreadMetadata.AutoArchiveDuration != 10080 {
		t.Fatalf("the thread: %+v", th)
	}
	r.send(chat.Outgoing{Key: "e", Intent: chat.IntentCard, Audience: chat.Customer(), Case: "F-10018", Edit: receipt, Content: card("F-10018", "Chen is on it")})
	r.send(chat.Outgoing{Key: "c", Intent: chat.IntentClose, Case: "F-10018", In: at})
	if th, _ := s.Channel(m.ID); !th.ThreadMetadata.Archived || th.ThreadMetadata.Locked {
		t.Errorf("after the close: %+v", th.ThreadMetadata)
	}
	// Archived is not over: edits and words still get there.
	r.send(chat.Outgoing{Key: "e2", Intent: chat.IntentCard, Audience: chat.Customer(), Edit: receipt, Content: card("F-10018", "Closed")})
	s.Archive(m.ID, true)
	r.send(chat.Outgoing{Key: "n", Intent: chat.IntentReply, Audience: chat.Customer(), In: at, Content: words("one more thing")})
	seen := ana.Sees(m.ID)
	if len(seen) != 2 || !strings.Contains(seen[0].Text(), "Closed") || seen[0].Edits() != 2 {
		t.Errorf("the thread reads %+v", seen)
	}
	if th, _ := s.Channel(m.ID); th.Name != "F-10018" {
		t.Errorf("the thread was renamed to %q", th.Name)
	}
	r.send(chat.Outgoing{Key: "x", Intent: chat.IntentReact, Edit: chat.MessageRef{Place: place(support), ID: m.ID}, Emoji: "eyes"})
	if m := s.Messages(support)[0]; len(m.Reactions) != 1 || m.Reactions[0].Emoji.Name != "👀" || !m.Reactions[0].Me {
		t.Errorf("reactions: %+v", m.Reactions)
	}
}

// TestReceiptWithoutMessage: the receipt of a command becomes the head of a thread.
func TestReceiptWithoutMessage(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	ref := r.send(chat.Outgoing{Key: "r", Intent: chat.IntentReceipt, Audience: chat.Customer(), Case: "F-10018", In: place(support), Content: card("F-10018", "We have it")})
	if ref.Place != place(support) {
		t.Fatalf("ref %+v", ref)
	}
	have(ana.Post(ref.ID, "thanks"))
	if ev := r.one(chat.KindMessage); ev.Where != thread(support, ref.ID) {
		t.Errorf("the answer came from %+v", ev.Where)
	}
	r.send(chat.Outgoing{Key: "n", Intent: chat.IntentReply, Audience: chat.Customer(), In: thread(support, ref.ID), Content: words("fixed")})
	if n := len(s.Threads(support)); n != 1 {
		t.Errorf("%d threads", n)
	}
}

// TestUnknownSendIsNotDoubled: the connection dies after the message was taken;
// the same send again gives the same message.
func TestUnknownSendIsNotDoubled(t *testing.T) {
	s := server(t, discordtest.Options{})
	support := s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	for _, tc := range []struct {
		name  string
		fault discordtest.Fault
		want  chat.Class
	}{
		{"cut after", discordtest.Fault{After: true}, chat.Unknown},
		{"502 after", discordtest.Fault{After: true, Status: 502}, chat.Unknown},
		{"500 after", discordtest.Fault{After: true, Status: 500}, chat.Retry},
		{"503 before", discordtest.Fault{Status: 503}, chat.Retry},
	} {
		f := tc.fault
		f.Method, f.Route, f.Times = "POST", postRoute, 1
		s.Break(f)
		out := chat.Outgoing{Key: tc.name, Audience: chat.Internal(), Intent: chat.IntentReply, In: place(support), Content: words(tc.name)}
		if _, res := r.a.Send(t.Context(), out); res.Class != tc.want {
			t.Errorf("%s: %v, want %v (%v)", tc.name, res.Class, tc.want, res.Err)
		}
		out.Repeat = true
		r.send(out)
	}
	if n := len(s.Messages(support)); n != 4 {
		t.Errorf("%d messages, want 4", n)
	}
}

// TestResults: what Discord refuses becomes a reason that the core acts upon.
func TestResults(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana := s.AddPerson("ana")
	support, closed, gone := s.AddChannel("support"), s.AddChannel("closed"), s.AddChannel("gone")
	r := start(t, s, newLedger(), nil)
	s.Forbid(closed)
	s.DeleteChannel(gone)
	s.RefuseDirect(ana)
	deleted := r.send(chat.Outgoing{Key: "k", Intent: chat.IntentCard, In: place(support), Content: card("F-1", "x")})
	if err := ana.Delete(support, deleted.ID); err != nil {
		t.Fatal(err)
	}
	foreign := have(ana.Post(support, "hers"))
	for _, tc := range []struct {
		name string
		out  chat.Outgoing
		want string
	}{
		{"card deleted", chat.Outgoing{Edit: deleted}, chat.ReasonGone},
		{"somebody else's message", chat.Outgoing{Edit: chat.MessageRef{Place: place(support), ID: foreign.ID}}, chat.ReasonDenied},
		{"bot shut out", chat.Outgoing{In: place(closed)}, chat.ReasonDenied},
		{"channel deleted", chat.Outgoing{In: place(gone)}, chat.ReasonGone},
		{"thread of a message that is gone", chat.Outgoing{In: thread(support, "123456789012345678")}, chat.ReasonGone},
		{"no id", chat.Outgoing{In: place("general")}, chat.ReasonGone},
		{"no direct messages", chat.Outgoing{To: account(ana), Intent: chat.IntentPage}, chat.ReasonBlocked},
		{"not a Discord account", chat.Outgoing{To: chat.Principal{Platform: "slack", User: "U1"}}, chat.ReasonInvalid},
		{"nobody", chat.Outgoing{}, chat.ReasonInvalid},
		{"home page", chat.Outgoing{Intent: chat.IntentHome, To: account(ana)}, chat.ReasonNoWay},
	} {
		tc.out.Key, tc.out.Audience, tc.out.Content = tc.name, chat.Internal(), words("x")
		if _, res := r.a.Send(t.Context(), tc.out); res.Class != chat.Never || res.Reason != tc.want {
			t.Errorf("%s: %v %q, want never %q (%v)", tc.name, res.Class, res.Reason, tc.want, res.Err)
		}
		if h := r.a.Health().State; h != chat.StateUp {
			t.Errorf("%s: the adapter is %s", tc.name, h)
		}
	}
}

// TestPageNotBehindCards: the limit of card edits is full for half a minute; a
// page and an answer to a button leave at once, and only the last state of the
// card is sent when there is room.
func TestPageNotBehindCards(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, desk := s.AddPerson("ana"), s.AddChannel("desk")
	r := start(t, s, newLedger(), nil)
	ref := r.send(chat.Outgoing{Key: "k", Intent: chat.IntentCard, In: place(desk), Content: card("F-1", "state 0")})
	mend := s.Break(discordtest.Fault{Method: "PATCH", Route: editRoute, Status: 429, RetryAfter: 30 * time.Second})
	edit := func(text string) chat.SendResult {
		_, res := r.a.Send(t.Context(), chat.Outgoing{Key: text, Audience: chat.Internal(), Intent: chat.IntentCard, Edit: ref, Content: card("F-1", text)})
		return res
	}
	if res := edit("state 1"); res.Class != chat.RetryAfter || res.After < 25*time.Second {
		t.Fatalf("edit: %+v", res)
	}
	for range 20 { // known to be full: not even asked
		if res := edit("state 1"); res.Class != chat.RetryAfter {
			t.Fatalf("edit: %+v", res)
		}
	}
	if n := len(s.Requests("PATCH", editRoute)); n != 1 {
		t.Errorf("%d requests against a full limit", n)
	}
	began := time.Now()
	r.send(chat.Outgoing{Key: "page", Intent: chat.IntentPage, Audience: chat.Only(account(ana).Key()), To: account(ana), Urgent: true, Content: card("F-1", "page")})
	if a := have(ana.Click(desk, ref.ID, "Acknowledge")).Wait(t); a.Failed {
		t.Error("the button was not answered")
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("page and answer took %v", took)
	}
	mend()
}

// TestOvertakenEdits: edits of one message wait for a short limit; the newest
// wins, and those before it are not sent.
func TestOvertakenEdits(t *testing.T) {
	s := server(t, discordtest.Options{})
	desk := s.AddChannel("desk")
	r := start(t, s, newLedger(), nil)
	r.a.tempo.maxWait = time.Minute
	ref := r.send(chat.Outgoing{Key: "k", Intent: chat.IntentCard, In: place(desk), Content: card("F-1", "state 0")})
	s.Break(discordtest.Fault{Method: "PATCH", Route: editRoute, Status: 429, RetryAfter: 1500 * time.Millisecond, Times: 1})
	var wg sync.WaitGroup
	results := make(chan chat.SendResult, 10)
	edit := func(text string) {
		_, res := r.a.Send(t.Context(), chat.Outgoing{Key: text, Audience: chat.Internal(), Intent: chat.IntentCard, Edit: ref, Content: card("F-1", text)})
		results <- res
	}
	wg.Go(func() { edit("state 1") })
	s.Await(t, "the limit to be hit", func() bool { return len(s.Requests("PATCH", editRoute)) == 1 })
	for i := range 8 {
		_ = i
		wg.Go(func() { edit("state between") })
	}
	s.Await(t, "them to wait", func() bool {
		r.a.edits.mu.Lock()
		defer r.a.edits.mu.Unlock()
		l := r.a.edits.lanes[ref.ID]
		return l != nil && l.newest == 9
	})
	edit("state 10")
	wg.Wait()
	close(results)
	for res := range results {
		if res.Class != chat.Sent {
			t.Errorf("%+v", res)
		}
	}
	if got := s.Messages(desk)[0]; !strings.Contains(got.Text(), "state 10") || got.Edits() > 2 {
		t.Errorf("the card says %q after %d edits", got.Text(), got.Edits())
	}
	if n := len(r.a.edits.lanes); n != 0 {
		t.Errorf("%d lanes stay behind", n)
	}
}

// TestWaitCanBeInterrupted: a send that waits for a limit ends with its context.
func TestWaitCanBeInterrupted(t *testing.T) {
	s := server(t, discordtest.Options{})
	support := s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	r.a.tempo.maxWait = time.Hour
	s.Limit("POST", postRoute, 1, time.Hour)
	r.send(chat.Outgoing{Key: "a", Intent: chat.IntentReply, In: place(support), Content: words("a")})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, res := r.a.Send(ctx, chat.Outgoing{Key: "b", Audience: chat.Internal(), Intent: chat.IntentReply, In: place(support), Content: words("b")})
	if res.Class != chat.Retry || !errors.Is(res.Err, context.Canceled) {
		t.Errorf("%+v", res)
	}
}

// TestRoom: a channel that only the invited see; the same room again is the same.
func TestRoom(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, ben, chen := s.AddPerson("ana"), s.AddPerson("ben"), s.AddPerson("chen")
	desk := s.AddPrivateChannel("desk", ben, chen)
	r := start(t, s, newLedger(), nil)
	out := chat.Outgoing{Key: "r", Intent: chat.IntentRoom, Case: "F-10018", In: chat.Place{Platform: Platform},
		Room: chat.Room{Name: "f-10018-down", Topic: "F-10018 down", Invite: []chat.Principal{account(ben)}}, Content: card("F-10018", "Down")}
	ref := r.send(out)
	if !ben.CanSee(ref.Channel) || ana.CanSee(ref.Channel) || len(ben.Sees(ref.Channel)) != 1 {
		t.Error("ben alone must see the room and its card")
	}
	out.Repeat, out.Room.Invite = true, append(out.Room.Invite, account(chen))
	if again := r.send(out); again != ref || !chen.CanSee(ref.Channel) {
		t.Errorf("again: %+v", again)
	}
	have(ben.Post(ref.Channel, "looking"))
	if ev := r.one(chat.KindMessage); ev.Where != place(ref.Channel) {
		t.Errorf("words in the room came from %+v", ev.Where)
	}
	out.Key, out.In.Channel, out.Room.Name = "p", desk, "F-10018 inside"
	inside := r.send(out)
	if inside.Channel != desk || !chen.CanSee(inside.Thread) || ana.CanSee(inside.Thread) {
		t.Errorf("private thread: %+v", inside)
	}
	if th, _ := s.Channel(inside.Thread); th.Type != discordtest.PrivateThread {
		t.Errorf("the thread has type %d", th.Type)
	}
	if again := r.send(out); again != inside {
		t.Errorf("the private thread again: %+v", again)
	}
	out.Audience = chat.Customer()
	if _, res := r.a.Send(t.Context(), out); res.Class != chat.Never {
		t.Errorf("a room for customers: %+v", res)
	}
}

// TestForumPostNotDoubled: a post whose answer was lost is found by its name.
func TestForumPostNotDoubled(t *testing.T) {
	s := server(t, discordtest.Options{})
	forum := s.AddForum("cases")
	r := start(t, s, newLedger(), nil)
	s.Break(discordtest.Fault{Method: "POST", Route: "/channels/{channel_id}/threads", After: true, Times: 1})
	out := chat.Outgoing{Key: "k", Audience: chat.Internal(), Intent: chat.IntentCard, Case: "F-1", In: place(forum), Content: card("F-1", "Down")}
	if _, res := r.a.Send(t.Context(), out); res.Class != chat.Unknown {
		t.Fatalf("%+v", res)
	}
	out.Repeat = true
	r.send(out)
	if n := len(s.Threads(forum)); n != 1 {
		t.Errorf("%d posts", n)
	}
}

func TestFilesGoOut(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	content := words("see here")
	content.Files = []chat.File{
		{Name: "../a\"b.txt", Type: "text/plain", Data: []byte("hello")},
		{Name: "huge.bin", Data: make([]byte, maxUpload+1)},
		{Name: "empty"},
	}
	r.send(chat.Outgoing{Key: "f", Intent: chat.IntentReply, In: place(support), Content: content})
	r.send(chat.Outgoing{Key: "long", Intent: chat.IntentReply, In: place(support), Content: words(strings.Repeat("很长的内容 ", 1500))})
	seen := ana.Sees(support)
	if a := seen[0].Attachments; len(a) != 1 || a[0].Size != 5 || strings.ContainsAny(a[0].Filename, `/"`) {
		t.Errorf("attachments: %+v", a)
	}
	if !strings.Contains(seen[0].Content, "huge.bin") {
		t.Errorf("the file that does not fit is not named: %q", seen[0].Content)
	}
	if a := seen[1].Attachments; len(a) != 1 || !strings.Contains(seen[1].Content, "attached") {
		t.Errorf("a long text: %q with %+v", seen[1].Content, a)
	}
}

// TestEveryBodySaysWhomItPings looks at the wire after a bit of everything.
func TestEveryBodySaysWhomItPings(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	forum := s.AddForum("cases")
	in := newLedger()
	in.answer = func(chat.Event) chat.Answer { return chat.Answer{Say: "@everyone"} }
	r := start(t, s, in, nil)
	hostile := chat.Content{Text: chat.Say("@everyone @here <@" + ana.ID + "> <@&1> ").Bold("@everyone").Code("@everyone").Mention(account(ana))}
	ref := r.send(chat.Outgoing{Key: "1", Intent: chat.IntentReply, In: place(support), Content: hostile})
	r.send(chat.Outgoing{Key: "2", Intent: chat.IntentCard, Edit: ref, Content: hostile})
	r.send(chat.Outgoing{Key: "3", Intent: chat.IntentCard, In: place(forum), Content: hostile})
	r.send(chat.Outgoing{Key: "4", Intent: chat.IntentPage, Audience: chat.Only("x"), To: account(ana), Content: hostile})
	have(ana.Slash(support, "status", nil)).Wait(t)
	for _, m := range s.Messages(support) {
		if m.MentionEveryone {
			t.Errorf("everyone was pinged by %q", m.Content)
		}
		if m.ID == ref.ID && len(m.Mentions) != 1 {
			t.Errorf("one mention was meant: %+v", m.Mentions)
		}
	}
	for _, q := range s.Requests("", "") {
		if !strings.Contains(string(q.Body), `"content"`) {
			continue
		}
		if !strings.Contains(string(q.Body), `"allowed_mentions":{"parse":[]`) {
			t.Errorf("%s %s says nothing of mentions: %s", q.Method, q.Route, q.Body)
		}
		var d struct {
			Nonce   string `json:"nonce"`
			Enforce bool   `json:"enforce_nonce"`
		}
		if err := json.Unmarshal(q.Body, &d); err != nil {
			t.Fatal(err)
		}
		if q.Method == "POST" && q.Route == postRoute && (d.Nonce == "" || !d.Enforce) {
			t.Errorf("a post without a nonce: %s", q.Body)
		}
	}
}

// TestFilesOfAnEditAreReplaced: a card that is edited often does not gather files.
func TestFilesOfAnEditAreReplaced(t *testing.T) {
	s := server(t, discordtest.Options{})
	desk := s.AddChannel("desk")
	r := start(t, s, newLedger(), nil)
	long := chat.Content{Card: &chat.Card{Title: "x", Body: chat.T(strings.Repeat("long ", 2000))}}
	ref := r.send(chat.Outgoing{Key: "k", Intent: chat.IntentCard, In: place(desk), Content: long})
	for range 12 {
		r.send(chat.Outgoing{Key: "e", Intent: chat.IntentCard, Edit: ref, Content: long})
	}
	if n := len(s.Messages(desk)[0].Attachments); n != 1 {
		t.Errorf("%d files after twelve edits", n)
	}
	r.send(chat.Outgoing{Key: "s", Intent: chat.IntentCard, Edit: ref, Content: card("F-1", "short")})
	if n := len(s.Messages(desk)[0].Attachments); n != 0 {
		t.Errorf("%d files on a short card", n)
	}
}
