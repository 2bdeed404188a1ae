package slack_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/adapters/slack"
	"hotline/adapters/slack/slacktest"
	"hotline/bot/chat"
)

func TestAPageIsNotHeldUpByCardEdits(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	card := r.send(cardOf(r, "c1", 0))
	r.s.Fail(slacktest.Fault{Method: "chat.update", RetryAfter: 30})
	edit := cardOf(r, "c2", 1)
	edit.Edit, edit.In = card, chat.Place{}
	if _, res := r.a.Send(t.Context(), edit); res.Class != chat.RetryAfter || res.After < 29*time.Second {
		t.Fatalf("edit: %+v", res)
	}
	for range 5 { // held back without asking again
		if _, res := r.a.Send(t.Context(), edit); res.Class != chat.RetryAfter {
			t.Errorf("edit: %+v", res)
		}
	}
	if n := len(r.s.Calls("chat.update")); n != 1 {
		t.Errorf("%d calls although Slack asked to wait", n)
	}
	page := chat.Outgoing{Key: "p1", Intent: chat.IntentPage, Audience: chat.Only("chen"), To: r.account(r.bob), Urgent: true,
		Content: chat.Content{Card: &chat.Card{Number: "F-10427", Title: "Payments return 502"}}}
	ref := r.send(page)
	if ref.Channel != r.bob.DM() || !ref.Direct {
		t.Errorf("page at %+v", ref)
	}
	r.send(r.say("m1", "the channel can still be written to"))
}

func TestOfManyEditsTheLastCounts(t *testing.T) {
	t.Parallel()
	r := start(t, slacktest.Config{}, nil)
	card := r.send(cardOf(r, "c0", 0))
	var wg sync.WaitGroup
	for i := range 20 {
		edit := cardOf(r, fmt.Sprint("c", i+1), i+1)
		edit.Edit, edit.In = card, chat.Place{}
		wg.Go(func() {
			if _, res := r.a.Send(t.Context(), edit); res.Class != chat.Sent {
				t.Errorf("edit: %+v", res)
			}
		})
	}
	wg.Wait()
	last := cardOf(r, "z", 99)
	last.Edit, last.In = card, chat.Place{}
	r.send(last)
	if n := r.count("state 99"); n != 1 {
		t.Errorf("the last state is shown %d times", n)
	}
}

func TestAMessageIsNotSentTwice(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fault slacktest.Fault
		class chat.Class
	}{
		{"an error after it took effect", slacktest.Fault{Method: "chat.postMessage", Status: 500, After: true, Times: 1}, chat.Unknown},
		{"the connection cut after it took effect", slacktest.Fault{Method: "chat.postMessage", Cut: true, After: true, Times: 1}, chat.Unknown},
		{"an error before", slacktest.Fault{Method: "chat.postMessage", Status: 500, Times: 1}, chat.Unknown},
		{"an answer that says nothing happened", slacktest.Fault{Method: "chat.postMessage", Word: "internal_error", Times: 1}, chat.Retry},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := start(t, slacktest.Config{}, nil)
			top := r.send(r.say("top", "the thread"))
			for name, place := range map[string]chat.Place{"channel": r.place(""), "thread": r.place(top.ID)} {
				r.s.Fail(tc.fault)
				out := r.say("key-"+name, "only once in the "+name)
				out.In = place
				if _, res := r.a.Send(t.Context(), out); res.Class != tc.class {
					t.Fatalf("first: %+v", res)
				}
				out.Repeat = tc.class == chat.Unknown
				first := r.send(out)
				if again := r.send(chat.Outgoing{Key: out.Key, Intent: out.Intent, Audience: out.Audience, In: out.In, Content: out.Content, Repeat: true}); again != first {
					t.Errorf("again %+v, first %+v", again, first)
				}
				if n := r.count("only once in the " + name); n != 1 {
					t.Errorf("it stands there %d times", n)
				}
			}
		})
	}
}

