package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"hotline/bot/chat"
)

// Adapter is the web workspace.
type Adapter struct {
	cfg     Config
	hub     *hub
	rooms   rooms
	limits  limits
	uploads uploads
	pages   *pages
	assets  *assets

	people people

	mu      sync.Mutex
	inbox   chat.Inbox
	running bool
	since   time.Time
	// behind is woken when a message was posted that the inbox did not take.
	behind chan struct{}
	done   chan struct{} // closed when Run ends, which ends the streams
}

var (
	_ chat.HTTPAdapter = (*Adapter)(nil)
	_ chat.Fetcher     = (*Adapter)(nil)
)

// New makes the workspace. It panics when Board, Channels or Users is missing, or
// Secret is shorter than 32 bytes outside of demo, because that is a mistake of
// the program and not of its user.
func New(cfg Config) *Adapter {
	if cfg.Demo && len(cfg.Secret) == 0 {
		cfg.Secret = make([]byte, 32)
		_, _ = rand.Read(cfg.Secret) // never fails, by its documentation
	}
	if cfg.Board == nil || cfg.Channels == nil || cfg.Users == nil || len(cfg.Secret) < 32 {
		panic("web: Config needs Board, Channels, Users and 32 bytes of Secret")
	}
	cfg.BaseURL = strings.TrimSuffix(cfg.BaseURL, "/")
	if cfg.Name == "" {
		cfg.Name = "Hotline"
	}
	if cfg.Bot == "" {
		cfg.Bot = "Hotline"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rate <= 0 {
		cfg.Rate = 10
	}
	if cfg.Burst <= 0 {
		cfg.Burst = 60
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Once == nil {
		cfg.Once = &memoryOnce{now: cfg.Now}
	}
	a := &Adapter{
		cfg: cfg, hub: newHub(), since: cfg.Now(),
		behind: make(chan struct{}, 1), done: make(chan struct{}),
	}
	a.assets = loadAssets()
	a.pages = loadPages(a.assets)
	return a
}

// Platform is "web".
func (a *Adapter) Platform() chat.Platform { return Platform }

// Capabilities says that the workspace can do everything.
func (a *Adapter) Capabilities() chat.Capabilities {
	return chat.Capabilities{
		PrivateHere: true, FormNow: true, Autocomplete: true, ThreadCommands: true,
		Threads: true, Rooms: true, Direct: true, NativeTime: true, MaxText: 40_000,
	}
}

// Health is up while Run runs.
func (a *Adapter) Health() chat.Health {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := chat.Health{State: chat.StateStarting, Since: a.since}
	if a.running {
		h.State = chat.StateUp
	}
	return h
}

// retryBehind is how long to wait before messages that the inbox did not take are
// offered again.
const retryBehind = 2 * time.Second

// Run reads back what was posted while the inbox could not take it (a crash
// between the two, a full disk), and again whenever that happens. Requests are
// served by Mount's routes, whether Run runs or not. When ctx ends the event
// streams end too.
func (a *Adapter) Run(ctx context.Context, in chat.Inbox) error {
	a.mu.Lock()
	a.inbox, a.running, a.since = in, true, a.cfg.Now()
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		a.running, a.since = false, a.cfg.Now()
		a.mu.Unlock()
		close(a.done)
	}()
	for {
		if err := a.readBack(ctx, in); err != nil && ctx.Err() == nil {
			a.cfg.Log.Warn("web: reading back failed; trying again", "err", err)
			a.fellBehind()
			select {
			case <-ctx.Done():
			case <-time.After(retryBehind):
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-a.behind:
		}
	}
}

func (a *Adapter) fellBehind() {
	select {
	case a.behind <- struct{}{}:
	default:
	}
}

// readBackPage is how many posts are read at once.
const readBackPage = 200

func (a *Adapter) readBack(ctx context.Context, in chat.Inbox) error {
	watched, err := in.Watch(ctx, Platform)
	if err != nil {
		return err
	}
	for _, w := range watched {
		if err := a.readBackPlace(ctx, in, w); err != nil {
			return err
		}
	}
	return nil
}

func (a *Adapter) readBackPlace(ctx context.Context, in chat.Inbox, w chat.Watched) error {
	after, _ := parseID(w.Last)
	for {
		posts, err := a.cfg.Board.Posts(ctx, w.Place.Channel, w.Place.Thread, after, readBackPage)
		if err != nil {
			return err
		}
		for _, p := range posts {
			after = p.ID
			if p.Author == "" || p.Only != "" || p.Deleted || (w.Last == "" && p.At.Before(w.Since)) {
				continue
			}
			ev := a.messageEvent(a.user(p.Author), p)
			ev.Backfill = true
			if _, err := in.Receive(ctx, ev); err != nil {
				return err
			}
		}
		if len(posts) < readBackPage {
			return nil
		}
	}
}

// Mount registers the routes on mux at "/"; more specific patterns of mux win.
func (a *Adapter) Mount(mux *http.ServeMux, in chat.Inbox) {
	a.mu.Lock()
	a.inbox = in
	a.mu.Unlock()
	mux.Handle("/", a.handler())
}

func (a *Adapter) in() chat.Inbox {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.inbox
}

// Fetch returns the data of a file that was attached in the workspace.
func (a *Adapter) Fetch(ctx context.Context, f chat.File) ([]byte, error) {
	if a.cfg.Files == nil {
		return nil, errNoFiles
	}
	got, err := a.cfg.Files.Get(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	return got.Data[:min(len(got.Data), chat.MaxFile)], nil
}

// user finds a person; somebody who is gone keeps their id as name.
func (a *Adapter) user(id string) User {
	if u, ok := a.findUser(id); ok {
		return u
	}
	return User{ID: id, Name: id}
}

func (a *Adapter) findUser(id string) (User, bool) {
	users := a.users()
	i := slices.IndexFunc(users, func(u User) bool { return u.ID == id })
	if i < 0 || id == "" {
		return User{}, false
	}
	return users[i], true
}

func (a *Adapter) principal(u User) chat.Principal {
	return chat.Principal{Platform: Platform, User: u.ID, Name: u.Name, Lang: u.Lang}
}
