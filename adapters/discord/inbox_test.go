package discord

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"hotline/adapters/discord/discordtest"
	"hotline/bot/chat"
)

// ledger is an inbox that keeps each event once, as the hotline does, and answers
// as a test says.
type ledger struct {
	mu      sync.Mutex
	keys    map[string]bool
	events  []chat.Event
	offers  int
	watch   []chat.Watched
	down    bool
	stall   chan struct{} // Receive waits for it when not nil
	answer  func(chat.Event) chat.Answer
	choices []chat.Choice
	asked   []chat.Suggest
}

func newLedger(watch ...chat.Watched) *ledger {
	return &ledger{keys: map[string]bool{}, watch: watch, answer: func(chat.Event) chat.Answer { return chat.Answer{} }}
}

func (l *ledger) Receive(_ context.Context, ev chat.Event) (chat.Answer, error) {
	l.mu.Lock()
	stall := l.stall
	l.offers++
	l.mu.Unlock()
	if stall != nil {
		<-stall
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return chat.Answer{Say: "not stored"}, errors.New("store is down")
	}
	key := ev.Key
	if ev.Kind == chat.KindMessage {
		key = ev.Message.Key()
	}
	ans := l.answer(ev)
	if l.keys[key] {
		ans.Duplicate = true
		return ans, nil
	}
	l.keys[key] = true
	l.events = append(l.events, ev)
	return ans, nil
}

func (l *ledger) Suggest(_ context.Context, q chat.Suggest) []chat.Choice {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, q)
	return l.choices
}

// Watch lists the places with the newest message that was stored from each.
func (l *ledger) Watch(context.Context, chat.Platform) ([]chat.Watched, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.Clone(l.watch)
	for i := range out {
		for _, ev := range l.events {
			if ev.Kind == chat.KindMessage && ev.Where.Key() == out[i].Place.Key() && (out[i].Last == "" || newer(ev.Message.ID, out[i].Last)) {
				out[i].Last = ev.Message.ID
			}
		}
	}
	return out, nil
}

func (l *ledger) set(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

func (l *ledger) all() []chat.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

func (l *ledger) kind(k chat.Kind) []chat.Event {
	return slices.DeleteFunc(l.all(), func(e chat.Event) bool { return e.Kind != k })
}

// rig is an adapter at work on a server.
type rig struct {
	t    *testing.T
	s    *discordtest.Server
	a    *Adapter
	in   *ledger
	stop context.CancelFunc
	done chan error
}

// verbs is a small table of commands for tests that need no hotline.
var verbs = []chat.Verb{
	{
		Name: "status", Names: map[string]string{"zh": "状态"}, Help: map[string]string{"en": "How a case stands", "zh": "查看工单"}, Slash: true,
		Args: []chat.VerbArg{{Name: "case", Help: map[string]string{"en": "Its number", "zh": "工单号"}, Complete: true}},
	},
	{
		Name: "note", Help: map[string]string{"en": "Add a note"}, Slash: true, Shortcut: map[string]string{"en": "Add to the case", "zh": "添加到工单"},
		Args: []chat.VerbArg{
			{Name: "case", Help: map[string]string{"en": "Its number"}},
			{Name: "tone", Help: map[string]string{"en": "How"}, Choices: []chat.Choice{{Value: "plain", Label: "Plain"}, {Value: "loud", Label: "Loud"}}},
			{Name: "text", Help: map[string]string{"en": "What"}, Required: true, Rest: true},
		},
	},
	{Name: "hidden", Help: map[string]string{"en": "Typed only"}},
}

// start connects an adapter and waits until it is up and its commands are known.
func start(t *testing.T, s *discordtest.Server, in *ledger, change func(*Options)) *rig {
	t.Helper()
	a := connect(t, s, func(o *Options) {
		o.Verbs = verbs
		if change != nil {
			change(o)
		}
	})
	r := &rig{t: t, s: s, a: a, in: in}
	r.run()
	s.Await(t, "the bot to be ready", func() bool {
		st := a.Health().State
		return s.Connected() && len(s.Commands()) > 0 && (st == chat.StateUp || st == chat.StateDegraded)
	})
	return r
}

func (r *rig) run() {
	ctx, cancel := context.WithCancel(context.Background())
	r.stop, r.done = cancel, make(chan error, 1)
	go func() { r.done <- r.a.Run(ctx, r.in) }()
	r.t.Cleanup(func() { cancel() })
}

// finish stops the adapter and waits.
func (r *rig) finish() error {
	r.stop()
	return <-r.done
}

// await waits until the events of a kind satisfy ok.
func (r *rig) await(what string, k chat.Kind, ok func([]chat.Event) bool) []chat.Event {
	r.t.Helper()
	r.s.Await(r.t, what, func() bool { return ok(r.in.kind(k)) })
	return r.in.kind(k)
}

// one waits for the first event of a kind.
func (r *rig) one(k chat.Kind) chat.Event {
	r.t.Helper()
	return r.await("an event of kind "+string(k), k, func(l []chat.Event) bool { return len(l) > 0 })[0]
}

func place(channel string) chat.Place { return chat.Place{Platform: Platform, Channel: channel} }

func thread(channel, id string) chat.Place {
	return chat.Place{Platform: Platform, Channel: channel, Thread: id}
}

func account(p *discordtest.Person) chat.Principal {
	return chat.Principal{Platform: Platform, User: p.ID, Name: p.Username}
}

// send sends and fails the test unless it was taken.
func (r *rig) send(out chat.Outgoing) chat.MessageRef {
	r.t.Helper()
	if !out.Audience.Valid() {
		out.Audience = chat.Internal()
	}
	ref, res := r.a.Send(r.t.Context(), out)
	if res.Class != chat.Sent {
		r.t.Fatalf("send: %v %s: %v", res.Class, res.Reason, res.Err)
	}
	return ref
}

func words(s string) chat.Content { return chat.Content{Text: chat.T(s)} }
