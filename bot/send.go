package bot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/bot/chat"
)

// How long a letter is tried before it is given up. Pages go on until somebody has
// acknowledged, as the guarantee says.
const (
	pageLife  = 24 * time.Hour
	otherLife = time.Hour
	sendLimit = 15 * time.Second // for one try
	firstBack = 500 * time.Millisecond
	maxBack   = time.Minute
)

// prepared is a letter with what is needed to send it.
type prepared struct {
	l     Letter
	c     Case
	links []Link
}

// send claims, checks and sends the letters of one lane: one letter, or several
// pages for one person as one message.
func (s *sender) send(ctx context.Context, ids []string) sendResult {
	ready, err := s.claim(ctx, ids)
	if err != nil {
		s.e.log.Error("letters not claimed", "letters", len(ids), "err", err)
		return s.putBack(ctx, ids)
	}
	w := s.e.desk.Snapshot()
	ready, again := s.lastLook(ctx, w, ready)
	var result sendResult
	switch {
	case len(ready) > 1 && ready[0].l.Intent == chat.IntentPage:
		result = s.sendBundle(ctx, w, ready)
	case len(ready) > 0:
		result = s.sendOne(ctx, w, &ready[0])
		for i := range ready[1:] { // an older edit of the same message
			again = append(again, ready[i+1].l)
		}
	}
	result.tried = len(ready) > 0
	result.again = append(result.again, again...)
	return result
}

// putBack lets letters that could not be claimed be tried again in a while.
func (s *sender) putBack(ctx context.Context, ids []string) sendResult {
	var again []Letter
	err := s.e.store.View(ctx, func(r Reader) error {
		for _, id := range ids {
			if l, err := r.Letter(id); err == nil && l.State == Pending {
				again = append(again, l)
			}
		}
		return nil
	})
	if err != nil {
		for _, id := range ids {
			again = append(again, Letter{ID: id})
		}
	}
	return sendResult{hold: time.Second, again: again}
}

// claim marks the letters as in flight and reads their cases in the same
// transaction; letters that have become stale are dropped there.
func (s *sender) claim(ctx context.Context, ids []string) ([]prepared, error) {
	var ready []prepared
	err := s.e.store.Do(ctx, func(tx Tx) error {
		ready = ready[:0]
		letters, err := tx.ClaimLetters(ids...)
		if err != nil {
			return err
		}
		for _, l := range letters {
			p := prepared{l: l}
			if l.Case != 0 {
				if p.c, err = tx.Case(l.Case); err != nil {
					return err
				}
				if l.Gen != 0 && l.Gen != p.c.Generation {
					if err := s.drop(tx, p.l, "overtaken"); err != nil {
						return err
					}
					continue
				}
				if p.links, err = tx.Links(l.Case); err != nil {
					return err
				}
			}
			ready = append(ready, p)
		}
		return nil
	})
	return ready, err
}

func (s *sender) drop(tx Tx, l Letter, why string) error {
	l.State, l.Err, l.Done = Dropped, why, tx.Now()
	return tx.UpdateLetter(l)
}

// lastLook drops what was overtaken between the claim and now, finds the place of
// letters that say only into which conversation, and checks the audience. Letters
// whose conversation does not exist yet are to be tried again.
func (s *sender) lastLook(ctx context.Context, w World, list []prepared) (ready []prepared, again []Letter) {
	for i := range list {
		p := &list[i]
		why := ""
		if g, ok := s.e.gens.Load(p.l.Case); ok && p.l.Gen != 0 && p.l.Gen != g.(generation).n {
			why = "overtaken"
		} else if !findPlace(&p.l, p.links) {
			why = "no conversation yet"
		} else if err := checkAudience(w, &p.l, &p.c, p.links); err != nil {
			s.e.log.Error("letter refused", "case", p.c.Number, "template", p.l.Template, "letter", p.l.ID, "err", err)
			why = err.Error()
		}
		switch {
		case why == "":
			ready = append(ready, *p)
			continue
		case why == "overtaken":
			p.l.State = Dropped
		case why == "no conversation yet" && now().Sub(p.l.Made) < time.Minute:
			p.l.State, p.l.NotBefore = Pending, now().Add(250*time.Millisecond)
			s.update(ctx, p.l)
			again = append(again, p.l)
			continue
		default:
			p.l.State = Failed
		}
		p.l.Err, p.l.Done = why, now()
		s.update(ctx, p.l)
	}
	return ready, again
}

