package bot

import (
	"fmt"
	"time"

	"hotline/bot/say"
)

// What the desk says when it refuses.
var (
	wordsEmpty          = say.Words{EN: "There is no text.", ZH: "内容为空。"}
	hintDescribe        = say.Words{EN: "Say in a sentence what is wrong, for example: /report payments return 502 since 10:40", ZH: "请用一句话说明问题,例如:/report 10:40 起支付返回 502"}
	hintWrite           = say.Words{EN: "Write something after the command.", ZH: "请在命令后写上内容。"}
	wordsForbidden      = say.Words{EN: "You may not do that.", ZH: "你没有权限执行此操作。"}
	hintAskLead         = say.Words{EN: "Ask the person who has the case, or a lead.", ZH: "请联系工单负责人或组长。"}
	wordsNoCase         = say.Words{EN: "There is no case %s that you can see.", ZH: "没有找到你可以查看的工单 %s。"}
	hintCheckNumber     = say.Words{EN: "Check the number.", ZH: "请核对工单号。"}
	wordsWrongState     = say.Words{EN: "%s is %s, so that is not possible now.", ZH: "%s 当前为“%s”,无法执行此操作。"}
	hintInstead         = say.Words{EN: "Possible now: %s.", ZH: "现在可以:%s。"}
	wordsYouHaveIt      = say.Words{EN: "You already have %s.", ZH: "%s 已经由你负责。"}
	hintResolveNext     = say.Words{EN: "When it is fixed, press Resolve.", ZH: "修复后请点“解决”。"}
	wordsTaken          = say.Words{EN: "%s was taken by %s %s ago.", ZH: "%s 已由 %s 在 %s前接单。"}
	hintNothingToDo     = say.Words{EN: "There is nothing for you to do.", ZH: "你无需再做任何操作。"}
	wordsNoPerson       = say.Words{EN: "There is no responder “%s”.", ZH: "没有名为“%s”的处理人员。"}
	hintPersonNames     = say.Words{EN: "/oncall lists the people and schedules.", ZH: "用 /oncall 查看人员和值班表。"}
	wordsOwnsAlready    = say.Words{EN: "%s is with %s already.", ZH: "%s 已经由 %s 负责。"}
	wordsStaleButton    = say.Words{EN: "Things have moved on for %s since this message.", ZH: "这条消息之后 %s 的情况已有变化。"}
	hintLookAgain       = say.Words{EN: "Look at the newest card of the case.", ZH: "请查看该工单最新的卡片。"}
	wordsNoTarget       = say.Words{EN: "There is no person, schedule or team “%s”.", ZH: "没有名为“%s”的人员、值班表或团队。"}
	wordsSnoozeBounds   = say.Words{EN: "A snooze lasts from now up to 7 days.", ZH: "暂停提醒的时长须在 7 天以内。"}
	hintSnooze          = say.Words{EN: "For example: /snooze F-10427 2h", ZH: "例如:/snooze F-10427 2h"}
	wordsWaitReason     = say.Words{EN: "Waiting needs a reason.", ZH: "请说明在等待什么。"}
	hintWaitReason      = say.Words{EN: "Say what you wait for: the customer reads it.", ZH: "请写明需要什么,客户会看到。"}
	wordsSeverityRange  = say.Words{EN: "Severity is 1, 2, 3 or 4.", ZH: "故障级别为 1、2、3 或 4。"}
	wordsSeverityReason = say.Words{EN: "A change needs a reason.", ZH: "修改需要说明原因。"}
	wordsSeveritySame   = say.Words{EN: "%s has severity %d already.", ZH: "%s 已经是 %d 级。"}
	hintSeverity        = say.Words{EN: "For example: /severity F-10427 2 whole shop affected", ZH: "例如:/severity F-10427 2 影响整个门店"}
	wordsClass          = say.Words{EN: "The class is F (fault), Q (question), C (complaint) or P (planned).", ZH: "类别为 F(故障)、Q(咨询)、C(投诉)或 P(计划)。"}
	hintClass           = say.Words{EN: "Give the letter and a reason.", ZH: "请给出字母和原因。"}
	wordsSolution       = say.Words{EN: "A resolution says what fixed it.", ZH: "解决时请写明如何修复的。"}
	hintSolution        = say.Words{EN: "One sentence is enough; it helps the next time.", ZH: "一句话即可,下次会用得上。"}
	wordsCancelReason   = say.Words{EN: "Cancelling needs a reason.", ZH: "取消需要说明原因。"}
	hintCancel          = say.Words{EN: "For example: /cancel F-10427 reported by mistake", ZH: "例如:/cancel F-10427 误报"}
	wordsMergeSelf      = say.Words{EN: "%s cannot be merged into itself.", ZH: "%s 不能合并到自身。"}
	wordsMode           = say.Words{EN: "“%s” is no way to respond.", ZH: "“%s”不是有效的响应方式。"}
	hintMode            = say.Words{EN: "Use remote, phone, email, arrival or other.", ZH: "请用 remote、phone、email、arrival 或 other。"}
	wordsNoSuggestion   = say.Words{EN: "“%s” was not suggested here.", ZH: "此工单没有推荐过“%s”。"}
	wordsScore          = say.Words{EN: "A rating is 1 to 5.", ZH: "评分为 1 到 5。"}
	hintScore           = say.Words{EN: "5 is best.", ZH: "5 分最高。"}
	wordsRated          = say.Words{EN: "%s has been rated. Thank you.", ZH: "%s 已评分,谢谢。"}
	wordsMaintenance    = say.Words{EN: "planned maintenance", ZH: "计划维护"}
	wordsRecovered      = say.Words{EN: "The alarm ended by itself.", ZH: "告警已自行恢复。"}
	wordsMergeTarget    = say.Words{EN: "%s cannot take a duplicate: it is %s.", ZH: "%s 无法合并:当前为“%s”。"}
)

