package commands

import (
	"context"
	"strconv"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
)

// fromTicket reports whether an event comes from a customer's page of a case. Only
// the adapter makes such places, after it has checked the signed link.
func fromTicket(in bot.Incoming) bool {
	return in.Event.Action.Case != "" && strings.HasPrefix(in.Event.Where.Channel, chat.TicketPrefix)
}

// ticket does what a customer asked for on the page of their case: a reply, the
// confirmation, not fixed, a rating.
func (c *Commands) ticket(ctx context.Context, in bot.Incoming) (plan, error) {
	var k bot.Case
	err := in.View(ctx, func(r bot.Reader) (err error) {
		k, err = r.CaseByNumber(in.Event.Action.Case)
		return err
	})
	if err != nil {
		return nil, err
	}
	actor := holder(in, &k)
	var cmd bot.Command
	switch {
	case in.Event.Kind == chat.KindMessage:
		cmd = bot.Say{Text: in.Event.Text, Files: in.Event.Files}
	case in.Event.Action.Verb == "confirm":
		cmd = bot.Confirm{}
	case in.Event.Action.Verb == "reopen":
		cmd = bot.Reopen{Text: in.Event.Text}
	case in.Event.Action.Verb == "rate":
		score, err := strconv.Atoi(in.Event.Action.Arg)
		if err != nil {
			return nil, bot.Refuse(bot.ErrInvalid, wordsNotUnderstood.In(in.Lang()), wordsTryHelp.In(in.Lang()))
		}
		cmd = bot.Rate{Score: score, Comment: in.Event.Text}
	default:
		return nil, bot.Refuse(bot.ErrInvalid, wordsNotUnderstood.In(in.Lang()), wordsTryHelp.In(in.Lang()))
	}
	return func(tx bot.Tx) error {
		_, err := c.desk.Apply(tx, actor, k.ID, cmd)
		return err
	}, nil
}

// holder is who holds the link: a known person with their role, else the reporter it
// was made for.
func holder(in bot.Incoming, k *bot.Case) bot.Actor {
	if in.Actor.Role != bot.RoleNone && bot.MaySee(in.Actor, k) {
		return in.Actor
	}
	if in.Event.From.Key() != k.ReporterAt.Key() {
		return in.Actor // the desk will refuse
	}
	return bot.Actor{ID: k.Reporter, Name: k.ReporterName, Role: bot.RoleCustomer, Customer: k.Customer, Lang: k.Lang, Via: in.Event.From}
}
