package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/store"
)

// writeCase stores a complete case as intake does: the event that arrived, the
// case with its first events, a timer, the receipt and the page, the links of its
// conversation; and marks the event as done.
func writeCase(tx bot.Tx) error {
	id, err := tx.NextCase()
	if err != nil {
		return err
	}
	n := strconv.FormatInt(id, 10)
	now := tx.Now()
	where := chat.Place{Platform: "slack", Tenant: "T01", Channel: "C042"}
	ann := chat.Principal{Platform: "slack", Tenant: "T01", User: "U" + strconv.FormatInt(id%500, 10), Name: "Ann"}
	root := chat.MessageRef{Place: where, ID: n + ".000100"}
	text := fmt.Sprintf("The label printer at gate %d stopped again, error E1234 after the restart. ", id%40) +
		"It printed about forty labels before, then the light went red and nothing helped, not even a new roll."
	in := bot.Inbound{ID: uuid.Must(uuid.NewV7()).String(), Event: chat.Event{
		Key: "Ev" + n, Kind: chat.KindMessage, At: now, From: ann, Where: where, Message: root, Text: text,
	}}
	if _, err := tx.PutInbound(in); err != nil {
		return err
	}
	c := bot.Case{
		ID: id, Number: bot.FormatNumber(bot.Fault, id), Class: bot.Fault, Severity: 2, State: bot.New, Seq: 2, Generation: 1, Episode: 1,
		Title: text[:60], Text: text, Lang: "en", Customer: "acme", Service: "print", Reporter: ann.Key(), ReporterName: "Ann",
		ReporterAt: ann, Source: "slack", Opened: now, Updated: now,
		Paging: bot.Paging{Active: true, Policy: "day", Started: now},
	}
	if err := tx.AppendEvents(
		bot.CaseEvent{Case: id, Seq: 1, At: now, Type: bot.EvOpened, Audience: chat.Customer(), Open: &bot.Open{Text: text, Customer: "acme", Root: root}},
		bot.CaseEvent{Case: id, Seq: 2, At: now, Type: bot.EvPagingBegan, Audience: chat.Internal(), Paging: &c.Paging},
	); err != nil {
		return err
	}
	if err := tx.PutCase(c); err != nil {
		return err
	}
	if err := tx.SetTimer(bot.Timer{Kind: bot.TimerStep, Case: id, Due: now.Add(5 * time.Minute), Gen: 1}); err != nil {
		return err
	}
	if err := tx.PutLink(bot.Link{Key: root.Key(), Case: id, Role: bot.LinkRoot, Ref: root, Audience: chat.Customer()}); err != nil {
		return err
	}
	if err := tx.PutLetters(
		bot.Letter{ID: uuid.Must(uuid.NewV7()).String(), Case: id, Template: "receipt", Intent: chat.IntentReceipt, Audience: chat.Customer(), Priority: bot.PrioReceipt, Lang: "en", In: where, Link: bot.LinkReceipt},
		bot.Letter{ID: uuid.Must(uuid.NewV7()).String(), Case: id, Template: "page", Intent: chat.IntentPage, Audience: chat.Internal(), Priority: bot.PrioPageUrgent, Lang: "en", To: ann, Person: "bob", Page: n, Gen: 1, Link: bot.LinkPage},
	); err != nil {
		return err
	}
	return tx.FinishInbound(in.ID, bot.InboundDone, 1, "")
}

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
	s, err := store.Open(b.Context(), filepath.Join(dir, "hotline.db"), quiet)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	raw := fdatasyncs(b, dir)
	var left atomic.Int64
	left.Store(int64(b.N))
	before := processorTime(b)
	b.ResetTimer()
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := s.Do(b.Context(), writeCase); err != nil {
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
