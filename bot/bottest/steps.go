package bottest

import (
	"time"

	"hotline/bot"
)

// stepCheck walks through the events of a case and wants every step of its policy
// to fire once, in order, at its time.
type stepCheck struct {
	watch *watch
	c     *bot.Case

	active   bool
	steps    []bot.Step
	repeat   int
	fired    bool // a step of this run has fired
	step     int
	round    int
	at       time.Time
	empty    bool // the last step had nobody
	hastened bool // something allowed the next step before its time
	paused   bool // something kept it back
}

func (k *stepCheck) run(events []bot.CaseEvent) {
	for _, e := range events {
		switch e.Type {
		case bot.EvPagingBegan:
			k.active, k.fired, k.empty, k.hastened, k.paused = true, false, false, false, false
			k.steps, k.repeat = e.Paging.Steps, e.Paging.Repeat
			k.at = e.At
		case bot.EvStepFired:
			k.stepFired(e)
		case bot.EvPaged:
			if !k.active && e.Step >= 0 {
				k.watch.wrong("%s: %s was paged by step %d while nobody was to be paged", k.c.Number, e.Person, e.Step)
			}
		case bot.EvPagingEnded:
			if e.Reason.Code == bot.WhyEnded && (k.round != k.repeat+1 || k.step < len(k.steps)-1) {
				k.watch.wrong("%s: paging ended in round %d of %d at step %d of %d", k.c.Number, k.round, k.repeat+1, k.step+1, len(k.steps))
			}
			k.active = false
		case bot.EvEscalated:
			k.hastened = true
		case bot.EvSignalled:
			k.paused, k.hastened = true, true
		case bot.EvNotification:
			k.hastened = k.hastened || e.To == "failed"
		}
	}
}

// next is the step after the last one that fired.
func (k *stepCheck) next() (step, round int) {
	switch {
	case !k.fired:
		return 0, 1
	case k.step+1 >= len(k.steps):
		return 0, k.round + 1
	default:
		return k.step + 1, k.round
	}
}

func (k *stepCheck) stepFired(e bot.CaseEvent) {
	f := &k.watch.figures
	nobody := e.Reason.Code == bot.WhyEmptyStep
	if nobody {
		f.EmptySteps++
	}
	if nobody && k.fired && e.Step == k.step && e.Round == k.round && e.At.Equal(k.at) {
		k.empty = true // the same step: those in it could not be reached
		return
	}
	f.Steps++
	step, round := k.next()
	began := !k.fired && e.Reason.Code == bot.WhyAsked // by hand it may begin at a later step
	switch {
	case !k.active:
		k.watch.wrong("%s: step %d fired while nobody was to be paged", k.c.Number, e.Step+1)
	case e.Reason.Code == bot.WhyCatchAll, began:
	case e.Step != step || e.Round != round:
		k.watch.wrong("%s: step %d of round %d fired at %s, %d of %d was next", k.c.Number, e.Step+1, e.Round, e.At, step+1, round)
	}
	k.onTime(e)
	k.fired, k.step, k.round, k.at, k.empty = true, e.Step, e.Round, e.At, nobody
	k.hastened, k.paused = false, false
}

// onTime wants the step at the instant at which the wait of the last one was over,
// or at once after an empty one.
func (k *stepCheck) onTime(e bot.CaseEvent) {
	wait := time.Duration(0)
	switch {
	case !k.fired || k.empty:
	case k.step < len(k.steps):
		wait = k.steps[k.step].Wait
	default:
		wait = 15 * time.Minute // the catch-all's
	}
	waited := e.At.Sub(k.at)
	early := waited < wait && !k.hastened && e.Reason.Code != bot.WhyAsked && e.Reason.What != "SLA"
	late := waited > wait+2*time.Second && !k.paused && !k.watch.wasDown(k.at, e.At)
	if early || late {
		k.watch.wrong("%s: step %d (%s %s) fired %s after the last, which is given %s", k.c.Number, e.Step+1, e.Reason.Code, e.Reason.What, waited, wait)
	}
}
