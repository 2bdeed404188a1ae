package discord

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hotline/bot/chat"
)

// Lengths are counted in UTF-16 units, which is never less than Discord counts.
const (
	maxContent = 2000
	maxChoices = 25
)

// units is the length of a text in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += unitsOf(r)
	}
	return n
}

func unitsOf(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// cutUnits shortens a text to at most n units, at a character's border.
func cutUnits(s string, n int) string {
	for at, r := range s {
		if n -= unitsOf(r); n < 0 {
			return s[:at]
		}
	}
	return s
}

// clip shortens a text to at most n units and marks that it did.
func clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if units(s) <= n {
		return s
	}
	s = strings.TrimRightFunc(cutUnits(s, n-1), unicode.IsSpace)
	return strings.TrimRight(s, `\`) + "…"
}

// rendered is Markdown with the people it notifies.
type rendered struct {
	text  string
	users []string
}

// markdown writes a text in Discord's Markdown.
func markdown(t chat.Text) rendered {
	var b strings.Builder
	var out rendered
	for _, s := range t {
		switch s.Kind {
		case chat.Bold:
			b.WriteString(wrap("**", escape(s.S)))
		case chat.Code:
			b.WriteString(code(s.S))
		case chat.Moment:
			fmt.Fprintf(&b, "<t:%d:f>", s.At.Unix())
		case chat.Mention:
			if s.Who.Platform == Platform && snowflake.MatchString(s.Who.User) {
				b.WriteString("<@" + s.Who.User + ">")
				if !slices.Contains(out.users, s.Who.User) && len(out.users) < 100 {
					out.users = append(out.users, s.Who.User)
				}
			} else {
				b.WriteString("@\u200b" + escape(s.S))
			}
		case chat.Link:
			b.WriteString(link(s.S, s.URL))
		default:
			b.WriteString(escape(s.S))
		}
	}
	out.text = b.String()
	return out
}

// wrap puts marks around a text, outside its leading and trailing blanks, which
// Markdown would not allow inside.
func wrap(mark, s string) string {
	body := strings.TrimSpace(s)
	if body == "" {
		return s
	}
	at := strings.Index(s, body)
	return s[:at] + mark + body + mark + s[at+len(body):]
}

// code shows a text in a fixed width: on its line, or as a block when it has
// several or a backtick.
func code(s string) string {
	if s == "" {
		return ""
	}
	if !strings.ContainsAny(s, "`\n") {
		return "`" + s + "`"
	}
	return "```\n" + strings.ReplaceAll(s, "```", "`\u200b`\u200b`") + "\n```"
}

// link writes a labelled address; one that is not http(s) is written as text.
func link(label, url string) string {
	ok := strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")
	if !ok || strings.ContainsAny(url, " \n\t<>\"") {
		return escape(label)
	}
	if label == "" || label == url {
		return url
	}
	label = strings.NewReplacer("[", `\[`, "]", `\]`, "://", ":\u200b//").Replace(escapeMarks(label))
	return "[" + label + "](" + strings.NewReplacer("(", "%28", ")", "%29").Replace(url) + ")"
}

// address finds addresses, whose characters are not escaped so that they work.
var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// escape makes a text stand as it was typed: no markup, no mention, no emoji
// code. Addresses stay whole.
func escape(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	var b strings.Builder
	for {
		at := address.FindStringIndex(s)
		if at == nil {
			b.WriteString(escapeMarks(s))
			return b.String()
		}
		b.WriteString(escapeMarks(s[:at[0]]))
		b.WriteString(strings.ReplaceAll(s[at[0]:at[1]], "@", "@\u200b"))
		s = s[at[1]:]
	}
}

// escapeMarks puts a backslash before what Markdown reads, and a space of no
// width after @, which no backslash stops.
func escapeMarks(s string) string {
	var b strings.Builder
	lineStart := true
	for i, r := range s {
		switch {
		case strings.ContainsRune("\\*_~`|<>[]", r):
			b.WriteByte('\\')
		case lineStart && (r == '#' || r == '-' || r == '+'):
			b.WriteByte('\\')
		case r == '.' && numbered(s[:i]):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if r == '@' {
			b.WriteRune('\u200b')
		}
		lineStart = r == '\n' || lineStart && unicode.IsSpace(r)
	}
	return b.String()
}

// numbered reports whether a text ends in a line of one number only, as lists
// begin.
func numbered(before string) bool {
	digits := strings.TrimRight(before, "0123456789")
	if len(digits) == len(before) || len(before)-len(digits) > 3 {
		return false
	}
	digits = strings.TrimRight(digits, " ")
	r, _ := utf8.DecodeLastRuneInString(digits)
	return digits == "" || r == '\n'
}
