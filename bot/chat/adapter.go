package chat

import (
	"context"
	"net/http"
	"time"
)

// Adapter connects one platform. Implementations wrap their SDK completely.
type Adapter interface {
	// Platform is the name used in stored data.
	Platform() Platform
	// Capabilities says what the platform can do; asked before rendering.
	Capabilities() Capabilities
	// Run receives until ctx ends or the platform refuses for good. It reconnects
	// by itself; an error means that a person must act. Run is called once.
	Run(ctx context.Context, in Inbox) error
	// Send says one thing. It blocks until the platform has answered, honours ctx,
	// and is safe for concurrent use.
	Send(ctx context.Context, out Outgoing) (MessageRef, SendResult)
	// Health is the present state, cheap to ask.
	Health() Health
}

// HTTPAdapter is an adapter that also serves requests; main mounts Handler at
// Pattern's path.
type HTTPAdapter interface {
	Adapter
	// Mount registers the adapter's routes. in is used for what arrives there.
	Mount(mux *http.ServeMux, in Inbox)
}

// Capabilities is what a platform can do. The core asks before it renders.
type Capabilities struct {
	// PrivateHere: one person can be answered in a channel unseen by others.
	PrivateHere bool
	// FormNow: a form can be opened in answer to a command or button.
	FormNow bool
	// Autocomplete: arguments are completed while typing.
	Autocomplete bool
	// ThreadCommands: slash commands work inside threads.
	ThreadCommands bool
	// Threads: a conversation can have a thread.
	Threads bool
	// Rooms: the bot can make channels.
	Rooms bool
	// Direct: the bot can write to a person directly.
	Direct bool
	// NativeTime: moments are shown in the reader's zone.
	NativeTime bool
	// MaxText is the longest text of one message in characters; more becomes a
	// file or a further message, by the adapter.
	MaxText int
}

// State is how an adapter is doing.
type State string

// The states.
const (
	StateStarting State = "starting"
	StateUp       State = "up"
	StateDegraded State = "degraded" // works, with something missing
	StateDown     State = "down"     // trying again
	StateFailed   State = "failed"   // stopped: a person must act
)

// Health is an adapter's state with what to do about it.
type Health struct {
	State State     `json:"state"`
	Since time.Time `json:"since,omitzero"`
	// Problems say what is wrong and what to do, one sentence each, no secrets.
	Problems []string `json:"problems,omitempty"`
}

// Inbox takes what adapters receive. It is safe for concurrent use.
type Inbox interface {
	// Receive stores the event, once per key, and answers. It returns within two
	// seconds whatever the store does; an error means that nothing was stored.
	Receive(ctx context.Context, ev Event) (Answer, error)
	// Suggest completes an argument from memory, at most 25 choices, within
	// milliseconds.
	Suggest(ctx context.Context, q Suggest) []Choice
	// Watch lists where to read back from after a gap: the mapped channels and
	// the threads of cases that are not closed, with the id of the last message
	// stored from there (empty when none).
	Watch(ctx context.Context, p Platform) ([]Watched, error)
}

// Answer is what is said at once, before the work is done.
type Answer struct {
	// Duplicate says that the event had been stored before; nothing happens again.
	Duplicate bool
	// Form is to be opened now, as the answer of the interaction.
	Form *Form
	// Errors are shown beside the fields of the submitted form, by Input.Name; the
	// form stays open and nothing was stored.
	Errors map[string]string
	// Say is for that person only. Empty means that nothing need be said now: an
	// answer follows through Send.
	Say string
	// Follows says that an answer through the reply handle will follow, so that a
	// platform can show that work goes on.
	Follows bool
}

// Suggest asks for values of an argument.
type Suggest struct {
	From Principal
	// Where the person is typing.
	Where Place
	Verb  string
	// Arg is the name of the argument in the commands table.
	Arg string
	// Prefix is what was typed so far.
	Prefix string
}

// Watched is a place to read back from.
type Watched struct {
	Place Place
	// Last is the id of the newest message stored from there.
	Last string
	// Since bounds the read-back when Last is empty.
	Since time.Time
}

// Verb describes a command to adapters that register commands or draw menus.
// Main hands the table over; adapters know no verb by name.
type Verb struct {
	Name string
	// Names by language, such as "zh"; a platform that localises command names
	// shows them. May be empty.
	Names map[string]string
	// Help in each language, at most 100 characters, keyed "en" and "zh".
	Help map[string]string
	Args []VerbArg
	// Shortcut says that the verb is offered as an action on a message, with its
	// title by language.
	Shortcut map[string]string
	// Slash says that the verb is registered as a slash command of its own where
	// the platform registers single commands.
	Slash bool
}

// VerbArg is one argument of a verb.
type VerbArg struct {
	Name     string
	Help     map[string]string
	Required bool
	// Rest takes everything that is left of the line.
	Rest bool
	// Complete says that values can be suggested.
	Complete bool
	// Choices are the only values, when there are few.
	Choices []Choice
}

// Fetcher is an adapter that can fetch the data of an inbound file.
type Fetcher interface {
	// Fetch returns at most [MaxFile] bytes.
	Fetch(ctx context.Context, f File) ([]byte, error)
}
