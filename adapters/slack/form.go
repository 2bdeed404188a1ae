package slack

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	sdk "github.com/slack-go/slack"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

// Bounds of modals, from Slack's documentation.
const (
	maxTitle       = 24
	maxLabel       = 2000
	maxInput       = 3000
	maxPrivate     = 3000
	maxOptions     = 100
	maxOptionText  = 75
	maxOptionValue = 150
	maxPlaceholder = 150
)

const (
	inputPrefix = "in:" // before the input's name in its block id
	inputAction = "v"
	formID      = "form" // callback id of all forms
)

// opened is what a form remembers of where it was opened.
type opened struct {
	ID      string `json:"id"`
	Channel string `json:"c,omitempty"`
	Thread  string `json:"t,omitempty"`
	Message string `json:"m,omitempty"`
	Hook    string `json:"h,omitempty"`
}

// modal draws a form that was opened by an act.
func modal(f *chat.Form, ac *act, lang string) sdk.ModalViewRequest {
	mem := opened{ID: f.ID, Channel: ac.ev.Where.Channel, Thread: ac.ev.Where.Thread, Message: ac.ev.Message.ID, Hook: ac.hook}
	private, _ := json.Marshal(mem)
	if len(private) > maxPrivate {
		mem.Hook = ""
		private, _ = json.Marshal(mem)
	}
	v := sdk.ModalViewRequest{
		Type: sdk.VTModal, CallbackID: formID, Title: plainText(firstOf(f.Title, "Hotline"), maxTitle),
		Submit: plainText(firstOf(f.Submit, inLang(lang, "Send", "提交")), maxTitle), Close: plainText(inLang(lang, "Cancel", "取消"), maxTitle),
		PrivateMetadata: string(private),
	}
	if len(f.Intro) > 0 {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, sections(f.Intro, 2)...)
	}
	for _, in := range f.Inputs {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, inputBlock(in))
	}
	return v
}

// inputBlock draws one field.
func inputBlock(in chat.Input) *sdk.InputBlock {
	var el sdk.BlockElement
	if in.Kind == chat.FieldChoice && len(in.Choices) > 0 {
		el = choice(in)
	} else {
		limit := maxInput
		if in.Max > 0 {
			limit = min(in.Max, maxInput)
		}
		el = &sdk.PlainTextInputBlockElement{
			Type: sdk.METPlainTextInput, ActionID: inputAction, Multiline: in.Kind == chat.FieldText, MaxLength: limit, InitialValue: cutRunes(in.Value, limit),
		}
	}
	b := sdk.NewInputBlock(inputPrefix+in.Name, plainText(firstOf(in.Label, in.Name), maxLabel), nil, el)
	b.Optional = !in.Required
	if in.Hint != "" {
		b.Hint = plainText(in.Hint, maxLabel)
	}
	return b
}

// choice draws a menu; values too long for Slack are sent as their position.
func choice(in chat.Input) *sdk.SelectBlockElement {
	el := &sdk.SelectBlockElement{Type: sdk.OptTypeStatic, ActionID: inputAction}
	for i, c := range in.Choices[:min(len(in.Choices), maxOptions)] {
		value := c.Value
		if n := utf8.RuneCountInString(value); n == 0 || n > maxOptionValue {
			value = "#" + strconv.Itoa(i)
		}
		o := sdk.NewOptionBlockObject(value, plainText(firstOf(c.Label, c.Value, "-"), maxOptionText), nil)
		el.Options = append(el.Options, o)
		if c.Value == in.Value && el.InitialOption == nil && in.Value != "" {
			el.InitialOption = o
		}
	}
	return el
}

// submitted decodes a form that was sent.
func (a *Adapter) submitted(ac *act, l loose.Object) bool {
	view := l.Sub("view")
	var mem opened
	if view.Text("callback_id") != formID || json.Unmarshal([]byte(view.Text("private_metadata")), &mem) != nil || mem.ID == "" {
		return false
	}
	ac.submit = true
	ac.ev.Kind = chat.KindForm
	ac.ev.Key = "form:" + view.Text("id") + ":" + view.Text("hash")
	ac.ev.Form = chat.Filled{ID: mem.ID, Values: values(view.Sub("state").Sub("values"))}
	ac.ev.Where = a.place(mem.Channel, mem.Thread)
	ac.ev.Where.Direct = ac.ev.Where.Direct || mem.Channel == ""
	ac.ev.From.External = a.outsider(ac.ev.From.User, ac.ev.From.Tenant, mem.Channel)
	if mem.Message != "" {
		ac.ev.Message = chat.MessageRef{Place: ac.ev.Where, ID: mem.Message}
	}
	ac.hook = mem.Hook
	ac.ev.Reply = a.reply(mem.Hook, mem.Thread)
	ac.first = firstInput(view["blocks"])
	return true
}

// values reads what was entered, by the name of the input.
func values(state loose.Object) map[string]string {
	out := map[string]string{}
	for block := range state {
		name, ok := strings.CutPrefix(block, inputPrefix)
		if !ok {
			continue
		}
		v := state.Sub(block).Sub(inputAction)
		out[name] = firstOf(v.Text("value"), v.Sub("selected_option").Text("value"))
	}
	return out
}

// firstInput is the block id of the first input, for an error that belongs to none.
func firstInput(blocks json.RawMessage) string {
	var list []loose.Object
	if json.Unmarshal(blocks, &list) != nil {
		return ""
	}
	for _, b := range list {
		if b.Text("type") == "input" {
			return b.Text("block_id")
		}
	}
	return ""
}

// wordsView shows words in place of the form.
func wordsView(words, lang string) *sdk.ModalViewRequest {
	return &sdk.ModalViewRequest{
		Type: sdk.VTModal, CallbackID: "words", Title: plainText("Hotline", maxTitle), Close: plainText(inLang(lang, "Close", "关闭"), maxTitle),
		Blocks: sdk.Blocks{BlockSet: sections(chat.T(words), 3)},
	}
}

// plainText is a text object of at most limit characters and at least one.
func plainText(s string, limit int) *sdk.TextBlockObject {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.TrimSpace(s) == "" {
		s = "-"
	}
	return sdk.NewTextBlockObject(sdk.PlainTextType, cutRunes(s, limit), true, false)
}

// inLang picks words by language.
func inLang(lang, en, zh string) string {
	if lang == "zh" {
		return zh
	}
	return en
}
