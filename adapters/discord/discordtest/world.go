package discordtest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"
)

// viewChannel is the permission bit that lets somebody see a channel.
const viewChannel = 1 << 10

func (s *Server) addUser(u *User) {
	s.users[u.ID] = u
	s.members[u.ID] = &member{User: u, Roles: []string{}, JoinedAt: stamp(s.now())}
}

// AddPerson adds a member of the server with the given display name.
func (s *Server) AddPerson(name string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &User{ID: s.id(), Username: name, GlobalName: &name, Discriminator: "0"}
	s.addUser(u)
	return &Person{s: s, User: *u, Locale: "en-US"}
}

// AddChannel adds a text channel that everybody sees and returns its id.
func (s *Server) AddChannel(name string) string { return s.addChannel(name, TextChannel, nil, nil) }

// AddPrivateChannel adds a text channel seen by the bot and the given people.
func (s *Server) AddPrivateChannel(name string, people ...*Person) string {
	see := Bits(strconv.Itoa(viewChannel))
	ow := []Overwrite{{ID: s.guild, Type: 0, Allow: "0", Deny: see}, {ID: s.bot.ID, Type: 1, Allow: see, Deny: "0"}}
	for _, p := range people {
		ow = append(ow, Overwrite{ID: p.ID, Type: 1, Allow: see, Deny: "0"})
	}
	return s.addChannel(name, TextChannel, ow, nil)
}

// AddForum adds a forum channel with the named tags and returns its id.
func (s *Server) AddForum(name string, tags ...string) string {
	return s.addChannel(name, ForumChannel, nil, tags)
}

func (s *Server) addChannel(name string, kind int, ow []Overwrite, tags []string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := &channel{Channel: Channel{ID: s.id(), Type: kind, GuildID: s.guild, Name: name, Overwrites: ow}}
	for _, t := range tags {
		ch.AvailableTags = append(ch.AvailableTags, Tag{ID: s.id(), Name: t})
	}
	s.channels[ch.ID] = ch
	s.dispatch("CHANNEL_CREATE", ch.Channel, s.audience(ch, intentGuilds))
	return ch.ID
}

// Forbid shuts the bot out of a channel: requests answer 403 with code 50001 and
// its events do not arrive.
func (s *Server) Forbid(channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.channels[channel]; ch != nil {
		ch.forbidden = true
	}
}

// DeleteChannel removes a channel or thread as an administrator would.
func (s *Server) DeleteChannel(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[id]
	if ch == nil {
		return
	}
	event := "CHANNEL_DELETE"
	if ch.IsThread() {
		event = "THREAD_DELETE"
	}
	s.dispatch(event, ch.Channel, s.audience(ch, intentGuilds))
	delete(s.channels, id)
	s.touch()
}

// sees reports whether an account can see a channel.
func (s *Server) sees(user string, ch *channel) bool {
	if user == s.bot.ID && ch.forbidden {
		return false
	}
	switch ch.Type {
	case DirectChannel, PrivateThread:
		return ch.members[user]
	case PublicThread:
		parent := s.channels[*ch.ParentID]
		return parent != nil && s.sees(user, parent)
	}
	can := true
	for _, o := range ch.Overwrites {
		if o.ID == s.guild {
			can = o.apply(can)
		}
	}
	for _, o := range ch.Overwrites {
		if m := s.members[user]; o.Type == 0 && o.ID != s.guild && m != nil && slices.Contains(m.Roles, o.ID) {
			can = o.apply(can)
		}
	}
	for _, o := range ch.Overwrites {
		if o.Type == 1 && o.ID == user {
			can = o.apply(can)
		}
	}
	return can
}

func (o Overwrite) apply(can bool) bool {
	allow, _ := strconv.Atoi(string(o.Allow))
	deny, _ := strconv.Atoi(string(o.Deny))
	if deny&viewChannel != 0 {
		can = false
	}
	if allow&viewChannel != 0 {
		can = true
	}
	return can
}

// botChannel finds a channel that the bot may act in.
func (s *Server) botChannel(id string) (*channel, *apiError) {
	ch := s.channels[id]
	if ch == nil {
		return nil, refuse(404, 10003, "Unknown Channel")
	}
	if !s.sees(s.bot.ID, ch) {
		return nil, refuse(403, 50001, "Missing Access")
	}
	return ch, nil
}

