package bot_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/sla"
)

// secret stands in everything that is written for the people of the hotline only.
const secret = "the-internal-word"

// ruleBook drives [bot.Decide] with random commands by random people, legal or
// not, and keeps the timers as the store would.
type ruleBook struct {
	world  bot.World
	c      bot.Case
	events []bot.CaseEvent
	timers map[bot.TimerKind]bot.Timer // one key at a time is enough here
	asked  map[int]int                 // episode → times satisfaction was asked
	rated  map[int]int
}

var actors = []string{"anna", "anna", "otto", "chen", "chen", "maria", "ivan", "tom", "ada", "stranger", ""}

func (m *ruleBook) actor(t *rapid.T) bot.Actor {
	id := rapid.SampledFrom(actors).Draw(t, "actor")
	switch id {
	case "":
		return bot.Actor{}
	case "stranger":
		return bot.Actor{ID: "web::mallory", Name: "Mallory", Via: chat.Principal{Platform: "web", User: "mallory"}}
	}
	a := m.world.ActorByID(id)
	a.Via = account(id)
	return a
}

// text draws something to say; empty and odd ones too.
func text(t *rapid.T) string {
	return rapid.SampledFrom([]string{"still broken", "", " \n\t", "x", strings.Repeat("long ", 50), "\u202Eodd\x00"}).Draw(t, "text")
}

// inside is a text for the people of the hotline.
func inside(t *rapid.T) string {
	if s := text(t); strings.TrimSpace(s) != "" {
		return secret + " " + s
	}
	return ""
}

var severities = rapid.IntRange(-1, 6)

