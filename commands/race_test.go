package commands

import (
	"errors"
	"sync"
	"testing"

	"hotline/bot"
	"hotline/bot/chat"
)

// together runs events at the same time and gives what became of each.
func (h *house) together(events ...chat.Event) []error {
	h.t.Helper()
	errs := make([]error, len(events))
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, ev := range events {
		in := h.incoming(ev)
		wg.Go(func() {
			<-start
			work, err := h.cmds.Handle(h.t.Context(), in)
			if err == nil && work != nil {
				err = h.store.Do(h.t.Context(), func(tx bot.Tx) error { return work(tx) })
			}
			errs[i] = err
		})
	}
	close(start)
	wg.Wait()
	return errs
}

func TestMessagesTogether(t *testing.T) {
	h := newHouse(t)
	var events []chat.Event
	for range 20 {
		events = append(events, h.message("carl", shopChannel, "the shop is down"))
	}
	for _, err := range h.together(events...) {
		if err != nil {
			t.Error(err)
		}
	}
	if n := len(h.cases()); n != 1 {
		t.Errorf("%d cases from one person’s messages", n)
	}
	if said := count(h.events(h.last()), bot.EvSaid); said != 19 {
		t.Errorf("%d messages joined, want 19", said)
	}
}

func TestAcknowledgeTogether(t *testing.T) {
	h := newHouse(t)
	c := h.open("carl", shopChannel, "the shop is down")
	var events []chat.Event
	for range 25 {
		for _, user := range []string{"ann", "bo", "lea", "ada"} {
			events = append(events, press(user, dm(user), chat.Action{Verb: "ack", Case: c.Number, Gen: c.Generation}))
		}
	}
	winners := 0
	for _, err := range h.together(events...) {
		if err == nil {
			winners++
		} else if !errors.Is(err, bot.ErrConflict) {
			t.Error(err)
		}
	}
	if winners != 1 || count(h.events(c), bot.EvAcked) != 1 {
		t.Errorf("%d winners, %d acknowledgements", winners, count(h.events(c), bot.EvAcked))
	}
}

func TestAcceptTogether(t *testing.T) {
	h := newHouse(t)
	h.must(slash("ann", dm("ann"), "oncall", "cover 4h"))
	id := idOf(t, h.told("ann"))
	accept := chat.Action{Verb: "oncall", Arg: "accept " + id}
	winners := 0
	for _, err := range h.together(press("bo", dm("bo"), accept), press("lea", dm("lea"), accept), press("ada", dm("ada"), accept)) {
		if err == nil {
			winners++
		} else if !errors.Is(err, bot.ErrConflict) {
			t.Error(err)
		}
	}
	if winners != 1 || len(h.desk.Snapshot().Roster.Overrides) != 1 {
		t.Errorf("%d people took it, %d overrides", winners, len(h.desk.Snapshot().Roster.Overrides))
	}
}
