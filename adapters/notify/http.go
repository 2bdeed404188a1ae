package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"hotline/bot/chat"
)

// maxAnswer bounds how much of an answer is read, in bytes.
const maxAnswer = 64 << 10

// maxRedirects bounds redirects on the same host.
const maxRedirects = 3

// newClient makes the client of one adapter.
func newClient(timeout time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: min(timeout, 5*time.Second), KeepAlive: 30 * time.Second}
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: min(timeout, 5*time.Second), ResponseHeaderTimeout: timeout,
			MaxIdleConns: 256, MaxIdleConnsPerHost: 32, MaxConnsPerHost: 64, IdleConnTimeout: 90 * time.Second,
			MaxResponseHeaderBytes: maxAnswer,
		},
		CheckRedirect: func(next *http.Request, before []*http.Request) error {
			first := before[0]
			same := next.URL.Host == first.URL.Host && next.URL.Scheme == first.URL.Scheme && next.Method == first.Method
			if !same || len(before) > maxRedirects {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}

// exchange sends a request and gives status, headers and the beginning of the
// answer. When there is no answer, res says whether the request may have arrived.
func exchange(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, []byte, chat.SendResult) {
	var wrote atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }}
	resp, err := client.Do(req.WithContext(httptrace.WithClientTrace(ctx, trace)))
	if err != nil {
		class := chat.Retry
		if wrote.Load() {
			class = chat.Unknown
		}
		return nil, nil, chat.SendResult{Class: class, Reason: "no_answer", Err: plain(err)}
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil && resp.StatusCode < 300 {
		return nil, nil, chat.SendResult{Class: chat.Unknown, Reason: "no_answer", Err: plain(err)}
	}
	return resp, body, classify(resp)
}

// plain takes the address out of an error, because addresses hold tokens.
func plain(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("%s: %w", ue.Op, ue.Err)
	}
	return err
}

// maxRetryAfter bounds what a server may ask us to wait.
const maxRetryAfter = time.Hour

// classify turns a status into a result. Refusals of our own credentials are
// ReasonDenied; an adapter with one account makes ReasonDead of it.
func classify(resp *http.Response) chat.SendResult {
	code := resp.StatusCode
	err := fmt.Errorf("the server answered %d", code)
	after, asked := retryAfter(resp.Header.Get("Retry-After"), time.Now())
	switch {
	case code >= 200 && code < 300:
		return chat.OK()
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable && asked:
		return chat.SendResult{Class: chat.RetryAfter, After: max(after, time.Second), Reason: chat.ReasonThrottle, Err: err}
	case code >= 500, code == http.StatusRequestTimeout, code == http.StatusTooEarly:
		return chat.SendResult{Class: chat.Retry, Reason: strconv.Itoa(code), Err: err}
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusProxyAuthRequired:
		return chat.SendResult{Class: chat.Never, Reason: chat.ReasonDenied, Err: err}
	case code >= 300 && code < 400:
		return chat.SendResult{Class: chat.Never, Reason: chat.ReasonInvalid, Err: fmt.Errorf("the server answered %d: it redirects to another place, which is not followed", code)}
	default:
		return chat.SendResult{Class: chat.Never, Reason: chat.ReasonInvalid, Err: err}
	}
}

// retryAfter reads the header in either of its forms.
func retryAfter(text string, now time.Time) (time.Duration, bool) {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return min(time.Duration(min(n, 86400))*time.Second, maxRetryAfter), true
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter), true
	}
	return 0, false
}
