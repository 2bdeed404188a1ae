package slacktest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Names of the installed app and its workspace.
const (
	TeamID    = "T0HOME"
	BotUserID = "U0BOT"
	BotID     = "B0BOT"
	AppID     = "A0APP"
	BotToken  = "xoxb-slacktest-bot"
	AppToken  = "xapp-slacktest-app"
	Secret    = "slacktest-signing-secret"
)

// AllScopes are the bot scopes the server knows; an installation has them all
// unless [Config.Scopes] says otherwise.
func AllScopes() []string {
	return []string{
		"commands", "chat:write", "app_mentions:read", "channels:history", "groups:history",
		"im:history", "channels:read", "groups:read", "im:read", "users:read", "users:read.email",
		"reactions:read", "reactions:write", "files:read", "files:write", "channels:manage", "groups:write", "im:write",
	}
}

// Config is how a server behaves. The zero value is a healthy workspace.
type Config struct {
	// Scopes of the bot token; nil means [AllScopes].
	Scopes []string
	// AppScopes of the app token; nil means connections:write.
	AppScopes []string
	// AckWait is how long a delivery waits for its acknowledgement, on the
	// machine's clock. 0 means Slack's 3 s.
	AckWait time.Duration
	// PingEvery is the time between websocket pings; 0 means 5 s.
	PingEvery time.Duration
	// KeepAbsent keeps events that occur while no socket is open and delivers them
	// as a retry later; otherwise they are lost. Slack has been seen to do both.
	KeepAbsent bool
	// Commands are the registered slash commands with their slash; nil accepts any.
	Commands []string
}

// Server is the fake service. All methods are safe for concurrent use.
type Server struct {
	cfg    Config
	t      testing.TB
	web    *httptest.Server
	closed chan struct{}
	// spawning guards running, so that nothing is added while close waits.
	spawning sync.Mutex
	running  sync.WaitGroup
	stopped  bool

	mu       sync.Mutex
	now      time.Time
	lastTS   int64
	seq      int
	tokens   map[string]*token
	users    map[string]*User
	channels map[string]*Channel
	views    map[string]*View
	homes    map[string]*View
	stacks   map[string][]string // user → open modal ids, bottom first
	triggers map[string]*trigger
	hooks    map[string]*hook
	files    map[string]*File
	uploads  map[string]string // path token → file id
	faults   []*Fault
	calls    []Call
	sockets  []*socket
	tickets  map[string]bool
	inflight map[string]*delivery
	busy     int
	idle     chan struct{}
	waiting  []*delivery
	later    []*delivery
	target   *Targets
	stats    Stats
	events   []Event
	away     bool // no connection can be opened
}

// token is one credential and what it may do.
type token struct {
	app    bool
	scopes map[string]bool
	dead   string // the error it gives once it is revoked
}

// Stats counts what happened on the wire.
type Stats struct {
	Sockets  int // connections accepted so far
	Sent     int // envelopes and requests sent, retries included
	Acked    int
	Unacked  int // deliveries that were never acknowledged after all tries
	Lost     int // events that occurred while nobody listened
	Stray    int // acknowledgements for unknown envelopes
	TooLarge int // acknowledgements of 20 kB or more, dropped as Slack does
}

// New starts a server that stops with the test.
func New(t testing.TB, cfg Config) *Server {
	t.Helper()
	cfg.AckWait = cmp.Or(cfg.AckWait, 3*time.Second)
	cfg.PingEvery = cmp.Or(cfg.PingEvery, 5*time.Second)
	s := &Server{
		cfg: cfg, t: t, closed: make(chan struct{}), now: time.Now().UTC().Truncate(time.Second),
		tokens: map[string]*token{}, users: map[string]*User{}, channels: map[string]*Channel{},
		views: map[string]*View{}, homes: map[string]*View{}, stacks: map[string][]string{},
		triggers: map[string]*trigger{}, hooks: map[string]*hook{}, files: map[string]*File{},
		uploads: map[string]string{}, tickets: map[string]bool{}, inflight: map[string]*delivery{},
	}
	scopes, appScopes := cfg.Scopes, cfg.AppScopes
	if scopes == nil {
		scopes = AllScopes()
	}
	if appScopes == nil {
		appScopes = []string{"connections:write"}
	}
	s.tokens[BotToken] = &token{scopes: set(scopes)}
	s.tokens[AppToken] = &token{app: true, scopes: set(appScopes)}
	s.users[BotUserID] = &User{ID: BotUserID, Team: TeamID, Name: "hotline", RealName: "Hotline", Bot: true}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveAPI)
	mux.HandleFunc("GET /link", s.serveSocket)
	mux.HandleFunc("POST /actions/{id}", s.serveHook)
	mux.HandleFunc("POST /upload/{id}", s.serveUpload)
	mux.HandleFunc("GET /files-pri/{id}/{name}", s.serveFile)
	s.web = httptest.NewServer(mux)
	t.Cleanup(s.close)
	return s
}

func (s *Server) close() {
	close(s.closed)
	s.DropSockets()
	s.web.Close()
	s.spawning.Lock()
	s.stopped = true
	s.spawning.Unlock()
	s.running.Wait()
}

// spawn runs f beside the rest; close waits for it.
func (s *Server) spawn(f func()) {
	s.spawning.Lock()
	defer s.spawning.Unlock()
	if s.stopped {
		go f()
		return
	}
	s.running.Go(f)
}

// APIURL is the base of the Web API, with a slash at the end.
func (s *Server) APIURL() string { return s.web.URL + "/api/" }

// Now is the server's clock.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Advance moves the server's clock and makes the retries that come due.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	s.now = s.now.Add(d)
	var due, rest []*delivery
	for _, dl := range s.later {
		if dl.due.After(s.now) {
			rest = append(rest, dl)
		} else {
			due = append(due, dl)
		}
	}
	s.later = rest
	s.mu.Unlock()
	for _, dl := range due {
		s.send(dl)
	}
}

// Stats is a copy of the counters.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Revoke makes a token answer with the given error from now on, such as
// "token_revoked" or "account_inactive"; "" restores it.
func (s *Server) Revoke(tok, word string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[tok].dead = word
}

// DropScope takes a scope from the bot token.
func (s *Server) DropScope(scope string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens[BotToken].scopes, scope)
}

// ts makes the next time stamp: unique in the workspace and growing.
func (s *Server) ts() string {
	us := max(s.now.UnixMicro(), s.lastTS+100)
	s.lastTS = us
	return fmt.Sprintf("%d.%06d", us/1e6, us%1e6)
}

// id makes the next id with the given prefix.
func (s *Server) id(prefix string) string {
	s.seq++
	return prefix + strings.ToUpper(strconv.FormatInt(int64(s.seq)+46655, 36))
}

func set(list []string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, v := range list {
		m[v] = true
	}
	return m
}
