package knowledge_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/adapters/adaptertest"
	"hotline/adapters/web/webtest"
	"hotline/bot"
	"hotline/bot/chat"
	"hotline/commands"
	"hotline/knowledge/model"
	"hotline/knowledge/model/modeltest"
	"hotline/store"
)

// town is a hotline in the web workspace with a language model.
type town struct {
	*testing.T
	*adaptertest.House
	d      *webtest.Driver
	server *modeltest.Server

	mu     sync.Mutex
	traces []bot.Trace
}

// newTown opens one; a nil script means that there is no model.
func newTown(t *testing.T, script func(prompt string) modeltest.Reply, change ...func(*model.Options)) *town {
	t.Helper()
	board, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "board.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { board.Close() })
	w := &town{T: t, d: webtest.NewDriver(t, board, commands.Verbs())}
	if script == nil {
		w.House = adaptertest.Open(t, w.d)
	} else {
		w.server = modeltest.New(t, script)
		o := model.Options{BaseURL: w.server.URL, Chat: "test", Budget: time.Minute}
		for _, f := range change {
			f(&o)
		}
		client, err := model.New(o)
		if err != nil {
			t.Fatal(err)
		}
		w.House = adaptertest.OpenWith(t, client, w.d)
		w.Shelf.ObserveModel(func(tr bot.Trace) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.traces = append(w.traces, tr)
		})
	}
	w.publish(bot.Article{ID: "KB-1", Lang: "en", Title: "Payment gateway timeout 502", Symptom: "payments return 502, gateway timeout", Solution: "Raise the gateway pool."})
	w.publish(bot.Article{ID: "KB-2", Lang: "zh", Title: "支付网关超时 502", Symptom: "支付返回 502,网关超时", Solution: "调大网关连接池。"})
	return w
}

func (w *town) publish(a bot.Article) {
	w.Helper()
	a.State = bot.ArticlePublished
	err := w.Store.Do(w.Context(), func(tx bot.Tx) error {
		a.Created, a.Updated = tx.Now(), tx.Now()
		return tx.PutArticle(a)
	})
	if err != nil {
		w.Fatal(err)
	}
	w.Shelf.ArticleChanged(a)
}

// report posts and waits for the receipt; it gives the conversation and the case.
func (w *town) report(person, channel, text string) (talk chat.Place, c bot.Case) {
	w.Helper()
	ref := w.d.As(person).Post(w.d.Channel(channel), text)
	talk = ref.Place
	talk.Thread = ref.ID
	w.sees(person, talk, "F-")
	err := w.Store.View(w.Context(), func(r bot.Reader) error {
		list, err := r.Cases(bot.CaseQuery{Newest: true, Limit: 1})
		c = list[0]
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return talk, c
}

// cancelled waits until a case is.
func (w *town) cancelled(c bot.Case) {
	w.Helper()
	adaptertest.Eventually(w, c.Number+" to be cancelled", func() (bool, bool) {
		err := w.Store.View(w.Context(), func(r bot.Reader) (err error) {
			c, err = r.Case(c.ID)
			return err
		})
		return true, err == nil && c.State == bot.Cancelled
	})
}

// all is everything that a person can read in a place and directly.
func (w *town) all(person string, at chat.Place) []adaptertest.Message {
	return append(w.d.As(person).See(at), w.d.As(person).Inbox()...)
}

// sees waits until a person can read a message of the hotline with all the words.
func (w *town) sees(person string, at chat.Place, words ...string) adaptertest.Message {
	w.Helper()
	return adaptertest.Eventually(w, person+" to see "+strings.Join(words, ", "), func() (adaptertest.Message, bool) {
		for _, m := range w.all(person, at) {
			found := m.FromBot
			for _, word := range words {
				found = found && strings.Contains(m.Text, word)
			}
			if found {
				return m, true
			}
		}
		return adaptertest.Message{}, false
	})
}

// quiet waits until nothing that the model could do is left to do.
func (w *town) quiet() {
	w.Helper()
	adaptertest.Eventually(w, "the model's jobs to end", func() (bool, bool) {
		open := 0
		err := w.Store.View(w.Context(), func(r bot.Reader) error {
			cases, err := r.Cases(bot.CaseQuery{Limit: 1000})
			if err != nil {
				return err
			}
			for _, c := range append(cases, bot.Case{}) {
				timers, err := r.Timers(c.ID)
				if err != nil {
					return err
				}
				for _, t := range timers {
					if t.Kind == bot.TimerAssist || t.Kind == bot.TimerSuggest {
						open++
					}
				}
			}
			letters, err := r.OpenLetters(1000)
			if err != nil {
				return err
			}
			events, err := r.OpenInbound(1000)
			open += len(letters) + len(events)
			return err
		})
		return true, err == nil && open == 0
	})
}

// results counts how the calls ended, by task and result.
func (w *town) results() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := map[string]int{}
	for _, t := range w.traces {
		n[t.Task+" "+t.Result]++
	}
	return n
}

// TestSilentModelDelaysNothing has a model that never answers while twelve cases are
// reported, more than there are workers: all get receipt and suggestion, and the
// first, which no storm holds back, its page.
func TestSilentModelDelaysNothing(t *testing.T) {
	w := newTown(t, func(string) modeltest.Reply { return modeltest.Reply{Hang: true} })
	for i := range 12 {
		talk, c := w.report("li", "huaxin", fmt.Sprintf("支付网关超时,返回 502,请尽快处理 (%d)", i))
		w.sees("li", talk, "支付网关超时 502")
		if i == 0 { // later ones are bundled
			adaptertest.Eventually(w, "the page", func() (bool, bool) {
				return true, slices.ContainsFunc(w.d.As("chen").Inbox(), func(m adaptertest.Message) bool { return strings.Contains(m.Text, c.Number) })
			})
		}
		w.d.As("chen").Command(w.d.Channel("desk"), "cancel", c.Number+" done") // or the next would join it
		w.cancelled(c)
	}
	if n := len(w.server.Prompts()); n == 0 {
		t.Error("the model was never asked")
	}
}

// TestBrokenModelIsSilent has a model that fails in every way: customers notice
// nothing, and whoever asked is told.
func TestBrokenModelIsSilent(t *testing.T) {
	for _, tt := range []struct {
		name   string
		reply  modeltest.Reply
		result string
	}{
		{"refused", modeltest.Reply{Status: 429, RetryAfter: 1}, bot.TraceFailed},
		{"error", modeltest.Reply{Status: 500}, bot.TraceFailed},
		{"nonsense", modeltest.Reply{Text: "Just reboot it."}, bot.TraceRefused},
		{"broken", modeltest.Reply{Raw: `{"choices":[`}, bot.TraceFailed},
		{"another shape", modeltest.Reply{Text: `{"order":[9],"answer":"x","text":5}`}, bot.TraceRefused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newTown(t, func(string) modeltest.Reply { return tt.reply })
			talk, c := w.report("li", "huaxin", "支付网关超时,返回 502,请尽快处理")
			w.sees("li", talk, "调大网关连接池")
			w.d.As("chen").Command(w.d.Channel("desk"), "summary", c.Number)
			w.sees("chen", w.d.Channel("desk"), "gave nothing usable", c.Number)
			w.quiet()
			for _, m := range w.all("li", talk) {
				if strings.Contains(m.Text, "语言模型") || strings.Contains(m.Text, "机器") || strings.Contains(m.Text, "reboot") {
					t.Errorf("the customer saw %q", m.Text)
				}
			}
			got := w.results()
			if n := got["answer "+tt.result] + got["rerank "+tt.result] + got["translate "+tt.result] + got["handover "+tt.result]; n == 0 {
				t.Errorf("calls ended as %v, want some %s", got, tt.result)
			}
			var traces []bot.Trace
			if err := w.Store.View(t.Context(), func(r bot.Reader) (err error) {
				traces, err = bot.Traces(r, c.ID)
				return err
			}); err != nil || len(traces) == 0 || traces[0].Why == "" {
				t.Errorf("kept with the case: %+v, %v", traces, err)
			}
		})
	}
}

