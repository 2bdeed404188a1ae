package notify

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"hotline/bot/chat"
)

// post is a mail as the server got it.
type post struct {
	from string
	to   []string
	tls  bool
	text []byte
}

// postOffice is a real SMTP server that keeps what it gets.
type postOffice struct {
	got  chan post
	rcpt error // answer to RCPT TO
	data error // answer to the message
}

func (p *postOffice) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	return &session{office: p, post: post{tls: secure}}, nil
}

type session struct {
	office *postOffice
	post   post
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.post.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.post.to = append(s.post.to, to)
	return s.office.rcpt
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.office.data != nil {
		return s.office.data
	}
	s.post.text = text
	s.office.got <- s.post
	return nil
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "hotline" || password != "right" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

// certificate makes one for 127.0.0.1 and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// open starts the server with a kind of TLS and gives settings that fit it.
func (p *postOffice) open(t *testing.T, kind string) MailOptions {
	t.Helper()
	cert, pool := certificate(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.got = make(chan post, 10)
	server := smtp.NewServer(p)
	server.Domain, server.AllowInsecureAuth, server.ErrorLog = "127.0.0.1", true, silent{}
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch kind {
	case "starttls":
		server.TLSConfig = config
	case "tls":
		l = tls.NewListener(l, config)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return MailOptions{
		Host: "127.0.0.1", Port: n, TLS: kind, From: "Hotline <hotline@support.example>", Name: "Support", Roots: pool, Timeout: 20 * time.Second,
	}
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

func TestMail(t *testing.T) {
	for _, kind := range []string{"starttls", "tls", "none"} {
		t.Run(kind, func(t *testing.T) {
			office := &postOffice{}
			o := office.open(t, kind)
			o.User, o.Password = "hotline", "right"
			m, err := NewMail(o)
			if err != nil {
				t.Fatal(err)
			}
			if ref, res := m.Send(t.Context(), page(PlatformMail, "anna@support.example")); res.Class != chat.Sent || !ref.IsZero() {
				t.Fatal(ref, res)
			}
			got := <-office.got
			if got.tls != (kind != "none") || got.from != "hotline@support.example" || len(got.to) != 1 || got.to[0] != "anna@support.example" {
				t.Errorf("got %+v", got)
			}
			checkMail(t, got.text)
		})
	}
}

func checkMail(t *testing.T, raw []byte) {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil || subject != "F-10427 502 at <checkout>" {
		t.Errorf("subject %q %v", subject, err)
	}
	for name, want := range map[string]string{
		"Message-ID": "<key-1@support.example>", "References": "<F-10427@support.example>", "Auto-Submitted": "auto-generated", "X-Priority": "1",
	} {
		if got := msg.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	var texts []string
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, part.Header.Get("Content-Type")+"\n"+string(text))
	}
	if len(texts) != 2 {
		t.Fatalf("%d parts", len(texts))
	}
	if !strings.Contains(texts[0], "text/plain") || !strings.Contains(texts[0], "Acknowledge: https://hotline.example/a/token") || !strings.Contains(texts[0], "Fjord Payments, severity 1") {
		t.Errorf("the text is %s", texts[0])
	}
	if !strings.Contains(texts[1], "text/html") || !strings.Contains(texts[1], "502 at &lt;checkout&gt;") || !strings.Contains(texts[1], `href="https://hotline.example/a/token"`) {
		t.Errorf("the HTML is %s", texts[1])
	}
}

func TestMailTrouble(t *testing.T) {
	later := &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "later"}
	unknown := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user anna"}
	spam := &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "spam"}
	for _, tc := range []struct {
		name   string
		office postOffice
		change func(o *MailOptions)
		class  chat.Class
		reason string
	}{
		{"greylisted", postOffice{rcpt: later}, nil, chat.Retry, "later"},
		{"later after the message", postOffice{data: later}, nil, chat.Retry, "later"},
		{"no such user", postOffice{rcpt: unknown}, nil, chat.Never, chat.ReasonBlocked},
		{"taken for spam", postOffice{data: spam}, nil, chat.Never, chat.ReasonDenied},
		{"wrong password", postOffice{}, func(o *MailOptions) { o.User, o.Password = "hotline", "wrong-password" }, chat.Never, chat.ReasonDead},
		{"untrusted certificate", postOffice{}, func(o *MailOptions) { o.Roots = x509.NewCertPool() }, chat.Retry, "no_connection"},
		{"nobody listens", postOffice{}, func(o *MailOptions) { o.Port = 1 }, chat.Retry, "no_connection"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := tc.office.open(t, "starttls")
			if tc.change != nil {
				tc.change(&o)
			}
			m, err := NewMail(o)
			if err != nil {
				t.Fatal(err)
			}
			_, res := m.Send(t.Context(), page(PlatformMail, "anna@support.example"))
			if res.Class != tc.class || res.Reason != tc.reason || res.Err == nil || strings.Contains(res.Err.Error(), "wrong-password") {
				t.Errorf("got %v %q %v, want %v %q", res.Class, res.Reason, res.Err, tc.class, tc.reason)
			}
			if len(tc.office.got) != 0 {
				t.Error("a mail went out all the same")
			}
		})
	}
}

// TestMailNeverSkipsTLS refuses to send in the clear to a server without STARTTLS.
func TestMailNeverSkipsTLS(t *testing.T) {
	office := &postOffice{}
	o := office.open(t, "none")
	o.TLS = "starttls"
	m, err := NewMail(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, res := m.Send(t.Context(), page(PlatformMail, "anna@support.example")); res.Class != chat.Retry || len(office.got) != 0 {
		t.Errorf("got %v, %d mails", res, len(office.got))
	}
}

func TestMailSettings(t *testing.T) {
	for _, o := range []MailOptions{
		{Host: "127.0.0.1", Port: 25, TLS: "none", From: "nobody"},
		{Host: "127.0.0.1", Port: 25, TLS: "maybe", From: "h@example.com"},
		{Host: "", Port: 25, TLS: "none", From: "h@example.com"},
	} {
		if _, err := NewMail(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}
