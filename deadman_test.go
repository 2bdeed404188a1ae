package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hotline/bot"
)

// TestDeadman is asked while everything works, and not while a due letter waits.
func TestDeadman(t *testing.T) {
	asked := make(chan string, 10)
	watcher := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Method + " " + r.URL.Path }))
	t.Cleanup(watcher.Close)
	p := newPager(t)
	text := fmt.Sprintf(onePager, p.URL) + "notify: {deadman: {url: '${WATCHER}', every: 1h}}\n"
	h := startHotlineWith(t, text, map[string]string{"WATCHER": watcher.URL + "/ping"})
	select {
	case got := <-asked:
		if got != "GET /ping" {
			t.Errorf("asked %q", got)
		}
	case <-time.After(time.Minute):
		t.Fatal("the watching service was not asked")
	}
	d := newDeadman(h)
	for _, tc := range []struct {
		name   string
		oldest time.Duration
		want   int
	}{
		{"all is sent", 0, 1},
		{"a letter is late", lateLetter + time.Second, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d.oldest = func() time.Duration { return tc.oldest }
			again, err := d.job(t.Context(), bot.Timer{Kind: timerDeadman})
			if err != nil || time.Until(again) < 59*time.Minute {
				t.Errorf("again %s, %v", again, err)
			}
			if len(d.asks) != tc.want {
				t.Errorf("%d requests, want %d", len(d.asks), tc.want)
			}
			for range len(d.asks) {
				<-d.asks
			}
		})
	}
	d.url = "http://127.0.0.1:1/secret-token"
	if err := d.ask(t.Context()); err == nil || strings.Contains(err.Error(), "secret-token") {
		t.Errorf("the error is %v", err)
	}
}

// TestCoverageMetric shows how many weaknesses the schedules have.
func TestCoverageMetric(t *testing.T) {
	p := newPager(t)
	h := startHotline(t, fmt.Sprintf(onePager, p.URL)+"schedules: [{id: empty, layers: [{start: 2026-01-05 09:00, people: [anna], until: 2026-01-06}]}]\n")
	resp, err := http.Get(h.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\nhotline_oncall_problems ")
	if n, _, _ := strings.Cut(rest, "\n"); !ok || n == "0" {
		t.Errorf("hotline_oncall_problems is %q", n)
	}
}
