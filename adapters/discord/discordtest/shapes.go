package discordtest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Types of channel, as numbered by Discord.
const (
	TextChannel   = 0
	DirectChannel = 1
	PublicThread  = 11
	PrivateThread = 12
	ForumChannel  = 15
)

// flagEphemeral marks a message that one person alone can see.
const flagEphemeral = 1 << 6

// flagLoading marks the "thinking…" of a deferred answer.
const flagLoading = 1 << 7

// User is an account in the shape Discord sends it.
type User struct {
	ID            string  `json:"id"`
	Username      string  `json:"username"`
	GlobalName    *string `json:"global_name"`
	Discriminator string  `json:"discriminator"`
	Avatar        *string `json:"avatar"`
	Bot           bool    `json:"bot,omitempty"`
	PublicFlags   int     `json:"public_flags"`
}

// member is an account as a member of the server.
type member struct {
	User        *User    `json:"user,omitempty"`
	Nick        *string  `json:"nick"`
	Roles       []string `json:"roles"`
	JoinedAt    string   `json:"joined_at"`
	Deaf        bool     `json:"deaf"`
	Mute        bool     `json:"mute"`
	Flags       int      `json:"flags"`
	Permissions string   `json:"permissions,omitempty"`
}

// Attachment is a file on a message. URL is served by the server itself.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Size        int    `json:"size"`
	URL         string `json:"url"`
	ProxyURL    string `json:"proxy_url"`
	ContentType string `json:"content_type,omitempty"`
}

// Embed is the part of an embed that tests look at.
type Embed struct {
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Color       int          `json:"color,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"`
	Type        string       `json:"type,omitempty"`
	Fields      []EmbedField `json:"fields,omitempty"`
	Footer      *EmbedFooter `json:"footer,omitempty"`
	Author      *EmbedAuthor `json:"author,omitempty"`
}

// EmbedField is one named fact of an embed.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline,omitempty"`
}

// EmbedFooter is the small line below an embed.
type EmbedFooter struct {
	Text string `json:"text"`
}

// EmbedAuthor is the small line above an embed.
type EmbedAuthor struct {
	Name string `json:"name"`
}

// Component is a row, button, select, text input or label.
type Component struct {
	Type        int         `json:"type"`
	CustomID    string      `json:"custom_id,omitempty"`
	Style       int         `json:"style,omitempty"`
	Label       string      `json:"label,omitempty"`
	Description string      `json:"description,omitempty"`
	URL         string      `json:"url,omitempty"`
	Disabled    bool        `json:"disabled,omitempty"`
	Placeholder string      `json:"placeholder,omitempty"`
	Value       string      `json:"value,omitempty"`
	Required    *bool       `json:"required,omitempty"`
	MinLength   int         `json:"min_length,omitempty"`
	MaxLength   int         `json:"max_length,omitempty"`
	Options     []Option    `json:"options,omitempty"`
	Components  []Component `json:"components,omitempty"`
	Component   *Component  `json:"component,omitempty"`
}

// Option is one choice of a select.
type Option struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// Reaction counts one emoji on a message.
type Reaction struct {
	Count int   `json:"count"`
	Me    bool  `json:"me"`
	Emoji Emoji `json:"emoji"`

	by []string
}

// Emoji is a Unicode emoji, or one of the server's own when ID is set.
type Emoji struct {
	ID   *string `json:"id"`
	Name string  `json:"name"`
}

// Message is a message in the shape Discord sends it.
type Message struct {
	ID              string       `json:"id"`
	ChannelID       string       `json:"channel_id"`
	GuildID         string       `json:"guild_id,omitempty"`
	Author          User         `json:"author"`
	Member          *member      `json:"member,omitempty"`
	Content         string       `json:"content"`
	Timestamp       string       `json:"timestamp"`
	EditedTimestamp *string      `json:"edited_timestamp"`
	TTS             bool         `json:"tts"`
	MentionEveryone bool         `json:"mention_everyone"`
	Mentions        []User       `json:"mentions"`
	MentionRoles    []string     `json:"mention_roles"`
	Attachments     []Attachment `json:"attachments"`
	Embeds          []Embed      `json:"embeds"`
	Components      []Component  `json:"components"`
	Reactions       []Reaction   `json:"reactions,omitempty"`
	Nonce           string       `json:"nonce,omitempty"`
	Pinned          bool         `json:"pinned"`
	Type            int          `json:"type"`
	Flags           int          `json:"flags"`
	WebhookID       string       `json:"webhook_id,omitempty"`
	ApplicationID   string       `json:"application_id,omitempty"`
	Reference       *Reference   `json:"message_reference,omitempty"`
	Thread          *Channel     `json:"thread,omitempty"`

	onlyFor string // the one person who sees an ephemeral message
	edits   int
}

