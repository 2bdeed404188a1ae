package oncall

import (
	"cmp"
	"slices"
	"time"
)

// override applies the overrides active at an instant to the result of the
// layers. It changes duties in place and does not depend on the order of the
// overrides.
func (p *plan) override(at time.Time, duties []Duty, tr *trace) []Duty {
	var active []*Override
	for i := range p.overrides {
		if o := &p.overrides[i]; activeAt(o.From, o.To, at) {
			active = append(active, o)
		}
	}
	if len(active) == 0 {
		return duties
	}
	slices.SortFunc(active, earlier)
	duties = applyAdds(active, duties, tr)
	duties = applyReplacements(active, duties, tr)
	return applyRemoves(active, duties, tr)
}

// earlier orders overrides by start, then ID, then the rest, so that the result
// of applying them does not depend on how they were listed.
func earlier(a, b *Override) int {
	return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Person, b.Person), cmp.Compare(a.Replaces, b.Replaces), a.To.Compare(b.To))
}

func (o *Override) reason(rule Rule) Reason {
	return Reason{Rule: rule, Override: o.ID, Person: o.Person, Other: o.Replaces, From: o.From, Until: o.To}
}

func onDuty(duties []Duty, person string) bool {
	return slices.ContainsFunc(duties, func(d Duty) bool { return d.Person == person })
}

func applyAdds(active []*Override, duties []Duty, tr *trace) []Duty {
	for _, o := range active {
		if o.Kind != Add {
			continue
		}
		tr.add(o.reason(Added))
		if !onDuty(duties, o.Person) {
			duties = append(duties, Duty{Person: o.Person, For: o.Person, Override: o.ID})
		}
	}
	return duties
}

// applyReplacements follows the replacements from every person on call. A chain
// that comes back to somebody it has passed ends with that one.
func applyReplacements(active []*Override, duties []Duty, tr *trace) []Duty {
	var used []*Override
	for i := range duties {
		d := &duties[i]
		passed := []string{d.Person}
		for {
			o := replacementOf(active, d.Person)
			if o == nil {
				break
			}
			tr.add(o.reason(Replaced))
			used = append(used, o)
			d.Person, d.Override = o.Person, o.ID
			if slices.Contains(passed, o.Person) {
				break
			}
			passed = append(passed, o.Person)
		}
	}
	for _, o := range active {
		if tr != nil && o.Kind == Replace && !slices.Contains(used, o) {
			tr.add(o.reason(ReplaceIdle))
		}
	}
	return withoutRepeats(duties)
}

// replacementOf returns the replacement that counts for a person, or nil. The
// overrides come in the order of earlier, so the last one found counts.
func replacementOf(active []*Override, person string) *Override {
	for _, o := range slices.Backward(active) {
		if o.Kind == Replace && o.Replaces == person {
			return o
		}
	}
	return nil
}

// withoutRepeats keeps the first duty of each person.
func withoutRepeats(duties []Duty) []Duty {
	kept := duties[:0]
	for _, d := range duties {
		if !onDuty(kept, d.Person) {
			kept = append(kept, d)
		}
	}
	return kept
}

func applyRemoves(active []*Override, duties []Duty, tr *trace) []Duty {
	for _, o := range active {
		if o.Kind != Remove {
			continue
		}
		if !onDuty(duties, o.Person) {
			tr.add(o.reason(RemoveIdle))
			continue
		}
		tr.add(o.reason(Removed))
		duties = slices.DeleteFunc(duties, func(d Duty) bool { return d.Person == o.Person })
	}
	return duties
}

// Overlaps reports whether the override is in force at some instant of the
// half-open [from, to).
func (o *Override) Overlaps(from, to time.Time) bool { return o.From.Before(to) && from.Before(o.To) }
