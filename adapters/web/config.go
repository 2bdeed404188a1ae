package web

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"hotline/bot/chat"
)

// Platform is the name of the web workspace in stored data.
const Platform chat.Platform = "web"

// Config is what the workspace is made of. Board, Channels and Users are
// required, and Secret unless Demo is set.
type Config struct {
	Board chat.Board
	// Channels is asked on every request and Users once a second, so that a reload
	// of the configuration takes effect at once. They must be cheap and safe for
	// concurrent use.
	Channels func() []Channel
	Users    func() []User
	// Demo shows the people switcher and asks for no login. Never set it where
	// strangers can reach the address.
	Demo bool
	// Verbs are offered in the composer and in message menus.
	Verbs []chat.Verb
	// BaseURL is where people reach the workspace, such as "https://help.example",
	// without a trailing slash. https makes the session cookie Secure.
	BaseURL string
	// Name is the house's name, shown above the channels. Bot is the name that the
	// bot speaks and is mentioned by. Both are "Hotline" when empty.
	Name, Bot string
	// Secret signs sessions, login links and ticket links: at least 32 bytes, kept
	// across restarts. In demo a random one is made when it is empty.
	Secret []byte
	// Once remembers used login links; memory is used when nil, which forgets
	// them at a restart.
	Once Once
	// Files keeps attachments. Without it nothing can be attached.
	Files Files
	// The pages below exist when their source is given.
	Tickets  Tickets
	Queue    Queue
	OnCall   OnCall
	Fairness Fairness
	Articles Articles
	Trust    Trust
	Health   Health
	// Read is told of the bot's messages that a person has read in the conversation
	// with it; may be nil.
	Read func(ctx context.Context, refs []chat.MessageRef) error
	// Now is the clock, time.Now when nil.
	Now func() time.Time
	// Rate and Burst bound what one person may do, in acts a second; 10 and 60
	// when zero.
	Rate  float64
	Burst int
	// Log gets what people cannot act on; slog.Default when nil.
	Log *slog.Logger
}

// Channel is a place in the workspace.
type Channel struct {
	ID, Name string
	// Topic is a line about it, may be empty.
	Topic string
	// Audience is who reads there; internal text is never posted to a channel of
	// customers. The zero audience counts as internal.
	Audience chat.Audience
	// Members says who may read and write; everybody when nil.
	Members func(user string) bool
}

// User is somebody who may use the workspace.
type User struct {
	ID, Name string
	Lang     string // "en" or "zh"; the browser's choice when empty
	// Role is "customer", "responder", "lead" or "admin"; anything but customer and
	// empty counts as one of the people of the hotline.
	Role string
	// Label is a line below the name, such as the customer's name.
	Label string
	// Avatar is at most two letters; taken from the name when empty.
	Avatar string
	// TokenHash is the SHA-256 of the person's access token in hex; empty for none.
	TokenHash string
}

// Staff reports whether u is one of the people of the hotline.
func (u User) Staff() bool { return u.Role != "" && u.Role != "customer" }

// peopleLife is how long an answer of Config.Users is used: a page asks for a name
// at every post.
const peopleLife = time.Second

// people is the last answer of Config.Users.
type people struct {
	mu   sync.Mutex
	list []User
	at   time.Time
}

func (a *Adapter) users() []User {
	a.people.mu.Lock()
	defer a.people.mu.Unlock()
	if now := time.Now(); a.people.at.IsZero() || now.Sub(a.people.at) >= peopleLife {
		a.people.list, a.people.at = a.cfg.Users(), now
	}
	return a.people.list
}

// Once remembers that something was used.
type Once interface {
	// Use reports true the first time it is called with key. It may forget the
	// key after until.
	Use(ctx context.Context, key string, until time.Time) (first bool, err error)
}

// Files keeps attachments of at most [chat.MaxFile] bytes each.
type Files interface {
	// Put stores f.Data with its name and type and returns an id that cannot be
	// guessed.
	Put(ctx context.Context, f chat.File) (id string, err error)
	// Get returns the file with its data.
	Get(ctx context.Context, id string) (chat.File, error)
}
