package commands

import (
	"hotline/bot"
	"hotline/bot/say"
)

// table is the table of verbs, in the order of help. It is made anew for each use,
// so that nobody can change another's.
func table() []verb {
	var t []verb
	t = append(t, reportVerbs()...)
	t = append(t, answerVerbs()...)
	t = append(t, workVerbs()...)
	t = append(t, changeVerbs()...)
	t = append(t, assistVerbs()...)
	t = append(t, askVerbs()...)
	t = append(t, peopleVerbs()...)
	t = append(t, buttonVerbs()...)
	t = append(t, kbButtons()...)
	t = append(t, draftVerbs()...)
	return t
}

// caseArg is the number of a case; inside the case's thread it may be left out.
var caseArg = arg{name: "case", kind: argCase, required: true, complete: true, help: say.Words{EN: "Case number, such as F-10427", ZH: "工单号,例如 F-10427"}}

func rest(name, en, zh string, required bool) arg {
	return arg{name: name, kind: argRest, required: required, help: say.Words{EN: en, ZH: zh}}
}

func reportVerbs() []verb {
	return []verb{
		{name: "report", aliases: []string{"报障", "报修", "提交"}, min: bot.RoleCustomer, slash: true,
			help:     say.Words{EN: "Report a fault or ask a question", ZH: "报告故障或提问"},
			args:     []arg{rest("text", "What is wrong, since when, for whom", "什么问题、何时开始、影响谁", true)},
			label:    say.Words{EN: "Report", ZH: "报障"},
			shortcut: say.Words{EN: "Make it a case", ZH: "转为工单"},
			form:     reportForm, run: (*call).report},
		{name: "status", aliases: []string{"state", "查询", "状态", "进度"}, min: bot.RoleCustomer, slash: true,
			help: say.Words{EN: "How a case stands; without a number, all of yours", ZH: "查询工单进度;不带工单号则列出你的工单"},
			args: []arg{{name: "case", kind: argCase, complete: true, help: caseArg.help}},
			run:  (*call).status},
		{name: "case", aliases: []string{"show", "工单", "详情"}, min: bot.RoleCustomer, slash: true,
			help: say.Words{EN: "Everything about a case, with its history", ZH: "查看工单详情与经过"},
			args: []arg{caseArg}, run: (*call).showCase},
	}
}

func answerVerbs() []verb {
	return []verb{
		{name: "confirm", aliases: []string{"fixed", "works", "确认", "已恢复", "验证"}, min: bot.RoleCustomer, slash: true,
			help: say.Words{EN: "Yes, it works again: close the case", ZH: "确认已恢复,关闭工单"}, args: []arg{caseArg},
			label: say.Words{EN: "Yes, it works", ZH: "已恢复"},
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) { return bot.Confirm{}, nil }, wordsConfirmed)
			}},
		{name: "reopen", aliases: []string{"重开", "未解决"}, min: bot.RoleCustomer, slash: true,
			help: say.Words{EN: "Not fixed after all: open the case again", ZH: "问题未解决,重新打开工单"},
			args: []arg{caseArg, rest("text", "What still happens", "目前的现象", false)}, label: say.Words{EN: "Not fixed", ZH: "未解决"},
			form: reopenForm, ask: func(c *call) bool { return c.tap },
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) { return bot.Reopen{Text: c.args["text"]}, nil }, wordsReopened)
			}},
		{name: "rate", aliases: []string{"评分", "评价", "满意度"}, min: bot.RoleCustomer, slash: true,
			help: say.Words{EN: "Rate how a case was handled, 1 to 5", ZH: "为处理结果评分,1 到 5 分"},
			args: []arg{caseArg, {name: "score", required: true, help: say.Words{EN: "1 (bad) to 5 (good)", ZH: "1(差)到 5(好)"},
				choices: scoreChoices()}, rest("comment", "What went well or badly", "说明", false)},
			form: rateForm, ask: lowScore, run: (*call).rate},
		{name: "kb", aliases: []string{"知识库", "知识"}, min: bot.RoleCustomer, slash: true,
			help: say.Words{EN: "Search for a known fix", ZH: "搜索已知解决办法"},
			args: []arg{rest("words", "What happens, a case number, or an article; “faq:” before it finds only FAQs", "现象关键词、工单号或条目号;前加“常见问题:”只找此类", true)},
			subs: kbVerbs(), run: (*call).searchKB},
		{name: "lang", aliases: []string{"language", "语言"}, min: bot.RoleNone, slash: true,
			help: say.Words{EN: "Choose the language you are answered in", ZH: "选择回复语言"},
			args: []arg{{name: "language", kind: argChoice, required: true, help: say.Words{EN: "en or zh", ZH: "en 或 zh"},
				choices: []choice{{value: "en", label: say.Words{EN: "English", ZH: "英文"}, also: []string{"english"}},
					{value: "zh", label: say.Words{EN: "Chinese", ZH: "中文"}, also: []string{"chinese", "中文", "汉语", "zh-cn"}}}}},
			run: (*call).setLang},
		{name: "help", aliases: []string{"commands", "?", "帮助", "命令"}, min: bot.RoleNone, slash: true,
			help: say.Words{EN: "What you can do here", ZH: "查看你可以做什么"},
			args: []arg{{name: "verb", complete: true, help: say.Words{EN: "A command", ZH: "命令名"}}}, run: (*call).help},
	}
}

