package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"hotline/adapters/web"
	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/sla"
	"hotline/commands"
)

// pages fills the read-only pages of the workspace from the store and the
// organisation.
type pages struct{ h *hotline }

// boardStates are the columns of the queue, in the order of work.
var boardStates = [][]bot.State{{bot.New, bot.Reopened}, {bot.Acknowledged}, {bot.InProgress}, {bot.WaitingCustomer}, {bot.WaitingOthers}, {bot.Resolved}}

// boardLimit is how many cases a column shows.
const boardLimit = 50

// Queue returns the open cases by state.
func (p pages) Queue(ctx context.Context, _ web.User, lang string) ([]web.QueueColumn, error) {
	w := p.h.desk.Snapshot()
	var columns []web.QueueColumn
	err := p.h.store.View(ctx, func(r bot.Reader) error {
		for _, states := range boardStates {
			q := bot.CaseQuery{States: states, Limit: boardLimit}
			total, err := r.CountCases(q)
			if err != nil {
				return err
			}
			cases, err := r.Cases(q)
			if err != nil {
				return err
			}
			col := web.QueueColumn{State: string(states[0]), Total: total}
			for i := range cases {
				col.Cases = append(col.Cases, queueCase(w, r, &cases[i], lang))
			}
			columns = append(columns, col)
		}
		return nil
	})
	return columns, err
}

func queueCase(w bot.World, r bot.Reader, c *bot.Case, lang string) web.QueueCase {
	q := web.QueueCase{Number: c.Number, Title: c.Title, Severity: int(c.Severity), Opened: c.Opened}
	if k, ok := w.Org.Customer(c.Customer); ok {
		q.Customer = k.Name
	}
	if s, ok := w.Org.Service(c.Service); ok {
		q.Service = s.Name
	}
	if c.Owner != "" {
		q.Owner = w.Name(c.Owner)
	}
	if kind, due, ok := w.NextClock(c); ok {
		q.Due, q.What, q.Late = due, bot.ClockName(kind, lang), due.Before(w.Now)
	}
	links, err := r.Links(c.ID, bot.LinkThread)
	for _, l := range links {
		if err == nil && l.Ref.Platform == web.Platform && !l.Ref.Direct {
			q.Path = "/c/" + l.Ref.Channel + "/" + l.Ref.Thread
		}
	}
	return q
}

// wholeShift is how far beyond a time is looked for where its shifts really begin and
// end; longer ones are shown as cut.
const wholeShift = 35 * 24 * time.Hour

// OnCall returns the shifts of every schedule.
func (p pages) OnCall(_ context.Context, from, to time.Time) ([]web.Lane, error) {
	w := p.h.desk.Snapshot()
	from, to = from.Add(-wholeShift), to.Add(wholeShift)
	var lanes []web.Lane
	for _, s := range w.Org.Schedules {
		zone := s.Zone
		if zone == nil {
			zone = time.UTC
		}
		lane := web.Lane{Schedule: s.Name, Zone: zone}
		spans := oncall.Timeline(s, w.Overrides(s.ID), w.Roster.Absences, from, to)
		planned := oncall.Timeline(s, nil, nil, from, to)
		for _, shift := range oncall.Shifts(spans) {
			lane.Shifts = append(lane.Shifts, web.Shift{Person: w.Name(shift.Person), From: shift.From, To: shift.To, Override: !plannedFor(planned, shift)})
		}
		for _, span := range spans {
			if len(span.Responders) == 0 {
				lane.Shifts = append(lane.Shifts, web.Shift{From: span.From, To: span.To})
			}
		}
		lanes = append(lanes, lane)
	}
	return lanes, nil
}

// plannedFor reports whether a shift is the person's by the rotation alone.
func plannedFor(planned []oncall.Span, s oncall.Shift) bool {
	for _, span := range planned {
		if span.From.Before(s.To) && s.From.Before(span.To) && !slices.Contains(span.Responders, s.Person) {
			return false
		}
	}
	return true
}

// Fairness returns what everybody bore over all schedules, and how often each was
// paged.
func (p pages) Fairness(ctx context.Context, from, to time.Time) ([]web.FairShare, error) {
	var paged map[string]int
	if err := p.h.store.View(ctx, func(r bot.Reader) (err error) {
		paged, err = bot.CountPages(r, from, to)
		return err
	}); err != nil {
		return nil, err
	}
	w := p.h.desk.Snapshot()
	shares := map[string]*web.FairShare{}
	for _, s := range w.Org.Schedules {
		for _, one := range w.Fairness(s, from, to).Shares {
			sum := shares[one.Person]
			if sum == nil {
				sum = &web.FairShare{Person: w.Name(one.Person), Pages: paged[one.Person]}
				shares[one.Person] = sum
			}
			sum.Hours += one.Served.Hours
			sum.Nights += one.Served.Nights
			sum.Weekends += one.Served.Weekends
			sum.Holidays += one.Served.Holidays
			sum.Balance += one.Balance().Hours
		}
	}
	var list []web.FairShare
	for _, s := range shares {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b web.FairShare) int { return strings.Compare(a.Person, b.Person) })
	return list, nil
}

