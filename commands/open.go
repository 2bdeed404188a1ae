package commands

import (
	"context"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsUnreadable = say.Words{EN: "(A message that could not be read. Ask the sender what it said.)", ZH: "(收到一条无法读取的消息,请向发送人确认内容。)"}
	wordsOnlyFiles  = say.Words{EN: "(Only files: %s)", ZH: "(仅有附件:%s)"}
	wordsCutNote    = say.Words{EN: "(The message was longer and has been cut.)", ZH: "(消息过长,已截断。)"}
	wordsOpened     = say.Words{EN: "Taken down as %s.", ZH: "已登记为 %s。"}
	wordsAlready    = say.Words{EN: "That message belongs to %s already.", ZH: "这条消息已属于工单 %s。"}
	wordsNoText     = say.Words{EN: "There is no text.", ZH: "内容为空。"}
	wordsDescribe   = say.Words{EN: "Say in a sentence what is wrong, for example: /report payments return 502 since 10:40", ZH: "请用一句话说明问题,例如:/report 10:40 起支付返回 502"}
)

// report makes the plan that opens a case from words somebody typed or filled in.
func (c *call) report() (plan, error) {
	o, text := c.options(c.args["text"])
	if text == "" {
		return nil, c.refuse(bot.ErrInvalid, wordsNoText, wordsDescribe)
	}
	o.Text = text
	c.fromForm(&o)
	return c.open(o)
}

// drill opens a case that is labelled as an exercise: it is never counted and never
// outranks a real page.
func (c *call) drill() (plan, error) {
	o, text := c.options(c.args["text"])
	if text == "" {
		return nil, c.refuse(bot.ErrInvalid, wordsNoText, wordsDescribe)
	}
	o.Text, o.Drill = text, true
	return c.open(o)
}

// fromForm takes over the fields of the report form.
func (c *call) fromForm(o *bot.Open) {
	if v := c.args["site"]; v != "" {
		o.Site = c.siteOf(v)
	}
	if v := c.args["serial"]; v != "" {
		o.Asset = v
	}
	if v := c.args["contact"]; v != "" {
		o.Contact = bot.Shorten(v, 200)
	}
	if sev, ok := severityOf(c.args["severity"]); ok {
		o.Severity = sev
	}
}

// options reads words such as "sev:2", "site:SH-01" or "sn:ST-77" at the beginning
// of a report.
func (c *call) options(text string) (bot.Open, string) {
	var o bot.Open
	for {
		words := split(text)
		if len(words) == 0 {
			return o, strings.TrimSpace(text)
		}
		key, value, ok := strings.Cut(strings.ReplaceAll(words[0].text, "：", ":"), ":")
		if !ok || value == "" || !c.option(&o, fold(key), value) {
			return o, strings.TrimSpace(text)
		}
		text = text[words[0].next:]
	}
}

func (c *call) option(o *bot.Open, key, value string) bool {
	switch key {
	case "sev", "severity", "级别":
		sev, ok := severityOf(value)
		o.Severity = sev
		return ok
	case "site", "站点":
		o.Site = c.siteOf(value)
	case "sn", "serial", "序列号":
		o.Asset = bot.Shorten(value, 100)
	case "service", "服务":
		o.Service = c.serviceOf(value)
		return o.Service != ""
	case "contact", "联系":
		o.Contact = bot.Shorten(value, 200)
	default:
		return false
	}
	return true
}

// siteOf and serviceOf take an id as people write it; one of another customer is
// not taken.
func (c *call) siteOf(id string) string {
	for _, s := range c.in.Org.Sites {
		if strings.EqualFold(s.ID, id) && (c.in.Actor.Role.Staff() || s.Customer == c.in.Actor.Customer) {
			return s.ID
		}
	}
	return ""
}

func (c *call) serviceOf(id string) string {
	for _, s := range c.in.Org.Services {
		if strings.EqualFold(s.ID, id) && (c.in.Actor.Role.Staff() || s.Customer == "" || s.Customer == c.in.Actor.Customer) {
			return s.ID
		}
	}
	return ""
}

// severityOf reads "2", "sev2", "2级" or "P2".
func severityOf(s string) (bot.Severity, bool) {
	s = strings.Trim(fold(s), "spev级别 -")
	if len(s) == 1 && s[0] >= '1' && s[0] <= '4' {
		return bot.Severity(s[0] - '0'), true
	}
	return 0, false
}

// open makes the plan that opens a case for the person who asks, where they are.
func (c *call) open(o bot.Open) (plan, error) {
	in := c.in
	complete(&o, in)
	if a, ok := in.Org.Asset(o.Asset); ok && !in.Actor.Role.Staff() && a.Customer != in.Actor.Customer {
		o.Asset = "" // somebody else's serial says nothing about this customer
	}
	return func(tx bot.Tx) error {
		out, err := c.apply(tx, 0, o)
		if err != nil || in.Event.Reply.Token == "" || !c.typed {
			return err
		}
		// The receipt stands in the channel; the interaction wants an answer too.
		return c.tell(tx, chat.Content{Text: chat.T(wordsOpened.In(c.lang, out.Case.Number))})
	}, nil
}

