package knowledge

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLearn(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	one := Heard{Text: "cannot strike out words in mail", Customer: "acme", Reporter: "ann", At: at}
	for _, tt := range []struct {
		name   string
		heard  []Heard
		want   Lesson
		active int
	}{
		{"one customer waits", []Heard{one}, Waiting, 0},
		{"the same customer again waits", []Heard{one, one}, Waiting, 0},
		{"a second customer confirms", []Heard{one, {Text: "cannot strike out the words in my mail", Customer: "bolt", Reporter: "bob"}}, Learned, 1},
		{"a responder confirms", []Heard{one, {Text: one.Text, Responder: "rita"}}, Learned, 1},
		{"a responder teaches", []Heard{{Text: "crossed out text", Responder: "rita"}}, Learned, 1},
		{"known", []Heard{{Text: "crossed out text", Responder: "rita"}, {Text: "the text is crossed out", Customer: "acme"}}, Known, 1},
		{"nothing to search", []Heard{{Text: "how do I", Responder: "rita"}}, NoWords, 0},
		{"at most two of one person", []Heard{one, {Text: "mail fonts broken", Customer: "acme", Reporter: "ann"}, {Text: "signature image lost", Customer: "acme", Reporter: "ann"}}, TooMuch, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var aliases []Alias
			var lesson Lesson
			for _, h := range tt.heard {
				aliases, lesson = Learn(aliases, h)
			}
			if lesson != tt.want || len(Active(aliases)) != tt.active {
				t.Errorf("%s with %d active, want %s with %d", lesson, len(Active(aliases)), tt.want, tt.active)
			}
		})
	}
}

func TestLearnRevert(t *testing.T) {
	aliases, _ := Learn(nil, Heard{Text: "crossed out text", Responder: "rita"})
	aliases, ok := Revert(aliases, "crossed out text")
	if !ok || len(Active(aliases)) != 0 {
		t.Fatalf("not reverted: %+v", aliases)
	}
	aliases, lesson := Learn(aliases, Heard{Text: "crossed out text", Customer: "a"})
	if lesson != Declined {
		t.Errorf("came back by %s", lesson)
	}
	if aliases, lesson = Learn(aliases, Heard{Text: "crossed out text", Responder: "rita"}); lesson != Learned || len(Active(aliases)) != 1 {
		t.Errorf("a responder could not bring it back: %s", lesson)
	}
}

func TestLearnIsBounded(t *testing.T) {
	var aliases []Alias
	for i := range 60 {
		aliases, _ = Learn(aliases, Heard{Text: fmt.Sprintf("word%d thing%d other%d %s", i, i, i, strings.Repeat("long ", 70)), Customer: fmt.Sprint(i), Reporter: fmt.Sprint(i)})
		aliases, _ = Learn(aliases, Heard{Text: fmt.Sprintf("alpha%d beta%d gamma%d", i, i, i), Responder: "rita"})
	}
	if n := len(Active(aliases)); n != MaxAliases {
		t.Errorf("%d active aliases, want %d", n, MaxAliases)
	}
	if len(aliases) > MaxAliases+maxWaiting {
		t.Errorf("%d aliases kept", len(aliases))
	}
	for _, a := range aliases {
		if len([]rune(a.Text)) > MaxAliasRunes {
			t.Error("an alias is too long")
		}
	}
}

// TestPoisoning lets fifty hostile customers press buttons on one document:
// what other questions find must stay as it was.
func TestPoisoning(t *testing.T) {
	x := shelf(t)
	questions := []string{"ORA-00600", "certificate expired", "死锁", "printer blank", "磁盘空间不足"}
	var before []string
	for _, q := range questions {
		before = append(before, ids(x.Search(Query{Text: q}))[0])
	}
	bad := Doc{ID: "vpn", Title: "VPN drops every ten minutes", Solution: "Set the keepalive interval.", Helped: 50}
	var aliases []Alias
	for i := range 50 {
		aliases, _ = Learn(aliases, Heard{Text: questions[i%len(questions)] + " " + questions[(i+1)%len(questions)], Customer: "evil", Reporter: fmt.Sprint("sock", i)})
	}
	bad.Aliases = Active(aliases)
	if err := x.Put(bad); err != nil {
		t.Fatal(err)
	}
	good := Doc{ID: "cert", Title: "TLS certificate expired on the gateway", Solution: "Renew the certificate and reload.", Failed: 50}
	if err := x.Put(good); err != nil {
		t.Fatal(err)
	}
	for i, q := range questions {
		if got := ids(x.Search(Query{Text: q}))[0]; got != before[i] {
			t.Errorf("%q now finds %s, before %s", q, got, before[i])
		}
	}
}

func TestVotesOrderNearTies(t *testing.T) {
	x := NewIndex()
	if err := x.Put(Doc{ID: "a", Title: "mail bounces"}, Doc{ID: "b", Title: "mail bounces", Helped: 5}, Doc{ID: "c", Title: "mail bounces", Failed: 5}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(ids(x.Search(Query{Text: "mail bounces"})), ""); got != "bac" {
		t.Errorf("order %s, want bac", got)
	}
}

func TestCalibrateNeedsEnough(t *testing.T) {
	x := shelf(t)
	if err := x.Calibrate(t.Context(), []Doc{{ID: "a", Title: "mail bounces", Aliases: []string{"letters return"}}}); !errors.Is(err, ErrTooFew) {
		t.Errorf("got %v", err)
	}
}

// TestLearningOnDevelopmentData confirms the phrasings of one annotator and
// asks those of the other.
func TestLearningOnDevelopmentData(t *testing.T) {
	long(t)
	devEvalDir(t, "stackfaq-en")
	corpus, err := readJSONL[evalDoc](filepath.Join(devData, "stackfaq-en/corpus.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	queries, err := readJSONL[evalQuery](filepath.Join(devData, "stackfaq-en/dev/queries.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	taught := map[string][]string{}
	var asked []evalQuery
	for _, q := range queries {
		thread, n, _ := strings.Cut(q.ID, "q")
		if n < "05" {
			taught[thread] = append(taught[thread], q.Text)
		} else {
			asked = append(asked, q)
		}
	}
	for k, want := range map[int]float64{0: 0, 1: .88, 3: .94} {
		x := NewIndex()
		var docs []Doc
		for _, d := range corpus {
			docs = append(docs, Doc{ID: d.ID, Title: d.Title, Body: d.Text, Aliases: taught[d.ID][:min(k, len(taught[d.ID]))]})
		}
		if err := x.Put(docs...); err != nil {
			t.Fatal(err)
		}
		right := 0
		for _, q := range asked {
			thread, _, _ := strings.Cut(q.ID, "q")
			if got := ids(x.Search(Query{Text: q.Text, Limit: 1})); len(got) > 0 && got[0] == thread {
				right++
			}
		}
		s1 := float64(right) / float64(len(asked))
		t.Logf("%d phrasings: success@1 %.3f of %d", k, s1, len(asked))
		if s1 < want {
			t.Errorf("%d phrasings: success@1 %.3f, want %.2f", k, s1, want)
		}
		if k == 3 {
			if err := x.Calibrate(t.Context(), docs); err != nil {
				t.Errorf("calibration: %v", err)
			}
			t.Logf("%+v", x.Calibration().Curve)
		}
	}
}
