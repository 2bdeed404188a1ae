package chat

import (
	"strings"
	"time"
)

// Platform names an adapter in stored data, for example "slack", "discord", "web".
type Platform string

// Principal is somebody as a platform knows them. Two principals with the same
// platform, tenant and user are the same account.
type Principal struct {
	Platform Platform `json:"platform"`
	// Tenant is the workspace or server the account belongs to (Slack team id,
	// empty on Discord and web).
	Tenant string `json:"tenant,omitempty"`
	// User is the platform's id of the account, never a display name.
	User string `json:"user"`
	// Name is what to call the person; only for display.
	Name string `json:"name,omitempty"`
	// External says that the platform itself marks the account as coming from
	// another organisation (Slack Connect). It is a fact, not a role.
	External bool `json:"external,omitempty"`
	// Lang is the language the platform reports, such as "en" or "zh"; may be empty.
	Lang string `json:"lang,omitempty"`
}

// Key is the stable text form "platform:tenant:user" used for look-ups.
func (p Principal) Key() string {
	return string(p.Platform) + ":" + p.Tenant + ":" + p.User
}

// IsZero reports whether p names nobody.
func (p Principal) IsZero() bool { return p.User == "" }

// ParsePrincipal reads what [Principal.Key] wrote. It reports false when s does
// not have the three parts.
func ParsePrincipal(s string) (Principal, bool) {
	parts := strings.SplitN(s, ":", 3)
	if len(parts) != 3 || parts[0] == "" || parts[2] == "" {
		return Principal{}, false
	}
	return Principal{Platform: Platform(parts[0]), Tenant: parts[1], User: parts[2]}, true
}

// Place is where something is said: a channel, a thread in it, or a direct
// conversation.
type Place struct {
	Platform Platform `json:"platform"`
	Tenant   string   `json:"tenant,omitempty"`
	Channel  string   `json:"channel"`
	// Thread is the id of the thread in Channel, empty for the channel itself.
	// On Slack it is the ts of the parent, on Discord the id of the thread.
	Thread string `json:"thread,omitempty"`
	// Direct says that the channel is a private conversation of one person with
	// the bot.
	Direct bool `json:"direct,omitempty"`
}

// Key is the stable text form "platform:tenant:channel#thread". It is never the
// key of a message, not even of the one that the thread grew from.
func (p Place) Key() string {
	return string(p.Platform) + ":" + p.Tenant + ":" + p.Channel + "#" + p.Thread
}

// ChannelKey is [Place.Key] without the thread.
func (p Place) ChannelKey() string {
	return string(p.Platform) + ":" + p.Tenant + ":" + p.Channel + "#"
}

// IsZero reports whether p names no place.
func (p Place) IsZero() bool { return p.Channel == "" }

// MessageRef is the stored address of one message; every send returns one, and
// edits and replies need one.
type MessageRef struct {
	Place
	ID string `json:"id"`
}

// IsZero reports whether r names no message.
func (r MessageRef) IsZero() bool { return r.ID == "" }

// Key is the stable text form "platform:tenant:channel:id": a message keeps it
// whichever thread it is seen in.
func (r MessageRef) Key() string {
	return string(r.Platform) + ":" + r.Tenant + ":" + r.Channel + ":" + r.ID
}

// ReplyHandle is a short-lived right to answer one interaction: Slack's
// response_url, Discord's interaction token. Only the adapter that made it reads
// Token. It may be stored, for at most its life.
type ReplyHandle struct {
	Platform Platform `json:"platform,omitempty"`
	// Token is opaque to everybody but the adapter, at most 2 KiB.
	Token string `json:"token,omitempty"`
	// Expires is when the platform stops taking answers; zero if never.
	Expires time.Time `json:"expires,omitzero"`
	// Uses is how many answers are left, 0 when the platform does not count.
	Uses int `json:"uses,omitempty"`
	// Private says that what is answered through the handle is seen by that
	// person alone (decided when the platform was deferred to).
	Private bool `json:"private,omitempty"`
}

// Usable reports whether the handle can still be answered through at now.
func (h ReplyHandle) Usable(now time.Time) bool {
	return h.Token != "" && (h.Expires.IsZero() || now.Before(h.Expires))
}

// Audience is who may see something that is sent. The zero value is invalid and
// is refused, so that a forgotten audience fails closed.
type Audience struct {
	kind audienceKind
	who  string
}

type audienceKind uint8

const (
	nobody audienceKind = iota
	customer
	internal
	onePerson
)

// Customer is everybody in the conversation with the customer, them included.
func Customer() Audience { return Audience{kind: customer} }

// Internal is the people of the hotline only.
func Internal() Audience { return Audience{kind: internal} }

// Only is one person; key is the [Principal.Key] or the person id of the core.
func Only(key string) Audience { return Audience{kind: onePerson, who: key} }

// IsCustomer reports whether the customer may see it.
func (a Audience) IsCustomer() bool { return a.kind == customer }

// IsInternal reports whether only the people of the hotline may see it.
func (a Audience) IsInternal() bool { return a.kind == internal }

// Person returns whom the audience is limited to, and whether it is limited to one.
func (a Audience) Person() (string, bool) { return a.who, a.kind == onePerson }

// Valid reports whether an audience was given at all.
func (a Audience) Valid() bool { return a.kind != nobody }

// String is the stored form: "customer", "internal", "only:<key>" or "" for none.
func (a Audience) String() string {
	switch a.kind {
	case customer:
		return "customer"
	case internal:
		return "internal"
	case onePerson:
		return "only:" + a.who
	default:
		return ""
	}
}

// ParseAudience reads what [Audience.String] wrote; anything else is the invalid
// audience.
func ParseAudience(s string) Audience {
	switch {
	case s == "customer":
		return Customer()
	case s == "internal":
		return Internal()
	case strings.HasPrefix(s, "only:") && len(s) > len("only:"):
		return Only(s[len("only:"):])
	default:
		return Audience{}
	}
}

// MarshalText stores the audience as [Audience.String].
func (a Audience) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads a stored audience; unknown text becomes the invalid one.
func (a *Audience) UnmarshalText(b []byte) error {
	*a = ParseAudience(string(b))
	return nil
}
