package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/bot/chat"
)

const (
	userAgent     = "DiscordBot (hotline, 1)"
	requestWithin = 30 * time.Second
	maxAnswer     = 8 << 20 // bytes of one answer that are read
)

// Codes of Discord's errors that the adapter acts upon.
const (
	codeUnknownChannel = 10003
	codeUnknownMessage = 10008
	codeUnknownWebhook = 10015
	codeUnknownInter   = 10062
	codeAlreadyAcked   = 40060
	codeNoAccess       = 50001
	codeNoDirect       = 50007
	codeNoPermission   = 50013
	codeHookToken      = 50027
	codeArchived       = 50083
	codeHasThread      = 160004
)

// apiError is a refusal by Discord, or a request that failed on the way.
type apiError struct {
	status int
	code   int
	msg    string
	after  time.Duration // of 429
	left   bool          // the request had left when the connection died
	err    error
}

func (e *apiError) Error() string {
	if e.err != nil {
		return "discord: " + e.err.Error()
	}
	return fmt.Sprintf("discord: HTTP %d, code %d: %s", e.status, e.code, e.msg)
}

func (e *apiError) Unwrap() error { return e.err }

func isCode(err error, codes ...int) bool {
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		return false
	}
	for _, c := range codes {
		if e.code == c {
			return true
		}
	}
	return false
}

func isStatus(err error, status int) bool {
	e, ok := errors.AsType[*apiError](err)
	return ok && e.status == status
}

// asAPI turns an error of the SDK into ours, without the token that its request
// carries.
func asAPI(err error) error {
	if re, ok := errors.AsType[*discordgo.RESTError](err); ok {
		out := &apiError{status: re.Response.StatusCode}
		if re.Message != nil {
			out.code, out.msg = re.Message.Code, re.Message.Message
		}
		return out
	}
	if rl, ok := errors.AsType[*discordgo.RateLimitError](err); ok {
		return &apiError{status: http.StatusTooManyRequests, after: rl.RetryAfter}
	}
	if err == nil {
		return nil
	}
	return networkError(err, false) // the SDK makes only requests that may be repeated
}

// upload is a file that goes with a request.
type upload struct {
	name, kind string
	data       []byte
}

// request is one request to the REST interface.
type request struct {
	method, path string
	body         any
	files        []upload
	// hook says that the path carries its own token.
	hook bool
}

// rest makes requests that the SDK has no shape for, or would retry and wait for
// in its own way.
type rest struct {
	base, token string
	client      *http.Client
	maxWait     func() time.Duration
}

// call makes a request and decodes the answer into out, which may be nil.
func (c *rest) call(ctx context.Context, q request, out any) error {
	body, kind, err := q.encode()
	if err != nil {
		return &apiError{err: err}
	}
	var left atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { left.Store(true) }}
	ctx = httptrace.WithClientTrace(withPatience(ctx, c.maxWait()), trace)
	req, err := http.NewRequestWithContext(ctx, q.method, c.base+q.path, bytes.NewReader(body))
	if err != nil {
		return &apiError{err: errors.New("bad address")}
	}
	if !q.hook {
		req.Header.Set("Authorization", "Bot "+c.token)
	}
	req.Header.Set("User-Agent", userAgent)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return networkError(err, left.Load())
	}
	defer drain(resp.Body)
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return networkError(err, true)
	}
	if resp.StatusCode >= 300 {
		return refusal(resp, raw)
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return &apiError{status: resp.StatusCode, err: fmt.Errorf("answer not understood: %w", err), left: true}
	}
	return nil
}

// networkError keeps what went wrong and drops the address, which may hold the
// token of an interaction.
func networkError(err error, left bool) error {
	if w, ok := errors.AsType[*waitError](err); ok {
		return &apiError{status: http.StatusTooManyRequests, after: w.after, msg: "rate limited"}
	}
	switch {
	case errors.Is(err, errDead):
		return &apiError{status: http.StatusUnauthorized, msg: "token refused"}
	case errors.Is(err, context.Canceled):
		return &apiError{err: context.Canceled, left: left}
	case errors.Is(err, context.DeadlineExceeded):
		return &apiError{err: context.DeadlineExceeded, left: left}
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return &apiError{err: err, left: left}
}

func refusal(resp *http.Response, raw []byte) error {
	var m struct {
		Code    int     `json:"code"`
		Message string  `json:"message"`
		After   float64 `json:"retry_after"`
	}
	json.Unmarshal(raw, &m) //nolint:errcheck // a proxy may answer with something else
	e := &apiError{status: resp.StatusCode, code: m.Code, msg: cutRunes(m.Message, 200)}
	if resp.StatusCode == http.StatusTooManyRequests {
		e.after = secondsOf(resp.Header.Get("Retry-After"))
	}
	return e
}

// encode makes the body: JSON, or multipart when there are files.
func (q *request) encode() ([]byte, string, error) {
	if q.body == nil && len(q.files) == 0 {
		return nil, "", nil
	}
	raw, err := json.Marshal(q.body)
	if err != nil {
		return nil, "", err
	}
	if len(q.files) == 0 {
		return raw, "application/json", nil
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part := func(name, file, kind string, data []byte) {
		h := textproto.MIMEHeader{}
		cd := `form-data; name="` + name + `"`
		if file != "" {
			cd += `; filename="` + strings.NewReplacer(`"`, "'", `\`, "_", "\r", "", "\n", "").Replace(file) + `"`
		}
		h.Set("Content-Disposition", cd)
		h.Set("Content-Type", kind)
		if p, perr := w.CreatePart(h); perr == nil {
			p.Write(data) //nolint:errcheck // memory
		}
	}
	part("payload_json", "", "application/json", raw)
	for i, f := range q.files {
		part("files["+strconv.Itoa(i)+"]", f.name, f.kind, f.data)
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return b.Bytes(), w.FormDataContentType(), nil
}

// resultOf says how a send ended.
func resultOf(err error) chat.SendResult {
	if err == nil {
		return chat.OK()
	}
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		return chat.SendResult{Class: chat.Never, Reason: chat.ReasonInvalid, Err: err}
	}
	never := func(reason string) chat.SendResult {
		return chat.SendResult{Class: chat.Never, Reason: reason, Err: e}
	}
	switch {
	case e.status == http.StatusTooManyRequests:
		return chat.SendResult{Class: chat.RetryAfter, After: max(e.after, 50*time.Millisecond), Reason: chat.ReasonThrottle, Err: e}
	case e.err != nil && e.left, e.status == http.StatusBadGateway, e.status == http.StatusGatewayTimeout:
		return chat.SendResult{Class: chat.Unknown, Err: e}
	case e.err != nil, e.status >= 500:
		return chat.SendResult{Class: chat.Retry, Err: e}
	case e.code == codeNoDirect:
		return never(chat.ReasonBlocked)
	case e.code == codeUnknownChannel, e.code == codeUnknownMessage:
		return never(chat.ReasonGone)
	case e.code == codeHookToken, e.code == codeUnknownWebhook, e.code == codeUnknownInter:
		return never(chat.ReasonExpired)
	case e.status == http.StatusUnauthorized:
		return never(chat.ReasonDead)
	case e.status == http.StatusForbidden:
		return never(chat.ReasonDenied)
	case e.status == http.StatusNotFound:
		return never(chat.ReasonGone)
	default:
		return never(chat.ReasonInvalid)
	}
}
