package discord

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/bot/chat"
)

// Send says one thing; see [chat.Adapter].
func (a *Adapter) Send(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	if !out.Audience.Valid() && out.Intent != chat.IntentReact && out.Intent != chat.IntentClose {
		return chat.MessageRef{}, never(chat.ReasonInvalid)
	}
	var ref chat.MessageRef
	var err error
	_, private := out.Audience.Person()
	switch {
	case out.Intent == chat.IntentHome:
		return ref, never(chat.ReasonNoWay)
	case out.Intent == chat.IntentReact:
		ref, err = out.Edit, a.react(ctx, out)
	case out.Intent == chat.IntentClose:
		err = a.archive(ctx, out.In.Thread, true)
	case out.Intent == chat.IntentRoom:
		ref, err = a.room(ctx, out)
	case out.Reply.Token != "":
		return a.reply(ctx, out)
	case !out.Edit.IsZero():
		return a.edit(ctx, out)
	case private:
		return a.private(ctx, out)
	case !out.In.IsZero() && !out.In.Direct:
		ref, err = a.post(ctx, out, a.compose(&out))
	case !out.To.IsZero():
		ref, err = a.direct(ctx, out, a.compose(&out))
	case !out.In.IsZero():
		ref, err = a.put(ctx, out.In, out.In.Channel, out.Key, a.compose(&out))
	default:
		return ref, never(chat.ReasonInvalid)
	}
	return ref, a.result(err)
}

func never(reason string) chat.SendResult {
	return chat.SendResult{Class: chat.Never, Reason: reason}
}

// result sorts an error, and reports a token that was refused.
func (a *Adapter) result(err error) chat.SendResult {
	res := resultOf(err)
	if res.Reason == chat.ReasonDead {
		a.health.fail(wordsToken)
	}
	return res
}

func (a *Adapter) compose(out *chat.Outgoing) *body { return render(&out.Content, out.Lang) }

// channelOf is the channel or thread that a place names.
func channelOf(p chat.Place) string { return cmp.Or(p.Thread, p.Channel) }

// put posts into a channel or thread. Discord itself drops a second message with
// the same nonce and answers with the first.
func (a *Adapter) put(ctx context.Context, where chat.Place, channel, key string, b *body) (chat.MessageRef, error) {
	if !snowflake.MatchString(channel) {
		return chat.MessageRef{}, &apiError{code: codeUnknownChannel, status: http.StatusNotFound, msg: "no channel id"}
	}
	b.Nonce, b.Enforce = clipKey(key), key != ""
	var m struct {
		ID string `json:"id"`
	}
	q := request{method: "POST", path: "/channels/" + channel + "/messages", body: b, files: b.files}
	err := a.rest.call(ctx, q, &m)
	if isCode(err, codeArchived) {
		if err = a.archive(ctx, channel, false); err == nil {
			err = a.rest.call(ctx, q, &m)
		}
	}
	if err != nil {
		return chat.MessageRef{}, err
	}
	return chat.MessageRef{Place: where, ID: m.ID}, nil
}

// clipKey keeps a nonce within 25 characters; keys are made no longer.
func clipKey(key string) string { return cutUnits(key, 25) }

// direct writes to a person.
func (a *Adapter) direct(ctx context.Context, out chat.Outgoing, b *body) (chat.MessageRef, error) {
	if out.To.Platform != Platform || !snowflake.MatchString(out.To.User) {
		return chat.MessageRef{}, &apiError{status: http.StatusBadRequest, msg: "no Discord account"}
	}
	ch, err := a.directWith(ctx, out.To.User)
	if err != nil {
		return chat.MessageRef{}, err
	}
	return a.put(ctx, chat.Place{Platform: Platform, Channel: ch, Direct: true}, ch, out.Key, b)
}

