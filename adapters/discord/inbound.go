package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

const (
	// receiveTries is how often a message is offered to a store that does not
	// take it, before the person is told and the read-back has to bring it.
	receiveTries = 3
	contextMost  = chat.MaxContext
)

// receiver turns gateway events into neutral ones.
type receiver struct {
	a     *Adapter
	in    chat.Inbox
	lanes *lanes
	busy  chan struct{} // interactions at work
	again chan struct{} // a read-back is wanted
	alive atomic.Int64  // when the last event came, in nanoseconds
}

// maxInteractions bounds the interactions that are worked on at one time.
const maxInteractions = 256

// Run receives until ctx ends or Discord refuses for good.
func (a *Adapter) Run(ctx context.Context, in chat.Inbox) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &receiver{a: a, in: in, lanes: newLanes(), busy: make(chan struct{}, maxInteractions), again: make(chan struct{}, 1)}
	r.alive.Store(time.Now().Add(-24 * time.Hour).UnixNano())
	r.lanes.wg.Go(func() { r.register(ctx) })
	r.lanes.wg.Go(func() { r.readAgain(ctx) })
	sup := &supervisor{a: a, events: r.event, ready: r.readBack}
	err := sup.run(ctx)
	cancel()
	r.lanes.finish()
	if err != nil && ctx.Err() != nil && !a.health.failed() {
		return context.Cause(ctx)
	}
	return err
}

// event routes one gateway event. It must not block for long: it runs on the
// connection's reader.
func (r *receiver) event(ctx context.Context, kind string, raw []byte) {
	r.alive.Store(time.Now().UnixNano())
	switch kind {
	case "INTERACTION_CREATE":
		r.interaction(ctx, raw)
	case "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK",
		"MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE":
		key := loose.Of(raw).Text("channel_id")
		r.lanes.add(ctx, key, func() { r.safely(kind, func() { r.act(ctx, kind, raw) }) })
	default:
		r.safely(kind, func() { r.structure(kind, raw) })
	}
}

