package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"hotline/adapters/notify"
	"hotline/bot/config"
)

// loadSecret makes the keys of the hooks of the measured organisation.
const loadSecret = "the-secret-of-the-load-run"

// measured is the organisation of the load run: every service has a policy, a
// schedule and a responder of its own, who is reached by webhook.
func measured(receiver string, services int, rules string) string {
	var people, list, schedules, policies strings.Builder
	for i := range services {
		fmt.Fprintf(&people, "  - {id: r%d, methods: [{platform: webhook, address: \"%s/r%d\"}], notify: [{method: webhook}]}\n", i, receiver, i)
		fmt.Fprintf(&list, "  - {id: s%d, hook: true, policy: p%d}\n", i, i)
		fmt.Fprintf(&schedules, "  - {id: d%d, layers: [{start: 2026-01-05 09:00, people: [r%d]}]}\n", i, i)
		fmt.Fprintf(&policies, "  - {id: p%d, steps: [{targets: [{schedule: d%d}], wait: 4h}]}\n", i, i)
	}
	return "web: {enabled: false}\nhooks: {secret: '${HOTLINE_HOOK_SECRET}'}\nrules: {" + rules + "}\npeople:\n" + people.String() +
		"services:\n" + list.String() + "schedules:\n" + schedules.String() + "policies:\n" + policies.String() + "routes: [{policy: p0}]\n"
}

// receivers are the webhooks of all responders, and what they got.
type receivers struct {
	*httptest.Server
	mu       sync.Mutex
	first    map[string]time.Time // responder → their first page
	messages map[string]int       // responder → messages
	paged    map[string]int       // case → messages that name it
	odd      []string             // what should not be in a page
	more     chan struct{}
}

func newReceivers(t *testing.T) *receivers {
	r := &receivers{first: map[string]time.Time{}, messages: map[string]int{}, paged: map[string]int{}, more: make(chan struct{}, 1)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		at := time.Now()
		var page notify.Page
		if err := json.NewDecoder(req.Body).Decode(&page); err != nil {
			t.Errorf("page: %v", err)
		}
		r.take(strings.TrimPrefix(req.URL.Path, "/"), at, page)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receivers) take(responder string, at time.Time, page notify.Page) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.first[responder]; !known {
		r.first[responder] = at
	}
	r.messages[responder]++
	cases := page.Cases
	if len(cases) == 0 {
		cases = []string{page.Case}
	} else if len(page.AckURLs) != len(cases) || page.Count != len(cases) {
		r.odd = append(r.odd, fmt.Sprintf("a bundle of %d has %d cases and %d addresses", page.Count, len(cases), len(page.AckURLs)))
	}
	for _, c := range cases {
		r.paged[c]++
	}
	select {
	case r.more <- struct{}{}:
	default:
	}
}

// await waits until n cases have been paged.
func (r *receivers) await(t *testing.T, n int, within time.Duration) {
	t.Helper()
	end := time.After(within)
	for {
		r.mu.Lock()
		got := len(r.paged)
		r.mu.Unlock()
		if got >= n {
			return
		}
		select {
		case <-r.more:
		case <-end:
			t.Fatalf("%d of %d cases were paged", got, n)
		}
	}
}

// storm is a load and what was seen of it from outside.
type storm struct {
	base             string
	services, faults int
	within           time.Duration // 0: as fast as possible

	mu      sync.Mutex
	sent    map[string]time.Time // responder → first fault of their service
	took    []time.Duration      // of requests
	refused []string
	cases   map[string]bool
}

// senders is how many requests are under way at once.
const senders = 64

// run posts the faults, evenly over time, the services in random order.
func (s *storm) run(t *testing.T) {
	s.sent, s.cases = map[string]time.Time{}, map[string]bool{}
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: senders, MaxConnsPerHost: senders}}
	defer client.CloseIdleConnections()
	keys := make([]string, s.services)
	for i := range keys {
		keys[i] = config.HookKey(config.NewSecret(loadSecret), fmt.Sprint("s", i))
	}
	work := make(chan int)
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for n := range work {
				s.post(t, client, keys, n)
			}
		})
	}
	pace := rate.NewLimiter(rate.Inf, 1)
	if s.within > 0 {
		pace.SetLimit(rate.Limit(float64(s.faults) / s.within.Seconds()))
	}
	order := rand.Perm(s.services)
	for n := range s.faults {
		if err := pace.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		work <- n - n%s.services + order[n%s.services]
	}
	close(work)
	wg.Wait()
}