// reply answers an interaction. When its token is over, words for one person go
// to them directly, and others into the channel with a mention.
func (a *Adapter) reply(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	_, private := out.Audience.Person()
	if out.Reply.Usable(time.Now()) {
		b := a.compose(&out)
		if private || out.Reply.Private {
			b.Flags = flagEphemeral
		}
		id, err := a.answer(ctx, out.Reply.Token, out.Key, b)
		if !isCode(err, codeHookToken, codeUnknownWebhook, codeUnknownInter) {
			where := out.In
			where.Platform = Platform
			if err == nil && where.Channel == "" {
				return chat.MessageRef{}, chat.OK()
			}
			return chat.MessageRef{Place: where, ID: id}, a.result(err)
		}
	}
	if private {
		return a.private(ctx, out)
	}
	b := a.compose(&out)
	if out.In.IsZero() {
		return chat.MessageRef{}, never(chat.ReasonExpired)
	}
	if out.To.Platform == Platform && snowflake.MatchString(out.To.User) {
		mention := "<@" + out.To.User + "> "
		b.Content = mention + clip(b.Content, maxContent-units(mention))
		b.Allowed.Users = append(b.Allowed.Users[:len(b.Allowed.Users):len(b.Allowed.Users)], out.To.User)
		slices.Sort(b.Allowed.Users)
		b.Allowed.Users = slices.Compact(b.Allowed.Users)
	}
	ref, err := a.post(ctx, out, b)
	return ref, a.result(err)
}

// private writes to one person directly, because without an interaction Discord
// shows nothing in a channel to one person alone. Who takes no direct messages is
// told where they asked that there is something for them.
func (a *Adapter) private(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	b := a.compose(&out)
	if out.To.IsZero() {
		if !out.In.Direct {
			return chat.MessageRef{}, never(chat.ReasonNoWay)
		}
		ref, err := a.put(ctx, out.In, out.In.Channel, out.Key, b)
		return ref, a.result(err)
	}
	ref, err := a.direct(ctx, out, b)
	if isCode(err, codeNoDirect) && out.Intent == chat.IntentPrivate && !out.In.IsZero() && !out.In.Direct {
		a.hint(ctx, out)
	}
	return ref, a.result(err)
}

// hint tells somebody who takes no direct messages that there is an answer. It
// says nothing of what the answer is.
func (a *Adapter) hint(ctx context.Context, out chat.Outgoing) {
	b := bare("")
	b.Content = "<@" + out.To.User + ">, " + sayBlocked.in(out.Lang)
	b.Allowed.Users = []string{out.To.User}
	if _, err := a.put(ctx, out.In, channelOf(out.In), clipKey("hint"+out.Key), b); err != nil {
		a.log.Warn("no way to tell somebody that there is an answer", "err", err)
	}
}

// answer posts a follow-up. The same send again changes its message.
func (a *Adapter) answer(ctx context.Context, token, key string, b *body) (string, error) {
	state := a.tokens.wait(ctx, token)
	_, app, err := a.identity(ctx)
	if err != nil {
		return "", err
	}
	hook := "/webhooks/" + app + "/" + token
	q := request{method: "POST", path: hook + "?wait=true", body: b, files: b.files, hook: true}
	if old := state.message(key); old != "" {
		b.Flags, b.Attachments = 0, append([]attachment{}, b.Attachments...)
		q.method, q.path = "PATCH", hook+"/messages/"+old
	}
	var m struct {
		ID string `json:"id"`
	}
	for range 3 {
		// Over HTTP the first answer may still be on its way when this one leaves.
		err = a.rest.call(ctx, q, &m)
		if state == nil || !isCode(err, codeUnknownWebhook) || sleep(ctx, afterFirst) != nil {
			break
		}
	}
	if err != nil {
		return "", err
	}
	state.remember(key, m.ID)
	return m.ID, nil
}

// afterFirst is the pause before a follow-up that came too early is tried again.
const afterFirst = 200 * time.Millisecond

