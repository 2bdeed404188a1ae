package bot

import (
	"strings"

	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordDraftMade   = say.Words{EN: "%s was drafted from %s. A second person publishes it.", ZH: "已根据 %[2]s 起草 %[1]s,请另一人审核发布。"}
	wordDraftBy     = say.Words{EN: "%s wrote %s. A second person publishes it.", ZH: "%s 撰写了 %s,请另一人审核发布。"}
	wordDraftEdited = say.Words{EN: "%s changed %s. A second person publishes it.", ZH: "%s 修改了 %s,请另一人审核发布。"}
	wordDraftFix    = say.Words{EN: "%s wrote the fix of the known problem %s. A second person publishes it; the customers who wait are told.", ZH: "%s 填写了已知问题 %s 的修复方法,请另一人审核发布,发布后会通知等待的客户。"}
	wordDraftFAQ    = say.Words{EN: "Asked again and again: %s was made from %s. A second person publishes it.", ZH: "同类问题多次出现:已根据 %[2]s 整理出常见问题 %[1]s,请审核发布。"}
	wordTwin        = say.Words{EN: "%s tells much the same: %s", ZH: "%s 内容相近:%s"}

	buttonPublish = say.Words{EN: "Publish", ZH: "发布"}
	buttonMerge   = say.Words{EN: "Merge into %s", ZH: "合并到 %s"}
	buttonDismiss = say.Words{EN: "Dismiss", ZH: "不采用"}
)

// Posted is the Gen of a button in a message that the hotline posted about an
// article: once it is pressed the message says what became of it.
const Posted = 1

// ArticleWaits asks for a second person to publish what waits of an article. twin is
// a published article that tells the same, or nil.
func ArticleWaits(w World, a, twin *Article, lang string) chat.Content {
	text := chat.Say("").Bold(waitsHead(w, a, lang))
	t := a.Text()
	if a.Proposed != nil {
		t = a.Proposed.ArticleText
	}
	text = text.Plain("\n" + t.Title + "\n" + Shorten(t.Solution, 600))
	if twin != nil {
		text = text.Plain("\n" + wordTwin.In(lang, twin.ID, Shorten(twin.Title, 100)))
	}
	return chat.Content{Text: text, Buttons: WaitsButtons(a, twin, lang, Posted)}
}

func waitsHead(w World, a *Article, lang string) string {
	switch {
	case a.Proposed != nil && a.Proposed.Known == KnownFixed && a.Known == KnownOpen:
		return wordDraftFix.In(lang, firstOf(w.Name(a.Proposed.Author), "Hotline"), a.ID)
	case a.Proposed != nil:
		return wordDraftEdited.In(lang, firstOf(w.Name(a.Proposed.Author), "Hotline"), a.ID)
	case a.Kind == KindFAQ && len(a.Cases) > 0:
		return wordDraftFAQ.In(lang, a.ID, listed(a.Cases, 5))
	case a.Case != "":
		return wordDraftMade.In(lang, a.ID, a.Case)
	default:
		return wordDraftBy.In(lang, firstOf(w.Name(a.Author), "Hotline"), a.ID)
	}
}

// listed joins numbers with commas and cuts the list.
func listed(numbers []string, most int) string {
	if len(numbers) > most {
		return strings.Join(numbers[:most], ", ") + " …"
	}
	return strings.Join(numbers, ", ")
}

// WaitsButtons are what a second person can do about an article; gen is [Posted], or
// 0 in an answer to one person.
func WaitsButtons(a, twin *Article, lang string, gen int) []chat.Button {
	button := func(label, verb, arg string, style chat.Style) chat.Button {
		return chat.Button{Label: label, Style: style, Action: chat.Action{Verb: verb, Arg: arg, Gen: gen}}
	}
	if twin == nil {
		return []chat.Button{button(buttonPublish.In(lang), "kbpublish", a.ID, chat.StylePrimary), button(buttonDismiss.In(lang), "kbdismiss", a.ID, chat.StylePlain)}
	}
	buttons := []chat.Button{button(buttonPublish.In(lang), "kbpublish", a.ID+" "+twin.ID, chat.StylePlain), button(buttonDismiss.In(lang), "kbdismiss", a.ID, chat.StylePlain)}
	if a.State == ArticleDraft {
		buttons = append([]chat.Button{button(buttonMerge.In(lang, twin.ID), "kbmerge", a.ID+" "+twin.ID, chat.StylePrimary)}, buttons...)
	}
	return buttons
}
