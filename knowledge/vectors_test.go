package knowledge

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func unit(rng *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	sum := 0.0
	for i := range v {
		v[i] = float32(rng.NormFloat64())
		sum += float64(v[i]) * float64(v[i])
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

func TestVectorSearchIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	x := NewIndex()
	vecs := map[string][]float32{}
	for i := range 300 {
		vecs[string(rune('a'+i%26))+string(rune('0'+i/26))] = unit(rng, 37)
	}
	if err := x.SetVectors("m/37", vecs); err != nil {
		t.Fatal(err)
	}
	q := unit(rng, 37)
	got := x.vecs.Load().search(q, 10, func(string) bool { return true })
	var all []float64
	for _, v := range vecs {
		sum := 0.0
		for i := range v {
			sum += float64(v[i]) * float64(q[i])
		}
		all = append(all, sum)
	}
	slices.Sort(all)
	for i, n := range got {
		if want := all[len(all)-1-i]; math.Abs(float64(n.cos)-want) > 1e-5 {
			t.Errorf("place %d has %.5f, want %.5f", i, n.cos, want)
		}
	}
}

func TestVectorsInSearch(t *testing.T) {
	x := shelf(t)
	if err := x.Put(Doc{ID: "hidden", Title: "secret matter", Customer: "acme"}); err != nil {
		t.Fatal(err)
	}
	v := []float32{1, 0}
	if err := x.SetVectors("m", map[string][]float32{"vpn": v, "cert": {0, 1}, "hidden": v, "not there": v}); err != nil {
		t.Fatal(err)
	}
	if got := ids(x.Search(Query{Text: "tunnel collapses", Vector: v, Space: "m"})); len(got) == 0 || got[0] != "vpn" {
		t.Errorf("no word in common: %v", got)
	} else if slices.Contains(got, "hidden") {
		t.Error("another customer's document was found by its vector")
	}
	if got := ids(x.Search(Query{Text: "tunnel collapses", Vector: v, Space: "other model"})); slices.Contains(got, "vpn") {
		t.Errorf("vectors of two models were mixed: %v", got)
	}
	if err := x.SetVectors("m", map[string][]float32{"a": {1}, "b": {1, 0}}); !errors.Is(err, ErrVectors) {
		t.Errorf("got %v", err)
	}
}
