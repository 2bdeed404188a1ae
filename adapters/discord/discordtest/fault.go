package discordtest

import (
	"net/http"
	"time"
)

// Fault is something that goes wrong with REST requests.
type Fault struct {
	// Method and Route select requests; empty selects all.
	Method, Route string
	// Times is how many requests it hits; 0 means every one until cleared.
	Times int
	// Status is the answer. 429 carries RetryAfter; 0 cuts the connection.
	Status int
	// Code is Discord's own error code.
	Code       int
	RetryAfter time.Duration
	Global     bool
	// After lets the request take effect first and only then goes wrong.
	After bool
}

type fault struct {
	Fault
	left int
}

// hangUp cuts the connection without an answer.
type hangUp struct{}

func (hangUp) end(w http.ResponseWriter) {
	if hj, ok := w.(http.Hijacker); ok {
		if conn, _, err := hj.Hijack(); err == nil {
			conn.Close()
		}
	}
}

// Break adds a fault and returns a function that takes it away again.
func (s *Server) Break(f Fault) (mend func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := &fault{Fault: f, left: f.Times}
	s.faults = append(s.faults, it)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		it.Times, it.left = 1, 0
	}
}

// fault finds the fault that hits a call and counts it.
func (s *Server) fault(c *call) *fault {
	for _, f := range s.faults {
		if (f.Times > 0 && f.left <= 0) || (f.Method != "" && f.Method != c.r.Method) || (f.Route != "" && f.Route != c.route) {
			continue
		}
		f.left--
		return f
	}
	return nil
}

func (f *fault) answer(c *call) (int, any, *apiError) {
	switch f.Status {
	case 0:
		return 0, hangUp{}, nil
	case http.StatusTooManyRequests:
		status, out := tooMany(c.w, f.RetryAfter, f.Global)
		return status, out, nil
	default:
		return 0, nil, refuse(f.Status, f.Code, http.StatusText(f.Status))
	}
}

// RevokeToken makes the bot's token worthless: REST answers 401, the gateway
// closes with 4004.
func (s *Server) RevokeToken() {
	s.mu.Lock()
	s.token = "revoked"
	links := s.liveLinks()
	s.mu.Unlock()
	for _, l := range links {
		l.close(4004, "Authentication failed.")
	}
}
