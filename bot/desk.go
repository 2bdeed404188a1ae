package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/google/uuid"

	"hotline/bot/chat"
)

// Desk performs commands: it loads the case, lets [Decide] decide, and writes
// everything that follows in the same transaction. Nothing is sent inside it.
type Desk struct {
	store  Store
	org    atomic.Pointer[Organisation]
	roster atomic.Pointer[Roster]
	// committed is called after each commit with what happened; set once by Listen
	// before the desk is used.
	committed []func(Outcome, []Letter, []Timer)
	articles  []func(Article) // set by ListenArticles
}

// NewDesk makes a desk and reads the roster.
func NewDesk(ctx context.Context, store Store, org *Organisation) (*Desk, error) {
	d := &Desk{store: store}
	d.org.Store(org)
	err := store.View(ctx, func(r Reader) error { return d.loadRoster(r) })
	return d, err
}

// Listen adds a function that is called after each commit, in order, on the
// writer's goroutine: it must not block. Call it before the desk is used.
func (d *Desk) Listen(f func(Outcome, []Letter, []Timer)) { d.committed = append(d.committed, f) }

// SetOrganisation replaces the organisation after a reload.
func (d *Desk) SetOrganisation(org *Organisation) { d.org.Store(org) }

// Store is what the desk writes to.
func (d *Desk) Store() Store { return d.store }

func (d *Desk) loadRoster(r Reader) error {
	ro, err := LoadRoster(r)
	if err == nil {
		d.roster.Store(ro)
	}
	return err
}

// World is the world as it is at the transaction's instant.
func (d *Desk) World(tx Tx) World {
	return World{Now: tx.Now(), Org: d.org.Load(), Roster: d.roster.Load()}
}

// Snapshot is the world at an instant, for reading.
func (d *Desk) Snapshot() World {
	return World{Now: now(), Org: d.org.Load(), Roster: d.roster.Load()}
}

// ChangeRoster stores a record of the roster (an override, a method, a window …)
// or, with a nil body, deletes it, and makes it count from the next decision on.
func (d *Desk) ChangeRoster(tx Tx, kind, id string, body any) error {
	var err error
	if body == nil {
		err = tx.DeleteRecord(kind, id)
	} else {
		err = PutJSON(tx, kind, id, body)
	}
	if err != nil {
		return err
	}
	// The new roster is read inside the transaction and published when it commits.
	ro, err := LoadRoster(tx)
	if err == nil {
		tx.OnCommit(func() { d.roster.Store(ro) })
	}
	return err
}

// Do performs a command on a case in a transaction of its own. caseID is 0 for
// Open.
func (d *Desk) Do(ctx context.Context, actor Actor, caseID int64, cmd Command) (Outcome, error) {
	var out Outcome
	err := d.store.Do(ctx, func(tx Tx) (err error) {
		out, err = d.Apply(tx, actor, caseID, cmd)
		return err
	})
	if err != nil {
		return Outcome{}, err
	}
	return out, nil
}

// Apply performs a command inside a transaction. Open with the dedup key of an
// open case joins it as a signal.
func (d *Desk) Apply(tx Tx, actor Actor, caseID int64, cmd Command) (Outcome, error) {
	if o, ok := cmd.(Open); ok {
		return d.openOrJoin(tx, actor, o)
	}
	c, err := tx.Case(caseID)
	if err != nil {
		return Outcome{}, err
	}
	if m, ok := cmd.(Merge); ok {
		if err := d.mergeInto(tx, actor, c, m); err != nil {
			return Outcome{}, err
		}
	}
	return d.perform(tx, actor, c, cmd)
}

func (d *Desk) openOrJoin(tx Tx, actor Actor, o Open) (Outcome, error) {
	if o.DedupKey != "" {
		c, found, err := d.sameFault(tx, o.DedupKey)
		if err != nil {
			return Outcome{}, err
		}
		if found {
			out, err := d.perform(tx, actor, c, Signal{Status: SignalFiring, Text: o.Text})
			out.Joined = true
			return out, err
		}
	}
	id, err := tx.NextCase()
	if err != nil {
		return Outcome{}, err
	}
	return d.perform(tx, actor, Case{ID: id}, o)
}

