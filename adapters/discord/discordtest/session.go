package discordtest

import (
	"encoding/json"
	"slices"
)

// Gateway intents that the server tells apart.
const (
	intentGuilds          = 1 << 0
	intentGuildMessages   = 1 << 9
	intentGuildReactions  = 1 << 10
	intentDirectMessages  = 1 << 12
	intentDirectReactions = 1 << 13
	intentMessageContent  = 1 << 15
)

// keep is how many events a session holds for a resume.
const keep = 5000

// session is one identified session; it outlives its connection.
type session struct {
	id      string
	intents int
	seq     int
	kept    []event
	link    *link
}

// event is one dispatched event.
type event struct {
	seq  int
	body []byte
}

// gateFaults is what goes wrong at the gateway.
type gateFaults struct {
	refuseResume int
	fatal        int
	holdAcks     bool
	duplicates   int
	away         bool
	hold         int
	held         []func()
	heartbeats   int
	blocked      map[string]bool // people who refuse direct messages
}

// audience says which sessions hear of something in a channel.
func (s *Server) audience(ch *channel, need int) func(*session) bool {
	if ch.Type == DirectChannel {
		switch need {
		case intentGuildMessages:
			need = intentDirectMessages
		case intentGuildReactions:
			need = intentDirectReactions
		default:
			need = 0
		}
	}
	seen := s.sees(s.bot.ID, ch)
	return func(ses *session) bool { return seen && ses.intents&need == need }
}

// dispatch sends an event to every session that to selects. It obeys the faults:
// events may be sent several times or be held back and sent in reverse.
func (s *Server) dispatch(kind string, d any, to func(*session) bool) {
	s.touch()
	send := func() {
		for _, ses := range s.sessions {
			if !to(ses) {
				continue
			}
			for range s.gate.duplicates + 1 {
				s.emit(ses, kind, s.personal(ses, d))
			}
		}
	}
	if s.gate.hold == 0 {
		send()
		return
	}
	s.gate.held = append(s.gate.held, send)
	if len(s.gate.held) >= s.gate.hold {
		s.release()
	}
}

func (s *Server) release() {
	held := s.gate.held
	s.gate.held, s.gate.hold = nil, 0
	for _, send := range slices.Backward(held) {
		send()
	}
}

// personal takes the content out of a message for sessions without the intent.
func (s *Server) personal(ses *session, d any) any {
	m, ok := d.(Message)
	if !ok {
		return d
	}
	ch := s.channels[m.ChannelID]
	if ch == nil {
		return d
	}
	return s.shown(&m, ch, ses.intents&intentMessageContent != 0)
}

// emit gives an event its number, keeps it for a resume and sends it.
func (s *Server) emit(ses *session, kind string, d any) {
	ses.seq++
	seq := ses.seq
	body := mustJSON(frame{Op: opDispatch, Data: rawOf(d), Seq: &seq, Type: &kind})
	ses.kept = append(ses.kept, event{seq, body})
	if len(ses.kept) > keep {
		ses.kept = slices.Delete(ses.kept, 0, len(ses.kept)-keep)
	}
	if ses.link != nil {
		ses.link.push(body)
	}
}

func rawOf(d any) json.RawMessage {
	if raw, ok := d.(json.RawMessage); ok {
		return raw
	}
	return mustJSON(d)
}

func (s *Server) liveLinks() []*link {
	var out []*link
	for l := range s.links {
		out = append(out, l)
	}
	return out
}

// Connected reports whether a session is identified or resumed and connected.
func (s *Server) Connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ses := range s.sessions {
		if ses.link != nil {
			return true
		}
	}
	return false
}

// Identifies counts identify frames, refused ones too.
func (s *Server) Identifies() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identifies
}

// Resumes counts resumes that were accepted.
func (s *Server) Resumes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.resumes
}

// Heartbeats counts heartbeats that came in.
func (s *Server) Heartbeats() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gate.heartbeats
}

// Drop cuts every gateway connection without a word.
func (s *Server) Drop() {
	s.mu.Lock()
	links := s.liveLinks()
	for _, l := range links {
		if l.session != nil && l.session.link == l {
			l.session.link = nil // nothing more reaches it from here on
		}
	}
	s.mu.Unlock()
	for _, l := range links {
		l.cut()
	}
}

// CloseGateway closes every gateway connection with a close code.
func (s *Server) CloseGateway(code int) {
	s.mu.Lock()
	links := s.liveLinks()
	s.mu.Unlock()
	for _, l := range links {
		l.close(code, "closed by the test")
	}
}

// AskReconnect sends opcode 7 on every connection.
func (s *Server) AskReconnect() { s.everyLink(func(l *link) { l.send(opReconnect, nil) }) }

// InvalidateSession sends opcode 9 on every connection; a session that cannot be
// resumed is forgotten with all that it missed.
func (s *Server) InvalidateSession(resumable bool) {
	s.everyLink(func(l *link) {
		if !resumable && l.session != nil {
			delete(s.sessions, l.session.id)
			l.session.link, l.session = nil, nil
		}
		l.send(opInvalidSession, resumable)
	})
}

// AskHeartbeat sends opcode 1: the client must beat at once.
func (s *Server) AskHeartbeat() { s.everyLink(func(l *link) { l.send(opHeartbeat, nil) }) }

func (s *Server) everyLink(do func(*link)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.liveLinks() {
		do(l)
	}
}

// RefuseResume refuses the next n resumes with opcode 9; what was missed is lost.
func (s *Server) RefuseResume(n int) { s.setFault(func(g *gateFaults) { g.refuseResume = n }) }

// RefuseIdentify closes every identify with a code, such as 4004 or 4014; 0 ends it.
func (s *Server) RefuseIdentify(code int) { s.setFault(func(g *gateFaults) { g.fatal = code }) }

// HoldAcks stops answering heartbeats, as a half-dead connection does.
func (s *Server) HoldAcks(on bool) { s.setFault(func(g *gateFaults) { g.holdAcks = on }) }

// Duplicate delivers every event n more times, each under a number of its own.
func (s *Server) Duplicate(n int) { s.setFault(func(g *gateFaults) { g.duplicates = n }) }

// Reorder holds the next n events back and delivers them in reverse.
func (s *Server) Reorder(n int) { s.setFault(func(g *gateFaults) { g.hold = n }) }

// Release delivers what Reorder holds back, without waiting for more.
func (s *Server) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release()
}

func (s *Server) setFault(do func(*gateFaults)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(&s.gate)
}

// Raw dispatches an event with any payload, for decoders that must survive it.
func (s *Server) Raw(kind string, payload json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch(kind, payload, func(*session) bool { return true })
}

// Away refuses every connection to the gateway while on, as an outage does.
func (s *Server) Away(on bool) { s.setFault(func(g *gateFaults) { g.away = on }) }

// Redeliver dispatches a message once more, as after a lost acknowledgement.
func (s *Server) Redeliver(channel, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.channels[channel]; ch != nil {
		if m := ch.find(id); m != nil {
			s.announce("MESSAGE_CREATE", ch, m)
		}
	}
}
