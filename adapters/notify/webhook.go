package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hotline/bot/chat"
)

// SignatureHeader carries "t=<unix seconds>,v1=<hex>": the time of sending and
// HMAC-SHA256 (keyed with the secret) of that time, a dot and the body. It is the
// same form that the hooks of Hotline take.
const SignatureHeader = "X-Hotline-Signature"

// KeyHeader carries the idempotency key: the same on every try of one page.
const KeyHeader = "Idempotency-Key"

// Page is the body of a webhook.
type Page struct {
	Event     string `json:"event"` // page, page.bundle, or the intent of anything else
	PageID    string `json:"page_id"`
	Case      string `json:"case"`
	Severity  int    `json:"severity"` // 1 to 4, 0 when not set
	Summary   string `json:"summary"`
	Customer  string `json:"customer"`
	Responder string `json:"responder"`
	Repeat    bool   `json:"repeat"` // it may have been sent before
	DedupKey  string `json:"dedup_key"`
	CreatedAt string `json:"created_at"` // RFC 3339
	AckURL    string `json:"ack_url"`

	Service string `json:"service,omitempty"`
	Drill   bool   `json:"drill,omitempty"`
	// Count, Cases and AckURLs are set when several pages are sent as one: the cases
	// with the worst first, and the address to acknowledge each.
	Count   int      `json:"count,omitempty"`
	Cases   []string `json:"cases,omitempty"`
	AckURLs []string `json:"ack_urls,omitempty"`
}

// WebhookOptions are the settings of a webhook adapter.
type WebhookOptions struct {
	// Secret signs; empty sends unsigned.
	Secret string
	// Timeout bounds one attempt, 0 means 10 s.
	Timeout time.Duration
}

// Webhook sends pages as JSON to URLs. It is safe for concurrent use.
type Webhook struct {
	*base
	opt    WebhookOptions
	client *http.Client
	now    func() time.Time
}

var _ chat.Adapter = (*Webhook)(nil)

// NewWebhook makes the adapter of platform "webhook".
func NewWebhook(o WebhookOptions) *Webhook {
	return &Webhook{base: newBase(PlatformWebhook, 8000), opt: o, client: newClient(cmp.Or(o.Timeout, defaultTimeout)), now: time.Now}
}

// Send posts one page. Any 2xx is taken as delivered.
func (w *Webhook) Send(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	to, ok := address(&out)
	if !ok {
		return refuse(chat.ReasonNoWay, errors.New("a webhook takes new messages to one address"))
	}
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return refuse(chat.ReasonInvalid, errors.New("the address of the webhook is no URL"))
	}
	body, err := json.Marshal(w.page(&out))
	if err != nil {
		return refuse(chat.ReasonInvalid, err)
	}
	req, err := http.NewRequest(http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return refuse(chat.ReasonInvalid, plain(err))
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "hotline")
	req.Header.Set(KeyHeader, out.Key)
	if w.opt.Secret != "" {
		req.Header.Set(SignatureHeader, sign(w.opt.Secret, w.now(), body))
	}
	_, _, res := exchange(ctx, w.client, req)
	return chat.MessageRef{}, res
}

func sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	h := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(h, "%s.%s", t, body)
	return "t=" + t + ",v1=" + hex.EncodeToString(h.Sum(nil))
}

// page fills the body from the facts; a send without facts (a notice, a code that
// proves the method) becomes one with its text as summary.
func (w *Webhook) page(out *chat.Outgoing) Page {
	f := out.Facts
	severity, _ := strconv.Atoi(f["severity"])
	count, _ := strconv.Atoi(f["count"])
	p := Page{
		Event: cmp.Or(f["event"], string(out.Intent)), PageID: cmp.Or(f["page_id"], out.Key), Case: cmp.Or(f["case"], out.Case),
		Severity: severity, Summary: f["summary"], Customer: f["customer"], Responder: cmp.Or(f["responder"], out.To.Name),
		Repeat: out.Repeat, DedupKey: cmp.Or(f["dedup_key"], out.Case), CreatedAt: cmp.Or(f["created_at"], w.now().UTC().Format(time.RFC3339)),
		AckURL: f["ack_url"], Service: f["service"], Drill: f["drill"] == "true", Count: count,
	}
	if p.Summary == "" {
		p.Summary = words(out, w.maxText).text()
	}
	if list := f["cases"]; list != "" {
		p.Cases, p.AckURLs = strings.Split(list, ","), strings.Fields(f["ack_urls"])
	}
	return p
}
