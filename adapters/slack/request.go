package slack

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	sdk "github.com/slack-go/slack"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

const (
	maxRequest = 1 << 20
	// replayWindow is a little more than the five minutes within which Slack's
	// signature is valid.
	replayWindow  = 6 * time.Minute
	maxSignatures = 100_000
)

// signatures remembers the requests that were taken, so that a copy of one is
// refused.
type signatures struct {
	now  func() time.Time
	mu   sync.Mutex
	seen map[string]time.Time
}

func newSignatures(now func() time.Time) *signatures {
	return &signatures{now: now, seen: map[string]time.Time{}}
}

// claim takes a signature; it reports false when it was taken before.
func (s *signatures) claim(sig string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if t, ok := s.seen[sig]; ok && now.Sub(t) < replayWindow {
		return false
	}
	if len(s.seen) >= maxSignatures {
		for k, t := range s.seen {
			if now.Sub(t) >= replayWindow {
				delete(s.seen, k)
			}
		}
	}
	if len(s.seen) < maxSignatures {
		s.seen[sig] = now
	}
	return true
}

// release gives a signature back, so that a request that was not taken may come
// again.
func (s *signatures) release(sig string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, sig)
}

// verified reads the raw body and checks signature, age and that it is no copy.
// Otherwise it answers 401 and reports false.
func (a *Adapter) verified(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		http.Error(w, "request too large", http.StatusRequestEntityTooLarge)
		return nil, false
	}
	v, err := sdk.NewSecretsVerifier(r.Header, a.cfg.SigningSecret)
	if err == nil {
		_, _ = v.Write(body) // a hash takes everything
		err = v.Ensure()
	}
	if err != nil || !a.seen.claim(signatureOf(r)) {
		http.Error(w, "signature refused", http.StatusUnauthorized)
		return nil, false
	}
	return body, true
}

func signatureOf(r *http.Request) string { return r.Header.Get("X-Slack-Signature") }

// serveEvents takes Events API requests.
func (a *Adapter) serveEvents(w http.ResponseWriter, r *http.Request, in chat.Inbox) {
	body, ok := a.verified(w, r)
	if !ok {
		return
	}
	l := loose.Of(body)
	if l.Text("type") == "url_verification" {
		writeJSON(w, ackJSON(map[string]string{"challenge": l.Text("challenge")}))
		return
	}
	if _, err := a.whoami(r.Context(), false); err != nil {
		a.later(w, r)
		return
	}
	retry, _ := strconv.Atoi(r.Header.Get("X-Slack-Retry-Num"))
	taken := make(chan bool, 1)
	a.onEvent(context.WithoutCancel(r.Context()), in, body, retry, func(ok bool) { taken <- ok })
	select {
	case ok := <-taken:
		if ok {
			w.WriteHeader(http.StatusOK)
			return
		}
	case <-r.Context().Done():
	}
	a.later(w, r)
}

// later asks Slack to deliver again.
func (a *Adapter) later(w http.ResponseWriter, r *http.Request) {
	a.seen.release(signatureOf(r))
	http.Error(w, "not taken, deliver again", http.StatusServiceUnavailable)
}

// serveActs takes commands and interactions. Only the signed body is read, never
// the address.
func (a *Adapter) serveActs(w http.ResponseWriter, r *http.Request, in chat.Inbox) {
	body, ok := a.verified(w, r)
	if !ok {
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, "no form", http.StatusBadRequest)
		return
	}
	if _, err := a.whoami(r.Context(), false); err != nil {
		a.later(w, r)
		return
	}
	var ac act
	if payload := form.Get("payload"); payload != "" {
		ac = a.interaction(json.RawMessage(payload))
	} else {
		fields := fieldsOf(form)
		raw, _ := json.Marshal(fields)
		ac = a.slashCommand(fields, raw)
	}
	writeJSON(w, a.onAct(r.Context(), in, ac))
}

func writeJSON(w http.ResponseWriter, body json.RawMessage) {
	if len(body) == 0 {
		w.WriteHeader(http.StatusOK)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body)
}