// followUp says something after the first answer; failures are logged.
func (a *Adapter) followUp(ctx context.Context, token string, b *body) {
	b.Flags = flagEphemeral
	if _, err := a.answer(ctx, token, "", b); err != nil {
		a.log.Warn("follow-up not sent", "err", err)
	}
}

// whisper says something to whoever caused an event that has no interaction.
func (a *Adapter) whisper(ctx context.Context, ev chat.Event, text string) {
	if ev.From.User == somebody {
		return
	}
	out := chat.Outgoing{To: ev.From, Lang: ev.From.Lang, Key: clipKey("w" + ev.Message.ID + ev.Key)}
	if _, err := a.direct(ctx, out, bare(text)); err != nil {
		a.log.Warn("answer to a message not sent", "err", err)
	}
}

// emojis are the names that other platforms use for the emoji Hotline sends.
var emojis = map[string]string{
	"ticket": "🎫", "eyes": "👀", "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌", "warning": "⚠️", "rotating_light": "🚨",
	"hourglass": "⌛", "hourglass_flowing_sand": "⏳", "bell": "🔔", "thumbsup": "👍", "+1": "👍", "thumbsdown": "👎", "-1": "👎",
	"memo": "📝", "sos": "🆘", "phone": "☎️", "question": "❓", "lock": "🔒", "tada": "🎉", "star": "⭐", "wave": "👋", "repeat": "🔁",
}

// unicodeEmoji is an emoji as Discord wants it, whether it was named or written.
func unicodeEmoji(name string) string {
	name = strings.Trim(name, ":")
	return cmp.Or(emojis[name], name)
}

func (a *Adapter) react(ctx context.Context, out chat.Outgoing) error {
	path := "/channels/" + channelOf(a.home(out.Edit)) + "/messages/" + out.Edit.ID + "/reactions/" + url.PathEscape(unicodeEmoji(out.Emoji)) + "/@me"
	return a.rest.call(ctx, request{method: "PUT", path: path}, nil)
}

// home is the place that a message lies in. The head of a thread lies in the
// channel, unless the thread is a forum post.
func (a *Adapter) home(ref chat.MessageRef) chat.Place {
	p := ref.Place
	if s, ok := a.places.known.get(p.Channel); ok && s.isForum() && p.Thread == "" {
		p.Thread = ref.ID
	}
	return p
}

// archive puts a thread away or takes it out again. That says nothing about the
// case, which lives in the database.
func (a *Adapter) archive(ctx context.Context, thread string, away bool) error {
	if !snowflake.MatchString(thread) {
		return nil
	}
	q := request{method: "PATCH", path: "/channels/" + thread, body: map[string]bool{"archived": away}}
	err := a.rest.call(ctx, q, nil)
	if away && isCode(err, codeUnknownChannel) {
		return nil // it never had a thread, or has none any more
	}
	return err
}

// tagsFor picks the tags of a forum for a card's labels, at most 5.
func (a *Adapter) tagsFor(ctx context.Context, forum string, labels []string) []string {
	t, ok := a.places.forums.get(forum)
	if !ok || time.Since(t.at) > time.Hour {
		ch, err := a.sdk.Channel(forum, discordgo.WithContext(ctx))
		if err != nil {
			a.log.Warn("tags of a forum not read", "err", asAPI(err))
			return nil
		}
		t = tagged{ch.AvailableTags, time.Now()}
		a.places.forums.put(forum, t)
	}
	tags := []string{}
	for _, l := range labels {
		want := cmp.Or(a.opt.ForumTags[l], l)
		i := slices.IndexFunc(t.tags, func(tag discordgo.ForumTag) bool {
			return tag.ID == want || strings.EqualFold(tag.Name, want) || strings.EqualFold(tag.Name, strings.ReplaceAll(want, "_", " "))
		})
		if i >= 0 && len(tags) < 5 && !slices.Contains(tags, t.tags[i].ID) {
			tags = append(tags, t.tags[i].ID)
		}
	}
	return tags
}
