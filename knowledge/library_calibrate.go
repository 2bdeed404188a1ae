package knowledge

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync/atomic"
	"time"

	"hotline/bot"
)

const (
	// calibrateEvery is how often the confidence is fitted anew.
	calibrateEvery = 24 * time.Hour
	// calibrateAfter is how many new confirmed phrasings bring that forward.
	calibrateAfter = 20
	// recCalibration is the kind of record that keeps the fitted confidence.
	recCalibration = "calibration"
	idConfidence   = "confidence"
)

// keptCalibration is a fit as it is stored.
type keptCalibration struct {
	// Base names what the weights were fitted to; a fit of another one is not used.
	Base      uint64    `json:"base"`
	Own       bool      `json:"own"`
	Bias      float64   `json:"bias"`
	Weights   []float64 `json:"weights"`
	Samples   int       `json:"samples"`
	Phrasings int       `json:"phrasings"`
	Curve     []Bin     `json:"curve"`
	Fitted    time.Time `json:"fitted"`
}

// fitting is the library's side of the confidence.
type fitting struct {
	kept  atomic.Pointer[keptCalibration]
	again chan struct{} // enough phrasings are new
}

// base changes with everything that a fit depends on.
func (x *Index) base() uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, x.dict.vocab.version, x.par, shippedModel)
	return h.Sum64()
}

// useCalibration reads the stored fit and judges by it.
func (l *Library) useCalibration(ctx context.Context) error {
	var kept keptCalibration
	err := l.desk.Store().View(ctx, func(r bot.Reader) error {
		rec, err := r.Record(recCalibration, idConfidence)
		if err == nil {
			err = json.Unmarshal(rec.Body, &kept)
		}
		return gone(err)
	})
	if err != nil {
		return err
	}
	fresh := defaultCalibration()
	if len(kept.Weights) != len(fresh.model.weight) || kept.Base != l.index.base() {
		return nil
	}
	fresh.Curve = kept.Curve
	if kept.Own {
		fresh.model.bias, fresh.Samples = kept.Bias, kept.Samples
		copy(fresh.model.weight[:], kept.Weights)
	}
	l.index.calib.Store(fresh)
	l.fitting.kept.Store(&kept)
	return nil
}

// keepCalibrated fits the confidence once a day, and sooner when there is much new,
// until ctx ends.
func (l *Library) keepCalibrated(ctx context.Context) {
	wait := calibrateEvery
	if kept := l.fitting.kept.Load(); kept != nil {
		wait -= time.Since(kept.Fitted)
	} else if l.phrasings() >= minPairs/2 {
		wait = 0
	}
	for ; ; wait = calibrateEvery {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		case <-l.fitting.again:
			timer.Stop()
		}
		if err := l.Calibrate(ctx); err != nil && ctx.Err() == nil {
			l.log.Warn("confidence not calibrated", "err", err)
		}
	}
}

// Calibrate fits the confidence of answers to the confirmed phrasings there are,
// stores the fit and judges by it from then on. Too few phrasings are no error, and
// neither is a fit that judges no better than the one in use.
func (l *Library) Calibrate(ctx context.Context) error {
	phrasings := l.phrasings()
	if 2*phrasings < minPairs {
		return nil
	}
	shadow, asked, err := l.shadow(ctx)
	if err != nil {
		return err
	}
	err = l.index.calibrate(ctx, shadow, asked)
	if errors.Is(err, ErrTooFew) {
		return nil
	}
	if err != nil && !errors.Is(err, ErrNoBetter) {
		return err
	}
	c := l.index.Calibration()
	kept := keptCalibration{Base: l.index.base(), Own: c.Samples > 0, Bias: c.model.bias, Weights: c.model.weight[:], Samples: c.Samples,
		Phrasings: phrasings, Curve: c.Curve, Fitted: time.Now().UTC()}
	if err := l.desk.Store().Do(ctx, func(tx bot.Tx) error { return bot.PutJSON(tx, recCalibration, idConfidence, kept) }); err != nil {
		return err
	}
	l.fitting.kept.Store(&kept)
	l.log.Info("confidence calibrated", "phrasings", phrasings, "own", kept.Own)
	return nil
}

// shadow makes an index of its own to try things out on, of what the store holds,
// and lists the articles that have phrasings, in an order that is no order. Cases
// come from their blobs.
func (l *Library) shadow(ctx context.Context) (x *Index, asked []Doc, err error) {
	x = NewIndexWith(l.index.dict.vocab)
	err = l.desk.Store().View(ctx, func(r bot.Reader) error {
		articles, err := r.Articles(bot.ArticlePublished)
		if err != nil {
			return err
		}
		spoken := map[string]bool{}
		for i := range articles {
			spoken[articles[i].Case] = true
			d := articleDoc(&articles[i])
			if err := x.Put(d); err != nil {
				return err
			}
			if len(d.Aliases) > 0 {
				asked = append(asked, d)
			}
		}
		var part []Stored
		err = r.TokenBlobs(func(b bot.TokenBlob) error {
			row, ok := openRow(x.dict.vocab, &b)
			if ok && !row.none && row.doc.Kind == Case && !spoken[b.ID] {
				part = append(part, Stored{Doc: row.doc, Blob: row.blob, Sure: true})
			}
			if len(part) < pageSize {
				return nil
			}
			_, err := x.Load(part...)
			part = part[:0]
			return err
		})
		if err == nil {
			_, err = x.Load(part...)
		}
		return err
	})
	slices.SortFunc(asked, func(a, b Doc) int { return cmp.Compare(textHash(&a), textHash(&b)) })
	return x, asked, err
}

// phrasings counts the confirmed ones of published articles.
func (l *Library) phrasings() int {
	l.shelf.mu.Lock()
	defer l.shelf.mu.Unlock()
	return l.shelf.phrasings
}

// countPhrasings follows a change of an article; the caller holds the shelf.
func (l *Library) countPhrasings(id string, n int) {
	s := &l.shelf
	s.phrasings += n - s.aliases[id]
	if s.aliases[id] = n; n == 0 {
		delete(s.aliases, id)
	}
	before := 0
	if kept := l.fitting.kept.Load(); kept != nil {
		before = kept.Phrasings
	}
	if s.phrasings-before >= calibrateAfter && 2*s.phrasings >= minPairs {
		select {
		case l.fitting.again <- struct{}{}:
		default:
		}
	}
}

// Reliability implements [bot.Judge].
func (l *Library) Reliability() bot.Reliability {
	r := bot.Reliability{Phrasings: l.phrasings(), Needed: minPairs / 2}
	kept := l.fitting.kept.Load()
	if kept == nil {
		return r
	}
	r.Measured, r.Own, r.Samples = kept.Fitted, kept.Own, kept.Samples
	for _, b := range kept.Curve {
		r.Steps = append(r.Steps, bot.ReliabilityStep(b))
	}
	return r
}
