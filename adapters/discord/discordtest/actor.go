package discordtest

import (
	"regexp"
	"strings"
	"testing"

	"hotline/adapters/adaptertest"
	"hotline/bot/chat"
)

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
