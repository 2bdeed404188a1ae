package knowledge

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsSummary    = say.Words{EN: "%s so far, summed up by machine:", ZH: "%s 至今的情况(机器摘要):"}
	wordsReplyDraft = say.Words{EN: "Draft for the customer of %s, written by machine, not sent:", ZH: "给 %s 客户的回复草稿(机器生成,尚未发送):"}
	wordsAnswer     = say.Words{EN: "In short:", ZH: "简而言之:"}
	wordsNoModel    = say.Words{EN: "The language model gave nothing usable for %s. /case %[1]s shows what happened.", ZH: "语言模型未能为 %s 给出可用内容。可用 /case %[1]s 查看经过。"}
	wordsNoSources  = say.Words{EN: "No article fits %s, so there is nothing to draft from.", ZH: "没有适用于 %s 的知识条目,无法起草回复。"}
)

// summary sums the case up for somebody who takes it. A case of which nothing more
// than the report is known needs none.
func (h *helper) summary(ctx context.Context, person string) error {
	w := h.desk.Snapshot()
	p, ok := w.Org.Person(person)
	if !ok || !p.Role.Staff() || !h.c.State.Active() {
		return nil
	}
	events, err := h.story(ctx)
	if err != nil || len(events) < 2 {
		return err
	}
	lang := w.LangOf(p)
	text, trace, err := h.model.Handover(ctx, events, lang)
	h.heard(trace, err)
	return h.done(ctx, func(tx bot.Tx) error {
		if err != nil {
			return nil
		}
		return h.desk.Post(tx, bot.Notice(h.desk.World(tx), person, summaryText(h.c.Number, text, lang))...)
	})
}

func summaryText(number, text, lang string) chat.Text {
	return chat.Say("").Bold(wordsSummary.In(lang, number)).Plain("\n" + text)
}

// story is what happened on the case, told for the people of the hotline.
func (h *helper) story(ctx context.Context) ([]string, error) {
	var events []bot.CaseEvent
	err := h.desk.Store().View(ctx, func(r bot.Reader) (err error) {
		events, err = r.Events(h.c.ID, 0)
		return err
	})
	return story(events, true), err
}

// Bounds of what of a case goes into a prompt.
const (
	maxStory     = 40  // events, the first and the last ones
	maxStoryLine = 400 // characters of one
)

// story tells the events of a case, oldest first, without names; inside says that
// what the customer may not read is told as well.
func story(events []bot.CaseEvent, inside bool) []string {
	var lines []string
	at := map[string]int{} // line of a message that may be changed
	for _, e := range events {
		if !inside && !e.Audience.IsCustomer() {
			continue
		}
		line := storyLine(e, inside)
		key := e.Ref.Key()
		i, known := at[key]
		switch {
		case e.Type == bot.EvWithdrawn && known:
			lines[i] = ""
		case e.Type == bot.EvRevised && known:
			lines[i] = "customer: " + flat(e.Text)
		case line != "":
			if !e.Ref.IsZero() {
				at[key] = len(lines)
			}
			lines = append(lines, line)
		}
	}
	var kept []string
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	if len(kept) > maxStory {
		kept = append(kept[:1:1], kept[len(kept)-maxStory+1:]...)
	}
	return kept
}

// storyLine tells one event; "" for those that say nothing about the fault.
func storyLine(e bot.CaseEvent, inside bool) string {
	who := "customer"
	if e.Actor.Role.Staff() {
		who = "engineer"
	}
	switch e.Type {
	case bot.EvOpened:
		return "customer reported: " + flat(e.Open.Text)
	case bot.EvSaid:
		return who + ": " + flat(e.Text)
	case bot.EvWaiting, bot.EvRestored:
		return who + " (" + string(e.Type) + "): " + flat(e.Text)
	case bot.EvReopened:
		return strings.TrimSuffix("customer says that it is not fixed: "+flat(e.Text), ": ")
	case bot.EvResolved:
		return "resolved: " + flat(e.Text)
	}
	if !inside {
		return ""
	}
	switch e.Type {
	case bot.EvNoted:
		return "internal note: " + flat(e.Text)
	case bot.EvEscalated, bot.EvSeverity, bot.EvResponded:
		return who + " (" + string(e.Type) + " " + e.To + e.Mode + "): " + flat(e.Text)
	case bot.EvTried:
		return fmt.Sprintf("suggestion %s was tried: %s", e.To, e.Mode)
	default:
		return ""
	}
}

