package store_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/config"
	"hotline/store"
)

// fdatasyncs is how many 4 KiB overwrites with fdatasync the disk takes a second,
// measured for about 300 ms.
func fdatasyncs(b *testing.B, dir string) float64 {
	b.Helper()
	f, err := os.Create(filepath.Join(dir, "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	if _, err := f.Write(make([]byte, 64*4096)); err != nil {
		b.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	start, n := time.Now(), 0
	for ; time.Since(start) < 300*time.Millisecond; n++ {
		if _, err := f.WriteAt(page, int64(n%64)*4096); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(start).Seconds()
}

// processorTime is what this process has used so far, by all its threads.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchmarkCases stores b.N complete cases with so many callers at once, and
// reports the rate beside that of the bare disk, measured before and after.
func benchmarkCases(b *testing.B, callers int) {
	dir := b.TempDir()
	s := open(b, filepath.Join(dir, "hotline.db"))
	measure(b, s, dir, callers, func() error { return s.Do(b.Context(), writeCase) })
}

// benchmarkDesk opens b.N cases through the rules, as "hotline bench" does.
func benchmarkDesk(b *testing.B, callers int) {
	dir := b.TempDir()
	s := open(b, filepath.Join(dir, "hotline.db"))
	org := config.Demo().Org
	org.Rules.BundleFirst, org.Rules.BundleMax = 0, 0 // every page counts
	desk, err := bot.NewDesk(b.Context(), s, org)
	if err != nil {
		b.Fatal(err)
	}
	ann := bot.Actor{ID: "emma-olsen", Name: "Emma Olsen", Role: bot.RoleCustomer, Customer: "fjord", Lang: "en",
		Via: chat.Principal{Platform: "web", User: "emma-olsen"}}
	place := chat.Place{Platform: "web", Channel: "fjord"}
	text := "Payments return 502 since 10:40" + strings.Repeat(" and more words of what is seen", 8)
	var n atomic.Int64
	measure(b, s, dir, callers, func() error {
		id := strconv.FormatInt(n.Add(1), 10)
		_, err := desk.Do(b.Context(), ann, 0, bot.Open{Text: text + id, Customer: "fjord", Service: "payments", Severity: 2,
			Place: place, Root: chat.MessageRef{Place: place, ID: "m" + id}})
		return err
	})
}

// measure calls do b.N times by so many callers.
func measure(b *testing.B, s *store.SQLite, dir string, callers int, do func() error) {
	b.Helper()
	raw := fdatasyncs(b, dir)
	var left atomic.Int64
	left.Store(int64(b.N))
	before := processorTime(b)
	b.ResetTimer()
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := do(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric((processorTime(b)-before).Seconds()*1e6/float64(b.N), "cpu-µs/case")
	rate := float64(b.N) / b.Elapsed().Seconds()
	raw = (raw + fdatasyncs(b, dir)) / 2
	b.ReportMetric(rate, "cases/s")
	b.ReportMetric(raw, "fdatasyncs/s")
	b.ReportMetric(rate/raw, "ratio")
	b.ReportMetric(float64(b.N)/float64(max(1, s.Stats().Groups)), "cases/commit")
}

func BenchmarkCaseGroup1(b *testing.B)   { benchmarkCases(b, 1) }
func BenchmarkCaseGroup64(b *testing.B)  { benchmarkCases(b, 64) }
func BenchmarkCaseGroup256(b *testing.B) { benchmarkCases(b, 256) }

func BenchmarkDeskCase1(b *testing.B)   { benchmarkDesk(b, 1) }
func BenchmarkDeskCase64(b *testing.B)  { benchmarkDesk(b, 64) }
func BenchmarkDeskCase256(b *testing.B) { benchmarkDesk(b, 256) }

// BenchmarkPointRead reads single cases, alone.
func BenchmarkPointRead(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "hotline.db"))
	for range 1000 {
		if err := s.Do(b.Context(), writeCase); err != nil {
			b.Fatal(err)
		}
	}
	id := int64(1001)
	for b.Loop() {
		err := s.View(b.Context(), func(r bot.Reader) error {
			_, err := r.Case(id)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		id = 1001 + (id-1000)%1000
	}
}
