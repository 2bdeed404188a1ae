package commands

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"hotline/bot"
	"hotline/bot/chat"
)

// newAssisted is a house with a language model; what is asked of it is kept and never
// answered.
func newAssisted(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, func(o *Options) {
		o.Search = library{{ID: "KB-1", Kind: "article", Title: "Gateway timeout", Extract: "Raise the pool"}}
	})
	h.org.Assisted = true
	return h
}

// asks are what the model was asked for and has not answered.
func (h *house) asks() (list []string) {
	h.t.Helper()
	h.view(func(r bot.Reader) error {
		records, err := r.Records(bot.RecAsk)
		for _, rec := range records {
			list = append(list, string(rec.Body))
		}
		return err
	})
	return list
}

func TestAskingTheModel(t *testing.T) {
	h := newAssisted(t)
	c := h.open("carl", shopChannel, "payments return 502, gateway timeout")
	for _, tt := range []struct {
		name, user, verb, args, task string
		err                          error
	}{
		{"a summary", "ann", "summary", c.Number, `"task":"summary"`, nil},
		{"a summary in Chinese", "bo", "摘要", c.Number, `"lang":"zh"`, nil},
		{"a draft", "ann", "draft", c.Number, `"task":"draft"`, nil},
		{"a search", "ann", "kb", "gateway timeout", `"task":"answer"`, nil},
		{"a search for a case", "ann", "kb", c.Number, `"case":` + strconv.FormatInt(c.ID, 10), nil},
		{"a customer's search", "carl", "kb", "gateway timeout", "", nil},
		{"a customer's summary", "carl", "summary", c.Number, "", bot.ErrForbidden},
		{"a case that is not there", "ann", "summary", "F-99999", "", bot.ErrNotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(h.asks())
			h.letters()
			_, err := h.cmds.command(t.Context(), h.incoming(slash(tt.user, deskChannel, tt.verb, tt.args)), tt.verb, tt.args)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if tt.err == nil {
				h.must(slash(tt.user, dm(tt.user), tt.verb, tt.args))
			}
			asks := h.asks()
			if tt.task == "" {
				if len(asks) != before {
					t.Errorf("asked %v", asks[before:])
				}
				return
			}
			if len(asks) != before+1 || !strings.Contains(strings.Join(asks, "\n"), tt.task) || !strings.Contains(asks[before], `"only:web::`+tt.user+`"`) {
				t.Errorf("asked %v, want %s", asks[min(before, len(asks)):], tt.task)
			}
			if found := h.told(tt.user); tt.verb == "kb" && !strings.Contains(found, "KB-1") {
				t.Errorf("the hits were not shown at once: %q", found)
			}
		})
	}
}

func TestWithoutModelAskingSaysSo(t *testing.T) {
	h := newHouse(t)
	c := h.open("carl", shopChannel, "the shop is down")
	for _, verb := range []string{"summary", "draft"} {
		if _, err := h.do(slash("ann", deskChannel, verb, c.Number)); !errors.Is(err, bot.ErrUnavailable) {
			t.Errorf("/%s: %v", verb, err)
		}
	}
	h.must(slash("ann", dm("ann"), "help", ""))
	if help := h.told("ann"); strings.Contains(help, "/draft") || !strings.Contains(help, "/reply") {
		t.Errorf("help: %s", help)
	}
}

