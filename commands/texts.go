package commands

import (
	"strings"

	"hotline/bot"
	"hotline/bot/say"
)

// What is said whichever verb was used.
var (
	wordsUnknownVerb  = say.Words{EN: "There is no command “%s”.", ZH: "没有“%s”这个命令。"}
	wordsDidYouMean   = say.Words{EN: "Did you mean %s?", ZH: "是不是要用:%s?"}
	wordsTryHelp      = say.Words{EN: "/help lists what you can do.", ZH: "用 /help 查看你可以做什么。"}
	wordsOldButton    = say.Words{EN: "This button belongs to an older version.", ZH: "这个按钮已失效。"}
	wordsStranger     = say.Words{EN: "I do not know you yet.", ZH: "我还不认识你。"}
	wordsStrangerHint = say.Words{EN: "Write in your support channel, or ask an administrator to add this account.", ZH: "请在支持频道里发言,或请管理员登记此账号。"}
	wordsNotYours     = say.Words{EN: "“%s” is for %s.", ZH: "“%s”仅限%s使用。"}
	wordsUsage        = say.Words{EN: "Write it like this: /%s", ZH: "写法:/%s"}
	wordsMissing      = say.Words{EN: "Something is missing: %s.", ZH: "缺少内容:%s。"}
	wordsTooMuch      = say.Words{EN: "“%s” does not belong there.", ZH: "多出了“%s”。"}
	wordsNotAChoice   = say.Words{EN: "“%s” is none of %s.", ZH: "“%s”不在可选范围:%s。"}
	wordsNotNumber    = say.Words{EN: "“%s” is no case number.", ZH: "“%s”不是工单号。"}
	wordsNumberLike   = say.Words{EN: "A number looks like F-10427. /mine lists yours.", ZH: "工单号形如 F-10427,可用 /mine 查看你的工单。"}
	wordsWhichCase    = say.Words{EN: "Which case?", ZH: "哪个工单?"}
	wordsYourOpen     = say.Words{EN: "Add its number. Yours: %s", ZH: "请加上工单号。你的工单:%s"}
	wordsNoPerson     = say.Words{EN: "There is no responder “%s”.", ZH: "没有名为“%s”的处理人员。"}
	wordsPersonHint   = say.Words{EN: "/oncall shows who is there.", ZH: "用 /oncall 查看人员。"}
	wordsBusy         = say.Words{EN: "That cannot be looked up right now.", ZH: "暂时无法查询。"}
	wordsTryAgain     = say.Words{EN: "Try again in a minute.", ZH: "请一分钟后再试。"}
	wordsOr           = say.Words{EN: " or ", ZH: " 或 "}
	wordsAndMore      = say.Words{EN: "and %d more", ZH: "另有 %d 个"}
)

var roleWords = map[bot.Role]say.Words{
	bot.RoleNone:      {EN: "everybody", ZH: "所有人"},
	bot.RoleCustomer:  {EN: "customers", ZH: "客户"},
	bot.RoleResponder: {EN: "responders", ZH: "处理人员"},
	bot.RoleLead:      {EN: "leads", ZH: "组长"},
	bot.RoleAdmin:     {EN: "administrators", ZH: "管理员"},
}

func roleName(r bot.Role, lang string) string { return roleWords[r].In(lang) }

// joinOr lists alternatives: "ack, note or why".
func joinOr(list []string, lang string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	default:
		sep := ", "
		if say.IsChinese(lang) {
			sep = "、"
		}
		return strings.Join(list[:len(list)-1], sep) + wordsOr.In(lang) + list[len(list)-1]
	}
}
