package discordtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// ask sends one REST request and returns status and body.
func ask(t *testing.T, s *Server, method, path, body string) (int, map[string]any) {
	t.Helper()
	return askAs(t, s, method, path, "application/json", strings.NewReader(body), s.Token())
}

func askAs(t *testing.T, s *Server, method, path, kind string, body io.Reader, token string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+"/v10"+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+token)
	req.Header.Set("User-Agent", "DiscordBot (test, 1)")
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	out := map[string]any{}
	json.NewDecoder(resp.Body).Decode(&out) //nolint:errcheck // lists and nothing are fine
	if v := resp.Header.Get("Retry-After"); v != "" {
		out["retry-after"] = v
	}
	return resp.StatusCode, out
}

func TestLimits(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	text := func(body string) string {
		return `{"allowed_mentions":{"parse":[]},` + body + `}`
	}
	path, _ := FindContract()
	for _, withContract := range []bool{false, true} {
		o := Options{}
		if _, ok := FindContract(); withContract && !ok {
			t.Log("the OpenAPI document is not at ../shared/contracts: its half of this test is left out")
			continue
		} else if withContract {
			c, err := LoadContract(path)
			if err != nil {
				t.Fatal(err)
			}
			o.Contract = c
		}
		s := New(t, o)
		support := s.AddChannel("support")
		forum := s.AddForum("cases", "open")
		msgs, threads := "/channels/"+support+"/messages", "/channels/"+forum+"/threads"
		commands := "/applications/" + s.Bot().ID + "/commands"
		for _, tc := range []struct {
			name, method, path, body string
			want                     int
		}{
			{"plain", "POST", msgs, text(`"content":"hi"`), 200},
			{"empty", "POST", msgs, text(`"content":""`), 400},
			{"content 2000", "POST", msgs, text(`"content":"` + long(2000) + `"`), 200},
			{"content 2001", "POST", msgs, text(`"content":"` + long(2001) + `"`), 400},
			{"emoji count twice", "POST", msgs, text(`"content":"` + strings.Repeat("😀", 1001) + `"`), 400},
			{"nonce 26", "POST", msgs, text(`"content":"hi","nonce":"` + long(26) + `"`), 400},
			{"embed title", "POST", msgs, text(`"embeds":[{"title":"` + long(257) + `"}]`), 400},
			{"embed total", "POST", msgs, text(`"embeds":[{"description":"` + long(4000) + `"},{"description":"` + long(2001) + `"}]`), 400},
			{"embed field empty", "POST", msgs, text(`"embeds":[{"fields":[{"name":" ","value":"x"}]}]`), 400},
			{"custom id 101", "POST", msgs, text(`"components":[{"type":1,"components":[{"type":2,"style":1,"label":"a","custom_id":"` + long(101) + `"}]}]`), 400},
			{"custom id twice", "POST", msgs, text(`"components":[{"type":1,"components":[{"type":2,"style":1,"label":"a","custom_id":"a"},{"type":2,"style":1,"label":"b","custom_id":"a"}]}]`), 400},
			{"bare button", "POST", msgs, text(`"components":[{"type":2,"style":1,"label":"a","custom_id":"a"}]`), 400},
			{"link", "POST", msgs, text(`"components":[{"type":1,"components":[{"type":2,"style":5,"label":"a","url":"ftp://x"}]}]`), 400},
			{"users and parse", "POST", msgs, `{"content":"hi","allowed_mentions":{"parse":["users"],"users":["1"]}}`, 400},
			{"not JSON", "POST", msgs, `{`, 400},
			{"to a forum", "POST", "/channels/" + forum + "/messages", text(`"content":"hi"`), 400},
			{"unknown channel", "POST", "/channels/1/messages", text(`"content":"hi"`), 404},
			{"bad id", "POST", "/channels/abc/messages", text(`"content":"hi"`), 400},
			{"post", "POST", threads, `{"name":"F-10018","message":{"content":"hi"}}`, 201},
			{"post without message", "POST", threads, `{"name":"F-10018"}`, 400},
			{"post name", "POST", threads, `{"name":"` + long(101) + `","message":{"content":"hi"}}`, 400},
			{"post tag", "POST", threads, `{"name":"x","applied_tags":["7"],"message":{"content":"hi"}}`, 400},
			{"archive time", "POST", threads, `{"name":"x","auto_archive_duration":100,"message":{"content":"hi"}}`, 400},
			{"command", "PUT", commands, `[{"name":"status","description":"d"}]`, 200},
			{"command upper case", "PUT", commands, `[{"name":"Status","description":"d"}]`, 400},
			{"command order", "PUT", commands, `[{"name":"a","description":"d","options":[{"type":3,"name":"x","description":"d"},{"type":3,"name":"y","description":"d","required":true}]}]`, 400},
			{"command twice", "PUT", commands, `[{"name":"a","description":"d"},{"name":"a","description":"d"}]`, 400},
		} {
			t.Run(fmt.Sprintf("%s contract=%v", tc.name, withContract), func(t *testing.T) {
				if got, out := ask(t, s, tc.method, tc.path, tc.body); got != tc.want {
					t.Errorf("status %d, want %d: %v", got, tc.want, out)
				}
			})
		}
		s.ForgetProblems()
	}
}

