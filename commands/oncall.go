package commands

import (
	"slices"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/say"
)

var (
	wordsOnCallHead   = say.Words{EN: "On call now", ZH: "当前值班"}
	wordsNextHead     = say.Words{EN: "Next on call", ZH: "下一班"}
	wordsWeekHead     = say.Words{EN: "The coming seven days", ZH: "未来七天"}
	wordsGap          = say.Words{EN: "nobody – a gap", ZH: "无人值班"}
	wordsUntil        = say.Words{EN: " until ", ZH: ",至 "}
	wordsFrom         = say.Words{EN: " from ", ZH: ",自 "}
	wordsNoChange     = say.Words{EN: "no change within a year", ZH: "一年内无变化"}
	wordsNoSchedules  = say.Words{EN: "There are no schedules.", ZH: "还没有值班表。"}
	wordsAskAdmin     = say.Words{EN: "An administrator adds them in the configuration.", ZH: "请管理员在配置中添加。"}
	wordsNoSchedule   = say.Words{EN: "There is no schedule “%s”.", ZH: "没有值班表“%s”。"}
	wordsTheSchedules = say.Words{EN: "There are: %s.", ZH: "现有:%s。"}
)

// schedules are those that the person asked for: one, or all.
func (c *call) schedules() ([]oncall.Schedule, error) {
	if len(c.in.Org.Schedules) == 0 {
		return nil, c.refuse(bot.ErrNotFound, wordsNoSchedules, wordsAskAdmin)
	}
	if c.args["schedule"] == "" {
		return c.in.Org.Schedules, nil
	}
	s, err := c.schedule(c.args["schedule"])
	if err != nil {
		return nil, err
	}
	return []oncall.Schedule{s}, nil
}

// schedule finds a schedule by id or name.
func (c *call) schedule(name string) (oncall.Schedule, error) {
	var ids []string
	for _, s := range c.in.Org.Schedules {
		if strings.EqualFold(s.ID, name) || strings.EqualFold(s.Name, name) {
			return s, nil
		}
		ids = append(ids, s.ID)
	}
	return oncall.Schedule{}, bot.Refuse(bot.ErrNotFound, wordsNoSchedule.In(c.lang, bot.Shorten(name, 40)), wordsTheSchedules.In(c.lang, strings.Join(ids, ", ")))
}

func (c *call) names(ids []string) string {
	if len(ids) == 0 {
		return wordsGap.In(c.lang)
	}
	var names []string
	for _, id := range ids {
		names = append(names, c.in.Name(id))
	}
	return strings.Join(names, ", ")
}

// perSchedule answers with a paragraph for each schedule.
func (c *call) perSchedule(head say.Words, f func(t chat.Text, s oncall.Schedule, ov []oncall.Override, ab []oncall.Absence) chat.Text) (plan, error) {
	list, err := c.schedules()
	if err != nil {
		return nil, err
	}
	text := chat.Say("").Bold(head.In(c.lang))
	for _, s := range list[:min(len(list), 20)] {
		name := s.Name
		if name == "" {
			name = s.ID
		}
		text = f(text.Plain("\n").Bold(name).Plain(": "), s, c.in.Overrides(s.ID), c.in.Roster.Absences)
	}
	return c.answer(chat.Content{Text: text}), nil
}

func (c *call) oncallNow() (plan, error) {
	return c.perSchedule(wordsOnCallHead, func(t chat.Text, s oncall.Schedule, ov []oncall.Override, ab []oncall.Absence) chat.Text {
		t = t.Plain(c.names(oncall.On(s, ov, ab, c.in.Now)))
		if next, ok := oncall.Next(s, ov, ab, c.in.Now); ok {
			t = c.moment(t.Plain(wordsUntil.In(c.lang)), next.From)
		}
		return t
	})
}

func (c *call) oncallNext() (plan, error) {
	return c.perSchedule(wordsNextHead, func(t chat.Text, s oncall.Schedule, ov []oncall.Override, ab []oncall.Absence) chat.Text {
		next, ok := oncall.Next(s, ov, ab, c.in.Now)
		if !ok {
			return t.Plain(wordsNoChange.In(c.lang))
		}
		return c.moment(t.Plain(c.names(next.Responders)+wordsFrom.In(c.lang)), next.From)
	})
}

func (c *call) oncallWeek() (plan, error) {
	return c.perSchedule(wordsWeekHead, func(t chat.Text, s oncall.Schedule, ov []oncall.Override, ab []oncall.Absence) chat.Text {
		spans := oncall.Timeline(s, ov, ab, c.in.Now, c.in.Now.Add(7*24*time.Hour))
		for _, sp := range spans[:min(len(spans), 40)] {
			t = t.Plain("\n  ").Moment(sp.From, sp.From.In(c.zone()).Format("Mon 01-02 15:04")).Plain("  " + c.names(slices.Clone(sp.Responders)))
		}
		return t
	})
}
