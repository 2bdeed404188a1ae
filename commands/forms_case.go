package commands

import (
	"hotline/bot/chat"
	"hotline/bot/say"
)

func reportForm(c *call) *chat.Form {
	sev := c.pick("severity", say.Words{EN: "How bad is it?", ZH: "严重程度"}, false, "", c.severityChoices()...)
	return c.newForm(say.Words{EN: "Report", ZH: "报障"}, "",
		c.area("text", say.Words{EN: "What is wrong?", ZH: "发生了什么?"},
			say.Words{EN: "Since when, for whom, what you see", ZH: "何时开始、影响谁、看到什么"}, true),
		sev,
		c.line("serial", say.Words{EN: "Serial number, if it is a device", ZH: "设备序列号(如有)"}, false, 100),
		c.line("site", say.Words{EN: "Site", ZH: "站点"}, false, 100),
		c.line("contact", say.Words{EN: "How to reach you", ZH: "联系方式"}, false, 200))
}

func resolveForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "Resolve", ZH: "解决"}, "",
		c.area("solution", say.Words{EN: "What fixed it?", ZH: "如何修复的?"}, wordsCustomerSees, true),
		c.area("cause", say.Words{EN: "What was the cause?", ZH: "原因是什么?"},
			say.Words{EN: "Helps the next time", ZH: "便于下次参考"}, false))
}

func noteForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "Note", ZH: "备注"}, "",
		c.area("text", say.Words{EN: "Internal note", ZH: "内部备注"}, wordsInternalOnly, true))
}

func replyForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "Reply", ZH: "回复客户"}, "",
		c.area("text", say.Words{EN: "Answer to the customer", ZH: "回复内容"}, wordsCustomerSees, true))
}

func reopenForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "Not fixed", ZH: "未解决"}, "",
		c.area("text", say.Words{EN: "What still happens?", ZH: "目前还有什么现象?"}, say.Words{}, false))
}

func rateForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "Thank you", ZH: "感谢评价"}, c.args["score"],
		c.area("comment", say.Words{EN: "What should we do better?", ZH: "我们哪里可以改进?"}, say.Words{}, false))
}

func escalateForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "Escalate", ZH: "升级"}, "",
		c.area("reason", say.Words{EN: "Why?", ZH: "升级原因"}, wordsInternalOnly, false),
		c.line("to", say.Words{EN: "To whom? Empty: the next step", ZH: "升级给谁?留空为下一步"}, false, 100))
}

func severityForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "Severity", ZH: "故障级别"}, "",
		c.pick("severity", say.Words{EN: "Severity", ZH: "级别"}, true, c.args["severity"], c.severityChoices()...),
		c.line("reason", say.Words{EN: "Why?", ZH: "原因"}, true, 500))
}
