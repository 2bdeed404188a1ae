package slack

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	sdk "github.com/slack-go/slack"

	"hotline/bot/chat"
)

// Send implements [chat.Adapter].
func (a *Adapter) Send(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	if word := a.health.isDead(); word != "" {
		return never(chat.ReasonDead, word)
	}
	if !out.Audience.Valid() {
		return never(chat.ReasonInvalid, "no audience")
	}
	if _, err := a.whoami(ctx, false); err != nil {
		if word, dead := deadWord(err); dead {
			a.health.die(word)
		}
		res := resultOf(err)
		if res.Class == chat.Unknown { // nothing of the message has left
			res.Class = chat.Retry
		}
		return chat.MessageRef{}, res
	}
	_, one := out.Audience.Person()
	switch {
	case out.Intent == chat.IntentReact:
		return a.react(ctx, out)
	case out.Intent == chat.IntentHome:
		return a.home(ctx, out)
	case out.Intent == chat.IntentRoom:
		return a.room(ctx, out)
	case out.Intent == chat.IntentClose:
		return out.Edit, chat.OK() // Slack has no threads to be closed
	case !out.Edit.IsZero():
		return a.edit(ctx, out)
	case out.Intent == chat.IntentPrivate, out.Reply.Token != "", one && !out.In.IsZero() && !isDirect(out.In.Channel):
		return a.private(ctx, out)
	case !out.In.IsZero():
		return a.post(ctx, out, out.In.Channel, out.In.Thread)
	case !out.To.IsZero():
		return a.direct(ctx, out)
	default:
		return never(chat.ReasonInvalid, "no destination")
	}
}

func never(reason, why string) (chat.MessageRef, chat.SendResult) {
	return chat.MessageRef{}, chat.SendResult{Class: chat.Never, Reason: reason, Err: errors.New(why)}
}

// metadataType marks the messages of Hotline.
const metadataType = "hotline_message"

// post says something in a channel, thread or direct conversation.
func (a *Adapter) post(ctx context.Context, out chat.Outgoing, channel, thread string) (chat.MessageRef, chat.SendResult) {
	if out.Repeat || a.doubts.has(out.Key) {
		ref, res, found := a.sentBefore(ctx, out, channel, thread)
		if found || res.Class != chat.Sent && !out.Urgent {
			return ref, res
		}
	}
	s := render(out.Content, out.Lang, true)
	files := attachments(out, s.rest)
	if len(s.blocks) == 0 && len(files) > 0 {
		return a.upload(ctx, channel, thread, files)
	}
	if len(s.blocks) == 0 {
		return never(chat.ReasonInvalid, "nothing to say")
	}
	var ts string
	res := a.limited("chat.postMessage", channel, func() (err error) {
		_, ts, err = a.api.PostMessageContext(ctx, channel, a.options(s, out, thread)...)
		return err
	})
	if res.Class == chat.Unknown {
		a.doubts.add(out.Key)
	}
	if res.Class != chat.Sent {
		return chat.MessageRef{}, res
	}
	ref := chat.MessageRef{Place: a.place(channel, thread), ID: ts}
	if len(files) > 0 {
		a.attach(ctx, channel, firstOf(thread, ts), files)
	}
	return ref, res
}

// options are the parts of a message.
func (a *Adapter) options(s shown, out chat.Outgoing, thread string) []sdk.MsgOption {
	list := []sdk.MsgOption{
		sdk.MsgOptionText(s.text, false), sdk.MsgOptionBlocks(s.blocks...), sdk.MsgOptionDisableLinkUnfurl(), sdk.MsgOptionDisableMediaUnfurl(),
	}
	if thread != "" {
		list = append(list, sdk.MsgOptionTS(thread))
	}
	if out.Key != "" {
		list = append(list, sdk.MsgOptionMetadata(sdk.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{"key": out.Key, "case": out.Case}}))
	}
	return list
}

// edit changes a message in place.
func (a *Adapter) edit(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	ref := out.Edit
	key := ref.Key()
	if d := a.holds.wait("chat.update", ref.Channel); d > 0 {
		return ref, chat.SendResult{Class: chat.RetryAfter, After: d, Reason: chat.ReasonThrottle}
	}
	mine, err := a.edits.enter(ctx, key)
	defer a.edits.leave(key)
	if err != nil {
		return ref, chat.SendResult{Class: chat.Retry, Reason: "timeout"}
	}
	if !mine {
		return ref, chat.OK() // a newer one is on its way
	}
	s := render(out.Content, out.Lang, false)
	if len(s.blocks) == 0 {
		return never(chat.ReasonInvalid, "nothing to say")
	}
	res := a.limited("chat.update", ref.Channel, func() error {
		_, _, _, err := a.api.UpdateMessageContext(ctx, ref.Channel, ref.ID, sdk.MsgOptionText(s.text, false), sdk.MsgOptionBlocks(s.blocks...))
		return err
	})
	if res.Class == chat.Unknown { // doing it twice does no harm
		res.Class = chat.Retry
	}
	return ref, res
}

