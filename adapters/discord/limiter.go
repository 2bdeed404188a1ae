package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// perSecond stays below Discord's 50 requests a second for one bot.
	perSecond = 45
	// maxInvalid answers 401, 403 and 429 in invalidPer stop the bot by itself:
	// at 10,000 Discord bans the address for a while.
	maxInvalid = 5000
	invalidPer = 10 * time.Minute
	// maxBuckets bounds the memory of limits; those that are over go first.
	maxBuckets = 2000
)

// waitError says that a limit would have to be waited for longer than allowed.
type waitError struct{ after time.Duration }

func (e *waitError) Error() string { return "rate limited, wait " + e.after.String() }

// errDead is what every request gets once the token has been refused.
var errDead = errors.New("discord: the token has been refused")

// bucket is one limit as Discord told it last.
type bucket struct {
	left  int
	reset time.Time
}

// limiter is the one way out: it points requests at the configured address,
// keeps Discord's limits, and counts refusals. It is an http.RoundTripper.
type limiter struct {
	base   *url.URL
	next   http.RoundTripper
	onDead func()

	mu      sync.Mutex
	names   map[string]string // route → Discord's name of its bucket
	buckets map[string]*bucket
	global  time.Time
	sent    [perSecond]time.Time // a ring: when the last requests left
	at      int
	invalid []time.Time
	dead    bool
}

func newLimiter(base string, next http.RoundTripper) (*limiter, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("discord.api_url is no address: use %s or that of a compatible server", DefaultAPI)
	}
	if next == nil {
		next = http.DefaultTransport
	}
	return &limiter{base: u, next: next, onDead: func() {}, names: map[string]string{}, buckets: map[string]*bucket{}}, nil
}

// patience is how long a request may wait for a limit; a value in its context.
type patience struct{}

func withPatience(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, patience{}, d)
}

// RoundTrip sends a request when its limit allows.
func (l *limiter) RoundTrip(r *http.Request) (*http.Response, error) {
	r = l.aim(r)
	path := strings.TrimPrefix(r.URL.Path, l.base.Path)
	if strings.Contains(path, "/interactions/") {
		return l.next.RoundTrip(r) // outside all limits
	}
	route, major := routeOf(r.Method, path)
	if err := l.wait(r.Context(), route, major); err != nil {
		return nil, err
	}
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	l.learn(resp, route, major, strings.Contains(path, "/webhooks/"))
	return resp, nil
}

// aim points a request of the SDK, which knows Discord's own address and an older
// version only, at ours. Requests that are ours already, and files, stay.
func (l *limiter) aim(r *http.Request) *http.Request {
	const sdkPath = "/api/v"
	if r.URL.Host != "discord.com" || !strings.HasPrefix(r.URL.Path, sdkPath) {
		return r
	}
	_, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), sdkPath), "/")
	u := *l.base
	u.Path, u.RawPath = "", ""
	to, err := u.Parse(strings.TrimRight(l.base.Path, "/") + "/v10/" + rest)
	if err != nil {
		return r
	}
	to.RawQuery = r.URL.RawQuery
	out := r.Clone(r.Context())
	out.URL, out.Host = to, to.Host
	return out
}

// routeOf is the route of a path with ids taken out, and the id that splits its
// bucket: the first channel, guild or webhook.
func routeOf(method, path string) (route, major string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i, p := range parts {
		if i == 0 {
			continue
		}
		isID := strings.Trim(p, "0123456789") == "" && p != ""
		switch prev := parts[i-1]; {
		case isID && (prev == "channels" || prev == "guilds" || prev == "webhooks") && major == "":
			major = p
		case prev == "reactions", i > 1 && parts[i-2] == "webhooks":
		case !isID:
			continue
		}
		parts[i] = "*"
	}
	return method + " " + strings.Join(parts, "/"), major
}

