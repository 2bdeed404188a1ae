package bot_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
)

// assisted is a house with a language model: English people, and a customer that may
// write Chinese.
func assisted(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	w := h.desk.Snapshot()
	org := *w.Org
	org.Assisted = true
	h.desk.SetOrganisation(&org)
	return h
}

func (h *house) assists(id int64) (keys []string) {
	h.Helper()
	h.view(func(r bot.Reader) error {
		timers, err := r.Timers(id)
		for _, tm := range timers {
			if tm.Kind == bot.TimerAssist {
				keys = append(keys, tm.Key)
			}
		}
		return err
	})
	slices.Sort(keys)
	return keys
}

func TestWhatIsTranslated(t *testing.T) {
	for _, tt := range []struct {
		name, lang, text string
		to               string // "" when it stays
	}{
		{"Chinese for English people", "zh", "支付网关超时,请尽快处理", "en"},
		{"English for English people", "en", "payments return 502 since 10:40", ""},
		{"a log in a Chinese case", "zh", "java.lang.OutOfMemoryError: Java heap space at worker one", ""},
		{"a code", "zh", "502", ""},
		{"a word of thanks", "zh", "谢谢", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := assisted(t).desk.Snapshot()
			to, ok := w.TranslateTo(&bot.Case{Lang: tt.lang}, tt.text)
			if ok != (tt.to != "") || to != tt.to && ok {
				t.Errorf("%q %v, want %q", to, ok, tt.to)
			}
			org := *w.Org
			org.Assisted, w.Org = false, &org
			if _, ok := w.TranslateTo(&bot.Case{Lang: tt.lang}, tt.text); ok {
				t.Error("without a model")
			}
		})
	}
}

// TestTranslationGoesBelowTheCopies lets a customer write in another language: the
// copies inside are marked, and edited when the translation is there; the report's
// own is shown on the cards.
func TestTranslationGoesBelowTheCopies(t *testing.T) {
	h := assisted(t)
	c := h.open(bot.Open{Text: "支付网关超时,交易失败"})
	if got := h.assists(c.ID); !slices.Equal(got, []string{"said:1"}) {
		t.Fatalf("set %v", got)
	}
	h.do("", c.ID, bot.Translated{Seq: 1, Lang: "en", Text: "The gateway times out"})
	c = h.load(c.ID)
	w := h.desk.Snapshot()
	for lang, want := range map[string]bool{"en": true, "zh": false} {
		card := bot.Render(w, &bot.Letter{Template: bot.TplCard, Audience: chat.Internal(), Lang: lang}, &c).String()
		if strings.Contains(card, "The gateway times out") != want {
			t.Errorf("the card in %s:\n%s", lang, card)
		}
	}
	if s := bot.Render(w, &bot.Letter{Template: bot.TplReceipt, Audience: chat.Customer(), Lang: "en"}, &c).String(); strings.Contains(s, "times out") {
		t.Errorf("the customer was shown %q", s)
	}
	out := h.do("anna", c.ID, bot.Say{Text: "重启服务器以后还是超时", Ref: chat.MessageRef{Place: place("north"), ID: "x1"}})
	said := out.Events[0]
	copies := h.letters(c.ID, func(l bot.Letter) bool { return l.Template == bot.TplCustomerSaid })
	if len(copies) == 0 || copies[0].Link != bot.LinkCopy || copies[0].Args["seq"] != fmt.Sprint(said.Seq) {
		t.Fatalf("copies %+v", copies)
	}
	if !bot.SaysSoon(copies, said.Seq) || bot.SaysSoon(copies, said.Seq+1) {
		t.Error("the copy is not known to be on its way")
	}
	at := chat.MessageRef{Place: place("desk"), ID: "copy1"}
	err := h.store.Do(t.Context(), func(tx bot.Tx) error {
		if err := tx.PutLink(bot.Link{Key: at.Key(), Case: c.ID, Role: bot.LinkCopy, Ref: at, Audience: chat.Internal(), Person: fmt.Sprint(said.Seq)}); err != nil {
			return err
		}
		return h.desk.Retell(tx, &out.Case, said, bot.Translation{Lang: "en", Text: "Still a timeout after a restart"})
	})
	if err != nil {
		t.Fatal(err)
	}
	edits := h.letters(c.ID, func(l bot.Letter) bool { return l.Edit.Key() == at.Key() })
	if len(edits) != 1 || !edits[0].Audience.IsInternal() {
		t.Fatalf("edits %+v", edits)
	}
	s := bot.Render(w, &edits[0], &out.Case).String()
	if !strings.Contains(s, "重启服务器") || !strings.Contains(s, "Machine translation") || strings.Index(s, "重启") > strings.Index(s, "Still a timeout") {
		t.Errorf("the copy says %q", s)
	}
}

