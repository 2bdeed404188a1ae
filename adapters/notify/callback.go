package notify

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"hotline/bot/chat"
	"hotline/bot/say"
)

// maxCallback bounds a request of the provider, in bytes.
const maxCallback = 64 << 10

// TwilioSignature is how Twilio signs a request: HMAC-SHA1 with the auth token
// over the address and the fields in the order of their names, in base64. SHA-1 is
// the provider's choice; as a keyed hash it is still sound.
func TwilioSignature(token, address string, form url.Values) string {
	var b strings.Builder
	b.WriteString(address)
	for _, k := range slices.Sorted(maps.Keys(form)) {
		for _, v := range form[k] {
			b.WriteString(k + v)
		}
	}
	h := hmac.New(sha1.New, []byte(token))
	h.Write([]byte(b.String()))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// signed reads a request of the provider and refuses any other's.
func (t *twilio) signed(next func(w http.ResponseWriter, r *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxCallback)
		if err := r.ParseForm(); err != nil {
			http.Error(w, "bad form", http.StatusBadRequest)
			return
		}
		want := TwilioSignature(t.opt.AuthToken, t.opt.Public+r.URL.RequestURI(), r.PostForm)
		if !hmac.Equal([]byte(want), []byte(r.Header.Get("X-Twilio-Signature"))) {
			t.opt.Log.Warn("callback with a wrong signature", "adapter", string(t.platform), "path", r.URL.Path)
			http.Error(w, "the signature is wrong: check notify.twilio.auth_token and http.base_url", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

// statusWords maps the provider's words to ours.
var statusWords = map[string]string{
	"accepted": "queued", "scheduled": "queued", "queued": "queued", "initiated": "queued",
	"sending": "sent", "sent": "sent", "ringing": "sent", "in-progress": "delivered", "answered": "delivered",
	"delivered": "delivered", "completed": "delivered", "read": "read",
	"undelivered": "failed", "failed": "failed", "busy": "failed", "no-answer": "failed", "canceled": "failed",
}

// status takes the news of a message or call.
func (t *twilio) status(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	word := cmp.Or(r.PostForm.Get("MessageStatus"), r.PostForm.Get("CallStatus"))
	d := Delivery{
		Platform: t.platform, Case: q.Get("case"), Page: q.Get("page"), Person: q.Get("person"),
		Status: statusWords[word], Detail: strings.TrimSpace(shorten(word, 20) + " " + shorten(r.PostForm.Get("ErrorCode"), 10)),
	}
	if t.opt.Delivered != nil && d.Status != "" {
		if err := t.opt.Delivered(r.Context(), d); err != nil {
			t.opt.Log.Error("delivery not stored", "adapter", string(t.platform), "case", d.Case, "err", err)
			http.Error(w, "not stored, try again", http.StatusServiceUnavailable)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// Mount registers the addresses for replies and for news of messages. Without a
// public address nothing is registered.
func (s *SMS) Mount(mux *http.ServeMux, in chat.Inbox) {
	if s.opt.Public == "" {
		return
	}
	mux.HandleFunc("POST "+pathSMS, s.signed(func(w http.ResponseWriter, r *http.Request) { s.reply(w, r, in) }))
	mux.HandleFunc("POST "+pathStatus+"/sms", s.signed(s.status))
}

// Mount registers the addresses for pressed keys and for news of calls. Without a
// public address nothing is registered.
func (v *Voice) Mount(mux *http.ServeMux, in chat.Inbox) {
	if v.opt.Public == "" {
		return
	}
	mux.HandleFunc("POST "+pathKey, v.signed(func(w http.ResponseWriter, r *http.Request) { v.key(w, r, in) }))
	mux.HandleFunc("POST "+pathStatus+"/voice", v.signed(v.status))
}

// replyVerbs are the words that answer a page by themselves.
var replyVerbs = []string{"ack", "escalate", "接单", "升级"}

// reply takes a text message of a person. A verb alone gets the case that the
// number was paged for last.
func (s *SMS) reply(w http.ResponseWriter, r *http.Request, in chat.Inbox) {
	from, text := r.PostForm.Get("From"), strings.TrimSpace(clean(r.PostForm.Get("Body")))
	if verb := strings.ToLower(text); slices.Contains(replyVerbs, verb) {
		text = strings.TrimSpace(verb + " " + s.last.get(from))
	}
	ev := chat.Event{
		Key: r.PostForm.Get("MessageSid"), Kind: chat.KindMessage, At: time.Now().UTC(), Text: text, Mentioned: true,
		From:  chat.Principal{Platform: PlatformSMS, User: from},
		Where: chat.Place{Platform: PlatformSMS, Channel: from, Direct: true},
	}
	ev.Message = chat.MessageRef{Place: ev.Where, ID: ev.Key}
	if ev.Key == "" || from == "" || text == "" {
		answer(w, http.StatusOK, twimlResponse{})
		return
	}
	a, err := in.Receive(r.Context(), ev)
	said := a.Say
	if err != nil {
		said = cmp.Or(said, sayNotNow.In(say.Guess(text)))
	}
	resp := twimlResponse{}
	if said != "" {
		resp.Message = &twimlMessage{said}
	}
	answer(w, http.StatusOK, resp)
}

// keyVerbs are the keys of a phone and what they stand for.
var keyVerbs = map[string]string{"1": "ack", "2": "escalate"}

// key takes a key that was pressed during a call.
func (v *Voice) key(w http.ResponseWriter, r *http.Request, in chat.Inbox) {
	q := r.URL.Query()
	lang, to := q.Get("lang"), r.PostForm.Get("To")
	verb := keyVerbs[r.PostForm.Get("Digits")]
	if verb == "" || q.Get("case") == "" {
		answer(w, http.StatusOK, twimlResponse{Say: []twimlSay{{voiceOf(lang), sayNoKey.In(lang)}}})
		return
	}
	ev := chat.Event{
		Key: r.PostForm.Get("CallSid") + ":" + r.PostForm.Get("Digits"), Kind: chat.KindCommand, At: time.Now().UTC(),
		Verb: verb, Args: q.Get("case"),
		From:  chat.Principal{Platform: PlatformVoice, User: to},
		Where: chat.Place{Platform: PlatformVoice, Channel: to, Direct: true},
	}
	a, err := in.Receive(r.Context(), ev)
	said := cmp.Or(a.Say, sayTaken.In(lang))
	if err != nil {
		said = cmp.Or(a.Say, sayNotNow.In(lang))
	}
	answer(w, http.StatusOK, twimlResponse{Say: []twimlSay{{voiceOf(lang), said}}})
}

func answer(w http.ResponseWriter, status int, r twimlResponse) {
	b, err := xml.Marshal(r)
	if err != nil {
		http.Error(w, "no answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(xml.Header + string(b))) // the provider has gone
}

// lastCase remembers which case a number was paged for last, within bounds.
type lastCase struct {
	mu    sync.Mutex
	cases map[string]string
	order []string
}

// maxNumbers bounds the numbers remembered.
const maxNumbers = 10000

func newLastCase() *lastCase { return &lastCase{cases: map[string]string{}} }

func (l *lastCase) set(number, c string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.cases[number]; !known {
		if len(l.order) >= maxNumbers {
			delete(l.cases, l.order[0])
			l.order = l.order[1:]
		}
		l.order = append(l.order, number)
	}
	l.cases[number] = c
}

func (l *lastCase) get(number string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cases[number]
}
