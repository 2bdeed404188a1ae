package slacktest

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// Person acts as one account and sees what that account sees.
type Person struct {
	s  *Server
	ID string
}

// Person acts as an account that is there already.
func (s *Server) Person(id string) *Person { return &Person{s: s, ID: id} }

// Say posts in a channel and returns the ts.
func (p *Person) Say(channel, text string) string { return p.post(channel, "", text, nil, false) }

// SayIn posts in a thread.
func (p *Person) SayIn(channel, thread, text string) string {
	return p.post(channel, thread, text, nil, false)
}

// SayQuietly posts without any event, as if it had happened while nobody listened.
func (p *Person) SayQuietly(channel, thread, text string) string {
	return p.post(channel, thread, text, nil, true)
}

// Upload posts with a file.
func (p *Person) Upload(channel, thread, text, name string, data []byte) string {
	p.s.mu.Lock()
	f := p.s.newFile(p.ID, name, len(data))
	f.Data, f.complete = data, true
	p.s.mu.Unlock()
	return p.post(channel, thread, text, []*File{f}, false)
}

func (p *Person) post(channel, parent, text string, files []*File, quiet bool) string {
	p.s.mu.Lock()
	ch := p.s.channels[channel]
	if ch == nil || ch.Archived || !ch.has(p.ID) {
		p.s.mu.Unlock()
		p.s.t.Errorf("%s cannot post in %q", p.ID, channel)
		return ""
	}
	m := &Message{Type: "message", User: p.ID, Team: p.s.users[p.ID].Team, Text: text, Files: files,
		ClientMsgID: p.s.id("msg-"), Blocks: richText(text)}
	if files != nil {
		m.Subtype = "file_share"
	}
	if err := thread(ch, m, parent); err != nil {
		p.s.mu.Unlock()
		p.s.t.Errorf("post in %s/%s: %v", channel, parent, err)
		return ""
	}
	p.s.append(ch, m)
	event := p.s.messageEvent(ch, m)
	p.s.mu.Unlock()
	if !quiet {
		event()
	}
	return m.TS
}

// richText is the block that Slack's own clients send beside the text.
func richText(text string) json.RawMessage {
	b, _ := json.Marshal([]any{map[string]any{"type": "rich_text", "block_id": "rt", "elements": []any{
		map[string]any{"type": "rich_text_section", "elements": []any{map[string]any{"type": "text", "text": text}}},
	}}})
	return b
}

// Edit changes a message of the person.
func (p *Person) Edit(channel, ts, text string) {
	p.s.mu.Lock()
	ch := p.s.channels[channel]
	m := ch.find(ts)
	old := *m
	m.Text, m.Blocks, m.Edited = text, richText(text), &Edited{User: p.ID, TS: p.s.ts()}
	event := p.s.changedEvent(ch, m, &old)
	p.s.mu.Unlock()
	event()
}

// Delete takes a message back; the bot's own too, as an administrator may.
func (p *Person) Delete(channel, ts string) {
	p.s.mu.Lock()
	ch := p.s.channels[channel]
	m := ch.find(ts)
	old := *m
	p.s.remove(ch, m)
	event := p.s.deletedEvent(ch, &old)
	p.s.mu.Unlock()
	event()
}

// React puts an emoji on a message.
func (p *Person) React(channel, ts, emoji string) { p.reaction(channel, ts, emoji, true) }

// Unreact takes it off.
func (p *Person) Unreact(channel, ts, emoji string) { p.reaction(channel, ts, emoji, false) }

func (p *Person) reaction(channel, ts, emoji string, add bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.s.channels[channel].find(ts)
	kind, changed := "reaction_added", false
	if add {
		changed = m.react(emoji, p.ID)
	} else {
		kind, changed = "reaction_removed", m.unreact(emoji, p.ID)
	}
	if changed && p.s.tokens[BotToken].scopes["reactions:read"] {
		p.s.eventLocked(map[string]any{
			"type": kind, "user": p.ID, "reaction": emoji, "item_user": m.User, "event_ts": p.s.ts(),
			"item": map[string]any{"type": "message", "channel": channel, "ts": ts},
		}, channel)
	}
}

// who is the person as interactions show them.
func (p *Person) who() map[string]any {
	u := p.s.users[p.ID]
	return map[string]any{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.Team}
}

// base is what all interactive payloads have.
func (p *Person) base(kind string) map[string]any {
	return map[string]any{
		"type": kind, "token": "legacy", "api_app_id": AppID, "user": p.who(), "enterprise": nil, "is_enterprise_install": false,
		"team": map[string]any{"id": TeamID, "domain": "home"}, "action_ts": p.s.ts(), "trigger_id": p.s.newTrigger(p.ID),
	}
}

// Slash runs a slash command, such as "/hotline", in a channel. Slack has none in
// threads.
func (p *Person) Slash(channel, command, text string) Ack {
	s := p.s
	s.mu.Lock()
	if s.cfg.Commands != nil && !slices.Contains(s.cfg.Commands, command) {
		s.mu.Unlock()
		return Ack{Word: command + " is not a valid command"}
	}
	name := s.channels[channel].Name
	if name == "" {
		name = "directmessage"
	}
	hookURL := s.newHook(channel, p.ID, "", "")
	h := s.hooks[hookURL[strings.LastIndexByte(hookURL, '/')+1:]]
	fields := map[string]string{
		"token": "legacy", "team_id": TeamID, "team_domain": "home", "channel_id": channel, "channel_name": name,
		"user_id": p.ID, "user_name": s.users[p.ID].Name, "command": command, "text": text, "api_app_id": AppID,
		"is_enterprise_install": "false", "response_url": hookURL, "trigger_id": s.newTrigger(p.ID),
	}
	s.mu.Unlock()
	form := url.Values{}
	for k, v := range fields {
		form.Set(k, v)
	}
	ack := s.act("slash_commands", fields, form)
	if ack.OK && len(ack.Payload) > 2 {
		s.mu.Lock()
		word, event := s.say(h, ack.Payload)
		s.mu.Unlock()
		if word != "ok" {
			return Ack{Word: word, Payload: ack.Payload}
		}
		event()
	}
	return ack
}

// Shortcut runs a message shortcut on a message, in threads too.
func (p *Person) Shortcut(callback, channel, ts string) Ack {
	s := p.s
	s.mu.Lock()
	m := s.channels[channel].find(ts)
	pl := p.base("message_action")
	pl["callback_id"], pl["message_ts"], pl["message"] = callback, ts, s.copyOf(m)
	pl["channel"] = map[string]any{"id": channel, "name": s.channels[channel].Name}
	pl["response_url"] = s.newHook(channel, p.ID, ts, m.ThreadTS)
	s.mu.Unlock()
	return s.act("interactive", pl, nil)
}

// GlobalShortcut runs a shortcut that belongs to no message.
func (p *Person) GlobalShortcut(callback string) Ack {
	p.s.mu.Lock()
	pl := p.base("shortcut")
	pl["callback_id"] = callback
	p.s.mu.Unlock()
	return p.s.act("interactive", pl, nil)
}

// OpenHome opens the app's home tab.
func (p *Person) OpenHome() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch := p.s.direct(p.ID)
	ev := map[string]any{"type": "app_home_opened", "user": p.ID, "channel": ch.ID, "tab": "home", "event_ts": p.s.ts()}
	if v := p.s.homes[p.ID]; v != nil {
		ev["view"] = v
	}
	p.s.eventLocked(ev, "")
}

// copyOf is a message as JSON, so that it can leave the lock.
func (s *Server) copyOf(m *Message) json.RawMessage {
	b, _ := json.Marshal(m)
	return b
}