var stateWords = map[State]say.Words{
	New:             {EN: "new", ZH: "新建"},
	Acknowledged:    {EN: "acknowledged", ZH: "已接单"},
	InProgress:      {EN: "in progress", ZH: "处理中"},
	WaitingCustomer: {EN: "waiting for the customer", ZH: "等待客户"},
	WaitingOthers:   {EN: "waiting for others", ZH: "等待第三方"},
	Resolved:        {EN: "resolved", ZH: "已解决"},
	Closed:          {EN: "closed", ZH: "已关闭"},
	Reopened:        {EN: "reopened", ZH: "已重开"},
	Cancelled:       {EN: "cancelled", ZH: "已取消"},
	Duplicate:       {EN: "a duplicate", ZH: "重复工单"},
}

// StateName is the state as people say it.
func StateName(s State, lang string) string { return stateWords[s].In(lang) }

var classWords = map[Class]say.Words{
	Fault:     {EN: "Fault", ZH: "故障"},
	Question:  {EN: "Question", ZH: "咨询"},
	Complaint: {EN: "Complaint", ZH: "投诉"},
	Planned:   {EN: "Planned event", ZH: "计划事件"},
}

// ClassName is the class as people say it.
func ClassName(c Class, lang string) string { return classWords[c].In(lang) }

var severityWords = [5]say.Words{
	{EN: "not set", ZH: "未定"},
	{EN: "1 – system down", ZH: "1级 – 系统中断"},
	{EN: "2 – main function lost", ZH: "2级 – 主要功能不可用"},
	{EN: "3 – impaired", ZH: "3级 – 功能受损"},
	{EN: "4 – minor", ZH: "4级 – 轻微"},
}

// SeverityName is the severity with what it means.
func SeverityName(s Severity, lang string) string {
	if s < 0 || int(s) >= len(severityWords) {
		s = 0
	}
	return severityWords[s].In(lang)
}

// ago writes a duration the short way: "14s", "12m", "3h05m", "2d".
func ago(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		h, m := int(d.Hours()), int(d.Minutes())%60
		if m == 0 {
			return fmt.Sprintf("%dh", h)
		}
		return fmt.Sprintf("%dh%02dm", h, m)
	default:
		return fmt.Sprintf("%dd", int(d.Hours())/24)
	}
}

// Ago is how long ago something was, the short way, for people.
func Ago(d time.Duration) string { return ago(d) }

var (
	wordsNotANumber = say.Words{EN: "“%s” is no case number.", ZH: "“%s”不是工单号。"}
	hintNumberForm  = say.Words{EN: "A number looks like F-10427. /mine lists yours.", ZH: "工单号形如 F-10427,可用 /mine 查看你的工单。"}
	hintNear        = say.Words{EN: "Did you mean %s?", ZH: "是不是要找:%s?"}
)

var wordAlarm = say.Words{EN: "Hotline cannot use %s: pages go by other ways until somebody mends it.", ZH: "Hotline 无法使用 %s,修复前将改用其他方式呼叫。"}