// wait blocks until the request may leave, its patience is over, or ctx ends.
func (l *limiter) wait(ctx context.Context, route, major string) error {
	for {
		d, err := l.reserve(route, major)
		if err != nil || d <= 0 {
			return err
		}
		if most, ok := ctx.Value(patience{}).(time.Duration); ok && d > most {
			return &waitError{d}
		}
		t := time.NewTimer(d)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

// reserve takes a place in the limits, or says how long to wait for one.
func (l *limiter) reserve(route, major string) (time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.dead {
		return 0, errDead
	}
	if len(l.invalid) >= maxInvalid {
		l.forget(now)
		if len(l.invalid) >= maxInvalid {
			return 0, &waitError{l.invalid[0].Add(invalidPer).Sub(now)}
		}
	}
	if d := l.global.Sub(now); d > 0 {
		return d, nil
	}
	b := l.buckets[l.key(route, major)]
	if b != nil && b.left <= 0 {
		if d := b.reset.Sub(now); d > 0 {
			return d, nil
		}
		b.left = 1 // one request finds out what the limit is now
	}
	if d := l.sent[l.at].Add(time.Second).Sub(now); d > 0 {
		return d, nil
	}
	l.sent[l.at] = now
	l.at = (l.at + 1) % perSecond
	if b != nil {
		b.left--
	}
	return 0, nil
}

// key is the bucket a route belongs to: under Discord's name once it is known,
// because several routes can share one.
func (l *limiter) key(route, major string) string {
	if name, ok := l.names[route]; ok {
		return name + " " + major
	}
	return route + " " + major
}

// learn takes in what an answer says about limits, and hides it from the SDK,
// which would sleep on it.
func (l *limiter) learn(resp *http.Response, route, major string, hook bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, now := resp.Header, time.Now()
	if name := h.Get("X-RateLimit-Bucket"); name != "" {
		l.names[route] = name
	}
	if left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining")); err == nil {
		b := l.bucket(l.key(route, major), now)
		reset := now.Add(secondsOf(h.Get("X-RateLimit-Reset-After")))
		if reset.After(b.reset) || left < b.left {
			b.left, b.reset = left, reset
		}
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		until := now.Add(secondsOf(h.Get("Retry-After")))
		if h.Get("X-RateLimit-Global") != "" {
			l.global = until
		} else {
			b := l.bucket(l.key(route, major), now)
			b.left, b.reset = 0, until
		}
	}
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		l.invalid = append(l.invalid, now)
		if len(l.invalid) > 2*maxInvalid {
			l.forget(now)
		}
	}
	// A webhook's 401 means that the interaction's token is over, not the bot's.
	if resp.StatusCode == http.StatusUnauthorized && !hook && !l.dead {
		l.dead = true
		l.onDead()
	}
	for k := range h {
		if strings.HasPrefix(k, "X-Ratelimit-") {
			h.Del(k)
		}
	}
}

func (l *limiter) forget(now time.Time) {
	i := 0
	for i < len(l.invalid) && now.Sub(l.invalid[i]) > invalidPer {
		i++
	}
	l.invalid = append(l.invalid[:0], l.invalid[i:]...)
}

func (l *limiter) bucket(key string, now time.Time) *bucket {
	b := l.buckets[key]
	if b != nil {
		return b
	}
	if len(l.buckets) >= maxBuckets {
		for k, old := range l.buckets {
			if now.After(old.reset) {
				delete(l.buckets, k)
			}
		}
	}
	b = &bucket{left: 1}
	l.buckets[key] = b
	return b
}

// secondsOf reads seconds with a fraction; nonsense counts as one second, and
// more than an hour as an hour.
func secondsOf(s string) time.Duration {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f != f {
		return time.Second
	}
	return time.Duration(min(f, 3600) * float64(time.Second))
}

// drain reads the rest of a body so that the connection can be used again.
func drain(r io.ReadCloser) {
	io.Copy(io.Discard, io.LimitReader(r, 64<<10)) //nolint:errcheck // best effort
	r.Close()
}
