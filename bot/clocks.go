package bot

import (
	"fmt"
	"time"

	"hotline/bot/chat"
	"hotline/bot/say"
	"hotline/bot/sla"
)

// policies are the versions of a case's contract, as the clocks look them up: those
// that were kept, and what is agreed now. A fact that names no version was written
// before versions were kept; what is agreed now counts for it.
func (w World) policies(c *Case) (list []sla.Policy) {
	if k, ok := w.Org.Contracts[c.Contract]; ok {
		p := k.Policy
		p.ID = c.Contract
		list = append(list, p)
		p.Version = ""
		list = append(list, p)
	}
	return append(list, w.Roster.Promises[c.Contract]...)
}

// Clocks are the promised times of a case at the world's instant.
func (w World) Clocks(c *Case) []sla.Clock { return sla.Clocks(c.Facts, w.policies(c), w.Now) }

// ResponseDue is when a person must have answered the customer; ok is false when
// nothing is promised or it is done.
func (w World) ResponseDue(c *Case) (due time.Time, ok bool) {
	for _, k := range w.Clocks(c) {
		if k.Kind == sla.Respond && k.Open() && !k.Due.IsZero() {
			due, ok = k.Due, true
		}
	}
	return due, ok
}

// NextClock is the open clock that runs out first.
func (w World) NextClock(c *Case) (kind sla.Kind, due time.Time, ok bool) {
	for _, k := range w.Clocks(c) {
		if k.Open() && !k.Due.IsZero() && (!ok || k.Due.Before(due)) {
			kind, due, ok = k.Kind, k.Due, true
		}
	}
	return kind, due, ok
}

// fact is what an event says to the clocks; ok is false when it says nothing.
func fact(c *Case, e CaseEvent) (f sla.Fact, ok bool) {
	f.At = e.At
	switch e.Type {
	case EvOpened:
		f.Type, f.Severity, f.Policy = sla.Opened, int(e.Open.Severity), sla.PolicyRef{ID: e.Open.Contract, Version: e.Open.Promise}
	case EvPromise:
		f.Type, f.Policy = sla.PolicyChanged, sla.PolicyRef{ID: c.Contract, Version: e.To}
	case EvSeverity:
		f.Type, f.Severity = sla.SeverityChanged, int(c.Severity)
	case EvWaiting:
		f.Type, f.Waiting = sla.WaitingFor, sla.Others
		if State(e.To) == WaitingCustomer {
			f.Waiting = sla.Customer
		}
	case EvResumed:
		f.Type = sla.Resumed
	case EvResponded:
		f.Type, f.Evidence = sla.Responded, sla.Evidence(e.Mode)
	case EvSaid:
		if !e.Actor.Role.Staff() || !e.Audience.IsCustomer() {
			return f, false
		}
		f.Type, f.Evidence = sla.Responded, sla.Other
	case EvRestored:
		f.Type = sla.Restored
	case EvResolved:
		f.Type = sla.Resolved
	case EvReopened:
		f.Type = sla.Reopened
	case EvClosed, EvCancelled:
		f.Type = sla.Closed
	case EvMerged:
		f.Type = sla.Closed
		return f, e.To != ""
	default:
		return f, false
	}
	return f, true
}

// clockTimers sets the timer for the next instant at which a clock warns or runs
// out, when the decision changed what the clocks stand on.
func (d *decision) clockTimers() {
	if d.c.Contract == "" || len(d.events) == 0 {
		return
	}
	changed := false
	for _, e := range d.events {
		_, isFact := fact(&d.c, e)
		changed = changed || isFact || e.Type == EvClockWarned
	}
	if !changed {
		return
	}
	if at, ok := sla.Next(d.w.Clocks(&d.c), d.w.Now); ok && d.c.State.Active() {
		d.timer(TimerClock, "", at, 0)
	} else {
		d.cancel = append(d.cancel, TimerClock)
	}
}

// tickClock warns when a share of a promised time is used up, and when it has run
// out, once each. A clock that ran out on a case nobody has goes to the next step.
func (d *decision) tickClock(Timer) {
	d.actor = system
	late := false
	for _, k := range d.w.Clocks(&d.c) {
		percent := reached(&k, d.w.Now)
		key := clockKey(&k)
		if percent <= d.c.Warned[key] {
			continue
		}
		d.emit(CaseEvent{Type: EvClockWarned, Mode: key, Count: percent})
		args := map[string]string{"clock": string(k.Kind), "percent": fmt.Sprint(percent), "due": k.Due.UTC().Format(time.RFC3339)}
		d.tellPerson(d.c.Owner, TplClock, args)
		if percent >= 100 {
			late = true
			d.noticeDesk(TplClock, args)
		}
	}
	if late && d.c.State.Untaken() && d.c.Paging.Active && d.w.Now.Sub(d.c.Paging.StepAt) > time.Minute {
		d.refresh = true
		d.fire(d.c.Paging.Step+1, max(1, d.c.Paging.Round), Reason{Code: WhyWaited, What: "SLA"})
	}
	if at, ok := sla.Next(d.w.Clocks(&d.c), d.w.Now); ok && d.c.State.Active() {
		d.timer(TimerClock, "", at, 0)
	}
}