// Channel returns a channel by id.
func (s *Server) Channel(id string) (Channel, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.channels[id]; ch != nil {
		return ch.Channel, true
	}
	return Channel{}, false
}

// Channels lists all channels and threads, oldest first.
func (s *Server) Channels() []Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Channel
	for _, ch := range s.sorted() {
		out = append(out, ch.Channel)
	}
	return out
}

func (s *Server) sorted() []*channel {
	return slices.SortedFunc(maps.Values(s.channels), func(a, b *channel) int { return cmpID(a.ID, b.ID) })
}

// Threads lists the threads of a channel, oldest first.
func (s *Server) Threads(parent string) []Channel {
	var out []Channel
	for _, ch := range s.Channels() {
		if ch.ParentID != nil && *ch.ParentID == parent && ch.IsThread() {
			out = append(out, ch)
		}
	}
	return out
}

// Messages lists everything in a channel, oldest first, ephemeral ones too.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	if ch == nil {
		return nil
	}
	out := make([]Message, 0, len(ch.messages))
	for _, m := range ch.messages {
		out = append(out, m.copy())
	}
	return out
}

// Archive archives or revives a thread, as time or a moderator does.
func (s *Server) Archive(thread string, archived bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[thread]
	if ch == nil || ch.ThreadMetadata == nil {
		return
	}
	ch.ThreadMetadata.Archived = archived
	ch.ThreadMetadata.ArchiveTimestamp = stamp(s.now())
	s.dispatch("THREAD_UPDATE", ch.Channel, s.audience(ch, intentGuilds))
}

func (m *Message) copy() Message {
	c := *m
	c.Reactions = slices.Clone(m.Reactions)
	c.Embeds = slices.Clone(m.Embeds)
	return c
}

// cmpID orders snowflakes by number.
func cmpID(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// find looks a message up in a channel.
func (ch *channel) find(id string) *Message {
	for _, m := range slices.Backward(ch.messages) {
		if m.ID == id {
			return m
		}
	}
	return nil
}

func (ch *channel) drop(id string) {
	ch.messages = slices.DeleteFunc(ch.messages, func(m *Message) bool { return m.ID == id })
}

// add puts a new message into a channel and revives an archived thread.
func (s *Server) add(ch *channel, m *Message) {
	if m.ID == "" {
		m.ID = s.id()
	}
	m.ChannelID = ch.ID
	m.Timestamp = stamp(s.now())
	m.fill()
	ch.messages = append(ch.messages, m)
	if m.onlyFor != "" {
		return
	}
	id := m.ID
	ch.LastMessageID = &id
	ch.MessageCount++
	if ch.ThreadMetadata != nil && ch.ThreadMetadata.Archived && !ch.ThreadMetadata.Locked {
		ch.ThreadMetadata.Archived = false
		s.dispatch("THREAD_UPDATE", ch.Channel, s.audience(ch, intentGuilds))
	}
	s.announce("MESSAGE_CREATE", ch, m)
}

// fill replaces nil lists, which Discord always sends.
func (m *Message) fill() {
	m.Mentions = orEmpty(m.Mentions)
	m.MentionRoles = orEmpty(m.MentionRoles)
	m.Attachments = orEmpty(m.Attachments)
	m.Embeds = orEmpty(m.Embeds)
	m.Components = orEmpty(m.Components)
}

func orEmpty[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}

// announce dispatches a message event with what the gateway adds to it.
func (s *Server) announce(event string, ch *channel, m *Message) {
	if m.onlyFor != "" {
		return
	}
	c := m.copy()
	c.GuildID = ch.GuildID
	if ch.GuildID != "" {
		if mem := s.members[m.Author.ID]; mem != nil {
			bare := *mem
			bare.User = nil
			c.Member = &bare
		}
	}
	s.dispatch(event, c, s.audience(ch, intentGuildMessages))
}

// attach stores files and returns their attachments.
func (s *Server) attach(files []upload) []Attachment {
	var out []Attachment
	for _, f := range files {
		id := s.id()
		s.files[id] = f.data
		url := s.http.URL + "/attachments/" + id + "/" + f.name
		out = append(out, Attachment{id, f.name, len(f.data), url, url, f.kind})
	}
	return out
}

// Pass moves the server's clock forward, so that ids, time stamps, tokens and
// rate limits see time pass. Timers that run already are not moved.
func (s *Server) Pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.now
	s.now = func() time.Time { return old().Add(d) }
}
