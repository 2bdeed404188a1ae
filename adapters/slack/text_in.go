package slack

import (
	"strings"
	"unicode/utf8"
)

// readText turns Slack's markup into what the person typed: entities back, links
// and mentions readable. The bot's own mention is taken out and reported.
func (a *Adapter) readText(s string) (text string, mentioned bool) {
	bot := a.me().user
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			break
		}
		end := strings.IndexByte(s[open:], '>')
		if end < 0 {
			break
		}
		b.WriteString(s[:open])
		inner := s[open+1 : open+end]
		s = s[open+end+1:]
		if bot != "" && (inner == "@"+bot || strings.HasPrefix(inner, "@"+bot+"|")) {
			mentioned = true
			continue
		}
		b.WriteString(readable(inner))
	}
	b.WriteString(s)
	text = entities.Replace(b.String())
	if mentioned {
		text = strings.TrimSpace(text)
	}
	return text, mentioned
}

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// readable is the inside of <…> as a person reads it.
func readable(inner string) string {
	target, label, labelled := strings.Cut(inner, "|")
	switch {
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"):
		if labelled && label != "" {
			return target[:1] + strings.TrimPrefix(label, target[:1])
		}
		return target
	case strings.HasPrefix(target, "!date^"):
		return label
	case strings.HasPrefix(target, "!"):
		if labelled && label != "" {
			return "@" + strings.TrimPrefix(label, "@")
		}
		return "@" + strings.TrimPrefix(target, "!")
	case labelled && label != "" && label != target && !strings.HasSuffix(target, label):
		return label + " (" + target + ")"
	default:
		return strings.TrimPrefix(target, "mailto:")
	}
}

// cutBytes cuts text to at most n bytes, between characters.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
