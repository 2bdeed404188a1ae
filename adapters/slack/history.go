package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	sdk "github.com/slack-go/slack"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

// maxHistory bounds one page of a history, in bytes.
const maxHistory = 16 << 20

// history reads one page of a channel (thread "") or thread, from the newest in a
// channel and from the oldest in a thread, as Slack gives it. The messages stay
// raw, so that one that the SDK refuses does not hide the others.
func (a *Adapter) history(ctx context.Context, channel, thread string, args url.Values) (msgs []json.RawMessage, next string, err error) {
	method := "conversations.history"
	values := url.Values{"channel": {channel}, "limit": {"200"}}
	if thread != "" {
		method = "conversations.replies"
		values.Set("ts", thread)
	}
	for k, v := range args {
		values[k] = v
	}
	res := a.limited(method, channel, func() error {
		msgs, next, err = a.page(ctx, method, values)
		return err
	})
	if err == nil && res.Class == chat.RetryAfter {
		err = &sdk.RateLimitedError{RetryAfter: res.After}
	}
	if err == nil {
		err = res.Err
	}
	return msgs, next, err
}

// page makes the call.
func (a *Adapter) page(ctx context.Context, method string, values url.Values) ([]json.RawMessage, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.cfg.APIURL+method, strings.NewReader(values.Encode()))
	if err != nil {
		return nil, "", errors.New("slack.api_url is no address")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+a.cfg.BotToken)
	res, err := a.cfg.HTTPClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = res.Body.Close() }()
	switch {
	case res.StatusCode == http.StatusTooManyRequests:
		sec, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return nil, "", &sdk.RateLimitedError{RetryAfter: time.Duration(max(sec, 1)) * time.Second}
	case res.StatusCode != http.StatusOK:
		return nil, "", sdk.StatusCodeError{Code: res.StatusCode, Status: res.Status}
	}
	var out struct {
		OK       bool              `json:"ok"`
		Error    string            `json:"error"`
		Needed   string            `json:"needed"`
		Messages []json.RawMessage `json:"messages"`
		Meta     struct {
			Next string `json:"next_cursor"`
		} `json:"response_metadata"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxHistory)).Decode(&out); err != nil {
		return nil, "", err
	}
	if !out.OK {
		return nil, "", sdk.SlackErrorResponse{Err: out.Error, Needed: out.Needed}
	}
	return out.Messages, out.Meta.Next, nil
}

// all reads pages until there are no more or most messages have been read; more
// reports the latter.
func (a *Adapter) all(ctx context.Context, channel, thread string, args url.Values, most int) (msgs []json.RawMessage, more bool, err error) {
	args = url.Values(http.Header(args).Clone())
	if args == nil {
		args = url.Values{}
	}
	for {
		got, next, err := a.history(ctx, channel, thread, args)
		if err != nil {
			return nil, false, err
		}
		msgs = append(msgs, got...)
		switch {
		case next == "":
			return msgs, false, nil
		case len(msgs) >= most:
			return msgs, true, nil
		}
		args.Set("cursor", next)
	}
}

// lookAround fetches the message of a reaction or shortcut and its thread.
func (a *Adapter) lookAround(ctx context.Context, ev *chat.Event) error {
	channel := ev.Where.Channel
	msgs, _, err := a.all(ctx, channel, firstOf(ev.Where.Thread, ev.Message.ID), nil, 1000)
	if err != nil {
		return err
	}
	for _, raw := range msgs {
		m := loose.Of(raw)
		ts := m.Text("ts")
		if ts == ev.Message.ID {
			a.fillIn(ev, m, raw)
		}
		if m.Text("user") != "" && m.Text("user") != a.me().user && m.Text("bot_id") == "" {
			ev.Context = append(ev.Context, a.quoted(ctx, channel, m))
		}
	}
	if extra := len(ev.Context) - chat.MaxContext; extra > 0 {
		// The parent says what it is about; the newest say where it stands.
		ev.Context = append(ev.Context[:1:1], ev.Context[extra+1:]...)
		ev.Cut = true
	}
	return nil
}

// fillIn completes an event with the message it is about.
func (a *Adapter) fillIn(ev *chat.Event, m loose.Object, raw json.RawMessage) {
	ev.Where.Thread = threadIn(ev.Message.ID, m.Text("thread_ts"))
	ev.Message.Place = ev.Where
	if ev.Text != "" {
		return
	}
	text, files, err := typed(raw)
	if err != nil {
		text = m.Text("text")
	}
	ev.Text, _ = a.readText(text)
	ev.Files, ev.Cut = filesOf(files)
}

// quoted is a message of a history as something taken along.
func (a *Adapter) quoted(ctx context.Context, channel string, m loose.Object) chat.Quoted {
	ts := m.Text("ts")
	text, _ := a.readText(m.Text("text"))
	return chat.Quoted{
		From: a.principal(ctx, m.Text("user"), firstOf(m.Text("user_team"), m.Text("team")), "", channel), At: timeOf(ts),
		Text:    cutBytes(text, chat.MaxText/4),
		Message: chat.MessageRef{Place: a.place(channel, threadIn(ts, m.Text("thread_ts"))), ID: ts},
	}
}
