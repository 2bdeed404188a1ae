package model

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hotline/bot"
	"hotline/bot/say"
	"hotline/knowledge"
)

// maxText is the longest text that is taken from a model, in characters.
const maxText = 2000

// Keywords returns up to 16 words to search for, from a long message and in
// English as well when it is Chinese. Callers add them to the query.
func (c *Client) Keywords(ctx context.Context, message string) ([]string, *bot.Trace, error) {
	p := newPrompt()
	p.data("Message", message, maxQuestion)
	var out struct {
		Keywords []string `json:"keywords"`
	}
	trace, err := c.ask(ctx, "keywords", p, `Name the words that identify the fault: product, component, error code, symptom. If the message is Chinese, add the English terms. Shape: {"keywords":["..."]}`, nil, &out)
	if err != nil {
		return nil, trace, err
	}
	var words []string
	for _, w := range out.Keywords {
		if w = strings.TrimSpace(w); w != "" && utf8.RuneCountInString(w) <= 60 && len(words) < 16 && !Suspicious(w) {
			words = append(words, w)
		}
	}
	return words, trace, nil
}

// Rerank orders up to ten sources by how well they answer the question and
// returns their ids; an empty list means that none does.
func (c *Client) Rerank(ctx context.Context, question string, list []knowledge.Source) ([]string, *bot.Trace, error) {
	list = list[:min(len(list), maxSources)]
	p := newPrompt()
	p.data("Question", question, maxQuestion)
	p.sources(list)
	var out struct {
		Order []int `json:"order"`
	}
	trace, err := c.ask(ctx, "rerank", p, `Order the sources that describe the same fault, best first, by number. Leave out those that do not; if none does, give an empty list. Shape: {"order":[2,1]}`, list, &out)
	if err != nil {
		return nil, trace, err
	}
	picked, err := pick(out.Order, list)
	return sourceIDs(picked), trace, refused(trace, err)
}

func sourceIDs(list []knowledge.Source) []string {
	ids := make([]string, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	return ids
}

// Answer writes an answer in a language ("en" or "zh") from the sources alone. An
// error means that there is none: the model was off, late or not to be trusted, or
// the sources do not answer the question.
func (c *Client) Answer(ctx context.Context, question, lang string, list []knowledge.Source) (knowledge.Answer, *bot.Trace, error) {
	return c.write(ctx, "answer", `Answer the question from the sources alone, in `+languageName(lang)+`, in at most six short sentences. Name the numbers of the sources you used. Repeat commands, links and numbers only as they stand in a solution. If the sources do not answer it, give an empty answer. Shape: {"answer":"...","sources":[1]}`, question, lang, list[:min(len(list), 3)])
}

// Reply drafts a reply to the customer in a language for a responder, who reads and
// sends it. It fails like [Client.Answer].
func (c *Client) Reply(ctx context.Context, conversation, lang string, list []knowledge.Source) (knowledge.Answer, *bot.Trace, error) {
	return c.write(ctx, "reply", `Draft the next reply of the support engineer to the customer, friendly and short, in `+languageName(lang)+`, from the sources alone. If the sources do not help, give an empty answer. Shape: {"answer":"...","sources":[1]}`, conversation, lang, list[:min(len(list), 3)])
}

func languageName(lang string) string {
	if say.IsChinese(lang) {
		return "simplified Chinese"
	}
	return "English"
}

// write asks for a text with sources and checks it.
func (c *Client) write(ctx context.Context, name, task, question, lang string, list []knowledge.Source) (knowledge.Answer, *bot.Trace, error) {
	p := newPrompt()
	p.data("Question", question, maxQuestion)
	p.sources(list)
	var out struct {
		Answer  string `json:"answer"`
		Sources []int  `json:"sources"`
	}
	trace, err := c.ask(ctx, name, p, task, list, &out)
	if err != nil {
		return knowledge.Answer{}, trace, err
	}
	cited, err := pick(out.Sources, list)
	switch {
	case err != nil:
	case strings.TrimSpace(out.Answer) == "" || len(cited) == 0:
		err = fmt.Errorf("%w: the sources do not answer it", ErrAnswer)
	case !inLanguage(out.Answer, lang):
		err = fmt.Errorf("%w: it is in another language", ErrAnswer)
	case utf8.RuneCountInString(out.Answer) > maxText || strings.Contains(out.Answer, p.mark) || !grounded(out.Answer, masked(cited, p)):
		err = fmt.Errorf("%w: it says more than its sources", ErrAnswer)
	}
	if err != nil {
		return knowledge.Answer{}, trace, refused(trace, err)
	}
	return knowledge.Answer{Text: strings.TrimSpace(p.mask.Restore(out.Answer)), Cites: sourceIDs(cited)}, trace, nil
}

// masked are the sources as the model saw them.
func masked(list []knowledge.Source, p *prompt) []knowledge.Source {
	out := slices.Clone(list)
	for i := range out {
		out[i].Title, out[i].Symptom, out[i].Solution = p.mask.Hide(out[i].Title), p.mask.Hide(out[i].Symptom), p.mask.Hide(out[i].Solution)
	}
	return out
}

// Handover sums up a case in a language for the next responder: what happened, what
// was tried, what is open. The events are the case's, oldest first.
func (c *Client) Handover(ctx context.Context, events []string, lang string) (string, *bot.Trace, error) {
	return c.plain(ctx, "handover", "Events, oldest first", `Sum up this case for the colleague who takes over, in `+languageName(lang)+`: symptom, what was tried and with what result, what is open, who waits for what. At most eight short lines. Shape: {"text":"..."}`, strings.Join(events, "\n"), lang)
}

// Translate translates a message to a language, "en" or "zh".
func (c *Client) Translate(ctx context.Context, message, lang string) (string, *bot.Trace, error) {
	return c.plain(ctx, taskTranslate, "Message", "Translate the message to "+languageName(lang)+`. Keep identifiers, error codes, commands and placeholders in brackets as they are. Shape: {"text":"..."}`, message, lang)
}

// taskTranslate names the task whose answer must say all that its input says.
const taskTranslate = "translate"

// plain asks for a text that may say only what its input says.
func (c *Client) plain(ctx context.Context, name, what, task, input, lang string) (string, *bot.Trace, error) {
	p := newPrompt()
	p.data(what, input, 3*maxQuestion)
	seen := Clean(cut(p.mask.Hide(input), 3*maxQuestion))
	if strings.TrimSpace(seen) == "" {
		trace := &bot.Trace{At: c.o.Now(), Task: name, Model: c.o.Chat}
		return "", trace, refused(trace, fmt.Errorf("%w: nothing is left of its input", ErrAnswer))
	}
	var out struct {
		Text string `json:"text"`
	}
	trace, err := c.ask(ctx, name, p, task, nil, &out)
	if err != nil {
		return "", trace, err
	}
	text := strings.TrimSpace(out.Text)
	switch {
	case text == "" || utf8.RuneCountInString(text) > maxText:
		err = fmt.Errorf("%w: empty or too long", ErrAnswer)
	case strings.Contains(text, p.mark) || !faithful(text, seen, lang) || name == taskTranslate && !complete(text, seen):
		err = fmt.Errorf("%w: it says something else than its input", ErrAnswer)
	}
	if err != nil {
		return "", trace, refused(trace, err)
	}
	return p.mask.Restore(text), trace, nil
}
