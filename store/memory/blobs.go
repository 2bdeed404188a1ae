package memory

import (
	"fmt"

	"hotline/bot"
)

// TokenBlobs calls f for every stored blob.
func (r *reader) TokenBlobs(f func(bot.TokenBlob) error) error {
	if err := r.open(); err != nil {
		return err
	}
	for _, b := range r.blobs.all() {
		if err := f(clone(b)); err != nil {
			return err
		}
	}
	return nil
}

// CaseSeqs calls f with the number and Seq of every case in some states.
func (r *reader) CaseSeqs(f func(number string, seq int) error, states ...bot.State) error {
	found, err := r.find(bot.CaseQuery{States: states})
	if err != nil {
		return err
	}
	for _, c := range found {
		if err := f(c.Number, c.Seq); err != nil {
			return err
		}
	}
	return nil
}

// PutTokenBlobs adds or replaces blobs.
func (t *tx) PutTokenBlobs(blobs ...bot.TokenBlob) error {
	if err := t.open(); err != nil {
		return err
	}
	for _, b := range blobs {
		if b.ID == "" {
			return fmt.Errorf("a token blob without an id: %w", bot.ErrInvalid)
		}
		t.blobs.put(b.ID, clone(b))
	}
	return nil
}

// DropTokenBlobs removes blobs.
func (t *tx) DropTokenBlobs(ids ...string) error {
	if err := t.open(); err != nil {
		return err
	}
	for _, id := range ids {
		t.blobs.remove(id)
	}
	return nil
}
