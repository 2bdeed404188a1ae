package knowledge

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// devData is the development data, beside the project and no part of it.
const devData = "../../shared/data"

func devEvalDir(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(devData, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("development data not found at %s", dir)
	}
	return dir
}

func devEval(t *testing.T, name string, noAnswer bool) EvalReport {
	t.Helper()
	dir := devEvalDir(t, name)
	o := EvalOptions{Corpus: filepath.Join(dir, "corpus.jsonl"), Queries: filepath.Join(dir, "dev/queries.jsonl"),
		Qrels: filepath.Join(dir, "dev/qrels.tsv"), DropSelf: name == "bugdup-en", JSON: true}
	if noAnswer {
		o.NoAnswer = filepath.Join(dir, "dev/queries_noanswer.jsonl")
	}
	var out bytes.Buffer
	if err := RunEval(t.Context(), o, &out); err != nil {
		t.Fatal(err)
	}
	var r EvalReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s %s", name, out.String())
	return r
}

// TestDevelopmentData holds what was measured when the ranking was last
// changed, less a point: a change that loses more must be seen.
func TestDevelopmentData(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	for _, tt := range []struct {
		name              string
		noAnswer          bool
		s1, mrr, r5, area float64
	}{
		{"stackfaq-en", false, .821, .882, .959, 0},
		{"bugdup-en", true, .61, .695, .786, .735},
		{"swfaq-zh", false, .638, .714, .842, 0},
		{"xling-zh-en", false, .90, .925, .955, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := devEval(t, tt.name, tt.noAnswer)
			if r.Success1 < tt.s1 || r.MRR10 < tt.mrr || r.Recall5 < tt.r5 {
				t.Errorf("%.3f / %.3f / %.3f, want at least %.3f / %.3f / %.3f", r.Success1, r.MRR10, r.Recall5, tt.s1, tt.mrr, tt.r5)
			}
			if tt.noAnswer && (r.AUC == nil || *r.AUC < tt.area) {
				t.Errorf("no-answer AUC %v, want at least %.2f", *r.AUC, tt.area)
			}
		})
	}
}
