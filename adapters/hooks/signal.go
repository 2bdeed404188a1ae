package hooks

import (
	"context"
	"time"
)

// Status is what an alarm says about itself.
type Status string

// The states of an alarm.
const (
	Firing   Status = "firing"
	Resolved Status = "resolved"
)

// Bounds on the fields of a signal, in bytes. Longer texts are cut, longer ids are
// refused, because a cut id could be another's.
const (
	MaxSummary = 500
	MaxDetails = 32 << 10
	MaxID      = 255
	MaxLinks   = 10
)

// Signal is one alarm of a machine, checked and within the bounds.
type Signal struct {
	// Service is the id of the service that the key belongs to.
	Service string
	// EventID names this very event: the same id again changes nothing. Empty when
	// the sender gave none; then only DedupKey counts. See Event.
	EventID string
	// DedupKey names the fault: while a case with it is open, further signals join
	// that case. Never empty. See Key.
	DedupKey string
	Status   Status
	// Summary is one line; Details may be longer.
	Summary, Details string
	// Severity is 1 to 4, or 0 when the sender did not say.
	Severity int
	// Source is what reports, such as "alertmanager".
	Source string
	// Customer, Site and Serial are as the sender wrote them; they may be unknown.
	Customer, Site, Serial string
	// Lang is "en", "zh" or empty.
	Lang  string
	Links []string
	// At is when it began, by the sender's clock; zero when not said.
	At time.Time
	// Drill marks a test.
	Drill bool
}

// Event is the event id with the service before it, so that services cannot take
// each other's; "" when there is none.
func (s *Signal) Event() string {
	if s.EventID == "" {
		return ""
	}
	return "hook:" + s.Service + ":" + s.EventID
}

// Key is the dedup key with the service before it, so that two services may use
// the same.
func (s *Signal) Key() string { return "hook:" + s.Service + ":" + s.DedupKey }

// Result is what became of a signal.
type Result struct {
	// Number is the case that was opened or joined; empty when there was nothing to
	// resolve.
	Number string
	// Created says that the signal opened the case.
	Created bool
	// Duplicate says that this event was stored before and nothing was done.
	Duplicate bool
}

// Desk takes signals. Signal returns after everything is stored, in one
// transaction with the event id; it is safe for concurrent use. An error of type
// [*Refused] is told to the sender; after any other the sender is asked to try
// again.
type Desk interface {
	Signal(ctx context.Context, s Signal) (Result, error)
}

// Refused is a signal that will never be taken as it is.
type Refused struct{ Say string }

// Error is what is told to the sender.
func (r *Refused) Error() string { return r.Say }

// Service is one service that has a key.
type Service struct {
	ID string
	// Key is the last part of its address.
	Key string
	// Secret, when set, must have signed every request.
	Secret string
}
