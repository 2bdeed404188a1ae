package bottest

import (
	"slices"
	"time"

	"hotline/bot"
)

// inspect looks every quarter of an hour whether something presses for each case,
// or somebody is at work on it.
func (s *sim) inspect() {
	for pause(s.ctx, 15*time.Minute) {
		if s.current() == nil || s.watch.recently() {
			continue
		}
		err := s.Store.View(s.ctx, func(r bot.Reader) error {
			cases, err := r.Cases(bot.CaseQuery{States: []bot.State{bot.New, bot.Reopened, bot.Acknowledged}, Limit: 10_000})
			for i := range cases {
				timers, err := r.Timers(cases[i].ID)
				if err != nil {
					return err
				}
				if pressing(&cases[i], timers) {
					continue
				}
				events, err := r.Events(cases[i].ID, 0)
				if err != nil {
					return err
				}
				if !atWork(events) {
					s.watch.wrong("nobody has %s and nothing presses: %+v, timers %v", cases[i].Number, cases[i], timers)
				}
			}
			return err
		})
		if err != nil && s.ctx.Err() == nil {
			s.watch.wrong("inspection: %v", err)
		}
	}
}

// recently reports whether the hotline was down a moment ago.
func (w *watch) recently() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.wasDown(now().Add(-3*time.Minute), now())
}

// pressing reports whether an untaken case has a timer that pages on, or the sweeper
// is about to find it, and a taken one a timer that asks after it.
func pressing(c *bot.Case, timers []bot.Timer) bool {
	has := func(kind bot.TimerKind) bool {
		return slices.ContainsFunc(timers, func(t bot.Timer) bool {
			return t.Kind == kind && (t.Gen == 0 || t.Gen == c.Generation) && now().Sub(t.Due) < 10*time.Second
		})
	}
	switch {
	case c.Class == bot.Planned:
		return true
	case c.Held != "":
		return has(bot.TimerHold)
	case !c.Snoozed.IsZero():
		return has(bot.TimerSnooze)
	case c.Paging.Active:
		return has(bot.TimerStep) || c.Recovering && has(bot.TimerReleased)
	case c.State == bot.Acknowledged:
		return has(bot.TimerAck)
	default:
		return now().Sub(c.Updated) < 3*time.Minute
	}
}

// atWork reports whether somebody who has the case has given a sign of life: they
// are not asked any more.
func atWork(events []bot.CaseEvent) (signs bool) {
	taken := false
	for _, e := range events {
		switch e.Type {
		case bot.EvAcked, bot.EvAssigned:
			taken, signs = true, false
		case bot.EvUnacked, bot.EvReopened:
			taken, signs = false, false
		case bot.EvNoted, bot.EvSaid:
			signs = signs || taken && e.Actor.Role.Staff()
		}
	}
	return signs
}
