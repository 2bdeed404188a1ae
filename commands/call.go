package commands

import (
	"context"
	"errors"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

// call is one use of a verb.
type call struct {
	*Commands
	ctx  context.Context
	in   bot.Incoming
	verb *verb
	path string // "oncall week"
	lang string
	raw  string // what is not parsed yet
	args map[string]string
	gen  int
	// typed, tap and filled say how it came: as words, a button, or a form.
	typed, tap, filled bool
	// linked is the case that the place belongs to.
	linked   bot.Case
	linkedOK bool
}

// descend steps into the sub-verb that the arguments begin with, if any.
func (c *call) descend() {
	for len(c.verb.subs) > 0 {
		words := split(c.raw)
		if len(words) == 0 {
			return
		}
		sub, ok := look(c.verb.subs, words[0].text)
		if !ok || sub.fits != nil && !sub.fits(c.in.Actor.Role, c.raw[words[0].next:]) {
			return
		}
		c.verb, c.path = sub, c.path+" "+sub.name
		c.raw = c.raw[words[0].next:]
	}
}

// allowed refuses whoever may not use the verb, and says what they can do instead.
func (c *call) allowed() error {
	role := c.in.Actor.Role
	if role.AtLeast(c.verb.min) {
		return nil
	}
	if role == bot.RoleNone {
		return bot.Refuse(bot.ErrForbidden, wordsStranger.In(c.lang), wordsStrangerHint.In(c.lang))
	}
	return bot.Refuse(bot.ErrForbidden, wordsNotYours.In(c.lang, shownPath(c.path), roleName(c.verb.min, c.lang)), wordsTryHelp.In(c.lang))
}

// shownPath is the path of a verb as people know it: a button of an article is a verb
// of /kb.
func shownPath(path string) string {
	if rest, ok := strings.CutPrefix(path, "kb"); ok && rest != "" && rest[0] != ' ' {
		return "kb " + rest
	}
	return path
}

// linkPlace finds the case whose thread the event happened in.
func (c *call) linkPlace() error {
	if c.in.View == nil {
		return nil
	}
	keys := placeKeys(c.in.Event)
	if len(keys) == 0 {
		return nil
	}
	return c.view(func(r bot.Reader) error {
		cs, _, ok, err := linkedCase(r, keys)
		if err != nil || !ok || !bot.MaySee(c.in.Actor, &cs) {
			return err
		}
		c.linked, c.linkedOK = cs, true
		return nil
	})
}

// placeKeys lists under which keys the place of an event may be linked to a case.
func placeKeys(e chat.Event) []string {
	var keys []string
	if e.Where.Thread != "" {
		keys = append(keys, threadKeys(e.Where)...)
	}
	if !e.Message.IsZero() && e.Kind != chat.KindMessage {
		keys = append(keys, e.Message.Key())
	}
	if !e.Message.IsZero() && e.Message.Thread != "" && e.Message.Place.Key() != e.Where.Key() {
		keys = append(keys, threadKeys(e.Message.Place)...)
	}
	if e.Where.Thread == "" && !e.Where.Direct && e.Where.Channel != "" {
		keys = append(keys, e.Where.Key()) // a room of its own
	}
	return keys
}

// threadKeys lists the keys of a thread: its own, and that of the message it grew
// from, where the platform names a thread after it.
func threadKeys(p chat.Place) []string {
	parent := chat.MessageRef{Place: p, ID: p.Thread}
	return []string{p.Key(), parent.Key()}
}

// linkedCase finds the first case that one of the keys belongs to.
func linkedCase(r bot.Reader, keys []string) (bot.Case, bot.Link, bool, error) {
	for _, key := range keys {
		link, err := r.Link(key)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return bot.Case{}, bot.Link{}, false, err
		}
		cs, err := r.Case(link.Case)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		return cs, link, err == nil, err
	}
	return bot.Case{}, bot.Link{}, false, nil
}

func (c *call) view(f func(r bot.Reader) error) error {
	if c.in.View == nil {
		return bot.Refuse(bot.ErrUnavailable, wordsBusy.In(c.lang), wordsTryAgain.In(c.lang))
	}
	return c.in.View(c.ctx, f)
}

// refuse makes the answer to something that cannot be done.
func (c *call) refuse(code error, what, hint say.Words, args ...any) error {
	return bot.Refuse(code, what.In(c.lang, args...), hint.In(c.lang))
}

// badUsage says how the verb is written.
func (c *call) badUsage(what say.Words, args ...any) error {
	return bot.Refuse(bot.ErrInvalid, what.In(c.lang, args...), wordsUsage.In(c.lang, c.verb.usage(c.path)))
}

// tell says something to the person behind the event, and to nobody else.
func (c *call) tell(tx bot.Tx, content chat.Content) error {
	return c.desk.Post(tx, c.private(content))
}

func (c *call) private(content chat.Content) bot.Letter {
	l := bot.Private(c.in, content)
	l.Lang = c.lang
	return l
}

// answer is a plan that only says something to the person who asked.
func (c *call) answer(content chat.Content) plan {
	return func(tx bot.Tx) error { return c.tell(tx, content) }
}

// answerText is a plan that answers with plain text.
func (c *call) answerText(lines ...string) plan {
	return c.answer(chat.Content{Text: chat.T(strings.Join(lines, "\n"))})
}

// apply performs a command in the name of the person who asks.
func (c *call) apply(tx bot.Tx, caseID int64, cmd bot.Command) (bot.Outcome, error) {
	return c.desk.Apply(tx, c.in.Actor, caseID, cmd)
}

// on makes the plan of a verb that does one thing to one case. What was typed gets
// a short private answer; a button or form does not, because the card changes.
func (c *call) on(command func(cs bot.Case) (bot.Command, error), done say.Words) (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	cmd, err := command(cs)
	if err != nil {
		return nil, err
	}
	return func(tx bot.Tx) error {
		out, err := c.apply(tx, cs.ID, cmd)
		if err != nil {
			return err
		}
		if c.tap || done == (say.Words{}) {
			return nil
		}
		return c.tell(tx, chat.Content{Text: chat.T(done.In(c.lang, out.Case.Number))})
	}, nil
}
