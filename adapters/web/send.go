package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"hotline/bot/chat"
)

var (
	errNoFiles   = errors.New("web: no place to keep files is configured")
	errNoChannel = errors.New("web: no such channel")
	errGone      = errors.New("web: the post is gone")
)

// handle is what a reply token holds: where somebody asked, and who.
type handle struct {
	Channel string `json:"c"`
	Thread  string `json:"t,omitempty"`
	User    string `json:"u"`
}

func (a *Adapter) replyHandle(u User, channel, thread string) chat.ReplyHandle {
	b, _ := json.Marshal(handle{channel, thread, u.ID}) // three strings always encode
	return chat.ReplyHandle{Platform: Platform, Token: string(b), Private: true}
}

func outKey(key string) string { return "out:" + key }

func never(reason string, err error) (chat.MessageRef, chat.SendResult) {
	return chat.MessageRef{}, chat.SendResult{Class: chat.Never, Reason: reason, Err: err}
}

func retry(err error) (chat.MessageRef, chat.SendResult) {
	return chat.MessageRef{}, chat.SendResult{Class: chat.Retry, Err: err}
}

// Send puts it on the board, once per Key. It answers Never when the destination
// does not exist or would show it to somebody outside the audience, and Retry
// when the board cannot take it now.
func (a *Adapter) Send(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	if out.Key == "" || !out.Audience.Valid() {
		return never(chat.ReasonInvalid, errors.New("web: a send needs a key and an audience"))
	}
	switch out.Intent {
	case chat.IntentReact:
		return a.react(ctx, out)
	case chat.IntentHome:
		return a.fillHome(ctx, out)
	case chat.IntentRoom:
		c, err := a.addRoom(ctx, out)
		if err != nil {
			return retry(err)
		}
		out.In, out.To, out.Reply = place(c.ID, ""), chat.Principal{}, chat.ReplyHandle{}
		if out.Content.String() == "" {
			out.Content.Text = chat.T(out.Room.Topic)
		}
	case chat.IntentClose:
		if out.Content.String() == "" {
			return chat.MessageRef{}, chat.OK() // nothing to archive here
		}
	}
	if err := a.keepFiles(ctx, &out.Content); err != nil {
		return retry(err)
	}
	if !out.Edit.IsZero() {
		return a.edit(ctx, out)
	}
	p, reason, err := a.target(ctx, out)
	if err != nil {
		return never(reason, err)
	}
	stored, err := a.cfg.Board.AddPost(ctx, p)
	if err != nil {
		return retry(err)
	}
	a.hub.tell(stored)
	return refOf(stored), chat.OK()
}

// target is the post that out becomes, or why it cannot be posted.
func (a *Adapter) target(ctx context.Context, out chat.Outgoing) (chat.Post, string, error) {
	p := chat.Post{
		Key: outKey(out.Key), Name: a.cfg.Bot, Content: out.Content, Lang: out.Lang,
		Case: out.Case, Urgent: out.Urgent, At: a.cfg.Now(),
	}
	var h handle
	switch {
	case out.Reply.Usable(a.cfg.Now()) && json.Unmarshal([]byte(out.Reply.Token), &h) == nil && h.Channel != "":
		p.Channel, p.Thread, p.Only = h.Channel, h.Thread, h.User
		if _, ok := a.channelFor(ctx, a.user(h.User), h.Channel); !ok && !strings.HasPrefix(h.Channel, ticketPrefix) {
			p.Channel, p.Thread = dmPrefix+h.User, ""
		}
	case !out.In.IsZero():
		p.Channel, p.Thread = out.In.Channel, out.In.Thread
		if !out.To.IsZero() {
			p.Only = out.To.User
		}
	case !out.To.IsZero():
		p.Channel = dmPrefix + out.To.User
	default:
		return p, chat.ReasonInvalid, errors.New("web: no destination")
	}
	c, ok := a.channel(ctx, p.Channel)
	if !ok {
		if strings.HasPrefix(p.Channel, dmPrefix) {
			return p, chat.ReasonBlocked, fmt.Errorf("web: nobody is called %q", p.Channel)
		}
		return p, chat.ReasonGone, errNoChannel
	}
	if strings.HasPrefix(p.Channel, dmPrefix) {
		p.Only = "" // seen by that person alone anyway
	}
	reason, err := a.narrow(c, &p, out.Audience)
	return p, reason, err
}

// narrow checks once more that a post does not go beyond its audience.
func (a *Adapter) narrow(c Channel, p *chat.Post, who chat.Audience) (string, error) {
	if who.IsInternal() && c.Audience.IsCustomer() && (p.Only == "" || !a.user(p.Only).Staff()) {
		return chat.ReasonDenied, errors.New("web: internal text does not go to a channel of customers")
	}
	key, one := who.Person()
	if !one || p.Only != "" || strings.HasPrefix(p.Channel, dmPrefix) {
		return "", nil
	}
	if pr, ok := chat.ParsePrincipal(key); ok && pr.Platform == Platform {
		p.Only = pr.User
		return "", nil
	}
	return chat.ReasonNoWay, errors.New("web: it cannot be kept to one person there")
}

