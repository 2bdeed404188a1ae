package knowledge

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var exchanged = []Doc{
	{ID: "KB-1", Kind: Article, Lang: "en", Title: "Gateway timeout", Symptom: "504 for all payments\n\n- since noon", Cause: "pool too small",
		Solution: "Raise it:\n\n```\n# not a heading\nreload\n```", Body: "nginx 1.25", Aliases: []string{"payments hang", "504 again"}, Product: "pay",
		Version: "2.1", State: Published, Helped: 3, Failed: 1, Updated: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
	{ID: "team/知识 2", Kind: Article, Lang: "zh", Title: "订单表死锁", Symptom: "更新卡住", Solution: "统一顺序", Customer: "acme", Internal: true},
	{ID: "KB-3", Kind: Article, Title: "=1+1 is no formula", Symptom: "'quoted", Solution: "-x\n@y"},
}

func TestMarkdownRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	if err := ExportMarkdown(dir, exchanged); err != nil {
		t.Fatal(err)
	}
	got, err := ImportMarkdown(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(exchanged)
	for _, list := range [][]Doc{got, want} {
		slices.SortFunc(list, func(a, b Doc) int { return strings.Compare(a.ID, b.ID) })
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCSVRoundTrip(t *testing.T) {
	var b bytes.Buffer
	if err := WriteCSV(&b, exchanged); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "\n=1+1") || strings.Contains(b.String(), ",=1+1") {
		t.Error("a formula was written")
	}
	got, err := ReadCSV(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(exchanged, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadMarkdown(t *testing.T) {
	for _, tt := range []struct {
		name, text, title, symptom, body string
		bad                              bool
	}{
		{"plain file", "# Printer\n\nReplace the toner.\n", "Printer", "", "Replace the toner.", false},
		{"chinese headings", "# 打印机\n## 现象\n空白页\n", "打印机", "空白页", "", false},
		{"facts of another tool", "---\ntags: [a]\ntitle: \"Printer\"\n---\ntext\n", "Printer", "", "text", false},
		{"windows line ends", "# Printer\r\n\r\ntext\r\n", "Printer", "", "text", false},
		{"no title", "just text", "", "", "", true},
		{"open facts", "---\nid: x\n", "", "", "", true},
		{"bad number", "---\nhelped: many\n---\n# x\n", "", "", "", true},
		{"too large", "# x\n" + strings.Repeat("a", maxImportFile), "", "", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := ReadMarkdown(strings.NewReader(tt.text))
			if tt.bad {
				if !errors.Is(err, ErrImport) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || d.Title != tt.title || d.Symptom != tt.symptom || d.Body != tt.body {
				t.Errorf("%+v %v", d, err)
			}
		})
	}
}

func TestReadCSVErrors(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "no id": "title\nx\n", "empty title": "id,title\n1,\n", "ragged": "id,title\n1\n", "bad date": "id,title,updated\n1,x,yesterday\n"} {
		if _, err := ReadCSV(strings.NewReader(text)); !errors.Is(err, ErrImport) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDraft(t *testing.T) {
	d := Draft(Facts{Number: "F-10427", Symptom: []string{"Payments fail with ORA-00600\nmail joe@example.com", "Payments fail with ORA-00600\nmail joe@example.com", "call 13812345678"},
		Environment: []string{"pay 2.1"}, Cause: "pool", Solution: []string{"restarted", "raised the pool"}, SolvedAt: time.Unix(0, 0)})
	if d.Title != "Payments fail with ORA-00600" || d.State != "draft" || !d.Internal || d.Solution != "restarted\n\nraised the pool" || d.Body != "pay 2.1" {
		t.Errorf("%+v", d)
	}
	if strings.Contains(d.Symptom, "joe@") || strings.Contains(d.Symptom, "138") || strings.Count(d.Symptom, "ORA-00600") != 1 {
		t.Errorf("symptom %q", d.Symptom)
	}
}

func FuzzReadMarkdown(f *testing.F) {
	f.Add("---\nid: a\n---\n# t\n## Symptom\nx")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ReadMarkdown(strings.NewReader(text))
		if err == nil && d.Title == "" {
			t.Error("no title")
		}
	})
}
