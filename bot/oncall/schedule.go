package oncall

import (
	"time"

	"hotline/bot/wallclock"
)

// Schedule is a list of layers that together say who is on call.
type Schedule struct {
	ID   string
	Name string
	// Zone is where the wall times of the layers are read; nil means UTC.
	Zone *time.Location
	// Layers are listed from the base up: a later one hides an earlier one
	// where it has somebody.
	Layers []Layer
}

// Layer is one rotation, the hours in which it counts and the period in which
// it is active.
type Layer struct {
	Name string
	// Zone, when set, replaces the schedule's zone for this layer.
	Zone     *time.Location
	Rotation Rotation
	// Windows limit the layer to hours and weekdays; none means always.
	Windows []Window
	// From and Until bound the time in which the layer is active; zero means
	// no bound. The rotation keeps counting from its own start.
	From, Until Wall
}

// Unit is the unit in which the length of a turn is given.
type Unit string

// The units of a rotation. See the package comment for what each means when the
// clock is moved and at the end of a month.
const (
	Hourly  Unit = "hourly"
	Daily   Unit = "daily"
	Weekly  Unit = "weekly"
	Monthly Unit = "monthly"
)

// Rotation hands the turn from person to person at regular wall times.
type Rotation struct {
	Unit Unit
	// Every is the length of a turn in units, at least 1.
	Every int
	// Start is the first hand-over. Before it the rotation has nobody. Its time
	// of day is the hand-over time, its day of the month the anchor of a
	// monthly rotation.
	Start Wall
	// Participants are person IDs in the order of their turns. A person may
	// stand in it more than once.
	Participants []string
	// Offset is the index of the participant who has the turn that begins at
	// Start; Layer.WithParticipants sets it.
	Offset int
}

// Window is a span of hours on some weekdays, in wall time.
type Window struct {
	// Days are the weekdays on which the window begins; none means every day.
	Days []time.Weekday
	// From is when it begins. To is when it ends: on the same day if it is
	// later than From, on the next day otherwise; equal times mean 24 hours.
	From, To wallclock.TimeOfDay
}

// OverrideKind says what an override does.
type OverrideKind string

// The kinds of override.
const (
	// Add puts Person on call beside whoever is.
	Add OverrideKind = "add"
	// Replace puts Person on call instead of Replaces while Replaces would be
	// on call, and does nothing while not.
	Replace OverrideKind = "replace"
	// Remove takes Person off call.
	Remove OverrideKind = "remove"
)

// Override changes who is on call between two instants.
type Override struct {
	ID string
	// Schedule is the ID of the schedule it is for.
	Schedule string
	Kind     OverrideKind
	// From and To bound it, half-open.
	From, To time.Time
	Person   string
	// Replaces is the person replaced; only with Replace.
	Replaces string
}

// Absence is a time in which a person takes no turn, such as a vacation.
type Absence struct {
	Person string
	// From and To bound it, half-open.
	From, To time.Time
	// Note is why, for people to read; it may be empty.
	Note string
}

// activeAt reports whether the instant lies in the half-open [from, to).
func activeAt(from, to, at time.Time) bool { return !at.Before(from) && at.Before(to) }

func (s *Schedule) location() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

func (l *Layer) location(s *Schedule) *time.Location {
	if l.Zone == nil {
		return s.location()
	}
	return l.Zone
}

// covers reports whether the window begins on the weekday.
func (w *Window) covers(day time.Weekday) bool {
	if len(w.Days) == 0 {
		return true
	}
	for _, d := range w.Days {
		if d == day {
			return true
		}
	}
	return false
}

// on returns the wall seconds at which the window of a day begins and ends.
func (w *Window) on(day int64) (from, to int64) {
	from = day*wallclock.DaySeconds + int64(w.From)
	to = day*wallclock.DaySeconds + int64(w.To)
	if w.To <= w.From {
		to += wallclock.DaySeconds
	}
	return from, to
}
