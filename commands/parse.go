package commands

import (
	"slices"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
)

// parse reads the arguments of the verb and refuses a line that lacks one.
func (c *call) parse() error {
	if err := c.parseLoose(); err != nil {
		return err
	}
	for _, a := range c.verb.args {
		if a.required && a.kind != argCase && c.args[a.name] == "" {
			return c.badUsage(wordsMissing, a.help.In(c.lang))
		}
	}
	return nil
}

// parseLoose reads the arguments that are there.
func (c *call) parseLoose() error {
	line := c.raw
	words := split(line)
	at := 0 // byte offset of what is not consumed
	for _, a := range c.verb.args {
		if c.args[a.name] != "" {
			continue // given by the button
		}
		if a.kind == argRest {
			if rest := unquote(strings.TrimSpace(line[at:])); rest != "" {
				c.args[a.name] = bot.CleanText(rest, chat.MaxText)
			}
			return nil
		}
		if len(words) == 0 {
			continue
		}
		if a.kind == argPerson && len(words) > 1 {
			skip(&words, "by", "with", "for", "由", "为")
		}
		value, ok, err := c.read(a, words[0].text)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		c.args[a.name] = bot.CleanText(value, 400)
		at, words = words[0].next, words[1:]
	}
	if len(words) > 0 && c.typed {
		if c.takesCase() && c.args["case"] == "" && !c.linkedOK {
			return c.refuse(bot.ErrInvalid, wordsNotNumber, wordsNumberLike, bot.Shorten(bot.CleanText(words[0].text, 200), 40))
		}
		return c.badUsage(wordsTooMuch, bot.Shorten(bot.CleanText(words[0].text, 200), 40))
	}
	return nil
}

// unquote takes quotes off a text that is quoted as a whole.
func unquote(s string) string {
	if w := split(s); len(w) == 1 && w[0].next == len(s) && w[0].text != s {
		return w[0].text
	}
	return s
}

// read takes a word for an argument. ok is false when the word belongs to a later
// argument.
func (c *call) read(a arg, text string) (value string, ok bool, err error) {
	switch a.kind {
	case argCase:
		return text, c.looksLikeNumber(text), nil
	case argChoice:
		for _, ch := range a.choices {
			f := fold(text)
			if f == ch.value || f == fold(ch.label.EN) || f == fold(ch.label.ZH) || slices.Contains(ch.also, f) {
				return ch.value, true, nil
			}
		}
		if !a.required {
			return "", false, nil
		}
		return "", false, c.badUsage(wordsNotAChoice, bot.Shorten(bot.CleanText(text, 200), 40), joinOr(choiceNames(a), c.lang))
	case argSchedule:
		return text, c.isSchedule(text), nil
	default:
		return text, true, nil
	}
}

func (c *call) isSchedule(text string) bool {
	for _, s := range c.in.Org.Schedules {
		if strings.EqualFold(s.ID, text) || strings.EqualFold(s.Name, text) {
			return true
		}
	}
	return false
}

func choiceNames(a arg) []string {
	var names []string
	for _, ch := range a.choices {
		names = append(names, ch.value)
	}
	return names
}

// looksLikeNumber reports whether a word stands for a case. Inside a case's thread
// a word such as P100 is text unless it is a valid number or written with a dash.
func (c *call) looksLikeNumber(text string) bool {
	text = strings.TrimRight(text, ":,.;：，。；")
	_, valid, ok := bot.ParseNumber(text)
	if !ok {
		return false
	}
	return valid || !c.linkedOK || strings.ContainsAny(text, "-－#")
}
