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
	FeatReach   = iota // field scores relative to what the query could reach
	FeatCover          // share of the query's weight the hit matches, synonyms included
	FeatExact          // the same without synonyms
	FeatWhole          // cosine with the whole text
	FeatFilled         // share of the title's weight the query matches
	FeatGap            // lead over the second, relative to the first
	FeatMass           // share of the first when the scores are taken for odds
	FeatUnknown        // share of the query's weight no document holds
	FeatRare           // weight of the query's most telling word
	FeatLength         // logarithm of the query's length
	FeatZFields        // how far it stands out of the next twenty by fields
	FeatZWhole         // the same by whole text
	FeatZTitle         // the same by title
	features_
)

// features describes a ranked list that is not empty.
func features(p *parsed, all []candidate) Features {
	c := &all[0]
	f := Features{
		FeatReach: c.ev[evFields], FeatCover: c.ev[evCover], FeatExact: p.exact(c.rec), FeatWhole: c.ev[evWhole],
		FeatFilled: c.ev[evHeadFilled], FeatGap: gap(all), FeatMass: mass(all), FeatUnknown: float64(p.unknown),
		FeatLength:  math.Log(1+float64(p.length)) / 5,
		FeatZFields: standsOut(all, evFields), FeatZWhole: standsOut(all, evWhole), FeatZTitle: standsOut(all, evTitle),
	}
	if terms := p.terms[c.rec.lang]; len(terms) > 0 {
		f[FeatRare] = float64(terms[0].weight) / 10
	}
	return f
}

// exact is the share of the weight of the query's own known words that stands in
// a document.
func (p *parsed) exact(r *record) float64 {
	own, hit := map[uint32]float32{}, float32(0)
	total := float32(0)
	for _, t := range p.terms[r.lang] {
		if !t.extra {
			own[t.id] = t.weight
			total += t.weight
		}
	}
	for e := range r.eachEntry {
		hit += own[e.term]
	}
	return float64(hit / max(total, 1e-6))
}

// massStep is the difference of scores that makes a hit e times as likely: what
// a logistic choice model fitted to the development sets says.
const massStep = .1

func mass(all []candidate) float64 {
	sum := 0.0
	for i := range all[:min(len(all), 20)] {
		sum += math.Exp((all[i].score - all[0].score) / massStep)
	}
	return 1 / sum
}

// standsOut says by how many standard deviations of the next twenty the first
// candidate is above their mean, in tenths.
func standsOut(all []candidate, k int) float64 {
	v := all[0].ev[k]
	rest := all[1:min(len(all), 21)]
	if len(rest) == 0 || v <= 0 {
		return 0
	}
	mean, square := 0.0, 0.0
	for i := range rest {
		mean += rest[i].ev[k]
		square += rest[i].ev[k] * rest[i].ev[k]
	}
	mean /= float64(len(rest))
	dev := math.Sqrt(max(square/float64(len(rest))-mean*mean, 0)) + .02
	return min((v-mean)/dev/10, 2)
}

// gap is the first score's lead over the second, relative to the first.
func gap(all []candidate) float64 {
	if len(all) < 2 || all[0].score <= 0 {
		return 1
	}
	return 1 - all[1].score/all[0].score
}

// logistic is the shape of the confidence: a weighted sum through the logistic
// curve.
type logistic struct {
	bias   float64
	weight [features_]float64
}

func (m *logistic) at(f *Features) float64 {
	z := m.bias
	for i, v := range f {
		z += m.weight[i] * v
	}
	return 1 / (1 + math.Exp(-z))
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
	const width = features_
	rows := make([][width]float64, len(samples))
	var mean, dev [width]float64
	n := 0.0
	for i := range samples {
		rows[i] = samples[i].f
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
