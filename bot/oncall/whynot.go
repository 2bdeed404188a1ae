package oncall

import (
	"slices"
	"time"
)

// WhyNot says why a person is not on call at an instant: for each layer the
// person stands in what keeps the turn away, then the overrides that concern
// the person, then the next shift. If the person is on call the first reason
// says so and the reasons of At follow.
func WhyNot(s Schedule, overrides []Override, absences []Absence, person string, at time.Time) []Reason {
	p := newPlan(&s, overrides, absences)
	tr := &trace{}
	if duties := p.duty(at, tr); onDuty(duties, person) {
		return append([]Reason{{Rule: OnCall, Person: person}}, tr.reasons...)
	}
	out := &trace{}
	out.reasons = p.whyNoTurn(person, at)
	for _, r := range tr.reasons {
		if r.Override != "" && (r.Person == person || r.Other == person) {
			out.add(r)
		}
	}
	if shift, ok := NextShift(s, overrides, absences, person, at); ok {
		out.add(Reason{Rule: NextOnCall, Person: person, From: shift.From, Until: shift.To})
	} else {
		out.add(Reason{Rule: NeverOnCall, Person: person})
	}
	return out.reasons
}

// whyNoTurn explains the layers, from the top down.
func (p *plan) whyNoTurn(person string, at time.Time) []Reason {
	out := &trace{}
	member, above := false, ""
	for i := len(p.layers) - 1; i >= 0; i-- {
		l := &p.layers[i]
		steps := &trace{}
		taker := l.person(at, p.absences, steps)
		if slices.Contains(l.Rotation.Participants, person) || l.broken != nil {
			member = member || l.broken == nil
			out.reasons = append(out.reasons, steps.reasons...)
			if taker == person && above != "" {
				out.add(Reason{Rule: HiddenBy, Layer: l.Name, Person: person, Other: above})
			}
		}
		if taker != "" && above == "" {
			above = l.Name
		}
	}
	if !member {
		out.add(Reason{Rule: NotInSchedule, Person: person})
	}
	return out.reasons
}