// commands makes a command of each kind.
func (m *ruleBook) commands() map[string]func(t *rapid.T) bot.Command {
	gen := func(t *rapid.T) int {
		return rapid.SampledFrom([]int{0, m.c.Generation, m.c.Generation - 1}).Draw(t, "gen")
	}
	person := func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"chen", "maria", "ivan", "tom", "anna", "primary", "nobody", "core", "", "who"}).Draw(t, "person")
	}
	return map[string]func(t *rapid.T) bot.Command{
		"say": func(t *rapid.T) bot.Command { return bot.Say{Text: text(t), Relay: rapid.Bool().Draw(t, "relay")} },
		"revise": func(t *rapid.T) bot.Command {
			return bot.Revise{Text: text(t), Deleted: rapid.Bool().Draw(t, "deleted")}
		},
		"note":     func(t *rapid.T) bot.Command { return bot.Note{Text: inside(t)} },
		"ack":      func(t *rapid.T) bot.Command { return bot.Acknowledge{Gen: gen(t)} },
		"ack2":     func(t *rapid.T) bot.Command { return bot.Acknowledge{} },
		"unack":    func(*rapid.T) bot.Command { return bot.Unacknowledge{} },
		"assign":   func(t *rapid.T) bot.Command { return bot.Assign{To: person(t)} },
		"add":      func(t *rapid.T) bot.Command { return bot.AddResponder{To: person(t)} },
		"escalate": func(t *rapid.T) bot.Command { return bot.Escalate{To: person(t), Reason: inside(t), Gen: gen(t)} },
		"severity": func(t *rapid.T) bot.Command {
			return bot.SetSeverity{Severity: bot.Severity(severities.Draw(t, "severity")), Reason: text(t)}
		},
		"class": func(t *rapid.T) bot.Command {
			return bot.SetClass{Class: rapid.SampledFrom([]bot.Class{bot.Fault, bot.Question, bot.Complaint, bot.Planned, "X"}).Draw(t, "class"), Reason: text(t)}
		},
		"start": func(*rapid.T) bot.Command { return bot.Start{} },
		"wait": func(t *rapid.T) bot.Command {
			return bot.Wait{On: rapid.SampledFrom([]bot.State{bot.WaitingCustomer, bot.WaitingOthers, "x"}).Draw(t, "on"), Reason: text(t)}
		},
		"resume": func(*rapid.T) bot.Command { return bot.Resume{} },
		"respond": func(t *rapid.T) bot.Command {
			return bot.Respond{Mode: rapid.SampledFrom([]string{"phone", "remote", "telepathy"}).Draw(t, "mode"), Text: inside(t)}
		},
		"restore": func(t *rapid.T) bot.Command { return bot.Restore{Text: text(t)} },
		"resolve": func(t *rapid.T) bot.Command { return bot.Resolve{Solution: text(t), Cause: "c"} },
		"confirm": func(*rapid.T) bot.Command { return bot.Confirm{} },
		"reopen":  func(t *rapid.T) bot.Command { return bot.Reopen{Text: text(t)} },
		"close":   func(*rapid.T) bot.Command { return bot.Close{} },
		"rate":    func(t *rapid.T) bot.Command { return bot.Rate{Score: rapid.IntRange(-1, 7).Draw(t, "score")} },
		"snooze": func(t *rapid.T) bot.Command {
			return bot.Snooze{Until: m.world.Now.Add(time.Duration(rapid.IntRange(-60, 12000).Draw(t, "minutes")) * time.Minute)}
		},
		"offer": func(t *rapid.T) bot.Command {
			return bot.Offer{Hits: []bot.Hit{{ID: "KB-1", Title: "Restart the pool"}}, Ask: rapid.Bool().Draw(t, "ask")}
		},
		"tried": func(t *rapid.T) bot.Command {
			return bot.Tried{Article: rapid.SampledFrom([]string{"KB-1", "KB-2"}).Draw(t, "article"), Outcome: rapid.SampledFrom([]string{bot.TriedSolved, bot.TriedNot, bot.TriedOther, bot.TriedSame}).Draw(t, "outcome")}
		},
		"known": func(t *rapid.T) bot.Command {
			return bot.Known{Article: rapid.SampledFrom([]string{"", "KB-1", "KB-2"}).Draw(t, "article"), Title: "Pool", Workaround: rapid.SampledFrom([]string{"", "wait"}).Draw(t, "workaround")}
		},
		"fixed": func(t *rapid.T) bot.Command {
			return bot.Fixed{Article: rapid.SampledFrom([]string{"KB-1", "KB-2"}).Draw(t, "article"), Fix: rapid.SampledFrom([]string{"", "done"}).Draw(t, "fix")}
		},
		"signal": func(t *rapid.T) bot.Command {
			return bot.Signal{Status: rapid.SampledFrom([]string{bot.SignalFiring, bot.SignalResolved}).Draw(t, "status"), Text: "disk"}
		},
		"release": func(*rapid.T) bot.Command { return bot.Release{} },
		"cancel": func(t *rapid.T) bot.Command {
			if rapid.IntRange(0, 9).Draw(t, "really") > 0 {
				return bot.Note{Text: inside(t)} // final states end the walk early: seldom
			}
			return bot.Cancel{Reason: text(t)}
		},
		"tick": m.drawTick,
	}
}

// drawTick lets a random timer come due, or one that is long stale.
func (m *ruleBook) drawTick(t *rapid.T) bot.Command {
	kinds := []bot.TimerKind{bot.TimerStep, bot.TimerAck, bot.TimerSnooze, bot.TimerAutoClose, bot.TimerHold, bot.TimerReleased, bot.TimerClock, bot.TimerSweep}
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	timer, set := m.timers[kind]
	if !set {
		timer = bot.Timer{Kind: bot.TimerSweep}
	}
	delete(m.timers, kind)
	if timer.Due.After(m.world.Now) {
		m.world.Now = timer.Due
	}
	return bot.Tick{Timer: timer}
}

