package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hotline/bot/chat"
)

// listPosts lists a channel or thread, oldest first: the newest, those before one,
// or those after one.
func (a *Adapter) listPosts(c *call) (any, error) {
	q := c.URL.Query()
	ch, ok := a.channelFor(c.Context(), c.user, q.Get("channel"))
	if !ok {
		return nil, refuse(http.StatusNotFound, "no_channel")
	}
	if t := q.Get("thread"); t != "" {
		if _, ok := parseID(t); !ok {
			return nil, refuse(http.StatusNotFound, "no_post")
		}
	}
	limit, err := strconv.Atoi(cmp.Or(q.Get("limit"), "50"))
	if err != nil || limit < 1 || limit > 200 {
		limit = 50
	}
	var posts []chat.Post
	if before, ok := parseID(q.Get("before")); ok {
		posts, err = a.postsBefore(c.Context(), ch.ID, q.Get("thread"), before, limit)
	} else if after, ok := parseID(q.Get("after")); ok {
		posts, err = a.cfg.Board.Posts(c.Context(), ch.ID, q.Get("thread"), after, limit)
	} else {
		posts, err = a.cfg.Board.Posts(c.Context(), ch.ID, q.Get("thread"), -1, limit)
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"posts": a.views(c.Context(), c.user, c.lang, posts), "end": len(posts) < limit}, nil
}

// views draws those of the posts that u may see.
func (a *Adapter) views(ctx context.Context, u User, lang string, posts []chat.Post) []View {
	list := make([]View, 0, len(posts))
	seen := a.seenBy(ctx, u)
	for _, p := range posts {
		if p.Only == "" || p.Only == u.ID {
			list = append(list, a.viewSeen(ctx, u, lang, p, seen))
		}
	}
	return list
}

// postsBefore lists the newest posts with an id below before. The board reads
// forwards only, so windows of ids are tried that grow until they hold enough.
func (a *Adapter) postsBefore(ctx context.Context, channel, thread string, before int64, limit int) ([]chat.Post, error) {
	for window := int64(4 * limit); ; window *= 8 {
		from := max(0, before-1-window)
		posts, err := a.postsBetween(ctx, channel, thread, from, before)
		if err != nil || len(posts) >= limit || from == 0 {
			return posts[max(0, len(posts)-limit):], err
		}
	}
}

// postsBetween lists all posts with an id above after and below before.
func (a *Adapter) postsBetween(ctx context.Context, channel, thread string, after, before int64) ([]chat.Post, error) {
	const page = 500
	var all []chat.Post
	for {
		posts, err := a.cfg.Board.Posts(ctx, channel, thread, after, page)
		if err != nil {
			return nil, err
		}
		for _, p := range posts {
			if p.ID >= before {
				return all, nil
			}
			all = append(all, p)
			after = p.ID
		}
		if len(posts) < page {
			return all, nil
		}
	}
}

func (a *Adapter) onePost(c *call) (any, error) {
	p, err := a.postFor(c.Context(), c.user, c.PathValue("post"))
	if err != nil {
		return nil, err
	}
	return a.view(c.Context(), c.user, c.lang, p), nil
}

