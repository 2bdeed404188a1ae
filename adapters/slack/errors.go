package slack

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	sdk "github.com/slack-go/slack"

	"hotline/bot/chat"
)

// families sorts Slack's error words by what they mean for a send.
var families = map[string]string{
	"message_not_found": chat.ReasonGone, "channel_not_found": chat.ReasonGone, "is_archived": chat.ReasonGone,
	"thread_not_found": chat.ReasonGone, "cant_update_message": chat.ReasonGone, "edit_window_closed": chat.ReasonGone,
	"not_in_channel": chat.ReasonDenied, "missing_scope": chat.ReasonDenied, "access_denied": chat.ReasonDenied,
	"restricted_action": chat.ReasonDenied, "restricted_action_read_only_channel": chat.ReasonDenied,
	"restricted_action_thread_only_channel": chat.ReasonDenied, "no_permission": chat.ReasonDenied, "ekm_access_denied": chat.ReasonDenied,
	"not_allowed_token_type": chat.ReasonDenied, "team_access_not_granted": chat.ReasonDenied, "user_is_restricted": chat.ReasonDenied,
	"user_disabled": chat.ReasonBlocked, "cannot_dm_bot": chat.ReasonBlocked, "user_not_found": chat.ReasonBlocked,
	"users_not_found": chat.ReasonBlocked, "user_not_visible": chat.ReasonBlocked, "messages_tab_disabled": chat.ReasonBlocked,
	"user_not_in_channel": chat.ReasonExpired,
	"msg_too_long":        chat.ReasonInvalid, "msg_blocks_too_long": chat.ReasonInvalid, "no_text": chat.ReasonInvalid,
	"metadata_too_large": chat.ReasonInvalid, "too_many_attachments": chat.ReasonInvalid, "too_long": chat.ReasonInvalid,
	"name_taken": chat.ReasonInvalid, "bad_timestamp": chat.ReasonInvalid,
	"token_revoked": chat.ReasonDead, "token_expired": chat.ReasonDead, "account_inactive": chat.ReasonDead,
	"invalid_auth": chat.ReasonDead, "not_authed": chat.ReasonDead, "team_disabled": chat.ReasonDead, "org_login_required": chat.ReasonDead,
}

// passing are words that mean that trying again later makes sense.
var passing = map[string]bool{
	"internal_error": true, "fatal_error": true, "service_unavailable": true, "request_timeout": true, "ratelimited": true,
	"rate_limited": true, "message_limit_exceeded": true, "team_added_to_org": true, "accesslimited": true,
}

// wordOf is the error word of an answer, or a short name of what went wrong. It
// holds neither address nor token.
func wordOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[sdk.SlackErrorResponse](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*sdk.RateLimitedError](err); ok && e != nil {
		return "ratelimited"
	}
	if e, ok := errors.AsType[sdk.StatusCodeError](err); ok {
		return "http " + e.Status
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "timeout"
	}
	if refused(err) {
		return "no connection"
	}
	return "connection lost"
}

// deadWord reports an error that no further try can cure.
func deadWord(err error) (string, bool) {
	word := wordOf(err)
	return word, families[word] == chat.ReasonDead
}

// refused reports that the request never left.
func refused(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	if ok && op.Op == "dial" {
		return true
	}
	_, dns := errors.AsType[*net.DNSError](err)
	return dns
}

// resultOf sorts an error of the API into what the core acts upon.
func resultOf(err error) chat.SendResult {
	if err == nil {
		return chat.OK()
	}
	word := wordOf(err)
	res := chat.SendResult{Reason: word, Err: errors.New(word)}
	if e, ok := errors.AsType[*sdk.RateLimitedError](err); ok {
		res.Class, res.After, res.Reason = chat.RetryAfter, max(e.RetryAfter, time.Second), chat.ReasonThrottle
		return res
	}
	if e, ok := errors.AsType[sdk.SlackErrorResponse](err); ok {
		return wordResult(res, e)
	}
	if e, ok := errors.AsType[sdk.StatusCodeError](err); ok && e.Code < 500 {
		res.Class, res.Reason = chat.Never, chat.ReasonInvalid
		return res
	}
	if refused(err) {
		res.Class = chat.Retry
		return res
	}
	res.Class = chat.Unknown
	return res
}

func wordResult(res chat.SendResult, e sdk.SlackErrorResponse) chat.SendResult {
	if len(e.ResponseMetadata.Messages) > 0 {
		detail := strings.Join(e.ResponseMetadata.Messages, "; ")
		res.Err = errors.New(e.Err + ": " + detail[:min(len(detail), 500)])
	}
	if passing[e.Err] {
		res.Class = chat.Retry
		return res
	}
	res.Class = chat.Never
	if family, ok := families[e.Err]; ok {
		res.Reason = family
	} else if strings.HasPrefix(e.Err, "invalid_") {
		res.Reason = chat.ReasonInvalid
	}
	return res
}

// backoff is how long to wait before the next try: what the server says, else
// doubling from half a second to a minute, with some chance in it.
func backoff(try int, err error) time.Duration {
	if e, ok := errors.AsType[*sdk.RateLimitedError](err); ok {
		return max(e.RetryAfter, time.Second)
	}
	d := min(500*time.Millisecond<<min(try, 7), time.Minute)
	return d/2 + rand.N(d/2)
}

// rawOr is raw when it is valid JSON within the bounds, else nil.
func rawOr(raw []byte) json.RawMessage {
	if len(raw) > chat.MaxRaw || !json.Valid(raw) {
		return nil
	}
	return raw
}
