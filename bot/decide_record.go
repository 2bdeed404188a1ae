package bot

import (
	"slices"

	"hotline/bot/chat"
)

// Modes are the kinds of evidence that a customer was answered. An automatic
// receipt is none of them.
var Modes = []string{"remote", "phone", "email", "arrival", "other"}

// record handles the commands that add to the record of a case.
func (d *decision) record(cmd Command) error {
	switch cmd := cmd.(type) {
	case Say:
		return d.say(cmd)
	case Revise:
		d.revise(cmd)
	case Note:
		return d.note(cmd)
	case Respond:
		return d.respond(cmd)
	case Restore:
		d.public(CaseEvent{Type: EvRestored, Text: CleanText(cmd.Text, MaxNote)})
		d.tellCustomer(TplRestored, map[string]string{"text": CleanText(cmd.Text, MaxNote)})
		d.refresh = true
	case Offer:
		d.offer(cmd)
	case Tried:
		return d.tried(cmd)
	case Known:
		return d.known(cmd)
	case Fixed:
		d.fixed(cmd)
	case Signal:
		d.signal(cmd)
	case OpenedRoom:
		d.emit(CaseEvent{Type: EvRoomOpened, Place: cmd.Place, Actor: system})
		d.links = append(d.links, Link{Key: cmd.Place.Key(), Case: d.c.ID, Role: LinkInside, Ref: chat.MessageRef{Place: cmd.Place}, Audience: chat.Internal(), At: d.w.Now})
		d.refresh = true
	case Delivery:
		d.delivery(cmd)
	case Rate:
		return d.rate(cmd)
	case Translated:
		d.translated(cmd)
	case Drafted:
		d.drafted(cmd)
	}
	return nil
}

// say adds what somebody wrote to the customer or the customer wrote. A person's
// answer ends the customer's waiting; a customer's message ends a wait for them.
func (d *decision) say(s Say) error {
	text := CleanText(s.Text, chat.MaxText)
	if text == "" && len(s.Files) == 0 {
		return d.refuse(ErrInvalid, wordsEmpty, hintWrite)
	}
	d.public(CaseEvent{Type: EvSaid, Text: text, Ref: s.Ref, Files: s.Files})
	defer d.wantTranslation(text, d.c.Seq, len(d.letters))
	if !s.Ref.IsZero() {
		d.links = append(d.links, Link{Key: s.Ref.Key(), Case: d.c.ID, Role: LinkMessage, Ref: s.Ref, Audience: chat.Customer(), At: d.w.Now})
	}
	if d.actor.Role.Staff() {
		d.cancel = append(d.cancel, TimerAck)
		if s.Relay {
			d.tellCustomer(TplAnswer, map[string]string{"text": text, "by": d.actor.Name})
			d.attach(s)
		}
		d.refresh = true
		return nil
	}
	d.tellInside(TplCustomerSaid, map[string]string{"text": text, "by": d.actor.Name})
	d.attach(s)
	switch {
	case d.c.State == WaitingCustomer:
		d.public(CaseEvent{Type: EvResumed})
		d.refresh = true
		d.tellPerson(d.c.Owner, TplCustomerSaid, map[string]string{"text": text, "by": d.actor.Name})
	case d.c.Owner != "" && d.c.State.Open():
		d.tellPerson(d.c.Owner, TplCustomerSaid, map[string]string{"text": text, "by": d.actor.Name})
	}
	return nil
}

// attach sends the files of a message along with the letter just written; the
// sender fetches them from the platform that they came from.
func (d *decision) attach(s Say) {
	if len(s.Files) == 0 {
		return
	}
	l := &d.letters[len(d.letters)-1]
	l.Content = &chat.Content{Files: s.Files}
	l.Args["files_from"] = string(firstPlatform(s.Ref.Platform, d.actor.Via.Platform))
}

// tellInside mirrors something into the internal thread of the case.
func (d *decision) tellInside(template string, args map[string]string) { d.noticeDesk(template, args) }

func (d *decision) revise(r Revise) {
	if r.Deleted {
		d.public(CaseEvent{Type: EvWithdrawn, Ref: r.Ref})
		d.tellInside(TplWithdrawn, map[string]string{"by": d.actor.Name})
		return
	}
	text := CleanText(r.Text, chat.MaxText)
	d.public(CaseEvent{Type: EvRevised, Ref: r.Ref, Text: text})
	d.tellInside(TplRevised, map[string]string{"text": text, "by": d.actor.Name})
}

func (d *decision) note(n Note) error {
	text := CleanText(n.Text, MaxNote)
	if text == "" {
		return d.refuse(ErrInvalid, wordsEmpty, hintWrite)
	}
	d.emit(CaseEvent{Type: EvNoted, Text: text})
	d.cancel = append(d.cancel, TimerAck)
	d.tellInside(TplNote, map[string]string{"text": text, "by": d.actor.Name})
	return nil
}

func (d *decision) respond(r Respond) error {
	if !slices.Contains(Modes, r.Mode) {
		return d.refuse(ErrInvalid, wordsMode, hintMode, r.Mode)
	}
	d.own()
	d.public(CaseEvent{Type: EvResponded, Mode: r.Mode, Text: CleanText(r.Text, MaxNote)})
	d.settle()
	return nil
}

// signal is the same alarm again. One that recovers waits for the cooldown before
// it counts as solved, and one that fires again within it stays the same case
// without new pages (flap damping).
func (d *decision) signal(s Signal) {
	stopped := d.c.Recovering
	d.emit(CaseEvent{Type: EvSignalled, Mode: s.Status, Text: CleanText(s.Text, MaxNote)})
	d.refresh = true
	if s.Status == SignalResolved {
		if d.c.State.Untaken() {
			d.cancel = append(d.cancel, TimerStep)
			d.dropPages = true
			d.timer(TimerReleased, "", d.w.Now.Add(d.w.Org.Rules.Cooldown), 0)
		}
		return
	}
	switch {
	case d.c.State == Resolved:
		d.reopen(Reason{WhyFlapping, "", ago(d.w.Org.Rules.Cooldown)}, s.Text)
	case d.c.State.Untaken() && d.c.Paging.Active:
		d.cancel = append(d.cancel, TimerReleased)
		if stopped {
			d.timer(TimerStep, "", d.w.Now.Add(d.stepWait()), 0)
		}
	}
}

// delivery records what became of a notification.
func (d *decision) delivery(n Delivery) {
	d.emit(CaseEvent{Type: EvNotification, Actor: system, Person: n.Person, Mode: n.Platform, Page: n.Page, To: n.Status, Text: n.Detail})
}

func (d *decision) rate(r Rate) error {
	if r.Score < 1 || r.Score > 5 {
		return d.refuse(ErrInvalid, wordsScore, hintScore)
	}
	if d.c.Rated >= d.c.Episode {
		return d.refuse(ErrConflict, wordsRated, hintNothingToDo, d.c.Number)
	}
	d.public(CaseEvent{Type: EvRated, Score: r.Score, Text: CleanText(r.Comment, MaxNote)})
	d.refresh = true
	if r.Score <= 2 {
		for _, p := range d.w.Org.People {
			if p.Role == RoleLead {
				d.tellPerson(p.ID, TplLowScore, nil)
			}
		}
	}
	return nil
}
