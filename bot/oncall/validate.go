package oncall

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"hotline/bot/wallclock"
)

// Bounds on what a schedule may hold, so that a mistake cannot make a question
// expensive.
const (
	maxLayers       = 100
	maxParticipants = 1000
	maxWindows      = 100
	maxEvery        = 10000
)

// Validate returns every mistake in the schedule joined into one error, or nil.
// Each says which layer is meant and what is wrong. People are not looked up:
// Check does that.
func (s *Schedule) Validate() error {
	var errs []error
	if s.ID == "" {
		errs = append(errs, errors.New("a schedule needs an ID"))
	}
	if len(s.Layers) == 0 {
		errs = append(errs, fmt.Errorf("schedule %s: needs at least one layer", s.ID))
	}
	if len(s.Layers) > maxLayers {
		errs = append(errs, fmt.Errorf("schedule %s: has %d layers, at most %d are allowed", s.ID, len(s.Layers), maxLayers))
	}
	for i := range s.Layers {
		l := &s.Layers[i]
		if err := l.validate(); err != nil {
			errs = append(errs, fmt.Errorf("schedule %s, layer %s: %w", s.ID, l.Name, err))
		}
		if slices.ContainsFunc(s.Layers[:i], func(o Layer) bool { return o.Name == l.Name }) {
			errs = append(errs, fmt.Errorf("schedule %s: two layers have the name %q", s.ID, l.Name))
		}
	}
	return errors.Join(errs...)
}

// validate returns the first mistake in the layer.
func (l *Layer) validate() error {
	if err := l.Rotation.validate(); err != nil {
		return err
	}
	if len(l.Windows) > maxWindows {
		return fmt.Errorf("has %d windows, at most %d are allowed", len(l.Windows), maxWindows)
	}
	for i := range l.Windows {
		if err := l.Windows[i].validate(); err != nil {
			return err
		}
	}
	if !l.From.IsZero() && !l.From.valid() {
		return fmt.Errorf("from %s: there is no such date", l.From)
	}
	if !l.Until.IsZero() && !l.Until.valid() {
		return fmt.Errorf("until %s: there is no such date", l.Until)
	}
	if !l.From.IsZero() && !l.Until.IsZero() && l.From.seconds() >= l.Until.seconds() {
		return fmt.Errorf("until %s must be later than from %s", l.Until, l.From)
	}
	return nil
}

func (r *Rotation) validate() error {
	switch r.Unit {
	case Hourly, Daily, Weekly, Monthly:
	default:
		return fmt.Errorf("rotation unit %q: use hourly, daily, weekly or monthly", r.Unit)
	}
	switch {
	case r.Every < 1 || r.Every > maxEvery:
		return fmt.Errorf("rotation length %d: use 1 to %d", r.Every, maxEvery)
	case r.Start.IsZero():
		return errors.New("the rotation needs a start, such as 2026-01-05 09:00")
	case !r.Start.valid():
		return fmt.Errorf("rotation start %s: there is no such date", r.Start)
	case len(r.Participants) == 0:
		return errors.New("the rotation needs at least one participant")
	case len(r.Participants) > maxParticipants:
		return fmt.Errorf("the rotation has %d participants, at most %d are allowed", len(r.Participants), maxParticipants)
	case slices.Contains(r.Participants, ""):
		return errors.New("the rotation has a participant without an ID")
	}
	return nil
}

func (w *Window) validate() error {
	for _, d := range w.Days {
		if d < time.Sunday || d > time.Saturday {
			return fmt.Errorf("weekday %d: use 0 (Sunday) to 6 (Saturday)", int(d))
		}
	}
	if w.From < 0 || w.From >= wallclock.DaySeconds {
		return fmt.Errorf("window from %s: use 00:00 to 23:59:59", w.From)
	}
	if w.To < 0 || w.To > wallclock.DaySeconds {
		return fmt.Errorf("window to %s: use 00:00 to 24:00", w.To)
	}
	return nil
}

// Validate returns what is wrong with the override, or nil.
func (o *Override) Validate() error {
	switch o.Kind {
	case Add, Remove:
		if o.Replaces != "" {
			return fmt.Errorf("override %s: only a replacement names a person to replace", o.ID)
		}
	case Replace:
		if o.Replaces == "" {
			return fmt.Errorf("override %s: say who is replaced", o.ID)
		}
		if o.Replaces == o.Person {
			return fmt.Errorf("override %s: %s cannot replace themself", o.ID, o.Person)
		}
	default:
		return fmt.Errorf("override %s: kind %q: use add, replace or remove", o.ID, o.Kind)
	}
	if o.Person == "" {
		return fmt.Errorf("override %s: say which person", o.ID)
	}
	if !o.From.Before(o.To) {
		return fmt.Errorf("override %s: the end must be later than the start", o.ID)
	}
	return nil
}

// Conflict returns an error if the override cannot stand beside one that is
// there already: a second replacement of the same person, or an add and a
// remove of the same person, at the same time in the same schedule. Replacements
// that lead from one to the next are no conflict.
func (o *Override) Conflict(others []Override) error {
	for i := range others {
		other := &others[i]
		if other.ID == o.ID || other.Schedule != o.Schedule || !o.Overlaps(other.From, other.To) {
			continue
		}
		both := o.Kind == Replace && other.Kind == Replace
		switch {
		case both && o.Replaces == other.Replaces:
			return fmt.Errorf("override %s already replaces %s by %s in that time: end it first", other.ID, other.Replaces, other.Person)
		case both && o.Replaces == other.Person && o.Person == other.Replaces:
			return fmt.Errorf("override %s already replaces %s by %s in that time: end it first", other.ID, other.Replaces, other.Person)
		case o.Kind != other.Kind && o.Kind != Replace && other.Kind != Replace && o.Person == other.Person:
			return fmt.Errorf("override %s does the opposite for %s in that time: end it first", other.ID, o.Person)
		}
	}
	return nil
}

// Validate returns what is wrong with the absence, or nil.
func (a *Absence) Validate() error {
	switch {
	case a.Person == "":
		return errors.New("absence: say which person")
	case !a.From.Before(a.To):
		return fmt.Errorf("absence of %s: the end must be later than the start", a.Person)
	}
	return nil
}
