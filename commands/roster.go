package commands

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/say"
)

var (
	wordsPeriod      = say.Words{EN: "“%s” is no period.", ZH: "“%s”不是时间段。"}
	wordsPeriodLike  = say.Words{EN: "Write 2h, 18:00-22:00, fri 18:00 to mon 09:00, or 2026-12-01 to 2026-12-05.", ZH: "可写 2h、18:00-22:00、周五 18:00 至 周一 09:00,或 2026-12-01 至 2026-12-05。"}
	wordsOverridden  = say.Words{EN: "Done: %s (id %s).", ZH: "已生效:%s(编号 %s)。"}
	wordsConflicts   = say.Words{EN: "That does not fit: %s.", ZH: "与现有安排冲突:%s。"}
	wordsSeeWeek     = say.Words{EN: "/oncall week and /oncall overrides show what is arranged.", ZH: "可用 /oncall week 和 /oncall overrides 查看安排。"}
	wordsIsOn        = say.Words{EN: "%s on call in %s, %s – %s", ZH: "%[1]s 在 %[2]s 值班,%[3]s – %[4]s"}
	wordsIsFor       = say.Words{EN: "%s for %s in %s, %s – %s", ZH: "%[1]s 代 %[2]s 值 %[3]s 的班,%[4]s – %[5]s"}
	wordsIsOff       = say.Words{EN: "%s off call in %s, %s – %s", ZH: "%[1]s 不值 %[2]s 的班,%[3]s – %[4]s"}
	wordsIsAway      = say.Words{EN: "%s is away %s – %s", ZH: "%s 休假 %s – %s"}
	wordsNoneArrange = say.Words{EN: "Nothing is arranged.", ZH: "没有临时安排。"}
	wordsArranged    = say.Words{EN: "What is arranged", ZH: "临时安排"}
	wordsUndo        = say.Words{EN: "Undo", ZH: "撤销"}
	wordsUndone      = say.Words{EN: "%s is undone.", ZH: "%s 已撤销。"}
	wordsNoSuchID    = say.Words{EN: "There is nothing with the id “%s”.", ZH: "没有编号为“%s”的安排。"}
	wordsNotYourOwn  = say.Words{EN: "That concerns somebody else.", ZH: "这不是你的安排。"}
	wordsAskTheLead  = say.Words{EN: "Ask them, or a lead.", ZH: "请联系本人或组长。"}
	wordsOnAlready   = say.Words{EN: "You are on call in %s already.", ZH: "你已在 %s 值班。"}
	wordsWhichSched  = say.Words{EN: "Which schedule?", ZH: "哪个值班表?"}
)

// shortID makes an id that can be read aloud.
func shortID(prefix string) string { return prefix + strings.ToLower(rand.Text()[:6]) }

func (c *call) span(from, to time.Time) (string, string) {
	const layout = "01-02 15:04"
	return from.In(c.zone()).Format(layout), to.In(c.zone()).Format(layout + " MST")
}

// describe says what an override does.
func (c *call) describe(o oncall.Override) string {
	from, to := c.span(o.From, o.To)
	switch o.Kind {
	case oncall.Replace:
		return wordsIsFor.In(c.lang, c.in.Name(o.Person), c.in.Name(o.Replaces), o.Schedule, from, to)
	case oncall.Remove:
		return wordsIsOff.In(c.lang, c.in.Name(o.Person), o.Schedule, from, to)
	default:
		return wordsIsOn.In(c.lang, c.in.Name(o.Person), o.Schedule, from, to)
	}
}

// periodOf reads a period and refuses what is none.
func (c *call) periodOf(text string) (period, error) {
	p, ok := parsePeriod(text, c.in.Now, c.zone())
	if !ok {
		return p, c.refuse(bot.ErrInvalid, wordsPeriod, wordsPeriodLike, bot.Shorten(text, 60))
	}
	return p, nil
}

// oneSchedule is the schedule that is meant: the named one, or the only one.
func (c *call) oneSchedule() (oncall.Schedule, error) {
	list, err := c.schedules()
	if err != nil {
		return oncall.Schedule{}, err
	}
	if len(list) != 1 {
		var ids []string
		for _, s := range list {
			ids = append(ids, s.ID)
		}
		return oncall.Schedule{}, bot.Refuse(bot.ErrInvalid, wordsWhichSched.In(c.lang), wordsTheSchedules.In(c.lang, strings.Join(ids, ", ")))
	}
	return list[0], nil
}

// mayArrange allows people to arrange their own shifts, and leads everybody's.
func (c *call) mayArrange(people ...string) error {
	if c.in.Actor.Role.AtLeast(bot.RoleLead) || slices.Contains(people, c.in.Actor.ID) {
		return nil
	}
	return c.refuse(bot.ErrForbidden, wordsNotYourOwn, wordsAskTheLead)
}

