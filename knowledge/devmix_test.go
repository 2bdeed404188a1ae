package knowledge

import (
	"hash/fnv"
	"path/filepath"
	"strings"
	"testing"
)

// devSet is one development set, read for tests of several in one index.
func devSet(t *testing.T, name string) *evalData {
	t.Helper()
	dir := devEvalDir(t, name)
	d, err := readEval(EvalOptions{Corpus: filepath.Join(dir, "corpus.jsonl"), Queries: filepath.Join(dir, "dev/queries.jsonl"),
		Qrels: filepath.Join(dir, "dev/qrels.tsv"), DropSelf: name == "bugdup-en"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// without keeps the documents and queries whose ids do not begin so.
func (d *evalData) without(doc, query string) *evalData {
	out := *d
	out.docs, out.queries = nil, nil
	for _, e := range d.docs {
		if !strings.HasPrefix(e.ID, doc) {
			out.docs = append(out.docs, e)
		}
	}
	for _, q := range d.queries {
		if !strings.HasPrefix(q.ID, query) {
			out.queries = append(out.queries, q)
		}
	}
	return &out
}

func success(x *Index, d *evalData) float64 {
	n, right := 0.0, 0.0
	for _, q := range d.queries {
		want := d.qrels[q.ID]
		if !answered(want) {
			continue
		}
		n++
		query := Query{Text: q.Text, Limit: 1}
		if d.dropSelf {
			query.Exclude = []string{q.ID}
		}
		if r := x.Search(query); len(r.Hits) > 0 && want[r.Hits[0].ID] > 0 {
			right++
		}
	}
	return right / n
}

// TestOneIndexOnDevelopmentData puts all sets into one index, without the English
// twins of Chinese answers: no set may lose two points of success@1.
func TestOneIndexOnDevelopmentData(t *testing.T) {
	long(t)
	sets := map[string]*evalData{}
	all := &ownEngine{index: NewIndex()}
	for _, name := range []string{"stackfaq-en", "bugdup-en", "swfaq-zh", "xling-zh-en", "vaswani-en"} {
		sets[name] = devSet(t, name).without("-", "-")
		if name == "xling-zh-en" {
			sets[name] = sets[name].without("ms-", "q-ms-")
		}
		if err := all.put(sets[name].docs); err != nil {
			t.Fatal(err)
		}
	}
	delete(sets, "vaswani-en")
	for name, d := range sets {
		alone := &ownEngine{index: NewIndex()}
		if err := alone.put(d.docs); err != nil {
			t.Fatal(err)
		}
		a, b := success(alone.index, d), success(all.index, d)
		t.Logf("%s: success@1 %.3f alone, %.3f in one index", name, a, b)
		if a-b > .02 {
			t.Errorf("%s loses %.1f points", name, 100*(a-b))
		}
	}
}

// TestNoAnswerOnDevelopmentData takes each half of the answered documents away in
// turn and asks everything.
func TestNoAnswerOnDevelopmentData(t *testing.T) {
	long(t)
	for _, tt := range []struct {
		name  string
		right float64
		all   float64
	}{
		{"stackfaq-en", .885, .845},
		{"swfaq-zh", .84, .73},
		{"xling-zh-en", .93, .90},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := devSet(t, tt.name)
			var right, answerable, without []float64
			for half := range uint32(2) {
				x := halfIndex(t, d, half)
				for _, q := range d.queries {
					r := x.Search(Query{Text: q.Text, Limit: 1})
					switch {
					case !inHalf(d.qrels[q.ID], half):
						without = append(without, r.Confidence)
						continue
					case len(r.Hits) > 0 && d.qrels[q.ID][r.Hits[0].ID] > 0:
						right = append(right, r.Confidence)
					}
					answerable = append(answerable, r.Confidence)
				}
			}
			a, b := auc(right, without), auc(answerable, without)
			t.Logf("AUC %.3f, of all answerable queries %.3f", a, b)
			if a < tt.right || b < tt.all {
				t.Errorf("AUC %.3f and %.3f, want at least %.3f and %.3f", a, b, tt.right, tt.all)
			}
		})
	}
}

// halfIndex leaves out the answers of the other half.
func halfIndex(t *testing.T, d *evalData, half uint32) *Index {
	t.Helper()
	answers := map[string]int{}
	for _, want := range d.qrels {
		for id := range want {
			answers[id] = 1
		}
	}
	var keep []evalDoc
	for _, e := range d.docs {
		if answers[e.ID] == 0 || inHalf(map[string]int{e.ID: 1}, half) {
			keep = append(keep, e)
		}
	}
	e := &ownEngine{index: NewIndex()}
	if err := e.put(keep); err != nil {
		t.Fatal(err)
	}
	return e.index
}

func inHalf(want map[string]int, half uint32) bool {
	for id := range want {
		h := fnv.New32a()
		h.Write([]byte(id))
		if h.Sum32()>>7%2 == half {
			return true
		}
	}
	return false
}
