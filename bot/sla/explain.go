package sla

import (
	"fmt"
	"strings"
	"time"
)

// Rule names one kind of step in the life of a clock.
type Rule string

// The steps. The comment says which fields of the Reason are set beside At.
const (
	Started       Rule = "started"        // Severity, Policy, Target, Calendar
	Changed       Rule = "changed"        // Fact, Severity, Policy, Target, Calendar, Late: it had been due before
	NotPromised   Rule = "not_promised"   // Severity, Policy: it has no such target
	UnknownPolicy Rule = "unknown_policy" // Severity, Policy: this version is not given
	WaitPauses    Rule = "wait_pauses"    // Waiting
	WaitCounts    Rule = "wait_counts"    // Waiting: the policy does not pause for it
	WaitEnded     Rule = "wait_ended"
	StoppedBy     Rule = "stopped_by" // Fact, Evidence
	Late          Rule = "late"       // Target: used up at At
)

// Reason is one step in the life of a clock.
type Reason struct {
	Rule     Rule
	At       time.Time
	Fact     FactType
	Severity int
	Policy   PolicyRef
	Target   time.Duration
	Calendar string
	Waiting  Waiting
	Evidence Evidence
	Late     bool
}

// sentences hold each rule in English and Chinese; the words in braces are the
// fields of a Reason.
var sentences = map[Rule][2]string{
	Started:       {"{at}: started; severity {severity}, {target} in calendar {calendar} (policy {policy}).", "{at}：开始计时；故障级别 {severity}，时限 {target}，日历 {calendar}（策略 {policy}）。"},
	Changed:       {"{at}: now severity {severity}, {target} in calendar {calendar} (policy {policy}); the time spent stays{late}.", "{at}：变更为故障级别 {severity}，时限 {target}，日历 {calendar}（策略 {policy}）；已用时间保留{late}。"},
	NotPromised:   {"{at}: policy {policy} promises nothing at severity {severity}.", "{at}：策略 {policy} 对故障级别 {severity} 没有承诺时限。"},
	UnknownPolicy: {"{at}: policy {policy} is not known, so nothing is promised.", "{at}：未知策略 {policy}，因此没有时限。"},
	WaitPauses:    {"{at}: paused while waiting for {waiting}.", "{at}：暂停计时，等待{waiting}。"},
	WaitCounts:    {"{at}: waiting for {waiting}; the time counts.", "{at}：等待{waiting}；继续计时。"},
	WaitEnded:     {"{at}: the wait is over.", "{at}：等待结束。"},
	StoppedBy:     {"{at}: stopped, case {fact}{evidence}.", "{at}：停止计时，{fact}{evidence}。"},
	Late:          {"{at}: the {target} were used up.", "{at}：{target} 已用完。"},
}

// words hold the values of facts, waits, kinds and states in English and Chinese.
var words = map[string][2]string{
	string(Customer): {"the customer", "客户"}, string(Others): {"others", "第三方"},
	string(Opened): {"opened", "工单已创建"}, string(Responded): {"answered", "已响应"}, string(Updated): {"updated", "已更新进展"},
	string(Restored): {"restored", "已恢复"}, string(Resolved): {"resolved", "已解决"}, string(Closed): {"closed", "已关闭"},
	string(Respond): {"response", "响应"}, string(Update): {"update", "进展更新"}, string(Arrival): {"arrival", "到场"},
	string(Restore): {"restoration", "恢复"}, string(Resolve): {"resolution", "解决"},
	string(Running): {"running", "计时中"}, string(Paused): {"paused", "已暂停"}, string(Met): {"met", "达标"}, string(Breached): {"breached", "超时"},
	string(Counted): {"counted", "计时"}, string(Waited): {"waiting", "等待（不计）"},
	string(OutOfHours): {"out of hours", "非服务时间"}, string(Unpromised): {"nothing promised", "无承诺"},
}

// evidenceWords hold how the customer was answered; they stand apart because the
// kind and the evidence of an arrival have the same value.
var evidenceWords = map[Evidence][2]string{
	Remote: {"remotely", "远程"}, Phone: {"by phone", "电话"}, Mail: {"by email", "邮件"},
	Arrived: {"on site", "到场"}, Other: {"in another way", "其他方式"},
}

// Word returns the word for a kind, state, segment state, fact or wait in Chinese if lang begins with "zh" and in English otherwise; a value it does
// not know is returned as it is.
func Word[T ~string](value T, lang string) string {
	pair, ok := words[string(value)]
	if !ok {
		return string(value)
	}
	return pick(pair, lang)
}

func pick(pair [2]string, lang string) string {
	if strings.HasPrefix(lang, "zh") {
		return pair[1]
	}
	return pair[0]
}

// Say writes the reason as one sentence, in Chinese if lang begins with "zh" and
// in English otherwise, with times in loc (nil: UTC).
func (r Reason) Say(lang string, loc *time.Location) string {
	evidence, late := "", ""
	if r.Evidence != "" {
		evidence = pick([2]string{" ", "："}, lang) + pick(evidenceWords[r.Evidence], lang)
	}
	if r.Late {
		late = pick([2]string{"; it had been due already", "；此前已到期"}, lang)
	}
	return strings.NewReplacer(
		"{at}", stamp(r.At, loc), "{severity}", fmt.Sprint(r.Severity), "{policy}", r.Policy.String(),
		"{target}", r.Target.String(), "{calendar}", r.Calendar, "{waiting}", Word(r.Waiting, lang),
		"{fact}", Word(r.Fact, lang), "{evidence}", evidence, "{late}", late,
	).Replace(pick(sentences[r.Rule], lang))
}

// stamp writes an instant with seconds and zone, so that sums can be checked.
func stamp(at time.Time, loc *time.Location) string {
	if loc == nil {
		loc = time.UTC
	}
	return at.In(loc).Format("2006-01-02 15:04:05 MST")
}

// Duration returns the length of the segment on the wall.
func (s Segment) Duration() time.Duration { return s.To.Sub(s.From) }

// Spent returns the time the segment spends: all of it or nothing.
func (s Segment) Spent() time.Duration {
	if s.State != Counted {
		return 0
	}
	return s.Duration()
}

// Explain writes a clock line by line in a language (see Reason.Say) with times
// in loc: the reasons, then every segment with what it spent, then the sum, which
// is the clock's Spent, and the verdict.
func Explain(c Clock, lang string, loc *time.Location) []string {
	lines := []string{fmt.Sprintf("%s %d/%d", Word(c.Kind, lang), c.Episode, c.Cycle)}
	for _, r := range c.Why {
		lines = append(lines, r.Say(lang, loc))
	}
	for _, s := range c.Segments {
		line := fmt.Sprintf("%s – %s  %s  %s", stamp(s.From, loc), stamp(s.To, loc), s.Spent(), Word(s.State, lang))
		if s.Label != "" {
			line += " (" + s.Label + ")"
		}
		lines = append(lines, line)
	}
	sum := fmt.Sprintf(pick([2]string{"Sum %s of %s: %s", "合计 %s / %s：%s"}, lang), c.Spent, c.Target, Word(c.State, lang))
	if !c.Due.IsZero() {
		sum += fmt.Sprintf(pick([2]string{", due %s", "，到期 %s"}, lang), stamp(c.Due, loc))
	}
	if c.Provisional {
		sum += pick([2]string{" (provisional: holidays not announced yet)", "（暂定：节假日安排尚未公布）"}, lang)
	}
	return append(lines, sum)
}
