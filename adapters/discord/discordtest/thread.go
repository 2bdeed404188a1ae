package discordtest

import (
	"net/http"
	"slices"
)

// threadDraft is the body that starts a thread or a forum post.
type threadDraft struct {
	Name        string   `json:"name"`
	AutoArchive int      `json:"auto_archive_duration"`
	Type        int      `json:"type"`
	Invitable   *bool    `json:"invitable"`
	AppliedTags []string `json:"applied_tags"`
	Message     *draft   `json:"message"`
}

func (s *Server) threadRoutes() {
	s.handle("POST", "/channels/{channel_id}/messages/{message_id}/threads", s.threadFromMessage)
	s.handle("POST", "/channels/{channel_id}/threads", s.threadAlone)
	s.handle("GET", "/guilds/{guild_id}/threads/active", s.activeThreads)
	s.handle("GET", "/channels/{channel_id}/threads/archived/public", s.archivedThreads(PublicThread))
	s.handle("GET", "/channels/{channel_id}/threads/archived/private", s.archivedThreads(PrivateThread))
	s.handle("GET", "/channels/{channel_id}/thread-members", s.threadMembers)
	s.handle("PUT", "/channels/{channel_id}/thread-members/@me", s.joinThread)
	s.handle("PUT", "/channels/{channel_id}/thread-members/{user_id}", s.joinThread)
	s.handle("DELETE", "/channels/{channel_id}/thread-members/{user_id}", s.leaveThread)
}

func (s *Server) newThread(parent *channel, d *threadDraft, id string, kind int) *channel {
	pid := parent.ID
	ch := &channel{
		Channel: Channel{
			ID: id, Type: kind, GuildID: s.guild, Name: d.Name, ParentID: &pid, OwnerID: s.bot.ID,
			ThreadMetadata: &ThreadMetadata{AutoArchiveDuration: or(d.AutoArchive, 4320), ArchiveTimestamp: stamp(s.now())},
			MemberCount:    1, AppliedTags: d.AppliedTags,
		},
		members: map[string]bool{s.bot.ID: true},
	}
	if kind == PrivateThread {
		ch.ThreadMetadata.Invitable = d.Invitable
	}
	s.channels[id] = ch
	return ch
}

