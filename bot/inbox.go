package bot

import (
	"context"
	"errors"
	"hash/fnv"
	"sync"
	"time"

	"github.com/google/uuid"

	"hotline/bot/chat"
	"hotline/bot/say"
)

// storeWithin is how long an adapter waits for an event to be stored before the
// person is told that it was not taken.
const storeWithin = 2 * time.Second

// maxAttempts is how often an event that fails for no fault of the person is tried.
const maxAttempts = 5

var (
	wordsNotStored = say.Words{EN: "We could not take that down just now. Please send it again in a minute.", ZH: "暂时无法保存,请一分钟后重新发送。"}
	wordsOurFault  = say.Words{EN: "Something went wrong on our side. Your message is kept and somebody will look at it.", ZH: "系统出错,您的消息已保存,我们会尽快处理。"}
)

// Receive stores an event, once per key, and answers; see [chat.Inbox].
func (e *Engine) Receive(ctx context.Context, ev chat.Event) (chat.Answer, error) {
	if err := checkEvent(&ev); err != nil {
		return chat.Answer{}, err
	}
	if e.observe.Received != nil {
		e.observe.Received(ev.Where.Platform, ev.Kind)
	}
	in := e.incoming(ev)
	var answer chat.Answer
	var stop bool
	err := safely(func() error {
		answer, stop = e.handler.Preflight(in)
		return nil
	})
	if err != nil {
		e.log.Error("preflight", "adapter", ev.Where.Platform, "event", ev.Key, "err", err)
	}
	if stop {
		return answer, nil
	}
	fresh, err := e.keep(ctx, Inbound{ID: uuid.Must(uuid.NewV7()).String(), Event: ev, State: InboundNew, At: now()})
	if err != nil {
		e.log.Error("event not stored", "adapter", ev.Where.Platform, "event", ev.Key, "err", err)
		return chat.Answer{Say: wordsNotStored.In(in.Lang())}, &UserError{Code: ErrUnavailable, Say: wordsNotStored.In(in.Lang()), Err: err}
	}
	answer.Duplicate = !fresh
	return answer, nil
}

