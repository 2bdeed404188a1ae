package commands

import (
	"context"
	"crypto/rand"
	"math/big"
	"strconv"

	"hotline/bot"
	"hotline/bot/chat"
)

// Options are what the commands work with.
type Options struct {
	Desk *bot.Desk
	// Search finds articles and similar cases; nil when there is no knowledge base. One
	// that is a bot.Shelf can be worked on, too.
	Search bot.Searcher
	// Code makes the six digits that prove a contact method; nil means random ones.
	Code func() string
	// Feed gives the address of a calendar feed for a schedule or a person; nil, or
	// an empty address, when no feeds are served.
	Feed func(schedule, person string) string
	// Clocks explains the time limits of a case, one line each, for a viewer in a
	// language; nil when none are counted.
	Clocks func(w bot.World, c bot.Case, events []bot.CaseEvent, lang string, viewer bot.Actor) []string
}

// Commands is the table of verbs at work. It implements bot.Handler and is safe
// for concurrent use.
type Commands struct {
	desk   *bot.Desk
	search bot.Searcher
	shelf  bot.Shelf // nil when there is none
	code   func() string
	feed   func(schedule, person string) string
	clocks func(w bot.World, c bot.Case, events []bot.CaseEvent, lang string, viewer bot.Actor) []string
	verbs  []verb
	index  *index
}

// New makes the commands and listens to what the desk commits, so that completion
// knows what is there. Call it before the desk is used, and Load before the first
// event.
func New(o Options) *Commands {
	c := &Commands{desk: o.Desk, search: o.Search, code: o.Code, feed: o.Feed, clocks: o.Clocks, verbs: table(), index: newIndex()}
	if c.code == nil {
		c.code = sixDigits
	}
	c.shelf, _ = o.Search.(bot.Shelf)
	if o.Desk != nil {
		o.Desk.ListenArticles(c.index.putArticle)
		o.Desk.Listen(func(out bot.Outcome, _ []bot.Letter, _ []bot.Timer) {
			c.index.putCase(out.Case)
			c.index.putDrafts(out.Events)
		})
	}
	return c
}

func sixDigits() string {
	n, err := rand.Int(rand.Reader, big.NewInt(900_000))
	if err != nil {
		return ""
	}
	return strconv.FormatInt(n.Int64()+100_000, 10)
}

// Load fills the memory that completion and languages are answered from.
func (c *Commands) Load(r bot.Reader) error { return c.index.load(r) }

// Handle implements bot.Handler.
func (c *Commands) Handle(ctx context.Context, in bot.Incoming) (func(tx bot.Tx) error, error) {
	in = withLang(shorthand(in))
	var p plan
	var err error
	if fromTicket(in) {
		return c.ticket(ctx, in)
	}
	switch in.Event.Kind {
	case chat.KindCommand:
		p, err = c.command(ctx, in, in.Event.Verb, in.Event.Args)
	case chat.KindButton:
		p, err = c.button(ctx, in)
	case chat.KindForm:
		p, err = c.form(ctx, in)
	case chat.KindShortcut:
		p, err = c.shortcut(ctx, in)
	case chat.KindMessage:
		p, err = c.message(ctx, in)
	case chat.KindEdit, chat.KindDelete:
		p = c.revise(in)
	case chat.KindReaction:
		p, err = c.reaction(ctx, in)
	case chat.KindHome:
		p = c.home(ctx, in)
	}
	if err != nil || p == nil {
		return nil, err
	}
	return p, nil
}

// umbrella is the one slash command of platforms that have only one: "/hotline
// status F-10427" is "/status F-10427".
const umbrella = "hotline"

// shorthand takes the umbrella off a command; alone it asks for help.
func shorthand(in bot.Incoming) bot.Incoming {
	if in.Event.Kind != chat.KindCommand || fold(in.Event.Verb) != umbrella {
		return in
	}
	in.Event.Verb = "help"
	if words := split(in.Event.Args); len(words) > 0 {
		in.Event.Verb, in.Event.Args = words[0].text, in.Event.Args[words[0].next:]
	}
	return in
}

