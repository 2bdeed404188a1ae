package oncall

import (
	"slices"
	"time"

	"hotline/bot/wallclock"
)

// plan is a schedule made ready to be asked, with the overrides and absences
// that concern it. It belongs to one call: the zones in it remember things.
type plan struct {
	schedule  *Schedule
	layers    []layerPlan
	overrides []Override
	absences  []Absence
}

type layerPlan struct {
	*Layer
	turns       turns
	zone        wallclock.Zone
	from, until int64 // wall seconds, meaningful when the layer has them
	broken      error // what keeps the layer from being used
}

func newPlan(s *Schedule, overrides []Override, absences []Absence) *plan {
	p := &plan{schedule: s, absences: absences, layers: make([]layerPlan, len(s.Layers))}
	for i := range s.Layers {
		l := &s.Layers[i]
		lp := &p.layers[i]
		lp.Layer = l
		if lp.broken = l.validate(); lp.broken != nil {
			continue
		}
		lp.turns = newTurns(&l.Rotation)
		lp.zone = wallclock.In(l.location(s))
		if !l.From.IsZero() {
			lp.from = l.From.seconds()
		}
		if !l.Until.IsZero() {
			lp.until = l.Until.seconds()
		}
	}
	p.overrides = overridesOf(s.ID, overrides)
	return p
}

// overridesOf returns the overrides of one schedule that can be used, without
// copying when that is all of them.
func overridesOf(schedule string, overrides []Override) []Override {
	unfit := func(o Override) bool { return o.Schedule != schedule || o.Validate() != nil }
	if !slices.ContainsFunc(overrides, unfit) {
		return overrides
	}
	return slices.DeleteFunc(slices.Clone(overrides), unfit)
}

// duty returns who is on call at an instant and tells tr, unless it is nil,
// every step of the decision.
func (p *plan) duty(at time.Time, tr *trace) []Duty {
	var duties []Duty
	for i := len(p.layers) - 1; i >= 0; i-- {
		if person := p.layers[i].person(at, p.absences, tr); person != "" {
			duties = []Duty{{Person: person, For: person, Layer: p.layers[i].Name}}
			tr.hidden(p.layers[:i])
			break
		}
	}
	if len(duties) == 0 {
		tr.add(Reason{Rule: NobodyInLayers})
	}
	if len(p.overrides) == 0 {
		return duties
	}
	return p.override(at, duties, tr)
}

// person returns who has the layer at an instant, or "" for nobody.
func (l *layerPlan) person(at time.Time, absences []Absence, tr *trace) string {
	if l.broken != nil {
		tr.add(Reason{Rule: LayerBroken, Layer: l.Name, Detail: l.broken.Error()})
		return ""
	}
	high, low := l.zone.Marks(at.Unix())
	if !l.From.IsZero() && high < l.from {
		tr.add(Reason{Rule: LayerNotYet, Layer: l.Name, Until: l.instant(l.zone.First(l.from), tr)})
		return ""
	}
	if !l.Until.IsZero() && l.until < low {
		tr.add(Reason{Rule: LayerOver, Layer: l.Name, From: l.instant(l.zone.Last(l.until), tr)})
		return ""
	}
	k, ok := l.turns.at(high)
	if !ok {
		tr.add(Reason{Rule: LayerNotYet, Layer: l.Name, Until: l.instant(l.zone.First(l.turns.start), tr)})
		return ""
	}
	if !l.open(high, low) {
		tr.add(Reason{Rule: OutsideHours, Layer: l.Name})
		return ""
	}
	return l.taker(k, at, absences, tr)
}

// instant returns a time for a reason, and the zero time if nobody asks.
func (l *layerPlan) instant(second int64, tr *trace) time.Time {
	if tr == nil {
		return time.Time{}
	}
	return time.Unix(second, 0).In(l.zone.Location())
}

// open reports whether one of the layer's windows covers an instant with these
// water marks (see zone.marks).
func (l *layerPlan) open(high, low int64) bool {
	if len(l.Windows) == 0 {
		return true
	}
	// A window ends on the day after it begins at the latest.
	for day, last := wallclock.Day(low)-1, wallclock.Day(high); day <= last; day++ {
		for i := range l.Windows {
			w := &l.Windows[i]
			from, to := w.on(day)
			if from <= high && to >= low && w.covers(wallclock.Weekday(day)) {
				return true
			}
		}
	}
	return false
}

// taker returns who takes turn k at an instant: the person whose turn it is or,
// while that one is absent, the next in order who is not.
func (l *layerPlan) taker(k int64, at time.Time, absences []Absence, tr *trace) string {
	people := l.Rotation.Participants
	index := int(wallclock.Mod(int64(l.Rotation.Offset)+k, int64(len(people))))
	owner := people[index]
	if tr != nil {
		from, until := l.zone.First(l.turns.begins(k)), l.zone.First(l.turns.begins(k+1))
		tr.add(Reason{Rule: HasTurn, Layer: l.Name, Person: owner, From: l.instant(from, tr), Until: l.instant(until, tr)})
	}
	if len(absences) == 0 {
		return owner
	}
	for i := range people {
		person := people[(index+i)%len(people)]
		away := absent(absences, person, at)
		if away == nil {
			if i > 0 {
				tr.add(Reason{Rule: StandsIn, Layer: l.Name, Person: person, Other: owner})
			}
			return person
		}
		tr.add(Reason{Rule: Absent, Layer: l.Name, Person: person, From: away.From, Until: away.To, Detail: away.Note})
	}
	tr.add(Reason{Rule: AllAbsent, Layer: l.Name})
	return ""
}

// absent returns an absence of the person that covers the instant, or nil.
func absent(absences []Absence, person string, at time.Time) *Absence {
	for i := range absences {
		if a := &absences[i]; a.Person == person && activeAt(a.From, a.To, at) {
			return a
		}
	}
	return nil
}
