package bot

import (
	"slices"
	"strconv"
	"time"

	"hotline/bot/chat"
)

// MaxSnooze is the longest snooze, as in Opsgenie.
const MaxSnooze = 7 * 24 * time.Hour

func (d *decision) take(cmd Command) error {
	switch cmd := cmd.(type) {
	case Acknowledge:
		return d.acknowledge(cmd)
	case Unacknowledge:
		d.giveBack(Reason{WhyAsked, d.actor.Name, "unack"})
		return nil
	case Assign:
		return d.assign(cmd)
	case AddResponder:
		return d.addResponder(cmd)
	case Escalate:
		return d.escalate(cmd)
	case Snooze:
		return d.snooze(cmd)
	case Release:
		return d.release()
	}
	return nil
}

// acknowledge is final: the first wins, the second is told who has it. When a step
// asks for several acknowledgements paging goes on until there are enough.
func (d *decision) acknowledge(a Acknowledge) error {
	if !d.c.State.Untaken() && !d.c.Paging.Active {
		if d.c.Owner == d.actor.ID {
			return d.refuse(ErrConflict, wordsYouHaveIt, hintResolveNext, d.c.Number)
		}
		return d.refuse(ErrConflict, wordsTaken, hintNothingToDo, d.c.Number, d.w.Name(d.c.Owner), ago(d.w.Now.Sub(d.c.Acked)))
	}
	if slices.Contains(d.c.Paging.Acks, d.actor.ID) {
		return d.refuse(ErrConflict, wordsYouHaveIt, hintResolveNext, d.c.Number)
	}
	had := d.c.Owner
	d.public(CaseEvent{Type: EvAcked, Person: d.actor.ID, From: had})
	d.refresh = true
	if missing := d.acksNeeded() - len(d.c.Paging.Acks); missing > 0 && d.c.Paging.Active {
		d.emit(CaseEvent{Type: EvNotification, Actor: system, Person: d.actor.ID, To: "acked",
			Reason: Reason{WhyMoreAcks, d.actor.Name, strconv.Itoa(missing)}})
		return nil
	}
	d.stopPaging(Reason{Code: WhyAcked, Who: d.actor.Name})
	d.watchAck()
	d.openRoom()
	return nil
}

// acksNeeded is how many acknowledgements the present step asks for.
func (d *decision) acksNeeded() int {
	p := d.c.Paging
	if p.Step < len(p.Steps) {
		return max(1, p.Steps[p.Step].Acks)
	}
	return 1
}

// stopPaging ends the escalation: unsent pages are dropped in this transaction and
// the generation is raised, so that the sender drops what it holds already.
func (d *decision) stopPaging(why Reason) {
	if d.c.Paging.Active {
		d.emit(CaseEvent{Type: EvPagingEnded, Actor: system, Reason: why})
	}
	d.dropPages = true
	d.cancel = append(d.cancel, TimerStep, TimerHold)
	d.refresh = true
}

// watchAck sets the timer that notices silence after an acknowledgement.
func (d *decision) watchAck() {
	if t := d.w.Org.Rules.AckTimeout; t > 0 {
		d.timer(TimerAck, "", d.w.Now.Add(t), d.c.Generation)
	}
}

// openRoom asks for an incident room for the worst severities, once.
func (d *decision) openRoom() {
	if d.c.Severity > d.w.Org.Rules.MaxRoomSev || !d.c.Room.IsZero() || d.c.Drill {
		return
	}
	account, ok := d.w.Account(d.actor.ID, d.actor.Via.Platform)
	if !ok {
		account = d.actor.Via
	}
	invite := []chat.Principal{account}
	for _, p := range d.c.Paging.Paged {
		if a, ok := d.w.Account(p, account.Platform); ok && a.Key() != account.Key() {
			invite = append(invite, a)
		}
	}
	d.letter(Letter{Template: TplRoom, Intent: chat.IntentRoom, Audience: chat.Internal(), Priority: PrioCard, Link: LinkRoom,
		In: chat.Place{Platform: account.Platform, Tenant: account.Tenant}, Lang: d.w.Org.Lang, Key: "room:" + d.c.Number,
		Room: &chat.Room{Name: RoomName(&d.c), Topic: d.c.Number + " " + d.c.Title, Invite: invite}})
}

// giveBack makes the case untaken again and starts paging anew.
func (d *decision) giveBack(why Reason) {
	owner := d.c.Owner
	d.emit(CaseEvent{Type: EvUnacked, From: owner, Reason: why})
	d.cancel = append(d.cancel, TimerAck)
	d.dropPages, d.refresh = true, true
	d.startPaging(why)
}