// mergeInto records the merge on the case that goes on, and refuses one that does
// not exist, is closed, or belongs to another customer.
func (d *Desk) mergeInto(tx Tx, actor Actor, from Case, m Merge) error {
	into, err := tx.CaseByNumber(m.Into)
	lang := firstOf(actor.Lang, d.org.Load().Lang)
	if errors.Is(err, ErrNotFound) || err == nil && into.Customer != from.Customer {
		return Refuse(ErrNotFound, wordsNoCase.In(lang, m.Into), hintCheckNumber.In(lang))
	}
	if err != nil {
		return err
	}
	if !into.State.Open() || into.ID == from.ID {
		return Refuse(ErrConflict, wordsMergeTarget.In(lang, m.Into, StateName(into.State, lang)), hintCheckNumber.In(lang))
	}
	dd := &decision{c: into, w: d.World(tx), actor: actor}
	dd.absorb(from.Number)
	return d.write(tx, into, Decision{Case: dd.c, Events: dd.events, Refresh: true})
}

func (d *Desk) perform(tx Tx, actor Actor, c Case, cmd Command) (Outcome, error) {
	dec, err := Decide(c, cmd, actor, d.World(tx))
	if err != nil {
		return Outcome{}, err
	}
	if err := d.write(tx, c, dec); err != nil {
		return Outcome{}, err
	}
	return Outcome{Case: dec.Case, Events: dec.Events}, nil
}

// write stores a decision: events, case, timers, dropped pages, letters, links.
func (d *Desk) write(tx Tx, before Case, dec Decision) error {
	c := dec.Case
	if len(dec.Events) > 0 {
		if err := firstErr(tx.AppendEvents(dec.Events...), tx.PutCase(c)); err != nil {
			return err
		}
	}
	if err := d.writeTimers(tx, c.ID, dec); err != nil {
		return err
	}
	if dec.DropPages {
		if _, err := tx.DropLetters(c.ID, chat.IntentPage, "overtaken"); err != nil {
			return err
		}
	}
	letters := dec.Letters
	if dec.Refresh && before.Seq > 0 {
		cards, err := d.refreshCards(tx, &c)
		if err != nil {
			return err
		}
		letters = append(letters, cards...)
	}
	for i := range letters {
		finishLetter(tx, &letters[i])
	}
	if len(letters) > 0 {
		if err := tx.PutLetters(letters...); err != nil {
			return err
		}
	}
	if err := tx.PutLink(dec.Links...); err != nil {
		return err
	}
	for _, r := range dec.Records {
		if err := tx.PutRecord(r); err != nil {
			return err
		}
	}
	d.announce(tx, Outcome{Case: c, Events: dec.Events}, letters, dec.Set)
	return nil
}

func (d *Desk) writeTimers(tx Tx, id int64, dec Decision) error {
	if len(dec.Cancel) > 0 {
		if err := tx.CancelTimers(id, dec.Cancel...); err != nil {
			return err
		}
	}
	return tx.SetTimer(dec.Set...)
}

// finishLetter fills in what every letter has.
func finishLetter(tx Tx, l *Letter) {
	if l.ID == "" {
		l.ID = uuid.Must(uuid.NewV7()).String()
	}
	l.Made, l.State = tx.Now(), Pending
	if l.NotBefore.IsZero() {
		l.NotBefore = l.Made
	}
}

// Post writes letters that belong to no decision (answers to queries, notices) in
// a transaction and wakes the sender when it commits.
func (d *Desk) Post(tx Tx, letters ...Letter) error {
	for i := range letters {
		finishLetter(tx, &letters[i])
	}
	if err := tx.PutLetters(letters...); err != nil {
		return err
	}
	d.announce(tx, Outcome{}, letters, nil)
	return nil
}

func (d *Desk) announce(tx Tx, out Outcome, letters []Letter, timers []Timer) {
	tx.OnCommit(func() {
		for _, f := range d.committed {
			f(out, letters, timers)
		}
	})
}

