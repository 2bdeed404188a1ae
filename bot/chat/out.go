package chat

import "time"

// Intent says what a send is for; a platform chooses the form that suits.
type Intent string

// The intents.
const (
	IntentReceipt Intent = "receipt" // "we have it": reply in the thread of the report
	IntentCard    Intent = "card"    // the one live card of a case; edited in place
	IntentReply   Intent = "reply"   // a message in the conversation of a case
	IntentPrivate Intent = "private" // an answer for one person where they asked
	IntentPage    Intent = "page"    // a page to a responder, by direct message
	IntentNotice  Intent = "notice"  // something a person or channel should know
	IntentRoom    Intent = "room"    // open a room for an incident and invite people
	IntentHome    Intent = "home"    // fill a person's own page of the bot
	IntentReact   Intent = "react"   // put Emoji on the message Edit
	IntentClose   Intent = "close"   // the case of the thread is final: archive where that is usual
)

// Outgoing is one thing to be said. Exactly one of In, To or Reply says where.
type Outgoing struct {
	// Key is the idempotency key, at most 25 characters, the same on every try.
	Key      string   `json:"key"`
	Intent   Intent   `json:"intent"`
	Audience Audience `json:"audience"`
	// Case is the number of the case it belongs to, if any.
	Case string `json:"case,omitempty"`

	// In is a channel or thread.
	In Place `json:"in,omitzero"`
	// To is a person, written to directly.
	To Principal `json:"to,omitzero"`
	// Reply answers an interaction. When it is no longer usable the adapter falls
	// back to a private message in In to To, or to a direct message.
	Reply ReplyHandle `json:"reply,omitzero"`
	// Edit is the message to change in place of posting. When it is gone the
	// adapter answers Never with [ReasonGone] and the core posts a new one.
	Edit MessageRef `json:"edit,omitzero"`

	Content Content `json:"content"`
	Emoji   string  `json:"emoji,omitempty"`
	Room    Room    `json:"room,omitzero"`

	// Facts are the same for machines: what a webhook carries. Set for pages.
	Facts map[string]string `json:"facts,omitempty"`

	// Lang is the language of Content: "en" or "zh".
	Lang string `json:"lang,omitempty"`
	// Urgent sends go before all others and may break do-not-disturb.
	Urgent bool `json:"urgent,omitempty"`
	// Repeat says that it may have been sent before; Content already says so.
	Repeat bool `json:"repeat,omitempty"`
}

// Content is what is said: text, a card, files.
type Content struct {
	Text  Text   `json:"text,omitempty"`
	Card  *Card  `json:"card,omitempty"`
	Files []File `json:"files,omitempty"`
	// Buttons stand below Text when there is no card, at most 5.
	Buttons []Button `json:"buttons,omitempty"`
}

// String is the content without markup.
func (c Content) String() string {
	s := c.Text.String()
	if c.Card != nil {
		if s != "" {
			s += "\n"
		}
		s += c.Card.String()
	}
	return s
}

// Tone is how a card looks from afar.
type Tone string

// The tones, from alarm to done.
const (
	ToneAlarm   Tone = "alarm"
	ToneWarning Tone = "warning"
	ToneNormal  Tone = "normal"
	ToneGood    Tone = "good"
	ToneQuiet   Tone = "quiet"
)

// Card is a block of facts with actions: a case, a page, a list of suggestions.
type Card struct {
	// Number is the case number, shown first; may be empty.
	Number string  `json:"number,omitempty"`
	Title  string  `json:"title"`
	Tone   Tone    `json:"tone,omitempty"`
	Body   Text    `json:"body,omitempty"`
	Fields []Field `json:"fields,omitempty"` // at most 10
	Items  []Item  `json:"items,omitempty"`  // at most 10
	// Buttons are the next actions, most likely first, at most 5.
	Buttons []Button `json:"buttons,omitempty"`
	// More are further actions, folded where the platform can (at most 10).
	More []Button `json:"more,omitempty"`
	// Foot is a small line below.
	Foot Text `json:"foot,omitempty"`
	// Labels are words by which a platform can tag the card, such as the state
	// "in_progress" and the severity "sev1"; they are not shown in it.
	Labels []string `json:"labels,omitempty"`
}

