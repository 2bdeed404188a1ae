package discordtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Opcodes of the gateway.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opPresence       = 3
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
)

// maxPerMinute is how many frames a client may send in a minute.
const maxPerMinute = 120

// frame is one payload of the gateway.
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int            `json:"s"`
	Type *string         `json:"t"`
}

// link is one websocket connection of the bot.
type link struct {
	s    *Server
	conn *websocket.Conn
	path string

	mu      sync.Mutex
	queue   [][]byte
	ready   chan struct{}
	gone    chan struct{}
	once    sync.Once
	session *session // guarded by Server.mu
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	away := s.gate.away
	s.mu.Unlock()
	if away {
		http.Error(w, "away", http.StatusServiceUnavailable)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	l := &link{s: s, conn: conn, path: strings.TrimSuffix(r.URL.Path, "/"), ready: make(chan struct{}, 1), gone: make(chan struct{})}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		conn.Close()
		return
	}
	s.links[l] = true
	s.mu.Unlock()
	go l.write()
	if q := r.URL.Query(); q.Get("v") != "10" || q.Get("encoding") != "json" {
		s.mu.Lock()
		s.problem("gateway: opened with %q instead of v=10&encoding=json", r.URL.RawQuery)
		s.mu.Unlock()
		l.close(4012, "Invalid API version.")
	}
	l.send(opHello, map[string]any{"heartbeat_interval": s.opt.Heartbeat.Milliseconds(), "_trace": []string{}})
	l.read()
	s.mu.Lock()
	delete(s.links, l)
	if l.session != nil && l.session.link == l {
		l.session.link = nil
	}
	s.touch()
	s.mu.Unlock()
	l.cut()
}

// send queues a frame that is not an event.
func (l *link) send(op int, d any) {
	l.push(mustJSON(map[string]any{"op": op, "d": d, "s": nil, "t": nil}))
}

func (l *link) push(b []byte) {
	l.mu.Lock()
	l.queue = append(l.queue, b)
	l.mu.Unlock()
	select {
	case l.ready <- struct{}{}:
	default:
	}
}

// write sends what is queued until the connection ends.
func (l *link) write() {
	for {
		select {
		case <-l.gone:
			return
		case <-l.ready:
		}
		l.mu.Lock()
		batch := l.queue
		l.queue = nil
		l.mu.Unlock()
		for _, b := range batch {
			if b == nil { // a cut asked for in order
				l.cut()
				return
			}
			if l.conn.WriteMessage(websocket.TextMessage, b) != nil {
				l.cut()
				return
			}
		}
	}
}

// close ends the connection with a close code.
func (l *link) close(code int, why string) {
	msg := websocket.FormatCloseMessage(code, why)
	l.conn.WriteControl(websocket.CloseMessage, msg, time.Now().Add(time.Second)) //nolint:errcheck // it ends anyway
}

// cut drops the connection without a word, as a broken network does.
func (l *link) cut() {
	l.once.Do(func() {
		close(l.gone)
		l.conn.Close()
	})
}

// read takes the client's frames until the connection ends. A client that sends
// no heartbeat for two intervals is dropped.
func (l *link) read() {
	minute, count := time.Now(), 0
	for {
		l.conn.SetReadDeadline(time.Now().Add(2 * l.s.opt.Heartbeat)) //nolint:errcheck // a dead one fails below
		_, b, err := l.conn.ReadMessage()
		if err != nil {
			return
		}
		if time.Since(minute) > time.Minute {
			minute, count = time.Now(), 0
		}
		if count++; count > maxPerMinute {
			l.close(4008, "You are being rate limited.")
			return
		}
		var f frame
		if len(b) > 4096 || json.Unmarshal(b, &f) != nil {
			l.close(4002, "Error while decoding payload.")
			return
		}
		if code, why := l.take(f); code != 0 {
			l.close(code, why)
			return
		}
	}
}

// take handles one frame; a code ends the connection.
func (l *link) take(f frame) (int, string) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	defer l.s.touch()
	switch f.Op {
	case opHeartbeat:
		if !l.s.gate.holdAcks {
			l.send(opHeartbeatAck, nil)
		}
		l.s.gate.heartbeats++
		return 0, ""
	case opIdentify:
		return l.identify(f.Data)
	case opResume:
		return l.resume(f.Data)
	case opPresence:
		return 0, ""
	default:
		if l.session == nil {
			return 4003, "Not authenticated."
		}
		return 4001, "Unknown opcode."
	}
}

