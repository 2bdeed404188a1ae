package commands

import (
	"slices"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/say"
)

var (
	wordsWhyNotHead = say.Words{EN: "Why not %s", ZH: "为什么没有呼叫 %s"}
	wordsWasPaged   = say.Words{EN: "%s was called for %s.", ZH: "%s 已因 %s 被呼叫。"}
	wordsNotPaged   = say.Words{EN: "%s was not called for %s.", ZH: "%s 没有因 %s 被呼叫。"}
	wordsNotInSteps = say.Words{EN: "Policy “%s” names neither them nor a schedule or team of theirs.", ZH: "升级策略“%s”未包含此人、其值班表或团队。"}
	wordsStepLater  = say.Words{EN: "They stand in step %d of policy “%s”; step %d is the present one.", ZH: "此人在策略“%[2]s”的第 %[1]d 步,当前为第 %[3]d 步。"}
	wordsPagingOver = say.Words{EN: "Nobody is called any more: the case is %s.", ZH: "已停止呼叫:工单%s。"}
	wordsQuietNow   = say.Words{EN: "Quiet hours until %s hold back severity %d.", ZH: "免打扰至 %s,%d 级不打扰。"}
	wordsReachedBy  = say.Words{EN: "Can be reached by: %s.", ZH: "可用联系方式:%s。"}
	wordsNoClocks   = say.Words{EN: "No time limits are counted for %s.", ZH: "%s 没有计时的时限。"}
	wordsClocksOf   = say.Words{EN: "Time limits of %s", ZH: "%s 的时限"}
)

// whyNot explains why somebody is not called: by the schedules, and for a case by
// its policy, quiet hours and contact methods.
func (c *call) whyNot() (plan, error) {
	p, err := c.personNamed(c.args["person"])
	if err != nil {
		return nil, err
	}
	var lines []string
	sev := bot.Severity(3)
	if c.args["case"] != "" || c.linkedOK {
		cs, err := c.theCase()
		if err != nil {
			return nil, err
		}
		sev = cs.Severity
		lines = append(lines, c.whyNotCase(&cs, p)...)
	}
	for _, s := range c.in.Org.Schedules {
		if !slices.Contains(participants(s), p.ID) && len(c.in.Org.Schedules) > 1 {
			continue
		}
		for _, r := range oncall.WhyNot(s, c.in.Overrides(s.ID), c.in.Roster.Absences, p.ID, c.in.Now) {
			lines = append(lines, s.ID+": "+r.Say(c.lang, c.zone(), c.in.Name))
		}
	}
	lines = append(lines, c.reach(p, sev)...)
	text := chat.Say("").Bold(wordsWhyNotHead.In(c.lang, p.Name))
	for _, l := range lines[:min(40, len(lines))] {
		text = text.Plain("\n• " + l)
	}
	return c.answer(chat.Content{Text: text}), nil
}

func (c *call) whyNotCase(cs *bot.Case, p bot.Person) []string {
	if slices.Contains(cs.Paging.Paged, p.ID) {
		return []string{wordsWasPaged.In(c.lang, p.Name, cs.Number)}
	}
	lines := []string{wordsNotPaged.In(c.lang, p.Name, cs.Number)}
	if !cs.Paging.Active {
		lines = append(lines, wordsPagingOver.In(c.lang, bot.StateName(cs.State, c.lang)))
	}
	for i, s := range cs.Paging.Steps {
		if slices.ContainsFunc(s.Targets, func(t bot.Target) bool { return c.meansPerson(t, p.ID) }) {
			if i > cs.Paging.Step {
				lines = append(lines, wordsStepLater.In(c.lang, i+1, cs.Paging.Policy, cs.Paging.Step+1))
			}
			return lines
		}
	}
	return append(lines, wordsNotInSteps.In(c.lang, cs.Paging.Policy))
}

// meansPerson reports whether a target can lead to a person.
func (c *call) meansPerson(t bot.Target, id string) bool {
	switch {
	case t.Person != "":
		return t.Person == id
	case t.Schedule != "":
		s, ok := c.in.Org.Schedule(t.Schedule)
		return ok && slices.Contains(participants(s), id)
	default:
		team, ok := c.in.Org.Team(t.Team)
		return ok && slices.Contains(team.Members, id)
	}
}

// reach says how a person can be reached now.
func (c *call) reach(p bot.Person, sev bot.Severity) []string {
	var lines, ways []string
	if until, ok := c.in.QuietUntil(p.ID, sev); ok {
		lines = append(lines, wordsQuietNow.In(c.lang, until.In(c.zone()).Format("01-02 15:04 MST"), int(sev)))
	}
	for _, m := range c.in.MethodsOf(p.ID) {
		if m.Verified {
			ways = append(ways, m.ID)
		} else {
			lines = append(lines, wordsUnverified.In(c.lang, p.Name, m.ID))
		}
	}
	if len(ways) == 0 {
		return append(lines, wordsNoMethod.In(c.lang, p.Name))
	}
	return append(lines, wordsReachedBy.In(c.lang, strings.Join(ways, ", ")))
}

// maxClockLines is how many lines of an explanation are shown.
const maxClockLines = 80

// explainClocks prints every segment of every clock of a case; they add up.
func (c *call) explainClocks() (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	var events []bot.CaseEvent
	err = c.view(func(r bot.Reader) (err error) {
		events, err = r.Events(cs.ID, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	var lines []string
	if c.clocks != nil {
		lines = c.clocks(c.in.World, cs, events, c.lang, c.in.Actor)
	}
	if len(lines) == 0 {
		return c.answerText(wordsNoClocks.In(c.lang, cs.Number)), nil
	}
	text := chat.Say("").Bold(wordsClocksOf.In(c.lang, cs.Number))
	for _, l := range lines[:min(len(lines), maxClockLines)] {
		text = text.Plain("\n" + l)
	}
	return c.answer(chat.Content{Text: text}), nil
}
