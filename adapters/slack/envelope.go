package slack

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"hotline/adapters/loose"
)

// idOf is a field that holds an id, either itself or as an object with "id".
func idOf(o loose.Object, key string) string {
	if s := o.Text(key); s != "" {
		return s
	}
	return o.Sub(key).Text("id")
}

// outer is the envelope of an event: what must be known before anything else is.
type outer struct {
	kind    string // event_callback, url_verification, app_rate_limited
	eventID string
	at      time.Time
	shared  bool
	event   json.RawMessage
	inner   loose.Object
	raw     json.RawMessage
}

// readOuter reads the envelope of an event. It never fails; what cannot be read is
// empty.
func readOuter(raw []byte) outer {
	l := loose.Of(raw)
	o := outer{kind: l.Text("type"), eventID: l.Text("event_id"), shared: l.Flag("is_ext_shared_channel"), event: l["event"], raw: rawOr(raw)}
	o.inner = loose.Of(o.event)
	if n, err := strconv.ParseInt(l.Text("event_time"), 10, 64); err == nil && n > 0 {
		o.at = time.Unix(n, 0).UTC()
	}
	return o
}

// channel is where the event happened.
func (o outer) channel() string {
	if c := idOf(o.inner, "channel"); c != "" {
		return c
	}
	if c := idOf(o.inner.Sub("item"), "channel"); c != "" {
		return c
	}
	return idOf(o.inner, "channel_id")
}

// timeOf reads a ts, which counts seconds with six decimals.
func timeOf(ts string) time.Time {
	sec, frac, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(sec, 10, 64)
	if err != nil || s <= 0 || s > 1<<40 {
		return time.Time{}
	}
	us, _ := strconv.ParseInt((frac + "000000")[:6], 10, 64)
	return time.Unix(s, max(us, 0)*1000).UTC()
}

// tsOf writes an instant as a ts.
func tsOf(t time.Time) string {
	us := t.UnixMicro()
	return strconv.FormatInt(us/1e6, 10) + "." + pad6(us%1e6)
}

func pad6(n int64) string {
	s := strconv.FormatInt(n, 10)
	return strings.Repeat("0", 6-len(s)) + s
}
