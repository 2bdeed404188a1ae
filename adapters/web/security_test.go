package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/adapters/web"
	"hotline/adapters/web/webtest"
	"hotline/bot/chat"
)

// request makes a plain request and returns the answer with its body.
func request(t *testing.T, method, url, body string, header map[string]string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(soon(t), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		if k == "Host" {
			r.Host = v
		}
		r.Header.Set(k, v)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

// attacks are texts that a page must never take for markup.
var attacks = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</textarea><script>alert(1)</script>`,
	`</script><script>alert(1)</script>`, "`<svg onload=alert(1)>`", "```\n<iframe src=javascript:alert(1)>\n```", `{{.Secret}}`, `<!--`, `https://x.example/"onclick="alert(1)`,
	"\u202Egpj.exe\u202C<b>", "\x00<i>\x1b[31m",
}

func TestNothingTypedBecomesMarkup(t *testing.T) {
	for i, attack := range attacks {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			s := newSite(t, func(c *web.Config) {
				c.Users = func() []web.User {
					return []web.User{{ID: "ana", Name: attack, Label: attack, Role: "responder", Lang: "en"}}
				}
				c.Channels = func() []web.Channel { return []web.Channel{{ID: "desk", Name: attack, Topic: attack}} }
				c.Name = attack
				c.Verbs = []chat.Verb{{Name: "report", Help: map[string]string{"en": attack}, Shortcut: map[string]string{"en": attack}}}
			}, func(c *web.Config) { f := sources{time.Now()}; c.Queue, c.Tickets = f, f })
			ana := s.as("ana")
			done, err := ana.Say(t.Context(), "desk", "", attack)
			if err != nil {
				t.Fatal(err)
			}
			action := chat.Action{Verb: "ack", Case: "F-1", Arg: attack}
			s.send(t, chat.Outgoing{Key: "k", Intent: chat.IntentCard, Audience: chat.Internal(), In: in("desk", ""), Content: chat.Content{
				Text: chat.Say(attack).Bold(attack).Code(attack).Moment(time.Now(), attack).Mention(chat.Principal{Name: attack}).Link(attack, attack).Link(attack, "javascript:alert(1)"),
				Card: &chat.Card{Number: attack, Title: attack, Tone: chat.Tone(attack), Body: chat.T(attack), Fields: []chat.Field{{Name: attack, Value: chat.T(attack)}},
					Items: []chat.Item{{Text: chat.T(attack), Buttons: []chat.Button{{Label: attack, Action: action}}}}, Buttons: []chat.Button{{Label: attack, URL: attack, Style: chat.Style(attack)}},
					More: []chat.Button{{Label: attack, URL: "java\nscript:alert(1)"}}, Foot: chat.T(attack)}}})
			id, err := ana.Upload(t.Context(), attack, "text/plain", []byte("x"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ana.Say(t.Context(), "desk", webtest.Thread(*done.Post), attack, id); err != nil {
				t.Fatal(err)
			}
			_, page := request(t, http.MethodGet, s.url+"/c/desk/t/"+webtest.Thread(*done.Post), "", nil)
			checkPage(t, page)
			posts, _ := ana.Posts(t.Context(), "desk", "")
			for _, v := range posts {
				checkPage(t, v.HTML)
			}
		})
	}
}

// checkPage fails when a page holds an element or attribute that we do not write.
func checkPage(t *testing.T, page string) {
	t.Helper()
	low := strings.ToLower(page)
	for _, bad := range []string{"<script>", "<img src=x", "<svg onload", "<iframe", "<b>", "<i>", "\u202e", "\x00", `href="javascript:`, `href="java`} {
		if i := strings.Index(low, bad); i >= 0 && bad != "<b>" {
			t.Errorf("the page holds %q: …%s…", bad, page[max(0, i-80):min(len(page), i+80)])
		}
	}
	for _, tag := range strings.Split(low, "<")[1:] {
		attrs, _, _ := strings.Cut(tag, ">")
		outside := false
		for i, part := range strings.Split(attrs, `"`) {
			outside = i%2 == 0
			if outside && (strings.Contains(part, " onerror=") || strings.Contains(part, " onclick=") || strings.Contains(part, " onmouseover=") || strings.Contains(part, "style=")) {
				t.Errorf("an element has a handler: <%s>", attrs)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	s := newSite(t)
	resp, page := request(t, http.MethodGet, s.url+"/c/acme", "", nil)
	policy := resp.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers = %v", resp.Header)
	}
	for _, part := range strings.Split(page, "<script")[1:] {
		attrs, rest, _ := strings.Cut(part, ">")
		if !strings.Contains(attrs, "src=") && !strings.Contains(attrs, "application/json") && !strings.HasPrefix(rest, "</script") {
			t.Errorf("the page has a script in itself: <script%s>", attrs)
		}
	}
	for _, asset := range strings.Split(page, `"/assets/`)[1:] {
		name, _, _ := strings.Cut(asset, `"`)
		resp, body := request(t, http.MethodGet, s.url+"/assets/"+name, "", nil)
		if resp.StatusCode != http.StatusOK || body == "" || !strings.Contains(resp.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %s", name, resp.StatusCode, resp.Header.Get("Cache-Control"))
		}
	}
	if resp, _ := request(t, http.MethodGet, s.url+"/assets/core.000000000000.js", "", nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("an old asset = %d", resp.StatusCode)
	}
}

func TestOtherSitesCannotAct(t *testing.T) {
	s := newSite(t)
	body := fmt.Sprintf(`{"id":%q,"channel":"acme","text":"forged"}`, uuid.NewString())
	tests := []struct {
		name   string
		header map[string]string
		want   int
	}{
		{"another origin", map[string]string{"Origin": "https://evil.example"}, http.StatusForbidden},
		{"another site by its fetch metadata", map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		{"the null origin", map[string]string{"Origin": "null"}, http.StatusForbidden},
		{"a name that points here", map[string]string{"Host": "evil.example"}, http.StatusMisdirectedRequest},
		{"the page itself", map[string]string{"Sec-Fetch-Site": "same-origin"}, http.StatusOK},
		{"a program", nil, http.StatusOK},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := map[string]string{"Content-Type": "application/json", "X-Hotline-As": "tom"}
			for k, v := range tt.header {
				header[k] = v
			}
			if resp, said := request(t, http.MethodPost, s.url+"/api/posts", body, header); resp.StatusCode != tt.want {
				t.Errorf("status %d (%s), want %d", resp.StatusCode, said, tt.want)
			}
		})
	}
}

// served is a site where people log in.
func served(t *testing.T, change ...func(*web.Config)) *site {
	t.Helper()
	return newSite(t, append([]func(*web.Config){func(c *web.Config) { c.Demo = false }}, change...)...)
}

func TestWithoutALogin(t *testing.T) {
	s := served(t, withPages(time.Now()))
	for _, path := range []string{"/api/me", "/api/posts?channel=acme", "/api/posts/1", "/api/stream", "/api/suggest?channel=acme", "/files/1/0", "/", "/c/acme", "/queue", "/kb", "/kb/KB-12", "/nowhere", "/?as=ana", "/api/me?as=ana"} {
		resp, body := request(t, http.MethodGet, s.url+path, "", map[string]string{"X-Hotline-As": "ana", "Cookie": "hotline_session=abc.def"})
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("GET %s = %d", path, resp.StatusCode)
		}
		if strings.Contains(body, "acme-support") || strings.Contains(body, "Ana Ruiz") {
			t.Errorf("GET %s tells a stranger: %s", path, body)
		}
	}
	for _, path := range []string{"/api/posts", "/api/commands", "/api/forms", "/api/seen", "/api/files", "/api/posts/1/press"} {
		if resp, _ := request(t, http.MethodPost, s.url+path, "{}", nil); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("POST %s = %d", path, resp.StatusCode)
		}
	}
}

