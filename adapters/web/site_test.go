package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"hotline/adapters/web"
	"hotline/adapters/web/webtest"
	"hotline/bot/chat"
	"hotline/store"
)

// site is a workspace on a real store, served on loopback, with an inbox that
// records.
type site struct {
	*web.Adapter
	url   string
	inbox *recorder
	board chat.Board
	files *web.MemoryFiles
}

// recorder is an inbox that keeps what it received and answers as it is told.
type recorder struct {
	mu      sync.Mutex
	events  []chat.Event
	keys    map[string]bool
	answer  func(chat.Event) (chat.Answer, error)
	choices []chat.Choice
	watched []chat.Watched
	asked   []chat.Suggest
}

func (r *recorder) Receive(_ context.Context, ev chat.Event) (chat.Answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ans chat.Answer
	if r.answer != nil {
		var err error
		if ans, err = r.answer(ev); err != nil {
			return ans, err
		}
	}
	if r.keys[ev.Key] {
		ans.Duplicate = true
		return ans, nil
	}
	r.keys[ev.Key] = true
	r.events = append(r.events, ev)
	return ans, nil
}

func (r *recorder) Suggest(_ context.Context, q chat.Suggest) []chat.Choice {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, q)
	return r.choices
}

func (r *recorder) Watch(context.Context, chat.Platform) ([]chat.Watched, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.watched), nil
}

func (r *recorder) set(f func(chat.Event) (chat.Answer, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

func (r *recorder) all() []chat.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// only is the single event received so far.
func (r *recorder) only(t *testing.T) chat.Event {
	t.Helper()
	all := r.all()
	if len(all) != 1 {
		t.Fatalf("%d events were received, want 1: %+v", len(all), all)
	}
	return all[0]
}

var errDisk = errors.New("disk full")

// people of the test organisation: two customers, two of the hotline.
func people() []web.User {
	return []web.User{
		{ID: "mei", Name: "李梅", Lang: "zh", Role: "customer", Label: "华晨", TokenHash: web.HashToken("mei-secret-token-0001")},
		{ID: "tom", Name: "Tom Baker", Lang: "en", Role: "customer", Label: "Acme"},
		{ID: "ana", Name: "Ana Ruiz", Lang: "en", Role: "responder", Label: "On call", TokenHash: web.HashToken("ana-secret-token-0001")},
		{ID: "bo", Name: "Bo Lind", Lang: "en", Role: "lead", Label: "Lead"},
	}
}

func channels() []web.Channel {
	staff := func(id string) bool { return id == "ana" || id == "bo" }
	return []web.Channel{
		{ID: "acme", Name: "acme-support", Audience: chat.Customer(), Members: func(id string) bool { return id == "tom" || staff(id) }},
		{ID: "huachen", Name: "华晨支持", Audience: chat.Customer(), Members: func(id string) bool { return id == "mei" || staff(id) }},
		{ID: "desk", Name: "desk", Audience: chat.Internal(), Members: staff},
	}
}

func verbs() []chat.Verb {
	return []chat.Verb{
		{Name: "report", Help: map[string]string{"en": "Report a fault", "zh": "报告故障"}, Slash: true,
			Shortcut: map[string]string{"en": "Turn into a case", "zh": "转为工单"}, Args: []chat.VerbArg{{Name: "text", Rest: true}}},
		{Name: "status", Help: map[string]string{"en": "Where a case stands", "zh": "查询工单状态"}, Slash: true,
			Args: []chat.VerbArg{{Name: "case", Required: true, Complete: true}}},
	}
}

// newSite serves a workspace until the test ends. change may alter its settings.
func newSite(t *testing.T, change ...func(*web.Config)) *site {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hotline.db"), store.Options{Sync: store.Off})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{inbox: &recorder{keys: map[string]bool{}}, board: db, files: &web.MemoryFiles{}}
	cfg := web.Config{
		Board: db, Channels: channels, Users: people, Demo: true, Verbs: verbs(), Files: s.files,
		Secret: []byte("0123456789abcdef0123456789abcdef"), Rate: 1000, Burst: 1000,
	}
	for _, f := range change {
		f(&cfg)
	}
	s.Adapter = web.New(cfg)
	mux := http.NewServeMux()
	s.Mount(mux, s.inbox)
	server := httptest.NewServer(mux)
	s.url = server.URL
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		db.Close()
	})
	return s
}

// as is a person of the site.
func (s *site) as(user string) *webtest.Person { return webtest.New(s.url, user) }

// listening is a person who hears everything from now on.
func (s *site) listening(t *testing.T, user string) *webtest.Person {
	t.Helper()
	p := s.as(user)
	if err := p.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// soon bounds waits; it is generous because the machine may be loaded.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// send posts through the adapter and wants it taken.
func (s *site) send(t *testing.T, out chat.Outgoing) chat.MessageRef {
	t.Helper()
	ref, res := s.Send(t.Context(), out)
	if res.Class != chat.Sent {
		t.Fatalf("Send(%s) = %v %s %v", out.Key, res.Class, res.Reason, res.Err)
	}
	return ref
}

func in(channel, thread string) chat.Place {
	return chat.Place{Platform: web.Platform, Channel: channel, Thread: thread}
}

func to(user string) chat.Principal { return chat.Principal{Platform: web.Platform, User: user} }

// code is the code of a refusal, "" for anything else.
func code(err error) string {
	if r, ok := errors.AsType[*webtest.Refused](err); ok {
		return r.Code
	}
	return ""
}
