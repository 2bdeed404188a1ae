package commands

import (
	"hotline/bot"
	"hotline/bot/say"
)

var personArg = arg{name: "person", kind: argPerson, required: true, complete: true, help: say.Words{EN: "Whose id or name", ZH: "人员 ID 或姓名"}}

func changeVerbs() []verb {
	return []verb{
		{name: "assign", aliases: []string{"give", "handover", "指派", "转派", "移交", "交接"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Give a case to somebody", ZH: "将工单指派给某人"}, args: []arg{caseArg, personArg},
			run: func(c *call) (plan, error) {
				return c.toPerson(func(id string) bot.Command { return bot.Assign{To: id} }, wordsAssigned)
			}},
		{name: "add", aliases: []string{"invite", "协助", "加人"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Call one more person to a case", ZH: "再呼叫一人协助"}, args: []arg{caseArg, personArg},
			run: func(c *call) (plan, error) {
				return c.toPerson(func(id string) bot.Command { return bot.AddResponder{To: id} }, wordsAdded)
			}},
		{name: "escalate", aliases: []string{"升级"}, min: bot.RoleResponder, slash: true,
			help:  say.Words{EN: "Call the next step, or a person, schedule or team, now", ZH: "立即升级到下一步,或指定人员、值班表、团队"},
			args:  []arg{caseArg, rest("reason", "Why; begin with “to <who>:” to name somebody", "原因;可用“to <对象>:”指定", false)},
			label: say.Words{EN: "Escalate", ZH: "升级"}, form: escalateForm, ask: func(c *call) bool { return c.tap }, run: (*call).escalate},
		{name: "severity", aliases: []string{"sev", "level", "级别"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Change the severity, with a reason", ZH: "调整故障级别,需说明原因"},
			args: []arg{caseArg, {name: "severity", required: true, help: say.Words{EN: "1 (system down) to 4 (minor)", ZH: "1(中断)到 4(轻微)"}},
				rest("reason", "Why", "原因", true)}, form: severityForm, run: (*call).severity},
		{name: "class", aliases: []string{"类别"}, min: bot.RoleResponder,
			help: say.Words{EN: "Change what a case is: F, Q, C or P, with a reason", ZH: "调整工单类别:F、Q、C、P,需说明原因"},
			args: []arg{caseArg, {name: "class", kind: argChoice, required: true, choices: classChoices(), help: say.Words{EN: "f fault, q question, c complaint, p planned", ZH: "f 故障、q 咨询、c 投诉、p 计划"}},
				rest("reason", "Why", "原因", true)},
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) {
					return bot.SetClass{Class: bot.Class(upper(c.args["class"])), Reason: c.args["reason"]}, nil
				}, wordsChanged)
			}},
		{name: "wait", aliases: []string{"hold", "等待"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Wait for the customer or for others, with a reason", ZH: "等待客户或第三方,需说明原因"},
			args: []arg{caseArg, {name: "whom", kind: argChoice, required: true, help: say.Words{EN: "customer or others", ZH: "customer(客户)或 others(第三方)"},
				choices: []choice{{value: "customer", label: say.Words{EN: "the customer", ZH: "客户"}}, {value: "others", label: say.Words{EN: "others", ZH: "第三方"}, also: []string{"vendor", "其他", "厂商"}}}},
				rest("reason", "What you wait for; the customer reads it", "等待什么,客户会看到", true)},
			run: (*call).wait},
		{name: "resume", aliases: []string{"continue", "继续", "恢复处理"}, min: bot.RoleResponder,
			help: say.Words{EN: "Go on after waiting", ZH: "结束等待,继续处理"}, args: []arg{caseArg},
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) { return bot.Resume{}, nil }, wordsResumed)
			}},
		{name: "respond", aliases: []string{"responded", "响应"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Record how the customer was answered", ZH: "登记如何响应了客户"},
			args: []arg{caseArg, {name: "how", kind: argChoice, required: true, choices: modeChoices(), help: say.Words{EN: "remote, phone, email, arrival or other", ZH: "远程、电话、邮件、到场或其他"}},
				rest("text", "What was said or done", "说明", false)},
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) {
					return bot.Respond{Mode: c.args["how"], Text: c.args["text"]}, nil
				}, wordsResponded)
			}},
		{name: "restore", aliases: []string{"workaround", "恢复"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Service is back by a workaround", ZH: "已通过临时方案恢复服务"},
			args: []arg{caseArg, rest("text", "What the customer reads", "客户将看到的说明", false)},
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) { return bot.Restore{Text: c.args["text"]}, nil }, wordsRestored)
			}},
		{name: "snooze", aliases: []string{"later", "暂停", "稍后"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Silence a case for a while", ZH: "暂停提醒一段时间"},
			args: []arg{caseArg, {name: "time", required: true, help: say.Words{EN: "How long, such as 2h, or until when, such as 18:00", ZH: "时长如 2h,或时刻如 18:00"}}}, run: (*call).snooze},
		{name: "cancel", aliases: []string{"取消"}, min: bot.RoleResponder,
			help: say.Words{EN: "End a case that was none, with a reason", ZH: "取消误报的工单,需说明原因"},
			args: []arg{caseArg, rest("reason", "Why; the customer reads it", "原因,客户会看到", true)},
			run: func(c *call) (plan, error) {
				return c.on(func(bot.Case) (bot.Command, error) { return bot.Cancel{Reason: c.args["reason"]}, nil }, wordsCancelled)
			}},
		{name: "drill", aliases: []string{"演练"}, min: bot.RoleLead,
			help: say.Words{EN: "Open a case that is only an exercise", ZH: "发起一次演练"},
			args: []arg{rest("text", "What is exercised", "演练内容", true)}, run: (*call).drill},
		{name: "merge", aliases: []string{"duplicate", "合并", "重复"}, min: bot.RoleResponder,
			help: say.Words{EN: "Make a case a duplicate of another", ZH: "将工单合并到另一工单"},
			args: []arg{caseArg, {name: "into", required: true, complete: true, help: say.Words{EN: "The case that goes on", ZH: "保留的工单号"}}}, run: (*call).merge},
	}
}

