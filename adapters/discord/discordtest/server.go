package discordtest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// epoch is the first millisecond of Discord's ids.
const epoch = 1420070400000

// Options change the server from its defaults.
type Options struct {
	// Token of the bot; empty means "test-token".
	Token string
	// NoMessageContent leaves the privileged intent switched off, as it is in a
	// new application: identifying with it is refused with close code 4014 and
	// the texts of others are empty.
	NoMessageContent bool
	// Heartbeat is the interval told in hello; 0 means 41.25 s as Discord does.
	Heartbeat time.Duration
	// AnswerWithin is the time to the first answer of an interaction; 0 means 3 s.
	AnswerWithin time.Duration
	// TokenLife is how long an interaction can be answered; 0 means 15 minutes.
	TokenLife time.Duration
	// Bucket is how many requests a route takes in BucketPer; 0 means 1000 in 1 s.
	Bucket    int
	BucketPer time.Duration
	// Contract is the OpenAPI document; nil means that bodies are held against the
	// written limits alone.
	Contract *Contract
}

// Server is the platform. Its methods are safe for concurrent use.
type Server struct {
	opt  Options
	http *httptest.Server
	mux  *http.ServeMux

	mu       sync.Mutex
	changed  chan struct{}
	lastID   int64
	now      func() time.Time
	guild    string
	bot      *User
	token    string // changes when it is revoked
	users    map[string]*User
	members  map[string]*member
	channels map[string]*channel
	files    map[string][]byte
	commands map[string][]Command // by scope: "" is global, else the guild

	sessions     map[string]*session
	links        map[*link]bool
	interactions map[string]*Interaction // by token
	buckets      map[string]*bucket
	faults       []*fault
	gate         gateFaults
	endpoint     endpoint
	requests     []Request
	problems     []string
	invalid      int
	identifies   int
	resumes      int
	puts         int
	closed       bool
}

// Start starts a server on a free port of 127.0.0.1. The caller closes it.
func Start(o Options) *Server {
	o.Token = or(o.Token, "test-token")
	o.Heartbeat = or(o.Heartbeat, 41250*time.Millisecond)
	o.AnswerWithin = or(o.AnswerWithin, 3*time.Second)
	o.TokenLife = or(o.TokenLife, 15*time.Minute)
	o.Bucket = or(o.Bucket, 1000)
	o.BucketPer = or(o.BucketPer, time.Second)
	s := &Server{
		opt: o, token: o.Token, now: time.Now, mux: http.NewServeMux(), changed: make(chan struct{}),
		users: map[string]*User{}, members: map[string]*member{}, channels: map[string]*channel{},
		files: map[string][]byte{}, commands: map[string][]Command{}, sessions: map[string]*session{},
		links: map[*link]bool{}, interactions: map[string]*Interaction{}, buckets: map[string]*bucket{},
	}
	s.guild = s.id()
	s.bot = &User{ID: s.id(), Username: "hotline", Discriminator: "0000", Bot: true}
	s.addUser(s.bot)
	s.routes()
	s.http = httptest.NewServer(s.mux)
	return s
}

// New starts a server for a test. It is closed when the test ends, and the test
// fails if a request of the bot broke a limit or the contract.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s := Start(o)
	t.Cleanup(func() {
		s.Close()
		for _, p := range s.Problems() {
			t.Errorf("the bot broke a rule of Discord: %s", p)
		}
	})
	return s
}

// Close stops the server and ends every gateway connection.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for _, it := range s.interactions {
		it.stop()
	}
	links := s.liveLinks()
	s.mu.Unlock()
	for _, l := range links {
		l.cut()
	}
	s.http.CloseClientConnections()
	s.http.Close()
}

// URL is the base of the interface without version, such as
// http://127.0.0.1:4711/api, as Discord's is https://discord.com/api.
func (s *Server) URL() string { return s.http.URL + "/api" }

// Token is the bot's token.
func (s *Server) Token() string { return s.opt.Token }

// Guild is the id of the one server (guild) there is.
func (s *Server) Guild() string { return s.guild }

// Bot is the bot's own account. Its id is also the application's id.
func (s *Server) Bot() User { return *s.bot }

// Problems lists the rules the bot broke, oldest first, at most 100.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

// ForgetProblems empties the list, for tests that break rules on purpose.
func (s *Server) ForgetProblems() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = nil
}

// Await waits until ok holds, looking again after every change of the server,
// and fails the test after a minute. ok may call the server's methods.
func (s *Server) Await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.Until(ctx, ok); err != nil {
		t.Fatalf("waited in vain for: %s", what)
	}
}

// Until waits until ok holds or ctx ends. It looks after every change of the
// server, and ten times a second for what changes elsewhere.
func (s *Server) Until(ctx context.Context, ok func() bool) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		s.mu.Lock()
		ch := s.changed
		s.mu.Unlock()
		if ok() {
			return nil
		}
		select {
		case <-ch:
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// touch tells waiters that something changed. The lock is held.
func (s *Server) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Server) problem(format string, a ...any) {
	if len(s.problems) < 100 {
		s.problems = append(s.problems, fmt.Sprintf(format, a...))
	}
}

// id makes a snowflake: milliseconds since Discord's epoch, then a counter.
func (s *Server) id() string {
	n := (s.now().UnixMilli() - epoch) << 22
	if n <= s.lastID {
		n = s.lastID + 1
	}
	s.lastID = n
	return strconv.FormatInt(n, 10)
}

func or[T comparable](v, d T) T {
	var zero T
	if v == zero {
		return d
	}
	return v
}
