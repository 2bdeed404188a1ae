package knowledge

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"
)

// EvalOptions name the files `hotline kb eval` reads.
type EvalOptions struct {
	Corpus   string // JSON lines {id,title,text}
	Queries  string // JSON lines {id,text}
	Qrels    string // lines of query id, document id, grade, separated by tabs
	CEDICT   string // a dictionary to use besides, see [LoadCEDICT]
	NoAnswer string // optional: queries without an answer in the corpus
	DropSelf bool   // a query is itself a document: leave out the one with its id
	Baseline bool   // also measure plain FTS5
	JSON     bool   // print JSON instead of a table
}

// EvalReport is what one run measured. The three last figures are there only
// when queries without an answer were given: the area under the curve between
// the confidence of queries whose first hit is right and of queries without an
// answer, the share of the latter for which nothing was suggested, and the
// share that got a confident suggestion all the same.
type EvalReport struct {
	Engine string `json:"engine"`
	Metrics
	Queries      int      `json:"queries"`
	Documents    int      `json:"documents"`
	IndexSeconds float64  `json:"index_seconds"`
	DocsPerSec   float64  `json:"docs_per_second"`
	P50          float64  `json:"latency_ms_p50"`
	P99          float64  `json:"latency_ms_p99"`
	AUC          *float64 `json:"no_answer_auc,omitempty"`
	AUCAll       *float64 `json:"no_answer_auc_all,omitempty"` // positives: every query that has an answer
	Abstained    *float64 `json:"no_answer_abstained,omitempty"`
	FalseSuggest *float64 `json:"false_suggestions,omitempty"`

	TokenVersion int         `json:"token_version"`
	Baseline     *EvalReport `json:"baseline,omitempty"`
}

// evalData is everything a run needs.
type evalData struct {
	docs     []evalDoc
	queries  []evalQuery
	noAnswer []evalQuery
	qrels    grades
	dropSelf bool
}

// engine is what an evaluation measures: ids best first, and a confidence.
type engine interface {
	name() string
	put([]evalDoc) error
	// search leaves out the document with id drop, if not empty.
	search(text, drop string) ([]string, float64, Band, error)
}

// RunEval builds a temporary index of the corpus with the production code and
// defaults, and writes what the queries find.
func RunEval(ctx context.Context, o EvalOptions, out io.Writer) error {
	data, err := readEval(o)
	if err != nil {
		return err
	}
	words := ShippedVocabulary()
	if o.CEDICT != "" {
		if words, err = LoadCEDICT(o.CEDICT); err != nil {
			return err
		}
	}
	report, err := evaluate(ctx, &ownEngine{index: NewIndexWith(words)}, data)
	if err != nil {
		return err
	}
	if o.Baseline {
		fts, err := openFTS(ctx)
		if err != nil {
			return err
		}
		defer fts.close()
		if report.Baseline, err = evaluate(ctx, fts, data); err != nil {
			return err
		}
	}
	if o.JSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(report)
	}
	report.print(out)
	return nil
}

func readEval(o EvalOptions) (*evalData, error) {
	d := &evalData{dropSelf: o.DropSelf}
	var err error
	if d.docs, err = readJSONL[evalDoc](o.Corpus); err != nil {
		return nil, err
	}
	if d.queries, err = readJSONL[evalQuery](o.Queries); err != nil {
		return nil, err
	}
	if d.qrels, err = readQrels(o.Qrels); err != nil {
		return nil, err
	}
	if o.NoAnswer != "" {
		d.noAnswer, err = readJSONL[evalQuery](o.NoAnswer)
	}
	return d, err
}

