package adaptertest

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/commands"
	"hotline/knowledge"
	"hotline/store"
)

// House is a running hotline with a small organisation: customers Northwind
// (English) and Huaxin (Chinese) with their contacts anna and li, responders chen
// (on call) and maria (second step), lead tom; channels northwind, huaxin and the
// internal desk.
type House struct {
	T      testing.TB
	Store  *store.SQLite
	Desk   *bot.Desk
	Engine *bot.Engine
	Shelf  *knowledge.Library
	stop   context.CancelFunc
	done   chan struct{}
}

// Persons are the people of the house; drivers need an account for each.
var Persons = []string{"anna", "li", "chen", "maria", "tom"}

// Channels are the channels of the house, with who is in them.
var Channels = map[string][]string{
	"northwind": {"anna", "chen", "maria", "tom"},
	"huaxin":    {"li", "chen", "maria", "tom"},
	"desk":      {"chen", "maria", "tom"},
}

// stepWait is how long the first step of the house's policy is given. Journeys that
// escalate wait for it; the others are over before.
const stepWait = 4 * time.Second

// Organisation is the house on the given platforms; channels exist on each.
func Organisation(drivers ...Driver) *bot.Organisation {
	org := &bot.Organisation{
		Name: "Test house", Lang: "en", Zone: time.UTC, BaseURL: "http://127.0.0.1", LinkKey: bot.SignKey("0123456789abcdef0123456789abcdef"),
		Customers: []bot.Customer{{ID: "northwind", Name: "Northwind", Lang: "en", Zone: "Europe/Berlin"}, {ID: "huaxin", Name: "华信", Lang: "zh", Zone: "Asia/Shanghai"}},
		People: []bot.Person{
			{ID: "anna", Name: "Anna", Lang: "en", Role: bot.RoleCustomer, Customer: "northwind"},
			{ID: "li", Name: "李雷", Lang: "zh", Role: bot.RoleCustomer, Customer: "huaxin"},
			{ID: "chen", Name: "Chen", Lang: "en", Role: bot.RoleResponder, Tier: 1},
			{ID: "maria", Name: "Maria", Lang: "en", Role: bot.RoleResponder, Tier: 2},
			{ID: "tom", Name: "Tom", Lang: "en", Role: bot.RoleLead, Tier: 3},
		},
		Schedules: []oncall.Schedule{{ID: "primary", Name: "Primary", Zone: time.UTC, Layers: []oncall.Layer{{Name: "week",
			Rotation: oncall.Rotation{Unit: oncall.Weekly, Every: 1, Start: mustWall("2020-01-06 09:00"), Participants: []string{"chen"}}}}}},
		Policies: []bot.Policy{{ID: "standard", Name: "Standard", Repeat: 1, Steps: []bot.Step{
			{Targets: []bot.Target{{Schedule: "primary"}}, Wait: stepWait},
			{Targets: []bot.Target{{Person: "maria"}}, Wait: 10 * time.Minute},
			{Targets: []bot.Target{{Person: "tom"}}, Wait: 10 * time.Minute},
		}}},
		Routes: []bot.Route{{Name: "everything", Policy: "standard"}},
		Rules: bot.Rules{GroupWindow: 10 * time.Minute, AckTimeout: time.Hour, AutoClose: 72 * time.Hour, Cooldown: 10 * time.Minute,
			MaxRoomSev: 1, Fallback: 20 * time.Second, BundleFirst: 3 * time.Second, BundleMax: time.Minute},
	}
	for _, d := range drivers {
		org.Channels = append(org.Channels,
			bot.Channel{Place: d.Channel("northwind"), Name: "northwind", Audience: chat.Customer(), Customer: "northwind", Mode: bot.ModeEvery, Emoji: "ticket"},
			bot.Channel{Place: d.Channel("huaxin"), Name: "huaxin", Audience: chat.Customer(), Customer: "huaxin", Mode: bot.ModeEvery, Lang: "zh"},
			bot.Channel{Place: d.Channel("desk"), Name: "desk", Audience: chat.Internal(), Mode: bot.ModeCommand})
		for i := range org.People {
			org.People[i].Accounts = append(org.People[i].Accounts, d.Account(org.People[i].ID))
		}
	}
	return org
}

func mustWall(s string) oncall.Wall {
	w, err := oncall.ParseWall(s)
	if err != nil {
		panic(err)
	}
	return w
}

// Open starts the hotline with the drivers' adapters and waits until they are
// connected. It is stopped at the end of the test.
func Open(t testing.TB, drivers ...Driver) *House {
	t.Helper()
	return OpenWith(t, nil, drivers...)
}

// OpenWith is [Open] with a language model.
func OpenWith(t testing.TB, m knowledge.Model, drivers ...Driver) *House {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hotline.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return open(t, s, m, drivers)
}

// OpenOn is [Open] on a store that exists already.
func OpenOn(t testing.TB, s *store.SQLite, drivers ...Driver) *House {
	t.Helper()
	return open(t, s, nil, drivers)
}

func open(t testing.TB, s *store.SQLite, m knowledge.Model, drivers []Driver) *House {
	t.Helper()
	h := &House{T: t, Store: s, done: make(chan struct{})}
	org := Organisation(drivers...)
	org.Assisted = m != nil
	var err error
	if h.Desk, err = bot.NewDesk(t.Context(), s, org); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(testWriter{t: t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	h.Shelf = knowledge.NewLibrary(h.Desk, log)
	if err := h.Shelf.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m != nil {
		h.Shelf.UseModel(m)
	}
	cmds := commands.New(commands.Options{Desk: h.Desk, Search: h.Shelf})
	if err := s.View(t.Context(), cmds.Load); err != nil {
		t.Fatal(err)
	}
	opts := bot.EngineOptions{Desk: h.Desk, Handler: cmds, Jobs: h.Shelf.Jobs(), Log: log}
	for _, d := range drivers {
		opts.Adapters = append(opts.Adapters, d.Adapter())
	}
	h.Engine = bot.NewEngine(opts)
	ctx, cancel := context.WithCancel(context.Background())
	h.stop = cancel
	go func() {
		defer close(h.done)
		if err := h.Engine.Run(ctx); err != nil {
			t.Errorf("engine: %v", err)
		}
	}()
	t.Cleanup(h.Stop)
	for _, d := range drivers {
		d.Ready()
	}
	return h
}

// Stop stops the engine and waits; it may be called twice.
func (h *House) Stop() {
	h.stop()
	<-h.done
}

// Within is how long anything may take on a loaded machine before a journey fails.
const Within = 45 * time.Second

// Eventually waits until f gives something, looking often; what says what was
// waited for.
func Eventually[T any](t testing.TB, what string, f func() (T, bool)) T {
	t.Helper()
	deadline := time.Now().Add(Within)
	for {
		if v, ok := f(); ok {
			return v
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain for %s", Within, what)
		}
		pause()
	}
}

// pause lets others run before the next look.
func pause() {
	t := time.NewTimer(10 * time.Millisecond)
	<-t.C
}

// testWriter sends the log to the test while it runs.
type testWriter struct{ t testing.TB }

var testWriterMu sync.Mutex

func (w testWriter) Write(p []byte) (int, error) {
	testWriterMu.Lock()
	defer testWriterMu.Unlock()
	if w.t.Context().Err() == nil {
		w.t.Logf("%s", p)
	}
	return len(p), nil
}
