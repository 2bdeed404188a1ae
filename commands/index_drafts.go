package commands

import (
	"strconv"

	"hotline/bot"
)

// maxDrafts bounds what is kept for the forms that edit a draft; when it is full all
// are forgotten, and such a form opens empty.
const maxDrafts = 500

// putDrafts remembers the drafts among what happened: a form must open faster than
// the store can be asked.
func (x *index) putDrafts(events []bot.CaseEvent) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range events {
		if e.Type != bot.EvDrafted {
			continue
		}
		if len(x.drafts) >= maxDrafts {
			clear(x.drafts)
		}
		x.drafts[draftKey(e.Case, strconv.Itoa(e.Seq))] = e.Text
	}
}

// draft is the text of a draft on a case that is open, "" when it is not known.
func (x *index) draft(number, seq string) string {
	number, _, _ = bot.ParseNumber(number)
	x.mu.RLock()
	defer x.mu.RUnlock()
	for id, c := range x.cases {
		if c.Number == number {
			return x.drafts[draftKey(id, seq)]
		}
	}
	return ""
}

func draftKey(id int64, seq string) string { return strconv.FormatInt(id, 10) + "/" + seq }
