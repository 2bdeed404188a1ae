package bottest

import (
	"context"
	"strconv"
	"sync"
	"time"

	"hotline/bot/chat"
)

// platform is an adapter that fails as the script says, tells the watcher of every
// send, and hands pages to the people they are for.
type platform struct {
	name chat.Platform
	sim  *sim

	mu    sync.Mutex
	inbox chat.Inbox // nil while the engine is down
	n     int
}

func (p *platform) Platform() chat.Platform         { return p.name }
func (p *platform) Capabilities() chat.Capabilities { return chat.Capabilities{Direct: true} }
func (p *platform) Health() chat.Health             { return chat.Health{State: chat.StateUp} }

// Run lends the inbox to the people for as long as the engine runs.
func (p *platform) Run(ctx context.Context, inbox chat.Inbox) error {
	p.set(inbox)
	<-ctx.Done()
	p.set(nil)
	return nil
}

func (p *platform) set(inbox chat.Inbox) {
	p.mu.Lock()
	p.inbox = inbox
	p.mu.Unlock()
}

func (p *platform) open() chat.Inbox {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inbox
}

// mishaps happen to one send in fifty, whatever the script says.
var mishaps = []chat.SendResult{
	{Class: chat.Unknown, Reason: "lost"},
	{Class: chat.Retry, Reason: "502"},
	{Class: chat.RetryAfter, After: 3 * time.Second, Reason: chat.ReasonThrottle},
}

func (p *platform) Send(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	res := p.sim.troubles.at(p.name, out.To.User, now())
	p.sim.watch.sending(&out)
	r := dice(p.sim.Seed, "send", string(out.Intent), out.Case, out.To.User, out.In.Channel, out.Edit.Channel, out.Facts["page_id"], strconv.FormatInt(time.Now().UnixNano(), 10))
	if res.Class == chat.Sent && r.IntN(50) == 0 {
		res = mishaps[r.IntN(len(mishaps))]
	}
	pause(ctx, between(r, 20*time.Millisecond, 800*time.Millisecond))
	p.sim.watch.sent(&out, res)
	arrived := res.Class == chat.Sent || res.Class == chat.Unknown && r.IntN(2) == 0
	if arrived && out.Intent == chat.IntentPage && out.Edit.IsZero() {
		p.sim.paged(out)
	}
	if res.Class != chat.Sent {
		return chat.MessageRef{}, res
	}
	if !out.Edit.IsZero() {
		return out.Edit, res
	}
	p.mu.Lock()
	p.n++
	id := string(p.name) + strconv.Itoa(p.n)
	p.mu.Unlock()
	where := out.In
	if where.IsZero() || where.Channel == "" {
		where = chat.Place{Platform: p.name, Channel: "dm:" + out.To.User, Direct: true}
	}
	return chat.MessageRef{Place: where, ID: id}, res
}

// pause waits for d on the fake clock; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
