package discord

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hotline/adapters/discord/discordtest"
	"hotline/bot/chat"
)

// endpoint mounts the adapter's routes on a real server.
func endpoint(t *testing.T, r *rig) string {
	t.Helper()
	mux := http.NewServeMux()
	r.a.Mount(mux, r.in)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL + InteractionsPath
}

func overHTTP(s *discordtest.Server) func(*Options) {
	return func(o *Options) { o.HTTP, o.PublicKey = true, s.VerifyKey() }
}

func TestInteractionsOverHTTP(t *testing.T) {
	s := server(t, discordtest.Options{})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	in := newLedger()
	in.choices = []chat.Choice{{Value: "F-10018", Label: "F-10018"}}
	in.answer = func(chat.Event) chat.Answer { return chat.Answer{Follows: true} }
	r := start(t, s, in, overHTTP(s))
	if err := s.UseEndpoint(t.Context(), endpoint(t, r)); err != nil {
		t.Fatal(err)
	}
	if a := have(ana.Complete(support, "status", "case", "F")).Wait(t); len(a.Choices) != 1 {
		t.Errorf("choices: %+v", a)
	}
	it := have(ana.Slash(support, "status", nil))
	if a := it.Wait(t); a.Type != 5 {
		t.Fatalf("first answer: %+v", a)
	}
	ev := r.one(chat.KindCommand)
	r.send(chat.Outgoing{Key: "k", Intent: chat.IntentPrivate, Audience: chat.Only(ev.From.Key()), In: ev.Where, To: ev.From, Reply: ev.Reply, Content: words("all well")})
	if m := it.Final(t); m.Content != "all well" || !m.Ephemeral() {
		t.Errorf("final answer: %+v", m)
	}
	in.set(func() {
		in.answer = func(chat.Event) chat.Answer { panic("the core breaks") }
	})
	if a := have(ana.Slash(support, "status", nil)).Wait(t); a.Failed || a.Message == nil {
		t.Errorf("with a core that breaks: %+v", a)
	}
}

func TestSignatures(t *testing.T) {
	s := server(t, discordtest.Options{})
	r := start(t, s, newLedger(), overHTTP(s))
	url := endpoint(t, r)
	body := []byte(`{"id":"1574908553683009541","type":2,"token":"tok","channel_id":"1574908553683009542","locale":"en-US",
		"channel":{"id":"1574908553683009542","type":0},"guild_id":"5","member":{"user":{"id":"7","username":"ana"}},"data":{"name":"status","type":1}}`)
	now := time.Now()
	for _, tc := range []struct {
		name string
		sign func(*http.Request)
		body []byte
		want int
	}{
		{"good", func(q *http.Request) { s.Sign(q, body, now) }, body, 200},
		{"replayed", func(q *http.Request) { s.Sign(q, body, now) }, body, 200},
		{"none", func(*http.Request) {}, body, 401},
		{"of another body", func(q *http.Request) { s.Sign(q, body, now) }, append(body, ' '), 401},
		{"six minutes old", func(q *http.Request) { s.Sign(q, body, now.Add(-6*time.Minute)) }, body, 401},
		{"six minutes ahead", func(q *http.Request) { s.Sign(q, body, now.Add(6*time.Minute)) }, body, 401},
		{"not hex", func(q *http.Request) { s.Sign(q, body, now); q.Header.Set("X-Signature-Ed25519", "zz") }, body, 401},
		{"time is no number", func(q *http.Request) { s.Sign(q, body, now); q.Header.Set("X-Signature-Timestamp", "soon") }, body, 401},
		{"other time", func(q *http.Request) {
			s.Sign(q, body, now)
			q.Header.Set("X-Signature-Timestamp", "1")
		}, body, 401},
		{"too large", func(q *http.Request) { s.Sign(q, make([]byte, maxPosted+1), now) }, make([]byte, maxPosted+1), 401},
		{"no interaction", func(q *http.Request) { s.Sign(q, []byte(`{}`), now) }, []byte(`{}`), 400},
		{"payload in the query", func(q *http.Request) { q.URL.RawQuery = "payload=" + string("x"); s.Sign(q, nil, now) }, nil, 400},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(tc.body))
		if err != nil {
			t.Fatal(err)
		}
		tc.sign(req)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, resp.StatusCode, tc.want)
		}
	}
	if n := len(r.in.all()); n != 1 {
		t.Errorf("%d events stored, want 1", n)
	}
}

func TestEndpointIsOptional(t *testing.T) {
	s := server(t, discordtest.Options{})
	for _, tc := range []struct {
		name   string
		change func(*Options)
		sick   bool
	}{
		{"off", func(*Options) {}, false},
		{"bad key", func(o *Options) { o.HTTP, o.PublicKey = true, "12" }, true},
	} {
		a := connect(t, s, tc.change)
		mux := http.NewServeMux()
		a.Mount(mux, newLedger())
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, InteractionsPath, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", tc.name, w.Code)
		}
		if sick := len(a.Health().Problems) > 0; sick != tc.sick {
			t.Errorf("%s: health %+v", tc.name, a.Health())
		}
	}
}

func TestCheckOnline(t *testing.T) {
	s := server(t, discordtest.Options{})
	good, bad, forum := s.AddChannel("good"), s.AddChannel("bad"), s.AddForum("forum")
	s.Forbid(bad)
	for _, tc := range []struct {
		name     string
		change   func(*Options)
		channels []string
		want     []string
	}{
		{"all well", func(*Options) {}, []string{good, forum}, nil},
		{"no access", func(*Options) {}, []string{good, bad, "1"}, []string{wordsUnreadable(bad), wordsUnreadable("1")}},
		{"token", func(o *Options) { o.Token = "wrong" }, nil, []string{wordsToken}},
		{"other key", func(o *Options) { o.HTTP, o.PublicKey = true, strings.Repeat("0", 64) }, nil,
			[]string{"discord.public_key is not the application's: copy it from General Information in the developer portal."}},
		{"right key", func(o *Options) { o.HTTP, o.PublicKey = true, s.VerifyKey() }, nil, nil},
		{"other server", func(o *Options) { o.Guild = "123456789012345678" }, nil, []string{"The bot is not in the server of discord.guild. Add it: " + InviteURL(s.Bot().ID)}},
	} {
		got, err := connect(t, s, tc.change).CheckOnline(t.Context(), tc.channels)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if len(got) != len(tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
			continue
		}
		for i := range got {
			if got[i] != tc.want[i] {
				t.Errorf("%s: %q, want %q", tc.name, got[i], tc.want[i])
			}
		}
	}
	a := connect(t, s, func(o *Options) { o.APIURL = "http://127.0.0.1:1/api" })
	if _, err := a.CheckOnline(t.Context(), nil); err == nil {
		t.Error("a server that is not there must be an error")
	}
}

func TestNew(t *testing.T) {
	for _, tc := range []struct {
		name string
		o    Options
		ok   bool
	}{
		{"default address", Options{Token: "Bot x"}, true},
		{"with version", Options{Token: "x", APIURL: "http://127.0.0.1:1/api/v10/"}, true},
		{"no token", Options{Token: " "}, false},
		{"no address", Options{Token: "x", APIURL: "nowhere"}, false},
	} {
		a, err := New(tc.o)
		if (err == nil) != tc.ok {
			t.Errorf("%s: %v", tc.name, err)
		}
		if a != nil && a.Platform() != "discord" {
			t.Errorf("%s: platform %q", tc.name, a.Platform())
		}
	}
}
