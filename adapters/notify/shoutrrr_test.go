package notify

import (
	"strings"
	"testing"
	"time"

	"hotline/bot/chat"
)

func TestShoutrrr(t *testing.T) {
	url, requests := receiver(t, 200)
	host := strings.TrimPrefix(url, "http://")
	s, err := NewShoutrrr(ShoutrrrOptions{Services: map[string]string{
		"ops": "generic://" + host + "/t0ken-in-path?disabletls=yes&template=json", "down": "generic://127.0.0.1:1/t0ken-in-path?disabletls=yes",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, res := s.Send(t.Context(), page(PlatformShoutrrr, "ops")); res.Class != chat.Sent {
		t.Fatal(res)
	}
	got := <-requests
	if body := string(got.body); !strings.Contains(body, "F-10427 502 at") || !strings.Contains(body, "https://hotline.example/a/token") {
		t.Errorf("got %s", body)
	}
	if _, res := s.Send(t.Context(), page(PlatformShoutrrr, "ops2")); res.Class != chat.Never || res.Reason != chat.ReasonInvalid {
		t.Errorf("an unknown service: %v", res)
	}
	for range degradedAfter {
		_, res := s.Send(t.Context(), page(PlatformShoutrrr, "down"))
		if res.Class != chat.Retry || strings.Contains(res.Err.Error(), "t0ken-in-path") {
			t.Errorf("a dead service: %v %v", res.Class, res.Err)
		}
	}
	if h := s.Health(); h.State != chat.StateDegraded || !strings.Contains(h.Problems[0], "service down") {
		t.Errorf("health %+v", h)
	}
}

func TestShoutrrrRefusals(t *testing.T) {
	refusing, _ := receiver(t, 500)
	s, err := NewShoutrrr(ShoutrrrOptions{Timeout: 5 * time.Second, Services: map[string]string{
		"ops": "generic://" + strings.TrimPrefix(refusing, "http://") + "/hush-hush-token?disabletls=yes",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, res := s.Send(t.Context(), page(PlatformShoutrrr, "ops")); res.Class != chat.Retry || strings.Contains(res.Err.Error(), "hush-hush") {
		t.Errorf("got %v %v", res.Class, res.Err)
	}
	_, err = NewShoutrrr(ShoutrrrOptions{Services: map[string]string{"bad": "nosuch://very-secret@host/other-secret", "worse": "::very-secret::"}})
	if err == nil || strings.Contains(err.Error(), "secret@") || strings.Contains(err.Error(), "very-secret") || !strings.Contains(err.Error(), "bad") {
		t.Errorf("got %v", err)
	}
}

func TestRedact(t *testing.T) {
	for _, raw := range []string{
		"telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=@ops-channel",
		"slack://hook:AAAAAAAAA-BBBBBBBBB-123456789123456789123456@webhook",
		"pushover://shoutrrr:APITOKEN123@USERKEY456/?devices=phone1",
		"discord://the-token-of-it@1234567890",
		"generic+https://example.com/hooks/PATHTOKEN?key=QUERYTOKEN",
	} {
		got := redact("failed to send to "+raw+": Post \""+raw+"\": refused", raw)
		for _, secret := range []string{"AAHdqT", "BBBBBBBBB", "APITOKEN123", "USERKEY456", "the-token", "PATHTOKEN", "QUERYTOKEN"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s shows in %q", secret, got)
			}
		}
		if !strings.Contains(got, "refused") {
			t.Errorf("nothing useful is left: %q", got)
		}
	}
}
