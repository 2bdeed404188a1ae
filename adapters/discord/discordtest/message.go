package discordtest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// draft is the body of a message as the bot sends it.
type draft struct {
	Content         *string          `json:"content"`
	Nonce           any              `json:"nonce"`
	EnforceNonce    bool             `json:"enforce_nonce"`
	Embeds          *[]Embed         `json:"embeds"`
	AllowedMentions *allowed         `json:"allowed_mentions"`
	Components      *[]Component     `json:"components"`
	Flags           *int             `json:"flags"`
	Reference       *Reference       `json:"message_reference"`
	Attachments     *[]attachmentRef `json:"attachments"`
}

// attachmentRef names a part of the same request or a file kept on an edit.
type attachmentRef struct {
	ID       any    `json:"id"`
	Filename string `json:"filename"`
}

type allowed struct {
	Parse []string `json:"parse"`
	Users []string `json:"users"`
	Roles []string `json:"roles"`
}

func (s *Server) messageRoutes() {
	const list, one = "/channels/{channel_id}/messages", "/channels/{channel_id}/messages/{message_id}"
	s.handle("GET", list, s.listMessages)
	s.handle("POST", list, s.postMessage)
	s.handle("GET", one, s.getMessage)
	s.handle("PATCH", one, s.patchMessage)
	s.handle("DELETE", one, s.deleteMessage)
	s.handle("PUT", one+"/reactions/{emoji_name}/@me", s.putReaction)
	s.handle("DELETE", one+"/reactions/{emoji_name}/@me", s.deleteReaction)
	s.handle("POST", "/channels/{channel_id}/typing", func(c *call) (int, any, *apiError) {
		_, err := s.botChannel(c.id("channel_id"))
		return http.StatusNoContent, nil, err
	})
}

// listMessages answers newest first, at most limit, which is 1 to 100.
func (s *Server) listMessages(c *call) (int, any, *apiError) {
	ch, err := s.botChannel(c.id("channel_id"))
	if err != nil {
		return 0, nil, err
	}
	q := c.r.URL.Query()
	limit := 50
	if v := q.Get("limit"); v != "" {
		n, bad := strconv.Atoi(v)
		if bad != nil || n < 1 || n > 100 {
			return 0, nil, badForm("limit: must be between 1 and 100")
		}
		limit = n
	}
	var keep []*Message
	for _, m := range ch.messages {
		if m.onlyFor == "" {
			keep = append(keep, m)
		}
	}
	if before := q.Get("before"); before != "" {
		keep = slices.DeleteFunc(keep, func(m *Message) bool { return cmpID(m.ID, before) >= 0 })
	}
	if after := q.Get("after"); after != "" {
		keep = slices.DeleteFunc(keep, func(m *Message) bool { return cmpID(m.ID, after) <= 0 })
		keep = keep[:min(limit, len(keep))]
	} else {
		keep = keep[max(0, len(keep)-limit):]
	}
	out := []Message{}
	for _, m := range slices.Backward(keep) {
		out = append(out, s.shown(m, ch, !s.opt.NoMessageContent))
	}
	return http.StatusOK, out, nil
}

func (s *Server) botMessage(c *call) (*channel, *Message, *apiError) {
	ch, err := s.botChannel(c.id("channel_id"))
	if err != nil {
		return nil, nil, err
	}
	m := ch.find(c.id("message_id"))
	if m == nil || m.onlyFor != "" {
		return nil, nil, refuse(http.StatusNotFound, 10008, "Unknown Message")
	}
	return ch, m, nil
}

func (s *Server) getMessage(c *call) (int, any, *apiError) {
	ch, m, err := s.botMessage(c)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.shown(m, ch, !s.opt.NoMessageContent), nil
}

func (s *Server) postMessage(c *call) (int, any, *apiError) {
	ch, err := s.botChannel(c.id("channel_id"))
	if err != nil {
		return 0, nil, err
	}
	if ch.Type == ForumChannel {
		return 0, nil, refuse(http.StatusBadRequest, 50008, "Cannot send messages in a non-text channel")
	}
	if ch.ThreadMetadata != nil && ch.ThreadMetadata.Locked && ch.ThreadMetadata.Archived {
		return 0, nil, refuse(http.StatusBadRequest, 50083, "Thread is archived")
	}
	if to := ch.other(s.bot.ID); ch.Type == DirectChannel && s.gate.blocked[to] {
		return 0, nil, refuse(http.StatusForbidden, 50007, "Cannot send messages to this user")
	}
	var d draft
	if err := c.into(&d); err != nil {
		return 0, nil, err
	}
	nonce := ""
	if d.Nonce != nil {
		nonce = fmt.Sprint(d.Nonce)
	}
	if d.EnforceNonce && nonce != "" {
		if old := ch.nonces[nonce]; old != nil {
			return http.StatusOK, old, nil
		}
	}
	m := &Message{Author: *s.bot, Nonce: nonce}
	if err := s.apply(m, &d, c.files); err != nil {
		return 0, nil, err
	}
	if err := m.resolve(ch, d.Reference); err != nil {
		return 0, nil, err
	}
	s.add(ch, m)
	if nonce != "" {
		if ch.nonces == nil {
			ch.nonces = map[string]*Message{}
		}
		ch.nonces[nonce] = m
	}
	return http.StatusOK, m.copy(), nil
}

