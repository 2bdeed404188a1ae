package slack

import (
	"context"
	"strings"
	"unicode"

	sdk "github.com/slack-go/slack"

	"hotline/bot/chat"
)

const (
	maxRoomName = 80
	maxTopic    = 250
	maxInvite   = 100
)

// room opens a channel for an incident, invites people and says what it is about.
func (a *Adapter) room(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	name := roomName(firstOf(out.Room.Name, out.Case, "incident"))
	channel, res := a.openRoom(ctx, name)
	if res.Class != chat.Sent {
		return chat.MessageRef{}, res
	}
	if out.Room.Topic != "" {
		a.tolerate("topic not set", a.limited("conversations.setTopic", channel, func() error {
			_, err := a.api.SetTopicOfConversationContext(ctx, channel, escape(cutRunes(out.Room.Topic, maxTopic-50)))
			return err
		}))
	}
	for _, p := range out.Room.Invite[:min(len(out.Room.Invite), maxInvite)] {
		if p.Platform == Platform {
			a.invite(ctx, channel, p.User)
		}
	}
	ref := chat.MessageRef{Place: a.place(channel, "")}
	if len(out.Content.Text) == 0 && out.Content.Card == nil {
		return ref, chat.OK()
	}
	said, res := a.post(ctx, out, channel, "")
	a.tolerate("room left without words", res)
	ref.ID = said.ID
	return ref, chat.OK()
}

// tolerate logs what is a pity but no reason to give the room up.
func (a *Adapter) tolerate(what string, res chat.SendResult) {
	if res.Class != chat.Sent {
		a.cfg.Log.Warn(what, "reason", res.Reason, "err", res.Err)
	}
}

func (a *Adapter) invite(ctx context.Context, channel, user string) {
	a.tolerate("not invited", a.limited("conversations.invite", channel, func() error {
		_, err := a.api.InviteUsersToConversationContext(ctx, channel, user)
		if w := wordOf(err); w == "already_in_channel" || w == "cant_invite_self" {
			return nil
		}
		return err
	}))
}

// openRoom makes a private channel. When the name is taken by one that the bot
// made before, that one is used.
func (a *Adapter) openRoom(ctx context.Context, name string) (string, chat.SendResult) {
	var channel string
	res := a.limited("conversations.create", "", func() error {
		c, err := a.api.CreateConversationContext(ctx, sdk.CreateConversationParams{ChannelName: name, IsPrivate: true})
		if err == nil {
			channel = c.ID
		}
		return err
	})
	if res.Class == chat.Never && res.Err != nil && strings.HasPrefix(res.Err.Error(), "name_taken") {
		return a.ownRoom(ctx, name)
	}
	if res.Class == chat.Unknown { // the name tells a second one
		res.Class = chat.Retry
	}
	return channel, res
}

// ownRoom finds a channel by name that the bot made.
func (a *Adapter) ownRoom(ctx context.Context, name string) (string, chat.SendResult) {
	cursor := ""
	for range 20 {
		var list []sdk.Channel
		res := a.limited("conversations.list", "", func() (err error) {
			list, cursor, err = a.api.GetConversationsContext(ctx, &sdk.GetConversationsParameters{
				Cursor: cursor, Limit: 500, ExcludeArchived: true, Types: []string{"private_channel"},
			})
			return err
		})
		if res.Class != chat.Sent {
			return "", res
		}
		for _, c := range list {
			if c.Name == name && c.Creator == a.me().user {
				return c.ID, chat.OK()
			}
		}
		if cursor == "" {
			break
		}
	}
	_, res := never(chat.ReasonInvalid, "a channel of that name belongs to somebody else")
	return "", res
}

// roomName makes a name that Slack takes: small letters, digits, - and _.
func roomName(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r == '-' || r == '_' || unicode.IsDigit(r) || unicode.IsLower(r) || unicode.Is(unicode.Lo, r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := strings.Trim(b.String(), "-")
	if r := []rune(name); len(r) > maxRoomName {
		name = strings.TrimRight(string(r[:maxRoomName]), "-")
	}
	return firstOf(name, "incident")
}
