package bottest

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

// handler understands the few things that simulated people say: a report such as
// "F 2 s03 it is broken", and buttons named after commands.
type handler struct{ desk *bot.Desk }

func (h handler) Preflight(bot.Incoming) (chat.Answer, bool)               { return chat.Answer{}, false }
func (h handler) Suggest(bot.World, bot.Actor, chat.Suggest) []chat.Choice { return nil }

func (h handler) Handle(_ context.Context, in bot.Incoming) (func(tx bot.Tx) error, error) {
	if in.Event.Kind == chat.KindMessage {
		return h.report(in)
	}
	cmd, err := pressed(in.Event.Action, now())
	if err != nil {
		return nil, err
	}
	return func(tx bot.Tx) error {
		c, err := tx.CaseByNumber(in.Event.Action.Case)
		if err != nil {
			return err
		}
		_, err = h.desk.Apply(tx, in.Actor, c.ID, cmd)
		return err
	}, nil
}

func (h handler) report(in bot.Incoming) (func(tx bot.Tx) error, error) {
	o := bot.Open{Text: in.Event.Text, Customer: in.Actor.Customer, Place: in.Event.Where, Root: in.Event.Message}
	if _, err := fmt.Sscanf(in.Event.Text, "%s %d %s", &o.Class, &o.Severity, &o.Service); err != nil {
		return nil, bot.Refuse(bot.ErrInvalid, "no report: "+in.Event.Text, "write class, severity, service, words")
	}
	return func(tx bot.Tx) error {
		_, err := h.desk.Apply(tx, in.Actor, 0, o)
		return err
	}, nil
}

// pressed is the command of a button.
func pressed(a chat.Action, at time.Time) (bot.Command, error) {
	switch a.Verb {
	case "ack":
		return bot.Acknowledge{}, nil
	case "unack":
		return bot.Unacknowledge{}, nil
	case "escalate":
		return bot.Escalate{Reason: "I cannot"}, nil
	case "assign":
		return bot.Assign{To: a.Arg}, nil
	case "snooze":
		n, err := strconv.Atoi(a.Arg)
		return bot.Snooze{Until: at.Add(time.Duration(n) * time.Minute)}, err
	case "note":
		return bot.Note{Text: "looking at it"}, nil
	case "answer":
		return bot.Say{Text: "we are on it", Relay: true}, nil
	case "say":
		return bot.Say{Text: "any news?"}, nil
	case "wait":
		return bot.Wait{On: bot.WaitingCustomer, Reason: "please send the log"}, nil
	case "resolve":
		return bot.Resolve{Cause: "a fuse", Solution: "replaced the fuse"}, nil
	case "confirm":
		return bot.Confirm{}, nil
	case "reopen":
		return bot.Reopen{Text: "still broken"}, nil
	case "rate":
		n, err := strconv.Atoi(a.Arg)
		return bot.Rate{Score: n}, err
	default:
		return nil, bot.Refuse(bot.ErrInvalid, "no such button: "+a.Verb, "press another")
	}
}