func (a *Adapter) seen(c *call) (any, error) {
	var req struct {
		Channel, Thread string
		Post            int64
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if _, ok := a.channelFor(c.Context(), c.user, req.Channel); !ok {
		return nil, refuse(http.StatusNotFound, "no_channel")
	}
	if req.Thread != "" {
		if _, ok := parseID(req.Thread); !ok {
			return nil, refuse(http.StatusNotFound, "no_post")
		}
	}
	if err := a.tellRead(c, req.Channel, req.Thread, req.Post); err != nil {
		return nil, err
	}
	if err := a.cfg.Board.Seen(c.Context(), c.user.ID, req.Channel, req.Thread, req.Post); err != nil {
		return nil, err
	}
	seen := a.seenBy(c.Context(), c.user)
	unread := a.unread(c.Context(), c.user, req.Channel, "", seen[req.Channel]) + a.unreadReplies(c.Context(), c.user, seen)[req.Channel]
	return map[string]int{"unread": min(unread, maxUnread)}, nil
}

// maxRead is how many messages are told of at once; a person who comes back after a
// long time has read the newest.
const maxRead = 50

// tellRead tells which of the bot's messages a person has read in the conversation
// with it, up to a post.
func (a *Adapter) tellRead(c *call, channel, thread string, upTo int64) error {
	if a.cfg.Read == nil || !strings.HasPrefix(channel, dmPrefix) {
		return nil
	}
	before := a.seenBy(c.Context(), c.user)[chat.SeenKey(channel, thread)]
	if upTo <= before {
		return nil
	}
	posts, err := a.cfg.Board.Posts(c.Context(), channel, thread, -1, maxRead)
	if err != nil {
		return err
	}
	var refs []chat.MessageRef
	for _, p := range posts {
		if p.ID > before && p.ID <= upTo && p.Author == "" && p.Case != "" {
			refs = append(refs, refOf(p))
		}
	}
	if len(refs) == 0 {
		return nil
	}
	return a.cfg.Read(c.Context(), refs)
}

// maxUnread is the largest number of unread posts that is counted.
const maxUnread = 99

// maxFollowed is how many of the threads that a person follows are looked at: those
// in which they read the newest posts.
const maxFollowed = 50

// channelViews lists u's channels with what is unread in them.
func (a *Adapter) channelViews(ctx context.Context, u User) []ChannelView {
	channels := a.channelsOf(ctx, u)
	ids := make([]string, len(channels))
	for i, c := range channels {
		ids[i] = c.ID
	}
	heads, err := a.cfg.Board.Heads(ctx, ids)
	if err != nil && ctx.Err() == nil {
		a.cfg.Log.Warn("web: the newest posts cannot be read", "err", err)
	}
	seen := a.seenBy(ctx, u)
	replies := a.unreadReplies(ctx, u, seen)
	list := make([]ChannelView, len(channels))
	for i, c := range channels {
		unread := replies[c.ID]
		if heads[c.ID] > seen[c.ID] {
			unread += a.unread(ctx, u, c.ID, "", seen[c.ID])
		}
		list[i] = ChannelView{ID: c.ID, Name: c.Name, Topic: c.Topic, Unread: min(unread, maxUnread)}
	}
	return list
}

// follow marks a thread that a person began as read, so that replies to it count as
// unread.
func (a *Adapter) follow(ctx context.Context, u User, root chat.Post) {
	if err := a.cfg.Board.Seen(ctx, u.ID, root.Channel, refOf(root).ID, root.ID); err != nil && ctx.Err() == nil {
		a.cfg.Log.Warn("web: a thread is not followed", "post", root.ID, "err", err)
	}
}

// unreadReplies counts, by channel, what is unread in the threads that a person began
// or opened.
func (a *Adapter) unreadReplies(ctx context.Context, u User, seen map[string]int64) map[string]int {
	var threads []string
	for key := range seen {
		if strings.Contains(key, "/") {
			threads = append(threads, key)
		}
	}
	slices.SortFunc(threads, func(x, y string) int { return cmp.Compare(seen[y], seen[x]) })
	unread := map[string]int{}
	for _, key := range threads[:min(len(threads), maxFollowed)] {
		channel, thread, _ := strings.Cut(key, "/")
		if n := a.unread(ctx, u, channel, thread, seen[key]); n > 0 {
			unread[channel] += n
		}
	}
	return unread
}

// unread counts what others said in a channel or thread after a post.
func (a *Adapter) unread(ctx context.Context, u User, channel, thread string, after int64) int {
	posts, err := a.cfg.Board.Posts(ctx, channel, thread, after, maxUnread)
	if err != nil {
		return 0
	}
	n := 0
	for _, p := range posts {
		if !p.Deleted && p.Author != u.ID && (p.Only == "" || p.Only == u.ID) {
			n++
		}
	}
	return n
}
