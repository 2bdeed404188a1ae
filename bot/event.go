package bot

import (
	"time"

	"hotline/bot/chat"
)

// EventType names what happened to a case.
type EventType string

// The types of case event. The comment names the fields that are set besides
// Actor, At and Audience.
const (
	EvOpened       EventType = "opened"        // Open
	EvSaid         EventType = "said"          // Text, Ref, Files; Mode when it is a response
	EvRevised      EventType = "revised"       // Text (new), From (old), Ref
	EvWithdrawn    EventType = "withdrawn"     // Ref: the author deleted it
	EvNoted        EventType = "noted"         // Text; always Internal
	EvPagingBegan  EventType = "paging_began"  // Paging (frozen policy), Reason
	EvStepFired    EventType = "step_fired"    // Step, Round, Reason (also for empty steps)
	EvPaged        EventType = "paged"         // Person, Page, Step, Reason
	EvPagingEnded  EventType = "paging_ended"  // Reason
	EvAcked        EventType = "acked"         // Person
	EvUnacked      EventType = "unacked"       // Reason
	EvAssigned     EventType = "assigned"      // From, To
	EvHelperAdded  EventType = "helper_added"  // To
	EvEscalated    EventType = "escalated"     // Reason, Text; To when a target was named
	EvSeverity     EventType = "severity"      // From, To as digits; Text is the reason
	EvStarted      EventType = "started"       // work began
	EvWaiting      EventType = "waiting"       // To: state; Text: reason
	EvResumed      EventType = "resumed"       //
	EvResponded    EventType = "responded"     // Mode, Text
	EvRestored     EventType = "restored"      // Text
	EvResolved     EventType = "resolved"      // Cause, Text (solution); To = article when self-service
	EvConfirmed    EventType = "confirmed"     //
	EvReopened     EventType = "reopened"      // Text
	EvClosed       EventType = "closed"        // Reason
	EvCancelled    EventType = "cancelled"     // Text
	EvMerged       EventType = "merged"        // To: number of the other case
	EvRatingAsked  EventType = "rating_asked"  //
	EvRated        EventType = "rated"         // Score, Text
	EvSnoozed      EventType = "snoozed"       // Until
	EvSnoozeEnded  EventType = "snooze_ended"  //
	EvSuggested    EventType = "suggested"     // Hits; Mode is ModeAsk when it is a question
	EvTried        EventType = "tried"         // To: article; Mode: one of the Tried outcomes
	EvKnown        EventType = "known"         // To: article, Title, Text: workaround; To is empty when the link is taken back
	EvKnownFixed   EventType = "known_fixed"   // To: article, Text: the fix
	EvSignalled    EventType = "signalled"     // Mode: firing | resolved; Text; Count
	EvRoomOpened   EventType = "room_opened"   // Place
	EvHeld         EventType = "held"          // Text: why pages are held
	EvReleased     EventType = "released"      //
	EvClockWarned  EventType = "clock_warned"  // Mode: clock; Text
	EvNotification EventType = "notification"  // Person, Mode: platform; Page; To: sent|failed|delivered|read; Text
	EvTranslated   EventType = "translated"    // From: number of the event; To: language; Text
	EvDrafted      EventType = "drafted"       // Person: for whom; To: language; Text: what they may send
	EvMoved        EventType = "class_changed" // From, To: class; Text: reason
	EvPromise      EventType = "promise"       // From, To: version of the contract that was edited
)

// ModeAsk marks a suggestion that begins with a question.
const ModeAsk = "ask"

// What became of a suggestion.
const (
	TriedSolved = "solved" // it helped
	TriedNot    = "not"    // it did not help
	TriedOther  = "other"  // it is about something else
	TriedSame   = "same"   // it is about this; whether it helps is not known yet
)

// CaseEvent is one thing that happened. Events are only ever appended; replaying
// them with [Case.Apply] gives the stored case.
type CaseEvent struct {
	Case int64     `json:"-"`
	Seq  int       `json:"-"`
	At   time.Time `json:"-"`
	Type EventType `json:"-"`
	// Actor is who did it; the zero actor is Hotline itself.
	Actor Actor `json:"actor,omitzero"`
	// Audience is who may read it.
	Audience chat.Audience `json:"audience"`

	Title  string          `json:"title,omitempty"`
	Text   string          `json:"text,omitempty"`
	From   string          `json:"from,omitempty"`
	To     string          `json:"to,omitempty"`
	Mode   string          `json:"mode,omitempty"`
	Person string          `json:"person,omitempty"`
	Page   string          `json:"page,omitempty"`
	Step   int             `json:"step,omitempty"`
	Round  int             `json:"round,omitempty"`
	Cause  string          `json:"cause,omitempty"`
	Score  int             `json:"score,omitempty"`
	Count  int             `json:"count,omitempty"`
	Until  time.Time       `json:"until,omitzero"`
	Reason Reason          `json:"reason,omitzero"`
	Ref    chat.MessageRef `json:"ref,omitzero"`
	Place  chat.Place      `json:"place,omitzero"`
	Files  []chat.File     `json:"files,omitempty"` // without Data; ID names the stored file
	Hits   []Hit           `json:"hits,omitempty"`
	Advice *Advice         `json:"advice,omitempty"`
	Open   *Open           `json:"open,omitempty"`
	Paging *Paging         `json:"paging,omitempty"`
}

// Actor is who does something, resolved against the organisation. The zero Actor
// is Hotline itself.
type Actor struct {
	// ID is the person's id in the organisation, or the principal key of somebody
	// who is only known by an account.
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Role Role   `json:"role,omitempty"`
	// Customer is the organisation that a customer's person belongs to.
	Customer string `json:"customer,omitempty"`
	Lang     string `json:"lang,omitempty"`
	// Via is the account used.
	Via chat.Principal `json:"via,omitzero"`
}

// System reports whether Hotline itself acts.
func (a Actor) System() bool { return a.ID == "" }

// Role is what a person may do. Each role may do what the ones before it may,
// within its own customer for customers.
type Role string

// The roles.
const (
	RoleNone      Role = ""
	RoleCustomer  Role = "customer"
	RoleResponder Role = "responder"
	RoleLead      Role = "lead"
	RoleAdmin     Role = "admin"
)

// AtLeast reports whether r includes min.
func (r Role) AtLeast(min Role) bool { return r.rank() >= min.rank() }

// Staff reports whether r belongs to the people of the hotline.
func (r Role) Staff() bool { return r.AtLeast(RoleResponder) }

func (r Role) rank() int {
	switch r {
	case RoleCustomer:
		return 1
	case RoleResponder:
		return 2
	case RoleLead:
		return 3
	case RoleAdmin:
		return 4
	default:
		return 0
	}
}
