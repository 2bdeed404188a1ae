package commands

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsAcked     = say.Words{EN: "You have %s.", ZH: "%s 由你负责。"}
	wordsUnacked   = say.Words{EN: "%s is given back; somebody else is being called.", ZH: "%s 已退回,正在呼叫其他人。"}
	wordsStarted   = say.Words{EN: "%s is in progress.", ZH: "%s 处理中。"}
	wordsNoted     = say.Words{EN: "Noted on %s; only your side sees it.", ZH: "已记入 %s,仅内部可见。"}
	wordsReplied   = say.Words{EN: "Sent to the customer of %s.", ZH: "已发送给 %s 的客户。"}
	wordsResolved  = say.Words{EN: "%s is resolved; the customer is asked to confirm.", ZH: "%s 已解决,已请客户确认。"}
	wordsConfirmed = say.Words{EN: "Thank you. %s is closed.", ZH: "谢谢,%s 已关闭。"}
	wordsReopened  = say.Words{EN: "%s is open again and somebody is being called.", ZH: "%s 已重新打开,正在安排人员。"}
	wordsClosed    = say.Words{EN: "%s is closed.", ZH: "%s 已关闭。"}
	wordsRated     = say.Words{EN: "Thank you for rating %s.", ZH: "感谢您对 %s 的评价。"}
	wordsHeard     = say.Words{EN: "Thank you, that was passed on.", ZH: "谢谢,已转达。"}
)

// resolve records the fix; "cause: …" and "fix: …" are told apart.
func (c *call) resolve() (plan, error) {
	return c.on(func(bot.Case) (bot.Command, error) {
		if c.args["cause"] != "" {
			return bot.Resolve{Cause: c.args["cause"], Solution: c.args["solution"]}, nil
		}
		cause, fix := causeAndFix(c.args["solution"])
		return bot.Resolve{Cause: cause, Solution: fix}, nil
	}, wordsResolved)
}

// causeAndFix takes "cause: disk full; fix: pruned logs" apart, in both languages.
func causeAndFix(s string) (cause, fix string) {
	flat := strings.NewReplacer("：", ":", "；", ";").Replace(s)
	lower := lowerASCII(flat)
	start := -1
	for _, w := range []string{"cause:", "原因:"} {
		if strings.HasPrefix(lower, w) {
			start = len(w)
		}
	}
	if start < 0 {
		return "", s
	}
	for _, w := range []string{"fix:", "solution:", "方案:", "解决:", "处理:"} {
		if i := strings.Index(lower, w); i > start {
			fix = strings.TrimSpace(flat[i+len(w):])
			if fix != "" {
				return strings.Trim(flat[start:i], " ;,.。\n"), fix
			}
		}
	}
	return "", s
}

// lowerASCII lowers A to Z and nothing else, so that offsets stay the same.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// lowScore says whether a rating should be followed by a question.
func lowScore(c *call) bool {
	n, err := strconv.Atoi(c.args["score"])
	return c.tap && err == nil && n >= 1 && n <= 3
}

// scoreOf reads a rating as a digit or as stars; 0 is none.
func scoreOf(s string) int {
	if n, err := strconv.Atoi(strings.TrimSuffix(s, "分")); err == nil {
		return n
	}
	stars := strings.Count(s, "★") + strings.Count(s, "*")
	if stars != utf8.RuneCountInString(s) {
		return 0
	}
	return stars
}

// rate stores a rating. The comment of a rating that was given by a button comes
// later and is a message of the customer.
func (c *call) rate() (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	score := scoreOf(c.args["score"])
	comment := c.args["comment"]
	return func(tx bot.Tx) error {
		now, err := tx.Case(cs.ID)
		if err != nil {
			return err
		}
		if c.filled && now.Rated >= now.Episode {
			if comment == "" {
				return nil
			}
			if _, err := c.apply(tx, cs.ID, bot.Say{Text: comment}); err != nil {
				return err
			}
			return c.tell(tx, chat.Content{Text: chat.T(wordsHeard.In(c.lang))})
		}
		if _, err := c.apply(tx, cs.ID, bot.Rate{Score: score, Comment: comment}); err != nil {
			return err
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsRated.In(c.lang, cs.Number))})
	}, nil
}
