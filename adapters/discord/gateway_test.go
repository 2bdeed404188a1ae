package discord

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hotline/adapters/discord/discordtest"
	"hotline/bot/chat"
)

// TestFatalCloses: a close that no attempt can mend stops the adapter at once and
// shows on the health page.
func TestFatalCloses(t *testing.T) {
	for _, tc := range []struct {
		name string
		code int
		say  string
	}{
		{"token", 4004, "token"},
		{"invalid shard", 4010, "too many servers"},
		{"sharding required", 4011, "too many servers"},
		{"version", 4012, "Update Hotline"},
		{"invalid intents", 4013, "intents"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := server(t, discordtest.Options{})
			s.RefuseIdentify(tc.code)
			a := connect(t, s, nil)
			err := a.Run(t.Context(), newLedger())
			if err == nil {
				t.Fatal("Run must end with an error")
			}
			if n := s.Identifies(); n > 3 {
				t.Errorf("%d identifies, want three at most", n)
			}
			h := a.Health()
			if h.State != chat.StateFailed || len(h.Problems) == 0 || !strings.Contains(strings.Join(h.Problems, " "), tc.say) {
				t.Errorf("health: %+v", h)
			}
		})
	}
}

// TestTokenRevoked: the token ends while the bot works. Everything stops, sends
// say that the adapter is dead, and no storm of requests follows.
func TestTokenRevoked(t *testing.T) {
	s := server(t, discordtest.Options{})
	support := s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	s.RevokeToken()
	if err := <-r.done; err == nil {
		t.Error("Run must end with an error")
	}
	out := chat.Outgoing{Key: "k", Audience: chat.Internal(), Intent: chat.IntentNotice, In: place(support), Content: words("hello")}
	for range 20 {
		if _, res := r.a.Send(t.Context(), out); res.Class != chat.Never || res.Reason != chat.ReasonDead {
			t.Fatalf("send: %v %s", res.Class, res.Reason)
		}
	}
	if n := s.Invalid(); n > 3 {
		t.Errorf("%d refused requests", n)
	}
	if r.a.Health().State != chat.StateFailed {
		t.Errorf("health: %+v", r.a.Health())
	}
}

// TestBadTokenAtStart: one request finds out, none follows.
func TestBadTokenAtStart(t *testing.T) {
	s := server(t, discordtest.Options{})
	a := connect(t, s, func(o *Options) { o.Token = "wrong"; o.Verbs = verbs })
	if err := a.Run(t.Context(), newLedger()); err == nil {
		t.Error("Run must end with an error")
	}
	if n := s.Invalid(); n > 3 {
		t.Errorf("%d refused requests", n)
	}
	if a.Health().State != chat.StateFailed {
		t.Errorf("health: %+v", a.Health())
	}
}

// TestContentIntentMissing: the bot works without it, says so, and mentions and
// direct messages arrive all the same.
func TestContentIntentMissing(t *testing.T) {
	s := server(t, discordtest.Options{NoMessageContent: true})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	h := r.a.Health()
	if h.State != chat.StateDegraded || !strings.Contains(strings.Join(h.Problems, " "), "Message Content Intent") {
		t.Errorf("health: %+v", h)
	}
	have(ana.Post(support, "unread"))
	have(ana.Post(support, s.Mention()+" help"))
	have(ana.Post(ana.Direct(), "direct"))
	list := r.await("two messages", chat.KindMessage, func(l []chat.Event) bool { return len(l) == 2 })
	for _, ev := range list {
		if ev.Text != "help" && ev.Text != "direct" {
			t.Errorf("got %q", ev.Text)
		}
		if ev.Where.Direct != (ev.Text == "direct") {
			t.Errorf("%q came from %+v", ev.Text, ev.Where)
		}
	}
	it := have(ana.Slash(support, "status", nil))
	if a := it.Wait(t); a.Failed {
		t.Error("commands must work without the intent")
	}
	found := have(r.a.CheckOnline(t.Context(), nil))
	if len(found) != 1 || !strings.Contains(found[0], "Message Content Intent") {
		t.Errorf("check: %v", found)
	}
}

// TestResumesWithoutLoss: connections end in every way that keeps the session.
func TestResumesWithoutLoss(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  func(*discordtest.Server)
	}{
		{"cut", func(s *discordtest.Server) { s.Drop() }},
		{"opcode 7", func(s *discordtest.Server) { s.AskReconnect() }},
		{"opcode 9 true", func(s *discordtest.Server) { s.InvalidateSession(true) }},
		{"close 4000", func(s *discordtest.Server) { s.CloseGateway(4000) }},
		{"close 4008", func(s *discordtest.Server) { s.CloseGateway(4008) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := server(t, discordtest.Options{})
			ana, support := s.AddPerson("ana"), s.AddChannel("support")
			r := start(t, s, newLedger(), nil)
			have(ana.Post(support, "before"))
			r.one(chat.KindMessage)
			tc.end(s)
			have(ana.Post(support, "meanwhile"))
			r.await("the message", chat.KindMessage, func(l []chat.Event) bool { return len(l) == 2 })
			s.Await(t, "the resume", func() bool { return s.Resumes() == 1 })
			if s.Identifies() != 1 {
				t.Errorf("%d identifies, want 1", s.Identifies())
			}
		})
	}
}

