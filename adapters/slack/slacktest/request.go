package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Targets are the request URLs of an app that takes signed HTTP.
type Targets struct {
	Events        string
	Commands      string
	Interactivity string
	Secret        string // empty means [Secret]
}

// UseHTTP switches deliveries from sockets to signed requests, after the URL has
// answered the challenge as the real service demands.
func (s *Server) UseHTTP(ctx context.Context, t Targets) error {
	if t.Secret == "" {
		t.Secret = Secret
	}
	challenge := "challenge-" + s.stamp()
	body, _ := json.Marshal(map[string]any{"token": "legacy", "challenge": challenge, "type": "url_verification"})
	res, err := signed(ctx, t.Events, t.Secret, "application/json", body, time.Now(), nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(got), challenge) {
		return fmt.Errorf("challenge answered with %d %q", res.StatusCode, got)
	}
	s.mu.Lock()
	s.target = &t
	s.mu.Unlock()
	return nil
}

// UseSockets switches back to Socket Mode.
func (s *Server) UseSockets() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.target = nil
}

func (s *Server) overHTTP() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.target != nil
}

// reachable reports whether a delivery would go somewhere.
func (s *Server) reachable() bool { return s.overHTTP() || s.Sockets() > 0 }

// Sign makes the signature header of a body at an instant.
func Sign(secret string, body []byte, at time.Time) (signature, timestamp string) {
	timestamp = strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", timestamp, body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil)), timestamp
}

func signed(ctx context.Context, to, secret, kind string, body []byte, at time.Time, head http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for k, v := range head {
		req.Header[k] = v
	}
	sig, stamp := Sign(secret, body, at)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("X-Slack-Signature", sig)
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.example/robots)")
	return http.DefaultClient.Do(req)
}

// post delivers by a signed request.
func (s *Server) post(t Targets, d *delivery) {
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.AckWait)
	defer cancel()
	to, kind, body := t.Events, "application/json", []byte(d.payload)
	switch d.kind {
	case "slash_commands":
		to, kind, body = t.Commands, "application/x-www-form-urlencoded", []byte(d.form.Encode())
	case "interactive":
		to, kind = t.Interactivity, "application/x-www-form-urlencoded"
		body = []byte(url.Values{"payload": {string(d.payload)}}.Encode())
	}
	head := http.Header{}
	if d.attempt > 0 {
		head.Set("X-Slack-Retry-Num", strconv.Itoa(d.attempt))
		head.Set("X-Slack-Retry-Reason", "http_"+d.reason)
	}
	res, err := signed(ctx, to, t.Secret, kind, body, time.Now(), head)
	if err != nil {
		s.finish(d, Ack{Word: "operation_timeout"})
		return
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	switch {
	case err != nil:
		s.finish(d, Ack{Word: "operation_timeout"})
	case res.StatusCode/100 == 2:
		s.finish(d, Ack{OK: true, Payload: bytes.TrimSpace(got)})
	case res.Header.Get("X-Slack-No-Retry") == "1":
		s.finish(d, Ack{Word: "no_retry"})
	default:
		s.finish(d, Ack{Word: "http_" + strconv.Itoa(res.StatusCode)})
	}
}
