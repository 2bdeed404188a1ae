package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/config"
	"hotline/store"
	"hotline/store/powercut"
)

// receiver counts pages from outside: which cases were told of, and how often
// without saying that it may be a repeat.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	told   map[string]int
	silent map[string]int // told again without a word about it
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{told: map[string]int{}, silent: map[string]int{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(io.LimitReader(req.Body, 1<<20))
		if err != nil {
			return // killed while it spoke
		}
		var page struct {
			Case, Cases, Repeat any
		}
		if err := json.Unmarshal(body, &page); err != nil {
			t.Errorf("a page that is no JSON: %q", body)
			return
		}
		r.note(caseNumbers.FindAllString(fmt.Sprint(page.Case, " ", page.Cases), -1), fmt.Sprint(page.Repeat) == "true")
	}))
	t.Cleanup(r.Close)
	return r
}

var caseNumbers = regexp.MustCompile(`[FQCP]-\d+`)

func (r *receiver) note(numbers []string, repeat bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := map[string]bool{}
	for _, n := range numbers {
		if seen[n] {
			continue
		}
		seen[n] = true
		if r.told[n] > 0 && !repeat {
			r.silent[n]++
		}
		r.told[n]++
	}
}

// crashSite is a folder with a configuration whose one responder is paged by
// webhook.
type crashSite struct {
	t        *testing.T
	data     string
	config   string
	receiver *receiver
	numbers  map[string]string // event id → number that was receipted
	mu       sync.Mutex
}

const hookSecret = "a-secret-of-the-crash-test-0123456789"

func newCrashSite(t *testing.T, data string) *crashSite {
	c := &crashSite{t: t, data: data, config: filepath.Join(t.TempDir(), "config.yaml"), receiver: newReceiver(t), numbers: map[string]string{}}
	text := fmt.Sprintf(`name: Crash test
data: {dir: %q}
http: {addr: "127.0.0.1:0"}
web: {enabled: false}
hooks: {secret: "${HOOK_SECRET}", rate: 100000, burst: 100000}
notify: {webhook: {secret: "${HOOK_SECRET}"}}
people:
  - {id: ann, name: Ann, role: responder, methods: [{platform: webhook, address: %q}], notify: [{method: webhook}]}
services:
  - {id: shop, name: Shop, hook: true, policy: p}
schedules:
  - {id: s, name: S, layers: [{start: 2026-01-05 09:00, people: [ann]}]}
policies:
  - {id: p, name: P, steps: [{targets: [{schedule: s}], wait: 10h}]}
routes: [{name: all, policy: p}]
rules: {bundle_first: 100ms, bundle_max: 200ms}
`, data, c.receiver.URL+"/ann")
	if err := os.WriteFile(c.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// serving is the real program in a process of its own.
type serving struct {
	cmd  *exec.Cmd
	base string
	out  *bytes.Buffer
	done chan struct{}
}

// start runs the program and waits until it is ready.
func (c *crashSite) start() *serving {
	c.t.Helper()
	self, err := os.Executable()
	if err != nil {
		c.t.Fatal(err)
	}
	s := &serving{cmd: exec.Command(self), out: &bytes.Buffer{}, done: make(chan struct{})}
	s.cmd.Env = append(os.Environ(), runEnv+"=serve\x1f--config\x1f"+c.config, "HOOK_SECRET="+hookSecret)
	pipe, err := s.cmd.StderrPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		defer close(s.done)
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			if m := readyLine.FindStringSubmatch(lines.Text()); m != nil {
				ready <- m[1]
			}
			if s.out.Len() < 64<<10 {
				s.out.WriteString(lines.Text() + "\n")
			}
		}
		_ = s.cmd.Wait() // it was killed
	}()
	select {
	case addr := <-ready:
		s.base = "http://" + addr
	case <-s.done:
		c.t.Fatalf("the program ended:\n%s", s.out)
	case <-time.After(60 * time.Second):
		_ = s.cmd.Process.Kill() // it did not come up anyway
		c.t.Fatal("the program was not ready within a minute")
	}
	return s
}

var readyLine = regexp.MustCompile(`msg=ready addr=(\S+)`)

// kill is SIGKILL: nothing is said, nothing is flushed.
func (s *serving) kill() {
	_ = s.cmd.Process.Kill() // gone already is as good
	<-s.done
}

// burst reports the events from many sides at once until all are receipted or the
// program is gone.
func (c *crashSite) burst(ctx context.Context, s *serving, events []string) {
	key := config.HookKey(config.NewSecret(hookSecret), "shop")
	work := make(chan string)
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for id := range work {
				c.report(ctx, client, s.base+"/hooks/"+key, id)
			}
		})
	}
	for _, id := range events {
		work <- id
	}
	close(work)
	wg.Wait()
}

func (c *crashSite) report(ctx context.Context, client *http.Client, url, id string) {
	body := fmt.Sprintf(`{"summary":"disk failing, event %s","severity":2,"source":"crash test","event_id":%q,"dedup_key":%q}`, id, id, id)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return
	}
	res, err := client.Do(req)
	if err != nil {
		return // killed: not receipted
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode/100 != 2 {
		return
	}
	number := caseNumbers.FindString(string(answer))
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.numbers[id]; old != "" && old != number {
		c.t.Errorf("event %s was receipted as %s and as %s", id, old, number)
	}
	c.numbers[id] = number
}

