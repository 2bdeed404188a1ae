package bottest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
)

// Options are what a simulation is made of.
type Options struct {
	// Seed decides everything that is left to chance.
	Seed uint64
	// Days is how many days are simulated, People how many responders there are.
	Days, People int
	// PerDay is how many faults people report a day; alarms of machines come besides.
	PerDay float64
	// Store is empty and was opened inside the bubble. Simulate does not close it.
	Store bot.Store
	// Log gets what the engine logs; nil discards it.
	Log io.Writer
}

// sim is a simulation that runs.
type sim struct {
	Options
	ctx      context.Context // ends when the people go home
	org      *bot.Organisation
	troubles troubles
	watch    *watch
	chat     *platform
	mail     *platform
	people   sync.WaitGroup
	presses  atomic.Int64

	mu   sync.Mutex // guards desk, which changes with each restart, and home
	desk *bot.Desk
	home bool // nobody begins anything any more
}

// spawn lets somebody do something besides, unless everybody goes home.
func (s *sim) spawn(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.home {
		s.people.Go(f)
	}
}

// goHome waits until everybody has finished.
func (s *sim) goHome() {
	s.mu.Lock()
	s.home = true
	s.mu.Unlock()
	s.people.Wait()
}

// Simulate runs the town for the days and checks what it did. Call it inside a
// bubble of testing/synctest; it returns when everybody has gone home and the
// engine has stopped.
func Simulate(ctx context.Context, o Options) (*Result, error) {
	begin := now()
	town, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &sim{Options: o, ctx: town, org: Town(o.People), troubles: troublesOf(script(o.Seed, begin, o.Days, o.People))}
	s.watch = newWatch(s)
	s.chat, s.mail = &platform{name: ChatName, sim: s}, &platform{name: MailName, sim: s}
	if err := s.init(); err != nil {
		return nil, err
	}
	ran := make(chan error, 1)
	engine, stop := context.WithCancel(ctx)
	defer stop()
	go func() { ran <- s.runEngine(engine, begin) }()
	for _, f := range []func(){s.faults, s.alarms, s.changes, s.inspect} {
		s.spawn(f)
	}
	pause(ctx, time.Duration(o.Days)*24*time.Hour)
	cancel()
	s.goHome()
	pause(ctx, 2*time.Minute)
	stop()
	if err := <-ran; err != nil {
		return nil, err
	}
	return s.check(ctx, begin, now())
}

// init makes the first desk, so that the roster is there before anybody acts.
func (s *sim) init() error {
	desk, err := bot.NewDesk(s.ctx, s.Store, s.org)
	s.desk = desk
	return err
}

// restartEvery is how often the hotline is restarted, on average.
const restartEvery = 9 * 24 * time.Hour

// runEngine runs the hotline until ctx ends, with a restart now and then and some
// minutes in which it is down.
func (s *sim) runEngine(ctx context.Context, begin time.Time) error {
	r := dice(s.Seed, "restarts")
	for ctx.Err() == nil {
		desk, err := bot.NewDesk(ctx, s.Store, s.org)
		if err != nil {
			return err
		}
		desk.Listen(s.watch.committed)
		idle := func(context.Context, bot.Timer) (time.Time, error) { return time.Time{}, nil }
		log := slog.New(slog.DiscardHandler)
		if s.Log != nil {
			log = slog.New(slog.NewTextHandler(s.Log, nil))
		}
		jobs := desk.Jobs(log)
		jobs[bot.TimerSuggest], jobs[bot.TimerDraft] = idle, idle
		engine := bot.NewEngine(bot.EngineOptions{Desk: desk, Handler: handler{desk}, Adapters: []chat.Adapter{s.chat, s.mail}, Jobs: jobs, Log: log})
		if err := desk.WatchSchedules(ctx); err != nil {
			return err
		}
		s.mu.Lock()
		s.desk = desk
		s.mu.Unlock()
		shift, stop := context.WithTimeout(ctx, between(r, restartEvery/2, restartEvery*3/2))
		err = engine.Run(shift)
		stop()
		if err != nil {
			return err
		}
		down := now()
		if pause(ctx, between(r, time.Second, 20*time.Minute)) {
			s.watch.down(down, now())
		}
	}
	return nil
}

