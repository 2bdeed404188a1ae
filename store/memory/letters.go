package memory

import (
	"fmt"
	"slices"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

// Letter reads one letter.
func (r *reader) Letter(id string) (bot.Letter, error) {
	if err := r.open(); err != nil {
		return bot.Letter{}, err
	}
	row, ok := r.letters.get(id)
	if !ok {
		return bot.Letter{}, absent("letter", id)
	}
	return clone(row.Letter), nil
}

// Letters lists the letters of a case, oldest first.
func (r *reader) Letters(caseID int64) ([]bot.Letter, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	var letters []bot.Letter
	for _, row := range r.rowsOf(caseID) {
		letters = append(letters, clone(row.Letter))
	}
	return letters, nil
}

// rowsOf are the letters of a case as they are kept; letters of no case have none.
func (t *tables) rowsOf(caseID int64) (rows []*letterRow) {
	for key, id := range t.lettersOf.from(pair{a: caseID}) {
		if key.a != caseID {
			break
		}
		row, _ := t.letters.get(id)
		rows = append(rows, row)
	}
	return rows
}

// OpenLetters lists what is still to be sent, oldest first.
func (r *reader) OpenLetters(limit int) ([]bot.Letter, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	var letters []bot.Letter
	for _, id := range r.openLetters.all() {
		if len(letters) == most(limit, 1000, 100_000) {
			break
		}
		row, _ := r.letters.get(id)
		letters = append(letters, clone(row.Letter))
	}
	return letters, nil
}

// PutLetters adds letters. A pending letter with the same Key, from before or
// earlier in the list, is dropped as superseded.
func (t *tx) PutLetters(letters ...bot.Letter) error {
	if err := t.open(); err != nil {
		return err
	}
	for _, l := range letters {
		if l.ID == "" {
			return fmt.Errorf("a letter without an id: %w", bot.ErrInvalid)
		}
		if _, taken := t.letters.get(l.ID); taken {
			return t.conflict("letter %s", l.ID)
		}
		if l.State == "" {
			l.State = bot.Pending
		}
		if l.Made.IsZero() {
			l.Made = t.now
		}
		t.supersede(l.Key)
		l = clone(l)
		l.NotBefore, l.Made, l.Done = ms(l.NotBefore), ms(l.Made), ms(l.Done)
		t.serial++
		row := &letterRow{l, t.serial}
		t.ordered.put(row.n, l.ID)
		if l.Case > 0 {
			t.lettersOf.put(pair{l.Case, row.n}, l.ID)
		}
		t.keep(nil, row)
	}
	return nil
}

func (t *tx) supersede(key string) {
	pending, _ := t.pendingKeys.get(key)
	for _, n := range pending {
		id, _ := t.ordered.get(n)
		t.drop(id, "superseded")
	}
}

func (t *tx) drop(id, why string) {
	old, _ := t.letters.get(id)
	row := *old
	row.State, row.Err, row.Done = bot.Dropped, why, t.now
	t.keep(old, &row)
}

// keep stores a letter in place of what it was, nil for a new one.
func (t *tx) keep(old, row *letterRow) {
	t.letters.put(row.ID, row)
	at := pair{row.Made.UnixMilli(), row.n}
	switch was, is := old != nil && isOpen(old.State), isOpen(row.State); {
	case is && !was:
		t.openLetters.put(at, row.ID)
	case was && !is:
		t.openLetters.remove(at)
	}
	if row.Key == "" {
		return
	}
	pending, _ := t.pendingKeys.get(row.Key)
	switch was, is := old != nil && old.State == bot.Pending, row.State == bot.Pending; {
	case is && !was:
		t.pendingKeys.put(row.Key, append(slices.Clone(pending), row.n))
	case was && !is && len(pending) == 1:
		t.pendingKeys.remove(row.Key)
	case was && !is:
		t.pendingKeys.put(row.Key, slices.DeleteFunc(slices.Clone(pending), func(n int64) bool { return n == row.n }))
	}
}

func isOpen(s bot.LetterState) bool { return s == bot.Pending || s == bot.InFlight }

// DropLetters drops the pending letters of a case with that intent.
func (t *tx) DropLetters(caseID int64, intent chat.Intent, why string) (int, error) {
	if err := t.open(); err != nil {
		return 0, err
	}
	dropped := 0
	for _, row := range t.rowsOf(caseID) {
		if row.Intent == intent && row.State == bot.Pending {
			t.drop(row.ID, why)
			dropped++
		}
	}
	return dropped, nil
}

// ClaimLetters takes pending letters for sending, in the order of ids; the others
// are left out of the answer.
func (t *tx) ClaimLetters(ids ...string) ([]bot.Letter, error) {
	if err := t.open(); err != nil {
		return nil, err
	}
	var claimed []bot.Letter
	for _, id := range ids {
		old, ok := t.letters.get(id)
		if !ok || old.State != bot.Pending {
			continue
		}
		row := *old
		row.State = bot.InFlight
		row.Attempts++
		t.keep(old, &row)
		claimed = append(claimed, clone(row.Letter))
	}
	return claimed, nil
}

// UpdateLetter stores how a letter fares.
func (t *tx) UpdateLetter(l bot.Letter) error {
	if err := t.open(); err != nil {
		return err
	}
	old, ok := t.letters.get(l.ID)
	if !ok {
		return absent("letter", l.ID)
	}
	row := *old
	row.State, row.Attempts, row.Repeat, row.Ref, row.Err = l.State, l.Attempts, l.Repeat, l.Ref, l.Err
	row.NotBefore, row.Done = ms(l.NotBefore), ms(l.Done)
	t.keep(old, &row)
	return nil
}

// pruneLetters removes what is done, from the oldest on.
func (t *tx) pruneLetters(before time.Time, limit int) (removed int) {
	for n, id := range t.ordered.all() {
		row, _ := t.letters.get(id)
		if !row.Made.Before(before) || removed == limit {
			break
		}
		if isOpen(row.State) {
			continue
		}
		t.letters.remove(id)
		t.ordered.remove(n)
		t.lettersOf.remove(pair{row.Case, n})
		removed++
	}
	return removed
}
