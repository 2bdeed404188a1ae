package discordtest

import (
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