// TestAReplyInAnotherLanguageIsOffered: only what the customer cannot read.
func TestAReplyInAnotherLanguageIsOffered(t *testing.T) {
	h := assisted(t)
	c := h.open(bot.Open{Text: "payments return 502 since 10:40"})
	h.do("chen", c.ID, bot.Say{Text: "we look at the gateway logs", Relay: true})
	if got := h.assists(c.ID); len(got) != 0 {
		t.Errorf("set %v for a reply in their language", got)
	}
	out := h.do("chen", c.ID, bot.Say{Text: "我们正在检查网关日志", Relay: true})
	if got := h.assists(c.ID); !slices.Equal(got, []string{fmt.Sprintf("said:%d", out.Events[0].Seq)}) {
		t.Errorf("set %v", got)
	}
}

func TestWhoeverTakesACaseIsSentASummary(t *testing.T) {
	h := assisted(t)
	c := h.open(bot.Open{Text: "payments return 502 since 10:40"})
	h.do("chen", c.ID, bot.Assign{To: "maria"})
	if got := h.assists(c.ID); !slices.Equal(got, []string{"summary:maria"}) {
		t.Errorf("set %v", got)
	}
	plain := newHouse(t)
	c = plain.open(bot.Open{Text: "支付网关超时,交易失败"})
	plain.do("chen", c.ID, bot.Assign{To: "maria"})
	plain.do("anna", c.ID, bot.Say{Text: "重启服务器以后还是超时"})
	if got := plain.assists(c.ID); len(got) != 0 {
		t.Errorf("set %v without a model", got)
	}
}

// TestAFurtherOfferChangesTheFirst: one message, the earlier suggestions and what was
// said of them are kept, and the answer stands above with its sources.
func TestAFurtherOfferChangesTheFirst(t *testing.T) {
	h := assisted(t)
	c := h.open(bot.Open{Text: "payments return 502 since 10:40"})
	hit := func(id string) bot.Hit { return bot.Hit{ID: id, Kind: "article", Title: "Title of " + id} }
	h.do("", c.ID, bot.Offer{Hits: []bot.Hit{hit("KB-1"), hit("KB-2")}})
	h.do("anna", c.ID, bot.Tried{Article: "KB-1", Outcome: bot.TriedNot})
	h.do("", c.ID, bot.Offer{Hits: []bot.Hit{hit("KB-3"), hit("KB-2")}, Advice: &bot.Advice{Text: "Raise the pool.", From: []string{"KB-2", "KB-3"}}})
	c = h.load(c.ID)
	var ids []string
	for _, s := range c.Suggested {
		ids = append(ids, s.ID+s.Tried)
	}
	if want := []string{"KB-3", "KB-2", "KB-1not"}; !slices.Equal(ids, want) {
		t.Errorf("suggested %v, want %v", ids, want)
	}
	if n := len(h.letters(c.ID, func(l bot.Letter) bool { return l.Template == bot.TplSuggest && l.Edit.IsZero() })); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
	for lang, want := range map[string]string{"en": "From KB-2 and KB-3 (written by machine)", "zh": "依据 KB-2、KB-3(机器生成)"} {
		s := bot.Render(h.desk.Snapshot(), &bot.Letter{Template: bot.TplSuggest, Audience: chat.Customer(), Lang: lang}, &c).String()
		if !strings.Contains(s, "Raise the pool.\n"+want) {
			t.Errorf("in %s:\n%s", lang, s)
		}
	}
}

