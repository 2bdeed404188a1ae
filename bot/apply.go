package bot

import (
	"maps"
	"slices"
	"strconv"
)

// Apply folds one event into the case. It is the only place where a case changes,
// so that replaying the events of a case gives the stored case. Unknown types
// change nothing but Seq.
func (c *Case) Apply(e CaseEvent) {
	c.Seq = e.Seq
	c.Updated = e.At
	if f := foldOf(e.Type); f != nil {
		f(c, e)
	}
	if f, ok := fact(c, e); ok && c.Contract != "" {
		c.Facts = append(slices.Clip(c.Facts), f)
	}
}

// foldOf is the fold of an event type; nil when the event changes nothing in the
// case but is only a record.
func foldOf(t EventType) func(c *Case, e CaseEvent) {
	switch t {
	case EvOpened:
		return applyOpened
	case EvSaid:
		return applySaid
	case EvPagingBegan, EvStepFired, EvPaged, EvPagingEnded:
		return applyPaging
	case EvAcked, EvUnacked, EvAssigned, EvHelperAdded:
		return applyTaken
	case EvSeverity, EvMoved, EvEscalated:
		return applyClassified
	case EvStarted, EvWaiting, EvResumed, EvResponded, EvRestored:
		return applyWork
	case EvResolved, EvConfirmed, EvReopened, EvClosed, EvCancelled, EvMerged:
		return applyEnd
	case EvKnown, EvKnownFixed:
		return applyKnown
	case EvRatingAsked, EvRated, EvSuggested, EvTried, EvSignalled, EvRoomOpened, EvTranslated:
		return applyRecord
	case EvSnoozed, EvSnoozeEnded, EvHeld, EvReleased, EvClockWarned:
		return applyHold
	case EvPromise:
		return func(c *Case, e CaseEvent) { c.Promise = e.To }
	default:
		return nil
	}
}

func applyOpened(c *Case, e CaseEvent) {
	o := e.Open
	c.Number, c.Class, c.Severity = o.Number, o.Class, o.Severity
	c.State, c.Episode, c.Generation, c.Count = New, 1, 1, 1
	c.Title, c.Text, c.Lang = o.Title, o.Text, o.Lang
	c.Customer, c.Site, c.Asset, c.Service = o.Customer, o.Site, o.Asset, o.Service
	c.Contract, c.Promise = o.Contract, o.Promise
	c.Contact, c.Source, c.DedupKey, c.Drill = o.Contact, o.Source, o.DedupKey, o.Drill
	c.Reporter, c.ReporterName, c.ReporterAt = e.Actor.ID, e.Actor.Name, e.Actor.Via
	c.Opened = e.At
}

func applySaid(c *Case, e CaseEvent) {
	if !e.Actor.Role.Staff() || !e.Audience.IsCustomer() {
		return
	}
	c.AnsweredAt = e.At
	if c.Responded.IsZero() {
		c.Responded = e.At
	}
}

func applyPaging(c *Case, e CaseEvent) {
	switch e.Type {
	case EvPagingBegan:
		c.Paging = *e.Paging
		c.Paging.Active = true
		c.Paging.Started = e.At
		c.Held, c.Snoozed = "", zeroTime // whoever starts paging ends what kept it back
	case EvStepFired:
		c.Paging.Step, c.Paging.Round, c.Paging.StepAt = e.Step, e.Round, e.At
	case EvPaged:
		if !slices.Contains(c.Paging.Paged, e.Person) {
			c.Paging.Paged = append(slices.Clip(c.Paging.Paged), e.Person)
		}
		if c.Paging.First.IsZero() {
			c.Paging.First = e.At
		}
	case EvPagingEnded:
		c.Paging.Active = false
		if e.Reason.Code != WhyEnded { // after the last step what was sent still holds, and what was not still goes
			c.Generation++
		}
	}
}

