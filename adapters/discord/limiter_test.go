package discord

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"
)

// wire answers requests as a test says, and notes when they came.
type wire struct {
	answer func(r *http.Request) (int, map[string]string)
	seen   []string
	at     []time.Time
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.seen = append(w.seen, r.Method+" "+r.URL.Path)
	w.at = append(w.at, time.Now())
	status, headers := 200, map[string]string(nil)
	if w.answer != nil {
		status, headers = w.answer(r)
	}
	h := http.Header{}
	for k, v := range headers {
		h.Set(k, v)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(`{}`)), Request: r}, nil
}

func limited(t *testing.T, w *wire) *limiter {
	t.Helper()
	l, err := newLimiter("https://proxy.example/api", w)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func ask(t *testing.T, l *limiter, ctx context.Context, method, path string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, "https://proxy.example/api/v10"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l.RoundTrip(r)
}

// TestBucketsWait: a full bucket holds its own channel back until the reset, and
// nobody else.
func TestBucketsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(*http.Request) (int, map[string]string) {
			return 200, map[string]string{"X-RateLimit-Bucket": "b", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "2.5"}
		}}
		l := limited(t, w)
		began := time.Now()
		for i, tc := range []struct {
			path string
			want time.Duration
		}{
			{"/channels/1/messages", 0},
			{"/channels/2/messages", 0},
			{"/channels/1/messages", 2500 * time.Millisecond},
			{"/interactions/5/tok/callback", 2500 * time.Millisecond},
		} {
			if _, err := ask(t, l, t.Context(), "POST", tc.path); err != nil {
				t.Fatal(err)
			}
			if got := w.at[i].Sub(began); got != tc.want {
				t.Errorf("%d left after %v, want %v", i, got, tc.want)
			}
		}
		if _, err := ask(t, l, withPatience(t.Context(), time.Second), "POST", "/channels/1/messages"); err == nil {
			t.Error("a wait beyond the patience must be refused")
		} else if e, ok := errors.AsType[*waitError](err); !ok || e.after != 2500*time.Millisecond {
			t.Errorf("refused with %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := ask(t, l, ctx, "POST", "/channels/1/messages"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("interrupted with %v", err)
		}
	})
}

// TestSharedBucket: two routes that Discord counts together wait together.
func TestSharedBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := "1"
		w := &wire{answer: func(*http.Request) (int, map[string]string) {
			return 200, map[string]string{"X-RateLimit-Bucket": "shared", "X-RateLimit-Remaining": left, "X-RateLimit-Reset-After": "10"}
		}}
		l := limited(t, w)
		began := time.Now()
		ask(t, l, t.Context(), "GET", "/channels/1")
		left = "0"
		ask(t, l, t.Context(), "PATCH", "/channels/1")
		ask(t, l, t.Context(), "GET", "/channels/1")
		if got := w.at[2].Sub(began); got != 10*time.Second {
			t.Errorf("the third left after %v", got)
		}
	})
}

func TestGlobalLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{}
		l := limited(t, w)
		began := time.Now()
		for range perSecond + 1 {
			ask(t, l, t.Context(), "GET", "/users/@me")
		}
		if got := w.at[perSecond].Sub(began); got != time.Second {
			t.Errorf("request %d left after %v", perSecond+1, got)
		}
		w.answer = func(*http.Request) (int, map[string]string) {
			return 429, map[string]string{"Retry-After": "7", "X-RateLimit-Global": "true"}
		}
		ask(t, l, t.Context(), "GET", "/users/@me")
		w.answer = nil
		at := time.Now()
		ask(t, l, t.Context(), "GET", "/gateway/bot")
		if got := time.Since(at); got != 7*time.Second {
			t.Errorf("after a global limit the next left after %v", got)
		}
	})
}

