package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hotline/bot/chat"
	"hotline/bot/say"
)

var zeroTime time.Time

// SignalFiring and SignalResolved are what an alarm says.
const (
	SignalFiring   = "firing"
	SignalResolved = "resolved"
)

// Bounds of what people may write into a case.
const (
	MaxTitle = 120 // characters
	MaxNote  = 16 << 10
)

// Decision is what a command does: the events that happened and what follows from
// them. Applying it is the desk's business.
type Decision struct {
	Case   Case // after the events
	Events []CaseEvent
	Set    []Timer
	Cancel []TimerKind
	// DropPages drops the pages of the case that are not sent yet.
	DropPages bool
	Letters   []Letter
	Links     []Link
	// Refresh asks that every live card of the case is edited.
	Refresh bool
	// Records are small changes outside the case: turns of a round robin.
	Records []Record
}

// Decide is the rule book: what a command by an actor does to a case in a world.
// It is pure; the same arguments always give the same decision. A refusal is a
// *UserError and changes nothing.
func Decide(c Case, cmd Command, actor Actor, w World) (Decision, error) {
	d := &decision{c: c, w: w, actor: actor, lang: actor.Lang}
	if d.lang == "" {
		d.lang = w.Org.Lang
	}
	if err := d.permitted(cmd); err != nil {
		return Decision{}, err
	}
	if err := d.legal(cmd); err != nil {
		return Decision{}, err
	}
	if err := d.dispatch(cmd); err != nil {
		return Decision{}, err
	}
	d.clockTimers()
	return Decision{
		Case: d.c, Events: d.events, Set: d.set, Cancel: d.cancel, DropPages: d.dropPages,
		Letters: d.letters, Links: d.links, Refresh: d.refresh, Records: d.records,
	}, nil
}

type decision struct {
	c     Case
	w     World
	actor Actor
	lang  string

	events    []CaseEvent
	set       []Timer
	cancel    []TimerKind
	dropPages bool
	letters   []Letter
	links     []Link
	refresh   bool
	records   []Record
}

// emit appends an event and applies it at once, so that later rules see it.
func (d *decision) emit(e CaseEvent) {
	e.Case, e.Seq, e.At = d.c.ID, d.c.Seq+1, d.w.Now
	if e.Actor.ID == "" && e.Actor.Via.IsZero() {
		e.Actor = d.actor
	}
	if !e.Audience.Valid() {
		e.Audience = chat.Internal()
	}
	d.events = append(d.events, e)
	d.c.Apply(e)
}

// public emits an event that the customer may read.
func (d *decision) public(e CaseEvent) {
	e.Audience = chat.Customer()
	d.emit(e)
}

func (d *decision) timer(kind TimerKind, key string, due time.Time, gen int) {
	d.set = append(d.set, Timer{Kind: kind, Case: d.c.ID, Key: key, Due: due, Gen: gen})
}

func (d *decision) letter(l Letter) {
	l.Case = d.c.ID
	if l.Lang == "" {
		l.Lang = d.c.Lang
	}
	d.letters = append(d.letters, l)
}

func (d *decision) refuse(code error, what, hint say.Words, args ...any) error {
	return Refuse(code, what.In(d.lang, args...), hint.In(d.lang))
}

func (d *decision) dispatch(cmd Command) error {
	switch cmd := cmd.(type) {
	case Open:
		return d.open(cmd)
	case Say, Revise, Note, Respond, Restore, Offer, Tried, Known, Fixed, Signal, OpenedRoom, Delivery, Rate, Translated, Drafted:
		return d.record(cmd)
	case Acknowledge, Unacknowledge, Assign, AddResponder, Escalate, Snooze, Release:
		return d.take(cmd)
	case Tick:
		return d.tick(cmd.Timer)
	default:
		return d.move(cmd)
	}
}

