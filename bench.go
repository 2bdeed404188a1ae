package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/config"
	"hotline/commands"
	"hotline/knowledge"
	"hotline/store"
)

// figures are what "hotline bench" measures.
type figures struct {
	FdatasyncPerS float64 `json:"fdatasync_per_s"`
	FdatasyncMS   float64 `json:"fdatasync_ms_p50"`
	CasesPerS1    float64 `json:"cases_per_s_1"`
	CasesPerS64   float64 `json:"cases_per_s_64"`
	CasesPerS256  float64 `json:"cases_per_s_256"`
	CaseMS        float64 `json:"case_ms_p50"`
	ReadMS        float64 `json:"read_ms_p99"`
	PageMSp50     float64 `json:"page_ms_p50"`
	PageMSp99     float64 `json:"page_ms_p99"`
	TimerLateMS   float64 `json:"timer_late_ms_p99"`
	StatusMSp99   float64 `json:"status_ms_p99"`
	KBMSp50       float64 `json:"kb_ms_p50"`
	KBMSp99       float64 `json:"kb_ms_p99"`
	IdleRSSMB     float64 `json:"idle_rss_mb"`
	ReadyMS       float64 `json:"ready_ms"`
}

// benchmark is one run of "hotline bench".
type benchmark struct {
	dir    string
	rounds int
	each   time.Duration
	say    func(format string, args ...any)
	f      figures
}

