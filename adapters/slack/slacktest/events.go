package slacktest

import (
	"encoding/json"
	"strings"
)

// event sends an event that the app subscribes to. A channel restricts it to
// channels the bot is in.
func (s *Server) event(ev map[string]any, channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.eventLocked(ev, channel)
}

func (s *Server) eventLocked(ev map[string]any, channel string) {
	ch := s.channels[channel]
	if channel != "" && (ch == nil || !ch.has(BotUserID)) {
		return
	}
	raw, _ := json.Marshal(ev)
	s.wrap(raw, ch != nil && ch.Shared)
}

// hears reports whether the app may get messages of the channel.
func (s *Server) hears(ch *Channel) bool {
	return ch.has(BotUserID) && s.tokens[BotToken].scopes[ch.scope("history")]
}

// wireMessage is a message as an event carries it.
func (s *Server) wireMessage(ch *Channel, m *Message) map[string]any {
	raw, _ := json.Marshal(m)
	ev := map[string]any{}
	_ = json.Unmarshal(raw, &ev)
	delete(ev, "metadata")
	delete(ev, "reply_count")
	delete(ev, "latest_reply")
	if m.ThreadTS == m.TS {
		delete(ev, "thread_ts")
	}
	ev["channel"], ev["channel_type"], ev["event_ts"] = ch.ID, ch.kind(), m.TS
	if u := s.users[m.User]; u != nil && u.Team != TeamID {
		ev["user_team"], ev["source_team"] = u.Team, u.Team
	}
	return ev
}

// messageEvent prepares the events of a new message: message and, when the bot is
// addressed, app_mention.
func (s *Server) messageEvent(ch *Channel, m *Message) func() {
	if m.Only != "" {
		return func() {}
	}
	ev := s.wireMessage(ch, m)
	mention := m.BotID == "" && strings.Contains(m.Text, "<@"+BotUserID+">") && ch.IM == ""
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.hears(ch) {
			s.eventLocked(ev, ch.ID)
		}
		if mention && s.tokens[BotToken].scopes["app_mentions:read"] {
			at := map[string]any{}
			for k, v := range ev {
				if k != "channel_type" && k != "subtype" {
					at[k] = v
				}
			}
			at["type"] = "app_mention"
			s.eventLocked(at, ch.ID)
		}
	}
}

// changedEvent prepares the event of an edit.
func (s *Server) changedEvent(ch *Channel, m, old *Message) func() {
	now, before := s.wireMessage(ch, m), s.wireMessage(ch, old)
	for _, part := range []map[string]any{now, before} {
		delete(part, "channel")
		delete(part, "channel_type")
		delete(part, "event_ts")
	}
	stamp := s.ts()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.hears(ch) {
			s.eventLocked(map[string]any{
				"type": "message", "subtype": "message_changed", "channel": ch.ID, "channel_type": ch.kind(), "hidden": true,
				"ts": stamp, "event_ts": stamp, "message": now, "previous_message": before,
			}, ch.ID)
		}
	}
}

// deletedEvent prepares the event of a message taken back.
func (s *Server) deletedEvent(ch *Channel, old *Message) func() {
	before := s.wireMessage(ch, old)
	stamp := s.ts()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.hears(ch) {
			s.eventLocked(map[string]any{
				"type": "message", "subtype": "message_deleted", "channel": ch.ID, "channel_type": ch.kind(), "hidden": true,
				"ts": stamp, "event_ts": stamp, "deleted_ts": old.TS, "previous_message": before,
			}, ch.ID)
		}
	}
}
