package discordtest

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"hotline/adapters/adaptertest"
	"hotline/bot/chat"
)

// platform is the name of the adapter in stored data.
const platform chat.Platform = "discord"

// Driver acts the conformance suite out on a server.
type Driver struct {
	t        testing.TB
	s        *Server
	adapter  chat.Adapter
	verbs    []chat.Verb
	people   map[string]*Person
	channels map[string]string
	last     Message
	open     map[string]*Interaction // the last interaction of each person
	was      map[*Interaction]bool   // whose form has been sent
}

var _ adaptertest.Driver = (*Driver)(nil)

// NewDriver puts the people and channels of the house on a server. connect makes
// the adapter, from the same table of verbs that the house uses.
func NewDriver(t testing.TB, s *Server, verbs []chat.Verb, connect func(verbs []chat.Verb) chat.Adapter) *Driver {
	d := &Driver{
		t: t, s: s, verbs: verbs, people: map[string]*Person{}, channels: map[string]string{},
		open: map[string]*Interaction{}, was: map[*Interaction]bool{},
	}
	for _, name := range adaptertest.Persons {
		d.people[name] = s.AddPerson(name)
	}
	d.people["li"].Locale = "zh-CN"
	for name, who := range adaptertest.Channels {
		var in []*Person
		for _, w := range who {
			in = append(in, d.people[w])
		}
		d.channels[name] = s.AddPrivateChannel(name, in...)
	}
	d.adapter = connect(verbs)
	return d
}

// Server is the server that the driver acts on.
func (d *Driver) Server() *Server { return d.s }

// Adapter implements adaptertest.Driver.
func (d *Driver) Adapter() chat.Adapter { return d.adapter }

// Ready implements adaptertest.Driver: connected, and commands registered.
func (d *Driver) Ready() {
	d.t.Helper()
	d.s.Await(d.t, "the bot to connect and register", func() bool {
		return d.s.Connected() && len(d.s.Commands()) > 0 && d.adapter.Health().State == chat.StateUp
	})
}

// Account implements adaptertest.Driver.
func (d *Driver) Account(person string) chat.Principal {
	return chat.Principal{Platform: platform, User: d.people[person].ID, Name: person}
}

// Channel implements adaptertest.Driver.
func (d *Driver) Channel(name string) chat.Place {
	return chat.Place{Platform: platform, Channel: d.channels[name]}
}

// As implements adaptertest.Driver.
func (d *Driver) As(person string) adaptertest.Person { return &actor{d, d.people[person]} }

// Redeliver implements adaptertest.Driver.
func (d *Driver) Redeliver() bool {
	d.s.Redeliver(d.last.ChannelID, d.last.ID)
	return true
}

// Drop implements adaptertest.Driver. The session cannot be resumed afterwards.
func (d *Driver) Drop() bool {
	d.s.Away(true)
	d.s.RefuseResume(1)
	d.s.Drop()
	return true
}

// Return implements adaptertest.Driver.
func (d *Driver) Return() { d.s.Away(false) }

// actor is a person of the suite.
type actor struct {
	d *Driver
	p *Person
}

func must[T any](t testing.TB, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func channelOf(p chat.Place) string {
	if p.Thread != "" {
		return p.Thread
	}
	return p.Channel
}

// place is the channel to write in; a thread that nobody has opened yet is opened
// on its message, as people do.
func (a *actor) place(p chat.Place) string {
	if p.Thread == "" {
		return p.Channel
	}
	if _, ok := a.d.s.Channel(p.Thread); !ok {
		must(a.d.t, "", second(a.p.StartThread(p.Channel, p.Thread, "a thread")))
	}
	return p.Thread
}

func second[T any](_ T, err error) error { return err }

func (a *actor) ref(m Message) chat.MessageRef {
	p := chat.Place{Platform: platform, Channel: m.ChannelID}
	if ch, ok := a.d.s.Channel(m.ChannelID); ok {
		p.Direct = ch.Type == DirectChannel
		if ch.IsThread() {
			p.Channel, p.Thread = *ch.ParentID, ch.ID
		}
	}
	return chat.MessageRef{Place: p, ID: m.ID}
}

func (a *actor) Post(place chat.Place, text string) chat.MessageRef {
	a.d.t.Helper()
	m, err := a.p.Post(a.place(place), text)
	a.d.last = must(a.d.t, m, err)
	return a.ref(m)
}

func (a *actor) Direct(text string) chat.MessageRef {
	a.d.t.Helper()
	m, err := a.p.Post(a.p.Direct(), text)
	a.d.last = must(a.d.t, m, err)
	return a.ref(m)
}

func (a *actor) Edit(ref chat.MessageRef, text string) {
	a.d.t.Helper()
	must(a.d.t, "", a.p.Edit(channelOf(ref.Place), ref.ID, text))
}

func (a *actor) Delete(ref chat.MessageRef) {
	a.d.t.Helper()
	must(a.d.t, "", a.p.Delete(channelOf(ref.Place), ref.ID))
}

func (a *actor) React(ref chat.MessageRef, emoji string) {
	a.d.t.Helper()
	if emoji == "ticket" {
		emoji = "🎫"
	}
	must(a.d.t, "", a.p.React(channelOf(ref.Place), ref.ID, emoji))
}

func (a *actor) Command(place chat.Place, verb, args string) {
	a.d.t.Helper()
	a.began(a.p.Slash(a.place(place), verb, a.d.options(verb, args)))
}

func (a *actor) began(it *Interaction, err error) {
	a.d.t.Helper()
	a.d.open[a.p.ID] = must(a.d.t, it, err)
}

// caseNumber is what stands for a case in a line of arguments.
var caseNumber = regexp.MustCompile(`^[FQCP]-\d+$`)

// options spreads a typed line over the options of a command, as a person fills
// them in.
func (d *Driver) options(verb, line string) map[string]string {
	out := map[string]string{}
	i := slices.IndexFunc(d.verbs, func(v chat.Verb) bool { return v.Name == verb })
	if i < 0 {
		return out
	}
	line = strings.TrimSpace(line)
	for _, arg := range d.verbs[i].Args {
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case word == "":
			return out
		case arg.Name == "case" && !caseNumber.MatchString(word):
			continue
		case len(arg.Choices) > 0 && !slices.ContainsFunc(arg.Choices, func(c chat.Choice) bool { return c.Value == word }):
			continue
		case arg.Rest:
			word, rest = line, ""
		}
		out[arg.Name], line = word, strings.TrimSpace(rest)
	}
	return out
}

