package discordtest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// endpoint is the bot's address for interactions over HTTP, when it has one.
type endpoint struct {
	url string
}

// signingKey is the application's key; it is the same in every run.
func signingKey() ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("discordtest application key"))
	return ed25519.NewKeyFromSeed(seed[:])
}

func (endpoint) verifyKey() string {
	return hex.EncodeToString(signingKey().Public().(ed25519.PublicKey))
}

// VerifyKey is the application's public key in hex.
func (s *Server) VerifyKey() string { return s.endpoint.verifyKey() }

// Sign adds the two signature headers for a body and a time.
func (s *Server) Sign(r *http.Request, body []byte, at time.Time) {
	ts := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("X-Signature-Timestamp", ts)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(signingKey(), append([]byte(ts), body...))))
}

// UseEndpoint delivers interactions to url instead of the gateway. As Discord
// does on the settings page it first sends a ping and a forged request, and
// takes the address only if the first is answered and the second refused.
func (s *Server) UseEndpoint(ctx context.Context, url string) error {
	ping := []byte(`{"id":"1","application_id":"` + s.bot.ID + `","type":1,"token":"x","version":1}`)
	status, out, err := s.post(ctx, url, ping, func(r *http.Request) { s.Sign(r, ping, time.Now()) })
	if err != nil {
		return err
	}
	var pong struct {
		Type int `json:"type"`
	}
	if status != http.StatusOK || json.Unmarshal(out, &pong) != nil || pong.Type != 1 {
		return fmt.Errorf("endpoint answered the ping with %d %s", status, out)
	}
	status, _, err = s.post(ctx, url, ping, func(r *http.Request) {
		s.Sign(r, append(ping, ' '), time.Now())
	})
	if err != nil {
		return err
	}
	if status != http.StatusUnauthorized {
		return fmt.Errorf("endpoint answered a forged request with %d instead of 401", status)
	}
	s.mu.Lock()
	s.endpoint.url = url
	s.mu.Unlock()
	return nil
}

func (s *Server) post(ctx context.Context, url string, body []byte, sign func(*http.Request)) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	sign(req)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(io.LimitReader(resp.Body, maxRequest))
	return resp.StatusCode, out, err
}

// postInteraction delivers over HTTP and takes the answer from the response.
func (s *Server) postInteraction(url string, it *Interaction, body json.RawMessage) {
	ctx, cancel := context.WithTimeout(context.Background(), s.opt.AnswerWithin)
	defer cancel()
	status, out, err := s.post(ctx, url, body, func(r *http.Request) { s.Sign(r, body, time.Now()) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || status != http.StatusOK && status != http.StatusAccepted || len(out) == 0 || it.failed {
		return // the timer says that nothing came, or a callback was used
	}
	c := &call{route: "/interactions/{interaction_id}/{interaction_token}/callback", body: out}
	if e := s.checkBody("POST", c); e != nil {
		s.problem("interaction endpoint: %v", e.detail)
		return
	}
	if e := s.firstAnswer(it, c); e != nil {
		s.problem("interaction endpoint: %s %v", e.msg, e.detail)
	}
}
