package discordtest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// client speaks the gateway by hand.
type client struct {
	t    *testing.T
	conn *websocket.Conn
	seq  int
	id   string
	url  string
}

func dial(t *testing.T, url string) *client {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), url+"?v=10&encoding=json", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c := &client{t: t, conn: conn}
	if f := c.next(); f.Op != opHello {
		t.Fatalf("first frame has opcode %d, want hello", f.Op)
	}
	return c
}

func (c *client) send(op int, d any) {
	c.t.Helper()
	if err := c.conn.WriteJSON(map[string]any{"op": op, "d": d}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) next() frame {
	c.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(time.Minute)) //nolint:errcheck // a dead one fails below
	var f frame
	if err := c.conn.ReadJSON(&f); err != nil {
		c.t.Fatal(err)
	}
	if f.Seq != nil {
		c.seq = *f.Seq
	}
	return f
}

// event reads on until an event of a kind comes.
func (c *client) event(kind string) frame {
	c.t.Helper()
	for {
		if f := c.next(); f.Type != nil && *f.Type == kind {
			return f
		}
	}
}

// closeCode reads on until the server closes and returns its code.
func (c *client) closeCode() int {
	c.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(time.Minute)) //nolint:errcheck // a dead one fails below
	for {
		_, _, err := c.conn.ReadMessage()
		if ce, ok := err.(*websocket.CloseError); ok {
			return ce.Code
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *client) identify(token string, intents int) {
	c.send(opIdentify, map[string]any{"token": token, "intents": intents, "properties": map[string]string{"os": "linux"}})
}

// everything is all intents that the server tells apart.
const everything = intentGuilds | intentGuildMessages | intentGuildReactions | intentDirectMessages | intentDirectReactions | intentMessageContent

func ready(t *testing.T, s *Server, intents int) *client {
	t.Helper()
	c := dial(t, s.socketURL("/gateway"))
	c.identify(s.Token(), intents)
	var d struct {
		Session string `json:"session_id"`
		URL     string `json:"resume_gateway_url"`
	}
	if err := json.Unmarshal(c.event("READY").Data, &d); err != nil {
		t.Fatal(err)
	}
	c.id, c.url = d.Session, d.URL
	c.event("GUILD_CREATE")
	return c
}

func content(t *testing.T, f frame) string {
	t.Helper()
	var m Message
	if err := json.Unmarshal(f.Data, &m); err != nil {
		t.Fatal(err)
	}
	return m.Content
}

func TestGatewayCloses(t *testing.T) {
	for _, tc := range []struct {
		name string
		opt  Options
		do   func(*client)
		want int
	}{
		{"bad token", Options{}, func(c *client) { c.identify("wrong", 1) }, 4004},
		{"intent not granted", Options{NoMessageContent: true}, func(c *client) { c.identify("test-token", intentMessageContent) }, 4014},
		{"intent unknown", Options{}, func(c *client) { c.identify("test-token", 1<<30) }, 4013},
		{"opcode before identify", Options{}, func(c *client) { c.send(8, nil) }, 4003},
		{"no JSON", Options{}, func(c *client) { c.conn.WriteMessage(websocket.TextMessage, []byte("{")) }, 4002},
		{"identify twice", Options{}, func(c *client) { c.identify("test-token", 1); c.identify("test-token", 1) }, 4005},
		{"too many frames", Options{}, func(c *client) {
			for range maxPerMinute + 1 {
				c.send(opHeartbeat, nil)
			}
		}, 4008},
		{"resume with a wrong token", Options{}, func(c *client) {
			c.send(opResume, map[string]any{"token": "wrong", "session_id": "1", "seq": 1})
		}, 4004},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := New(t, tc.opt)
			c := dial(t, s.socketURL("/gateway"))
			tc.do(c)
			if got := c.closeCode(); got != tc.want {
				t.Errorf("closed with %d, want %d", got, tc.want)
			}
		})
	}
}

func TestResume(t *testing.T) {
	s := New(t, Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	c := ready(t, s, everything)
	s.Drop()
	if _, err := ana.Post(support, "while away"); err != nil {
		t.Fatal(err)
	}
	back := dial(t, c.url)
	back.send(opResume, map[string]any{"token": s.Token(), "session_id": c.id, "seq": c.seq})
	if got := content(t, back.event("MESSAGE_CREATE")); got != "while away" {
		t.Errorf("replayed %q", got)
	}
	back.event("RESUMED")
	if s.Resumes() != 1 {
		t.Errorf("%d resumes, want 1", s.Resumes())
	}
}

func TestResumeRefused(t *testing.T) {
	s := New(t, Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	c := ready(t, s, everything)
	s.Drop()
	s.RefuseResume(1)
	if _, err := ana.Post(support, "lost"); err != nil {
		t.Fatal(err)
	}
	back := dial(t, c.url)
	back.send(opResume, map[string]any{"token": s.Token(), "session_id": c.id, "seq": c.seq})
	if f := back.next(); f.Op != opInvalidSession || string(f.Data) != "false" {
		t.Fatalf("got opcode %d %s, want 9 false", f.Op, f.Data)
	}
}

func TestHeartbeatAndOpcodes(t *testing.T) {
	s := New(t, Options{})
	c := ready(t, s, everything)
	c.send(opHeartbeat, c.seq)
	if f := c.next(); f.Op != opHeartbeatAck {
		t.Errorf("opcode %d, want heartbeat ack", f.Op)
	}
	s.AskReconnect()
	if f := c.next(); f.Op != opReconnect {
		t.Errorf("opcode %d, want reconnect", f.Op)
	}
	s.AskHeartbeat()
	if f := c.next(); f.Op != opHeartbeat {
		t.Errorf("opcode %d, want heartbeat", f.Op)
	}
	s.InvalidateSession(true)
	if f := c.next(); f.Op != opInvalidSession || string(f.Data) != "true" {
		t.Errorf("opcode %d %s, want 9 true", f.Op, f.Data)
	}
}

func TestContentIntent(t *testing.T) {
	s := New(t, Options{NoMessageContent: true})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	c := ready(t, s, everything&^intentMessageContent)
	for _, tc := range []struct{ name, where, text, want string }{
		{"channel", support, "secret", ""},
		{"mention", support, s.Mention() + " help", s.Mention() + " help"},
		{"direct", ana.Direct(), "hello", "hello"},
	} {
		if _, err := ana.Post(tc.where, tc.text); err != nil {
			t.Fatal(err)
		}
		if got := content(t, c.event("MESSAGE_CREATE")); got != tc.want {
			t.Errorf("%s: the bot read %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestDuplicateAndReorder(t *testing.T) {
	s := New(t, Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	c := ready(t, s, everything)
	s.Duplicate(1)
	post := func(text string) {
		t.Helper()
		if _, err := ana.Post(support, text); err != nil {
			t.Fatal(err)
		}
	}
	post("one")
	s.Duplicate(0)
	s.Reorder(2)
	post("two")
	post("three")
	for i, want := range []string{"one", "one", "three", "two"} {
		if got := content(t, c.event("MESSAGE_CREATE")); got != want {
			t.Errorf("event %d is %q, want %q", i, got, want)
		}
	}
}

func TestPrivateChannelsAreNotSeen(t *testing.T) {
	s := New(t, Options{})
	ana, ben := s.AddPerson("ana"), s.AddPerson("ben")
	ops := s.AddPrivateChannel("ops", ana)
	if !ana.CanSee(ops) || ben.CanSee(ops) {
		t.Error("ana alone must see the channel")
	}
	if _, err := ben.Post(ops, "hi"); err == nil {
		t.Error("ben must not write there")
	}
}