// open makes the case from a report.
func (d *decision) open(o Open) error {
	o.Text = CleanText(o.Text, chat.MaxText)
	if o.Text == "" {
		return d.refuse(ErrInvalid, wordsEmpty, hintDescribe)
	}
	if o.Class == "" {
		o.Class = Fault
	}
	if o.Severity < 1 || o.Severity > 4 {
		o.Severity = 3
	}
	o.Title = CleanText(o.Title, 4*MaxTitle)
	if o.Title == "" {
		o.Title = o.Text
	}
	o.Title = Shorten(strings.Join(strings.Fields(o.Title), " "), MaxTitle)
	if o.Lang == "" {
		o.Lang = d.langOf(o)
	}
	if o.Source == "" {
		o.Source = string(d.actor.Via.Platform)
	}
	d.fillFromAsset(&o)
	if c, ok := d.w.Org.Customer(o.Customer); ok {
		o.Contract = c.Contract
		o.Promise = d.w.Org.Contracts[c.Contract].Policy.Version
	}
	o.Number = FormatNumber(o.Class, d.c.ID)
	d.public(CaseEvent{Type: EvOpened, Open: &o, Ref: o.Root, Place: o.Place, Files: o.Files})
	d.announceOpening(o)
	d.timer(TimerSuggest, "", d.w.Now, 0)
	if reason, until, held := d.heldNow(); held {
		d.emit(CaseEvent{Type: EvHeld, Text: reason, Actor: system})
		d.timer(TimerHold, "", until, 0)
	} else {
		d.startPaging(Reason{})
	}
	if _, foreign := d.w.TranslateTo(&d.c, o.Text); foreign && !d.c.ByMachine() {
		d.assist(saidKey(1))
	}
	return nil
}

// system is the actor of what Hotline does by itself; its via marks it as given.
var system = Actor{Via: chat.Principal{Platform: "hotline", User: "hotline"}}

func (d *decision) langOf(o Open) string {
	if l := say.Guess(o.Text); l != "" {
		return l
	}
	if c, ok := d.w.Org.Customer(o.Customer); ok && c.Lang != "" {
		return c.Lang
	}
	return d.w.Org.Lang
}

// fillFromAsset takes customer, site and service from a known serial or site.
func (d *decision) fillFromAsset(o *Open) {
	if a, ok := d.w.Org.Asset(o.Asset); ok {
		o.Asset = a.Serial
		setIfEmpty(&o.Customer, a.Customer)
		setIfEmpty(&o.Site, a.Site)
		setIfEmpty(&o.Service, a.Service)
	}
	if s, ok := d.w.Org.Site(o.Site); ok {
		setIfEmpty(&o.Customer, s.Customer)
	}
	if s, ok := d.w.Org.Service(o.Service); ok {
		setIfEmpty(&o.Customer, s.Customer)
	}
}

func setIfEmpty(s *string, v string) {
	if *s == "" {
		*s = v
	}
}

// Asset finds an asset by serial, forgiving case, spaces, dashes and the letters
// O and I written for 0 and 1.
func (o *Organisation) Asset(serial string) (Asset, bool) {
	if serial == "" {
		return Asset{}, false
	}
	want := plainSerial(serial)
	return find(o.Assets, func(a *Asset) bool { return plainSerial(a.Serial) == want })
}

func plainSerial(s string) string {
	return strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
}

// announceOpening writes the receipt, the internal card, and the links by which
// later messages find the case.
func (d *decision) announceOpening(o Open) {
	if !o.Place.IsZero() {
		in := o.Place
		receipt := Letter{Template: TplReceipt, Intent: chat.IntentReceipt, Audience: chat.Customer(), Priority: PrioReceipt, Link: LinkReceipt}
		if !o.Root.IsZero() {
			in.Thread = o.Root.Thread
			if in.Thread == "" && !in.Direct {
				in.Thread = o.Root.ID
			}
			d.links = append(d.links,
				Link{Key: o.Root.Key(), Case: d.c.ID, Role: LinkRoot, Ref: o.Root, Audience: chat.Customer(), At: d.w.Now},
				Link{Key: in.Key(), Case: d.c.ID, Role: LinkThread, Ref: chat.MessageRef{Place: in}, Audience: chat.Customer(), At: d.w.Now})
		} else if in.Thread == "" && !in.Direct {
			receipt.Link = LinkRoot // the receipt itself becomes the head of the thread
		}
		receipt.In = in
		if in.Direct {
			receipt.To = d.actor.Via
		}
		d.letter(receipt)
	}
	if desk, ok := d.w.deskChannel(&d.c); ok {
		d.letter(Letter{Template: TplCard, Intent: chat.IntentCard, Audience: chat.Internal(), Priority: PrioCard,
			In: desk.Place, Lang: d.channelLang(desk), Link: LinkCard, Key: "card:" + d.c.Number})
	}
}

// deskChannel is the internal channel that shows the case: its team's, else the
// first internal channel for everything.
func (w World) deskChannel(c *Case) (Channel, bool) {
	if s, ok := w.Org.Service(c.Service); ok {
		if t, ok := w.Org.Team(s.Team); ok && t.Channel.Channel != "" {
			if ch, ok := w.Org.Channel(t.Channel); ok && ch.Audience.IsInternal() {
				return ch, true
			}
		}
	}
	return find(w.Org.Channels, func(c *Channel) bool { return c.Audience.IsInternal() })
}

