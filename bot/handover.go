package bot

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/say"
)

// aheadOf is how long before a hand-over the people concerned are told.
const aheadOf = 24 * time.Hour

// lookAhead bounds the search for the next change of a schedule; one that does not
// change within it is looked at again then.
const lookAhead = 60 * 24 * time.Hour

var (
	wordHandoverIn    = say.Words{EN: "You are on call for %s from now until %s.", ZH: "你现在开始值班(%s),至 %s。"}
	wordHandoverOut   = say.Words{EN: "Your shift on %s is over. %s has it now.", ZH: "你在“%s”的值班已结束,由 %s 接班。"}
	wordHandoverAhead = say.Words{EN: "Your shift on %s begins %s.", ZH: "你在“%s”的值班将于 %s 开始。"}
	wordBriefOpen     = say.Words{EN: "%d open cases:", ZH: "未结工单 %d 个:"}
	wordBriefNone     = say.Words{EN: "No open cases. Quiet so far.", ZH: "没有未结工单。"}
	wordBriefDue      = say.Words{EN: "due %s", ZH: "截止 %s"}
	wordBriefSnooze   = say.Words{EN: "snoozed until %s", ZH: "暂停至 %s"}
	wordNobodyOnCall  = say.Words{EN: "nobody", ZH: "无人"}
)

// Jobs are the timers that the desk handles outside of cases.
func (d *Desk) Jobs(log *slog.Logger) map[TimerKind]Job {
	return map[TimerKind]Job{TimerHandover: func(ctx context.Context, t Timer) (time.Time, error) {
		return d.handover(ctx, t, log)
	}}
}

// WatchSchedules sets the hand-over timers of every schedule; call it at start and
// after the schedules changed. A timer whose schedule is gone ends by itself.
func (d *Desk) WatchSchedules(ctx context.Context) error {
	return d.store.Do(ctx, func(tx Tx) error {
		w := d.World(tx)
		for _, s := range w.Org.Schedules {
			at, _ := w.nextChange(s)
			if err := tx.SetTimer(Timer{Kind: TimerHandover, Key: s.ID, Due: at}); err != nil {
				return err
			}
			if err := tx.SetTimer(Timer{Kind: TimerHandover, Key: s.ID + aheadSuffix, Due: w.nextAhead(s, w.Now)}); err != nil {
				return err
			}
		}
		d.announce(tx, Outcome{}, nil, []Timer{{}})
		return nil
	})
}

const aheadSuffix = "|ahead"

// nextChange is the next instant at which the people on call change; ok is false
// when they do not within lookAhead, which is then the instant to look again.
func (w World) nextChange(s oncall.Schedule) (at time.Time, ok bool) {
	spans := oncall.Timeline(s, w.overridesOf(s.ID), w.Roster.Absences, w.Now, w.Now.Add(lookAhead))
	if len(spans) > 1 {
		return spans[0].To, true
	}
	return w.Now.Add(lookAhead), false
}

// nextAhead is when to tell of the first change that is more than aheadOf after an
// instant; it lies after the instant, however short the shifts are.
func (w World) nextAhead(s oncall.Schedule, after time.Time) time.Time {
	w.Now = after.Add(aheadOf)
	at, _ := w.nextChange(s)
	return at.Add(-aheadOf)
}

// handover tells the people concerned that a shift has changed or is about to, and
// gives those who begin a brief of what waits for them.
func (d *Desk) handover(ctx context.Context, t Timer, log *slog.Logger) (time.Time, error) {
	id, ahead := strings.CutSuffix(t.Key, aheadSuffix)
	var again time.Time
	err := d.store.Do(ctx, func(tx Tx) error {
		w := d.World(tx)
		s, ok := w.Org.Schedule(id)
		if !ok {
			return nil
		}
		var letters []Letter
		var later []Timer
		if ahead {
			letters = aheadLetters(w, s, t.Due.Add(aheadOf))
		} else {
			cases, err := tx.Cases(CaseQuery{States: []State{New, Reopened, Acknowledged, InProgress, WaitingCustomer, WaitingOthers}, Limit: 200})
			if err != nil {
				return err
			}
			letters = handoverLetters(w, s, t.Due, cases)
			later = summaries(w, w.beginning(s, t.Due), cases)
		}
		if again, _ = w.nextChange(s); ahead {
			again = w.nextAhead(s, w.Now)
		}
		if len(letters) == 0 {
			return nil
		}
		return firstErr(d.Post(tx, letters...), d.Later(tx, later...))
	})
	if err != nil {
		log.Error("hand-over", "schedule", id, "err", err)
	}
	return again, err
}

