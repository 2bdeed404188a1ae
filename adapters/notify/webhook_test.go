package notify

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/bot/chat"
)

// page is a page of the core to an address.
func page(p chat.Platform, address string) chat.Outgoing {
	return chat.Outgoing{
		Key: "key-1", Intent: chat.IntentPage, Audience: chat.Only("anna"), Case: "F-10427", Lang: "en", Urgent: true,
		To: chat.Principal{Platform: p, User: address, Name: "Anna Berg"},
		Content: chat.Content{Card: &chat.Card{
			Number: "F-10427", Title: "502 at <checkout>", Body: chat.T("Fjord Payments, severity 1"),
		}},
		Facts: map[string]string{
			"event": "page", "page_id": "p-1", "case": "F-10427", "severity": "1", "summary": "502 at <checkout>", "customer": "fjord",
			"responder": "anna", "repeat": "false", "dedup_key": "gw-7", "created_at": "2026-11-24T09:40:00Z",
			"ack_url": "https://hotline.example/a/token", "service": "payments", "drill": "false",
		},
	}
}

// seen is a request as a server got it.
type seen struct {
	method, path string
	header       http.Header
	body         []byte
}

// receiver answers every request with a status and keeps it.
func receiver(t *testing.T, status int, header ...string) (url string, requests chan seen) {
	t.Helper()
	requests = make(chan seen, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		requests <- seen{r.Method, r.URL.RequestURI(), r.Header, body}
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"id":"x"}`))
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

func TestWebhookPage(t *testing.T) {
	url, requests := receiver(t, 202)
	w := NewWebhook(WebhookOptions{Secret: "s3cret"})
	out := page(PlatformWebhook, url+"/anna?token=abc")
	out.Repeat = true
	if ref, res := w.Send(t.Context(), out); res.Class != chat.Sent || !ref.IsZero() {
		t.Fatal(ref, res)
	}
	got := <-requests
	if got.method != http.MethodPost || got.path != "/anna?token=abc" || got.header.Get("Content-Type") != "application/json" || got.header.Get(KeyHeader) != "key-1" {
		t.Errorf("got %s %s with %v", got.method, got.path, got.header)
	}
	var fields map[string]any
	if err := json.Unmarshal(got.body, &fields); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"event": "page", "page_id": "p-1", "case": "F-10427", "severity": 1.0, "summary": "502 at <checkout>", "customer": "fjord",
		"responder": "anna", "repeat": true, "dedup_key": "gw-7", "created_at": "2026-11-24T09:40:00Z",
		"ack_url": "https://hotline.example/a/token", "service": "payments",
	}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	stamp, _, _ := strings.Cut(strings.TrimPrefix(got.header.Get(SignatureHeader), "t="), ",")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || sign("s3cret", time.Unix(seconds, 0), got.body) != got.header.Get(SignatureHeader) {
		t.Errorf("the signature %q does not fit", got.header.Get(SignatureHeader))
	}
}

// TestWebhookOthers sends a bundle and something that is no page.
func TestWebhookOthers(t *testing.T) {
	url, requests := receiver(t, 200)
	w := NewWebhook(WebhookOptions{})
	bundle := page(PlatformWebhook, url)
	bundle.Facts["event"], bundle.Facts["count"], bundle.Facts["cases"] = "page.bundle", "2", "F-10427,F-10435"
	code := chat.Outgoing{
		Key: "key-2", Intent: chat.IntentNotice, To: bundle.To, Content: chat.Content{Text: chat.T("Your code is 123456")},
	}
	for _, out := range []chat.Outgoing{bundle, code} {
		if _, res := w.Send(t.Context(), out); res.Class != chat.Sent {
			t.Fatal(res)
		}
	}
	var first, second Page
	for _, p := range []*Page{&first, &second} {
		got := <-requests
		if err := json.Unmarshal(got.body, p); err != nil || got.header.Get(SignatureHeader) != "" {
			t.Fatal(err, got.header)
		}
	}
	if first.Event != "page.bundle" || first.Count != 2 || len(first.Cases) != 2 {
		t.Errorf("the bundle is %+v", first)
	}
	if second.Event != "notice" || second.Summary != "Your code is 123456" || second.PageID != "key-2" || second.Responder != "Anna Berg" || second.CreatedAt == "" {
		t.Errorf("the notice is %+v", second)
	}
}

// TestWebhookResults asks what each answer of a receiver means.
func TestWebhookResults(t *testing.T) {
	elsewhere, strayed := receiver(t, 200)
	for _, tc := range []struct {
		name   string
		status int
		header []string
		class  chat.Class
		reason string
		after  time.Duration
	}{
		{"ok", 200, nil, chat.Sent, "", 0},
		{"no content", 204, nil, chat.Sent, "", 0},
		{"server error", 500, nil, chat.Retry, "500", 0},
		{"bad gateway", 502, nil, chat.Retry, "502", 0},
		{"busy", 503, []string{"Retry-After", "7"}, chat.RetryAfter, chat.ReasonThrottle, 7 * time.Second},
		{"busy without a time", 503, nil, chat.Retry, "503", 0},
		{"too many", 429, []string{"Retry-After", "999999999"}, chat.RetryAfter, chat.ReasonThrottle, time.Hour},
		{"too many without a time", 429, nil, chat.RetryAfter, chat.ReasonThrottle, time.Second},
		{"request timeout", 408, nil, chat.Retry, "408", 0},
		{"forbidden", 403, nil, chat.Never, chat.ReasonDenied, 0},
		{"bad request", 400, nil, chat.Never, chat.ReasonInvalid, 0},
		{"not found", 404, nil, chat.Never, chat.ReasonInvalid, 0},
		{"redirect to another host", 307, []string{"Location", elsewhere}, chat.Never, chat.ReasonInvalid, 0},
		{"redirect that loses the body", 302, []string{"Location", "/x"}, chat.Never, chat.ReasonInvalid, 0},
		{"redirect for ever", 307, []string{"Location", "/again"}, chat.Never, chat.ReasonInvalid, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			url, requests := receiver(t, tc.status, tc.header...)
			_, res := NewWebhook(WebhookOptions{}).Send(t.Context(), page(PlatformWebhook, url+"/secret-token"))
			if res.Class != tc.class || res.Reason != tc.reason || res.After != tc.after {
				t.Errorf("got %v %q after %v, want %v %q after %v", res.Class, res.Reason, res.After, tc.class, tc.reason, tc.after)
			}
			if res.Err != nil && strings.Contains(res.Err.Error(), "secret-token") {
				t.Errorf("the address shows in %v", res.Err)
			}
			if n := len(requests); n < 1 || n > maxRedirects+1 {
				t.Errorf("%d requests", n)
			}
		})
	}
	if len(strayed) != 0 {
		t.Error("a redirect to another host was followed")
	}
}

// TestWebhookSameHostRedirect follows a redirect that keeps host and method.
func TestWebhookSameHostRedirect(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /old", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/new", http.StatusPermanentRedirect)
	})
	got := make(chan string, 1)
	mux.HandleFunc("POST /new", func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	if _, res := NewWebhook(WebhookOptions{}).Send(t.Context(), page(PlatformWebhook, server.URL+"/old")); res.Class != chat.Sent {
		t.Fatal(res)
	}
	if body := <-got; !strings.Contains(body, "F-10427") {
		t.Errorf("the body got lost: %q", body)
	}
}

// TestWebhookWithoutAnswer tells a request that never left from one that may have
// arrived.
func TestWebhookWithoutAnswer(t *testing.T) {
	listen := func(t *testing.T, serve func(net.Conn)) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go serve(c)
			}
		}()
		return "http://" + l.Addr().String()
	}
	read := func(c net.Conn) { _, _ = c.Read(make([]byte, 64<<10)) }
	closed := listen(t, func(net.Conn) {})
	w := NewWebhook(WebhookOptions{Timeout: 500 * time.Millisecond})
	for _, tc := range []struct {
		name, url string
		class     chat.Class
	}{
		{"nobody listens", "http://127.0.0.1:1/hook", chat.Retry},
		{"no such host", "http://no-such-host.invalid/hook", chat.Retry},
		{"hangs up after reading", listen(t, func(c net.Conn) { read(c); _ = c.Close() }), chat.Unknown},
		{"never answers", listen(t, func(c net.Conn) { read(c) }), chat.Unknown},
		{"answers nonsense", listen(t, func(c net.Conn) { read(c); _, _ = c.Write([]byte("nonsense\r\n\r\n")); _ = c.Close() }), chat.Unknown},
		{"breaks off", listen(t, func(c net.Conn) {
			read(c)
			_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"))
			_ = c.Close()
		}), chat.Unknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, res := w.Send(t.Context(), page(PlatformWebhook, tc.url)); res.Class != tc.class || res.Err == nil {
				t.Errorf("got %v %v, want %v", res.Class, res.Err, tc.class)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, res := w.Send(ctx, page(PlatformWebhook, closed)); res.Class != chat.Retry {
		t.Errorf("cancelled: %v", res)
	}
}

func TestRefusedSends(t *testing.T) {
	mail, err := NewMail(MailOptions{Host: "127.0.0.1", Port: 25, TLS: "none", From: "h@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	shout, err := NewShoutrrr(ShoutrrrOptions{})
	if err != nil {
		t.Fatal(err)
	}
	o := TwilioOptions{Account: "AC1", Token: "t", BaseURL: "http://127.0.0.1:1", From: "+15005550006"}
	for _, a := range []chat.Adapter{
		NewWebhook(WebhookOptions{}), mail, NewNtfy(NtfyOptions{URL: "http://127.0.0.1:1"}), NewSMS(o), NewVoice(o), shout,
	} {
		t.Run(string(a.Platform()), func(t *testing.T) {
			if c := a.Capabilities(); !c.Direct || c.Threads || c.MaxText == 0 || a.Health().State != chat.StateUp {
				t.Errorf("capabilities %+v, health %+v", c, a.Health())
			}
			edit := page(a.Platform(), "somewhere")
			edit.Edit.ID = "m1"
			room := page(a.Platform(), "somewhere")
			room.Intent = chat.IntentRoom
			nowhere := page(a.Platform(), "")
			bad := page(a.Platform(), "not an address\r\nBcc: everybody@example.com")
			for _, out := range []chat.Outgoing{edit, room, nowhere, bad} {
				if ref, res := a.Send(t.Context(), out); res.Class != chat.Never || !ref.IsZero() || res.Reason == "" {
					t.Errorf("got %v %v", ref, res)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := a.Run(ctx, nil); err != nil {
				t.Error(err)
			}
		})
	}
}