// complete fills in what follows from where and by whom something was reported.
func complete(o *bot.Open, in bot.Incoming) {
	if o.Class == "" || o.Severity == 0 {
		class, sev := Propose(o.Text)
		if o.Class == "" {
			o.Class = class
		}
		if o.Severity == 0 {
			o.Severity = sev
		}
	}
	if o.Lang == "" {
		o.Lang = say.Guess(o.Text)
	}
	if o.Lang == "" {
		o.Lang = in.Lang()
	}
	if in.ChannelOK {
		setEmpty(&o.Service, in.Channel.Service)
		if in.Channel.Audience.IsCustomer() {
			setEmpty(&o.Customer, in.Channel.Customer)
		}
	}
	if !in.Actor.Role.Staff() && in.Actor.Customer != "" {
		o.Customer = in.Actor.Customer
	}
	o.Place = in.Event.Where
	o.Source = string(in.Event.Where.Platform)
	if in.Event.Cut {
		o.Text += "\n" + wordsCutNote.In(o.Lang)
	}
}

func setEmpty(s *string, v string) {
	if *s == "" {
		*s = v
	}
}

// textOf is what a message says, in words that can stand in a case.
func textOf(in bot.Incoming) string {
	e := in.Event
	text := bot.CleanText(e.Text, chat.MaxText)
	switch {
	case text != "":
		return text
	case e.Undecoded:
		return wordsUnreadable.In(in.Lang())
	case len(e.Files) > 0:
		names := make([]string, 0, len(e.Files))
		for _, f := range e.Files {
			names = append(names, bot.Shorten(bot.CleanText(f.Name, 200), 60))
		}
		return wordsOnlyFiles.In(in.Lang(), strings.Join(names, ", "))
	default:
		return ""
	}
}

// openFrom makes the plan that opens a case from a message, unless the message
// belongs to a case already. Then whoever asked is told which, so that the same
// message never makes two.
func (c *Commands) openFrom(in, asked bot.Incoming) plan {
	text := textOf(in)
	if text == "" {
		return nil
	}
	files := in.Event.Files
	o := bot.Open{Text: text, Root: in.Event.Message, Files: files[:min(len(files), chat.MaxFiles)], Context: in.Event.Context}
	complete(&o, in)
	return func(tx bot.Tx) error {
		cs, _, ok, err := linkedCase(tx, messageKeys(in.Event))
		if err != nil {
			return err
		}
		if !ok {
			_, err = c.desk.Apply(tx, in.Actor, 0, o)
			return err
		}
		if !bot.MaySee(asked.Actor, &cs) {
			return nil
		}
		return c.desk.Post(tx, bot.Private(asked, chat.Content{Text: chat.T(wordsAlready.In(asked.Lang(), cs.Number))}))
	}
}

// messageKeys lists the keys by which a message or its thread is linked.
func messageKeys(e chat.Event) []string {
	var keys []string
	if !e.Message.IsZero() {
		keys = append(keys, e.Message.Key())
	}
	if e.Where.Thread != "" {
		keys = append(keys, threadKeys(e.Where)...)
	}
	return keys
}

// shortcut runs an action on a message: making it a case, or a verb on the case
// that the message belongs to.
func (c *Commands) shortcut(ctx context.Context, in bot.Incoming) (plan, error) {
	v, ok := look(c.verbs, in.Event.Verb)
	if !ok {
		return nil, c.unknownVerb(in, in.Event.Verb)
	}
	if v.name != "report" && v.name != "case" {
		return c.command(ctx, in, v.name, firstSet(in.Event.Args, in.Event.Text))
	}
	return c.openForAuthor(in)
}

// reaction opens a case from a message that gets the channel's emoji.
func (c *Commands) reaction(_ context.Context, in bot.Incoming) (plan, error) {
	if in.Event.Removed || !in.ChannelOK || in.Channel.Emoji == "" || in.Event.Emoji != in.Channel.Emoji ||
		!in.Channel.Audience.IsCustomer() || in.Actor.Role == bot.RoleNone {
		return nil, nil
	}
	return c.openForAuthor(in)
}

// openForAuthor opens a case from the message of an event in the name of whoever
// wrote it, when that is known.
func (c *Commands) openForAuthor(in bot.Incoming) (plan, error) {
	if !in.Actor.Role.AtLeast(bot.RoleCustomer) {
		return nil, bot.Refuse(bot.ErrForbidden, wordsStranger.In(in.Lang()), wordsStrangerHint.In(in.Lang()))
	}
	if in.ChannelOK && in.Channel.Audience.IsInternal() && !in.Actor.Role.Staff() {
		return nil, nil // somebody from outside has no business there
	}
	asked := in
	for _, q := range in.Event.Context {
		if q.Message.ID == in.Event.Message.ID && !q.From.IsZero() {
			if in.Event.Text == "" {
				in.Event.Text = q.Text
			}
			author := in.World.Actor(q.From, in.Event.Where)
			if author.Role == bot.RoleCustomer && (in.Actor.Role.Staff() || author.Customer == in.Actor.Customer) {
				in.Actor = author
			}
		}
	}
	if textOf(in) == "" {
		in.Event.Undecoded = true
	}
	return c.openFrom(in, asked), nil
}