// handoverLetters are for a change at an instant: to those who begin and those who
// end.
func handoverLetters(w World, s oncall.Schedule, at time.Time, cases []Case) []Letter {
	before := oncall.On(s, w.overridesOf(s.ID), w.Roster.Absences, at.Add(-time.Nanosecond))
	after := oncall.On(s, w.overridesOf(s.ID), w.Roster.Absences, at)
	then := w
	then.Now = at
	until, _ := then.nextChange(s)
	var letters []Letter
	for _, p := range after {
		if !slices.Contains(before, p) {
			lang, when := w.readerOf(p)
			text := chat.Say(wordHandoverIn.In(lang, firstOf(s.Name, s.ID), when(until))).Plain("\n" + brief(w, lang, when, cases))
			letters = append(letters, w.notice(p, text)...)
		}
	}
	for _, p := range before {
		if !slices.Contains(after, p) {
			lang, _ := w.readerOf(p)
			letters = append(letters, w.notice(p, chat.Say(wordHandoverOut.In(lang, firstOf(s.Name, s.ID), w.names(after, lang))))...)
		}
	}
	return letters
}

// beginning lists who begins a shift at an instant.
func (w World) beginning(s oncall.Schedule, at time.Time) []string {
	before := oncall.On(s, w.overridesOf(s.ID), w.Roster.Absences, at.Add(-time.Nanosecond))
	return slices.DeleteFunc(slices.Clone(oncall.On(s, w.overridesOf(s.ID), w.Roster.Absences, at)), func(p string) bool { return slices.Contains(before, p) })
}

// aheadLetters are for the change at an instant to come, to those who begin then;
// none when it was moved meanwhile.
func aheadLetters(w World, s oncall.Schedule, at time.Time) []Letter {
	if !at.After(w.Now) {
		return nil // found after downtime: the hand-over itself tells them
	}
	before := oncall.On(s, w.overridesOf(s.ID), w.Roster.Absences, at.Add(-time.Nanosecond))
	var letters []Letter
	for _, p := range oncall.On(s, w.overridesOf(s.ID), w.Roster.Absences, at) {
		if !slices.Contains(before, p) {
			lang, when := w.readerOf(p)
			letters = append(letters, w.notice(p, chat.Say(wordHandoverAhead.In(lang, firstOf(s.Name, s.ID), when(at))))...)
		}
	}
	return letters
}

// brief lists what waits for somebody who begins: the worst first, with what runs
// out in the next twelve hours and when snoozes end.
func brief(w World, lang string, when func(time.Time) string, cases []Case) string {
	if len(cases) == 0 {
		return wordBriefNone.In(lang)
	}
	var b strings.Builder
	b.WriteString(wordBriefOpen.In(lang, len(cases)))
	for _, c := range cases[:min(len(cases), 10)] {
		fmt.Fprintf(&b, "\n• %s [%d] %s – %s", c.Number, c.Severity, Shorten(c.Title, 60), StateName(c.State, lang))
		if _, due, ok := w.NextClock(&c); ok && due.Sub(w.Now) < 12*time.Hour {
			b.WriteString(" – " + wordBriefDue.In(lang, when(due)))
		}
		if !c.Snoozed.IsZero() {
			b.WriteString(" – " + wordBriefSnooze.In(lang, when(c.Snoozed)))
		}
	}
	if len(cases) > 10 {
		b.WriteString("\n" + wordBundleMore.In(lang, len(cases)-10))
	}
	return b.String()
}

// readerOf is a person's language and how to write instants for them.
func (w World) readerOf(person string) (lang string, when func(time.Time) string) {
	p, _ := w.Org.Person(person)
	loc := w.Org.Zone
	if l, err := time.LoadLocation(p.Zone); err == nil && p.Zone != "" {
		loc = l
	}
	if loc == nil {
		loc = time.UTC
	}
	return w.LangOf(p), func(t time.Time) string { return t.In(loc).Format("Mon 2 Jan 15:04 MST") }
}

func (w World) names(people []string, lang string) string {
	if len(people) == 0 {
		return wordNobodyOnCall.In(lang)
	}
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = w.Name(p)
	}
	return strings.Join(names, ", ")
}

// notice is a direct message to a person on their chat account; none when they
// have none.
func (w World) notice(person string, text chat.Text) []Letter {
	to, ok := w.Account(person, "")
	if !ok {
		return nil
	}
	p, _ := w.Org.Person(person)
	return []Letter{{Template: TplContent, Intent: chat.IntentNotice, Audience: chat.Only(person), Priority: PrioNotice,
		To: to, Person: person, Lang: w.LangOf(p), Content: &chat.Content{Text: text}}}
}

// Notice makes a direct message to a person on their chat account; no letter when
// they have none.
func Notice(w World, person string, text chat.Text) []Letter { return w.notice(person, text) }
