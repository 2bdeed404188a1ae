package knowledge

import (
	"cmp"
	"math"
)

// Features describe how well the first hit answers a query, each roughly 0 to
// 1. They are what the confidence is computed from.
type Features [features_]float64

// The features.
const (
	FeatReach      = iota // field scores relative to what the query could reach
	FeatText              // whole text as one field, relative to the same
	FeatCover             // share of the query's weight the hit matches
	FeatHeadCover         // share it matches in its title
	FeatWhole             // cosine with the whole text
	FeatTitle             // cosine with the title
	FeatFilled            // share of the title's weight the query matches
	FeatGap2              // lead over the second
	FeatGap5              // lead over the fifth
	FeatGap20             // lead over the twentieth
	FeatUnknown           // share of the query's weight no document holds
	FeatLength            // logarithm of the query's length
	FeatBest              // strongest matched word relative to the query's strongest
	FeatAgreeField        // 1/rank of the hit by fields
	FeatAgreeWhole        // 1/rank of the hit by whole text
	FeatAgreeTitle        // 1/rank of the hit by title
	FeatZFields           // how far it stands out of the next twenty by fields
	FeatZWhole            // the same by whole text
	FeatZTitle            // the same by title
	FeatLeadFields        // lead over the best other by fields
	FeatLeadWhole         // the same by whole text
	FeatLeadTitle         // the same by title
	features_
)

// features describes a ranked list that is not empty.
func features(p *parsed, all []candidate) Features {
	c := &all[0]
	f := Features{
		FeatReach: c.ev[evFields], FeatText: c.ev[evText], FeatCover: c.ev[evCover], FeatHeadCover: c.ev[evHeadCover],
		FeatWhole: c.ev[evWhole], FeatTitle: c.ev[evTitle], FeatFilled: c.ev[evHeadFilled],
		FeatUnknown: float64(p.unknown), FeatLength: math.Log(1+float64(p.length)) / 5, FeatBest: float64(c.best),
		FeatGap2: gap(all, 1), FeatGap5: gap(all, 4), FeatGap20: gap(all, 19),
	}
	f[FeatAgreeField] = agreement(all, evFields)
	f[FeatAgreeWhole] = agreement(all, evWhole)
	f[FeatAgreeTitle] = agreement(all, evTitle)
	for i, k := range [...]int{evFields, evWhole, evTitle} {
		f[FeatZFields+i], f[FeatLeadFields+i] = standsOut(all, k)
	}
	return f
}

// standsOut says by how many standard deviations of the next twenty the first
// candidate is above their mean, in tenths, and its lead over the best of them.
func standsOut(all []candidate, k int) (z, lead float64) {
	v := all[0].ev[k]
	rest := all[1:min(len(all), 21)]
	if len(rest) == 0 || v <= 0 {
		return 0, 0
	}
	mean, square, best := 0.0, 0.0, 0.0
	for i := range rest {
		mean += rest[i].ev[k]
		square += rest[i].ev[k] * rest[i].ev[k]
		best = max(best, rest[i].ev[k])
	}
	mean /= float64(len(rest))
	dev := math.Sqrt(max(square/float64(len(rest))-mean*mean, 0)) + .02
	return min((v-mean)/dev/10, 2), 1 - best/v
}

// gap is the first score's lead over that at position i, relative to the first.
func gap(all []candidate, i int) float64 {
	if len(all) <= i || all[0].score <= 0 {
		return 1
	}
	return 1 - all[i].score/all[0].score
}

// agreement is 1/rank of the first candidate when the list is ordered by one
// piece of evidence.
func agreement(all []candidate, k int) float64 {
	rank := 1
	for i := range all[1:] {
		if all[i+1].ev[k] > all[0].ev[k] {
			rank++
		}
	}
	return 1 / float64(rank)
}

// logistic is the shape of the confidence: a weighted sum through the logistic
// curve.
type logistic struct {
	bias   float64
	weight [2 * features_]float64 // of the features, then of the features times the query's length
}

func (m *logistic) at(f *Features) float64 {
	z := m.bias
	for i, v := range expand(f) {
		z += m.weight[i] * v
	}
	return 1 / (1 + math.Exp(-z))
}

// expand adds each feature times the query's length: what a good cosine is
// differs between a short question and a pasted report.
func expand(f *Features) (out [2 * features_]float64) {
	for i, v := range f {
		out[i], out[int(features_)+i] = v, v*f[FeatLength]
	}
	return out
}

// sample is one labelled query.
type sample struct {
	f    Features
	good bool
	part float64 // weight of the sample; 0 means 1
}

// fitLogistic fits by gradient descent with weight decay on standardised
// features. It is deterministic.
func fitLogistic(samples []sample, decay float64) logistic {
	const width = 2 * features_
	rows := make([][width]float64, len(samples))
	var mean, dev [width]float64
	n := 0.0
	for i := range samples {
		rows[i] = expand(&samples[i].f)
		samples[i].part = cmp.Or(samples[i].part, 1)
		n += samples[i].part
		for k, v := range rows[i] {
			mean[k] += v * samples[i].part
		}
	}
	for i := range rows {
		for k, v := range rows[i] {
			d := v - mean[k]/n
			dev[k] += d * d * samples[i].part
		}
	}
	for k := range dev {
		mean[k] /= n
		dev[k] = math.Sqrt(dev[k]/n) + 1e-6
	}
	for i := range rows {
		for k := range rows[i] {
			rows[i][k] = (rows[i][k] - mean[k]) / dev[k]
		}
	}
	var w [width]float64
	bias := 0.0
	for step := range 800 {
		var grad [width]float64
		gb := 0.0
		for i := range rows {
			z := bias
			for k, v := range rows[i] {
				z += w[k] * v
			}
			d := 1 / (1 + math.Exp(-z))
			if samples[i].good {
				d--
			}
			d *= samples[i].part
			gb += d
			for k, v := range rows[i] {
				grad[k] += d * v
			}
		}
		rate := 1 / (1 + float64(step)/200)
		bias -= rate * gb / n
		for k := range w {
			w[k] -= rate * (grad[k]/n + decay*w[k])
		}
	}
	m := logistic{bias: bias}
	for k := range w {
		m.weight[k] = w[k] / dev[k]
		m.bias -= w[k] * mean[k] / dev[k]
	}
	return m
}
