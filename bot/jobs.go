package bot

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// jobWorkers is how many jobs run side by side. They run beside the timers of cases,
// so that a slow one (a look-up, a model that does not answer) delays no page.
const jobWorkers = 8

// jobLease is how long a job may take before its timer is due again; after a crash
// it runs again when the lease is over.
const jobLease = 2 * time.Minute

// jobQueue holds the jobs that are due. Their timers are moved to the end of the
// lease while they wait and run.
type jobQueue struct {
	mu      sync.Mutex
	waiting []leased
	held    map[timerName]bool // what waits or runs
	wakes   chan struct{}
}

// leased is a job with its timer as it was when it came due, and the id that the
// timer has during the lease.
type leased struct {
	t  Timer
	id int64
}

// timerName is what there is one timer of.
type timerName struct {
	kind TimerKind
	id   int64
	key  string
}

func (t Timer) name() timerName { return timerName{t.Kind, t.Case, t.Key} }

func newJobQueue() *jobQueue {
	return &jobQueue{held: map[timerName]bool{}, wakes: make(chan struct{}, 1)}
}

// hold keeps a timer from being queued twice; false when it is held already.
func (q *jobQueue) hold(t Timer) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.held[t.name()] {
		return false
	}
	q.held[t.name()] = true
	return true
}

func (q *jobQueue) release(t Timer) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.held, t.name())
}

func (q *jobQueue) add(jobs []leased) {
	q.mu.Lock()
	q.waiting = append(q.waiting, jobs...)
	q.mu.Unlock()
	wake(q.wakes)
}

func (q *jobQueue) next() (leased, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return leased{}, false
	}
	l := q.waiting[0]
	q.waiting[0] = leased{}
	q.waiting = q.waiting[1:]
	if len(q.waiting) > 0 {
		wake(q.wakes)
	}
	return l, true
}

// queueJobs leases the timers and queues their jobs. One that is held already only
// gets a new lease.
func (e *Engine) queueJobs(ctx context.Context, due []Timer) {
	var jobs []leased
	err := e.store.Do(ctx, func(tx Tx) error {
		jobs = jobs[:0]
		for _, t := range due {
			ok, err := stillDue(tx, t)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			id, err := lease(tx, t)
			if err != nil {
				return err
			}
			jobs = append(jobs, leased{t, id})
		}
		return nil
	})
	if err != nil {
		if ctx.Err() == nil {
			e.log.Error("jobs not leased", "jobs", len(due), "err", err)
			sleep(ctx, time.Second, nil)
		}
		return
	}
	e.queue.add(slices.DeleteFunc(jobs, func(l leased) bool { return !e.queue.hold(l.t) }))
}

// lease moves a timer to the end of the lease and gives its new id.
func lease(tx Tx, t Timer) (int64, error) {
	moved := t
	moved.Due = tx.Now().Add(jobLease)
	if err := tx.SetTimer(moved); err != nil {
		return 0, err
	}
	timers, err := tx.Timers(t.Case)
	if i := slices.IndexFunc(timers, func(o Timer) bool { return o.name() == t.name() }); i >= 0 {
		return timers[i].ID, err
	}
	return 0, err
}

// runJobs runs jobs until ctx ends.
func (e *Engine) runJobs(ctx context.Context) {
	for ctx.Err() == nil {
		l, ok := e.queue.next()
		if !ok {
			select {
			case <-e.queue.wakes:
				continue
			case <-ctx.Done():
				return
			}
		}
		e.runJob(ctx, l)
		e.queue.release(l.t)
	}
}

// runJob runs a job and sets its timer as it says. One that fails is put off by a
// minute. A timer that was moved meanwhile is left as it is.
func (e *Engine) runJob(ctx context.Context, l leased) {
	var again time.Time
	err := safely(func() (err error) {
		again, err = e.jobs[l.t.Kind](ctx, l.t)
		return err
	})
	if ctx.Err() != nil {
		return // its lease ends after the next start
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		e.log.Error("job failed", "kind", l.t.Kind, "case_id", l.t.Case, "err", err)
		again = now().Add(time.Minute)
	}
	err = e.store.Do(ctx, func(tx Tx) error {
		held := l.t
		held.ID = l.id
		there, err := tx.DeleteTimer(held)
		if err != nil || !there || again.IsZero() {
			return err
		}
		l.t.Due = again
		return tx.SetTimer(l.t)
	})
	if err != nil && ctx.Err() == nil {
		e.log.Error("job not finished", "kind", l.t.Kind, "case_id", l.t.Case, "err", err)
		return
	}
	if !again.IsZero() {
		wake(e.ticks)
	}
}
