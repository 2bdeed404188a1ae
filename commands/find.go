package commands

import (
	"slices"
	"strings"

	"hotline/bot"
)

// theCase finds the case that the verb is about: the number given, or the case of
// the thread. A number that does not exist and one of somebody else's get the same
// answer.
func (c *call) theCase() (bot.Case, error) {
	text := strings.TrimRight(c.args["case"], ":,.;：，。；")
	if text == "" {
		if c.linkedOK {
			return c.linked, nil
		}
		return bot.Case{}, c.whichCase()
	}
	var found bot.Case
	err := c.view(func(r bot.Reader) error {
		cs, err := c.desk.Find(r, c.in.Actor, text)
		found = cs
		return err
	})
	return found, err
}

func quoteTitle(title string) string { return "“" + bot.Shorten(title, 40) + "”" }

// whichCase asks for a number and names the person's open cases.
func (c *call) whichCase() error {
	var mine []string
	if c.in.View != nil {
		err := c.view(func(r bot.Reader) error {
			cases, err := openCasesOf(r, c.in.Actor, 3)
			for _, cs := range cases {
				mine = append(mine, cs.Number+" "+quoteTitle(cs.Title))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	hint := wordsUsage.In(c.lang, c.verb.usage(c.path))
	if len(mine) > 0 {
		hint = wordsYourOpen.In(c.lang, strings.Join(mine, ", "))
	}
	return bot.Refuse(bot.ErrInvalid, wordsWhichCase.In(c.lang), hint)
}

// activeStates are those in which somebody must still do something.
func activeStates() []bot.State {
	return []bot.State{bot.New, bot.Reopened, bot.Acknowledged, bot.InProgress, bot.WaitingCustomer, bot.WaitingOthers}
}

func openStates() []bot.State { return append(activeStates(), bot.Resolved) }

// openCasesOf lists the open cases that concern a person: those they own or help
// with for the people of the hotline, those of their organisation for customers.
func openCasesOf(r bot.Reader, a bot.Actor, limit int) ([]bot.Case, error) {
	q := bot.CaseQuery{States: openStates(), Limit: limit}
	switch {
	case a.Role.Staff():
		q.Owner, q.States = a.ID, activeStates()
	case a.Role == bot.RoleCustomer && a.Customer != "":
		q.Customer = a.Customer
	default:
		q.Reporter = a.ID
	}
	cases, err := r.Cases(q)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(cases, func(cs bot.Case) bool { return !bot.MaySee(a, &cs) }), nil
}

// personNamed finds somebody of the hotline by id, name or the beginning of one
// name; "me" is the person who asks.
func (c *call) personNamed(text string) (bot.Person, error) {
	text = strings.TrimPrefix(strings.TrimSpace(text), "@")
	want := strings.ToLower(text)
	if want == "me" || want == "我" {
		text, want = c.in.Actor.ID, strings.ToLower(c.in.Actor.ID)
	}
	var some []bot.Person
	for _, p := range c.in.Org.People {
		if !p.Role.Staff() {
			continue
		}
		if p.ID == text || strings.EqualFold(p.ID, text) || strings.EqualFold(p.Name, text) {
			return p, nil
		}
		if want != "" && (strings.HasPrefix(strings.ToLower(p.ID), want) || strings.HasPrefix(strings.ToLower(p.Name), want)) {
			some = append(some, p)
		}
	}
	if len(some) == 1 {
		return some[0], nil
	}
	var names []string
	for _, p := range some {
		names = append(names, p.ID)
	}
	if len(names) == 0 {
		names = c.nearPeople(want)
	}
	hint := wordsPersonHint.In(c.lang)
	if len(names) > 0 {
		hint = wordsDidYouMean.In(c.lang, joinOr(names[:min(5, len(names))], c.lang))
	}
	return bot.Person{}, bot.Refuse(bot.ErrNotFound, wordsNoPerson.In(c.lang, bot.Shorten(text, 40)), hint)
}

func (c *call) nearPeople(want string) []string {
	var names []string
	for _, p := range c.in.Org.People {
		if p.Role.Staff() && (distance(want, strings.ToLower(p.ID), 2) <= 2 || distance(want, strings.ToLower(p.Name), 2) <= 2) {
			names = append(names, p.ID)
		}
	}
	return names
}
