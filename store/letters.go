package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

// letterBody is the part of a letter that never changes, as it is stored. The
// fields are those of [bot.Letter] in the same order, so that one converts to the
// other; what has a column of its own is left out of the document.
type letterBody struct {
	ID       string            `json:"-"`
	Case     int64             `json:"-"`
	Template string            `json:"template,omitempty"`
	Intent   chat.Intent       `json:"-"`
	Audience chat.Audience     `json:"audience,omitzero"`
	Priority bot.Priority      `json:"priority,omitempty"`
	Lang     string            `json:"lang,omitempty"`
	In       chat.Place        `json:"in"` // always: a room has a platform and no channel yet
	To       chat.Principal    `json:"to,omitzero"`
	Reply    chat.ReplyHandle  `json:"reply,omitzero"`
	Edit     chat.MessageRef   `json:"edit,omitzero"`
	Person   string            `json:"person,omitempty"`
	Page     string            `json:"page,omitempty"`
	Gen      int               `json:"gen,omitempty"`
	Key      string            `json:"-"`
	Link     bot.LinkRole      `json:"link,omitempty"`
	Content  *chat.Content     `json:"content,omitempty"`
	Room     *chat.Room        `json:"room,omitempty"`
	Emoji    string            `json:"emoji,omitempty"`
	Args     map[string]string `json:"args,omitempty"`

	NotBefore time.Time       `json:"-"`
	Made      time.Time       `json:"-"`
	State     bot.LetterState `json:"-"`
	Attempts  int             `json:"-"`
	Repeat    bool            `json:"-"`
	Ref       chat.MessageRef `json:"-"`
	Err       string          `json:"-"`
	Done      time.Time       `json:"-"`
}

const letterColumns = "id, case_id, intent, key, not_before, made, state, attempts, is_repeat, ref, err, done, body"

// scanLetter reads letterColumns.
func scanLetter(scan func(...any) error) (bot.Letter, error) {
	var l letterBody
	var notBefore, made, done int64
	var ref, body string
	err := scan(&l.ID, &l.Case, &l.Intent, &l.Key, &notBefore, &made, &l.State, &l.Attempts, &l.Repeat, &ref, &l.Err, &done, &body)
	if err != nil {
		return bot.Letter{}, err
	}
	if err := decode("letter", l.ID, body, &l); err != nil {
		return bot.Letter{ID: l.ID}, &damaged{err}
	}
	if ref != "" {
		if err := decode("reference of letter", l.ID, ref, &l.Ref); err != nil {
			return bot.Letter{ID: l.ID}, &damaged{err}
		}
	}
	l.NotBefore, l.Made, l.Done = instant(notBefore), instant(made), instant(done)
	return bot.Letter(l), nil
}

// damaged marks an error of one row, as opposed to one of the database.
type damaged struct{ error }

func (r *reader) letters(where string, args ...any) ([]bot.Letter, error) {
	var letters []bot.Letter
	err := r.each("SELECT "+letterColumns+" FROM letters WHERE "+where, args, func(scan func(...any) error) error {
		l, err := scanLetter(scan)
		if bad, ok := errors.AsType[*damaged](err); ok {
			r.unreadable("letters", l.ID, bad.error)
			return nil
		}
		letters = append(letters, l)
		return err
	})
	return letters, err
}

// Letter reads one letter.
func (r *reader) Letter(id string) (bot.Letter, error) {
	letters, err := r.letters("id = $1", id)
	if err != nil {
		return bot.Letter{}, err
	}
	if len(letters) == 0 {
		return bot.Letter{}, notFound(sql.ErrNoRows, "letter", id)
	}
	return letters[0], nil
}

// Letters lists the letters of a case, oldest first.
func (r *reader) Letters(caseID int64) ([]bot.Letter, error) {
	return r.letters("case_id = $1 AND case_id > 0 ORDER BY n", caseID)
}

// OpenLetters lists what is still to be sent, oldest first.
func (r *reader) OpenLetters(most int) ([]bot.Letter, error) {
	return r.letters("state IN ('pending', 'in_flight') ORDER BY made, n LIMIT $1", limit(most, 1000, 100_000))
}

