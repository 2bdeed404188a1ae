package discord

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/bot/chat"
)

// flip counts how often somebody put an emoji on a message and took it off, so
// that the same act delivered twice has one key and a new act has a new one.
type flip struct {
	on bool
	n  int
}

func (r *receiver) reaction(ctx context.Context, removed bool, raw []byte) {
	var d struct {
		User    string `json:"user_id"`
		Channel string `json:"channel_id"`
		Message string `json:"message_id"`
		Guild   string `json:"guild_id"`
		Emoji   struct {
			Name string `json:"name"`
		} `json:"emoji"`
		Member *discordgo.Member `json:"member"`
	}
	if err := json.Unmarshal(raw, &d); err != nil || !snowflake.MatchString(d.User) || !snowflake.MatchString(d.Message) ||
		!snowflake.MatchString(d.Channel) || d.User == r.a.self() {
		return
	}
	from := chat.Principal{Platform: Platform, User: d.User}
	if d.Member != nil && d.Member.User != nil {
		if d.Member.User.Bot {
			return
		}
		from = principal(d.Member.User, d.Member)
	}
	where := r.where(ctx, said{id: d.Message, channel: d.Channel, guild: d.Guild})
	emoji := bareEmoji(d.Emoji.Name)
	act := d.Message + ":" + d.User + ":" + emoji
	f, _ := r.a.flips.get(act)
	if f.on == removed || f.n == 0 {
		f = flip{!removed, f.n + 1}
		r.a.flips.put(act, f)
	}
	ev := chat.Event{
		Key: "r:" + act + ":" + strconv.FormatBool(f.on) + ":" + strconv.Itoa(f.n), Kind: chat.KindReaction, At: time.Now().UTC(),
		From: from, Where: where, Message: chat.MessageRef{Place: where, ID: d.Message}, Emoji: emoji, Removed: removed,
	}
	for _, name := range r.a.opt.Emoji {
		if emoji != "" && emoji == bareEmoji(unicodeEmoji(name)) {
			ev.Emoji = name // as the configuration writes it
			if !removed {
				r.a.takeAlong(ctx, &ev)
			}
			break
		}
	}
	r.hand(ctx, ev)
}

// takeAlong adds the message that an act is about, and what was said around it.
func (a *Adapter) takeAlong(ctx context.Context, ev *chat.Event) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	channel := ev.Where.Channel
	if ev.Where.Thread != "" {
		channel = ev.Where.Thread
	}
	var raw json.RawMessage
	q := request{method: "GET", path: "/channels/" + channel + "/messages/" + ev.Message.ID}
	if err := a.rest.call(ctx, q, &raw); err != nil {
		a.log.Warn("message of a reaction not read", "err", err)
		return
	}
	m, ok := decodeMessage(raw, a.self())
	if !ok {
		return
	}
	ev.Text, ev.Files = m.text, m.files
	if ev.Where.Thread != "" {
		ev.Context = a.around(ctx, ev.Where, m.id)
	}
	ev.Context = append(ev.Context, chat.Quoted{From: m.author, At: m.at, Text: m.text, Message: ev.Message})
}

// around reads what was said in a thread before a message, oldest first.
func (a *Adapter) around(ctx context.Context, where chat.Place, before string) []chat.Quoted {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	var list []json.RawMessage
	q := request{method: "GET", path: "/channels/" + where.Thread + "/messages?limit=" + strconv.Itoa(contextMost-1) + "&before=" + before}
	if err := a.rest.call(ctx, q, &list); err != nil {
		a.log.Warn("thread not read", "err", err)
		return nil
	}
	var out []chat.Quoted
	for i := len(list) - 1; i >= 0; i-- {
		m, ok := decodeMessage(list[i], a.self())
		if ok && !m.robot && m.author.User != a.self() && m.text != "" {
			out = append(out, chat.Quoted{From: m.author, At: m.at, Text: m.text, Message: chat.MessageRef{Place: where, ID: m.id}})
		}
	}
	return out
}
