package notify

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"hotline/bot/chat"
)

const (
	account   = "AC00000000000000000000000000000001"
	authToken = "an-auth-token-for-tests"
	phone     = "+4930123456"
)

// provider stands in for Twilio over real HTTP: it checks the login and the form,
// and keeps what it was asked for.
type provider struct {
	status int    // answered instead of 201
	body   string // with this
	forms  chan url.Values
}

func (p *provider) start(t *testing.T) string {
	t.Helper()
	p.forms = make(chan url.Values, 10)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2010-04-01/Accounts/{account}/{resource}", func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if err := r.ParseForm(); err != nil || r.PathValue("account") != account || user != "SK1" || password != "key-secret" {
			http.Error(w, `{"code":20003,"message":"Authenticate","status":401}`, http.StatusUnauthorized)
			return
		}
		if p.status != 0 {
			w.WriteHeader(p.status)
			_, _ = io.WriteString(w, p.body)
			return
		}
		r.PostForm.Set("resource", r.PathValue("resource"))
		p.forms <- r.PostForm
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"sid":"SM1","status":"queued"}`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// inbox keeps events and answers with words or an error.
type inbox struct {
	mu     sync.Mutex
	events []chat.Event
	say    string
	err    error
}

func (i *inbox) Receive(_ context.Context, ev chat.Event) (chat.Answer, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.err == nil {
		i.events = append(i.events, ev)
	}
	return chat.Answer{Say: i.say}, i.err
}

func (i *inbox) Suggest(context.Context, chat.Suggest) []chat.Choice { return nil }

func (i *inbox) Watch(context.Context, chat.Platform) ([]chat.Watched, error) { return nil, nil }

// desk is our side of the callbacks: SMS and voice on one server.
type desk struct {
	sms        *SMS
	voice      *Voice
	in         *inbox
	deliveries []Delivery
	refuse     error
	url        string
}

func open(t *testing.T, p *provider) *desk {
	t.Helper()
	d := &desk{in: &inbox{}}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	d.url = server.URL
	o := TwilioOptions{
		Account: account, Sid: "SK1", Token: "key-secret", AuthToken: authToken, BaseURL: p.start(t), From: "+15005550006", Public: server.URL,
		Delivered: func(_ context.Context, news Delivery) error {
			if d.refuse == nil {
				d.deliveries = append(d.deliveries, news)
			}
			return d.refuse
		},
	}
	d.sms, d.voice = NewSMS(o), NewVoice(o)
	d.sms.Mount(mux, d.in)
	d.voice.Mount(mux, d.in)
	return d
}

// call does what the provider does: it posts a signed form to an address it was
// given.
func call(t *testing.T, address string, form url.Values, signature string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if signature == "" {
		signature = TwilioSignature(authToken, address, form)
	}
	req.Header.Set("X-Twilio-Signature", signature)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// TestTextMessage is the life of a page by SMS: sent, delivered, answered.
func TestTextMessage(t *testing.T) {
	p := &provider{}
	d := open(t, p)
	if ref, res := d.sms.Send(t.Context(), page(PlatformSMS, phone)); res.Class != chat.Sent || !ref.IsZero() {
		t.Fatal(ref, res)
	}
	form := <-p.forms
	if form.Get("resource") != "Messages.json" || form.Get("To") != phone || form.Get("From") != "+15005550006" ||
		!strings.HasPrefix(form.Get("Body"), "F-10427 502 at") || !strings.HasSuffix(form.Get("Body"), "Reply ack to take it.") {
		t.Errorf("got %v", form)
	}
	for _, word := range []string{"sent", "delivered", "something-new"} {
		if status, _ := call(t, form.Get("StatusCallback"), url.Values{"MessageSid": {"SM1"}, "MessageStatus": {word}}, ""); status != 204 {
			t.Errorf("%s is answered with %d", word, status)
		}
	}
	want := Delivery{Platform: PlatformSMS, Case: "F-10427", Page: "p-1", Person: "anna", Status: "delivered", Detail: "delivered"}
	if len(d.deliveries) != 2 || d.deliveries[1] != want {
		t.Errorf("deliveries %+v", d.deliveries)
	}
	d.in.say = "F-10427 is yours."
	status, body := call(t, d.url+"/callbacks/twilio/sms", url.Values{"MessageSid": {"SM2"}, "From": {phone}, "Body": {" Ack "}}, "")
	if status != 200 || !strings.Contains(body, "<Message>F-10427 is yours.</Message>") {
		t.Errorf("got %d %s", status, body)
	}
	ev := d.in.events[0]
	if ev.Text != "ack F-10427" || ev.Key != "SM2" || ev.From.User != phone || ev.From.Platform != PlatformSMS || !ev.Where.Direct || !ev.Mentioned || ev.Message.ID != "SM2" {
		t.Errorf("event %+v", ev)
	}
}

func TestReplies(t *testing.T) {
	d := open(t, &provider{})
	address := d.url + "/callbacks/twilio/sms"
	for _, tc := range []struct{ name, body, want string }{
		{"verb alone without a page", "ACK", "ack"},
		{"with a number", "ack F-10435", "ack F-10435"},
		{"a sentence stays as it is", "On my way\x00, 10 min", "On my way, 10 min"},
		{"Chinese", "接单 F-10427", "接单 F-10427"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d.in.events = nil
			if status, _ := call(t, address, url.Values{"MessageSid": {"SM" + tc.name}, "From": {phone}, "Body": {tc.body}}, ""); status != 200 {
				t.Fatal(status)
			}
			if len(d.in.events) != 1 || d.in.events[0].Text != tc.want {
				t.Errorf("events %+v", d.in.events)
			}
		})
	}
	d.in.events = nil
	if status, _ := call(t, address, url.Values{"MessageSid": {"SM9"}, "From": {phone}, "Body": {"  "}}, ""); status != 200 || len(d.in.events) != 0 {
		t.Errorf("an empty message: %d, %v", status, d.in.events)
	}
	d.in.err = errors.New("disk full")
	if _, body := call(t, address, url.Values{"MessageSid": {"SM8"}, "From": {phone}, "Body": {"ack F-1"}}, ""); !strings.Contains(body, "could not be stored") || strings.Contains(body, "disk") {
		t.Errorf("not stored, and the person reads %s", body)
	}
}

// TestPhoneCall is the life of a page by phone: read aloud, taken by a key.
func TestPhoneCall(t *testing.T) {
	p := &provider{}
	d := open(t, p)
	out := page(PlatformVoice, phone)
	out.Lang = "zh"
	if _, res := d.voice.Send(t.Context(), out); res.Class != chat.Sent {
		t.Fatal(res)
	}
	form := <-p.forms
	var twiml twimlResponse
	if err := xml.Unmarshal([]byte(form.Get("Twiml")), &twiml); err != nil {
		t.Fatal(err)
	}
	if form.Get("resource") != "Calls.json" || twiml.Gather == nil || twiml.Gather.Digits != 1 || twiml.Gather.Say[0].Lang != "zh-CN" ||
		!strings.Contains(twiml.Gather.Say[0].Text, "F-1 0 4 2 7 5 0 2 at <checkout>") || len(twiml.Say) != 1 {
		t.Errorf("got %v, %+v", form, twiml)
	}
	d.in.say = "F-10427 已由您接单。"
	status, body := call(t, twiml.Gather.Action, url.Values{"CallSid": {"CA1"}, "Digits": {"1"}, "To": {phone}}, "")
	if status != 200 || !strings.Contains(body, `language="zh-CN"`) || !strings.Contains(body, "已由您接单") {
		t.Errorf("got %d %s", status, body)
	}
	if status, _ := call(t, twiml.Gather.Action, url.Values{"CallSid": {"CA1"}, "Digits": {"2"}, "To": {phone}}, ""); status != 200 {
		t.Error(status)
	}
	if status, body := call(t, twiml.Gather.Action, url.Values{"CallSid": {"CA1"}, "Digits": {"9"}, "To": {phone}}, ""); status != 200 || !strings.Contains(body, "没有按键") {
		t.Error(status, body)
	}
	if len(d.in.events) != 2 {
		t.Fatalf("events %+v", d.in.events)
	}
	ack, escalate := d.in.events[0], d.in.events[1]
	if ack.Kind != chat.KindCommand || ack.Verb != "ack" || ack.Args != "F-10427" || ack.From.User != phone || ack.Key == escalate.Key || escalate.Verb != "escalate" {
		t.Errorf("events %+v", d.in.events)
	}
	if status, _ := call(t, form.Get("StatusCallback"), url.Values{"CallSid": {"CA1"}, "CallStatus": {"no-answer"}}, ""); status != 204 || d.deliveries[0].Status != "failed" || d.deliveries[0].Platform != PlatformVoice {
		t.Errorf("%d, deliveries %+v", status, d.deliveries)
	}
	d.refuse = errors.New("store down")
	if status, _ := call(t, form.Get("StatusCallback"), url.Values{"CallSid": {"CA1"}, "CallStatus": {"completed"}}, ""); status != 503 {
		t.Errorf("news that were not stored are answered with %d", status)
	}
}

// TestForgedCallbacks are refused before anything is read into them.
func TestForgedCallbacks(t *testing.T) {
	d := open(t, &provider{})
	good := url.Values{"MessageSid": {"SM1"}, "From": {phone}, "Body": {"ack F-1"}}
	address := d.url + "/callbacks/twilio/sms"
	for _, tc := range []struct {
		name, address, signature string
		form                     url.Values
	}{
		{"unsigned", address, "x", good},
		{"other token", address, TwilioSignature("other", address, good), good},
		{"other fields", address, TwilioSignature(authToken, address, url.Values{"From": {phone}}), good},
		{"other address", address + "?case=F-2", TwilioSignature(authToken, address, good), good},
		{"status", d.url + "/callbacks/twilio/status/sms?case=F-1", "x", url.Values{"MessageStatus": {"read"}}},
		{"key", d.url + "/callbacks/twilio/key?case=F-1", "x", url.Values{"Digits": {"1"}}},
		{"large", address, "x", url.Values{"Body": {strings.Repeat("x", maxCallback+1)}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if status, _ := call(t, tc.address, tc.form, tc.signature); status != 403 && status != 400 {
				t.Errorf("got %d", status)
			}
		})
	}
	if len(d.in.events)+len(d.deliveries) != 0 {
		t.Errorf("something went through: %+v %+v", d.in.events, d.deliveries)
	}
}

// TestTwilioSignature checks the example of Twilio's documentation of request
// validation (token 12345, a voice request).
func TestTwilioSignature(t *testing.T) {
	form := url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"},
	}
	got := TwilioSignature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form)
	if got != "RSOYDt4T1cUTdK1PDd93/VVr8B8=" {
		t.Errorf("got %s", got)
	}
}

func TestTwilioRefusals(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		code   int
		class  chat.Class
		reason string
	}{
		{"wrong login", 401, codeAuth, chat.Never, chat.ReasonDead},
		{"no credit", 403, codeNoCredit, chat.Never, chat.ReasonDead},
		{"too many", 429, codeTooMany, chat.RetryAfter, chat.ReasonThrottle},
		{"queue full", 400, codeQueueTooLong, chat.RetryAfter, chat.ReasonThrottle},
		{"bad number", 400, codeInvalidTo, chat.Never, chat.ReasonInvalid},
		{"stopped", 400, codeStopped, chat.Never, chat.ReasonBlocked},
		{"down", 500, 0, chat.Retry, "500"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := &provider{status: tc.status, body: `{"code":` + strconv.Itoa(tc.code) + `,"message":"` + phone + `"}`}
			d := open(t, p)
			_, res := d.sms.Send(t.Context(), page(PlatformSMS, phone))
			if res.Class != tc.class || res.Reason != tc.reason || strings.Contains(res.Err.Error(), phone) {
				t.Errorf("got %v %q %v", res.Class, res.Reason, res.Err)
			}
			if dead := d.sms.Health().State == chat.StateFailed; dead != (tc.reason == chat.ReasonDead) {
				t.Errorf("health %+v", d.sms.Health())
			}
		})
	}
}

// TestWithoutPublicAddress sends, asks for nothing, and takes nothing.
func TestWithoutPublicAddress(t *testing.T) {
	p := &provider{}
	o := TwilioOptions{Account: account, Sid: "SK1", Token: "key-secret", BaseURL: p.start(t), From: "+15005550006"}
	v := NewVoice(o)
	mux := http.NewServeMux()
	v.Mount(mux, &inbox{})
	NewSMS(o).Mount(mux, &inbox{})
	if _, res := v.Send(t.Context(), page(PlatformVoice, phone)); res.Class != chat.Sent {
		t.Fatal(res)
	}
	if form := <-p.forms; form.Has("StatusCallback") || strings.Contains(form.Get("Twiml"), "Gather") {
		t.Errorf("got %v", form)
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, pathSMS, nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("got %d", w.Code)
	}
}

func TestLastCaseIsBounded(t *testing.T) {
	l := newLastCase()
	for i := range maxNumbers + 5 {
		l.set("+49"+strconv.Itoa(i), "F-1")
	}
	l.set("+4930", "F-2")
	if len(l.cases) > maxNumbers || len(l.order) > maxNumbers || l.get("+490") != "" || l.get("+4930") != "F-2" {
		t.Errorf("%d numbers", len(l.cases))
	}
}

// FuzzReply reads whatever the provider may post.
func FuzzReply(f *testing.F) {
	f.Add("SM1", phone, "ack", "1", "case=F-1&lang=zh")
	f.Add("", "\x00", "\u202eack\xff", "*#", "%zz")
	f.Fuzz(func(t *testing.T, sid, from, body, digits, query string) {
		o := TwilioOptions{Account: account, Token: authToken, Public: "http://hotline.example"}
		in := &inbox{say: "ok"}
		mux := http.NewServeMux()
		NewSMS(o).Mount(mux, in)
		NewVoice(o).Mount(mux, in)
		for _, path := range []string{pathSMS, pathKey, pathStatus + "/sms"} {
			form := url.Values{"MessageSid": {sid}, "From": {from}, "Body": {body}, "Digits": {digits}, "MessageStatus": {body}}
			u := url.URL{Path: path, RawQuery: url.QueryEscape(query)}
			r := httptest.NewRequest(http.MethodPost, u.String(), strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Twilio-Signature", TwilioSignature(authToken, o.Public+r.URL.RequestURI(), form))
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			if w.Code >= 500 {
				t.Errorf("%s answers %d", path, w.Code)
			}
			if text := w.Body.String(); w.Code == 200 {
				var any struct{ XMLName xml.Name }
				if err := xml.Unmarshal([]byte(text), &any); err != nil {
					t.Errorf("%s answers no XML: %v", path, err)
				}
			}
		}
	})
}