// do decides a command, checks the decision, and takes it over.
func (m *ruleBook) do(t *rapid.T, cmd bot.Command) {
	actor := m.actor(t)
	switch cmd.(type) {
	case bot.Tick:
		actor = bot.Actor{}
	case bot.Offer, bot.Signal, bot.Release: // Hotline itself may do these
	default:
		if actor.System() {
			actor = m.world.ActorByID("chen")
		}
	}
	before := m.c
	dec, err := bot.Decide(m.c, cmd, actor, m.world)
	if diff := cmp.Diff(before, m.c); diff != "" {
		t.Fatalf("%T changed the case it was given:\n%s", cmd, diff)
	}
	if err != nil {
		checkRefusal(t, cmd, actor, &before, dec, err)
		return
	}
	if !m.mayHappen(cmd, actor, before.State, dec.Case.State) {
		t.Fatalf("%T by %q took the case from %s to %s", cmd, actor.ID, before.State, dec.Case.State)
	}
	m.take(dec)
	m.checkLetters(t, dec)
	m.checkEvents(t, cmd, actor, &before, dec)
}

// take stores a decision as the desk does.
func (m *ruleBook) take(dec bot.Decision) {
	for _, kind := range dec.Cancel {
		delete(m.timers, kind)
	}
	for _, timer := range dec.Set {
		m.timers[timer.Kind] = timer
	}
	m.c = dec.Case
	m.events = append(m.events, dec.Events...)
	for _, e := range dec.Events {
		switch e.Type {
		case bot.EvRatingAsked:
			m.asked[m.c.Episode]++
		case bot.EvRated:
			m.rated[m.c.Episode]++
		}
	}
}

// checkRefusal wants a clear word and nothing else.
func checkRefusal(t *rapid.T, cmd bot.Command, actor bot.Actor, before *bot.Case, dec bot.Decision, err error) {
	refused, ok := errors.AsType[*bot.UserError](err)
	if !ok || refused.Say == "" || refused.Hint == "" {
		t.Fatalf("%T by %q on %s: no clear word: %v", cmd, actor.ID, before.State, err)
	}
	if len(dec.Events)+len(dec.Letters)+len(dec.Set)+len(dec.Cancel)+len(dec.Links) > 0 || dec.DropPages {
		t.Fatalf("%T was refused and still does something: %+v", cmd, dec)
	}
	if actor.Role == bot.RoleCustomer && actor.Customer != before.Customer && !errors.Is(err, bot.ErrForbidden) && !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("%T by another customer's %q tells of the case: %v", cmd, actor.ID, err)
	}
}

var (
	untaken = []bot.State{bot.New, bot.Reopened}
	held    = []bot.State{bot.Acknowledged, bot.InProgress, bot.WaitingCustomer, bot.WaitingOthers}
	active  = slices.Concat(untaken, held)
)

// moves says, apart from the code, from which states to which a command may take a
// case. Commands that are not listed leave the state alone.
var moves = map[string][]struct{ from, to []bot.State }{
	"Acknowledge":   {{untaken, []bot.State{bot.Acknowledged}}},
	"Assign":        {{untaken, []bot.State{bot.Acknowledged}}},
	"Unacknowledge": {{held, []bot.State{bot.New}}},
	"Start":         {{active, []bot.State{bot.InProgress}}},
	"Wait":          {{held, []bot.State{bot.WaitingCustomer, bot.WaitingOthers}}},
	"Resume":        {{held, []bot.State{bot.InProgress}}},
	"Respond":       {{untaken, []bot.State{bot.Acknowledged}}},
	"Resolve":       {{active, []bot.State{bot.Resolved}}},
	"Confirm":       {{[]bot.State{bot.Resolved}, []bot.State{bot.Closed}}},
	"Close":         {{[]bot.State{bot.Resolved}, []bot.State{bot.Closed}}},
	"Reopen":        {{[]bot.State{bot.Resolved, bot.Closed}, []bot.State{bot.Reopened}}},
	"Cancel":        {{active, []bot.State{bot.Cancelled}}},
	"Say":           {{[]bot.State{bot.WaitingCustomer}, []bot.State{bot.InProgress}}},
	"Tried":         {{active, []bot.State{bot.Closed}}},
	"Signal":        {{[]bot.State{bot.Resolved}, []bot.State{bot.Reopened}}},
	"Tick":          {{[]bot.State{bot.Acknowledged}, []bot.State{bot.New}}, {[]bot.State{bot.Resolved}, []bot.State{bot.Closed}}, {untaken, []bot.State{bot.Closed}}},
}