// edit changes what was sent before. The same change twice is one.
func (a *Adapter) edit(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	old, err := a.editable(ctx, out.Edit)
	if err != nil {
		return never(chat.ReasonGone, err)
	}
	if c, ok := a.channel(ctx, old.Channel); ok {
		if reason, err := a.narrow(c, &old, out.Audience); err != nil {
			return never(reason, err)
		}
	}
	if reflect.DeepEqual(old.Content, out.Content) && old.Urgent == out.Urgent {
		return refOf(old), chat.OK()
	}
	p, err := a.change(ctx, old.ID, func(p *chat.Post) error {
		if p.Deleted {
			return errGone
		}
		p.Content, p.Edited, p.Urgent = out.Content, a.cfg.Now(), out.Urgent
		if out.Lang != "" {
			p.Lang = out.Lang
		}
		return nil
	})
	switch {
	case errors.Is(err, errGone):
		return never(chat.ReasonGone, err)
	case err != nil:
		return retry(err)
	}
	return refOf(p), chat.OK()
}

func (a *Adapter) editable(ctx context.Context, ref chat.MessageRef) (chat.Post, error) {
	id, ok := parseID(ref.ID)
	if !ok || ref.Platform != Platform {
		return chat.Post{}, errGone
	}
	p, err := a.cfg.Board.Post(ctx, id)
	if err != nil || p.Deleted || p.Channel != ref.Channel {
		return chat.Post{}, errGone
	}
	return p, nil
}

// change changes a post and tells the readers.
func (a *Adapter) change(ctx context.Context, id int64, f func(*chat.Post) error) (chat.Post, error) {
	p, err := a.cfg.Board.ChangePost(ctx, id, f)
	if err == nil {
		a.hub.tell(p)
	}
	return p, err
}

func (a *Adapter) react(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	emoji := emojiName(out.Emoji)
	if emoji == "" {
		return never(chat.ReasonInvalid, fmt.Errorf("web: not an emoji: %q", out.Emoji))
	}
	old, err := a.editable(ctx, out.Edit)
	if err != nil {
		return never(chat.ReasonGone, err)
	}
	p, err := a.change(ctx, old.ID, func(p *chat.Post) error {
		setReaction(p, emoji, chat.User{Name: a.cfg.Bot}, true)
		return nil
	})
	if err != nil {
		return retry(err)
	}
	return refOf(p), chat.OK()
}

// setReaction puts u's reaction on p or takes it off. The maps are copied because
// the stored post may be shared.
func setReaction(p *chat.Post, emoji string, u chat.User, on bool) {
	reacts := make(map[string][]chat.User, len(p.Reacts)+1)
	for k, v := range p.Reacts {
		reacts[k] = v
	}
	list := slices.DeleteFunc(slices.Clone(reacts[emoji]), func(have chat.User) bool { return have.ID == u.ID })
	if on {
		list = append(list, u)
	}
	if len(list) == 0 {
		delete(reacts, emoji)
	} else {
		reacts[emoji] = list
	}
	p.Reacts = reacts
}

// fillHome keeps one post on a person's own page and changes it.
func (a *Adapter) fillHome(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	if _, ok := a.findUser(out.To.User); !ok {
		return never(chat.ReasonBlocked, fmt.Errorf("web: nobody is called %q", out.To.User))
	}
	if err := a.keepFiles(ctx, &out.Content); err != nil {
		return retry(err)
	}
	p, err := a.cfg.Board.AddPost(ctx, chat.Post{
		Channel: homePrefix + out.To.User, Key: homePrefix + out.To.User, Name: a.cfg.Bot,
		Content: out.Content, Lang: out.Lang, At: a.cfg.Now(),
	})
	if err != nil {
		return retry(err)
	}
	p, err = a.change(ctx, p.ID, func(p *chat.Post) error {
		p.Content, p.Lang, p.At = out.Content, out.Lang, a.cfg.Now()
		return nil
	})
	if err != nil {
		return retry(err)
	}
	return refOf(p), chat.OK()
}

// keepFiles moves the data of outgoing files from the post to the file store.
func (a *Adapter) keepFiles(ctx context.Context, c *chat.Content) error {
	if len(c.Files) == 0 {
		return nil
	}
	c.Files = slices.Clone(c.Files)
	for i, f := range c.Files {
		if len(f.Data) == 0 {
			continue
		}
		if a.cfg.Files == nil {
			return errNoFiles
		}
		id, err := a.cfg.Files.Put(ctx, f)
		if err != nil {
			return err
		}
		f.ID, f.Size, f.Data = id, int64(len(f.Data)), nil
		c.Files[i] = f
	}
	return nil
}
