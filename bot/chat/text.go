package chat

import (
	"strings"
	"time"
)

// SpanKind says how a piece of text is shown.
type SpanKind uint8

// The kinds of span. Plain is shown as typed and always escaped.
const (
	Plain SpanKind = iota
	Bold
	Code    // one line or several; the renderer picks the form
	Moment  // a point in time, shown in the reader's zone where the platform can
	Mention // a person, who is notified
	Link    // S is the label, URL the address (http or https only)
)

// Span is a piece of text with one meaning.
type Span struct {
	Kind SpanKind  `json:"k,omitempty"`
	S    string    `json:"s,omitempty"`
	At   time.Time `json:"at,omitzero"`
	Who  Principal `json:"who,omitzero"`
	URL  string    `json:"url,omitempty"`
}

// Text is what is said, as spans in order. Line breaks are "\n" inside spans.
type Text []Span

// T makes plain text, the common case.
func T(s string) Text {
	if s == "" {
		return nil
	}
	return Text{{S: s}}
}

// Say starts a text that is built with the methods below.
func Say(s string) Text { return T(s) }

// Plain appends plain text.
func (t Text) Plain(s string) Text { return append(t, Span{S: s}) }

// Bold appends bold text.
func (t Text) Bold(s string) Text { return append(t, Span{Kind: Bold, S: s}) }

// Code appends text in a fixed-width font.
func (t Text) Code(s string) Text { return append(t, Span{Kind: Code, S: s}) }

// Moment appends a point in time. fallback is shown where the platform cannot
// convert it to the reader's zone.
func (t Text) Moment(at time.Time, fallback string) Text {
	return append(t, Span{Kind: Moment, At: at, S: fallback})
}

// Mention appends a person who is notified by it.
func (t Text) Mention(p Principal) Text {
	return append(t, Span{Kind: Mention, Who: p, S: p.Name})
}

// Link appends a labelled address.
func (t Text) Link(label, url string) Text {
	return append(t, Span{Kind: Link, S: label, URL: url})
}

// String is the text without any markup: for notifications, screen readers,
// search and tests.
func (t Text) String() string {
	var b strings.Builder
	for _, s := range t {
		switch s.Kind {
		case Mention:
			b.WriteString("@" + s.S)
		case Link:
			b.WriteString(s.S)
			if s.S != s.URL {
				b.WriteString(" (" + s.URL + ")")
			}
		default:
			b.WriteString(s.S)
		}
	}
	return b.String()
}
