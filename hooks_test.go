package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/adapters/notify"
	"hotline/bot"
	"hotline/bot/config"
)

// pager is a receiver of pages.
type pager struct {
	*httptest.Server
	mu     sync.Mutex
	pages  []notify.Page
	status int // answered when not 0
	more   chan struct{}
}

func newPager(t *testing.T) *pager {
	p := &pager{more: make(chan struct{}, 1)}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var page notify.Page
		if err := json.NewDecoder(r.Body).Decode(&page); err != nil {
			t.Errorf("page: %v", err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.pages = append(p.pages, page)
		if p.status != 0 {
			w.WriteHeader(p.status)
		}
		select {
		case p.more <- struct{}{}:
		default:
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// await waits until n pages have come and gives them.
func (p *pager) await(t *testing.T, n int) []notify.Page {
	t.Helper()
	for {
		p.mu.Lock()
		got := p.pages
		p.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-p.more:
		case <-time.After(time.Minute):
			t.Fatalf("%d pages came, want %d", len(got), n)
		}
	}
}

// startHotline runs a hotline with a configuration until the test ends.
func startHotline(t *testing.T, text string) *hotline {
	t.Helper()
	return startHotlineWith(t, text, nil)
}

// startHotlineWith is startHotline with some secrets; all others are loadSecret.
func startHotlineWith(t *testing.T, text string, secrets map[string]string) *hotline {
	t.Helper()
	cfg, problems := config.Parse("test.yaml", []byte(text), func(name string) (string, bool) { return cmp.Or(secrets[name], loadSecret), true })
	if cfg == nil {
		t.Fatal(problems)
	}
	return runHotline(t, cfg, false)
}

// runHotline runs a hotline on a fresh database and a free port until the test ends.
func runHotline(t *testing.T, cfg *config.Config, demo bool) *hotline {
	t.Helper()
	cfg.Data.Dir, cfg.HTTP.Addr = t.TempDir(), "127.0.0.1:0"
	h, err := openHotline(t.Context(), cfg, slog.New(slog.DiscardHandler), demo)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return h
}

// post sends JSON and gives status and answer.
func post(t *testing.T, url, body string) (int, map[string]any) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]any
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal(raw, &out) // pages behind links are no JSON
	return resp.StatusCode, out
}

const onePager = `
web: {enabled: false}
hooks: {secret: '${TOKEN}'}
people:
  - {id: anna, name: Anna, role: lead, methods: [{platform: webhook, address: "%s/anna"}], notify: [{method: webhook}]}
services: [{id: shop, name: Shop, hook: true}, {id: signed, hook: true, hook_secret: '${TOKEN}'}]
policies: [{id: all, steps: [{targets: [{person: anna}], wait: 4h}]}]
routes: [{policy: all}]
`

func (h *hotline) hook(service string) string {
	s, _ := h.desk.Snapshot().Org.Service(service)
	return h.url + "/hooks/" + s.HookKey
}

// TestHookToAcknowledgement tells the story of an alarm: a machine reports, the
// person is paged by webhook, takes it with the link of the page, and the machine
// says that it is over.
func TestHookToAcknowledgement(t *testing.T) {
	p := newPager(t)
	h := startHotline(t, fmt.Sprintf(onePager, p.URL))
	body := `{"summary":"Payments fail","severity":"critical","dedup_key":"pay","event_id":"1","links":["https://runbook.example"]}`
	status, answer := post(t, h.hook("shop"), body)
	number, _ := answer["case"].(string)
	if status != http.StatusCreated || answer["result"] != "opened" || number == "" {
		t.Fatalf("%d %v", status, answer)
	}
	page := p.await(t, 1)[0]
	if page.Event != "page" || page.Case != number || page.Severity != 1 || page.Summary != "Payments fail" || page.Responder != "anna" ||
		page.Repeat || page.DedupKey != "hook:shop:pay" || page.CreatedAt == "" || page.AckURL == "" || page.PageID == "" {
		t.Errorf("page %+v", page)
	}
	if status, answer := post(t, h.hook("shop"), body); status != http.StatusOK || answer["result"] != "duplicate" || answer["case"] != number {
		t.Errorf("again: %d %v", status, answer)
	}
	if status, _ := post(t, page.AckURL, ""); status != http.StatusOK {
		t.Errorf("acknowledge: %d", status)
	}
	if status, _ := post(t, page.AckURL, ""); status != http.StatusConflict {
		t.Errorf("acknowledge again: %d", status)
	}
	status, answer = post(t, h.hook("shop"), `{"status":"resolved","dedup_key":"pay"}`)
	if status != http.StatusOK || answer["case"] != number {
		t.Errorf("resolved: %d %v", status, answer)
	}
	var c bot.Case
	err := h.store.View(t.Context(), func(r bot.Reader) (err error) {
		c, err = r.CaseByNumber(number)
		return err
	})
	if err != nil || c.Owner != "anna" || !c.Recovering {
		t.Errorf("case %+v, %v", c, err)
	}
}

func TestHookAnswers(t *testing.T) {
	p := newPager(t)
	h := startHotline(t, fmt.Sprintf(onePager, p.URL))
	for _, tc := range []struct {
		name, url, body string
		want            int
	}{
		{"a key that nobody has", h.url + "/hooks/0123456789abcdef", `{"summary":"x"}`, http.StatusNotFound},
		{"without a summary", h.hook("shop"), `{}`, http.StatusBadRequest},
		{"unsigned", h.hook("signed"), `{"summary":"x"}`, http.StatusUnauthorized},
		{"nothing to resolve", h.hook("shop"), `{"status":"resolved","dedup_key":"nothing"}`, http.StatusOK},
		{"alertmanager", h.hook("shop") + "/alertmanager", `{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"Down","severity":"critical"},"startsAt":"2026-03-02T10:00:00Z","fingerprint":"f1"},{"status":"firing","labels":{"alertname":"Slow"},"fingerprint":"f2"}]}`, http.StatusCreated},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if status, answer := post(t, tc.url, tc.body); status != tc.want {
				t.Errorf("%d %v, want %d", status, answer, tc.want)
			}
		})
	}
}

// TestDeadReceiver answers 500 to the first pages: they are tried again and the
// page arrives in the end.
func TestDeadReceiver(t *testing.T) {
	p := newPager(t)
	p.status = http.StatusInternalServerError
	h := startHotline(t, fmt.Sprintf(onePager, p.URL))
	if status, answer := post(t, h.hook("shop"), `{"summary":"x"}`); status != http.StatusCreated {
		t.Fatal(status, answer)
	}
	p.await(t, 2)
	p.mu.Lock()
	p.status = 0
	p.mu.Unlock()
	got := p.await(t, 3)
	if got[0].PageID != got[1].PageID || got[0].PageID != got[2].PageID {
		t.Errorf("another page: %+v", got)
	}
}

// TestReloadChangesKeys gives the services of a new configuration their doors.
func TestReloadChangesKeys(t *testing.T) {
	p := newPager(t)
	h := startHotline(t, fmt.Sprintf(onePager, p.URL))
	cfg, problems := config.Parse("test.yaml", fmt.Appendf(nil, strings.Replace(onePager, "{id: signed,", "{id: other, hook: true}, {id: signed,", 1), p.URL),
		func(string) (string, bool) { return loadSecret, true })
	if cfg == nil {
		t.Fatal(problems)
	}
	h.desk.SetOrganisation(cfg.Org)
	h.hooks.SetServices(hookServices(cfg))
	if status, answer := post(t, h.hook("other"), `{"summary":"x"}`); status != http.StatusCreated {
		t.Error(status, answer)
	}
}