// TestInvalidRequestsStop: thousands of refusals and the bot pauses by itself.
func TestInvalidRequestsStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(*http.Request) (int, map[string]string) { return 403, nil }}
		l := limited(t, w)
		for range maxInvalid {
			ask(t, l, t.Context(), "GET", "/channels/1")
		}
		if _, err := ask(t, l, withPatience(t.Context(), time.Minute), "GET", "/channels/1"); err == nil {
			t.Error("the next one must wait")
		}
		time.Sleep(invalidPer)
		if _, err := ask(t, l, withPatience(t.Context(), time.Minute), "GET", "/channels/1"); err != nil {
			t.Errorf("ten minutes later: %v", err)
		}
	})
}

func TestRefusedTokenStopsEverything(t *testing.T) {
	w := &wire{answer: func(*http.Request) (int, map[string]string) { return 401, nil }}
	l := limited(t, w)
	told := 0
	l.onDead = func() { told++ }
	ask(t, l, t.Context(), "POST", "/webhooks/1/tok")
	if l.dead {
		t.Error("an interaction's token that is over is not the bot's")
	}
	for range 5 {
		ask(t, l, t.Context(), "GET", "/users/@me")
	}
	if told != 1 || len(w.seen) != 2 {
		t.Errorf("told %d times, %d requests", told, len(w.seen))
	}
}

func TestLimitsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(*http.Request) (int, map[string]string) {
			return 200, map[string]string{"X-RateLimit-Bucket": "b", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "1"}
		}}
		l := limited(t, w)
		for i := range 3 * maxBuckets {
			ask(t, l, t.Context(), "POST", "/channels/"+idAt(time.Now().Add(time.Duration(i)*time.Millisecond))+"/messages")
		}
		if n := len(l.buckets); n > maxBuckets+perSecond+1 {
			t.Errorf("%d limits remembered", n)
		}
	})
}

// TestSDKGoesOurWay: requests of the SDK, which knows version 9 of Discord's own
// address only, arrive at the configured one.
func TestSDKGoesOurWay(t *testing.T) {
	w := &wire{answer: func(*http.Request) (int, map[string]string) {
		return 200, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1000"}
	}}
	l := limited(t, w)
	d, err := discordgo.New("Bot x")
	if err != nil {
		t.Fatal(err)
	}
	d.Client = &http.Client{Transport: l}
	for range 2 { // the SDK would sleep on the limit if it saw it
		if _, err := d.User("@me", discordgo.WithContext(withPatience(t.Context(), 0))); err != nil && !strings.Contains(err.Error(), "rate limited") {
			t.Fatal(err)
		}
	}
	if len(w.seen) != 1 || w.seen[0] != "GET /api/v10/users/@me" {
		t.Errorf("requests: %v", w.seen)
	}
}

func TestRoutes(t *testing.T) {
	for _, tc := range []struct{ method, path, route, major string }{
		{"POST", "/v10/channels/123/messages", "POST v10/channels/*/messages", "123"},
		{"PATCH", "/v10/channels/123/messages/456", "PATCH v10/channels/*/messages/*", "123"},
		{"PUT", "/v10/channels/123/messages/456/reactions/👀/@me", "PUT v10/channels/*/messages/*/reactions/*/@me", "123"},
		{"POST", "/v10/webhooks/123/tok.x", "POST v10/webhooks/*/*", "123"},
		{"PUT", "/v10/applications/1/guilds/2/commands", "PUT v10/applications/*/guilds/*/commands", "2"},
		{"GET", "/v10/users/@me", "GET v10/users/@me", ""},
	} {
		if route, major := routeOf(tc.method, tc.path); route != tc.route || major != tc.major {
			t.Errorf("%s: %q %q", tc.path, route, major)
		}
	}
}

func TestSeconds(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"1.5": 1500 * time.Millisecond, "0": 0, "-1": time.Second, "x": time.Second, "": time.Second, "NaN": time.Second, "1e99": time.Hour,
	} {
		if got := secondsOf(in); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}
