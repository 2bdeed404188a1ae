package slack

import (
	"strconv"
	"strings"

	sdk "github.com/slack-go/slack"

	"hotline/bot/chat"
)

// Bounds of blocks, from Slack's documentation.
const (
	maxBlocks     = 50
	maxFields     = 10
	maxFieldText  = 1900
	maxItems      = 10
	maxButtonText = 75
	maxOverflow   = 5
	textSections  = 5
)

// shown is a content as Slack shows it.
type shown struct {
	blocks []sdk.Block
	text   string // for notifications and screen readers
	rest   string // the whole as plain text, when not all of it fits
}

// renderer draws a content.
type renderer struct {
	lang    string
	blocks  []sdk.Block
	actions int
	cut     bool
}

// render draws a content within Slack's limits whatever it holds. file says that
// the whole text will be attached when it does not fit.
func render(c chat.Content, lang string, file bool) shown {
	r := &renderer{lang: lang}
	r.body(c.Text)
	if c.Card != nil {
		r.card(c.Card)
	}
	r.buttons(c.Buttons, nil)
	out := shown{blocks: r.blocks, text: fallbackText(c)}
	if len(out.blocks) > maxBlocks {
		out.blocks, r.cut = out.blocks[:maxBlocks], true
	}
	if r.cut {
		out.rest = c.String()
		mark := inLang(lang, "_… shortened_", "_… 内容已截短_")
		if file {
			mark = inLang(lang, "_… the whole text is in the file below_", "_… 全文见下方文件_")
		}
		out.blocks = append(out.blocks[:min(len(out.blocks), maxBlocks-1)], sdk.NewContextBlock("", markupText(mark)))
	}
	return out
}

// fallbackText is the content in words, escaped.
func fallbackText(c chat.Content) string {
	t := append(chat.Text(nil), c.Text...)
	if c.Card != nil {
		if len(t) > 0 {
			t = t.Plain("\n")
		}
		t = t.Plain(c.Card.String())
	}
	return firstOf(mrkdwn(t, maxSection), " ")
}

// body draws a text in sections; what does not fit is marked.
func (r *renderer) body(t chat.Text) {
	parts := chunks(atoms(t), maxSection)
	if len(parts) > textSections-1 {
		parts, r.cut = parts[:textSections-1], true
	}
	for _, p := range parts {
		r.blocks = append(r.blocks, section(p))
	}
}

// tones are the marks of cards, seen from afar.
var tones = map[chat.Tone]string{
	chat.ToneAlarm: "🔴", chat.ToneWarning: "🟠", chat.ToneNormal: "🔵", chat.ToneGood: "✅", chat.ToneQuiet: "⚪",
}

func (r *renderer) card(c *chat.Card) {
	head := strings.TrimSpace(c.Number + " " + c.Title)
	t := chat.Text(nil)
	if mark := tones[c.Tone]; mark != "" {
		t = t.Plain(mark + " ")
	}
	r.blocks = append(r.blocks, section(firstOf(mrkdwn(t.Bold(head), maxSection), "-")))
	r.body(c.Body)
	r.fields(c.Fields)
	items := c.Items
	if len(items) > maxItems {
		items, r.cut = items[:maxItems], true
	}
	for _, it := range items {
		r.item(it)
	}
	r.buttons(c.Buttons, c.More)
	if foot := mrkdwn(c.Foot, maxSection); foot != "" {
		r.blocks = append(r.blocks, sdk.NewContextBlock("", markupText(foot)))
	}
}

// fields draws facts side by side; wide ones have a row of their own.
func (r *renderer) fields(list []chat.Field) {
	if len(list) > maxFields {
		list, r.cut = list[:maxFields], true
	}
	var side []*sdk.TextBlockObject
	var wide []sdk.Block
	for _, f := range list {
		t := chat.Text(nil).Bold(firstOf(f.Name, "-")).Plain("\n")
		t = append(t, f.Value...)
		parts := chunks(atoms(t), maxFieldText)
		if len(parts) == 0 {
			parts = []string{"-"}
		}
		if len(parts) > 1 {
			r.cut = true
			parts[0] += " …"
		}
		if f.Wide {
			wide = append(wide, section(parts[0]))
		} else {
			side = append(side, markupText(parts[0]))
		}
	}
	if len(side) > 0 {
		r.blocks = append(r.blocks, sdk.NewSectionBlock(nil, side, nil))
	}
	r.blocks = append(r.blocks, wide...)
}

// item draws an entry of a list; a single button stands beside it.
func (r *renderer) item(it chat.Item) {
	parts := chunks(atoms(it.Text), maxSection)
	if len(parts) == 0 {
		parts = []string{"-"}
	}
	if len(parts) > 1 {
		parts[0], r.cut = parts[0]+" …", true
	}
	b := section(parts[0])
	r.blocks = append(r.blocks, b)
	if len(it.Buttons) == 1 {
		if el := r.button(it.Buttons[0]); el != nil {
			b.Accessory = sdk.NewAccessory(el)
		}
		return
	}
	r.buttons(it.Buttons, nil)
}

// buttons draws a row of actions with the further ones folded into menus.
func (r *renderer) buttons(list, more []chat.Button) {
	var els []sdk.BlockElement
	for _, b := range list[:min(len(list), 10)] {
		if el := r.button(b); el != nil {
			els = append(els, el)
		}
	}
	var options []*sdk.OptionBlockObject
	for _, b := range more[:min(len(more), 2*maxOverflow)] {
		if o := option(b); o != nil {
			options = append(options, o)
		}
	}
	for len(options) > 0 {
		n := min(len(options), maxOverflow)
		els = append(els, sdk.NewOverflowBlockElement(r.actionID(), options[:n]...))
		options = options[n:]
	}
	if len(els) > 0 {
		r.blocks = append(r.blocks, sdk.NewActionBlock("", els...))
	}
}

// actionID makes an id that is unique in the message.
func (r *renderer) actionID() string {
	r.actions++
	return "a" + strconv.Itoa(r.actions)
}

// button draws one action; nil when it can be none.
func (r *renderer) button(b chat.Button) *sdk.ButtonBlockElement {
	label := plainText(b.Label, maxButtonText)
	if b.URL != "" {
		if !webURL(b.URL) {
			return nil
		}
		el := sdk.NewButtonBlockElement(r.actionID(), "", label)
		el.URL = b.URL
		return el
	}
	value, ok := chat.EncodeAction(b.Action)
	if !ok {
		return nil
	}
	el := sdk.NewButtonBlockElement(r.actionID(), value, label)
	switch b.Style {
	case chat.StylePrimary:
		el.Style = sdk.StylePrimary
	case chat.StyleDanger:
		el.Style = sdk.StyleDanger
	}
	return el
}

// option draws one folded action.
func option(b chat.Button) *sdk.OptionBlockObject {
	label := plainText(b.Label, maxOptionText)
	if b.URL != "" {
		if !webURL(b.URL) {
			return nil
		}
		o := sdk.NewOptionBlockObject("link", label, nil)
		o.URL = b.URL
		return o
	}
	value, ok := chat.EncodeAction(b.Action)
	if !ok {
		return nil
	}
	return sdk.NewOptionBlockObject(value, label, nil)
}