func runBench(ctx context.Context, p *program) int {
	fs := p.flags("bench")
	asJSON := fs.Bool("json", false, "print the figures as JSON")
	rounds := fs.Int("rounds", 5, "how often each figure of the store is taken; the median counts")
	each := fs.Duration("each", 2*time.Second, "how long each measurement lasts")
	dir := fs.String("dir", "", "where the files are written; a temporary folder when empty")
	if code, ok := p.parse(fs, 0); !ok {
		return code
	}
	tmp, err := os.MkdirTemp(*dir, "hotline-bench-")
	if err != nil {
		return p.fail(err)
	}
	defer os.RemoveAll(tmp)
	b := &benchmark{dir: tmp, rounds: max(*rounds, 1), each: *each, say: func(format string, args ...any) {
		if !*asJSON {
			fmt.Fprintf(p.out, format+"\n", args...)
		}
	}}
	if err := b.run(ctx); err != nil {
		return p.fail(err)
	}
	if *asJSON {
		enc := json.NewEncoder(p.out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(b.f); err != nil {
			return p.fail(err)
		}
	}
	return exitOK
}

func (b *benchmark) run(ctx context.Context) error {
	b.say("%s, %d CPUs, %s", runtime.Version(), runtime.NumCPU(), b.dir)
	for _, step := range []func(context.Context) error{b.storeFigures, b.engineFigures, b.knowledgeFigures, b.processFigures} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// storeFigures takes the store beside the raw disk, alternating, so that both see
// the same minutes.
func (b *benchmark) storeFigures(ctx context.Context) error {
	var raw, rawMS, one, many, most, lone, read []float64
	for round := range b.rounds {
		rate, p50, err := rawDisk(filepath.Join(b.dir, "raw"), b.each)
		if err != nil {
			return err
		}
		raw, rawMS = append(raw, rate), append(rawMS, p50)
		for _, flight := range []int{1, 64, 256} {
			rate, p50, r, err := b.cases(ctx, round, flight)
			if err != nil {
				return err
			}
			switch flight {
			case 1:
				one, lone = append(one, rate), append(lone, p50)
			case 64:
				many, read = append(many, rate), append(read, r)
			default:
				most = append(most, rate)
			}
		}
	}
	b.f.FdatasyncPerS, b.f.FdatasyncMS = median(raw), median(rawMS)
	b.f.CasesPerS1, b.f.CasesPerS64, b.f.CasesPerS256 = median(one), median(many), median(most)
	b.f.CaseMS, b.f.ReadMS = median(lone), median(read)
	b.say("raw 4 KiB write + fdatasync   %8.0f /s   p50 %.2f ms", b.f.FdatasyncPerS, b.f.FdatasyncMS)
	b.say("complete cases, 1 in flight   %8.0f /s   p50 %.2f ms = %.1f × the disk (target ≤ 3)", b.f.CasesPerS1, b.f.CaseMS, b.f.CaseMS/b.f.FdatasyncMS)
	b.say("complete cases, 64 in flight  %8.0f /s   %.1f × the disk (target ≥ 4)", b.f.CasesPerS64, b.f.CasesPerS64/b.f.FdatasyncPerS)
	b.say("complete cases, 256 in flight %8.0f /s   %.1f × the disk (target ≥ 5)", b.f.CasesPerS256, b.f.CasesPerS256/b.f.FdatasyncPerS)
	b.say("point read under 64 in flight             p99 %.2f ms (target ≤ 2)", b.f.ReadMS)
	return nil
}

// rawDisk is what the disk can do: overwrite 4 KiB and wait for it, again and again.
func rawDisk(path string, d time.Duration) (rate, p50 float64, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(path)
	defer f.Close()
	block := make([]byte, 4096)
	if _, err := f.Write(block); err != nil {
		return 0, 0, err
	}
	var took []float64
	for began := time.Now(); time.Since(began) < d; {
		t := time.Now()
		block[0]++
		if _, err := f.WriteAt(block, 0); err != nil {
			return 0, 0, err
		}
		if err := dataSync(f); err != nil {
			return 0, 0, err
		}
		took = append(took, ms(time.Since(t)))
	}
	return float64(len(took)) / d.Seconds(), percentile(took, 50), nil
}

// cases opens complete cases (case, events, timers, letters, links) as fast as a
// number of callers can, and reads single cases meanwhile.
func (b *benchmark) cases(ctx context.Context, round, flight int) (rate, p50, readP99 float64, err error) {
	s, desk, err := benchDesk(ctx, filepath.Join(b.dir, fmt.Sprintf("cases-%d-%d.db", round, flight)))
	if err != nil {
		return 0, 0, 0, err
	}
	defer s.Close()
	var n atomic.Int64
	var failed atomic.Pointer[error]
	took := make([][]float64, flight)
	until := time.Now().Add(b.each)
	var wg sync.WaitGroup
	for i := range flight {
		wg.Go(func() {
			for time.Now().Before(until) {
				t := time.Now()
				if _, err := desk.Do(ctx, benchActor, 0, benchReport(n.Add(1))); err != nil {
					failed.Store(&err)
					return
				}
				took[i] = append(took[i], ms(time.Since(t)))
			}
		})
	}
	var reads []float64
	wg.Go(func() {
		for time.Now().Before(until) {
			t := time.Now()
			err := s.View(ctx, func(r bot.Reader) error {
				_, err := r.Case(1001)
				return err
			})
			if err == nil {
				reads = append(reads, ms(time.Since(t)))
			}
			pause(ctx, time.Millisecond)
		}
	})
	wg.Wait()
	if e := failed.Load(); e != nil {
		return 0, 0, 0, *e
	}
	all := slices.Concat(took...)
	return float64(len(all)) / b.each.Seconds(), percentile(all, 50), percentile(reads, 99), nil
}

var benchActor = bot.Actor{ID: "emma-olsen", Name: "Emma Olsen", Role: bot.RoleCustomer, Customer: "fjord", Lang: "en",
	Via: chat.Principal{Platform: "web", User: "emma-olsen"}}

func benchReport(n int64) bot.Open {
	id := strconv.FormatInt(n, 10)
	place := chat.Place{Platform: "web", Channel: "fjord"}
	return bot.Open{Text: "Payments return 502 since 10:40, number " + id + strings.Repeat(" and more words of what is seen", 8),
		Customer: "fjord", Service: "payments", Severity: 2, Place: place, Root: chat.MessageRef{Place: place, ID: "m" + id}}
}

func benchDesk(ctx context.Context, path string) (*store.SQLite, *bot.Desk, error) {
	s, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return nil, nil, err
	}
	org := config.Demo().Org
	org.Rules.BundleFirst, org.Rules.BundleMax = 0, 0 // every page counts
	desk, err := bot.NewDesk(ctx, s, org)
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, desk, nil
}

// stopwatch is an adapter that notes when the first page of a case is asked for.
type stopwatch struct {
	mu    sync.Mutex
	took  []float64
	wait  []float64 // a private answer, from the command on
	asked map[string]time.Time
}

func (s *stopwatch) Platform() chat.Platform         { return "web" }
func (s *stopwatch) Capabilities() chat.Capabilities { return chat.Capabilities{} }
func (s *stopwatch) Health() chat.Health             { return chat.Health{State: chat.StateUp} }

func (s *stopwatch) Run(ctx context.Context, _ chat.Inbox) error {
	<-ctx.Done()
	return nil
}

func (s *stopwatch) Send(_ context.Context, out chat.Outgoing) (chat.MessageRef, chat.SendResult) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case out.Intent == chat.IntentPage && out.Facts["count"] == "":
		if t, err := time.Parse(time.RFC3339Nano, out.Facts["created_at"]); err == nil {
			s.took = append(s.took, ms(time.Since(t)))
		}
	case out.Intent == chat.IntentPrivate:
		if t, ok := s.asked[out.Reply.Token]; ok {
			s.wait = append(s.wait, ms(time.Since(t)))
		}
	}
	return chat.MessageRef{Place: chat.Place{Platform: "web", Channel: "x", Direct: true}, ID: out.Key}, chat.OK()
}

// reportsPerSecond is the load of the page figure, from the targets of the design.
const reportsPerSecond = 50

