package commands

import (
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/say"
)

var (
	wordsNoShift     = say.Words{EN: "%s has no shift in %s within a year.", ZH: "%s 一年内在 %s 没有班次。"}
	wordsAskedCover  = say.Words{EN: "Asked the others to take %s in %s, %s – %s (id %s). It stays yours until somebody accepts.", ZH: "已请其他人代 %[1]s 值 %[2]s 的班,%[3]s – %[4]s(编号 %[5]s)。有人接受前仍由本人负责。"}
	wordsCoverAsk    = say.Words{EN: "%s asks for cover in %s, %s – %s. %s", ZH: "%s 请人代值 %s 的班,%s – %s。%s"}
	wordsSwapAsk     = say.Words{EN: "%s asks to swap in %s: you take %s – %s, they take yours %s – %s.", ZH: "%s 想在 %s 换班:你值 %s – %s,对方值你的 %s – %s。"}
	wordsAskedSwap   = say.Words{EN: "Asked %s to swap (id %s). Nothing changes until they accept.", ZH: "已向 %s 发出换班请求(编号 %s),对方接受前不变。"}
	wordsAccept      = say.Words{EN: "Accept", ZH: "接受"}
	wordsTakenCover  = say.Words{EN: "That was taken by %s.", ZH: "已由 %s 接受。"}
	wordsNothingToDo = say.Words{EN: "There is nothing for you to do.", ZH: "你无需再做任何操作。"}
	wordsOwnCover    = say.Words{EN: "You asked for it yourself.", ZH: "这是你自己发出的请求。"}
	wordsCoverDone   = say.Words{EN: "Accepted: %s", ZH: "已接受:%s"}
	wordsCoverTold   = say.Words{EN: "%s accepted: %s", ZH: "%s 已接受:%s"}
	wordsNoCovers    = say.Words{EN: "Nobody asks for cover.", ZH: "没有代班请求。"}
	wordsCovers      = say.Words{EN: "Asked for cover", ZH: "代班请求"}
)

// ownShift is the shift that somebody gives away: the period given, or their next.
func (c *call) ownShift(s oncall.Schedule, person, when string) (oncall.Shift, string, error) {
	if strings.TrimSpace(when) != "" {
		p, err := c.periodOf(when)
		return oncall.Shift{Person: person, From: p.from, To: p.to}, p.rest, err
	}
	next, ok := oncall.NextShift(s, c.in.Overrides(s.ID), c.in.Roster.Absences, person, c.in.Now)
	if !ok {
		return oncall.Shift{}, "", c.refuse(bot.ErrNotFound, wordsNoShift, wordsSeeWeek, c.in.Name(person), s.ID)
	}
	return oncall.Shift{Person: person, From: next.From, To: next.To}, "", nil
}

// cover asks the others of a schedule to take a shift.
func (c *call) cover() (plan, error) {
	s, err := c.oneSchedule()
	if err != nil {
		return nil, err
	}
	shift, reason, err := c.ownShift(s, c.in.Actor.ID, c.args["when"])
	if err != nil {
		return nil, err
	}
	ask := bot.Cover{ID: shortID("c"), Schedule: s.ID, Person: shift.Person, From: shift.From.UTC(), To: shift.To.UTC(), Reason: bot.Shorten(reason, 200)}
	from, to := c.span(ask.From, ask.To)
	return func(tx bot.Tx) error {
		if err := c.desk.ChangeRoster(tx, bot.RecCover, ask.ID, ask); err != nil {
			return err
		}
		for _, p := range participants(s) {
			if err := c.notify(tx, p, wordsCoverAsk, acceptButton(ask.ID), c.in.Actor.Name, s.ID, from, to, ask.Reason); err != nil {
				return err
			}
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsAskedCover.In(c.lang, c.in.Actor.Name, s.ID, from, to, ask.ID))})
	}, nil
}

func acceptButton(id string) func(lang string) []chat.Button {
	return func(lang string) []chat.Button {
		return []chat.Button{{Label: wordsAccept.In(lang), Style: chat.StylePrimary, Action: chat.Action{Verb: "oncall", Arg: "accept " + id}}}
	}
}

// participants lists everybody in a schedule once.
func participants(s oncall.Schedule) []string {
	var ids []string
	seen := map[string]bool{}
	for _, l := range s.Layers {
		for _, p := range l.Rotation.Participants {
			if !seen[p] {
				seen[p] = true
				ids = append(ids, p)
			}
		}
	}
	return ids
}

