package commands

import (
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
)

// maxChoices is how many completions are offered, Discord's bound.
const maxChoices = 25

// Suggest implements bot.Handler: it completes an argument from memory.
func (c *Commands) Suggest(w bot.World, actor bot.Actor, q chat.Suggest) []chat.Choice {
	v, ok := look(c.verbs, q.Verb)
	if !ok || !actor.Role.AtLeast(v.min) {
		return nil
	}
	prefix := bot.CleanText(q.Prefix, 200)
	if q.Arg == "what" && len(v.subs) > 0 {
		return completeSubs(v, actor, prefix)
	}
	for _, a := range v.args {
		if a.name != q.Arg {
			continue
		}
		switch {
		case a.kind == argCase:
			return c.index.complete(actor, prefix, maxChoices)
		case a.kind == argPerson:
			return completePeople(w, actor, prefix)
		case a.kind == argChoice:
			return completeChoice(a, actor, prefix)
		}
	}
	return c.completeByName(w, actor, q.Arg, prefix)
}

// completeByName completes the arguments of sub-verbs, which are known by their
// names alone.
func (c *Commands) completeByName(w bot.World, actor bot.Actor, name, prefix string) []chat.Choice {
	switch name {
	case "case", "number":
		return c.index.complete(actor, prefix, maxChoices)
	case "person":
		return completePeople(w, actor, prefix)
	case "schedule":
		return completeSchedules(w, actor, prefix)
	case "article":
		return c.index.completeArticle(actor, prefix, maxChoices)
	case "verb":
		return c.completeVerbs(actor, prefix)
	default:
		return nil
	}
}

func (c *Commands) completeVerbs(actor bot.Actor, prefix string) []chat.Choice {
	var out []chat.Choice
	for i := range c.verbs {
		v := &c.verbs[i]
		if !v.hidden && actor.Role.AtLeast(v.min) && strings.HasPrefix(v.name, strings.ToLower(prefix)) && len(out) < maxChoices {
			out = append(out, chat.Choice{Value: v.name, Label: v.name})
		}
	}
	return out
}

func completeSubs(v *verb, actor bot.Actor, prefix string) []chat.Choice {
	var out []chat.Choice
	for _, s := range v.subs {
		if !s.hidden && actor.Role.AtLeast(s.min) && strings.HasPrefix(s.name, strings.ToLower(prefix)) && len(out) < maxChoices {
			out = append(out, chat.Choice{Value: s.name, Label: bot.Shorten(s.name+" – "+s.help.In(actor.Lang), 90)})
		}
	}
	return out
}

func completePeople(w bot.World, actor bot.Actor, prefix string) []chat.Choice {
	if !actor.Role.Staff() {
		return nil
	}
	want := strings.ToLower(strings.TrimPrefix(prefix, "@"))
	var out []chat.Choice
	for _, p := range w.Org.People {
		if p.Role.Staff() && (strings.Contains(strings.ToLower(p.ID), want) || strings.Contains(strings.ToLower(p.Name), want)) && len(out) < maxChoices {
			out = append(out, chat.Choice{Value: p.ID, Label: bot.Shorten(p.Name, 90)})
		}
	}
	return out
}

func completeSchedules(w bot.World, actor bot.Actor, prefix string) []chat.Choice {
	if !actor.Role.Staff() {
		return nil
	}
	var out []chat.Choice
	for _, s := range w.Org.Schedules {
		if strings.HasPrefix(strings.ToLower(s.ID), strings.ToLower(prefix)) && len(out) < maxChoices {
			out = append(out, chat.Choice{Value: s.ID, Label: bot.Shorten(s.ID+" "+s.Name, 90)})
		}
	}
	return out
}

func completeChoice(a arg, actor bot.Actor, prefix string) []chat.Choice {
	var out []chat.Choice
	for _, ch := range a.choices {
		label := ch.label.In(actor.Lang)
		if strings.HasPrefix(ch.value, strings.ToLower(prefix)) || strings.HasPrefix(strings.ToLower(label), strings.ToLower(prefix)) {
			out = append(out, chat.Choice{Value: ch.value, Label: label})
		}
	}
	return out
}