func TestNonce(t *testing.T) {
	s := New(t, Options{})
	path := "/channels/" + s.AddChannel("support") + "/messages"
	_, a := ask(t, s, "POST", path, `{"content":"one","nonce":"k","enforce_nonce":true}`)
	_, b := ask(t, s, "POST", path, `{"content":"one","nonce":"k","enforce_nonce":true}`)
	if a["id"] != b["id"] {
		t.Error("the same nonce must give the same message")
	}
	if _, c := ask(t, s, "POST", path, `{"content":"one","nonce":"k"}`); c["id"] == a["id"] {
		t.Error("without enforcement a nonce is only an ornament")
	}
}

func TestRateLimits(t *testing.T) {
	s := New(t, Options{})
	support := s.AddChannel("support")
	s.Limit("POST", "/channels/{channel_id}/messages", 2, time.Hour)
	path := "/channels/" + support + "/messages"
	for i, want := range []int{200, 200, 429, 429} {
		got, out := ask(t, s, "POST", path, `{"content":"hi"}`)
		if got != want {
			t.Errorf("request %d: status %d, want %d", i, got, want)
		}
		if want == 429 && (out["retry_after"] == nil || out["retry-after"] == nil || out["global"] != false) {
			t.Errorf("request %d: %v", i, out)
		}
	}
	if s.Invalid() != 2 {
		t.Errorf("%d invalid requests, want 2", s.Invalid())
	}
	s.Pass(time.Hour)
	if got, _ := ask(t, s, "POST", path, `{"content":"hi"}`); got != 200 {
		t.Errorf("after the reset: %d", got)
	}
}

func TestFaults(t *testing.T) {
	s := New(t, Options{})
	support := s.AddChannel("support")
	path := "/channels/" + support + "/messages"
	for _, tc := range []struct {
		name  string
		fault Fault
		want  int
		posts int
	}{
		{"before", Fault{Method: "POST", Times: 1, Status: 500}, 500, 0},
		{"after", Fault{Method: "POST", Times: 1, Status: 502, After: true}, 502, 1},
		{"hang up after", Fault{Method: "POST", Times: 1, After: true}, 0, 2},
		{"global", Fault{Times: 1, Status: 429, RetryAfter: time.Second, Global: true}, 429, 2},
		{"none", Fault{Times: 1, Method: "DELETE", Status: 500}, 200, 3},
	} {
		s.Break(tc.fault)
		if got, _ := ask(t, s, "POST", path, `{"content":"hi"}`); got != tc.want {
			t.Errorf("%s: status %d, want %d", tc.name, got, tc.want)
		}
		if got := len(s.Messages(support)); got != tc.posts {
			t.Errorf("%s: %d messages, want %d", tc.name, got, tc.posts)
		}
	}
	s.RevokeToken()
	if got, _ := ask(t, s, "POST", path, `{"content":"hi"}`); got != 401 {
		t.Errorf("with a revoked token: %d", got)
	}
}