// mayHappen reports whether an actor may take a case from one state to another.
func (m *ruleBook) mayHappen(cmd bot.Command, actor bot.Actor, from, to bot.State) bool {
	if from == to {
		return true
	}
	name := strings.TrimPrefix(fmt.Sprintf("%T", cmd), "bot.")
	ofCustomers := slices.Contains([]string{"Say", "Confirm", "Reopen", "Tried"}, name)
	if actor.Role == bot.RoleCustomer && !ofCustomers || actor.ID != "" && actor.Role == bot.RoleNone {
		return false
	}
	for _, move := range moves[name] {
		if slices.Contains(move.from, from) && slices.Contains(move.to, to) {
			return true
		}
	}
	return false
}

// checkLetters wants an audience on every letter, pages of the present generation
// only, and no internal word in what a customer reads.
func (m *ruleBook) checkLetters(t *rapid.T, dec bot.Decision) {
	for i := range dec.Letters {
		l := &dec.Letters[i]
		if !l.Audience.Valid() || l.Template == "" || l.Priority == 0 {
			t.Fatalf("letter without audience, template or priority: %+v", l)
		}
		if l.Intent == chat.IntentPage && l.Gen != m.c.Generation {
			t.Fatalf("a page of generation %d on a case of generation %d", l.Gen, m.c.Generation)
		}
		content := bot.Render(m.world, l, &m.c).String()
		if l.Audience.IsCustomer() && strings.Contains(content, secret) {
			t.Fatalf("a customer reads an internal word in %s: %q", l.Template, content)
		}
		if who, ok := l.Audience.Person(); ok && l.Person != "" && who != l.Person {
			t.Fatalf("a letter for %s may be read by %s", l.Person, who)
		}
	}
}

// checkEvents holds the events of a decision against what must hold for each.
func (m *ruleBook) checkEvents(t *rapid.T, cmd bot.Command, actor bot.Actor, before *bot.Case, dec bot.Decision) {
	if dec.Case.Generation < before.Generation || dec.Case.Episode < before.Episode || dec.Case.Episode > before.Episode+1 {
		t.Fatalf("%T: generation %d to %d, episode %d to %d", cmd, before.Generation, dec.Case.Generation, before.Episode, dec.Case.Episode)
	}
	seq := before.Seq
	for _, e := range dec.Events {
		seq++
		switch {
		case e.Seq != seq || !e.At.Equal(m.world.Now) || !e.Audience.Valid():
			t.Fatalf("event %+v after %d", e, seq-1)
		case e.Audience.IsCustomer() && (e.Type == bot.EvNoted || e.Type == bot.EvPaged || e.Type == bot.EvStepFired || e.Type == bot.EvNotification):
			t.Fatalf("a customer may read %s", e.Type)
		case e.Actor.Role == bot.RoleCustomer && !e.Audience.IsCustomer():
			t.Fatalf("what a customer did (%s) is kept from them", e.Type)
		}
	}
	_, acked := cmd.(bot.Acknowledge)
	if acked && !dec.Case.Paging.Active {
		if dec.Case.Generation == before.Generation && before.Paging.Active || !dec.DropPages || dec.Case.Owner != actor.ID {
			t.Fatalf("an acknowledgement that is not final: generation %d, drop %v, owner %q", dec.Case.Generation, dec.DropPages, dec.Case.Owner)
		}
		if _, set := m.timers[bot.TimerStep]; set {
			t.Fatal("the next step still waits after an acknowledgement")
		}
	}
}

