package bot

import (
	"strings"

	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordMachine    = say.Words{EN: "Machine translation:", ZH: "机器翻译:"}
	wordAdviceFrom = say.Words{EN: "From %s (written by machine)", ZH: "依据 %s(机器生成)"}
	wordAnd        = say.Words{EN: " and ", ZH: "、"}
)

// maxTranslation is how many characters of a translation a card shows.
const maxTranslation = 600

// translation adds a translation below a text, marked as what it is.
func (r *renderer) translation(text chat.Text, translation string) chat.Text {
	if len(text) > 0 {
		text = text.Plain("\n")
	}
	return text.Bold(r.say(wordMachine)).Plain("\n" + Shorten(translation, maxTranslation))
}

// customerSaid is the copy of a customer's message, with its translation when there
// is one.
func (r *renderer) customerSaid() chat.Content {
	content := r.quoted(wordCustomerSaid)
	if t := r.l.Args["translation"]; t != "" {
		content.Text = r.translation(content.Text, t)
	}
	return content
}

// advice is the short answer above the suggestions, with the articles it rests on.
func (r *renderer) advice() chat.Text {
	a := r.c.Advice
	if a.Text == "" {
		return nil
	}
	return chat.T(a.Text).Plain("\n" + SourcesLine(a.From, r.lang))
}

// SourcesLine names the articles that a text written by machine rests on.
func SourcesLine(ids []string, lang string) string {
	list := strings.Join(ids, ", ")
	if n := len(ids); n > 1 {
		list = strings.Join(ids[:n-1], ", ") + wordAnd.In(lang) + ids[n-1]
	}
	return wordAdviceFrom.In(lang, list)
}
