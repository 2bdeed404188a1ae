package knowledge

// params are the numbers of the ranking, per language. They were chosen on the
// development sets together, none for one set alone; docs/knowledge.md says
// what each part contributes.
type params struct {
	k1       float32
	b        [fields]float32
	weight   [fields]float32
	kind     [5]float32 // query weight by Kind
	maxTerms int        // best query terms used
	cross    float32    // factor for documents found across languages
	fuse     [evidences]float64
}

const queryK3 = 8

func defaultParams() [languages]params {
	return [languages]params{
		english: {
			k1:       3,
			b:        [fields]float32{.5, .75, .75, .75, .75},
			weight:   [fields]float32{4, 2, 1, .7, .5},
			kind:     [5]float32{1, 1, .7, .4, .3},
			maxTerms: 32,
			cross:    .8,
			fuse:     [evidences]float64{evRelative: .75, evText: .1, evHeadCover: .15, evWhole: 1.5, evTitle: 1.3},
		},
		chinese: {
			k1:       2,
			b:        [fields]float32{.5, .9, .9, .75, .75},
			weight:   [fields]float32{2, 1.5, 1, .7, .5},
			kind:     [5]float32{1, 1, .7, .4, .3},
			maxTerms: 48,
			cross:    .8,
			fuse:     [evidences]float64{evRelative: 1.1, evCover: .45, evWhole: 1, evHeadFilled: .3},
		},
	}
}
