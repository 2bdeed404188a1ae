package hooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	payKey  = "0123456789abcdef0123456789abcdef"
	shipKey = "fedcba9876543210fedcba9876543210"
	secret  = "a secret for signatures"
)

// ledger is a desk that keeps signals in memory the way the real one keeps them
// in the store: once per event, one case per key.
type ledger struct {
	mu      sync.Mutex
	events  map[string]string
	open    map[string]string
	next    int
	signals []Signal
	changed chan struct{}
	fail    error // answered as long as it is set
}

func newLedger() *ledger {
	return &ledger{events: map[string]string{}, open: map[string]string{}, changed: make(chan struct{})}
}

func (l *ledger) Signal(_ context.Context, s Signal) (Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return Result{}, l.fail
	}
	if number, twice := l.events[s.Event()]; twice && s.Event() != "" {
		return Result{Number: number, Duplicate: true}, nil
	}
	number, open := l.open[s.Key()]
	if !open && s.Status == Firing {
		l.next++
		number = fmt.Sprintf("F-%d", l.next)
		l.open[s.Key()] = number
	}
	if s.Status == Resolved {
		delete(l.open, s.Key())
	}
	l.events[s.Event()] = number
	l.signals = append(l.signals, s)
	close(l.changed)
	l.changed = make(chan struct{})
	return Result{Number: number, Created: !open && s.Status == Firing}, nil
}

// wait returns when the signals satisfy a condition.
func (l *ledger) wait(t *testing.T, what string, done func([]Signal) bool) {
	t.Helper()
	limit := time.After(60 * time.Second)
	for {
		l.mu.Lock()
		ok, changed := done(l.signals), l.changed
		l.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("timed out waiting for %s", what)
		}
	}
}

func start(t *testing.T, o Options, l *ledger) (*httptest.Server, *Handler) {
	t.Helper()
	o.Desk = l
	h := New(o, []Service{{ID: "pay", Key: payKey}, {ID: "ship", Key: shipKey, Secret: secret}, {ID: "none"}})
	mux := http.NewServeMux()
	h.Mount(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server, h
}

type reply struct {
	status int
	header http.Header
	answers
	Error string `json:"error"`
}

func post(t *testing.T, url, body string, header ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{status: resp.StatusCode, header: resp.Header}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(b, &r); err != nil {
			t.Fatalf("%s is no JSON: %v", b, err)
		}
	}
	return r
}

// TestAlarmFromFiringToResolved is the life of one alarm.
func TestAlarmFromFiringToResolved(t *testing.T) {
	l := newLedger()
	server, _ := start(t, Options{}, l)
	url := server.URL + "/hooks/" + payKey
	steps := []struct {
		name, body, result, number string
		status                     int
	}{
		{"opens", `{"summary":"502 at checkout","severity":"critical","dedup_key":"gw-7","event_id":"e1","links":["https://grafana.example/d/1"]}`, "opened", "F-1", 201},
		{"same event", `{"summary":"502 at checkout","severity":"critical","dedup_key":"gw-7","event_id":"e1"}`, "duplicate", "F-1", 200},
		{"same fault", `{"summary":"502 at checkout","dedup_key":"gw-7","event_id":"e2"}`, "updated", "F-1", 200},
		{"another fault", `{"summary":"disk full","event_id":3}`, "opened", "F-2", 201},
		{"resolved", `{"status":"resolved","dedup_key":"gw-7","event_id":"e4"}`, "updated", "F-1", 200},
		{"resolved again", `{"status":"resolved","dedup_key":"gw-7","event_id":"e5"}`, "nothing_to_resolve", "", 200},
		{"fires again", `{"summary":"502 at checkout","dedup_key":"gw-7","event_id":"e6"}`, "opened", "F-3", 201},
	}
	for _, s := range steps {
		r := post(t, url, s.body)
		if r.status != s.status || r.Result != s.result || r.Case != s.number {
			t.Errorf("%s: got %d %+v, want %d %s %s", s.name, r.status, r.answer, s.status, s.result, s.number)
		}
	}
	first := l.signals[0]
	if first.Severity != 1 || first.Service != "pay" || len(first.Links) != 1 || first.Key() != "hook:pay:gw-7" {
		t.Errorf("the first signal is %+v", first)
	}
	if l.signals[2].DedupKey == "" || l.signals[2].EventID != "3" {
		t.Errorf("a signal without a key is %+v", l.signals[2])
	}
}