// String is the card without markup.
func (c *Card) String() string {
	s := c.Title
	if c.Number != "" {
		s = c.Number + " " + s
	}
	if len(c.Body) > 0 {
		s += "\n" + c.Body.String()
	}
	for _, f := range c.Fields {
		s += "\n" + f.Name + ": " + f.Value.String()
	}
	for _, it := range c.Items {
		s += "\n• " + it.Text.String()
	}
	if len(c.Foot) > 0 {
		s += "\n" + c.Foot.String()
	}
	return s
}

// Field is one fact with a name.
type Field struct {
	Name  string `json:"name"`
	Value Text   `json:"value"`
	// Wide fields take a row of their own.
	Wide bool `json:"wide,omitempty"`
}

// Item is one entry of a list with its own actions.
type Item struct {
	Text    Text     `json:"text"`
	Buttons []Button `json:"buttons,omitempty"` // at most 4
}

// Style is how a button looks.
type Style string

// The styles of buttons.
const (
	StylePlain   Style = ""
	StylePrimary Style = "primary"
	StyleDanger  Style = "danger"
)

// Button is an action that a person can press, or a link.
type Button struct {
	Label  string `json:"label"` // at most 40 characters
	Action Action `json:"action,omitzero"`
	URL    string `json:"url,omitempty"`
	Style  Style  `json:"style,omitempty"`
}

// FieldKind is how a field of a form is filled in.
type FieldKind string

// The kinds of field.
const (
	FieldLine   FieldKind = "line"
	FieldText   FieldKind = "text" // several lines
	FieldChoice FieldKind = "choice"
)

// Form asks for several things at once. At most 5 fields, because Discord
// allows no more.
type Form struct {
	// ID comes back in Filled.ID, at most 100 bytes.
	ID     string  `json:"id"`
	Title  string  `json:"title"` // at most 24 characters, Slack's bound
	Submit string  `json:"submit,omitempty"`
	Intro  Text    `json:"intro,omitempty"`
	Inputs []Input `json:"inputs"`
}

// Input is one field of a form.
type Input struct {
	Name     string    `json:"name"`
	Label    string    `json:"label"` // at most 45 characters
	Hint     string    `json:"hint,omitempty"`
	Kind     FieldKind `json:"kind"`
	Value    string    `json:"value,omitempty"`
	Required bool      `json:"required,omitempty"`
	Max      int       `json:"max,omitempty"` // characters; 0 means 3000
	Choices  []Choice  `json:"choices,omitempty"`
}

// Choice is one value to pick, and what it is called.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// Room is a channel made for one incident.
type Room struct {
	Name   string      `json:"name"`
	Topic  string      `json:"topic,omitempty"`
	Invite []Principal `json:"invite,omitempty"`
}

// Class is how a send ended.
type Class uint8

// The classes. Unknown means the request left and no answer came back: it may
// have been sent.
const (
	Sent Class = iota + 1
	Retry
	RetryAfter
	Never
	Unknown
)

// String names the class for logs.
func (c Class) String() string {
	switch c {
	case Sent:
		return "sent"
	case Retry:
		return "retry"
	case RetryAfter:
		return "retry_after"
	case Never:
		return "never"
	case Unknown:
		return "unknown"
	default:
		return "unset"
	}
}

// Reasons of a send that will never work, which the core acts upon.
const (
	ReasonGone     = "gone"     // the message to edit or the channel is not there any more
	ReasonDenied   = "denied"   // the platform refuses the bot here
	ReasonBlocked  = "blocked"  // the person does not take messages from the bot
	ReasonInvalid  = "invalid"  // the platform says that the request is wrong
	ReasonExpired  = "expired"  // the right to answer has run out and there is no other way
	ReasonNoWay    = "no_way"   // this platform cannot do that
	ReasonDead     = "dead"     // token revoked or account disabled: the whole adapter is down
	ReasonThrottle = "throttle" // rate limited
)

// SendResult says how a send ended and whether trying again makes sense.
type SendResult struct {
	Class  Class
	After  time.Duration // for RetryAfter
	Reason string        // one of the Reasons, or the platform's own word
	Err    error         // for the log; never shown to people, holds no secret
}

// OK is the result of a send that was taken.
func OK() SendResult { return SendResult{Class: Sent} }
