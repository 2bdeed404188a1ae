package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hotline/bot/chat"
)

// TwilioOptions are the settings of the SMS and voice adapters.
type TwilioOptions struct {
	// Account is the account SID. Sid and Token log in: an API key, or the account
	// and its auth token (an empty Sid means Account).
	Account, Sid, Token string
	// AuthToken of the account checks what the provider sends; empty means Token.
	AuthToken string
	// BaseURL of the API; any server that speaks like Twilio.
	BaseURL string
	// From is our number.
	From string
	// Public is how the provider reaches us, without a trailing slash; empty asks
	// for no callbacks, so calls cannot be acknowledged by a key.
	Public string
	// Delivered is told what became of a message or call; may be nil.
	Delivered func(ctx context.Context, d Delivery) error
	// Timeout bounds one attempt, 0 means 10 s.
	Timeout time.Duration
	Log     *slog.Logger
}

// Delivery is news of something that was sent.
type Delivery struct {
	Platform chat.Platform
	// Case, Page and Person are as in the facts of the send; may be empty.
	Case, Page, Person string
	// Status is queued, sent, delivered, read or failed.
	Status string
	// Detail is the provider's own word, such as "undelivered 30005".
	Detail string
}

// twilio is what SMS and voice have in common.
type twilio struct {
	*base
	opt    TwilioOptions
	client *http.Client
}

func newTwilio(p chat.Platform, maxText int, o TwilioOptions) twilio {
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	o.Sid = cmp.Or(o.Sid, o.Account)
	o.AuthToken = cmp.Or(o.AuthToken, o.Token)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return twilio{base: newBase(p, maxText), opt: o, client: newClient(cmp.Or(o.Timeout, defaultTimeout))}
}

// number is a phone number in the international form (E.164).
var number = regexp.MustCompile(`^\+[1-9][0-9]{5,14}$`)

// refusal is the JSON of an error.
type refusal struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// post makes a message or call and says how that ended.
func (t *twilio) post(ctx context.Context, resource string, form url.Values) chat.SendResult {
	form.Set("From", t.opt.From)
	target := t.opt.BaseURL + "/2010-04-01/Accounts/" + url.PathEscape(t.opt.Account) + "/" + resource + ".json"
	req, err := http.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		return chat.SendResult{Class: chat.Never, Reason: chat.ReasonInvalid, Err: errors.New("notify.twilio.base_url is no address")}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(t.opt.Sid, t.opt.Token)
	resp, body, res := exchange(ctx, t.client, req)
	if resp != nil && res.Class != chat.Sent {
		var r refusal
		_ = json.Unmarshal(body, &r) // no JSON: the status says enough
		res = twilioResult(res, resp.StatusCode, r.Code)
	}
	return t.note(res, "Check notify.twilio: the provider takes neither messages nor calls.")
}

// The error codes of Twilio that decide what to do, from its public list.
const (
	codeAuth         = 20003
	codeTooMany      = 20429
	codeInvalidTo    = 21211
	codeStopped      = 21610 // the person replied STOP
	codeNotMobile    = 21614
	codeNoCredit     = 20005
	codeQueueTooLong = 21611
)

func twilioResult(res chat.SendResult, status, code int) chat.SendResult {
	if code != 0 {
		res.Err = fmt.Errorf("the provider answered %d, error %d", status, code)
	}
	switch {
	case status == http.StatusUnauthorized, code == codeAuth, code == codeNoCredit:
		res.Class, res.Reason = chat.Never, chat.ReasonDead
	case code == codeTooMany, code == codeQueueTooLong:
		res.Class, res.Reason, res.After = chat.RetryAfter, chat.ReasonThrottle, max(res.After, 5*time.Second)
	case code == codeStopped:
		res.Class, res.Reason = chat.Never, chat.ReasonBlocked
	case code == codeInvalidTo, code == codeNotMobile:
		res.Class, res.Reason = chat.Never, chat.ReasonInvalid
	}
	return res
}

// callbacks are the addresses that the provider calls.
const (
	pathStatus = "/callbacks/twilio/status"
	pathSMS    = "/callbacks/twilio/sms"
	pathKey    = "/callbacks/twilio/key"
)

// callback makes an address at which the provider tells how it went on. What it is
// about stands in the address, which the provider signs, so that nothing need be
// remembered.
func (t *twilio) callback(path string, out *chat.Outgoing) string {
	if t.opt.Public == "" {
		return ""
	}
	q := url.Values{"case": {out.Case}, "page": {out.Facts["page_id"]}, "person": {out.Facts["responder"]}}
	if out.Lang != "" {
		q.Set("lang", out.Lang)
	}
	return t.opt.Public + path + "?" + q.Encode()
}

// SMS sends text messages and takes replies. It is safe for concurrent use.
type SMS struct {
	twilio
	last *lastCase
}

var _ chat.HTTPAdapter = (*SMS)(nil)

// NewSMS makes the adapter of platform "sms".
func NewSMS(o TwilioOptions) *SMS {
	return &SMS{twilio: newTwilio(PlatformSMS, 300, o), last: newLastCase()}
}

// Send sends one text message.
func (s *SMS) Send(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	to, ok := address(&out)
	switch {
	case !ok:
		return refuse(chat.ReasonNoWay, errors.New("SMS takes new messages to one number"))
	case !number.MatchString(to):
		return refuse(chat.ReasonInvalid, errors.New("the address is no phone number with its country"))
	}
	text := words(&out, s.maxText).text()
	if out.Intent == chat.IntentPage {
		text += "\n" + sayReplyAck.In(out.Lang)
	}
	form := url.Values{"To": {to}, "Body": {text}}
	if cb := s.callback(pathStatus+"/sms", &out); cb != "" {
		form.Set("StatusCallback", cb)
	}
	if out.Intent == chat.IntentPage && out.Case != "" {
		s.last.set(to, out.Case) // before it leaves: the reply may be faster than the answer
	}
	return chat.MessageRef{}, s.post(ctx, "Messages", form)
}

// Voice calls people and reads a page aloud. It is safe for concurrent use.
type Voice struct{ twilio }

var _ chat.HTTPAdapter = (*Voice)(nil)

// NewVoice makes the adapter of platform "voice".
func NewVoice(o TwilioOptions) *Voice { return &Voice{twilio: newTwilio(PlatformVoice, 600, o)} }

// ringFor is how long a phone rings, in seconds; mailboxes mostly answer later.
const ringFor = 25

// Send makes one call. It returns when the provider has taken it; whether anybody
// listened comes by callback.
func (v *Voice) Send(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	to, ok := address(&out)
	switch {
	case !ok:
		return refuse(chat.ReasonNoWay, errors.New("a call takes new messages to one number"))
	case !number.MatchString(to):
		return refuse(chat.ReasonInvalid, errors.New("the address is no phone number with its country"))
	}
	keys := ""
	if out.Intent == chat.IntentPage && out.Case != "" {
		keys = v.callback(pathKey, &out)
	}
	twiml, err := spoken(words(&out, v.maxText).text(), out.Lang, keys)
	if err != nil {
		return refuse(chat.ReasonInvalid, err)
	}
	form := url.Values{"To": {to}, "Twiml": {twiml}, "Timeout": {strconv.Itoa(ringFor)}}
	if cb := v.callback(pathStatus+"/voice", &out); cb != "" {
		form.Set("StatusCallback", cb)
	}
	return chat.MessageRef{}, v.post(ctx, "Calls", form)
}
