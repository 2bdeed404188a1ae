package slacktest

import (
	"net/http"
	"strconv"
	"time"
)

// Fault makes calls of a method go wrong.
type Fault struct {
	Method  string // such as "chat.update"
	Channel string // only calls about this channel; empty means all
	Times   int    // how many calls; 0 means all until [Server.Heal]

	Word       string        // answer {"ok":false,"error":Word}
	Status     int           // answer with this HTTP status
	RetryAfter int           // answer 429 with this many seconds
	After      bool          // do the work first, then fail
	Cut        bool          // close the connection in place of an answer
	Hold       chan struct{} // wait until it is closed before answering
}

// Fail adds a fault.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal takes the faults of a method away; "" means of all methods.
func (s *Server) Heal(method string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rest []*Fault
	for _, f := range s.faults {
		if method != "" && f.Method != method {
			rest = append(rest, f)
		}
	}
	s.faults = rest
}

// fault picks the fault of a call and uses it up once.
func (s *Server) fault(method, channel string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Method != method || f.Channel != "" && f.Channel != channel {
			continue
		}
		cp := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			}
		}
		return &cp
	}
	return nil
}

// answer writes the fault.
func (f *Fault) answer(w http.ResponseWriter) {
	switch {
	case f.Cut:
		cut(w)
	case f.RetryAfter > 0:
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		writeJSON(w, http.StatusTooManyRequests, map[string]any{"ok": false, "error": "ratelimited"})
	case f.Status > 0:
		http.Error(w, "upstream trouble", f.Status)
	default:
		writeJSON(w, http.StatusOK, map[string]any{"ok": false, "error": f.Word})
	}
}

func cut(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// Call is one request the Web API got.
type Call struct {
	Method  string
	Channel string
	Args    map[string]string // values as text; structures as JSON
	Auth    string            // the token
	JSON    bool              // whether the body was JSON
	At      time.Time         // machine time
	Answer  string            // "ok" or the error word; "fault" when a fault answered
}

// Calls lists the requests of a method in order; "" means of all methods.
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Call
	for _, c := range s.calls {
		if method == "" || c.Method == method {
			list = append(list, c)
		}
	}
	return list
}

// ForgetCalls empties the list of requests.
func (s *Server) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}
