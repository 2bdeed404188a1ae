package slack

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/slack-go/slack/slackevents"

	sdk "github.com/slack-go/slack"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

// subtypes that are things people say; all others are notes by Slack.
var spoken = map[string]bool{"": true, "file_share": true, "thread_broadcast": true, "me_message": true}

// event decodes an Events API event. ok is false for what Hotline does not need:
// it is acknowledged and forgotten.
func (a *Adapter) event(ctx context.Context, o outer) (ev chat.Event, ok bool) {
	ev = chat.Event{Key: "event:" + o.eventID, At: o.at, Raw: o.raw, Where: a.place(o.channel(), "")}
	if o.eventID == "" {
		return ev, false
	}
	switch o.inner.Text("type") {
	case "message", "app_mention":
		ok = a.message(ctx, &ev, o)
	case "reaction_added", "reaction_removed":
		ok = a.reaction(ctx, &ev, o)
	case "app_home_opened":
		ev.Kind = chat.KindHome
		ev.From = a.principal(ctx, o.inner.Text("user"), "", "", "")
		ok = o.inner.Text("tab") != "messages"
	default:
		a.note(o)
	}
	return ev, ok && ev.From.User != ""
}

// note learns what Slack says about the app itself.
func (a *Adapter) note(o outer) {
	channel := o.channel()
	switch o.inner.Text("type") {
	case "channel_left", "group_left":
		a.health.problem("channel "+channel, channelAdvice(channel, "not_in_channel"))
	case "channel_archive", "group_archive":
		a.health.problem("channel "+channel, channelAdvice(channel, "is_archived"))
	case "channel_unarchive", "group_unarchive":
		a.health.problem("channel "+channel, "")
	case "member_joined_channel":
		if o.inner.Text("user") == a.me().user {
			a.health.problem("channel "+channel, "")
		}
	case "tokens_revoked", "app_uninstalled":
		a.health.die("token_revoked")
	}
}

// message decodes what was said, changed or taken back.
func (a *Adapter) message(ctx context.Context, ev *chat.Event, o outer) bool {
	in := o.inner
	switch sub := in.Text("subtype"); {
	case sub == "message_changed":
		return a.changed(ctx, ev, o)
	case sub == "message_deleted":
		return a.deleted(ctx, ev, in.Sub("previous_message"), in.Text("deleted_ts"))
	case !spoken[sub]:
		return false
	}
	ev.Kind = chat.KindMessage
	return a.said(ctx, ev, in, o.event)
}

// said fills in a message from its object, first loosely, then with the SDK.
func (a *Adapter) said(ctx context.Context, ev *chat.Event, in loose.Object, raw json.RawMessage) bool {
	me, user, ts := a.me(), in.Text("user"), in.Text("ts")
	if user == "" || ts == "" || user == me.user || in.Text("bot_id") != "" || in.Text("subtype") == "bot_message" {
		return false
	}
	a.locate(ev, in, ts)
	team := firstOf(in.Text("user_team"), in.Text("source_team"), in.Text("team"))
	ev.From = a.principal(ctx, user, team, "", ev.Where.Channel)
	text, files, err := typed(raw)
	if err != nil {
		ev.Undecoded = true
		text = in.Text("text")
	}
	ev.Text, ev.Mentioned = a.readText(text)
	ev.Files, ev.Cut = filesOf(files)
	if len(ev.Text) > chat.MaxText {
		ev.Text, ev.Cut = cutBytes(ev.Text, chat.MaxText), true
	}
	return true
}

// locate sets message, thread and time from the ts of the message.
func (a *Adapter) locate(ev *chat.Event, in loose.Object, ts string) {
	if thread := in.Text("thread_ts"); thread != "" && thread != ts {
		ev.Where.Thread = thread
	}
	if in.Text("channel_type") == "im" {
		ev.Where.Direct = true
	}
	ev.Message = chat.MessageRef{Place: ev.Where, ID: ts}
	if at := timeOf(ts); !at.IsZero() {
		ev.At = at
	}
}

// typed reads text and files with the SDK's types.
func typed(raw json.RawMessage) (text string, files []sdk.File, err error) {
	var m slackevents.MessageEvent
	if err := json.Unmarshal(raw, &m); err != nil {
		return "", nil, err
	}
	if m.Message == nil {
		return m.Text, nil, nil
	}
	return m.Message.Text, m.Message.Files, nil
}

// changed decodes an edit. Link previews and the bot's own edits are none; a
// parent that was deleted under its replies is a deletion.
func (a *Adapter) changed(ctx context.Context, ev *chat.Event, o outer) bool {
	now, before := o.inner.Sub("message"), o.inner.Sub("previous_message")
	if now.Text("subtype") == "tombstone" {
		return a.deleted(ctx, ev, before, now.Text("ts"))
	}
	if now.Text("text") == before.Text("text") && len(before) > 0 {
		return false
	}
	ev.Kind = chat.KindEdit
	if o.inner.Text("channel_type") == "im" {
		ev.Where.Direct = true
	}
	ok := a.said(ctx, ev, now, o.inner["message"])
	if at := timeOf(now.Sub("edited").Text("ts")); !at.IsZero() {
		ev.At = at
	}
	return ok
}

func (a *Adapter) deleted(ctx context.Context, ev *chat.Event, before loose.Object, ts string) bool {
	user := before.Text("user")
	if ts == "" || user == "" || user == a.me().user || before.Text("bot_id") != "" {
		return false
	}
	at := ev.At
	ev.Kind = chat.KindDelete
	a.locate(ev, before, ts)
	ev.At = at
	ev.From = a.principal(ctx, user, firstOf(before.Text("user_team"), before.Text("team")), "", ev.Where.Channel)
	return true
}

// reaction decodes an emoji. Only the configured ones are of interest.
func (a *Adapter) reaction(ctx context.Context, ev *chat.Event, o outer) bool {
	item, user := o.inner.Sub("item"), o.inner.Text("user")
	name, _, _ := strings.Cut(o.inner.Text("reaction"), "::")
	if item.Text("type") != "message" || user == "" || user == a.me().user || !a.wanted(name) {
		return false
	}
	ev.Kind, ev.Emoji, ev.Removed = chat.KindReaction, name, o.inner.Text("type") == "reaction_removed"
	ev.Message = chat.MessageRef{Place: ev.Where, ID: item.Text("ts")}
	ev.From = a.principal(ctx, user, "", "", ev.Where.Channel)
	if at := timeOf(o.inner.Text("event_ts")); !at.IsZero() {
		ev.At = at
	}
	return ev.Message.ID != ""
}

func (a *Adapter) wanted(emoji string) bool {
	for _, e := range a.cfg.Emoji {
		if strings.Trim(e, ":") == emoji {
			return true
		}
	}
	return false
}

// filesOf lists the attachments, within the bounds.
func filesOf(files []sdk.File) (list []chat.File, cut bool) {
	for _, f := range files {
		if len(list) == chat.MaxFiles {
			return list, true
		}
		if f.Mode == "tombstone" || f.Mode == "hidden_by_limit" {
			continue
		}
		list = append(list, chat.File{
			ID: f.ID, Name: firstOf(f.Name, f.Title, f.ID), Type: f.Mimetype, Size: int64(f.Size), URL: firstOf(f.URLPrivateDownload, f.URLPrivate),
		})
	}
	return list, false
}

// clock is the present in UTC.
func (a *Adapter) clock() time.Time { return a.cfg.Now().UTC() }
