package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hotline/bot/chat"
)

// Engine runs the hotline: it takes what adapters receive, lets the handler
// understand it, fires timers at their instant, and sends the outbox. Everything
// it does starts from a stored event or a timer that came due.
type Engine struct {
	desk    *Desk
	store   Store
	handler Handler
	log     *slog.Logger

	adapters map[chat.Platform]chat.Adapter
	jobs     map[TimerKind]Job
	queue    *jobQueue
	observe  Observer

	workers []*worker
	sender  *sender
	ticks   chan struct{} // capacity one: a nearer timer was set
	gens    sync.Map      // case id → generation, for the last look before a send
	// lateness is how late the last timer fired, in nanoseconds.
	lateness atomic.Int64
	stored   atomic.Int64 // events stored since start
	ready    atomic.Bool
	sweptAll time.Time // when every case was last looked at; the sweeper's own
	pruned   time.Time // when rows past their use were last removed; the sweeper's own
	// recovered is closed when what a crash left has been taken up; nothing new is
	// stored before, so that it is not taken up twice.
	recovered chan struct{}
}

// Job handles a timer that needs more than the case: a look-up, a digest. It runs
// outside a transaction, beside the timers of cases, and may be called again after
// a crash. It returns when the
// timer is due again, or the zero time when it has done its work.
type Job func(ctx context.Context, t Timer) (again time.Time, err error)

// Observer is told what happens, for metrics. It must be quick. Nil fields are
// left out.
type Observer struct {
	Received  func(platform chat.Platform, kind chat.Kind)
	Sent      func(platform chat.Platform, intent chat.Intent, class chat.Class, took time.Duration)
	TimerLate func(late time.Duration)
	// FirstPage is how long after the report was stored its first page left.
	FirstPage func(after time.Duration)
	Refused   func(why string)
}

// EngineOptions are what an engine is made of.
type EngineOptions struct {
	Desk     *Desk
	Handler  Handler
	Adapters []chat.Adapter
	Jobs     map[TimerKind]Job
	Log      *slog.Logger
	Observe  Observer
}

// inboxWorkers is how many events are handled side by side; events of one
// conversation always in order.
const inboxWorkers = 8

// NewEngine makes an engine. Nothing runs before Run.
func NewEngine(o EngineOptions) *Engine {
	e := &Engine{desk: o.Desk, store: o.Desk.store, handler: o.Handler, log: o.Log, jobs: o.Jobs, observe: o.Observe,
		adapters: map[chat.Platform]chat.Adapter{}, ticks: make(chan struct{}, 1), recovered: make(chan struct{})}
	for _, a := range o.Adapters {
		e.adapters[a.Platform()] = a
	}
	for range inboxWorkers {
		e.workers = append(e.workers, newWorker())
	}
	e.sender, e.queue = newSender(e), newJobQueue()
	e.desk.Listen(e.committed)
	return e
}

// generation is that of a case after its last commit, and when that was.
type generation struct {
	n  int
	at time.Time
}

// gensKept is how long generations are remembered: far longer than the moment
// between claiming a letter and sending it.
const gensKept = 10 * time.Minute

// forgetGenerations lets go of those that no send can need any more.
func (e *Engine) forgetGenerations() {
	before := now().Add(-gensKept)
	e.gens.Range(func(id, g any) bool {
		if g.(generation).at.Before(before) {
			e.gens.CompareAndDelete(id, g)
		}
		return true
	})
}

