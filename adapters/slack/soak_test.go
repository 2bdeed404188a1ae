package slack_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/adapters/slack"
	"hotline/adapters/slack/slacktest"
	"hotline/bot/chat"
)

// TestSoak sends events through duplicates, reordering over several sockets,
// dropped sockets, events that are lost while nobody listens, and 429s and 500s on
// the answers. Nothing may be lost and nothing doubled. HOTLINE_SOAK says how many
// events; 400 otherwise.
func TestSoak(t *testing.T) {
	t.Parallel()
	n := 400
	if s := os.Getenv("HOTLINE_SOAK"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatalf("HOTLINE_SOAK is no number: %q", s)
		}
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	s := &soak{rig: start(t, slacktest.Config{AckWait: 2 * time.Second}, func(c *slack.Config) { c.Sockets = 3 }), dice: rand.New(rand.NewPCG(seed, 1))}
	s.run(n)
	s.verify(n)
}

type soak struct {
	*rig
	dice *rand.Rand
	said map[string]string // ts → text
	mu   sync.Mutex
	wg   sync.WaitGroup
}

func (s *soak) run(n int) {
	s.said = map[string]string{}
	for i := range 4 {
		id := fmt.Sprint("CS", i)
		s.s.AddChannel(slacktest.Channel{ID: id, Members: []string{"U1", "U2", slacktest.BotUserID}})
		s.in.set(func(in *inbox) { in.places = append(in.places, chat.Place{Platform: slack.Platform, Channel: id}) })
	}
	answers := make(chan [2]string, n)
	for range 8 {
		s.wg.Go(func() {
			for a := range answers {
				s.answer(a[0], a[1])
			}
		})
	}
	threads := map[string]string{}
	for i := range n {
		if s.dice.IntN(10) > 0 { // most are said while somebody listens
			s.s.Until(func() bool { return s.s.Sockets() > 0 })
		}
		channel := fmt.Sprint("CS", s.dice.IntN(4))
		who := []*slacktest.Person{s.ann, s.bob}[s.dice.IntN(2)]
		text := fmt.Sprint("event ", i, " end")
		var ts string
		if top := threads[channel]; top != "" && s.dice.IntN(3) == 0 {
			ts = who.SayIn(channel, top, text)
		} else {
			ts = who.Say(channel, text)
			threads[channel] = ts
		}
		s.said[ts] = text
		answers <- [2]string{channel, ts}
		s.trouble(i)
	}
	close(answers)
	s.wg.Wait()
}

// trouble throws something in now and then.
func (s *soak) trouble(i int) {
	if s.dice.IntN(3) == 0 {
		events := s.s.Events()
		s.s.Redeliver(events[s.dice.IntN(len(events))].ID)
	}
	if s.dice.IntN(20) == 0 {
		s.s.DropSocket(s.dice.IntN(3))
	}
	if s.dice.IntN(40) == 0 {
		s.s.Refresh([]string{"warning", "refresh_requested"}[s.dice.IntN(2)])
	}
	if i%100 == 50 {
		s.s.Fail(slacktest.Fault{Method: "chat.postMessage", Channel: fmt.Sprint("CS", s.dice.IntN(4)), RetryAfter: 1, Times: 1})
		s.s.Fail(slacktest.Fault{Method: "chat.postMessage", Status: 500, After: s.dice.IntN(2) == 0, Times: 2})
		s.s.Fail(slacktest.Fault{Method: "conversations.history", Status: 502, Times: 1})
		s.s.DropSockets()
	}
}

// answer sends one reply as the core does: again until it is taken, marked as a
// repeat after an unknown outcome.
func (s *soak) answer(channel, ts string) {
	out := chat.Outgoing{Key: "k" + ts, Intent: chat.IntentReply, Audience: chat.Customer(),
		In: chat.Place{Platform: slack.Platform, Tenant: slacktest.TeamID, Channel: channel}, Content: chat.Content{Text: chat.T("answer " + ts + " end")}}
	for {
		_, res := s.a.Send(context.Background(), out)
		switch res.Class {
		case chat.Sent:
			return
		case chat.Never:
			s.mu.Lock()
			s.Errorf("answer %s: %+v", ts, res)
			s.mu.Unlock()
			return
		case chat.Unknown:
			out.Repeat = true
		}
		wait := time.NewTimer(max(res.After, 20*time.Millisecond))
		<-wait.C
	}
}

func (s *soak) verify(n int) {
	s.Helper()
	s.s.Heal("")
	s.until("everything stored", func() bool { return len(s.in.got(chat.KindMessage)) >= n })
	s.s.Settle()
	s.s.Advance(time.Minute)
	s.s.Settle()
	s.s.Advance(5 * time.Minute)
	s.s.Settle()
	stored := map[string]int{}
	for _, ev := range s.in.got(chat.KindMessage) {
		stored[ev.Message.ID]++
		if s.said[ev.Message.ID] != ev.Text {
			s.Errorf("%s says %q, was %q", ev.Message.ID, ev.Text, s.said[ev.Message.ID])
		}
	}
	for ts, text := range s.said {
		if stored[ts] != 1 {
			s.Errorf("%q stored %d times", text, stored[ts])
		}
	}
	answers := map[string]int{}
	for i := range 4 {
		for _, m := range s.ann.Sees(fmt.Sprint("CS", i)) {
			if m.BotID != "" {
				answers[strings.Fields(m.Shown())[1]]++
			}
		}
	}
	for ts := range s.said {
		if answers[ts] != 1 {
			s.Errorf("%d answers to %s", answers[ts], ts)
		}
	}
	st, copies := s.s.Stats(), 0
	s.in.set(func(in *inbox) { copies = in.copies })
	s.Logf("%d events, %d copies told apart; wire %+v", n, copies, st)
	if st.Stray > st.Sent || st.TooLarge > 0 {
		s.Errorf("wire %+v", st)
	}
}