func applyTaken(c *Case, e CaseEvent) {
	switch e.Type {
	case EvAcked:
		c.Held = ""
		if c.Owner != "" && c.Owner != e.Person {
			c.Helpers = append(slices.Clip(c.Helpers), c.Owner)
		}
		c.Owner = e.Person
		c.Paging.Acks = append(slices.Clip(c.Paging.Acks), e.Person)
		if c.State.Untaken() {
			c.State = Acknowledged
		}
		if c.Acked.IsZero() {
			c.Acked = e.At
		}
	case EvUnacked:
		c.State, c.Owner, c.Paging.Acks, c.Acked = New, "", nil, zeroTime
		c.Generation++
	case EvAssigned:
		c.Owner, c.Held = e.To, ""
		if c.State.Untaken() {
			c.State = Acknowledged
		}
		if c.Acked.IsZero() {
			c.Acked = e.At
		}
	case EvHelperAdded:
		if !slices.Contains(c.Helpers, e.To) {
			c.Helpers = append(slices.Clip(c.Helpers), e.To)
		}
	}
}

func applyClassified(c *Case, e CaseEvent) {
	switch e.Type {
	case EvSeverity:
		if n, err := strconv.Atoi(e.To); err == nil {
			c.Severity = Severity(n)
		}
	case EvMoved:
		c.Class = Class(e.To)
	case EvEscalated:
		c.Generation++
	}
}

func applyWork(c *Case, e CaseEvent) {
	switch e.Type {
	case EvStarted:
		c.State = InProgress
	case EvWaiting:
		c.State, c.WaitReason = State(e.To), e.Text
	case EvResumed:
		c.State, c.WaitReason = InProgress, ""
	case EvResponded:
		c.AnsweredAt = e.At
		if c.Responded.IsZero() {
			c.Responded = e.At
		}
	case EvRestored:
		c.Restored = e.At
	}
}

func applyEnd(c *Case, e CaseEvent) {
	switch e.Type {
	case EvResolved:
		c.State, c.Cause, c.Solution = Resolved, e.Cause, e.Text
		c.ResolvedA, c.ResolvedBy, c.SelfSolved = e.At, e.Actor.ID, e.To
		c.WaitReason, c.Held, c.Snoozed = "", "", zeroTime
		c.Generation++
	case EvReopened:
		c.State, c.Owner, c.Helpers = Reopened, "", nil
		c.Episode++
		c.Generation++
		c.ResolvedA, c.ClosedAt, c.Acked = zeroTime, zeroTime, zeroTime
		c.SelfSolved = ""
		c.Paging = Paging{}
	case EvClosed:
		c.State, c.ClosedAt = Closed, e.At
	case EvCancelled:
		c.State, c.ClosedAt = Cancelled, e.At
		c.Generation++
	case EvMerged:
		if e.To != "" {
			c.State, c.Of, c.ClosedAt = Duplicate, e.To, e.At
			c.Generation++
		} else {
			c.Count++
		}
	}
}

func applyRecord(c *Case, e CaseEvent) {
	switch e.Type {
	case EvRatingAsked:
		c.Asked = c.Episode
	case EvRated:
		c.Rated, c.Score = c.Episode, e.Score
	case EvSuggested:
		c.Suggested, c.AskFirst = e.Hits, e.Mode == ModeAsk
		if e.Advice != nil {
			c.Advice = *e.Advice
		}
	case EvTranslated:
		if e.From == "1" {
			c.Translation = Translation{Lang: e.To, Text: e.Text}
		}
	case EvTried:
		if e.To == c.Known.Article {
			c.Known.Tried = e.Mode
		}
		c.Suggested = slices.Clone(c.Suggested)
		for i := range c.Suggested {
			if c.Suggested[i].ID == e.To {
				c.Suggested[i].Tried = e.Mode
			}
		}
	case EvSignalled:
		c.Recovering = e.Mode == SignalResolved
		if e.Mode == SignalFiring {
			c.Count++
		}
	case EvRoomOpened:
		c.Room = e.Place
	}
}

func applyHold(c *Case, e CaseEvent) {
	switch e.Type {
	case EvSnoozed:
		c.Snoozed, c.Held = e.Until, ""
	case EvSnoozeEnded:
		c.Snoozed = zeroTime
	case EvHeld:
		c.Held = e.Text
	case EvReleased:
		c.Held = ""
	case EvClockWarned:
		warned := maps.Clone(c.Warned)
		if warned == nil {
			warned = map[string]int{}
		}
		warned[e.Mode] = e.Count
		c.Warned = warned
	}
}

// Replay builds a case from its events.
func Replay(id int64, events []CaseEvent) Case {
	c := Case{ID: id}
	for _, e := range events {
		c.Apply(e)
	}
	return c
}