func (d *decision) channelLang(ch Channel) string {
	if ch.Lang != "" {
		return ch.Lang
	}
	return d.w.Org.Lang
}

// heldNow tells whether a maintenance window holds the pages of the case.
func (d *decision) heldNow() (reason string, until time.Time, held bool) {
	for _, win := range d.w.Roster.Windows {
		if win.Covers(&d.c, d.w.Now) && win.To.After(until) {
			reason, until, held = win.Reason, win.To, true
		}
	}
	if held && reason == "" {
		reason = wordsMaintenance.In(d.w.Org.Lang)
	}
	return reason, until, held
}

// CleanText makes text safe to keep: valid UTF-8, no control characters but line
// breaks and tabs, no characters that turn the direction of writing, trimmed, and
// at most max bytes (cut on a character).
func CleanText(s string, max int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r == 0x7f || (r >= 0x80 && r <= 0x9f):
			return -1
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0xfeff:
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if len(s) <= max {
		return s
	}
	cut := max
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimSpace(s[:cut])
}

// Shorten cuts s to max characters, marking the cut.
func Shorten(s string, max int) string {
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:max-1])) + "…"
}

// permitted checks the role and, for customers, that the case is theirs.
func (d *decision) permitted(cmd Command) error {
	need := neededRole(cmd)
	if d.actor.System() || d.actor.Via.Platform == system.Via.Platform {
		return nil
	}
	if !d.actor.Role.AtLeast(need) {
		return d.refuse(ErrForbidden, wordsForbidden, hintAskLead)
	}
	_, opening := cmd.(Open)
	if d.actor.Role == RoleCustomer && !opening && (d.actor.Customer == "" || d.actor.Customer != d.c.Customer) && d.actor.ID != d.c.Reporter {
		return d.refuse(ErrNotFound, wordsNoCase, hintCheckNumber, d.c.Number)
	}
	return nil
}

// neededRole is the least role for each command.
func neededRole(cmd Command) Role {
	switch cmd.(type) {
	case Open, Say, Revise, Confirm, Reopen, Rate, Tried:
		return RoleCustomer
	default:
		return RoleResponder
	}
}

// page ids are the case number and the sequence of the event that made them.
func (d *decision) pageID() string { return d.c.Number + "." + strconv.Itoa(d.c.Seq+1) }

// legalFrom lists the states in which a command is possible; nil means any.
func legalFrom(cmd Command) []State {
	active := []State{New, Reopened, Acknowledged, InProgress, WaitingCustomer, WaitingOthers}
	switch cmd.(type) {
	case Acknowledge, Escalate, Assign, Snooze, Resolve, Start, Cancel, Restore, Known, Signal:
		return active
	case Unacknowledge:
		return []State{Acknowledged, InProgress, WaitingCustomer, WaitingOthers}
	case Wait:
		return []State{Acknowledged, InProgress, WaitingCustomer, WaitingOthers}
	case Resume:
		return []State{WaitingCustomer, WaitingOthers}
	case Confirm:
		return []State{Resolved}
	case Reopen:
		return []State{Resolved, Closed}
	case Close:
		return []State{Resolved}
	case Rate:
		return []State{Resolved, Closed}
	case SetSeverity, SetClass, AddResponder, Merge:
		return append(active, Resolved)
	default:
		return nil
	}
}

// legal refuses a command that the state does not allow, with the state and what
// is possible instead.
func (d *decision) legal(cmd Command) error {
	from := legalFrom(cmd)
	if _, ok := cmd.(Signal); ok {
		from = append(from, Resolved)
	}
	if from == nil || slices.Contains(from, d.c.State) {
		return nil
	}
	return Refuse(ErrConflict,
		wordsWrongState.In(d.lang, d.c.Number, StateName(d.c.State, d.lang)),
		hintInstead.In(d.lang, strings.Join(d.possible(), ", ")))
}

// possible lists the verbs that the state allows, the likeliest first.
func (d *decision) possible() []string {
	var verbs []string
	for _, v := range []struct {
		verb string
		cmd  Command
	}{
		{"ack", Acknowledge{}}, {"resolve", Resolve{}}, {"confirm", Confirm{}}, {"reopen", Reopen{}},
		{"resume", Resume{}}, {"wait", Wait{}}, {"escalate", Escalate{}}, {"close", Close{}}, {"rate", Rate{}}, {"note", Note{}},
	} {
		if from := legalFrom(v.cmd); (from == nil || slices.Contains(from, d.c.State)) && d.actor.Role.AtLeast(neededRole(v.cmd)) {
			verbs = append(verbs, v.verb)
		}
	}
	return verbs
}