// swap asks one person to exchange next shifts.
func (c *call) swap() (plan, error) {
	s, err := c.oneSchedule()
	if err != nil {
		return nil, err
	}
	other, err := c.personNamed(c.args["person"])
	if err != nil {
		return nil, err
	}
	mine, _, err := c.ownShift(s, c.in.Actor.ID, "")
	if err != nil {
		return nil, err
	}
	theirs, _, err := c.ownShift(s, other.ID, "")
	if err != nil {
		return nil, err
	}
	if _, err := oncall.Swap(s, c.in.Overrides(s.ID), c.in.Roster.Absences, "try", mine, theirs); err != nil {
		return nil, bot.Refuse(bot.ErrConflict, wordsConflicts.In(c.lang, err.Error()), wordsSeeWeek.In(c.lang))
	}
	ask := bot.Cover{ID: shortID("s"), Schedule: s.ID, Person: mine.Person, From: mine.From.UTC(), To: mine.To.UTC(), SwapFrom: theirs.From.UTC(), SwapTo: theirs.To.UTC()}
	from, to := c.span(ask.From, ask.To)
	back, until := c.span(ask.SwapFrom, ask.SwapTo)
	return func(tx bot.Tx) error {
		if err := c.desk.ChangeRoster(tx, bot.RecCover, ask.ID, ask); err != nil {
			return err
		}
		if err := c.notify(tx, other.ID, wordsSwapAsk, acceptButton(ask.ID), c.in.Actor.Name, s.ID, from, to, back, until); err != nil {
			return err
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsAskedSwap.In(c.lang, c.in.Name(other.ID), ask.ID))})
	}, nil
}

// accept takes a shift that somebody asked to be covered. The record is read in
// the transaction, so that two people who press cannot both have it.
func (c *call) accept() (plan, error) {
	id := strings.ToLower(c.args["id"])
	return func(tx bot.Tx) error {
		w := c.desk.World(tx)
		var ask bot.Cover
		roster, err := bot.LoadRoster(tx)
		if err != nil {
			return err
		}
		w.Roster = roster
		for _, cv := range roster.Covers {
			if cv.ID == id {
				ask = cv
			}
		}
		switch {
		case ask.ID == "" || !ask.To.After(tx.Now()):
			return c.refuse(bot.ErrNotFound, wordsNoSuchID, wordsSeeWeek, bot.Shorten(id, 40))
		case ask.TakenBy != "":
			return c.refuse(bot.ErrConflict, wordsTakenCover, wordsNothingToDo, w.Name(ask.TakenBy))
		case ask.Person == c.in.Actor.ID:
			return c.refuse(bot.ErrConflict, wordsOwnCover, wordsNothingToDo)
		}
		list, err := c.accepted(w, ask)
		if err != nil {
			return err
		}
		return c.storeAccepted(tx, ask, list)
	}, nil
}

// accepted makes the overrides of a cover or a swap, or says why they do not fit.
func (c *call) accepted(w bot.World, ask bot.Cover) ([]oncall.Override, error) {
	s, ok := w.Org.Schedule(ask.Schedule)
	if !ok {
		return nil, c.refuse(bot.ErrNotFound, wordsNoSchedule, wordsSeeWeek, ask.Schedule)
	}
	shift := oncall.Shift{Person: ask.Person, From: ask.From, To: ask.To}
	if shift.From.Before(w.Now) && ask.SwapFrom.IsZero() {
		shift.From = w.Now.UTC().Truncate(time.Second) // what is left of it
	}
	var list []oncall.Override
	var err error
	if ask.SwapFrom.IsZero() {
		var o oncall.Override
		o, err = oncall.Cover(s, w.Overrides(s.ID), w.Roster.Absences, ask.ID, shift, c.in.Actor.ID)
		list = []oncall.Override{o}
	} else {
		list, err = oncall.Swap(s, w.Overrides(s.ID), w.Roster.Absences, ask.ID, shift, oncall.Shift{Person: c.in.Actor.ID, From: ask.SwapFrom, To: ask.SwapTo})
	}
	if err != nil {
		return nil, bot.Refuse(bot.ErrConflict, wordsConflicts.In(c.lang, err.Error()), wordsSeeWeek.In(c.lang))
	}
	return list, nil
}

func (c *call) storeAccepted(tx bot.Tx, ask bot.Cover, list []oncall.Override) error {
	ask.TakenBy = c.in.Actor.ID
	if err := c.desk.ChangeRoster(tx, bot.RecCover, ask.ID, ask); err != nil {
		return err
	}
	var said []string
	for _, o := range list {
		if err := c.desk.ChangeShifts(tx, c.in.Actor, bot.RecOverride, o.ID, o); err != nil {
			return err
		}
		said = append(said, c.describe(o))
	}
	what := strings.Join(said, "; ")
	if err := c.notify(tx, ask.Person, wordsCoverTold, nil, c.in.Actor.Name, what); err != nil {
		return err
	}
	return c.tell(tx, chat.Content{Text: chat.T(wordsCoverDone.In(c.lang, what))})
}

// covers lists the requests that nobody has accepted.
func (c *call) covers() (plan, error) {
	card := &chat.Card{Title: wordsCovers.In(c.lang), Tone: chat.ToneNormal}
	for _, cv := range c.in.Roster.Covers {
		if cv.TakenBy != "" || !cv.To.After(c.in.Now) || len(card.Items) == 10 {
			continue
		}
		from, to := c.span(cv.From, cv.To)
		it := chat.Item{Text: chat.Say("").Bold(cv.ID).Plain("  " + wordsCoverAsk.In(c.lang, c.in.Name(cv.Person), cv.Schedule, from, to, cv.Reason))}
		if cv.Person != c.in.Actor.ID {
			it.Buttons = acceptButton(cv.ID)(c.lang)
		}
		card.Items = append(card.Items, it)
	}
	if len(card.Items) == 0 {
		return c.answerText(wordsNoCovers.In(c.lang)), nil
	}
	return c.answer(chat.Content{Card: card}), nil
}
