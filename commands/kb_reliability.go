package commands

import (
	"math"

	"hotline/bot"
	"hotline/bot/say"
)

var (
	wordsReliable    = say.Words{EN: "How far confidence can be trusted (%s, from %d confirmed phrasings; %s):", ZH: "置信度可信程度(%s 测得,基于 %d 条已确认的说法;%s):"}
	wordsOwnFit      = say.Words{EN: "fitted to this hotline", ZH: "已按本热线的数据校准"}
	wordsShippedFit  = say.Words{EN: "as shipped, a fit of one's own was no better", ZH: "使用出厂参数,自行校准没有更好"}
	wordsReliability = say.Words{EN: "said %d %%, right %d %% (%d answers)", ZH: "预计 %d %%,实际正确 %d %%(%d 次)"}
	wordsUnmeasured  = say.Words{EN: "How far confidence can be trusted is measured from %d confirmed phrasings on; there are %d.", ZH: "已确认的说法达到 %d 条后开始检验置信度,目前 %d 条。"}
)

// reliability tells leads how often the knowledge base was right when it was so sure.
func (c *call) reliability() []string {
	judge, ok := c.search.(bot.Judge)
	if !ok || !c.in.Actor.Role.AtLeast(bot.RoleLead) {
		return nil
	}
	r := judge.Reliability()
	if r.Measured.IsZero() {
		return []string{wordsUnmeasured.In(c.lang, r.Needed, r.Phrasings)}
	}
	how := wordsShippedFit
	if r.Own {
		how = wordsOwnFit
	}
	lines := []string{wordsReliable.In(c.lang, r.Measured.In(c.zone()).Format("2006-01-02"), r.Phrasings, how.In(c.lang))}
	for _, s := range r.Steps {
		if s.Count > 0 {
			lines = append(lines, "  "+wordsReliability.In(c.lang, wholePercent(s.Said), wholePercent(s.Right), s.Count))
		}
	}
	return lines
}

func wholePercent(share float64) int { return int(math.Round(share * 100)) }
