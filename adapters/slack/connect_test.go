package slack_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/adapters/slack"
	"hotline/adapters/slack/slacktest"
	"hotline/bot/chat"
)

func TestARefreshLeavesNoGap(t *testing.T) {
	r := start(t, slacktest.Config{}, func(c *slack.Config) { c.Sockets = 1 })
	for i := range 5 {
		before := r.s.Stats().Sockets
		r.s.Refresh("warning") // still delivers through the old one
		r.ann.Say(r.ch, fmt.Sprint("during ", i))
		r.until("a new socket", func() bool { return r.s.Stats().Sockets > before && r.s.Sockets() == 1 })
		r.ann.Say(r.ch, fmt.Sprint("after ", i))
	}
	r.event(chat.KindMessage, 10)
	if st := r.s.Stats(); st.Lost != 0 || st.Unacked != 0 {
		t.Errorf("wire %+v", st)
	}
	r.s.Refresh("refresh_requested")
	r.until("a new socket", func() bool { return r.s.Stats().Sockets >= 7 && r.s.Sockets() == 1 })
}

func TestWhatWasMissedIsReadBackAcrossPagesAndLimits(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	old := r.ann.Say(r.ch, "before")
	r.event(chat.KindMessage, 1)
	r.in.set(func(in *inbox) { in.places = append(in.places, r.place(old)) })
	r.s.Away()
	r.until("down", func() bool { return r.a.Health().State == chat.StateDown })
	for i := range 450 {
		r.ann.Say(r.ch, fmt.Sprint("missed ", i))
	}
	parent := r.ann.Say(r.ch, "missed parent")
	for i := range 30 {
		r.ann.SayIn(r.ch, parent, fmt.Sprint("missed reply ", i))
		r.ann.SayIn(r.ch, old, fmt.Sprint("missed in the old thread ", i))
	}
	r.s.Fail(slacktest.Fault{Method: "conversations.history", RetryAfter: 1, Times: 1})
	r.s.Fail(slacktest.Fault{Method: "conversations.replies", Status: 502, Times: 1})
	r.s.Back()
	r.until("everything", func() bool { return len(r.in.got(chat.KindMessage)) == 1+450+1+60 })
	list := r.in.got(chat.KindMessage)
	for i, ev := range list[1:] {
		if !ev.Backfill || strings.Contains(ev.Text, "reply") && ev.Where.Thread != parent {
			t.Fatalf("event %d: %+v", i, ev)
		}
	}
	tops := 0
	for _, ev := range list[1:] {
		if ev.Where.Thread == "" && ev.Text == fmt.Sprint("missed ", tops) {
			tops++
		}
	}
	if tops != 450 {
		t.Errorf("%d messages in order", tops)
	}
}

func TestAnEarlyMessageHidesNoGap(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	r.ann.Say(r.ch, "before")
	r.event(chat.KindMessage, 1)
	r.s.Fail(slacktest.Fault{Method: "conversations.history", Status: 500}) // reading back must wait
	r.s.Away()
	r.ann.Say(r.ch, "in the gap")
	r.s.Back()
	r.until("a socket", func() bool { return r.s.Sockets() > 0 })
	r.ann.Say(r.ch, "after the gap")
	r.event(chat.KindMessage, 2)
	r.halt() // and the process dies before it was read back
	r.s.Heal("")
	r.run(nil)
	r.event(chat.KindMessage, 3)
}

func TestTokensThatAreRefused(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(r *rig)
		want string
	}{
		{"bot token revoked, seen by a send", func(r *rig) { r.s.Revoke(slacktest.BotToken, "token_revoked") }, "token_revoked"},
		{"account switched off", func(r *rig) { r.s.Revoke(slacktest.BotToken, "account_inactive") }, "account_inactive"},
		{"app token revoked", func(r *rig) { r.s.Revoke(slacktest.AppToken, "token_revoked"); r.s.DropSockets() }, "token_revoked"},
		{"app token without its scope", func(r *rig) {
			r.s.Fail(slacktest.Fault{Method: "apps.connections.open", Word: "missing_scope"})
			r.s.DropSockets()
		}, "connections:write"},
		{"Socket Mode switched off", func(r *rig) { r.s.Refresh("link_disabled") }, "Socket Mode is switched off"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := start(t, slacktest.Config{}, nil)
			tc.do(r)
			r.a.Send(t.Context(), r.say("m", "x"))
			var err error
			select {
			case err = <-r.done:
				r.done <- err
			case <-time.After(time.Minute):
				t.Fatal("Run goes on")
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "xoxb") {
				t.Errorf("Run: %v", err)
			}
			if h := r.a.Health(); h.State != chat.StateFailed || len(h.Problems) == 0 {
				t.Errorf("health %+v", h)
			}
			calls := len(r.s.Calls(""))
			for range 10 {
				if _, res := r.a.Send(t.Context(), r.say("m", "x")); res.Class != chat.Never || res.Reason != chat.ReasonDead {
					t.Errorf("send: %+v", res)
				}
			}
			if n := len(r.s.Calls("")) - calls; n != 0 {
				t.Errorf("%d calls after the end", n)
			}
		})
	}
}

