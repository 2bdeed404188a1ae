package discord

import (
	"context"
	"encoding/json"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

const (
	pageSize    = 100             // messages in one answer, Discord's most
	backMost    = 2000            // messages read back from one place at a time
	overlap     = 2 * time.Minute // read once more before the newest stored message
	watchWithin = 2 * time.Second // for the list of places
)

// readBack starts reading what was missed: in each watched place as the first
// task of its lane, so that what comes live afterwards stays behind it.
func (r *receiver) readBack(ctx context.Context) {
	list, err := r.watched(ctx)
	if err != nil {
		r.a.log.Error("places to read back not known", "err", err)
		r.wantAgain()
		return
	}
	since := time.Unix(0, r.alive.Load()).Add(-overlap)
	for _, w := range list {
		id := channelOf(w.Place)
		r.lanes.add(ctx, id, func() { r.safely("read back", func() { r.readPlace(ctx, id, w, since) }) })
	}
}

func (r *receiver) watched(ctx context.Context) ([]chat.Watched, error) {
	ctx, cancel := context.WithTimeout(ctx, watchWithin)
	defer cancel()
	return r.in.Watch(ctx, Platform)
}

// wantAgain asks for one more read-back soon.
func (r *receiver) wantAgain() {
	select {
	case r.again <- struct{}{}:
	default:
	}
}

// readAgain reads back when somebody asked for it, with a pause before.
func (r *receiver) readAgain(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.again:
		}
		if sleep(ctx, r.a.tempo.again) != nil {
			return
		}
		r.readBack(ctx)
	}
}

// readPlace reads one channel or thread on from what is stored. It begins a little
// earlier, because an older message may have been lost when a newer one was
// stored already; what is stored twice counts once.
func (r *receiver) readPlace(ctx context.Context, id string, w chat.Watched, since time.Time) {
	after := w.Last
	if !snowflake.MatchString(after) {
		if w.Since.IsZero() {
			w.Since = time.Now().Add(-24 * time.Hour)
		}
		after = idAt(w.Since)
	} else {
		after = idAt(timeOf(after).Add(-overlap))
	}
	if lost, ok := r.a.lost.get(id); ok {
		if newer(after, lost) {
			after = lost
		}
		r.a.lost.drop(id)
	}
	spot, err := r.a.places.spot(ctx, id)
	if err == nil && spot.isForum() {
		err = r.readForum(ctx, id, after)
	} else if err == nil {
		err = r.readEdits(ctx, id, after, since)
		if err == nil {
			err = r.readMessages(ctx, id, after)
		}
	}
	switch {
	case err == nil:
		r.a.health.note("read "+id, "")
	case isCode(err, codeNoAccess, codeNoPermission):
		r.a.health.note("read "+id, wordsUnreadable(id))
	case isCode(err, codeUnknownChannel):
		if w.Place.Thread == "" {
			r.a.health.note("read "+id, wordsUnreadable(id))
		} // a thread that is no more has nothing to read
	case ctx.Err() == nil:
		r.a.log.Warn("read back failed", "channel", id, "err", err)
		r.wantAgain()
	}
}

// readMessages reads on from a message, oldest first, page by page.
func (r *receiver) readMessages(ctx context.Context, id, after string) error {
	for read := 0; read < backMost; {
		var page []json.RawMessage
		q := request{method: "GET", path: "/channels/" + id + "/messages?limit=100&after=" + after}
		if err := r.patient(ctx, q, &page); err != nil {
			return err
		}
		for i := len(page) - 1; i >= 0; i-- {
			if mid := loose.Of(page[i]).Text("id"); snowflake.MatchString(mid) && newer(mid, after) {
				after = mid
			}
			r.safely("read back", func() {
				if r.message(ctx, page[i], true) {
					r.edit(ctx, page[i]) // known before, and perhaps as it was then
				}
			})
		}
		read += len(page)
		if len(page) < pageSize {
			return nil
		}
	}
	r.a.lost.put(id, after) // go on from there
	r.wantAgain()
	return nil
}

// readEdits looks at the messages before those that are new, for texts that were
// changed meanwhile. Deletions leave nothing to be read.
func (r *receiver) readEdits(ctx context.Context, id, before string, since time.Time) error {
	var page []json.RawMessage
	q := request{method: "GET", path: "/channels/" + id + "/messages?limit=50&before=" + before}
	if err := r.patient(ctx, q, &page); err != nil {
		return err
	}
	for i := len(page) - 1; i >= 0; i-- {
		m, ok := decodeMessage(page[i], r.a.self())
		if ok && m.edited.After(since) {
			r.safely("read back", func() { r.edit(ctx, page[i]) })
		}
	}
	return nil
}

// patient repeats a read whose limit is full, for as long as it takes.
func (r *receiver) patient(ctx context.Context, q request, out any) error {
	for {
		err := r.a.rest.call(ctx, q, out)
		if !isStatus(err, 429) {
			return err
		}
		if serr := sleep(ctx, resultOf(err).After); serr != nil {
			return serr
		}
	}
}

// newer reports whether id a is later than b.
func newer(a, b string) bool {
	return len(a) > len(b) || len(a) == len(b) && a > b
}

// readForum reads the first messages of posts made since.
func (r *receiver) readForum(ctx context.Context, id, after string) error {
	guild := r.a.guild()
	if guild == "" {
		return nil
	}
	list, err := r.a.sdk.GuildThreadsActive(guild, discordgo.WithContext(ctx))
	if err != nil {
		return asAPI(err)
	}
	for _, th := range list.Threads {
		if th == nil || th.ParentID != id || !newer(th.ID, after) {
			continue
		}
		r.a.places.learn(th)
		if err := r.readMessages(ctx, th.ID, idBefore(th.ID)); err != nil {
			return err
		}
	}
	return nil
}

// idBefore is an id that is a little earlier.
func idBefore(id string) string { return idAt(timeOf(id).Add(-time.Millisecond)) }