// TestWithoutModel has none: nothing is set, added or offered.
func TestWithoutModel(t *testing.T) {
	w := newTown(t, nil)
	talk, c := w.report("li", "huaxin", "支付网关超时,返回 502,请尽快处理")
	w.sees("li", talk, "调大网关连接池")
	desk := w.d.Channel("desk")
	w.d.As("chen").Command(desk, "ack", c.Number)
	w.d.As("chen").Post(talk, "We are looking at the gateway logs now")
	w.d.As("chen").Command(desk, "assign", c.Number+" maria")
	w.d.As("chen").Command(desk, "summary", c.Number)
	w.sees("chen", desk, "No language model is connected")
	w.d.As("chen").Command(desk, "kb", "gateway timeout")
	w.sees("chen", desk, "Found")
	w.d.As("chen").Command(desk, "help", "")
	help := w.sees("chen", desk, "What you can do")
	if strings.Contains(help.Text, "/summary") || strings.Contains(help.Text, "/draft") {
		t.Error("help names what is not there")
	}
	w.quiet()
	err := w.Store.View(t.Context(), func(r bot.Reader) error {
		events, err := r.Events(c.ID, 0)
		for _, e := range events {
			if e.Type == bot.EvTranslated || e.Type == bot.EvDrafted || e.Advice != nil {
				t.Errorf("%s without a model", e.Type)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestKeywordsFindMore reports at length about what no article's words hold; the
// model's words find it, and the suggestion follows.
func TestKeywordsFindMore(t *testing.T) {
	w := newTown(t, func(prompt string) modeltest.Reply {
		if strings.Contains(prompt, "Name the words") {
			return modeltest.Reply{Text: `{"keywords":["payment gateway timeout 502","payments return 502","gateway timeout"]}`}
		}
		return modeltest.Reply{Text: `{"answer":"","sources":[]}`}
	})
	story := strings.Repeat("Since this morning people at the tills wait and wait and finally give up, nothing goes through any more. ", 4)
	talk, _ := w.report("anna", "northwind", story)
	w.sees("anna", talk, "Raise the gateway pool")
	if n := w.results()["keywords used"]; n != 1 {
		t.Errorf("keywords were asked for %d times", n)
	}
}

// TestHandOverSummary gives a case to somebody else, who is sent a summary.
func TestHandOverSummary(t *testing.T) {
	w := newTown(t, func(prompt string) modeltest.Reply {
		return modeltest.Reply{Text: `{"text":"Payments return 502, a gateway timeout; the engineer restarted the gateway."}`}
	})
	_, c := w.report("anna", "northwind", "payments return 502, gateway timeout")
	desk := w.d.Channel("desk")
	w.d.As("chen").Command(desk, "note", c.Number+" restarted the gateway, secret-note")
	w.d.As("chen").Command(desk, "handover", c.Number+" maria")
	w.sees("maria", desk, c.Number, "summed up by machine", "restarted the gateway")
	w.quiet()
	for _, m := range w.all("anna", w.d.Channel("northwind")) {
		if strings.Contains(m.Text, "summed up") {
			t.Errorf("the customer saw %q", m.Text)
		}
	}
	told := false
	for _, p := range w.server.Prompts() {
		told = told || strings.Contains(p, "internal note: restarted the gateway")
	}
	if !told {
		t.Error("the summary was made without the note")
	}
}
