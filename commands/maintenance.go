package commands

import (
	"slices"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsNoWindows   = say.Words{EN: "No maintenance is planned.", ZH: "没有计划维护。"}
	wordsWindowsAre  = say.Words{EN: "Maintenance", ZH: "计划维护"}
	wordsWindowSet   = say.Words{EN: "Calls for %s are held %s – %s (id %s).", ZH: "%s 在 %s – %s 期间暂停呼叫(编号 %s)。"}
	wordsWindowEnded = say.Words{EN: "Maintenance %s is over; %d held cases are called now.", ZH: "维护 %s 已结束,%d 个暂停的工单现在开始呼叫。"}
	wordsNoCover     = say.Words{EN: "“%s” is no service, site, asset or customer.", ZH: "“%s”不是服务、站点、资产或客户。"}
	wordsCoverLike   = say.Words{EN: "Write service:payments, site:SH-01, asset:<serial> or customer:<id>.", ZH: "可写 service:服务、site:站点、asset:序列号 或 customer:客户。"}
	wordsEndIt       = say.Words{EN: "End now", ZH: "立即结束"}
	wordsTestPage    = say.Words{EN: "Test: this is how Hotline reaches you by “%s”. Nothing is wrong and there is nothing to do.", ZH: "测试:Hotline 通过“%s”联系你。一切正常,无需处理。"}
	wordsTestSent    = say.Words{EN: "Test pages are on their way: %s.", ZH: "测试呼叫已发出:%s。"}
	wordsNoWayToTest = say.Words{EN: "There is no verified contact method to test.", ZH: "没有已验证的联系方式可测试。"}
)

// addWindow holds pages for something during a time.
func (c *call) addWindow() (plan, error) {
	w, name, err := c.covered(c.args["what"])
	if err != nil {
		return nil, err
	}
	p, err := c.periodOf(c.args["when"])
	if err != nil {
		return nil, err
	}
	w.ID, w.From, w.To, w.Reason, w.By = shortID("m"), p.from.UTC(), p.to.UTC(), bot.Shorten(p.rest, 200), c.in.Actor.ID
	from, to := c.span(w.From, w.To)
	return func(tx bot.Tx) error {
		if err := c.desk.ChangeRoster(tx, bot.RecWindow, w.ID, w); err != nil {
			return err
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsWindowSet.In(c.lang, name, from, to, w.ID))})
	}, nil
}

// covered finds what a window is for: "service:payments", or an id that only one
// thing has.
func (c *call) covered(text string) (bot.Window, string, error) {
	kind, id, ok := strings.Cut(strings.ReplaceAll(text, "：", ":"), ":")
	if !ok {
		kind, id = "", text
	}
	is := func(kinds ...string) bool { return kind == "" || slices.Contains(kinds, fold(kind)) }
	if is("service", "服务") {
		for _, s := range c.in.Org.Services {
			if strings.EqualFold(s.ID, id) {
				return bot.Window{Service: s.ID}, "service:" + s.ID, nil
			}
		}
	}
	if is("site", "站点") {
		for _, s := range c.in.Org.Sites {
			if strings.EqualFold(s.ID, id) {
				return bot.Window{Site: s.ID}, "site:" + s.ID, nil
			}
		}
	}
	if is("asset", "serial", "sn", "资产", "序列号") {
		if a, ok := c.in.Org.Asset(id); ok {
			return bot.Window{Asset: a.Serial}, "asset:" + a.Serial, nil
		}
	}
	if is("customer", "客户") {
		for _, cu := range c.in.Org.Customers {
			if strings.EqualFold(cu.ID, id) || strings.EqualFold(cu.Name, id) {
				return bot.Window{Customer: cu.ID}, "customer:" + cu.ID, nil
			}
		}
	}
	return bot.Window{}, "", c.refuse(bot.ErrNotFound, wordsNoCover, wordsCoverLike, bot.Shorten(text, 60))
}

