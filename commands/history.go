package commands

import (
	"strconv"
	"strings"

	"hotline/bot"
	"hotline/bot/say"
)

// eventWords tell an event: %[1]s is who did it, %[2]s what it was about.
var eventWords = map[bot.EventType]say.Words{
	bot.EvOpened:      {EN: "%[1]s reported it%[2]s", ZH: "%[1]s 报告%[2]s"},
	bot.EvSaid:        {EN: "%[1]s: %[2]s", ZH: "%[1]s:%[2]s"},
	bot.EvRevised:     {EN: "%[1]s changed a message to: %[2]s", ZH: "%[1]s 将消息改为:%[2]s"},
	bot.EvWithdrawn:   {EN: "%[1]s deleted a message%[2]s", ZH: "%[1]s 撤回了一条消息%[2]s"},
	bot.EvNoted:       {EN: "%[1]s noted (internal): %[2]s", ZH: "%[1]s 内部备注:%[2]s"},
	bot.EvPaged:       {EN: "%[2]s was called%[1]s", ZH: "已呼叫 %[2]s%[1]s"},
	bot.EvAcked:       {EN: "%[2]s took it%[1]s", ZH: "%[2]s 接单%[1]s"},
	bot.EvUnacked:     {EN: "%[1]s gave it back%[2]s", ZH: "%[1]s 退回%[2]s"},
	bot.EvAssigned:    {EN: "%[1]s gave it to %[2]s", ZH: "%[1]s 指派给 %[2]s"},
	bot.EvHelperAdded: {EN: "%[1]s asked %[2]s to help", ZH: "%[1]s 请 %[2]s 协助"},
	bot.EvEscalated:   {EN: "%[1]s escalated: %[2]s", ZH: "%[1]s 升级:%[2]s"},
	bot.EvSeverity:    {EN: "%[1]s changed the severity %[2]s", ZH: "%[1]s 调整级别 %[2]s"},
	bot.EvMoved:       {EN: "%[1]s changed the class %[2]s", ZH: "%[1]s 调整类别 %[2]s"},
	bot.EvStarted:     {EN: "%[1]s began to work%[2]s", ZH: "%[1]s 开始处理%[2]s"},
	bot.EvWaiting:     {EN: "%[1]s waits: %[2]s", ZH: "%[1]s 等待:%[2]s"},
	bot.EvResumed:     {EN: "%[1]s goes on%[2]s", ZH: "%[1]s 恢复处理%[2]s"},
	bot.EvResponded:   {EN: "%[1]s answered the customer %[2]s", ZH: "%[1]s 已响应客户 %[2]s"},
	bot.EvRestored:    {EN: "%[1]s brought service back %[2]s", ZH: "%[1]s 已恢复服务 %[2]s"},
	bot.EvResolved:    {EN: "%[1]s resolved it: %[2]s", ZH: "%[1]s 解决:%[2]s"},
	bot.EvConfirmed:   {EN: "%[1]s confirmed the fix%[2]s", ZH: "%[1]s 确认已恢复%[2]s"},
	bot.EvReopened:    {EN: "%[1]s says that it is not fixed %[2]s", ZH: "%[1]s 反馈未解决 %[2]s"},
	bot.EvClosed:      {EN: "closed%[2]s", ZH: "已关闭%[2]s"},
	bot.EvCancelled:   {EN: "%[1]s cancelled it: %[2]s", ZH: "%[1]s 取消:%[2]s"},
	bot.EvMerged:      {EN: "%[1]s merged it %[2]s", ZH: "%[1]s 合并 %[2]s"},
	bot.EvRated:       {EN: "%[1]s rated it %[2]s", ZH: "%[1]s 评分 %[2]s"},
	bot.EvSnoozed:     {EN: "%[1]s snoozed it until %[2]s", ZH: "%[1]s 暂停提醒至 %[2]s"},
	bot.EvSnoozeEnded: {EN: "the snooze ended%[2]s", ZH: "暂停结束%[2]s"},
	bot.EvTried:       {EN: "%[1]s tried %[2]s", ZH: "%[1]s 试用 %[2]s"},
	bot.EvKnown:       {EN: "%[1]s: known problem %[2]s", ZH: "%[1]s:已知问题 %[2]s"},
	bot.EvKnownFixed:  {EN: "the known problem is fixed: %[2]s", ZH: "已知问题已修复:%[2]s"},
	bot.EvSignalled:   {EN: "the alarm: %[2]s", ZH: "告警:%[2]s"},
	bot.EvHeld:        {EN: "calls are held: %[2]s", ZH: "呼叫暂停:%[2]s"},
	bot.EvPromise:     {EN: "the contract was edited; it counts from here on", ZH: "合同条款已修订,自此按新条款计时"},
	bot.EvReleased:    {EN: "calls go on%[2]s", ZH: "恢复呼叫%[2]s"},
	bot.EvTranslated:  {EN: "machine translation: %[2]s", ZH: "机器翻译:%[2]s"},
	bot.EvDrafted:     {EN: "draft, not sent: %[2]s", ZH: "草稿(未发送):%[2]s"},
	bot.EvClockWarned: {EN: "time limit: %[2]s", ZH: "时限提醒:%[2]s"},
}

