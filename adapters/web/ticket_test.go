package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/adapters/web"
	"hotline/bot/chat"
)

func TestTicketPage(t *testing.T) {
	s := served(t, withPages(time.Now()))
	resp, page := request(t, http.MethodGet, s.url+"/t/good", "", nil)
	for _, want := range []string{"F-10427", "Payments return 502", "Resolved", "Two of six workers", "&lt;b&gt;bold?&lt;/b&gt;", "Yes, it works again", "Not fixed", `name="score"`, "/t/good/files/0/0"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%d, headers %v", resp.StatusCode, resp.Header)
	}
	if _, page := request(t, http.MethodGet, s.url+"/t/mail", "", nil); !strings.Contains(page, "已解决") {
		t.Error("the page is not in the language of the link's person")
	}
	for _, path := range []string{"/t/wrong", "/t/lost", "/t/" + strings.Repeat("x", 5000), "/t/good/files/0/9", "/t/good/files/9/0", "/t/good/files/-1/0", "/t/wrong/files/0/0"} {
		if resp, page := request(t, http.MethodGet, s.url+path, "", nil); resp.StatusCode != http.StatusNotFound || strings.Contains(page, "Payments") {
			t.Errorf("%.40s = %d", path, resp.StatusCode)
		}
	}
}

func TestTicketActs(t *testing.T) {
	id := uuid.NewString()
	tests := []struct {
		name, act string
		form      url.Values
		kind      chat.Kind
		action    chat.Action
		text      string
		status    int
	}{
		{"confirm", "confirm", url.Values{"id": {id}}, chat.KindButton, chat.Action{Verb: "confirm", Case: "F-10427", Gen: 3}, "", http.StatusSeeOther},
		{"not fixed", "reopen", url.Values{"id": {id}, "text": {"still 502"}}, chat.KindButton, chat.Action{Verb: "reopen", Case: "F-10427", Gen: 3}, "still 502", http.StatusSeeOther},
		{"rate", "rate", url.Values{"id": {id}, "score": {"5"}, "text": {"quick"}}, chat.KindButton, chat.Action{Verb: "rate", Case: "F-10427", Arg: "5", Gen: 3}, "quick", http.StatusSeeOther},
		{"reply", "reply", url.Values{"id": {id}, "text": {"it is <b>back</b>"}}, chat.KindMessage, chat.Action{Case: "F-10427", Gen: 3}, "it is <b>back</b>", http.StatusSeeOther},
		{"rate too high", "rate", url.Values{"id": {id}, "score": {"6"}}, "", chat.Action{}, "", http.StatusBadRequest},
		{"rate nothing", "rate", url.Values{"id": {id}}, "", chat.Action{}, "", http.StatusBadRequest},
		{"an empty reply", "reply", url.Values{"id": {id}, "text": {" "}}, "", chat.Action{}, "", http.StatusBadRequest},
		{"a reply that is too long", "reply", url.Values{"id": {id}, "text": {strings.Repeat("x", chat.MaxText+1)}}, "", chat.Action{}, "", http.StatusRequestEntityTooLarge},
		{"no id", "confirm", url.Values{}, "", chat.Action{}, "", http.StatusBadRequest},
		{"another act", "resolve", url.Values{"id": {id}}, "", chat.Action{}, "", http.StatusNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := served(t, withPages(time.Now()))
			for range 2 { // a double click
				resp, page := request(t, http.MethodPost, s.url+"/t/good/"+tt.act, tt.form.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
				if resp.StatusCode != tt.status {
					t.Fatalf("status %d, want %d", resp.StatusCode, tt.status)
				}
				if tt.status != http.StatusSeeOther && !strings.Contains(page, `role="alert"`) {
					t.Error("the page does not say what was wrong")
				}
			}
			if tt.kind == "" {
				if n := len(s.inbox.all()); n != 0 {
					t.Errorf("%d events", n)
				}
				return
			}
			ev := s.inbox.only(t)
			if ev.Kind != tt.kind || ev.Action != tt.action || ev.Text != tt.text || ev.From.Key() != "web::tom" || ev.Where.Channel != "ticket:F-10427" {
				t.Errorf("event = %+v", ev)
			}
		})
	}
}