// TestReadsBackWhatWasLost: the session is refused, so what was said meanwhile
// comes by REST, in order, in channels, threads and forums.
func TestReadsBackWhatWasLost(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  func(*discordtest.Server)
	}{
		{"resume refused", func(s *discordtest.Server) { s.RefuseResume(1); s.Drop() }},
		{"opcode 9 false", func(s *discordtest.Server) { s.InvalidateSession(false) }},
		{"close 4009", func(s *discordtest.Server) { s.CloseGateway(4009) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := server(t, discordtest.Options{})
			ana, support := s.AddPerson("ana"), s.AddChannel("support")
			m := have(ana.Post(support, "head"))
			th := have(ana.StartThread(support, m.ID, "case"))
			in := newLedger(
				chat.Watched{Place: place(support), Since: time.Now().Add(-time.Hour)},
				chat.Watched{Place: thread(support, th), Since: time.Now().Add(-time.Hour)},
				chat.Watched{Place: place("1"), Since: time.Now()}, // a channel that is no more
			)
			r := start(t, s, in, nil)
			r.await("the head, read back at start", chat.KindMessage, func(l []chat.Event) bool { return len(l) == 1 && l[0].Backfill })
			s.Away(true)
			tc.end(s)
			s.Await(t, "the connection to end", func() bool { return !s.Connected() })
			for range 150 {
				have(ana.Post(th, "meanwhile"))
			}
			have(ana.Post(support, "meanwhile in the channel"))
			s.Away(false)
			list := r.await("everything", chat.KindMessage, func(l []chat.Event) bool { return len(l) == 152 })
			last := ""
			for _, ev := range list {
				if ev.Where.Thread == th {
					if last != "" && !newer(ev.Message.ID, last) {
						t.Fatal("the thread came out of order")
					}
					last = ev.Message.ID
				}
			}
			if h := r.a.Health(); h.State != chat.StateDegraded {
				t.Errorf("a watched channel that is gone must show: %+v", h)
			}
		})
	}
}

// TestHalfDeadConnection: no acknowledgement of a heartbeat means a new connection.
func TestHalfDeadConnection(t *testing.T) {
	s := server(t, discordtest.Options{Heartbeat: 100 * time.Millisecond})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	r := start(t, s, newLedger(), nil)
	s.Await(t, "heartbeats", func() bool { return s.Heartbeats() > 2 })
	s.HoldAcks(true)
	s.Await(t, "a resume", func() bool { return s.Resumes() > 0 })
	s.HoldAcks(false)
	have(ana.Post(support, "alive"))
	r.one(chat.KindMessage)
}

func TestHeartbeatOnDemand(t *testing.T) {
	s := server(t, discordtest.Options{Heartbeat: time.Hour})
	r := start(t, s, newLedger(), nil)
	before := s.Heartbeats()
	s.AskHeartbeat()
	s.Await(t, "the heartbeat", func() bool { return s.Heartbeats() > before })
	if err := r.finish(); !errors.Is(err, context.Canceled) {
		t.Errorf("Run ended with %v", err)
	}
}

// TestIdentifiesAreCapped: a server that throws every session away gets no more
// identifies than the cap, and the health page says why it is quiet.
func TestIdentifiesAreCapped(t *testing.T) {
	s := server(t, discordtest.Options{})
	s.RefuseIdentify(4000)
	a := connect(t, s, nil)
	a.tempo.first, a.tempo.most = time.Microsecond, time.Microsecond
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx, newLedger()) }()
	s.Await(t, "the cap", func() bool {
		return strings.Contains(strings.Join(a.Health().Problems, " "), "broke too often")
	})
	cancel()
	<-done
	if n := s.Identifies(); n != maxIdentifies {
		t.Errorf("%d identifies, want %d", n, maxIdentifies)
	}
	if a.Health().State != chat.StateDown {
		t.Errorf("health: %+v", a.Health())
	}
}

// TestStoreDown: a message that the store does not take is read back later.
func TestStoreDown(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	in := newLedger(chat.Watched{Place: place(support), Since: time.Now().Add(-time.Hour)})
	r := start(t, s, in, nil)
	in.set(func() { in.down = true })
	have(ana.Post(support, "please"))
	s.Await(t, "the person to be told", func() bool {
		l := ana.Sees(ana.Direct())
		return len(l) == 1 && l[0].Text() == "not stored"
	})
	in.set(func() { in.down = false })
	r.one(chat.KindMessage)
}

// TestPause: at once after a connection that lived, else doubling up to a bound.
func TestPause(t *testing.T) {
	a := &Adapter{tempo: usual}
	for _, tc := range []struct {
		name        string
		tries       int
		err         error
		least, most time.Duration
	}{
		{"network broke", 9, &closedError{lived: true, asked: true}, 0, 0},
		{"opcode 9", 0, &closedError{lived: true, asked: true, wait: 2 * time.Second}, 2 * time.Second, 2 * time.Second},
		{"opcode 9 at once", 0, &closedError{asked: true, wait: 2 * time.Second}, 2 * time.Second, 2 * time.Second},
		{"ends as soon as it is ready", 0, &closedError{asked: true}, 500 * time.Millisecond, time.Second},
		{"third time", 2, &closedError{asked: true}, 2 * time.Second, 4 * time.Second},
		{"no address", 3, errors.New("refused"), 4 * time.Second, 8 * time.Second},
		{"for hours", 1000, errors.New("refused"), 30 * time.Second, time.Minute},
	} {
		s := &supervisor{a: a, tries: tc.tries}
		if d := s.pause(tc.err); d < tc.least || d > tc.most {
			t.Errorf("%s: %v, want %v to %v", tc.name, d, tc.least, tc.most)
		}
	}
}
