package slack

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// loose is a JSON object that is read without trusting the types of its fields.
type loose map[string]json.RawMessage

// looseOf reads an object; anything else gives an empty one.
func looseOf(raw []byte) loose {
	var l loose
	if json.Unmarshal(raw, &l) != nil {
		return loose{}
	}
	return l
}

// str is a field as text: a string as it is, a number as written, anything else
// "". A ts stays exact that way.
func (l loose) str(key string) string {
	raw := l[key]
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

func (l loose) flag(key string) bool { return string(l[key]) == "true" }

func (l loose) sub(key string) loose { return looseOf(l[key]) }

// idOf is a field that holds an id, either itself or as an object with "id".
func (l loose) idOf(key string) string {
	if s := l.str(key); s != "" {
		return s
	}
	return l.sub(key).str("id")
}

// outer is the envelope of an event: what must be known before anything else is.
type outer struct {
	kind    string // event_callback, url_verification, app_rate_limited
	eventID string
	at      time.Time
	shared  bool
	event   json.RawMessage
	inner   loose
	raw     json.RawMessage
}

// readOuter reads the envelope of an event. It never fails; what cannot be read is
// empty.
func readOuter(raw []byte) outer {
	l := looseOf(raw)
	o := outer{kind: l.str("type"), eventID: l.str("event_id"), shared: l.flag("is_ext_shared_channel"), event: l["event"], raw: rawOr(raw)}
	o.inner = looseOf(o.event)
	if n, err := strconv.ParseInt(l.str("event_time"), 10, 64); err == nil && n > 0 {
		o.at = time.Unix(n, 0).UTC()
	}
	return o
}

// channel is where the event happened.
func (o outer) channel() string {
	if c := o.inner.idOf("channel"); c != "" {
		return c
	}
	if c := o.inner.sub("item").idOf("channel"); c != "" {
		return c
	}
	return o.inner.idOf("channel_id")
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