// override puts somebody on call beside whoever is.
func (c *call) override() (plan, error) { return c.arrange(oncall.Add) }

// remove takes somebody off call.
func (c *call) removeFromCall() (plan, error) { return c.arrange(oncall.Remove) }

func (c *call) arrange(kind oncall.OverrideKind) (plan, error) {
	s, err := c.oneSchedule()
	if err != nil {
		return nil, err
	}
	p, err := c.personNamed(c.args["person"])
	if err != nil {
		return nil, err
	}
	if err := c.mayArrange(p.ID); err != nil {
		return nil, err
	}
	when, err := c.periodOf(c.args["when"])
	if err != nil {
		return nil, err
	}
	return c.putOverrides(oncall.Override{ID: shortID("o"), Schedule: s.ID, Kind: kind, Person: p.ID, From: when.from, To: when.to})
}

// replace puts one person in another's place while the other would be on call.
func (c *call) replace() (plan, error) {
	s, err := c.oneSchedule()
	if err != nil {
		return nil, err
	}
	old, err := c.personNamed(c.args["person"])
	if err != nil {
		return nil, err
	}
	by, err := c.personNamed(c.args["by"])
	if err != nil {
		return nil, err
	}
	if err := c.mayArrange(by.ID); err != nil {
		return nil, err
	}
	when, err := c.periodOf(c.args["when"])
	if err != nil {
		return nil, err
	}
	return c.putOverrides(oncall.Override{ID: shortID("o"), Schedule: s.ID, Kind: oncall.Replace, Person: by.ID, Replaces: old.ID, From: when.from, To: when.to})
}

// take puts the person who asks in the place of whoever is on call, until the next
// hand-over or for a length.
func (c *call) take() (plan, error) {
	s, err := c.oneSchedule()
	if err != nil {
		return nil, err
	}
	ov, ab, me := c.in.Overrides(s.ID), c.in.Roster.Absences, c.in.Actor.ID
	now := oncall.On(s, ov, ab, c.in.Now)
	if slices.Contains(now, me) {
		return nil, c.refuse(bot.ErrConflict, wordsOnAlready, wordsSeeWeek, s.ID)
	}
	until := c.in.Now.Add(24 * time.Hour)
	if next, ok := oncall.Next(s, ov, ab, c.in.Now); ok {
		until = next.From
	}
	if t := c.args["when"]; t != "" {
		at, ok := parseUntil(t, c.in.Now, c.zone())
		if !ok || !at.After(c.in.Now) {
			return nil, c.refuse(bot.ErrInvalid, wordsNotATime, wordsTimeLike, bot.Shorten(t, 40))
		}
		until = at
	}
	o := oncall.Override{ID: shortID("o"), Schedule: s.ID, Kind: oncall.Add, Person: me, From: c.in.Now, To: until}
	if len(now) > 0 {
		o.Kind, o.Replaces = oncall.Replace, now[0]
	}
	return c.putOverrides(o)
}

// putOverrides stores overrides that fit what is arranged, says so, and tells the
// people concerned.
func (c *call) putOverrides(list ...oncall.Override) (plan, error) {
	for i := range list {
		o := &list[i]
		if err := o.Validate(); err != nil {
			return nil, bot.Refuse(bot.ErrInvalid, wordsConflicts.In(c.lang, err.Error()), wordsSeeWeek.In(c.lang))
		}
		if err := o.Conflict(c.in.Overrides(o.Schedule)); err != nil {
			return nil, bot.Refuse(bot.ErrConflict, wordsConflicts.In(c.lang, err.Error()), wordsSeeWeek.In(c.lang))
		}
	}
	return func(tx bot.Tx) error {
		var said []string
		for _, o := range list {
			if err := c.desk.ChangeShifts(tx, c.in.Actor, bot.RecOverride, o.ID, o); err != nil {
				return err
			}
			said = append(said, wordsOverridden.In(c.lang, c.describe(o), o.ID))
		}
		return c.tell(tx, chat.Content{Text: chat.T(strings.Join(said, "\n"))})
	}, nil
}

// notify writes to a person of the hotline directly.
func (c *call) notify(tx bot.Tx, person string, words say.Words, buttons func(lang string) []chat.Button, args ...any) error {
	if person == "" || person == c.in.Actor.ID {
		return nil
	}
	to, ok := c.in.Account(person, "")
	if !ok {
		return nil
	}
	p, _ := c.in.Org.Person(person)
	lang := firstSet(p.Lang, c.in.Org.Lang)
	content := chat.Content{Text: chat.T(words.In(lang, args...))}
	if buttons != nil {
		content.Buttons = buttons(lang)
	}
	return c.desk.Post(tx, bot.Letter{Template: bot.TplContent, Intent: chat.IntentNotice, Audience: chat.Only(person), Priority: bot.PrioNotice,
		To: to, Person: person, Lang: lang, Content: &content})
}

