package discord

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

// said is a message as far as it could be read.
type said struct {
	id, channel, guild string
	author             chat.Principal
	robot              bool // a bot, a webhook or the system
	mentioned          bool
	text               string
	files              []chat.File
	at                 time.Time
	edited             time.Time // zero when never
	reply              string    // id of the message it answers
	cut                bool
	undecoded          bool
	bare               bool // nothing in it: what the missing content intent leaves
}

// decodeMessage reads a message. What the SDK refuses is read leniently, field by
// field, so that an unknown component does not cost a customer's words. It
// reports false when not even channel and id are there.
func decodeMessage(raw []byte, me string) (said, bool) {
	var m discordgo.Message
	if err := json.Unmarshal(raw, &m); err != nil || m.ID == "" || m.ChannelID == "" {
		return looseMessage(raw, me)
	}
	s := said{id: m.ID, channel: m.ChannelID, guild: m.GuildID, at: m.Timestamp.UTC()}
	if m.EditedTimestamp != nil {
		s.edited = m.EditedTimestamp.UTC()
	}
	if m.Author != nil {
		s.author, s.robot = principal(m.Author, m.Member), m.Author.Bot || m.Author.System
	}
	s.robot = s.robot || m.WebhookID != "" || !personal(m.Type)
	if m.MessageReference != nil {
		s.reply = m.MessageReference.MessageID
	}
	names := map[string]string{}
	for _, u := range m.Mentions {
		if u == nil {
			continue
		}
		names[u.ID] = displayName(u, nil)
		s.mentioned = s.mentioned || u.ID == me
	}
	s.text, s.cut = plainText(m.Content, me, names)
	for _, f := range m.Attachments {
		if f != nil && len(s.files) < chat.MaxFiles {
			s.files = append(s.files, chat.File{
				ID: m.ChannelID + "/" + m.ID + "/" + f.ID, Name: cutRunes(f.Filename, 200), Type: f.ContentType, Size: int64(f.Size), URL: f.URL,
			})
		}
	}
	s.cut = s.cut || len(m.Attachments) > chat.MaxFiles
	for _, st := range m.StickerItems {
		if st != nil && s.text == "" {
			s.text = "[" + cutRunes(st.Name, 80) + "]"
		}
	}
	s.bare = s.text == "" && len(m.Attachments) == 0 && !s.mentioned
	return s, true
}

// personal reports whether a type of message is something that a person wrote.
func personal(t discordgo.MessageType) bool {
	return t == discordgo.MessageTypeDefault || t == discordgo.MessageTypeReply
}

// looseMessage reads the fields that have the right type and leaves the others.
func looseMessage(raw []byte, me string) (said, bool) {
	f := loose.Of(raw)
	s := said{id: f.Text("id"), channel: f.Text("channel_id"), guild: f.Text("guild_id"), undecoded: true}
	if !snowflake.MatchString(s.id) || !snowflake.MatchString(s.channel) {
		return said{}, false
	}
	s.at = timeOf(s.id)
	if t, err := time.Parse(time.RFC3339, f.Text("edited_timestamp")); err == nil {
		s.edited = t.UTC()
	}
	author := loose.Of(f["author"])
	s.author = chat.Principal{Platform: Platform, User: author.Text("id"), Name: cutRunes(author.Text("username"), 80)}
	s.robot = string(author["bot"]) == "true" || f.Text("webhook_id") != ""
	if n, err := strconv.Atoi(string(f["type"])); err == nil {
		s.robot = s.robot || !personal(discordgo.MessageType(n))
	}
	content := f.Text("content")
	s.mentioned = me != "" && (strings.Contains(content, "<@"+me+">") || strings.Contains(content, "<@!"+me+">"))
	s.text, s.cut = plainText(content, me, nil)
	return s, true
}

// epoch is the first millisecond of Discord's ids, 2015-01-01.
const epoch = 1420070400000

// timeOf is when an id was made; the zero time for what is no id.
func timeOf(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + epoch).UTC()
}

// idAt is the lowest id of a moment, for reading on from there.
func idAt(t time.Time) string {
	return strconv.FormatInt(max(0, t.UnixMilli()-epoch)<<22, 10)
}

func principal(u *discordgo.User, m *discordgo.Member) chat.Principal {
	if u == nil {
		return chat.Principal{}
	}
	return chat.Principal{Platform: Platform, User: u.ID, Name: displayName(u, m)}
}

func displayName(u *discordgo.User, m *discordgo.Member) string {
	name := u.Username
	if u.GlobalName != "" {
		name = u.GlobalName
	}
	if m != nil && m.Nick != "" {
		name = m.Nick
	}
	return cutRunes(name, 80)
}

var (
	userMention = regexp.MustCompile(`<@!?(\d{1,20})>`)
	ownEmoji    = regexp.MustCompile(`<a?:(\w{1,40}):\d{1,20}>`)
)

// plainText takes the mention of the bot out of a text and writes other mentions
// and the server's own emoji as people read them. It reports whether it cut.
func plainText(s, me string, names map[string]string) (string, bool) {
	cut := false
	if len(s) > chat.MaxText {
		s, cut = strings.ToValidUTF8(s[:chat.MaxText], ""), true
	}
	s = userMention.ReplaceAllStringFunc(s, func(hit string) string {
		id := userMention.FindStringSubmatch(hit)[1]
		switch {
		case id == me:
			return ""
		case names[id] != "":
			return "@" + names[id]
		default:
			return hit
		}
	})
	s = ownEmoji.ReplaceAllString(s, ":$1:")
	return strings.TrimSpace(s), cut
}

// cutRunes shortens a text to at most n characters.
func cutRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	i := 0
	for at := range s {
		if i == n {
			return s[:at]
		}
		i++
	}
	return s
}

// langOf is the neutral language of a locale such as "zh-CN"; empty for those
// that Hotline does not speak.
func langOf(locale string) string {
	switch {
	case strings.HasPrefix(locale, "zh"):
		return "zh"
	case strings.HasPrefix(locale, "en"):
		return "en"
	default:
		return ""
	}
}

// bareEmoji is an emoji without skin tone and variation mark.
func bareEmoji(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x1F3FB && r <= 0x1F3FF || r == 0xFE0F {
			return -1
		}
		return r
	}, s)
}
