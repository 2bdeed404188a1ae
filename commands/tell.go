package commands

import "hotline/bot"

// Tell says an event of a case in one line, as the viewer may read it; "" when it
// is of no interest to people. The caller has checked that the viewer may see it.
func Tell(w bot.World, viewer bot.Actor, e bot.CaseEvent, lang string) string {
	c := &call{in: bot.Incoming{World: w, Actor: viewer}, lang: lang}
	return c.tellEvent(e)
}
