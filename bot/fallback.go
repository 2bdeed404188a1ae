package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"hotline/bot/chat"
)

// fallback makes the next contact method of the same page due at once when one
// has failed, and the next step when there is none left and nobody was reached.
func (s *sender) fallback(tx Tx, p *prepared, reason string, final bool) error {
	l := &p.l
	if l.Intent != chat.IntentPage || !final && l.Attempts > 1 {
		return nil
	}
	letters, err := tx.Letters(l.Case)
	if err != nil {
		return err
	}
	reached := slices.ContainsFunc(letters, func(o Letter) bool {
		return o.Intent == chat.IntentPage && o.Gen == l.Gen && o.ID != l.ID && (o.State == Delivered || o.State == InFlight || o.State == Pending)
	})
	if err := s.nextMethod(tx, letters, l); err != nil {
		return err
	}
	if final {
		_, err := s.e.desk.Apply(tx, Actor{}, l.Case, Delivery{Person: l.Person, Platform: string(l.Platform()), Page: l.Page, Status: "failed", Detail: reason})
		if err != nil {
			return err
		}
	}
	if final && !reached && p.c.Paging.Active {
		return tx.SetTimer(Timer{Kind: TimerStep, Case: l.Case, Due: tx.Now()})
	}
	return nil
}

// watchProvider makes the next contact methods of some pages due when their provider
// has not answered for as long as the rules allow, even if it never does. The result
// ends the watch.
func (s *sender) watchProvider(ctx context.Context, list []prepared) (end func()) {
	allowed := s.e.desk.org.Load().Rules.Fallback
	if allowed <= 0 || list[0].l.Intent != chat.IntentPage {
		return func() {}
	}
	ctx = context.WithoutCancel(ctx)
	pages := make([]Letter, len(list)) // of its own: the list changes when the result is there
	for i := range list {
		pages[i] = list[i].l
	}
	t := time.AfterFunc(allowed, func() {
		err := s.e.store.Do(ctx, func(tx Tx) error {
			for i := range pages {
				letters, err := tx.Letters(pages[i].Case)
				if err != nil {
					return err
				}
				if err := s.nextMethod(tx, letters, &pages[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			s.e.log.Error("next method not begun", "case_id", pages[0].Case, "err", err)
		}
	})
	return func() { t.Stop() }
}

// nextMethod makes the next letter of the same page due now.
func (s *sender) nextMethod(tx Tx, letters []Letter, l *Letter) error {
	var next *Letter
	for i := range letters {
		o := &letters[i]
		if o.Intent == chat.IntentPage && o.Gen == l.Gen && o.ID != l.ID && o.Page == l.Page && o.State == Pending &&
			(next == nil || o.NotBefore.Before(next.NotBefore)) {
			next = o
		}
	}
	if next == nil || !next.NotBefore.After(tx.Now()) {
		return nil
	}
	next.NotBefore = tx.Now()
	if err := tx.UpdateLetter(*next); err != nil {
		return err
	}
	moved := *next
	tx.OnCommit(func() { s.hasten(moved) })
	return nil
}

// hasten makes a waiting letter due now.
func (s *sender) hasten(l Letter) {
	s.mu.Lock()
	if ln := s.lanes[laneKey(&l)]; ln != nil {
		for i := range ln.waiting {
			if ln.waiting[i].id == l.ID {
				ln.waiting[i].due = l.NotBefore
			}
		}
	}
	s.mu.Unlock()
	s.add([]Letter{l})
	wake(s.e.ticks)
}

// alarm says by another road that an adapter needs a person: to the leads, over
// every other way they can be reached, at most once an hour for each adapter.
func (e *Engine) alarm(ctx context.Context, platform chat.Platform, h chat.Health) {
	ctx = context.WithoutCancel(ctx)
	err := e.store.Do(ctx, func(tx Tx) error {
		rec, err := tx.Record(RecSetting, "alarm:"+string(platform))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err == nil && tx.Now().Sub(rec.Updated) < time.Hour {
			return nil
		}
		if err := PutJSON(tx, RecSetting, "alarm:"+string(platform), h); err != nil {
			return err
		}
		return e.desk.Post(tx, alarmLetters(e.desk.World(tx), platform, h)...)
	})
	if err != nil {
		e.log.Error("alarm not stored", "adapter", platform, "err", err)
	}
}

// alarmLetters writes to every lead by each of their ways that is not the platform
// in trouble.
func alarmLetters(w World, platform chat.Platform, h chat.Health) []Letter {
	var letters []Letter
	for _, p := range w.Org.People {
		if !p.Role.AtLeast(RoleLead) {
			continue
		}
		problem := ""
		if len(h.Problems) > 0 {
			problem = " " + h.Problems[0]
		}
		content := chat.Content{Text: chat.T(wordAlarm.In(p.Lang, platform) + problem)}
		for _, m := range w.MethodsOf(p.ID) {
			to, ok := w.Reach(p.ID, m)
			if !ok || to.Platform == platform || !m.Verified {
				continue
			}
			letters = append(letters, Letter{Template: TplContent, Intent: chat.IntentNotice, Audience: chat.Only(p.ID), Priority: PrioPage,
				To: to, Person: p.ID, Lang: w.LangOf(p), Content: &content})
		}
	}
	return letters
}
