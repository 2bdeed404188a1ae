package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"hotline/bot/chat"
)

// slash is a line that is a command: a verb alone after the slash, so that a path
// such as /var/log stays a message.
var slash = regexp.MustCompile(`^/([a-zA-Z][a-zA-Z_-]{0,31})(?:\s+|$)`)

// verbName is a verb alone.
var verbName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z_-]{0,31}$`)

// where is the part of a request that says where somebody is.
type where struct {
	ID      string `json:"id"`
	Channel string `json:"channel"`
	Thread  string `json:"thread"`
}

// check finds the channel and thread and makes the key of the act.
func (a *Adapter) check(c *call, w where) (string, error) {
	if _, ok := a.channelFor(c.Context(), c.user, w.Channel); !ok {
		return "", refuse(http.StatusNotFound, "no_channel")
	}
	if w.Thread != "" {
		id, ok := parseID(w.Thread)
		if !ok {
			return "", refuse(http.StatusNotFound, "no_post")
		}
		root, err := a.cfg.Board.Post(c.Context(), id)
		if err != nil || root.Channel != w.Channel || root.Thread != "" || !a.sees(c.Context(), c.user, root) {
			return "", refuse(http.StatusNotFound, "no_post")
		}
	}
	return actKey(c.user, w.ID)
}

// actKey is the delivery key of an act: the same for every try of it.
func actKey(u User, id string) (string, error) {
	parsed, err := uuid.Parse(id)
	if err != nil || len(id) != 36 {
		return "", refuse(http.StatusBadRequest, "bad_id")
	}
	return u.ID + ":" + parsed.String(), nil
}

func (a *Adapter) event(c *call, key string, kind chat.Kind, w where) chat.Event {
	return chat.Event{
		Key: key, Kind: kind, At: a.cfg.Now(), From: a.principal(c.user),
		Where: place(w.Channel, w.Thread), Reply: a.replyHandle(c.user, w.Channel, w.Thread),
	}
}

// receive hands an event to the inbox and turns the answer into what the API says.
// What the inbox says at once is kept on the board for that person, so that it is
// there after a reload.
func (a *Adapter) receive(c *call, ev chat.Event) (Done, error) {
	ans, err := a.in().Receive(c.Context(), ev)
	if err != nil {
		if c.Context().Err() == nil {
			a.cfg.Log.Warn("web: an event was not stored", "event", ev.Key, "kind", ev.Kind, "err", err)
		}
		f := refuse(http.StatusServiceUnavailable, "unavailable")
		f.text = ans.Say
		return Done{}, f
	}
	d := Done{Errors: ans.Errors, Say: ans.Say, Follows: ans.Follows, Duplicate: ans.Duplicate}
	if ans.Form != nil {
		d.Form = formView(*ans.Form, c.lang)
	}
	if ans.Say != "" && len(ans.Errors) == 0 {
		a.whisper(c.Context(), c.user, ev, ans.Say, c.lang)
	}
	return d, nil
}

// whisper posts words for one person where they are.
func (a *Adapter) whisper(ctx context.Context, u User, ev chat.Event, text, lang string) {
	p := chat.Post{
		Channel: ev.Where.Channel, Thread: ev.Where.Thread, Name: a.cfg.Bot, Only: u.ID,
		Content: chat.Content{Text: chat.T(text)}, Key: "say:" + ev.Key, Lang: lang, At: a.cfg.Now(),
	}
	if strings.HasPrefix(p.Channel, homePrefix) {
		p.Channel = dmPrefix + u.ID
	}
	if stored, err := a.cfg.Board.AddPost(ctx, p); err == nil {
		a.hub.tell(stored)
	} // else: the answer of the request carries the same words
}

func (a *Adapter) say(c *call) (any, error) {
	var req struct {
		where
		Text  string   `json:"text"`
		Files []string `json:"files"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	key, err := a.check(c, req.where)
	if err != nil {
		return nil, err
	}
	text, err := checkText(req.Text, chat.MaxText)
	if err != nil {
		return nil, err
	}
	if m := slash.FindStringSubmatch(text); m != nil && len(req.Files) == 0 {
		return a.runCommand(c, key, req.where, strings.ToLower(m[1]), text[len(m[0]):])
	}
	files, err := a.uploads.claim(c.user.ID, req.Files)
	if err != nil {
		return nil, err
	}
	if text == "" && len(files) == 0 {
		return nil, refuse(http.StatusBadRequest, "empty")
	}
	p, err := a.cfg.Board.AddPost(c.Context(), chat.Post{
		Channel: req.Channel, Thread: req.Thread, Author: c.user.ID, Name: c.user.Name, Key: "act:" + key,
		Content: chat.Content{Text: chat.T(text), Files: files}, Lang: c.lang, At: a.cfg.Now(),
	})
	if err != nil {
		return nil, err
	}
	a.hub.tell(p)
	if p.Thread == "" {
		a.follow(c.Context(), c.user, p)
	}
	ev := a.messageEvent(c.user, p)
	ev.Reply = a.replyHandle(c.user, req.Channel, req.Thread)
	done, err := a.receive(c, ev)
	if err != nil {
		a.fellBehind()
		f := refuse(http.StatusServiceUnavailable, "not_stored")
		return nil, f
	}
	v := a.view(c.Context(), c.user, c.lang, p)
	done.Post = &v
	return done, nil
}

