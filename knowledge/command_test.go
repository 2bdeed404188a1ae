package knowledge

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/bot"
	"hotline/store"
)

// evalFiles writes a small set and returns the paths of corpus, queries, answers
// and queries without an answer.
func evalFiles(t *testing.T) (corpus, queries, qrels, without string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	corpus = write("corpus.jsonl", `{"id":"a","title":"Gateway timeout","text":"Raise the timeout of the gateway."}
{"id":"b","title":"Printer prints blank pages","text":"Replace the toner."}

{"id":"c","title":"打印机空白页","text":"更换硒鼓。"}
`)
	queries = write("queries.jsonl", `{"id":"q1","text":"gateway timeouts"}
{"id":"b","text":"printer prints blank pages"}
{"id":"q3","text":"nobody judged this"}
`)
	qrels = write("qrels.tsv", "q1\ta\t1\nb\tc\t1\n")
	without = write("without.jsonl", `{"id":"n1","text":"coffee machine leaks"}`)
	return
}

func TestCommandEval(t *testing.T) {
	corpus, queries, qrels, without := evalFiles(t)
	var out, errs bytes.Buffer
	args := []string{"eval", "--corpus", corpus, "--queries", queries, "--qrels", qrels, "--no-answer", without, "--drop-self", "--baseline"}
	if code := Command(t.Context(), append(args, "--json"), inFolder, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	var r map[string]any
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	for _, key := range strings.Fields("success_at_1 success_at_3 recall_at_5 mrr_at_10 ndcg_at_10 hit_at_10 queries documents index_seconds docs_per_second latency_ms_p50 latency_ms_p99 no_answer_auc no_answer_abstained false_suggestions baseline") {
		if _, ok := r[key]; !ok {
			t.Errorf("no %s in %s", key, &out)
		}
	}
	if r["queries"] != 2.0 || r["documents"] != 3.0 || r["success_at_1"] != 1.0 {
		t.Errorf("%s", &out)
	}
	out.Reset()
	if code := Command(t.Context(), args, inFolder, &out, &errs); code != 0 || !strings.Contains(out.String(), "fts5: 2 queries") {
		t.Errorf("exit %d: %s", code, &out)
	}
}

func TestCommandBench(t *testing.T) {
	long(t)
	var out, errs bytes.Buffer
	if code := Command(t.Context(), []string{"bench", "--n", "200", "--json"}, inFolder, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	var r BenchReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Documents != 200 || r.P50 <= 0 || r.QPS <= 0 || r.StartSeconds <= 0 || r.StoreSeconds <= 0 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestCommandErrors(t *testing.T) {
	corpus, queries, _, _ := evalFiles(t)
	for _, tt := range []struct {
		name string
		args []string
		code int
	}{
		{"no verb", nil, 2},
		{"unknown verb", []string{"dance"}, 2},
		{"unknown flag", []string{"eval", "--fast"}, 2},
		{"missing flags", []string{"eval", "--corpus", corpus}, 2},
		{"help", []string{"eval", "--help"}, 0},
		{"missing file", []string{"eval", "--corpus", corpus, "--queries", queries, "--qrels", "nowhere"}, 1},
		{"wrong format", []string{"eval", "--corpus", corpus, "--queries", queries, "--qrels", corpus}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if code := Command(t.Context(), tt.args, inFolder, &out, &errs); code != tt.code {
				t.Errorf("exit %d, want %d (%s)", code, tt.code, &errs)
			}
			if errs.Len() == 0 {
				t.Error("nothing was said")
			}
		})
	}
}

func TestMetrics(t *testing.T) {
	var m Metrics
	m.add([]string{"x", "a", "y", "b"}, map[string]int{"a": 1, "b": 1})
	m.add([]string{"a"}, map[string]int{"a": 2})
	m.add(nil, map[string]int{"a": 1})
	m.mean(3)
	if m.Success1 != 1./3 || m.Success3 != 2./3 || m.Hit10 != 2./3 || m.Recall5 != 2./3 || m.MRR10 != .5 {
		t.Errorf("%+v", m)
	}
	if got := auc([]float64{2, 3, 1}, []float64{1, 0}); got != 5.5/6 {
		t.Errorf("auc %v", got)
	}
}

// inFolder opens a real store in a folder.
func inFolder(ctx context.Context, dir string) (bot.Store, error) {
	return store.Open(ctx, filepath.Join(dir, "h.db"), store.Options{Sync: store.Off})
}
