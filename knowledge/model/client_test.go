package model

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/bot"
	"hotline/knowledge"
	"hotline/knowledge/model/modeltest"
)

func newClient(t *testing.T, s *modeltest.Server, change func(*Options)) *Client {
	t.Helper()
	o := Options{BaseURL: s.URL, Key: "k-very-secret", Chat: "test", Embed: "vectors", Dimensions: 32, Budget: 30 * time.Second}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func says(text string) func(string) modeltest.Reply {
	return func(string) modeltest.Reply { return modeltest.Reply{Text: text} }
}

var twoSources = []knowledge.Source{
	{ID: "a", Title: "Gateway timeout after deploy", Symptom: "payments return 504", Solution: "Raise the timeout of the gateway to 30 s and run `systemctl reload nginx`."},
	{ID: "b", Title: "Printer prints blank pages", Symptom: "blank pages", Solution: "Replace the toner."},
}

func TestNewNeedsAnAddress(t *testing.T) {
	for name, o := range map[string]Options{"nothing": {}, "no model": {BaseURL: "http://x"}, "no scheme": {BaseURL: "x", Chat: "m"}} {
		if _, err := New(o); !errors.Is(err, ErrOff) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTasks(t *testing.T) {
	for _, streamed := range []bool{false, true} {
		s := modeltest.New(t, says(`{"keywords":["gateway"," timeout "]}`))
		c := newClient(t, s, func(o *Options) { o.Stream = streamed })
		words, trace, err := c.Keywords(t.Context(), "支付返回 504")
		if err != nil || !slices.Equal(words, []string{"gateway", "timeout"}) || trace.Tokens == 0 {
			t.Errorf("keywords %v %v %v", words, trace, err)
		}
		s.Script(says("```json\n{\"order\":[2,1]}\n```"))
		ids, _, err := c.Rerank(t.Context(), "blank pages", twoSources)
		if err != nil || !slices.Equal(ids, []string{"b", "a"}) {
			t.Errorf("rerank %v %v", ids, err)
		}
		s.Script(says(`{"order":[]}`))
		if ids, _, err := c.Rerank(t.Context(), "quantum", twoSources); err != nil || len(ids) != 0 {
			t.Errorf("none: %v %v", ids, err)
		}
		s.Script(says(`{"answer":"Raise the timeout of the gateway and run ` + "`systemctl reload nginx`" + `.","sources":[1]}`))
		if a, trace, err := c.Answer(t.Context(), "payments return 504", "en", twoSources); err != nil || !slices.Equal(a.Cites, []string{"a"}) || trace.Result != bot.TraceUsed {
			t.Errorf("answer %+v %+v %v", a, trace, err)
		}
		s.Script(says(`{"text":"Case opened, gateway timeout, reload tried."}`))
		if text, _, err := c.Handover(t.Context(), []string{"opened: gateway timeout", "tried: reload"}, "en"); err != nil || !strings.Contains(text, "reload") {
			t.Errorf("handover %q %v", text, err)
		}
		s.Script(says(`{"text":"The gateway answers 504, ask [email-1]"}`))
		if text, _, err := c.Translate(t.Context(), "网关返回 504，请问 joe@example.com", "en"); err != nil || !strings.Contains(text, "joe@example.com") {
			t.Errorf("translation %q %v", text, err)
		}
		s.Script(says(`{"answer":"Please replace the toner.","sources":[2]}`))
		if a, _, err := c.Reply(t.Context(), "customer: blank pages", "en", twoSources); err != nil || a.Text == "" {
			t.Errorf("reply %+v %v", a, err)
		}
	}
}

// TestBadAnswersAreRefused covers every way an answer can be unusable.
func TestBadAnswersAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name  string
		reply modeltest.Reply
	}{
		{"no JSON", modeltest.Reply{Text: "Just reboot it."}},
		{"other shape", modeltest.Reply{Text: `{"answer":"Replace the toner.","sources":[1],"tool":"x"}`}},
		{"more than one value", modeltest.Reply{Text: `{"answer":"Replace the toner.","sources":[2]} {"a":1}`}},
		{"unknown source", modeltest.Reply{Text: `{"answer":"Replace the toner.","sources":[7]}`}},
		{"no source", modeltest.Reply{Text: `{"answer":"Replace the toner.","sources":[]}`}},
		{"a link from nowhere", modeltest.Reply{Text: `{"answer":"Replace the toner, see https://evil.example/x","sources":[2]}`}},
		{"a command from nowhere", modeltest.Reply{Text: `{"answer":"Replace the toner and run rm -rf /data","sources":[2]}`}},
		{"its own ideas", modeltest.Reply{Text: `{"answer":"Bake a lovely chocolate cake with strawberries tonight","sources":[2]}`}},
		{"everybody called", modeltest.Reply{Text: `{"answer":"@everyone replace the toner","sources":[2]}`}},
		{"broken JSON on the wire", modeltest.Reply{Raw: `{"choices":[`}},
		{"no choice", modeltest.Reply{Raw: `{"choices":[]}`}},
		{"server error", modeltest.Reply{Status: 500}},
		{"too many requests", modeltest.Reply{Status: 429, RetryAfter: 5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := modeltest.New(t, func(string) modeltest.Reply { return tt.reply })
			c := newClient(t, s, nil)
			a, trace, err := c.Answer(t.Context(), "blank pages", "en", twoSources)
			if err == nil || a.Text != "" || trace.Why == "" || trace.Result == bot.TraceUsed || trace.Prompt == "" {
				t.Errorf("%+v %+v %v", a, trace, err)
			}
		})
	}
}

func TestSlowModelMeetsTheBudget(t *testing.T) {
	s := modeltest.New(t, func(string) modeltest.Reply { return modeltest.Reply{Hang: true} })
	c := newClient(t, s, func(o *Options) { o.Budget = 50 * time.Millisecond })
	if _, _, err := c.Keywords(t.Context(), "x"); !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), "budget") {
		t.Errorf("%v", err)
	}
}

