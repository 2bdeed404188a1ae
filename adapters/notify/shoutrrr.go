package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/url"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"hotline/bot/chat"
)

// ShoutrrrOptions are the settings of a shoutrrr adapter.
type ShoutrrrOptions struct {
	// Services are shoutrrr URLs by id. The URLs hold tokens.
	Services map[string]string
	// Timeout bounds one attempt, 0 means 10 s.
	Timeout time.Duration
}

// Shoutrrr sends through any service that shoutrrr knows; addresses are the ids of
// services. It is safe for concurrent use.
type Shoutrrr struct {
	*base
	opt ShoutrrrOptions
}

var _ chat.Adapter = (*Shoutrrr)(nil)

// NewShoutrrr makes the adapter of platform "shoutrrr". It fails when a URL is of
// no service that shoutrrr knows; the error names the id and not the URL.
func NewShoutrrr(o ShoutrrrOptions) (*Shoutrrr, error) {
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	s := &Shoutrrr{base: newBase(PlatformShoutrrr, 2000), opt: o}
	var errs []error
	for id, raw := range o.Services {
		if _, err := newRouter(raw, o.Timeout); err != nil {
			errs = append(errs, fmt.Errorf("notify.shoutrrr %s: the URL is of no service that is known: %s", id, redact(err.Error(), raw)))
		}
	}
	return s, errors.Join(errs...)
}

func newRouter(raw string, timeout time.Duration) (*router.ServiceRouter, error) {
	r, err := router.New(log.New(io.Discard, "", 0), raw)
	if err != nil {
		return nil, err
	}
	r.Timeout = timeout
	return r, nil
}

// Send sends one message. Shoutrrr does not say why a service refused, so every
// error but a timeout is tried again.
func (s *Shoutrrr) Send(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	to, ok := address(&out)
	raw, known := s.opt.Services[to]
	switch {
	case !ok:
		return refuse(chat.ReasonNoWay, errors.New("shoutrrr takes new messages to one service"))
	case !known:
		return refuse(chat.ReasonInvalid, errors.New("there is no service of that id under notify.shoutrrr"))
	}
	r, err := newRouter(raw, s.opt.Timeout)
	if err != nil {
		return refuse(chat.ReasonInvalid, errors.New(redact(err.Error(), raw)))
	}
	m := words(&out, s.maxText)
	text := m.text()
	if m.ack != "" {
		text += "\n" + sayAck.In(out.Lang) + ": " + m.ack
	}
	params := types.Params{}
	params.SetTitle(shorten(m.title, 200))
	done := make(chan error, 1)
	go func() { done <- errors.Join(r.Send(text, &params)...) }()
	select {
	case err = <-done:
	case <-ctx.Done():
		err = router.ErrServiceTimeout
	}
	res := chat.OK()
	switch {
	case errors.Is(err, router.ErrServiceTimeout), err != nil && strings.Contains(err.Error(), "timed out"):
		res = chat.SendResult{Class: chat.Unknown, Reason: "no_answer", Err: fmt.Errorf("service %s did not answer in time", to)}
	case err != nil:
		res = chat.SendResult{Class: chat.Retry, Reason: "refused", Err: fmt.Errorf("service %s: %s", to, redact(err.Error(), raw))}
	}
	return chat.MessageRef{}, s.note(res, "Check notify.shoutrrr: service "+to+" does not take messages.")
}

// redact takes everything that came from a service URL out of a text: the whole
// URL and each of its parts that could be a token.
func redact(text, raw string) string {
	secrets := []string{raw}
	if u, err := url.Parse(raw); err == nil {
		if password, ok := u.User.Password(); ok {
			secrets = append(secrets, password)
		}
		secrets = append(secrets, u.User.Username(), u.Path, u.RawQuery)
		secrets = append(secrets, strings.FieldsFunc(u.Path, func(r rune) bool { return strings.ContainsRune("/:@", r) })...)
		for _, values := range u.Query() {
			secrets = append(secrets, values...)
		}
		if u.Port() == "" { // in many service URLs the token stands where a host does
			secrets = append(secrets, u.Host)
		}
	} else {
		return "the URL cannot be read"
	}
	for _, s := range secrets {
		if len(s) >= 4 {
			text = strings.ReplaceAll(text, s, "[secret]")
			text = strings.ReplaceAll(text, url.QueryEscape(s), "[secret]")
			text = strings.ReplaceAll(text, strings.ToLower(s), "[secret]")
		}
	}
	return shorten(clean(text), 300)
}