// findPlace resolves Args["into"]: the customer's conversation where they last
// wrote, or the internal thread of the case.
func findPlace(l *Letter, links []Link) bool {
	into := l.Args["into"]
	if into == "" || !l.In.IsZero() || !l.Edit.IsZero() {
		return true
	}
	var best Link
	for _, k := range links {
		fits := into == "customer" && k.Role == LinkThread && k.Audience.IsCustomer() ||
			into == "inside" && k.Role == LinkInside && k.Audience.IsInternal()
		if fits && !k.At.Before(best.At) {
			best = k
		}
	}
	if best.Ref.IsZero() && best.Ref.Place.IsZero() {
		return false
	}
	l.In = best.Ref.Place
	return true
}

// update stores a letter's state.
func (s *sender) update(ctx context.Context, l Letter) {
	if err := s.e.store.Do(ctx, func(tx Tx) error { return tx.UpdateLetter(l) }); err != nil {
		s.e.log.Error("letter not updated", "letter", l.ID, "err", err)
	}
}

// outgoing turns a letter into what an adapter sends.
func outgoing(w World, p *prepared, content chat.Content) chat.Outgoing {
	l := &p.l
	out := chat.Outgoing{
		Key: sendKey(l.ID), Intent: l.Intent, Audience: l.Audience, Case: p.c.Number, In: l.In, To: l.To, Reply: l.Reply, Edit: l.Edit,
		Content: content, Emoji: l.Emoji, Lang: l.Lang, Urgent: l.Priority <= PrioPageUrgent, Repeat: l.Repeat,
	}
	if l.Room != nil {
		out.Room = *l.Room
	}
	out.Facts = facts(w, p)
	return out
}

// sendKey is the idempotency key of a letter: at most 25 characters, which is what
// Discord takes.
func sendKey(id string) string {
	key := make([]byte, 0, 25)
	for i := len(id) - 1; i >= 0 && len(key) < 24; i-- {
		if id[i] != '-' {
			key = append(key, id[i])
		}
	}
	return string(key)
}

// facts are what a machine needs to know of a page.
func facts(w World, p *prepared) map[string]string {
	if p.l.Intent != chat.IntentPage {
		return nil
	}
	return map[string]string{
		"event": "page", "page_id": p.l.Page, "case": p.c.Number, "severity": SeverityText(p.c.Severity), "summary": p.c.Title,
		"customer": p.c.Customer, "service": p.c.Service, "responder": p.l.Person, "repeat": strconv.FormatBool(p.l.Repeat),
		"dedup_key": firstOf(p.c.DedupKey, p.c.Number), "created_at": p.c.Opened.UTC().Format(time.RFC3339Nano),
		"drill": strconv.FormatBool(p.c.Drill), "ack_url": w.Org.AckURL(p.l.Person, p.c.Number, p.c.Episode),
	}
}

// sendOne sends one letter and stores what became of it.
func (s *sender) sendOne(ctx context.Context, w World, p *prepared) sendResult {
	content := Render(w, &p.l, &p.c)
	if p.l.Template == TplBundle {
		cases, err := s.bundled(ctx, p.l.Edit)
		if err != nil {
			s.e.log.Error("bundle not read", "letter", p.l.ID, "err", err)
		}
		content = RenderBundle(p.l.Lang, cases, false)
	}
	if from := p.l.Args["files_from"]; from != "" && p.l.Content != nil {
		content.Files = s.fetch(ctx, chat.Platform(from), p.l.Content.Files)
	}
	list := []prepared{*p}
	ref, res := s.deliver(ctx, outgoing(w, p, content), list)
	return s.finish(ctx, list, ref, res)
}