// flat is a text on one line, cut.
func flat(s string) string { return bot.Shorten(strings.Join(strings.Fields(s), " "), maxStoryLine) }

// asked does what somebody asked for, and answers them.
func (h *helper) asked(ctx context.Context, id string) error {
	var a bot.Ask
	err := h.desk.Store().View(ctx, func(r bot.Reader) error {
		rec, err := r.Record(bot.RecAsk, id)
		if err != nil {
			return err
		}
		return json.Unmarshal(rec.Body, &a)
	})
	if err != nil {
		return gone(err)
	}
	var write func(tx bot.Tx) error
	switch a.Task {
	case bot.AskSummary:
		write, err = h.askedSummary(ctx, &a)
	case bot.AskDraft:
		write, err = h.askedDraft(ctx, &a)
	case bot.AskAnswer:
		write, err = h.askedAnswer(ctx, &a)
	}
	if err != nil {
		return err
	}
	return h.done(ctx, func(tx bot.Tx) error {
		if write != nil {
			if err := write(tx); err != nil {
				return err
			}
		}
		return tx.DeleteRecord(bot.RecAsk, id)
	})
}

// told answers whoever asked with a text.
func (h *helper) told(a *bot.Ask, text chat.Text) func(tx bot.Tx) error {
	return func(tx bot.Tx) error {
		l := a.Letter
		l.Content = &chat.Content{Text: text}
		return h.desk.Post(tx, l)
	}
}

func (h *helper) askedSummary(ctx context.Context, a *bot.Ask) (func(tx bot.Tx) error, error) {
	events, err := h.story(ctx)
	if err != nil {
		return nil, err
	}
	text, trace, err := h.model.Handover(ctx, events, a.Lang)
	h.heard(trace, err)
	if err != nil {
		return h.told(a, chat.T(wordsNoModel.In(a.Lang, h.c.Number))), nil
	}
	return h.told(a, summaryText(h.c.Number, text, a.Lang)), nil
}

// askedDraft drafts a reply from the conversation, as the customer has read it, and
// the articles that they may read.
func (h *helper) askedDraft(ctx context.Context, a *bot.Ask) (func(tx bot.Tx) error, error) {
	var events []bot.CaseEvent
	err := h.desk.Store().View(ctx, func(r bot.Reader) (err error) {
		events, err = r.Events(h.c.ID, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	found, err := h.Search(ctx, lookupOf(&h.c))
	if err != nil {
		return nil, err
	}
	list, err := h.sources(ctx, h.c.Customer, found.Hits, maxSuggestions)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return h.told(a, chat.T(wordsNoSources.In(a.Lang, h.c.Number))), nil
	}
	reply, trace, err := h.model.Reply(ctx, strings.Join(story(events, false), "\n"), h.c.Lang, list)
	h.heard(trace, err)
	if err != nil {
		return h.told(a, chat.T(wordsNoModel.In(a.Lang, h.c.Number))), nil
	}
	return func(tx bot.Tx) error {
		return h.offerDraft(tx, a.Letter, h.c.Lang, reply.Text, wordsReplyDraft.In(a.Lang, h.c.Number), bot.SourcesLine(reply.Cites, a.Lang))
	}, nil
}

// askedAnswer answers a search of somebody of the hotline from articles that every
// customer may read, or that of the case may. Nothing is said when there is none:
// the hits have been shown.
func (h *helper) askedAnswer(ctx context.Context, a *bot.Ask) (func(tx bot.Tx) error, error) {
	found, err := h.Search(ctx, bot.Lookup{Text: a.Text, Lang: a.Lang, Customer: h.c.Customer, Limit: 2 * maxSuggestions})
	if err != nil || found.Band == bot.BandNothing {
		return nil, err
	}
	list, err := h.sources(ctx, h.c.Customer, found.Hits, maxSuggestions)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	answer, trace, err := h.model.Answer(ctx, a.Text, a.Lang, list)
	h.heard(trace, err)
	if err != nil {
		return nil, nil
	}
	return h.told(a, chat.Say("").Bold(wordsAnswer.In(a.Lang)).Plain("\n"+answer.Text+"\n"+bot.SourcesLine(answer.Cites, a.Lang))), nil
}
