package knowledge

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"
)

// poolSize is how many documents of each language reach the second stage.
const poolSize = 100

// candidate is a document on its way to a hit.
type candidate struct {
	rec   *record
	bm25  float64
	ev    [evidences]float64
	score float64
}

// The evidence for a candidate, each about 0 to 1.
const (
	evFields     = iota // field scores relative to what the query could reach
	evRelative          // the same relative to the best candidate
	evCover             // share of the query's weight that is matched
	evHeadCover         // share that is matched in the title
	evWhole             // cosine of n-grams with the whole text
	evTitle             // cosine of n-grams with the title
	evHeadFilled        // share of the title's weight that the query matches
	evFeedback          // what it has in common with the best, for documents without a title
	evDense             // cosine of vectors, when there are any
	evidences
)

// scratch is memory reused between searches.
type scratch struct {
	scores []float32
	norms  [fields][256]float32
	query  gramSet
	doc    gramSet
	text   []rune

	weights [languages]gramWeights
	terms   []weighted
}

var scratchPool = sync.Pool{New: func() any { return new(scratch) }}

// stage1 scores one language's documents by their fields and returns the best
// allowed ones.
func (x *Index) stage1(q *Query, par *params, terms []queryTerm, p *part, sc *scratch) []candidate {
	for f := range fields {
		avg := float32(1)
		if p.cnt[f] > 0 {
			avg = float32(p.sum[f]) / float32(p.cnt[f])
		}
		for c := range 256 {
			sc.norms[f][c] = par.weight[f] / (1 - par.b[f] + par.b[f]*lenValue(uint8(c))/avg)
		}
	}
	var best []candidate
	for i := range p.views {
		v := &p.views[i]
		if cap(sc.scores) < len(v.seg.docs) {
			sc.scores = make([]float32, len(v.seg.docs))
		}
		sc.scores = sc.scores[:len(v.seg.docs)]
		clear(sc.scores)
		for _, t := range terms {
			v.seg.score(t, par.k1, sc)
		}
		best = v.collect(q, sc.scores, best)
	}
	slices.SortFunc(best, byBase)
	return best
}

func byBase(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.bm25, a.bm25), cmp.Compare(a.rec.id, b.rec.id))
}

// score adds one term's share to every document that holds it.
func (s *segment) score(t queryTerm, k1 float32, sc *scratch) {
	b := s.find(t.id)
	w := t.weight * (k1 + 1)
	doc := uint32(0)
	for p := 0; p < len(b); {
		d := uint32(b[p])
		p++
		if d >= 0x80 {
			n := 0
			var rest uint64
			rest, n = binary.Uvarint(b[p-1:])
			d, p = uint32(rest), p-1+n
		}
		doc += d
		m := b[p]
		p++
		lens := &s.lens[doc]
		var tf float32
		counted := m&(1<<fields) != 0
		for m &= 1<<fields - 1; m != 0; m &= m - 1 {
			f := bits.TrailingZeros8(m)
			n := float32(1)
			if counted {
				n = float32(b[p])
				p++
			}
			tf += n * sc.norms[f][lens[f]]
		}
		sc.scores[doc] += w * tf / (k1 + tf)
	}
}

// collect keeps the poolSize best allowed documents in a heap whose root is the
// worst.
func (v *view) collect(q *Query, scores []float32, heap []candidate) []candidate {
	least := float32(0) // of a full pool; nothing at zero is taken
	if len(heap) == poolSize {
		least = float32(heap[0].bm25)
	}
	for i, s := range scores {
		if s <= 0 || s < least {
			continue
		}
		rec := v.seg.docs[i]
		if v.isDead(uint32(i)) || !q.allows(rec) {
			continue
		}
		c := candidate{rec: rec, bm25: float64(s)}
		if len(heap) < poolSize {
			heap = append(heap, c)
			for k := len(heap) - 1; k > 0; {
				up := (k - 1) / 2
				if byBase(heap[up], heap[k]) >= 0 {
					break
				}
				heap[up], heap[k] = heap[k], heap[up]
				k = up
			}
			continue
		}
		if byBase(c, heap[0]) >= 0 {
			continue
		}
		heap[0] = c
		sink(heap)
		least = float32(heap[0].bm25)
	}
	return heap
}