// fetch gets the data of files that a message brought along. One that cannot be had
// is left out; its name stands in the message where it was written.
func (s *sender) fetch(ctx context.Context, from chat.Platform, files []chat.File) []chat.File {
	source, ok := s.e.adapters[from].(chat.Fetcher)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	var got []chat.File
	for _, f := range files[:min(len(files), chat.MaxFiles)] {
		data, err := source.Fetch(ctx, f)
		if err != nil {
			s.e.log.Warn("file not fetched", "adapter", from, "name", f.Name, "err", err)
			continue
		}
		f.Data, f.Size = data, int64(len(data))
		got = append(got, f)
	}
	return got
}

// bundled lists the cases of a bundle that still wait for somebody.
func (s *sender) bundled(ctx context.Context, ref chat.MessageRef) ([]Case, error) {
	var cases []Case
	err := s.e.store.View(ctx, func(r Reader) error {
		rec, err := r.Record(recBundle, ref.Key())
		if err != nil {
			return err
		}
		var b bundle
		if err := json.Unmarshal(rec.Body, &b); err != nil {
			return err
		}
		for _, id := range b.Cases {
			c, err := r.Case(id)
			if err != nil {
				return err
			}
			if c.State.Untaken() {
				cases = append(cases, c)
			}
		}
		return nil
	})
	return cases, err
}

// sendBundle sends several pages of one person as one message, the worst first.
// Pages of the same case (another round, another attempt) count once.
func (s *sender) sendBundle(ctx context.Context, w World, list []prepared) sendResult {
	var cases []Case
	repeat := false
	for i := range list {
		repeat = repeat || list[i].l.Repeat
		if !slices.ContainsFunc(cases, func(c Case) bool { return c.ID == list[i].c.ID }) {
			cases = append(cases, list[i].c)
		}
	}
	first := &list[0]
	first.l.Repeat = repeat
	if len(cases) == 1 {
		ref, res := s.deliver(ctx, outgoing(w, first, Render(w, &first.l, &first.c)), list)
		return s.finish(ctx, list, ref, res)
	}
	out := outgoing(w, first, RenderBundle(first.l.Lang, cases, repeat))
	out.Facts["event"], out.Facts["count"] = "page.bundle", strconv.Itoa(len(cases))
	out.Facts["cases"], out.Facts["ack_urls"] = numbers(cases), ackURLs(w.Org, first.l.Person, cases)
	ref, res := s.deliver(ctx, out, list)
	for i := range list {
		list[i].l.Link = LinkBundle
	}
	return s.finish(ctx, list, ref, res)
}

// ackURLs are the addresses to acknowledge each case, separated by spaces.
func ackURLs(o *Organisation, person string, cases []Case) string {
	urls := make([]string, len(cases))
	for i, c := range cases {
		urls[i] = o.AckURL(person, c.Number, c.Episode)
	}
	return strings.TrimSpace(strings.Join(urls, " "))
}

func numbers(cases []Case) string {
	s := ""
	for i, c := range cases {
		if i > 0 {
			s += ","
		}
		s += c.Number
	}
	return s
}