// committed learns of a commit: it wakes the sender and the timer loop and keeps
// the generations for the last look before a send.
func (e *Engine) committed(out Outcome, letters []Letter, timers []Timer) {
	if out.Case.ID != 0 {
		e.gens.Store(out.Case.ID, generation{out.Case.Generation, now()})
	}
	if len(letters) > 0 {
		e.sender.add(letters)
	}
	if len(timers) > 0 {
		wake(e.ticks)
	}
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run recovers what a crash left, runs everything until ctx ends, and then drains:
// events being handled are finished, sends under way are awaited.
func (e *Engine) Run(ctx context.Context) error {
	if err := e.recover(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // stopped before it began
		}
		return fmt.Errorf("recover: %w", err)
	}
	close(e.recovered)
	var wg sync.WaitGroup
	for _, w := range e.workers {
		wg.Go(func() { w.run(ctx, e.process) })
	}
	wg.Go(func() { e.sender.run(ctx) })
	wg.Go(func() { e.runTimers(ctx) })
	for range jobWorkers {
		wg.Go(func() { e.runJobs(ctx) })
	}
	wg.Go(func() { e.runSweeper(ctx) })
	for _, a := range e.adapters {
		wg.Go(func() { e.runAdapter(ctx, a) })
	}
	e.ready.Store(true)
	<-ctx.Done()
	e.ready.Store(false)
	wg.Wait()
	return nil
}

// Ready reports whether the engine is running.
func (e *Engine) Ready() bool { return e.ready.Load() }

// runAdapter runs an adapter; one that fails for good stays visible on the health
// page and stops nothing else.
func (e *Engine) runAdapter(ctx context.Context, a chat.Adapter) {
	err := safely(func() error { return a.Run(ctx, e) })
	if err != nil && ctx.Err() == nil {
		e.log.Error("adapter stopped", "adapter", a.Platform(), "err", err)
		e.sender.platformDown(a.Platform())
		e.alarm(ctx, a.Platform(), a.Health())
	}
}

