package discord

import (
	"context"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/bot/chat"
)

// maxPlaces bounds the memory of channels and threads.
const maxPlaces = 20000

// spot is what the adapter knows about a channel or thread.
type spot struct {
	kind   discordgo.ChannelType
	parent string // of a thread
}

func (s spot) isThread() bool {
	return s.kind == discordgo.ChannelTypeGuildPublicThread || s.kind == discordgo.ChannelTypeGuildPrivateThread ||
		s.kind == discordgo.ChannelTypeGuildNewsThread
}

func (s spot) isForum() bool {
	return s.kind == discordgo.ChannelTypeGuildForum || s.kind == discordgo.ChannelTypeGuildMedia
}

// places knows which channel a thread belongs to, from what the gateway tells and
// by asking where it did not.
type places struct {
	ask    func(ctx context.Context, id string) (spot, error)
	known  *recent[string, spot]
	direct *recent[string, string] // user → direct channel
	forums *recent[string, tagged]
	tags   *recent[string, string] // forum post → its tags as set last

	mu sync.Mutex // one look-up at a time is enough
}

// tagged is the tags of a forum and when they were read.
type tagged struct {
	tags []discordgo.ForumTag
	at   time.Time
}

func newPlaces(ask func(context.Context, string) (spot, error)) *places {
	return &places{
		ask: ask, known: newRecent[string, spot](maxPlaces),
		direct: newRecent[string, string](maxPlaces), forums: newRecent[string, tagged](500), tags: newRecent[string, string](5000),
	}
}

// spot finds a channel or thread by id.
func (p *places) spot(ctx context.Context, id string) (spot, error) {
	if s, ok := p.known.get(id); ok {
		return s, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.known.get(id); ok {
		return s, nil
	}
	s, err := p.ask(ctx, id)
	if err == nil {
		p.known.put(id, s)
	}
	return s, err
}

// learn takes in what the gateway says about a channel.
func (p *places) learn(ch *discordgo.Channel) {
	if ch == nil || ch.ID == "" {
		return
	}
	p.known.put(ch.ID, spot{kind: ch.Type, parent: ch.ParentID})
	if len(ch.AvailableTags) > 0 {
		p.forums.put(ch.ID, tagged{ch.AvailableTags, time.Now()})
	}
}

// place turns the id of a channel or thread into a neutral place.
func (p *places) place(ctx context.Context, id string) (chat.Place, error) {
	s, err := p.spot(ctx, id)
	if err != nil {
		return chat.Place{}, err
	}
	switch {
	case s.isThread():
		return chat.Place{Platform: Platform, Channel: s.parent, Thread: id}, nil
	default:
		return chat.Place{Platform: Platform, Channel: id, Direct: s.kind == discordgo.ChannelTypeDM}, nil
	}
}

// lookUp asks Discord about a channel.
func (a *Adapter) lookUp(ctx context.Context, id string) (spot, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	// Not by the SDK: it keeps a limit for every address it ever asked.
	var ch discordgo.Channel
	if err := a.rest.call(ctx, request{method: "GET", path: "/channels/" + id}, &ch); err != nil {
		return spot{}, err
	}
	a.places.learn(&ch)
	return spot{kind: ch.Type, parent: ch.ParentID}, nil
}

// directWith finds or opens the direct channel with a person.
func (a *Adapter) directWith(ctx context.Context, user string) (string, error) {
	if id, ok := a.places.direct.get(user); ok {
		return id, nil
	}
	var ch struct {
		ID string `json:"id"`
	}
	q := request{method: "POST", path: "/users/@me/channels", body: map[string]string{"recipient_id": user}}
	if err := a.rest.call(ctx, q, &ch); err != nil {
		return "", err
	}
	a.places.direct.put(user, ch.ID)
	a.places.known.put(ch.ID, spot{kind: discordgo.ChannelTypeDM})
	return ch.ID, nil
}
