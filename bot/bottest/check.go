package bottest

import (
	"context"
	"fmt"
	"hash/fnv"
	"reflect"
	"slices"
	"time"

	"hotline/bot"
	"hotline/bot/oncall"
	"hotline/bot/sla"
)

// check looks at everything that was stored.
func (s *sim) check(ctx context.Context, from, to time.Time) (*Result, error) {
	w := s.watch
	paged := map[string]int{}
	digest := fnv.New64a()
	err := s.Store.View(ctx, func(r bot.Reader) error {
		for after := int64(1); ; { // from 1 on they come by id
			cases, err := r.Cases(bot.CaseQuery{After: after, Limit: 1000})
			if err != nil || len(cases) == 0 {
				return err
			}
			for i := range cases {
				c := &cases[i]
				after = max(after, c.ID)
				events, err := r.Events(c.ID, 0)
				if err != nil {
					return err
				}
				s.checkCase(c, events, to)
				accused := w.accused(c.Number)
				for _, e := range events {
					digest.Write([]byte(line(c, &e)))
					if accused {
						w.story += line(c, &e)
					}
					if e.Type == bot.EvPaged {
						paged[e.Person]++
					}
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	s.checkFairness(from, to)
	s.countPages(paged)
	w.figures.Digest = digest.Sum64()
	return &Result{Figures: w.figures, Problems: w.problems, Count: w.count, Story: w.story}, nil
}

// line is what an event says, without what another run need not name the same, the
// ids of messages.
func line(c *bot.Case, e *bot.CaseEvent) string {
	return fmt.Sprintln(c.Number, e.Seq, e.At.UnixMilli(), e.Type, e.Actor.ID, e.From, e.To, e.Mode, e.Person, e.Page, e.Step, e.Round, e.Count, e.Reason, e.Text)
}

func (s *sim) countPages(paged map[string]int) {
	f := &s.watch.figures
	for i, p := range team(0, s.People-3) {
		if n := paged[p]; i == 0 || n < f.LeastPaged {
			f.LeastPaged = n
		}
		f.MostPaged = max(f.MostPaged, paged[p])
	}
}

// checkCase holds one case against its events.
func (s *sim) checkCase(c *bot.Case, events []bot.CaseEvent, end time.Time) {
	w := s.watch
	w.figures.Cases++
	w.figures.Events += len(events)
	if got := bot.Replay(c.ID, events); !reflect.DeepEqual(got, *c) {
		w.wrong("%s: replay differs from what is stored:\n%+v\n%+v", c.Number, got, *c)
	}
	s.checkClocks(c, events, end)
	s.checkPeople(c, events)
	(&stepCheck{watch: w, c: c}).run(events)
	s.checkWaiting(c, events, end)
}

// checkClocks counts the clocks once more from the bare events, and wants every
// clock that ran out to have been told at that instant.
func (s *sim) checkClocks(c *bot.Case, events []bot.CaseEvent, end time.Time) {
	if c.Contract == "" {
		return
	}
	policy := s.org.Contracts[c.Contract].Policy
	want := sla.Clocks(factsOf(events), []sla.Policy{policy}, end)
	world := bot.World{Now: end, Org: s.org, Roster: &bot.Roster{}}
	if got := world.Clocks(c); !reflect.DeepEqual(got, want) {
		s.watch.wrong("%s: the clocks differ:\n%+v\n%+v", c.Number, got, want)
	}
	for _, k := range want {
		if k.State != sla.Breached || k.Due.IsZero() || end.Sub(k.Due) < time.Minute {
			continue
		}
		s.watch.figures.Breached++
		key := fmt.Sprintf("%s/%d/%d", k.Kind, k.Episode, k.Cycle)
		i := slices.IndexFunc(events, func(e bot.CaseEvent) bool { return e.Type == bot.EvClockWarned && e.Mode == key && e.Count >= 100 })
		switch {
		case i < 0 && (k.Stopped.IsZero() || k.Stopped.Sub(k.Due) > time.Second) && !s.watch.wasDown(k.Due, stopOr(k.Stopped, end)):
			s.watch.wrong("%s: nobody was told that the time to %s ran out at %s", c.Number, k.Kind, k.Due)
		case i >= 0 && (events[i].At.Before(k.Due) || events[i].At.Sub(k.Due) > 2*time.Second && !s.watch.wasDown(k.Due, events[i].At)):
			s.watch.wrong("%s: told at %s that the time to %s ran out at %s", c.Number, events[i].At, k.Kind, k.Due)
		}
	}
}

func stopOr(t, end time.Time) time.Time {
	if t.IsZero() {
		return end
	}
	return t
}

// factsOf reads the facts of the clocks from events, apart from the code that
// keeps them in the case.
func factsOf(events []bot.CaseEvent) (facts []sla.Fact) {
	for _, e := range events {
		f := sla.Fact{At: e.At}
		switch e.Type {
		case bot.EvOpened:
			f.Type, f.Severity, f.Policy = sla.Opened, int(e.Open.Severity), sla.PolicyRef{ID: e.Open.Contract}
		case bot.EvSeverity:
			f.Type, f.Severity = sla.SeverityChanged, int(e.To[0]-'0')
		case bot.EvWaiting:
			f.Type, f.Waiting = sla.WaitingFor, sla.Others
			if e.To == string(bot.WaitingCustomer) {
				f.Waiting = sla.Customer
			}
		case bot.EvResumed:
			f.Type = sla.Resumed
		case bot.EvSaid:
			if !e.Actor.Role.Staff() {
				continue
			}
			f.Type, f.Evidence = sla.Responded, sla.Other
		case bot.EvResolved:
			f.Type = sla.Resolved
		case bot.EvReopened:
			f.Type = sla.Reopened
		case bot.EvClosed:
			f.Type = sla.Closed
		default:
			continue
		}
		facts = append(facts, f)
	}
	return facts
}

// checkPeople wants everybody who was paged by a schedule to be on call in it at
// that instant.
func (s *sim) checkPeople(c *bot.Case, events []bot.CaseEvent) {
	for _, e := range events {
		if e.Type != bot.EvPaged || e.Reason.Code != bot.WhyOnCall {
			continue
		}
		schedule, _ := s.org.Schedule(e.Reason.What)
		right := slices.ContainsFunc(s.watch.rosterAt(e.At), func(r roster) bool {
			own := slices.DeleteFunc(slices.Clone(r.overrides), func(o oncall.Override) bool { return o.Schedule != schedule.ID })
			return slices.Contains(oncall.On(schedule, own, r.absences, e.At), e.Person)
		})
		if !right {
			s.watch.wrong("%s: %s was paged by %s at %s and is not on call", c.Number, e.Person, e.Reason.What, e.At)
		}
	}
}

// checkFairness wants the hours of everybody to add up to the time in which
// somebody was on call, person by person, counted from the timeline.
func (s *sim) checkFairness(from, to time.Time) {
	last := s.watch.rosters[len(s.watch.rosters)-1]
	for _, schedule := range s.org.Schedules {
		own := slices.DeleteFunc(slices.Clone(last.overrides), func(o oncall.Override) bool { return o.Schedule != schedule.ID })
		want := map[string]time.Duration{}
		for _, span := range oncall.Timeline(schedule, own, last.absences, from, to) {
			for _, p := range span.Responders {
				want[p] += span.To.Sub(span.From)
			}
		}
		for _, share := range oncall.Fairness(schedule, own, last.absences, from, to, oncall.Burden{}).Shares {
			l := share.Served
			if l.Hours != want[share.Person] || l.Nights < 0 || l.Nights > l.Hours || l.Weekends > l.Hours {
				s.watch.wrong("fairness of %s: %s served %+v, the timeline says %s", schedule.ID, share.Person, l, want[share.Person])
			}
			delete(want, share.Person)
		}
		if len(want) > 0 {
			s.watch.wrong("fairness of %s leaves out %v", schedule.ID, want)
		}
	}
}

// checkWaiting measures how long the case had nobody, leaving out snoozes, holds
// and alarms that had gone quiet.
func (s *sim) checkWaiting(c *bot.Case, events []bot.CaseEvent, end time.Time) {
	f := &s.watch.figures
	var since time.Time
	excused := c.Class == bot.Planned
	stop := func(at time.Time) {
		if !since.IsZero() && !excused {
			f.LongestWait = max(f.LongestWait, at.Sub(since))
		}
		since, excused = time.Time{}, c.Class == bot.Planned
	}
	for _, e := range events {
		switch e.Type {
		case bot.EvOpened, bot.EvReopened:
			since = e.At
		case bot.EvUnacked:
			f.GivenBack++
			since = e.At
		case bot.EvSnoozed, bot.EvHeld, bot.EvSignalled:
			excused = true
		case bot.EvAcked:
			f.Acks++
			stop(e.At)
		case bot.EvAssigned, bot.EvResolved, bot.EvCancelled, bot.EvClosed:
			stop(e.At)
		}
	}
	stop(end)
}