func (m *Message) resolve(ch *channel, ref *Reference) *apiError {
	if ref == nil {
		return nil
	}
	if ch.find(ref.MessageID) == nil {
		return badForm("message_reference: Unknown message")
	}
	m.Type, m.Reference = 19, ref
	return nil
}

func (ch *channel) other(me string) string {
	for id := range ch.members {
		if id != me {
			return id
		}
	}
	return ""
}

// apply writes a draft onto a message: what the draft names is replaced.
func (s *Server) apply(m *Message, d *draft, files []upload) *apiError {
	if d.Content != nil {
		m.Content = *d.Content
	}
	if d.Embeds != nil {
		m.Embeds = *d.Embeds
	}
	if d.Components != nil {
		m.Components = *d.Components
	}
	if d.Flags != nil {
		m.Flags = *d.Flags
	}
	if d.Attachments != nil {
		kept, err := keepFiles(m.Attachments, *d.Attachments, files)
		if err != nil {
			return err
		}
		m.Attachments = kept
	}
	m.Attachments = append(m.Attachments, s.attach(files)...)
	s.ping(m, d.AllowedMentions)
	m.fill()
	if m.Content == "" && len(m.Embeds) == 0 && len(m.Attachments) == 0 && len(m.Components) == 0 {
		return refuse(http.StatusBadRequest, 50006, "Cannot send an empty message")
	}
	return nil
}

// keepFiles returns the old files that an edit names; every new one needs a part.
func keepFiles(old []Attachment, refs []attachmentRef, files []upload) ([]Attachment, *apiError) {
	var kept []Attachment
	for _, r := range refs {
		id := fmt.Sprint(r.ID)
		i := slices.IndexFunc(old, func(a Attachment) bool { return a.ID == id })
		if i >= 0 {
			kept = append(kept, old[i])
			continue
		}
		if !slices.ContainsFunc(files, func(f upload) bool { return f.field == "files["+id+"]" }) {
			return nil, badForm("attachments: no part files[" + id + "]")
		}
	}
	return kept, nil
}

var mention = regexp.MustCompile(`<@!?(\d+)>`)

// ping works out whom a message notifies. Without allowed_mentions everything in
// the text counts, which is how a bot is made to ping everyone.
func (s *Server) ping(m *Message, a *allowed) {
	may := func(kind, id string) bool {
		if a == nil || slices.Contains(a.Parse, kind) {
			return true
		}
		return slices.Contains(a.Users, id)
	}
	m.MentionEveryone = may("everyone", "") && (strings.Contains(m.Content, "@everyone") || strings.Contains(m.Content, "@here"))
	m.Mentions = nil
	for _, hit := range mention.FindAllStringSubmatch(m.Content, -1) {
		if u := s.users[hit[1]]; u != nil && may("users", u.ID) {
			m.Mentions = append(m.Mentions, *u)
		}
	}
}

func (s *Server) patchMessage(c *call) (int, any, *apiError) {
	ch, m, err := s.botMessage(c)
	if err != nil {
		return 0, nil, err
	}
	if m.Author.ID != s.bot.ID {
		return 0, nil, refuse(http.StatusForbidden, 50005, "Cannot edit a message authored by another user")
	}
	if ch.ThreadMetadata != nil && ch.ThreadMetadata.Archived {
		return 0, nil, refuse(http.StatusBadRequest, 50083, "Thread is archived")
	}
	var d draft
	if err := c.into(&d); err != nil {
		return 0, nil, err
	}
	if err := s.change(ch, m, &d, c.files); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, m.copy(), nil
}

// change applies an edit and announces it.
func (s *Server) change(ch *channel, m *Message, d *draft, files []upload) *apiError {
	next := m.copy()
	if err := s.apply(&next, d, files); err != nil {
		return err
	}
	now := stamp(s.now())
	next.EditedTimestamp = &now
	next.edits++
	*m = next
	s.announce("MESSAGE_UPDATE", ch, m)
	s.touch()
	return nil
}

func (s *Server) deleteMessage(c *call) (int, any, *apiError) {
	ch, m, err := s.botMessage(c)
	if err != nil {
		return 0, nil, err
	}
	s.erase(ch, m)
	return http.StatusNoContent, nil, nil
}

func (s *Server) erase(ch *channel, m *Message) {
	ch.drop(m.ID)
	s.dispatch("MESSAGE_DELETE", map[string]string{
		"id": m.ID, "channel_id": ch.ID, "guild_id": ch.GuildID,
	}, s.audience(ch, intentGuildMessages))
	s.touch()
}

// shown is a message as the bot sees it. Without the message content intent the
// text of others is empty, save where the bot is spoken to.
func (s *Server) shown(m *Message, ch *channel, content bool) Message {
	c := m.copy()
	if content || ch.Type == DirectChannel || m.Author.ID == s.bot.ID ||
		slices.ContainsFunc(m.Mentions, func(u User) bool { return u.ID == s.bot.ID }) {
		return c
	}
	c.Content, c.Embeds, c.Attachments, c.Components = "", []Embed{}, []Attachment{}, []Component{}
	return c
}