func TestRefused(t *testing.T) {
	l := newLedger()
	server, _ := start(t, Options{MaxBody: 2048}, l)
	pay := "/hooks/" + payKey
	for _, tc := range []struct {
		name, path, body string
		status           int
		say              string
	}{
		{"wrong key", "/hooks/guess", `{"summary":"x"}`, 404, "no service has this key"},
		{"service without key", "/hooks/", `{"summary":"x"}`, 404, ""},
		{"empty", pay, ``, 400, "empty"},
		{"no JSON", pay, `summary=x`, 400, "no JSON"},
		{"two objects", pay, `{"summary":"x"}{"summary":"y"}`, 400, "something follows"},
		{"list", pay, `[1]`, 400, "send a JSON object"},
		{"no summary", pay, `{"severity":1}`, 400, "summary is missing"},
		{"blank summary", pay, `{"summary":" \u0000\n "}`, 400, "summary is missing"},
		{"number for a text", pay, `{"summary":5}`, 400, "summary must not be a number"},
		{"severity", pay, `{"summary":"x","severity":9}`, 400, "severity 9 is not known"},
		{"status", pay, `{"summary":"x","status":"flapping"}`, 400, "status \"flapping\""},
		{"long key", pay, `{"summary":"x","dedup_key":"` + strings.Repeat("k", 300) + `"}`, 400, "longer than 255"},
		{"object for an id", pay, `{"summary":"x","event_id":{}}`, 400, "an id must be"},
		{"large", pay, `{"summary":"` + strings.Repeat("x", 4000) + `"}`, 413, "larger than 2048 bytes"},
		{"generic at alertmanager", pay + "/alertmanager", `{"summary":"x"}`, 400, "alerts is missing"},
		{"wrong key at alertmanager", "/hooks/guess/alertmanager", `{"alerts":[]}`, 404, "no service has this key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := post(t, server.URL+tc.path, tc.body)
			if r.status != tc.status || !strings.Contains(r.Error, tc.say) {
				t.Errorf("got %d %q, want %d with %q", r.status, r.Error, tc.status, tc.say)
			}
		})
	}
	if len(l.signals) != 0 {
		t.Errorf("stored %v", l.signals)
	}
	resp, err := http.Get(server.URL + pay)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET is answered with %d", resp.StatusCode)
	}
}

func TestUnknownFieldsAreNamed(t *testing.T) {
	server, _ := start(t, Options{}, newLedger())
	r := post(t, server.URL+"/hooks/"+payKey, `{"summary":"x","serverity":1,"SITE":"SH-01"}`)
	if r.status != 201 || len(r.Ignored) != 1 || r.Ignored[0] != "serverity" {
		t.Errorf("got %d, ignored %v", r.status, r.Ignored)
	}
}

func TestSignature(t *testing.T) {
	l := newLedger()
	server, _ := start(t, Options{}, l)
	url := server.URL + "/hooks/" + shipKey
	body := `{"summary":"late"}`
	now := time.Now()
	good := Sign(secret, now, []byte(body))
	for _, tc := range []struct {
		name, header, body string
		status             int
		say                string
	}{
		{"none", "", body, 401, "signed requests"},
		{"of another body", good, `{"summary":"never"}`, 401, "does not fit"},
		{"of another secret", Sign("other", now, []byte(body)), body, 401, "does not fit"},
		{"old", Sign(secret, now.Add(-6*time.Minute), []byte(body)), body, 401, "five minutes"},
		{"from the future", Sign(secret, now.Add(6*time.Minute), []byte(body)), body, 401, "five minutes"},
		{"nonsense", "t=1e9,v1=zz", body, 401, "does not fit"},
		{"good", good, body, 201, ""},
		{"played again", good, body, 200, ""},
		{"old and new secret", Sign("old", now, []byte(body)) + "," + strings.SplitN(good, ",", 2)[1], body, 200, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := post(t, url, tc.body, SignatureHeader, tc.header)
			if r.status != tc.status || !strings.Contains(r.Error, tc.say) {
				t.Errorf("got %d %q, want %d with %q", r.status, r.Error, tc.status, tc.say)
			}
		})
	}
	if len(l.signals) != 2 { // the last one has a header of its own
		t.Errorf("stored %d signals", len(l.signals))
	}
}

