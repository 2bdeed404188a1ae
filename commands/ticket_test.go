package commands

import (
	"strings"
	"testing"

	"hotline/bot"
	"hotline/bot/chat"
)

func TestTheTicketPageActsOnItsCase(t *testing.T) {
	h := newHouse(t)
	reporter := chat.Principal{Platform: "elsewhere", User: "u1", Name: "Guest"}
	owner := h.desk.Snapshot().ActorByID("ann")
	var number string
	var id int64
	err := h.store.Do(t.Context(), func(tx bot.Tx) error {
		guest := bot.Actor{ID: reporter.Key(), Name: "Guest", Role: bot.RoleCustomer, Via: reporter}
		out, err := h.desk.Apply(tx, guest, 0, bot.Open{Text: "The shop is slow"})
		number, id = out.Case.Number, out.Case.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	act := func(from chat.Principal, kind chat.Kind, verb, arg, text string) error {
		ev := chat.Event{Key: verb + arg + text, Kind: kind, From: from, Where: chat.Place{Platform: "web", Channel: chat.TicketPrefix + number},
			Text: text, Action: chat.Action{Verb: verb, Case: number, Arg: arg}}
		_, err := h.do(ev)
		return err
	}
	if err := act(reporter, chat.KindMessage, "", "", "still slow in the evening"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.desk.Do(t.Context(), owner, id, bot.Resolve{Solution: "more workers"}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ verb, arg, text string }{{"reopen", "", "slow again"}} {
		if err := act(reporter, chat.KindButton, step.verb, step.arg, step.text); err != nil {
			t.Fatalf("%s: %v", step.verb, err)
		}
	}
	if _, err := h.desk.Do(t.Context(), owner, id, bot.Resolve{Solution: "even more workers"}); err != nil {
		t.Fatal(err)
	}
	if err := act(reporter, chat.KindButton, "confirm", "", ""); err != nil {
		t.Fatal(err)
	}
	if err := act(reporter, chat.KindButton, "rate", "4", "fine"); err != nil {
		t.Fatal(err)
	}
	stranger := chat.Principal{Platform: "elsewhere", User: "u2"}
	if err := act(stranger, chat.KindMessage, "", "", "let me in"); err == nil {
		t.Error("somebody else wrote on the page of the case")
	}
	var log strings.Builder
	h.view(func(r bot.Reader) error {
		events, err := r.Events(id, 0)
		for _, e := range events {
			log.WriteString(string(e.Type) + " " + e.Text + "\n")
		}
		return err
	})
	for _, want := range []string{"said still slow in the evening", "reopened slow again", "confirmed", "rated fine"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is missing in\n%s", want, log.String())
		}
	}
	if strings.Contains(log.String(), "let me in") {
		t.Error("the stranger's words were kept")
	}
}