func classChoices() []choice {
	return []choice{
		{value: "f", label: say.Words{EN: "fault", ZH: "故障"}}, {value: "q", label: say.Words{EN: "question", ZH: "咨询"}},
		{value: "c", label: say.Words{EN: "complaint", ZH: "投诉"}}, {value: "p", label: say.Words{EN: "planned", ZH: "计划"}},
	}
}

func modeChoices() []choice {
	return []choice{
		{value: "remote", label: say.Words{EN: "remotely", ZH: "远程"}}, {value: "phone", label: say.Words{EN: "by phone", ZH: "电话"}, also: []string{"call"}},
		{value: "email", label: say.Words{EN: "by email", ZH: "邮件"}, also: []string{"mail"}}, {value: "arrival", label: say.Words{EN: "on site", ZH: "到场"}, also: []string{"onsite", "现场"}},
		{value: "other", label: say.Words{EN: "otherwise", ZH: "其他"}},
	}
}

// buttonVerbs are the actions that only buttons have.
func buttonVerbs() []verb {
	hidden := func(name, outcome string) verb {
		return verb{name: name, min: bot.RoleCustomer, hidden: true, help: say.Words{EN: "What became of a suggestion", ZH: "建议的结果"},
			args: []arg{caseArg, {name: "article", required: true, help: say.Words{EN: "Article", ZH: "知识条目"}}},
			run:  func(c *call) (plan, error) { return c.tried(outcome) }}
	}
	return []verb{
		hidden("solved", bot.TriedSolved), hidden("nothelp", bot.TriedNot), hidden("notsame", bot.TriedOther), hidden("isit", bot.TriedSame),
	}
}
