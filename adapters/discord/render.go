package discord

import (
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"hotline/bot/chat"
)

// Limits of a message.
const (
	maxTitle       = 256
	maxDescription = 4096
	maxFields      = 25
	maxFieldName   = 256
	maxFieldValue  = 1024
	maxFoot        = 2048
	maxEmbeds      = 6000 // all texts of all embeds together
	maxRows        = 5
	maxButtons     = 5
	maxLabel       = 80
	maxURL         = 512
	maxFiles       = 10
	maxUpload      = 10 << 20 // bytes of one file, in servers without boosts
)

// colours of a card by tone, as 24-bit RGB.
var colours = map[chat.Tone]int{
	chat.ToneAlarm: 0xD7263D, chat.ToneWarning: 0xF4A100, chat.ToneNormal: 0x2F6FDE,
	chat.ToneGood: 0x2E9E4F, chat.ToneQuiet: 0x8A8F98,
}

// render turns content into a message within every limit. What does not fit is
// marked and goes along as a file.
func render(c *chat.Content, lang string) *body {
	b := &body{Embeds: []*discordgo.MessageEmbed{}, Components: []discordgo.MessageComponent{}, Allowed: nobody()}
	text := markdown(c.Text)
	whole := true
	b.Content, whole = fit(text.text, maxContent-units(sayWhole.in(lang))-2, lang)
	b.Allowed.Users = present(text.users, b.Content)
	b.attach(c.Files, lang)
	if c.Card != nil {
		e, all := embed(c.Card)
		b.Embeds = append(b.Embeds, e)
		b.Components = cardRows(c.Card, lang)
		whole = whole && all
	} else {
		b.Components = rows(newIDs(), c.Buttons, maxRows)
	}
	if !whole && len(b.files) < maxFiles {
		b.addFile("text.md", "text/markdown", []byte(c.String()))
	}
	if b.Content == "" && len(b.Embeds) == 0 && len(b.files) == 0 {
		b.Content = sayPlainOne.in(lang)
	}
	return b
}

// fit cuts a text and says that the whole is attached.
func fit(s string, most int, lang string) (string, bool) {
	if strings.TrimSpace(s) == "" {
		return "", true
	}
	if units(s) <= most {
		return s, true
	}
	return clip(s, most) + "\n" + sayWhole.in(lang), false
}

// present keeps the people whose mention is still in the text.
func present(users []string, text string) []string {
	var out []string
	for _, u := range users {
		if strings.Contains(text, "<@"+u+">") {
			out = append(out, u)
		}
	}
	return out
}

// embed renders a card; it reports whether everything fitted.
func embed(c *chat.Card) (*discordgo.MessageEmbed, bool) {
	left := maxEmbeds
	whole := true
	take := func(s string, most int) string {
		s = strings.TrimSpace(s)
		got := clip(s, max(0, min(most, left)))
		if min(most, left) <= 0 {
			got = ""
		}
		whole = whole && got == s
		left -= units(got)
		return got
	}
	title := c.Title
	if c.Number != "" {
		title = c.Number + " · " + title
	}
	e := &discordgo.MessageEmbed{Color: colours[c.Tone]}
	e.Title = take(escape(title), maxTitle)
	if foot := take(plain(c.Foot), maxFoot/2); foot != "" {
		e.Footer = &discordgo.MessageEmbedFooter{Text: foot}
	}
	for i, f := range c.Fields {
		if i == maxFields {
			whole = false
			break
		}
		name, value := take(orText(f.Name, "\u200b"), maxFieldName), take(orText(markdown(f.Value).text, "–"), maxFieldValue)
		if name == "" || value == "" {
			whole = false
			break
		}
		e.Fields = append(e.Fields, &discordgo.MessageEmbedField{Name: name, Value: value, Inline: !f.Wide})
	}
	e.Description = take(description(c), maxDescription)
	return e, whole
}

// plain is a text without markup, for places that show none.
func plain(t chat.Text) string { return strings.ReplaceAll(t.String(), "@", "@\u200b") }

// description is the body of a card with its list below.
func description(c *chat.Card) string {
	parts := []string{}
	if s := markdown(c.Body).text; strings.TrimSpace(s) != "" {
		parts = append(parts, s)
	}
	for i, it := range c.Items {
		parts = append(parts, "**"+strconv.Itoa(i+1)+"** "+markdown(it.Text).text)
	}
	return strings.Join(parts, "\n\n")
}

