package discord

import (
	"context"
	"net/http"
	"strings"

	"github.com/bwmarrin/discordgo"

	"hotline/bot/chat"
)

// Permission bits that members of an incident room get.
const (
	roomAllow = discordgo.PermissionViewChannel | discordgo.PermissionSendMessages | discordgo.PermissionReadMessageHistory |
		discordgo.PermissionAttachFiles | discordgo.PermissionAddReactions | discordgo.PermissionEmbedLinks
	roomDeny = discordgo.PermissionViewChannel
)

// overwrite grants or takes permissions of one role (0) or person (1).
type overwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"`
	Allow int64  `json:"allow"`
	Deny  int64  `json:"deny"`
}

// room opens a room for an incident and says what it is about. With a channel in
// out.In it is a private thread there, else a channel that only the bot and the
// invited see. A room of the same name that is there already is taken: names hold
// the number of the case.
func (a *Adapter) room(ctx context.Context, out chat.Outgoing) (chat.MessageRef, error) {
	if out.Audience.IsCustomer() {
		return chat.MessageRef{}, &apiError{status: http.StatusForbidden, msg: "rooms are internal"}
	}
	var where chat.Place
	var err error
	if out.In.Channel != "" {
		where, err = a.privateThread(ctx, out)
	} else {
		where, err = a.roomChannel(ctx, out)
	}
	if err != nil {
		return chat.MessageRef{}, err
	}
	return a.put(ctx, where, channelOf(where), out.Key, a.compose(&out))
}

func invited(out chat.Outgoing) []string {
	var ids []string
	for _, p := range out.Room.Invite {
		if p.Platform == Platform && snowflake.MatchString(p.User) && len(ids) < 90 {
			ids = append(ids, p.User)
		}
	}
	return ids
}

func (a *Adapter) roomChannel(ctx context.Context, out chat.Outgoing) (chat.Place, error) {
	guild := a.guild()
	if guild == "" {
		return chat.Place{}, &apiError{status: http.StatusNotFound, code: codeUnknownChannel, msg: "discord.guild is not set"}
	}
	me, _, err := a.identity(ctx)
	if err != nil {
		return chat.Place{}, err
	}
	name := clip(orText(strings.TrimSpace(out.Room.Name), "incident"), 100)
	if id := a.findChannel(ctx, guild, name); id != "" {
		return chat.Place{Platform: Platform, Channel: id}, a.admit(ctx, id, invited(out))
	}
	perms := []overwrite{{ID: guild, Deny: roomDeny}, {ID: me, Type: 1, Allow: roomAllow}}
	for _, id := range invited(out) {
		if id != me {
			perms = append(perms, overwrite{ID: id, Type: 1, Allow: roomAllow})
		}
	}
	var ch discordgo.Channel
	q := request{method: "POST", path: "/guilds/" + guild + "/channels", body: map[string]any{
		"name": name, "type": 0, "topic": clip(out.Room.Topic, 1024), "permission_overwrites": perms,
	}}
	if err := a.rest.call(ctx, q, &ch); err != nil {
		return chat.Place{}, err
	}
	a.places.learn(&ch)
	return chat.Place{Platform: Platform, Channel: ch.ID}, nil
}

// findChannel looks for a text channel by name.
func (a *Adapter) findChannel(ctx context.Context, guild, name string) string {
	list, err := a.sdk.GuildChannels(guild, discordgo.WithContext(ctx))
	if err != nil {
		return ""
	}
	for _, ch := range list {
		if ch != nil && ch.Type == discordgo.ChannelTypeGuildText && ch.Name == name {
			a.places.learn(ch)
			return ch.ID
		}
	}
	return ""
}

// admit lets people into a room that exists.
func (a *Adapter) admit(ctx context.Context, channel string, people []string) error {
	for _, id := range people {
		q := request{method: "PUT", path: "/channels/" + channel + "/permissions/" + id, body: map[string]int64{"type": 1, "allow": roomAllow, "deny": 0}}
		if err := a.rest.call(ctx, q, nil); err != nil {
			return err
		}
	}
	return nil
}

// privateThread makes a thread that only its members see, for internal talk about
// a case where the channel itself is read by others.
func (a *Adapter) privateThread(ctx context.Context, out chat.Outgoing) (chat.Place, error) {
	where := chat.Place{Platform: Platform, Channel: out.In.Channel}
	name := clip(orText(strings.TrimSpace(out.Room.Name), orText(out.Case, "internal")), 100)
	where.Thread = a.findThread(ctx, out.In.Channel, name)
	if where.Thread == "" {
		var th struct {
			ID string `json:"id"`
		}
		q := request{method: "POST", path: "/channels/" + out.In.Channel + "/threads", body: map[string]any{
			"name": name, "type": int(discordgo.ChannelTypeGuildPrivateThread), "invitable": false, "auto_archive_duration": archiveAfter,
		}}
		if err := a.rest.call(ctx, q, &th); err != nil {
			return where, err
		}
		where.Thread = th.ID
	}
	a.places.known.put(where.Thread, spot{kind: discordgo.ChannelTypeGuildPrivateThread, parent: where.Channel})
	for _, id := range invited(out) {
		q := request{method: "PUT", path: "/channels/" + where.Thread + "/thread-members/" + id}
		if err := a.rest.call(ctx, q, nil); err != nil {
			return where, err
		}
	}
	return where, nil
}
