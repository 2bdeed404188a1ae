package slacktest

import (
	"encoding/json"
	"slices"
	"strings"
)

// maxMessageText is where Slack cuts the text of a message.
const maxMessageText = 40000

// destination finds where a message goes; a user id means the direct
// conversation with that person.
func (c *call) destination() (*Channel, *apiError) {
	id := c.args["channel"]
	if u := c.users[id]; u != nil {
		return c.direct(id), nil
	}
	ch := c.channels[id]
	switch {
	case ch == nil:
		return nil, fail("channel_not_found")
	case (ch.Private || ch.IM != "") && !ch.has(BotUserID):
		return nil, fail("channel_not_found")
	case ch.Archived:
		return nil, fail("is_archived")
	case !ch.has(BotUserID) && !c.token.scopes["chat:write.public"]:
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

// direct finds or makes the conversation of the bot with a person.
func (s *Server) direct(user string) *Channel {
	for _, ch := range s.channels {
		if ch.IM == user {
			return ch
		}
	}
	return s.addChannel(Channel{IM: user, Members: []string{user, BotUserID}})
}

// content reads text, blocks and metadata of a call and checks the limits.
func (c *call) content() (*Message, *apiError) {
	m := &Message{
		Type: "message", User: BotUserID, BotID: BotID, AppID: AppID, Team: TeamID, Text: c.args["text"],
	}
	if r := []rune(m.Text); len(r) > maxMessageText {
		m.Text = string(r[:maxMessageText])
	}
	if b := c.args["blocks"]; b != "" && b != "null" {
		if problems := checkBlocks([]byte(b), 50); len(problems) > 0 {
			return nil, fail("invalid_blocks", problems...)
		}
		m.Blocks = json.RawMessage(b)
	}
	if a := c.args["attachments"]; a != "" && a != "null" && a != "[]" {
		if !json.Valid([]byte(a)) {
			return nil, fail("invalid_attachments")
		}
		m.Attachments = json.RawMessage(a)
	}
	if md := c.args["metadata"]; md != "" && md != "null" {
		var shape struct {
			Type    string         `json:"event_type"`
			Payload map[string]any `json:"event_payload"`
		}
		if json.Unmarshal([]byte(md), &shape) != nil || shape.Type == "" || shape.Payload == nil {
			return nil, fail("invalid_metadata_format")
		}
		m.Metadata = json.RawMessage(md)
	}
	if strings.TrimSpace(m.Text) == "" && len(m.Attachments) == 0 && (len(m.Blocks) == 0 || string(m.Blocks) == "[]") {
		return nil, fail("no_text")
	}
	return m, nil
}

func chatPost(c *call) (map[string]any, *apiError) {
	if err := c.need("chat:write"); err != nil {
		return nil, err
	}
	ch, err := c.destination()
	if err != nil {
		return nil, err
	}
	m, err := c.content()
	if err != nil {
		return nil, err
	}
	if err := thread(ch, m, c.args["thread_ts"]); err != nil {
		return nil, err
	}
	c.append(ch, m)
	c.events = append(c.events, c.messageEvent(ch, m))
	return map[string]any{"channel": ch.ID, "ts": m.TS, "message": m}, nil
}

// thread puts a message below its parent; the ts of a reply is no parent.
func thread(ch *Channel, m *Message, parent string) *apiError {
	if parent == "" {
		return nil
	}
	p := ch.find(parent)
	if p == nil || p.ThreadTS != "" && p.ThreadTS != p.TS {
		return fail("thread_not_found")
	}
	m.ThreadTS, m.ParentUser = parent, p.User
	return nil
}

// append gives a message its ts and stores it.
func (s *Server) append(ch *Channel, m *Message) {
	m.TS, m.Channel = s.ts(), ch.ID
	ch.messages = append(ch.messages, m)
	if m.ThreadTS != "" && m.Only == "" {
		p := ch.find(m.ThreadTS)
		p.ThreadTS = p.TS
		p.ReplyCount++
		p.LatestReply = m.TS
	}
}

func chatEphemeral(c *call) (map[string]any, *apiError) {
	if err := c.need("chat:write"); err != nil {
		return nil, err
	}
	ch, err := c.destination()
	if err != nil {
		return nil, err
	}
	if !ch.has(c.args["user"]) {
		return nil, fail("user_not_in_channel")
	}
	m, err := c.content()
	if err != nil {
		return nil, err
	}
	if err := thread(ch, m, c.args["thread_ts"]); err != nil {
		return nil, err
	}
	m.Only = c.args["user"]
	c.append(ch, m)
	return map[string]any{"message_ts": m.TS}, nil
}

// own finds a message of the bot that may be changed.
func (c *call) own(forbidden string) (*Channel, *Message, *apiError) {
	if err := c.need("chat:write"); err != nil {
		return nil, nil, err
	}
	ch := c.channels[c.args["channel"]]
	if ch == nil {
		return nil, nil, fail("channel_not_found")
	}
	if ch.Archived {
		return nil, nil, fail("is_archived")
	}
	m := ch.find(c.args["ts"])
	switch {
	case m == nil || m.Only != "" || m.Subtype == "tombstone":
		return nil, nil, fail("message_not_found")
	case m.BotID != BotID:
		return nil, nil, fail(forbidden)
	}
	return ch, m, nil
}

func chatUpdate(c *call) (map[string]any, *apiError) {
	ch, m, err := c.own("cant_update_message")
	if err != nil {
		return nil, err
	}
	if len([]rune(c.args["text"])) > 4000 && c.args["blocks"] == "" {
		return nil, fail("msg_too_long")
	}
	next, err := c.content()
	if err != nil {
		return nil, err
	}
	old := *m
	m.Text = next.Text
	if next.Blocks != nil {
		m.Blocks = next.Blocks
	}
	if next.Metadata != nil {
		m.Metadata = next.Metadata
	}
	m.Edited = &Edited{User: BotUserID, TS: c.ts()}
	c.events = append(c.events, c.changedEvent(ch, m, &old))
	return map[string]any{"channel": ch.ID, "ts": m.TS, "text": m.Text, "message": m}, nil
}

func chatDelete(c *call) (map[string]any, *apiError) {
	ch, m, err := c.own("cant_delete_message")
	if err != nil {
		return nil, err
	}
	old := *m
	c.remove(ch, m)
	c.events = append(c.events, c.deletedEvent(ch, &old))
	return map[string]any{"channel": ch.ID, "ts": old.TS}, nil
}

// remove takes a message away; a parent with replies leaves a tombstone.
func (s *Server) remove(ch *Channel, m *Message) {
	if m.ReplyCount > 0 {
		*m = Message{Type: "message", Subtype: "tombstone", User: "USLACKBOT", Text: "This message was deleted.",
			TS: m.TS, ThreadTS: m.ThreadTS, ReplyCount: m.ReplyCount, Channel: m.Channel, Hidden: true}
		return
	}
	ch.messages = slices.DeleteFunc(ch.messages, func(x *Message) bool { return x == m })
}

func chatPermalink(c *call) (map[string]any, *apiError) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	m := ch.find(c.args["message_ts"])
	if m == nil {
		return nil, fail("message_not_found")
	}
	link := c.web.URL + "/archives/" + ch.ID + "/p" + strings.ReplaceAll(m.TS, ".", "")
	return map[string]any{"channel": ch.ID, "permalink": link}, nil
}

func reactionsAdd(c *call) (map[string]any, *apiError) {
	m, err := c.reactable("reactions:write")
	if err != nil {
		return nil, err
	}
	if !m.react(c.args["name"], BotUserID) {
		return nil, fail("already_reacted")
	}
	return nil, nil
}

func reactionsRemove(c *call) (map[string]any, *apiError) {
	m, err := c.reactable("reactions:write")
	if err != nil {
		return nil, err
	}
	if !m.unreact(c.args["name"], BotUserID) {
		return nil, fail("no_reaction")
	}
	return nil, nil
}

func reactionsGet(c *call) (map[string]any, *apiError) {
	m, err := c.reactable("reactions:read")
	if err != nil {
		return nil, err
	}
	return map[string]any{"type": "message", "channel": m.Channel, "message": m}, nil
}

func (c *call) reactable(scope string) (*Message, *apiError) {
	if err := c.need(scope); err != nil {
		return nil, err
	}
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if ch.Archived {
		return nil, fail("is_archived")
	}
	if !ch.has(BotUserID) {
		return nil, fail("not_in_channel")
	}
	m := ch.find(c.args["timestamp"])
	if m == nil || m.Only != "" {
		return nil, fail("message_not_found")
	}
	if n := c.args["name"]; n != "" && strings.ContainsAny(n, ": ") {
		return nil, fail("invalid_name")
	}
	return m, nil
}

// react puts an emoji on a message and reports whether it was new.
func (m *Message) react(name, user string) bool {
	for i := range m.Reactions {
		r := &m.Reactions[i]
		if r.Name != name {
			continue
		}
		if slices.Contains(r.Users, user) {
			return false
		}
		r.Users = append(r.Users, user)
		r.Count++
		return true
	}
	m.Reactions = append(m.Reactions, Reaction{Name: name, Users: []string{user}, Count: 1})
	return true
}

// unreact takes an emoji off and reports whether it was there.
func (m *Message) unreact(name, user string) bool {
	for i := range m.Reactions {
		r := &m.Reactions[i]
		at := slices.Index(r.Users, user)
		if r.Name != name || at < 0 {
			continue
		}
		r.Users = slices.Delete(slices.Clone(r.Users), at, at+1)
		if r.Count--; r.Count == 0 {
			m.Reactions = slices.Delete(slices.Clone(m.Reactions), i, i+1)
		}
		return true
	}
	return false
}
