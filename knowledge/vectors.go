package knowledge

import (
	"cmp"
	"errors"
	"slices"
)

// vectorSet is an exact nearest-neighbour index over the vectors of one space.
type vectorSet struct {
	space string
	dim   int
	ids   []string
	flat  []float32 // dim numbers for each id
}

// ErrVectors says that vectors do not fit together.
var ErrVectors = errors.New("knowledge: vectors of another shape")

// maxVectors bounds the vectors of one index.
const maxVectors = 1_000_000

// SetVectors replaces the vectors of the documents, each of length one, made by
// the model that space names. Queries of another space ignore them, so vectors
// of two models are never compared; nil takes them away.
func (x *Index) SetVectors(space string, vectors map[string][]float32) error {
	if len(vectors) == 0 {
		x.vecs.Store(nil)
		return nil
	}
	if len(vectors) > maxVectors {
		return ErrVectors
	}
	s := &vectorSet{space: space}
	for id, v := range vectors {
		if s.dim == 0 {
			s.dim = len(v)
		}
		if len(v) == 0 || len(v) != s.dim {
			return ErrVectors
		}
		s.ids = append(s.ids, id)
	}
	slices.Sort(s.ids)
	for _, id := range s.ids {
		s.flat = append(s.flat, vectors[id]...)
	}
	x.vecs.Store(s)
	return nil
}

// near is one vector close to a query.
type near struct {
	at  int
	cos float32
}

// dot is the inner product, in eight sums so that the processor can overlap
// them.
func dot(a, b []float32) float32 {
	var s [8]float32
	n := len(a) &^ 7
	for i := 0; i < n; i += 8 {
		x, y := a[i:i+8:i+8], b[i:i+8:i+8]
		for k := range 8 {
			s[k] += x[k] * y[k]
		}
	}
	for i := n; i < len(a); i++ {
		s[0] += a[i] * b[i]
	}
	return s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7]
}

// search returns the n best vectors that ok allows, best first.
func (s *vectorSet) search(q []float32, n int, ok func(id string) bool) []near {
	var best []near
	for i := range s.ids {
		c := dot(q, s.flat[i*s.dim:(i+1)*s.dim])
		if len(best) == n && c <= best[n-1].cos || !ok(s.ids[i]) {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, c, func(b near, c float32) int { return cmp.Compare(c, b.cos) })
		best = slices.Insert(best, at, near{i, c})
		best = best[:min(len(best), n)]
	}
	return best
}

// denseWeight is what the cosine of a query's and a document's vectors counts
// among the other evidence.
const denseWeight = 1.5

// addDense gives candidates the evidence of their vectors, and adds the nearest
// documents that no word led to.
func (x *Index) addDense(q *Query, found *[languages][]candidate) {
	s := x.vecs.Load()
	if s == nil || len(q.Vector) != s.dim || q.Space != s.space {
		return
	}
	nearest := s.search(q.Vector, poolSize, func(id string) bool {
		r := x.record(id)
		return r != nil && q.allows(r)
	})
	cos := map[string]float64{}
	for _, n := range nearest {
		cos[s.ids[n.at]] = float64(n.cos)
	}
	for l := range found {
		for i := range found[l] {
			c := &found[l][i]
			c.ev[evDense] = cos[c.rec.id]
			delete(cos, c.rec.id)
		}
	}
	for _, n := range nearest {
		id := s.ids[n.at]
		v, ok := cos[id]
		r := x.record(id)
		if !ok || r == nil {
			continue
		}
		c := candidate{rec: r}
		c.ev[evDense] = v
		found[r.lang] = append(found[r.lang], c)
	}
}
