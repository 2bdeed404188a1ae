package commands

import (
	"strings"

	"hotline/bot"
	"hotline/bot/say"
)

var articleArg = arg{name: "article", required: true, complete: true, help: say.Words{EN: "Article, such as KB-12", ZH: "知识条目,如 KB-12"}}

// ofArticle is a verb of /kb that is about one article. Without one, and with words
// that are none, the line is a search.
func ofArticle(v verb, more ...arg) verb {
	v.args = append([]arg{articleArg}, more...)
	v.fits = func(_ bot.Role, rest string) bool {
		words := split(rest)
		if len(words) == 0 {
			return true
		}
		_, ok := looksLikeArticle(words[0].text)
		return ok
	}
	return v
}

// written is a verb of /kb that takes parts between bars; for a customer a line
// without any is a search.
func written(v verb) verb {
	v.fits = func(role bot.Role, rest string) bool {
		return role.Staff() || strings.TrimSpace(rest) == "" || strings.ContainsAny(rest, "|｜")
	}
	return v
}

// alone is a verb of /kb that takes nothing: with words behind it the line is a search.
func alone(v verb) verb {
	v.fits = func(_ bot.Role, rest string) bool { return strings.TrimSpace(rest) == "" }
	return v
}

func kbVerbs() []verb {
	return append(append(writeVerbs(), reviewVerbs()...), lookVerbs()...)
}

func writeVerbs() []verb {
	return []verb{
		written(verb{name: "add", aliases: []string{"write", "新增", "添加"}, min: bot.RoleResponder, help: say.Words{EN: "Write an article: title | symptom | solution", ZH: "新增知识:标题 | 现象 | 解决方法"},
			args: []arg{rest("text", "title | symptom | solution", "标题 | 现象 | 解决方法", true)}, form: articleForm, run: (*call).addArticle}),
		ofArticle(verb{name: "edit", aliases: []string{"编辑", "修改"}, min: bot.RoleResponder, help: say.Words{EN: "Change an article; empty fields stay as they are", ZH: "修改知识条目,留空则不变"},
			form: editForm, run: (*call).editArticle}, rest("solution", "The new solution", "新的解决方法", true)),
		ofArticle(verb{name: "kind", aliases: []string{"类型"}, min: bot.RoleResponder, help: say.Words{EN: "Say what an article is: case, faq, tip, release or archive", ZH: "设置类型:案例、常见问题、技巧、版本说明、归档"},
			run: (*call).setKind}, arg{name: "kind", kind: argChoice, required: true, choices: kindChoices(), help: say.Words{EN: "case, faq, tip, release or archive", ZH: "案例、常见问题、技巧、版本说明或归档"}}),
		ofArticle(verb{name: "known", aliases: []string{"已知"}, min: bot.RoleResponder, help: say.Words{EN: "Mark an article as a known problem; “off” takes it back", ZH: "标记为已知问题;加 off 取消"},
			run: (*call).setKnown}, arg{name: "off", kind: argChoice, choices: []choice{{value: "off", label: say.Words{EN: "off", ZH: "取消"}}}, help: say.Words{EN: "off to take it back", ZH: "off 表示取消"}}),
		ofArticle(verb{name: "fixed", aliases: []string{"修复"}, min: bot.RoleResponder, help: say.Words{EN: "Write the fix of a known problem; once published, waiting customers are told", ZH: "填写已知问题的修复方法,发布后通知等待的客户"},
			run: (*call).fixKnown}, rest("solution", "What fixes it; customers read it", "修复方法,客户会看到", true)),
		ofArticle(verb{name: "link", aliases: []string{"关联"}, min: bot.RoleResponder, help: say.Words{EN: "Link a case to a known problem; the customer gets the workaround", ZH: "将工单关联到已知问题,客户会收到临时办法"},
			run: (*call).linkKnown}, caseArg),
		{name: "unlink", aliases: []string{"取消关联"}, min: bot.RoleResponder, help: say.Words{EN: "Take a case off its known problem", ZH: "取消工单与已知问题的关联"}, args: []arg{caseArg},
			fits: func(_ bot.Role, rest string) bool { return len(split(rest)) <= 1 }, run: (*call).unlinkKnown},
	}
}

func reviewVerbs() []verb {
	return []verb{
		alone(verb{name: "review", aliases: []string{"drafts", "审核", "草稿"}, min: bot.RoleResponder, help: say.Words{EN: "Drafts that wait for a second person", ZH: "待审核的草稿"}, run: (*call).review}),
		ofArticle(verb{name: "publish", aliases: []string{"发布"}, min: bot.RoleResponder, help: say.Words{EN: "Publish a draft of somebody else", ZH: "发布他人的草稿"}, run: (*call).publish}),
		ofArticle(verb{name: "dismiss", aliases: []string{"不采用"}, min: bot.RoleResponder, help: say.Words{EN: "Drop what waits for a review", ZH: "不采用待审核的内容"}, run: (*call).dismiss}),
		ofArticle(verb{name: "merge", aliases: []string{"合并"}, min: bot.RoleResponder, help: say.Words{EN: "Merge an article into another that tells the same", ZH: "合并到内容相同的另一条目"}, run: (*call).mergeArticle},
			arg{name: "into", required: true, complete: true, help: say.Words{EN: "The article that goes on", ZH: "保留的条目"}}),
		ofArticle(verb{name: "unmerge", aliases: []string{"拆分"}, min: bot.RoleResponder, help: say.Words{EN: "Take a merge back", ZH: "撤销合并"}, run: (*call).unmergeArticle}),
		ofArticle(verb{name: "restore", aliases: []string{"恢复"}, min: bot.RoleResponder, help: say.Words{EN: "Propose an old text again, by its number in the history", ZH: "按历史编号恢复旧内容"}, run: (*call).restoreArticle},
			arg{name: "number", help: say.Words{EN: "Number of the text", ZH: "历史编号"}}),
		ofArticle(verb{name: "keep", aliases: []string{"仍有效"}, min: bot.RoleResponder, help: say.Words{EN: "Say that an article still holds, for half a year", ZH: "确认条目仍然有效(半年)"}, run: (*call).keepArticle}),
		ofArticle(verb{name: "retire", aliases: []string{"停用"}, min: bot.RoleLead, help: say.Words{EN: "Take an article out of use", ZH: "停用知识条目"}, run: (*call).retire}),
		ofArticle(verb{name: "forget", aliases: []string{"忘记"}, min: bot.RoleResponder, help: say.Words{EN: "Take a wording back, by its number in /kb aliases", ZH: "撤销一条说法,编号见 /kb aliases"}, run: (*call).forget},
			arg{name: "number", required: true, help: say.Words{EN: "Number of the wording", ZH: "说法编号"}}),
	}
}

