package slack

import (
	"context"
	"net/url"
	"time"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

const (
	// doubtWindow is how far back a message that may have been sent is looked for; a
	// page is tried for a day.
	doubtWindow = 24 * time.Hour
	maxLookup   = 600
)

// sentBefore looks for the message of an earlier try by its key. found says that
// it is there; otherwise the result says whether the search worked.
func (a *Adapter) sentBefore(ctx context.Context, out chat.Outgoing, channel, thread string) (chat.MessageRef, chat.SendResult, bool) {
	args := url.Values{"include_all_metadata": {"true"}, "oldest": {tsOf(a.clock().Add(-doubtWindow))}}
	msgs, _, err := a.all(ctx, channel, thread, args, maxLookup)
	if err != nil {
		res := resultOf(err)
		if res.Class == chat.Unknown || res.Class == chat.Never { // reading changes nothing
			res.Class = chat.Retry
		}
		return chat.MessageRef{}, res, false
	}
	for _, raw := range msgs {
		m := loose.Of(raw)
		meta := m.Sub("metadata")
		if meta.Text("event_type") == metadataType && meta.Sub("event_payload").Text("key") == out.Key {
			return chat.MessageRef{Place: a.place(channel, thread), ID: m.Text("ts")}, chat.OK(), true
		}
	}
	return chat.MessageRef{}, chat.OK(), false
}
