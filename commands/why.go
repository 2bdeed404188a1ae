package commands

import (
	"errors"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsWhyHead = say.Words{EN: "Why %s went the way it did", ZH: "%s 的处理依据"}
	wordsNoWhy   = say.Words{EN: "Nothing was decided yet.", ZH: "还没有任何决定。"}
	wordsBoth    = say.Words{EN: "%s. %s", ZH: "%s。%s"}
	wordsSent    = say.Words{EN: "%s by %s: %s", ZH: "%s 通过 %s:%s"}
)

func isNotFound(err error) bool { return errors.Is(err, bot.ErrNotFound) }

// why prints every decision about a case with its rule, attempt and time.
func (c *call) why() (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	var events []bot.CaseEvent
	var model chat.Text
	err = c.view(func(r bot.Reader) (err error) {
		if events, err = r.Events(cs.ID, 0); err == nil {
			model, err = c.traces(r, &cs)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	text := chat.Say("").Bold(wordsWhyHead.In(c.lang, cs.Number))
	var lines []historyLine
	for _, e := range events {
		if s := c.reasonOf(e); s != "" {
			lines = append(lines, historyLine{e.At, s})
		}
	}
	if len(lines) == 0 {
		return c.answerText(wordsNoWhy.In(c.lang)), nil
	}
	const most = 60
	for _, l := range lines[max(0, len(lines)-most):] {
		text = text.Plain("\n").Moment(l.at, l.at.In(c.zone()).Format("01-02 15:04:05")).Plain("  " + l.say)
	}
	if len(model) > 0 {
		text = append(text.Plain("\n\n"), model...)
	}
	return c.answer(chat.Content{Text: text}), nil
}

// deliveryWords are what may become of a notification.
var deliveryWords = map[string]say.Words{
	"queued":    {EN: "queued", ZH: "排队中"},
	"sent":      {EN: "sent", ZH: "已发送"},
	"delivered": {EN: "delivered", ZH: "已送达"},
	"read":      {EN: "read", ZH: "已读"},
	"failed":    {EN: "failed", ZH: "失败"},
	"held":      {EN: "held back", ZH: "暂缓"},
	"acked":     {EN: "acknowledged", ZH: "已接单"},
}

// reasonOf is the sentence of a decision, or of an attempt to notify somebody.
func (c *call) reasonOf(e bot.CaseEvent) string {
	sentence := e.Reason.Sentence(c.lang)
	told := ""
	switch e.Type {
	case bot.EvPagingEnded:
		if e.Reason.Code == bot.WhyAcked {
			return "" // the acknowledgement says so
		}
	case bot.EvPaged, bot.EvAcked, bot.EvUnacked, bot.EvEscalated, bot.EvHeld, bot.EvReleased, bot.EvSnoozed, bot.EvAssigned, bot.EvSeverity:
		told = c.tellEvent(e)
	case bot.EvNotification:
		if sentence == "" {
			told = wordsSent.In(c.lang, c.in.Name(e.Person), e.Mode, deliveryWords[e.To].In(c.lang))
			if e.Text != "" {
				told += " (" + bot.Shorten(e.Text, 120) + ")"
			}
		}
	}
	switch {
	case told == "":
		return sentence
	case sentence == "":
		return told
	default:
		return wordsBoth.In(c.lang, told, sentence)
	}
}
