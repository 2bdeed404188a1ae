package discord

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"

	"hotline/bot/chat"
)

// Opcodes of the gateway.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
)

const (
	dialWithin  = 20 * time.Second
	helloWithin = 20 * time.Second
	writeWithin = 10 * time.Second
	maxFrame    = 32 << 20 // bytes; a big server's GUILD_CREATE has several MiB
)

// intents is what the bot wants to hear of, without the privileged one.
const intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsGuildMessageReactions |
	discordgo.IntentsDirectMessages | discordgo.IntentsDirectMessageReactions

// connection is one websocket to the gateway.
type connection struct {
	s     *supervisor
	sock  *websocket.Conn
	write sync.Mutex
	seq   atomic.Int64
	acked atomic.Bool
	since time.Time // when it was ready; zero before
}

// frame is one payload of the gateway.
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s"`
	Type string          `json:"t"`
}

func dial(ctx context.Context, addr string) (*websocket.Conn, error) {
	addr, err := gatewayURL(addr)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	sock, resp, err := websocket.DefaultDialer.DialContext(ctx, addr, nil)
	if resp != nil && resp.Body != nil {
		resp.Body.Close()
	}
	return sock, err
}

// run speaks on the connection until it ends; the error says what comes next.
func (c *connection) run(ctx context.Context) error {
	defer c.sock.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { c.shut(websocket.CloseNormalClosure) })
	defer stop()
	c.sock.SetReadLimit(maxFrame)
	c.seq.Store(int64(c.s.session.seq))
	interval, err := c.hello()
	if err != nil {
		return c.ended(err)
	}
	if err := c.introduce(); err != nil {
		return c.ended(err)
	}
	var beats sync.WaitGroup
	beats.Go(func() { c.beat(ctx, interval) })
	err = c.listen(ctx)
	cancel()
	c.sock.Close()
	beats.Wait()
	c.s.session.seq = int(c.seq.Load())
	return c.ended(err)
}

// shut closes from our side. A code other than 1000 and 1001 keeps the session.
func (c *connection) shut(code int) {
	msg := websocket.FormatCloseMessage(code, "")
	c.sock.WriteControl(websocket.CloseMessage, msg, time.Now().Add(time.Second)) //nolint:errcheck // it ends anyway
	c.sock.Close()
}

func (c *connection) send(op int, d any) error {
	c.write.Lock()
	defer c.write.Unlock()
	c.sock.SetWriteDeadline(time.Now().Add(writeWithin)) //nolint:errcheck // a dead one fails below
	return c.sock.WriteJSON(map[string]any{"op": op, "d": d})
}

func (c *connection) next(f *frame) error {
	_, raw, err := c.sock.ReadMessage()
	if err != nil {
		return err
	}
	*f = frame{}
	return json.Unmarshal(raw, f)
}

// hello waits for the first frame, which tells the heartbeat's interval.
func (c *connection) hello() (time.Duration, error) {
	c.sock.SetReadDeadline(time.Now().Add(helloWithin)) //nolint:errcheck // a dead one fails below
	var f frame
	if err := c.next(&f); err != nil {
		return 0, err
	}
	var d struct {
		Interval int64 `json:"heartbeat_interval"`
	}
	if f.Op != opHello || json.Unmarshal(f.Data, &d) != nil || d.Interval <= 0 {
		return 0, errors.New("no hello")
	}
	return time.Duration(min(d.Interval, 600_000)) * time.Millisecond, nil
}

// introduce resumes the session there is, or identifies.
func (c *connection) introduce() error {
	token := c.s.a.opt.Token
	if ses := c.s.session; ses.id != "" {
		return c.send(opResume, map[string]any{"token": token, "session_id": ses.id, "seq": ses.seq})
	}
	c.s.times = append(c.s.times, time.Now())
	want := intents
	if c.s.content {
		want |= discordgo.IntentMessageContent
	}
	return c.send(opIdentify, map[string]any{
		"token": token, "intents": int(want), "large_threshold": 50,
		"properties": map[string]string{"os": "linux", "browser": "hotline", "device": "hotline"},
	})
}

// beat sends heartbeats. A connection that did not answer the last one is dead,
// whatever the operating system thinks, and is closed.
func (c *connection) beat(ctx context.Context, every time.Duration) {
	c.acked.Store(true)
	wait := time.Duration(rand.Float64() * float64(every)) // jitter, so that bots do not beat together
	for {
		if sleep(ctx, wait) != nil {
			return
		}
		wait = every
		if !c.acked.Swap(false) {
			c.shut(websocket.CloseServiceRestart)
			return
		}
		if c.heartbeat() != nil {
			c.sock.Close()
			return
		}
	}
}

