package discordtest

import (
	"net/http"
	"slices"
	"time"
)

// renames is how often a channel takes a new name or topic in renamePer, as
// Discord's clients have seen it: a bot that keeps live status there stops.
const (
	renames   = 2
	renamePer = 10 * time.Minute
)

func (s *Server) channelRoutes() {
	s.handle("GET", "/channels/{channel_id}", func(c *call) (int, any, *apiError) {
		ch, err := s.botChannel(c.id("channel_id"))
		if err != nil {
			return 0, nil, err
		}
		return http.StatusOK, ch.Channel, nil
	})
	s.handle("PATCH", "/channels/{channel_id}", s.patchChannel)
	s.handle("DELETE", "/channels/{channel_id}", func(c *call) (int, any, *apiError) {
		ch, err := s.botChannel(c.id("channel_id"))
		if err != nil {
			return 0, nil, err
		}
		delete(s.channels, ch.ID)
		s.dispatch("CHANNEL_DELETE", ch.Channel, s.audience(ch, intentGuilds))
		return http.StatusOK, ch.Channel, nil
	})
	s.handle("PUT", "/channels/{channel_id}/permissions/{overwrite_id}", s.putPermission)
	s.handle("GET", "/guilds/{guild_id}", func(c *call) (int, any, *apiError) {
		if c.id("guild_id") != s.guild {
			return 0, nil, refuse(http.StatusNotFound, 10004, "Unknown Guild")
		}
		return http.StatusOK, s.guildShape(), nil
	})
	s.handle("GET", "/guilds/{guild_id}/channels", s.listChannels)
	s.handle("POST", "/guilds/{guild_id}/channels", s.createChannel)
	s.handle("GET", "/guilds/{guild_id}/members/{user_id}", func(c *call) (int, any, *apiError) {
		if m := s.members[c.id("user_id")]; m != nil {
			return http.StatusOK, m, nil
		}
		return 0, nil, refuse(http.StatusNotFound, 10007, "Unknown Member")
	})
	s.handle("GET", "/users/{user_id}", func(c *call) (int, any, *apiError) {
		if u := s.users[c.id("user_id")]; u != nil {
			return http.StatusOK, u, nil
		}
		return 0, nil, refuse(http.StatusNotFound, 10013, "Unknown User")
	})
	s.handle("POST", "/users/@me/channels", s.openDirect)
}

func (s *Server) guildShape() map[string]any {
	return map[string]any{
		"id": s.guild, "name": "Acme", "owner_id": s.bot.ID, "preferred_locale": "en-US",
		"roles":  []any{map[string]any{"id": s.guild, "name": "@everyone", "permissions": "0", "position": 0, "color": 0, "hoist": false, "managed": false, "mentionable": false, "flags": 0}},
		"emojis": []any{}, "stickers": []any{}, "features": []any{}, "premium_tier": 0, "nsfw_level": 0,
	}
}

func (s *Server) listChannels(c *call) (int, any, *apiError) {
	out := []Channel{}
	for _, ch := range s.sorted() {
		if !ch.IsThread() && ch.Type != DirectChannel && s.sees(s.bot.ID, ch) {
			out = append(out, ch.Channel)
		}
	}
	return http.StatusOK, out, nil
}

func (s *Server) createChannel(c *call) (int, any, *apiError) {
	if c.id("guild_id") != s.guild {
		return 0, nil, refuse(http.StatusNotFound, 10004, "Unknown Guild")
	}
	var d struct {
		Name       string      `json:"name"`
		Type       int         `json:"type"`
		Topic      *string     `json:"topic"`
		ParentID   *string     `json:"parent_id"`
		Overwrites []Overwrite `json:"permission_overwrites"`
	}
	if err := c.into(&d); err != nil {
		return 0, nil, err
	}
	ch := &channel{Channel: Channel{
		ID: s.id(), Type: d.Type, GuildID: s.guild, Name: d.Name, Topic: d.Topic, ParentID: d.ParentID, Overwrites: d.Overwrites,
	}}
	for i := range ch.Overwrites {
		ch.Overwrites[i].Allow = or(ch.Overwrites[i].Allow, "0")
		ch.Overwrites[i].Deny = or(ch.Overwrites[i].Deny, "0")
	}
	s.channels[ch.ID] = ch
	s.dispatch("CHANNEL_CREATE", ch.Channel, s.audience(ch, intentGuilds))
	return http.StatusCreated, ch.Channel, nil
}