// cardRows are the rows of a card: its buttons, those of its items while there is
// room, and one select for everything else.
func cardRows(c *chat.Card, lang string) []discordgo.MessageComponent {
	ids := newIDs()
	out := rows(ids, c.Buttons, 2)
	folded := c.More
	fold := sayMore
	itemRows := 0
	for _, it := range c.Items {
		if len(it.Buttons) > 0 {
			itemRows++
		}
	}
	room := maxRows - len(out)
	if len(c.More) > 0 {
		room--
	}
	if itemRows <= room {
		for i, it := range c.Items {
			out = append(out, rows(ids, numberedButtons(it.Buttons, i, len(c.Items)), 1)...)
		}
	} else {
		for i, it := range c.Items {
			folded = append(folded[:len(folded):len(folded)], numberedButtons(it.Buttons, i, len(c.Items))...)
		}
		fold = sayPick
	}
	if menu, ok := menu(ids, folded, fold.in(lang)); ok && len(out) < maxRows {
		out = append(out, menu)
	}
	return out
}

// numberedButtons puts the number of the item before each label, when there are
// several items.
func numberedButtons(bs []chat.Button, i, of int) []chat.Button {
	if of < 2 {
		return bs
	}
	out := make([]chat.Button, len(bs))
	for j, b := range bs {
		b.Label = strconv.Itoa(i+1) + ". " + b.Label
		out[j] = b
	}
	return out
}

// ids refuses a custom id that a message has already: Discord does.
type ids map[string]bool

func newIDs() ids { return ids{} }

// of is the custom id of an action, or false when it cannot be one.
func (s ids) of(a chat.Action) (string, bool) {
	id, ok := chat.EncodeAction(a)
	if !ok || units(id) > 100 || s[id] {
		return "", false
	}
	s[id] = true
	return id, true
}

// rows lays buttons out in rows of five.
func rows(seen ids, bs []chat.Button, most int) []discordgo.MessageComponent {
	out := []discordgo.MessageComponent{}
	var now []discordgo.MessageComponent
	flush := func() {
		if len(now) > 0 && len(out) < most {
			out = append(out, row(now...))
		}
		now = nil
	}
	for _, b := range bs {
		if w, ok := button(seen, b); ok {
			now = append(now, w)
		}
		if len(now) == maxButtons {
			flush()
		}
	}
	flush()
	return out
}

func button(seen ids, b chat.Button) (discordgo.Button, bool) {
	w := discordgo.Button{Label: clip(orText(b.Label, "…"), maxLabel), Style: discordgo.SecondaryButton}
	if b.URL != "" {
		w.Style, w.URL = discordgo.LinkButton, b.URL
		web := strings.HasPrefix(b.URL, "https://") || strings.HasPrefix(b.URL, "http://")
		return w, web && units(b.URL) <= maxURL && !strings.ContainsAny(b.URL, " \n\t")
	}
	switch b.Style {
	case chat.StylePrimary:
		w.Style = discordgo.PrimaryButton
	case chat.StyleDanger:
		w.Style = discordgo.DangerButton
	}
	id, ok := seen.of(b.Action)
	w.CustomID = id
	return w, ok
}

// menu folds actions into one select.
func menu(seen ids, bs []chat.Button, title string) (discordgo.MessageComponent, bool) {
	m := discordgo.SelectMenu{CustomID: "more", Placeholder: clip(title, 150)}
	for _, b := range bs {
		if b.URL != "" || len(m.Options) == maxSelect {
			continue
		}
		if id, ok := seen.of(b.Action); ok {
			m.Options = append(m.Options, discordgo.SelectMenuOption{Label: clip(orText(b.Label, "…"), 100), Value: id})
		}
	}
	return row(m), len(m.Options) > 0
}

// attach adds the files that Discord takes and names those that it does not.
func (b *body) attach(files []chat.File, lang string) {
	var large []string
	for _, f := range files {
		switch {
		case len(f.Data) == 0:
		case len(f.Data) > maxUpload || len(b.files) == maxFiles-1:
			large = append(large, f.Name)
		default:
			b.addFile(f.Name, f.Type, f.Data)
		}
	}
	if len(large) > 0 {
		note := "\n" + sayCutFiles.in(lang) + " " + clip(escape(strings.Join(large, ", ")), 200)
		b.Content = strings.TrimSpace(clip(b.Content, maxContent-units(note)) + note)
	}
}

func (b *body) addFile(name, kind string, data []byte) {
	name = clip(orText(strings.Map(fileRune, name), "file"), 200)
	b.Attachments = append(b.Attachments, attachment{ID: strconv.Itoa(len(b.files)), Filename: name})
	b.files = append(b.files, upload{name: name, kind: orText(kind, "application/octet-stream"), data: data})
}

// fileRune keeps a file's name from being a path.
func fileRune(r rune) rune {
	if r == '/' || r == '\\' || r < ' ' {
		return '_'
	}
	return r
}
