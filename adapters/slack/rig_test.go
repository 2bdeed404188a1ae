package slack_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/adapters/slack"
	"hotline/adapters/slack/slacktest"
	"hotline/bot/chat"
)

// inbox stores events in memory, once per key and message, as the core promises.
type inbox struct {
	mu     sync.Mutex
	events []chat.Event
	keys   map[string]bool
	copies int
	// before runs ahead of storing; an error means that nothing is stored.
	before func(ctx context.Context, ev chat.Event) error
	answer func(ev chat.Event) (chat.Answer, bool)
	places []chat.Place
}

func (in *inbox) Receive(ctx context.Context, ev chat.Event) (chat.Answer, error) {
	in.mu.Lock()
	before, answer := in.before, in.answer
	in.mu.Unlock()
	if before != nil {
		if err := before(ctx, ev); err != nil {
			return chat.Answer{Say: "We could not take that down."}, err
		}
	}
	var ans chat.Answer
	if answer != nil {
		var stop bool
		if ans, stop = answer(ev); stop {
			return ans, nil
		}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	keys := []string{ev.Key}
	if ev.Kind == chat.KindMessage {
		keys = append(keys, ev.Message.Key())
	}
	for _, k := range keys {
		if in.keys[k] {
			in.copies++
			return chat.Answer{Duplicate: true}, nil
		}
	}
	if in.keys == nil {
		in.keys = map[string]bool{}
	}
	for _, k := range keys {
		in.keys[k] = true
	}
	in.events = append(in.events, ev)
	return ans, nil
}

func (in *inbox) Suggest(context.Context, chat.Suggest) []chat.Choice { return nil }

func (in *inbox) Watch(context.Context, chat.Platform) ([]chat.Watched, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	var list []chat.Watched
	for _, p := range in.places {
		w := chat.Watched{Place: p, Since: time.Now().Add(-time.Hour)}
		for _, ev := range in.events {
			if ev.Kind == chat.KindMessage && ev.Where.Channel == p.Channel && ev.Where.Thread == p.Thread {
				w.Last = max(w.Last, ev.Message.ID)
			}
		}
		list = append(list, w)
	}
	return list, nil
}

func (in *inbox) set(f func(in *inbox)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	f(in)
}

// got lists the stored events of a kind; "" means all.
func (in *inbox) got(kind chat.Kind) []chat.Event {
	in.mu.Lock()
	defer in.mu.Unlock()
	var list []chat.Event
	for _, ev := range in.events {
		if kind == "" || ev.Kind == kind {
			list = append(list, ev)
		}
	}
	return list
}

// rig is an adapter that runs against a server, with two people in a channel.
type rig struct {
	*testing.T
	s        *slacktest.Server
	a        *slack.Adapter
	in       *inbox
	ann, bob *slacktest.Person
	ch       string
	stop     context.CancelFunc
	done     chan error
}

func start(t *testing.T, cfg slacktest.Config, change func(*slack.Config)) *rig {
	t.Helper()
	if cfg.AckWait == 0 {
		cfg.AckWait = time.Minute
	}
	r := &rig{T: t, s: slacktest.New(t, cfg), in: &inbox{}, ch: "C1"}
	r.ann = r.s.AddUser(slacktest.User{ID: "U1", Name: "ann", Locale: "zh-CN"})
	r.bob = r.s.AddUser(slacktest.User{ID: "U2", Name: "bob"})
	r.s.AddChannel(slacktest.Channel{ID: r.ch, Name: "help", Members: []string{"U1", "U2", slacktest.BotUserID}})
	r.in.places = []chat.Place{{Platform: slack.Platform, Channel: r.ch}}
	r.run(change)
	return r
}

// run starts an adapter on the server and inbox of the rig and waits until it is
// connected.
func (r *rig) run(change func(*slack.Config)) {
	r.Helper()
	r.a = open(r.s, change)
	ctx, cancel := context.WithCancel(context.Background())
	r.stop, r.done = cancel, make(chan error, 1)
	done, a := r.done, r.a
	go func() { done <- a.Run(ctx, r.in) }()
	r.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(time.Minute):
			r.Error("Run did not end")
		}
	})
	r.until("connected", func() bool { return r.a.Health().State != chat.StateStarting && r.a.Health().State != chat.StateDown })
}

// halt stops the adapter and waits.
func (r *rig) halt() {
	r.Helper()
	r.stop()
	select {
	case err := <-r.done:
		r.done <- err
	case <-time.After(time.Minute):
		r.Fatal("Run did not end")
	}
}

func (r *rig) until(what string, cond func() bool) {
	r.Helper()
	if !r.s.Until(cond) {
		r.Fatalf("waited in vain: %s; health %+v, wire %+v", what, r.a.Health(), r.s.Stats())
	}
}

// event waits for the n-th stored event of a kind.
func (r *rig) event(kind chat.Kind, n int) chat.Event {
	r.Helper()
	r.until(string(kind), func() bool { return len(r.in.got(kind)) >= n })
	return r.in.got(kind)[n-1]
}

func (r *rig) place(thread string) chat.Place {
	return chat.Place{Platform: slack.Platform, Tenant: slacktest.TeamID, Channel: r.ch, Thread: thread}
}

func (r *rig) account(p *slacktest.Person) chat.Principal {
	return chat.Principal{Platform: slack.Platform, Tenant: slacktest.TeamID, User: p.ID}
}

// say is a message for the channel's thread.
func (r *rig) say(key, text string) chat.Outgoing {
	return chat.Outgoing{Key: key, Intent: chat.IntentReply, Audience: chat.Customer(), In: r.place(""), Content: chat.Content{Text: chat.T(text)}}
}

// send sends and fails the test unless it was taken.
func (r *rig) send(out chat.Outgoing) chat.MessageRef {
	r.Helper()
	ref, res := r.a.Send(r.Context(), out)
	if res.Class != chat.Sent {
		r.Fatalf("send: %v %s %v", res.Class, res.Reason, res.Err)
	}
	return ref
}

func (r *rig) count(text string) int {
	n := 0
	for _, m := range r.ann.Sees(r.ch) {
		if strings.Contains(m.Shown(), text) {
			n++
		}
	}
	return n
}

var errStalled = errors.New("the store is stalled")
