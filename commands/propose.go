package commands

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"hotline/bot"
)

// impact and urgency are the two sides of the severity matrix, 0 the highest.
type impact int

type urgency int

// matrix is severity by impact (rows: everybody, several, one) and urgency
// (columns: stopped, impaired, can wait), the usual form of the ITIL priority
// matrix on the four levels of this house.
var matrix = [3][3]bot.Severity{
	{1, 2, 3},
	{2, 3, 4},
	{3, 3, 4},
}

// cues are words that speak for something, in English (whole words) and Chinese
// (anywhere).
type cues struct {
	en []string
	zh []string
}

var (
	cueEverybody = cues{
		en: []string{"everyone", "everybody", "all users", "all customers", "all sites", "all stores", "nobody can", "no one can", "company wide", "production", "entire", "whole", "completely", "site is down", "total outage"},
		zh: []string{"所有", "全部", "全公司", "全院", "全网", "整个", "生产环境", "大面积", "全线", "所有人", "都无法", "都不能"},
	}
	cueOne = cues{
		en: []string{"one user", "single user", "only me", "just me", "my laptop", "my account", "one pc", "one machine", "one customer"},
		zh: []string{"一个用户", "单个", "个别", "只有我", "我的电脑", "我的账号", "一台", "一位"},
	}
	cueStopped = cues{
		en: []string{"down", "outage", "cannot", "can't", "can not", "unable to", "stopped", "not working", "crashed", "crash", "data loss", "lost data", "corrupted", "unreachable", "offline", "breach", "ransomware", "fails completely", "emergency", "urgent", "asap", "500", "502", "503", "504"},
		zh: []string{"宕机", "中断", "瘫痪", "无法", "不能用", "用不了", "打不开", "连不上", "崩溃", "数据丢失", "丢失数据", "离线", "紧急", "加急", "停机", "停产", "勒索", "挂了"},
	}
	cueCanWait = cues{
		en: []string{"typo", "cosmetic", "minor", "when you have time", "no rush", "not urgent", "low priority", "nice to have", "how do i", "how can i", "how to", "question", "wondering"},
		zh: []string{"不急", "不着急", "有空", "错别字", "小问题", "建议", "怎么", "如何", "请问", "咨询", "想问"},
	}
	cueQuestion = cues{
		en: []string{"how do i", "how can i", "how to", "question", "is it possible", "where can i", "what is", "wondering", "could you explain"},
		zh: []string{"请问", "怎么", "如何", "咨询", "想问", "是否支持", "可以吗", "在哪里"},
	}
	cueComplaint = cues{
		en: []string{"complaint", "complain", "unacceptable", "disappointed", "nobody answered", "no one answered", "terrible service"},
		zh: []string{"投诉", "不满意", "太差", "没人理", "无人回复", "一直没人"},
	}
	cuePlanned = cues{
		en: []string{"planned maintenance", "schedule a", "please schedule", "appointment", "planned upgrade", "installation on", "relocation", "inspection on"},
		zh: []string{"计划维护", "预约", "安排上门", "巡检", "搬迁", "计划升级", "计划割接", "安装预约"},
	}
)

// found reports whether one of the cues stands in a prepared text.
func (c cues) found(t prepared) bool {
	for _, w := range c.en {
		if strings.Contains(t.words, " "+w+" ") {
			return true
		}
	}
	for _, w := range c.zh {
		if strings.Contains(t.joined, w) {
			return true
		}
	}
	return false
}

// prepared is a text made ready for cues: words between single spaces, and the
// text without any.
type prepared struct{ words, joined string }

func prepare(text string) prepared {
	if len(text) > 8<<10 {
		text = strings.ToValidUTF8(text[:8<<10], "")
	}
	text = strings.ToLower(width.Fold.String(strings.ReplaceAll(text, "’", "'")))
	fields := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
	return prepared{words: " " + strings.Join(fields, " ") + " ", joined: strings.Join(fields, "")}
}

// Propose proposes the class and severity of a report from its words. A person may
// always override it; a text without any cue is an impairment for several people,
// severity 3.
func Propose(text string) (bot.Class, bot.Severity) {
	t := prepare(text)
	stopped, wait := cueStopped.found(t), cueCanWait.found(t)
	class := proposeClass(t, text, stopped)
	i, u := impact(1), urgency(1)
	switch {
	case cueEverybody.found(t):
		i = 0
	case cueOne.found(t):
		i = 2
	}
	switch {
	case strings.Contains(t.words, " not urgent ") || strings.Contains(t.joined, "不紧急") || strings.Contains(t.joined, "不急"):
		u = 2
	case stopped && class != bot.Question:
		u = 0
	case wait:
		u = 2
	}
	sev := matrix[i][u]
	if class == bot.Question || class == bot.Planned {
		sev = max(sev, 3) // a question or an appointment wakes nobody
	}
	return class, sev
}

func proposeClass(t prepared, text string, stopped bool) bot.Class {
	ends := strings.HasSuffix(strings.TrimSpace(width.Fold.String(text)), "?")
	switch {
	case cuePlanned.found(t) && !stopped:
		return bot.Planned
	case cueComplaint.found(t):
		return bot.Complaint
	case cueQuestion.found(t) && !stopped, ends && !stopped && !strings.Contains(t.words, " error "):
		return bot.Question
	default:
		return bot.Fault
	}
}
