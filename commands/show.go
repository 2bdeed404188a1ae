package commands

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsNoCases   = say.Words{EN: "No open cases.", ZH: "没有未完成的工单。"}
	wordsYours     = say.Words{EN: "Your open cases", ZH: "你的未完成工单"}
	wordsQueue     = say.Words{EN: "Queue", ZH: "工单队列"}
	wordsHistory   = say.Words{EN: "What happened", ZH: "经过"}
	wordsNoFilter  = say.Words{EN: "“%s” is no state, customer or service.", ZH: "“%s”不是状态、客户或服务。"}
	wordsOwner     = say.Words{EN: "with %s", ZH: "处理人 %s"}
	wordsUnowned   = say.Words{EN: "nobody has it yet", ZH: "无人接单"}
	wordsOpenedAgo = say.Words{EN: "%s old", ZH: "已 %s"}
	wordsJustNow   = say.Words{EN: "updated just now", ZH: "刚刚更新"}
	wordsSince     = say.Words{EN: "updated %s ago", ZH: "%s前更新"}
)

// zone is the zone of the person who asks.
func (c *call) zone() *time.Location {
	if p, ok := c.in.Org.Person(c.in.Actor.ID); ok && p.Zone != "" {
		if loc, err := time.LoadLocation(p.Zone); err == nil {
			return loc
		}
	}
	if cu, ok := c.in.Org.Customer(c.in.Actor.Customer); ok && cu.Zone != "" {
		if loc, err := time.LoadLocation(cu.Zone); err == nil {
			return loc
		}
	}
	if c.in.Org.Zone != nil {
		return c.in.Org.Zone
	}
	return time.UTC
}

func (c *call) moment(t chat.Text, at time.Time) chat.Text {
	return t.Moment(at, at.In(c.zone()).Format("2006-01-02 15:04 MST"))
}

// status answers how a case stands; without a number it lists the person's cases.
func (c *call) status() (plan, error) {
	if c.args["case"] == "" && !c.linkedOK {
		return c.mine()
	}
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	return c.answer(c.card(&cs)), nil
}

// card is the case as the person may see it: the customer's card, or the internal
// one with its actions.
func (c *call) card(cs *bot.Case) chat.Content {
	l := c.private(chat.Content{})
	l.Template = bot.TplReceipt
	if c.in.Actor.Role.Staff() {
		l.Template = bot.TplCard
	}
	content := bot.Render(c.in.World, &l, cs)
	if content.Card == nil {
		return content
	}
	if !c.in.Actor.Role.Staff() {
		card := content.Card
		card.Body = chat.T(bot.Shorten(cs.Title, 200))
		card.Foot = chat.T(wordsJustNow.In(c.lang))
		if since := c.in.Now.Sub(cs.Updated); since >= time.Minute {
			card.Foot = chat.T(wordsSince.In(c.lang, bot.Ago(since)))
		}
		switch cs.State {
		case bot.Resolved:
			card.Buttons = []chat.Button{
				{Label: c.label("confirm"), Style: chat.StylePrimary, Action: chat.Action{Verb: "confirm", Case: cs.Number, Gen: cs.Generation}},
				{Label: c.label("reopen"), Style: chat.StyleDanger, Action: chat.Action{Verb: "reopen", Case: cs.Number, Gen: cs.Generation}}}
		case bot.Closed:
			card.Buttons = []chat.Button{{Label: c.label("reopen"), Action: chat.Action{Verb: "reopen", Case: cs.Number, Gen: cs.Generation}}}
		}
	}
	return content
}

// label is what the button of a verb says.
func (c *call) label(name string) string {
	v, ok := look(c.verbs, name)
	if !ok || v.label.EN == "" {
		return name
	}
	return v.label.In(c.lang)
}