// current is the desk in use; nil while the hotline is down.
func (s *sim) current() *bot.Desk {
	if s.chat.open() == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.desk
}

// gap is the time until the next of something that comes so often a day.
func gap(r *rand.Rand, perDay float64) time.Duration {
	return time.Duration(-math.Log(1-r.Float64()) / perDay * 24 * float64(time.Hour))
}

// faults lets customers report, now and then many at once.
func (s *sim) faults() {
	r := dice(s.Seed, "faults")
	for n := 0; pause(s.ctx, gap(r, s.PerDay)); {
		storm := 1
		if r.IntN(200) == 0 {
			storm = 10 + r.IntN(20)
		}
		for range storm {
			n++
			k := r.IntN(customers)
			class := []bot.Class{bot.Fault, bot.Fault, bot.Fault, bot.Fault, bot.Question, bot.Complaint, bot.Planned}[r.IntN(7)]
			text := fmt.Sprintf("%s %d %s fault number %d", class, 1+r.IntN(4), service(r.IntN(services)), n)
			where := channel(customer(k))
			s.receive(chat.Event{Key: fmt.Sprintf("fault-%d", n), Kind: chat.KindMessage, From: account(contact(k)), At: now(), Where: where,
				Message: chat.MessageRef{Place: where, ID: fmt.Sprintf("m%d", n)}, Text: text})
			pause(s.ctx, between(r, 0, 3*time.Second))
		}
	}
}

// alarms lets machines fire, flap and recover.
func (s *sim) alarms() {
	r := dice(s.Seed, "alarms")
	for n := 0; pause(s.ctx, gap(r, s.PerDay/6)); n++ {
		a := bot.Alarm{EventID: fmt.Sprintf("alarm-%d", n), DedupKey: fmt.Sprintf("disk-%d", r.IntN(5)), Status: bot.SignalFiring, Service: service(r.IntN(services)),
			Severity: bot.Severity(1 + r.IntN(4)), Summary: "disk full", Source: "sim"}
		if r.IntN(2) == 0 {
			a.Status = bot.SignalResolved
		}
		if desk := s.current(); desk != nil {
			if _, err := desk.TakeAlarm(s.ctx, a); err != nil && s.ctx.Err() == nil {
				s.watch.wrong("alarm %d was refused: %v", n, err)
			}
		}
	}
}

// changes lets people arrange replacements, vacations and maintenance.
func (s *sim) changes() {
	r := dice(s.Seed, "changes")
	for n := 0; pause(s.ctx, gap(r, 0.7)); n++ {
		desk := s.current()
		if desk == nil {
			continue
		}
		from := now().Add(between(r, -time.Hour, 5*24*time.Hour))
		to := from.Add(between(r, time.Hour, 3*24*time.Hour))
		id := fmt.Sprintf("change-%d", n)
		schedule := s.org.Schedules[r.IntN(len(s.org.Schedules))].ID
		kinds := []oncall.OverrideKind{oncall.Add, oncall.Replace, oncall.Replace, oncall.Remove}
		o := oncall.Override{ID: id, Schedule: schedule, Kind: kinds[r.IntN(len(kinds))], From: from, To: to, Person: person(r.IntN(s.People))}
		kind, body := bot.RecOverride, any(o)
		switch {
		case o.Kind == oncall.Replace:
			o.Replaces = person(r.IntN(s.People))
			body = o
		case r.IntN(3) == 0:
			kind, body = bot.RecAbsence, oncall.Absence{Person: o.Person, From: from, To: to, Note: "away"}
		case r.IntN(3) == 0:
			kind, body = bot.RecWindow, bot.Window{ID: id, Service: service(r.IntN(services)), From: from, To: from.Add(to.Sub(from) / 12), Reason: "racks", By: o.Person}
		}
		err := s.Store.Do(s.ctx, func(tx bot.Tx) error {
			s.watch.changing(tx.Now(), body)
			return desk.ChangeRoster(tx, kind, id, body)
		})
		if err != nil && !errors.Is(err, context.Canceled) && s.ctx.Err() == nil {
			s.watch.wrong("change %d was refused: %v", n, err)
		}
	}
}