func TestAfterARestartTheKeyIsLookedUp(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	page := chat.Outgoing{Key: "page-1", Intent: chat.IntentPage, Audience: chat.Only("bob"), To: r.account(r.bob), Content: chat.Content{Text: chat.T("come")}}
	first := r.send(page)
	r.halt()
	r.run(nil)
	page.Repeat = true
	if again := r.send(page); again != first {
		t.Errorf("again %+v, first %+v", again, first)
	}
	if n := len(r.bob.Sees(r.bob.DM())); n != 1 {
		t.Errorf("%d pages", n)
	}
	// An urgent page does not wait for a search that fails.
	r.s.Fail(slacktest.Fault{Method: "conversations.history", RetryAfter: 60})
	page.Key, page.Urgent = "page-2", true
	r.send(page)
	page.Key, page.Urgent = "page-3", false
	if _, res := r.a.Send(t.Context(), page); res.Class != chat.RetryAfter {
		t.Errorf("a page that may wait: %+v", res)
	}
}

func TestWhatWillNeverWork(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	r.s.AddChannel(slacktest.Channel{ID: "COLD", Archived: true, Members: []string{slacktest.BotUserID}})
	r.s.AddChannel(slacktest.Channel{ID: "COUT", Members: []string{"U1"}})
	r.s.AddUser(slacktest.User{ID: "UGONE", Deleted: true})
	card := r.send(cardOf(r, "c0", 0))
	r.ann.Delete(r.ch, card.ID)
	for _, tc := range []struct {
		name   string
		change func(*chat.Outgoing)
		reason string
	}{
		{"the card was deleted", func(o *chat.Outgoing) { o.Edit, o.In = card, chat.Place{} }, chat.ReasonGone},
		{"the channel is archived", func(o *chat.Outgoing) { o.In.Channel = "COLD" }, chat.ReasonGone},
		{"the channel is unknown", func(o *chat.Outgoing) { o.In.Channel = "CNO" }, chat.ReasonGone},
		{"not in the channel", func(o *chat.Outgoing) { o.In.Channel = "COUT" }, chat.ReasonDenied},
		{"the person left", func(o *chat.Outgoing) { o.In, o.To.User = chat.Place{}, "UGONE" }, chat.ReasonBlocked},
		{"no audience", func(o *chat.Outgoing) { o.Audience = chat.Audience{} }, chat.ReasonInvalid},
		{"nowhere", func(o *chat.Outgoing) { o.In = chat.Place{} }, chat.ReasonInvalid},
		{"nothing to say", func(o *chat.Outgoing) { o.Content = chat.Content{} }, chat.ReasonInvalid},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := cardOf(r, "k", 1)
			tc.change(&out)
			_, res := r.a.Send(t.Context(), out)
			if res.Class != chat.Never || res.Reason != tc.reason {
				t.Errorf("%v %s %v", res.Class, res.Reason, res.Err)
			}
		})
	}
	h := r.a.Health()
	if h.State != chat.StateDegraded || !slices.ContainsFunc(h.Problems, func(p string) bool { return strings.Contains(p, "COLD is archived") }) {
		t.Errorf("health %+v", h)
	}
}

