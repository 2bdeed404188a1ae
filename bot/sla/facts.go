package sla

import (
	"fmt"
	"slices"
	"time"
)

// FactType names a kind of fact about a case.
type FactType string

// The facts. The comment says which fields of a Fact are read.
const (
	Opened          FactType = "opened"           // Severity, Policy
	SeverityChanged FactType = "severity_changed" // Severity
	CustomerChanged FactType = "customer_changed" // Policy: the new customer's
	PolicyChanged   FactType = "policy_changed"   // Policy
	WaitingFor      FactType = "waiting"          // Waiting
	Resumed         FactType = "resumed"          // the wait is over
	Responded       FactType = "responded"        // Evidence: a person answered the customer
	Updated         FactType = "updated"          // a person told the customer how it stands
	Restored        FactType = "restored"         // service is back, by a workaround
	Resolved        FactType = "resolved"         // the fault is fixed
	Reopened        FactType = "reopened"         // not fixed after all: the next episode begins
	Closed          FactType = "closed"           // final
)

// Evidence says how the customer was answered.
type Evidence string

// How a customer may be answered. Arrived also stops the arrival clock.
const (
	Remote  Evidence = "remote"
	Phone   Evidence = "phone"
	Mail    Evidence = "email"
	Arrived Evidence = "arrival"
	Other   Evidence = "other"
)

// Fact is something that happened to a case. Which fields are read depends on
// Type.
type Fact struct {
	At       time.Time `json:"at"`
	Type     FactType  `json:"type"`
	Severity int       `json:"severity,omitempty"`
	Policy   PolicyRef `json:"policy,omitzero"`
	Waiting  Waiting   `json:"waiting,omitempty"`
	Evidence Evidence  `json:"evidence,omitempty"`
}

// ValidateFacts returns the first thing that keeps a log of facts from being
// understood, or nil: facts that Clocks would have to ignore, and policies that
// are not given.
func ValidateFacts(facts []Fact, policies []Policy) error {
	sorted := inOrder(facts)
	for i, f := range sorted {
		fail := func(format string, args ...any) error {
			return fmt.Errorf("fact %s at %s: %w", f.Type, f.At.UTC().Format(time.RFC3339), fmt.Errorf(format, args...))
		}
		if (f.Type == Opened) != (i == 0) {
			return fail("a case is opened once, before anything else")
		}
		switch f.Type {
		case Opened, CustomerChanged, PolicyChanged:
			if find(policies, f.Policy) == nil {
				return fail("policy %s is not known", f.Policy)
			}
		case WaitingFor:
			if f.Waiting != Customer && f.Waiting != Others {
				return fail("waiting for %q: use customer or others", f.Waiting)
			}
		case SeverityChanged, Resumed, Responded, Updated, Restored, Resolved, Reopened, Closed:
		default:
			return fail("there is no such fact")
		}
		if (f.Type == Opened || f.Type == SeverityChanged) && (f.Severity < 1 || f.Severity > 4) {
			return fail("severity %d: use 1 to 4", f.Severity)
		}
	}
	return nil
}

// inOrder returns the facts by time; facts of the same instant keep their order.
func inOrder(facts []Fact) []Fact {
	byTime := func(a, b Fact) int { return a.At.Compare(b.At) }
	if slices.IsSortedFunc(facts, byTime) {
		return facts
	}
	sorted := slices.Clone(facts)
	slices.SortStableFunc(sorted, byTime)
	return sorted
}

// find returns the version of a policy, or nil.
func find(policies []Policy, ref PolicyRef) *Policy {
	for i := range policies {
		if policies[i].Ref() == ref {
			return &policies[i]
		}
	}
	return nil
}

// stops reports whether the fact stops a clock of a kind. A stopped update clock
// is followed by the next cycle unless the fact ends the episode.
func (f *Fact) stops(kind Kind) bool {
	switch f.Type {
	case Closed, Resolved:
		return true
	case Restored:
		return kind != Resolve
	case Responded:
		return kind == Respond || kind == Update || (kind == Arrival && f.Evidence == Arrived)
	case Updated:
		return kind == Update
	}
	return false
}

// ends reports whether the fact ends an episode.
func (f *Fact) ends() bool { return f.Type == Resolved || f.Type == Closed }