// direct writes to a person.
func (a *Adapter) direct(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	channel, res := a.conversation(ctx, out.To.User)
	if res.Class != chat.Sent {
		return chat.MessageRef{}, res
	}
	return a.post(ctx, out, channel, "")
}

// conversation finds the direct conversation with a person.
func (a *Adapter) conversation(ctx context.Context, user string) (string, chat.SendResult) {
	a.people.mu.Lock()
	known := a.people.direct[user]
	a.people.mu.Unlock()
	if known != "" {
		return known, chat.OK()
	}
	var channel string
	res := a.limited("conversations.open", "", func() error {
		c, _, _, err := a.api.OpenConversationContext(ctx, &sdk.OpenConversationParameters{Users: []string{user}, ReturnIM: true})
		if err == nil {
			channel = c.ID
		}
		return err
	})
	if res.Class == chat.Unknown { // opening twice does no harm
		res.Class = chat.Retry
	}
	if res.Class == chat.Sent {
		a.people.mu.Lock()
		if len(a.people.direct) >= maxProfiles {
			clear(a.people.direct)
		}
		a.people.direct[user] = channel
		a.people.mu.Unlock()
	}
	return channel, res
}

// private answers one person where they are: through the response_url, else by a
// message only they see, else directly.
func (a *Adapter) private(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	s := render(out.Content, out.Lang, false)
	if len(s.blocks) == 0 {
		return never(chat.ReasonInvalid, "nothing to say")
	}
	if out.Reply.Usable(a.clock()) {
		res := a.respond(ctx, out.Reply, s)
		if res.Class != chat.Never {
			return chat.MessageRef{}, res
		}
	}
	if out.To.IsZero() {
		return never(chat.ReasonExpired, "the answer came too late")
	}
	if isDirect(out.In.Channel) {
		return a.post(ctx, out, out.In.Channel, out.In.Thread)
	}
	if out.In.Channel != "" {
		res := a.ephemeral(ctx, out, s)
		if res.Class != chat.Never {
			return chat.MessageRef{}, res
		}
	}
	return a.direct(ctx, out)
}

func (a *Adapter) ephemeral(ctx context.Context, out chat.Outgoing, s shown) chat.SendResult {
	return a.limited("chat.postEphemeral", out.In.Channel, func() error {
		opts := []sdk.MsgOption{sdk.MsgOptionText(s.text, false), sdk.MsgOptionBlocks(s.blocks...)}
		if out.In.Thread != "" {
			opts = append(opts, sdk.MsgOptionTS(out.In.Thread))
		}
		_, err := a.api.PostEphemeralContext(ctx, out.In.Channel, out.To.User, opts...)
		if wordOf(err) == "user_not_in_channel" { // says nothing about the channel
			return sdk.SlackErrorResponse{Err: "user_not_visible"}
		}
		return err
	})
}

// respond answers through a response_url.
func (a *Adapter) respond(ctx context.Context, h chat.ReplyHandle, s shown) chat.SendResult {
	address, thread, _ := strings.Cut(h.Token, "\n")
	return a.limited("response_url", address, func() error {
		err := sdk.PostWebhookCustomHTTPContext(ctx, address, a.cfg.HTTPClient, &sdk.WebhookMessage{
			Text: s.text, Blocks: &sdk.Blocks{BlockSet: s.blocks}, ResponseType: sdk.ResponseTypeEphemeral, ThreadTimestamp: thread,
		})
		if e, ok := errors.AsType[sdk.StatusCodeError](err); ok && e.Code == http.StatusTooManyRequests {
			return &sdk.RateLimitedError{RetryAfter: time.Second}
		}
		return err
	})
}

// react puts an emoji on a message.
func (a *Adapter) react(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	name := strings.Trim(out.Emoji, ":")
	if out.Edit.IsZero() || name == "" {
		return never(chat.ReasonInvalid, "no message or emoji")
	}
	res := a.limited("reactions.add", out.Edit.Channel, func() error {
		err := a.api.AddReactionContext(ctx, name, sdk.NewRefToMessage(out.Edit.Channel, out.Edit.ID))
		if wordOf(err) == "already_reacted" {
			return nil
		}
		return err
	})
	if res.Class == chat.Unknown {
		res.Class = chat.Retry
	}
	return out.Edit, res
}

// home fills a person's home tab.
func (a *Adapter) home(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	if out.To.IsZero() {
		return never(chat.ReasonInvalid, "no person")
	}
	s := render(out.Content, out.Lang, false)
	view := sdk.HomeTabViewRequest{Type: sdk.VTHomeTab, CallbackID: "home", Blocks: sdk.Blocks{BlockSet: s.blocks}}
	res := a.limited("views.publish", "", func() error {
		_, err := a.api.PublishViewContext(ctx, sdk.PublishViewContextRequest{UserID: out.To.User, View: view})
		return err
	})
	if res.Class == chat.Unknown {
		res.Class = chat.Retry
	}
	return chat.MessageRef{}, res
}