// Reference names the message that another one answers.
type Reference struct {
	MessageID string `json:"message_id"`
	ChannelID string `json:"channel_id,omitempty"`
	GuildID   string `json:"guild_id,omitempty"`
}

// Edits is how often the message was changed.
func (m Message) Edits() int { return m.edits }

// Ephemeral reports whether only one person can see the message.
func (m Message) Ephemeral() bool { return m.Flags&flagEphemeral != 0 }

// Loading reports whether the message is the "thinking…" of a deferred answer.
func (m Message) Loading() bool { return m.Flags&flagLoading != 0 }

// Text is everything a person reads on the message: content and embeds.
func (m Message) Text() string {
	parts := []string{m.Content}
	for _, e := range m.Embeds {
		if e.Author != nil {
			parts = append(parts, e.Author.Name)
		}
		parts = append(parts, e.Title, e.Description)
		for _, f := range e.Fields {
			parts = append(parts, f.Name+": "+f.Value)
		}
		if e.Footer != nil {
			parts = append(parts, e.Footer.Text)
		}
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return strings.Join(parts, "\n")
}

// Buttons lists the buttons of the message from left to right, top to bottom.
func (m Message) Buttons() []Component { return flat(m.Components, 2) }

// Selects lists the string selects of the message.
func (m Message) Selects() []Component { return flat(m.Components, 3) }

func flat(cs []Component, kind int) []Component {
	var out []Component
	for _, c := range cs {
		if c.Type == kind {
			out = append(out, c)
		}
		out = append(out, flat(c.Components, kind)...)
	}
	return out
}

// ThreadMetadata is the state of a thread.
type ThreadMetadata struct {
	Archived            bool   `json:"archived"`
	AutoArchiveDuration int    `json:"auto_archive_duration"`
	ArchiveTimestamp    string `json:"archive_timestamp"`
	Locked              bool   `json:"locked"`
	Invitable           *bool  `json:"invitable,omitempty"`
}

// Tag is a tag that posts of a forum can carry.
type Tag struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Moderated bool    `json:"moderated"`
	EmojiID   *string `json:"emoji_id"`
	EmojiName *string `json:"emoji_name"`
}

// Overwrite grants or takes permissions of one role (0) or person (1) in a
// channel.
type Overwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"`
	Allow Bits   `json:"allow"`
	Deny  Bits   `json:"deny"`
}

// Bits are permission bits in decimal. Discord writes them as a string and takes
// a number as well, which is what its OpenAPI document asks for.
type Bits string

// UnmarshalJSON reads a string or a number.
func (b *Bits) UnmarshalJSON(raw []byte) error {
	*b = Bits(strings.Trim(string(raw), `"`))
	return nil
}

// Channel is a channel or thread in the shape Discord sends it.
type Channel struct {
	ID             string          `json:"id"`
	Type           int             `json:"type"`
	GuildID        string          `json:"guild_id,omitempty"`
	Name           string          `json:"name,omitempty"`
	Topic          *string         `json:"topic,omitempty"`
	ParentID       *string         `json:"parent_id,omitempty"`
	OwnerID        string          `json:"owner_id,omitempty"`
	Position       int             `json:"position,omitempty"`
	Flags          int             `json:"flags"`
	LastMessageID  *string         `json:"last_message_id"`
	Overwrites     []Overwrite     `json:"permission_overwrites,omitempty"`
	ThreadMetadata *ThreadMetadata `json:"thread_metadata,omitempty"`
	MessageCount   int             `json:"message_count,omitempty"`
	MemberCount    int             `json:"member_count,omitempty"`
	AvailableTags  []Tag           `json:"available_tags,omitempty"`
	AppliedTags    []string        `json:"applied_tags,omitempty"`
	Recipients     []User          `json:"recipients,omitempty"`
}

// IsThread reports whether the channel is a thread.
func (c Channel) IsThread() bool { return c.Type == PublicThread || c.Type == PrivateThread }

// channel is a channel with what the server remembers about it.
type channel struct {
	Channel
	messages  []*Message
	members   map[string]bool // of a private thread, or the two of a direct one
	forbidden bool            // the bot has been shut out
	nonces    map[string]*Message
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("discordtest: own shape does not encode: " + err.Error())
	}
	return b
}
