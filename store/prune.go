package store

import (
	"errors"
	"time"
)

// Prune removes events that are done and letters that are sent, dropped or failed,
// from before an instant. Failed events are kept for a person to see. Rows lie in
// the order they were made, so the search ends at the first that is too young.
func (t *tx) Prune(before time.Time, most int) (int, error) {
	most = limit(most, 1000, 100_000)
	events, err := t.pruneTable("inbound", "at", "state = 'done'", before, most)
	if err != nil {
		return 0, err
	}
	letters, err := t.pruneTable("letters", "made", "state NOT IN ('pending', 'in_flight')", before, most)
	return events + letters, err
}

// pruneTable removes the first rows of table that are older than before by the
// column made and fulfil over.
func (t *tx) pruneTable(table, made, over string, before time.Time, most int) (int, error) {
	var last, found int64
	err := t.each("SELECT n, "+made+", CASE WHEN "+over+" THEN 1 ELSE 0 END FROM "+table+" ORDER BY n", nil,
		func(scan func(...any) error) error {
			var n, at, done int64
			if err := scan(&n, &at, &done); err != nil {
				return err
			}
			if at >= before.UnixMilli() || found == int64(most) {
				return errStop
			}
			if done == 1 {
				last, found = n, found+1
			}
			return nil
		})
	if err != nil && !errors.Is(err, errStop) {
		return 0, err
	}
	if found == 0 {
		return 0, nil
	}
	return t.exec("DELETE FROM "+table+" WHERE n <= $1 AND "+over, last)
}
