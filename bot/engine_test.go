package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/store"
)

// platform is an adapter that remembers what was sent and answers as a test says.
type platform struct {
	name chat.Platform
	mu   sync.Mutex
	sent []chat.Outgoing
	at   []time.Time
	// answer decides the result of a send; nil takes everything.
	answer func(out chat.Outgoing, n int) chat.SendResult
	// before is called without the lock: it may block.
	before func(out chat.Outgoing)
	n      int
}

func (p *platform) Platform() chat.Platform         { return p.name }
func (p *platform) Capabilities() chat.Capabilities { return chat.Capabilities{Direct: true} }
func (p *platform) Health() chat.Health             { return chat.Health{State: chat.StateUp} }
func (p *platform) Run(ctx context.Context, _ chat.Inbox) error {
	<-ctx.Done()
	return nil
}

func (p *platform) Send(_ context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	if p.before != nil {
		p.before(out)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	res := chat.OK()
	if p.answer != nil {
		res = p.answer(out, p.n)
	}
	if res.Class != chat.Sent {
		return chat.MessageRef{}, res
	}
	p.sent = append(p.sent, out)
	p.at = append(p.at, time.Now())
	where := out.In
	if !out.Edit.IsZero() {
		return out.Edit, res
	}
	if where.IsZero() {
		where = chat.Place{Platform: p.name, Channel: "dm:" + out.To.User, Direct: true}
	}
	return chat.MessageRef{Place: where, ID: fmt.Sprintf("s%d", p.n)}, res
}

// got lists what was sent that matches.
func (p *platform) got(match func(chat.Outgoing) bool) (list []chat.Outgoing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.sent {
		if match(o) {
			list = append(list, o)
		}
	}
	return list
}

func pages(to string) func(chat.Outgoing) bool {
	return func(o chat.Outgoing) bool { return o.Intent == chat.IntentPage && o.To.User == to }
}

// opener opens a case for every message, and refuses "bad".
type opener struct{ desk *bot.Desk }

func (o opener) Preflight(bot.Incoming) (chat.Answer, bool) { return chat.Answer{}, false }
func (o opener) Suggest(bot.World, bot.Actor, chat.Suggest) []chat.Choice {
	return make([]chat.Choice, 40)
}

func (o opener) Handle(_ context.Context, in bot.Incoming) (func(bot.Tx) error, error) {
	switch in.Event.Text {
	case "bad":
		return nil, bot.Refuse(bot.ErrInvalid, "that is bad", "write something good")
	case "panic":
		panic("a payload nobody thought of")
	}
	return func(tx bot.Tx) error {
		_, err := o.desk.Apply(tx, in.Actor, 0, bot.Open{Text: in.Event.Text, Customer: in.Actor.Customer, Place: in.Event.Where, Root: in.Event.Message})
		return err
	}, nil
}

// running is an engine in a bubble of fake time.
type running struct {
	*testing.T
	desk   *bot.Desk
	store  *store.SQLite
	engine *bot.Engine
	chat   *platform
	stop   func()
	n      int
}

func startEngine(t *testing.T, path string, org *bot.Organisation, others ...chat.Adapter) *running {
	t.Helper()
	idle := func(context.Context, bot.Timer) (time.Time, error) { return time.Time{}, nil }
	return startJobs(t, path, org, map[bot.TimerKind]bot.Job{bot.TimerSuggest: idle, bot.TimerDraft: idle}, others...)
}

// startJobs is startEngine with jobs.
func startJobs(t *testing.T, path string, org *bot.Organisation, jobs map[bot.TimerKind]bot.Job, others ...chat.Adapter) *running {
	t.Helper()
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	desk, err := bot.NewDesk(t.Context(), s, org)
	if err != nil {
		t.Fatal(err)
	}
	r := &running{T: t, desk: desk, store: s, chat: &platform{name: "test"}}
	r.engine = bot.NewEngine(bot.EngineOptions{Desk: desk, Handler: opener{desk}, Adapters: append(others, r.chat), Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Jobs: jobs})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := r.engine.Run(ctx); err != nil {
			t.Errorf("engine: %v", err)
		}
	}()
	r.stop = sync.OnceFunc(func() {
		cancel()
		<-done
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return r
}

// event is a message of anna in her channel.
func (r *running) event(text string) chat.Event {
	r.n++
	id := fmt.Sprintf("m%d", r.n)
	return chat.Event{Key: id, Kind: chat.KindMessage, From: account("anna"), Where: place("north"), Message: chat.MessageRef{Place: place("north"), ID: id}, Text: text}
}

func (r *running) say(text string) {
	r.Helper()
	if _, err := r.engine.Receive(r.Context(), r.event(text)); err != nil {
		r.Fatal(err)
	}
}

func (r *running) cases() (list []bot.Case) {
	r.Helper()
	err := r.store.View(r.Context(), func(rd bot.Reader) (err error) {
		list, err = rd.Cases(bot.CaseQuery{Limit: 1000})
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return list
}

// inBubble runs a test on fake time with an engine.
func inBubble(t *testing.T, org *bot.Organisation, f func(t *testing.T, r *running), others ...chat.Adapter) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	synctest.Test(t, func(t *testing.T) {
		r := startEngine(t, path, org, others...)
		defer r.stop()
		synctest.Wait()
		f(t, r)
	})
}

func TestAReportBecomesAPage(t *testing.T) {
	inBubble(t, organisation(), func(t *testing.T, r *running) {
		r.say("Payments return 502")
		synctest.Wait()
		if got := r.chat.got(pages("chen")); len(got) != 1 || !strings.Contains(got[0].Content.String(), "Payments return 502") {
			t.Fatalf("pages %v", got)
		}
		if got := r.chat.got(func(o chat.Outgoing) bool { return o.Intent == chat.IntentReceipt }); len(got) != 1 || got[0].In.Thread != "m1" {
			t.Fatalf("receipts %v", got)
		}
		time.Sleep(5*time.Minute + time.Second)
		synctest.Wait()
		if got := r.chat.got(pages("maria")); len(got) != 1 {
			t.Fatalf("the second step paged %d times", len(got))
		}
	})
}

func TestTheSameEventTwiceChangesNothing(t *testing.T) {
	inBubble(t, organisation(), func(t *testing.T, r *running) {
		ev := r.event("twice")
		for i := range 4 {
			if i == 3 {
				ev.Key = "another delivery of the same message"
			}
			answer, err := r.engine.Receive(t.Context(), ev)
			if err != nil || answer.Duplicate != (i > 0) {
				t.Fatalf("delivery %d: %+v, %v", i, answer, err)
			}
		}
		synctest.Wait()
		if n := len(r.cases()); n != 1 {
			t.Errorf("%d cases", n)
		}
	})
}

func TestARefusalIsToldPrivatelyAndAPanicStopsNothing(t *testing.T) {
	inBubble(t, organisation(), func(t *testing.T, r *running) {
		r.say("panic")
		r.say("bad")
		r.say("good")
		time.Sleep(time.Minute)
		synctest.Wait()
		private := r.chat.got(func(o chat.Outgoing) bool { return o.Intent == chat.IntentPrivate })
		if len(private) != 2 { // the refusal, and the word that something went wrong
			t.Fatalf("%d private answers: %v", len(private), private)
		}
		for _, p := range private {
			if who, ok := p.Audience.Person(); !ok || who != account("anna").Key() {
				t.Errorf("audience %q", p.Audience)
			}
		}
		if n := len(r.cases()); n != 1 {
			t.Errorf("%d cases", n)
		}
	})
}

func TestNoPageAfterAnAcknowledgement(t *testing.T) {
	inBubble(t, organisation(), func(t *testing.T, r *running) {
		r.say("Payments return 502")
		synctest.Wait()
		c := r.cases()[0]
		if _, err := r.desk.Do(t.Context(), r.desk.Snapshot().ActorByID("chen"), c.ID, bot.Acknowledge{}); err != nil {
			t.Fatal(err)
		}
		before := len(r.chat.got(func(o chat.Outgoing) bool { return o.Intent == chat.IntentPage }))
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		if after := len(r.chat.got(func(o chat.Outgoing) bool { return o.Intent == chat.IntentPage })); after != before {
			t.Errorf("%d pages after the acknowledgement", after-before)
		}
	})
}

func TestADeadChannelDoesNotSilenceAPage(t *testing.T) {
	org := organisation()
	i := slices.IndexFunc(org.People, func(p bot.Person) bool { return p.ID == "chen" })
	org.People[i].Methods = []bot.Method{{ID: "chat", Platform: "chat"}, {ID: "mail", Platform: "mail", Address: "chen@example.org"}}
	org.People[i].Notify = []bot.NotifyRule{{Method: "chat"}, {Method: "mail", After: 10 * time.Minute}}
	for _, tc := range []struct {
		name string
		res  chat.SendResult
	}{
		{"blocked for good", chat.SendResult{Class: chat.Never, Reason: chat.ReasonBlocked}},
		{"token revoked", chat.SendResult{Class: chat.Never, Reason: chat.ReasonDead}},
		{"down for a while", chat.SendResult{Class: chat.Retry, Reason: "500"}},
		{"rate limited for long", chat.SendResult{Class: chat.RetryAfter, After: 10 * time.Minute}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mail := &platform{name: "mail"}
			inBubble(t, org, func(t *testing.T, r *running) {
				r.chat.answer = func(o chat.Outgoing, _ int) chat.SendResult {
					if o.Intent == chat.IntentPage {
						return tc.res
					}
					return chat.OK()
				}
				r.say("Payments return 502")
				time.Sleep(30 * time.Second)
				synctest.Wait()
				if got := mail.got(pages("chen@example.org")); len(got) != 1 {
					t.Fatalf("%d mails within 30 s", len(got))
				}
			}, mail)
		})
	}
}

// TestAProviderThatNeverAnswersDoesNotSilenceAPage has an adapter that does not even
// give up when its time is over.
func TestAProviderThatNeverAnswersDoesNotSilenceAPage(t *testing.T) {
	org := organisation()
	i := slices.IndexFunc(org.People, func(p bot.Person) bool { return p.ID == "chen" })
	org.People[i].Methods = []bot.Method{{ID: "chat", Platform: "chat"}, {ID: "mail", Platform: "mail", Address: "chen@example.org"}}
	org.People[i].Notify = []bot.NotifyRule{{Method: "chat"}, {Method: "mail", After: 10 * time.Minute}}
	for _, allowed := range []time.Duration{30 * time.Second, 5 * time.Second} {
		t.Run(allowed.String(), func(t *testing.T) {
			org := *org
			org.Rules.Fallback = allowed
			mail := &platform{name: "mail"}
			inBubble(t, &org, func(t *testing.T, r *running) {
				release := make(chan struct{})
				defer close(release)
				r.chat.before = func(o chat.Outgoing) {
					if o.Intent == chat.IntentPage {
						<-release
					}
				}
				r.say("Payments return 502")
				time.Sleep(allowed - time.Second)
				synctest.Wait()
				if got := mail.got(pages("chen@example.org")); len(got) != 0 {
					t.Errorf("%d mails before the provider's time was over", len(got))
				}
				time.Sleep(time.Second)
				synctest.Wait()
				if got := mail.got(pages("chen@example.org")); len(got) != 1 {
					t.Errorf("%d mails after %s of silence", len(got), allowed)
				}
			}, mail)
		})
	}
}

func TestAStormIsBundled(t *testing.T) {
	inBubble(t, organisation(), func(t *testing.T, r *running) {
		for i := range 50 {
			r.say(fmt.Sprintf("fault number %d", i))
			time.Sleep(time.Second)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		got := r.chat.got(pages("chen"))
		if len(got) > 10 {
			t.Errorf("%d messages for 50 faults", len(got))
		}
		if n := len(r.cases()); n != 50 {
			t.Errorf("%d cases: faults were refused", n)
		}
		told := map[string]bool{}
		for _, o := range got {
			told[o.Case] = true
			for _, n := range strings.Split(o.Facts["cases"], ",") {
				told[n] = true
			}
		}
		for _, c := range r.cases() {
			if !told[c.Number] {
				t.Errorf("nobody was told of %s", c.Number)
			}
		}
	})
}

func TestWhatWasInFlightGoesAgainMarked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	synctest.Test(t, func(t *testing.T) {
		r := startEngine(t, path, organisation())
		lost := false
		r.chat.answer = func(o chat.Outgoing, _ int) chat.SendResult {
			if o.Intent == chat.IntentPage && !lost {
				lost = true
				return chat.SendResult{Class: chat.Unknown, Err: errors.New("connection reset")}
			}
			return chat.OK()
		}
		r.say("Payments return 502")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		got := r.chat.got(pages("chen"))
		if len(got) != 1 || !got[0].Repeat || !strings.Contains(got[0].Content.String(), "Possible repeat") {
			t.Errorf("after an unknown end: %+v", got)
		}
		r.stop()

		// A crash between the send and the record of it.
		s, err := store.Open(t.Context(), path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var page bot.Letter
		err = s.Do(t.Context(), func(tx bot.Tx) error {
			letters, err := tx.Letters(1001)
			for _, l := range letters {
				if l.Intent == chat.IntentPage {
					page = l
				}
			}
			page.State, page.Repeat = bot.InFlight, false
			return errors.Join(err, tx.UpdateLetter(page))
		})
		if err = errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		again := startEngine(t, path, organisation())
		defer again.stop()
		time.Sleep(time.Second)
		synctest.Wait()
		if got := again.chat.got(pages("chen")); len(got) != 1 || !got[0].Repeat {
			t.Errorf("after the restart: %+v", got)
		}
	})
}

func TestAfterDowntimeTheStepFiresOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	synctest.Test(t, func(t *testing.T) {
		r := startEngine(t, path, organisation())
		r.say("Payments return 502")
		synctest.Wait()
		r.stop()
		time.Sleep(24 * time.Hour)
		again := startEngine(t, path, organisation())
		defer again.stop()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got := again.chat.got(pages("maria")); len(got) != 1 {
			t.Errorf("the present step paged maria %d times", len(got))
		}
		if got := again.chat.got(pages("chen")); len(got) != 0 {
			t.Errorf("an old step fired again: %d", len(got))
		}
	})
}

func TestOneBrokenTimerStopsNoOther(t *testing.T) {
	inBubble(t, organisation(), func(t *testing.T, r *running) {
		err := r.store.Do(t.Context(), func(tx bot.Tx) error {
			return tx.SetTimer(bot.Timer{Kind: bot.TimerStep, Case: 424242, Due: tx.Now().Add(-time.Hour)})
		})
		if err != nil {
			t.Fatal(err)
		}
		r.say("Payments return 502")
		time.Sleep(6 * time.Minute)
		synctest.Wait()
		if got := r.chat.got(pages("maria")); len(got) != 1 {
			t.Errorf("the second step paged %d times", len(got))
		}
	})
}

func TestTheSweeperFindsWhatNobodyHas(t *testing.T) {
	inBubble(t, organisation(), func(t *testing.T, r *running) {
		r.say("Payments return 502")
		synctest.Wait()
		c := r.cases()[0]
		err := r.store.Do(t.Context(), func(tx bot.Tx) error { // a hole: paging ended, nobody has it
			c.Paging.Active = false
			_, err := tx.DropLetters(c.ID, chat.IntentPage, "test")
			return errors.Join(err, tx.CancelTimers(c.ID), tx.PutCase(c))
		})
		if err != nil {
			t.Fatal(err)
		}
		before := len(r.chat.got(pages("chen")))
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if after := len(r.chat.got(pages("chen"))); after <= before {
			t.Error("nobody was paged for a case that nobody has")
		}
	})
}

func TestCardEditsAreFolded(t *testing.T) {
	inBubble(t, organisation(), func(t *testing.T, r *running) {
		r.say("Payments return 502")
		time.Sleep(5 * time.Second)
		c := r.cases()[0]
		chen := r.desk.Snapshot().ActorByID("chen")
		for sev := range 40 {
			_, err := r.desk.Do(t.Context(), chen, c.ID, bot.SetSeverity{Severity: bot.Severity(sev%2 + 3), Reason: "x"})
			if err != nil && !errors.Is(err, bot.ErrConflict) {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		edits := r.chat.got(func(o chat.Outgoing) bool { return !o.Edit.IsZero() && o.Audience.IsInternal() })
		if len(edits) > 12 {
			t.Errorf("%d edits of one card in ten seconds", len(edits))
		}
		last := edits[len(edits)-1].Content.String()
		if want := bot.SeverityName(r.cases()[0].Severity, "en"); !strings.Contains(last, want) {
			t.Errorf("the card does not show the last state %q: %q", want, last)
		}
	})
}

// shelf is a platform whose files can be fetched.
type shelf struct{ *platform }

func (s shelf) Fetch(_ context.Context, f chat.File) ([]byte, error) {
	if f.ID == "lost" {
		return nil, errors.New("gone")
	}
	return []byte("data of " + f.Name), nil
}

func TestFilesGoAlong(t *testing.T) {
	files := &platform{name: "files"}
	inBubble(t, organisation(), func(t *testing.T, r *running) {
		r.say("The export is broken")
		time.Sleep(5 * time.Second)
		c := r.cases()[0]
		anna := r.desk.Snapshot().ActorByID("anna")
		anna.Via = chat.Principal{Platform: "files", User: "anna"}
		_, err := r.desk.Do(t.Context(), anna, c.ID, bot.Say{Text: "see the log", Files: []chat.File{{ID: "1", Name: "a.log"}, {ID: "lost", Name: "b.log"}}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		got := r.chat.got(func(o chat.Outgoing) bool { return len(o.Content.Files) > 0 })
		if len(got) != 1 || string(got[0].Content.Files[0].Data) != "data of a.log" || !got[0].Audience.IsInternal() {
			t.Errorf("files went along as %+v", got)
		}
	}, shelf{files})
}

// TestABrokenCaseIsPutOff: a case that cannot be decided (a row that something
// spoiled) is tried again later and stops no other.
func TestABrokenCaseIsPutOff(t *testing.T) {
	inBubble(t, organisation(), func(t *testing.T, r *running) {
		r.say("Payments return 502")
		time.Sleep(time.Second)
		synctest.Wait()
		c := r.cases()[0]
		c.Paging.Step = -5
		if err := r.store.Do(t.Context(), func(tx bot.Tx) error { return tx.PutCase(c) }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		r.say("The printer is stuck")
		time.Sleep(5*time.Minute + 10*time.Second)
		synctest.Wait()
		if got := r.chat.got(pages("maria")); len(got) != 1 {
			t.Errorf("the other case paged maria %d times", len(got))
		}
		err := r.store.View(t.Context(), func(rd bot.Reader) error {
			timers, err := rd.Timers(c.ID)
			for _, tm := range timers {
				if tm.Kind == bot.TimerStep && !tm.Due.After(time.Now()) {
					t.Errorf("the broken timer was not put off: due %v", tm.Due)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
