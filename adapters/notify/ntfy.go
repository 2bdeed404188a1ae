package notify

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"hotline/bot/chat"
)

// NtfyOptions are the settings of a push adapter.
type NtfyOptions struct {
	// URL of the server, Token its access token (empty without login).
	URL, Token string
	// Timeout bounds one attempt, 0 means 10 s.
	Timeout time.Duration
}

// Ntfy pushes to phones through an ntfy server; addresses are topics. It is safe
// for concurrent use.
type Ntfy struct {
	*base
	opt    NtfyOptions
	client *http.Client
}

var _ chat.Adapter = (*Ntfy)(nil)

// NewNtfy makes the adapter of platform "ntfy".
func NewNtfy(o NtfyOptions) *Ntfy {
	o.URL = strings.TrimRight(o.URL, "/")
	return &Ntfy{base: newBase(PlatformNtfy, 3500), opt: o, client: newClient(cmp.Or(o.Timeout, defaultTimeout))}
}

// topic is what the server takes as a topic.
var topic = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)

// push is the JSON that an ntfy server takes at its root.
type push struct {
	Topic    string   `json:"topic"`
	Title    string   `json:"title"`
	Message  string   `json:"message"`
	Priority int      `json:"priority"` // 1 to 5; 5 breaks do-not-disturb
	Tags     []string `json:"tags,omitempty"`
	Click    string   `json:"click,omitempty"`
	Actions  []action `json:"actions,omitempty"`
}

type action struct {
	Action string `json:"action"` // "http" asks without opening anything, "view" opens
	Label  string `json:"label"`
	URL    string `json:"url"`
	Method string `json:"method,omitempty"`
	Clear  bool   `json:"clear,omitempty"`
}

// Send pushes one message, with buttons to acknowledge and to open when the send
// has an address for that.
func (n *Ntfy) Send(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	to, ok := address(&out)
	switch {
	case !ok:
		return refuse(chat.ReasonNoWay, errors.New("ntfy takes new messages to one topic"))
	case !topic.MatchString(to):
		return refuse(chat.ReasonInvalid, errors.New("the address is no ntfy topic"))
	}
	m := words(&out, n.maxText)
	p := push{Topic: to, Title: m.title, Message: cmp.Or(m.body, m.title), Priority: 3}
	if out.Urgent {
		p.Priority, p.Tags = 5, []string{"rotating_light"}
	}
	if m.ack != "" {
		p.Click = m.ack
		p.Actions = []action{
			{Action: "http", Label: sayAck.In(out.Lang), URL: m.ack, Method: http.MethodPost, Clear: true},
			{Action: "view", Label: sayOpen.In(out.Lang), URL: m.ack},
		}
	}
	body, err := json.Marshal(p)
	if err != nil {
		return refuse(chat.ReasonInvalid, err)
	}
	req, err := http.NewRequest(http.MethodPost, n.opt.URL+"/", bytes.NewReader(body))
	if err != nil {
		return refuse(chat.ReasonInvalid, errors.New("notify.ntfy.url is no address"))
	}
	req.Header.Set("Content-Type", "application/json")
	if n.opt.Token != "" {
		req.Header.Set("Authorization", "Bearer "+n.opt.Token)
	}
	resp, _, res := exchange(ctx, n.client, req)
	if resp != nil && resp.StatusCode == http.StatusUnauthorized {
		res.Reason = chat.ReasonDead
	}
	return chat.MessageRef{}, n.note(res, "Check notify.ntfy: the server does not take messages.")
}
