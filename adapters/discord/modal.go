package discord

import (
	"maps"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"hotline/bot/chat"
)

// Types of component that the SDK does not know yet, or has in an older shape.
const (
	typeSelect  = 3
	typeInput   = 4
	typeText    = 10
	typeLabel   = 18
	styleShort  = 1
	styleLong   = 2
	maxInputs   = 5
	maxFormText = 4000
	maxSelect   = 25
)

// fixPrefix begins the custom id of the button that opens a refused form again.
const fixPrefix = "fix:"

// form is a modal as it is sent.
type form struct {
	CustomID string  `json:"custom_id"`
	Title    string  `json:"title"`
	Fields   []field `json:"components"`
}

// field is a label around an input, or a text that introduces the form.
type field struct {
	Type        int    `json:"type"`
	Content     string `json:"content,omitempty"`
	Label       string `json:"label,omitempty"`
	Description string `json:"description,omitempty"`
	Input       *input `json:"component,omitempty"`
}

// input is a line, a text or a select.
type input struct {
	Type        int      `json:"type"`
	CustomID    string   `json:"custom_id"`
	Style       int      `json:"style,omitempty"`
	Placeholder string   `json:"placeholder,omitempty"`
	Value       string   `json:"value,omitempty"`
	Required    bool     `json:"required"`
	MaxLength   int      `json:"max_length,omitempty"`
	Options     []picked `json:"options,omitempty"`
}

// picked is one option of a select.
type picked struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Default bool   `json:"default,omitempty"`
}

// modal opens a form.
func modal(f *chat.Form) callback {
	out := &form{CustomID: f.ID, Title: clip(orText(f.Title, "Hotline"), 45)}
	inputs := f.Inputs[:min(len(f.Inputs), maxInputs)]
	if intro := clip(markdown(f.Intro).text, maxContent); intro != "" && len(inputs) < maxInputs {
		out.Fields = append(out.Fields, field{Type: typeText, Content: intro})
	}
	for _, in := range inputs {
		out.Fields = append(out.Fields, label(in))
	}
	return callback{Type: discordgo.InteractionResponseModal, Data: &callbackData{form: out}}
}

func label(in chat.Input) field {
	w := &input{Type: typeInput, CustomID: clip(in.Name, 100), Required: in.Required, Placeholder: clip(in.Hint, 100)}
	if in.Kind == chat.FieldChoice {
		w.Options = options(in)
	}
	if len(w.Options) > 0 {
		w.Type = typeSelect
	} else {
		w.Style = styleShort
		if in.Kind == chat.FieldText {
			w.Style = styleLong
		}
		w.MaxLength = min(max(in.Max, 0), maxFormText)
		if w.MaxLength == 0 {
			w.MaxLength = 3000
		}
		w.Value = cutUnits(in.Value, w.MaxLength)
	}
	return field{Type: typeLabel, Label: clip(orText(in.Label, in.Name), 45), Input: w}
}

// options are the choices that a select can offer; values must differ and not be
// empty.
func options(in chat.Input) []picked {
	var out []picked
	for _, c := range in.Choices {
		twice := slices.ContainsFunc(out, func(p picked) bool { return p.Value == c.Value })
		if len(out) < maxSelect && c.Value != "" && units(c.Value) <= 100 && !twice {
			out = append(out, picked{clip(orText(c.Label, c.Value), 100), c.Value, c.Value == in.Value})
		}
	}
	return out
}

// filled collects the values of a submitted form by the names of its fields.
func filled(cs []component) map[string]string {
	out := map[string]string{}
	var walk func([]component, int)
	walk = func(cs []component, depth int) {
		for _, c := range cs {
			if c.Component != nil && depth < 4 {
				walk([]component{*c.Component}, depth+1)
			}
			if len(c.Components) > 0 && depth < 4 {
				walk(c.Components, depth+1)
			}
			switch {
			case c.CustomID == "" || len(out) > 50:
			case len(c.Values) > 0:
				out[c.CustomID] = c.Values[0]
			case c.Type == typeInput || c.Type == typeSelect:
				out[c.CustomID] = c.Value
			}
		}
	}
	walk(cs, 0)
	return out
}

// forms remembers the forms that are open, so that one whose values were refused
// can be opened again with what was typed. Discord closes a form when it is sent.
type forms struct{ *recent[string, chat.Form] }

func newForms() *forms { return &forms{newRecent[string, chat.Form](500)} }

func formKey(it *interaction, id string) string { return it.who().User + " " + id }

// fix says what is wrong with a form and offers to open it again.
func (a *Adapter) fix(it *interaction, ans chat.Answer) callback {
	lang := langOf(it.Locale)
	f, known := a.forms.get(formKey(it, it.Data.CustomID))
	labels := map[string]string{}
	for _, in := range f.Inputs {
		labels[in.Name] = in.Label
	}
	lines := []string{sayFix.in(lang)}
	for _, name := range slices.Sorted(maps.Keys(ans.Errors)) {
		lines = append(lines, "• "+orText(labels[name], name)+": "+ans.Errors[name])
	}
	b := bare(strings.Join(lines, "\n"))
	if known {
		values := filled(it.Data.Components)
		f.Inputs = slices.Clone(f.Inputs)
		for i := range f.Inputs {
			if v, ok := values[f.Inputs[i].Name]; ok {
				f.Inputs[i].Value = v
			}
		}
		a.forms.put(it.ID, f)
		b.Components = []discordgo.MessageComponent{row(discordgo.Button{
			Label: sayFixButton.in(lang), Style: discordgo.PrimaryButton, CustomID: fixPrefix + it.ID,
		})}
	}
	return privateBody(b)
}

// reopen opens a refused form again.
func (a *Adapter) reopen(key, lang string) callback {
	f, ok := a.forms.get(key)
	if !ok {
		return privately(sayFormGone.in(lang))
	}
	return modal(&f)
}

func row(cs ...discordgo.MessageComponent) discordgo.ActionsRow {
	return discordgo.ActionsRow{Components: cs}
}

func orText(s, otherwise string) string {
	if strings.TrimSpace(s) == "" {
		return otherwise
	}
	return s
}
