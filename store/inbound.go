package store

import (
	"database/sql"
	"fmt"

	"hotline/bot"
	"hotline/bot/chat"
)

// OpenInbound lists what arrived and is not done, oldest first; ids are ordered by
// time. Rows that cannot be read are left out.
func (r *reader) OpenInbound(most int) ([]bot.Inbound, error) {
	var all []bot.Inbound
	err := r.each(`SELECT id, state, attempts, at, err, body FROM inbound
		WHERE state = 'new' ORDER BY id LIMIT $1`, []any{limit(most, 1000, 100_000)}, func(scan func(...any) error) error {
		var in bot.Inbound
		var at int64
		var body string
		if err := scan(&in.ID, &in.State, &in.Attempts, &at, &in.Err, &body); err != nil {
			return err
		}
		if err := decode("inbound", in.ID, body, &in.Event); err != nil {
			r.unreadable("inbound", in.ID, err)
			return nil
		}
		in.At = instant(at)
		all = append(all, in)
		return nil
	})
	return all, err
}

// LastMessage is the newest message stored from a place, by the time it was said.
func (r *reader) LastMessage(placeKey string) (string, error) {
	var id string
	err := r.each("SELECT message FROM places WHERE key = $1", []any{placeKey}, func(scan func(...any) error) error {
		return scan(&id)
	})
	return id, err
}

// PutInbound stores what arrived. It reports false, and changes nothing, when the
// same delivery, or the same message, is there already.
func (t *tx) PutInbound(in bot.Inbound) (bool, error) {
	ev := &in.Event
	if in.ID == "" || ev.Key == "" {
		return false, fmt.Errorf("an inbound event without id or key: %w", bot.ErrInvalid)
	}
	body, err := encode(ev)
	if err != nil {
		return false, err
	}
	if in.State == "" {
		in.State = bot.InboundNew
	}
	if in.At.IsZero() {
		in.At = t.now
	}
	n, err := t.exec("INSERT INTO inbound (id, state, attempts, at, key, message, err, body)"+values(1, 8)+" ON CONFLICT DO NOTHING",
		in.ID, string(in.State), in.Attempts, millis(in.At), deliveryKey(ev), messageKey(ev), in.Err, body)
	if err != nil || n == 0 {
		return false, err
	}
	if ev.Kind != chat.KindMessage || ev.Message.IsZero() {
		return true, nil
	}
	_, err = t.exec(`INSERT INTO places (key, message, at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET message = excluded.message, at = excluded.at WHERE places.at <= excluded.at`,
		ev.Where.Key(), ev.Message.ID, millis(ev.At))
	return true, err
}

// deliveryKey is unique over all platforms.
func deliveryKey(ev *chat.Event) string {
	platform := ev.From.Platform
	if platform == "" {
		platform = ev.Where.Platform
	}
	return string(platform) + ":" + ev.Key
}

// messageKey is what a message is deduplicated by; NULL for everything else.
func messageKey(ev *chat.Event) sql.NullString {
	ok := ev.Kind == chat.KindMessage && !ev.Message.IsZero()
	return sql.NullString{String: ev.Message.Key(), Valid: ok}
}

// FinishInbound stores how the handling of an event went.
func (t *tx) FinishInbound(id string, state bot.InboundState, attempts int, errText string) error {
	// Open rows have an index of their own; the others are looked for only when a
	// person takes up a failed one.
	for _, where := range []string{"id = $1 AND state = 'new'", "id = $1"} {
		n, err := t.exec("UPDATE inbound SET state = $2, attempts = $3, err = $4 WHERE "+where,
			id, string(state), attempts, errText)
		if err != nil || n > 0 {
			return err
		}
	}
	return notFound(sql.ErrNoRows, "inbound", id)
}
