package web

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hotline/bot/chat"
)

// Names of channels that are not configured.
const (
	dmPrefix     = "dm:"
	homePrefix   = "home:"
	roomPrefix   = "room-"
	ticketPrefix = chat.TicketPrefix
	// roomList is the channel in which rooms are kept, one post each; nobody can
	// open it.
	roomList = "#rooms"
)

// maxRooms bounds how many rooms are listed, newest first.
const maxRooms = 500

// rooms are the channels that the bot made.
type rooms struct {
	mu     sync.Mutex
	loaded bool
	list   []room
}

type room struct {
	Channel
	invited []string
}

// allRooms lists the rooms, from the board the first time.
func (a *Adapter) allRooms(ctx context.Context) []room {
	a.rooms.mu.Lock()
	defer a.rooms.mu.Unlock()
	if !a.rooms.loaded {
		posts, err := a.cfg.Board.Posts(ctx, roomList, "", -1, maxRooms)
		if err != nil {
			a.cfg.Log.Warn("web: rooms cannot be listed", "err", err)
			return nil
		}
		for _, p := range posts {
			a.rooms.list = append(a.rooms.list, a.roomOf(p))
		}
		a.rooms.loaded = true
	}
	return slices.Clone(a.rooms.list)
}

func (a *Adapter) roomOf(p chat.Post) room {
	r := room{Channel: Channel{ID: roomPrefix + strconv.FormatInt(p.ID, 10), Topic: p.Content.Text.String(), Audience: chat.Internal()}}
	if c := p.Content.Card; c != nil {
		r.Name = c.Title
		for _, f := range c.Fields {
			r.invited = append(r.invited, f.Name)
		}
	}
	r.Members = func(id string) bool {
		return slices.Contains(r.invited, id) || a.user(id).Staff()
	}
	return r
}

// addRoom keeps a new room and returns its channel.
func (a *Adapter) addRoom(ctx context.Context, out chat.Outgoing) (Channel, error) {
	a.allRooms(ctx)
	card := &chat.Card{Number: out.Case, Title: roomName(out.Room.Name)}
	for _, p := range out.Room.Invite {
		if p.Platform == Platform {
			card.Fields = append(card.Fields, chat.Field{Name: p.User})
		}
	}
	p, err := a.cfg.Board.AddPost(ctx, chat.Post{
		Channel: roomList, Key: outKey(out.Key) + ":room", Case: out.Case, At: a.cfg.Now(), Lang: out.Lang,
		Content: chat.Content{Text: chat.T(out.Room.Topic), Card: card},
	})
	if err != nil {
		return Channel{}, err
	}
	r := a.roomOf(p)
	a.rooms.mu.Lock()
	if !slices.ContainsFunc(a.rooms.list, func(have room) bool { return have.ID == r.ID }) {
		a.rooms.list = append(a.rooms.list, r)
	}
	a.rooms.mu.Unlock()
	a.hub.tell(chat.Post{})
	return r.Channel, nil
}

func roomName(s string) string {
	s = strings.Join(strings.Fields(cleanText(s)), "-")
	if s == "" {
		return "incident"
	}
	return s
}

// channel finds a channel by id, whoever may see it.
func (a *Adapter) channel(ctx context.Context, id string) (Channel, bool) {
	if owner, ok := strings.CutPrefix(id, dmPrefix); ok {
		return a.own(id, a.cfg.Bot, owner)
	}
	if owner, ok := strings.CutPrefix(id, homePrefix); ok {
		return a.own(id, "home", owner)
	}
	if strings.HasPrefix(id, ticketPrefix) && a.cfg.Tickets != nil {
		return Channel{ID: id, Audience: chat.Customer(), Members: func(string) bool { return false }}, true
	}
	if strings.HasPrefix(id, roomPrefix) {
		for _, r := range a.allRooms(ctx) {
			if r.ID == id {
				return r.Channel, true
			}
		}
	}
	for _, c := range a.cfg.Channels() {
		if c.ID == id {
			return c, true
		}
	}
	return Channel{}, false
}

// own is a channel of one person with the bot.
func (a *Adapter) own(id, name, owner string) (Channel, bool) {
	_, known := a.findUser(owner)
	return Channel{ID: id, Name: name, Members: func(u string) bool { return u == owner }}, known
}

// channelFor finds a channel that u may use.
func (a *Adapter) channelFor(ctx context.Context, u User, id string) (Channel, bool) {
	c, ok := a.channel(ctx, id)
	return c, ok && (c.Members == nil || c.Members(u.ID))
}

// channelsOf lists what u may use: the configured channels, rooms, the direct
// conversation.
func (a *Adapter) channelsOf(ctx context.Context, u User) []Channel {
	var list []Channel
	for _, c := range a.cfg.Channels() {
		if c.Members == nil || c.Members(u.ID) {
			list = append(list, c)
		}
	}
	for _, r := range a.allRooms(ctx) {
		if r.Members(u.ID) {
			list = append(list, r.Channel)
		}
	}
	dm, _ := a.channel(ctx, dmPrefix+u.ID)
	return append(list, dm)
}

// sees reports whether u may see a post.
func (a *Adapter) sees(ctx context.Context, u User, p chat.Post) bool {
	if p.Only != "" && p.Only != u.ID {
		return false
	}
	_, ok := a.channelFor(ctx, u, p.Channel)
	return ok
}

// place is the neutral address of a channel or thread.
func place(channel, thread string) chat.Place {
	return chat.Place{
		Platform: Platform, Channel: channel, Thread: thread,
		Direct: strings.HasPrefix(channel, dmPrefix) || strings.HasPrefix(channel, homePrefix),
	}
}

// refOf is the neutral address of a post.
func refOf(p chat.Post) chat.MessageRef {
	return chat.MessageRef{Place: place(p.Channel, p.Thread), ID: strconv.FormatInt(p.ID, 10)}
}

// parseID reads a post's id: a positive number.
func parseID(s string) (int64, bool) {
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil && id > 0
}
