package chat

import (
	"encoding/json"
	"time"
)

// Kind says what somebody did.
type Kind string

// The kinds of event.
const (
	KindMessage  Kind = "message"  // something was said
	KindEdit     Kind = "edit"     // Message was changed to Text
	KindDelete   Kind = "delete"   // Message was taken back
	KindReaction Kind = "reaction" // Emoji on Message; Removed when it was taken off
	KindCommand  Kind = "command"  // a slash command: Verb and Args
	KindButton   Kind = "button"   // Action was pressed on Message
	KindForm     Kind = "form"     // Form was submitted
	KindShortcut Kind = "shortcut" // a message action: Verb on Message, Text, Context
	KindHome     Kind = "home"     // somebody opened their own page of the bot
)

// Bounds on what an event may carry. Adapters cut at them and say so in
// Event.Cut; the core refuses what is larger.
const (
	MaxText    = 64 << 10  // bytes of Text
	MaxArgs    = 64 << 10  // bytes of Args
	MaxRaw     = 256 << 10 // bytes of Raw
	MaxFiles   = 20
	MaxFile    = 20 << 20 // bytes of one file
	MaxContext = 100      // messages taken along
)

// Event is one thing that a person did on a platform, decoded and verified by
// the adapter. It is plain data and survives JSON.
type Event struct {
	// Key identifies the delivery on its platform: the same act delivered again
	// has the same key. Required.
	Key  string    `json:"key"`
	Kind Kind      `json:"kind"`
	At   time.Time `json:"at"`
	From Principal `json:"from"`
	// Where is the place the act happened in. For a message Where.Thread is set
	// when it was said inside a thread.
	Where Place `json:"where"`
	// Message is the message itself (message), or the one the act is about (edit,
	// delete, reaction, button, shortcut). A message is also deduplicated by its
	// Key(), whatever the delivery key.
	Message MessageRef `json:"message,omitzero"`
	Text    string     `json:"text,omitempty"`
	Files   []File     `json:"files,omitempty"`
	// Mentioned says that the bot itself was addressed in Text; the adapter has
	// taken the mention out of Text.
	Mentioned bool `json:"mentioned,omitempty"`

	// Verb and Args belong to commands and shortcuts. Verb is the neutral name,
	// such as "report", without slash or prefix; Args is everything after it.
	Verb string `json:"verb,omitempty"`
	Args string `json:"args,omitempty"`

	Action Action `json:"action,omitzero"`
	Form   Filled `json:"form,omitzero"`

	Emoji   string `json:"emoji,omitempty"` // without colons, skin tone stripped
	Removed bool   `json:"removed,omitempty"`

	// Context is what was said around Message, oldest first, taken along when a
	// thread becomes a case.
	Context []Quoted `json:"context,omitempty"`

	// Reply is the right to answer privately or at once, when the act gave one.
	Reply ReplyHandle `json:"reply,omitzero"`
	// Backfill says that the event was read back after a gap, not pushed.
	Backfill bool `json:"backfill,omitempty"`
	// Cut says that something was longer than the bounds and was cut.
	Cut bool `json:"cut,omitempty"`
	// Raw is what the platform sent, for the record and for payloads that the
	// typed decode refused.
	Raw json.RawMessage `json:"raw,omitempty"`
	// Undecoded says that only the envelope could be read; Text may be empty.
	Undecoded bool `json:"undecoded,omitempty"`
}

// Quoted is an earlier message that is taken along.
type Quoted struct {
	From    Principal  `json:"from"`
	At      time.Time  `json:"at"`
	Text    string     `json:"text"`
	Message MessageRef `json:"message,omitzero"`
}

// File is an attachment. Inbound, URL or ID let the adapter fetch it; outbound,
// Data is sent.
type File struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name"`
	Type string `json:"type,omitempty"` // media type
	Size int64  `json:"size,omitempty"`
	URL  string `json:"url,omitempty"`
	Data []byte `json:"data,omitempty"`
}

// TicketPrefix begins the channel of what a customer does on the page of a case, to
// which a signed link leads: "ticket:F-10427". Such an event names the case in
// Action.Case. Only adapters that checked the link make such places.
const TicketPrefix = "ticket:"

// Action is what a button means. It fits in 100 bytes when encoded, because
// Discord allows no more.
type Action struct {
	// Verb is the command the button stands for, such as "ack".
	Verb string `json:"verb"`
	// Case is the number of the case, empty when there is none.
	Case string `json:"case,omitempty"`
	// Arg is one short argument of the verb: a page id, an article id, a rating.
	Arg string `json:"arg,omitempty"`
	// Gen is the generation of the case the button was shown for.
	Gen int `json:"gen,omitempty"`
}

// Filled is a submitted form.
type Filled struct {
	// ID is the Form.ID it answers.
	ID string `json:"id"`
	// Values holds what was entered, by Field.Name.
	Values map[string]string `json:"values,omitempty"`
}
