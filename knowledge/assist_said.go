package knowledge

import (
	"context"
	"strconv"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

// copyWait is how long the translation of a message waits for the message itself to
// be shown inside.
const copyWait = 2 * time.Minute

// said translates one message of the conversation: a customer's for the people of
// the hotline, below their copy of it; one of theirs for the customer, as a draft to
// send.
func (h *helper) said(ctx context.Context, number string) (again time.Time, err error) {
	seq, err := strconv.Atoi(number)
	if err != nil {
		return again, nil
	}
	var e bot.CaseEvent
	waits := false
	err = h.desk.Store().View(ctx, func(r bot.Reader) error {
		events, err := r.Events(h.c.ID, seq-1)
		if err != nil || len(events) == 0 {
			return err
		}
		e = events[0]
		letters, err := r.Letters(h.c.ID)
		waits = bot.SaysSoon(letters, seq)
		return err
	})
	now := h.desk.Snapshot()
	switch {
	case err != nil || e.Type != bot.EvOpened && e.Type != bot.EvSaid:
		return again, err
	case waits && now.Now.Sub(e.At) < copyWait:
		return now.Now.Add(time.Second), nil
	case e.Actor.Role.Staff():
		return again, h.offerTranslation(ctx, now, e)
	}
	if e.Open != nil {
		e.Text = e.Open.Text
	}
	lang, ok := now.TranslateTo(&h.c, e.Text)
	if !ok {
		return again, nil
	}
	text, trace, err := h.model.Translate(ctx, e.Text, lang)
	h.heard(trace, err)
	if err != nil {
		return again, h.done(ctx, nil)
	}
	return again, h.done(ctx, func(tx bot.Tx) error {
		out, err := h.desk.Apply(tx, bot.Actor{}, h.c.ID, bot.Translated{Seq: seq, Lang: lang, Text: text})
		if err != nil {
			return err
		}
		return h.desk.Retell(tx, &out.Case, e, bot.Translation{Lang: lang, Text: text})
	})
}

var wordsInTheirs = say.Words{EN: "%s: the customer reads another language than you wrote. Machine translation, not sent:", ZH: "%s:你的回复与客户语言不同。机器翻译,尚未发送:"}

// offerTranslation shows whoever wrote to the customer in another language what they
// could send, where they wrote it, unseen by others.
func (h *helper) offerTranslation(ctx context.Context, w bot.World, e bot.CaseEvent) error {
	lang, ok := w.OfferIn(&h.c, e.Text)
	if !ok {
		return nil
	}
	text, trace, err := h.model.Translate(ctx, e.Text, lang)
	h.heard(trace, err)
	if err != nil {
		return h.done(ctx, nil)
	}
	reader := e.Actor.Lang
	if reader == "" {
		reader = w.Org.Lang
	}
	letter := bot.Letter{Template: bot.TplContent, Intent: chat.IntentPrivate, Audience: chat.Only(e.Actor.Via.Key()), Priority: bot.PrioPrivate,
		Lang: reader, To: e.Actor.Via, Person: e.Actor.ID, In: e.Ref.Place}
	return h.done(ctx, func(tx bot.Tx) error {
		return h.offerDraft(tx, letter, lang, text, wordsInTheirs.In(reader, h.c.Number), "")
	})
}

var (
	buttonSend      = say.Words{EN: "Send", ZH: "发送"}
	buttonSendIn    = say.Words{EN: "Send in English", ZH: "用英文发送"}
	buttonSendInHan = say.Words{EN: "Send in Chinese", ZH: "用中文发送"}
	buttonEdit      = say.Words{EN: "Edit", ZH: "编辑"}
)

// offerDraft keeps a text with the case and shows it to one person, who may send or
// edit it. The letter says where; foot may be empty.
func (h *helper) offerDraft(tx bot.Tx, letter bot.Letter, lang, text, head, foot string) error {
	out, err := h.desk.Apply(tx, bot.Actor{}, h.c.ID, bot.Drafted{For: letter.Person, Lang: lang, Text: text})
	if err != nil {
		return err
	}
	label := buttonSend
	switch {
	case say.IsChinese(lang) && !say.IsChinese(letter.Lang):
		label = buttonSendInHan
	case !say.IsChinese(lang) && say.IsChinese(letter.Lang):
		label = buttonSendIn
	}
	action := chat.Action{Verb: "senddraft", Case: h.c.Number, Arg: strconv.Itoa(out.Case.Seq)}
	edit := action
	edit.Verb = "editdraft"
	t := chat.Say("").Bold(head).Plain("\n" + text)
	if foot != "" {
		t = t.Plain("\n" + foot)
	}
	letter.Case = h.c.ID
	letter.Content = &chat.Content{Text: t, Buttons: []chat.Button{
		{Label: label.In(letter.Lang), Style: chat.StylePrimary, Action: action}, {Label: buttonEdit.In(letter.Lang), Action: edit}}}
	return h.desk.Post(tx, letter)
}
