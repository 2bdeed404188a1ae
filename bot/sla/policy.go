package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind is what a clock measures.
type Kind string

// The kinds of clock. The package comment says what stops each.
const (
	Respond Kind = "respond"
	Update  Kind = "update"
	Arrival Kind = "arrival"
	Restore Kind = "restore"
	Resolve Kind = "resolve"
)

// Kinds lists the kinds in the order in which clocks are reported.
func Kinds() []Kind { return []Kind{Respond, Update, Arrival, Restore, Resolve} }

// Waiting is whom a case waits for.
type Waiting string

// Whom a case may wait for. The empty Waiting is nobody.
const (
	Customer Waiting = "customer"
	Others   Waiting = "others" // a supplier, parts, a maintenance window
)

// Target is one promised time.
type Target struct {
	Severity int // 1 to 4
	Kind     Kind
	Within   time.Duration // from 15 seconds to ten years
	// Calendar is when it counts; nil means around the clock.
	Calendar *Calendar
	// Pauses, if not nil, replaces the policy's for this target.
	Pauses []Waiting
}

// PolicyRef names one version of a policy.
type PolicyRef struct {
	ID      string `json:"id"`
	Version string `json:"version,omitempty"`
}

// String returns the ID, with "@" and the version if there is one.
func (r PolicyRef) String() string {
	if r.Version == "" {
		return r.ID
	}
	return r.ID + "@" + r.Version
}

// Policy is one version of what was promised. A version in use by a case does
// not change; an edited policy gets a new version.
type Policy struct {
	ID, Version string
	Name        string
	// Targets holds at most one target per severity and kind; what has none is
	// not promised.
	Targets []Target
	// Pauses says which waits pause the clocks. Nil means waiting for the
	// customer only; empty and not nil means none.
	Pauses []Waiting
	// Warn are the percentages of a target at which to warn, ascending. Nil
	// means 50, 75 and 90.
	Warn []int
}

// Ref returns the reference to this version.
func (p *Policy) Ref() PolicyRef { return PolicyRef{p.ID, p.Version} }

// The shortest and the longest target. Fifteen seconds is also the least that
// Zendesk's policies take.
const (
	minTarget = 15 * time.Second
	maxTarget = 10 * 366 * 24 * time.Hour
)

// Validate returns every mistake in the policy joined into one error, or nil.
func (p *Policy) Validate() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("policy %s: %w", p.ID, fmt.Errorf(format, args...)))
	}
	if p.ID == "" {
		errs = append(errs, errors.New("a policy needs an ID"))
	}
	for i, t := range p.Targets {
		switch {
		case t.Severity < 1 || t.Severity > 4:
			fail("severity %d: use 1 to 4", t.Severity)
		case !slices.Contains(Kinds(), t.Kind):
			fail("target %q: use respond, update, arrival, restore or resolve", t.Kind)
		case t.Within < minTarget || t.Within > maxTarget:
			fail("%s within %v at severity %d: use 15 seconds to ten years", t.Kind, t.Within, t.Severity)
		case slices.ContainsFunc(p.Targets[:i], func(o Target) bool { return o.Severity == t.Severity && o.Kind == t.Kind }):
			fail("two targets for %s at severity %d", t.Kind, t.Severity)
		}
		if err := checkWaits(t.Pauses); err != nil {
			fail("%s at severity %d: %w", t.Kind, t.Severity, err)
		}
	}
	if err := checkWaits(p.Pauses); err != nil {
		fail("%w", err)
	}
	for i, w := range p.Warn {
		if w < 1 || w > 99 || (i > 0 && p.Warn[i-1] >= w) {
			fail("warn at %v: use ascending percentages from 1 to 99", p.Warn)
			break
		}
	}
	return errors.Join(errs...)
}

func checkWaits(waits []Waiting) error {
	for _, w := range waits {
		if w != Customer && w != Others {
			return fmt.Errorf("pause while waiting for %q: use customer or others", w)
		}
	}
	return nil
}

// target returns the target of a kind at a severity, or nil.
func (p *Policy) target(severity int, kind Kind) *Target {
	if p == nil {
		return nil
	}
	for i := range p.Targets {
		if t := &p.Targets[i]; t.Severity == severity && t.Kind == kind {
			return t
		}
	}
	return nil
}

func (p *Policy) pauses(t *Target, w Waiting) bool {
	switch {
	case t.Pauses != nil:
		return slices.Contains(t.Pauses, w)
	case p.Pauses != nil:
		return slices.Contains(p.Pauses, w)
	}
	return w == Customer
}

// warn returns the percentages at which to warn.
func (p *Policy) warn() []int {
	if p.Warn == nil {
		return []int{50, 75, 90}
	}
	return p.Warn
}