func (s *Server) patchChannel(c *call) (int, any, *apiError) {
	ch, err := s.botChannel(c.id("channel_id"))
	if err != nil {
		return 0, nil, err
	}
	var d struct {
		Name        *string      `json:"name"`
		Topic       *string      `json:"topic"`
		Archived    *bool        `json:"archived"`
		Locked      *bool        `json:"locked"`
		AutoArchive *int         `json:"auto_archive_duration"`
		AppliedTags *[]string    `json:"applied_tags"`
		Overwrites  *[]Overwrite `json:"permission_overwrites"`
	}
	if err := c.into(&d); err != nil {
		return 0, nil, err
	}
	if d.Name != nil || d.Topic != nil {
		if status, out, limited := s.renameLimit(c, ch); limited {
			return status, out, nil
		}
	}
	if d.AppliedTags != nil && ch.ParentID != nil {
		if parent := s.channels[*ch.ParentID]; parent != nil {
			if err := parent.knows(*d.AppliedTags); err != nil {
				return 0, nil, err
			}
		}
	}
	event := "CHANNEL_UPDATE"
	if md := ch.ThreadMetadata; md != nil {
		event = "THREAD_UPDATE"
		if md.Archived && (d.Archived == nil || *d.Archived) && (d.AppliedTags != nil || d.Name != nil) {
			return 0, nil, refuse(http.StatusBadRequest, 50083, "Thread is archived")
		}
		set(&md.Archived, d.Archived)
		set(&md.Locked, d.Locked)
		set(&md.AutoArchiveDuration, d.AutoArchive)
	}
	set(&ch.Name, d.Name)
	set(&ch.AppliedTags, d.AppliedTags)
	set(&ch.Overwrites, d.Overwrites)
	if d.Topic != nil {
		ch.Topic = d.Topic
	}
	s.dispatch(event, ch.Channel, s.audience(ch, intentGuilds))
	return http.StatusOK, ch.Channel, nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// renameLimit counts changes of name or topic.
func (s *Server) renameLimit(c *call, ch *channel) (int, any, bool) {
	key := "rename " + ch.ID
	b := s.buckets[key]
	if b == nil || s.now().After(b.reset) {
		b = &bucket{left: renames, reset: s.now().Add(renamePer)}
		s.buckets[key] = b
	}
	if b.left == 0 {
		status, out := tooMany(c.w, b.reset.Sub(s.now()), false)
		return status, out, true
	}
	b.left--
	return 0, nil, false
}

func (s *Server) putPermission(c *call) (int, any, *apiError) {
	ch, err := s.botChannel(c.id("channel_id"))
	if err != nil {
		return 0, nil, err
	}
	o := Overwrite{ID: c.id("overwrite_id")}
	if err := c.into(&o); err != nil {
		return 0, nil, err
	}
	o.Allow, o.Deny = or(o.Allow, "0"), or(o.Deny, "0")
	ch.Overwrites = append(slices.DeleteFunc(slices.Clone(ch.Overwrites), func(old Overwrite) bool { return old.ID == o.ID }), o)
	s.dispatch("CHANNEL_UPDATE", ch.Channel, s.audience(ch, intentGuilds))
	return http.StatusNoContent, nil, nil
}

func (s *Server) openDirect(c *call) (int, any, *apiError) {
	var d struct {
		RecipientID string `json:"recipient_id"`
	}
	if err := c.into(&d); err != nil {
		return 0, nil, err
	}
	if s.users[d.RecipientID] == nil || d.RecipientID == s.bot.ID {
		return 0, nil, badForm("recipient_id: Value is not a known user")
	}
	return http.StatusOK, s.direct(d.RecipientID).Channel, nil
}

// direct finds or makes the direct channel of the bot with somebody.
func (s *Server) direct(user string) *channel {
	for _, ch := range s.channels {
		if ch.Type == DirectChannel && ch.members[user] {
			return ch
		}
	}
	ch := &channel{
		Channel: Channel{ID: s.id(), Type: DirectChannel, Recipients: []User{*s.users[user]}},
		members: map[string]bool{user: true, s.bot.ID: true},
	}
	s.channels[ch.ID] = ch
	return ch
}

// RefuseDirect makes a person refuse direct messages from the bot (code 50007).
func (s *Server) RefuseDirect(p *Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gate.blocked == nil {
		s.gate.blocked = map[string]bool{}
	}
	s.gate.blocked[p.ID] = true
}
