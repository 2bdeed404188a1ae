package bot

import "hotline/bot/say"

// ReasonCode is one of a closed list of why Hotline did something.
type ReasonCode string

// The reasons, each with its sentence in [Reason.Sentence]. Who and What of a
// Reason are the arguments.
const (
	WhyRoute       ReasonCode = "route"        // What route chose policy Who
	WhyService     ReasonCode = "service"      // service What has policy Who
	WhyCatchAll    ReasonCode = "catch_all"    // nobody else was left: What
	WhyOnCall      ReasonCode = "on_call"      // Who is on call in What
	WhyNamed       ReasonCode = "named"        // Who is named by What
	WhyTeam        ReasonCode = "team"         // Who is in team What
	WhyTurn        ReasonCode = "turn"         // it is the turn of Who
	WhyEmptyStep   ReasonCode = "empty_step"   // step What has nobody
	WhyWaited      ReasonCode = "waited"       // nobody took it within What
	WhyAsked       ReasonCode = "asked"        // Who asked for it: What
	WhyAcked       ReasonCode = "acked"        // Who took it
	WhyMoreAcks    ReasonCode = "more_acks"    // Who took it, What more are needed
	WhyResolved    ReasonCode = "resolved"     // it is resolved
	WhyEnded       ReasonCode = "ended"        // the policy is at its end
	WhyRepeat      ReasonCode = "repeat"       // the policy starts round What
	WhySnoozed     ReasonCode = "snoozed"      // snoozed by Who until What
	WhyHeld        ReasonCode = "held"         // maintenance: What
	WhyAckTimeout  ReasonCode = "ack_timeout"  // Who took it and nothing happened for What
	WhyReopened    ReasonCode = "reopened"     // the customer said it is not fixed
	WhyAutoClose   ReasonCode = "auto_close"   // no answer from the customer for What
	WhyConfirmed   ReasonCode = "confirmed"    // the customer confirmed
	WhyByHand      ReasonCode = "by_hand"      // closed by Who
	WhyRecovered   ReasonCode = "recovered"    // the alarm ended by itself
	WhyFlapping    ReasonCode = "flapping"     // fired again within What: same case
	WhyQuiet       ReasonCode = "quiet"        // quiet hours of Who until What
	WhyNoMethod    ReasonCode = "no_method"    // Who has no way to be reached
	WhyFallback    ReasonCode = "fallback"     // What failed, so the next method is tried for Who
	WhyOwnAction   ReasonCode = "own_action"   // Who did it themselves
	WhySweeper     ReasonCode = "sweeper"      // found without owner and next action
	WhyNotOnCall   ReasonCode = "not_on_call"  // Who is not on call in What
	WhyAlreadyPage ReasonCode = "already_page" // Who was paged before in this episode
)

// Reason is why Hotline decided as it did; /why prints its sentence.
type Reason struct {
	Code ReasonCode `json:"code,omitempty"`
	Who  string     `json:"who,omitempty"`
	What string     `json:"what,omitempty"`
}

