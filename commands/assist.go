package commands

import (
	"strconv"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsNoModel   = say.Words{EN: "No language model is connected.", ZH: "未连接语言模型。"}
	wordsNoModelDo = say.Words{EN: "/case shows what happened, /kb finds fixes.", ZH: "可用 /case 查看经过,用 /kb 查找解决办法。"}
	wordsNoDraft   = say.Words{EN: "That draft is not there any more.", ZH: "该草稿已不存在。"}
	wordsDraftSent = say.Words{EN: "That was sent already.", ZH: "该草稿已发送。"}
	wordsDraftNew  = say.Words{EN: "/draft makes a new one, /reply sends your own words.", ZH: "用 /draft 重新起草,或用 /reply 直接回复。"}
	wordsNoTraces  = say.Words{EN: "The language model was not asked about %s.", ZH: "%s 未使用过语言模型。"}
	wordsTraceHead = say.Words{EN: "What the language model was asked about %s", ZH: "%s 的语言模型调用记录"}
	wordsTraceMore = say.Words{EN: "/why model %s %d shows one in full.", ZH: "用 /why model %s %d 查看全文。"}
	wordsTraceLine = say.Words{EN: "%d. %s by %s: %s, %d tokens, %d ms", ZH: "%d. %s,%s:%s,%d 个 token,%d 毫秒"}
	wordsTraceFrom = say.Words{EN: "from %s", ZH: "依据 %s"}
	wordsPrompt    = say.Words{EN: "Prompt", ZH: "提示词"}
	wordsItsAnswer = say.Words{EN: "Answer", ZH: "回答"}
)

var traceResults = map[string]say.Words{
	bot.TraceUsed:    {EN: "used", ZH: "已采用"},
	bot.TraceRefused: {EN: "refused", ZH: "未采用"},
	bot.TraceFailed:  {EN: "failed", ZH: "失败"},
}

var traceTasks = map[string]say.Words{
	"keywords": {EN: "keywords", ZH: "关键词"}, "rerank": {EN: "order of the hits", ZH: "排序"},
	"answer": {EN: "answer", ZH: "回答"}, "reply": {EN: "draft of a reply", ZH: "回复草稿"},
	"handover": {EN: "summary", ZH: "摘要"}, "translate": {EN: "translation", ZH: "翻译"},
}

// assistVerbs are what a responder can ask the language model for.
func assistVerbs() []verb {
	return []verb{
		{name: "summary", aliases: []string{"sum", "摘要", "小结"}, min: bot.RoleResponder, slash: true, assisted: true,
			help: say.Words{EN: "A case summed up by the language model, for you alone", ZH: "由语言模型生成工单摘要,仅你可见"}, args: []arg{caseArg},
			run: func(c *call) (plan, error) { return c.askModel(bot.AskSummary) }},
		{name: "draft", aliases: []string{"草稿", "起草"}, min: bot.RoleResponder, slash: true, assisted: true,
			help: say.Words{EN: "A reply to the customer drafted by the language model; you send it", ZH: "由语言模型起草回复,由你发送"}, args: []arg{caseArg},
			run: func(c *call) (plan, error) { return c.askModel(bot.AskDraft) }},
	}
}

// draftArg is the number of the event that holds a draft.
var draftArg = arg{name: "draft", required: true, help: say.Words{EN: "Number of the draft", ZH: "草稿编号"}}

// draftVerbs are the buttons below a draft.
func draftVerbs() []verb {
	return []verb{
		{name: "senddraft", min: bot.RoleResponder, hidden: true, help: say.Words{EN: "Send a draft to the customer", ZH: "将草稿发送给客户"},
			args: []arg{caseArg, draftArg}, run: (*call).sendDraft},
		{name: "editdraft", min: bot.RoleResponder, hidden: true, help: say.Words{EN: "Edit a draft, then send it", ZH: "编辑草稿后发送"},
			args: []arg{caseArg, draftArg}, form: draftForm, ask: func(c *call) bool { return c.tap }, run: (*call).sendDraft},
	}
}

// draftForm holds the draft, as long as it is in memory; later it is empty.
func draftForm(c *call) *chat.Form {
	if c.args["text"] == "" {
		c.args["text"] = c.index.draft(c.args["case"], c.args["draft"])
	}
	return c.newForm(say.Words{EN: "Reply", ZH: "回复客户"}, c.args["draft"],
		c.area("text", say.Words{EN: "Answer to the customer", ZH: "回复内容"}, wordsCustomerSees, true))
}

