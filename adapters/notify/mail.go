package notify

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"html/template"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"hotline/bot/chat"
)

// MailOptions are the settings of a mail adapter.
type MailOptions struct {
	Host string
	Port int
	// TLS is "starttls" (required), "tls" (from the first byte) or "none".
	TLS            string
	User, Password string
	// From is the sender, such as "Hotline <hotline@example.com>".
	From string
	// Name of the hotline, shown at the foot.
	Name string
	// Roots replaces the system's certificate authorities when set.
	Roots *x509.CertPool
	// Timeout bounds one attempt, 0 means 10 s.
	Timeout time.Duration
}

// Mail sends mail over SMTP; addresses are mail addresses. It is safe for
// concurrent use.
type Mail struct {
	*base
	opt    MailOptions
	domain string
	slots  chan struct{} // bounds connections at once
}

var _ chat.Adapter = (*Mail)(nil)

// maxConnections bounds SMTP connections at once; more wait.
const maxConnections = 8

// NewMail makes the adapter of platform "mail". It fails when the settings cannot
// work.
func NewMail(o MailOptions) (*Mail, error) {
	from, err := mail.ParseAddress(o.From)
	if err != nil {
		return nil, errors.New("mail.from is no mail address")
	}
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	m := &Mail{base: newBase(PlatformMail, 20000), opt: o, slots: make(chan struct{}, maxConnections)}
	m.domain = from.Address[strings.LastIndex(from.Address, "@")+1:]
	_, err = m.client()
	return m, err
}

