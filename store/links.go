package store

import (
	"slices"

	"hotline/bot"
	"hotline/bot/chat"
)

const linkColumns = "key, case_id, role, audience, person, at, ref"

func scanLink(scan func(...any) error) (bot.Link, error) {
	var l bot.Link
	var at int64
	var audience, ref string
	if err := scan(&l.Key, &l.Case, &l.Role, &audience, &l.Person, &at, &ref); err != nil {
		return l, err
	}
	l.Audience, l.At = chat.ParseAudience(audience), instant(at)
	if ref == "" {
		return l, nil
	}
	return l, decode("link", l.Key, ref, &l.Ref)
}

// Link finds what a place or message belongs to.
func (r *reader) Link(key string) (bot.Link, error) {
	var link bot.Link
	found := false
	err := r.each("SELECT "+linkColumns+" FROM links WHERE key = $1", []any{key}, func(scan func(...any) error) (err error) {
		found = true
		link, err = scanLink(scan)
		return err
	})
	return link, missing(number(found), err, "link", key)
}

// Links lists the places and messages of a case, oldest first, of some roles or
// all.
func (r *reader) Links(caseID int64, roles ...bot.LinkRole) ([]bot.Link, error) {
	var links []bot.Link
	err := r.each("SELECT "+linkColumns+" FROM links WHERE case_id = $1 ORDER BY at, key", []any{caseID}, func(scan func(...any) error) error {
		l, err := scanLink(scan)
		if err == nil && (len(roles) == 0 || slices.Contains(roles, l.Role)) {
			links = append(links, l)
		}
		return err
	})
	return links, err
}

var insertLinks = bulk{head: sqlInsert + "INTO links (" + linkColumns + ")", columns: 7, tail: ` ON CONFLICT (key) DO UPDATE SET
	case_id = excluded.case_id, role = excluded.role, audience = excluded.audience, person = excluded.person,
	at = excluded.at, ref = excluded.ref`}

// PutLink ties places or messages to cases, in place of what they were tied to.
func (t *tx) PutLink(links ...bot.Link) error {
	for chunk := range slices.Chunk(links, rowsAtOnce) {
		args := make([]any, 0, insertLinks.columns*len(chunk))
		for i := range chunk {
			l := &chunk[i]
			ref, err := encodeRef(l.Ref)
			if err != nil {
				return err
			}
			at := l.At
			if at.IsZero() {
				at = t.now
			}
			args = append(args, l.Key, l.Case, string(l.Role), l.Audience.String(), l.Person, millis(at), ref)
		}
		if err := t.insert(&insertLinks, args); err != nil {
			return err
		}
	}
	return nil
}
