package knowledge

// params are the numbers of the ranking. They were chosen on the development
// sets together, none for one set alone; docs/knowledge.md says what each part
// contributes.
type params struct {
	k1       float32
	b        [fields]float32
	weight   [fields]float32
	kind     [5]float32         // query weight by Kind
	maxTerms int                // best query terms used
	fuse     [evidences]float64 // of documents with a title
	bare     [evidences]float64 // of documents without, for a short question
	bareLong float64            // weight of the whole text there for a long one
}

const queryK3 = 8

// across is the place of the numbers for documents of the other language, which
// are found by glosses.
const across = languages

// What is found across languages counts less than what the words themselves
// find, and a title full of glosses no more than a good match.
const (
	crossFactor = .5
	crossMost   = 1.4
)

// params are the numbers for the documents of one language.
func (x *Index) params(p *parsed, l language) *params {
	if l != p.lang {
		l = across
	}
	return &x.par[l]
}

func defaultParams() [languages + 1]params {
	return [...]params{
		english: {
			k1:       3,
			b:        [fields]float32{.5, .5, .75, .75, .75},
			weight:   [fields]float32{4, 2, 1, .7, .5},
			kind:     [5]float32{1, 1, .7, .4, .3},
			maxTerms: 16,
			fuse:     [evidences]float64{evRelative: .75, evHeadCover: .2, evWhole: 1.6, evTitle: 1.5},
			bare:     [evidences]float64{evRelative: .75, evWhole: .3, evFeedback: .8},
			bareLong: 1.6,
		},
		chinese: {
			k1:       2,
			b:        [fields]float32{.5, .9, 1, .75, .75},
			weight:   [fields]float32{2, 1.5, 1, .7, .5},
			kind:     [5]float32{1, 1, .7, .4, .3},
			maxTerms: 48,
			fuse:     [evidences]float64{evFields: 1, evCover: .5, evWhole: 1.2, evHeadFilled: .37},
			bare:     [evidences]float64{evFields: 1, evCover: .5, evWhole: 1.2},
			bareLong: 1.2,
		},
		across: {
			k1:       3,
			b:        [fields]float32{.5, .9, .75, .75, .75},
			weight:   [fields]float32{3, 3, 1, .7, .5},
			kind:     [5]float32{1, 1, .7, .4, .3},
			maxTerms: 48,
			fuse:     [evidences]float64{evFields: 1, evCover: .5, evWhole: 1.8},
			bare:     [evidences]float64{evFields: 1, evCover: .5, evWhole: 1.8},
			bareLong: 1.8,
		},
	}
}
