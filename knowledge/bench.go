package knowledge

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hotline/bot"
)

// BenchOptions say what `hotline kb bench` measures.
type BenchOptions struct {
	N    int // made-up cases; 0 means 100,000, at most 1,000,000
	JSON bool
	// Open opens a store in a folder, to measure a start from it; nil leaves that
	// out.
	Open func(ctx context.Context, dir string) (bot.Store, error)
}

// BenchReport is what one run measured. Times are milliseconds unless named
// otherwise; the latencies are taken while a writer changes documents.
type BenchReport struct {
	Documents    int     `json:"documents"`
	IndexSeconds float64 `json:"index_seconds"`
	DocsPerSec   float64 `json:"docs_per_second"`
	HeapMB       float64 `json:"heap_mb"`
	BlobMB       float64 `json:"blob_mb"`
	StartSeconds float64 `json:"start_seconds"`       // from token blobs to the first answer
	StoreSeconds float64 `json:"store_start_seconds"` // from the closed store to the first answer
	StoreHeapMB  float64 `json:"store_start_heap_mb"` // held then
	Reindex      float64 `json:"reindex_seconds"`     // all blobs made and stored anew
	P50          float64 `json:"latency_ms_p50"`
	P99          float64 `json:"latency_ms_p99"`
	LogP50       float64 `json:"pasted_log_ms_p50"` // 16 KiB
	LogP99       float64 `json:"pasted_log_ms_p99"`
	QPS          float64 `json:"queries_per_second_8_clients"`
	VisibleMS    float64 `json:"change_visible_ms_p99"`
}

const benchDefault, benchMax = 100_000, 1_000_000

// RunBench measures speed, memory and start-up on made-up cases in both
// languages. The cases are the same in every run.
func RunBench(ctx context.Context, o BenchOptions, out io.Writer) error {
	n := o.N
	if n <= 0 {
		n = benchDefault
	}
	r, err := bench(ctx, min(n, benchMax))
	if err != nil {
		return err
	}
	if o.Open != nil {
		if err := r.storeStart(ctx, o.Open); err != nil {
			return err
		}
	}
	if o.JSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	fmt.Fprintf(out, "%d cases: index %.1f s (%.0f documents/s), heap %.0f MB, token blobs %.0f MB, ready %.2f s after start\n",
		r.Documents, r.IndexSeconds, r.DocsPerSec, r.HeapMB, r.BlobMB, r.StartSeconds)
	fmt.Fprintf(out, "query p50 %.2f ms p99 %.2f ms, pasted log of 16 KiB p50 %.2f ms p99 %.2f ms, %.0f queries/s with 8 clients, a change found after %.2f ms (p99)\n",
		r.P50, r.P99, r.LogP50, r.LogP99, r.QPS, r.VisibleMS)
	if o.Open != nil {
		fmt.Fprintf(out, "ready from the store %.2f s after start, heap %.0f MB; kb reindex %.1f s\n", r.StoreSeconds, r.StoreHeapMB, r.Reindex)
	}
	return nil
}

func bench(ctx context.Context, n int) (*BenchReport, error) {
	r := &BenchReport{Documents: n}
	before := heapMB()
	x := NewIndex()
	gen := newBenchText()
	var spent time.Duration
	for from := 0; from < n; from += batch {
		docs := gen.docs(from, min(batch, n-from))
		begin := time.Now()
		if err := x.Put(docs...); err != nil {
			return nil, err
		}
		spent += time.Since(begin)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	r.IndexSeconds = spent.Seconds()
	r.DocsPerSec = float64(n) / max(r.IndexSeconds, 1e-9)
	r.HeapMB = heapMB() - before
	r.searches(ctx, x, gen, n)
	if err := r.start(x, gen, n); err != nil {
		return nil, err
	}
	return r, ctx.Err()
}

func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// searches measures latencies while one goroutine changes documents.
func (r *BenchReport) searches(ctx context.Context, x *Index, gen *benchText, n int) {
	stop := make(chan struct{})
	var visible []time.Duration
	var writer sync.WaitGroup
	writer.Go(func() {
		rng := rand.New(rand.NewPCG(7, 7))
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			d := gen.doc(rng.IntN(n))
			begin := time.Now()
			if x.Put(d) == nil {
				visible = append(visible, time.Since(begin))
			}
		}
	})
	var short, long []time.Duration
	for i := range 500 {
		if ctx.Err() != nil {
			break
		}
		begin := time.Now()
		x.Search(Query{Text: gen.query(i), Limit: 3, Internal: true})
		short = append(short, time.Since(begin))
	}
	for i := range 100 {
		if ctx.Err() != nil {
			break
		}
		begin := time.Now()
		x.Search(Query{Text: gen.log(i, 16<<10), Limit: 3, Internal: true})
		long = append(long, time.Since(begin))
	}
	begin := time.Now()
	var done atomic.Int64
	var clients sync.WaitGroup
	for c := range 8 {
		clients.Go(func() {
			for i := 0; time.Since(begin) < 2*time.Second && ctx.Err() == nil; i++ {
				x.Search(Query{Text: gen.query(c*1000 + i), Limit: 3, Internal: true})
				done.Add(1)
			}
		})
	}
	clients.Wait()
	r.QPS = float64(done.Load()) / time.Since(begin).Seconds()
	close(stop)
	writer.Wait()
	r.P50, r.P99 = percentile(short, .5), percentile(short, .99)
	r.LogP50, r.LogP99 = percentile(long, .5), percentile(long, .99)
	r.VisibleMS = percentile(visible, .99)
}

