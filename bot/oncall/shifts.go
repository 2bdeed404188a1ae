package oncall

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Shifts turns a timeline into the shifts of each person: the longest times in
// which the person is on call without a break, whoever else is. They are ordered
// by start, then person. Calendar feeds are made from them.
func Shifts(spans []Span) []Shift {
	var shifts []Shift
	open := map[string]int{} // index of the person's latest shift
	for _, span := range spans {
		for _, person := range span.Responders {
			if i, ok := open[person]; ok && shifts[i].To.Equal(span.From) {
				shifts[i].To = span.To
				continue
			}
			open[person] = len(shifts)
			shifts = append(shifts, Shift{person, span.From, span.To})
		}
	}
	slices.SortStableFunc(shifts, func(a, b Shift) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Person, b.Person)) })
	return shifts
}

// Move is what changed for one person between two versions of a timeline.
type Move struct {
	Person string
	// Gained are the times the person is on call only in the new version, Lost
	// those only in the old one.
	Gained, Lost []Shift
}

// Moved compares two timelines of the same time, such as before and after an
// override, and returns who gains or loses time on call, by person. People for
// whom nothing changes are left out.
func Moved(before, after []Span) []Move {
	moves := map[string]*Move{}
	note := func(person string) *Move {
		if moves[person] == nil {
			moves[person] = &Move{Person: person}
		}
		return moves[person]
	}
	for _, s := range Shifts(less(after, before)) {
		m := note(s.Person)
		m.Gained = append(m.Gained, s)
	}
	for _, s := range Shifts(less(before, after)) {
		m := note(s.Person)
		m.Lost = append(m.Lost, s)
	}
	var list []Move
	for _, person := range slices.Sorted(maps.Keys(moves)) {
		list = append(list, *moves[person])
	}
	return list
}

// less returns the timeline a without the people who are on call in b at the
// same time.
func less(a, b []Span) []Span {
	var out []Span
	j := 0
	for _, span := range a {
		for at := span.From; at.Before(span.To); {
			for j < len(b) && !at.Before(b[j].To) {
				j++
			}
			end, there := span.To, []string(nil)
			switch {
			case j == len(b):
			case at.Before(b[j].From):
				end = earliest(end, b[j].From)
			default:
				end, there = earliest(end, b[j].To), b[j].Responders
			}
			left := slices.DeleteFunc(slices.Clone(span.Responders), func(p string) bool { return slices.Contains(there, p) })
			out = append(out, Span{at, end, left})
			at = end
		}
	}
	return out
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
