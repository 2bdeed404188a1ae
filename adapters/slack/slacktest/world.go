package slacktest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// User is one account.
type User struct {
	ID       string
	Team     string // empty means [TeamID]; another id makes a Slack Connect stranger
	Name     string
	RealName string
	Email    string
	Locale   string
	TZ       string
	Bot      bool
	Deleted  bool
}

// Channel is one conversation.
type Channel struct {
	ID       string
	Name     string
	Private  bool
	Archived bool
	IM       string // the other person of a direct conversation
	Shared   bool   // shared with another organisation
	Topic    string
	Creator  string
	Members  []string
	messages []*Message
}

// Message is one message as Slack shows it.
type Message struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype,omitempty"`
	User        string          `json:"user,omitempty"`
	BotID       string          `json:"bot_id,omitempty"`
	AppID       string          `json:"app_id,omitempty"`
	Team        string          `json:"team,omitempty"`
	Text        string          `json:"text"`
	TS          string          `json:"ts"`
	ThreadTS    string          `json:"thread_ts,omitempty"`
	ParentUser  string          `json:"parent_user_id,omitempty"`
	ReplyCount  int             `json:"reply_count,omitempty"`
	LatestReply string          `json:"latest_reply,omitempty"`
	ClientMsgID string          `json:"client_msg_id,omitempty"`
	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	Files       []*File         `json:"files,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Edited      *Edited         `json:"edited,omitempty"`
	Reactions   []Reaction      `json:"reactions,omitempty"`
	Hidden      bool            `json:"hidden,omitempty"`

	// Channel is where it stands; Only is the one person who sees it.
	Channel string `json:"-"`
	Only    string `json:"-"`
}

// Edited says who changed a message and when.
type Edited struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

// Reaction is an emoji with everybody who put it there.
type Reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
	Count int      `json:"count"`
}

// AddUser adds an account and returns its person.
func (s *Server) AddUser(u User) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == "" {
		u.ID = s.id("U")
	}
	if u.Team == "" {
		u.Team = TeamID
	}
	if u.RealName == "" {
		u.RealName = u.Name
	}
	s.users[u.ID] = &u
	return &Person{s: s, ID: u.ID}
}

// AddChannel adds a conversation and returns its id. The bot is a member only
// when it is listed.
func (s *Server) AddChannel(c Channel) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addChannel(c).ID
}

func (s *Server) addChannel(c Channel) *Channel {
	if c.ID == "" {
		c.ID = s.id(map[bool]string{true: "D", false: "C"}[c.IM != ""])
	}
	c.Members = slices.Clone(c.Members)
	s.channels[c.ID] = &c
	return &c
}

// Channel is a copy of a conversation without its messages, the zero value when
// there is none.
func (s *Server) Channel(id string) Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	if c == nil {
		return Channel{}
	}
	cp := *c
	cp.Members, cp.messages = slices.Clone(c.Members), nil
	return cp
}

// ChannelNamed finds a conversation by its name, "" when there is none.
func (s *Server) ChannelNamed(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(s.channels)) {
		if s.channels[id].Name == name {
			return id
		}
	}
	return ""
}

// Kick takes a member out of a conversation; the bot is told when it is itself.
func (s *Server) Kick(channel, user string) {
	s.mu.Lock()
	c := s.channels[channel]
	c.Members = slices.DeleteFunc(c.Members, func(m string) bool { return m == user })
	s.mu.Unlock()
	if user == BotUserID {
		s.event(map[string]any{"type": "channel_left", "channel": channel, "actor_id": "U0ADMIN", "event_ts": s.stamp()}, "")
		return
	}
	s.event(map[string]any{"type": "member_left_channel", "user": user, "channel": channel, "channel_type": "C", "team": TeamID, "event_ts": s.stamp()}, channel)
}

// Join adds a member to a conversation.
func (s *Server) Join(channel, user string) {
	s.mu.Lock()
	c := s.channels[channel]
	if !slices.Contains(c.Members, user) {
		c.Members = append(c.Members, user)
	}
	s.mu.Unlock()
	s.event(map[string]any{"type": "member_joined_channel", "user": user, "channel": channel, "channel_type": "C", "team": TeamID, "event_ts": s.stamp()}, channel)
}

// Archive closes a conversation for good.
func (s *Server) Archive(channel string) {
	s.mu.Lock()
	s.channels[channel].Archived = true
	s.mu.Unlock()
	s.event(map[string]any{"type": "channel_archive", "channel": channel, "user": "U0ADMIN", "event_ts": s.stamp()}, "")
}

func (s *Server) stamp() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ts()
}

// kind is the channel_type of events and the family of scopes.
func (c *Channel) kind() string {
	switch {
	case c.IM != "":
		return "im"
	case c.Private:
		return "group"
	default:
		return "channel"
	}
}

// scope picks the scope of a family for the channel, such as "history".
func (c *Channel) scope(family string) string {
	switch c.kind() {
	case "im":
		return "im:" + family
	case "group":
		return "groups:" + family
	default:
		return "channels:" + family
	}
}

func (c *Channel) has(user string) bool { return slices.Contains(c.Members, user) }

func (c *Channel) find(ts string) *Message {
	for _, m := range c.messages {
		if m.TS == ts {
			return m
		}
	}
	return nil
}

// wire is the channel as the API shows it.
func (c *Channel) wire() map[string]any {
	m := map[string]any{
		"id": c.ID, "name": c.Name, "name_normalized": c.Name, "creator": c.Creator,
		"is_channel": c.IM == "" && !c.Private, "is_group": c.IM == "" && c.Private, "is_im": c.IM != "",
		"is_private": c.Private || c.IM != "", "is_archived": c.Archived, "is_member": c.has(BotUserID),
		"is_ext_shared": c.Shared, "is_shared": c.Shared, "num_members": len(c.Members),
		"context_team_id": TeamID, "topic": map[string]any{"value": c.Topic},
	}
	if c.IM != "" {
		m["user"] = c.IM
	}
	return m
}

// wire is the user as the API shows it; the address only with its scope.
func (u *User) wire(email bool) map[string]any {
	profile := map[string]any{"real_name": u.RealName, "display_name": u.Name, "team": u.Team}
	if email && u.Team == TeamID && u.Email != "" {
		profile["email"] = u.Email
	}
	return map[string]any{
		"id": u.ID, "team_id": u.Team, "name": strings.ToLower(u.Name), "real_name": u.RealName, "deleted": u.Deleted,
		"is_bot": u.Bot, "is_app_user": false, "is_stranger": u.Team != TeamID, "tz": u.TZ, "locale": u.Locale, "profile": profile,
	}
}