func TestFiles(t *testing.T) {
	s := New(t, Options{})
	support := s.AddChannel("support")
	var b bytes.Buffer
	mw := multipart.NewWriter(&b)
	mw.WriteField("payload_json", `{"content":"see file","attachments":[{"id":0,"filename":"a.txt"}]}`) //nolint:errcheck // memory
	part, _ := mw.CreateFormFile("files[0]", "a.txt")
	part.Write([]byte("hello"))
	mw.Close()
	status, _ := askAs(t, s, "POST", "/channels/"+support+"/messages", mw.FormDataContentType(), &b, s.Token())
	if status != 200 {
		t.Fatalf("status %d", status)
	}
	m := s.Messages(support)[0]
	resp, err := http.Get(m.Attachments[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, _ := io.ReadAll(resp.Body); string(got) != "hello" {
		t.Errorf("the file holds %q", got)
	}
}

func TestInteractionLimits(t *testing.T) {
	s := New(t, Options{AnswerWithin: time.Hour})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	ask(t, s, "PUT", "/applications/"+s.Bot().ID+"/commands", `[{"name":"kb","description":"d"}]`)
	begin := func() (*Interaction, string, string) {
		t.Helper()
		it, err := ana.Slash(support, "kb", nil)
		if err != nil {
			t.Fatal(err)
		}
		return it, "/interactions/" + it.ID + "/" + it.token + "/callback", "/webhooks/" + s.Bot().ID + "/" + it.token
	}
	it, callback, hook := begin()
	if got, _ := ask(t, s, "POST", hook, `{"content":"too early"}`); got != 404 {
		t.Errorf("follow-up before the answer: %d", got)
	}
	for i, want := range []int{204, 400} {
		if got, _ := ask(t, s, "POST", callback, `{"type":5,"data":{"flags":64}}`); got != want {
			t.Errorf("answer %d: status %d, want %d", i, got, want)
		}
	}
	if got, _ := ask(t, s, "POST", hook, `{"content":"done"}`); got != 200 {
		t.Error("the first follow-up must be taken")
	}
	if m := it.Final(t); !m.Ephemeral() {
		t.Error("visibility is decided at the deferral")
	}
	if msgs := s.AddPerson("ben").Sees(support); len(msgs) != 0 {
		t.Errorf("others see %d ephemeral messages", len(msgs))
	}
	s.Pass(15 * time.Minute)
	if got, out := ask(t, s, "POST", hook, `{"content":"late"}`); got != 401 || out["code"] != 50027.0 {
		t.Errorf("after 15 minutes: %d %v", got, out)
	}
	_, callback, _ = begin()
	s.ExpireTokens()
	if got, out := ask(t, s, "POST", callback, `{"type":5}`); got != 404 || out["code"] != 10062.0 {
		t.Errorf("callback too late: %d %v", got, out)
	}
	if got, _ := ask(t, s, "POST", callback, `{"type":8,"data":{"choices":[]}}`); got != 404 {
		t.Error("an expired interaction must not be answered")
	}
}

func TestNoAnswerFails(t *testing.T) {
	s := New(t, Options{AnswerWithin: time.Millisecond})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	ask(t, s, "PUT", "/applications/"+s.Bot().ID+"/commands", `[{"name":"kb","description":"d"}]`)
	it, err := ana.Slash(support, "kb", nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := it.Wait(t); !a.Failed {
		t.Errorf("answer %+v, want a failure", a)
	}
}
