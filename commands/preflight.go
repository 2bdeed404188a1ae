package commands

import (
	"context"

	"hotline/bot"
	"hotline/bot/chat"
)

// Preflight implements bot.Handler: what can be said from memory before anything
// is stored. A command or button that lacks words opens a form; a form that lacks
// something stays open with a word beside the field.
func (c *Commands) Preflight(in bot.Incoming) (chat.Answer, bool) {
	if fromTicket(in) {
		return chat.Answer{}, false // the page has asked for everything already
	}
	in = withLang(shorthand(in))
	switch in.Event.Kind {
	case chat.KindCommand:
		return c.beforeCommand(in)
	case chat.KindButton:
		return c.beforeButton(in)
	case chat.KindForm:
		return c.beforeForm(in)
	default:
		return chat.Answer{}, false
	}
}

func (c *Commands) beforeCommand(in bot.Incoming) (chat.Answer, bool) {
	v, ok := lookup(c.verbs, in.Event.Verb)
	if !ok || v.hidden {
		return c.sayError(in, c.unknownVerb(in, in.Event.Verb)), true
	}
	k := c.newCall(context.Background(), in, v)
	k.raw, k.typed = in.Event.Args, true
	k.descend()
	if err := k.allowed(); err != nil {
		return c.sayError(in, err), true
	}
	if f := k.missingForm(); f != nil {
		return chat.Answer{Form: f}, true
	}
	return chat.Answer{Follows: true}, false
}

// missingForm is the form that asks for what a command lacks; nil when nothing is
// missing or nothing can be asked. Without a number the form belongs to the case
// of the thread, which is looked up when it is submitted; slash commands outside a
// thread are told to name one instead.
func (c *call) missingForm() *chat.Form {
	if c.verb.form == nil {
		return nil
	}
	words := split(c.raw)
	if c.takesCase() {
		if len(words) == 0 || !c.looksLikeNumber(words[0].text) {
			return nil
		}
	}
	if err := c.parseLoose(); err != nil {
		return nil // the words are told what is wrong with them
	}
	if c.verb.ask != nil {
		if !c.verb.ask(c) {
			return nil
		}
	} else if !c.lacks() {
		return nil
	}
	return c.verb.form(c)
}

func (c *call) takesCase() bool {
	for _, a := range c.verb.args {
		if a.kind == argCase {
			return true
		}
	}
	return false
}

// lacks reports whether a required argument is missing.
func (c *call) lacks() bool {
	for _, a := range c.verb.args {
		if a.required && a.kind != argCase && c.args[a.name] == "" {
			return true
		}
	}
	return false
}

func (c *Commands) beforeButton(in bot.Incoming) (chat.Answer, bool) {
	a := in.Event.Action
	v, ok := look(c.verbs, a.Verb)
	if !ok {
		return c.sayError(in, bot.Refuse(bot.ErrInvalid, wordsOldButton.In(in.Lang()), wordsTryHelp.In(in.Lang()))), true
	}
	k := c.newCall(context.Background(), in, v)
	k.gen, k.tap, k.raw = a.Gen, true, a.Arg
	k.descend()
	if err := k.allowed(); err != nil {
		return c.sayError(in, err), true
	}
	k.args["case"] = a.Case
	if k.verb.form == nil || k.parseLoose() != nil {
		return chat.Answer{}, false
	}
	if k.verb.ask != nil && k.verb.ask(k) || k.verb.ask == nil && k.lacks() {
		// A rating counts at once; its form only asks for more.
		return chat.Answer{Form: k.verb.form(k)}, k.verb.name != "rate"
	}
	return chat.Answer{}, false
}

func (c *Commands) beforeForm(in bot.Incoming) (chat.Answer, bool) {
	a, ok := chat.DecodeAction(in.Event.Form.ID)
	if !ok {
		return c.sayError(in, bot.Refuse(bot.ErrInvalid, wordsOldButton.In(in.Lang()), wordsTryHelp.In(in.Lang()))), true
	}
	v, ok := look(c.verbs, a.Verb)
	if !ok {
		return c.sayError(in, bot.Refuse(bot.ErrInvalid, wordsOldButton.In(in.Lang()), wordsTryHelp.In(in.Lang()))), true
	}
	k := c.newCall(context.Background(), in, v)
	k.gen, k.raw, k.filled = a.Gen, a.Arg, true
	k.descend()
	if err := k.allowed(); err != nil {
		return c.sayError(in, err), true
	}
	k.args["case"] = a.Case
	if k.verb.form == nil || k.raw != "" && k.parseLoose() != nil {
		return chat.Answer{}, false
	}
	if errs := fieldErrors(k.verb.form(k), in.Event.Form.Values, k.lang); len(errs) > 0 {
		return chat.Answer{Errors: errs}, true
	}
	return chat.Answer{}, false
}

// sayError is an error as words for the person.
func (c *Commands) sayError(in bot.Incoming, err error) chat.Answer {
	return chat.Answer{Say: errorText(err, in.Lang())}
}