func (c *connection) heartbeat() error {
	if n := c.seq.Load(); n > 0 {
		return c.send(opHeartbeat, n)
	}
	return c.send(opHeartbeat, nil)
}

// listen handles frames until the connection ends.
func (c *connection) listen(ctx context.Context) error {
	c.sock.SetReadDeadline(time.Time{}) //nolint:errcheck // heartbeats watch it from here on
	for {
		var f frame
		if err := c.next(&f); err != nil {
			if _, bad := errors.AsType[*json.SyntaxError](err); bad {
				continue // one broken frame is not the end
			}
			return err
		}
		if f.Seq != nil {
			c.seq.Store(*f.Seq)
		}
		switch f.Op {
		case opDispatch:
			c.dispatch(ctx, &f)
		case opHeartbeat:
			if err := c.heartbeat(); err != nil {
				return err
			}
		case opHeartbeatAck:
			c.acked.Store(true)
		case opReconnect:
			return &closedError{asked: true}
		case opInvalidSession:
			if string(f.Data) == "true" {
				return &closedError{asked: true, wait: c.s.a.tempo.invalid}
			}
			return &closedError{asked: true, fresh: true, wait: c.s.a.tempo.invalid + rand.N(c.s.a.tempo.invalid+1)}
		}
	}
}

// dispatch hands an event on; READY and RESUMED start a read-back.
func (c *connection) dispatch(ctx context.Context, f *frame) {
	switch f.Type {
	case "READY":
		c.onReady(f.Data)
		c.up(ctx)
	case "RESUMED":
		c.up(ctx)
	default:
		c.s.events(ctx, f.Type, f.Data)
	}
}

func (c *connection) up(ctx context.Context) {
	c.since = time.Now()
	c.s.a.health.note("away", "")
	c.s.a.health.set(chat.StateUp)
	c.s.ready(ctx)
}

func (c *connection) onReady(raw []byte) {
	var d struct {
		Session string `json:"session_id"`
		URL     string `json:"resume_gateway_url"`
		User    struct {
			ID string `json:"id"`
		} `json:"user"`
		App    appInfo `json:"application"`
		Guilds []struct {
			ID string `json:"id"`
		} `json:"guilds"`
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		c.s.a.log.Warn("READY not fully understood", "err", err)
	}
	if d.URL == "" || d.Session == "" {
		c.s.session = session{}
	} else {
		c.s.session = session{id: d.Session, url: d.URL}
	}
	a := c.s.a
	a.setSelf(d.User.ID, d.App.ID)
	a.mu.Lock()
	clear(a.guilds)
	for _, g := range d.Guilds {
		a.guilds[g.ID] = true
	}
	a.mu.Unlock()
	if len(d.Guilds) == 0 {
		a.health.note("guild", wordsNoGuild(d.App.ID))
	} else {
		a.health.note("guild", "")
	}
	a.contentMissing(!c.s.content)
}

// lived reports whether the connection was ready for a while, so that the next
// one may come at once. One that ends as soon as it is ready is waited for.
func (c *connection) lived() bool {
	return !c.since.IsZero() && time.Since(c.since) >= c.s.a.tempo.first
}

// ended sorts the ways a connection can end.
func (c *connection) ended(err error) error {
	if closed, ok := errors.AsType[*closedError](err); ok {
		closed.lived = c.lived()
		c.shut(websocket.CloseServiceRestart)
		return closed
	}
	out := &closedError{reason: err, lived: c.lived()}
	ce, ok := errors.AsType[*websocket.CloseError](err)
	if !ok {
		out.asked = true // a network that broke
		return out
	}
	if say, fatal := fatalCodes[ce.Code]; fatal {
		return &fatalError{code: ce.Code, say: say}
	}
	out.reason, out.code = errors.New("close code "+strconv.Itoa(ce.Code)), ce.Code
	out.asked = true
	switch ce.Code {
	case 4007, 4009, websocket.CloseNormalClosure, websocket.CloseGoingAway:
		out.fresh = true
	}
	return out
}

// contentMissing remembers whether the bot can read what people write.
func (a *Adapter) contentMissing(missing bool) {
	a.mu.Lock()
	a.missing = missing
	a.mu.Unlock()
	if missing {
		a.health.note("content", wordsContent)
	} else {
		a.health.note("content", "")
	}
}
