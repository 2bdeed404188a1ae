package oncall

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"hotline/bot/wallclock"
)

// Shift is one person's time on call in a schedule, half-open.
type Shift struct {
	Person   string
	From, To time.Time
}

// Swap returns the two replacements that exchange two shifts of different
// people: each takes the other's. IDs are made from id with "-1" and "-2". It
// refuses shifts in which the person is not on call from beginning to end,
// overlapping shifts, and anything that conflicts with an override in force.
func Swap(s Schedule, overrides []Override, absences []Absence, id string, a, b Shift) ([]Override, error) {
	if a.Person == b.Person {
		return nil, errors.New("a swap needs two different people")
	}
	if a.From.Before(b.To) && b.From.Before(a.To) {
		return nil, errors.New("the two shifts overlap: choose shifts at different times")
	}
	first, err := Cover(s, overrides, absences, id+"-1", a, b.Person)
	if err != nil {
		return nil, err
	}
	second, err := Cover(s, overrides, absences, id+"-2", b, a.Person)
	if err != nil {
		return nil, err
	}
	return []Override{first, second}, nil
}

// Cover returns the replacement by which a person takes over a shift of another.
// It refuses what Swap refuses, and a person who is absent or on call already in
// that time.
func Cover(s Schedule, overrides []Override, absences []Absence, id string, shift Shift, by string) (Override, error) {
	o := Override{ID: id, Schedule: s.ID, Kind: Replace, From: shift.From, To: shift.To, Person: by, Replaces: shift.Person}
	if err := o.Validate(); err != nil {
		return Override{}, err
	}
	if err := o.Conflict(overrides); err != nil {
		return Override{}, err
	}
	for _, span := range Timeline(s, overrides, absences, shift.From, shift.To) {
		if !slices.Contains(span.Responders, shift.Person) {
			return Override{}, fmt.Errorf("%s is not on call at %s", shift.Person, clock(span.From, s.location()))
		}
		if slices.Contains(span.Responders, by) {
			return Override{}, fmt.Errorf("%s is on call already at %s", by, clock(span.From, s.location()))
		}
	}
	for _, a := range absences {
		if a.Person == by && o.Overlaps(a.From, a.To) {
			return Override{}, fmt.Errorf("%s is away from %s to %s", by, clock(a.From, s.location()), clock(a.To, s.location()))
		}
	}
	return o, nil
}

// WithParticipants returns the layer with other participants such that nobody's
// turn is skipped or repeated at the instant of the change: whoever has the turn
// under way keeps it if they still take part; otherwise the next in the old
// order who does takes the turn under way, and the one after that person comes
// next. If none of the old ones takes part, the first of the new ones has the
// turn. zone is the schedule's. Hand-over times do not move. What the layer says
// about the time before the change is meaningless afterwards: keep the old
// version for that.
func (l Layer) WithParticipants(zone *time.Location, participants []string, at time.Time) (Layer, error) {
	s := Schedule{ID: "change", Zone: zone, Layers: []Layer{l}}
	changed := l
	changed.Rotation.Participants = slices.Clone(participants)
	changed.Rotation.Offset = 0
	if err := changed.validate(); err != nil {
		return Layer{}, err
	}
	if err := l.validate(); err != nil {
		return changed, nil
	}
	p := newPlan(&s, nil, nil)
	high, _ := p.layers[0].zone.Marks(at.Unix())
	k, _ := p.layers[0].turns.at(high)
	old := l.Rotation.Participants
	n := int64(len(participants))
	for i := range old {
		place := wallclock.Mod(int64(l.Rotation.Offset)+k+int64(i), int64(len(old)))
		if index := samePlace(old, participants, int(place)); index >= 0 {
			changed.Rotation.Offset = int(wallclock.Mod(int64(index)-k, n))
			return changed, nil
		}
	}
	changed.Rotation.Offset = int(wallclock.Mod(-k, n))
	return changed, nil
}

// samePlace returns the index in people of the person at a place in old, or -1.
// A person who stands in both lists more than once keeps the count.
func samePlace(old, people []string, place int) int {
	person, count := old[place], 0
	for _, other := range old[:place] {
		if other == person {
			count++
		}
	}
	found := -1
	for i, other := range people {
		if other == person && count >= 0 {
			found = i
			count--
		}
	}
	return found
}
