package slacktest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hotline/adapters/adaptertest"
	"hotline/bot/chat"
)

// Driver acts out the conformance suite on a [Server].
type Driver struct {
	t       testing.TB
	s       *Server
	adapter chat.Adapter
	verbs   []chat.Verb
}

var _ adaptertest.Driver = (*Driver)(nil)

// NewDriver fills the server with the people and channels of the suite and makes
// the adapter with open.
func NewDriver(t testing.TB, s *Server, verbs []chat.Verb, open func() chat.Adapter) *Driver {
	for _, p := range adaptertest.Persons {
		s.AddUser(User{ID: accountOf(p), Name: p, Locale: "en-US"})
	}
	for name, people := range adaptertest.Channels {
		members := []string{BotUserID}
		for _, p := range people {
			members = append(members, accountOf(p))
		}
		s.AddChannel(Channel{ID: channelOf(name), Name: name, Members: members})
	}
	return &Driver{t: t, s: s, verbs: verbs, adapter: open()}
}

func accountOf(person string) string { return "U" + strings.ToUpper(person) }
func channelOf(name string) string   { return "C" + strings.ToUpper(name) }

// Adapter implements adaptertest.Driver.
func (d *Driver) Adapter() chat.Adapter { return d.adapter }

// Ready implements adaptertest.Driver.
func (d *Driver) Ready() {
	d.t.Helper()
	if !d.s.Until(func() bool { return d.s.reachable() && d.adapter.Health().State == chat.StateUp }) {
		d.t.Fatalf("not connected: %+v", d.adapter.Health())
	}
}

// Account implements adaptertest.Driver.
func (d *Driver) Account(person string) chat.Principal {
	return chat.Principal{Platform: "slack", Tenant: TeamID, User: accountOf(person), Name: person}
}

// Channel implements adaptertest.Driver.
func (d *Driver) Channel(name string) chat.Place {
	return chat.Place{Platform: "slack", Tenant: TeamID, Channel: channelOf(name)}
}

// As implements adaptertest.Driver.
func (d *Driver) As(person string) adaptertest.Person {
	return &driven{Person: d.s.Person(accountOf(person)), d: d}
}

// Redeliver implements adaptertest.Driver.
func (d *Driver) Redeliver() bool {
	events := d.s.Events()
	for _, e := range slices.Backward(events) {
		if e.Type == "message" && !strings.Contains(string(e.Raw), `"bot_id"`) {
			d.s.Redeliver(e.ID)
			return d.s.Settle()
		}
	}
	return false
}

// Drop implements adaptertest.Driver.
func (d *Driver) Drop() bool {
	if d.s.overHTTP() {
		return false
	}
	d.s.Away()
	return true
}

// Return implements adaptertest.Driver.
func (d *Driver) Return() { d.s.Back() }

// driven is a person of the suite.
type driven struct {
	*Person
	d *Driver
}

func (p *driven) place(channel, ts string) chat.MessageRef {
	ref := chat.MessageRef{Place: chat.Place{Platform: "slack", Tenant: TeamID, Channel: channel, Direct: channel[0] == 'D'}, ID: ts}
	return ref
}

// Post implements adaptertest.Person.
func (p *driven) Post(at chat.Place, text string) chat.MessageRef {
	typed := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	ref := p.place(at.Channel, p.SayIn(at.Channel, at.Thread, typed))
	ref.Thread = at.Thread
	return ref
}

// Direct implements adaptertest.Person.
func (p *driven) Direct(text string) chat.MessageRef {
	dm := p.DM()
	return p.place(dm, p.Say(dm, text))
}

// Edit implements adaptertest.Person.
func (p *driven) Edit(ref chat.MessageRef, text string) { p.Person.Edit(ref.Channel, ref.ID, text) }

// Delete implements adaptertest.Person.
func (p *driven) Delete(ref chat.MessageRef) { p.Person.Delete(ref.Channel, ref.ID) }

// React implements adaptertest.Person.
func (p *driven) React(ref chat.MessageRef, emoji string) {
	p.Person.React(ref.Channel, ref.ID, emoji)
}

// Command implements adaptertest.Person.
func (p *driven) Command(at chat.Place, verb, args string) {
	if ack := p.Slash(at.Channel, "/hotline", strings.TrimSpace(verb+" "+args)); !ack.OK {
		p.d.t.Errorf("/hotline %s: %s", verb, ack.Word)
	}
}

// Mention implements adaptertest.Person.
func (p *driven) Mention(at chat.Place, text string) chat.MessageRef {
	ref := p.place(at.Channel, p.SayIn(at.Channel, at.Thread, "<@"+BotUserID+"> "+text))
	ref.Thread = at.Thread
	return ref
}

// Click implements adaptertest.Person.
func (p *driven) Click(m adaptertest.Message, label string) {
	p.d.t.Helper()
	if ack := p.Person.Click(m.Ref.Channel, m.Ref.ID, label); !ack.OK {
		p.d.t.Errorf("click %q: %s", label, ack.Word)
	}
}

// Form implements adaptertest.Person.
func (p *driven) Form() (adaptertest.Form, bool) {
	v := p.Modal()
	if v.ID == "" {
		return adaptertest.Form{}, false
	}
	els, _ := inputs(v)
	if len(els) == 0 {
		return adaptertest.Form{}, false
	}
	var title struct{ Text string }
	_ = json.Unmarshal(v.Title, &title)
	f := adaptertest.Form{Title: title.Text, Errors: map[string]string{}}
	for id, text := range v.Errors {
		f.Errors[strings.TrimPrefix(id, "in:")] = text
	}
	for id := range els {
		f.Fields = append(f.Fields, strings.TrimPrefix(id, "in:"))
	}
	slices.Sort(f.Fields)
	return f, true
}

// Submit implements adaptertest.Person.
func (p *driven) Submit(values map[string]string) {
	named := map[string]string{}
	for k, v := range values {
		named["in:"+k] = v
	}
	if ack := p.Person.Submit(named); !ack.OK {
		p.d.t.Errorf("submit: %s", ack.Word)
	}
}

// See implements adaptertest.Person.
func (p *driven) See(at chat.Place) []adaptertest.Message {
	if at.Thread != "" {
		return p.shown(at.Channel, p.Thread(at.Channel, at.Thread))
	}
	return p.shown(at.Channel, p.Sees(at.Channel))
}

// Inbox implements adaptertest.Person.
func (p *driven) Inbox() []adaptertest.Message {
	dm := p.DM()
	return p.shown(dm, p.Sees(dm))
}

func (p *driven) shown(channel string, list []Message) []adaptertest.Message {
	var out []adaptertest.Message
	for _, m := range list {
		if m.Subtype == "tombstone" {
			continue
		}
		ref := p.place(channel, m.TS)
		if m.ThreadTS != m.TS {
			ref.Thread = m.ThreadTS
		}
		am := adaptertest.Message{Ref: ref, FromBot: m.BotID != "", Text: m.Shown(), Private: m.Only != "" || channel[0] == 'D'}
		for _, b := range m.Buttons() {
			am.Buttons = append(am.Buttons, b.Label)
		}
		out = append(out, am)
	}
	return out
}

// Shortcut implements adaptertest.Person.
func (p *driven) Shortcut(ref chat.MessageRef, verb string) bool {
	for _, v := range p.d.verbs {
		if v.Name == verb && len(v.Shortcut) > 0 {
			return p.Person.Shortcut("verb:"+verb, ref.Channel, ref.ID).OK
		}
	}
	return false
}