// threadFromMessage starts a thread that takes the id of its message.
func (s *Server) threadFromMessage(c *call) (int, any, *apiError) {
	parent, m, err := s.botMessage(c)
	if err != nil {
		return 0, nil, err
	}
	if parent.IsThread() || parent.Type == DirectChannel {
		return 0, nil, refuse(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	}
	if s.channels[m.ID] != nil {
		return 0, nil, refuse(http.StatusBadRequest, 160004, "A thread has already been created for this message")
	}
	var d threadDraft
	if err := c.into(&d); err != nil {
		return 0, nil, err
	}
	ch := s.newThread(parent, &d, m.ID, PublicThread)
	copied := ch.Channel
	m.Thread = &copied
	m.Flags |= 1 << 5
	s.dispatch("THREAD_CREATE", ch.Channel, s.audience(ch, intentGuilds))
	s.announce("MESSAGE_UPDATE", parent, m)
	return http.StatusCreated, ch.Channel, nil
}

// threadAlone starts a thread without a message, or a post in a forum.
func (s *Server) threadAlone(c *call) (int, any, *apiError) {
	parent, err := s.botChannel(c.id("channel_id"))
	if err != nil {
		return 0, nil, err
	}
	var d threadDraft
	if err := c.into(&d); err != nil {
		return 0, nil, err
	}
	if parent.Type == ForumChannel {
		return s.forumPost(c, parent, &d)
	}
	if parent.Type != TextChannel {
		return 0, nil, refuse(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	}
	kind := or(d.Type, PrivateThread)
	if kind != PublicThread && kind != PrivateThread {
		return 0, nil, badForm("type: must be 11 or 12")
	}
	ch := s.newThread(parent, &d, s.id(), kind)
	s.dispatch("THREAD_CREATE", ch.Channel, s.audience(ch, intentGuilds))
	return http.StatusCreated, ch.Channel, nil
}

func (s *Server) forumPost(c *call, parent *channel, d *threadDraft) (int, any, *apiError) {
	if d.Message == nil {
		return 0, nil, badForm("message: This field is required")
	}
	if err := parent.knows(d.AppliedTags); err != nil {
		return 0, nil, err
	}
	m := &Message{ID: s.id(), Author: *s.bot}
	if err := s.apply(m, d.Message, c.files); err != nil {
		return 0, nil, err
	}
	ch := s.newThread(parent, d, m.ID, PublicThread)
	s.dispatch("THREAD_CREATE", ch.Channel, s.audience(ch, intentGuilds))
	s.add(ch, m)
	return http.StatusCreated, struct {
		Channel
		Message Message `json:"message"`
	}{ch.Channel, m.copy()}, nil
}

// knows checks that a forum has the tags, at most 5.
func (ch *channel) knows(tags []string) *apiError {
	for _, id := range tags {
		if !slices.ContainsFunc(ch.AvailableTags, func(t Tag) bool { return t.ID == id }) {
			return badForm("applied_tags: unknown tag " + id)
		}
	}
	return nil
}

func (s *Server) activeThreads(c *call) (int, any, *apiError) {
	out := []Channel{}
	for _, ch := range s.sorted() {
		if ch.IsThread() && !ch.ThreadMetadata.Archived && s.sees(s.bot.ID, ch) {
			out = append(out, ch.Channel)
		}
	}
	return http.StatusOK, map[string]any{"threads": out, "members": []any{}, "has_more": false}, nil
}

func (s *Server) archivedThreads(kind int) handler {
	return func(c *call) (int, any, *apiError) {
		parent, err := s.botChannel(c.id("channel_id"))
		if err != nil {
			return 0, nil, err
		}
		out := []Channel{}
		for _, ch := range s.sorted() {
			if ch.Type == kind && *ch.ParentID == parent.ID && ch.ThreadMetadata.Archived && s.sees(s.bot.ID, ch) {
				out = append(out, ch.Channel)
			}
		}
		return http.StatusOK, map[string]any{"threads": out, "members": []any{}, "has_more": false}, nil
	}
}

func (s *Server) threadMembers(c *call) (int, any, *apiError) {
	ch, err := s.botChannel(c.id("channel_id"))
	if err != nil {
		return 0, nil, err
	}
	out := []map[string]any{}
	for id := range ch.members {
		out = append(out, map[string]any{"id": ch.ID, "user_id": id, "join_timestamp": stamp(s.now()), "flags": 0})
	}
	return http.StatusOK, out, nil
}

func (s *Server) joinThread(c *call) (int, any, *apiError) {
	ch, err := s.botChannel(c.id("channel_id"))
	if err != nil {
		return 0, nil, err
	}
	who := or(c.id("user_id"), s.bot.ID)
	switch {
	case !ch.IsThread():
		return 0, nil, refuse(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	case ch.ThreadMetadata.Archived:
		return 0, nil, refuse(http.StatusBadRequest, 50083, "Thread is archived")
	case s.members[who] == nil:
		return 0, nil, refuse(http.StatusNotFound, 10013, "Unknown User")
	}
	if parent := s.channels[*ch.ParentID]; parent == nil || !s.sees(who, parent) {
		return 0, nil, refuse(http.StatusForbidden, 50001, "Missing Access")
	}
	if !ch.members[who] {
		ch.members[who] = true
		ch.MemberCount = len(ch.members)
		s.dispatch("THREAD_MEMBERS_UPDATE", map[string]any{
			"id": ch.ID, "guild_id": s.guild, "member_count": ch.MemberCount,
			"added_members": []any{map[string]any{"id": ch.ID, "user_id": who, "flags": 0, "join_timestamp": stamp(s.now())}},
		}, s.audience(ch, intentGuilds))
	}
	return http.StatusNoContent, nil, nil
}

func (s *Server) leaveThread(c *call) (int, any, *apiError) {
	ch, err := s.botChannel(c.id("channel_id"))
	if err != nil {
		return 0, nil, err
	}
	delete(ch.members, c.id("user_id"))
	ch.MemberCount = len(ch.members)
	return http.StatusNoContent, nil, nil
}