// post reports fault n, of service n modulo the number of services.
func (s *storm) post(t *testing.T, client *http.Client, keys []string, n int) {
	i := n % s.services
	body := fmt.Sprintf(`{"summary":"Fault %d of service %d","severity":2,"dedup_key":"f%d","event_id":"e%d"}`, n, i, n, n)
	at := time.Now()
	resp, err := client.Post(s.base+"/hooks/"+keys[i], "application/json", strings.NewReader(body))
	if err != nil {
		t.Errorf("fault %d: %v", n, err)
		return
	}
	var answer struct{ Case, Error string }
	err = json.NewDecoder(resp.Body).Decode(&answer)
	took := time.Since(at)
	if closed := resp.Body.Close(); err == nil {
		err = closed
	}
	if err != nil {
		t.Errorf("fault %d: %v", n, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = append(s.took, took)
	if resp.StatusCode != http.StatusCreated {
		s.refused = append(s.refused, fmt.Sprintf("%d %s", resp.StatusCode, answer.Error))
		return
	}
	s.cases[answer.Case] = true
	responder := fmt.Sprint("r", i)
	if first, known := s.sent[responder]; !known || at.Before(first) {
		s.sent[responder] = at
	}
}

// TestLoadRun reports many faults through the hooks and looks from outside: none is
// refused, every responder is paged, every case is named in a page, and nobody gets
// more than ten messages. The short form runs in process; HOTLINE_LOAD=10000 builds
// the program and measures it with that many faults in a minute.
func TestLoadRun(t *testing.T) {
	if n, err := strconv.Atoi(os.Getenv("HOTLINE_LOAD")); err == nil && n > 0 {
		measureLoad(t, n)
		return
	}
	r := newReceivers(t)
	h := startHotline(t, measured(r.URL, 25, "bundle_first: 1s, bundle_max: 4s"))
	s := &storm{base: h.url, services: 25, faults: 500}
	s.run(t)
	r.await(t, s.faults, time.Minute)
	checkStorm(t, s, r)
}

// checkStorm compares what was sent with what came.
func checkStorm(t *testing.T, s *storm, r *receivers) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(s.refused) > 0 {
		t.Errorf("%d faults were refused, first %s", len(s.refused), s.refused[0])
	}
	if len(s.cases) != s.faults {
		t.Errorf("%d cases of %d faults", len(s.cases), s.faults)
	}
	if len(r.first) != s.services {
		t.Errorf("%d of %d responders were paged", len(r.first), s.services)
	}
	if len(r.odd) > 0 {
		t.Errorf("%d odd pages, first: %s", len(r.odd), r.odd[0])
	}
	for responder, n := range r.messages {
		if n > 10 {
			t.Errorf("%s got %d messages", responder, n)
		}
	}
	for number, n := range r.paged {
		if !s.cases[number] || n != 1 {
			t.Errorf("case %q was paged %d times", number, n)
		}
	}
}

// measureLoad runs the real program with 200 services and prints what a person on
// call would have seen.
func measureLoad(t *testing.T, faults int) {
	const services, within = 200, time.Minute
	r := newReceivers(t)
	base, pid := startProgram(t, measured(r.URL, services, ""))
	idle := resident(pid, "VmRSS")
	s := &storm{base: base, services: services, faults: faults, within: within}
	began := time.Now()
	s.run(t)
	sentIn := time.Since(began)
	r.await(t, faults, 10*time.Minute)
	drained := time.Since(began)
	checkStorm(t, s, r)
	var first []time.Duration
	var messages []int
	for responder, at := range r.first {
		first = append(first, at.Sub(s.sent[responder]))
		messages = append(messages, r.messages[responder])
	}
	t.Logf("%d faults over %d services sent in %s, %d refused", faults, services, sentIn.Round(time.Millisecond), len(s.refused))
	t.Logf("answer to the sender: %s", spread(s.took))
	t.Logf("first page of %d responders: %s", len(first), spread(first))
	t.Logf("messages per responder: median %d, most %d; last case paged after %s", middle(messages), slices.Max(messages), drained.Round(time.Millisecond))
	t.Logf("resident memory: idle %d MB, peak %d MB; %s, %d CPUs", idle, resident(pid, "VmHWM"), runtime.Version(), runtime.NumCPU())
	if most := slices.Max(first); most > 2*time.Second {
		t.Errorf("a first page took %s, the promise is 2s", most)
	}
	if peak := resident(pid, "VmHWM"); peak > 200 {
		t.Errorf("%d MB resident, the promise is 200 MB", peak)
	}
}

func spread(d []time.Duration) string {
	d = slices.Sorted(slices.Values(d))
	at := func(q float64) time.Duration { return d[int(q*float64(len(d)-1))].Round(10 * time.Microsecond) }
	return fmt.Sprintf("p50 %s, p99 %s, max %s", at(.5), at(.99), at(1))
}

func middle[T cmp.Ordered](list []T) T {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

// startProgram builds the program and serves a configuration on a free port.
func startProgram(t *testing.T, text string) (base string, pid int) {
	t.Helper()
	dir := t.TempDir()
	program, path := filepath.Join(dir, "hotline"), filepath.Join(dir, "config.yaml")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text += "data: {dir: '" + filepath.Join(dir, "data") + "'}\nhttp: {addr: '127.0.0.1:0'}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "serve", "--config", path)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Env = append(os.Environ(), "HOTLINE_HOOK_SECRET="+loadSecret)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if _, rest, ok := strings.Cut(lines.Text(), " url="); ok {
				url, _, _ := strings.Cut(rest, " ")
				ready <- url
				continue
			}
			t.Log(lines.Text())
		}
	}()
	t.Cleanup(func() {
		stop()
		<-ended
		if err := cmd.Wait(); err != nil {
			t.Logf("the program ended with: %v", err)
		}
	})
	select {
	case base = <-ready:
	case <-time.After(time.Minute):
		t.Fatal("the program does not get ready")
	}
	return base, cmd.Process.Pid
}

// resident reads a figure of a process in MB; 0 where the system has no /proc.
func resident(pid int, name string) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), name+":")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, _ := strconv.Atoi(fields[0])
	return kb / 1024
}
