package sla

import (
	"encoding/json"
	"fmt"
	"time"
)

// calendarJSON is a description of a calendar as it is stored.
type calendarJSON struct {
	ID        string    `json:"id"`
	Version   string    `json:"version,omitempty"`
	Zone      string    `json:"zone"`
	Weekly    [7][]Span `json:"weekly"`
	Days      []Day     `json:"days,omitempty"`
	Announced Date      `json:"announced,omitzero"`
}

// MarshalJSON writes the description of the calendar, the zone by its name in the
// tz database; a nil or zero calendar is null.
func (c *Calendar) MarshalJSON() ([]byte, error) {
	if c.always() {
		return []byte("null"), nil
	}
	s := &c.spec
	return json.Marshal(calendarJSON{s.ID, s.Version, s.Zone.String(), s.Weekly, s.Days, s.Announced})
}

// UnmarshalJSON reads what MarshalJSON wrote and checks it like NewCalendar.
func (c *Calendar) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	var d calendarJSON
	if err := json.Unmarshal(b, &d); err != nil {
		return fmt.Errorf("calendar: %w", err)
	}
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		return fmt.Errorf("calendar %s: %w", d.ID, err)
	}
	made, err := NewCalendar(CalendarSpec{d.ID, d.Version, zone, d.Weekly, d.Days, d.Announced})
	if err != nil {
		return err
	}
	*c = *made
	return nil
}