// refreshCards asks for an edit of every live card of a case: the customer's, the
// internal one, and the pages that were sent. A newer edit replaces one that waits.
func (d *Desk) refreshCards(tx Tx, c *Case) ([]Letter, error) {
	links, err := tx.Links(c.ID, LinkReceipt, LinkRoot, LinkCard, LinkPage, LinkBundle, LinkAsk)
	if err != nil {
		return nil, err
	}
	w := d.World(tx)
	var letters []Letter
	for _, l := range links {
		edit := Letter{Case: c.ID, Intent: chat.IntentCard, Priority: PrioCard, Edit: l.Ref, Lang: c.Lang, Key: "edit:" + l.Ref.Key()}
		switch {
		case l.Role == LinkReceipt, l.Role == LinkRoot && l.Person == "bot":
			edit.Template, edit.Audience = TplReceipt, chat.Customer()
		case l.Role == LinkCard:
			edit.Template, edit.Audience, edit.Lang = TplCard, chat.Internal(), w.Org.Lang
			if ch, ok := w.Org.Channel(l.Ref.Place); ok && ch.Lang != "" {
				edit.Lang = ch.Lang
			}
		case l.Role == LinkPage:
			p, _ := w.Org.Person(l.Person)
			edit.Template, edit.Audience, edit.Person, edit.Lang = TplPage, chat.Only(l.Person), l.Person, w.LangOf(p)
		case l.Role == LinkAsk:
			edit.Template, edit.Audience = l.Person, chat.Customer()
		case l.Role == LinkBundle:
			p, _ := w.Org.Person(l.Person)
			edit.Template, edit.Audience, edit.Person, edit.Lang = TplBundle, chat.Only(l.Person), l.Person, w.LangOf(p)
		default:
			continue
		}
		letters = append(letters, edit)
	}
	return letters, nil
}

// Find reads a case by what a person typed. The error is a UserError with near
// matches that the actor may see; a foreign case looks like one that is not there.
func (d *Desk) Find(r Reader, actor Actor, typed string) (Case, error) {
	lang := firstOf(actor.Lang, d.org.Load().Lang)
	number, valid, ok := ParseNumber(typed)
	if !ok {
		return Case{}, Refuse(ErrInvalid, wordsNotANumber.In(lang, Shorten(CleanText(typed, 200), 40)), hintNumberForm.In(lang))
	}
	if valid {
		c, err := r.CaseByNumber(number)
		if err == nil && MaySee(actor, &c) {
			return c, nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Case{}, err
		}
	}
	near, err := d.near(r, actor, number)
	if err != nil {
		return Case{}, err
	}
	hint := hintCheckNumber.In(lang)
	if near != "" {
		hint = hintNear.In(lang, near)
	}
	return Case{}, Refuse(ErrNotFound, wordsNoCase.In(lang, number), hint)
}

// near lists numbers close to a mistyped one that exist and may be seen.
func (d *Desk) near(r Reader, actor Actor, number string) (string, error) {
	list := ""
	for _, n := range NearNumbers(number) {
		c, err := r.CaseByNumber(n)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		if !MaySee(actor, &c) {
			continue
		}
		if list != "" {
			list += ", "
		}
		list += fmt.Sprintf("%s (%s)", n, Shorten(c.Title, 30))
	}
	return list, nil
}

// MaySee reports whether the actor may know of a case at all: the people of the
// hotline see every case, customers their organisation's and their own.
func MaySee(actor Actor, c *Case) bool {
	if actor.Role.Staff() {
		return true
	}
	if actor.ID != "" && actor.ID == c.Reporter {
		return true
	}
	return actor.Role == RoleCustomer && actor.Customer != "" && actor.Customer == c.Customer
}

// Private makes the answer to what a person just did: seen by them alone, where
// they asked if the platform can, else in a direct message.
func Private(in Incoming, content chat.Content) Letter {
	ev := in.Event
	l := Letter{Template: TplContent, Intent: chat.IntentPrivate, Audience: chat.Only(ev.From.Key()), Priority: PrioPrivate,
		Lang: in.Lang(), To: ev.From, Reply: ev.Reply, Content: &content, Person: in.Actor.ID}
	if ev.Where.Channel != "" {
		l.In = ev.Where
	}
	return l
}

// SeverityText is the severity as a digit, for arguments.
func SeverityText(s Severity) string { return strconv.Itoa(int(s)) }
