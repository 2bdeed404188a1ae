package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// writeWait is how long one write to a stream may take before it is given up.
const writeWait = 20 * time.Second

// stream sends what changes to one window until it closes, the program stops, or
// a write fails.
func (a *Adapter) stream(w http.ResponseWriter, r *http.Request) {
	u, ok := a.identify(r)
	lang := a.langOf(r, u)
	if !ok {
		a.writeFault(w, r, lang, refuse(http.StatusUnauthorized, "login"))
		return
	}
	if !a.limits.open(u.ID) {
		a.writeFault(w, r, lang, refuse(http.StatusTooManyRequests, "many_streams"))
		return
	}
	defer a.limits.close(u.ID)
	wake, end := a.hub.subscribe()
	defer end()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	s := &streamer{a: a, w: w, rc: http.NewResponseController(w), user: u, lang: lang}
	if !s.begin(r) {
		return
	}
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	for s.err == nil {
		s.catchUp(r)
		s.flush()
		select {
		case <-r.Context().Done():
			return
		case <-a.done:
			return
		case <-wake:
		case <-beat.C:
			if _, still := a.identify(r); !still {
				return // logged out or removed from the configuration
			}
			s.write(": beat\n\n")
		}
	}
}

// streamer is one open stream and how far it has come.
type streamer struct {
	a    *Adapter
	w    http.ResponseWriter
	rc   *http.ResponseController
	user User
	lang string
	at   int64
	err  error
}

// begin says hello, and resumes after Last-Event-ID where that is possible.
func (s *streamer) begin(r *http.Request) bool {
	_ = s.rc.SetReadDeadline(time.Time{}) // not every server has deadlines
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.URL.Query().Get("last") // a page that was drawn at this point
	}
	s.at = s.a.hub.last()
	reset := false
	if last != "" {
		seq, ok := s.a.hub.parseEventID(last)
		if ok {
			_, ok = s.a.hub.since(seq)
		}
		if ok {
			s.at = seq
		}
		reset = !ok
	}
	s.write("retry: 1000\n\n")
	s.event("hello", s.at, map[string]any{"user": personOf(s.user)})
	if reset {
		s.event("reset", s.at, map[string]bool{"reset": true})
	}
	s.flush()
	return s.err == nil
}

// catchUp sends every change that came since.
func (s *streamer) catchUp(r *http.Request) {
	notes, ok := s.a.hub.since(s.at)
	if !ok {
		s.at = s.a.hub.last()
		s.event("reset", s.at, map[string]bool{"reset": true})
		return
	}
	for _, n := range notes {
		s.at = n.seq
		switch {
		case n.post.ID == 0:
			s.event("channels", n.seq, s.a.channelViews(r.Context(), s.user))
		case s.a.sees(r.Context(), s.user, n.post):
			s.event("post", n.seq, s.a.view(r.Context(), s.user, s.lang, n.post))
		}
	}
}

func (s *streamer) event(name string, seq int64, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		s.err = err
		return
	}
	s.write(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", s.a.hub.eventID(seq), name, data))
}

func (s *streamer) write(text string) {
	if s.err != nil {
		return
	}
	_ = s.rc.SetWriteDeadline(time.Now().Add(writeWait)) // not every server has deadlines
	_, s.err = s.w.Write([]byte(text))
}

func (s *streamer) flush() {
	if s.err == nil {
		s.err = s.rc.Flush()
	}
}