// clock is a time that tests move by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestBreaker(t *testing.T) {
	clk := &clock{now: time.Unix(1_800_000_000, 0)}
	s := modeltest.New(t, func(string) modeltest.Reply { return modeltest.Reply{Status: 500} })
	c := newClient(t, s, func(o *Options) { o.Now = clk.Now })
	ask := func() error { _, _, err := c.Keywords(t.Context(), "x"); return err }
	for range failuresInRow {
		if err := ask(); !errors.Is(err, ErrFailed) {
			t.Fatal(err)
		}
	}
	if err := ask(); !errors.Is(err, ErrResting) {
		t.Fatalf("after three failures: %v", err)
	}
	clk.add(firstRest + time.Second)
	if err := ask(); !errors.Is(err, ErrFailed) {
		t.Fatalf("one call should try: %v", err)
	}
	clk.add(firstRest + time.Second)
	if err := ask(); !errors.Is(err, ErrResting) {
		t.Fatalf("the second rest is longer: %v", err)
	}
	clk.add(longestRest)
	s.Script(says(`{"keywords":["a"]}`))
	for range 5 {
		if err := ask(); err != nil {
			t.Fatalf("recovered: %v", err)
		}
	}
	s.Script(func(string) modeltest.Reply { return modeltest.Reply{Status: 429, RetryAfter: 90} })
	if err := ask(); !errors.Is(err, ErrFailed) {
		t.Fatal(err)
	}
	clk.add(80 * time.Second)
	if err := ask(); !errors.Is(err, ErrResting) {
		t.Fatalf("the server asked for 90 s: %v", err)
	}
}

func TestDailyCap(t *testing.T) {
	clk := &clock{now: time.Unix(1_800_000_000, 0)}
	s := modeltest.New(t, says(`{"keywords":[]}`))
	c := newClient(t, s, func(o *Options) { o.DailyTokens, o.MaxTokens, o.Now = 1000, 100, clk.Now })
	var err error
	for range 20 {
		if _, _, err = c.Keywords(t.Context(), "x"); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrSpent) || c.Spent() > 1000 {
		t.Fatalf("%v after %d tokens", err, c.Spent())
	}
	clk.add(24 * time.Hour)
	if _, _, err = c.Keywords(t.Context(), "x"); err != nil {
		t.Errorf("a new day: %v", err)
	}
}

func TestEmbed(t *testing.T) {
	s := modeltest.New(t, says(""))
	c := newClient(t, s, nil)
	v, err := c.Embed(t.Context(), []string{"gateway timeout", "gateway timeout 504", "blank pages joe@example.com"})
	if err != nil || len(v) != 3 || len(v[0]) != 32 {
		t.Fatalf("%d vectors, %v", len(v), err)
	}
	dot := func(a, b []float32) (d float32) {
		for i := range a {
			d += a[i] * b[i]
		}
		return
	}
	if dot(v[0], v[1]) <= dot(v[0], v[2]) || dot(v[0], v[0]) < .999 {
		t.Error("vectors are not what was asked for")
	}
	if strings.Contains(strings.Join(s.Prompts(), ""), "joe@") {
		t.Error("not redacted")
	}
	s.Script(func(string) modeltest.Reply { return modeltest.Reply{Raw: `{"data":[{"index":0,"embedding":[1,2]}]}`} })
	if _, err := c.Embed(t.Context(), []string{"a"}); !errors.Is(err, ErrAnswer) {
		t.Errorf("wrong shape: %v", err)
	}
	if c.Space() != "vectors/32" {
		t.Error(c.Space())
	}
}

// TestNothingSecretLeaves looks at every byte the model was told and at every
// error.
func TestNothingSecretLeaves(t *testing.T) {
	s := modeltest.New(t, func(string) modeltest.Reply { return modeltest.Reply{Status: 401} })
	c := newClient(t, s, nil)
	secrets := []string{"joe@example.com", "13812345678", "hunter2!x", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"}
	text := "mail joe@example.com, call 13812345678, password: hunter2!x, ghp_abcdefghijklmnopqrstuvwxyz0123456789"
	c.Answer(t.Context(), text, "en", []knowledge.Source{{ID: "a", Title: text, Symptom: text, Solution: text}})
	_, _, err := c.Keywords(t.Context(), text)
	if err == nil || strings.Contains(err.Error(), "k-very-secret") {
		t.Errorf("%v", err)
	}
	for _, p := range s.Prompts() {
		for _, secret := range secrets {
			if strings.Contains(p, secret) {
				t.Errorf("the model was told %s", secret)
			}
		}
	}
}
