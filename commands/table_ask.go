package commands

import (
	"hotline/bot"
	"hotline/bot/say"
)

var scheduleArg = arg{name: "schedule", complete: true, help: say.Words{EN: "A schedule; all when left out", ZH: "值班表;不写则为全部"}}

func askVerbs() []verb {
	return []verb{
		{name: "why", aliases: []string{"explain", "为什么", "原因"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Every decision about a case, with its rule", ZH: "查看工单的每个决定及依据"}, args: []arg{caseArg},
			label: say.Words{EN: "Why?", ZH: "原因"}, run: (*call).why},
		{name: "oncall", aliases: []string{"on-call", "duty", "值班"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Who is on call now; week, swap, cover and more", ZH: "谁在值班;还可查看一周、换班、代班"},
			args: []arg{scheduleArg}, subs: oncallVerbs(), run: (*call).oncallNow},
	}
}

func oncallVerbs() []verb {
	return []verb{
		{name: "now", aliases: []string{"现在"}, min: bot.RoleResponder, help: say.Words{EN: "Who is on call now", ZH: "当前值班人员"}, args: []arg{scheduleArg}, run: (*call).oncallNow},
		{name: "next", aliases: []string{"下一班"}, min: bot.RoleResponder, help: say.Words{EN: "Who comes next, and when", ZH: "下一班是谁、何时交接"}, args: []arg{scheduleArg}, run: (*call).oncallNext},
		{name: "week", aliases: []string{"本周", "一周"}, min: bot.RoleResponder, help: say.Words{EN: "The coming seven days", ZH: "未来七天"}, args: []arg{scheduleArg}, run: (*call).oncallWeek},
	}
}

func peopleVerbs() []verb { return nil }