// reached is the highest warning that an open clock has passed, 100 when it has
// run out, 0 for none.
func reached(k *sla.Clock, now time.Time) int {
	if !k.Open() {
		return 0
	}
	if k.State == sla.Breached {
		return 100
	}
	percent := 0
	for _, w := range k.Warnings {
		if !w.At.IsZero() && !w.At.After(now) {
			percent = max(percent, w.Percent)
		}
	}
	return percent
}

func clockKey(k *sla.Clock) string { return fmt.Sprintf("%s/%d/%d", k.Kind, k.Episode, k.Cycle) }

var clockWords = map[sla.Kind]say.Words{
	sla.Respond: {EN: "respond", ZH: "响应"},
	sla.Update:  {EN: "update", ZH: "进展通报"},
	sla.Arrival: {EN: "arrive", ZH: "到场"},
	sla.Restore: {EN: "restore", ZH: "恢复"},
	sla.Resolve: {EN: "resolve", ZH: "解决"},
}

// ClockName is what a clock is called.
func ClockName(k sla.Kind, lang string) string { return clockWords[k].In(lang) }

var (
	wordClockWarn = say.Words{EN: "%s: %s%% of the time to %s is used.", ZH: "%s:%[3]s时限已用 %[2]s%%。"}
	wordClockLate = say.Words{EN: "%s: the time to %s has run out.", ZH: "%s:%s时限已超。"}
	wordClockLine = say.Words{EN: "%s: %s of %s used, %s", ZH: "%s:已用 %s / %s,%s"}
	wordClockDue  = say.Words{EN: "due %s", ZH: "截止 %s"}
	wordSegment   = say.Words{EN: "   %s – %s  %s  %s", ZH: "   %s – %s  %s  %s"}
)

func (r *renderer) clock() chat.Content {
	name := ClockName(sla.Kind(r.l.Args["clock"]), r.lang)
	if r.l.Args["percent"] == "100" {
		return r.line(wordClockLate, r.c.Number, name)
	}
	return r.line(wordClockWarn, r.c.Number, r.l.Args["percent"], name)
}

var clockStateWords = map[sla.State]say.Words{
	sla.Running:  {EN: "running", ZH: "计时中"},
	sla.Paused:   {EN: "paused", ZH: "已暂停"},
	sla.Met:      {EN: "met", ZH: "已达成"},
	sla.Breached: {EN: "too late", ZH: "已超时"},
}

var segmentWords = map[sla.SegmentState]say.Words{
	sla.Counted:    {EN: "counted", ZH: "计时"},
	sla.Waited:     {EN: "paused", ZH: "暂停"},
	sla.OutOfHours: {EN: "outside hours", ZH: "非服务时间"},
	sla.Unpromised: {EN: "not promised", ZH: "无承诺"},
}

// ExplainClocks says for each clock of a case how it stands and every segment of
// its time; the counted segments add up to what is used.
func ExplainClocks(w World, c Case, _ []CaseEvent, lang string, viewer Actor) []string {
	loc := w.Org.Zone
	if p, ok := w.Org.Person(viewer.ID); ok && p.Zone != "" {
		if l, err := time.LoadLocation(p.Zone); err == nil {
			loc = l
		}
	}
	if loc == nil {
		loc = time.UTC
	}
	var lines []string
	for _, k := range w.Clocks(&c) {
		state := clockStateWords[k.State].In(lang)
		if !k.Due.IsZero() {
			state += ", " + wordClockDue.In(lang, k.Due.In(loc).Format("2006-01-02 15:04:05 MST"))
		}
		lines = append(lines, wordClockLine.In(lang, ClockName(k.Kind, lang), k.Spent.Round(time.Second), k.Target, state))
		for _, s := range k.Segments {
			what := segmentWords[s.State].In(lang)
			if s.Label != "" {
				what += " (" + s.Label + ")"
			}
			lines = append(lines, wordSegment.In(lang, s.From.In(loc).Format("01-02 15:04:05"), s.To.In(loc).Format("01-02 15:04:05"), s.To.Sub(s.From).Round(time.Second), what))
		}
	}
	return lines
}