var insertLetters = bulk{head: sqlInsert + "INTO letters (" + letterColumns + ")", columns: 13}

// PutLetters adds letters. A pending letter with the same Key, from before or
// earlier in the list, is dropped as superseded.
func (t *tx) PutLetters(letters ...bot.Letter) error {
	newest := map[string]string{}
	for i := range letters {
		key := letters[i].Key
		if key == "" {
			continue
		}
		if newest[key] == "" {
			if err := t.supersede(key); err != nil {
				return err
			}
		}
		newest[key] = letters[i].ID
	}
	for chunk := range slices.Chunk(letters, rowsAtOnce) {
		args := make([]any, 0, insertLetters.columns*len(chunk))
		for i := range chunk {
			l := letterBody(chunk[i])
			if l.ID == "" {
				return fmt.Errorf("a letter without an id: %w", bot.ErrInvalid)
			}
			if l.State == "" {
				l.State = bot.Pending
			}
			if l.Made.IsZero() {
				l.Made = t.now
			}
			if l.Key != "" && newest[l.Key] != l.ID && l.State == bot.Pending {
				l.State, l.Err, l.Done = bot.Dropped, superseded, t.now
			}
			body, err := encode(&l)
			if err != nil {
				return err
			}
			ref, err := encodeRef(l.Ref)
			if err != nil {
				return err
			}
			args = append(args, l.ID, l.Case, string(l.Intent), l.Key, millis(l.NotBefore), millis(l.Made), string(l.State),
				l.Attempts, number(l.Repeat), ref, l.Err, millis(l.Done), body)
		}
		if err := t.insert(&insertLetters, args); err != nil {
			return err
		}
	}
	return nil
}

// superseded is why a letter was dropped for a newer one with its key.
const superseded = "superseded"

func (t *tx) supersede(key string) error {
	_, err := t.exec(`UPDATE letters SET state = 'dropped', err = $2, done = $3
		WHERE key = $1 AND key <> '' AND state = 'pending'`, key, superseded, millis(t.now))
	return err
}

func encodeRef(ref chat.MessageRef) (string, error) {
	if ref == (chat.MessageRef{}) {
		return "", nil
	}
	return encode(ref)
}

// DropLetters drops the pending letters of a case with that intent.
func (t *tx) DropLetters(caseID int64, intent chat.Intent, why string) (int, error) {
	return t.exec(`UPDATE letters SET state = 'dropped', err = $3, done = $4
		WHERE case_id = $1 AND case_id > 0 AND intent = $2 AND state = 'pending'`,
		caseID, string(intent), why, millis(t.now))
}

// ClaimLetters takes pending letters for sending, in the order of ids; the others
// are left out of the answer.
func (t *tx) ClaimLetters(ids ...string) ([]bot.Letter, error) {
	if err := t.writing(); err != nil {
		return nil, err
	}
	var claimed []bot.Letter
	for _, id := range ids {
		err := t.each(`UPDATE letters SET state = 'in_flight', attempts = attempts + 1
			WHERE id = $1 AND state = 'pending' RETURNING `+letterColumns, []any{id}, func(scan func(...any) error) error {
			l, err := scanLetter(scan)
			if bad, ok := errors.AsType[*damaged](err); ok {
				t.unreadable("letters", l.ID, bad.error)
				return nil
			}
			claimed = append(claimed, l)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return claimed, nil
}

// UpdateLetter stores how a letter fares.
func (t *tx) UpdateLetter(l bot.Letter) error {
	ref, err := encodeRef(l.Ref)
	if err != nil {
		return err
	}
	n, err := t.exec(`UPDATE letters SET state = $2, attempts = $3, is_repeat = $4, not_before = $5, ref = $6, err = $7, done = $8
		WHERE id = $1`, l.ID, string(l.State), l.Attempts, number(l.Repeat), millis(l.NotBefore), ref, l.Err, millis(l.Done))
	return missing(n, err, "letter", strconv.Quote(l.ID))
}

// missing makes "no row was changed" bot.ErrNotFound.
func missing(n int, err error, what string, key any) error {
	if err == nil && n == 0 {
		return notFound(sql.ErrNoRows, what, key)
	}
	return err
}
