package slack

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"github.com/slack-go/slack/socketmode"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

const (
	// silence is how long a socket may stay without a ping before it counts as dead;
	// Slack pings every few seconds.
	silence = 45 * time.Second
	// drain is how long a socket that is replaced may finish its acknowledgements.
	drain = 4 * time.Second
	// steady is how long a connection must have lasted for the next to be opened
	// without a longer wait.
	steady     = 10 * time.Second
	dialWithin = 30 * time.Second
	helloTime  = 30 * time.Second
	maxFrame   = 4 << 20
	// maxAck is where Slack drops an acknowledgement without a word (20 kB).
	maxAck = 19_000
)

// socket is one Socket Mode connection.
type socket struct {
	conn    *websocket.Conn
	leaving chan struct{} // closed when Slack asks for a new connection
	ended   chan struct{} // closed when it is gone
	once    sync.Once
	alive   chan struct{} // one token for each ping
	work    atomic.Int64  // envelopes that are being worked on
	fatal   error
}

// keepSocket keeps one connection open until ctx ends. A connection that Slack
// wants replaced is kept until its successor has said hello, so that there is no
// moment without one.
func (a *Adapter) keepSocket(ctx context.Context, in chat.Inbox) error {
	var old *socket
	defer func() { old.retire() }()
	for try := 0; ; {
		watched, missed := a.watched(ctx, in)
		l, err := a.dial(ctx, in)
		if err != nil {
			if fatalDial(err) {
				return err
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			a.cfg.Log.Warn("socket not opened", "err", wordOf(err), "try", try+1)
			a.health.down(noConnection(wordOf(err)))
			if !pause(ctx, backoff(try, err)) {
				return ctx.Err()
			}
			try++
			continue
		}
		opened := a.cfg.Now()
		a.gaps.note(watched, missed)
		old.retire()
		old = nil
		select {
		case <-l.ended:
			if l.fatal != nil {
				return l.fatal
			}
			if a.cfg.Now().Sub(opened) > steady {
				try = 0
			}
			if !pause(ctx, backoff(try, nil)) {
				return ctx.Err()
			}
			try++
		case <-l.leaving:
			old, try = l, 0
		case <-ctx.Done():
			old = l
			return ctx.Err()
		}
	}
}

// fatalDial reports an error that only a person can cure.
func fatalDial(err error) bool {
	if fatal, ok := errors.AsType[*fatalError](err); ok {
		return fatal.word != ""
	}
	_, dead := deadWord(err)
	return dead
}

// dial opens a connection and waits for its hello.
func (a *Adapter) dial(ctx context.Context, in chat.Inbox) (*socket, error) {
	open, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	_, address, err := a.api.StartSocketModeContext(open)
	if err != nil {
		if w := wordOf(err); w == "missing_scope" || w == "not_allowed_token_type" {
			return nil, &fatalError{word: w}
		}
		return nil, err
	}
	l := &socket{leaving: make(chan struct{}), ended: make(chan struct{}), alive: make(chan struct{}, 1)}
	l.conn, _, err = websocket.Dial(open, address, &websocket.DialOptions{
		HTTPClient: a.cfg.HTTPClient,
		OnPingReceived: func(context.Context, []byte) bool {
			l.live()
			return true
		},
	})
	if err != nil {
		return nil, err
	}
	l.conn.SetReadLimit(maxFrame)
	hello, cancelHello := context.WithTimeout(ctx, helloTime)
	defer cancelHello()
	for {
		req, err := l.next(hello)
		if err != nil {
			_ = l.conn.CloseNow()
			return nil, err
		}
		if req.Type == socketmode.RequestTypeHello {
			break
		}
	}
	a.health.connected(1)
	go a.listen(ctx, in, l)
	go l.watch()
	return l, nil
}

func (l *socket) live() {
	select {
	case l.alive <- struct{}{}:
	default:
	}
}

// watch ends a connection that has gone silent.
func (l *socket) watch() { l.waitSilence(func() { _ = l.conn.CloseNow() }) }

// waitSilence calls gone when nothing was heard for too long.
func (l *socket) waitSilence(gone func()) {
	t := time.NewTimer(silence)
	defer t.Stop()
	for {
		select {
		case <-l.alive:
			t.Reset(silence)
		case <-t.C:
			gone()
			return
		case <-l.ended:
			return
		}
	}
}

// next reads one frame. A frame that is no envelope is reported as an empty one.
func (l *socket) next(ctx context.Context) (socketmode.Request, error) {
	_, b, err := l.conn.Read(ctx)
	if err != nil {
		return socketmode.Request{}, err
	}
	l.live()
	f := loose.Of(b)
	req := socketmode.Request{Type: f.Text("type"), EnvelopeID: f.Text("envelope_id"), Reason: f.Text("reason"), Payload: f["payload"]}
	_ = json.Unmarshal(f["retry_attempt"], &req.RetryAttempt)
	return req, nil
}

// listen reads until the connection ends.
func (a *Adapter) listen(ctx context.Context, in chat.Inbox, l *socket) {
	defer func() {
		_ = l.conn.CloseNow()
		close(l.ended)
		a.health.connected(-1)
	}()
	for {
		req, err := l.next(context.WithoutCancel(ctx))
		if err != nil {
			return
		}
		if req.Type == socketmode.RequestTypeDisconnect {
			a.cfg.Log.Info("socket is to be replaced", "reason", req.Reason)
			if req.Reason == "link_disabled" {
				l.fatal = &fatalError{word: req.Reason}
				return
			}
			l.once.Do(func() { close(l.leaving) })
			continue
		}
		a.dispatch(ctx, in, l, req)
	}
}

// dispatch hands an envelope over; it does not wait for the work.
func (a *Adapter) dispatch(ctx context.Context, in chat.Inbox, l *socket, req socketmode.Request) {
	if req.EnvelopeID == "" {
		return
	}
	switch req.Type {
	case socketmode.RequestTypeEventsAPI:
		l.work.Add(1)
		a.onEvent(ctx, in, req.Payload, req.RetryAttempt, func(taken bool) {
			defer l.work.Add(-1)
			if taken {
				a.ack(l, req.EnvelopeID, nil)
			}
		})
	case socketmode.RequestTypeSlashCommands, socketmode.RequestTypeInteractive:
		l.work.Add(1)
		ok := a.act(func() {
			defer l.work.Add(-1)
			ac := a.decodeAct(req.Type == socketmode.RequestTypeSlashCommands, req.Payload)
			a.ack(l, req.EnvelopeID, a.onAct(ctx, in, ac))
		})
		if !ok { // the person sees that it did not work
			l.work.Add(-1)
		}
	default:
		a.ack(l, req.EnvelopeID, nil)
	}
}

func (a *Adapter) decodeAct(slash bool, payload json.RawMessage) act {
	if slash {
		return a.slashCommand(loose.Of(payload), payload)
	}
	return a.interaction(payload)
}

// ack acknowledges an envelope. A payload that Slack would drop is left out.
func (a *Adapter) ack(l *socket, id string, payload json.RawMessage) {
	res := socketmode.Response{EnvelopeID: id}
	if len(payload) > 0 {
		res.Payload = payload
	}
	b, err := json.Marshal(res)
	if err != nil || len(b) > maxAck {
		a.cfg.Log.Error("acknowledgement too large", "bytes", len(b))
		b, _ = json.Marshal(socketmode.Response{EnvelopeID: id})
	}
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := l.conn.Write(ctx, websocket.MessageText, b); err != nil {
		a.cfg.Log.Warn("acknowledgement not sent", "envelope", id)
	}
}

// retire closes a connection once its acknowledgements are out.
func (l *socket) retire() {
	if l == nil {
		return
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(drain)
	for l.work.Load() > 0 {
		select {
		case <-tick.C:
			continue
		case <-limit:
		case <-l.ended:
		}
		break
	}
	_ = l.conn.CloseNow()
	<-l.ended
}
