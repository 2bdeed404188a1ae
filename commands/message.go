package commands

import (
	"context"
	"errors"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsNotUnderstood = say.Words{EN: "I did not understand that.", ZH: "没看懂这句话。"}
	wordsCommandOnly   = say.Words{EN: "Here a case is opened by command: /report followed by what is wrong.", ZH: "此频道请用命令报障:/report 后写明问题。"}
	wordsEnded         = say.Words{EN: "%s is %s; what you wrote is kept with it. Still broken? Press the button.", ZH: "%s 当前为“%s”,您的留言已记录。如仍有问题,请点下方按钮。"}
	wordsReopen        = say.Words{EN: "Not fixed", ZH: "未解决"}
	wordsNothingToTake = say.Words{EN: "No case waits for your acknowledgement.", ZH: "没有等待你接单的工单。"}
	wordsSeveralWait   = say.Words{EN: "Several cases wait for you. Which one?", ZH: "有多个工单等待你接单,请选择:"}
	wordsTake          = say.Words{EN: "Acknowledge %s", ZH: "接单 %s"}
)

// message understands something that was said: a verb after a mention or in a
// direct message, a reply in a case's thread, a new report, or nothing that
// concerns Hotline.
func (c *Commands) message(ctx context.Context, in bot.Incoming) (plan, error) {
	text := textOf(in)
	if text == "" {
		return nil, nil
	}
	addressed := in.Event.Mentioned || in.Event.Where.Direct
	if addressed && !in.Event.Undecoded {
		if p, ok, err := c.textVerb(ctx, in, text); ok || err != nil {
			return p, err
		}
	}
	if in.Actor.Role == bot.RoleNone {
		if addressed {
			return nil, bot.Refuse(bot.ErrForbidden, wordsStranger.In(in.Lang()), wordsStrangerHint.In(in.Lang()))
		}
		return nil, nil
	}
	return func(tx bot.Tx) error { return c.place(tx, in, text, addressed) }, nil
}

// textVerb reads the first word as a verb. It is one only if what follows fits, so
// that "status page is down" stays a report.
func (c *Commands) textVerb(ctx context.Context, in bot.Incoming, text string) (plan, bool, error) {
	words := split(text)
	if len(words) == 0 {
		return nil, false, nil
	}
	slash := strings.HasPrefix(words[0].text, "/") || strings.HasPrefix(words[0].text, "／")
	v, ok := look(c.verbs, words[0].text)
	if ok && v.hidden {
		ok = false
	}
	if !ok {
		if !slash {
			return nil, false, nil
		}
		p, err := c.command(ctx, in, words[0].text, text[words[0].next:])
		return p, true, err
	}
	k := c.newCall(ctx, in, v)
	if err := k.linkPlace(); err != nil {
		return nil, true, err
	}
	rest := text[words[0].next:]
	if !slash && !k.fits(words[1:], rest) {
		return nil, false, nil
	}
	if v.name == "ack" && len(words) == 1 && !k.linkedOK && in.Actor.Role.Staff() {
		p, err := k.ackLatest()
		return p, true, err
	}
	p, err := c.command(ctx, in, v.name, rest)
	return p, true, err
}

// fits reports whether words that follow a verb's name can be meant for it.
func (c *call) fits(words []word, rest string) bool {
	role := c.in.Actor.Role
	if !role.AtLeast(c.verb.min) && len(words) > 0 {
		return c.looksLikeNumber(words[0].text) // a customer who says "queue is full" reports
	}
	if len(words) == 0 {
		return true
	}
	if len(c.verb.subs) > 0 {
		if _, ok := look(c.verb.subs, words[0].text); ok {
			return true
		}
	}
	if len(c.verb.args) == 0 {
		return false
	}
	switch first := c.verb.args[0]; first.kind {
	case argCase:
		if c.looksLikeNumber(words[0].text) {
			return true
		}
		return c.linkedOK && (role.Staff() || len(c.verb.args) == 1 || c.verb.name == "rate" || c.verb.name == "reopen") &&
			(len(c.verb.args) > 1 || len(words) == 0)
	case argChoice:
		_, ok, err := c.read(first, words[0].text)
		return ok && err == nil
	case argRest:
		return strings.TrimSpace(rest) != ""
	default:
		return role.Staff() || len(words) == 1
	}
}