// check is what holds after every command.
func (m *ruleBook) check(t *rapid.T) {
	if diff := cmp.Diff(m.c, bot.Replay(m.c.ID, m.events)); diff != "" {
		t.Fatalf("replay differs from the case (-case +replayed):\n%s", diff)
	}
	if err := sla.ValidateFacts(m.c.Facts, nil); err != nil && len(m.c.Facts) > 0 && !strings.Contains(err.Error(), "polic") {
		t.Fatalf("the clocks do not understand what happened: %v", err)
	}
	for episode, n := range m.asked {
		if n > 1 {
			t.Fatalf("satisfaction was asked %d times in episode %d", n, episode)
		}
	}
	for episode, n := range m.rated {
		if n > 1 {
			t.Fatalf("%d ratings in episode %d", n, episode)
		}
	}
	if m.c.State == bot.Acknowledged && m.c.Owner == "" || m.c.State.Untaken() && m.c.Owner != "" {
		t.Fatalf("%s and owner %q", m.c.State, m.c.Owner)
	}
	m.checkSomebody(t)
}

// checkSomebody wants something that presses for every case that nobody has: a
// timer, or the sweeper, which looks at those that are not being paged.
func (m *ruleBook) checkSomebody(t *rapid.T) {
	has := func(kind bot.TimerKind) bool {
		timer, ok := m.timers[kind]
		return ok && (timer.Gen == 0 || timer.Gen == m.c.Generation)
	}
	switch {
	case !m.c.State.Untaken() || m.c.Class == bot.Planned:
	case has(bot.TimerStep) && m.c.Paging.Active && m.c.Snoozed.IsZero() && m.c.Held == "":
	case has(bot.TimerReleased) && m.c.Recovering:
	case has(bot.TimerSnooze) && !m.c.Snoozed.IsZero():
	case has(bot.TimerHold) && m.c.Held != "":
	case !m.c.Paging.Active && m.c.Held == "" && m.c.Snoozed.IsZero(): // the sweeper finds it
	default:
		t.Fatalf("nobody has the case and nothing presses: %s, paging %v step %d, held %q, snoozed %v, timers %v",
			m.c.State, m.c.Paging.Active, m.c.Paging.Step, m.c.Held, m.c.Snoozed, m.timers)
	}
}

// newRuleBook opens a case in a random way.
func newRuleBook(t *rapid.T) *ruleBook {
	m := &ruleBook{world: bot.World{Now: start, Org: organisation(), Roster: &bot.Roster{}}, timers: map[bot.TimerKind]bot.Timer{}, asked: map[int]int{}, rated: map[int]int{}}
	if rapid.IntRange(0, 3).Draw(t, "maintenance") == 0 {
		m.world.Roster.Windows = []bot.Window{{ID: "w", Customer: "north", From: start.Add(-time.Hour), To: start.Add(time.Hour), Reason: "racks"}}
	}
	anna := m.world.ActorByID("anna")
	anna.Via = account("anna")
	o := bot.Open{Text: "Payments return 502", Customer: "north", Place: place("north"), Severity: bot.Severity(severities.Draw(t, "severity")),
		Root:  chat.MessageRef{Place: place("north"), ID: "m1"},
		Class: rapid.SampledFrom([]bot.Class{bot.Fault, bot.Fault, bot.Question, bot.Complaint, bot.Planned}).Draw(t, "class"),
		Drill: rapid.IntRange(0, 9).Draw(t, "drill") == 0, Service: rapid.SampledFrom([]string{"", "shop", "quiet", "gone"}).Draw(t, "service")}
	dec, err := bot.Decide(bot.Case{ID: 1001}, o, anna, m.world)
	if err != nil {
		t.Fatal(err)
	}
	m.take(dec)
	m.checkLetters(t, dec)
	return m
}

// TestTheRuleBook walks through random cases and checks what must always hold.
func TestTheRuleBook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newRuleBook(t)
		actions := map[string]func(*rapid.T){"": m.check, "pass": func(t *rapid.T) {
			m.world.Now = m.world.Now.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "seconds")) * time.Second)
		}}
		for name, draw := range m.commands() {
			actions[name] = func(t *rapid.T) { m.do(t, draw(t)) }
		}
		t.Repeat(actions)
	})
}
