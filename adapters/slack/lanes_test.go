package slack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/slack-go/slack"

	"hotline/bot/chat"
)

func TestEditsAreSpacedAndOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdits(time.Now)
		began := time.Now()
		var mu sync.Mutex
		var passed []string
		enter := func(i int) {
			defer e.leave("card")
			mine, err := e.enter(t.Context(), "card")
			if err != nil {
				t.Error(err)
			}
			if mine {
				mu.Lock()
				passed = append(passed, fmt.Sprint(i, " at ", time.Since(began)))
				mu.Unlock()
			}
		}
		enter(0)
		for i := range 20 {
			go enter(i + 1)
			synctest.Wait()
		}
		time.Sleep(5 * time.Second)
		enter(30)
		if want := []string{"0 at 0s", "20 at 1s", "30 at 5s"}; !slices.Equal(passed, want) {
			t.Errorf("passed %v, want %v", passed, want)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := e.enter(ctx, "card"); err == nil {
			t.Error("waited although there was no more time")
		}
	})
}

func TestHoldsEndByThemselves(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	h := newHolds(func() time.Time { return now })
	h.hold("chat.update", "C1", 30*time.Second)
	for _, tc := range []struct {
		method, channel string
		want            time.Duration
	}{{"chat.update", "C1", 30 * time.Second}, {"chat.update", "C2", 0}, {"chat.postMessage", "C1", 0}} {
		if got := h.wait(tc.method, tc.channel); got != tc.want {
			t.Errorf("%s %s: %v", tc.method, tc.channel, got)
		}
	}
	now = now.Add(31 * time.Second)
	if got := h.wait("chat.update", "C1"); got != 0 {
		t.Errorf("still held for %v", got)
	}
	h.hold("x", "", time.Second)
	if len(h.til) != 1 {
		t.Errorf("%d holds are kept", len(h.til))
	}
}

func TestASilentSocketIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := make(chan struct{})
		l := &socket{ended: make(chan struct{}), alive: make(chan struct{}, 1)}
		began := time.Now()
		var after time.Duration
		go func() {
			l.waitSilence(func() { after = time.Since(began); close(gone) })
		}()
		for range 10 {
			time.Sleep(silence - time.Second)
			l.live()
			synctest.Wait()
		}
		<-gone
		if want := 10*(silence-time.Second) + silence; after != want {
			t.Errorf("given up after %v, want %v", after, want)
		}
	})
}

func TestHowErrorsEnd(t *testing.T) {
	dial := &url.Error{Op: "Post", Err: &net.OpError{Op: "dial", Err: errors.New("refused")}}
	for _, tc := range []struct {
		name   string
		err    error
		class  chat.Class
		reason string
	}{
		{"none", nil, chat.Sent, ""},
		{"rate limit", &sdk.RateLimitedError{RetryAfter: 5 * time.Second}, chat.RetryAfter, chat.ReasonThrottle},
		{"server error", sdk.StatusCodeError{Code: 502, Status: "502"}, chat.Unknown, "http 502"},
		{"client error", sdk.StatusCodeError{Code: 404, Status: "404"}, chat.Never, chat.ReasonInvalid},
		{"never left", dial, chat.Retry, "no connection"},
		{"lost", errors.New("EOF"), chat.Unknown, "connection lost"},
		{"too slow", context.DeadlineExceeded, chat.Unknown, "timeout"},
		{"archived", sdk.SlackErrorResponse{Err: "is_archived"}, chat.Never, chat.ReasonGone},
		{"revoked", sdk.SlackErrorResponse{Err: "token_revoked"}, chat.Never, chat.ReasonDead},
		{"passing", sdk.SlackErrorResponse{Err: "internal_error"}, chat.Retry, "internal_error"},
		{"invalid", sdk.SlackErrorResponse{Err: "invalid_blocks"}, chat.Never, chat.ReasonInvalid},
		{"never heard of", sdk.SlackErrorResponse{Err: "strange"}, chat.Never, "strange"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := resultOf(tc.err); got.Class != tc.class || got.Reason != tc.reason {
				t.Errorf("%v %q", got.Class, got.Reason)
			}
		})
	}
	for try := range 20 {
		if d := backoff(try, nil); d < 250*time.Millisecond || d > time.Minute {
			t.Errorf("try %d waits %v", try, d)
		}
	}
}

func TestSignaturesAreTakenOnce(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s := newSignatures(func() time.Time { return now })
	if !s.claim("a") || s.claim("a") || !s.claim("b") {
		t.Error("a copy was taken")
	}
	s.release("a")
	if !s.claim("a") {
		t.Error("what was given back was refused")
	}
	now = now.Add(replayWindow)
	if !s.claim("a") {
		t.Error("kept for ever")
	}
}

func TestRoomNames(t *testing.T) {
	for in, want := range map[string]string{
		"Inc F-10427: Payments": "inc-f-10427-payments", "支付 故障": "支付-故障", "---": "incident", "a  b__c": "a-b__c", "": "incident",
	} {
		if got := roomName(in); got != want {
			t.Errorf("%q → %q, want %q", in, got, want)
		}
	}
}