// overrides lists what is arranged from now on, with a button to undo it.
func (c *call) overrides() (plan, error) {
	card := &chat.Card{Title: wordsArranged.In(c.lang), Tone: chat.ToneNormal}
	add := func(id, text string) {
		if len(card.Items) < 10 {
			card.Items = append(card.Items, chat.Item{Text: chat.Say("").Bold(id).Plain("  " + text),
				Buttons: []chat.Button{{Label: wordsUndo.In(c.lang), Action: chat.Action{Verb: "oncall", Arg: "undo " + id}}}})
		}
	}
	for _, o := range c.in.Roster.Overrides {
		if o.To.After(c.in.Now) && (c.args["schedule"] == "" || o.Schedule == c.args["schedule"]) {
			add(o.ID, c.describe(o))
		}
	}
	for _, a := range c.in.Roster.Absences {
		if a.To.After(c.in.Now) {
			from, to := c.span(a.From, a.To)
			add(absenceID(a), wordsIsAway.In(c.lang, c.in.Name(a.Person), from, to))
		}
	}
	if len(card.Items) == 0 {
		return c.answerText(wordsNoneArrange.In(c.lang)), nil
	}
	return c.answer(chat.Content{Card: card}), nil
}

// absenceID names an absence by whom and when, because it has no id of its own.
func absenceID(a oncall.Absence) string {
	return a.Person + "@" + a.From.UTC().Format("20060102T1504")
}

// undo takes back an override or an absence.
func (c *call) undo() (plan, error) {
	id := c.args["id"]
	for _, o := range c.in.Roster.Overrides {
		if strings.EqualFold(o.ID, id) {
			return c.takeBack(bot.RecOverride, o.ID, c.describe(o), &o, o.Person, o.Replaces)
		}
	}
	for _, a := range c.in.Roster.Absences {
		if strings.EqualFold(absenceID(a), id) {
			from, to := c.span(a.From, a.To)
			return c.takeBack(bot.RecAbsence, absenceID(a), wordsIsAway.In(c.lang, c.in.Name(a.Person), from, to), nil, a.Person)
		}
	}
	return nil, c.refuse(bot.ErrNotFound, wordsNoSuchID, wordsSeeWeek, bot.Shorten(id, 40))
}

func (c *call) takeBack(kind, id, what string, o *oncall.Override, people ...string) (plan, error) {
	if err := c.mayArrange(people...); err != nil {
		return nil, err
	}
	return func(tx bot.Tx) error {
		if o == nil {
			if err := c.desk.ChangeShifts(tx, c.in.Actor, kind, id, nil); err != nil {
				return err
			}
		} else {
			if err := c.desk.ChangeRoster(tx, kind, id, nil); err != nil {
				return err
			}
			for _, p := range people {
				if err := c.notify(tx, p, wordsUndone, nil, what); err != nil {
					return err
				}
			}
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsUndone.In(c.lang, what))})
	}, nil
}

// off records a vacation: of the person who asks, or, for leads, of somebody.
func (c *call) off() (plan, error) {
	person, when := c.in.Actor.ID, c.args["when"]
	if _, ok := parsePeriod(when, c.in.Now, c.zone()); !ok {
		if words := split(when); len(words) > 1 {
			if p, err := c.personNamed(words[0].text); err == nil {
				person, when = p.ID, when[words[0].next:]
			}
		}
	}
	if err := c.mayArrange(person); err != nil {
		return nil, err
	}
	p, err := c.periodOf(when)
	if err != nil {
		return nil, err
	}
	a := oncall.Absence{Person: person, From: p.from.UTC().Truncate(time.Minute), To: p.to.UTC(), Note: bot.Shorten(p.rest, 200)}
	if err := a.Validate(); err != nil {
		return nil, bot.Refuse(bot.ErrInvalid, wordsConflicts.In(c.lang, err.Error()), wordsPeriodLike.In(c.lang))
	}
	from, to := c.span(a.From, a.To)
	return func(tx bot.Tx) error {
		if err := c.desk.ChangeShifts(tx, c.in.Actor, bot.RecAbsence, absenceID(a), a); err != nil {
			return err
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsOverridden.In(c.lang, wordsIsAway.In(c.lang, c.in.Name(person), from, to), absenceID(a)))})
	}, nil
}
