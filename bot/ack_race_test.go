package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/store"
)

// racers is how many people press Acknowledge at the same moment.
const racers = 1000

// racePlatforms are where they press it.
var racePlatforms = []chat.Platform{"slack", "discord", "web"}

// presser acknowledges the case of the button.
type presser struct{ desk *bot.Desk }

func (p presser) Preflight(bot.Incoming) (chat.Answer, bool)               { return chat.Answer{}, false }
func (p presser) Suggest(bot.World, bot.Actor, chat.Suggest) []chat.Choice { return nil }
func (p presser) Handle(_ context.Context, in bot.Incoming) (func(bot.Tx) error, error) {
	return func(tx bot.Tx) error {
		c, err := tx.CaseByNumber(in.Event.Action.Case)
		if err != nil {
			return err
		}
		_, err = p.desk.Apply(tx, in.Actor, c.ID, bot.Acknowledge{Gen: in.Event.Action.Gen})
		return err
	}, nil
}

// raceAccount is the account of the n-th racer, on one of the three platforms.
func raceAccount(n int) chat.Principal {
	id := fmt.Sprintf("r%04d", n)
	return chat.Principal{Platform: racePlatforms[n%len(racePlatforms)], User: "u-" + id, Name: id}
}

// raceOrganisation has a thousand responders on three platforms besides the usual
// people, and pages three of them.
func raceOrganisation() *bot.Organisation {
	org := organisation()
	var targets []bot.Target
	for n := range racers {
		id := raceAccount(n).Name
		org.People = append(org.People, bot.Person{ID: id, Name: "Name-" + id + ".", Lang: "en", Role: bot.RoleResponder, Accounts: []chat.Principal{raceAccount(n)}})
		if n < 3 {
			targets = append(targets, bot.Target{Person: id})
		}
	}
	org.Policies[0].Steps = []bot.Step{{Targets: targets, Wait: time.Minute}, {Targets: targets, Wait: time.Minute}}
	return org
}

// race is an engine with three platforms on the real clock.
type race struct {
	*testing.T
	desk   *bot.Desk
	store  *store.SQLite
	engine *bot.Engine
	chats  map[chat.Platform]*platform
}

func startRace(t *testing.T, org *bot.Organisation) *race {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hotline.db"), store.Options{Sync: store.Off})
	if err != nil {
		t.Fatal(err)
	}
	desk, err := bot.NewDesk(t.Context(), s, org)
	if err != nil {
		t.Fatal(err)
	}
	r := &race{T: t, desk: desk, store: s, chats: map[chat.Platform]*platform{}}
	var adapters []chat.Adapter
	for _, name := range append([]chat.Platform{"test"}, racePlatforms...) {
		r.chats[name] = &platform{name: name}
		adapters = append(adapters, r.chats[name])
	}
	idle := func(context.Context, bot.Timer) (time.Time, error) { return time.Time{}, nil }
	r.engine = bot.NewEngine(bot.EngineOptions{Desk: desk, Handler: presser{desk}, Adapters: adapters, Log: slog.New(slog.DiscardHandler),
		Jobs: map[bot.TimerKind]bot.Job{bot.TimerSuggest: idle, bot.TimerDraft: idle}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.engine.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, s.Close()); err != nil {
			t.Error(err)
		}
	})
	return r
}

// sent lists what went out on all platforms that matches.
func (r *race) sent(match func(chat.Outgoing) bool) (list []chat.Outgoing) {
	for _, p := range r.chats {
		list = append(list, p.got(match)...)
	}
	return list
}

