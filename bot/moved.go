package bot

import (
	"slices"
	"time"

	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/say"
)

// movedAhead is how far ahead people are told that their shifts moved; what lies
// further away is told by the notice before the shift.
const movedAhead = 14 * 24 * time.Hour

// maxMoved bounds how many times one notice lists.
const maxMoved = 6

var (
	wordMoved       = say.Words{EN: "Your shifts on %s moved (by %s).", ZH: "你在“%s”的值班有变动(操作人:%s)。"}
	wordMovedGained = say.Words{EN: "You are on call now %s – %s.", ZH: "新增值班:%s – %s。"}
	wordMovedLost   = say.Words{EN: "You are no longer on call %s – %s.", ZH: "不再值班:%s – %s。"}
)

// ChangeShifts stores an override or an absence, or deletes it with a nil body, as
// [Desk.ChangeRoster] does; besides, it tells everybody but the actor whose next 14
// days on call change by it, and sees to it that the hand-overs that are new are
// told at their instant.
func (d *Desk) ChangeShifts(tx Tx, actor Actor, kind, id string, body any) error {
	before := d.World(tx)
	after := before
	var err error
	if before.Roster, err = LoadRoster(tx); err != nil { // with what this transaction did so far
		return err
	}
	if err = d.ChangeRoster(tx, kind, id, body); err != nil {
		return err
	}
	if after.Roster, err = LoadRoster(tx); err != nil {
		return err
	}
	timers, err := tx.Timers(0)
	if err != nil {
		return err
	}
	var letters []Letter
	for _, s := range after.Org.Schedules {
		moves := oncall.Moved(before.soon(s), after.soon(s))
		if len(moves) == 0 {
			continue
		}
		letters = append(letters, movedLetters(after, s, moves, actor)...)
		if err := hastenHandover(tx, after, s, timers); err != nil {
			return err
		}
	}
	return d.Post(tx, letters...)
}

// soon is who is on call in the time of which people are told.
func (w World) soon(s oncall.Schedule) []oncall.Span {
	return oncall.Timeline(s, w.overridesOf(s.ID), w.Roster.Absences, w.Now, w.Now.Add(movedAhead))
}

// hastenHandover moves the hand-over timer of a schedule to an earlier change. A
// later one is left alone: it finds nothing to tell.
func hastenHandover(tx Tx, w World, s oncall.Schedule, timers []Timer) error {
	at, ok := w.nextChange(s)
	now, set := find(timers, func(t *Timer) bool { return t.Kind == TimerHandover && t.Key == s.ID })
	if !ok || !set || !at.Before(now.Due) {
		return nil
	}
	return tx.SetTimer(Timer{Kind: TimerHandover, Key: s.ID, Due: at})
}

func movedLetters(w World, s oncall.Schedule, moves []oncall.Move, actor Actor) []Letter {
	var letters []Letter
	for _, m := range moves {
		if m.Person == actor.ID {
			continue // nobody is told of what they did themselves
		}
		lang, when := w.readerOf(m.Person)
		text := chat.Say(wordMoved.In(lang, firstOf(s.Name, s.ID), firstOf(actor.Name, "Hotline")))
		lines := slices.Concat(shiftLines(wordMovedGained, lang, when, m.Gained), shiftLines(wordMovedLost, lang, when, m.Lost))
		for _, line := range lines[:min(len(lines), maxMoved)] {
			text = text.Plain("\n• " + line)
		}
		if more := len(lines) - maxMoved; more > 0 {
			text = text.Plain("\n" + wordBundleMore.In(lang, more))
		}
		letters = append(letters, w.notice(m.Person, text)...)
	}
	return letters
}

func shiftLines(words say.Words, lang string, when func(time.Time) string, shifts []oncall.Shift) []string {
	lines := make([]string, len(shifts))
	for i, s := range shifts {
		lines[i] = words.In(lang, when(s.From), when(s.To))
	}
	return lines
}
