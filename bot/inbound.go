package bot

import (
	"time"

	"hotline/bot/chat"
)

// InboundState is where an inbound event stands.
type InboundState string

// The states.
const (
	InboundNew    InboundState = "new"
	InboundDone   InboundState = "done"
	InboundFailed InboundState = "failed" // given up after several tries; kept for a person to see
)

// Inbound is a row of the ledger of what arrived.
type Inbound struct {
	ID       string // UUIDv7
	Event    chat.Event
	State    InboundState
	Attempts int
	At       time.Time
	Err      string
}
