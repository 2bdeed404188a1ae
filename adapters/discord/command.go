package discord

import (
	"context"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/bot/chat"
)

// complete answers what is being typed, from the core's memory.
func (a *Adapter) complete(ctx context.Context, in chat.Inbox, it *interaction) callback {
	out := callback{Type: discordgo.InteractionApplicationCommandAutocompleteResult, Data: &callbackData{Choices: []choice{}}}
	for _, o := range it.Data.Options {
		if !o.Focused {
			continue
		}
		where, _ := a.spotOf(ctx, it)
		found := in.Suggest(ctx, chat.Suggest{From: it.who(), Where: where, Verb: it.Data.Name, Arg: o.Name, Prefix: cutRunes(o.text(), 200)})
		for _, c := range found {
			if c.Value != "" && units(c.Value) <= 100 && len(out.Data.Choices) < maxChoices {
				label := c.Label
				if strings.TrimSpace(label) == "" {
					label = c.Value
				}
				out.Data.Choices = append(out.Data.Choices, choice{Name: clip(label, 100), Value: c.Value})
			}
		}
	}
	return out
}

// spotOf is where an interaction happened; its payload says so itself.
func (a *Adapter) spotOf(ctx context.Context, it *interaction) (chat.Place, error) {
	if it.Channel != nil && it.Channel.ID == it.Chan {
		a.places.learn(&discordgo.Channel{ID: it.Channel.ID, Type: it.Channel.Type, ParentID: it.Channel.ParentID})
	}
	if it.Guild == "" && it.Channel == nil {
		return chat.Place{Platform: Platform, Channel: it.Chan, Direct: true}, nil
	}
	return a.places.place(ctx, it.Chan)
}

// eventOf makes the neutral event of a command, button or form.
func (a *Adapter) eventOf(ctx context.Context, it *interaction) (chat.Event, bool) {
	where, err := a.spotOf(ctx, it)
	if err != nil {
		a.log.Warn("place of an interaction not found", "err", err)
		where = chat.Place{Platform: Platform, Channel: it.Chan, Direct: it.Guild == ""}
	}
	at := timeOf(it.ID)
	ev := chat.Event{
		Key: "i:" + it.ID, At: at, From: it.who(), Where: where,
		Reply: chat.ReplyHandle{Platform: Platform, Token: it.Token, Expires: at.Add(tokenLife), Private: true},
	}
	if it.updates() {
		if m, ok := decodeMessage(it.Message, a.self()); ok {
			ev.Message = chat.MessageRef{Place: where, ID: m.id}
		}
	}
	switch it.Type {
	case discordgo.InteractionApplicationCommand:
		if it.Data.Kind == discordgo.MessageApplicationCommand {
			return a.shortcut(ctx, it, ev)
		}
		ev.Kind, ev.Verb, ev.Args = chat.KindCommand, it.Data.Name, a.args(it)
		return ev, true
	case discordgo.InteractionMessageComponent:
		id := it.Data.CustomID
		if len(it.Data.Values) > 0 {
			id = it.Data.Values[0]
		}
		action, ok := chat.DecodeAction(id)
		ev.Kind, ev.Action = chat.KindButton, action
		return ev, ok
	case discordgo.InteractionModalSubmit:
		ev.Kind = chat.KindForm
		ev.Form = chat.Filled{ID: it.Data.CustomID, Values: filled(it.Data.Components)}
		return ev, it.Data.CustomID != ""
	default:
		return ev, false
	}
}

// args writes the options of a slash command as the line that a person would
// type, in the order of the table; what has spaces goes into quotes.
func (a *Adapter) args(it *interaction) string {
	given := map[string]string{}
	var order []string
	for _, o := range it.Data.Options {
		given[o.Name] = o.text()
		order = append(order, o.Name)
	}
	rest := map[string]bool{}
	for _, v := range a.opt.Verbs {
		if v.Name != it.Data.Name {
			continue
		}
		order = order[:0]
		for _, arg := range v.Args {
			order = append(order, arg.Name)
			rest[arg.Name] = arg.Rest
		}
	}
	var parts []string
	for _, name := range order {
		v := strings.TrimSpace(given[name])
		if v == "" {
			continue
		}
		if !rest[name] && strings.ContainsAny(v, " \t\n\"“”「『") {
			v = `"` + strings.ReplaceAll(v, `"`, "'") + `"`
		}
		parts = append(parts, v)
	}
	return strings.Join(parts, " ")
}

// shortcut is an action on a message: its text comes with it, what was said
// before is read if that is quick.
func (a *Adapter) shortcut(ctx context.Context, it *interaction, ev chat.Event) (chat.Event, bool) {
	for _, v := range a.opt.Verbs {
		if len(v.Shortcut) > 0 && shortcutName(v) == it.Data.Name {
			ev.Verb = v.Name
		}
	}
	m, ok := decodeMessage(it.Data.Resolved.Messages[it.Data.Target], a.self())
	if !ok || ev.Verb == "" {
		return ev, false
	}
	if ev.Where.Thread == m.id {
		ev.Where.Thread = ""
	}
	ev.Kind, ev.Text, ev.Files = chat.KindShortcut, m.text, m.files
	ev.Message = chat.MessageRef{Place: ev.Where, ID: m.id}
	if ev.Where.Thread != "" {
		quick, cancel := context.WithTimeout(ctx, 700*time.Millisecond)
		ev.Context = a.around(quick, ev.Where, m.id)
		cancel()
	}
	ev.Context = append(ev.Context, chat.Quoted{From: m.author, At: m.at, Text: m.text, Message: ev.Message})
	return ev, true
}