func (p pages) actor(u web.User) bot.Actor {
	return p.h.desk.Snapshot().Actor(chat.Principal{Platform: web.Platform, User: u.ID}, chat.Place{})
}

// Trust returns how reliable the confidence of the search is.
func (p pages) Trust(context.Context) web.Trusted {
	r := p.h.shelf.Reliability()
	t := web.Trusted{Measured: r.Measured, Own: r.Own, Phrasings: r.Phrasings, Needed: r.Needed}
	for _, s := range r.Steps {
		t.Steps = append(t.Steps, web.TrustStep(s))
	}
	return t
}

// Health returns the state of every part.
func (p pages) Health(ctx context.Context, _ string) []web.HealthRow {
	r := p.h.ready(ctx)
	state := chat.StateUp
	if !r.Ready {
		state = chat.StateDegraded
	}
	rows := []web.HealthRow{{Name: "Hotline " + version(), State: state, Since: p.h.started, Problems: r.Problems}}
	for _, a := range p.h.adapters() {
		health := a.Health()
		rows = append(rows, web.HealthRow{Name: string(a.Platform()), State: health.State, Since: health.Since, Problems: health.Problems})
	}
	return rows
}

// Open reads the token of a customer's link to a case.
func (p pages) Open(token string) (number string, who chat.Principal, ok bool) {
	parts, ok := p.h.desk.Snapshot().Org.LinkKey.Open(token)
	if !ok || len(parts) != 3 || parts[0] != "ticket" {
		return "", chat.Principal{}, false
	}
	if who, ok = chat.ParsePrincipal(parts[2]); ok {
		who.Lang = p.h.desk.Snapshot().Actor(who, chat.Place{}).Lang
	}
	return parts[1], who, ok
}

// Ticket returns what the customer may see of a case.
func (p pages) Ticket(ctx context.Context, number string) (web.Ticket, error) {
	w := p.h.desk.Snapshot()
	var c bot.Case
	var events []bot.CaseEvent
	err := p.h.store.View(ctx, func(r bot.Reader) (err error) {
		if c, err = r.CaseByNumber(number); err != nil {
			return err
		}
		events, err = r.Events(c.ID, 0)
		return err
	})
	if err != nil {
		return web.Ticket{}, err
	}
	t := web.Ticket{Number: c.Number, Title: c.Title, State: string(c.State), Severity: int(c.Severity), Opened: c.Opened,
		CanConfirm: c.State == bot.Resolved, CanReopen: c.State == bot.Closed, CanReply: c.State.Open(), Gen: c.Generation,
		CanRate: c.Asked == c.Episode && c.Rated < c.Episode && c.State == bot.Closed}
	if k, ok := w.Org.Customer(c.Customer); ok {
		t.Customer = k.Name
	}
	if c.Owner != "" {
		t.Owner = w.Name(c.Owner)
	}
	if !c.State.Active() {
		t.Solution = c.Solution
	} else if kind, due, ok := w.NextClock(&c); ok && (kind == sla.Respond || kind == sla.Resolve || kind == sla.Restore) {
		t.Due = due
	}
	if c.Rated == c.Episode {
		t.Score = c.Score
	}
	t.Timeline = timeline(w, &c, events)
	return t, nil
}

// timeline is what happened as the customer may read it: events for the customer,
// and nothing else.
func timeline(w bot.World, c *bot.Case, events []bot.CaseEvent) []web.TicketEntry {
	viewer := bot.Actor{Role: bot.RoleCustomer, Customer: c.Customer, Lang: c.Lang}
	var list []web.TicketEntry
	for _, e := range events {
		if !e.Audience.IsCustomer() {
			continue
		}
		entry := web.TicketEntry{At: e.At, Who: e.Actor.Name, Customer: !e.Actor.Role.Staff() && !e.Actor.System(), Files: e.Files}
		switch e.Type {
		case bot.EvOpened:
			entry.Text = chat.T(e.Open.Text)
		case bot.EvSaid:
			entry.Text = chat.T(e.Text)
		default:
			entry.Text = chat.T(commands.Tell(w, viewer, e, c.Lang))
		}
		if len(entry.Text) > 0 || len(entry.Files) > 0 {
			list = append(list, entry)
		}
	}
	return list
}