func (d *decision) assign(a Assign) error {
	p, ok := d.w.Org.Person(a.To)
	if !ok || !p.Role.Staff() {
		return d.refuse(ErrInvalid, wordsNoPerson, hintPersonNames, a.To)
	}
	if d.c.Owner == a.To {
		return d.refuse(ErrConflict, wordsOwnsAlready, hintNothingToDo, d.c.Number, p.Name)
	}
	d.public(CaseEvent{Type: EvAssigned, From: d.c.Owner, To: a.To})
	d.stopPaging(Reason{Code: WhyAcked, Who: p.Name})
	d.watchAck()
	if a.To != d.actor.ID {
		d.page(a.To, -1, Reason{WhyNamed, p.Name, d.actor.Name})
		if d.w.Org.Assisted {
			d.assist(AssistSummary + ":" + a.To)
		}
	}
	return nil
}

func (d *decision) addResponder(a AddResponder) error {
	p, ok := d.w.Org.Person(a.To)
	if !ok || !p.Role.Staff() {
		return d.refuse(ErrInvalid, wordsNoPerson, hintPersonNames, a.To)
	}
	if slices.Contains(d.c.Helpers, a.To) || d.c.Owner == a.To {
		return d.refuse(ErrConflict, wordsOwnsAlready, hintNothingToDo, d.c.Number, p.Name)
	}
	d.emit(CaseEvent{Type: EvHelperAdded, To: a.To})
	d.page(a.To, -1, Reason{WhyNamed, p.Name, d.actor.Name})
	d.refresh = true
	return nil
}

// escalate moves on at once: to the next step, or to a named person, schedule or
// team of any tier. A button of an older generation does nothing twice.
func (d *decision) escalate(e Escalate) error {
	if e.Gen != 0 && e.Gen != d.c.Generation {
		return d.refuse(ErrConflict, wordsStaleButton, hintLookAgain, d.c.Number)
	}
	why := Reason{WhyAsked, d.actor.Name, firstOf(Shorten(CleanText(e.Reason, MaxNote), 200), "—")}
	if e.To != "" {
		return d.escalateTo(e.To, why)
	}
	d.emit(CaseEvent{Type: EvEscalated, Text: e.Reason, Reason: why})
	d.dropPages, d.refresh = true, true
	if d.c.Paging.Active {
		d.fire(d.c.Paging.Step+1, max(1, d.c.Paging.Round), why)
		return nil
	}
	policy, _ := d.choosePolicy()
	next := d.c.Paging.Step + 1
	if next >= len(policy.Steps) {
		next = max(0, len(policy.Steps)-1)
	}
	d.emit(CaseEvent{Type: EvPagingBegan, Actor: system, Reason: why,
		Paging: &Paging{Policy: policy.ID, Steps: policy.Steps, Repeat: policy.Repeat, Acks: d.c.Paging.Acks, Paged: d.c.Paging.Paged, First: d.c.Paging.First}})
	d.fire(next, 1, why)
	return nil
}

func (d *decision) escalateTo(to string, why Reason) error {
	target, ok := d.w.Org.Target(to)
	if !ok {
		return d.refuse(ErrInvalid, wordsNoTarget, hintPersonNames, to)
	}
	d.emit(CaseEvent{Type: EvEscalated, To: target.String(), Text: why.What, Reason: why})
	d.dropPages = true
	policy, _ := d.choosePolicy()
	steps := append([]Step{{Targets: []Target{target}, Wait: escalationWait}}, policy.Steps...)
	d.beginPolicy(Policy{ID: policy.ID, Steps: steps, Repeat: policy.Repeat}, why)
	return nil
}

// escalationWait is how long a target named by hand is given before the policy
// starts from its beginning.
const escalationWait = 5 * time.Minute

// Target finds a person, schedule or team by id.
func (o *Organisation) Target(id string) (Target, bool) {
	if p, ok := o.Person(id); ok && p.Role.Staff() {
		return Target{Person: id}, true
	}
	if _, ok := o.Schedule(id); ok {
		return Target{Schedule: id}, true
	}
	if _, ok := o.Team(id); ok {
		return Target{Team: id}, true
	}
	return Target{}, false
}

func (d *decision) snooze(s Snooze) error {
	if !s.Until.After(d.w.Now) || s.Until.Sub(d.w.Now) > MaxSnooze {
		return d.refuse(ErrInvalid, wordsSnoozeBounds, hintSnooze)
	}
	d.emit(CaseEvent{Type: EvSnoozed, Until: s.Until})
	d.stopPaging(Reason{WhySnoozed, d.actor.Name, s.Until.UTC().Format(time.RFC3339)})
	d.cancel = append(d.cancel, TimerAck)
	d.timer(TimerSnooze, "", s.Until, 0)
	return nil
}

// release starts the paging that a maintenance window held.
func (d *decision) release() error {
	if d.c.Held == "" {
		return nil
	}
	d.emit(CaseEvent{Type: EvReleased})
	d.cancel = append(d.cancel, TimerHold)
	if d.c.State.Untaken() {
		d.startPaging(Reason{})
	}
	return nil
}