func TestTroubleIsSeenAndGoesAway(t *testing.T) {
	r := start(t, slacktest.Config{}, nil)
	r.s.Kick(r.ch, slacktest.BotUserID)
	r.until("degraded", func() bool { return r.a.Health().State == chat.StateDegraded })
	if p := r.a.Health().Problems; len(p) != 1 || !strings.Contains(p[0], "/invite") {
		t.Errorf("problems %v", p)
	}
	r.s.Join(r.ch, slacktest.BotUserID)
	r.until("up", func() bool { return r.a.Health().State == chat.StateUp })
	r.s.DropScope("chat:write")
	if _, res := r.a.Send(t.Context(), r.say("m", "x")); res.Class != chat.Never || res.Reason != chat.ReasonDenied {
		t.Errorf("send: %+v", res)
	}
	if h := r.a.Health(); h.State != chat.StateDegraded || !strings.Contains(strings.Join(h.Problems, " "), "chat:write") {
		t.Errorf("health %+v", h)
	}
}

func TestAStartWithoutSlackWaitsForIt(t *testing.T) {
	s := slacktest.New(t, slacktest.Config{})
	s.Fail(slacktest.Fault{Method: "auth.test", Status: 503, Times: 2})
	r := &rig{T: t, s: s, in: &inbox{}}
	r.run(nil)
	if h := r.a.Health(); h.State != chat.StateUp {
		t.Errorf("health %+v", h)
	}
}

func TestCheckOnline(t *testing.T) {
	for _, tc := range []struct {
		name   string
		do     func(s *slacktest.Server)
		change func(*slack.Config)
		want   []string
	}{
		{"all well", func(*slacktest.Server) {}, nil, nil},
		{"bot token", func(s *slacktest.Server) { s.Revoke(slacktest.BotToken, "token_revoked") }, nil, []string{"slack.bot_token is refused"}},
		{"app token", func(s *slacktest.Server) { s.Revoke(slacktest.AppToken, "invalid_auth") }, nil, []string{"slack.app_token cannot open a socket"}},
		{"scope", func(s *slacktest.Server) { s.DropScope("reactions:read") }, nil, []string{"The scope reactions:read is missing"}},
		{"not in the channel", func(s *slacktest.Server) { s.Kick("C1", slacktest.BotUserID) }, nil, []string{"not in channel C1"}},
		{"archived", func(s *slacktest.Server) { s.Archive("C1") }, nil, []string{"C1 is archived"}},
		{"no secret", func(*slacktest.Server) {}, func(c *slack.Config) { c.Transport, c.SigningSecret = slack.TransportHTTP, "" }, []string{"slack.signing_secret"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := slacktest.New(t, slacktest.Config{})
			s.AddChannel(slacktest.Channel{ID: "C1", Members: []string{slacktest.BotUserID}})
			tc.do(s)
			got, err := open(s, tc.change).CheckOnline(t.Context(), []string{"C1"})
			if err != nil || len(got) != len(tc.want) || len(got) == 1 && !strings.Contains(got[0], tc.want[0]) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	s := slacktest.New(t, slacktest.Config{})
	if got, err := open(s, nil).CheckOnline(t.Context(), []string{"CNO"}); err != nil || len(got) != 1 {
		t.Errorf("unknown channel: %v, %v", got, err)
	}
	s.Fail(slacktest.Fault{Method: "auth.test", Status: 503})
	if _, err := open(s, nil).CheckOnline(t.Context(), nil); err == nil {
		t.Error("no error without an answer")
	}
}
