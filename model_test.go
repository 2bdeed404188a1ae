package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/knowledge/model/modeltest"
)

const assistedHouse = `
model: {base_url: %q, model: small, timeout: 30s}
customers: [{id: acme, name: Acme}]
channels:
  - {platform: web, id: acme, customer: acme}
  - {platform: web, id: desk, internal: true}
people:
  - {id: anna, name: Anna, role: lead}
  - {id: carl, name: Carl, role: customer, customer: acme}
policies: [{id: all, steps: [{targets: [{person: anna}], wait: 4h}]}]
routes: [{policy: all}]
`

// TestModelFromTheConfiguration connects a model by the configuration alone: an
// answer comes, and the metrics count it.
func TestModelFromTheConfiguration(t *testing.T) {
	s := modeltest.New(t, func(string) modeltest.Reply {
		return modeltest.Reply{Text: `{"answer":"Raise the gateway pool.","sources":[1]}`}
	})
	h := startHotline(t, fmt.Sprintf(assistedHouse, s.URL))
	if !h.desk.Snapshot().Org.Assisted {
		t.Fatal("the organisation does not know of the model")
	}
	a := bot.Article{ID: "KB-1", State: bot.ArticlePublished, Lang: "en", Title: "Payment gateway timeout 502", Symptom: "payments return 502, gateway timeout", Solution: "Raise the gateway pool."}
	if err := h.store.Do(t.Context(), func(tx bot.Tx) error { return tx.PutArticle(a) }); err != nil {
		t.Fatal(err)
	}
	h.shelf.ArticleChanged(a)
	from := chat.Principal{Platform: "web", User: "carl"}
	out, err := h.desk.Do(t.Context(), bot.Actor{ID: "carl", Role: bot.RoleCustomer, Customer: "acme", Via: from}, 0,
		bot.Open{Text: "payments return 502, gateway timeout", Customer: "acme", Place: chat.Place{Platform: "web", Channel: "acme"}})
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for c := out.Case; c.Advice.Text != "Raise the gateway pool."; {
		if time.Now().After(deadline) {
			t.Fatalf("no answer on %+v", c)
		}
		if err := h.store.View(t.Context(), func(r bot.Reader) (err error) {
			c, err = r.Case(c.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	res, err := http.Get(h.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`hotline_model_calls_total{result="used",task="answer"} 1`, "hotline_model_tokens_total 100", `hotline_model_seconds_count{task="answer"} 1`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