// showCase answers with the case and what happened, as far as the person may know.
func (c *call) showCase() (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	var events []bot.CaseEvent
	err = c.view(func(r bot.Reader) error {
		events, err = r.Events(cs.ID, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	content := c.card(&cs)
	lines := c.history(events)
	if len(lines) > 0 {
		text := chat.Say("").Bold(wordsHistory.In(c.lang))
		for _, l := range lines {
			text = c.moment(text.Plain("\n"), l.at).Plain("  " + l.say)
		}
		content.Text = append(content.Text, text...)
	}
	return c.answer(content), nil
}

// maxHistory is how many of the latest events are shown.
const maxHistory = 25

type historyLine struct {
	at  time.Time
	say string
}

// history tells the latest events that the person may read, oldest first.
func (c *call) history(events []bot.CaseEvent) []historyLine {
	var lines []historyLine
	for _, e := range events {
		if !c.mayRead(e) {
			continue
		}
		if s := c.tellEvent(e); s != "" {
			lines = append(lines, historyLine{e.At, s})
		}
	}
	return lines[max(0, len(lines)-maxHistory):]
}

// mayRead fails closed: whoever is not of the hotline reads what is meant for the
// customer, and nothing else.
func (c *call) mayRead(e bot.CaseEvent) bool {
	return e.Audience.IsCustomer() || c.in.Actor.Role.Staff() && e.Audience.Valid()
}

// mine lists the open cases that concern the person.
func (c *call) mine() (plan, error) {
	var cases []bot.Case
	err := c.view(func(r bot.Reader) (err error) {
		cases, err = openCasesOf(r, c.in.Actor, 50)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.answer(c.list(wordsYours.In(c.lang), cases)), nil
}

// queue lists what is open, the worst first.
func (c *call) queue() (plan, error) {
	q := bot.CaseQuery{States: activeStates(), Limit: 200}
	if f := c.args["filter"]; f != "" {
		if err := c.filter(&q, f); err != nil {
			return nil, err
		}
	}
	var cases []bot.Case
	err := c.view(func(r bot.Reader) (err error) {
		cases, err = r.Cases(q)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.answer(c.list(wordsQueue.In(c.lang), cases)), nil
}

func (c *call) filter(q *bot.CaseQuery, f string) error {
	switch fold(f) {
	case "new", "untaken", "新建", "未接":
		q.States = []bot.State{bot.New, bot.Reopened}
		return nil
	case "waiting", "等待":
		q.States = []bot.State{bot.WaitingCustomer, bot.WaitingOthers}
		return nil
	case "resolved", "已解决":
		q.States = []bot.State{bot.Resolved}
		return nil
	}
	for _, cu := range c.in.Org.Customers {
		if strings.EqualFold(cu.ID, f) || strings.EqualFold(cu.Name, f) {
			q.Customer = cu.ID
			return nil
		}
	}
	for _, s := range c.in.Org.Services {
		if strings.EqualFold(s.ID, f) || strings.EqualFold(s.Name, f) {
			q.Service = s.ID
			return nil
		}
	}
	return c.badUsage(wordsNoFilter, bot.Shorten(f, 40))
}

// list shows at most ten cases, with the button that most likely comes next.
func (c *call) list(title string, cases []bot.Case) chat.Content {
	if len(cases) == 0 {
		return chat.Content{Text: chat.T(wordsNoCases.In(c.lang))}
	}
	card := &chat.Card{Title: title + " (" + strconv.Itoa(len(cases)) + ")", Tone: chat.ToneNormal}
	for _, cs := range cases[:min(10, len(cases))] {
		card.Items = append(card.Items, c.item(&cs))
	}
	if len(cases) > 10 {
		card.Foot = chat.T(wordsAndMore.In(c.lang, len(cases)-10))
	}
	return chat.Content{Card: card}
}

func (c *call) item(cs *bot.Case) chat.Item {
	parts := []string{bot.StateName(cs.State, c.lang)}
	if c.in.Actor.Role.Staff() {
		if cu, ok := c.in.Org.Customer(cs.Customer); ok {
			parts = append(parts, cu.Name)
		}
	}
	if cs.Owner == "" {
		parts = append(parts, wordsUnowned.In(c.lang))
	} else if cs.Owner != c.in.Actor.ID {
		parts = append(parts, wordsOwner.In(c.lang, c.in.Name(cs.Owner)))
	}
	parts = append(parts, wordsOpenedAgo.In(c.lang, bot.Ago(c.in.Now.Sub(cs.Opened))))
	text := chat.Say("").Bold(cs.Number).Plain(" [" + strconv.Itoa(int(cs.Severity)) + "] " + bot.Shorten(cs.Title, 80) + "\n" + strings.Join(parts, " · "))
	return chat.Item{Text: text, Buttons: c.nextButtons(cs)}
}

func (c *call) nextButtons(cs *bot.Case) []chat.Button {
	button := func(verb string, style chat.Style) chat.Button {
		return chat.Button{Label: c.label(verb), Style: style, Action: chat.Action{Verb: verb, Case: cs.Number, Gen: cs.Generation}}
	}
	switch {
	case !c.in.Actor.Role.Staff() && cs.State == bot.Resolved:
		return []chat.Button{button("confirm", chat.StylePrimary), button("reopen", chat.StylePlain)}
	case !c.in.Actor.Role.Staff():
		return nil
	case cs.State.Untaken():
		return []chat.Button{button("ack", chat.StylePrimary)}
	case cs.Owner == c.in.Actor.ID && cs.State.Active():
		return []chat.Button{button("resolve", chat.StylePrimary)}
	default:
		return nil
	}
}

// home fills a person's own page: what is theirs, and for the people of the
// hotline what nobody has taken.
func (c *call) homeContent(r bot.Reader) (chat.Content, error) {
	cases, err := openCasesOf(r, c.in.Actor, 50)
	if err != nil || !c.in.Actor.Role.Staff() {
		return c.list(wordsYours.In(c.lang), cases), err
	}
	open, err := r.Cases(bot.CaseQuery{States: []bot.State{bot.New, bot.Reopened}, Limit: 50})
	if err != nil {
		return chat.Content{}, err
	}
	open = slices.DeleteFunc(open, func(cs bot.Case) bool {
		return slices.ContainsFunc(cases, func(o bot.Case) bool { return o.ID == cs.ID })
	})
	return c.list(wordsQueue.In(c.lang), append(cases, open...)), nil
}
