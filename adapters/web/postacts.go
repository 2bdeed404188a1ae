package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"hotline/bot/chat"
)

// postFor finds the post that a request names, if the person may see it.
func (a *Adapter) postFor(ctx context.Context, u User, id string) (chat.Post, error) {
	n, ok := parseID(id)
	if !ok {
		return chat.Post{}, refuse(http.StatusNotFound, "no_post")
	}
	p, err := a.cfg.Board.Post(ctx, n)
	if err != nil || !a.sees(ctx, u, p) {
		return chat.Post{}, refuse(http.StatusNotFound, "no_post")
	}
	return p, nil
}

// onPost reads a request about a post into v, whose id the browser drew, and finds
// the post and the event's key.
func (a *Adapter) onPost(c *call, v any, id *string) (p chat.Post, key string, err error) {
	if err := c.decode(v); err != nil {
		return p, "", err
	}
	if p, err = a.postFor(c.Context(), c.user, c.PathValue("post")); err != nil {
		return p, "", err
	}
	key, err = actKey(c.user, *id)
	return p, key, err
}

// onOwn is onPost for what only the author may do.
func (a *Adapter) onOwn(c *call, v any, id *string) (p chat.Post, key string, err error) {
	p, key, err = a.onPost(c, v, id)
	switch {
	case err != nil:
	case p.Author != c.user.ID || p.Author == "":
		err = refuse(http.StatusForbidden, "not_yours")
	case p.Deleted:
		err = refuse(http.StatusNotFound, "no_post")
	}
	return p, key, err
}

func (a *Adapter) revise(c *call) (any, error) {
	var req struct{ ID, Text string }
	p, key, err := a.onOwn(c, &req, &req.ID)
	if err != nil {
		return nil, err
	}
	text, err := checkText(req.Text, chat.MaxText)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, refuse(http.StatusBadRequest, "empty")
	}
	p, err = a.change(c.Context(), p.ID, func(p *chat.Post) error {
		p.Content.Text, p.Edited = chat.T(text), a.cfg.Now()
		return nil
	})
	if err != nil {
		return nil, err
	}
	ev := a.event(c, key, chat.KindEdit, where{Channel: p.Channel, Thread: p.Thread})
	ev.Message = refOf(p)
	ev.Text, ev.Mentioned = a.stripMention(text)
	return a.received(c, ev, p)
}

func (a *Adapter) takeBack(c *call) (any, error) {
	var req struct{ ID string }
	p, key, err := a.onOwn(c, &req, &req.ID)
	if err != nil {
		return nil, err
	}
	p, err = a.change(c.Context(), p.ID, func(p *chat.Post) error {
		p.Deleted, p.Content, p.Reacts = true, chat.Content{}, nil
		return nil
	})
	if err != nil {
		return nil, err
	}
	ev := a.event(c, key, chat.KindDelete, where{Channel: p.Channel, Thread: p.Thread})
	ev.Message = refOf(p)
	return a.received(c, ev, p)
}

// received passes an event about a post on; private ones are nobody's business.
func (a *Adapter) received(c *call, ev chat.Event, p chat.Post) (any, error) {
	var done Done
	if p.Only == "" {
		var err error
		if done, err = a.receive(c, ev); err != nil {
			return nil, err
		}
	}
	v := a.view(c.Context(), c.user, c.lang, p)
	done.Post = &v
	return done, nil
}

func (a *Adapter) reaction(c *call) (any, error) {
	var req struct {
		ID, Emoji string
		Removed   bool
	}
	p, key, err := a.onPost(c, &req, &req.ID)
	if err != nil {
		return nil, err
	}
	emoji := emojiName(req.Emoji)
	if _, there := p.Reacts[emoji]; emoji == "" || (!there && len(p.Reacts) >= 20) {
		return nil, refuse(http.StatusBadRequest, "bad_emoji")
	}
	p, err = a.change(c.Context(), p.ID, func(p *chat.Post) error {
		setReaction(p, emoji, chat.User{ID: c.user.ID, Name: c.user.Name}, !req.Removed)
		return nil
	})
	if err != nil {
		return nil, err
	}
	ev := a.event(c, key, chat.KindReaction, where{Channel: p.Channel, Thread: p.Thread})
	ev.Message, ev.Emoji, ev.Removed = refOf(p), emoji, req.Removed
	ev.Text = p.Content.String()
	return a.received(c, ev, p)
}

// press passes a button on. The core decides whether the action is still right,
// because a card may have changed while the finger was on its way.
func (a *Adapter) press(c *call) (any, error) {
	var req struct{ ID, Action string }
	p, key, err := a.onPost(c, &req, &req.ID)
	if err != nil {
		return nil, err
	}
	action, ok := chat.DecodeAction(req.Action)
	if !ok {
		return nil, refuse(http.StatusBadRequest, "bad_action")
	}
	ev := a.event(c, key, chat.KindButton, where{Channel: p.Channel, Thread: p.Thread})
	ev.Message, ev.Action = refOf(p), action
	return a.receive(c, ev)
}

// shortcut passes a message action on, with what was said before it.
func (a *Adapter) shortcut(c *call) (any, error) {
	var req struct{ ID, Verb string }
	p, key, err := a.onPost(c, &req, &req.ID)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(a.cfg.Verbs, func(v chat.Verb) bool { return v.Name == req.Verb && len(v.Shortcut) > 0 }) {
		return nil, refuse(http.StatusBadRequest, "bad_verb")
	}
	ev := a.event(c, key, chat.KindShortcut, where{Channel: p.Channel, Thread: p.Thread})
	ev.Verb, ev.Message, ev.Text, ev.Files = req.Verb, refOf(p), p.Content.String(), p.Content.Files
	if ev.Context, err = a.around(c.Context(), p); err != nil {
		return nil, fmt.Errorf("what was said around it: %w", err)
	}
	return a.receive(c, ev)
}

// around quotes the thread of a message: what everybody there could read, without
// the message itself, oldest first.
func (a *Adapter) around(ctx context.Context, p chat.Post) ([]chat.Quoted, error) {
	root := p.Thread
	if root == "" {
		root = refOf(p).ID
	}
	posts, err := a.cfg.Board.Posts(ctx, p.Channel, root, -1, chat.MaxContext)
	if err != nil {
		return nil, err
	}
	if id, ok := parseID(p.Thread); ok {
		if top, err := a.cfg.Board.Post(ctx, id); err == nil {
			posts = append([]chat.Post{top}, posts...)
		}
	}
	var list []chat.Quoted
	for _, q := range posts {
		if q.ID == p.ID || q.Only != "" || q.Deleted || len(list) == chat.MaxContext {
			continue
		}
		from := a.principal(a.user(q.Author))
		if q.Author == "" {
			from = chat.Principal{Platform: Platform, Name: a.cfg.Bot}
		}
		list = append(list, chat.Quoted{From: from, At: q.At, Text: q.Content.String(), Message: refOf(q)})
	}
	return list, nil
}
