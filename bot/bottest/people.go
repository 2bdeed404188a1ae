package bottest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

// paged lets the person who got a page decide what to do about each of its cases.
func (s *sim) paged(out chat.Outgoing) {
	who := out.Facts["responder"]
	cases := strings.Split(out.Facts["cases"], ",")
	if out.Facts["cases"] == "" {
		cases = []string{out.Case}
	}
	for _, number := range cases[:min(len(cases), 5)] {
		s.spawn(func() { s.react(who, number, out.Facts["page_id"]) })
	}
}

// react is what a responder does when paged: most take the case, some do not hear
// it, snooze it, pass it on, or escalate.
func (s *sim) react(who, number, page string) {
	r := dice(s.Seed, "react", who, number, page)
	if !pause(s.ctx, between(r, 5*time.Second, 4*time.Minute)) {
		return
	}
	switch roll := r.IntN(100); {
	case roll < 70:
		s.press(who, chat.Action{Verb: "ack", Case: number})
		s.work(who, number, page)
	case roll < 74:
		s.press(who, chat.Action{Verb: "snooze", Case: number, Arg: strconv.Itoa(5 + r.IntN(90))})
	case roll < 80:
		s.press(who, chat.Action{Verb: "escalate", Case: number})
	case roll < 83:
		s.press(who, chat.Action{Verb: "assign", Case: number, Arg: person(r.IntN(s.People))})
	case roll < 85: // takes it and thinks better of it
		s.press(who, chat.Action{Verb: "ack", Case: number})
		if pause(s.ctx, between(r, time.Minute, 20*time.Minute)) && s.owns(who, number) {
			s.press(who, chat.Action{Verb: "unack", Case: number})
		}
	}
}

// work is what follows an acknowledgement, as long as the case is theirs; some fall
// silent and are nagged.
func (s *sim) work(who, number, page string) {
	r := dice(s.Seed, "work", who, number, page)
	if !pause(s.ctx, between(r, time.Minute, 20*time.Minute)) || !s.owns(who, number) || r.IntN(100) < 8 {
		return
	}
	s.press(who, chat.Action{Verb: []string{"note", "answer", "answer", "wait"}[r.IntN(4)], Case: number})
	if pause(s.ctx, between(r, 5*time.Minute, 5*time.Hour)) && s.owns(who, number) {
		s.press(who, chat.Action{Verb: "resolve", Case: number})
	}
}

// owns looks whether somebody has a case.
func (s *sim) owns(who, number string) bool {
	var c bot.Case
	err := s.Store.View(s.ctx, func(r bot.Reader) (err error) {
		c, err = r.CaseByNumber(number)
		return err
	})
	return err == nil && c.Owner == who && c.State.Active()
}

// resolved lets the customer answer to a fix: yes, no, or nothing; some rate it.
func (s *sim) resolved(c bot.Case) {
	r := dice(s.Seed, "customer", c.Number, strconv.Itoa(c.Episode))
	if !pause(s.ctx, between(r, 10*time.Minute, 20*time.Hour)) || !strings.HasPrefix(c.Reporter, "k") {
		return
	}
	switch roll := r.IntN(100); {
	case roll < 60:
		s.press(c.Reporter, chat.Action{Verb: "confirm", Case: c.Number})
		if r.IntN(2) == 0 && pause(s.ctx, between(r, time.Minute, time.Hour)) {
			s.press(c.Reporter, chat.Action{Verb: "rate", Case: c.Number, Arg: strconv.Itoa(1 + r.IntN(5))})
		}
	case roll < 70:
		s.press(c.Reporter, chat.Action{Verb: "reopen", Case: c.Number})
	case c.Class == bot.Complaint && pause(s.ctx, between(r, 24*time.Hour, 5*24*time.Hour)): // these wait for an answer
		s.press(c.Reporter, chat.Action{Verb: "confirm", Case: c.Number})
	}
}

// wonders lets some customers ask how it stands.
func (s *sim) wonders(c bot.Case) {
	r := dice(s.Seed, "wonder", c.Number)
	if strings.HasPrefix(c.Reporter, "k") && r.IntN(4) == 0 && pause(s.ctx, between(r, time.Minute, 3*time.Hour)) {
		s.press(c.Reporter, chat.Action{Verb: "say", Case: c.Number})
	}
}

// press sends a button press, and tries again while the hotline is down.
func (s *sim) press(who string, a chat.Action) {
	n := s.presses.Add(1)
	s.receive(chat.Event{Key: fmt.Sprintf("press-%d", n), Kind: chat.KindButton, From: account(who), At: now(),
		Where: chat.Place{Platform: ChatName, Channel: "dm:" + who, Direct: true}, Action: a})
}

// receive hands an event to the hotline as the platform does: again and again
// until it is taken.
func (s *sim) receive(ev chat.Event) {
	for s.ctx.Err() == nil {
		if inbox := s.chat.open(); inbox != nil {
			_, err := inbox.Receive(s.ctx, ev)
			if err == nil {
				return
			}
			if !errors.Is(err, bot.ErrUnavailable) && !errors.Is(err, context.Canceled) {
				s.watch.wrong("event %s was refused: %v", ev.Key, err)
				return
			}
		}
		pause(s.ctx, 30*time.Second)
	}
}

// plan lets a lead see to a planned event some days later, for which nobody is
// paged, and once more when it was not done after all.
func (s *sim) plan(c bot.Case) {
	r := dice(s.Seed, "plan", c.Number, strconv.Itoa(c.Episode))
	if c.Class != bot.Planned || !pause(s.ctx, between(r, time.Hour, 4*24*time.Hour)) {
		return
	}
	lead := person(s.People - 2)
	s.press(lead, chat.Action{Verb: "ack", Case: c.Number})
	if pause(s.ctx, between(r, time.Minute, time.Hour)) {
		s.press(lead, chat.Action{Verb: "resolve", Case: c.Number})
	}
}
