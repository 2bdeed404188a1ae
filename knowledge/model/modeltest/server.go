// Package modeltest is a server that speaks the OpenAI protocol on the loopback
// interface, for tests of whatever uses a model: it answers by a script, streams,
// refuses, dawdles, writes nonsense, or obeys every instruction it reads.
package modeltest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Reply is what the server does with one call.
type Reply struct {
	Text       string // the answer
	Status     int    // 0 means 200
	RetryAfter int    // seconds, with Status 429
	Hang       bool   // wait until the caller goes away
	Raw        string // sent instead of a well-formed answer
}

// Server is one running server.
type Server struct {
	URL string // base address for a client

	mu      sync.Mutex
	script  func(prompt string) Reply
	prompts []string
}

// New starts a server that answers by script, called with everything the model
// was told. It is stopped with the test.
func New(t testing.TB, script func(prompt string) Reply) *Server {
	s := &Server{script: script}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.chat)
	mux.HandleFunc("POST /v1/embeddings", s.embed)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	s.URL = srv.URL + "/v1"
	return s
}

// Script changes what the server does.
func (s *Server) Script(script func(prompt string) Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = script
}

// Prompts returns everything the model was told so far.
func (s *Server) Prompts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.prompts...)
}

func (s *Server) reply(prompt string) Reply {
	s.mu.Lock()
	s.prompts = append(s.prompts, prompt)
	script := s.script
	s.mu.Unlock()
	return script(prompt)
}

// refuse writes what is no answer and reports whether it did.
func refuse(w http.ResponseWriter, r *http.Request, reply Reply) bool {
	switch {
	case reply.Hang:
		<-r.Context().Done()
	case reply.Status != 0 && reply.Status != http.StatusOK:
		if reply.RetryAfter > 0 {
			w.Header().Set("Retry-After", fmt.Sprint(reply.RetryAfter))
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(reply.Status)
		fmt.Fprint(w, `{"error":{"message":"no","type":"test"}}`)
	case reply.Raw != "":
		fmt.Fprint(w, reply.Raw)
	default:
		return false
	}
	return true
}

func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Stream   bool `json:"stream"`
		Messages []struct {
			Content string `json:"content"`
		} `json:"messages"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&req); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	var prompt strings.Builder
	for _, m := range req.Messages {
		prompt.WriteString(m.Content + "\n")
	}
	reply := s.reply(prompt.String())
	if refuse(w, r, reply) {
		return
	}
	if req.Stream {
		stream(w, reply.Text)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{
		"choices": []any{map[string]any{"index": 0, "message": map[string]string{"role": "assistant", "content": reply.Text}, "finish_reason": "stop"}},
		"usage":   map[string]int{"total_tokens": 100},
	})
}

// stream sends an answer in small pieces.
func stream(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/event-stream")
	runes := []rune(text)
	for len(runes) > 0 {
		n := min(7, len(runes))
		piece, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"index": 0, "delta": map[string]string{"content": string(runes[:n])}}}})
		fmt.Fprintf(w, "data: %s\n\n", piece)
		runes = runes[n:]
	}
	fmt.Fprint(w, "data: [DONE]\n\n")
}

// embed answers with vectors made from the hashes of words, so that texts with
// common words are near each other.
func (s *Server) embed(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Input      []string `json:"input"`
		Dimensions int      `json:"dimensions"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 8<<20)).Decode(&req); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	if refuse(w, r, s.reply(strings.Join(req.Input, "\n"))) {
		return
	}
	if req.Dimensions == 0 {
		req.Dimensions = 64
	}
	data := make([]any, len(req.Input))
	for i, text := range req.Input {
		v := make([]float32, req.Dimensions)
		v[0] = .1
		for word := range strings.FieldsSeq(strings.ToLower(text)) {
			h := fnv.New32a()
			h.Write([]byte(word))
			v[h.Sum32()%uint32(req.Dimensions)]++
		}
		data[i] = map[string]any{"object": "embedding", "index": i, "embedding": v}
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"data": data, "usage": map[string]int{"total_tokens": 10}})
}