func (l *link) identify(raw json.RawMessage) (int, string) {
	s := l.s
	var d struct {
		Token      string            `json:"token"`
		Intents    *int              `json:"intents"`
		Properties map[string]string `json:"properties"`
		Shard      *[2]int           `json:"shard"`
	}
	if json.Unmarshal(raw, &d) != nil || d.Properties == nil {
		return 4002, "Error while decoding payload."
	}
	s.identifies++
	switch {
	case l.session != nil:
		return 4005, "Already authenticated."
	case strings.TrimPrefix(d.Token, "Bot ") != s.token:
		return 4004, "Authentication failed."
	case s.gate.fatal != 0:
		return s.gate.fatal, "refused by the test"
	case d.Shard != nil && (d.Shard[1] != 1 || d.Shard[0] != 0):
		return 4010, "Invalid shard."
	case d.Intents == nil || *d.Intents < 0 || *d.Intents >= 1<<26:
		return 4013, "Invalid intent(s)."
	case *d.Intents&intentMessageContent != 0 && s.opt.NoMessageContent:
		return 4014, "Disallowed intent(s)."
	}
	if l.path != "/gateway" {
		s.problem("gateway: identify at the resume address")
	}
	ses := &session{id: s.id(), intents: *d.Intents, link: l}
	s.sessions[ses.id] = ses
	l.session = ses
	s.emit(ses, "READY", s.readyShape(ses))
	s.emit(ses, "GUILD_CREATE", s.guildCreate())
	return 0, ""
}

func (s *Server) readyShape(ses *session) map[string]any {
	flags := 1 << 19
	if s.opt.NoMessageContent {
		flags = 0
	}
	return map[string]any{
		"v": 10, "user": s.bot, "session_id": ses.id, "session_type": "normal",
		"resume_gateway_url": s.socketURL("/gateway-resume"),
		"guilds":             []any{map[string]any{"id": s.guild, "unavailable": true}},
		"application":        map[string]any{"id": s.bot.ID, "flags": flags},
		"private_channels":   []any{}, "relationships": []any{}, "user_settings": map[string]any{}, "_trace": []string{},
	}
}

// guildCreate is the server with its channels and active threads.
func (s *Server) guildCreate() map[string]any {
	g := s.guildShape()
	chs, threads, members := []Channel{}, []Channel{}, []*member{}
	for _, ch := range s.sorted() {
		switch {
		case ch.Type == DirectChannel || !s.sees(s.bot.ID, ch):
		case !ch.IsThread():
			chs = append(chs, ch.Channel)
		case !ch.ThreadMetadata.Archived:
			threads = append(threads, ch.Channel)
		}
	}
	members = append(members, s.members[s.bot.ID])
	g["channels"], g["threads"], g["members"] = chs, threads, members
	g["joined_at"], g["large"], g["unavailable"], g["member_count"] = stamp(s.now()), false, false, len(s.members)
	g["voice_states"], g["presences"], g["stage_instances"] = []any{}, []any{}, []any{}
	g["guild_scheduled_events"], g["soundboard_sounds"] = []any{}, []any{}
	return g
}

func (l *link) resume(raw json.RawMessage) (int, string) {
	s := l.s
	var d struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int    `json:"seq"`
	}
	if json.Unmarshal(raw, &d) != nil {
		return 4002, "Error while decoding payload."
	}
	if strings.TrimPrefix(d.Token, "Bot ") != s.token {
		return 4004, "Authentication failed."
	}
	if l.path != "/gateway-resume" {
		s.problem("gateway: resume at %s instead of resume_gateway_url", l.path)
	}
	ses := s.sessions[d.Session]
	if ses == nil || s.gate.refuseResume > 0 {
		if s.gate.refuseResume > 0 {
			s.gate.refuseResume--
		}
		delete(s.sessions, d.Session)
		l.send(opInvalidSession, false)
		return 0, ""
	}
	if d.Seq > ses.seq {
		return 4007, "Invalid seq."
	}
	s.resumes++
	if old := ses.link; old != nil {
		old.push(nil)
	}
	ses.link, l.session = l, ses
	for _, e := range ses.kept {
		if e.seq > d.Seq {
			l.push(e.body)
		}
	}
	s.emit(ses, "RESUMED", map[string]any{"_trace": []string{}})
	return 0, ""
}