func (m *Mail) client() (*gomail.Client, error) {
	opts := []gomail.Option{
		gomail.WithPort(m.opt.Port), gomail.WithTimeout(m.opt.Timeout), gomail.WithHELO(m.domain), gomail.WithoutNoop(),
		gomail.WithTLSConfig(&tls.Config{ServerName: m.opt.Host, RootCAs: m.opt.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch m.opt.TLS {
	case "starttls":
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "tls":
		opts = append(opts, gomail.WithSSL())
	case "none":
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail.tls %q is not possible: use starttls, tls or none", m.opt.TLS)
	}
	if m.opt.User != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if m.opt.TLS == "none" {
			auth = gomail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, gomail.WithSMTPAuth(auth), gomail.WithUsername(m.opt.User), gomail.WithPassword(m.opt.Password))
	}
	return gomail.NewClient(m.opt.Host, opts...)
}

// Send sends one mail as text and HTML. Its Message-ID comes from the key, so that
// a repeat is the same mail to programs that look; mails of one case form a thread.
func (m *Mail) Send(ctx context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	to, ok := address(&out)
	if !ok {
		return refuse(chat.ReasonNoWay, errors.New("mail takes new messages to one address"))
	}
	msg, err := m.message(&out, to)
	if err != nil {
		return refuse(chat.ReasonInvalid, err)
	}
	ctx, cancel := context.WithTimeout(ctx, m.opt.Timeout)
	defer cancel()
	select {
	case m.slots <- struct{}{}:
		defer func() { <-m.slots }()
	case <-ctx.Done():
		return chat.MessageRef{}, chat.SendResult{Class: chat.Retry, Reason: "busy", Err: ctx.Err()}
	}
	client, err := m.client()
	if err != nil {
		return refuse(chat.ReasonInvalid, err)
	}
	var res chat.SendResult
	if err := client.DialWithContext(ctx); err != nil {
		res = dialResult(err)
	} else {
		res = sendResult(client.Send(msg))
		_ = client.Close() // the answer to the message has come
	}
	return chat.MessageRef{}, m.note(res, "Check section mail: the server does not take mail.")
}

// dialResult classifies what went wrong before the message was handed over.
func dialResult(err error) chat.SendResult {
	if te, ok := errors.AsType[*textproto.Error](err); ok && (te.Code == 535 || te.Code == 534 || te.Code == 530) {
		return chat.SendResult{Class: chat.Never, Reason: chat.ReasonDead, Err: fmt.Errorf("the mail server refuses the login (%d)", te.Code)}
	}
	return chat.SendResult{Class: chat.Retry, Reason: "no_connection", Err: err}
}

// sendResult classifies what the server said to the message.
func sendResult(err error) chat.SendResult {
	if err == nil {
		return chat.OK()
	}
	se, ok := errors.AsType[*gomail.SendError](err)
	switch {
	case !ok:
		return chat.SendResult{Class: chat.Unknown, Reason: "no_answer", Err: errors.New("the connection to the mail server broke")}
	case se.ErrorCode() == 0 && (se.Reason == gomail.ErrSMTPDataClose || se.Reason == gomail.ErrWriteContent):
		return chat.SendResult{Class: chat.Unknown, Reason: "no_answer", Err: errors.New("the connection to the mail server broke during the message")}
	case se.ErrorCode() == 0 || se.IsTemp():
		return chat.SendResult{Class: chat.Retry, Reason: "later", Err: fmt.Errorf("the mail server said %d", se.ErrorCode())}
	case se.Reason == gomail.ErrSMTPRcptTo:
		return chat.SendResult{Class: chat.Never, Reason: chat.ReasonBlocked, Err: fmt.Errorf("the mail server refuses the address (%d)", se.ErrorCode())}
	default:
		return chat.SendResult{Class: chat.Never, Reason: chat.ReasonDenied, Err: fmt.Errorf("the mail server refuses the message (%d)", se.ErrorCode())}
	}
}

func (m *Mail) message(out *chat.Outgoing, to string) (*gomail.Msg, error) {
	w := words(out, m.maxText)
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.From(m.opt.From); err != nil {
		return nil, errors.New("mail.from is no mail address")
	}
	if err := msg.To(to); err != nil {
		return nil, errors.New("the address is no mail address")
	}
	msg.SetMessageIDWithValue(out.Key + "@" + m.domain)
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	subject := shorten(w.title, 150)
	if out.Case != "" {
		msg.SetGenHeader(gomail.HeaderReferences, "<"+out.Case+"@"+m.domain+">")
		if !strings.Contains(subject, out.Case) {
			subject = "[" + out.Case + "] " + subject
		}
	}
	if out.Urgent {
		msg.SetImportance(gomail.ImportanceUrgent)
	}
	msg.Subject(subject)
	text := w.text()
	if w.ack != "" {
		text += "\n\n" + sayAck.In(out.Lang) + ": " + w.ack
	}
	foot := m.foot(out)
	msg.SetBodyString(gomail.TypeTextPlain, text+"\n\n-- \n"+foot+"\n")
	return msg, msg.AddAlternativeHTMLTemplate(mailPage, map[string]any{
		"Lang": out.Lang, "Title": w.title, "Lines": strings.Split(w.body, "\n"), "Ack": w.ack, "AckLabel": sayAck.In(out.Lang), "Foot": foot,
	})
}

func (m *Mail) foot(out *chat.Outgoing) string {
	if out.Intent == chat.IntentPage {
		return strings.TrimSpace(m.opt.Name + " · " + sayWhy.In(out.Lang))
	}
	return cmp.Or(m.opt.Name, "Hotline")
}

var mailPage = template.Must(template.New("mail").Parse(`<!doctype html>
<html lang="{{.Lang}}"><body style="font:16px/1.5 sans-serif;color:#1a1a1a;max-width:40em">
<h1 style="font-size:18px">{{.Title}}</h1>
{{range .Lines}}{{if .}}<p style="margin:0 0 .4em">{{.}}</p>
{{end}}{{end}}{{if .Ack}}<p style="margin:1.2em 0"><a href="{{.Ack}}" style="background:#b3261e;color:#fff;padding:.7em 1.4em;border-radius:6px;text-decoration:none">{{.AckLabel}}</a></p>
{{end}}<p style="color:#666;font-size:13px">{{.Foot}}</p>
</body></html>
`))