// tellEvent says an event in one line; "" when it is of no interest to people.
func (c *call) tellEvent(e bot.CaseEvent) string {
	w, ok := eventWords[e.Type]
	if !ok {
		return ""
	}
	who := e.Actor.Name
	if who == "" && e.Actor.ID != "" {
		who = c.in.Name(e.Actor.ID)
	}
	if who == "" {
		who = "Hotline"
	}
	switch e.Type {
	case bot.EvPaged, bot.EvAcked:
		who = ""
	}
	text := strings.NewReplacer("%[1]s", who, "%[2]s", c.detail(e)).Replace(w.In(c.lang))
	return bot.Shorten(strings.Join(strings.Fields(text), " "), 240)
}

// detail is what an event was about.
func (c *call) detail(e bot.CaseEvent) string {
	switch e.Type {
	case bot.EvPaged, bot.EvAcked:
		return c.in.Name(e.Person)
	case bot.EvAssigned, bot.EvHelperAdded:
		return c.in.Name(e.To)
	case bot.EvEscalated:
		return strings.TrimSpace(e.To + " " + e.Text)
	case bot.EvSeverity, bot.EvMoved:
		return e.From + " → " + e.To + " " + e.Text
	case bot.EvSnoozed:
		return e.Until.In(c.zone()).Format("2006-01-02 15:04 MST")
	case bot.EvRated:
		return strconv.Itoa(e.Score) + " " + e.Text
	case bot.EvResponded:
		return strings.TrimSpace(e.Mode + " " + e.Text)
	case bot.EvTried:
		return e.To + ": " + bot.TriedName(e.Mode, c.lang)
	case bot.EvKnown:
		if e.To == "" {
			return "– (" + e.From + ")"
		}
		return strings.TrimSpace(e.To + " " + e.Title)
	case bot.EvKnownFixed:
		return strings.TrimSpace(e.To + " " + e.Text)
	case bot.EvMerged:
		return firstSet(e.To, e.From)
	case bot.EvResolved:
		if c.in.Actor.Role.Staff() && e.Cause != "" {
			return e.Text + " (" + e.Cause + ")"
		}
		return e.Text
	case bot.EvSignalled:
		return strings.TrimSpace(e.Mode + " " + e.Text)
	case bot.EvWaiting, bot.EvSaid, bot.EvTranslated, bot.EvDrafted, bot.EvRevised, bot.EvNoted, bot.EvRestored, bot.EvReopened, bot.EvCancelled, bot.EvHeld, bot.EvClockWarned:
		return e.Text
	default:
		return ""
	}
}

func firstSet(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
