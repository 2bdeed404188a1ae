package web

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkText cleans what somebody typed and refuses what is longer than max bytes.
func checkText(s string, max int) (string, error) {
	if len(s) > max {
		return "", refuse(http.StatusRequestEntityTooLarge, "too_long", len(s), max)
	}
	return strings.TrimSpace(cleanText(s)), nil
}

// cleanText removes control characters other than tab and line feed, and the
// marks that turn the direction of text around so that it reads as something
// else. Line ends become "\n".
func cleanText(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF:
			return -1
		default:
			return r
		}
	}, s)
}

// cutText shortens s to at most max bytes at a character's end.
func cutText(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}

// emojis are the reactions that are offered, by the name that other platforms use.
var emojis = []struct{ Name, Glyph string }{
	{"+1", "👍"}, {"white_check_mark", "✅"}, {"eyes", "👀"}, {"pray", "🙏"},
	{"tada", "🎉"}, {"heart", "❤️"}, {"ticket", "🎫"}, {"sos", "🆘"},
	{"question", "❓"}, {"fire", "🔥"}, {"x", "❌"}, {"hourglass", "⌛"},
}

// emojiName is the neutral name of an emoji given by name, ":name:" or as itself;
// "" when it is none.
func emojiName(s string) string {
	s = strings.Trim(s, ":")
	for _, e := range emojis {
		if s == e.Name || strings.TrimSuffix(s, "\uFE0F") == strings.TrimSuffix(e.Glyph, "\uFE0F") {
			return e.Name
		}
	}
	if s == "" || len(s) > 40 {
		return ""
	}
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == '+') {
			return ""
		}
	}
	return s
}

// emojiGlyph is how a reaction is shown; names that are not offered stay words.
func emojiGlyph(name string) string {
	for _, e := range emojis {
		if e.Name == name {
			return e.Glyph
		}
	}
	return ":" + name + ":"
}
