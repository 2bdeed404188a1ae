package bot

import (
	"time"

	"hotline/bot/oncall"
)

// Fairness is how a schedule's time from one instant to another was shared out:
// nights and weekends where each person lives, holidays by the schedule's calendar.
// Every report comes from here.
func (w World) Fairness(s oncall.Schedule, from, to time.Time) oncall.Fair {
	return oncall.Fairness(s, w.Overrides(s.ID), w.Roster.Absences, from, to, oncall.Burden{Holidays: w.Org.Holidays[s.ID], ZoneOf: w.zoneOf})
}

// zoneOf is where a person lives, nil when that is not known.
func (w World) zoneOf(person string) *time.Location {
	p, _ := w.Org.Person(person)
	if p.Zone == "" {
		return nil
	}
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		return nil
	}
	return loc
}

// countPage is how many cases are read at a time.
const countPage = 1000

// CountPages counts how often each person was paged from one instant to another;
// drills do not count.
func CountPages(r Reader, from, to time.Time) (map[string]int, error) {
	pages := map[string]int{}
	for after, more := int64(1), true; more; {
		cases, err := r.Cases(CaseQuery{Since: from, After: after, Limit: countPage})
		if err != nil {
			return nil, err
		}
		more = len(cases) == countPage
		for i := range cases {
			c := &cases[i]
			after = c.ID
			if c.Drill || c.Paging.First.IsZero() {
				continue
			}
			events, err := r.Events(c.ID, 0)
			if err != nil {
				return nil, err
			}
			for _, e := range events {
				if e.Type == EvPaged && !e.At.Before(from) && e.At.Before(to) {
					pages[e.Person]++
				}
			}
		}
	}
	return pages, nil
}
