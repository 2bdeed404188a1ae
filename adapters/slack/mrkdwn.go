package slack

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	sdk "github.com/slack-go/slack"

	"hotline/bot/chat"
)

// Bounds of texts. Slack takes 3000 characters a section; a little is kept in
// reserve, because it is not said how it counts.
const (
	maxSection = 2900
	// maxShown is how much text one message shows; the rest becomes a file.
	maxShown = 12_000
	// maxAtom is the longest piece that is not torn apart; it must fit a field.
	maxAtom = 1500
)

// escape makes text that nothing in Slack takes for markup of its own: no channel
// or person can be pinged and no link made with it.
func escape(s string) string { return escaper.Replace(s) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// width is what a text counts at most: in UTF-16 units, as its clients count.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// cutRunes cuts to at most n characters, with a mark when something is missing.
func cutRunes(s string, n int) string {
	if width(s) <= n {
		return s
	}
	w := 0
	for i, r := range s {
		if w += max(utf16.RuneLen(r), 1); w > n-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// atoms are the smallest pieces that must not be torn apart: an escaped
// character, a mention, a link.
func atoms(t chat.Text) []string {
	var list []string
	for _, s := range t {
		switch s.Kind {
		case chat.Bold:
			list = append(list, bold(s.S)...)
		case chat.Code:
			list = append(list, code(s.S)...)
		case chat.Moment:
			list = append(list, moment(s))
		case chat.Mention:
			list = append(list, mention(s)...)
		case chat.Link:
			list = append(list, link(s)...)
		default:
			list = append(list, plain(s.S)...)
		}
	}
	return list
}

var webAddress = regexp.MustCompile(`https?://[^\s<>|"'）】」,。;]{3,500}`)

// plain shows text as typed; web addresses can be clicked.
func plain(s string) []string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	var list []string
	for len(s) > 0 {
		at := webAddress.FindStringIndex(s)
		if at == nil {
			return append(list, letters(s)...)
		}
		list = append(list, letters(s[:at[0]])...)
		list = append(list, whole("<"+escape(s[at[0]:at[1]])+">", s[at[0]:at[1]])...)
		s = s[at[1]:]
	}
	return list
}

func letters(s string) []string {
	list := make([]string, 0, len(s))
	for _, r := range s {
		list = append(list, escape(string(r)))
	}
	return list
}

// bold marks a short text; Slack has no bold over several lines.
func bold(s string) []string {
	inner := strings.TrimSpace(strings.NewReplacer("*", "", "\n", " ").Replace(s))
	if inner == "" || utf8.RuneCountInString(inner) > 300 {
		return plain(s)
	}
	return []string{"*" + escape(strings.ToValidUTF8(inner, "\uFFFD")) + "*"}
}

// code sets text in a fixed width, in pieces that fit.
func code(s string) []string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "`", "ˋ")
	if strings.TrimSpace(s) == "" {
		return nil
	}
	fence := "`"
	if strings.Contains(s, "\n") || utf8.RuneCountInString(s) > 300 {
		fence = "```"
	}
	var list []string
	for _, part := range chunks(letters(s), maxAtom) {
		list = append(list, fence+part+fence)
	}
	return list
}

// moment shows an instant in the reader's own zone.
func moment(s chat.Span) string {
	fallback := escape(strings.NewReplacer("|", "/", "\n", " ").Replace(cutRunes(s.S, 100)))
	if s.At.IsZero() {
		return fallback
	}
	return "<!date^" + strconv.FormatInt(s.At.Unix(), 10) + "^{date_short_pretty} {time}|" + firstOf(fallback, "-") + ">"
}

// mention names a person, who is notified when they are on Slack.
func mention(s chat.Span) []string {
	if s.Who.Platform == Platform && slackID.MatchString(s.Who.User) {
		return []string{"<@" + s.Who.User + ">"}
	}
	return plain("@" + firstOf(s.S, s.Who.Name, s.Who.User))
}

var slackID = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,30}$`)

// link shows a labelled address; anything but http and https is shown as text.
func link(s chat.Span) []string {
	label := strings.NewReplacer("|", "/", "\n", " ").Replace(cutRunes(firstOf(s.S, s.URL), 300))
	if !webURL(s.URL) {
		return plain(label + " " + s.URL)
	}
	return whole("<"+escape(s.URL)+"|"+escape(strings.ToValidUTF8(label, "\uFFFD"))+">", label+" "+s.URL)
}

// whole is a piece of markup, or its plain form when it is too long for one.
func whole(markup, plainForm string) []string {
	if width(markup) > maxAtom {
		return letters(strings.ToValidUTF8(plainForm, "\uFFFD"))
	}
	return []string{markup}
}

func webURL(u string) bool {
	return len(u) <= 2000 && (strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://")) && !strings.ContainsAny(u, "|> \n\t")
}

// chunks joins atoms into texts of at most limit characters, broken at the end of
// a line where one is near.
func chunks(list []string, limit int) []string {
	var out []string
	for len(list) > 0 {
		n, w, line := 0, 0, 0
		for n < len(list) {
			w += width(list[n])
			if w > limit && n > 0 {
				break
			}
			n++
			if list[n-1] == "\n" {
				line = n
			}
		}
		if n < len(list) && line > n/2 {
			n = line
		}
		if s := strings.Trim(strings.Join(list[:n], ""), "\n"); strings.TrimSpace(s) != "" {
			out = append(out, s)
		}
		list = list[n:]
	}
	return out
}

// mrkdwn is a text as markup, cut to limit characters between atoms.
func mrkdwn(t chat.Text, limit int) string {
	parts := chunks(atoms(t), limit-2)
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return parts[0]
	default:
		return parts[0] + " …"
	}
}

// sections shows a text as at most n sections.
func sections(t chat.Text, n int) []sdk.Block {
	parts := chunks(atoms(t), maxSection)
	var list []sdk.Block
	for _, p := range parts[:min(len(parts), n)] {
		list = append(list, section(p))
	}
	return list
}

func section(markup string) *sdk.SectionBlock {
	return sdk.NewSectionBlock(markupText(markup), nil, nil)
}

// markupText is a text object in which Slack looks for nothing by itself.
func markupText(markup string) *sdk.TextBlockObject {
	return sdk.NewTextBlockObject(sdk.MarkdownType, markup, false, true)
}