func lookVerbs() []verb {
	return []verb{
		{name: "list", aliases: []string{"列表"}, min: bot.RoleCustomer, help: say.Words{EN: "Articles by kind, state and language, such as “faq zh”", ZH: "按类型、状态、语言列出条目,如“常见问题 zh”"},
			args: []arg{rest("filter", "case, faq, tip, release, archive; draft, published, retired; known; en, zh", "案例、常见问题、技巧、版本说明、归档;草稿、已发布、已停用;已知问题;en、zh", false)},
			fits: func(_ bot.Role, rest string) bool { _, ok := parseFilter(rest); return ok }, run: (*call).listArticles},
		ofArticle(verb{name: "history", aliases: []string{"versions", "历史"}, min: bot.RoleResponder, help: say.Words{EN: "Who changed an article, when and how", ZH: "查看条目的修改历史"}, run: (*call).articleHistory}),
		ofArticle(verb{name: "aliases", aliases: []string{"wordings", "说法"}, min: bot.RoleResponder, help: say.Words{EN: "The wordings that an article learned", ZH: "查看条目学到的说法"}, run: (*call).aliases}),
		alone(verb{name: "candidates", aliases: []string{"候选"}, min: bot.RoleResponder, help: say.Words{EN: "Questions asked again and again that want an answer", ZH: "多次出现、待整理的常见问题"}, run: (*call).candidates}),
		alone(verb{name: "duplicates", aliases: []string{"twins", "重复"}, min: bot.RoleLead, help: say.Words{EN: "Articles that tell the same", ZH: "内容重复的条目"}, run: (*call).duplicates}),
		alone(verb{name: "stats", aliases: []string{"统计"}, min: bot.RoleResponder, help: say.Words{EN: "How many articles there are and how they help", ZH: "知识条目统计"}, run: (*call).kbStats}),
	}
}

func kindChoices() []choice {
	return []choice{
		{value: "case", label: say.Words{EN: "case", ZH: "案例"}, also: []string{"solution", "案例解决方案"}},
		{value: "faq", label: say.Words{EN: "faq", ZH: "常见问题"}, also: []string{"问答"}},
		{value: "tip", label: say.Words{EN: "tip", ZH: "技巧"}, also: []string{"tips", "提示"}},
		{value: "release", label: say.Words{EN: "release", ZH: "版本说明"}, also: []string{"release-note"}},
		{value: "archive", label: say.Words{EN: "archive", ZH: "归档"}, also: []string{"已归档"}},
	}
}

// kbButtons are the actions on articles that only buttons have.
func kbButtons() []verb {
	more := func(name string) arg { return arg{name: name, help: articleArg.help} }
	hidden := func(name string, help say.Words, run func(*call) (plan, error), args ...arg) verb {
		return verb{name: name, min: bot.RoleResponder, hidden: true, help: help, args: args, run: run}
	}
	list := []verb{
		hidden("kbpublish", say.Words{EN: "Publish an article", ZH: "发布知识条目"}, (*call).publish, articleArg, more("seen")),
		hidden("kbdismiss", say.Words{EN: "Drop what waits", ZH: "不采用"}, (*call).dismiss, articleArg),
		hidden("kbmerge", say.Words{EN: "Merge two articles", ZH: "合并条目"}, (*call).mergeArticle, articleArg, more("into")),
		hidden("kbkeep", say.Words{EN: "Say that an article holds", ZH: "确认仍有效"}, (*call).keepArticle, articleArg),
		hidden("kbremember", say.Words{EN: "Remember a wording", ZH: "记住说法"}, (*call).remember, caseArg, articleArg),
		hidden("kbnoword", say.Words{EN: "Do not remember a wording", ZH: "不记住说法"}, (*call).dontRemember, caseArg, articleArg),
		hidden("kblink", say.Words{EN: "Link to a known problem", ZH: "关联已知问题"}, (*call).linkKnown, caseArg, articleArg),
		hidden("kbunlike", say.Words{EN: "Not the same problem", ZH: "不是同一问题"}, (*call).unlike, caseArg),
		hidden("kbproblem", say.Words{EN: "Make it a known problem", ZH: "记为已知问题"}, (*call).makeProblem, caseArg),
	}
	problem := &list[len(list)-1]
	problem.form, problem.ask = problemForm, func(c *call) bool { return c.tap }
	return list
}