// messageEvent is what a person's post means. Its key follows from the post, so
// that reading back gives the same one.
func (a *Adapter) messageEvent(u User, p chat.Post) chat.Event {
	text, mentioned := a.stripMention(p.Content.Text.String())
	return chat.Event{
		Key: strings.TrimPrefix(p.Key, "act:"), Kind: chat.KindMessage, At: p.At, From: a.principal(u),
		Where: place(p.Channel, p.Thread), Message: refOf(p), Text: text, Mentioned: mentioned, Files: p.Content.Files,
	}
}

// stripMention takes "@Hotline" out of a text.
func (a *Adapter) stripMention(text string) (string, bool) {
	name := "@" + strings.ToLower(a.cfg.Bot)
	low := strings.ToLower(text)
	i := strings.Index(low, name)
	if i < 0 || len(low) != len(text) {
		return text, false
	}
	return strings.TrimSpace(text[:i] + strings.TrimLeft(text[i+len(name):], " :,，：")), true
}

func (a *Adapter) command(c *call) (any, error) {
	var req struct {
		where
		Verb string `json:"verb"`
		Args string `json:"args"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	key, err := a.check(c, req.where)
	if err != nil {
		return nil, err
	}
	verb := strings.TrimPrefix(strings.TrimSpace(req.Verb), "/")
	if !verbName.MatchString(verb) {
		return nil, refuse(http.StatusBadRequest, "empty")
	}
	args, err := checkText(req.Args, chat.MaxArgs)
	if err != nil {
		return nil, err
	}
	return a.runCommand(c, key, req.where, strings.ToLower(verb), args)
}

// runCommand passes a command on. What was typed is kept for that person alone,
// before anything answers, so that the answer stands below its question.
func (a *Adapter) runCommand(c *call, key string, w where, verb, args string) (any, error) {
	ev := a.event(c, key, chat.KindCommand, w)
	ev.Verb, ev.Args = verb, strings.TrimSpace(args)
	echo, err := a.cfg.Board.AddPost(c.Context(), chat.Post{
		Channel: w.Channel, Thread: w.Thread, Author: c.user.ID, Name: c.user.Name, Only: c.user.ID, Key: "act:" + key,
		Content: chat.Content{Text: chat.T(strings.TrimSpace("/" + verb + " " + ev.Args))}, Lang: c.lang, At: ev.At,
	})
	if err != nil {
		return nil, err
	}
	a.hub.tell(echo)
	done, err := a.receive(c, ev)
	if err != nil {
		return nil, err
	}
	v := a.view(c.Context(), c.user, c.lang, echo)
	done.Post = &v
	return done, nil
}

func (a *Adapter) form(c *call) (any, error) {
	var req struct {
		where
		Form   string            `json:"form"`
		Values map[string]string `json:"values"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	key, err := a.check(c, req.where)
	if err != nil {
		return nil, err
	}
	if len(req.Form) > 200 || len(req.Values) > 25 {
		return nil, refuse(http.StatusBadRequest, "bad_json", "too many values")
	}
	total := 0
	for name, v := range req.Values {
		clean, err := checkText(v, chat.MaxText)
		if err != nil {
			return nil, err
		}
		req.Values[name] = clean
		total += len(clean)
	}
	if total > chat.MaxText {
		return nil, refuse(http.StatusBadRequest, "too_long", total, chat.MaxText)
	}
	ev := a.event(c, key, chat.KindForm, req.where)
	ev.Form = chat.Filled{ID: req.Form, Values: req.Values}
	return a.receive(c, ev)
}

func (a *Adapter) home(c *call) (any, error) {
	var req struct {
		ID string `json:"id"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	key, err := actKey(c.user, req.ID)
	if err != nil {
		return nil, err
	}
	return a.receive(c, a.event(c, key, chat.KindHome, where{Channel: homePrefix + c.user.ID}))
}
