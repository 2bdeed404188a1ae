package bot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
)

// SignKey is the secret that links to cases are signed with, at least 32 bytes.
// Without one no links are made.
type SignKey []byte

// AckURL is the address at which a person acknowledges a case without logging in;
// it holds for one episode: a page that was sent can be acknowledged as long as
// nobody has the case, however often others were paged since. It is "" when there is no base URL or key.
func (o *Organisation) AckURL(person, number string, episode int) string {
	if o.BaseURL == "" || len(o.LinkKey) == 0 || person == "" {
		return ""
	}
	return o.BaseURL + "/a/" + url.PathEscape(o.LinkKey.Sign("ack", person, number, strconv.Itoa(episode)))
}

// TicketURL is the customer's page of a case; it holds as long as the key does.
func (o *Organisation) TicketURL(number, reader string) string {
	if o.BaseURL == "" || len(o.LinkKey) == 0 {
		return ""
	}
	return o.BaseURL + "/t/" + url.PathEscape(o.LinkKey.Sign("ticket", number, reader))
}

// Sign makes a token that carries the parts and proves them.
func (k SignKey) Sign(parts ...string) string {
	body := strings.Join(parts, "\x1f")
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte(body))
	return base64.RawURLEncoding.EncodeToString([]byte(body)) + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// Open gives the parts of a token that [SignKey.Sign] made; false for any other.
func (k SignKey) Open(token string) ([]string, bool) {
	body64, mac64, ok := strings.Cut(token, ".")
	body, err1 := base64.RawURLEncoding.DecodeString(body64)
	sum, err2 := base64.RawURLEncoding.DecodeString(mac64)
	if !ok || err1 != nil || err2 != nil || len(k) == 0 {
		return nil, false
	}
	mac := hmac.New(sha256.New, k)
	mac.Write(body)
	if !hmac.Equal(mac.Sum(nil)[:16], sum) {
		return nil, false
	}
	return strings.Split(string(body), "\x1f"), true
}
