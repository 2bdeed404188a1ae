package bot

import (
	"time"

	"hotline/bot/chat"
)

// LetterState is where a letter of the outbox stands.
type LetterState string

// The states. InFlight rows found at start are sent again, marked as a possible
// repeat.
const (
	Pending   LetterState = "pending"
	InFlight  LetterState = "in_flight"
	Delivered LetterState = "sent"
	Dropped   LetterState = "dropped" // overtaken: acknowledged, superseded, held
	Failed    LetterState = "failed"  // will never work
)

// Priority orders letters: lower goes first. Pages of high severity come before
// everything, tests and drills after everything.
type Priority int

// The priorities, from the storm rule of design section 5: a status update never
// takes the slot of a page.
const (
	PrioPageUrgent Priority = 10 // severity 1 and 2
	PrioPage       Priority = 20
	PrioPrivate    Priority = 30 // answers to what a person just asked
	PrioReceipt    Priority = 40
	PrioReply      Priority = 50
	PrioCard       Priority = 60
	PrioNotice     Priority = 70
	PrioTest       Priority = 90
)

// Letter is a row of the outbox: something to be said, written in the same
// transaction as what it tells. Templates are filled in when it is sent, from the
// case as it is then; Content is for what cannot be derived.
type Letter struct {
	ID   string // UUIDv7
	Case int64  // 0 when it belongs to none
	// Template names what is said; see render.go. "content" sends Content as it is.
	Template string
	Intent   chat.Intent
	Audience chat.Audience
	Priority Priority
	Lang     string

	// Exactly one of In, To and Reply-with-To says where. Method is set for pages
	// and notices to a person: the platform and address are in To.
	In    chat.Place
	To    chat.Principal
	Reply chat.ReplyHandle
	Edit  chat.MessageRef

	Person string // whom a page or notice is for
	Page   string // id of the page
	// Gen is the generation the page was made for; a letter whose Gen is not the
	// case's is dropped. 0 means that it never goes stale.
	Gen int
	// Key supersedes: a newer pending letter with the same Key replaces an older.
	Key string
	// Link stores the message that results under this role (see [Link]).
	Link LinkRole

	Content *chat.Content
	Room    *chat.Room
	Emoji   string
	Args    map[string]string

	NotBefore time.Time
	Made      time.Time
	State     LetterState
	Attempts  int
	Repeat    bool // may have been sent before
	Ref       chat.MessageRef
	Err       string // why it failed, without secrets
	Done      time.Time
}

// Dest is the lane the letter goes in: one destination of one platform.
func (l *Letter) Dest() string {
	if !l.To.IsZero() && l.Reply.Token == "" {
		return l.To.Key()
	}
	if !l.Edit.IsZero() {
		return l.Edit.ChannelKey()
	}
	if l.In.Channel != "" {
		return l.In.ChannelKey()
	}
	return l.To.Key()
}

// Platform is the adapter that sends the letter.
func (l *Letter) Platform() chat.Platform {
	switch {
	case l.In.Platform != "":
		return l.In.Platform
	case l.Edit.Platform != "":
		return l.Edit.Platform
	case l.To.Platform != "":
		return l.To.Platform
	default:
		return l.Reply.Platform
	}
}

// LinkRole says what a message or place is to a case.
type LinkRole string

// The roles.
const (
	LinkRoot    LinkRole = "root"    // the message the case grew from
	LinkThread  LinkRole = "thread"  // a place whose messages belong to the case
	LinkReceipt LinkRole = "receipt" // the customer's live card
	LinkCard    LinkRole = "card"    // the internal live card
	LinkInside  LinkRole = "inside"  // an internal thread of the case
	LinkMessage LinkRole = "message" // a message of the conversation
	LinkPage    LinkRole = "page"    // a page in a direct conversation
	LinkRoom    LinkRole = "room"    // the incident room
	LinkBundle  LinkRole = "bundle"  // a message that stands for several pages
	LinkAsk     LinkRole = "ask"     // a question with buttons; Person is its template
	LinkCopy    LinkRole = "copy"    // a customer's message as shown inside; Person is the number of its event
)

// Link ties a place or message to a case, by its key ([chat.MessageRef.Key] or
// [chat.Place.Key]).
type Link struct {
	Key      string
	Case     int64
	Role     LinkRole
	Ref      chat.MessageRef // ID empty when it is a place
	Audience chat.Audience
	Person   string // for pages
	At       time.Time
}
