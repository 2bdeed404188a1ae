package discord

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/bot/chat"
)

// Platform is the adapter's name in stored data.
const Platform chat.Platform = "discord"

// DefaultAPI is Discord's own address, without a version.
const DefaultAPI = "https://discord.com/api"

// Options are what the adapter needs to know.
type Options struct {
	// Token of the bot, without "Bot " before it. Required.
	Token string
	// APIURL is the base of the REST interface, without a version; empty means
	// [DefaultAPI]. The gateway's address comes from there too.
	APIURL string
	// Application is the application's id; empty means that Discord is asked.
	Application string
	// PublicKey (hex) checks interactions that come by HTTP; empty means none do.
	PublicKey string
	// HTTP serves interactions at [InteractionsPath] when PublicKey is set. The
	// gateway stays connected for messages.
	HTTP bool
	// Guild limits commands to one server and is where incident rooms are made;
	// empty means commands everywhere, and rooms in the one server the bot is in.
	Guild string
	// MessageContent asks for the privileged intent to read what others write.
	MessageContent bool
	// ForumTags gives the tag (id or name) of a forum post by label of its card,
	// such as a state of the case. Labels without an entry use a tag of their name.
	ForumTags map[string]string
	// Emoji make a message a case in channels of that mode, written or by a name
	// such as "ticket": the message and its thread are fetched when somebody puts
	// one on.
	Emoji []string
	// Verbs is the table of commands that are registered.
	Verbs []chat.Verb
	// Log gets what happens; nil means slog.Default.
	Log *slog.Logger
	// Transport makes the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
}

// Adapter is the connection to Discord. It is safe for concurrent use.
type Adapter struct {
	opt    Options
	log    *slog.Logger
	http   *http.Client
	sdk    *discordgo.Session
	rest   *rest
	health *health
	places *places
	edits  *edits
	tokens *tokens
	forms  *forms
	seen   *recent[string, chat.Principal] // authors of messages, for deletions
	flips  *recent[string, flip]
	asIs   *recent[string, time.Time] // message → the edit it was stored with
	lost   *recent[string, string]    // channel or thread → id to read on from
	tempo  tempo

	mu      sync.Mutex
	me      string // the bot's user id, once known
	app     string
	guilds  map[string]bool
	missing bool // the content intent is not there
}

// tempo is how long the gateway waits; tests make it short.
type tempo struct {
	first, most time.Duration // before a new connection: the first wait, the longest
	invalid     time.Duration // before identifying after opcode 9, 1 to 5 s says Discord
	deferAfter  time.Duration // after which a slow store is not waited for any longer
	maxWait     time.Duration // the longest wait for a rate limit inside a send
	again       time.Duration // before a read-back that was asked for
	silence     time.Duration // after which "thinking…" is ended when no answer came
	retry       time.Duration // between offers to a store that does not take a message
}

var usual = tempo{
	first: time.Second, most: time.Minute, invalid: 2 * time.Second,
	deferAfter: 1200 * time.Millisecond, maxWait: 2 * time.Second, again: 15 * time.Second, retry: time.Second,
	silence: 45 * time.Second,
}

var (
	_ chat.Adapter     = (*Adapter)(nil)
	_ chat.HTTPAdapter = (*Adapter)(nil)
	_ chat.Fetcher     = (*Adapter)(nil)
)

// New makes an adapter. It asks nothing of Discord yet.
func New(o Options) (*Adapter, error) {
	o.Token = strings.TrimSpace(strings.TrimPrefix(o.Token, "Bot "))
	if o.Token == "" {
		return nil, errors.New("discord: no token: copy the bot's token from the developer portal")
	}
	o.APIURL = strings.TrimRight(cmp.Or(o.APIURL, DefaultAPI), "/")
	o.APIURL = strings.TrimSuffix(o.APIURL, "/v10")
	o.Log = cmp.Or(o.Log, slog.Default())
	lim, err := newLimiter(o.APIURL, o.Transport)
	if err != nil {
		return nil, err
	}
	a := &Adapter{
		opt: o, log: o.Log.With("adapter", string(Platform)), tempo: usual, app: o.Application,
		http: &http.Client{Transport: lim, Timeout: requestWithin}, guilds: map[string]bool{},
		health: newHealth(), edits: newEdits(), tokens: newTokens(), forms: newForms(),
		seen: newRecent[string, chat.Principal](5000), flips: newRecent[string, flip](5000),
		lost: newRecent[string, string](maxPlaces), asIs: newRecent[string, time.Time](5000),
	}
	lim.onDead = func() { a.health.fail(wordsToken) }
	a.sdk, err = discordgo.New("Bot " + o.Token)
	if err != nil {
		return nil, err
	}
	a.sdk.Client, a.sdk.UserAgent = a.http, userAgent
	a.sdk.ShouldRetryOnRateLimit, a.sdk.MaxRestRetries = false, 0
	a.rest = &rest{base: o.APIURL + "/v10", token: o.Token, client: a.http, maxWait: func() time.Duration { return a.tempo.maxWait }}
	a.places = newPlaces(a.lookUp)
	return a, nil
}

// Platform is "discord".
func (a *Adapter) Platform() chat.Platform { return Platform }

// Capabilities says what Discord can do.
func (a *Adapter) Capabilities() chat.Capabilities {
	return chat.Capabilities{
		PrivateHere: true, FormNow: true, Autocomplete: true, ThreadCommands: true, Threads: true,
		Rooms: true, Direct: true, NativeTime: true, MaxText: maxContent,
	}
}

// Health is the present state.
func (a *Adapter) Health() chat.Health { return a.health.now() }

var snowflake = regexp.MustCompile(`^[1-9][0-9]{0,19}$`)

// identity asks who the bot is, once.
func (a *Adapter) identity(ctx context.Context) (me, app string, err error) {
	a.mu.Lock()
	me, app = a.me, a.app
	a.mu.Unlock()
	if me != "" && app != "" {
		return me, app, nil
	}
	u, err := a.sdk.User("@me", discordgo.WithContext(ctx))
	if err != nil {
		return "", "", asAPI(err)
	}
	a.setSelf(u.ID, "")
	if app == "" {
		info, err := a.application(ctx)
		if err != nil {
			return "", "", err
		}
		app = info.ID
		a.setSelf("", app)
	}
	return u.ID, app, nil
}

func (a *Adapter) setSelf(me, app string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.me, a.app = cmp.Or(me, a.me), cmp.Or(app, a.app)
}

func (a *Adapter) self() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.me
}

// guild is the server that rooms are made in; empty when it cannot be told.
func (a *Adapter) guild() string {
	if a.opt.Guild != "" {
		return a.opt.Guild
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.guilds) == 1 {
		for id := range a.guilds {
			return id
		}
	}
	return ""
}

// appInfo is what Discord says about the application.
type appInfo struct {
	ID    string `json:"id"`
	Flags int    `json:"flags"`
	Key   string `json:"verify_key"`
}

// hasContent reports whether the message content intent is granted, fully or for
// small bots.
func (i appInfo) hasContent() bool { return i.Flags&(1<<18|1<<19) != 0 }

func (a *Adapter) application(ctx context.Context) (appInfo, error) {
	var info appInfo
	err := a.rest.call(ctx, request{method: "GET", path: "/applications/@me"}, &info)
	return info, err
}
