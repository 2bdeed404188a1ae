package bot

import (
	"time"

	"hotline/bot/chat"
)

// Command is something that a person or a timer asks of a case. The set is closed:
// only the types of this file implement it.
type Command interface{ command() }

// Open asks for a new case. Text is required; Title is derived from it when empty.
type Open struct {
	Class    Class    `json:"class,omitempty"`    // Fault when empty
	Severity Severity `json:"severity,omitempty"` // proposed from the text when zero
	Title    string   `json:"title,omitempty"`
	Text     string   `json:"text"`
	Lang     string   `json:"lang,omitempty"`
	Customer string   `json:"customer,omitempty"`
	Site     string   `json:"site,omitempty"`
	Asset    string   `json:"asset,omitempty"`
	Service  string   `json:"service,omitempty"`
	Contact  string   `json:"contact,omitempty"`
	Source   string   `json:"source,omitempty"`
	DedupKey string   `json:"dedup_key,omitempty"`
	Link     string   `json:"link,omitempty"`
	// Root is the message that the case grew from; its thread is the conversation.
	Root    chat.MessageRef `json:"root,omitzero"`
	Place   chat.Place      `json:"place,omitzero"` // where it was reported
	Files   []chat.File     `json:"files,omitempty"`
	Context []chat.Quoted   `json:"context,omitempty"`
	Number  string          `json:"number,omitempty"` // filled in by the desk
	// Contract is the customer's, and Promise its version, filled in by the desk.
	Contract string `json:"contract,omitempty"`
	Promise  string `json:"promise,omitempty"`
	Drill    bool   `json:"drill,omitempty"`
}

// The commands on an existing case. Fields that are not obvious are explained.
type (
	// Say adds a message of the conversation with the customer. Ref is where it
	// stands; Relay sends it to the customer where they last wrote.
	Say struct {
		Text  string
		Ref   chat.MessageRef
		Files []chat.File
		Relay bool
	}
	// Revise replaces what was said at Ref; Deleted takes it back.
	Revise struct {
		Ref     chat.MessageRef
		Text    string
		Deleted bool
	}
	// Note adds an internal note.
	Note struct{ Text string }
	// Acknowledge takes the case. Gen is the generation of the button pressed, 0
	// when typed.
	Acknowledge struct{ Gen int }
	// Unacknowledge gives it back: paging starts again.
	Unacknowledge struct{}
	// Assign makes a person the owner.
	Assign struct{ To string }
	// AddResponder pages one more person without changing the owner.
	AddResponder struct{ To string }
	// Escalate moves paging to the next step at once, or to a named target (a
	// person, schedule or team) whatever its tier. Gen guards against stale buttons.
	Escalate struct {
		To     string
		Reason string
		Gen    int
	}
	// SetSeverity overrides the severity; Reason is required.
	SetSeverity struct {
		Severity Severity
		Reason   string
	}
	// SetClass changes the class; Reason is required.
	SetClass struct {
		Class  Class
		Reason string
	}
	// Start says that work has begun.
	Start struct{}
	// Wait pauses for the customer or for others; Reason is required.
	Wait struct {
		On     State // WaitingCustomer or WaitingOthers
		Reason string
	}
	// Resume ends a wait.
	Resume struct{}
	// Respond records that the customer was answered: Mode is remote, phone, email,
	// arrival or other.
	Respond struct{ Mode, Text string }
	// Restore records that service is back by a workaround.
	Restore struct{ Text string }
	// Resolve records the fix. Solution is required.
	Resolve struct{ Cause, Solution string }
	// Confirm is the customer's yes (or a lead's on their behalf).
	Confirm struct{}
	// Reopen is the customer's no.
	Reopen struct{ Text string }
	// Close ends the case without waiting for the customer.
	Close struct{}
	// Cancel ends a case that was none; Reason is required.
	Cancel struct{ Reason string }
	// Merge makes this case a duplicate of another.
	Merge struct{ Into string }
	// Rate gives satisfaction 1–5, once per episode.
	Rate struct {
		Score   int
		Comment string
	}
	// Snooze silences paging and nags until the instant.
	Snooze struct{ Until time.Time }
	// Offer records what was suggested; from the knowledge base. With Ask the
	// customer is asked whether it is this before the solution is shown.
	// Advice, when there is one, stands above the hits.
	Offer struct {
		Hits   []Hit
		Ask    bool
		Advice *Advice
	}
	// Tried says what a suggestion did: one of the Tried outcomes.
	Tried struct{ Article, Outcome string }
	// Known links the case to a known problem; an empty Article takes the link back.
	// The customer is told the workaround, when there is one that they may read.
	Known struct{ Article, Title, Workaround string }
	// Fixed says that the known problem is fixed; Fix is what the customer may read.
	Fixed struct{ Article, Fix string }
	// Signal is the same alarm once more: firing or resolved.
	Signal struct{ Status, Text string }
	// OpenedRoom records the incident channel.
	OpenedRoom struct{ Place chat.Place }
	// Translated records what the language model made of the message of an event.
	Translated struct {
		Seq        int
		Lang, Text string
	}
	// Drafted keeps a text that the language model proposes to a person; nothing is
	// sent.
	Drafted struct{ For, Lang, Text string }
	// Tick is a timer that came due.
	Tick struct{ Timer Timer }
	// Delivery is what became of a notification.
	Delivery struct {
		Person, Platform, Page, Status, Detail string
	}
	// Release ends a hold (maintenance over): paging starts.
	Release struct{}
	// Renew lets the contract as it reads now count from now on.
	Renew struct{}
)

func (Open) command()          {}
func (Say) command()           {}
func (Revise) command()        {}
func (Note) command()          {}
func (Acknowledge) command()   {}
func (Unacknowledge) command() {}
func (Renew) command()         {}
func (Assign) command()        {}
func (AddResponder) command()  {}
func (Escalate) command()      {}
func (SetSeverity) command()   {}
func (SetClass) command()      {}
func (Start) command()         {}
func (Wait) command()          {}
func (Resume) command()        {}
func (Respond) command()       {}
func (Restore) command()       {}
func (Resolve) command()       {}
func (Confirm) command()       {}
func (Reopen) command()        {}
func (Close) command()         {}
func (Cancel) command()        {}
func (Merge) command()         {}
func (Rate) command()          {}
func (Snooze) command()        {}
func (Offer) command()         {}
func (Tried) command()         {}
func (Known) command()         {}
func (Fixed) command()         {}
func (Signal) command()        {}
func (OpenedRoom) command()    {}
func (Tick) command()          {}
func (Translated) command()    {}
func (Drafted) command()       {}
func (Delivery) command()      {}
func (Release) command()       {}
