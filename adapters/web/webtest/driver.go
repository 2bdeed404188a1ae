package webtest

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/adapters/adaptertest"
	"hotline/adapters/web"
	"hotline/bot/chat"
)

// Driver acts as people do in the workspace, for the conformance suite.
type Driver struct {
	t          testing.TB
	adapter    *web.Adapter
	server     *httptest.Server
	adapterRun mounting
	mounted    chan struct{}
	people     map[string]*actor
}

// mounting tells the Driver when the engine runs the adapter, which is when its
// routes can be served.
type mounting struct {
	*web.Adapter
	mux  *http.ServeMux
	once *sync.Once
	done chan struct{}
}

// Run mounts the routes for the engine that runs the adapter.
func (m mounting) Run(ctx context.Context, in chat.Inbox) error {
	m.once.Do(func() {
		m.Mount(m.mux, in)
		close(m.done)
	})
	return m.Adapter.Run(ctx, in)
}

// NewDriver serves a workspace with the people and channels of the conformance suite
// on a board of its own.
func NewDriver(t testing.TB, board chat.Board, verbs []chat.Verb) *Driver {
	d := &Driver{t: t, mounted: make(chan struct{}), people: map[string]*actor{}}
	d.adapter = web.New(web.Config{
		Board: board, Demo: true, Verbs: verbs, Channels: d.channels, Users: d.users,
		Rate: 1000, Burst: 1000,
	})
	mux := http.NewServeMux()
	d.server = httptest.NewServer(mux)
	t.Cleanup(d.server.Close)
	for _, id := range adaptertest.Persons {
		d.people[id] = &actor{d: d, id: id, api: New(d.server.URL, id)}
	}
	d.adapterRun = mounting{d.adapter, mux, new(sync.Once), d.mounted}
	return d
}

func (d *Driver) channels() []web.Channel {
	var list []web.Channel
	for _, name := range slices.Sorted(maps.Keys(adaptertest.Channels)) {
		c := web.Channel{ID: name, Name: name, Audience: chat.Customer(), Members: func(u string) bool { return slices.Contains(adaptertest.Channels[name], u) }}
		if name == "desk" {
			c.Audience = chat.Internal()
		}
		list = append(list, c)
	}
	return list
}

func (d *Driver) users() []web.User {
	return []web.User{
		{ID: "anna", Name: "Anna", Lang: "en", Role: "customer"}, {ID: "li", Name: "李雷", Lang: "zh", Role: "customer"},
		{ID: "chen", Name: "Chen", Lang: "en", Role: "responder"}, {ID: "maria", Name: "Maria", Lang: "en", Role: "responder"}, {ID: "tom", Name: "Tom", Lang: "en", Role: "lead"},
	}
}

// Adapter implements adaptertest.Driver.
func (d *Driver) Adapter() chat.Adapter { return d.adapterRun }

// Ready implements adaptertest.Driver.
func (d *Driver) Ready() { <-d.mounted }

// Account implements adaptertest.Driver.
func (d *Driver) Account(p string) chat.Principal {
	return chat.Principal{Platform: web.Platform, User: p}
}

// Channel implements adaptertest.Driver.
func (d *Driver) Channel(name string) chat.Place {
	return chat.Place{Platform: web.Platform, Channel: name}
}

// As implements adaptertest.Driver.
func (d *Driver) As(p string) adaptertest.Person { return d.people[p] }

// Drop implements adaptertest.Driver.
func (d *Driver) Drop() bool { return false }

// Return implements adaptertest.Driver.
func (d *Driver) Return() {}

// Redeliver sends the last message once more with the same key, as a browser does
// whose answer was lost.
func (d *Driver) Redeliver() bool {
	for _, p := range d.people {
		if p.last != nil {
			if _, err := p.api.Act(p.ctx(), http.MethodPost, "/api/posts", p.last); err != nil {
				d.t.Fatal(err)
			}
			return true
		}
	}
	return false
}

// actor is one of them.
type actor struct {
	d    *Driver
	id   string
	api  *Person
	form *web.FormView
	errs map[string]string
	at   chat.Place
	last map[string]any
}

func (p *actor) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	p.d.t.Cleanup(cancel)
	return ctx
}

func (p *actor) must(done web.Done, err error) web.Done {
	p.d.t.Helper()
	if err != nil {
		p.d.t.Fatalf("%s: %v", p.id, err)
	}
	p.form, p.errs = done.Form, done.Errors
	return done
}

