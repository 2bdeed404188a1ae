package slack_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"hotline/adapters/slack"
	"hotline/adapters/slack/slacktest"
	"hotline/bot/chat"
)

// listen starts an adapter that takes signed requests.
func listen(t *testing.T, cfg slacktest.Config) (*rig, string) {
	t.Helper()
	r := start(t, cfg, func(c *slack.Config) { c.Transport = slack.TransportHTTP })
	mux := http.NewServeMux()
	r.a.Mount(mux, r.in)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	err := r.s.UseHTTP(t.Context(), slacktest.Targets{
		Events: srv.URL + "/slack/events", Commands: srv.URL + "/slack/commands", Interactivity: srv.URL + "/slack/interactive",
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, srv.URL
}

func TestTheSameHandlersOverHTTP(t *testing.T) {
	r, _ := listen(t, slacktest.Config{})
	r.in.set(func(in *inbox) {
		in.answer = func(ev chat.Event) (chat.Answer, bool) {
			switch {
			case ev.Kind == chat.KindCommand && ev.Verb == "report":
				return chat.Answer{Form: &chat.Form{ID: "h:report::0:", Title: "Report", Inputs: []chat.Input{{Name: "text", Label: "What", Required: true}}}}, true
			case ev.Kind == chat.KindCommand:
				return chat.Answer{Say: "only you see <this>"}, true
			case ev.Kind == chat.KindForm && ev.Form.Values["text"] == "x":
				return chat.Answer{Errors: map[string]string{"text": "say more"}}, true
			}
			return chat.Answer{}, false
		}
	})
	ts := r.ann.Say(r.ch, "over http")
	r.event(chat.KindMessage, 1)
	if ack := r.ann.Slash(r.ch, "/hotline", "oncall"); !ack.OK {
		t.Errorf("slash %+v", ack)
	}
	r.ann.Await(r.ch, func(m slacktest.Message) bool { return m.Only == "U1" && m.Text == "only you see &lt;this&gt;" })
	r.ann.Slash(r.ch, "/hotline", "report")
	r.until("the form", func() bool { return r.ann.Modal().ID != "" })
	r.ann.Submit(map[string]string{"in:text": "x"})
	if got := r.ann.Modal().Errors["in:text"]; got != "say more" {
		t.Errorf("beside the field: %q", got)
	}
	r.ann.Submit(map[string]string{"in:text": "enough"})
	r.event(chat.KindForm, 1)
	if ack := r.bob.Shortcut("verb:report", r.ch, ts); !ack.OK {
		t.Errorf("shortcut %+v", ack)
	}
	r.event(chat.KindShortcut, 1)
	r.bob.React(r.ch, ts, "ticket")
	r.event(chat.KindReaction, 1)
}

func TestRetriesOverHTTPAreNotDropped(t *testing.T) {
	r, _ := listen(t, slacktest.Config{})
	tries := make(chan int, 10)
	n := 0
	r.in.set(func(in *inbox) {
		in.before = func(context.Context, chat.Event) error {
			n++
			tries <- n
			if n <= 2 {
				return errStalled
			}
			return nil
		}
	})
	r.ann.Say(r.ch, "keep this")
	<-tries
	<-tries
	r.s.Settle()
	r.s.Advance(time.Minute)
	r.event(chat.KindMessage, 1)
	r.s.Redeliver(r.s.Events()[0].ID)
	r.s.Settle()
	if n := len(r.in.got("")); n != 1 {
		t.Errorf("%d events", n)
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	r, base := listen(t, slacktest.Config{})
	now := time.Now()
	event := `{"type":"event_callback","event_id":"E1","team_id":"T0HOME","event":{"type":"message","channel":"C1","user":"U1","ts":"1.000001","text":"forged"}}`
	slash := url.Values{"command": {"/hotline"}, "text": {"report forged"}, "user_id": {"U1"}, "channel_id": {"C1"}, "trigger_id": {"t1"}}.Encode()
	click := url.QueryEscape(`{"type":"block_actions","user":{"id":"U1"},"actions":[{"value":"h:ack:F-1:0:","action_ts":"1"}]}`)
	send := func(path, body, secret string, at time.Time, change func(*http.Request)) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		sig, stamp := slacktest.Sign(secret, []byte(body), at)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("X-Slack-Signature", sig)
		req.Header.Set("X-Slack-Request-Timestamp", stamp)
		if change != nil {
			change(req)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		return res.StatusCode
	}
	for _, tc := range []struct {
		name, path, body, secret string
		at                       time.Time
		change                   func(*http.Request)
		want                     int
	}{
		{"wrong secret", "/slack/events", event, "wrong", now, nil, 401},
		{"no signature", "/slack/events", event, slacktest.Secret, now, func(r *http.Request) { r.Header.Del("X-Slack-Signature") }, 401},
		{"another body", "/slack/events", event, slacktest.Secret, now, func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Replace(event, "forged", "changed", 1)))
			r.ContentLength++
		}, 401},
		{"six minutes old", "/slack/events", event, slacktest.Secret, now.Add(-6 * time.Minute), nil, 401},
		{"from the future", "/slack/events", event, slacktest.Secret, now.Add(6 * time.Minute), nil, 401},
		{"an unsigned challenge", "/slack/events", `{"type":"url_verification","challenge":"c"}`, "wrong", now, nil, 401},
		{"slash with a wrong secret", "/slack/commands", slash, "wrong", now, nil, 401},
		{"too large", "/slack/events", strings.Repeat("x", 1<<20+1), slacktest.Secret, now, nil, 413},
		{"a payload in the address", "/slack/interactive?payload=" + click, "", slacktest.Secret, now, nil, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := send(tc.path, tc.body, tc.secret, tc.at, tc.change); got != tc.want {
				t.Errorf("status %d, want %d", got, tc.want)
			}
		})
	}
	if n := len(r.in.got("")); n != 0 {
		t.Fatalf("%d events stored: %+v", n, r.in.got(""))
	}
	if got := send("/slack/commands", slash, slacktest.Secret, now, nil); got != 200 {
		t.Errorf("first: %d", got)
	}
	if got := send("/slack/commands", slash, slacktest.Secret, now, nil); got != 401 {
		t.Errorf("the same again: %d", got)
	}
	if n := len(r.in.got(chat.KindCommand)); n != 1 {
		t.Errorf("%d commands", n)
	}
}
