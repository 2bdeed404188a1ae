package bot

import (
	"strconv"

	"hotline/bot/chat"
)

// move handles the commands that change where a case stands.
func (d *decision) move(cmd Command) error {
	switch cmd := cmd.(type) {
	case Start:
		d.own()
		d.public(CaseEvent{Type: EvStarted})
		d.settle()
		return nil
	case Wait:
		return d.wait(cmd)
	case Resume:
		d.public(CaseEvent{Type: EvResumed})
		d.refresh = true
		return nil
	case SetSeverity:
		return d.setSeverity(cmd)
	case SetClass:
		return d.setClass(cmd)
	case Resolve:
		return d.resolve(cmd)
	case Confirm:
		d.public(CaseEvent{Type: EvConfirmed})
		d.finish(Reason{Code: WhyConfirmed})
		return nil
	case Close:
		d.finish(Reason{Code: WhyByHand, Who: d.actor.Name})
		return nil
	case Reopen:
		d.reopen(Reason{Code: WhyReopened}, cmd.Text)
		return nil
	case Cancel:
		return d.cancelCase(cmd)
	case Merge:
		return d.merge(cmd)
	case Renew:
		d.renew()
	}
	return nil
}

// own makes the actor the owner of a case that nobody has.
func (d *decision) own() {
	if d.c.Owner == "" && !d.actor.System() && d.actor.Role.Staff() {
		d.public(CaseEvent{Type: EvAcked, Person: d.actor.ID})
	}
}

// settle ends what presses for somebody to take the case.
func (d *decision) settle() {
	d.stopPaging(Reason{Code: WhyAcked, Who: d.actor.Name})
	d.cancel = append(d.cancel, TimerAck)
}

func (d *decision) wait(w Wait) error {
	reason := CleanText(w.Reason, MaxNote)
	if reason == "" {
		return d.refuse(ErrInvalid, wordsWaitReason, hintWaitReason)
	}
	if w.On != WaitingCustomer {
		w.On = WaitingOthers
	}
	d.public(CaseEvent{Type: EvWaiting, To: string(w.On), Text: reason})
	d.settle()
	if w.On == WaitingCustomer {
		d.tellCustomer(TplAsk, map[string]string{"text": reason})
	}
	return nil
}

func (d *decision) setSeverity(s SetSeverity) error {
	if s.Severity < 1 || s.Severity > 4 {
		return d.refuse(ErrInvalid, wordsSeverityRange, hintSeverity)
	}
	reason := CleanText(s.Reason, MaxNote)
	if reason == "" {
		return d.refuse(ErrInvalid, wordsSeverityReason, hintSeverity)
	}
	if s.Severity == d.c.Severity {
		return d.refuse(ErrConflict, wordsSeveritySame, hintNothingToDo, d.c.Number, int(s.Severity))
	}
	worse := s.Severity < d.c.Severity
	d.public(CaseEvent{Type: EvSeverity, From: strconv.Itoa(int(d.c.Severity)), To: strconv.Itoa(int(s.Severity)), Text: reason})
	d.refresh = true
	if worse && d.c.State.Untaken() && d.c.Held == "" && d.c.Snoozed.IsZero() {
		d.stopPaging(Reason{WhyAsked, d.actor.Name, reason})
		d.startPaging(Reason{})
	}
	return nil
}

func (d *decision) setClass(s SetClass) error {
	if s.Class != Fault && s.Class != Question && s.Class != Complaint && s.Class != Planned {
		return d.refuse(ErrInvalid, wordsClass, hintClass)
	}
	if CleanText(s.Reason, MaxNote) == "" {
		return d.refuse(ErrInvalid, wordsSeverityReason, hintClass)
	}
	d.public(CaseEvent{Type: EvMoved, From: string(d.c.Class), To: string(s.Class), Text: CleanText(s.Reason, MaxNote)})
	d.refresh = true
	return nil
}

func (d *decision) resolve(r Resolve) error {
	solution := CleanText(r.Solution, MaxNote)
	if solution == "" {
		return d.refuse(ErrInvalid, wordsSolution, hintSolution)
	}
	d.own()
	d.stopPaging(Reason{Code: WhyResolved})
	d.public(CaseEvent{Type: EvResolved, Cause: CleanText(r.Cause, MaxNote), Text: solution})
	d.cancel = append(d.cancel, TimerAck, TimerSnooze, TimerSuggest, TimerReleased)
	d.tellCustomer(TplResolved, nil)
	if t := d.w.Org.Rules.AutoClose; t > 0 && d.c.Class != Complaint {
		d.timer(TimerAutoClose, "", d.w.Now.Add(t), d.c.Generation)
	}
	if !d.c.Drill {
		d.timer(TimerDraft, "", d.w.Now, 0)
	}
	return nil
}

// finish closes a resolved case and asks for satisfaction, once per episode and
// never for drills.
func (d *decision) finish(why Reason) {
	d.public(CaseEvent{Type: EvClosed, Reason: why})
	d.cancel = append(d.cancel, TimerAutoClose, TimerAck, TimerClock)
	d.refresh = true
	if d.c.Asked < d.c.Episode && !d.c.Drill && !d.c.ByMachine() {
		d.emit(CaseEvent{Type: EvRatingAsked, Actor: system})
		d.tellCustomer(TplRate, nil)
	}
	if why.Code == WhyConfirmed {
		d.tellPerson(d.c.Owner, TplConfirmed, nil)
	}
}

func (d *decision) reopen(why Reason, text string) {
	owner := d.c.Owner
	d.public(CaseEvent{Type: EvReopened, Text: CleanText(text, MaxNote), Reason: why})
	d.renew()
	d.cancel = append(d.cancel, TimerAutoClose)
	d.refresh = true
	d.startPaging(why)
	d.tellPerson(owner, TplReopened, nil)
	d.noticeDesk(TplReopened, nil)
}

func (d *decision) cancelCase(c Cancel) error {
	reason := CleanText(c.Reason, MaxNote)
	if reason == "" {
		return d.refuse(ErrInvalid, wordsCancelReason, hintCancel)
	}
	d.stopPaging(Reason{WhyByHand, d.actor.Name, ""})
	d.public(CaseEvent{Type: EvCancelled, Text: reason})
	d.endTimers()
	d.tellCustomer(TplCancelled, map[string]string{"text": reason})
	return nil
}

func (d *decision) endTimers() {
	d.cancel = append(d.cancel, TimerAck, TimerSnooze, TimerSuggest, TimerAutoClose, TimerClock, TimerReleased, TimerHold)
}

func (d *decision) merge(m Merge) error {
	if m.Into == "" || m.Into == d.c.Number {
		return d.refuse(ErrInvalid, wordsMergeSelf, hintCheckNumber, d.c.Number)
	}
	d.stopPaging(Reason{WhyByHand, d.actor.Name, ""})
	d.public(CaseEvent{Type: EvMerged, To: m.Into})
	d.endTimers()
	d.tellCustomer(TplMerged, map[string]string{"into_case": m.Into})
	return nil
}

// absorb records on a case that another became its duplicate.
func (d *decision) absorb(from string) {
	d.emit(CaseEvent{Type: EvMerged, From: from, Audience: chat.Internal()})
	d.refresh = true
}