func TestTracesAreBounded(t *testing.T) {
	h := newHouse(t)
	c := h.open(bot.Open{})
	for i := range 30 {
		err := h.store.Do(t.Context(), func(tx bot.Tx) error {
			return bot.KeepTraces(tx, c.ID, bot.Trace{At: tx.Now(), Task: fmt.Sprint(i), Prompt: strings.Repeat("界", 20_000), Result: bot.TraceUsed},
				bot.Trace{Task: "never", Result: bot.TraceResting}, bot.Trace{Task: "never", Result: bot.TraceSpent})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	h.view(func(r bot.Reader) error {
		list, err := bot.Traces(r, c.ID)
		if len(list) != bot.MaxTraces || list[0].Task != "10" || list[19].Task != "29" || len(list[0].Prompt) > 24<<10 || strings.Contains(list[0].Prompt, "\uFFFD") {
			t.Errorf("%d traces, first %q", len(list), list[0].Task)
		}
		return err
	})
}

// TestAskIsKept: what somebody asked survives until it is answered, with its timer.
func TestAskIsKept(t *testing.T) {
	h := assisted(t)
	c := h.open(bot.Open{})
	err := h.store.Do(t.Context(), func(tx bot.Tx) error {
		return h.desk.Ask(tx, bot.Ask{Task: bot.AskSummary, Case: c.ID, Lang: "en", Person: "chen",
			Letter: bot.Letter{Audience: chat.Only("test::chen"), To: account("chen"), Template: bot.TplContent}})
	})
	if err != nil {
		t.Fatal(err)
	}
	keys := h.assists(c.ID)
	if len(keys) != 1 || !strings.HasPrefix(keys[0], bot.AssistAsk+":") {
		t.Fatalf("set %v", keys)
	}
	h.view(func(r bot.Reader) error {
		rec, err := r.Record(bot.RecAsk, strings.TrimPrefix(keys[0], bot.AssistAsk+":"))
		if !strings.Contains(string(rec.Body), `"only:test::chen"`) || time.Since(rec.Updated) < 0 {
			t.Errorf("kept %s", rec.Body)
		}
		return err
	})
}

// TestAShiftBeginsWithSummaries: the three worst cases of the brief, for who begins.
func TestAShiftBeginsWithSummaries(t *testing.T) {
	for _, model := range []bool{true, false} {
		h := newHouse(t)
		wall, err := oncall.ParseWall("1999-01-04 09:00")
		if err != nil {
			t.Fatal(err)
		}
		org := *h.org
		org.Assisted = model
		org.Schedules = append(slices.Clone(org.Schedules), oncall.Schedule{ID: "short", Name: "Short", Layers: []oncall.Layer{{
			Rotation: oncall.Rotation{Unit: oncall.Hourly, Every: 6, Start: wall, Participants: []string{"chen", "maria"}}}}})
		h.desk.SetOrganisation(&org)
		for i := range 5 {
			h.at = h.at.Add(time.Second)
			h.open(bot.Open{Text: fmt.Sprintf("fault %d of many", i), Severity: bot.Severity(4 - i%4)})
		}
		job := h.desk.Jobs(slog.New(slog.DiscardHandler))[bot.TimerHandover]
		again, err := job(t.Context(), bot.Timer{Kind: bot.TimerHandover, Key: "short", Due: h.at})
		if err != nil {
			t.Fatal(err)
		}
		h.at = again
		if _, err := job(t.Context(), bot.Timer{Kind: bot.TimerHandover, Key: "short", Due: again}); err != nil {
			t.Fatal(err)
		}
		var keys []string
		h.view(func(r bot.Reader) error {
			cases, err := r.Cases(bot.CaseQuery{})
			for _, c := range cases {
				for _, k := range h.assists(c.ID) {
					keys = append(keys, fmt.Sprintf("%d %s", c.Severity, k))
				}
			}
			return err
		})
		if !model {
			if len(keys) != 0 {
				t.Errorf("set %v without a model", keys)
			}
			continue
		}
		if len(keys) != 3 || !strings.HasPrefix(keys[0], "1 summary:") || strings.Contains(strings.Join(keys, "\n"), "4 ") {
			t.Errorf("set %v", keys)
		}
	}
}
