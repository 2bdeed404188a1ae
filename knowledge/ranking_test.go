package knowledge

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSynonyms asks with other words than the article has.
func TestSynonyms(t *testing.T) {
	x := shelf(t)
	if err := x.Put(
		Doc{ID: "delete", Title: "Delete a mailbox for good"},
		Doc{ID: "hide", Title: "Hide a mailbox from the list"},
		Doc{ID: "folder", Title: "Share a directory with a colleague"},
	); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, query, want string }{
		{"one word", "erase mailbox", "delete"},
		{"all words", "remove the inbox", "delete"},
		{"the word itself beats its synonyms", "hide inbox", "hide"},
		{"the other way round", "sharing a folder", "folder"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ids(x.Search(Query{Text: tt.query})); len(got) == 0 || got[0] != tt.want {
				t.Errorf("%q found %v, want %s first", tt.query, got, tt.want)
			}
		})
	}
}

func TestSynonymsAreClean(t *testing.T) {
	table := synonyms()
	if len(table) < 400 {
		t.Fatalf("%d words with synonyms", len(table))
	}
	for word, list := range table {
		for _, s := range list {
			if s == word || !slices.Contains(table[s], word) {
				t.Errorf("%s and %s do not stand for one another", word, s)
			}
		}
	}
}

// TestSynonymsAreNoGap holds that a word whose synonyms are missing is no less
// known for it, and that a long text is not widened.
func TestSynonymsAreNoGap(t *testing.T) {
	x := NewIndex()
	if err := x.Put(Doc{ID: "a", Title: "delete mailbox"}); err != nil {
		t.Fatal(err)
	}
	q := Query{Text: "delete mailbox"}
	p, all := x.rank(&q)
	if p.unknown != 0 || len(all) != 1 || all[0].ev[evCover] < .999 {
		t.Errorf("unknown %.2f, candidates %+v", p.unknown, all)
	}
	long := "delete"
	for i := range 2 * synonymMax {
		long += fmt.Sprintf(" word%c%c", 'a'+i/26, 'a'+i%26)
	}
	p = parse(&Query{Text: long}, ShippedVocabulary())
	if slices.ContainsFunc(p.words, func(w word) bool { return w.of > 0 }) {
		t.Error("a long text was widened")
	}
}

// TestFeedback ranks texts without titles: of two that share nothing but one
// word with the question, the one that speaks of the same things as the best
// comes first.
func TestFeedback(t *testing.T) {
	var docs []Doc
	for i := range 30 {
		docs = append(docs, Doc{ID: fmt.Sprintf("core%02d", i), Body: fmt.Sprintf("valve pressure sensor turbine rotor report%d", i)})
	}
	docs = append(docs,
		Doc{ID: "stray", Body: "valve orchid garden flower bloom summer"},
		Doc{ID: "kin", Body: "valve sensor turbine rotor winter summer"})
	x := NewIndex()
	if err := x.Put(docs...); err != nil {
		t.Fatal(err)
	}
	got := ids(x.Search(Query{Text: "valve", Limit: MaxLimit}))
	kin, stray := slices.Index(got, "kin"), slices.Index(got, "stray")
	if kin < 0 || stray < 0 || kin > stray {
		t.Errorf("kin at %d, stray at %d of %d", kin, stray, len(got))
	}
}

// TestGlossesKeepTheirOrder asks the same across languages of indexes built
// apart: only the order of sums may differ.
func TestGlossesKeepTheirOrder(t *testing.T) {
	build := func() *Index {
		glosses := map[string][]gloss{}
		buildGlosses(glosses, glossaryPairs(), 1)
		x := NewIndexWith(newVocabulary(hanWords(), glosses))
		if err := x.Put(newBenchText().docs(0, 200)...); err != nil {
			t.Fatal(err)
		}
		return x
	}
	a, b := build(), build()
	gen := newBenchText()
	for i := range 60 {
		q := Query{Text: gen.query(i), Internal: true}
		if x, y := a.Search(q), b.Search(q); !slices.EqualFunc(x.Hits, y.Hits, func(x, y Hit) bool { return x.ID == y.ID && math.Abs(x.Score-y.Score) < 1e-6 }) {
			t.Fatalf("query %d: %v and %v", i, x.Hits, y.Hits)
		}
	}
}

func TestSortByTerm(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, most := range []uint64{1, 2, 1 << 11, 1 << 20, 1 << 32} {
		keys := make([]uint64, 5000)
		for i := range keys {
			keys[i] = rng.Uint64N(most)<<32 | uint64(i)
		}
		want := slices.Sorted(slices.Values(keys))
		if got := sortByTerm(keys); !slices.Equal(got, want) {
			t.Fatalf("terms below %d are not in order", most)
		}
	}
	if len(sortByTerm(nil)) != 0 {
		t.Error("something came of nothing")
	}
}

func TestConfidenceFeatures(t *testing.T) {
	x := shelf(t)
	clear, vague := x.Search(Query{Text: "TLS certificate expired on the gateway"}), x.Search(Query{Text: "gateway of the weekly invoice report"})
	if clear.Confidence <= vague.Confidence {
		t.Errorf("clear %.2f, vague %.2f", clear.Confidence, vague.Confidence)
	}
	for i, v := range clear.Features {
		if v < -1 || v > 4 {
			t.Errorf("feature %d is %.2f", i, v)
		}
	}
	if f := clear.Features; f[FeatExact] < .99 || f[FeatUnknown] != 0 || f[FeatMass] < .8 {
		t.Errorf("a question in the article's own words: %+v", f)
	}
}
