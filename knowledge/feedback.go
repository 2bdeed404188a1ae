package knowledge

import (
	"cmp"
	"slices"
)

// Documents without a title are ranked by their text alone. What the best of
// them have in common is the evidence that takes the title's place: pseudo
// relevance feedback, after Rocchio. Where there are titles it would only blur
// them.
const (
	feedbackDocs  = 10 // best untitled candidates that are read
	feedbackTerms = 20 // of their terms that are kept
	feedbackNorm  = 60 // tokens of a text of middle length
)

// untitled reports a document that has neither title nor alias.
func (r *record) untitled() bool { return r.lens[fieldTitle] == 0 }

// common is how often a term stands in a text, levelled between 0 and 1.
func (r *record) common(e *entry) float64 {
	tf, size := 0, 0
	for f := range fieldGloss {
		tf += int(e.tf[f])
		size += int(r.lens[f])
	}
	return float64(tf) / (float64(tf) + .6 + .9*float64(size)/feedbackNorm)
}

// feedback adds evidence to the untitled candidates of one language, which have
// scores already.
func (x *Index) feedback(l language, n int, all []candidate) {
	var bare []*candidate
	for i := range all {
		if c := &all[i]; c.rec.lang == l && c.rec.untitled() {
			bare = append(bare, c)
		}
	}
	if len(bare) < 2*feedbackDocs {
		return // nearly all of them would be read
	}
	slices.SortFunc(bare, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.rec.id, b.rec.id))
	})
	kept := x.commonTerms(l, n, bare[:feedbackDocs])
	best := 1e-9
	for _, c := range bare {
		for e := range c.rec.eachEntry {
			if w, ok := kept[e.term]; ok {
				c.ev[evFeedback] += w * c.rec.common(e)
			}
		}
		best = max(best, c.ev[evFeedback])
	}
	scale := bare[0].ev[evRelative] / best
	for _, c := range bare {
		c.ev[evFeedback] *= scale
	}
}

// commonTerms weighs the terms that stand in the best candidates.
func (x *Index) commonTerms(l language, n int, best []*candidate) map[uint32]float64 {
	type weighed struct {
		term   uint32
		weight float64
	}
	sum := map[uint32]float64{}
	for _, c := range best {
		trust := c.score / max(best[0].score, 1e-9)
		trust *= trust
		for e := range c.rec.eachEntry {
			sum[e.term] += trust * trust * c.rec.common(e)
		}
	}
	list := make([]weighed, 0, len(sum))
	for term, w := range sum {
		list = append(list, weighed{term, w * float64(idf(n, x.dict.df[l].at(term).Load()))})
	}
	slices.SortFunc(list, func(a, b weighed) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.term, b.term)) })
	kept := map[uint32]float64{}
	for _, t := range list[:min(len(list), feedbackTerms)] {
		kept[t.term] = t.weight
	}
	return kept
}
