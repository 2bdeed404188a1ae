package web

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// policy lets a page load only what this server serves, and run no inline script.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// handler is everything behind the guards: headers, host and origin.
func (a *Adapter) handler() http.Handler {
	guard := http.NewCrossOriginProtection()
	if a.cfg.BaseURL != "" {
		_ = guard.AddTrustedOrigin(a.cfg.BaseURL) // one with a path is no origin and is not needed
	}
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.writeFault(w, r, a.langOf(r, User{}), refuse(http.StatusForbidden, "cross_origin"))
	}))
	next := guard.Handler(a.routes())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if a.cfg.Demo && !a.ownHost(r.Host) {
			a.writeFault(w, r, a.langOf(r, User{}), refuse(http.StatusMisdirectedRequest, "bad_host"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownHost reports whether a demo may answer to host. Without a login, a name that
// an attacker points at this machine would let their page read everything.
func (a *Adapter) ownHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	if base, err := url.Parse(a.cfg.BaseURL); err == nil && host == base.Hostname() {
		return true
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(strings.Trim(host, "[]")) != nil
}

// maxLimiters bounds the memory of the limits.
const maxLimiters = 10_000

// limits bounds how much each person does.
type limits struct {
	mu      sync.Mutex
	by      map[string]*rate.Limiter
	streams map[string]int
}

// take uses one act of a person; it returns how long to wait, zero when allowed.
func (l *limits) take(who string, now time.Time, perSecond float64, burst int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil || len(l.by) >= maxLimiters {
		l.by = map[string]*rate.Limiter{}
	}
	lim, ok := l.by[who]
	if !ok {
		lim = rate.NewLimiter(rate.Limit(perSecond), burst)
		l.by[who] = lim
	}
	r := lim.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// maxStreams is how many windows one person may have open.
const maxStreams = 24

// open counts a stream; false when there are too many.
func (l *limits) open(who string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.streams == nil {
		l.streams = map[string]int{}
	}
	if l.streams[who] >= maxStreams {
		return false
	}
	l.streams[who]++
	return true
}

func (l *limits) close(who string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.streams[who]--; l.streams[who] <= 0 {
		delete(l.streams, who)
	}
}