// missing lists the events that have no receipt yet.
func (c *crashSite) missing(events []string) (list []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range events {
		if c.numbers[id] == "" {
			list = append(list, id)
		}
	}
	return list
}

// settle starts the program once more, reports what has no receipt, waits until
// every case was paged, and stops it as an operator does.
func (c *crashSite) settle(events []string) {
	c.t.Helper()
	s := c.start()
	c.burst(c.t.Context(), s, c.missing(events))
	if left := c.missing(events); len(left) > 0 {
		c.t.Fatalf("%d events have no receipt, first %s\n%s", len(left), left[0], s.out)
	}
	deadline := time.Now().Add(90 * time.Second)
	for c.untold() > 0 && time.Now().Before(deadline) {
		sleep(50 * time.Millisecond)
	}
	if n := c.untold(); n > 0 {
		c.t.Errorf("nobody was paged for %d of %d cases", n, len(events))
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		c.t.Fatal(err)
	}
	<-s.done
}

func (c *crashSite) untold() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.receiver.mu.Lock()
	defer c.receiver.mu.Unlock()
	n := 0
	for _, number := range c.numbers {
		if c.receiver.told[number] == 0 {
			n++
		}
	}
	return n
}

// check looks into the database: every event is one case, and nothing else is.
func (c *crashSite) check(events []string) {
	c.t.Helper()
	s, err := store.Open(c.t.Context(), filepath.Join(c.data, "hotline.db"), store.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	defer s.Close()
	count := map[string]int{}
	err = s.View(c.t.Context(), func(r bot.Reader) error {
		cases, err := r.Cases(bot.CaseQuery{Newest: true, Limit: 10_000})
		for _, k := range cases {
			count[k.Number]++
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	whose := map[string]string{}
	for _, id := range events {
		if other := whose[c.numbers[id]]; other != "" {
			c.t.Errorf("events %s and %s were both receipted as %s: one of them was lost", other, id, c.numbers[id])
		}
		whose[c.numbers[id]] = id
		if n := count[c.numbers[id]]; n != 1 {
			c.t.Errorf("event %s: case %s is there %d times", id, c.numbers[id], n)
		}
	}
	if len(count) != len(events) {
		c.t.Errorf("%d cases for %d events", len(count), len(events))
	}
	c.receiver.mu.Lock()
	defer c.receiver.mu.Unlock()
	for number, n := range c.receiver.silent {
		c.t.Errorf("%s was paged again %d times without a word about it", number, n)
	}
}

// sleep waits in loops that look at another process; nothing is asserted about it.
func sleep(d time.Duration) {
	t := time.NewTimer(d)
	<-t.C
}

// times is a count from the environment, for the long run.
func times(name string, short int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return short
}

// besides reports events side by side with the test until all are receipted, which
// done says, or until stop, which waits for what is under way.
func (c *crashSite) besides(s *serving, events []string) (done <-chan struct{}, stop func()) {
	ctx, cancel := context.WithCancel(c.t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		c.burst(ctx, s, events)
	}()
	return over, func() {
		cancel()
		<-over
	}
}

// TestKill kills the real program in the middle of bursts of 500 reports. The long
// run: HOTLINE_KILLS=20 go test -run TestKill -v .
func TestKill(t *testing.T) {
	c := newCrashSite(t, t.TempDir())
	kills, size := times("HOTLINE_KILLS", 3), 500
	if kills == 3 {
		size = 150
	}
	rnd := rand.New(rand.NewPCG(1, uint64(kills)))
	var events []string
	for k := range kills {
		for i := range size {
			events = append(events, fmt.Sprintf("e%d-%d", k, i))
		}
		s := c.start()
		done, stop := c.besides(s, c.missing(events))
		want := len(events) - len(c.missing(events)) + rnd.IntN(size)
		for len(events)-len(c.missing(events)) < want {
			select {
			case <-done:
				want = 0
			default:
				sleep(time.Millisecond)
			}
		}
		s.kill()
		stop()
		t.Logf("kill %d: %d of %d receipted", k+1, len(events)-len(c.missing(events)), len(events))
	}
	c.settle(events)
	c.check(events)
	c.told(len(events))
}

// told says what the receiver saw.
func (c *crashSite) told(events int) {
	c.receiver.mu.Lock()
	defer c.receiver.mu.Unlock()
	repeats := 0
	for _, n := range c.receiver.told {
		repeats += n - 1
	}
	c.t.Logf("%d events, each one case, each paged; %d marked repeats", events, repeats)
}

// TestPowerCut cuts the power under the real program, on a disk that keeps only
// what was synced. The long run: HOTLINE_CUTS=30 go test -run TestPowerCut -v .
func TestPowerCut(t *testing.T) {
	disk := powercut.New(t)
	c := newCrashSite(t, filepath.Join(disk.Dir(), "data"))
	cuts, size := times("HOTLINE_CUTS", 10), 60
	rnd := rand.New(rand.NewPCG(3, uint64(cuts)))
	var events []string
	for k := range cuts {
		for i := range size {
			events = append(events, fmt.Sprintf("p%d-%d", k, i))
		}
		s := c.start()
		_, stop := c.besides(s, c.missing(events))
		disk.Cut(1 + rnd.IntN(400))
		s.kill()
		stop()
		damage := disk.Restore([]float64{0, 0.5, 0.9}[k%3], rnd.Uint64())
		t.Logf("cut %d: %d of %d receipted, %+v", k+1, len(events)-len(c.missing(events)), len(events), damage)
	}
	c.settle(events)
	c.check(events)
}
