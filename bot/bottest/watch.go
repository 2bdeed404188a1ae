package bottest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
)

// seen is what the watcher knows of a case: how it stood after the last commit.
type seen struct {
	gen    int
	genAt  time.Time // when the generation was raised last
	quiet  bool      // somebody has it, and nobody's page is still to be answered
	ended  time.Time // since when
	over   bool      // the policy ended unanswered: its pages go on until somebody answers
	lastly time.Time // when its last page was made
}

// roster is the overrides and absences that counted from an instant on.
type roster struct {
	at        time.Time
	overrides []oncall.Override
	absences  []oncall.Absence
}

// watch sees every commit and every send, and remembers what was wrong.
type watch struct {
	sim *sim

	mu       sync.Mutex
	problems []string
	count    int // of problems
	cases    map[string]*seen
	pages    map[string]int        // page id → generation
	sends    map[string]chat.Class // idempotency key → how the last send ended
	rosters  []roster
	downs    [][2]time.Time
	figures  Figures
	story    string // of the first case that a problem names
}

func newWatch(s *sim) *watch {
	return &watch{sim: s, cases: map[string]*seen{}, pages: map[string]int{}, sends: map[string]chat.Class{}, rosters: []roster{{}}}
}

// wrong notes something that must not happen.
func (w *watch) wrong(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(format, args...)
}

// maxProblems is how many are kept word by word.
const maxProblems = 20

func (w *watch) note(format string, args ...any) {
	w.count++
	if len(w.problems) < maxProblems {
		w.problems = append(w.problems, now().Format(time.RFC3339)+" "+fmt.Sprintf(format, args...))
	}
}

// accused reports whether a case is the first that a problem names.
func (w *watch) accused(number string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.story == "" && slices.ContainsFunc(w.problems, func(p string) bool { return strings.Contains(p, number) })
}

// committed learns of a commit.
func (w *watch) committed(out bot.Outcome, letters []bot.Letter, _ []bot.Timer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &out.Case
	if c.ID == 0 {
		return
	}
	k := w.cases[c.Number]
	if k == nil {
		k = &seen{}
		w.cases[c.Number] = k
		w.sim.spawn(func() { w.sim.wonders(out.Case) })
		w.sim.spawn(func() { w.sim.plan(out.Case) })
	}
	if c.Generation != k.gen {
		k.gen, k.genAt = c.Generation, now()
	}
	for i := range out.Events {
		switch e := &out.Events[i]; e.Type {
		case bot.EvPagingEnded:
			k.over = e.Reason.Code == bot.WhyEnded
		case bot.EvAcked, bot.EvAssigned, bot.EvSnoozed, bot.EvResolved, bot.EvPagingBegan:
			k.over = false
		}
	}
	quiet := !c.State.Untaken() && !c.Paging.Active && !k.over
	if quiet && !k.quiet {
		k.ended = now()
	}
	k.quiet = quiet
	for _, l := range letters {
		if l.Intent == chat.IntentPage {
			w.pages[l.Page], k.lastly = l.Gen, now()
		}
	}
	for _, e := range out.Events {
		switch {
		case e.Type == bot.EvResolved && c.State == bot.Resolved:
			w.sim.spawn(func() { w.sim.resolved(out.Case) })
		case e.Type == bot.EvReopened:
			w.sim.spawn(func() { w.sim.plan(out.Case) })
		}
	}
}

// sending looks at a send right before it goes out: nothing may leave that was
// overtaken at an earlier instant, and what may have gone out before says so.
func (w *watch) sending(out *chat.Outgoing) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if last, again := w.sends[out.Key]; again {
		switch {
		case last == chat.Sent:
			w.note("sent twice: %s %s to %s", out.Intent, out.Case, out.To.User)
		case last == chat.Unknown && !out.Repeat:
			w.note("a possible repeat is not marked: %s %s", out.Intent, out.Case)
		}
	}
	if out.Intent != chat.IntentPage || !out.Edit.IsZero() {
		return
	}
	if out.Repeat {
		w.figures.Repeats++
	}
	numbers := strings.Split(out.Facts["cases"], ",")
	if out.Facts["cases"] == "" {
		numbers = []string{out.Case}
	}
	for _, number := range numbers {
		k := w.cases[number]
		switch {
		case k == nil:
			w.note("a page for %s, which does not exist", number)
		case k.quiet && k.ended.Before(now()) && !k.lastly.After(k.ended) && !k.lastly.Equal(k.ended):
			w.note("%s was paged for %s, which was taken %s ago", out.Facts["responder"], number, now().Sub(k.ended))
		case len(numbers) == 1 && w.pages[out.Facts["page_id"]] != k.gen && k.genAt.Before(now()):
			w.note("a page of generation %d for %s, which is at %d since %s", w.pages[out.Facts["page_id"]], number, k.gen, now().Sub(k.genAt))
		}
	}
}

// sent learns how a send ended.
func (w *watch) sent(out *chat.Outgoing, res chat.SendResult) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if res.Class == chat.Sent {
		w.figures.Sends++
		if out.Intent == chat.IntentPage && out.Edit.IsZero() {
			w.figures.Pages++
		}
	} else {
		w.figures.Failures++
	}
	w.sends[out.Key] = res.Class
}

// changing notes a change of the roster inside its transaction.
func (w *watch) changing(at time.Time, body any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	next := w.rosters[len(w.rosters)-1]
	next.at = at
	switch v := body.(type) {
	case oncall.Override:
		next.overrides = append(next.overrides[:len(next.overrides):len(next.overrides)], v)
	case oncall.Absence:
		next.absences = append(next.absences[:len(next.absences):len(next.absences)], v)
	default:
		return
	}
	w.rosters = append(w.rosters, next)
	w.figures.Changes++
}

// rosterAt lists the rosters that may have counted at an instant: one, or two when
// it changed in that very millisecond.
func (w *watch) rosterAt(at time.Time) (list []roster) {
	for i := len(w.rosters) - 1; i >= 0; i-- {
		if w.rosters[i].at.After(at) {
			continue
		}
		list = append(list, w.rosters[i])
		if !w.rosters[i].at.Equal(at) {
			break
		}
	}
	return list
}

// down notes a time in which the hotline did not run.
func (w *watch) down(from, to time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.downs = append(w.downs, [2]time.Time{from, to})
	w.figures.Restarts++
}

// wasDown reports whether the hotline was down within a time.
func (w *watch) wasDown(from, to time.Time) bool {
	for _, d := range w.downs {
		if d[0].Before(to) && from.Before(d[1].Add(2*time.Second)) {
			return true
		}
	}
	return false
}
