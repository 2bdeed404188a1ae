package slacktest

import (
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// hook is a response_url: five uses within 30 minutes.
type hook struct {
	channel string
	user    string
	message string // the ts of the message the act was on; may be empty
	thread  string
	expires time.Time
	uses    int
}

func (s *Server) newHook(channel, user, message, thread string) string {
	id := s.id("H")
	s.hooks[id] = &hook{channel: channel, user: user, message: message, thread: thread, expires: s.now.Add(30 * time.Minute)}
	return s.web.URL + "/actions/" + id
}

// reply is what a hook or an acknowledgement may say.
type reply struct {
	Text            string          `json:"text"`
	Blocks          json.RawMessage `json:"blocks"`
	ResponseType    string          `json:"response_type"`
	ThreadTS        string          `json:"thread_ts"`
	ReplaceOriginal bool            `json:"replace_original"`
	DeleteOriginal  bool            `json:"delete_original"`
}

func (s *Server) serveHook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if f := s.fault("response_url", ""); f != nil {
		f.answer(w)
		return
	}
	word, event := s.useHook(r.PathValue("id"), body)
	s.record(Call{Method: "response_url", Args: args{"body": string(body)}, JSON: true, At: time.Now(), Answer: word})
	if word != "ok" {
		writeJSON(w, http.StatusNotFound, map[string]any{"ok": false, "error": word})
		return
	}
	event()
	_, _ = io.WriteString(w, "ok")
}

func (s *Server) useHook(id string, body []byte) (string, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hooks[id]
	switch {
	case h == nil:
		return "invalid_url", nil
	case s.now.After(h.expires):
		return "expired_url", nil
	case h.uses >= 5:
		return "used_url", nil
	}
	h.uses++
	return s.say(h, body)
}

// say carries out a reply in the channel of the hook.
func (s *Server) say(h *hook, body []byte) (string, func()) {
	var r reply
	if json.Unmarshal(body, &r) != nil {
		return "invalid_payload", nil
	}
	if len(r.Blocks) > 0 && len(checkBlocks(r.Blocks, 50)) > 0 {
		return "invalid_blocks", nil
	}
	ch := s.channels[h.channel]
	if ch == nil {
		return "channel_not_found", nil
	}
	original := ch.find(h.message)
	switch {
	case r.DeleteOriginal && original != nil:
		old := *original
		s.remove(ch, original)
		return "ok", s.deletedEvent(ch, &old)
	case r.ReplaceOriginal && original != nil:
		old := *original
		original.Text, original.Blocks = r.Text, r.Blocks
		return "ok", s.changedEvent(ch, original, &old)
	case r.Text == "" && len(r.Blocks) == 0:
		return "no_text", nil
	}
	m := &Message{Type: "message", User: BotUserID, BotID: BotID, AppID: AppID, Team: TeamID, Text: r.Text, Blocks: r.Blocks}
	if r.ResponseType != "in_channel" {
		m.Only = h.user
	}
	if r.ThreadTS == "" {
		r.ThreadTS = h.thread
	}
	if err := thread(ch, m, r.ThreadTS); err != nil {
		return err.word, nil
	}
	s.append(ch, m)
	return "ok", s.messageEvent(ch, m)
}
