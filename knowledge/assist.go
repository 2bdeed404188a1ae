package knowledge

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hotline/bot"
)

// Model is a language model that helps the library; package knowledge/model has the
// one there is. Every call keeps within a time budget, redacts what it sends and
// checks what comes back: an error means that the library goes on without. The trace
// is never nil. Languages are "en" and "zh".
type Model interface {
	// Keywords names words to search for besides those of a message.
	Keywords(ctx context.Context, message string) ([]string, *bot.Trace, error)
	// Rerank orders the ids of the sources that answer a question, best first.
	Rerank(ctx context.Context, question string, list []Source) ([]string, *bot.Trace, error)
	// Answer answers a question from the sources alone.
	Answer(ctx context.Context, question, lang string, list []Source) (Answer, *bot.Trace, error)
	// Reply drafts the next words to a customer from the sources alone.
	Reply(ctx context.Context, conversation, lang string, list []Source) (Answer, *bot.Trace, error)
	// Handover sums up what happened on a case, oldest first.
	Handover(ctx context.Context, events []string, lang string) (string, *bot.Trace, error)
	// Translate translates a message.
	Translate(ctx context.Context, message, lang string) (string, *bot.Trace, error)
}

// Source is an article that a model may use. Only what the reader of the answer may
// read is given.
type Source struct {
	ID       string
	Title    string
	Symptom  string
	Solution string // reviewed; only commands and links that stand here may be repeated
}

// Answer is a text and the ids of the sources it rests on.
type Answer struct {
	Text  string
	Cites []string
}

// modelSlots is how many jobs may wait for the model at a time: fewer than there are
// workers, so that a slow one delays no suggestion.
const modelSlots = 4

// staleAfter is how late the model's help may come; after a longer downtime nobody
// waits for it any more.
const staleAfter = 30 * time.Minute

// assistant is what the library knows of the language model.
type assistant struct {
	model   Model // nil without one
	observe atomic.Pointer[func(bot.Trace)]
	slots   chan struct{}
	mu      sync.Mutex
	queue   time.Time // when the last job that found no slot comes again
}

// turnEvery is how far apart jobs that found no slot come again, so that a long queue
// costs little.
const turnEvery = 250 * time.Millisecond

// turn is when a job that found no slot comes again, after those before it; the zero
// instant when nobody would wait for it any more.
func (a *assistant) turn(now time.Time) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	next := a.queue.Add(turnEvery)
	if soonest := now.Add(time.Second); next.Before(soonest) {
		next = soonest
	}
	if next.Sub(now) > staleAfter {
		return time.Time{}
	}
	a.queue = next
	return next
}

// UseModel lets a language model help. Call it before the engine runs. Nothing waits
// for the model.
func (l *Library) UseModel(m Model) { l.model = m }

// ObserveModel tells f of every call to the model, also of those that were not made;
// f must not block.
func (l *Library) ObserveModel(f func(bot.Trace)) { l.observe.Store(&f) }

// helper is the language model at work on one job; it collects the traces.
type helper struct {
	*Library
	c      bot.Case // the case, zero when there is none
	traces []bot.Trace
}

// heard keeps the trace of a call and says in the log why one was not used.
func (h *helper) heard(t *bot.Trace, err error) {
	h.traces = append(h.traces, *t)
	if f := h.observe.Load(); f != nil {
		(*f)(*t)
	}
	if err != nil {
		h.log.Warn("model not used", "task", t.Task, "case", h.c.Number, "err", err)
	}
}

// done writes what came of a job, with the traces, in one transaction.
func (h *helper) done(ctx context.Context, write func(tx bot.Tx) error) error {
	return h.desk.Store().Do(ctx, func(tx bot.Tx) error {
		if err := bot.KeepTraces(tx, h.c.ID, h.traces...); err != nil || write == nil {
			return err
		}
		return write(tx)
	})
}

// assist is the job of a [bot.TimerAssist].
func (l *Library) assist(ctx context.Context, t bot.Timer) (again time.Time, err error) {
	now := l.desk.Snapshot().Now
	task, arg, _ := strings.Cut(t.Key, ":")
	forget := func() (time.Time, error) {
		if task != bot.AssistAsk {
			return time.Time{}, nil
		}
		return time.Time{}, l.desk.Store().Do(ctx, func(tx bot.Tx) error { return tx.DeleteRecord(bot.RecAsk, arg) })
	}
	if l.model == nil || now.Sub(t.Due) > staleAfter {
		return forget()
	}
	select {
	case l.slots <- struct{}{}:
	default:
		if again = l.turn(now); again.IsZero() {
			return forget()
		}
		return again, nil
	}
	defer func() { <-l.slots }()
	h := &helper{Library: l}
	if t.Case != 0 {
		if h.c, err = l.load(ctx, t.Case); err != nil {
			return again, gone(err)
		}
	}
	switch task {
	case bot.AssistLook:
		err = h.look(ctx)
	case bot.AssistSaid:
		again, err = h.said(ctx, arg)
	case bot.AssistSummary:
		err = h.summary(ctx, arg)
	case bot.AssistAsk:
		err = h.asked(ctx, arg)
	}
	if errors.Is(err, bot.ErrConflict) {
		err = nil // the case moved on: the help came too late
	}
	return again, err
}

// sources reads the articles among the hits that the customer may read, and nobody
// else's: everybody's, and their own. At most n.
func (l *Library) sources(ctx context.Context, customer string, hits []bot.Hit, n int) ([]Source, error) {
	var list []Source
	err := l.desk.Store().View(ctx, func(r bot.Reader) error {
		list = nil
		for _, h := range hits {
			if h.Kind != string(Article) || h.Internal || len(list) == n {
				continue
			}
			a, err := r.Article(h.ID)
			if gone(err) != nil {
				return err
			}
			if err == nil && a.State == bot.ArticlePublished && !a.Internal && (a.Customer == "" || a.Customer == customer) {
				list = append(list, Source{ID: a.ID, Title: a.Title, Symptom: a.Symptom, Solution: a.Solution})
			}
		}
		return nil
	})
	return list, err
}