// recover puts what is open back on its way: events that were stored but not
// handled, letters that were not sent. Letters that were in flight may have gone
// out: they are sent again, marked.
func (e *Engine) recover(ctx context.Context) error {
	var inbound []Inbound
	var letters []Letter
	err := e.store.View(ctx, func(r Reader) (err error) {
		if inbound, err = r.OpenInbound(maxRecover); err != nil {
			return err
		}
		letters, err = r.OpenLetters(maxRecover)
		return err
	})
	if err != nil {
		return err
	}
	err = e.store.Do(ctx, func(tx Tx) error {
		for i := range letters {
			if letters[i].State != InFlight {
				continue
			}
			letters[i].State, letters[i].Repeat = Pending, true
			if err := tx.UpdateLetter(letters[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	e.sender.add(letters)
	for _, in := range inbound {
		e.dispatch(in)
	}
	if len(inbound)+len(letters) > 0 {
		e.log.Info("recovered", "events", len(inbound), "letters", len(letters))
	}
	return nil
}

// maxRecover bounds what is taken up at start; the sweeper takes up the rest.
const maxRecover = 100_000

// safely turns a panic into an error, so that one bad payload stops nothing else.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// runTimers fires timers at their instant: it sleeps until the earliest and wakes
// when a nearer one commits.
func (e *Engine) runTimers(ctx context.Context) {
	for ctx.Err() == nil {
		var due time.Time
		var ok bool
		err := e.store.View(ctx, func(r Reader) (err error) {
			due, ok, err = r.NextDue()
			return err
		})
		wait := time.Minute
		if err != nil {
			e.log.Error("next timer", "err", err)
			wait = time.Second
		} else if ok {
			wait = min(wait, time.Until(due))
		}
		if wait > 0 {
			if !sleep(ctx, wait, e.ticks) {
				return
			}
			continue
		}
		e.fireDue(ctx)
	}
}

// sleep waits for d, a wake, or the end of ctx; false at the end.
func sleep(ctx context.Context, d time.Duration, wakes <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-wakes:
	case <-ctx.Done():
		return false
	}
	return true
}

// timerBatch is how many timers fire side by side, those of one case in order; the
// store commits them together.
const timerBatch = 64

func (e *Engine) fireDue(ctx context.Context) {
	var due []Timer
	err := e.store.View(ctx, func(r Reader) (err error) {
		due, err = r.DueTimers(now(), timerBatch)
		return err
	})
	if err != nil {
		e.log.Error("due timers", "err", err)
		sleep(ctx, time.Second, nil)
		return
	}
	var wg sync.WaitGroup
	var jobs []Timer
	ofCase := map[int64][]Timer{}
	for _, t := range due {
		late := time.Since(t.Due)
		e.lateness.Store(int64(late))
		if e.observe.TimerLate != nil {
			e.observe.TimerLate(late)
		}
		if _, ok := e.jobs[t.Kind]; ok {
			jobs = append(jobs, t)
			continue
		}
		ofCase[t.Case] = append(ofCase[t.Case], t)
	}
	for _, timers := range ofCase {
		wg.Go(func() {
			for _, t := range timers {
				e.fireOne(ctx, t)
			}
		})
	}
	if len(jobs) > 0 {
		e.queueJobs(ctx, jobs)
	}
	wg.Wait()
}

// fireOne fires a timer. One that fails is put off by a minute, so that it stops
// no other.
func (e *Engine) fireOne(ctx context.Context, t Timer) {
	err := safely(func() error {
		return e.store.Do(ctx, func(tx Tx) error {
			ok, err := stillDue(tx, t)
			if err != nil || !ok {
				return err
			}
			if _, err = tx.DeleteTimer(t); err != nil {
				return err
			}
			_, err = e.desk.Apply(tx, Actor{}, t.Case, Tick{t})
			return err
		})
	})
	if err == nil || ctx.Err() != nil {
		return
	}
	e.log.Error("timer failed", "kind", t.Kind, "case_id", t.Case, "err", err)
	err = e.store.Do(ctx, func(tx Tx) error {
		if errors.Is(err, ErrNotFound) {
			_, err := tx.DeleteTimer(t)
			return err
		}
		t.Due = tx.Now().Add(time.Minute)
		return tx.SetTimer(t)
	})
	if err != nil && ctx.Err() == nil {
		e.log.Error("timer not put off", "kind", t.Kind, "err", err)
		sleep(ctx, time.Second, nil)
	}
}

// stillDue reports whether a timer is there as it was when it was found due: what
// fired just before it may have moved or cancelled it.
func stillDue(tx Tx, t Timer) (bool, error) {
	timers, err := tx.Timers(t.Case)
	return slices.ContainsFunc(timers, func(o Timer) bool { return o.ID == t.ID && !o.Due.After(t.Due) }), err
}

// sweepEvery is how often the safety net looks.
const sweepEvery = time.Minute

func (e *Engine) runSweeper(ctx context.Context) {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			e.forgetGenerations()
			if err := e.sweep(ctx); err != nil && ctx.Err() == nil {
				e.log.Error("sweep", "err", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// sweep finds cases that nobody has and nothing presses for, and removes ledger
// rows that are past their use.
func (e *Engine) sweep(ctx context.Context) error {
	var lost []int64
	since := now().Add(-sweepBack)
	if now().Sub(e.sweptAll) >= sweepAllEvery {
		since, e.sweptAll = zeroTime, now()
	}
	err := e.store.View(ctx, func(r Reader) error {
		cases, err := r.Cases(CaseQuery{States: []State{New, Reopened}, Since: since, Limit: 10_000})
		for _, c := range cases {
			if !c.Paging.Active && c.Held == "" && c.Snoozed.IsZero() && c.Class != Planned && time.Since(c.Updated) > sweepEvery {
				lost = append(lost, c.ID)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range lost {
		if _, err := e.desk.Do(ctx, Actor{}, id, Tick{Timer{Kind: TimerSweep, Case: id}}); err != nil {
			e.log.Error("sweep case", "case_id", id, "err", err)
		}
	}
	if now().Sub(e.pruned) < pruneEvery {
		return nil
	}
	e.pruned = now()
	return e.store.Do(ctx, func(tx Tx) error {
		_, err := tx.Prune(tx.Now().Add(-ledgerKept), 50_000)
		return err
	})
}

// What changed in the last sweepBack is looked at every time, everything at start and
// every sweepAllEvery: cases that wait for their date need not be read each minute.
const (
	sweepBack     = 10 * time.Minute
	sweepAllEvery = 30 * time.Minute
)

// pruneEvery is how often rows past their use are removed.
const pruneEvery = time.Hour

// ledgerKept is how long the ledger remembers what arrived, so that a redelivery
// within 24 hours changes nothing.
const ledgerKept = 72 * time.Hour
