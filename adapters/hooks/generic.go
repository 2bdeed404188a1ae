package hooks

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// IdempotencyHeader may carry the event id instead of the field event_id.
const IdempotencyHeader = "Idempotency-Key"

// generic is the JSON of one alarm.
type generic struct {
	Summary  string    `json:"summary"`
	Details  string    `json:"details"`
	Severity grade     `json:"severity"`
	Status   string    `json:"status"`
	Source   string    `json:"source"`
	DedupKey label     `json:"dedup_key"`
	EventID  label     `json:"event_id"`
	Customer label     `json:"customer"`
	Site     label     `json:"site"`
	Serial   label     `json:"serial"`
	Lang     string    `json:"lang"`
	Links    links     `json:"links"`
	At       time.Time `json:"at"`
	Drill    bool      `json:"drill"`
}

// genericFields are the names a sender may use.
var genericFields = []string{
	"summary", "details", "severity", "status", "source", "dedup_key", "event_id", "customer", "site", "serial",
	"lang", "links", "at", "drill",
}

func readGeneric(r request) ([]Signal, []string, error) {
	var g generic
	if err := decode(r.body, &g); err != nil {
		return nil, nil, err
	}
	if g.EventID == "" {
		g.EventID = label(r.header.Get(IdempotencyHeader))
	}
	s := Signal{
		Service: r.service, EventID: string(g.EventID), DedupKey: string(g.DedupKey), Severity: int(g.Severity),
		Summary: line(g.Summary, MaxSummary), Details: block(g.Details, MaxDetails), Source: line(g.Source, MaxID),
		Customer: string(g.Customer), Site: string(g.Site), Serial: string(g.Serial), Links: g.Links, At: g.At, Drill: g.Drill,
	}
	if strings.HasPrefix(g.Lang, "zh") || strings.HasPrefix(g.Lang, "en") {
		s.Lang = g.Lang[:2]
	}
	switch Status(g.Status) {
	case "", Firing:
		s.Status = Firing
	case Resolved:
		s.Status = Resolved
	default:
		return nil, nil, fmt.Errorf("status %q is not known: use firing or resolved", cut(g.Status, 40))
	}
	if s.Summary == "" && (s.Status == Firing || s.DedupKey == "") {
		return nil, nil, errors.New("the field summary is missing: say in one line what is wrong")
	}
	if s.DedupKey == "" {
		s.DedupKey = "summary:" + digest(s.Summary, s.Customer, s.Site, s.Serial)
	}
	return []Signal{s}, unknownFields(r.body), nil
}

// decode reads one JSON object and says what is wrong in words.
func decode(body []byte, v any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("the request is empty: send a JSON object")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			return errors.New("something follows the JSON object: send one object a request")
		}
		return nil
	}
	if te, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if te.Field == "" {
			return fmt.Errorf("this is a JSON %s: send a JSON object", te.Value)
		}
		return fmt.Errorf("the field %s must not be a %s", te.Field, te.Value)
	}
	if fe, ok := errors.AsType[*fieldError](err); ok {
		return fe
	}
	if se, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("this is no JSON (byte %d): send a JSON object with Content-Type application/json", se.Offset)
	}
	return errors.New("this is no JSON: send a JSON object with Content-Type application/json")
}

// fieldError is a field that cannot be used, in words.
type fieldError struct{ say string }

func (e *fieldError) Error() string { return e.say }

// maxIgnored bounds how many unknown fields are named.
const maxIgnored = 20

// unknownFields names what was sent and not understood, so that a typing mistake
// is seen.
func unknownFields(body []byte) []string {
	var all map[string]json.RawMessage
	if json.Unmarshal(body, &all) != nil {
		return nil
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		known := slices.ContainsFunc(genericFields, func(f string) bool { return strings.EqualFold(f, name) })
		if !known && len(out) < maxIgnored {
			out = append(out, line(name, 64))
		}
	}
	return out
}

// label is an id: text or number, at most MaxID bytes.
type label string

func (l *label) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		var n json.Number
		if json.Unmarshal(b, &n) != nil {
			return &fieldError{"an id must be a text or a number"}
		}
		s = n.String()
	}
	if s = strings.TrimSpace(s); len(s) > MaxID {
		return &fieldError{fmt.Sprintf("the id %q… is longer than %d bytes", cut(s, 40), MaxID)}
	}
	*l = label(line(s, MaxID))
	return nil
}

// links are web addresses: a list or one text. Others are dropped, because people
// will press them.
type links []string

func (l *links) UnmarshalJSON(b []byte) error {
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		var one string
		if json.Unmarshal(b, &one) != nil {
			return &fieldError{"links must be a list of texts"}
		}
		list = []string{one}
	}
	for _, s := range list {
		*l = appendLink(*l, s)
	}
	return nil
}

func appendLink(list []string, s string) []string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(s) > 2000 || len(list) >= MaxLinks ||
		slices.Contains(list, u.String()) {
		return list
	}
	return append(list, u.String())
}

// grade is a severity as number or word.
type grade int

func (g *grade) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		s = string(b)
	}
	n, ok := severity(s)
	if !ok {
		return &fieldError{fmt.Sprintf("severity %s is not known: use 1 to 4, or critical, major, minor, info", line(cut(s, 40), 40))}
	}
	*g = grade(n)
	return nil
}

// severityWords are the words of common monitoring systems (Prometheus, Zabbix,
// Nagios, syslog) on the scale of 1 to 4.
var severityWords = map[string]int{
	"": 0, "null": 0, "unknown": 0,
	"critical": 1, "crit": 1, "page": 1, "disaster": 1, "emergency": 1, "emerg": 1, "fatal": 1, "alert": 1, "down": 1, "紧急": 1,
	"major": 2, "high": 2, "error": 2, "err": 2, "severe": 2, "严重": 2,
	"minor": 3, "warning": 3, "warn": 3, "average": 3, "medium": 3, "一般": 3, "警告": 3,
	"info": 4, "information": 4, "informational": 4, "low": 4, "notice": 4, "none": 4, "debug": 4, "提示": 4,
}

// severity reads a word or number; false when it is neither.
func severity(s string) (int, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if n, ok := severityWords[s]; ok {
		return n, true
	}
	for _, prefix := range []string{"severity", "sev", "s", "p"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			s = strings.Trim(rest, " -_")
			break
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= 4
}

// digest is a short stable name for some texts.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:12])
}

// line makes one clean line of at most max bytes.
func line(s string, max int) string {
	return strings.Join(strings.Fields(block(s, max)), " ")
}

// block takes control characters out, except line breaks and tabs, and cuts at
// max bytes between characters.
func block(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(cut(s, max))
}

func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}