func TestPrivateAnswersStayPrivate(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	carl := r.s.AddUser(slacktest.User{ID: "U3", Name: "carl"}) // not in the channel
	top := r.ann.Say(r.ch, "something")
	r.ann.Slash(r.ch, "/hotline", "status")
	reply := r.event(chat.KindCommand, 1).Reply
	private := func(to *slacktest.Person, h chat.ReplyHandle, thread, text string) chat.Outgoing {
		who := r.account(to)
		return chat.Outgoing{Key: "x", Intent: chat.IntentPrivate, Audience: chat.Only(who.Key()), To: who, In: r.place(thread), Reply: h, Content: chat.Content{Text: chat.T(text)}}
	}
	for i := range 7 { // five uses, then another way
		r.send(private(r.ann, reply, "", fmt.Sprint("private ", i)))
	}
	r.send(private(r.ann, chat.ReplyHandle{}, top, "private in the thread"))
	r.send(private(carl, chat.ReplyHandle{}, "", "private to carl"))
	late := private(r.ann, reply, "", "private by audience alone")
	late.Intent, late.Reply = chat.IntentNotice, chat.ReplyHandle{}
	r.send(late)
	for _, m := range r.bob.Sees(r.ch) {
		if strings.Contains(m.Shown(), "private") {
			t.Errorf("bob sees %q", m.Shown())
		}
	}
	if n := r.count("private "); n != 9 {
		t.Errorf("ann sees %d answers: %s", n, slacktest.Texts(r.ann.Sees(r.ch)))
	}
	if m := r.ann.Thread(r.ch, top); len(m) != 2 || m[1].Only != "U1" {
		t.Errorf("thread: %s", slacktest.Texts(m))
	}
	if got := carl.Sees(carl.DM()); len(got) != 1 {
		t.Errorf("carl's inbox: %s", slacktest.Texts(got))
	}
	expired := private(r.ann, reply, "", "x")
	expired.In, expired.To = chat.Place{}, chat.Principal{}
	if _, res := r.a.Send(t.Context(), expired); res.Class != chat.Never || res.Reason != chat.ReasonExpired {
		t.Errorf("used up and no other way: %+v", res)
	}
}

func TestRoomsReactionsAndFiles(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	room := chat.Outgoing{Key: "r1", Intent: chat.IntentRoom, Audience: chat.Internal(), Case: "F-10427", In: chat.Place{Platform: slack.Platform},
		Room:    chat.Room{Name: "Inc F-10427: Payments & more!", Topic: "F-10427 <payments>", Invite: []chat.Principal{r.account(r.bob), r.account(r.ann), {Platform: "web", User: "x"}}},
		Content: chat.Content{Text: chat.Say("Room for F-10427. ").Link("The report", "https://a.example/1")}}
	ref := r.send(room)
	c := r.s.Channel(ref.Channel)
	if c.Name != "inc-f-10427-payments-more" || !c.Private || !slices.Contains(c.Members, "U2") || c.Topic != "F-10427 &lt;payments&gt;" {
		t.Errorf("room %+v", c)
	}
	if got := slacktest.Texts(r.bob.Sees(ref.Channel)); !strings.Contains(got, "https://a.example/1|The report") {
		t.Errorf("bob sees %s", got)
	}
	room.Repeat = true
	if again := r.send(room); again.Channel != ref.Channel || len(r.bob.Sees(ref.Channel)) != 1 {
		t.Errorf("a second room %+v", again)
	}
	msg := r.send(r.say("m", "hello"))
	for range 2 {
		r.send(chat.Outgoing{Intent: chat.IntentReact, Audience: chat.Customer(), Edit: msg, Emoji: ":eyes:"})
	}
	out := r.say("f", "with a file")
	out.Content.Files = []chat.File{{Name: "log.txt", Data: []byte("log line")}}
	with := r.send(out)
	files := r.ann.Thread(r.ch, with.ID)
	if len(files) != 2 || len(files[1].Files) != 1 || string(files[1].Files[0].Data) != "log line" {
		t.Errorf("thread: %+v", files)
	}
	long := r.send(r.say("l", strings.Repeat("很长 and long\n", 3000)))
	thread := r.ann.Thread(r.ch, long.ID)
	if len(thread) != 2 || len(thread[1].Files) != 1 || !strings.Contains(thread[0].Shown(), "in the file below") {
		t.Errorf("long text: %d messages", len(thread))
	}
	if len(thread) == 2 && len(thread[1].Files[0].Data) < 3000*len("很长 and long") {
		t.Errorf("the file holds %d bytes", len(thread[1].Files[0].Data))
	}
}

func TestEveryMessageHasText(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	r.send(cardOf(r, "c", 1))
	r.send(r.say("m", "<!channel> & <@U1>"))
	for _, c := range r.s.Calls("chat.postMessage") {
		if strings.TrimSpace(c.Args["text"]) == "" || strings.Contains(c.Args["text"]+c.Args["blocks"], "<!") || strings.Contains(c.Args["text"]+c.Args["blocks"], "<@") {
			t.Errorf("call %+v", c.Args)
		}
	}
}
