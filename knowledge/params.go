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
			maxTerms: 16,
			cross:    .45,
			fuse:     [evidences]float64{evRelative: .75, evHeadCover: .2, evWhole: 1.6, evTitle: 1.5},
		},
		chinese: {
			k1:       2,
			b:        [fields]float32{.5, .9, .9, .75, .75},
			weight:   [fields]float32{2, 1.5, 1, .7, .5},
			kind:     [5]float32{1, 1, .7, .4, .3},
			maxTerms: 48,
			cross:    .45,
			fuse:     [evidences]float64{evFields: 1.12, evCover: .42, evWhole: .87, evHeadFilled: .37},
		},
	}
}