// newCall prepares the use of a verb.
func (c *Commands) newCall(ctx context.Context, in bot.Incoming, v *verb) *call {
	return &call{Commands: c, ctx: ctx, in: in, verb: v, path: v.name, lang: in.Lang(), args: map[string]string{}}
}

// command runs a typed verb: a slash command, or words after a mention.
func (c *Commands) command(ctx context.Context, in bot.Incoming, name, args string) (plan, error) {
	v, ok := lookup(c.verbs, name)
	if !ok || v.hidden {
		return nil, c.unknownVerb(in, name)
	}
	k := c.newCall(ctx, in, v)
	k.raw, k.typed = args, true
	k.descend()
	if err := k.allowed(); err != nil {
		return nil, err
	}
	if err := k.linkPlace(); err != nil {
		return nil, err
	}
	if err := k.parse(); err != nil {
		return nil, err
	}
	return k.verb.run(k)
}

func (c *Commands) unknownVerb(in bot.Incoming, name string) error {
	lang := in.Lang()
	name = bot.Shorten(bot.CleanText(name, 200), 40)
	if near := nearest(c.verbs, name, in.Actor.Role); len(near) > 0 {
		return bot.Refuse(bot.ErrInvalid, wordsUnknownVerb.In(lang, name), wordsDidYouMean.In(lang, joinOr(near, lang)))
	}
	return bot.Refuse(bot.ErrInvalid, wordsUnknownVerb.In(lang, name), wordsTryHelp.In(lang))
}

// button runs the verb of a pressed button.
func (c *Commands) button(ctx context.Context, in bot.Incoming) (plan, error) {
	a := in.Event.Action
	v, ok := look(c.verbs, a.Verb)
	if !ok {
		return nil, bot.Refuse(bot.ErrInvalid, wordsOldButton.In(in.Lang()), wordsTryHelp.In(in.Lang()))
	}
	k := c.newCall(ctx, in, v)
	k.gen, k.tap, k.raw = a.Gen, true, a.Arg
	if len(v.subs) > 0 {
		k.descend()
	}
	if err := k.allowed(); err != nil {
		return nil, err
	}
	k.args["case"] = a.Case
	if err := k.parse(); err != nil {
		return nil, err
	}
	return k.verb.run(k)
}

// form runs the verb of a submitted form.
func (c *Commands) form(ctx context.Context, in bot.Incoming) (plan, error) {
	a, ok := chat.DecodeAction(in.Event.Form.ID)
	if !ok {
		return nil, bot.Refuse(bot.ErrInvalid, wordsOldButton.In(in.Lang()), wordsTryHelp.In(in.Lang()))
	}
	v, ok := look(c.verbs, a.Verb)
	if !ok {
		return nil, bot.Refuse(bot.ErrInvalid, wordsOldButton.In(in.Lang()), wordsTryHelp.In(in.Lang()))
	}
	k := c.newCall(ctx, in, v)
	k.gen, k.raw, k.filled = a.Gen, a.Arg, true
	k.descend()
	if err := k.allowed(); err != nil {
		return nil, err
	}
	k.args["case"] = a.Case
	if k.raw != "" {
		if err := k.parseLoose(); err != nil {
			return nil, err
		}
	}
	for name, value := range in.Event.Form.Values {
		k.args[name] = bot.CleanText(value, chat.MaxText)
	}
	return k.verb.run(k)
}

// home fills a person's own page of the bot.
func (c *Commands) home(ctx context.Context, in bot.Incoming) plan {
	if in.Actor.Role == bot.RoleNone {
		return nil
	}
	k := c.newCall(ctx, in, &c.verbs[0])
	return func(tx bot.Tx) error {
		content, err := k.homeContent(tx)
		if err != nil {
			return err
		}
		l := k.private(content)
		l.Intent, l.In, l.Reply = chat.IntentHome, chat.Place{}, chat.ReplyHandle{}
		return c.desk.Post(tx, l)
	}
}

// withLang makes sure that the desk answers in the same language as the commands.
func withLang(in bot.Incoming) bot.Incoming {
	in.Actor.Lang = in.Lang()
	return in
}