func ref(v web.View) chat.MessageRef {
	return chat.MessageRef{Place: chat.Place{Platform: web.Platform, Channel: v.Channel, Thread: v.Thread, Direct: strings.HasPrefix(v.Channel, "dm:")}, ID: strconv.FormatInt(v.ID, 10)}
}

// Post implements adaptertest.Person.
func (p *actor) Post(at chat.Place, text string) chat.MessageRef {
	p.d.t.Helper()
	p.last = map[string]any{"id": uuid.NewString(), "channel": at.Channel, "thread": at.Thread, "text": text}
	done, err := p.api.Act(p.ctx(), http.MethodPost, "/api/posts", p.last)
	return ref(*p.must(done, err).Post)
}

// Direct implements adaptertest.Person.
func (p *actor) Direct(text string) chat.MessageRef {
	return p.Post(chat.Place{Platform: web.Platform, Channel: "dm:" + p.id, Direct: true}, text)
}

func (p *actor) view(r chat.MessageRef) web.View {
	p.d.t.Helper()
	id, _ := strconv.ParseInt(r.ID, 10, 64)
	v, err := p.api.Post(p.ctx(), id)
	if err != nil {
		p.d.t.Fatal(err)
	}
	return v
}

// Edit implements adaptertest.Person.
func (p *actor) Edit(r chat.MessageRef, text string) {
	p.must(p.api.Edit(p.ctx(), p.view(r), text))
}

// Delete implements adaptertest.Person.
func (p *actor) Delete(r chat.MessageRef) { p.must(p.api.Delete(p.ctx(), p.view(r))) }

// React implements adaptertest.Person.
func (p *actor) React(r chat.MessageRef, emoji string) {
	p.must(p.api.React(p.ctx(), p.view(r), emoji, false))
}

// Command implements adaptertest.Person.
func (p *actor) Command(at chat.Place, verb, args string) {
	p.at = at
	p.must(p.api.Command(p.ctx(), at.Channel, at.Thread, verb, args))
}

// Mention implements adaptertest.Person.
func (p *actor) Mention(at chat.Place, text string) chat.MessageRef {
	return p.Post(at, "@Hotline "+text)
}

// Click implements adaptertest.Person.
func (p *actor) Click(m adaptertest.Message, label string) {
	p.at = m.Ref.Place
	p.must(p.api.Click(p.ctx(), p.view(m.Ref), label))
}

// Form implements adaptertest.Person.
func (p *actor) Form() (adaptertest.Form, bool) {
	if p.form == nil {
		return adaptertest.Form{}, false
	}
	f := adaptertest.Form{Title: p.form.Title, Errors: p.errs}
	for _, in := range p.form.Inputs {
		f.Fields = append(f.Fields, in.Name)
	}
	return f, true
}

// Submit implements adaptertest.Person.
func (p *actor) Submit(values map[string]string) {
	form := p.form
	done := p.must(p.api.Submit(p.ctx(), p.at.Channel, p.at.Thread, form, values))
	if len(done.Errors) > 0 {
		p.form = form // it stays open
	}
}

// See implements adaptertest.Person.
func (p *actor) See(at chat.Place) []adaptertest.Message {
	p.d.t.Helper()
	views, err := p.api.Posts(p.ctx(), at.Channel, at.Thread)
	if err != nil {
		p.d.t.Fatalf("%s looks at %s: %v", p.id, at.Key(), err)
	}
	var list []adaptertest.Message
	for _, v := range views {
		if v.Deleted {
			continue
		}
		m := adaptertest.Message{Ref: ref(v), FromBot: v.Author == "", Text: v.Text, Private: v.Private}
		for _, b := range v.Buttons {
			m.Buttons = append(m.Buttons, b.Label)
		}
		list = append(list, m)
	}
	return list
}

// Inbox implements adaptertest.Person.
func (p *actor) Inbox() []adaptertest.Message {
	return p.See(chat.Place{Platform: web.Platform, Channel: "dm:" + p.id, Direct: true})
}

// Shortcut implements adaptertest.Person.
func (p *actor) Shortcut(r chat.MessageRef, verb string) bool {
	p.must(p.api.Shortcut(p.ctx(), p.view(r), verb))
	return true
}
