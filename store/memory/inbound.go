package memory

import (
	"encoding/json"
	"fmt"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

// lastSaid is the newest message of a place.
type lastSaid struct {
	message string
	at      time.Time
}

// OpenInbound lists what arrived and is not done, oldest first.
func (r *reader) OpenInbound(limit int) ([]bot.Inbound, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	var all []bot.Inbound
	for _, n := range r.openInbound.all() {
		if len(all) == most(limit, 1000, 100_000) {
			break
		}
		in, _ := r.inbound.get(n)
		all = append(all, clone(*in))
	}
	return all, nil
}

// LastMessage is the newest message stored from a place, by the time it was said.
func (r *reader) LastMessage(placeKey string) (string, error) {
	if err := r.open(); err != nil {
		return "", err
	}
	last, _ := r.places.get(placeKey)
	return last.message, nil
}

// PutInbound stores what arrived. It reports false, and changes nothing, when the
// same delivery, or the same message, is there already.
func (t *tx) PutInbound(in bot.Inbound) (bool, error) {
	if err := t.open(); err != nil {
		return false, err
	}
	ev := &in.Event
	if in.ID == "" || ev.Key == "" || ev.Raw != nil && !json.Valid(ev.Raw) {
		return false, fmt.Errorf("an inbound event without id or key, or with a broken payload: %w", bot.ErrInvalid)
	}
	keys := ledgerKeys(ev)
	for _, key := range keys {
		if _, there := t.inboundKeys.get(key); there {
			return false, nil
		}
	}
	if in.State == "" {
		in.State = bot.InboundNew
	}
	if in.At.IsZero() {
		in.At = t.now
	}
	t.serial++
	for _, key := range keys {
		t.inboundKeys.put(key, t.serial)
	}
	t.inboundID.put(in.ID, t.serial)
	own := clone(in)
	own.At = ms(own.At)
	t.keepInbound(t.serial, &own)
	if len(keys) == 1 {
		return true, nil
	}
	if last, ok := t.places.get(ev.Where.Key()); !ok || !ms(ev.At).Before(last.at) {
		t.places.put(ev.Where.Key(), lastSaid{ev.Message.ID, ms(ev.At)})
	}
	return true, nil
}

// ledgerKeys are what an event is known by: its delivery, and the message when it
// is one.
func ledgerKeys(ev *chat.Event) []string {
	platform := ev.From.Platform
	if platform == "" {
		platform = ev.Where.Platform
	}
	keys := []string{"delivery " + string(platform) + ":" + ev.Key}
	if ev.Kind == chat.KindMessage && !ev.Message.IsZero() {
		keys = append(keys, "message "+ev.Message.Key())
	}
	return keys
}

func (t *tx) keepInbound(n int64, in *bot.Inbound) {
	t.inbound.put(n, in)
	if in.State == bot.InboundNew {
		t.openInbound.put(in.ID, n)
	} else {
		t.openInbound.remove(in.ID)
	}
}

// FinishInbound stores how the handling of an event went.
func (t *tx) FinishInbound(id string, state bot.InboundState, attempts int, errText string) error {
	if err := t.open(); err != nil {
		return err
	}
	n, ok := t.inboundID.get(id)
	if !ok {
		return absent("inbound", id)
	}
	old, _ := t.inbound.get(n)
	in := *old
	in.State, in.Attempts, in.Err = state, attempts, errText
	t.keepInbound(n, &in)
	return nil
}

// Prune removes events that are done and letters that are sent, dropped or failed,
// from before an instant. The search ends at the first that is too young.
func (t *tx) Prune(before time.Time, limit int) (int, error) {
	if err := t.open(); err != nil {
		return 0, err
	}
	limit = most(limit, 1000, 100_000)
	removed := 0
	for n, in := range t.inbound.all() {
		if !in.At.Before(before) || removed == limit {
			break
		}
		if in.State != bot.InboundDone {
			continue
		}
		for _, key := range ledgerKeys(&in.Event) {
			t.inboundKeys.remove(key)
		}
		t.inboundID.remove(in.ID)
		t.inbound.remove(n)
		removed++
	}
	return removed + t.pruneLetters(before, limit), nil
}
