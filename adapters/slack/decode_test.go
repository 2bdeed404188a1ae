package slack

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"
	"unicode/utf8"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

type noWay struct{}

func (noWay) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no network") }

// quiet is an adapter that knows itself and reaches nobody.
func quiet() *Adapter {
	a := New(Config{
		APIURL: "http://127.0.0.1:1/", HTTPClient: &http.Client{Transport: noWay{}}, Log: slog.New(slog.DiscardHandler),
		Verbs: []chat.Verb{{Name: "report"}}, Emoji: []string{"ticket"},
	})
	a.self = identity{team: "T1", user: "UBOT", bot: "BBOT"}
	return a
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"type":"event_callback","event_id":"E1","event_time":1700000000,"event":{"type":"message","channel":"C1","user":"U1","ts":"1700000000.000100","text":"<@UBOT> hi &amp; <x|y>","team":"T1","blocks":[{"type":"rich_text"}]}}`,
		`{"type":"event_callback","event_id":"E1","event":{"type":"message","subtype":"message_changed","channel":"C1","message":{"user":"U1","ts":"1.2","text":"b","edited":{"ts":"3.4"}},"previous_message":{"text":"a"}}}`,
		`{"type":"event_callback","event_id":"E1","event":{"type":"message","subtype":"message_deleted","channel":"C1","deleted_ts":"1.2","previous_message":{"user":"U1","thread_ts":"1.1"}}}`,
		`{"type":"event_callback","event_id":"E1","event":{"type":"reaction_added","user":"U1","reaction":"ticket::skin-tone-2","item":{"type":"message","channel":"C1","ts":"1.2"},"event_ts":"1.3"}}`,
		`{"type":"event_callback","event_id":"E1","event":{"type":"app_home_opened","user":"U1","tab":"home","channel":"D1"}}`,
		`{"type":"block_actions","user":{"id":"U1","team_id":"T2"},"container":{"message_ts":"1.2","channel_id":"C1","thread_ts":"1.1"},"actions":[{"value":"h:ack:F-1:2:x","action_ts":"1.3"}],"trigger_id":"t","response_url":"http://x"}`,
		`{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","hash":"h","callback_id":"form","private_metadata":"{\"id\":\"h:report::0:\",\"c\":\"C1\"}","blocks":[{"type":"input","block_id":"in:a"}],"state":{"values":{"in:a":{"v":{"value":"x"}}}}}}`,
		`{"type":"message_action","user":{"id":"U1"},"callback_id":"verb:report","message_ts":"1.2","message":{"text":"x","ts":"1.2","files":[{"id":"F1"}]},"channel":{"id":"C1"},"trigger_id":"t"}`,
		`{"command":"/hotline","text":"report it","user_id":"U1","channel_id":"C1","trigger_id":"t"}`,
		`null`, `[]`, `{"event":null}`, `{"type":"event_callback","event_id":7,"event":{"type":"message","channel":{"id":"C1"},"user":"U1","ts":1700000000.0001,"text":5}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a := quiet()
		check := func(ev chat.Event) {
			if ev.Key == "" || ev.From.User == "" || ev.Where.Platform != Platform {
				t.Fatalf("half an event: %+v", ev)
			}
			if len(ev.Text) > chat.MaxText || len(ev.Raw) > chat.MaxRaw || len(ev.Files) > chat.MaxFiles {
				t.Fatalf("out of bounds: %d %d %d", len(ev.Text), len(ev.Raw), len(ev.Files))
			}
			if _, err := json.Marshal(ev); err != nil {
				t.Fatalf("no JSON: %v", err)
			}
		}
		if ev, ok := a.event(context.Background(), readOuter(raw)); ok {
			check(ev)
		}
		if ac := a.interaction(raw); !ac.ignore {
			check(ac.ev)
		}
		if ac := a.slashCommand(loose.Of(raw), raw); !ac.ignore {
			check(ac.ev)
		}
		if form, err := url.ParseQuery(string(raw)); err == nil {
			if ac := a.slashCommand(fieldsOf(form), raw); !ac.ignore {
				check(ac.ev)
			}
		}
	})
}

func TestTimesOfMessages(t *testing.T) {
	for _, tc := range []struct {
		ts   string
		want time.Time
	}{
		{"1700000000.000100", time.Unix(1700000000, 100_000)},
		{"1700000000", time.Unix(1700000000, 0)},
		{"1700000000.1", time.Unix(1700000000, 100_000_000)},
		{"", time.Time{}}, {"x.y", time.Time{}}, {"-5.1", time.Time{}}, {"99999999999999999.1", time.Time{}},
	} {
		if got := timeOf(tc.ts); !got.Equal(tc.want) {
			t.Errorf("%q → %v, want %v", tc.ts, got, tc.want)
		}
	}
	at := time.Unix(1700000000, 42_000)
	if got := tsOf(at); got != "1700000000.000042" || !timeOf(got).Equal(at) {
		t.Errorf("ts %q", got)
	}
}

func TestWordsAreCutBetweenCharacters(t *testing.T) {
	for _, s := range []string{"很长的内容", "a😀b😀c", "plain"} {
		for n := range 20 {
			if got := cutBytes(s, n); len(got) > n || !utf8.ValidString(got) {
				t.Errorf("cutBytes(%q, %d) = %q", s, n, got)
			}
			if got := cutRunes(s, n+1); width(got) > n+1 || !utf8.ValidString(got) {
				t.Errorf("cutRunes(%q, %d) = %q", s, n+1, got)
			}
		}
	}
}