// ackLatest acknowledges the case that a person was paged for, when there is
// exactly one; several are offered as buttons.
func (c *call) ackLatest() (plan, error) {
	var waiting []bot.Case
	err := c.view(func(r bot.Reader) error {
		cases, err := r.Cases(bot.CaseQuery{States: []bot.State{bot.New, bot.Reopened}, Limit: 1000})
		for _, cs := range cases {
			for _, p := range cs.Paging.Paged {
				if p == c.in.Actor.ID {
					waiting = append(waiting, cs)
				}
			}
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(waiting) == 0:
		return nil, c.refuse(bot.ErrNotFound, wordsNothingToTake, wordsTryHelp)
	case len(waiting) == 1:
		c.linked, c.linkedOK = waiting[0], true
		return c.on(func(bot.Case) (bot.Command, error) { return bot.Acknowledge{}, nil }, wordsAcked)
	}
	content := chat.Content{Text: chat.T(wordsSeveralWait.In(c.lang))}
	for _, cs := range waiting[:min(5, len(waiting))] {
		content.Buttons = append(content.Buttons, chat.Button{Label: wordsTake.In(c.lang, cs.Number),
			Action: chat.Action{Verb: "ack", Case: cs.Number, Gen: cs.Generation}})
	}
	return c.answer(content), nil
}

// place puts a plain message where it belongs. It runs in the transaction, so that
// two messages of one person can never open two cases.
func (c *Commands) place(tx bot.Tx, in bot.Incoming, text string, addressed bool) error {
	if _, _, known, err := linkedCase(tx, []string{in.Event.Message.Key()}); known || err != nil {
		return err // it reached a case before
	}
	var keys []string
	switch {
	case in.Event.Where.Thread != "":
		keys = threadKeys(in.Event.Where)
	case !in.Event.Where.Direct:
		keys = []string{in.Event.Where.Key()} // a room of its own
	}
	cs, link, ok, err := linkedCase(tx, keys)
	if err != nil {
		return err
	}
	if ok {
		return c.join(tx, in, cs, link, text)
	}
	switch {
	case in.Event.Where.Direct:
		return c.direct(tx, in, text)
	case !in.ChannelOK:
		return c.lost(tx, in, addressed)
	case in.Channel.Audience.IsInternal(), in.Actor.Role.Staff():
		return c.lost(tx, in, addressed)
	case pleasant(text) && !in.Event.Undecoded && len(in.Event.Files) == 0:
		return nil
	}
	if in.Event.Where.Thread == "" {
		if joined, err := c.group(tx, in, text); joined || err != nil {
			return err
		}
	}
	switch {
	case in.Channel.Mode == bot.ModeEvery, in.Channel.Mode == "", addressed && in.Channel.Mode != bot.ModeCommand:
		return c.openFrom(in, in)(tx)
	case addressed:
		return c.desk.Post(tx, bot.Private(in, chat.Content{Text: chat.T(wordsCommandOnly.In(in.Lang()))}))
	default:
		return nil
	}
}

// lost answers somebody who addressed Hotline with words that are no command.
func (c *Commands) lost(tx bot.Tx, in bot.Incoming, addressed bool) error {
	if !addressed || pleasant(in.Event.Text) {
		return nil
	}
	hint := wordsTryHelp.In(in.Lang())
	if words := split(in.Event.Text); len(words) > 0 {
		if near := nearest(c.verbs, words[0].text, in.Actor.Role); len(near) > 0 {
			hint = wordsDidYouMean.In(in.Lang(), joinOr(near, in.Lang()))
		}
	}
	return bot.Refuse(bot.ErrInvalid, wordsNotUnderstood.In(in.Lang()), hint)
}

// direct takes a direct message: a customer's is a report or joins their last one,
// anybody else gets help.
func (c *Commands) direct(tx bot.Tx, in bot.Incoming, text string) error {
	if in.Actor.Role.Staff() {
		return c.lost(tx, in, true)
	}
	if pleasant(text) && len(in.Event.Files) == 0 {
		return nil
	}
	if joined, err := c.group(tx, in, text); joined || err != nil {
		return err
	}
	return c.openFrom(in, in)(tx)
}

// group joins a message to the open case that the same person reported in the same
// channel a moment ago.
func (c *Commands) group(tx bot.Tx, in bot.Incoming, text string) (bool, error) {
	window := in.Org.Rules.GroupWindow
	if window <= 0 {
		return false, nil
	}
	cases, err := tx.Cases(bot.CaseQuery{States: activeStates(), Reporter: in.Actor.ID, Newest: true, Limit: 3})
	if err != nil {
		return false, err
	}
	for _, cs := range cases {
		recent, err := c.recent(tx, in, cs, tx.Now().Add(-window))
		if err != nil {
			return false, err
		}
		if !recent {
			continue
		}
		_, err = c.desk.Apply(tx, in.Actor, cs.ID, sayOf(in, text))
		return true, err
	}
	return false, nil
}

// recent reports whether the person wrote in the case, in this channel, after an
// instant.
func (c *Commands) recent(r bot.Reader, in bot.Incoming, cs bot.Case, after time.Time) (bool, error) {
	links, err := r.Links(cs.ID, bot.LinkRoot, bot.LinkThread, bot.LinkMessage)
	if err != nil {
		return false, err
	}
	here, last := false, cs.Opened
	for _, l := range links {
		if l.Ref.ChannelKey() != in.Event.Where.ChannelKey() || l.Audience.IsInternal() {
			continue
		}
		here = true
		if l.Role == bot.LinkMessage && l.At.After(last) {
			last = l.At
		}
	}
	return here && !last.Before(after), nil
}

func sayOf(in bot.Incoming, text string) bot.Say {
	files := in.Event.Files
	return bot.Say{Text: text, Ref: in.Event.Message, Files: files[:min(len(files), chat.MaxFiles)]}
}

// join adds a message to the case of its thread: a note in an internal thread,
// where the word "ack" alone takes the case, a part of the conversation in the customer's.
func (c *Commands) join(tx bot.Tx, in bot.Incoming, cs bot.Case, link bot.Link, text string) error {
	if !bot.MaySee(in.Actor, &cs) || pleasant(text) && len(in.Event.Files) == 0 {
		return nil
	}
	if internalPlace(in, link) {
		if !in.Actor.Role.Staff() {
			return nil // fails closed: nobody from outside writes there
		}
		var cmd bot.Command = bot.Note{Text: text}
		if v, ok := look(c.verbs, text); ok && v.name == "ack" {
			cmd = bot.Acknowledge{}
		}
		_, err := c.desk.Apply(tx, in.Actor, cs.ID, cmd)
		return err
	}
	cs, err := survivor(tx, cs)
	if err != nil {
		return err
	}
	out, err := c.desk.Apply(tx, in.Actor, cs.ID, sayOf(in, text))
	if err != nil || in.Actor.Role.Staff() || out.Case.State.Active() || out.Case.State == bot.Resolved {
		return err
	}
	content := chat.Content{Text: chat.T(wordsEnded.In(in.Lang(), cs.Number, bot.StateName(cs.State, in.Lang())))}
	if cs.State == bot.Closed {
		content.Buttons = []chat.Button{{Label: wordsReopen.In(in.Lang()), Style: chat.StyleDanger,
			Action: chat.Action{Verb: "reopen", Case: cs.Number, Gen: out.Case.Generation}}}
	}
	return c.desk.Post(tx, bot.Private(in, content))
}

// internalPlace reports whether what is said there stays inside: the link is
// internal, or it is a page in a direct conversation, or the channel is internal.
func internalPlace(in bot.Incoming, link bot.Link) bool {
	if in.ChannelOK && in.Channel.Audience.IsCustomer() {
		return false
	}
	return !link.Audience.IsCustomer() || in.ChannelOK && in.Channel.Audience.IsInternal()
}

// survivor follows a duplicate to the case that goes on.
func survivor(r bot.Reader, cs bot.Case) (bot.Case, error) {
	for range 5 {
		if cs.State != bot.Duplicate || cs.Of == "" {
			break
		}
		next, err := r.CaseByNumber(cs.Of)
		if errors.Is(err, bot.ErrNotFound) || err == nil && next.Customer != cs.Customer {
			break
		}
		if err != nil {
			return cs, err
		}
		cs = next
	}
	return cs, nil
}

// revise records an edit or a deletion of a message that belongs to a case.
func (c *Commands) revise(in bot.Incoming) plan {
	if in.Actor.Role == bot.RoleNone || in.Event.Message.IsZero() {
		return nil
	}
	deleted := in.Event.Kind == chat.KindDelete
	text := bot.CleanText(in.Event.Text, chat.MaxText)
	if !deleted && text == "" {
		return nil
	}
	return func(tx bot.Tx) error {
		cs, link, ok, err := linkedCase(tx, []string{in.Event.Message.Key()})
		if err != nil || !ok || !bot.MaySee(in.Actor, &cs) {
			return err
		}
		if !link.Audience.IsCustomer() {
			return nil
		}
		_, err = c.desk.Apply(tx, in.Actor, cs.ID, bot.Revise{Ref: in.Event.Message, Text: text, Deleted: deleted})
		return err
	}
}
