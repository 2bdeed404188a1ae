package knowledge

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// smallCEDICT is written in the format of CC-CEDICT.
const smallCEDICT = `# a small dictionary
水錘 水锤 [shui3 chui2] /water hammer/(physics) hydraulic shock/CL:個|个[ge4]/
離心泵 离心泵 [li2 xin1 beng4] /centrifugal pump/
閥門 阀门 [[fa2men2]] /valve/
擰緊 拧紧 [ning3 jin3] /to screw tight; to tighten/
王 王 [Wang2] /surname Wang/
AA制 AA制 [A A zhi4] /to split the bill/
見 见 [jian4] /to see/
甲狀腺 甲状腺 [jia3 zhuang4 xian4] /see also 腺[xian4]/a very long explanation that is no translation at all/
`

// TestCEDICT: with the dictionary a Chinese question finds an English article by
// words that the embedded glossary lacks, also in traditional characters.
func TestCEDICT(t *testing.T) {
	v, err := readCEDICT(strings.NewReader(smallCEDICT))
	if err != nil {
		t.Fatal(err)
	}
	docs := []Doc{
		{ID: "hammer", Title: "Water hammer in the pipes", Symptom: "the pipe bangs when the pump stops"},
		{ID: "pump", Title: "Centrifugal pump runs dry", Symptom: "no pressure"},
		{ID: "gate", Title: "Gate does not open", Symptom: "motor hums"},
	}
	plain, more := NewIndex(), NewIndexWith(v)
	for _, x := range []*Index{plain, more} {
		if err := x.Put(docs...); err != nil {
			t.Fatal(err)
		}
	}
	for question, want := range map[string]string{"水锤": "hammer", "水錘很響": "hammer", "离心泵": "pump"} {
		if got := ids(more.Search(Query{Text: question})); len(got) == 0 || got[0] != want {
			t.Errorf("%s finds %v, want %s", question, got, want)
		}
		if got := ids(plain.Search(Query{Text: question})); len(got) != 0 {
			t.Errorf("%s finds %v without the dictionary", question, got)
		}
	}
	if v.version == ShippedVocabulary().version {
		t.Error("the version of the tokens is that of the embedded vocabulary")
	}
	again, err := readCEDICT(strings.NewReader(smallCEDICT))
	if err != nil || again.version != v.version {
		t.Errorf("the same file has another version: %v", err)
	}
	other, err := readCEDICT(strings.NewReader(strings.Replace(smallCEDICT, "/valve/", "/gate/", 1)))
	if err != nil || other.version == v.version {
		t.Errorf("another reading has the same version: %v", err)
	}
}

func TestCEDICTLine(t *testing.T) {
	for _, tt := range []struct {
		name, line, zh string
		senses         []string
		ok             bool
	}{
		{"one sense", "閥門 阀门 [fa2 men2] /valve/", "阀门", []string{"valve"}, true},
		{"doubled brackets", "閥門 阀门 [[fa2men2]] /valve/", "阀门", []string{"valve"}, true},
		{"remarks and measure words", "水錘 水锤 [x] /water hammer/(physics) hydraulic shock/CL:個|个[ge4]/", "水锤 水錘", []string{"water hammer", "hydraulic shock"}, true},
		{"verbs and semicolons", "擰緊 拧紧 [x] /to screw tight; to tighten/", "拧紧", []string{"screw tight", "tighten"}, true},
		{"names and long explanations", "王 王 [x] /surname Wang/a kind of thing that needs explaining/", "王", nil, true},
		{"references", "甲 甲 [x] /variant of 乙/see 乙[yi3]/", "甲", nil, true},
		{"no reading", "閥門 阀门 /valve/", "", nil, false},
		{"no sense", "閥門 阀门 [fa2 men2]", "", nil, false},
		{"one form", "阀门 [fa2 men2] /valve/", "", nil, false},
		{"no closing bracket", "閥門 阀门 [fa2 men2 /valve/", "", nil, false},
		{"no closing slash", "閥門 阀门 [fa2 men2] /valve", "", nil, false},
		{"not UTF-8", "閥門 阀门 [fa2] /\xff/", "", nil, false},
		{"nothing", "", "", nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			zh, senses, ok := cedictLine(tt.line)
			if strings.Join(zh, " ") != tt.zh || !slices.Equal(senses, tt.senses) || ok != tt.ok {
				t.Errorf("%q %q %v, want %q %q %v", zh, senses, ok, tt.zh, tt.senses, tt.ok)
			}
		})
	}
}

func TestCEDICTRefuses(t *testing.T) {
	good := strings.SplitAfter(smallCEDICT, "\n")[1]
	for _, tt := range []struct{ name, text, want string }{
		{"another format", "阀门 = valve\n", "line 1 is not in the format"},
		{"nothing", "# only a comment\n", "with 0 good and 0 bad lines"},
		{"mostly something else", good + strings.Repeat("nonsense\n", 5), "with 2 good and 5 bad lines"},
		{"a line without end", good + strings.Repeat("x", maxCEDICTLine+1), "line 2: "},
		{"too large", good + strings.Repeat("# "+strings.Repeat("x", 1<<13)+"\n", maxCEDICTBytes>>13), "is larger than 64 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := readCEDICT(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	path := filepath.Join(t.TempDir(), "d.txt")
	if _, err := LoadCEDICT(path); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := os.WriteFile(path, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadCEDICT(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a broken file is not named: %v", err)
	}
}

func FuzzCEDICTLine(f *testing.F) {
	for line := range strings.Lines(smallCEDICT) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		zh, senses, ok := cedictLine(strings.TrimSpace(line))
		if ok && len(zh) == 0 || !ok && len(senses) > 0 {
			t.Errorf("%q %q %v", zh, senses, ok)
		}
	})
}
