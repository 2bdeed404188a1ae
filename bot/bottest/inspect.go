package bottest

import (
	"slices"
	"time"

	"hotline/bot"
)

// inspect looks every quarter of an hour whether somebody has each case or
// something presses for it.
func (s *sim) inspect() {
	for pause(s.ctx, 15*time.Minute) {
		if s.current() == nil || s.watch.recently() {
			continue
		}
		err := s.Store.View(s.ctx, func(r bot.Reader) error {
			cases, err := r.Cases(bot.CaseQuery{States: []bot.State{bot.New, bot.Reopened}, Limit: 10_000})
			for i := range cases {
				timers, err := r.Timers(cases[i].ID)
				if err != nil {
					return err
				}
				s.watch.somebody(&cases[i], timers)
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

// somebody wants an untaken case to have a timer that pages on, or the sweeper to
// be about to find it.
func (w *watch) somebody(c *bot.Case, timers []bot.Timer) {
	has := func(kind bot.TimerKind) bool {
		return slices.ContainsFunc(timers, func(t bot.Timer) bool { return t.Kind == kind && now().Sub(t.Due) < 10*time.Second })
	}
	switch {
	case c.Class == bot.Planned:
	case c.Held != "" && has(bot.TimerHold):
	case !c.Snoozed.IsZero() && has(bot.TimerSnooze):
	case c.Recovering && has(bot.TimerReleased):
	case c.Paging.Active && has(bot.TimerStep):
	case !c.Paging.Active && c.Held == "" && c.Snoozed.IsZero() && now().Sub(c.Updated) < 3*time.Minute:
	default:
		w.wrong("nobody has %s and nothing presses: %s since %s, paging %v step %d, held %q, snoozed %v, timers %v", c.Number, c.State, c.Updated, c.Paging.Active, c.Paging.Step, c.Held, c.Snoozed, timers)
	}
}