// safely keeps a broken payload from stopping everything else.
func (r *receiver) safely(what string, f func()) {
	defer func() {
		if p := recover(); p != nil {
			r.a.log.Error("event broke its handler", "kind", what, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	f()
}

// structure learns channels, threads and servers.
func (r *receiver) structure(kind string, raw []byte) {
	f := loose.Of(raw)
	switch kind {
	case "GUILD_CREATE":
		r.a.mu.Lock()
		r.a.guilds[f.Text("id")] = true
		r.a.mu.Unlock()
		r.a.health.note("guild", "")
		for _, ch := range append(f.List("channels"), f.List("threads")...) {
			r.learn(ch)
		}
	case "GUILD_DELETE":
		if string(f["unavailable"]) != "true" {
			r.a.mu.Lock()
			delete(r.a.guilds, f.Text("id"))
			none, app := len(r.a.guilds) == 0, r.a.app
			r.a.mu.Unlock()
			if none {
				r.a.health.note("guild", wordsNoGuild(app))
			}
		}
	case "THREAD_LIST_SYNC":
		for _, ch := range f.List("threads") {
			r.learn(ch)
		}
	case "CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE":
		r.learn(raw)
	case "CHANNEL_DELETE", "THREAD_DELETE":
		r.a.places.known.drop(f.Text("id"))
	}
}

func (r *receiver) learn(raw []byte) {
	var ch discordgo.Channel
	if json.Unmarshal(raw, &ch) == nil {
		r.a.places.learn(&ch)
		return
	}
	f := loose.Of(raw)
	if kind, err := strconv.Atoi(string(f["type"])); err == nil {
		r.a.places.learn(&discordgo.Channel{ID: f.Text("id"), ParentID: f.Text("parent_id"), Type: discordgo.ChannelType(kind)})
	}
}

// act handles one event of a conversation, in order with the others there.
func (r *receiver) act(ctx context.Context, kind string, raw []byte) {
	switch kind {
	case "MESSAGE_CREATE":
		r.message(ctx, raw, false)
	case "MESSAGE_UPDATE":
		r.edit(ctx, raw)
	case "MESSAGE_DELETE":
		f := loose.Of(raw)
		r.deleted(ctx, f.Text("channel_id"), f.Text("id"))
	case "MESSAGE_DELETE_BULK":
		f := loose.Of(raw)
		for _, id := range f.List("ids") {
			var s string
			if json.Unmarshal(id, &s) == nil {
				r.deleted(ctx, f.Text("channel_id"), s)
			}
		}
	default:
		r.reaction(ctx, kind == "MESSAGE_REACTION_REMOVE", raw)
	}
}

// message hands a new message on and reports whether it was known before. Those
// of bots, of the system and our own stay.
func (r *receiver) message(ctx context.Context, raw []byte, backfill bool) (known bool) {
	m, ok := decodeMessage(raw, r.a.self())
	if !ok {
		r.a.log.Warn("message without id or channel dropped")
		return false
	}
	if m.author.User == r.a.self() || m.robot || m.author.User == "" {
		r.a.seen.put(m.id, chat.Principal{})
		return false
	}
	r.a.seen.put(m.id, m.author)
	if m.bare && !m.undecoded {
		r.notice(m)
		return false
	}
	where := r.where(ctx, m)
	ev := chat.Event{
		Key: "m:" + m.id, Kind: chat.KindMessage, At: m.at, From: m.author, Where: where,
		Message: chat.MessageRef{Place: where, ID: m.id}, Text: m.text, Files: m.files,
		Mentioned: m.mentioned, Backfill: backfill, Cut: m.cut, Undecoded: m.undecoded,
	}
	if m.undecoded {
		ev.Raw = json.RawMessage(raw)
	}
	if m.mentioned && where.Thread != "" {
		ev.Context = r.a.around(ctx, where, m.id)
	}
	known = r.hand(ctx, ev)
	if !known && !m.edited.IsZero() {
		r.a.asIs.put(m.id, m.edited) // stored as it reads now: that edit is no news
	}
	return known
}

// notice complains once about messages that come without content.
func (r *receiver) notice(m said) {
	r.a.mu.Lock()
	known := r.a.missing
	r.a.mu.Unlock()
	if !known && m.guild != "" {
		r.a.contentMissing(true)
	}
}

// where finds the place of a message. The first message of a forum post stands
// for the post itself, as a message in a channel does for its thread.
func (r *receiver) where(ctx context.Context, m said) chat.Place {
	where, err := r.a.places.place(ctx, m.channel)
	if err != nil {
		r.a.log.Warn("place of a message not found", "channel", m.channel, "err", err)
		// Without a guild it is a direct message.
		return chat.Place{Platform: Platform, Channel: m.channel, Direct: m.guild == ""}
	}
	if where.Thread == m.id {
		where.Thread = ""
	}
	return where
}

// hand offers an event to the core until it is stored. Discord does not deliver
// again, so a message that was not taken is asked for once more by a read-back.
// It reports whether the event was known before.
func (r *receiver) hand(ctx context.Context, ev chat.Event) (known bool) {
	var answer chat.Answer
	var err error
	for try := range receiveTries {
		answer, err = r.in.Receive(ctx, ev)
		if err == nil || ctx.Err() != nil || sleep(ctx, time.Duration(try)*r.a.tempo.retry) != nil {
			break
		}
	}
	if err != nil {
		r.a.log.Error("event not taken", "key", ev.Key, "err", err)
		if ctx.Err() == nil && ev.Kind == chat.KindMessage {
			r.missed(ev)
		}
	}
	if answer.Say != "" {
		r.a.whisper(ctx, ev, answer.Say)
	}
	return err == nil && answer.Duplicate
}

// missed remembers from where a place must be read again.
func (r *receiver) missed(ev chat.Event) {
	id, from := channelOf(ev.Where), idBefore(ev.Message.ID)
	if old, ok := r.a.lost.get(id); !ok || newer(old, from) {
		r.a.lost.put(id, from)
	}
	r.wantAgain()
}

// edit hands a changed text on. Updates that nobody wrote, such as a link that
// got its preview, carry no new time of edit and stay.
func (r *receiver) edit(ctx context.Context, raw []byte) {
	m, ok := decodeMessage(raw, r.a.self())
	if !ok || m.edited.IsZero() {
		return
	}
	if m.author.User == "" {
		m.author, _ = r.a.seen.get(m.id)
	}
	if m.author.User == "" || m.author.User == r.a.self() || m.robot || m.bare {
		return
	}
	if at, ok := r.a.asIs.get(m.id); ok && !m.edited.After(at) {
		return
	}
	where := r.where(ctx, m)
	r.hand(ctx, chat.Event{
		Key: "e:" + m.id + ":" + strconv.FormatInt(m.edited.UnixMicro(), 10), Kind: chat.KindEdit, At: m.edited, From: m.author, Where: where,
		Message: chat.MessageRef{Place: where, ID: m.id}, Text: m.text, Files: m.files, Mentioned: m.mentioned, Cut: m.cut, Undecoded: m.undecoded,
	})
}

// somebody stands for a person whom Discord does not name.
const somebody = "0"

// deleted hands on that a message was taken back. Discord does not say by whom,
// so the author stands for it when we remember them.
func (r *receiver) deleted(ctx context.Context, channel, id string) {
	if !snowflake.MatchString(id) || !snowflake.MatchString(channel) {
		return
	}
	author, known := r.a.seen.get(id)
	if known && author.User == "" {
		return // a bot's, or our own
	}
	if !known {
		author = chat.Principal{Platform: Platform, User: somebody}
	}
	where := r.where(ctx, said{id: id, channel: channel, guild: "?"})
	r.hand(ctx, chat.Event{
		Key: "d:" + id, Kind: chat.KindDelete, At: time.Now().UTC(), From: author, Where: where,
		Message: chat.MessageRef{Place: where, ID: id},
	})
}
