package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

// connect runs slack-go's socket client and hands its requests to f.
func connect(t *testing.T, s *Server, f func(*socketmode.Client, socketmode.Event)) {
	t.Helper()
	api := slack.New(BotToken, slack.OptionAPIURL(s.APIURL()), slack.OptionAppLevelToken(AppToken))
	c := socketmode.New(api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	wg.Go(func() { _ = c.RunContext(ctx) })
	wg.Go(func() {
		for {
			select {
			case ev := <-c.Events:
				if ev.Request != nil && ev.Type != socketmode.EventTypeHello {
					f(c, ev)
				}
			case <-ctx.Done():
				return
			}
		}
	})
	t.Cleanup(func() { cancel(); s.DropSockets(); wg.Wait() })
	if !s.Until(func() bool { return s.Sockets() > 0 }) {
		t.Fatal("no socket")
	}
}

func TestSlackGoReadsEveryEnvelope(t *testing.T) {
	s, api, ann, ch := world(t, Config{AckWait: time.Minute, PingEvery: 50 * time.Millisecond})
	got := make(chan string, 100)
	connect(t, s, func(c *socketmode.Client, ev socketmode.Event) {
		switch d := ev.Data.(type) {
		case slackevents.EventsAPIEvent:
			got <- d.InnerEvent.Type
			_ = c.Ack(*ev.Request)
		case slack.SlashCommand:
			got <- d.Command + " " + d.Text
			_ = c.Ack(*ev.Request, map[string]any{"text": "private answer"})
		case slack.InteractionCallback:
			got <- string(d.Type)
			if d.Type == slack.InteractionTypeBlockActions {
				_, err := api.OpenView(d.TriggerID, slack.ModalViewRequest{
					Type: "modal", CallbackID: "m", Title: plain("T"), Submit: plain("OK"), Blocks: slack.Blocks{BlockSet: []slack.Block{
						slack.NewInputBlock("b", plain("L"), nil, slack.NewPlainTextInputBlockElement(nil, "a")),
					}},
				})
				if err != nil {
					got <- err.Error()
				}
			}
			_ = c.Ack(*ev.Request)
		default:
			got <- string(ev.Type)
			_ = c.Ack(*ev.Request)
		}
	})
	want := func(words ...string) {
		t.Helper()
		for _, w := range words {
			select {
			case g := <-got:
				if g != w {
					t.Errorf("got %q, want %q", g, w)
				}
			case <-time.After(time.Minute):
				t.Fatalf("never got %q", w)
			}
		}
	}
	ts := ann.Say(ch, "hi <@"+BotUserID+">")
	want("message", "app_mention")
	ann.Edit(ch, ts, "changed")
	want("message")
	ann.React(ch, ts, "eyes")
	want("reaction_added")
	ann.Unreact(ch, ts, "eyes")
	want("reaction_removed")
	ann.OpenHome()
	want("app_home_opened")
	if ack := ann.Slash(ch, "/hotline", "status"); !ack.OK {
		t.Errorf("slash = %+v", ack)
	}
	want("/hotline status")
	ann.Await(ch, func(m Message) bool { return m.Text == "private answer" && m.Only == "U1" })
	card := s.postAsBot(t, ch, `[{"type":"actions","elements":[{"type":"button","action_id":"x","value":"v","text":{"type":"plain_text","text":"Go"}}]}]`)
	ann.Click(ch, card, "Go")
	want("block_actions")
	if ack := ann.Submit(map[string]string{"L": "text"}); !ack.OK {
		t.Errorf("submit = %+v", ack)
	}
	want("view_submission")
	ann.Shortcut("cb", ch, ts)
	want("message_action")
	ann.Delete(ch, ts)
	want("message")
	s.Kick(ch, BotUserID)
	want("channel_left")
	if s.Stats().Sockets != 1 {
		t.Errorf("reconnects: %+v", s.Stats())
	}
}

func TestUnackedEventsComeAgain(t *testing.T) {
	s, _, ann, ch := world(t, Config{AckWait: 20 * time.Millisecond})
	var mu sync.Mutex
	var attempts []int
	connect(t, s, func(_ *socketmode.Client, ev socketmode.Event) {
		mu.Lock()
		defer mu.Unlock()
		attempts = append(attempts, ev.Request.RetryAttempt)
	})
	count := func(n int) bool {
		return s.Until(func() bool { mu.Lock(); defer mu.Unlock(); return len(attempts) >= n })
	}
	ann.Say(ch, "x")
	if !count(2) || !s.Settle() {
		t.Fatal("no retry at once")
	}
	s.Advance(time.Minute)
	if !count(3) || !s.Settle() {
		t.Fatal("no retry after a minute")
	}
	s.Advance(5 * time.Minute)
	if !count(4) || !s.Settle() {
		t.Fatal("no retry after five minutes")
	}
	if fmt.Sprint(attempts) != "[0 1 2 3]" || s.Stats().Unacked != 1 {
		t.Errorf("attempts %v, %+v", attempts, s.Stats())
	}
}

func TestEventsWithoutASocket(t *testing.T) {
	for _, keep := range []bool{false, true} {
		s, _, ann, ch := world(t, Config{KeepAbsent: keep, AckWait: time.Minute})
		ann.Say(ch, "nobody there")
		if ack := ann.Slash(ch, "/hotline", ""); ack.OK || ack.Word != "dispatch_failed" {
			t.Errorf("slash without a socket = %+v", ack)
		}
		got := make(chan int, 10)
		connect(t, s, func(c *socketmode.Client, ev socketmode.Event) {
			got <- ev.Request.RetryAttempt
			_ = c.Ack(*ev.Request)
		})
		if keep {
			if n := <-got; n != 1 {
				t.Errorf("retry attempt = %d", n)
			}
		} else if s.Stats().Lost != 1 {
			t.Errorf("stats = %+v", s.Stats())
		}
	}
}

func TestSignedRequests(t *testing.T) {
	s, _, ann, ch := world(t, Config{AckWait: time.Minute})
	var mu sync.Mutex
	var retries []string
	fails := 1
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := slack.NewSecretsVerifier(r.Header, Secret)
		if err != nil {
			t.Error(err)
		}
		body, _ := io.ReadAll(io.TeeReader(r.Body, &v))
		if err := v.Ensure(); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		switch {
		case strings.Contains(string(body), "url_verification"):
			var c struct{ Challenge string }
			_ = json.Unmarshal(body, &c)
			_, _ = io.WriteString(w, c.Challenge)
		case r.URL.Path == "/commands":
			_, _ = io.WriteString(w, `{"text":"done"}`)
		case r.URL.Path == "/events":
			retries = append(retries, r.Header.Get("X-Slack-Retry-Num"))
			if fails > 0 {
				fails--
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}
	}))
	t.Cleanup(srv.Close)
	if err := s.UseHTTP(t.Context(), Targets{Events: srv.URL + "/events", Commands: srv.URL + "/commands", Interactivity: srv.URL + "/act"}); err != nil {
		t.Fatal(err)
	}
	ann.Say(ch, "x")
	if !s.Until(func() bool { mu.Lock(); defer mu.Unlock(); return len(retries) == 2 }) {
		t.Fatalf("retries = %v", retries)
	}
	if retries[0] != "" || retries[1] != "1" {
		t.Errorf("retries = %v", retries)
	}
	if ack := ann.Slash(ch, "/hotline", "x"); !ack.OK {
		t.Errorf("slash = %+v", ack)
	}
	ann.Await(ch, func(m Message) bool { return m.Text == "done" })
}