func TestTokens(t *testing.T) {
	s := served(t)
	tests := []struct {
		name, token, user string
	}{
		{"hers", "ana-secret-token-0001", "ana"}, {"another's", "mei-secret-token-0001", "mei"}, {"wrong", "ana-secret-token-0002", ""},
		{"empty", "", ""}, {"too short", "x", ""}, {"the hash itself", web.HashToken("ana-secret-token-0001"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &webtest.Person{Base: s.url, Token: tt.token}
			me, err := p.Me(t.Context())
			if me.User.ID != tt.user || (tt.user == "") != (code(err) == "login") || len(me.People) > 0 {
				t.Errorf("Me = %+v, %v", me, err)
			}
		})
	}
}

// visitor is a browser with cookies that follows no redirect.
func visitor(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func TestLoginLinksWorkOnce(t *testing.T) {
	now := time.Now()
	secret := []byte("0123456789abcdef0123456789abcdef")
	s := served(t)
	link := web.LoginLink(secret, s.url, "ana", now.Add(time.Hour))
	c := visitor(t)
	get := func(u string) int {
		resp, err := c.Get(u)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for range 2 { // a preview does not use it up
		if status := get(link); status != http.StatusOK {
			t.Fatalf("the link shows %d", status)
		}
	}
	resp, err := c.Post(link, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("the link answers %d", resp.StatusCode)
	}
	if ck := resp.Header.Get("Set-Cookie"); !strings.Contains(ck, "HttpOnly") || !strings.Contains(ck, "SameSite=Lax") {
		t.Errorf("cookie = %s", ck)
	}
	if status := get(s.url + "/c/desk"); status != http.StatusOK {
		t.Errorf("after logging in: %d", status)
	}
	for name, l := range map[string]string{
		"used":           link,
		"expired":        web.LoginLink(secret, s.url, "ana", now.Add(-time.Second)),
		"another secret": web.LoginLink([]byte("another secret of thirty-two byt"), s.url, "ana", now.Add(time.Hour)),
		"nobody":         web.LoginLink(secret, s.url, "ghost", now.Add(time.Hour)),
		"cut":            link[:len(link)-3],
		"changed":        strings.Replace(link, "/login/e", "/login/f", 1),
	} {
		other := visitor(t)
		resp, err := other.Post(l, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("Set-Cookie") != "" {
			t.Errorf("a link that is %s answers %d", name, resp.StatusCode)
		}
	}
}

func TestLoginFormAndLogout(t *testing.T) {
	s := served(t)
	c := visitor(t)
	post := func(token string) *http.Response {
		resp, err := c.PostForm(s.url+"/login", url.Values{"token": {token}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	if resp := post("guess-guess-guess-guess"); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a wrong token = %d", resp.StatusCode)
	}
	if resp := post(" ana-secret-token-0001 "); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("the right token = %d", resp.StatusCode)
	}
	var blocked bool
	for range 40 {
		resp, err := http.Post(s.url+"/api/session", "application/json", strings.NewReader(`{"token":"guess-guess-guess-guess"}`))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		blocked = blocked || resp.StatusCode == http.StatusTooManyRequests
	}
	if !blocked {
		t.Error("tokens can be guessed without a limit")
	}
	r, _ := http.NewRequest(http.MethodDelete, s.url+"/api/session", nil)
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp, _ := c.Get(s.url + "/api/me"); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("after logging out: %d", resp.StatusCode)
	}
}

func TestLimits(t *testing.T) {
	s := newSite(t, func(c *web.Config) { c.Rate, c.Burst = 0.001, 3 })
	tom := s.as("tom")
	for range 3 {
		if _, err := tom.Say(t.Context(), "acme", "", "again"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tom.Say(t.Context(), "acme", "", "again"); code(err) != "slow_down" {
		t.Errorf("the fourth = %v", err)
	}
	if _, err := s.as("ana").Say(t.Context(), "acme", "", "me too"); err != nil {
		t.Errorf("somebody else pays for it: %v", err)
	}
	resp, _ := request(t, http.MethodPost, s.url+"/api/posts", "{}", map[string]string{"X-Hotline-As": "tom"})
	if resp.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestOneStreamTooMany(t *testing.T) {
	s := newSite(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	status := 0
	for range 30 {
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/stream?as=tom", nil)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if status = resp.StatusCode; status != http.StatusOK {
			break
		}
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("the last of thirty = %d", status)
	}
}

func TestBadInput(t *testing.T) {
	s := newSite(t)
	long := strings.Repeat("长", chat.MaxText/3+10)
	id := uuid.NewString()
	tests := []struct {
		name, method, path, body, code string
	}{
		{"empty", "POST", "/api/posts", `{"id":"` + id + `","channel":"acme","text":" \n "}`, "empty"},
		{"only control characters", "POST", "/api/posts", `{"id":"` + id + `","channel":"acme","text":"\u0007\u202e"}`, "empty"},
		{"too long", "POST", "/api/posts", `{"id":"` + id + `","channel":"acme","text":"` + long + `"}`, "too_long"},
		{"far too long", "POST", "/api/posts", `{"id":"` + id + `","channel":"acme","text":"` + strings.Repeat("x", 1<<20) + `"}`, "too_long"},
		{"invalid UTF-8", "POST", "/api/posts", `{"id":"` + id + `","channel":"acme","text":"` + "\xff\xfe" + `"}`, "bad_utf8"},
		{"no id", "POST", "/api/posts", `{"channel":"acme","text":"x"}`, "bad_id"},
		{"an id that is none", "POST", "/api/posts", `{"id":"1","channel":"acme","text":"x"}`, "bad_id"},
		{"not JSON", "POST", "/api/posts", `text=x`, "bad_json"},
		{"an unknown field", "POST", "/api/posts", `{"id":"` + id + `","channel":"acme","text":"x","admin":true}`, "bad_json"},
		{"a wrong type", "POST", "/api/posts", `{"id":1}`, "bad_json"},
		{"two values", "POST", "/api/posts", `{} {}`, "bad_json"},
		{"nothing", "POST", "/api/posts", ``, "bad_json"},
		{"another customer's channel", "POST", "/api/posts", `{"id":"` + id + `","channel":"huachen","text":"x"}`, "no_channel"},
		{"an internal channel", "POST", "/api/posts", `{"id":"` + id + `","channel":"desk","text":"x"}`, "no_channel"},
		{"the list of rooms", "POST", "/api/posts", `{"id":"` + id + `","channel":"#rooms","text":"x"}`, "no_channel"},
		{"somebody's direct messages", "POST", "/api/posts", `{"id":"` + id + `","channel":"dm:ana","text":"x"}`, "no_channel"},
		{"a thread that is none", "POST", "/api/posts", `{"id":"` + id + `","channel":"acme","thread":"77","text":"x"}`, "no_post"},
		{"a thread with a name", "POST", "/api/posts", `{"id":"` + id + `","channel":"acme","thread":"x","text":"x"}`, "no_post"},
		{"too many files", "POST", "/api/posts", `{"id":"` + id + `","channel":"acme","files":["` + strings.Repeat(`a","`, 30) + `a"]}`, "many_files"},
		{"no verb", "POST", "/api/commands", `{"id":"` + id + `","channel":"acme","verb":"a b"}`, "empty"},
		{"a huge form", "POST", "/api/forms", `{"id":"` + id + `","channel":"acme","form":"f","values":{"a":"` + strings.Repeat("x", 40000) + `","b":"` + strings.Repeat("x", 40000) + `"}}`, "too_long"},
		{"a post that is none", "PATCH", "/api/posts/99", `{"id":"` + id + `","text":"x"}`, "no_post"},
		{"a post with a name", "DELETE", "/api/posts/abc", `{"id":"` + id + `"}`, "no_post"},
		{"a negative post", "POST", "/api/posts/-1/press", `{"id":"` + id + `"}`, "no_post"},
		{"a path that is none", "POST", "/api/nothing", `{}`, "no_page"},
		{"seen elsewhere", "POST", "/api/seen", `{"channel":"desk","post":1}`, "no_channel"},
		{"seen in a thread that is none", "POST", "/api/seen", `{"channel":"acme","thread":"../x","post":1}`, "no_post"},
		{"an empty file", "POST", "/api/files", ``, "empty_file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, lang := range []string{"en", "zh"} {
				_, said := request(t, tt.method, s.url+tt.path, tt.body, map[string]string{"X-Hotline-As": "tom", "Cookie": "hotline_lang=" + lang})
				if !strings.Contains(said, `"code":"`+tt.code+`"`) || strings.Contains(said, `"say":""`) {
					t.Errorf("in %s: %.200s, want %s", lang, said, tt.code)
				}
			}
		})
	}
	if n := len(s.inbox.all()); n != 0 {
		t.Errorf("%d events were made of it", n)
	}
	if posts, _ := s.as("tom").Posts(t.Context(), "acme", ""); len(posts) != 0 {
		t.Errorf("%d posts were made of it", len(posts))
	}
}

func TestFileTooLarge(t *testing.T) {
	s := newSite(t)
	if _, err := s.as("tom").Upload(t.Context(), "big.bin", "", make([]byte, chat.MaxFile+1)); code(err) != "too_large" {
		t.Errorf("Upload = %v", err)
	}
	without := newSite(t, func(c *web.Config) { c.Files = nil })
	if _, err := without.as("tom").Upload(t.Context(), "a.txt", "", []byte("x")); code(err) != "no_files" {
		t.Errorf("Upload without a place = %v", err)
	}
}
