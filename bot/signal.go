package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"hotline/bot/chat"
	"hotline/bot/say"
)

// Alarm is what a machine reports. Customer, Site and Serial are as it wrote them
// and may be unknown; what is not known stays readable in the text of the case.
type Alarm struct {
	// EventID names this very report: the same again within the time that the ledger
	// remembers changes nothing. Empty: every report counts.
	EventID string
	// DedupKey names the fault: while a case with it is open, reports join it.
	DedupKey string
	Status   string // SignalFiring or SignalResolved
	Service  string // id of the service that reports
	Severity Severity
	// Summary is one line, Details may be longer; Links are addresses to look at.
	Summary, Details       string
	Links                  []string
	Source                 string
	Customer, Site, Serial string
	Lang                   string
	Drill                  bool
}

// AlarmResult is what became of an alarm.
type AlarmResult struct {
	// Number is the case that was opened or joined; empty when a resolved alarm had
	// no open case.
	Number string
	// Opened says that the alarm made the case, Duplicate that it had been stored
	// before and nothing was done.
	Opened, Duplicate bool
}

// platformHooks marks what machines sent in the ledger and in the events of a case.
const platformHooks chat.Platform = "hooks"

// ByMachine reports whether a machine reported the case: nobody reads answers there.
func (c *Case) ByMachine() bool { return c.ReporterAt.Platform == platformHooks }

var (
	wordsAlarmFor   = say.Words{EN: "Reported for:", ZH: "告警对象:"}
	wordsAlarmWorse = say.Words{EN: "the alarm got worse", ZH: "告警级别升高"}
	wordsNoAlarm    = say.Words{EN: "The alarm says neither firing nor resolved, or names no fault.", ZH: "告警缺少状态或去重键。"}
	hintAlarm       = say.Words{EN: "Send a status and a dedup key.", ZH: "请提供状态和去重键。"}
)

// TakeAlarm stores an alarm and everything that follows in one transaction of its
// own, together with the event id.
func (d *Desk) TakeAlarm(ctx context.Context, a Alarm) (AlarmResult, error) {
	var out AlarmResult
	err := d.store.Do(ctx, func(tx Tx) (err error) {
		out, err = d.ApplyAlarm(tx, a)
		return err
	})
	if err != nil {
		return AlarmResult{}, err
	}
	return out, nil
}

// ApplyAlarm takes an alarm inside a transaction: the event id goes into the ledger,
// and the alarm opens a case, joins the one that is open, or says that it is over.
func (d *Desk) ApplyAlarm(tx Tx, a Alarm) (AlarmResult, error) {
	if a.DedupKey == "" || a.Status != SignalFiring && a.Status != SignalResolved {
		lang := d.org.Load().Lang
		return AlarmResult{}, Refuse(ErrInvalid, wordsNoAlarm.In(lang), hintAlarm.In(lang))
	}
	fresh, err := ledgerAlarm(tx, a)
	if err != nil {
		return AlarmResult{}, err
	}
	if !fresh {
		c, _, err := newestOf(tx, a.DedupKey, nil)
		return AlarmResult{Number: c.Number, Duplicate: true}, err
	}
	c, found, err := d.sameFault(tx, a.DedupKey)
	actor := Actor{Name: a.Source, Lang: a.Lang, Via: chat.Principal{Platform: platformHooks, User: a.Service, Name: a.Source}}
	switch {
	case err != nil:
		return AlarmResult{}, err
	case found:
		return d.joinAlarm(tx, actor, c, a)
	case a.Status == SignalResolved:
		return AlarmResult{}, nil
	}
	o := a.open(d.World(tx))
	id, err := tx.NextCase()
	if err != nil {
		return AlarmResult{}, err
	}
	out, err := d.perform(tx, actor, Case{ID: id}, o)
	return AlarmResult{Number: out.Case.Number, Opened: true}, err
}

// ledgerAlarm keeps the event id; false when it was there.
func ledgerAlarm(tx Tx, a Alarm) (bool, error) {
	if a.EventID == "" {
		return true, nil
	}
	from := chat.Principal{Platform: platformHooks, User: a.Service}
	return tx.PutInbound(Inbound{ID: uuid.Must(uuid.NewV7()).String(), State: InboundDone, At: tx.Now(),
		Event: chat.Event{Key: a.EventID, Kind: chat.KindCommand, At: tx.Now(), From: from, Where: chat.Place{Platform: platformHooks, Channel: a.Service}}})
}

// joinAlarm adds an alarm to the case of the same fault. One that got worse raises
// the severity, which pages anew while nobody has the case.
func (d *Desk) joinAlarm(tx Tx, actor Actor, c Case, a Alarm) (AlarmResult, error) {
	out, err := d.perform(tx, actor, c, Signal{Status: a.Status, Text: a.Summary})
	if err != nil {
		return AlarmResult{}, err
	}
	if c = out.Case; a.Status == SignalFiring && a.Severity != 0 && a.Severity < c.Severity && c.State.Active() {
		_, err = d.perform(tx, actor, c, SetSeverity{Severity: a.Severity, Reason: wordsAlarmWorse.In(d.org.Load().Lang)})
	}
	return AlarmResult{Number: c.Number}, err
}