func windowName(w bot.Window) string {
	switch {
	case w.Service != "":
		return "service:" + w.Service
	case w.Site != "":
		return "site:" + w.Site
	case w.Asset != "":
		return "asset:" + w.Asset
	default:
		return "customer:" + w.Customer
	}
}

// listWindows lists the windows that are not over.
func (c *call) listWindows() (plan, error) {
	card := &chat.Card{Title: wordsWindowsAre.In(c.lang), Tone: chat.ToneNormal}
	for _, w := range c.in.Roster.Windows {
		if !w.To.After(c.in.Now) || len(card.Items) == 10 {
			continue
		}
		from, to := c.span(w.From, w.To)
		card.Items = append(card.Items, chat.Item{
			Text:    chat.Say("").Bold(w.ID).Plain("  " + windowName(w) + "  " + from + " – " + to + "  " + w.Reason),
			Buttons: []chat.Button{{Label: wordsEndIt.In(c.lang), Action: chat.Action{Verb: "maintenance", Arg: "end " + w.ID}}}})
	}
	if len(card.Items) == 0 {
		return c.answerText(wordsNoWindows.In(c.lang)), nil
	}
	return c.answer(chat.Content{Card: card}), nil
}

// endWindow ends a window now and lets the cases that only it held be called.
func (c *call) endWindow() (plan, error) {
	id := strings.ToLower(c.args["id"])
	return func(tx bot.Tx) error {
		roster, err := bot.LoadRoster(tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(roster.Windows, func(w bot.Window) bool { return w.ID == id && w.To.After(tx.Now()) })
		if i < 0 {
			return c.refuse(bot.ErrNotFound, wordsNoSuchID, wordsTryHelp, bot.Shorten(id, 40))
		}
		w := roster.Windows[i]
		others := slices.Delete(slices.Clone(roster.Windows), i, i+1)
		if err := c.desk.ChangeRoster(tx, bot.RecWindow, w.ID, nil); err != nil {
			return err
		}
		n, err := c.releaseHeld(tx, w, others)
		if err != nil {
			return err
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsWindowEnded.In(c.lang, w.ID, n))})
	}, nil
}

func (c *call) releaseHeld(tx bot.Tx, w bot.Window, others []bot.Window) (int, error) {
	cases, err := tx.Cases(bot.CaseQuery{States: []bot.State{bot.New, bot.Reopened}, Limit: 1000})
	n := 0
	for _, cs := range cases {
		if cs.Held == "" || !w.Covers(&cs, tx.Now()) || slices.ContainsFunc(others, func(o bot.Window) bool { return o.Covers(&cs, tx.Now()) }) {
			continue
		}
		if _, err := c.apply(tx, cs.ID, bot.Release{}); err != nil {
			return n, err
		}
		n++
	}
	return n, err
}

// testPage sends a test by every verified method, after everything real.
func (c *call) testPage() (plan, error) {
	p, err := c.personNamed(firstSet(c.args["person"], "me"))
	if err != nil {
		return nil, err
	}
	if err := c.mayArrange(p.ID); err != nil {
		return nil, err
	}
	lang := firstSet(p.Lang, c.lang)
	var letters []bot.Letter
	var ways []string
	for _, m := range c.in.MethodsOf(p.ID) {
		to, ok := c.in.Reach(p.ID, m)
		if !ok || !m.Verified {
			continue
		}
		content := chat.Content{Text: chat.T(wordsTestPage.In(lang, m.ID))}
		letters = append(letters, bot.Letter{Template: bot.TplContent, Intent: chat.IntentNotice, Audience: chat.Only(p.ID), Priority: bot.PrioTest,
			To: to, Person: p.ID, Lang: lang, Content: &content})
		ways = append(ways, m.ID)
	}
	if len(letters) == 0 {
		return nil, c.refuse(bot.ErrNotFound, wordsNoWayToTest, wordsSeeContact)
	}
	return func(tx bot.Tx) error {
		if err := c.desk.Post(tx, letters...); err != nil {
			return err
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsTestSent.In(c.lang, strings.Join(ways, ", ")))})
	}, nil
}
