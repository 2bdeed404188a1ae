package oncall

import "time"

// Result says who is on call at an instant.
type Result struct {
	// Responders are the IDs of the people on call: whoever the layers put
	// there first, then those added by overrides. Empty means a gap.
	Responders []string
	// Duties say for each responder, in the same order, where the duty comes
	// from.
	Duties []Duty
	// Why lists every step of the decision in the order it was taken.
	Why []Reason
}

// Duty is one person's being on call at an instant.
type Duty struct {
	Person string
	// For is whose duty it was before replacements; Person itself if nobody
	// was replaced. A stand-in for somebody absent has the duty for itself.
	For string
	// Layer is the layer it comes from, or "" for a person added.
	Layer string
	// Override is the ID of the last override that put Person here, or "".
	Override string
}

// At returns who is on call by the schedule at an instant, and why. Overrides
// of other schedules are ignored. A layer that Schedule.Validate would refuse
// has nobody, and Why says so; the other layers count as usual.
func At(s Schedule, overrides []Override, absences []Absence, at time.Time) Result {
	tr := &trace{}
	duties := newPlan(&s, overrides, absences).duty(at, tr)
	return Result{Responders: people(duties), Duties: duties, Why: tr.reasons}
}

// On returns the responders of At without the reasons, for callers that ask
// often.
func On(s Schedule, overrides []Override, absences []Absence, at time.Time) []string {
	return people(newPlan(&s, overrides, absences).duty(at, nil))
}

func people(duties []Duty) []string {
	if len(duties) == 0 {
		return nil
	}
	ids := make([]string, len(duties))
	for i := range duties {
		ids[i] = duties[i].Person
	}
	return ids
}