func (a *actor) Mention(place chat.Place, text string) chat.MessageRef {
	a.d.t.Helper()
	return a.Post(place, a.d.s.Mention()+" "+text)
}

func (a *actor) Click(m adaptertest.Message, label string) {
	a.d.t.Helper()
	channel := channelOf(m.Ref.Place)
	it, err := a.p.Click(channel, m.Ref.ID, label)
	if err != nil {
		it, err = a.p.Select(channel, m.Ref.ID, label)
	}
	a.began(it, err)
}

// modal is the form that is open for the person. One that was refused is opened
// again by its button.
func (a *actor) modal() *Modal {
	it := a.d.open[a.p.ID]
	if it == nil || a.d.was[it] {
		return nil
	}
	ans, _ := it.Answer()
	return ans.Modal
}

func (a *actor) Form() (adaptertest.Form, bool) {
	m := a.modal()
	if m == nil {
		return adaptertest.Form{}, false
	}
	f := adaptertest.Form{Title: m.Title}
	for _, in := range m.Inputs() {
		f.Fields = append(f.Fields, in.CustomID)
	}
	return f, true
}

func (a *actor) Submit(values map[string]string) {
	a.d.t.Helper()
	m := a.modal()
	if m == nil {
		a.d.t.Fatal("no form is open")
	}
	it := a.d.open[a.p.ID]
	a.d.was[it] = true
	a.began(a.p.Submit(it.channel.ID, *m, values))
}

func (a *actor) See(place chat.Place) []adaptertest.Message { return a.seen(channelOf(place)) }

func (a *actor) Inbox() []adaptertest.Message { return a.seen(a.p.Direct()) }

func (a *actor) seen(channel string) []adaptertest.Message {
	var out []adaptertest.Message
	for _, m := range a.p.Sees(channel) {
		if m.Loading() {
			continue
		}
		v := adaptertest.Message{Ref: a.ref(m), FromBot: m.Author.ID == a.d.s.bot.ID, Text: Readable(m.Text()), Private: m.Ephemeral()}
		for _, b := range m.Buttons() {
			v.Buttons = append(v.Buttons, b.Label)
		}
		for _, sel := range m.Selects() {
			for _, o := range sel.Options {
				v.Buttons = append(v.Buttons, o.Label)
			}
		}
		out = append(out, v)
	}
	return out
}

var escaped = regexp.MustCompile(`\\([\\*_~|<>\[\]#+.` + "`" + `-])`)

// Readable is a text as a person reads it, without the backslashes that keep it
// from being markup and without marks of bold text.
func Readable(s string) string {
	s = strings.ReplaceAll(s, "**", "")
	return strings.ReplaceAll(escaped.ReplaceAllString(s, "$1"), "\u200b", "")
}

func (a *actor) Shortcut(ref chat.MessageRef, verb string) bool {
	a.d.t.Helper()
	for _, v := range a.d.verbs {
		if v.Name == verb && len(v.Shortcut) > 0 {
			a.began(a.p.OnMessage(channelOf(ref.Place), ref.ID, v.Shortcut["en"]))
			return true
		}
	}
	return false
}
