package webtest

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"hotline/adapters/web"
)

// ear is what a person has heard: every visible post in its newest form.
type ear struct {
	mu      sync.Mutex
	started bool
	posts   map[int64]web.View
	changed chan struct{} // closed and replaced by each change
	last    string        // id of the last event
}

// Listen opens the event stream, loads what is there already, and keeps listening
// until ctx ends, through restarts of the server. It returns once it hears; what
// is said afterwards is not missed. A second call does nothing.
func (p *Person) Listen(ctx context.Context) error {
	p.ear.mu.Lock()
	if p.ear.started {
		p.ear.mu.Unlock()
		return nil
	}
	p.ear.started, p.ear.posts, p.ear.changed = true, map[int64]web.View{}, make(chan struct{})
	p.ear.mu.Unlock()
	ready := make(chan error, 1)
	go p.listen(ctx, ready)
	select {
	case err := <-ready:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// listen reconnects until ctx ends. The first connection must work.
func (p *Person) listen(ctx context.Context, ready chan error) {
	first := true
	for ctx.Err() == nil {
		err := p.stream(ctx, func() {
			if first {
				first = false
				ready <- nil
			}
		})
		if first {
			ready <- fmt.Errorf("the stream cannot be opened: %w", err)
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (p *Person) stream(ctx context.Context, heard func()) error {
	r, err := p.request(ctx, http.MethodGet, "/api/stream", nil)
	if err != nil {
		return err
	}
	p.ear.mu.Lock()
	resume := p.ear.last
	p.ear.mu.Unlock()
	if resume != "" {
		r.Header.Set("Last-Event-ID", resume)
	}
	resp, err := p.client().Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return &Refused{Status: resp.StatusCode}
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 8<<20)
	var id, event, data string
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			id = value
		case "event":
			event = value
		case "data":
			data = value
		case "":
			if err := p.hear(ctx, id, event, data, resume == "", heard); err != nil {
				return err
			}
			id, event, data = "", "", ""
		}
	}
	return cmp.Or(lines.Err(), errors.New("the stream ended"))
}

// hear takes one event. After a hello without a place to resume, and after a
// reset, everything is loaded anew.
func (p *Person) hear(ctx context.Context, id, event, data string, fresh bool, heard func()) error {
	switch event {
	case "hello":
		if fresh {
			if err := p.load(ctx); err != nil {
				return err
			}
		}
		p.remember(id)
		heard()
	case "reset":
		if err := p.load(ctx); err != nil {
			return err
		}
		p.remember(id)
	case "post":
		var v web.View
		if err := json.Unmarshal([]byte(data), &v); err != nil {
			return err
		}
		p.remember(id, v)
	}
	return nil
}

func (p *Person) remember(id string, views ...web.View) {
	p.ear.mu.Lock()
	defer p.ear.mu.Unlock()
	if id != "" {
		p.ear.last = id
	}
	for _, v := range views {
		if have, ok := p.ear.posts[v.ID]; !ok || v.Revision >= have.Revision {
			p.ear.posts[v.ID] = v
		}
	}
	close(p.ear.changed)
	p.ear.changed = make(chan struct{})
}

// load reads every channel and its threads.
func (p *Person) load(ctx context.Context) error {
	me, err := p.Me(ctx)
	if err != nil {
		return err
	}
	for _, c := range me.Channels {
		top, err := p.Posts(ctx, c.ID, "")
		if err != nil {
			return err
		}
		p.remember("", top...)
		for _, v := range top {
			if v.Replies == 0 {
				continue
			}
			replies, err := p.Posts(ctx, c.ID, Thread(v))
			if err != nil {
				return err
			}
			p.remember("", replies...)
		}
	}
	return nil
}

// Heard lists everything that the person can see, oldest first, as it is now.
func (p *Person) Heard() []web.View {
	p.ear.mu.Lock()
	defer p.ear.mu.Unlock()
	list := make([]web.View, 0, len(p.ear.posts))
	for _, v := range p.ear.posts {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b web.View) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// Wait returns the first visible post that matches, now or later. [Person.Listen]
// must have been called. When ctx ends first, the error lists the newest posts.
func (p *Person) Wait(ctx context.Context, what string, match func(web.View) bool) (web.View, error) {
	for {
		p.ear.mu.Lock()
		changed := p.ear.changed
		p.ear.mu.Unlock()
		list := p.Heard()
		if i := slices.IndexFunc(list, match); i >= 0 {
			return list[i], nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return web.View{}, fmt.Errorf("%s: waited for %s in vain; the newest posts are:\n%s", p.User, what, tail(list, 12))
		}
	}
}

// tail writes the last posts in one line each.
func tail(list []web.View, n int) string {
	var b strings.Builder
	for _, v := range list[max(0, len(list)-n):] {
		text := strings.ReplaceAll(v.Text, "\n", " / ")
		fmt.Fprintf(&b, "  #%d %s thread=%q private=%t %s: %.160s\n", v.ID, v.Channel, v.Thread, v.Private, v.Name, text)
	}
	return b.String()
}
