package discord

import (
	"context"
	"net/http"
	"strings"

	"hotline/bot/chat"
)

// archiveAfter is how many minutes of silence put a thread away by itself: a
// week, the longest that Discord has.
const archiveAfter = 10080

// post says something in a channel or thread. A thread that is not there yet is
// opened on the message it is named after; in a forum a new post is made.
func (a *Adapter) post(ctx context.Context, out chat.Outgoing, b *body) (chat.MessageRef, error) {
	where := out.In
	where.Platform = Platform
	if where.Thread == "" {
		return a.top(ctx, out, where, b)
	}
	if _, known := a.places.known.get(where.Thread); !known {
		if err := a.openThread(ctx, where, a.threadName(&out)); err != nil {
			return chat.MessageRef{}, err
		}
	}
	ref, err := a.put(ctx, where, where.Thread, out.Key, b)
	if isCode(err, codeUnknownChannel) {
		a.places.known.drop(where.Thread)
		if err = a.openThread(ctx, where, a.threadName(&out)); err == nil {
			ref, err = a.put(ctx, where, where.Thread, out.Key, b)
		}
	}
	return ref, err
}

// top says something at the top of a channel. A receipt gets its thread at once,
// so that the customer has somewhere to answer.
func (a *Adapter) top(ctx context.Context, out chat.Outgoing, where chat.Place, b *body) (chat.MessageRef, error) {
	if !snowflake.MatchString(where.Channel) {
		return chat.MessageRef{}, &apiError{status: http.StatusNotFound, code: codeUnknownChannel, msg: "no channel id"}
	}
	spot, err := a.places.spot(ctx, where.Channel)
	if err != nil {
		return chat.MessageRef{}, err
	}
	if spot.isForum() {
		return a.forumPost(ctx, out, where, b)
	}
	ref, err := a.put(ctx, where, where.Channel, out.Key, b)
	if err == nil && out.Intent == chat.IntentReceipt {
		under := where
		under.Thread = ref.ID
		if terr := a.openThread(ctx, under, a.threadName(&out)); terr != nil {
			a.log.Warn("no thread under a receipt", "err", terr)
		}
	}
	return ref, err
}

// openThread starts a thread on the message that where.Thread names. A thread
// that exists is as good.
func (a *Adapter) openThread(ctx context.Context, where chat.Place, name string) error {
	if !snowflake.MatchString(where.Channel) || !snowflake.MatchString(where.Thread) {
		return &apiError{status: http.StatusNotFound, code: codeUnknownChannel, msg: "no thread id"}
	}
	if s, err := a.places.spot(ctx, where.Channel); err == nil && s.isForum() {
		_, err := a.places.spot(ctx, where.Thread)
		return err // posts of a forum exist from the start, or are gone
	}
	q := request{
		method: "POST", path: "/channels/" + where.Channel + "/messages/" + where.Thread + "/threads",
		body: map[string]any{"name": name, "auto_archive_duration": archiveAfter},
	}
	err := a.rest.call(ctx, q, nil)
	switch {
	case isCode(err, codeHasThread):
		err = nil
	case isCode(err, codeUnknownMessage):
		// A thread lives on when its message is deleted, and private ones have none.
		_, err = a.places.spot(ctx, where.Thread)
	}
	if err == nil {
		a.places.known.put(where.Thread, spot{kind: kindThread, parent: where.Channel})
	}
	return err
}

const kindThread = 11

// threadName names a thread after its case and never after its state: names may
// change only twice in ten minutes.
func (a *Adapter) threadName(out *chat.Outgoing) string {
	name := out.Case
	if c := out.Content.Card; c != nil && c.Title != "" && out.Intent == chat.IntentCard {
		name += " · " + c.Title
	}
	return clip(orText(strings.TrimSpace(name), "Hotline"), 100)
}

// forumPost makes a post with the card as its first message. A post of the same
// name that we made, when this send may be a repeat, is taken instead.
func (a *Adapter) forumPost(ctx context.Context, out chat.Outgoing, where chat.Place, b *body) (chat.MessageRef, error) {
	name := a.threadName(&out)
	if out.Repeat {
		if id := a.findThread(ctx, where.Channel, name); id != "" {
			where.Thread = id
			return chat.MessageRef{Place: where, ID: id}, nil
		}
	}
	post := map[string]any{
		"name": name, "auto_archive_duration": archiveAfter, "message": b,
		"applied_tags": a.tagsFor(ctx, where.Channel, labels(&out)),
	}
	var th struct {
		ID string `json:"id"`
	}
	q := request{method: "POST", path: "/channels/" + where.Channel + "/threads", body: post, files: b.files}
	if err := a.rest.call(ctx, q, &th); err != nil {
		return chat.MessageRef{}, err
	}
	where.Thread = th.ID
	a.places.known.put(th.ID, spot{kind: kindThread, parent: where.Channel})
	return chat.MessageRef{Place: where, ID: th.ID}, nil
}

func labels(out *chat.Outgoing) []string {
	if out.Content.Card == nil {
		return nil
	}
	return out.Content.Card.Labels
}

// findThread looks for an active thread of ours by its name.
func (a *Adapter) findThread(ctx context.Context, parent, name string) string {
	guild := a.guild()
	if guild == "" {
		return ""
	}
	var list struct {
		Threads []struct {
			ID     string `json:"id"`
			Name   string `json:"name"`
			Parent string `json:"parent_id"`
			Owner  string `json:"owner_id"`
		} `json:"threads"`
	}
	q := request{method: "GET", path: "/guilds/" + guild + "/threads/active"}
	if err := a.rest.call(ctx, q, &list); err != nil {
		return ""
	}
	for _, th := range list.Threads {
		if th.Parent == parent && th.Name == name && th.Owner == a.self() {
			return th.ID
		}
	}
	return ""
}
