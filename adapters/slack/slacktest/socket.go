package slacktest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	maxSockets = 10
	// maxAck is where Slack drops an acknowledgement without a word.
	maxAck = 20000
)

// socket is one Socket Mode connection.
type socket struct {
	conn     *websocket.Conn
	out      chan []byte
	done     chan struct{}
	once     sync.Once
	retiring bool
}

func (k *socket) write(b []byte) {
	select {
	case k.out <- b:
	case <-k.done:
	}
}

func (k *socket) end() {
	k.once.Do(func() { close(k.done) })
	_ = k.conn.CloseNow()
}

// pick chooses any socket that is open, not always the same one.
func (s *Server) pick() *socket {
	var open []*socket
	for _, k := range s.sockets {
		if !k.retiring {
			open = append(open, k)
		}
	}
	if len(open) == 0 {
		return nil
	}
	s.seq++
	return open[s.seq%len(open)]
}

func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	ticket := r.URL.Query().Get("ticket")
	known := s.tickets[ticket]
	delete(s.tickets, ticket)
	full := len(s.sockets) >= maxSockets || s.away
	s.mu.Unlock()
	if !known || full {
		http.Error(w, "no such ticket", http.StatusNotFound)
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	conn.SetReadLimit(1 << 20)
	k := &socket{conn: conn, out: make(chan []byte, 65536), done: make(chan struct{})}
	s.spawn(func() { k.writeAll() })
	s.spawn(func() { k.ping(s.cfg.PingEvery) })
	s.greet(k)
	s.readAcks(k)
	k.end()
	s.mu.Lock()
	s.sockets = slices.DeleteFunc(s.sockets, func(x *socket) bool { return x == k })
	s.mu.Unlock()
}

// greet says hello, opens the socket for deliveries and sends what waited.
func (s *Server) greet(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		k.end()
		return
	}
	s.stats.Sockets++
	s.sockets = append(s.sockets, k)
	hello, _ := json.Marshal(map[string]any{
		"type": "hello", "num_connections": len(s.sockets), "connection_info": map[string]any{"app_id": AppID},
		"debug_info": map[string]any{"host": "slacktest-0", "build_number": 1, "approximate_connection_time": 18060},
	})
	k.write(hello)
	waiting := s.waiting
	s.waiting = nil
	for _, d := range waiting {
		s.sendLocked(d)
	}
	select {
	case <-s.closed:
		k.end()
	default:
	}
}

func (k *socket) writeAll() {
	for {
		select {
		case b := <-k.out:
			if k.conn.Write(context.Background(), websocket.MessageText, b) != nil {
				k.end()
				return
			}
		case <-k.done:
			return
		}
	}
}

func (k *socket) ping(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			err := k.conn.Ping(ctx)
			cancel()
			if err != nil {
				k.end()
				return
			}
		case <-k.done:
			return
		}
	}
}

// readAcks reads acknowledgements until the socket ends.
func (s *Server) readAcks(k *socket) {
	for {
		_, b, err := k.conn.Read(context.Background())
		if err != nil {
			return
		}
		s.ack(b)
	}
}

func (s *Server) ack(b []byte) {
	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(b) >= maxAck {
		s.stats.TooLarge++
		return
	}
	if json.Unmarshal(b, &ack) != nil {
		s.stats.Stray++
		return
	}
	d := s.inflight[ack.EnvelopeID]
	if d == nil {
		s.stats.Stray++
		return
	}
	select {
	case d.acked <- ack.Payload:
	default:
	}
}

// Sockets is how many connections are open.
func (s *Server) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}

// DropSockets cuts all connections without a word.
func (s *Server) DropSockets() {
	s.mu.Lock()
	list := slices.Clone(s.sockets)
	s.mu.Unlock()
	for _, k := range list {
		k.end()
	}
}

// Away cuts all connections and lets none be opened until [Server.Back]. It returns
// when all are gone.
func (s *Server) Away() {
	s.mu.Lock()
	s.away = true
	s.mu.Unlock()
	s.Fail(Fault{Method: "apps.connections.open", Status: http.StatusServiceUnavailable})
	s.DropSockets()
	s.Until(func() bool { return s.Sockets() == 0 })
}

// Back lets connections be opened again.
func (s *Server) Back() {
	s.mu.Lock()
	s.away = false
	s.mu.Unlock()
	s.Heal("apps.connections.open")
}

// DropSocket cuts the n-th connection, if there is one.
func (s *Server) DropSocket(n int) {
	s.mu.Lock()
	var k *socket
	if n < len(s.sockets) {
		k = s.sockets[n]
	}
	s.mu.Unlock()
	if k != nil {
		k.end()
	}
}

// Refresh tells all connections to make a new one, with the given reason:
// "refresh_requested", "warning" or "link_disabled". Nothing is delivered through
// them afterwards; the client closes them.
func (s *Server) Refresh(reason string) {
	msg, _ := json.Marshal(map[string]any{
		"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "slacktest-0"},
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets {
		k.retiring = reason != "warning"
		k.write(msg)
	}
}

// WriteRaw sends any text through the first connection.
func (s *Server) WriteRaw(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sockets) > 0 {
		s.sockets[0].write([]byte(text))
	}
}
