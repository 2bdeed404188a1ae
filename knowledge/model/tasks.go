package model

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hotline/knowledge"
)

// Keywords returns up to 16 words to search for, from a long message and in
// English as well when it is Chinese. Callers add them to the query.
func (c *Client) Keywords(ctx context.Context, message string) ([]string, *Trace, error) {
	p := newPrompt()
	p.data("Message", message, maxQuestion)
	text, trace, err := c.chat(ctx, "keywords", p.rules(`Name the words that identify the fault: product, component, error code, symptom. If the message is Chinese, add the English terms. Shape: {"keywords":["..."]}`), p.String())
	if err != nil {
		return nil, trace, err
	}
	var out struct {
		Keywords []string `json:"keywords"`
	}
	if err := c.judge(decode(text, &out)); err != nil {
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
func (c *Client) Rerank(ctx context.Context, question string, list []Source) ([]string, *Trace, error) {
	list = list[:min(len(list), maxSources)]
	p := newPrompt()
	p.data("Question", question, maxQuestion)
	p.sources(list)
	text, trace, err := c.chat(ctx, "rerank", p.rules(`Order the sources that describe the same fault, best first, by number. Leave out those that do not; if none does, give an empty list. Shape: {"order":[2,1]}`), p.String())
	if err != nil {
		return nil, trace, err
	}
	trace.Sources = sourceIDs(list)
	var out struct {
		Order []int `json:"order"`
	}
	if err := decode(text, &out); err != nil {
		return nil, trace, c.judge(err)
	}
	picked, err := pick(out.Order, list)
	return sourceIDs(picked), trace, c.judge(err)
}

func sourceIDs(list []Source) []string {
	ids := make([]string, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	return ids
}

// Answer is a text for a customer and the sources it rests on.
type Answer struct {
	Text    string
	Cites   []string // ids
	Extract bool     // the text is the first source's own, because the model's was not usable
	Trace   *Trace   // nil when the model was not asked
}

// Answer writes an answer from the sources alone. It never fails: whenever the
// model is off, late or not to be trusted, the answer is the extract of the
// first source.
func (c *Client) Answer(ctx context.Context, question string, list []Source) Answer {
	if len(list) == 0 {
		return Answer{Extract: true}
	}
	list = list[:min(len(list), 3)]
	a, trace, err := c.write(ctx, "answer", `Answer the question from the sources alone, in the language of the question, in at most six short sentences. Name the numbers of the sources you used. Repeat commands, links and numbers only as they stand in a solution. If the sources do not answer it, give an empty answer. Shape: {"answer":"...","sources":[1]}`, question, list)
	if err != nil {
		return Answer{Text: extract(list[0]), Cites: []string{list[0].ID}, Extract: true, Trace: trace}
	}
	return a
}

// Reply drafts a reply for a responder, who reads and sends it. It fails like
// any other call.
func (c *Client) Reply(ctx context.Context, conversation string, list []Source) (Answer, error) {
	a, trace, err := c.write(ctx, "reply", `Draft the next reply of the support engineer to the customer, friendly and short, in the customer's language, from the sources alone. Shape: {"answer":"...","sources":[1]}`, conversation, list[:min(len(list), maxSources)])
	a.Trace = trace
	return a, err
}

// write asks for a text with sources and checks it.
func (c *Client) write(ctx context.Context, name, task, question string, list []Source) (Answer, *Trace, error) {
	p := newPrompt()
	p.data("Question", question, maxQuestion)
	p.sources(list)
	text, trace, err := c.chat(ctx, name, p.rules(task), p.String())
	if err != nil {
		return Answer{}, trace, err
	}
	trace.Sources = sourceIDs(list)
	var out struct {
		Answer  string `json:"answer"`
		Sources []int  `json:"sources"`
	}
	if err := decode(text, &out); err != nil {
		return Answer{}, trace, c.judge(err)
	}
	cited, err := pick(out.Sources, list)
	if err != nil {
		return Answer{}, trace, c.judge(err)
	}
	c.breaker.worked()
	switch {
	case strings.TrimSpace(out.Answer) == "" || len(cited) == 0:
		return Answer{}, trace, fmt.Errorf("%w: no sources", ErrAnswer)
	case utf8.RuneCountInString(out.Answer) > 4000 || strings.Contains(out.Answer, p.mark) || !grounded(out.Answer, masked(cited, p)):
		return Answer{}, trace, fmt.Errorf("%w: it says more than its sources", ErrAnswer)
	}
	return Answer{Text: p.mask.Restore(out.Answer), Cites: sourceIDs(cited), Trace: trace}, trace, nil
}

// masked are the sources as the model saw them.
func masked(list []Source, p *prompt) []Source {
	out := slices.Clone(list)
	for i := range out {
		out[i].Title, out[i].Symptom, out[i].Solution = p.mask.Hide(out[i].Title), p.mask.Hide(out[i].Symptom), p.mask.Hide(out[i].Solution)
	}
	return out
}

// extract is a source's own words.
func extract(s Source) string {
	text := strings.TrimSpace(Clean(s.Solution))
	if text == "" {
		text = strings.TrimSpace(Clean(s.Title))
	}
	return cut(text, 800)
}

// judge tells the breaker whether an answer could be read.
func (c *Client) judge(err error) error {
	if err != nil {
		c.breaker.failed(c.o.Now())
		return err
	}
	c.breaker.worked()
	return nil
}

// Handover sums up a case for the next responder: what happened, what was tried,
// what is open. The events are the case's, oldest first.
func (c *Client) Handover(ctx context.Context, events []string) (string, *Trace, error) {
	p := newPrompt()
	p.data("Events, oldest first", strings.Join(events, "\n"), 3*maxQuestion)
	return c.plain(ctx, "handover", p, `Sum up this case for the colleague who takes over: symptom, what was tried and with what result, what is open, who waits for what. At most eight short lines. Shape: {"text":"..."}`, strings.Join(events, "\n"))
}

// Translate translates a message to a language, "en" or "zh".
func (c *Client) Translate(ctx context.Context, message, to string) (string, *Trace, error) {
	p := newPrompt()
	p.data("Message", message, maxQuestion)
	name := "English"
	if to == "zh" {
		name = "simplified Chinese"
	}
	return c.plain(ctx, "translate", p, "Translate the message to "+name+`. Keep identifiers, error codes, commands and placeholders in brackets as they are. Shape: {"text":"..."}`, message)
}

// plain asks for a text that may say only what its input says: no new link,
// address or number.
func (c *Client) plain(ctx context.Context, name string, p *prompt, task, input string) (string, *Trace, error) {
	text, trace, err := c.chat(ctx, name, p.rules(task), p.String())
	if err != nil {
		return "", trace, err
	}
	var out struct {
		Text string `json:"text"`
	}
	if err := c.judge(decode(text, &out)); err != nil {
		return "", trace, err
	}
	hidden := squeeze(p.mask.Hide(input))
	for _, m := range risky.FindAllString(out.Text, -1) {
		if m = squeeze(strings.Trim(m, "`.,;:!?)")); m != "" && !strings.Contains(hidden, m) {
			return "", trace, fmt.Errorf("%w: it says more than its input", ErrAnswer)
		}
	}
	if strings.TrimSpace(out.Text) == "" || utf8.RuneCountInString(out.Text) > 2*maxQuestion || broadcast.MatchString(out.Text) || strings.Contains(out.Text, p.mark) {
		return "", trace, fmt.Errorf("%w: empty, too long or calling everybody", ErrAnswer)
	}
	return p.mask.Restore(out.Text), trace, nil
}

// SourceOf makes a source of a document, for callers that hold one.
func SourceOf(d *knowledge.Doc) Source {
	solution := d.Solution
	if solution == "" {
		solution = d.Body
	}
	return Source{ID: d.ID, Title: d.Title, Symptom: d.Symptom, Solution: solution}
}
