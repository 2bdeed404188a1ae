package slacktest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Sees lists what the person sees in a channel, threads included, in order.
func (p *Person) Sees(channel string) []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch := p.s.channels[channel]
	if ch == nil || !ch.has(p.ID) && ch.Private {
		return nil
	}
	var list []Message
	for _, m := range ch.messages {
		if m.Only == "" || m.Only == p.ID {
			cp := *m
			cp.Reactions = slices.Clone(m.Reactions)
			list = append(list, cp)
		}
	}
	return list
}

// Thread lists what the person sees in one thread, the parent first.
func (p *Person) Thread(channel, ts string) []Message {
	return slices.DeleteFunc(p.Sees(channel), func(m Message) bool { return m.TS != ts && m.ThreadTS != ts })
}

// Await waits until the person sees a message in the channel that want accepts.
// It fails the test after a minute.
func (p *Person) Await(channel string, want func(Message) bool) Message {
	p.s.t.Helper()
	var got Message
	ok := p.s.Until(func() bool {
		for _, m := range p.Sees(channel) {
			if want(m) {
				got = m
				return true
			}
		}
		return false
	})
	if !ok {
		p.s.t.Errorf("%s never saw the message in %s; sees %s", p.ID, channel, Texts(p.Sees(channel)))
	}
	return got
}

// Until waits for a condition, at most a minute, and reports whether it came.
func (s *Server) Until(cond func() bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if cond() {
			return true
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
}

// Texts joins what messages say, one a line.
func Texts(list []Message) string {
	var b strings.Builder
	for _, m := range list {
		b.WriteString(m.TS + " " + m.User + ": " + m.Shown() + "\n")
	}
	return b.String()
}

// Shown is what a reader sees of a message: the blocks, or the text when there
// are none.
func (m Message) Shown() string {
	if len(m.Blocks) == 0 || string(m.Blocks) == "[]" {
		return m.Text
	}
	return shown(m.Blocks)
}

// Shown is what a reader sees of a view.
func (v View) Shown() string { return shown(v.Title) + "\n" + shown(v.Blocks) }

// shown collects all "text" strings of a JSON value in order of blocks.
func shown(raw json.RawMessage) string {
	var v any
	_ = json.Unmarshal(raw, &v)
	var parts []string
	collect(v, &parts)
	return strings.Join(parts, "\n")
}

func collect(v any, parts *[]string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			collect(e, parts)
		}
	case map[string]any:
		for _, key := range []string{"text", "label", "hint", "fields", "elements", "element", "accessory", "options"} {
			if s, ok := v[key].(string); ok {
				*parts = append(*parts, s)
			} else if v[key] != nil {
				collect(v[key], parts)
			}
		}
	}
}

// DM is the person's direct conversation with the bot; it is made when needed.
func (p *Person) DM() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.direct(p.ID).ID
}

// Home is the person's home tab, the zero view while there is none.
func (p *Person) Home() View {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if v := p.s.homes[p.ID]; v != nil {
		return *v
	}
	return View{}
}

// Modal is the modal on top of the person's screen, the zero view when none is.
func (p *Person) Modal() View {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	stack := p.s.stacks[p.ID]
	if len(stack) == 0 {
		return View{}
	}
	return *p.s.views[stack[len(stack)-1]]
}