func workVerbs() []verb {
	return []verb{
		{name: "ack", aliases: []string{"acknowledge", "take", "接单", "认领"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Take a case; paging stops", ZH: "接单,停止呼叫"}, args: []arg{caseArg}, label: say.Words{EN: "Acknowledge", ZH: "接单"},
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) { return bot.Acknowledge{Gen: c.gen}, nil }, wordsAcked)
			}},
		{name: "unack", aliases: []string{"giveback", "退回", "退单"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Give a case back; paging starts again", ZH: "退回工单,重新呼叫"}, args: []arg{caseArg}, label: say.Words{EN: "Give back", ZH: "退回"},
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) { return bot.Unacknowledge{}, nil }, wordsUnacked)
			}},
		{name: "start", aliases: []string{"begin", "开始"}, min: bot.RoleResponder,
			help: say.Words{EN: "Say that work has begun", ZH: "标记开始处理"}, args: []arg{caseArg},
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) { return bot.Start{}, nil }, wordsStarted)
			}},
		{name: "note", aliases: []string{"备注", "记录"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Add an internal note the customer never sees", ZH: "添加内部备注,客户看不到"},
			args: []arg{caseArg, rest("text", "The note", "备注内容", true)}, label: say.Words{EN: "Note", ZH: "备注"}, form: noteForm,
			shortcut: say.Words{EN: "Add as internal note", ZH: "添加为内部备注"},
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) { return bot.Note{Text: c.args["text"]}, nil }, wordsNoted)
			}},
		{name: "reply", aliases: []string{"answer", "回复", "答复"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Answer the customer where they wrote", ZH: "回复客户"},
			args: []arg{caseArg, rest("text", "What the customer reads", "客户将看到的内容", true)}, label: say.Words{EN: "Reply", ZH: "回复客户"}, form: replyForm,
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) { return bot.Say{Text: c.args["text"], Relay: true}, nil }, wordsReplied)
			}},
		{name: "resolve", aliases: []string{"solve", "解决"}, min: bot.RoleResponder, slash: true,
			help:  say.Words{EN: "Record the fix; the customer is asked to confirm", ZH: "填写解决方案,请客户确认"},
			args:  []arg{caseArg, rest("solution", "What fixed it; “cause: …; fix: …” keeps them apart", "如何修复;可写“原因:…;方案:…”", true)},
			label: say.Words{EN: "Resolve", ZH: "解决"}, form: resolveForm, run: (*call).resolve},
		{name: "close", aliases: []string{"关闭"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Close a resolved case without waiting", ZH: "直接关闭已解决的工单"}, args: []arg{caseArg},
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) { return bot.Close{}, nil }, wordsClosed)
			}},
		{name: "queue", aliases: []string{"list", "队列", "待办"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Open cases, the worst first", ZH: "按严重程度列出未完成工单"},
			args: []arg{{name: "filter", complete: true, help: say.Words{EN: "new, waiting, a customer or a service", ZH: "new、waiting、客户或服务"}}},
			run:  (*call).queue},
		{name: "mine", aliases: []string{"my", "我的"}, min: bot.RoleCustomer, slash: true,
			help: say.Words{EN: "Your open cases", ZH: "你的未完成工单"}, run: (*call).mine},
	}
}

func scoreChoices() []choice {
	var out []choice
	for _, s := range []string{"5", "4", "3", "2", "1"} {
		out = append(out, choice{value: s, label: say.Words{EN: s, ZH: s + " 分"}})
	}
	return out
}
