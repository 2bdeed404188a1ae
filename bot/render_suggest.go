package bot

import (
	"strings"

	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordSuggestHead = say.Words{EN: "This helped others", ZH: "以下方法解决过类似问题"}
	wordSuggestFoot = say.Words{EN: "Somebody is looking at your case either way.", ZH: "无论如何,我们都会继续跟进。"}
	wordIsIt        = say.Words{EN: "Is it this: %s?", ZH: "是不是这个问题:%s?"}
	wordHelped      = say.Words{EN: "helped %d times", ZH: "已帮助 %d 次"}

	buttonThis   = say.Words{EN: "This was it", ZH: "就是它"}
	buttonSolved = say.Words{EN: "Solved it", ZH: "解决了"}
	buttonNot    = say.Words{EN: "Did not help", ZH: "没有帮助"}
	buttonOther  = say.Words{EN: "Not the same", ZH: "不是同一问题"}
	buttonIsIt   = say.Words{EN: "Yes, this", ZH: "是的"}
	buttonIsNot  = say.Words{EN: "No", ZH: "不是"}
)

var triedWords = map[string]say.Words{
	TriedSolved: {EN: "it helped", ZH: "有帮助"},
	TriedNot:    {EN: "it did not help", ZH: "没有帮助"},
	TriedOther:  {EN: "not the same problem", ZH: "不是同一问题"},
	TriedSame:   {EN: "it is this", ZH: "就是这个问题"},
}

// TriedName says what became of a suggestion.
func TriedName(outcome, lang string) string { return triedWords[outcome].In(lang) }

// similar lists what the knowledge base found, for a responder.
func (r *renderer) similar() []chat.Item {
	var items []chat.Item
	for _, h := range r.c.Suggested[:min(3, len(r.c.Suggested))] {
		t := chat.Say("").Bold(h.ID).Plain(" " + Shorten(h.Title, 80))
		if h.Helped > 0 {
			t = t.Plain(" · " + r.say(wordHelped, h.Helped))
		}
		if w, ok := triedWords[h.Tried]; ok {
			t = t.Plain(" · " + r.say(w))
		}
		item := chat.Item{Text: t}
		if h.Kind == "article" && r.c.State.Open() && h.Tried != TriedSolved {
			item.Buttons = []chat.Button{r.button(buttonThis, "solved", h.ID, chat.StylePlain)}
		}
		items = append(items, item)
	}
	return items
}

// suggest shows the customer at most three probable fixes; the question first when
// that is not sure enough.
func (r *renderer) suggest() chat.Content {
	if h, ok := r.c.Question(); ok && (h.Tried == "" || h.Tried == TriedOther) {
		return r.isIt(h)
	}
	card := &chat.Card{Title: r.say(wordSuggestHead), Tone: chat.ToneNormal, Body: r.advice()}
	if r.c.State.Active() {
		card.Foot = chat.T(r.say(wordSuggestFoot))
	}
	for _, h := range r.c.Suggested {
		if h.Internal || len(card.Items) == 3 {
			continue
		}
		card.Items = append(card.Items, r.fix(h))
	}
	return chat.Content{Card: card}
}

// Question is the suggestion that the customer is asked about; ok is false when
// there was no question.
func (c *Case) Question() (h Hit, ok bool) {
	if !c.AskFirst {
		return Hit{}, false
	}
	return find(c.Suggested, func(h *Hit) bool { return !h.Internal })
}

// isIt asks whether it is this. Once the answer is no, only that is left.
func (r *renderer) isIt(h Hit) chat.Content {
	text := chat.Say("").Bold(r.say(wordIsIt, strings.TrimRight(Shorten(h.Title, 120), "?.？。")))
	if h.Tried != "" || !r.c.State.Active() {
		if w, ok := triedWords[h.Tried]; ok {
			text = text.Plain("\n" + capital(r.say(w)))
		}
		return chat.Content{Text: text}
	}
	return chat.Content{Text: text.Plain("\n" + r.say(wordSuggestFoot)), Buttons: []chat.Button{
		r.button(buttonIsIt, "isit", h.ID, chat.StylePrimary), r.button(buttonIsNot, "notsame", h.ID, chat.StylePlain)}}
}

// fix is one suggestion with what can be said about it; the buttons go once
// something was said.
func (r *renderer) fix(h Hit) chat.Item {
	t := chat.Say("").Bold(Shorten(h.Title, 120))
	if h.Known == KnownOpen {
		t = t.Plain("\n" + r.say(wordKnownOpen))
	}
	t = t.Plain("\n" + Shorten(h.Extract, 400)).Plain("\n" + r.source(h))
	item := chat.Item{Text: t}
	switch {
	case h.Tried != "" && h.Tried != TriedSame:
		item.Text = t.Plain(" · " + r.say(triedWords[h.Tried]))
	case r.c.State.Active():
		item.Buttons = []chat.Button{
			r.button(buttonSolved, "solved", h.ID, chat.StylePrimary), r.button(buttonNot, "nothelp", h.ID, chat.StylePlain)}
		if h.Tried != TriedSame {
			item.Buttons = append(item.Buttons, r.button(buttonOther, "notsame", h.ID, chat.StylePlain))
		}
	}
	return item
}

// source says where a suggestion comes from: id, matched words, age, successes.
func (r *renderer) source(h Hit) string {
	parts := []string{h.ID}
	if len(h.Words) > 0 {
		parts = append(parts, strings.Join(h.Words[:min(4, len(h.Words))], " "))
	}
	if h.Helped > 0 {
		parts = append(parts, r.say(wordHelped, h.Helped))
	}
	if !h.Updated.IsZero() {
		parts = append(parts, h.Updated.Format("2006-01-02"))
	}
	return strings.Join(parts, " · ")
}