var reasonWords = map[ReasonCode]say.Words{
	WhyRoute:       {EN: "Rule “%[2]s” chose policy “%[1]s”.", ZH: "规则“%[2]s”选中了升级策略“%[1]s”。"},
	WhyService:     {EN: "Service “%[2]s” has its own policy “%[1]s”.", ZH: "服务“%[2]s”指定了升级策略“%[1]s”。"},
	WhyCatchAll:    {EN: "Nobody else was left, so the catch-all %[1]s was paged (%[2]s).", ZH: "没有其他人可呼叫,转给兜底人员 %[1]s(%[2]s)。"},
	WhyOnCall:      {EN: "%[1]s is on call (%[2]s).", ZH: "%[1]s 正在值班(%[2]s)。"},
	WhyNamed:       {EN: "%[1]s is named in the step (%[2]s).", ZH: "该步骤指定了 %[1]s(%[2]s)。"},
	WhyTeam:        {EN: "%[1]s belongs to team “%[2]s”.", ZH: "%[1]s 是“%[2]s”团队成员。"},
	WhyTurn:        {EN: "It is %[1]s’s turn (%[2]s).", ZH: "轮到 %[1]s(%[2]s)。"},
	WhyEmptyStep:   {EN: "Step %[2]s has nobody to page%[1]s; the next step fired at once.", ZH: "第 %[2]s 步没有可呼叫的人%[1]s,立即进入下一步。"},
	WhyWaited:      {EN: "Nobody took it within %[2]s%[1]s.", ZH: "%[2]s 内无人接单%[1]s。"},
	WhyAsked:       {EN: "%[1]s asked for it: %[2]s", ZH: "%[1]s 要求升级:%[2]s"},
	WhyAcked:       {EN: "%[1]s took it%[2]s.", ZH: "%[1]s 已接单%[2]s。"},
	WhyMoreAcks:    {EN: "%[1]s took it; %[2]s more must follow.", ZH: "%[1]s 已接单,还需 %[2]s 人。"},
	WhyResolved:    {EN: "It was resolved%[1]s%[2]s.", ZH: "已解决%[1]s%[2]s。"},
	WhyEnded:       {EN: "The policy is at its end%[1]s; the sweeper keeps watching%[2]s.", ZH: "升级策略已走完%[1]s,系统会继续巡检%[2]s。"},
	WhyRepeat:      {EN: "The policy starts again, round %[2]s%[1]s.", ZH: "升级策略重新开始,第 %[2]s 轮%[1]s。"},
	WhySnoozed:     {EN: "%[1]s snoozed it until %[2]s.", ZH: "%[1]s 暂停提醒至 %[2]s。"},
	WhyHeld:        {EN: "Pages are held%[1]s: %[2]s", ZH: "呼叫已暂停%[1]s:%[2]s"},
	WhyAckTimeout:  {EN: "%[1]s took it, then nothing happened for %[2]s.", ZH: "%[1]s 接单后 %[2]s 没有进展。"},
	WhyReopened:    {EN: "It is not fixed after all%[1]s%[2]s.", ZH: "问题并未解决%[1]s%[2]s。"},
	WhyAutoClose:   {EN: "No answer from the customer for %[2]s%[1]s.", ZH: "客户 %[2]s 未回复%[1]s。"},
	WhyConfirmed:   {EN: "The customer confirmed the fix%[1]s%[2]s.", ZH: "客户已确认修复%[1]s%[2]s。"},
	WhyByHand:      {EN: "%[1]s did it by hand%[2]s.", ZH: "由 %[1]s 手动操作%[2]s。"},
	WhyRecovered:   {EN: "The alarm ended by itself%[1]s%[2]s.", ZH: "告警已自行恢复%[1]s%[2]s。"},
	WhyFlapping:    {EN: "It fired again within %[2]s%[1]s, so it stays one case.", ZH: "%[2]s 内再次告警%[1]s,仍算同一工单。"},
	WhyQuiet:       {EN: "%[1]s has quiet hours until %[2]s.", ZH: "%[1]s 处于免打扰时段,至 %[2]s。"},
	WhyNoMethod:    {EN: "%[1]s has no contact method that works%[2]s.", ZH: "%[1]s 没有可用的联系方式%[2]s。"},
	WhyFallback:    {EN: "%[2]s failed, so the next method is tried for %[1]s.", ZH: "%[2]s 发送失败,改用 %[1]s 的下一种联系方式。"},
	WhyOwnAction:   {EN: "%[1]s did it, so they are not told%[2]s.", ZH: "是 %[1]s 自己操作的,不再通知%[2]s。"},
	WhySweeper:     {EN: "The sweeper found it without an owner%[1]s%[2]s.", ZH: "巡检发现该工单无人负责%[1]s%[2]s。"},
	WhyNotOnCall:   {EN: "%[1]s is not on call (%[2]s).", ZH: "%[1]s 不在值班(%[2]s)。"},
	WhyAlreadyPage: {EN: "%[1]s was paged before%[2]s.", ZH: "%[1]s 之前已被呼叫%[2]s。"},
}

// Sentence says the reason in lang.
func (r Reason) Sentence(lang string) string {
	if r.Code == "" {
		return ""
	}
	return reasonWords[r.Code].In(lang, r.Who, r.What)
}
