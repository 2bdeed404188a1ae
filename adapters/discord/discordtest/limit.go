package discordtest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// bucket is one rate limit: how many requests are left until reset.
type bucket struct {
	limit int
	per   time.Duration
	left  int
	reset time.Time
}

// topLevel names the path parameters that split a route's bucket.
func topLevel(c *call) string {
	return c.id("channel_id") + c.id("guild_id") + c.id("webhook_id")
}

// throttled counts the request in its bucket, writes the X-RateLimit headers, and
// answers 429 when the bucket is empty. Interaction callbacks are outside.
func (s *Server) throttled(c *call) (int, any, bool) {
	if strings.HasPrefix(c.route, "/interactions/") {
		return 0, nil, false
	}
	key := c.r.Method + " " + c.route + " " + topLevel(c)
	now := s.now()
	b := s.buckets[key]
	if b == nil {
		b = &bucket{limit: s.opt.Bucket, per: s.opt.BucketPer}
		s.buckets[key] = b
	}
	if !now.Before(b.reset) {
		b.left, b.reset = b.limit, now.Add(b.per)
	}
	h := c.w.Header()
	sum := sha256.Sum256([]byte(c.r.Method + c.route))
	h.Set("X-RateLimit-Bucket", hex.EncodeToString(sum[:8]))
	h.Set("X-RateLimit-Limit", strconv.Itoa(b.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, b.left-1)))
	h.Set("X-RateLimit-Reset", seconds(time.Duration(b.reset.UnixNano())))
	h.Set("X-RateLimit-Reset-After", seconds(b.reset.Sub(now)))
	if b.left <= 0 {
		status, out := tooMany(c.w, b.reset.Sub(now), false)
		return status, out, true
	}
	b.left--
	return 0, nil, false
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }

// tooMany is the answer 429 with its headers.
func tooMany(w http.ResponseWriter, after time.Duration, global bool) (int, any) {
	h := w.Header()
	h.Set("Retry-After", seconds(after))
	h.Set("X-RateLimit-Scope", "user")
	if global {
		h.Set("X-RateLimit-Global", "true")
		h.Set("X-RateLimit-Scope", "global")
		h.Del("X-RateLimit-Bucket")
	}
	return http.StatusTooManyRequests, map[string]any{
		"message": "You are being rate limited.", "retry_after": after.Seconds(), "global": global,
	}
}

// Limit sets how many requests of one route each channel takes in a while, from
// now on. method and route are as in the OpenAPI document.
func (s *Server) Limit(method, route string, n int, per time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ch := range s.channels {
		s.buckets[method+" "+route+" "+ch.ID] = &bucket{limit: n, per: per}
	}
	s.buckets[method+" "+route+" "] = &bucket{limit: n, per: per}
}
