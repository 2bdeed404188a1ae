package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"hotline/bot/say"
)

// sessionLife is how long a login lasts.
const sessionLife = 30 * 24 * time.Hour

const (
	sessionCookie = "hotline_session"
	langCookie    = "hotline_lang"
)

// pass is what a signature vouches for. Use keeps a link of one kind from being
// taken for another.
type pass struct {
	Use     string `json:"u"` // "session" or "login"
	User    string `json:"s"`
	Expires int64  `json:"e"` // Unix seconds
	Nonce   string `json:"r,omitempty"`
}

// seal signs p: base64url(JSON) "." base64url(HMAC-SHA-256).
func seal(secret []byte, p pass) string {
	body, _ := json.Marshal(p) // strings and a number always encode
	text := base64.RawURLEncoding.EncodeToString(body)
	return text + "." + base64.RawURLEncoding.EncodeToString(mac(secret, text))
}

func mac(secret []byte, text string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("hotline web 1\n" + text))
	return h.Sum(nil)
}

// unseal checks the signature in constant time, then the use and the date.
func unseal(secret []byte, token, use string, now time.Time) (pass, bool) {
	if len(token) > 2048 {
		return pass{}, false
	}
	text, sum, ok := strings.Cut(token, ".")
	got, err := base64.RawURLEncoding.DecodeString(sum)
	if !ok || err != nil || !hmac.Equal(got, mac(secret, text)) {
		return pass{}, false
	}
	body, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return pass{}, false
	}
	var p pass
	if json.Unmarshal(body, &p) != nil || p.Use != use || now.Unix() >= p.Expires {
		return pass{}, false
	}
	return p, true
}

// LoginLink makes a link that logs user in once, until expires. Any program that
// knows the secret can make one.
func LoginLink(secret []byte, baseURL, user string, expires time.Time) string {
	p := pass{Use: "login", User: user, Expires: expires.Unix(), Nonce: rand.Text()}
	return strings.TrimSuffix(baseURL, "/") + "/login/" + seal(secret, p)
}

// HashToken is how an access token is kept in [User.TokenHash].
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// byToken finds the person whose access token it is. Every hash is compared, in
// constant time, so that the time taken says nothing.
func (a *Adapter) byToken(token string) (User, bool) {
	if len(token) < 16 || len(token) > 512 {
		return User{}, false
	}
	hash := []byte(HashToken(token))
	var found User
	for _, u := range a.users() {
		if u.TokenHash != "" && subtle.ConstantTimeCompare([]byte(strings.ToLower(u.TokenHash)), hash) == 1 {
			found = u
		}
	}
	return found, found.ID != ""
}

// identify says who makes a request.
func (a *Adapter) identify(r *http.Request) (User, bool) {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return a.byToken(token)
	}
	if a.cfg.Demo {
		as := r.Header.Get("X-Hotline-As")
		if as == "" {
			as = r.URL.Query().Get("as")
		}
		if as != "" {
			return a.findUser(as)
		}
	}
	if c, err := r.Cookie(sessionCookie); err == nil {
		if p, ok := unseal(a.cfg.Secret, c.Value, "session", a.cfg.Now()); ok {
			if u, ok := a.findUser(p.User); ok {
				return u, true
			}
		}
	}
	if users := a.users(); a.cfg.Demo && len(users) > 0 {
		return users[0], true
	}
	return User{}, false
}

func (a *Adapter) startSession(w http.ResponseWriter, u User) {
	now := a.cfg.Now()
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(a.cfg.BaseURL, "https:"), Expires: now.Add(sessionLife),
		Value: seal(a.cfg.Secret, pass{Use: "session", User: u.ID, Expires: now.Add(sessionLife).Unix()}),
	})
}

func (a *Adapter) logIn(w http.ResponseWriter, r *http.Request) {
	lang := a.langOf(r, User{})
	if wait := a.limits.take("login:"+clientHost(r), a.cfg.Now(), 1, 20); wait > 0 {
		f := refuse(http.StatusTooManyRequests, "slow_down")
		f.retry = wait
		a.writeFault(w, r, lang, f)
		return
	}
	var req struct{ User, Token string }
	c := &call{Request: r, w: w}
	if err := c.decode(&req); err != nil {
		a.writeFault(w, r, lang, err)
		return
	}
	u, ok := a.byToken(strings.TrimSpace(req.Token))
	if a.cfg.Demo && req.User != "" {
		u, ok = a.findUser(req.User)
	}
	if !ok {
		a.writeFault(w, r, lang, refuse(http.StatusUnauthorized, "bad_token"))
		return
	}
	a.startSession(w, u)
	writeJSON(w, http.StatusOK, map[string]any{"user": personOf(u)})
}

func (a *Adapter) logOut(w http.ResponseWriter, _ *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", HttpOnly: true, MaxAge: -1})
	w.WriteHeader(http.StatusNoContent)
}

// redeem turns a login link into a person, once.
func (a *Adapter) redeem(ctx context.Context, token string) (User, error) {
	p, ok := unseal(a.cfg.Secret, token, "login", a.cfg.Now())
	if !ok || p.Nonce == "" {
		return User{}, refuse(http.StatusUnauthorized, "bad_token")
	}
	u, ok := a.findUser(p.User)
	if !ok {
		return User{}, refuse(http.StatusUnauthorized, "bad_token")
	}
	first, err := a.cfg.Once.Use(ctx, "login:"+HashToken(p.Nonce), time.Unix(p.Expires, 0))
	switch {
	case err != nil:
		return User{}, err
	case !first:
		return User{}, refuse(http.StatusUnauthorized, "bad_token")
	}
	return u, nil
}

// memoryOnce is a Once that forgets at a restart.
type memoryOnce struct {
	now  func() time.Time
	mu   sync.Mutex
	used map[string]time.Time
}

func (m *memoryOnce) Use(_ context.Context, key string, until time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used == nil {
		m.used = map[string]time.Time{}
	}
	for k, t := range m.used {
		if !m.now().Before(t) {
			delete(m.used, k)
		}
	}
	if _, there := m.used[key]; there {
		return false, nil
	}
	m.used[key] = until
	return true, nil
}

// langOf is the language to draw in: what the reader chose, the person's, the
// browser's.
func (a *Adapter) langOf(r *http.Request, u User) string {
	if c, err := r.Cookie(langCookie); err == nil && (c.Value == say.English || c.Value == say.Chinese) {
		return c.Value
	}
	tag := u.Lang
	if tag == "" {
		tag = r.Header.Get("Accept-Language")
	}
	if say.IsChinese(tag) {
		return say.Chinese
	}
	return say.English
}