// openStates are those in which the same fault joins a case.
var openStates = []State{New, Reopened, Acknowledged, InProgress, WaitingCustomer, WaitingOthers, Resolved}

// sameFault finds the case that a report with this key joins: one that is open, or
// was resolved within the cooldown.
func (d *Desk) sameFault(tx Tx, key string) (Case, bool, error) {
	c, ok, err := newestOf(tx, key, openStates)
	if err != nil || !ok {
		return Case{}, false, err
	}
	return c, c.State != Resolved || tx.Now().Sub(c.ResolvedA) < d.org.Load().Rules.Cooldown, nil
}

func newestOf(r Reader, key string, states []State) (Case, bool, error) {
	same, err := r.Cases(CaseQuery{DedupKey: key, Newest: true, Limit: 1, States: states})
	if err != nil || len(same) == 0 {
		return Case{}, false, err
	}
	return same[0], true, nil
}

// open makes the report of a new case. What names another customer than the
// service's is kept as text only: a key opens the door of one customer.
func (a Alarm) open(w World) Open {
	o := Open{Class: Fault, Severity: a.Severity, Title: a.Summary, Lang: a.Lang, Service: a.Service, Source: firstOf(a.Source, string(platformHooks)),
		DedupKey: a.DedupKey, Drill: a.Drill}
	if s, ok := w.Org.Service(a.Service); ok {
		o.Customer = s.Customer
	}
	var rest []string
	fits := func(customer string) bool {
		return o.Customer == "" || customer == "" || customer == o.Customer
	}
	if c, ok := w.Org.namedCustomer(a.Customer); ok && fits(c.ID) {
		o.Customer = c.ID
	} else if a.Customer != "" {
		rest = append(rest, a.Customer)
	}
	if k, ok := w.Org.Asset(a.Serial); ok && fits(k.Customer) {
		o.Asset = k.Serial
	} else if a.Serial != "" {
		rest = append(rest, a.Serial)
	}
	if s, ok := w.Org.Site(a.Site); ok && fits(s.Customer) {
		o.Site = s.ID
	} else if a.Site != "" {
		rest = append(rest, a.Site)
	}
	if len(a.Links) > 0 {
		o.Link = a.Links[0]
	}
	parts := []string{a.Summary}
	if len(rest) > 0 {
		parts = append(parts, wordsAlarmFor.In(firstOf(a.Lang, w.Org.Lang))+" "+strings.Join(rest, ", "))
	}
	parts = append(parts, strings.Join(a.Links, "\n"), a.Details)
	o.Text = strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n\n")
	return o
}

// namedCustomer finds a customer by id, or by name whatever its capitals.
func (o *Organisation) namedCustomer(s string) (Customer, bool) {
	if s == "" {
		return Customer{}, false
	}
	if c, ok := o.Customer(s); ok {
		return c, true
	}
	return find(o.Customers, func(c *Customer) bool { return strings.EqualFold(c.Name, s) })
}

// Read records that people have read pages, by the messages that carried them.
// Messages that are no pages are passed over, and so are pages that are known to be
// read.
func (e *Engine) Read(ctx context.Context, refs []chat.MessageRef) error {
	return e.store.Do(ctx, func(tx Tx) error {
		for _, ref := range refs {
			link, err := tx.Link(ref.Key())
			if errors.Is(err, ErrNotFound) || err == nil && link.Role != LinkPage {
				continue
			}
			if err != nil {
				return err
			}
			if err := e.read(tx, link); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *Engine) read(tx Tx, link Link) error {
	letters, err := tx.Letters(link.Case)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(letters, func(l Letter) bool { return l.Ref == link.Ref && l.Page != "" })
	if i < 0 {
		return nil
	}
	news := Delivery{Person: link.Person, Platform: string(link.Ref.Platform), Page: letters[i].Page, Status: "read"}
	events, err := tx.Events(link.Case, 0)
	if err != nil || slices.ContainsFunc(events, func(ev CaseEvent) bool {
		return ev.Type == EvNotification && ev.To == news.Status && ev.Page == news.Page && ev.Person == news.Person && ev.Mode == news.Platform
	}) {
		return err
	}
	_, err = e.desk.Apply(tx, Actor{}, link.Case, news)
	return err
}

// Delivered records news of a notification that came later, by number of the case.
// A page that failed in the end makes the person's next method due at once. News of
// a case that does not exist is forgotten.
func (e *Engine) Delivered(ctx context.Context, number string, n Delivery) error {
	return e.store.Do(ctx, func(tx Tx) error {
		c, err := tx.CaseByNumber(number)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := e.desk.Apply(tx, Actor{}, c.ID, n); err != nil {
			return err
		}
		if n.Status != "failed" || n.Page == "" {
			return nil
		}
		letters, err := tx.Letters(c.ID)
		if err != nil {
			return err
		}
		return e.sender.nextMethod(tx, letters, &Letter{Gen: c.Generation, Page: n.Page})
	})
}
