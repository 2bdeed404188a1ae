package bot

import (
	"time"

	"hotline/bot/chat"
)

// tick is a timer that came due. A timer of an older generation does nothing;
// after downtime the present step fires once, however late it is.
func (d *decision) tick(t Timer) error {
	if t.Gen != 0 && t.Gen != d.c.Generation {
		return nil
	}
	switch t.Kind {
	case TimerStep:
		d.tickStep()
	case TimerAck:
		d.tickAck(t)
	case TimerSnooze:
		d.tickSnooze()
	case TimerAutoClose:
		if d.c.State == Resolved && d.c.Class != Complaint {
			d.actor = system
			d.finish(Reason{Code: WhyAutoClose, What: ago(d.w.Org.Rules.AutoClose)})
		}
	case TimerHold:
		if _, until, held := d.heldNow(); held {
			d.timer(TimerHold, "", until, 0)
			return nil
		}
		d.actor = system
		return d.release()
	case TimerReleased:
		if d.c.State.Untaken() && d.c.Recovering {
			d.recovered()
		}
	case TimerClock:
		d.tickClock(t)
	case TimerSweep:
		d.sweep()
	}
	return nil
}

func (d *decision) tickStep() {
	p := d.c.Paging
	if !p.Active || !d.c.Snoozed.IsZero() || d.c.Held != "" {
		return
	}
	waited := time.Duration(0)
	if p.Step < len(p.Steps) {
		waited = p.Steps[p.Step].Wait
	}
	d.refresh = true
	d.fire(p.Step+1, max(1, p.Round), Reason{Code: WhyWaited, What: ago(waited)})
}

// tickAck nags the owner once, then gives the case back.
func (d *decision) tickAck(t Timer) {
	if d.c.State != Acknowledged {
		return
	}
	wait := d.w.Org.Rules.AckTimeout
	d.actor = system
	if t.Key == "" {
		d.tellPerson(d.c.Owner, TplNag, map[string]string{"after": ago(wait)})
		d.timer(TimerAck, "nagged", d.w.Now.Add(wait), d.c.Generation)
		return
	}
	d.giveBack(Reason{WhyAckTimeout, d.w.Name(d.c.Owner), ago(2 * wait)})
}

// tickSnooze ends the snooze; who is on call is resolved again.
func (d *decision) tickSnooze() {
	if d.c.Snoozed.IsZero() {
		return
	}
	d.actor = system
	d.emit(CaseEvent{Type: EvSnoozeEnded})
	d.refresh = true
	if d.c.State.Untaken() {
		d.startPaging(Reason{})
		return
	}
	if d.c.State.Active() {
		d.tellPerson(d.c.Owner, TplSnoozeEnded, nil)
	}
	if d.c.State == Acknowledged {
		d.watchAck() // the snooze had ended the watch
	}
}

// recovered resolves an alarm that stayed quiet for the cooldown.
func (d *decision) recovered() {
	d.actor = system
	d.stopPaging(Reason{Code: WhyRecovered})
	d.public(CaseEvent{Type: EvResolved, Text: wordsRecovered.In(d.c.Lang), Reason: Reason{Code: WhyRecovered}})
	d.public(CaseEvent{Type: EvClosed, Reason: Reason{Code: WhyRecovered}})
	d.endTimers()
}

// sweep starts paging again for a case that nobody has and nothing presses for.
func (d *decision) sweep() {
	if d.c.Class == Planned || !d.c.State.Untaken() || d.c.Paging.Active || d.c.Held != "" || !d.c.Snoozed.IsZero() {
		return
	}
	d.actor = system
	d.dropPages = true // new ones take their place
	d.startPaging(Reason{Code: WhySweeper})
	d.tellLeads(TplUntaken)
}

func (d *decision) tellLeads(template string) {
	for _, p := range d.w.Org.People {
		if p.Role != RoleLead {
			continue
		}
		if to, ok := d.w.Account(p.ID, ""); ok {
			d.letter(Letter{Template: template, Intent: chat.IntentNotice, Audience: chat.Only(p.ID), Priority: PrioNotice,
				To: to, Person: p.ID, Lang: d.w.LangOf(p)})
		}
	}
}