// deliver hands the message of some letters to its adapter.
func (s *sender) deliver(ctx context.Context, out chat.Outgoing, list []prepared) (chat.MessageRef, chat.SendResult) {
	platform := out.In.Platform
	switch {
	case !out.Edit.IsZero():
		platform = out.Edit.Platform
	case platform == "":
		platform = firstPlatform(out.To.Platform, out.Reply.Platform)
	}
	a, ok := s.e.adapters[platform]
	if !ok {
		return chat.MessageRef{}, chat.SendResult{Class: chat.Never, Reason: chat.ReasonNoWay}
	}
	s.mu.Lock()
	down := s.down[platform].After(now())
	s.mu.Unlock()
	if down {
		return chat.MessageRef{}, chat.SendResult{Class: chat.Retry, Reason: chat.ReasonDead}
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	defer s.watchProvider(ctx, list)()
	began := time.Now()
	var ref chat.MessageRef
	var res chat.SendResult
	err := safely(func() error {
		ref, res = a.Send(ctx, out)
		return nil
	})
	if err != nil {
		res = chat.SendResult{Class: chat.Unknown, Reason: chat.ReasonInvalid, Err: err}
	}
	if s.e.observe.Sent != nil {
		s.e.observe.Sent(platform, out.Intent, res.Class, time.Since(began))
	}
	if res.Reason == chat.ReasonDead {
		s.platformDown(platform)
		s.e.alarm(ctx, platform, a.Health())
	}
	return ref, res
}

func firstPlatform(list ...chat.Platform) chat.Platform {
	for _, p := range list {
		if p != "" {
			return p
		}
	}
	return ""
}

// finish stores what became of the letters of one message.
func (s *sender) finish(ctx context.Context, list []prepared, ref chat.MessageRef, res chat.SendResult) sendResult {
	out := sendResult{}
	if res.Class == chat.RetryAfter {
		out.hold = max(res.After, firstBack)
	}
	err := s.e.store.Do(ctx, func(tx Tx) error {
		out.again = out.again[:0]
		for i := range list {
			p := list[i]
			if err := s.settle(tx, &p, ref, res, &out); err != nil {
				return err
			}
		}
		if list[0].l.Link == LinkBundle && res.Class == chat.Sent {
			return s.rememberBundle(tx, list, ref)
		}
		return nil
	})
	if err != nil {
		// It was sent or not, and that could not be stored: it stays in flight and goes
		// again after a restart, marked; never silently twice.
		s.e.log.Error("send not recorded", "letter", list[0].l.ID, "class", res.Class.String(), "err", err)
	}
	if res.Class == chat.Sent && list[0].l.Intent == chat.IntentPage {
		out.paged = true
		s.observePages(list, &out)
	}
	if res.Class != chat.Sent {
		s.e.log.Warn("send failed", "case", list[0].c.Number, "template", list[0].l.Template, "adapter", list[0].l.Platform(),
			"class", res.Class.String(), "reason", res.Reason, "err", res.Err)
	}
	return out
}

func (s *sender) observePages(list []prepared, out *sendResult) {
	for i := range list {
		out.urg = out.urg || list[i].l.Priority <= PrioPageUrgent
		if s.e.observe.FirstPage != nil && list[i].l.Args["rank"] == "0" && list[i].l.Attempts <= 1 {
			s.e.observe.FirstPage(now().Sub(list[i].l.Made))
		}
	}
}

// settle stores the end of one letter.
func (s *sender) settle(tx Tx, p *prepared, ref chat.MessageRef, res chat.SendResult, out *sendResult) error {
	l := &p.l
	switch res.Class {
	case chat.Sent:
		return s.settleSent(tx, p, ref)
	case chat.Never:
		return s.settleNever(tx, p, res)
	}
	life := otherLife
	if l.Intent == chat.IntentPage {
		life = pageLife
	}
	if tx.Now().Sub(l.Made) > life {
		return s.settleNever(tx, p, res)
	}
	wait := max(res.After, min(maxBack, firstBack<<min(l.Attempts, 8)))
	l.State, l.NotBefore, l.Err = Pending, tx.Now().Add(wait), res.Reason
	l.Repeat = l.Repeat || res.Class == chat.Unknown
	if err := tx.UpdateLetter(*l); err != nil {
		return err
	}
	out.again = append(out.again, *l)
	return s.fallback(tx, p, res.Reason, false)
}

func (s *sender) settleSent(tx Tx, p *prepared, ref chat.MessageRef) error {
	l := &p.l
	l.State, l.Ref, l.Err, l.Done = Delivered, ref, "", tx.Now()
	if err := tx.UpdateLetter(*l); err != nil {
		return err
	}
	if err := s.link(tx, p, ref); err != nil {
		return err
	}
	if err := s.catchUp(tx, p); err != nil {
		return err
	}
	if l.Intent == chat.IntentRoom && !ref.Place.IsZero() {
		if _, err := s.e.desk.Apply(tx, Actor{}, l.Case, OpenedRoom{Place: ref.Place}); err != nil {
			return err
		}
	}
	if l.Intent != chat.IntentPage {
		return nil
	}
	if key := l.Args["robin"]; key != "" {
		if err := s.e.desk.ChangeRoster(tx, RecRobin, key, Robin{Last: l.Person}); err != nil {
			return err
		}
	}
	_, err := s.e.desk.Apply(tx, Actor{}, l.Case, Delivery{Person: l.Person, Platform: string(l.Platform()), Page: l.Page, Status: "sent", Detail: l.Args["method"]})
	return err
}

// catchUp edits a card that was on its way while the case moved on: whoever moved
// it could not know the message yet.
func (s *sender) catchUp(tx Tx, p *prepared) error {
	if p.l.Link == "" || p.l.Case == 0 {
		return nil
	}
	c, err := tx.Case(p.l.Case)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil || c.State == p.c.State && c.Owner == p.c.Owner && c.Severity == p.c.Severity && c.Held == p.c.Held &&
		c.Advice.Text == p.c.Advice.Text && c.Translation == p.c.Translation && len(c.Suggested) == len(p.c.Suggested) {
		return err
	}
	edits, err := s.e.desk.refreshCards(tx, &c)
	if err != nil || len(edits) == 0 {
		return err
	}
	return s.e.desk.Post(tx, edits...)
}

// link remembers which message shows or belongs to the case.
func (s *sender) link(tx Tx, p *prepared, ref chat.MessageRef) error {
	l := &p.l
	if l.Link == "" || ref.IsZero() || l.Case == 0 {
		return nil
	}
	k := Link{Key: ref.Key(), Case: l.Case, Role: l.Link, Ref: ref, Audience: l.Audience, Person: l.Person, At: tx.Now()}
	thread := ref.Place
	if thread.Thread == "" && !thread.Direct {
		thread.Thread = ref.ID
	}
	switch l.Link {
	case LinkBundle:
		k.Key += "/" + p.c.Number
	case LinkAsk:
		k.Person = l.Template
	case LinkCopy:
		k.Person = l.Args["seq"]
	case LinkRoot, LinkReceipt:
		k.Person = "bot"
		if err := tx.PutLink(Link{Key: thread.Key(), Case: l.Case, Role: LinkThread, Ref: chat.MessageRef{Place: thread}, Audience: chat.Customer(), At: tx.Now()}); err != nil {
			return err
		}
	case LinkCard:
		if err := tx.PutLink(Link{Key: thread.Key(), Case: l.Case, Role: LinkInside, Ref: chat.MessageRef{Place: thread}, Audience: chat.Internal(), At: tx.Now()}); err != nil {
			return err
		}
	}
	return tx.PutLink(k)
}

// settleNever gives a letter up. A card that is gone is posted anew; a page goes by
// the next method.
func (s *sender) settleNever(tx Tx, p *prepared, res chat.SendResult) error {
	l := &p.l
	l.State, l.Err, l.Done = Failed, res.Reason, tx.Now()
	if err := tx.UpdateLetter(*l); err != nil {
		return err
	}
	if l.Intent == chat.IntentPage {
		return s.fallback(tx, p, res.Reason, true)
	}
	return nil
}

// rememberBundle keeps which cases one message stands for, so that it can be
// edited as they are taken.
func (s *sender) rememberBundle(tx Tx, list []prepared, ref chat.MessageRef) error {
	if ref.IsZero() {
		return nil
	}
	b := bundle{}
	for i := range list {
		if !slices.Contains(b.Cases, list[i].l.Case) {
			b.Cases = append(b.Cases, list[i].l.Case)
		}
	}
	return PutJSON(tx, recBundle, ref.Key(), b)
}

// recBundle is the kind of record that holds a bundle, by its message key.
const recBundle = "bundle"

type bundle struct {
	Cases []int64 `json:"cases"`
}