// engineFigures takes the way from the stored report to the first page at 50
// reports a second, how late timers fire, and how long /status takes.
func (b *benchmark) engineFigures(ctx context.Context) error {
	s, desk, err := benchDesk(ctx, filepath.Join(b.dir, "engine.db"))
	if err != nil {
		return err
	}
	defer s.Close()
	watch := &stopwatch{asked: map[string]time.Time{}}
	var late []float64
	var lateMu sync.Mutex
	idle := func(context.Context, bot.Timer) (time.Time, error) { return time.Time{}, nil }
	engine := bot.NewEngine(bot.EngineOptions{Desk: desk, Handler: commands.New(commands.Options{Desk: desk}), Adapters: []chat.Adapter{watch},
		Log:  slog.New(slog.DiscardHandler),
		Jobs: map[bot.TimerKind]bot.Job{bot.TimerSuggest: idle, bot.TimerDraft: idle, bot.TimerHandover: idle},
		Observe: bot.Observer{TimerLate: func(d time.Duration) {
			lateMu.Lock()
			late = append(late, ms(d))
			lateMu.Unlock()
		}}})
	ctx, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- engine.Run(ctx) }()
	err = b.drive(ctx, engine, desk, watch)
	stop()
	if err = errors.Join(err, <-done); err != nil {
		return err
	}
	b.f.PageMSp50, b.f.PageMSp99 = percentile(watch.took, 50), percentile(watch.took, 99)
	b.f.StatusMSp99, b.f.TimerLateMS = percentile(watch.wait, 99), percentile(late, 99)
	b.say("report → first page, 50 reports/s         p50 %.1f ms, p99 %.1f ms (targets 20, 200; %d pages)", b.f.PageMSp50, b.f.PageMSp99, len(watch.took))
	b.say("/status, answered                         p99 %.1f ms", b.f.StatusMSp99)
	b.say("timer after its instant                   p99 %.1f ms (target ≤ 250)", b.f.TimerLateMS)
	return nil
}

// drive sends reports and commands at a steady rate and spreads timers over the
// same time.
func (b *benchmark) drive(ctx context.Context, in chat.Inbox, desk *bot.Desk, watch *stopwatch) error {
	length := max(5*b.each, 5*time.Second)
	err := desk.Store().Do(ctx, func(tx bot.Tx) error {
		for i := range 500 {
			if err := tx.SetTimer(bot.Timer{Kind: bot.TimerHandover, Key: "bench" + strconv.Itoa(i), Due: tx.Now().Add(length * time.Duration(i) / 500)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	tick := time.NewTicker(time.Second / reportsPerSecond)
	defer tick.Stop()
	people := []string{"emma-olsen", "lars-dahl"}
	place := chat.Place{Platform: "web", Channel: "fjord"}
	for i := range int(length.Seconds()) * reportsPerSecond {
		<-tick.C
		id := strconv.Itoa(i)
		from := chat.Principal{Platform: "web", User: people[i%2]}
		ev := chat.Event{Key: "c" + id, Kind: chat.KindCommand, From: from, Where: place, Verb: "report", Args: "payments fail, number " + id}
		if i%10 == 9 {
			ev.Verb, ev.Args, ev.Reply = "mine", "", chat.ReplyHandle{Platform: "web", Token: id}
			watch.mu.Lock()
			watch.asked[id] = time.Now()
			watch.mu.Unlock()
		}
		if _, err := in.Receive(ctx, ev); err != nil {
			return err
		}
	}
	pause(ctx, time.Second)
	return nil
}

// knowledgeFigures searches 10,000 articles.
func (b *benchmark) knowledgeFigures(ctx context.Context) error {
	var out bytes.Buffer
	if err := knowledge.RunBench(ctx, knowledge.BenchOptions{N: 10_000, JSON: true}, &out); err != nil {
		return err
	}
	var report knowledge.BenchReport
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		return err
	}
	b.f.KBMSp50, b.f.KBMSp99 = report.P50, report.P99
	b.say("/kb over 10,000 articles                  p50 %.2f ms, p99 %.2f ms", b.f.KBMSp50, b.f.KBMSp99)
	return nil
}

// processFigures starts the real program and waits until it is ready and quiet.
func (b *benchmark) processFigures(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, self, "demo", "--addr", "127.0.0.1:0", "--data", filepath.Join(b.dir, "idle"))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	if !bufio.NewScanner(out).Scan() {
		return errors.Join(errors.New("the program said nothing"), cmd.Wait())
	}
	b.f.ReadyMS = ms(time.Since(began))
	pause(ctx, 3*time.Second)
	b.f.IdleRSSMB = residentMB(cmd.Process.Pid)
	stop()
	_ = cmd.Wait() // it was interrupted
	b.say("start to ready                            %.0f ms (target ≤ 500)", b.f.ReadyMS)
	b.say("resident when idle                        %.1f MB (target ≤ 30)", b.f.IdleRSSMB)
	return nil
}

// residentMB is the resident memory of a process, 0 where the system does not say.
func residentMB(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "VmRSS:" {
			kb, _ := strconv.ParseFloat(f[1], 64) // a broken line counts as 0
			return kb / 1024
		}
	}
	return 0
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func median(list []float64) float64 { return percentile(list, 50) }

func percentile(list []float64, p int) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[(len(sorted)-1)*p/100]
}