// TestDraftIsSentOnceByAPerson sends a draft as it is, edited, twice, by somebody who
// may not, and one that is none.
func TestDraftIsSentOnceByAPerson(t *testing.T) {
	h := newAssisted(t)
	c := h.open("carl", shopChannel, "payments return 502, gateway timeout")
	draft := func(text string) string {
		out, err := h.desk.Do(t.Context(), bot.Actor{}, c.ID, bot.Drafted{For: "ann", Lang: "en", Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return strconv.Itoa(out.Case.Seq)
	}
	button := func(verb, seq string) chat.Action { return chat.Action{Verb: verb, Case: c.Number, Arg: seq} }
	said := func() (list []bot.CaseEvent) {
		for _, e := range h.events(c) {
			if e.Type == bot.EvSaid {
				list = append(list, e)
			}
		}
		return list
	}
	one := draft("Please raise the pool.")
	if a, err := h.do(press("carl", shopChannel, button("senddraft", one))); err == nil && a.Say == "" || len(said()) != 0 {
		t.Fatalf("a customer sent it: %v", err)
	}
	h.letters()
	h.must(press("ann", deskChannel, button("senddraft", one)))
	if got := said(); len(got) != 1 || got[0].Actor.ID != "ann" || got[0].Text != "Please raise the pool." || !got[0].Audience.IsCustomer() {
		t.Fatalf("said %+v", got)
	}
	relayed := false
	for _, l := range h.letters() {
		relayed = relayed || l.Template == bot.TplAnswer && l.Audience.IsCustomer()
	}
	if !relayed {
		t.Error("nothing goes to the customer")
	}
	if _, err := h.do(press("bo", deskChannel, button("senddraft", one))); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	two := draft("Please restart it.")
	a := h.must(press("ann", deskChannel, button("editdraft", two)))
	if a.Form == nil || a.Form.Inputs[0].Value != "Please restart it." {
		t.Fatalf("form %+v", a.Form)
	}
	h.must(chat.Event{Kind: chat.KindForm, From: account("ann"), Where: deskChannel, Form: chat.Filled{ID: a.Form.ID, Values: map[string]string{"text": "Please restart the gateway."}}})
	if got := said(); len(got) != 2 || got[1].Text != "Please restart the gateway." {
		t.Errorf("said %+v", got)
	}
	for _, seq := range []string{"1", "999", "x"} {
		if _, err := h.do(press("ann", deskChannel, button("senddraft", seq))); err == nil {
			t.Errorf("draft %s was sent", seq)
		}
	}
	h.letters()
	h.must(slash("carl", shopChannel, "case", c.Number))
	if told := h.told("carl"); strings.Contains(told, "not sent") || strings.Contains(told, "Please restart it") {
		t.Errorf("the customer was shown %s", told)
	}
}

// TestWhyShowsTheModelToLeads: a line for each call below the reasons, one in full by
// its number, and nothing of it to others.
func TestWhyShowsTheModelToLeads(t *testing.T) {
	h := newAssisted(t)
	c := h.open("carl", shopChannel, "payments return 502, gateway timeout")
	err := h.store.Do(t.Context(), func(tx bot.Tx) error {
		return bot.KeepTraces(tx, c.ID,
			bot.Trace{At: h.now, Task: "answer", Model: "small", Prompt: "the prompt", Sources: []string{"KB-1", "KB-2"}, Tokens: 120, Millis: 840, Answer: "the answer", Result: bot.TraceUsed},
			bot.Trace{At: h.now, Task: "translate", Model: "small", Prompt: "the second", Tokens: 90, Millis: 20_000, Result: bot.TraceFailed, Why: "no answer within the time budget"})
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(user, args string) string {
		h.letters()
		a, err := h.do(slash(user, dm(user), "why", args))
		if err != nil {
			return errorText(err, "en")
		}
		return a.Say + h.told(user)
	}
	for _, tt := range []struct {
		name, user, args string
		want, not        []string
	}{
		{"a lead", "lea", c.Number, []string{"1. answer by small: used, 120 tokens, 840 ms, from KB-1 KB-2", "2. translation by small: failed", "time budget"}, []string{"the prompt"}},
		{"a responder", "ann", c.Number, []string{c.Number}, []string{"tokens", "small"}},
		{"the latest in full", "lea", "model " + c.Number, []string{"2. translation", "the second"}, []string{"the prompt"}},
		{"the first in full", "ada", "model " + c.Number + " 1", []string{"the prompt", "the answer"}, []string{"the second"}},
		{"one that is not there", "lea", "model " + c.Number + " 7", []string{"was not asked"}, nil},
		{"a responder, in full", "ann", "model " + c.Number, []string{"is for leads"}, []string{"the second"}},
		{"a customer, in full", "carl", "model " + c.Number, []string{"is for"}, []string{"the second"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(tt.user, tt.args)
			for _, w := range tt.want {
				if !strings.Contains(got, w) {
					t.Errorf("%q lacks %q", got, w)
				}
			}
			for _, w := range tt.not {
				if strings.Contains(got, w) {
					t.Errorf("%q holds %q", got, w)
				}
			}
		})
	}
}