// start measures how long a fresh index takes from blobs to its first answer.
func (r *BenchReport) start(x *Index, gen *benchText, n int) error {
	stored := make([]Stored, n)
	size := 0
	for i := range stored {
		stored[i].Doc = gen.doc(i)
		stored[i].Blob = x.Blob(&stored[i].Doc)
		size += len(stored[i].Blob)
	}
	r.BlobMB = float64(size) / (1 << 20)
	begin := time.Now()
	y := NewIndex()
	if _, err := y.Load(stored...); err != nil {
		return err
	}
	y.Search(Query{Text: gen.query(1), Limit: 3})
	r.StartSeconds = time.Since(begin).Seconds()
	return nil
}

// benchText makes up cases: words by Zipf's law from a vocabulary of glossary
// words and invented names, error codes, stack traces, one in five Chinese.
type benchText struct {
	english []string
	chinese []string
}

func newBenchText() *benchText {
	g := &benchText{}
	for zh, en := range glossaryPairs() {
		g.chinese = append(g.chinese, zh)
		for _, e := range en {
			g.english = append(g.english, strings.Fields(e)...)
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	const syllables = "ba co di fu ga he ki lo mu na po ri sa te vu xo re con ser net ion ing"
	parts := strings.Fields(syllables)
	for range 30_000 {
		w := ""
		for range 2 + rng.IntN(3) {
			w += parts[rng.IntN(len(parts))]
		}
		g.english = append(g.english, w)
	}
	rng.Shuffle(len(g.english)/2, func(i, j int) { g.english[i], g.english[j] = g.english[j], g.english[i] })
	return g
}

// pick draws a word; low positions are drawn more often.
func pick(rng *rand.Rand, list []string) string {
	return list[int(math.Pow(float64(len(list)), rng.Float64()))-1]
}

func (g *benchText) words(rng *rand.Rand, zh bool, n int) string {
	var b strings.Builder
	for i := range n {
		switch {
		case rng.IntN(25) == 0:
			fmt.Fprintf(&b, " ERR-%05d ", rng.IntN(5000))
		case zh:
			b.WriteString(pick(rng, g.chinese))
			if i%7 == 6 {
				b.WriteString("，")
			}
		default:
			b.WriteString(pick(rng, g.english) + " ")
		}
	}
	return b.String()
}

func (g *benchText) doc(i int) Doc {
	rng := rand.New(rand.NewPCG(uint64(i), 42))
	zh := i%5 == 0
	d := Doc{ID: fmt.Sprintf("C%07d", i), Kind: Case, State: Published, Title: g.words(rng, zh, 8), Symptom: g.words(rng, zh, 25+rng.IntN(25)),
		Solution: g.words(rng, zh, 20+rng.IntN(20))}
	if i%10 == 3 {
		d.Symptom += "\n" + g.log(rng.IntN(500), 400)
	}
	return d
}

func (g *benchText) docs(from, n int) []Doc {
	out := make([]Doc, n)
	for i := range out {
		out[i] = g.doc(from + i)
	}
	return out
}

func (g *benchText) query(i int) string {
	rng := rand.New(rand.NewPCG(uint64(i), 43))
	switch i % 3 {
	case 0:
		return g.words(rng, false, 8)
	case 1:
		return g.words(rng, true, 8)
	}
	return g.words(rng, false, 60)
}

// log makes a log of about size bytes.
func (g *benchText) log(i, size int) string {
	rng := rand.New(rand.NewPCG(uint64(i), 44))
	var b strings.Builder
	for b.Len() < size {
		fmt.Fprintf(&b, "2026-01-%02d 10:%02d:%02d,123 ERROR %s\n", 1+rng.IntN(28), rng.IntN(60), rng.IntN(60), g.words(rng, false, 8))
		for range 3 {
			fmt.Fprintf(&b, "\tat com.example.%s.%s(%s.java:%d)\n", pick(rng, g.english), pick(rng, g.english), pick(rng, g.english), rng.IntN(900))
		}
	}
	return b.String()[:size]
}
