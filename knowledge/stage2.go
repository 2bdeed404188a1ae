package knowledge

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"
)

// gramWeights remembers the weight of an n-gram by how often it was seen: the
// root of the logarithm of its rarity.
type gramWeights struct {
	n    int
	seen [1 << 14]float32
}

func (g *gramWeights) at(seen uint32, n int) float32 {
	if g.n != n {
		*g = gramWeights{n: n}
	}
	if seen < uint32(len(g.seen)) {
		if w := g.seen[seen]; w != 0 {
			return w
		}
	}
	w := float32(math.Sqrt(math.Log(1 + float64(n)/float64(seen+1))))
	if seen < uint32(len(g.seen)) {
		g.seen[seen] = w
	}
	return w
}

// render writes the query as running text for one language's index. Across
// languages the glosses stand for the words.
func (p *parsed) render(l language, dst []rune) []rune {
	dst = append(dst[:0], ' ')
	for _, w := range p.order {
		if r, _ := utf8.DecodeRuneInString(w); l == p.lang || !isHan(r) {
			dst = appendWord(dst, w)
		}
	}
	if l != p.lang {
		for _, w := range p.words {
			if w.bridge {
				dst = appendWord(dst, w.text)
			}
		}
	}
	return dst
}

// stage2 computes the cosines of candidates' texts and titles with the query.
func (x *Index) stage2(p *parsed, l language, part *part, found []candidate, sc *scratch) {
	if len(found) == 0 {
		return
	}
	terms, reach := p.terms[l], max(p.reach[l], 1e-6)
	lex, counts := x.dict.lexicon(), &x.dict.grams[l]
	weight := func(h uint32) float32 { return sc.weights[l].at(counts.at(h).Load(), part.n) }
	sc.query.reset()
	sc.text = p.render(l, sc.text)
	eachGram(sc.text, sc.query.add)
	qnorm := 0.0
	for _, i := range sc.query.used {
		s := &sc.query.slot[i]
		s.query = logTable[s.count] * weight(s.hash)
		qnorm += float64(s.query) * float64(s.query)
	}
	qnorm = math.Sqrt(qnorm)
	cosine := func() float64 {
		dot, norm := 0.0, 0.0
		for _, i := range sc.doc.used {
			s := &sc.doc.slot[i]
			w := logTable[s.count] * weight(s.hash)
			norm += float64(w) * float64(w)
			if _, q := sc.query.find(s.hash); q.gen == sc.query.gen {
				dot += float64(w) * float64(q.query)
			}
		}
		if norm == 0 || qnorm == 0 {
			return 0
		}
		return dot / math.Sqrt(norm) / qnorm
	}
	byTerm := sc.byTerm(terms)
	for i := range found {
		c := &found[i]
		x.evidence(c, l, part, byTerm, reach)
		sc.doc.reset()
		text, head := c.rec.runes(lex, sc.text)
		eachGram(text[:head], sc.doc.add)
		c.ev[evTitle] = cosine()
		eachGram(text[max(head-1, 0):], sc.doc.add)
		c.ev[evWhole] = cosine()
		sc.text = text
		if l != p.lang {
			for k := range c.ev {
				if k != evFields && k != evDense { // was done before, and vectors know no language
					c.ev[k] *= crossFactor
				}
			}
		}
	}
}

// weighted is the weight of a term in the query.
type weighted struct {
	id     uint32
	weight float32
}

// byTerm puts the query's terms into the order of forward lists.
func (sc *scratch) byTerm(terms []queryTerm) []weighted {
	sc.terms = sc.terms[:0]
	for _, t := range terms {
		sc.terms = append(sc.terms, weighted{t.id, t.weight})
	}
	slices.SortFunc(sc.terms, func(a, b weighted) int { return cmp.Compare(a.id, b.id) })
	return sc.terms
}

// evidence reads the forward list of a candidate against the query's terms.
func (x *Index) evidence(c *candidate, l language, part *part, byTerm []weighted, reach float32) {
	var cover, headCover, headAll, headHit float32
	next := 0
	for e := range c.rec.eachEntry {
		for next < len(byTerm) && byTerm[next].id < e.term {
			next++
		}
		hit := next < len(byTerm) && byTerm[next].id == e.term
		if hit {
			cover += byTerm[next].weight
		}
		if e.mask&(1<<fieldTitle) == 0 {
			continue
		}
		k := idf(part.n, x.dict.df[l].at(e.term).Load())
		headAll += k
		if hit {
			headHit += k
			headCover += byTerm[next].weight
		}
	}
	c.ev[evCover] = float64(cover / reach)
	c.ev[evHeadCover] = float64(headCover / reach)
	if headAll > 0 {
		c.ev[evHeadFilled] = float64(headHit / headAll)
	}
}

// maxPrior bounds what votes can add to or take from a score, whose other parts
// add up to about three. Votes order near ties; they never hide a match.
const maxPrior = .1

// prior is the pull of what helped before, and of another version.
func (r *record) prior(q *Query) float64 {
	v := maxPrior * float64(r.helped-r.failed) / float64(r.helped+r.failed+4)
	if q.Version != "" && r.version != "" && q.Version != r.version {
		v -= maxPrior
	}
	return v
}

// longQuestion is how many tokens make a question whose wording as a whole says
// enough.
const longQuestion = 60

// bareWeights are the weights for documents without a title. The longer the question,
// the more the likeness of the whole text says, and the less feedback is needed.
func (par *params) bareWeights(length int) [evidences]float64 {
	w := par.bare
	long := min(1, float64(length)/longQuestion)
	w[evWhole] += long * (par.bareLong - w[evWhole])
	w[evFeedback] *= 1 - long
	return w
}

// fuse mixes the evidence.
func (x *Index) fuse(p *parsed, q *Query, all []candidate, best float64, snap *snapshot) {
	var titled, bare [languages][evidences]float64
	for l := range languages {
		par := x.params(p, l)
		titled[l], bare[l] = par.fuse, par.bareWeights(p.length)
	}
	mix := func(c *candidate) {
		weights := &titled[c.rec.lang]
		if c.rec.untitled() {
			weights = &bare[c.rec.lang]
		}
		c.score = denseWeight*c.ev[evDense] + c.rec.prior(q)
		for k, w := range weights {
			c.score += w * c.ev[k]
		}
	}
	for i := range all {
		c := &all[i]
		c.ev[evRelative] = c.ev[evFields] / best
		mix(c)
	}
	if bare[p.lang][evFeedback] == 0 {
		return
	}
	x.feedback(p.lang, snap.parts[p.lang].n, all)
	for i := range all {
		mix(&all[i])
	}
}
