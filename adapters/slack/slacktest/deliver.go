package slacktest

import (
	"encoding/json"
	"net/url"
	"time"
)

// Event is one event that was delivered or lost.
type Event struct {
	ID   string
	Type string
	Raw  json.RawMessage // the payload of the delivery
}

// delivery is one thing on its way to the app.
type delivery struct {
	id      string // envelope id
	kind    string // events_api, slash_commands or interactive
	payload json.RawMessage
	form    url.Values // the slash command as a form, for HTTP
	attempt int
	reason  string
	due     time.Time
	acked   chan json.RawMessage
	result  chan Ack // for what a person waits for
}

// Ack is how the app answered an act of a person.
type Ack struct {
	// OK says that the answer came in time.
	OK bool
	// Payload is what the acknowledgement carried; may be empty.
	Payload json.RawMessage
	// Word says what the person sees when it went wrong, such as
	// "operation_timeout".
	Word string
}

// retryAfter is when the n-th retry of an event comes.
func retryAfter(n int) time.Duration {
	return []time.Duration{0, 0, time.Minute, 5 * time.Minute}[n]
}

const maxRetries = 3

func (d *delivery) isEvent() bool { return d.kind == "events_api" }

// send puts a delivery on its way. Deliveries over a socket leave in the order of
// the calls.
func (s *Server) send(d *delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sendLocked(d)
}

func (s *Server) sendLocked(d *delivery) {
	select {
	case <-s.closed:
		return
	default:
	}
	if s.target != nil {
		s.stats.Sent++
		s.begin()
		target := *s.target
		s.spawn(func() { s.post(target, d) })
		return
	}
	sock := s.pick()
	if sock == nil {
		s.nobody(d)
		return
	}
	d.acked = make(chan json.RawMessage, 1)
	s.inflight[d.id] = d
	s.stats.Sent++
	s.begin()
	sock.write(d.envelope())
	s.spawn(func() { s.await(d, sock) })
}

// nobody handles a delivery while no socket is open.
func (s *Server) nobody(d *delivery) {
	switch {
	case !d.isEvent():
		d.result <- Ack{Word: "dispatch_failed"}
	case d.attempt > 0:
		s.again(d, "timeout")
	case s.cfg.KeepAbsent:
		d.attempt, d.reason = 1, "timeout"
		s.waiting = append(s.waiting, d)
	default:
		s.stats.Lost++
	}
}

// again plans the next retry of an event.
func (s *Server) again(d *delivery, reason string) {
	if d.attempt >= maxRetries {
		s.stats.Unacked++
		return
	}
	d.attempt, d.reason = d.attempt+1, reason
	if wait := retryAfter(d.attempt); wait > 0 {
		d.due = s.now.Add(wait)
		s.later = append(s.later, d)
		return
	}
	s.sendLocked(d)
}

func (d *delivery) envelope() []byte {
	env := map[string]any{
		"envelope_id": d.id, "type": d.kind, "payload": d.payload, "accepts_response_payload": !d.isEvent(),
	}
	if d.isEvent() {
		env["retry_attempt"], env["retry_reason"] = d.attempt, d.reason
	}
	b, _ := json.Marshal(env)
	return b
}

// await waits for the acknowledgement of what went over a socket.
func (s *Server) await(d *delivery, sock *socket) {
	timer := time.NewTimer(s.cfg.AckWait)
	defer timer.Stop()
	ack := Ack{Word: "operation_timeout"}
	select {
	case p := <-d.acked:
		ack = Ack{OK: true, Payload: p}
	case <-sock.done:
	case <-timer.C:
	case <-s.closed:
	}
	select { // an acknowledgement that came with the end of the socket counts
	case p := <-d.acked:
		ack = Ack{OK: true, Payload: p}
	default:
	}
	s.finish(d, ack)
}

// finish records how a delivery ended and retries an event that failed.
func (s *Server) finish(d *delivery, ack Ack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.end()
	delete(s.inflight, d.id)
	if ack.OK {
		s.stats.Acked++
	}
	if !d.isEvent() {
		d.result <- ack
		return
	}
	if !ack.OK && ack.Word != "no_retry" {
		s.again(d, "timeout")
	}
}

func (s *Server) begin() {
	if s.busy == 0 {
		s.idle = make(chan struct{})
	}
	s.busy++
}

func (s *Server) end() {
	if s.busy--; s.busy == 0 {
		close(s.idle)
	}
}

// Settle waits until nothing that was sent waits for its acknowledgement, at most
// a minute, and reports whether it got there.
func (s *Server) Settle() bool {
	limit := time.After(time.Minute)
	for {
		s.mu.Lock()
		busy, idle := s.busy, s.idle
		s.mu.Unlock()
		if busy == 0 {
			return true
		}
		select {
		case <-idle:
		case <-limit:
			return false
		}
	}
}

// act sends what a person did and waits for the answer.
func (s *Server) act(kind string, payload any, form url.Values) Ack {
	raw, err := json.Marshal(payload)
	if err != nil {
		return Ack{Word: err.Error()}
	}
	return s.SendEnvelope(kind, raw, form)
}

// SendEnvelope delivers any payload as "slash_commands" or "interactive" and
// waits for the answer; form is the command for signed HTTP.
func (s *Server) SendEnvelope(kind string, payload json.RawMessage, form url.Values) Ack {
	s.mu.Lock()
	d := &delivery{id: s.id("env-"), kind: kind, payload: payload, form: form, result: make(chan Ack, 1)}
	s.sendLocked(d)
	s.mu.Unlock()
	select {
	case ack := <-d.result:
		return ack
	case <-s.closed:
		return Ack{Word: "closed"}
	}
}

// SendEvent delivers any event, well formed or not, and returns its id.
func (s *Server) SendEvent(event json.RawMessage, shared bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wrap(event, shared)
}

// wrap makes the outer event, remembers it and sends it.
func (s *Server) wrap(event json.RawMessage, shared bool) string {
	id := s.id("Ev")
	payload, _ := json.Marshal(map[string]any{
		"token": "legacy", "team_id": TeamID, "context_team_id": TeamID, "api_app_id": AppID, "event": event,
		"type": "event_callback", "event_id": id, "event_time": s.now.Unix(), "is_ext_shared_channel": shared,
		"event_context": "4-" + id,
		"authorizations": []any{map[string]any{
			"enterprise_id": nil, "team_id": TeamID, "user_id": BotUserID, "is_bot": true, "is_enterprise_install": false,
		}},
	})
	var head struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(event, &head)
	s.events = append(s.events, Event{ID: id, Type: head.Type, Raw: payload})
	s.sendLocked(&delivery{id: s.id("env-"), kind: "events_api", payload: payload})
	return id
}

// Events lists the events so far.
func (s *Server) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Event(nil), s.events...)
}

// Redeliver sends an event once more, as Slack does now and then for no reason.
func (s *Server) Redeliver(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.ID == id {
			s.sendLocked(&delivery{id: s.id("env-"), kind: "events_api", payload: e.Raw, attempt: 1, reason: "timeout"})
		}
	}
}
