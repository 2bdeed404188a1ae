package discordtest

import (
	"net/http"
	"slices"
	"strings"
)

func (s *Server) putReaction(c *call) (int, any, *apiError) {
	ch, m, err := s.botMessage(c)
	if err != nil {
		return 0, nil, err
	}
	emoji := c.id("emoji_name")
	if emoji == "" || strings.Trim(emoji, ":abcdefghijklmnopqrstuvwxyz_0123456789") == "" && !strings.Contains(emoji, ":") {
		return 0, nil, refuse(http.StatusBadRequest, 10014, "Unknown Emoji")
	}
	s.react(ch, m, s.bot.ID, emoji)
	return http.StatusNoContent, nil, nil
}

func (s *Server) deleteReaction(c *call) (int, any, *apiError) {
	ch, m, err := s.botMessage(c)
	if err != nil {
		return 0, nil, err
	}
	s.unreact(ch, m, s.bot.ID, c.id("emoji_name"))
	return http.StatusNoContent, nil, nil
}

func (s *Server) react(ch *channel, m *Message, who, emoji string) {
	i := slices.IndexFunc(m.Reactions, func(r Reaction) bool { return r.Emoji.Name == emoji })
	if i < 0 {
		m.Reactions = append(m.Reactions, Reaction{Emoji: Emoji{Name: emoji}})
		i = len(m.Reactions) - 1
	}
	r := &m.Reactions[i]
	if slices.Contains(r.by, who) {
		return
	}
	r.by = append(slices.Clone(r.by), who)
	r.Count, r.Me = len(r.by), slices.Contains(r.by, s.bot.ID)
	s.reacted("MESSAGE_REACTION_ADD", ch, m, who, emoji)
}

func (s *Server) unreact(ch *channel, m *Message, who, emoji string) {
	for i := range m.Reactions {
		r := &m.Reactions[i]
		if r.Emoji.Name != emoji || !slices.Contains(r.by, who) {
			continue
		}
		r.by = slices.DeleteFunc(slices.Clone(r.by), func(id string) bool { return id == who })
		r.Count, r.Me = len(r.by), slices.Contains(r.by, s.bot.ID)
		s.reacted("MESSAGE_REACTION_REMOVE", ch, m, who, emoji)
	}
	m.Reactions = slices.DeleteFunc(m.Reactions, func(r Reaction) bool { return r.Count == 0 })
}

func (s *Server) reacted(event string, ch *channel, m *Message, who, emoji string) {
	d := map[string]any{
		"user_id": who, "channel_id": ch.ID, "message_id": m.ID, "emoji": Emoji{Name: emoji},
		"burst": false, "type": 0, "message_author_id": m.Author.ID,
	}
	if ch.GuildID != "" {
		d["guild_id"] = ch.GuildID
		d["member"] = s.members[who]
	}
	s.dispatch(event, d, s.audience(ch, intentGuildReactions))
	s.touch()
}