func TestTriggersAndHooksRunOut(t *testing.T) {
	s, api, ann, ch := world(t, Config{})
	view := slack.ModalViewRequest{Type: "modal", Title: plain("T"), Blocks: one("b")}
	open := func(wait time.Duration, times int) (words []string) {
		s.mu.Lock()
		id := s.newTrigger(ann.ID)
		s.mu.Unlock()
		s.Advance(wait)
		for range times {
			_, err := api.OpenView(id, view)
			words = append(words, word(err))
		}
		return words
	}
	if got := open(0, 2); got[0] != "" || got[1] != "exchanged_trigger_id" {
		t.Errorf("twice = %v", got)
	}
	if got := open(4*time.Second, 1); got[0] != "expired_trigger_id" {
		t.Errorf("late = %v", got)
	}
	v := ann.Modal()
	if _, err := api.UpdateView(view, "", "old-hash", v.ID); word(err) != "hash_conflict" {
		t.Errorf("wrong hash: %v", err)
	}
	if _, err := api.UpdateView(view, "", v.Hash, v.ID); err != nil {
		t.Errorf("right hash: %v", err)
	}
	hookURL := s.newHook(ch, "U1", "", "")
	say := func() int {
		res, err := http.Post(hookURL, "application/json", strings.NewReader(`{"text":"private"}`))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	for range 5 {
		if got := say(); got != 200 {
			t.Fatalf("use = %d", got)
		}
	}
	if got := say(); got != 404 {
		t.Errorf("sixth use = %d", got)
	}
	hookURL = s.newHook(ch, "U1", "", "")
	s.Advance(31 * time.Minute)
	if got := say(); got != 404 {
		t.Errorf("after 31 minutes = %d", got)
	}
	if n := len(s.Person("U2").Sees(ch)); n != 0 {
		t.Errorf("bob sees %d private answers", n)
	}
}

func TestLargeAcksAreDropped(t *testing.T) {
	s := New(t, Config{})
	s.mu.Lock()
	s.inflight["e"] = &delivery{acked: make(chan json.RawMessage, 1)}
	s.mu.Unlock()
	s.ack([]byte(`{"envelope_id":"e","payload":"` + strings.Repeat("x", maxAck) + `"}`))
	s.ack([]byte(`{"envelope_id":"other"}`))
	s.ack([]byte(`not json`))
	if st := s.Stats(); st.TooLarge != 1 || st.Stray != 2 {
		t.Errorf("stats = %+v", st)
	}
}
