package bot

import (
	"context"
	"time"

	"hotline/bot/chat"
)

// Handler understands what people say; package commands is the one there is. The
// engine calls it for each stored event.
type Handler interface {
	// Preflight answers from memory, before anything is stored: a form to open,
	// errors beside the fields of a submitted form, a word about an unknown verb.
	// stop says that this is all and the event need not be stored.
	Preflight(in Incoming) (answer chat.Answer, stop bool)
	// Handle parses, authorises and reads, then returns what is to be done in one
	// transaction, which the engine runs together with marking the event as done;
	// nil means that there is nothing to do. A UserError from either is told to the
	// person privately, and nothing of the transaction stays.
	Handle(ctx context.Context, in Incoming) (func(tx Tx) error, error)
	// Suggest completes an argument from memory.
	Suggest(in World, actor Actor, q chat.Suggest) []chat.Choice
}

// Incoming is an event with what is known about it.
type Incoming struct {
	World
	Event chat.Event
	Actor Actor
	// Channel is the mapped channel it came from; ok is false for others.
	Channel   Channel
	ChannelOK bool
	// View reads; nil in Preflight.
	View func(ctx context.Context, f func(r Reader) error) error
}

// Lang is the language to answer in: the person's, the channel's, the text's, or
// the house's.
func (in Incoming) Lang() string {
	switch {
	case in.Actor.Lang != "":
		return in.Actor.Lang
	case in.ChannelOK && in.Channel.Lang != "":
		return in.Channel.Lang
	case in.Event.From.Lang != "":
		return in.Event.From.Lang
	default:
		return in.Org.Lang
	}
}

// World is everything a decision may depend on besides the case: plain values,
// so that deciding stays pure.
type World struct {
	Now    time.Time
	Org    *Organisation
	Roster *Roster
}

// Outcome is what a desk operation did.
type Outcome struct {
	Case   Case
	Events []CaseEvent
	// Joined says that Open found an open case with the same dedup key.
	Joined bool
}

// Lookup asks the knowledge base.
type Lookup struct {
	Text     string
	Lang     string
	Customer string // whose articles besides everybody's
	Internal bool   // whether internal articles may be shown
	Limit    int
	Exclude  string // case number not to find
	// Kind finds articles of one kind only; cases are found when it is empty.
	Kind ArticleKind
}

// Band says how sure the knowledge base is.
type Band string

// The bands: show it, ask one question first, or say that nothing was found.
const (
	BandSuggest Band = "suggest"
	BandAsk     Band = "ask"
	BandNothing Band = "nothing"
)

// Found is the answer to a Lookup.
type Found struct {
	Hits []Hit
	Band Band
	// Partial says that not everything could be looked through yet.
	Partial bool
}

// Searcher finds fixes. It is safe for concurrent use.
type Searcher interface {
	Search(ctx context.Context, q Lookup) (Found, error)
}

// Shelf is a knowledge base that is also worked on. What it names is for the people
// of the hotline only.
type Shelf interface {
	Searcher
	// Twins are the ids of published articles that tell the same as a, best first.
	Twins(r Reader, a *Article) ([]string, error)
	// Phrasings are the wordings that a was confirmed or heard by, the oldest first.
	Phrasings(r Reader, a *Article) ([]Phrasing, error)
	// Remember makes the words of a case find the article from now on, in the name of
	// a responder. It returns the wording, "" when there was nothing new in it.
	Remember(tx Tx, actor Actor, article string, c *Case) (string, error)
	// Forget takes the n-th phrasing, from 1, of an article back for good and returns
	// it. An n that is not there is ErrNotFound.
	Forget(tx Tx, actor Actor, article string, n int) (string, error)
}

// Phrasing is a wording that led to an article.
type Phrasing struct {
	Text      string
	Customers int    // how many organisations said it
	By        string // the person who confirmed it, "" when customers did
	Active    bool   // it is searched
	Refused   bool   // it was taken back
	Added     time.Time
}