func sink(heap []candidate) {
	for k := 0; ; {
		down := 2*k + 1
		if down >= len(heap) {
			return
		}
		if down+1 < len(heap) && byBase(heap[down+1], heap[down]) > 0 {
			down++
		}
		if byBase(heap[down], heap[k]) <= 0 {
			return
		}
		heap[k], heap[down] = heap[down], heap[k]
		k = down
	}
}

// rank runs both stages and returns every candidate, best first.
func (x *Index) rank(q *Query) (*parsed, []candidate) {
	snap := x.snap.Load()
	sc := scratchPool.Get().(*scratch)
	defer scratchPool.Put(sc)
	p := parse(q, x.dict.vocab)
	x.correct(p)
	var found [languages][]candidate
	for l := range languages {
		part := &snap.parts[l]
		if part.n == 0 {
			continue
		}
		terms, reach, unknown := x.terms(p, l, part)
		if l == p.lang || snap.parts[p.lang].n == 0 {
			p.unknown = unknown
		}
		if len(terms) == 0 {
			continue
		}
		p.terms[l], p.reach[l] = terms, max(reach, 1e-6)
		par := x.params(p, l)
		found[l] = x.stage1(q, par, terms[:min(len(terms), par.maxTerms)], part, sc)
		for i := range found[l] {
			c := &found[l][i]
			c.ev[evFields] = c.bm25 / float64(p.reach[l])
			if l != p.lang {
				c.ev[evFields] = crossFactor * min(c.ev[evFields], crossMost)
			}
		}
	}
	var all []candidate
	best := bestFields(found)
	for l := range languages {
		found[l] = hopeful(found[l], best)
	}
	x.addDense(q, &found)
	for l := range languages {
		x.stage2(p, l, &snap.parts[l], found[l], sc)
		all = append(all, found[l]...)
	}
	x.fuse(p, q, all, best, snap)
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.rec.id, b.rec.id))
	})
	return p, all
}

func bestFields(found [languages][]candidate) float64 {
	best := 1e-9
	for _, list := range found {
		if len(list) > 0 {
			best = max(best, list[0].ev[evFields])
		}
	}
	return best
}

const (
	hopeMin   = 20 // candidates that always reach the second stage
	hopeShare = .4 // of the best field score that others need
)

// hopeful cuts the tail of a sorted list that the second stage could not lift
// to the front.
func hopeful(list []candidate, best float64) []candidate {
	for i := hopeMin; i < len(list); i++ {
		if list[i].ev[evFields] < hopeShare*best {
			return list[:i]
		}
	}
	return list
}

// MaxLimit is the most hits one search returns.
const MaxLimit = 100

// Search finds the documents that answer a query, best first.
func (x *Index) Search(q Query) Result {
	p, all := x.rank(&q)
	limit := q.Limit
	if limit <= 0 {
		limit = 10
	}
	r := Result{Band: Nothing}
	if len(all) == 0 {
		return r
	}
	r.Features = features(p, all)
	r.Confidence = x.calib.Load().model.at(&r.Features)
	r.Band = x.calib.Load().band(r.Confidence)
	lex := x.dict.lexicon()
	for _, c := range all[:min(limit, len(all), MaxLimit)] {
		r.Hits = append(r.Hits, Hit{ID: c.rec.id, Kind: c.rec.kind, Score: c.score, Cover: c.ev[evCover], Words: matched(p, c.rec, lex),
			Helped: int(c.rec.helped), Failed: int(c.rec.failed), Updated: c.rec.updated, Note: c.rec.note})
	}
	return r
}

// maxMatched is how many matched words a hit shows.
const maxMatched = 8

// matched returns the words of the query that stand in a document. Single
// characters are left out when there is anything better.
func matched(p *parsed, r *record, lex lexicon) []string {
	has := map[uint32]bool{}
	for e := range r.eachEntry {
		has[e.term] = true
	}
	var words, chars []string
	for _, t := range p.terms[r.lang] {
		switch {
		case !has[t.id] || slices.Contains(words, t.shown):
		case lex.kinds[t.id] == KindHanChar:
			chars = append(chars, t.shown)
		case len(words) < maxMatched:
			words = append(words, t.shown)
		}
	}
	if len(words) == 0 {
		return chars[:min(len(chars), maxMatched)]
	}
	return words
}