// TestRate lets a burst through and no more, for one key and not for another.
func TestRate(t *testing.T) {
	l := newLedger()
	server, h := start(t, Options{Rate: 0.001, Burst: 3}, l)
	count := map[int]int{}
	for i := range 5 {
		r := post(t, server.URL+"/hooks/"+payKey, fmt.Sprintf(`{"summary":"alarm %d"}`, i))
		count[r.status]++
		if r.status == 429 && r.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	if count[201] != 3 || count[429] != 2 {
		t.Errorf("got %v", count)
	}
	h.SetServices([]Service{{ID: "pay", Key: payKey}, {ID: "new", Key: "another-key-of-a-service"}})
	if r := post(t, server.URL+"/hooks/"+payKey, `{"summary":"x"}`); r.status != 429 {
		t.Errorf("a reload forgot the count: %d", r.status)
	}
	if r := post(t, server.URL+"/hooks/another-key-of-a-service", `{"summary":"x"}`); r.status != 201 {
		t.Errorf("the new service got %d", r.status)
	}
	if r := post(t, server.URL+"/hooks/"+shipKey, `{"summary":"x"}`); r.status != 404 {
		t.Errorf("the removed service got %d", r.status)
	}
}

func TestStoreTrouble(t *testing.T) {
	for _, tc := range []struct {
		name   string
		err    error
		status int
		say    string
	}{
		{"refused", &Refused{Say: "there is no customer acme"}, 422, "no customer acme"},
		{"wrapped", fmt.Errorf("desk: %w", &Refused{Say: "no"}), 422, "no"},
		{"full disk", errors.New("disk full: /var/lib/secret-path"), 503, "send it again"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := newLedger()
			l.fail = tc.err
			server, _ := start(t, Options{}, l)
			r := post(t, server.URL+"/hooks/"+payKey, `{"summary":"x"}`)
			if r.status != tc.status || !strings.Contains(r.Error, tc.say) || strings.Contains(r.Error, "secret-path") {
				t.Errorf("got %d %q", r.status, r.Error)
			}
			if (r.header.Get("Retry-After") != "") != (tc.status == 503) {
				t.Errorf("Retry-After is %q", r.header.Get("Retry-After"))
			}
		})
	}
}

// TestManyAtOnce posts from many senders the same events twice: each counts once.
func TestManyAtOnce(t *testing.T) {
	l := newLedger()
	server, _ := start(t, Options{}, l)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			body := fmt.Sprintf(`{"summary":"alarm %d","event_id":"e%d","dedup_key":"k%d"}`, i/2, i/2, i/2)
			if r := post(t, server.URL+"/hooks/"+payKey, body); r.status >= 300 {
				t.Errorf("got %d %s", r.status, r.Error)
			}
		})
	}
	wg.Wait()
	if len(l.signals) != 100 || l.next != 100 {
		t.Errorf("stored %d signals in %d cases", len(l.signals), l.next)
	}
}

func BenchmarkHook(b *testing.B) {
	h := New(Options{Desk: newLedger(), Rate: 1e9, Burst: 1e9}, []Service{{ID: "pay", Key: payKey}})
	mux := http.NewServeMux()
	h.Mount(mux)
	body := []byte(`{"summary":"502 at checkout","severity":"critical","dedup_key":"gw-7"}`)
	for b.Loop() {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/hooks/"+payKey, bytes.NewReader(body)))
		if w.Code >= 300 {
			b.Fatal(w.Code)
		}
	}
}
