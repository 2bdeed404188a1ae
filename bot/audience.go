package bot

import (
	"errors"
	"fmt"

	"hotline/bot/chat"
)

// errAudience is why a letter is refused by checkAudience.
var errAudience = errors.New("audience")

// checkAudience decides whether a letter may go where it is addressed. It is
// called for every send, right before it, and fails closed: a place that is not
// known to be internal gets no internal text, a place that is not the customer's
// gets no case of theirs. links are the case's links to the place.
func checkAudience(w World, l *Letter, c *Case, links []Link) error {
	if !l.Audience.Valid() {
		return fmt.Errorf("%w: none given", errAudience)
	}
	if person, ok := l.Audience.Person(); ok {
		return checkOnly(w, l, person)
	}
	place := l.In
	if !l.Edit.IsZero() {
		place = l.Edit.Place
	}
	if l.Intent == chat.IntentRoom {
		return checkRoom(w, l)
	}
	if place.IsZero() {
		return fmt.Errorf("%w: %s letter without a place", errAudience, l.Audience)
	}
	ch, mapped := w.Org.Channel(place)
	switch {
	case mapped && ch.Audience.IsInternal():
		return nil // the people of the hotline may read everything
	case l.Audience.IsInternal():
		if linkedInside(links, place) && !(mapped && ch.Audience.IsCustomer()) {
			return nil
		}
		return fmt.Errorf("%w: internal text for a place that is not internal", errAudience)
	case mapped && c != nil && c.ID != 0 && ch.Customer != "" && c.Customer != "" && ch.Customer != c.Customer:
		return fmt.Errorf("%w: another customer's channel", errAudience)
	case mapped:
		return nil
	case linkedToCustomer(links, place) || l.Link == LinkRoot || l.Link == LinkReceipt:
		return nil // where the customer reported it
	default:
		return fmt.Errorf("%w: the case has nothing to do with this place", errAudience)
	}
}

// checkOnly allows a letter for one person to that person's accounts only, or
// through the right to answer that they gave.
func checkOnly(w World, l *Letter, person string) error {
	if !l.Edit.IsZero() {
		return nil // a message that was sent to them before
	}
	if l.To.IsZero() {
		return fmt.Errorf("%w: for %s, but not addressed to them", errAudience, person)
	}
	if l.To.Key() == person {
		return nil
	}
	if p, ok := w.PersonOf(l.To); ok && p.ID == person {
		return nil
	}
	for _, m := range w.MethodsOf(person) {
		if to, ok := w.Reach(person, m); ok && to.Key() == l.To.Key() {
			return nil
		}
	}
	return fmt.Errorf("%w: for %s, addressed to somebody else", errAudience, person)
}

// checkRoom allows only people of the hotline into an incident room.
func checkRoom(w World, l *Letter) error {
	if l.Room == nil || !l.Audience.IsInternal() {
		return fmt.Errorf("%w: a room is internal", errAudience)
	}
	for _, p := range l.Room.Invite {
		person, ok := w.PersonOf(p)
		if !ok || !person.Role.Staff() {
			return fmt.Errorf("%w: somebody from outside is invited", errAudience)
		}
	}
	return nil
}

func linkedInside(links []Link, place chat.Place) bool {
	for _, l := range links {
		if l.Audience.IsInternal() && l.Ref.Channel == place.Channel && l.Ref.Platform == place.Platform &&
			(l.Role == LinkInside || l.Role == LinkRoom || l.Role == LinkCard) {
			return true
		}
	}
	return false
}

func linkedToCustomer(links []Link, place chat.Place) bool {
	for _, l := range links {
		if l.Audience.IsCustomer() && l.Ref.Channel == place.Channel && l.Ref.Platform == place.Platform {
			return true
		}
	}
	return false
}
