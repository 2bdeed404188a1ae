package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	sdk "github.com/slack-go/slack"

	"hotline/bot/chat"
)

// Adapter is the connection to one workspace. It is safe for concurrent use.
type Adapter struct {
	cfg    Config
	api    *sdk.Client
	health *health
	people *people
	holds  *holds
	edits  *edits
	doubts *doubts
	order  *order
	seen   *signatures
	gaps   *gaps

	mu    sync.Mutex
	self  identity
	limit chan struct{} // holds a token for each interaction and answer under way
}

// identity is who the bot is in its workspace.
type identity struct {
	team, user, bot string
}

var (
	_ chat.HTTPAdapter = (*Adapter)(nil)
	_ chat.Fetcher     = (*Adapter)(nil)
)

// maxActs bounds the interactions that are worked on at once.
const maxActs = 256

// New makes the adapter; nothing is sent before [Adapter.Run].
func New(cfg Config) *Adapter {
	cfg = cfg.withDefaults()
	a := &Adapter{
		cfg: cfg, health: newHealth(cfg.Now), holds: newHolds(cfg.Now), edits: newEdits(cfg.Now), doubts: &doubts{},
		order: newOrder(), seen: newSignatures(cfg.Now), limit: make(chan struct{}, maxActs), gaps: newGaps(),
	}
	a.api = sdk.New(cfg.BotToken, sdk.OptionAPIURL(cfg.APIURL), sdk.OptionAppLevelToken(cfg.AppToken), sdk.OptionHTTPClient(cfg.HTTPClient))
	a.people = newPeople(a)
	return a
}

// Platform implements [chat.Adapter].
func (a *Adapter) Platform() chat.Platform { return Platform }

// Capabilities implements [chat.Adapter].
func (a *Adapter) Capabilities() chat.Capabilities {
	return chat.Capabilities{
		PrivateHere: true, FormNow: true, Threads: true, Rooms: true, Direct: true, NativeTime: true, MaxText: maxShown,
	}
}

// Health implements [chat.Adapter].
func (a *Adapter) Health() chat.Health { return a.health.get() }

// Run implements [chat.Adapter]. It returns an error when a token is refused or
// Socket Mode is switched off, because then a person must act.
func (a *Adapter) Run(ctx context.Context, in chat.Inbox) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a.health.onDeath(func(err error) { cancel(err) })
	if _, err := a.whoami(ctx, true); err != nil {
		return a.ended(ctx, err)
	}
	var wg sync.WaitGroup
	a.order.run(ctx, &wg)
	wg.Go(func() { a.backfillLoop(ctx, in) })
	switch a.cfg.Transport {
	case TransportHTTP:
		a.gaps.note(a.watched(ctx, in))
		a.health.up()
	default:
		for range a.cfg.Sockets {
			wg.Go(func() {
				if err := a.keepSocket(ctx, in); err != nil {
					cancel(err)
				}
			})
		}
	}
	<-ctx.Done()
	wg.Wait()
	a.settle()
	return a.ended(ctx, context.Cause(ctx))
}

// ended is what Run returns: nil when it was asked to stop.
func (a *Adapter) ended(ctx context.Context, err error) error {
	if word, ok := deadWord(err); ok {
		a.health.die(word)
		return fmt.Errorf("slack: %s", advice(word))
	}
	if fatal, ok := errors.AsType[*fatalError](err); ok {
		a.health.die(fatal.word)
		return fmt.Errorf("slack: %s", advice(fatal.word))
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// fatalError says that trying again is of no use; word names why.
type fatalError struct{ word string }

func (e *fatalError) Error() string { return e.word }

// whoami asks once who the bot is; again says to go on trying until ctx ends.
func (a *Adapter) whoami(ctx context.Context, again bool) (identity, error) {
	a.mu.Lock()
	id := a.self
	a.mu.Unlock()
	if id.user != "" {
		return id, nil
	}
	for try := 0; ; try++ {
		res, err := a.api.AuthTestContext(ctx)
		if err == nil {
			id = identity{team: res.TeamID, user: res.UserID, bot: res.BotID}
			a.mu.Lock()
			a.self = id
			a.mu.Unlock()
			return id, nil
		}
		if _, dead := deadWord(err); dead || !again {
			return identity{}, err
		}
		a.health.down("Slack does not answer: " + wordOf(err) + ". Check slack.api_url and the way out to the network.")
		if !pause(ctx, backoff(try, err)) {
			return identity{}, ctx.Err()
		}
	}
}

// me is who the bot is, as far as it is known.
func (a *Adapter) me() identity {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.self
}

// act works beside the reader of a transport; it reports false when too much is
// going on.
func (a *Adapter) act(f func()) bool {
	select {
	case a.limit <- struct{}{}:
	default:
		return false
	}
	go func() {
		defer func() { <-a.limit }()
		f()
	}()
	return true
}

// beside is act, or does it at once when too much is going on.
func (a *Adapter) beside(f func()) {
	if !a.act(f) {
		f()
	}
}

// settle waits until nothing is under way and lets nothing more begin.
func (a *Adapter) settle() {
	for range maxActs {
		a.limit <- struct{}{}
	}
}

// pause waits and reports false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// place is a conversation of the workspace.
func (a *Adapter) place(channel, thread string) chat.Place {
	return chat.Place{Platform: Platform, Tenant: a.me().team, Channel: channel, Thread: thread, Direct: isDirect(channel)}
}

// isDirect tells a direct conversation by its id, which begins with D.
func isDirect(channel string) bool { return len(channel) > 0 && channel[0] == 'D' }

// Mount implements [chat.HTTPAdapter].
func (a *Adapter) Mount(mux *http.ServeMux, in chat.Inbox) {
	mux.HandleFunc("POST "+a.cfg.Path+"/events", func(w http.ResponseWriter, r *http.Request) { a.serveEvents(w, r, in) })
	mux.HandleFunc("POST "+a.cfg.Path+"/commands", func(w http.ResponseWriter, r *http.Request) { a.serveActs(w, r, in) })
	mux.HandleFunc("POST "+a.cfg.Path+"/interactive", func(w http.ResponseWriter, r *http.Request) { a.serveActs(w, r, in) })
}