// until waits for a condition.
func (r *race) until(what string, ok func() bool) {
	r.Helper()
	for range 6000 {
		if ok() {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	r.Fatalf("never: %s", what)
}

func isPage(o chat.Outgoing) bool { return o.Intent == chat.IntentPage && o.Edit.IsZero() }

// TestAThousandAcknowledgementsHaveOneWinner presses Acknowledge a thousand times
// at once on three platforms: one has it, everybody else is told who, and nobody
// is paged any more.
func TestAThousandAcknowledgementsHaveOneWinner(t *testing.T) {
	r := startRace(t, raceOrganisation())
	opened, err := r.desk.Do(t.Context(), r.desk.Snapshot().ActorByID("anna"), 0, bot.Open{Text: "Payments return 502", Customer: "north"})
	if err != nil {
		t.Fatal(err)
	}
	r.until("three pages", func() bool { return len(r.sent(isPage)) == 3 })

	var wg sync.WaitGroup
	start := make(chan struct{})
	for n := range racers {
		wg.Go(func() {
			<-start
			who := raceAccount(n)
			ev := chat.Event{Key: fmt.Sprintf("press-%d", n), Kind: chat.KindButton, From: who, At: time.Now(),
				Where:  chat.Place{Platform: who.Platform, Channel: "dm-" + who.User, Direct: true},
				Action: chat.Action{Verb: "ack", Case: opened.Case.Number, Gen: opened.Case.Generation}}
			if _, err := r.engine.Receive(t.Context(), ev); err != nil {
				t.Errorf("press %d was not taken: %v", n, err)
			}
		})
	}
	close(start)
	wg.Wait()
	private := func(o chat.Outgoing) bool { return o.Intent == chat.IntentPrivate }
	r.until("999 answers", func() bool { return len(r.sent(private)) >= racers-1 })

	var c bot.Case
	var acked []string
	if err := r.store.View(t.Context(), func(rd bot.Reader) error {
		c, err = rd.Case(opened.Case.ID)
		events, err2 := rd.Events(c.ID, 0)
		for _, e := range events {
			if e.Type == bot.EvAcked {
				acked = append(acked, e.Person)
			}
		}
		return errors.Join(err, err2)
	}); err != nil {
		t.Fatal(err)
	}
	if len(acked) != 1 || c.Owner != acked[0] || c.State != bot.Acknowledged || c.Paging.Active {
		t.Fatalf("acknowledged by %v, owner %q, %s, paging %v", acked, c.Owner, c.State, c.Paging.Active)
	}
	told := map[string]bool{}
	for _, o := range r.sent(private) {
		if !strings.Contains(o.Content.String(), "Name-"+c.Owner+".") {
			t.Errorf("%s was not told who has it: %q", o.To.User, o.Content.String())
		}
		told[o.To.User] = true
	}
	if len(told) != racers-1 || told["u-"+c.Owner] {
		t.Errorf("%d others were told", len(told))
	}
	if n := len(r.sent(isPage)); n != 3 {
		t.Errorf("%d pages after the acknowledgement", n-3)
	}
}

// tookOrGave is one operation of the linearizability test.
type tookOrGave struct {
	person string
	give   bool // unacknowledge
}

// answered is what the desk said to it.
type answered struct {
	ok  bool
	who string // the person named by a refusal
}

// ownership is a case as its users see it: somebody has it or nobody.
var ownership = porcupine.Model{
	Init: func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		owner, in, out := state.(string), input.(tookOrGave), output.(answered)
		switch {
		case in.give && owner == "":
			return !out.ok, owner
		case in.give:
			return out.ok, ""
		case owner == "":
			return out.ok, in.person
		case owner == in.person:
			return !out.ok && out.who == "", owner
		default:
			return !out.ok && out.who == owner, owner
		}
	},
}

// TestTakingAndGivingBackIsLinearizable lets people take a case and give it back
// at random, all at once; there is an order of what they did, within the times at
// which they did it, that explains every answer they got.
func TestTakingAndGivingBackIsLinearizable(t *testing.T) {
	r := startRace(t, raceOrganisation())
	opened, err := r.desk.Do(t.Context(), r.desk.Snapshot().ActorByID("anna"), 0, bot.Open{Text: "Payments return 502", Customer: "north"})
	if err != nil {
		t.Fatal(err)
	}
	const clients, each = 8, 25
	began := time.Now()
	ops := make([]porcupine.Operation, clients*each)
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(client), 1))
			person := raceAccount(client).Name
			actor := r.desk.Snapshot().ActorByID(person)
			for i := range each {
				in := tookOrGave{person, dice.IntN(3) == 0}
				var cmd bot.Command = bot.Acknowledge{}
				if in.give {
					cmd = bot.Unacknowledge{}
				}
				call := time.Since(began)
				_, err := r.desk.Do(context.Background(), actor, opened.Case.ID, cmd)
				ops[client*each+i] = porcupine.Operation{ClientId: client, Input: in, Call: int64(call), Output: answerOf(err), Return: int64(time.Since(began))}
			}
		})
	}
	wg.Wait()
	if result := porcupine.CheckOperationsTimeout(ownership, ops, time.Minute); result != porcupine.Ok {
		t.Errorf("the answers fit no order: %s", result)
	}
}

// answerOf reads who has the case from a refusal.
func answerOf(err error) answered {
	refused, ok := errors.AsType[*bot.UserError](err)
	if !ok {
		return answered{ok: err == nil}
	}
	_, rest, _ := strings.Cut(refused.Say, "Name-")
	who, _, _ := strings.Cut(rest, ".")
	return answered{who: who}
}
