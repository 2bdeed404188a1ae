package store

import (
	"errors"
	"fmt"
	"slices"

	"hotline/bot"
)

// TokenBlobs calls f for every stored blob.
func (r *reader) TokenBlobs(f func(bot.TokenBlob) error) error {
	return r.stream("SELECT id, seq, data FROM token_blobs", nil, func(scan func(...any) error) (own, fault error) {
		var b bot.TokenBlob
		if err := scan(&b.ID, &b.Seq, &b.Data); err != nil {
			return nil, err
		}
		return f(b), nil
	})
}

// CaseSeqs calls f with the number and Seq of every case in some states.
func (r *reader) CaseSeqs(f func(number string, seq int) error, states ...bot.State) error {
	where, args := conditions(bot.CaseQuery{States: states})
	return r.stream("SELECT number, seq FROM cases"+where+" ORDER BY id", args, func(scan func(...any) error) (own, fault error) {
		var number string
		var seq int
		if err := scan(&number, &seq); err != nil {
			return nil, err
		}
		return f(number, seq), nil
	})
}

// stream is [reader.each] for a closure of the caller's, whose own error ends it
// and is no fault of the database.
func (r *reader) stream(query string, args []any, f func(scan func(...any) error) (own, fault error)) error {
	var own error
	err := r.each(query, args, func(scan func(...any) error) (fault error) {
		if own, fault = f(scan); own != nil {
			return errStop
		}
		return fault
	})
	if errors.Is(err, errStop) {
		return own
	}
	return err
}

var insertBlobs = bulk{head: sqlInsert + "INTO token_blobs (id, seq, data)", columns: 3,
	tail: " ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, data = excluded.data"}

// PutTokenBlobs adds or replaces blobs.
func (t *tx) PutTokenBlobs(blobs ...bot.TokenBlob) error {
	for chunk := range slices.Chunk(blobs, rowsAtOnce) {
		args := make([]any, 0, insertBlobs.columns*len(chunk))
		for _, b := range chunk {
			if b.ID == "" {
				return fmt.Errorf("a token blob without an id: %w", bot.ErrInvalid)
			}
			if b.Data == nil {
				b.Data = []byte{} // the column takes no NULL
			}
			args = append(args, b.ID, b.Seq, b.Data)
		}
		if err := t.insert(&insertBlobs, args); err != nil {
			return err
		}
	}
	return nil
}

// DropTokenBlobs removes blobs.
func (t *tx) DropTokenBlobs(ids ...string) error {
	for _, id := range ids {
		if _, err := t.exec("DELETE FROM token_blobs WHERE id = $1", id); err != nil {
			return err
		}
	}
	return nil
}