// keep stores the event and hands it to its worker. It gives up waiting after
// storeWithin; if the store takes the event later all the same, it is handled.
func (e *Engine) keep(ctx context.Context, rec Inbound) (fresh bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()
	select {
	case <-e.recovered:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	type result struct {
		fresh bool
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		r.err = e.store.Do(ctx, func(tx Tx) (err error) {
			r.fresh, err = tx.PutInbound(rec)
			return err
		})
		if r.err == nil && r.fresh {
			e.stored.Add(1)
			e.dispatch(rec)
		}
		done <- r
	}()
	select {
	case r := <-done:
		return r.fresh, r.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// checkEvent refuses what no adapter should hand over and cleans the text.
func checkEvent(ev *chat.Event) error {
	switch {
	case ev.Key == "" || len(ev.Key) > 512:
		return &UserError{Code: ErrInvalid, Say: "event without a usable key"}
	case ev.Where.Platform == "" || ev.From.User == "":
		return &UserError{Code: ErrInvalid, Say: "event without platform or author"}
	}
	if len(ev.Raw) > chat.MaxRaw {
		ev.Raw, ev.Cut = nil, true
	}
	if len(ev.Text) > chat.MaxText || len(ev.Args) > chat.MaxArgs {
		ev.Cut = true
	}
	ev.Text = CleanText(ev.Text, chat.MaxText)
	ev.Args = CleanText(ev.Args, chat.MaxArgs)
	ev.From.Name = Shorten(CleanText(ev.From.Name, 400), 80)
	for k, v := range ev.Form.Values {
		ev.Form.Values[k] = CleanText(v, chat.MaxArgs)
	}
	if len(ev.Files) > chat.MaxFiles {
		ev.Files, ev.Cut = ev.Files[:chat.MaxFiles], true
	}
	if len(ev.Context) > chat.MaxContext {
		ev.Context, ev.Cut = ev.Context[len(ev.Context)-chat.MaxContext:], true
	}
	if ev.At.IsZero() {
		ev.At = now()
	}
	return nil
}

// incoming resolves who and where.
func (e *Engine) incoming(ev chat.Event) Incoming {
	w := e.desk.Snapshot()
	ch, ok := w.Org.Channel(ev.Where)
	return Incoming{World: w, Event: ev, Actor: w.Actor(ev.From, ev.Where), Channel: ch, ChannelOK: ok, View: e.store.View}
}

// Suggest completes an argument; see [chat.Inbox].
func (e *Engine) Suggest(_ context.Context, q chat.Suggest) []chat.Choice {
	w := e.desk.Snapshot()
	var choices []chat.Choice
	err := safely(func() error {
		choices = e.handler.Suggest(w, w.Actor(q.From, q.Where), q)
		return nil
	})
	if err != nil {
		e.log.Error("suggest", "verb", q.Verb, "err", err)
	}
	return choices[:min(len(choices), 25)]
}

// Watch lists where an adapter reads back after a gap; see [chat.Inbox].
func (e *Engine) Watch(ctx context.Context, p chat.Platform) ([]chat.Watched, error) {
	var list []chat.Watched
	seen := map[string]bool{}
	err := e.store.View(ctx, func(r Reader) error {
		add := func(place chat.Place, since time.Time) error {
			if place.Platform != p || seen[place.Key()] {
				return nil
			}
			seen[place.Key()] = true
			last, err := r.LastMessage(place.Key())
			list = append(list, chat.Watched{Place: place, Last: last, Since: since})
			return err
		}
		for _, ch := range e.desk.org.Load().Channels {
			if err := add(ch.Place, now().Add(-24*time.Hour)); err != nil {
				return err
			}
		}
		cases, err := r.Cases(CaseQuery{Newest: true, Limit: 1000,
			States: []State{New, Reopened, Acknowledged, InProgress, WaitingCustomer, WaitingOthers, Resolved}})
		if err != nil {
			return err
		}
		for _, c := range cases {
			links, err := r.Links(c.ID, LinkThread, LinkInside)
			if err != nil {
				return err
			}
			for _, l := range links {
				if err := add(l.Ref.Place, c.Opened); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return list, err
}

// dispatch queues an event with the worker of its conversation.
func (e *Engine) dispatch(rec Inbound) {
	h := fnv.New32a()
	ev := &rec.Event
	h.Write([]byte(ev.Where.ChannelKey()))
	switch {
	case ev.Where.Thread != "":
		h.Write([]byte(ev.Where.Thread))
	case ev.Action.Case != "":
		h.Write([]byte(ev.Action.Case))
	default:
		h.Write([]byte(ev.From.User))
	}
	e.workers[h.Sum32()%uint32(len(e.workers))].add(rec)
}

// process handles one stored event.
func (e *Engine) process(ctx context.Context, rec Inbound) {
	in := e.incoming(rec.Event)
	log := e.log.With("adapter", rec.Event.Where.Platform, "event", rec.ID, "kind", rec.Event.Kind)
	var work func(Tx) error
	err := safely(func() (err error) {
		work, err = e.handler.Handle(ctx, in)
		return err
	})
	if err == nil {
		err = e.store.Do(ctx, func(tx Tx) error {
			if work != nil {
				if err := work(tx); err != nil {
					return err
				}
			}
			return tx.FinishInbound(rec.ID, InboundDone, rec.Attempts+1, "")
		})
	}
	if err == nil {
		return
	}
	if ctx.Err() != nil {
		return // stays open; handled after the next start
	}
	if refused, ok := errors.AsType[*UserError](err); ok {
		err = e.tell(ctx, rec, in, refused)
		if err == nil {
			return
		}
	}
	e.retryInbound(ctx, rec, in, err)
	log.Error("event failed", "attempt", rec.Attempts+1, "err", err)
}

// tell says to the person alone what was refused and what to do.
func (e *Engine) tell(ctx context.Context, rec Inbound, in Incoming, refused *UserError) error {
	if e.observe.Refused != nil {
		e.observe.Refused(refused.Code.Error())
	}
	text := chat.Say(refused.Say)
	if refused.Hint != "" {
		text = text.Plain(" " + refused.Hint)
	}
	return e.store.Do(ctx, func(tx Tx) error {
		if err := e.desk.Post(tx, Private(in, chat.Content{Text: text})); err != nil {
			return err
		}
		return tx.FinishInbound(rec.ID, InboundDone, rec.Attempts+1, refused.Error())
	})
}

// retryInbound tries an event again later, and after maxAttempts keeps it for a
// person and says so.
func (e *Engine) retryInbound(ctx context.Context, rec Inbound, in Incoming, cause error) {
	rec.Attempts++
	if rec.Attempts < maxAttempts {
		time.AfterFunc(time.Duration(1<<rec.Attempts)*250*time.Millisecond, func() { e.dispatch(rec) })
		return
	}
	err := e.store.Do(ctx, func(tx Tx) error {
		if err := e.desk.Post(tx, Private(in, chat.Content{Text: chat.T(wordsOurFault.In(in.Lang()))})); err != nil {
			return err
		}
		return tx.FinishInbound(rec.ID, InboundFailed, rec.Attempts, cause.Error())
	})
	if err != nil {
		e.log.Error("event not given up", "event", rec.ID, "err", err)
	}
}

// worker handles the events of some conversations, in order.
type worker struct {
	mu    sync.Mutex
	queue []Inbound
	wakes chan struct{}
}

func newWorker() *worker { return &worker{wakes: make(chan struct{}, 1)} }

func (w *worker) add(rec Inbound) {
	w.mu.Lock()
	w.queue = append(w.queue, rec)
	w.mu.Unlock()
	wake(w.wakes)
}

func (w *worker) next() (Inbound, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return Inbound{}, false
	}
	rec := w.queue[0]
	w.queue[0] = Inbound{}
	w.queue = w.queue[1:]
	return rec, true
}

// run handles events until ctx ends; the one being handled is finished.
func (w *worker) run(ctx context.Context, handle func(context.Context, Inbound)) {
	for {
		rec, ok := w.next()
		if !ok {
			select {
			case <-w.wakes:
				continue
			case <-ctx.Done():
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
		handle(context.WithoutCancel(ctx), rec)
	}
}
