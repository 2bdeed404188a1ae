package discord

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	"hotline/bot/chat"
)

// maxIdentifies is how often the bot identifies within an hour. Discord allows
// 1000 a day and resets the token of a bot that goes beyond.
const maxIdentifies = 20

// fatalError is a close that no new attempt can mend.
type fatalError struct {
	code int
	say  string
}

func (e *fatalError) Error() string {
	return fmt.Sprintf("discord: gateway closed with %d: %s", e.code, e.say)
}

// fatalCodes are the close codes that stop the adapter, with what to do.
var fatalCodes = map[int]string{
	4004: wordsToken, 4010: wordsShard, 4011: wordsShard, 4012: wordsVersion, 4013: wordsIntents, 4014: wordsIntents,
}

// closedError is a connection that ended; a new one may be tried.
type closedError struct {
	code   int
	fresh  bool          // the session is over: identify
	asked  bool          // Discord asked for it: come back at once
	wait   time.Duration // before the next attempt
	lived  bool          // the session had been ready, and for a while
	reason error
}

func (e *closedError) Error() string {
	if e.reason != nil {
		return "gateway connection ended: " + e.reason.Error()
	}
	return fmt.Sprintf("gateway connection ended with %d", e.code)
}

// session is what a resume needs.
type session struct {
	id, url string
	seq     int
}

// supervisor keeps one gateway connection alive.
type supervisor struct {
	a       *Adapter
	events  func(ctx context.Context, kind string, raw []byte)
	ready   func(ctx context.Context)
	session session
	tries   int
	times   []time.Time // of identifies, oldest first
	content bool        // whether the privileged intent is asked for
}

// run connects until ctx ends or Discord refuses for good.
func (s *supervisor) run(ctx context.Context) error {
	s.content = s.a.opt.MessageContent
	for {
		err := s.once(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if fatal, ok := errors.AsType[*fatalError](err); ok {
			if fatal.code == 4014 && s.content {
				s.content = false // works without, with less
				s.a.contentMissing(true)
				continue
			}
			s.a.health.fail(fatal.say)
			s.a.log.Error("gateway refused for good", "code", fatal.code)
			return err
		}
		if s.a.health.failed() {
			return &fatalError{code: 4004, say: wordsToken}
		}
		s.a.health.set(chat.StateDown)
		s.a.health.note("away", wordsAway)
		wait := s.pause(err)
		s.a.log.Warn("gateway connection ended", "err", err, "again_in", wait)
		if sleep(ctx, wait) != nil {
			return ctx.Err()
		}
	}
}

// pause is how long to wait before the next connection: nothing when Discord
// asked for it or the network broke after a while, else doubling, with half of it
// at random.
func (s *supervisor) pause(err error) time.Duration {
	closed, _ := errors.AsType[*closedError](err)
	if closed != nil && closed.lived {
		s.tries = 0
		if closed.asked {
			return closed.wait
		}
	}
	d := min(s.a.tempo.most, s.a.tempo.first<<min(s.tries, 10))
	s.tries++
	d = d/2 + rand.N(d/2+1)
	if closed != nil {
		d = max(d, closed.wait)
	}
	return d
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// once runs one connection from dial to close.
func (s *supervisor) once(ctx context.Context) error {
	addr := s.session.url
	if s.session.id == "" {
		var err error
		if addr, err = s.address(ctx); err != nil {
			return err
		}
	}
	sock, err := dial(ctx, addr)
	if err != nil {
		if s.session.id != "" {
			s.tries++
			if s.tries > 3 { // the address of the session may be gone
				s.session = session{}
			}
		}
		return &closedError{reason: err}
	}
	c := &connection{s: s, sock: sock}
	err = c.run(ctx)
	if closed, ok := errors.AsType[*closedError](err); ok && closed.fresh {
		s.session = session{}
	}
	return err
}

// address asks where the gateway is, and obeys the limit on new sessions.
func (s *supervisor) address(ctx context.Context) (string, error) {
	if err := s.mayIdentify(ctx); err != nil {
		return "", err
	}
	if _, _, err := s.a.identity(ctx); err != nil {
		return "", err
	}
	var g struct {
		URL   string `json:"url"`
		Limit struct {
			Remaining *int  `json:"remaining"`
			After     int64 `json:"reset_after"`
		} `json:"session_start_limit"`
	}
	if err := s.a.rest.call(ctx, request{method: "GET", path: "/gateway/bot"}, &g); err != nil {
		return "", err
	}
	if g.Limit.Remaining != nil && *g.Limit.Remaining <= 0 {
		s.a.health.note("identify", wordsIdentify)
		wait := min(time.Duration(g.Limit.After)*time.Millisecond, 24*time.Hour)
		if err := sleep(ctx, wait); err != nil {
			return "", err
		}
	}
	return g.URL, nil
}

// mayIdentify waits until an identify is allowed by our own cap.
func (s *supervisor) mayIdentify(ctx context.Context) error {
	now := time.Now()
	for len(s.times) > 0 && now.Sub(s.times[0]) > time.Hour {
		s.times = s.times[1:]
	}
	if len(s.times) < maxIdentifies {
		s.a.health.note("identify", "")
		return nil
	}
	s.a.health.set(chat.StateDown)
	s.a.health.note("identify", wordsIdentify)
	if err := sleep(ctx, s.times[0].Add(time.Hour).Sub(now)); err != nil {
		return err
	}
	return s.mayIdentify(ctx)
}

// gatewayURL adds version and encoding to an address.
func gatewayURL(addr string) (string, error) {
	u, err := url.Parse(addr)
	if err != nil || u.Scheme != "ws" && u.Scheme != "wss" {
		return "", errors.New("the gateway's address is none")
	}
	q := u.Query()
	q.Set("v", "10")
	q.Set("encoding", "json")
	u.RawQuery = q.Encode()
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), nil
}
