package commands

import (
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsHelpHead   = say.Words{EN: "What you can do", ZH: "你可以使用的命令"}
	wordsHelpText   = say.Words{EN: "In a support channel just write what is wrong. Commands also work after a mention, in a thread: “@hotline status”.", ZH: "在支持频道直接写明问题即可。也可在话题中 @ 机器人后写命令,例如“@hotline 查询”。"}
	wordsHelpStaff  = say.Words{EN: "In a case’s thread the number can be left out. Every button has a command.", ZH: "在工单话题中可省略工单号。每个按钮都有对应命令。"}
	wordsHelpFor    = say.Words{EN: "/help %s tells more.", ZH: "/help %s 查看更多。"}
	wordsAlsoCalled = say.Words{EN: "Also: %s", ZH: "也可写作:%s"}
	wordsLangSet    = say.Words{EN: "You are answered in English from now on.", ZH: "之后将用中文回复你。"}
)

// help lists what the person may do, or explains one verb.
func (c *call) help() (plan, error) {
	if name := c.args["verb"]; name != "" {
		return c.helpOn(name)
	}
	text := chat.Say("").Bold(wordsHelpHead.In(c.lang))
	for i := range c.verbs {
		v := &c.verbs[i]
		if v.hidden || v.assisted && !c.in.Org.Assisted || !c.in.Actor.Role.AtLeast(v.min) {
			continue
		}
		text = text.Plain("\n").Code("/" + v.usage(v.name)).Plain("  " + v.help.In(c.lang))
	}
	text = text.Plain("\n" + wordsHelpText.In(c.lang))
	if c.in.Actor.Role.Staff() {
		text = text.Plain("\n" + wordsHelpStaff.In(c.lang))
	}
	text = text.Plain(" " + wordsHelpFor.In(c.lang, "status"))
	return c.answer(chat.Content{Text: text}), nil
}

func (c *call) helpOn(name string) (plan, error) {
	v, ok := lookup(c.verbs, name)
	if !ok || v.hidden || !c.in.Actor.Role.AtLeast(v.min) {
		return nil, c.unknownVerb(c.in, name)
	}
	text := chat.Say("").Code("/" + v.usage(v.name)).Plain("  " + v.help.In(c.lang))
	if len(v.aliases) > 0 {
		text = text.Plain("\n" + wordsAlsoCalled.In(c.lang, strings.Join(v.aliases, ", ")))
	}
	for _, a := range v.args {
		text = text.Plain("\n• ").Bold(a.name).Plain(": " + a.help.In(c.lang))
		if len(a.choices) > 0 {
			text = text.Plain(" (" + strings.Join(choiceNames(a), ", ") + ")")
		}
	}
	for i := range v.subs {
		s := &v.subs[i]
		if !s.hidden && c.in.Actor.Role.AtLeast(s.min) {
			text = text.Plain("\n").Code("/" + s.usage(v.name+" "+s.name)).Plain("  " + s.help.In(c.lang))
		}
	}
	return c.answer(chat.Content{Text: text}), nil
}

// setLang keeps the language that a person wants to be answered in.
func (c *call) setLang() (plan, error) {
	lang, id := c.args["language"], c.in.Actor.ID
	return func(tx bot.Tx) error {
		if err := c.desk.ChangeRoster(tx, bot.RecLang, id, lang); err != nil {
			return err
		}
		c.lang, c.in.Actor.Lang = lang, lang
		return c.tell(tx, chat.Content{Text: chat.T(wordsLangSet.In(lang))})
	}, nil
}
