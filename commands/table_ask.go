package commands

import (
	"hotline/bot"
	"hotline/bot/say"
)

var scheduleArg = arg{name: "schedule", complete: true, help: say.Words{EN: "A schedule; all when left out", ZH: "值班表;不写则为全部"}}

// oneScheduleArg may be left out when there is only one schedule.
var oneScheduleArg = arg{name: "schedule", kind: argSchedule, complete: true, help: say.Words{EN: "A schedule; may be left out when there is one", ZH: "值班表;只有一个时可不写"}}

func whenArg(required bool) arg {
	return rest("when", "2h, 18:00-22:00, fri 18:00 to mon 09:00, 2026-12-01 to 2026-12-05", "2h、18:00-22:00、周五 18:00 至 周一 09:00、2026-12-01 至 2026-12-05", required)
}

func idArg(en, zh string) arg {
	return arg{name: "id", required: true, help: say.Words{EN: en, ZH: zh}}
}

func askVerbs() []verb {
	return []verb{
		{name: "why", aliases: []string{"explain", "为什么", "原因"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Every decision about a case, with its rule; “why not <person>” too", ZH: "查看工单的每个决定及依据;也可 why not <人员>"}, args: []arg{caseArg},
			subs: []verb{{name: "not", aliases: []string{"不", "没有"}, min: bot.RoleResponder, help: say.Words{EN: "Why somebody is not called", ZH: "为什么没有呼叫某人"},
				args: []arg{personArg, {name: "case", kind: argCase, complete: true, help: caseArg.help}}, run: (*call).whyNot},
				{name: "model", aliases: []string{"模型"}, min: bot.RoleLead, help: say.Words{EN: "What the language model was asked, in full", ZH: "查看语言模型的完整提问与回答"},
					args: []arg{caseArg, {name: "number", help: say.Words{EN: "Which call; the latest when left out", ZH: "第几次调用;不写则为最近一次"}}}, run: (*call).whyModel}},
			label: say.Words{EN: "Why?", ZH: "原因"}, run: (*call).why},
		{name: "sla", aliases: []string{"clock", "clocks", "时限"}, min: bot.RoleCustomer, slash: true,
			help: say.Words{EN: "The time limits of a case and how they were counted", ZH: "查看工单时限及计算过程"}, args: []arg{caseArg},
			subs: []verb{{name: "explain", aliases: []string{"说明", "解释"}, min: bot.RoleCustomer, help: say.Words{EN: "How the time limits were counted", ZH: "时限的计算过程"}, args: []arg{caseArg}, run: (*call).explainClocks}},
			run:  (*call).explainClocks},
		{name: "oncall", aliases: []string{"on-call", "duty", "值班"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Who is on call now; week, swap, cover and more", ZH: "谁在值班;还可查看一周、换班、代班"},
			args: []arg{scheduleArg}, subs: append(oncallViews(), oncallChanges()...), run: (*call).oncallNow},
	}
}

func oncallViews() []verb {
	days := arg{name: "days", help: say.Words{EN: "How many days", ZH: "天数"}}
	return []verb{
		{name: "now", aliases: []string{"现在", "当前"}, min: bot.RoleResponder, help: say.Words{EN: "Who is on call now", ZH: "当前值班人员"}, args: []arg{scheduleArg}, run: (*call).oncallNow},
		{name: "next", aliases: []string{"下一班"}, min: bot.RoleResponder, help: say.Words{EN: "Who comes next, and when", ZH: "下一班是谁、何时交接"}, args: []arg{scheduleArg}, run: (*call).oncallNext},
		{name: "week", aliases: []string{"本周", "一周"}, min: bot.RoleResponder, help: say.Words{EN: "The coming seven days", ZH: "未来七天"}, args: []arg{scheduleArg}, run: (*call).oncallWeek},
		{name: "overrides", aliases: []string{"changes", "安排"}, min: bot.RoleResponder, help: say.Words{EN: "What is arranged: overrides and absences", ZH: "临时安排与休假"}, args: []arg{scheduleArg}, run: (*call).overrides},
		{name: "covers", aliases: []string{"asks"}, min: bot.RoleResponder, help: say.Words{EN: "Who asks for cover", ZH: "代班请求列表"}, run: (*call).covers},
		{name: "check", aliases: []string{"检查"}, min: bot.RoleResponder, help: say.Words{EN: "Gaps and other problems in the coming days", ZH: "检查空档等问题"}, args: []arg{days}, run: (*call).check},
		{name: "fairness", aliases: []string{"fair", "公平"}, min: bot.RoleResponder, help: say.Words{EN: "Hours, nights and weekends per person", ZH: "每人值班时长、夜间与周末"}, args: []arg{scheduleArg, days}, run: (*call).fairness},
		{name: "feed", aliases: []string{"calendar", "ical", "日历"}, min: bot.RoleResponder, help: say.Words{EN: "Your shifts, or a schedule, as a calendar", ZH: "值班日历链接"}, args: []arg{scheduleArg}, run: (*call).feedLink},
	}
}

func oncallChanges() []verb {
	by := arg{name: "by", kind: argPerson, required: true, complete: true, help: say.Words{EN: "Who takes it", ZH: "由谁代替"}}
	return []verb{
		{name: "override", aliases: []string{"加班"}, min: bot.RoleResponder, help: say.Words{EN: "Put somebody on call for a while", ZH: "临时加一人值班"}, args: []arg{oneScheduleArg, personArg, whenArg(true)}, run: (*call).override},
		{name: "remove", aliases: []string{"下线"}, min: bot.RoleResponder, help: say.Words{EN: "Take somebody off call for a while", ZH: "临时让某人不值班"}, args: []arg{oneScheduleArg, personArg, whenArg(true)}, run: (*call).removeFromCall},
		{name: "replace", aliases: []string{"代替", "替班"}, min: bot.RoleResponder, help: say.Words{EN: "One person in place of another for a while", ZH: "一段时间内由他人代替"}, args: []arg{oneScheduleArg, personArg, by, whenArg(true)}, run: (*call).replace},
		{name: "take", aliases: []string{"接班"}, min: bot.RoleResponder, help: say.Words{EN: "Take the present shift yourself, now", ZH: "现在由我接班"}, args: []arg{oneScheduleArg, whenArg(false)}, run: (*call).take},
		{name: "cover", aliases: []string{"ask", "代班"}, min: bot.RoleResponder, help: say.Words{EN: "Ask the others to take your next shift, or a period", ZH: "请人代我的下一班或某时段"}, args: []arg{oneScheduleArg, whenArg(false)}, run: (*call).cover},
		{name: "accept", aliases: []string{"接受"}, min: bot.RoleResponder, help: say.Words{EN: "Accept a request for cover or a swap", ZH: "接受代班或换班"}, args: []arg{idArg("Id of the request", "请求编号")}, run: (*call).accept},
		{name: "swap", aliases: []string{"换班"}, min: bot.RoleResponder, help: say.Words{EN: "Ask somebody to swap next shifts with you", ZH: "与某人互换下一班"}, args: []arg{oneScheduleArg, personArg}, run: (*call).swap},
		{name: "off", aliases: []string{"vacation", "leave", "休假", "请假"}, min: bot.RoleResponder, help: say.Words{EN: "You are away: turns go to the next person", ZH: "休假,班次顺延给下一人"}, args: []arg{whenArg(true)}, run: (*call).off},
		{name: "undo", aliases: []string{"撤销"}, min: bot.RoleResponder, help: say.Words{EN: "Take back an override or an absence", ZH: "撤销临时安排或休假"}, args: []arg{idArg("Its id", "编号")}, run: (*call).undo},
	}
}

func peopleVerbs() []verb {
	return []verb{
		{name: "contact", aliases: []string{"contacts", "methods", "联系方式", "通知"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "How you are called: methods, rules, quiet hours", ZH: "设置呼叫方式、规则与免打扰"}, subs: contactVerbs(), run: (*call).listMethods},
		{name: "page", aliases: []string{"call", "呼叫"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Call somebody to a case; “page test” tries your methods", ZH: "呼叫某人协助;page test 测试联系方式"},
			args: []arg{caseArg, personArg},
			subs: []verb{{name: "test", aliases: []string{"测试"}, min: bot.RoleResponder, help: say.Words{EN: "Send a test by every method", ZH: "向所有联系方式发送测试"},
				args: []arg{{name: "person", kind: argPerson, complete: true, help: personArg.help}}, run: (*call).testPage}},
			run: func(c *call) (plan, error) {
				return c.toPerson(func(id string) bot.Command { return bot.AddResponder{To: id} }, wordsAdded)
			}},
		{name: "maintenance", aliases: []string{"window", "维护"}, min: bot.RoleResponder, slash: true,
			help: say.Words{EN: "Planned work: calls for it are held", ZH: "计划维护,期间暂停呼叫"},
			subs: []verb{
				{name: "list", aliases: []string{"列表"}, min: bot.RoleResponder, help: say.Words{EN: "Maintenance that is not over", ZH: "未结束的维护"}, run: (*call).listWindows},
				{name: "add", aliases: []string{"new", "新增"}, min: bot.RoleLead, help: say.Words{EN: "Hold calls for something during a time", ZH: "在某时段暂停某对象的呼叫"},
					args: []arg{{name: "what", required: true, help: say.Words{EN: "service:…, site:…, asset:… or customer:…", ZH: "service:…、site:…、asset:… 或 customer:…"}},
						rest("when", "A period, then the reason", "时间段,后接原因", true)}, run: (*call).addWindow},
				{name: "end", aliases: []string{"stop", "结束"}, min: bot.RoleResponder, help: say.Words{EN: "End it now", ZH: "立即结束"}, args: []arg{idArg("Its id", "编号")}, run: (*call).endWindow},
			}, run: (*call).listWindows},
	}
}

func contactVerbs() []verb {
	return []verb{
		{name: "list", aliases: []string{"列表"}, min: bot.RoleResponder, help: say.Words{EN: "How you are reached", ZH: "查看联系方式"}, run: (*call).listMethods},
		{name: "add", aliases: []string{"添加"}, min: bot.RoleResponder, help: say.Words{EN: "Add a way to reach you; a code proves it", ZH: "添加联系方式,需验证码确认"},
			args: []arg{{name: "platform", kind: argChoice, required: true, choices: platformChoices(), help: say.Words{EN: "mail, sms, voice, ntfy, webhook or shoutrrr", ZH: "mail、sms、voice、ntfy、webhook 或 shoutrrr"}},
				{name: "address", required: true, help: say.Words{EN: "The address", ZH: "地址"}}}, run: (*call).addMethod},
		{name: "verify", aliases: []string{"code", "验证"}, min: bot.RoleResponder, help: say.Words{EN: "Prove a method with the code you received", ZH: "输入收到的验证码"},
			args: []arg{{name: "code", required: true, help: say.Words{EN: "Six digits", ZH: "六位数字"}}}, run: (*call).verify},
		{name: "remove", aliases: []string{"delete", "移除", "删除"}, min: bot.RoleResponder, help: say.Words{EN: "Remove a method you added", ZH: "移除联系方式"},
			args: []arg{{name: "method", required: true, help: say.Words{EN: "Its id", ZH: "联系方式 ID"}}}, run: (*call).removeMethod},
		{name: "rules", aliases: []string{"规则"}, min: bot.RoleResponder, help: say.Words{EN: "Which method after how long, for which severity", ZH: "各级别多久后用哪种方式"},
			args: []arg{rest("rules", "chat 0m, mail 5m, sms 2m sev1-2; or clear", "chat 0m, mail 5m, sms 2m sev1-2;或 clear", false)}, run: (*call).setRules},
		{name: "quiet", aliases: []string{"免打扰"}, min: bot.RoleResponder, help: say.Words{EN: "Quiet hours, and the severities that break them", ZH: "免打扰时段及例外级别"},
			args: []arg{rest("hours", "22:00-07:00 except 1-2; or off", "22:00-07:00 except 1-2;或 off", true)}, run: (*call).setQuiet},
	}
}
