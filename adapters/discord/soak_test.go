package discord

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/adapters/discord/discordtest"
	"hotline/bot/chat"
)

// soakEvents is how many events a soak has: HOTLINE_SOAK, or few by default.
func soakEvents(t *testing.T) int {
	t.Helper()
	v := os.Getenv("HOTLINE_SOAK")
	if v == "" {
		return 300
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		t.Fatalf("HOTLINE_SOAK is %q, want a number of events", v)
	}
	return n
}

// soak is what people did and what the bot sent, to compare in the end.
type soak struct {
	*rig
	rnd     *rand.Rand
	people  []*discordtest.Person
	places  []string        // channels and threads to write in
	said    map[string]bool // texts
	edited  map[string]bool
	wg      sync.WaitGroup
	mu      sync.Mutex
	sent    map[string]string // what the bot said → its key
	pressed int
}

// TestSoak lets people write, edit and press while the gateway drops, refuses to
// resume, delivers twice and out of order, and the REST interface limits, fails
// before and after the effect, and hangs up. In the end nothing is lost, nothing
// is there twice, and what was needed for each interaction has been given back.
func TestSoak(t *testing.T) {
	n := soakEvents(t)
	s := server(t, discordtest.Options{})
	in := newLedger()
	in.answer = func(ev chat.Event) chat.Answer { return chat.Answer{Follows: ev.Kind == chat.KindCommand} }
	k := &soak{rnd: rand.New(rand.NewPCG(1, 2)), said: map[string]bool{}, edited: map[string]bool{}, sent: map[string]string{}}
	for i := range 5 {
		k.people = append(k.people, s.AddPerson(fmt.Sprintf("person%d", i)))
	}
	for i := range 4 {
		ch := s.AddChannel(fmt.Sprintf("channel%d", i))
		head := have(k.people[0].Post(ch, fmt.Sprintf("head %d", i)))
		k.said[fmt.Sprintf("head %d", i)] = true
		th := have(k.people[0].StartThread(ch, head.ID, "thread"))
		k.places = append(k.places, ch, th)
		in.watch = append(in.watch,
			chat.Watched{Place: place(ch), Since: time.Now().Add(-time.Hour)},
			chat.Watched{Place: thread(ch, th), Since: time.Now().Add(-time.Hour)})
	}
	k.rig = start(t, s, in, nil)
	card := k.send(chat.Outgoing{Key: "card", Intent: chat.IntentCard, In: place(k.places[0]), Content: card("F-1", "soak")})
	var before int
	for i := range n {
		k.trouble(i)
		k.act(i, card)
		if i == n/2 {
			k.wg.Wait()
			before = heap()
		}
	}
	k.calm()
	k.compare()
	if grown := heap() - before; n >= 2000 && grown > 24<<20 {
		t.Errorf("memory grew by %d KiB over %d events", grown>>10, n/2)
	}
	if got := k.a.tokens.len(); got > 5000 {
		t.Errorf("%d interactions remembered", got)
	}
}

func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// trouble breaks something now and then.
func (k *soak) trouble(i int) {
	if i%20 != 10 {
		return
	}
	switch k.rnd.IntN(9) {
	case 0:
		k.s.Drop()
	case 1:
		k.s.RefuseResume(1)
		k.s.AskReconnect()
	case 2:
		k.s.AskReconnect()
	case 3:
		k.s.Duplicate(k.rnd.IntN(3))
	case 4:
		k.s.Reorder(2 + k.rnd.IntN(4))
	case 5:
		k.s.Break(discordtest.Fault{Method: "POST", Route: postRoute, Status: 429, RetryAfter: 30 * time.Millisecond, Times: 3})
	case 6:
		k.s.Break(discordtest.Fault{Method: "POST", Route: postRoute, After: true, Times: 2})
	case 7:
		k.s.Break(discordtest.Fault{Method: "GET", Route: postRoute, Status: 500, Times: 2})
	case 8:
		k.s.Break(discordtest.Fault{Method: "POST", Route: postRoute, Status: 502, After: true, Times: 2})
	}
	if k.s.Identifies() >= maxIdentifies-4 {
		k.s.RefuseResume(0) // the cap has a test of its own
	}
}

