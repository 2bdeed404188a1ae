package commands

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/say"
)

var (
	wordsAllGood     = say.Words{EN: "No problems in the coming %d days.", ZH: "未来 %d 天没有发现问题。"}
	wordsProblems    = say.Words{EN: "Problems in the coming %d days", ZH: "未来 %d 天的问题"}
	wordsNoMethod    = say.Words{EN: "%s has no verified contact method.", ZH: "%s 没有已验证的联系方式。"}
	wordsUnverified  = say.Words{EN: "%s has not verified “%s”.", ZH: "%s 的联系方式“%s”未验证。"}
	wordsFairHead    = say.Words{EN: "Duty in the past %d days", ZH: "过去 %d 天的值班情况"}
	wordsFairLine    = say.Words{EN: "%s: %s h, of these %s h at night, %s h at weekends, %s h on holidays (planned %s h); paged %d times", ZH: "%s:%s 小时,其中夜间 %s、周末 %s、节假日 %s 小时(计划 %s 小时);被呼叫 %d 次"}
	wordsDebtLine    = say.Words{EN: "%s owes %s %s h", ZH: "%s 欠 %s %s 小时"}
	wordsNoFeed      = say.Words{EN: "Calendar feeds are not served here.", ZH: "此处未提供日历订阅。"}
	wordsFeedOwn     = say.Words{EN: "Your shifts as a calendar. The address is a secret: whoever has it can read it.", ZH: "你的值班日历。链接请勿外传,任何持有者都可查看。"}
	wordsFeedTeam    = say.Words{EN: "Schedule %s as a calendar. The address is a secret.", ZH: "值班表 %s 的日历。链接请勿外传。"}
	wordsFeedLink    = say.Words{EN: "Calendar address", ZH: "日历链接"}
	wordsDaysRange   = say.Words{EN: "A number of days from 1 to 366, not “%s”.", ZH: "天数为 1 到 366,不是“%s”。"}
	wordsDaysExample = say.Words{EN: "For example: /oncall check 30", ZH: "例如:/oncall check 30"}
)

func (c *call) daysOf(otherwise int) (int, error) {
	text := c.args["days"]
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(strings.TrimRight(text, "d天"))
	if err != nil || n < 1 || n > 366 {
		return 0, c.refuse(bot.ErrInvalid, wordsDaysRange, wordsDaysExample, bot.Shorten(text, 20))
	}
	return n, nil
}

// check lists what is weak in the schedules and in how people can be reached.
func (c *call) check() (plan, error) {
	days, err := c.daysOf(90)
	if err != nil {
		return nil, err
	}
	known := func(id string) bool { _, ok := c.in.Org.Person(id); return ok }
	problems := oncall.Check(c.in.Org.Schedules, c.in.Roster.Overrides, c.in.Roster.Absences, known, c.in.Now, days)
	var lines []string
	for _, p := range problems {
		lines = append(lines, p.Say(c.lang, c.zone(), c.in.Name))
	}
	lines = append(lines, c.unreachable()...)
	if len(lines) == 0 {
		return c.answerText(wordsAllGood.In(c.lang, days)), nil
	}
	text := chat.Say("").Bold(wordsProblems.In(c.lang, days))
	const most = 40
	for _, l := range lines[:min(most, len(lines))] {
		text = text.Plain("\n• " + l)
	}
	if len(lines) > most {
		text = text.Plain("\n" + wordsAndMore.In(c.lang, len(lines)-most))
	}
	return c.answer(chat.Content{Text: text}), nil
}

// unreachable lists the people of the schedules who cannot be reached.
func (c *call) unreachable() []string {
	var lines []string
	seen := map[string]bool{}
	for _, s := range c.in.Org.Schedules {
		for _, id := range participants(s) {
			if seen[id] {
				continue
			}
			seen[id] = true
			verified := 0
			for _, m := range c.in.MethodsOf(id) {
				if m.Verified {
					verified++
				} else {
					lines = append(lines, wordsUnverified.In(c.lang, c.in.Name(id), m.ID))
				}
			}
			if verified == 0 {
				lines = append(lines, wordsNoMethod.In(c.lang, c.in.Name(id)))
			}
		}
	}
	return lines
}

func hours(d time.Duration) string { return fmt.Sprintf("%.1f", d.Hours()) }

// fairness reports hours, nights, weekends, holidays and pages per person. Reading
// the pages waits for no writer.
func (c *call) fairness() (plan, error) {
	if c.args["schedule"] != "" && c.args["days"] == "" && strings.Trim(c.args["schedule"], "0123456789d天") == "" {
		c.args["days"], c.args["schedule"] = c.args["schedule"], ""
	}
	days, err := c.daysOf(30)
	if err != nil {
		return nil, err
	}
	from, pages := c.in.Now.AddDate(0, 0, -days), map[string]int{}
	if err := c.view(func(r bot.Reader) (err error) {
		pages, err = bot.CountPages(r, from, c.in.Now)
		return err
	}); err != nil {
		return nil, err
	}
	head := say.Words{EN: wordsFairHead.In("en", days), ZH: wordsFairHead.In("zh", days)}
	return c.perSchedule(head, func(t chat.Text, s oncall.Schedule, _ []oncall.Override, _ []oncall.Absence) chat.Text {
		fair := c.in.Fairness(s, from, c.in.Now)
		for _, sh := range fair.Shares[:min(len(fair.Shares), 30)] {
			v := sh.Served
			t = t.Plain("\n  " + wordsFairLine.In(c.lang, c.in.Name(sh.Person), hours(v.Hours), hours(v.Nights), hours(v.Weekends), hours(v.Holidays), hours(sh.Planned.Hours), pages[sh.Person]))
		}
		for _, d := range fair.Debts[:min(len(fair.Debts), 20)] {
			t = t.Plain("\n  " + wordsDebtLine.In(c.lang, c.in.Name(d.Debtor), c.in.Name(d.Creditor), hours(d.Load.Hours)))
		}
		return t
	})
}

// feedLink gives the secret address of a calendar: of the person who asks, or of a
// schedule.
func (c *call) feedLink() (plan, error) {
	if c.feed == nil {
		return nil, c.refuse(bot.ErrUnavailable, wordsNoFeed, wordsAskAdmin)
	}
	text, schedule, person := wordsFeedOwn.In(c.lang), "", c.in.Actor.ID
	if name := c.args["schedule"]; name != "" {
		s, err := c.schedule(name)
		if err != nil {
			return nil, err
		}
		text, schedule, person = wordsFeedTeam.In(c.lang, s.ID), s.ID, ""
	}
	url := c.feed(schedule, person)
	if url == "" {
		return nil, c.refuse(bot.ErrUnavailable, wordsNoFeed, wordsAskAdmin)
	}
	return c.answer(chat.Content{Text: chat.Say(text+"\n").Link(wordsFeedLink.In(c.lang), url)}), nil
}
