package knowledge

import (
	"context"
	"errors"
	"math"
)

// Calibration turns the features of a result into a confidence and a band.
type Calibration struct {
	model   logistic
	suggest float64 // at or above: Suggest
	ask     float64 // at or above: Ask
	Samples int     // queries it was fitted on; 0 for the shipped one
	Curve   []Bin   // what was measured on the fifth that was held back
}

// Bin is one step of the reliability curve: of Count results whose confidence
// lay in the step, whose mean was Said, a share of Right were right.
type Bin struct {
	Count int     `json:"count"`
	Said  float64 `json:"said"`
	Right float64 `json:"right"`
}

// The shipped thresholds: on the development sets, of the questions that have an
// answer nine of ten suggestions at suggestAt and above were right, eight of ten
// where pasted bug reports ask; of those without an answer at most three in a
// hundred got a suggestion, of bug reports twelve.
const (
	suggestAt = .7
	askAt     = .35
)

func (c *Calibration) band(p float64) Band {
	switch {
	case p >= c.suggest:
		return Suggest
	case p >= c.ask:
		return Ask
	}
	return Nothing
}

func defaultCalibration() *Calibration {
	return &Calibration{model: shippedModel, suggest: suggestAt, ask: askAt}
}

// Calibration returns what the index judges by now.
func (x *Index) Calibration() Calibration { return *x.calib.Load() }

// minPairs is how many labelled queries a fit of one's own needs, maxPairs how
// many are used.
const (
	minPairs = 200
	maxPairs = 2000
)

// ErrTooFew says that the case base has not enough confirmed aliases to judge
// by them; the shipped calibration stays.
var ErrTooFew = errors.New("knowledge: fewer than 200 labelled queries")

// ErrNoBetter says that a new calibration judged the held-back fifth no better
// than the one in use, which stays; its own curve is measured.
var ErrNoBetter = errors.New("knowledge: the new calibration is no better")

// Calibrate fits the confidence to a case base: each confirmed alias is asked
// once with only itself missing from its document and once with the document
// missing. It works on an index of its own, so searches go on, and takes about
// as long as a rebuild. docs must be all documents of the case base.
func (x *Index) Calibrate(ctx context.Context, docs []Doc) error {
	shadow := NewIndexWith(x.dict.vocab)
	if err := shadow.Put(docs...); err != nil {
		return err
	}
	return x.calibrate(ctx, shadow, docs)
}

// calibrate asks shadow, which holds all documents, the aliases of docs.
func (x *Index) calibrate(ctx context.Context, shadow *Index, docs []Doc) error {
	var fit, held []sample
	n := 0
	for i := range docs {
		for j, alias := range docs[i].Aliases {
			if err := ctx.Err(); err != nil {
				return err
			}
			if len(fit)+len(held) >= maxPairs {
				break
			}
			pair := shadow.aliasPair(docs[i], j, alias)
			if n++; n%5 == 0 {
				held = append(held, pair...)
			} else {
				fit = append(fit, pair...)
			}
		}
	}
	if len(fit)+len(held) < minPairs {
		return ErrTooFew
	}
	fresh := &Calibration{model: fitLogistic(fit, .01), suggest: suggestAt, ask: askAt, Samples: len(fit) + len(held)}
	old := x.calib.Load()
	if logLoss(&fresh.model, held) > logLoss(&old.model, held) {
		kept := *old
		kept.Curve = reliability(&old.model, held)
		x.calib.Store(&kept)
		return ErrNoBetter
	}
	fresh.Curve = reliability(&fresh.model, held)
	x.calib.Store(fresh)
	return nil
}

// aliasPair asks one alias with itself missing and with its document missing.
func (x *Index) aliasPair(d Doc, j int, alias string) []sample {
	without := d
	without.Aliases = append(append([]string(nil), d.Aliases[:j]...), d.Aliases[j+1:]...)
	q := Query{Text: alias, Internal: true, State: d.State, Limit: 1}
	defer x.Put(d)
	if x.Put(without) != nil {
		return nil
	}
	there := x.Search(q)
	x.Delete(d.ID)
	gone := x.Search(q)
	return []sample{
		{f: there.Features, good: len(there.Hits) > 0 && there.Hits[0].ID == d.ID},
		{f: gone.Features},
	}
}

func logLoss(m *logistic, samples []sample) float64 {
	loss := 0.0
	for i := range samples {
		p := min(max(m.at(&samples[i].f), 1e-6), 1-1e-6)
		if !samples[i].good {
			p = 1 - p
		}
		loss -= math.Log(p)
	}
	return loss
}

// reliability sorts results into ten steps of confidence.
func reliability(m *logistic, samples []sample) []Bin {
	bins := make([]Bin, 10)
	for i := range samples {
		p := m.at(&samples[i].f)
		b := &bins[min(int(p*10), 9)]
		b.Count++
		b.Said += p
		if samples[i].good {
			b.Right++
		}
	}
	for i := range bins {
		if n := float64(bins[i].Count); n > 0 {
			bins[i].Said /= n
			bins[i].Right /= n
		}
	}
	return bins
}