// evaluate measures one engine.
func evaluate(ctx context.Context, e engine, d *evalData) (*EvalReport, error) {
	r := &EvalReport{Engine: e.name(), Documents: len(d.docs), TokenVersion: TokenVersion}
	start := time.Now()
	if err := e.put(d.docs); err != nil {
		return nil, err
	}
	r.IndexSeconds = time.Since(start).Seconds()
	r.DocsPerSec = float64(len(d.docs)) / max(r.IndexSeconds, 1e-9)
	var times []time.Duration
	run := func(q evalQuery) ([]string, float64, Band, error) {
		if err := ctx.Err(); err != nil {
			return nil, 0, Nothing, err
		}
		drop := ""
		if d.dropSelf {
			drop = q.ID
		}
		begin := time.Now()
		ids, conf, band, err := e.search(q.Text, drop)
		times = append(times, time.Since(begin))
		return ids, conf, band, err
	}
	var right, answerable []float64
	for _, q := range d.queries {
		want := d.qrels[q.ID]
		if !answered(want) {
			continue
		}
		ids, conf, _, err := run(q)
		if err != nil {
			return nil, err
		}
		r.Metrics.add(ids, want)
		r.Queries++
		answerable = append(answerable, conf)
		if len(ids) > 0 && want[ids[0]] > 0 {
			right = append(right, conf)
		}
	}
	r.Metrics.mean(r.Queries)
	var without []float64
	abstained, suggested := 0.0, 0.0
	for _, q := range d.noAnswer {
		_, conf, band, err := run(q)
		if err != nil {
			return nil, err
		}
		without = append(without, conf)
		switch band {
		case Nothing:
			abstained++
		case Suggest:
			suggested++
		}
	}
	if n := float64(len(without)); n > 0 {
		a, b := auc(right, without), auc(answerable, without)
		abstained, suggested = abstained/n, suggested/n
		r.AUC, r.AUCAll, r.Abstained, r.FalseSuggest = finite(a), finite(b), &abstained, &suggested
	}
	r.P50, r.P99 = percentile(times, .5), percentile(times, .99)
	return r, nil
}

// finite keeps what JSON cannot say out of a report.
func finite(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

func answered(want map[string]int) bool {
	for _, grade := range want {
		if grade > 0 {
			return true
		}
	}
	return false
}

func (r *EvalReport) print(out io.Writer) {
	for _, e := range []*EvalReport{r, r.Baseline} {
		if e == nil {
			continue
		}
		fmt.Fprintf(out, "%s: %d queries, %d documents\n", e.Engine, e.Queries, e.Documents)
		fmt.Fprintf(out, "  success@1 %.3f  success@3 %.3f  recall@5 %.3f  mrr@10 %.3f  ndcg@10 %.3f  hit@10 %.3f  map@100 %.3f\n",
			e.Success1, e.Success3, e.Recall5, e.MRR10, e.NDCG10, e.Hit10, e.MAP)
		fmt.Fprintf(out, "  index %.2f s (%.0f documents/s)  latency p50 %.2f ms  p99 %.2f ms\n", e.IndexSeconds, e.DocsPerSec, e.P50, e.P99)
		if e.Abstained != nil && e.AUC != nil {
			fmt.Fprintf(out, "  no answer: AUC %.3f (all answerable queries: %.3f)  abstained %.3f  false suggestions %.3f\n",
				*e.AUC, *e.AUCAll, *e.Abstained, *e.FalseSuggest)
		}
	}
}

// ownEngine is the production index.
type ownEngine struct {
	index *Index
}

func (e *ownEngine) name() string { return "hotline" }

func (e *ownEngine) put(docs []evalDoc) error {
	list := make([]Doc, len(docs))
	for i, d := range docs {
		list[i] = Doc{ID: d.ID, Kind: Article, Title: d.Title, Body: d.Text}
	}
	return e.index.Put(list...)
}

func (e *ownEngine) search(text, drop string) ([]string, float64, Band, error) {
	q := Query{Text: text, Limit: MaxLimit}
	if drop != "" {
		q.Exclude = []string{drop}
	}
	r := e.index.Search(q)
	ids := make([]string, len(r.Hits))
	for i, h := range r.Hits {
		ids[i] = h.ID
	}
	return ids, r.Confidence, r.Band, nil
}
