package notify

import (
	"encoding/json"
	"testing"

	"hotline/bot/chat"
)

func TestNtfyPush(t *testing.T) {
	url, requests := receiver(t, 200)
	n := NewNtfy(NtfyOptions{URL: url + "/", Token: "tk_1"})
	out := page(PlatformNtfy, "anna-pages")
	out.Lang = "zh"
	if _, res := n.Send(t.Context(), out); res.Class != chat.Sent {
		t.Fatal(res)
	}
	got := <-requests
	var p push
	if err := json.Unmarshal(got.body, &p); err != nil {
		t.Fatal(err)
	}
	if got.path != "/" || got.header.Get("Authorization") != "Bearer tk_1" {
		t.Errorf("got %s with %v", got.path, got.header)
	}
	if p.Topic != "anna-pages" || p.Title != "F-10427 502 at <checkout>" || p.Priority != 5 || len(p.Actions) != 2 {
		t.Errorf("got %+v", p)
	}
	if a := p.Actions[0]; a.Action != "http" || a.Method != "POST" || a.URL != out.Facts["ack_url"] || a.Label != "接单" {
		t.Errorf("the button is %+v", a)
	}
}

func TestNtfyTrouble(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		class  chat.Class
		reason string
		state  chat.State
	}{
		{"token refused", 401, chat.Never, chat.ReasonDead, chat.StateFailed},
		{"topic refused", 403, chat.Never, chat.ReasonDenied, chat.StateUp},
		{"too many", 429, chat.RetryAfter, chat.ReasonThrottle, chat.StateUp},
		{"down", 500, chat.Retry, "500", chat.StateDegraded},
	} {
		t.Run(tc.name, func(t *testing.T) {
			url, _ := receiver(t, tc.status)
			n := NewNtfy(NtfyOptions{URL: url})
			var res chat.SendResult
			for range degradedAfter {
				_, res = n.Send(t.Context(), page(PlatformNtfy, "anna"))
			}
			if res.Class != tc.class || res.Reason != tc.reason || n.Health().State != tc.state {
				t.Errorf("got %v %q, health %v", res.Class, res.Reason, n.Health())
			}
		})
	}
}

// TestHealthRecovers turns bad after several failures and good after one success.
func TestHealthRecovers(t *testing.T) {
	b := newBase(PlatformNtfy, 100)
	for i := range degradedAfter {
		if s := b.Health().State; s != chat.StateUp {
			t.Errorf("%v after %d failures", s, i)
		}
		b.note(chat.SendResult{Class: chat.Unknown}, "look")
	}
	if h := b.Health(); h.State != chat.StateDegraded || len(h.Problems) != 1 || h.Problems[0] != "look" {
		t.Errorf("health %+v", h)
	}
	b.note(chat.OK(), "look")
	if h := b.Health(); h.State != chat.StateUp || len(h.Problems) != 0 {
		t.Errorf("health %+v", h)
	}
}