// act lets somebody do something.
// A button that is pressed while the bot is away is not answered, which is
// Discord's doing; so people wait for it.
func (k *soak) act(i int, card chat.MessageRef) {
	p := k.people[k.rnd.IntN(len(k.people))]
	where := k.places[k.rnd.IntN(len(k.places))]
	text := fmt.Sprintf("word %d", i)
	switch {
	case i%10 == 3:
		k.s.Await(k.t, "the bot to be there", k.s.Connected)
		it := have(p.Click(card.Channel, card.ID, "Acknowledge"))
		k.answered(it)
	case i%10 == 6:
		k.s.Await(k.t, "the bot to be there", k.s.Connected)
		it := have(p.Slash(where, "status", nil))
		k.answered(it)
	case i%10 == 9:
		k.wg.Go(func() { k.reply(where, text) })
	case i%10 == 1:
		m := have(p.Post(where, text))
		k.said[text] = true
		if err := p.Edit(where, m.ID, text+" edited"); err != nil {
			k.t.Error(err)
		}
		k.edited[text+" edited"] = true
	default:
		have(p.Post(where, text))
		k.said[text] = true
	}
}

func (k *soak) answered(it *discordtest.Interaction) {
	k.pressed++
	k.wg.Go(func() {
		it.Until(context.Background()) //nolint:errcheck // one that came while the bot was away fails
	})
}

// reply sends as the hotline does: until it was taken, with the same key.
func (k *soak) reply(where, text string) {
	at := place(where)
	if ch, ok := k.s.Channel(where); ok && ch.IsThread() {
		at = thread(*ch.ParentID, where)
	}
	out := chat.Outgoing{Key: text, Audience: chat.Internal(), Intent: chat.IntentReply, In: at, Content: words("bot " + text)}
	for {
		_, res := k.a.Send(k.t.Context(), out)
		switch res.Class {
		case chat.Sent:
			k.mu.Lock()
			k.sent["bot "+text] = text
			k.mu.Unlock()
			return
		case chat.Never:
			k.t.Errorf("%s: %s %v", text, res.Reason, res.Err)
			return
		}
		out.Repeat = true
		if sleep(k.t.Context(), max(res.After, 5*time.Millisecond)) != nil {
			return
		}
	}
}

// calm ends all trouble and waits until everything has arrived.
func (k *soak) calm() {
	k.s.Release()
	k.s.Reorder(0)
	k.s.Duplicate(0)
	k.wg.Wait()
	k.s.Await(k.t, "the bot to be there", k.s.Connected)
	k.s.RefuseResume(1)
	k.s.AskReconnect() // one last read-back
	ctx, cancel := context.WithTimeout(k.t.Context(), time.Minute)
	defer cancel()
	if k.s.Until(ctx, func() bool { return len(k.missing()) == 0 }) != nil {
		k.t.Fatalf("never arrived: %q; health %+v", k.missing(), k.a.Health())
	}
}

func (k *soak) compare() {
	t := k.t
	got := map[string]int{}
	for _, ev := range k.in.kind(chat.KindMessage) {
		got[strings.TrimSuffix(ev.Text, " edited")]++ // one that was read back is read as it is now
	}
	for text := range k.said {
		if got[text] != 1 {
			t.Errorf("%q arrived %d times", text, got[text])
		}
	}
	if len(got) != len(k.said) {
		t.Errorf("%d texts arrived, %d were said", len(got), len(k.said))
	}
	keys := map[string]int{}
	for _, ev := range k.in.all() {
		keys[ev.Key]++
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if keys[key] != 1 {
			t.Errorf("key %s is there %d times", key, keys[key])
		}
	}
	posts := map[string]int{}
	for _, where := range k.places {
		for _, m := range k.s.Messages(where) {
			posts[m.Content]++
		}
	}
	for text := range k.sent {
		if posts[text] != 1 {
			t.Errorf("%q was sent %d times", text, posts[text])
		}
	}
	changed := map[string]bool{}
	for _, ev := range append(k.in.kind(chat.KindEdit), k.in.kind(chat.KindMessage)...) {
		changed[ev.Text] = true
	}
	for text := range k.edited {
		if !changed[text] {
			t.Errorf("%q never arrived", text)
		}
	}
	if n := len(k.in.kind(chat.KindCommand)) + len(k.in.kind(chat.KindButton)); n > k.pressed || n < k.pressed/2 {
		t.Errorf("%d of %d interactions arrived", n, k.pressed)
	}
	t.Logf("%d events: %d messages, %d interactions, %d sends, %d identifies, %d resumes; %d edits seen as such of %d",
		cmp.Or(len(k.in.all())), len(k.said), k.pressed, len(k.sent), k.s.Identifies(), k.s.Resumes(), len(k.in.kind(chat.KindEdit)), len(k.edited))
}

// missing lists what was said and has not arrived, for the failure's message.
func (k *soak) missing() []string {
	got := map[string]bool{}
	for _, ev := range k.in.kind(chat.KindMessage) {
		got[strings.TrimSuffix(ev.Text, " edited")] = true
	}
	var out []string
	for text := range k.said {
		if !got[text] {
			out = append(out, text)
		}
	}
	return out
}
