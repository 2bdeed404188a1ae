package commands

import (
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsAssigned   = say.Words{EN: "%s is assigned.", ZH: "%s 已指派。"}
	wordsAdded      = say.Words{EN: "One more person is called to %s.", ZH: "已呼叫人员协助 %s。"}
	wordsEscalated  = say.Words{EN: "%s is escalated; the next people are being called.", ZH: "%s 已升级,正在呼叫。"}
	wordsChanged    = say.Words{EN: "%s is changed.", ZH: "%s 已调整。"}
	wordsWaits      = say.Words{EN: "%s waits.", ZH: "%s 已置为等待。"}
	wordsResumed    = say.Words{EN: "%s goes on.", ZH: "%s 继续处理。"}
	wordsResponded  = say.Words{EN: "The answer to the customer of %s is recorded.", ZH: "已登记对 %s 客户的响应。"}
	wordsRestored   = say.Words{EN: "Service is back for %s; the fix is still to come.", ZH: "%s 服务已恢复,仍需彻底修复。"}
	wordsSnoozed    = say.Words{EN: "%s is snoozed.", ZH: "%s 已暂停提醒。"}
	wordsCancelled  = say.Words{EN: "%s is cancelled.", ZH: "%s 已取消。"}
	wordsMerged     = say.Words{EN: "%s is merged.", ZH: "%s 已合并。"}
	wordsSevRange   = say.Words{EN: "Severity is 1, 2, 3 or 4, not “%s”.", ZH: "级别为 1、2、3、4,不是“%s”。"}
	wordsNotATime   = say.Words{EN: "“%s” is no time.", ZH: "“%s”不是时间。"}
	wordsTimeLike   = say.Words{EN: "Write 30m, 2h, 3d, 18:00, tomorrow 09:00 or 2026-11-30 09:00.", ZH: "可写 30m、2h、3d、18:00、明天 09:00 或 2026-11-30 09:00。"}
	wordsSolvedThat = say.Words{EN: "Glad it helped. %s is closed.", ZH: "很高兴有帮助,%s 已关闭。"}
	wordsNotHelped  = say.Words{EN: "Noted. Somebody goes on with %s.", ZH: "已记录,我们会继续处理 %s。"}
)

func upper(s string) string { return strings.ToUpper(s) }

// toPerson performs a command that names somebody.
func (c *call) toPerson(command func(id string) bot.Command, done say.Words) (plan, error) {
	p, err := c.personNamed(c.args["person"])
	if err != nil {
		return nil, err
	}
	return c.on(func(bot.Case) (bot.Command, error) { return command(p.ID), nil }, done)
}

// escalate calls the next step, or whoever "to …" names.
func (c *call) escalate() (plan, error) {
	to, reason := c.args["to"], c.args["reason"]
	if to == "" && !c.filled {
		to, reason = target(reason)
	}
	if to != "" {
		if _, ok := c.in.Org.Target(to); !ok {
			p, err := c.personNamed(to)
			if err != nil {
				return nil, err
			}
			to = p.ID
		}
	}
	return c.on(func(bot.Case) (bot.Command, error) { return bot.Escalate{To: to, Reason: reason, Gen: c.gen}, nil }, wordsEscalated)
}

// target takes "to dba: disk is full" apart.
func target(s string) (to, reason string) {
	words := split(s)
	if len(words) < 2 {
		return "", s
	}
	switch fold(words[0].text) {
	case "to", "给", "至":
		return strings.TrimRight(words[1].text, ":：,"), strings.TrimSpace(s[words[1].next:])
	default:
		return "", s
	}
}

func (c *call) severity() (plan, error) {
	sev, ok := severityOf(c.args["severity"])
	if !ok {
		return nil, c.badUsage(wordsSevRange, bot.Shorten(c.args["severity"], 20))
	}
	return c.on(func(bot.Case) (bot.Command, error) {
		return bot.SetSeverity{Severity: sev, Reason: c.args["reason"]}, nil
	}, wordsChanged)
}

func (c *call) wait() (plan, error) {
	on := bot.WaitingOthers
	if c.args["whom"] == "customer" {
		on = bot.WaitingCustomer
	}
	return c.on(func(bot.Case) (bot.Command, error) { return bot.Wait{On: on, Reason: c.args["reason"]}, nil }, wordsWaits)
}

func (c *call) snooze() (plan, error) {
	until, ok := parseUntil(c.args["time"], c.in.Now, c.zone())
	if !ok {
		return nil, c.refuse(bot.ErrInvalid, wordsNotATime, wordsTimeLike, bot.Shorten(c.args["time"], 40))
	}
	return c.on(func(bot.Case) (bot.Command, error) { return bot.Snooze{Until: until}, nil }, wordsSnoozed)
}

func (c *call) merge() (plan, error) {
	var into bot.Case
	err := c.view(func(r bot.Reader) (err error) {
		into, err = c.desk.Find(r, c.in.Actor, c.args["into"])
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.on(func(bot.Case) (bot.Command, error) { return bot.Merge{Into: into.Number}, nil }, wordsMerged)
}

// tried says what became of a suggestion: a button of the customer or of a
// responder.
func (c *call) tried(outcome string) (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	q, asked := cs.Question()
	asked = asked && q.ID == c.args["article"]
	return func(tx bot.Tx) error {
		out, err := c.apply(tx, cs.ID, bot.Tried{Article: c.args["article"], Outcome: outcome})
		if err != nil {
			return err
		}
		words, active := wordsHeardOf, out.Case.State.Active()
		switch {
		case outcome == bot.TriedSame, outcome == bot.TriedOther && asked:
			return nil // the question itself changes
		case outcome == bot.TriedSolved && !active:
			words = wordsSolvedThat
		case outcome != bot.TriedSolved && active:
			words = wordsNotHelped
		}
		return c.tell(tx, chat.Content{Text: chat.T(words.In(c.lang, out.Case.Number))})
	}, nil
}

var wordsHeardOf = say.Words{EN: "Noted on %s.", ZH: "已记入 %s。"}
