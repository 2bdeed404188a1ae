package commands

import (
	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsUnlike    = say.Words{EN: "%s goes on by itself.", ZH: "%s 单独处理。"}
	wordsUntilFix  = say.Words{EN: "What helps until it is fixed", ZH: "修复前的临时办法"}
	wordsMadeKnown = say.Words{EN: "%s is a known problem now, linked to %d cases. A second person publishes it; then the customers are told what helps.", ZH: "已建立已知问题 %s,关联 %d 个工单。由另一人发布后,会把临时办法告诉客户。"}
	wordsNoCluster = say.Words{EN: "These cases are not together any more.", ZH: "这些工单已不再归为一组。"}
)

// unlike only puts the question away.
func (c *call) unlike() (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	return func(tx bot.Tx) error { return c.done(tx, wordsUnlike, cs.Number) }, nil
}

func problemForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "Known problem", ZH: "已知问题"}, "",
		c.line("title", wordsTitleIs, true, 200),
		c.area("symptom", wordsSymptomIs, say.Words{}, false),
		c.area("fix", wordsUntilFix, wordsCustomerSees, true))
}

// makeProblem writes a known problem for open cases that are alike, and links them.
func (c *call) makeProblem() (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	return func(tx bot.Tx) error {
		group, err := bot.ReadCluster(tx, bot.RecAlike, cs.Number)
		if isNotFound(err) || err == nil && group.Article != "" {
			return c.refuse(bot.ErrConflict, wordsNoCluster, wordsSearchKB)
		}
		if err != nil {
			return err
		}
		a := bot.Article{Lang: cs.Lang, Title: c.args["title"], Symptom: c.args["symptom"], Solution: c.args["fix"], Known: bot.KnownOpen,
			Product: cs.Service, Cases: group.Cases}
		if g := say.Guess(a.Title + a.Solution); g != "" {
			a.Lang = g
		}
		if a, err = c.desk.ChangeArticle(tx, c.in.Actor, "", bot.WriteArticle{Article: a}); err != nil {
			return err
		}
		linked, err := c.linkAll(tx, a.ID, group.Cases)
		if err != nil {
			return err
		}
		group.Article = a.ID
		if err := bot.PutJSON(tx, bot.RecAlike, cs.Number, group); err != nil {
			return err
		}
		if err := c.askSecond(tx, &a); err != nil {
			return err
		}
		return c.done(tx, wordsMadeKnown, a.ID, linked)
	}, nil
}

// linkAll links the cases that are still being worked on and linked to nothing.
func (c *call) linkAll(tx bot.Tx, article string, numbers []string) (linked int, err error) {
	for _, n := range numbers {
		cs, err := tx.CaseByNumber(n)
		if err != nil && !isNotFound(err) {
			return linked, err
		}
		if err != nil || !cs.State.Active() || cs.Known.Article != "" {
			continue
		}
		if _, err := c.desk.LinkKnown(tx, c.in.Actor, cs.ID, article); err != nil {
			return linked, err
		}
		linked++
	}
	return linked, nil
}