// askModel has the language model do something about a case for the person who asks.
func (c *call) askModel(task string) (plan, error) {
	if !c.in.Org.Assisted {
		return nil, c.refuse(bot.ErrUnavailable, wordsNoModel, wordsNoModelDo)
	}
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	return func(tx bot.Tx) error { return c.desk.Ask(tx, c.ask(task, cs.ID, "")) }, nil
}

func (c *call) ask(task string, caseID int64, text string) bot.Ask {
	return bot.Ask{Task: task, Case: caseID, Text: bot.Shorten(text, 1000), Lang: c.lang, Person: c.in.Actor.ID, Letter: c.private(chat.Content{})}
}

// andAnswer has the language model answer a search of somebody of the hotline, after
// what was found is shown.
func (c *call) andAnswer(p plan, words string, found bot.Found) plan {
	if !c.in.Org.Assisted || !c.in.Actor.Role.Staff() || len(found.Hits) == 0 {
		return p
	}
	var caseID int64
	if cs, err := c.theCase(); c.args["case"] != "" && err == nil {
		caseID = cs.ID
	}
	return func(tx bot.Tx) error {
		if err := p(tx); err != nil {
			return err
		}
		return c.desk.Ask(tx, c.ask(bot.AskAnswer, caseID, words))
	}
}

// sendDraft sends a draft to the customer, as it is or as it was edited, in the name
// of whoever pressed the button; once.
func (c *call) sendDraft() (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	seq, err := strconv.Atoi(c.args["draft"])
	if err != nil || seq < 1 {
		return nil, c.refuse(bot.ErrInvalid, wordsNoDraft, wordsDraftNew)
	}
	return func(tx bot.Tx) error {
		events, err := tx.Events(cs.ID, seq-1)
		if err != nil {
			return err
		}
		if len(events) == 0 || events[0].Seq != seq || events[0].Type != bot.EvDrafted {
			return c.refuse(bot.ErrNotFound, wordsNoDraft, wordsDraftNew)
		}
		text := firstSet(c.args["text"], events[0].Text)
		for _, e := range events {
			if e.Type == bot.EvSaid && e.Actor.Role.Staff() && e.Text == text {
				return c.refuse(bot.ErrConflict, wordsDraftSent, wordsDraftNew)
			}
		}
		if _, err := c.apply(tx, cs.ID, bot.Say{Text: text, Relay: true}); err != nil {
			return err
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsReplied.In(c.lang, cs.Number))})
	}, nil
}

// traceLine tells one call to the model in a line.
func (c *call) traceLine(n int, t bot.Trace) string {
	line := wordsTraceLine.In(c.lang, n, traceTasks[t.Task].In(c.lang), t.Model, traceResults[t.Result].In(c.lang), t.Tokens, t.Millis)
	if len(t.Sources) > 0 {
		line += ", " + wordsTraceFrom.In(c.lang, strings.Join(t.Sources, " "))
	}
	if t.Why != "" {
		line += " – " + t.Why
	}
	return line
}

// traces lists the calls to the model about a case, for leads.
func (c *call) traces(r bot.Reader, cs *bot.Case) (chat.Text, error) {
	if !c.in.Actor.Role.AtLeast(bot.RoleLead) {
		return nil, nil
	}
	list, err := bot.Traces(r, cs.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	text := chat.Say("").Bold(wordsTraceHead.In(c.lang, cs.Number))
	for i, t := range list {
		text = text.Plain("\n").Moment(t.At, t.At.In(c.zone()).Format("01-02 15:04:05")).Plain("  " + c.traceLine(i+1, t))
	}
	return text.Plain("\n" + wordsTraceMore.In(c.lang, cs.Number, len(list))), nil
}

// whyModel shows one call to the model in full: the latest, or the one with a number.
func (c *call) whyModel() (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	var list []bot.Trace
	err = c.view(func(r bot.Reader) (err error) {
		list, err = bot.Traces(r, cs.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(c.args["number"])
	if err != nil || n < 1 {
		n = len(list)
	}
	if n > len(list) || len(list) == 0 {
		return nil, c.refuse(bot.ErrNotFound, wordsNoTraces, wordsNoModelDo, cs.Number)
	}
	t := list[n-1]
	return c.answer(chat.Content{Text: chat.Say("").Bold(c.traceLine(n, t)).Plain("\n").Bold(wordsPrompt.In(c.lang)).Plain("\n").Code(t.Prompt).Plain("\n").
		Bold(wordsItsAnswer.In(c.lang)).Plain("\n").Code(firstSet(t.Answer, "–"))}), nil
}
