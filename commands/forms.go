package commands

import (
	"errors"
	"strconv"
	"unicode/utf8"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsFieldEmpty   = say.Words{EN: "Please fill this in.", ZH: "请填写此项。"}
	wordsFieldLong    = say.Words{EN: "At most %d characters.", ZH: "最多 %d 个字。"}
	wordsFieldChoice  = say.Words{EN: "Please choose one of the list.", ZH: "请从列表中选择。"}
	wordsSend         = say.Words{EN: "Send", ZH: "提交"}
	wordsInternalOnly = say.Words{EN: "Internal: the customer does not see it.", ZH: "内部可见,客户看不到。"}
	wordsCustomerSees = say.Words{EN: "The customer reads this.", ZH: "客户会看到此内容。"}
)

// errorText is a refusal as a person reads it.
func errorText(err error, lang string) string {
	ue, ok := errors.AsType[*bot.UserError](err)
	if !ok {
		return wordsBusy.In(lang) + " " + wordsTryAgain.In(lang)
	}
	if ue.Hint == "" {
		return ue.Say
	}
	return ue.Say + " " + ue.Hint
}

// fieldErrors checks a submitted form against its definition, by input name.
func fieldErrors(f *chat.Form, values map[string]string, lang string) map[string]string {
	errs := map[string]string{}
	for _, in := range f.Inputs {
		v := bot.CleanText(values[in.Name], chat.MaxText)
		limit := in.Max
		if limit == 0 {
			limit = 3000
		}
		switch {
		case v == "" && in.Required:
			errs[in.Name] = wordsFieldEmpty.In(lang)
		case utf8.RuneCountInString(v) > limit:
			errs[in.Name] = wordsFieldLong.In(lang, limit)
		case v != "" && in.Kind == chat.FieldChoice && !hasChoice(in.Choices, v):
			errs[in.Name] = wordsFieldChoice.In(lang)
		}
	}
	return errs
}

func hasChoice(choices []chat.Choice, v string) bool {
	for _, c := range choices {
		if c.Value == v {
			return true
		}
	}
	return false
}

// newForm begins a form for the verb of a call. Its id carries verb, case and
// generation; arg is one short argument more.
func (c *call) newForm(title say.Words, arg string, inputs ...chat.Input) *chat.Form {
	number := c.args["case"]
	if n, _, ok := bot.ParseNumber(number); ok {
		number = n
	}
	verb := c.verb.name
	if c.path != verb { // a sub-verb: its name leads the argument
		top, _, _ := cutSpace(c.path)
		verb, arg = top, c.path[len(top)+1:]+" "+arg
	}
	id, ok := chat.EncodeAction(chat.Action{Verb: verb, Case: number, Arg: arg, Gen: c.gen})
	if !ok {
		id, _ = chat.EncodeAction(chat.Action{Verb: verb})
	}
	t := title.In(c.lang)
	if number != "" && utf8.RuneCountInString(t)+len(number)+1 <= 24 {
		t += " " + number
	}
	return &chat.Form{ID: id, Title: t, Submit: wordsSend.In(c.lang), Inputs: inputs}
}

func cutSpace(s string) (before, after string, ok bool) {
	for i := range len(s) {
		if s[i] == ' ' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// line, area and pick are the kinds of input.
func (c *call) line(name string, label say.Words, required bool, max int) chat.Input {
	return chat.Input{Name: name, Label: label.In(c.lang), Kind: chat.FieldLine, Required: required, Max: max, Value: c.args[name]}
}

func (c *call) area(name string, label, hint say.Words, required bool) chat.Input {
	return chat.Input{Name: name, Label: label.In(c.lang), Hint: hint.In(c.lang), Kind: chat.FieldText, Required: required, Max: 3000, Value: c.args[name]}
}

func (c *call) pick(name string, label say.Words, required bool, value string, choices ...chat.Choice) chat.Input {
	return chat.Input{Name: name, Label: label.In(c.lang), Kind: chat.FieldChoice, Required: required, Value: value, Choices: choices}
}

func (c *call) severityChoices() []chat.Choice {
	var out []chat.Choice
	for s := bot.Severity(1); s <= 4; s++ {
		out = append(out, chat.Choice{Value: strconv.Itoa(int(s)), Label: bot.SeverityName(s, c.lang)})
	}
	return out
}