func TestTicketFromAnotherPlatform(t *testing.T) {
	s := served(t, withPages(time.Now()))
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	_ = form.WriteField("id", uuid.NewString())
	_ = form.WriteField("text", "见附件")
	part, _ := form.CreateFormFile("file", "trace.log")
	_, _ = part.Write([]byte("502 502 502"))
	form.Close()
	s.inbox.set(func(chat.Event) (chat.Answer, error) { return chat.Answer{Say: "收到。"}, nil })
	resp, _ := request(t, http.MethodPost, s.url+"/t/mail/reply", b.String(), map[string]string{"Content-Type": form.FormDataContentType()})
	if resp.StatusCode != http.StatusSeeOther || !strings.HasSuffix(resp.Header.Get("Location"), "?done=reply") {
		t.Fatalf("status %d to %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	ev := s.inbox.only(t)
	if ev.From.Key() != "mail::eve@acme.example" || len(ev.Files) != 1 || ev.Files[0].Name != "trace.log" {
		t.Fatalf("event = %+v", ev)
	}
	if data, err := s.Fetch(t.Context(), ev.Files[0]); err != nil || string(data) != "502 502 502" {
		t.Errorf("Fetch = %q, %v", data, err)
	}
	s.send(t, chat.Outgoing{Key: "later", Intent: chat.IntentPrivate, Audience: chat.Only(ev.From.Key()), Reply: ev.Reply, Content: text("We look at it.")})
	_, page := request(t, http.MethodGet, s.url+"/t/mail?done=reply", "", nil)
	for _, want := range []string{"收到。", "We look at it.", "已发送"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if _, page := request(t, http.MethodGet, s.url+"/t/good", "", nil); strings.Contains(page, "We look at it.") {
		t.Error("another person of the case reads the private answer")
	}
}

func TestTicketActFails(t *testing.T) {
	s := served(t, withPages(time.Now()))
	s.inbox.set(func(chat.Event) (chat.Answer, error) { return chat.Answer{Say: "The disk is full."}, errDisk })
	form := url.Values{"id": {uuid.NewString()}, "text": {"my long answer"}}
	resp, page := request(t, http.MethodPost, s.url+"/t/good/reply", form.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(page, "The disk is full.") || !strings.Contains(page, "my long answer") {
		t.Errorf("status %d; the words or the draft are lost", resp.StatusCode)
	}
	if resp, _ := request(t, http.MethodPost, s.url+"/t/good/reply", form.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://evil.example"}); resp.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d", resp.StatusCode)
	}
}

func TestStaffPages(t *testing.T) {
	tests := []struct {
		name, path, as string
		status         int
		want           []string
	}{
		{"queue", "/queue", "ana", 200, []string{"F-10431", "Waiting for the customer", "and 6 more", "rows &lt;b&gt;", `href="/c/acme"`}},
		{"queue in Chinese", "/queue", "bo", 200, []string{"F-10427"}},
		{"queue for a customer", "/queue", "tom", 403, []string{"for the people of the hotline"}},
		{"on call", "/oncall", "ana", 200, []string{"Primary", "Ana Ruiz", "Nobody", "arranged", "<svg"}},
		{"on call in another week", "/oncall?week=2026-01-07", "ana", 200, []string{"week=2025-12-29", "week=2026-01-12"}},
		{"on call in no week", "/oncall?week=yesterday", "ana", 200, []string{"Primary"}},
		{"on call for a customer", "/oncall", "mei", 403, []string{"值班人员"}},
		{"fairness", "/fairness?days=90", "bo", 200, []string{"陈伟", "168.0", "&#43;10.0", "-10.0"}},
		{"fairness for a customer", "/fairness", "tom", 403, nil},
		{"knowledge for a customer", "/kb", "tom", 200, []string{"KB-12", "helped 4 times", "Draft"}},
		{"nothing found", "/kb?q=nothing", "tom", 200, []string{"Nothing found"}},
		{"a broken index", "/kb?q=fail", "tom", 503, []string{"Try again"}},
		{"an article", "/kb/KB-12", "tom", 200, []string{"<code>gatewayctl reload</code>", `href="https://pay.acme.example/health"`, "from F-10391", "Known problem", "Change waits"}},
		{"an article for the hotline", "/kb/KB-12", "ana", 200, []string{"Drain the gateway first.", "Confidence 71 % (helped 4, did not help 1)", "bad gateway since the release", "F-10431", "#2", "/kb restore KB-12"}},
		{"duplicates", "/kb?view=duplicates", "ana", 200, []string{"KB-15 502 after every deploy", "/kb merge KB-15 KB-12", `aria-current="page"`}},
		{"no views for a customer", "/kb?view=duplicates&state=draft", "tom", 200, []string{"KB-14", "Every kind"}},
		{"no article", "/kb/KB-99", "tom", 404, []string{"no such page"}},
		{"health", "/health", "ana", 200, []string{"Something needs attention", "Invite it with /invite", "Working"}},
		{"health for a customer", "/health", "tom", 403, nil},
		{"trust", "/trust", "bo", 200, []string{"130 confirmed phrasings", "Fitted to this hotline", `<rect class="f-day" x="0" y="3" width="902"`, `<rect class="now" x="940"`, "90 %"}},
		{"trust for a responder", "/trust", "ana", 403, []string{"for leads"}},
		{"trust for a customer", "/trust", "mei", 403, []string{"值班人员"}},
		{"the way to trust", "/kb", "bo", 200, []string{`href="/trust"`}},
		{"no page", "/nowhere", "ana", 404, []string{"no such page"}},
		{"no channel", "/c/desk", "tom", 404, []string{"no such channel"}},
		{"no thread", "/c/desk/t/99", "ana", 404, []string{"not there any more"}},
	}
	s := newSite(t, withPages(time.Now()))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, page := request(t, http.MethodGet, s.url+tt.path, "", map[string]string{"X-Hotline-As": tt.as})
			if resp.StatusCode != tt.status {
				t.Errorf("status %d, want %d", resp.StatusCode, tt.status)
			}
			for _, want := range tt.want {
				if !strings.Contains(page, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
			if tt.status == 403 && (strings.Contains(page, "F-10431") || strings.Contains(page, "Primary")) {
				t.Error("the page shows what it refuses")
			}
		})
	}
}

func TestPagesWithoutASource(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/queue", "/oncall", "/fairness", "/kb", "/health", "/t/good"} {
		if resp, _ := request(t, http.MethodGet, s.url+path, "", map[string]string{"X-Hotline-As": "ana"}); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s = %d", path, resp.StatusCode)
		}
	}
	if _, page := request(t, http.MethodGet, s.url+"/c/desk", "", map[string]string{"X-Hotline-As": "ana"}); strings.Contains(page, `href="/queue"`) {
		t.Error("the menu offers a page that is not there")
	}
}

func TestFirstPage(t *testing.T) {
	s := newSite(t)
	s.send(t, chat.Outgoing{Key: "p", Intent: chat.IntentPage, Audience: chat.Internal(), To: to("ana"), Content: text("page")})
	for as, want := range map[string]string{"ana": "/c/dm:ana?as=ana", "tom": "/c/acme?as=tom"} {
		resp, _ := request(t, http.MethodGet, s.url+"/?as="+as, "", nil)
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("%s begins at %s, want %s", as, got, want)
		}
	}
}

func TestNewRefusesAnIncompleteConfig(t *testing.T) {
	s := newSite(t)
	for name, cfg := range map[string]web.Config{
		"nothing":   {},
		"no secret": {Board: s.board, Channels: channels, Users: people},
		"short":     {Board: s.board, Channels: channels, Users: people, Secret: []byte("short")},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: New took it", name)
				}
			}()
			web.New(cfg)
		}()
	}
	if h := s.Health(); h.State != chat.StateStarting {
		t.Errorf("before Run: %s", h.State)
	}
	if c := s.Capabilities(); !c.PrivateHere || !c.FormNow || !c.Rooms || c.MaxText == 0 {
		t.Errorf("capabilities = %+v", c)
	}
}
