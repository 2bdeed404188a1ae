package web

import (
	"fmt"
	"hash/fnv"
	"html/template"
	"regexp"
	"strings"
	"time"
	"unicode"

	"hotline/bot/chat"
	"hotline/bot/say"
)

// postData is what the template of a post gets.
type postData struct {
	View
	Lang      string
	Content   chat.Content
	Avatar    avatar
	Shortcuts []VerbView
	Number    string
}

// avatar is a coloured disc with letters.
type avatar struct {
	Letters string
	Tint    int // 0 to 7
	Bot     bool
}

func avatarOf(name, letters string, bot bool) avatar {
	h := fnv.New32a()
	h.Write([]byte(name))
	if letters == "" {
		letters = initials(name)
	}
	return avatar{Letters: letters, Tint: int(h.Sum32() % 8), Bot: bot}
}

// initials are the first letters of the first and last word, or the first
// character of a Chinese name.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '-' || r == '(' })
	if len(words) == 0 {
		return "?"
	}
	first := []rune(words[0])[0]
	if len(words) == 1 || unicode.Is(unicode.Han, first) {
		return strings.ToUpper(string(first))
	}
	return strings.ToUpper(string(first) + string([]rune(words[len(words)-1])[0]))
}

// quickEmojis are the reactions one click away.
var quickEmojis = func() (list []React) {
	for _, e := range emojis {
		list = append(list, React{Emoji: e.Name, Glyph: e.Glyph})
	}
	return list
}()

// funcs are what the templates can call.
func funcs() template.FuncMap {
	return template.FuncMap{
		"t":       translate,
		"spans":   drawText,
		"plain":   drawPlain,
		"button":  buttonView,
		"moment":  moment,
		"size":    sizeText,
		"avatar":  func(u User) avatar { return avatarOf(u.Name, u.Avatar, false) },
		"glyph":   emojiGlyph,
		"safeurl": safeURL,
		"inlang":  inLang,
		"langtag": langTag,
		"slot":    func(d chatData, id, hint string) slot { return slot{d.frame, id, hint} },
		"pct":     func(thousandths int) string { return fmt.Sprintf("%.1f%%", float64(thousandths)/10) },
		"join":    func(list []string) string { return strings.Join(list, ", ") },
		"tagged":  func(lang string, row ArticleRow) tagged { return tagged{lang, row} },
		"percent": wholePercent,
		"minus":   func(x, y int) int { return x - y },
		"intsdown": func(n int) (list []int) {
			for i := range n {
				list = append(list, n-i)
			}
			return list
		},
		"hours":  func(d time.Duration) string { return fmt.Sprintf("%.1f", d.Hours()) },
		"signed": func(d time.Duration) string { return fmt.Sprintf("%+.1f", d.Hours()) },
	}
}

// slot is what a composer's template gets.
type slot struct {
	frame
	ID, Hint string
}

// langTag is the tag for HTML's lang attribute.
func langTag(lang string) string {
	if say.IsChinese(lang) {
		return "zh-CN"
	}
	return "en"
}

// translate is the word key in lang. A missing key shows itself, and a test fails.
func translate(lang, key string, args ...any) string {
	w, ok := words[key]
	if !ok {
		return key
	}
	return w.In(lang, args...)
}

// moment draws a point in time; the script shows it in the reader's zone.
func moment(at time.Time, form string) template.HTML {
	if at.IsZero() {
		return ""
	}
	at = at.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s" data-form="%s">%s UTC</time>`,
		at.Format(time.RFC3339), template.HTMLEscapeString(form), at.Format("2006-01-02 15:04")))
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.0f kB", float64(n)/(1<<10))
	default:
		return fmt.Sprintf("%d B", n)
	}
}

// drawText renders spans. Everything that a person typed is escaped.
func drawText(t chat.Text) template.HTML {
	var b strings.Builder
	for _, s := range t {
		text := cleanText(s.S)
		switch s.Kind {
		case chat.Bold:
			fmt.Fprintf(&b, "<strong>%s</strong>", template.HTMLEscapeString(text))
		case chat.Code:
			drawCode(&b, text)
		case chat.Moment:
			fmt.Fprintf(&b, `<time datetime="%s" data-form="full" title="%s">%s</time>`,
				s.At.UTC().Format(time.RFC3339), template.HTMLEscapeString(text), template.HTMLEscapeString(text))
		case chat.Mention:
			fmt.Fprintf(&b, `<span class="mention">@%s</span>`, template.HTMLEscapeString(text))
		case chat.Link:
			drawLink(&b, text, s.URL)
		default:
			drawTyped(&b, text)
		}
	}
	return template.HTML(b.String())
}

// drawPlain renders a text of which nothing but its characters is known.
func drawPlain(s string) template.HTML { return drawText(chat.T(s)) }

func drawCode(b *strings.Builder, text string) {
	if strings.Contains(text, "\n") {
		fmt.Fprintf(b, "<pre>%s</pre>", template.HTMLEscapeString(strings.Trim(text, "\n")))
		return
	}
	fmt.Fprintf(b, "<code>%s</code>", template.HTMLEscapeString(text))
}

func drawLink(b *strings.Builder, label, address string) {
	u := safeURL(address)
	if u == "" {
		b.WriteString(template.HTMLEscapeString(label))
		return
	}
	more := ` target="_blank" rel="noopener noreferrer nofollow"`
	if strings.HasPrefix(u, "/") {
		more = ""
	}
	fmt.Fprintf(b, `<a href="%s"%s>%s</a>`, template.HTMLEscapeString(u), more, template.HTMLEscapeString(label))
}

// typed finds what is marked in plain text: code between backticks, and addresses.
var typed = regexp.MustCompile("(?s)```(?:[a-z]{0,12}\n)?(.+?)```|`([^`\n]+)`|(https?://[^\\s<>\"'`，。）】]+)")

// drawTyped renders typed text with code and addresses shown as such.
func drawTyped(b *strings.Builder, text string) {
	at := 0
	for _, m := range typed.FindAllStringSubmatchIndex(text, 2000) {
		b.WriteString(template.HTMLEscapeString(text[at:m[0]]))
		at = m[1]
		switch {
		case m[2] >= 0:
			fmt.Fprintf(b, "<pre>%s</pre>", template.HTMLEscapeString(strings.Trim(text[m[2]:m[3]], "\n")))
		case m[4] >= 0:
			drawCode(b, text[m[4]:m[5]])
		default:
			u := strings.TrimRight(text[m[6]:m[7]], ".,;:!?)]}")
			at = m[6] + len(u)
			drawLink(b, u, u)
		}
	}
	b.WriteString(template.HTMLEscapeString(text[at:]))
}
