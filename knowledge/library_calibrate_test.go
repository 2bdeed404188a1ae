package knowledge

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/bot"
)

// asked makes an article that was confirmed by three other wordings of its fault.
func asked(gen *benchText, i int) bot.Article {
	a := madeUpArticle(gen, i)
	words := strings.Fields(a.Title + " " + a.Symptom)
	for j := range 3 {
		var said []string
		for k := j; k < len(words); k += 3 {
			said = append(said, words[k])
		}
		a.Aliases = append(a.Aliases, strings.Join(said, " "))
	}
	return a
}

// TestCalibrationLasts fits the confidence to confirmed phrasings in the background,
// and a restart judges by the fit.
func TestCalibrationLasts(t *testing.T) {
	k := newShelved(t)
	gen := madeUp()
	k.cases(0, 30)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	k.Start(ctx, time.Minute)
	for i := range 33 {
		k.publish(asked(gen, i))
	}
	if r := k.Reliability(); !r.Measured.IsZero() || r.Phrasings != 99 || r.Needed != 100 {
		t.Fatalf("before there is enough: %+v", r)
	}
	k.publish(asked(gen, 33))
	eventually(t, "a fit", func() bool { return !k.Reliability().Measured.IsZero() })
	cancel()
	first := k.Reliability()
	count := 0
	for _, s := range first.Steps {
		count += s.Count
	}
	if first.Phrasings != 102 || len(first.Steps) != 10 || count == 0 {
		t.Fatalf("%+v", first)
	}
	model := k.Index().Calibration().model
	if first.Own == (model == shippedModel) {
		t.Errorf("own %v, but the model is the shipped one: %v", first.Own, model == shippedModel)
	}
	if kept := k.kept(); kept.Phrasings != 102 {
		t.Errorf("stored: %+v", kept)
	}
	k.again(nil)
	if again := k.Reliability(); fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("after a restart %+v, before %+v", again, first)
	}
	if k.Index().Calibration().model != model {
		t.Error("after a restart it judges by another model")
	}
}

// kept reads the stored fit.
func (k *shelved) kept() (c keptCalibration) {
	k.Helper()
	err := k.store.View(k.Context(), func(r bot.Reader) error {
		rec, err := r.Record(recCalibration, idConfidence)
		if err == nil {
			err = json.Unmarshal(rec.Body, &c)
		}
		return gone(err)
	})
	if err != nil {
		k.Fatal(err)
	}
	return c
}

// TestForeignFit: a stored fit that was made for something else is not used.
func TestForeignFit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(c *keptCalibration)
		used   bool
	}{
		{"the same", func(*keptCalibration) {}, true},
		{"for another ranking", func(c *keptCalibration) { c.Base++ }, false},
		{"of other features", func(c *keptCalibration) { c.Weights = c.Weights[1:] }, false},
		{"the shipped one, measured", func(c *keptCalibration) { c.Own = false }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newShelved(t)
			c := keptCalibration{Base: k.Index().base(), Own: true, Bias: .5, Weights: make([]float64, len(shippedModel.weight)), Samples: 300, Fitted: time.Now()}
			tt.change(&c)
			k.do(func(tx bot.Tx) error { return bot.PutJSON(tx, recCalibration, idConfidence, c) })
			k.Library.fitting.kept.Store(nil)
			k.again(nil)
			if used := k.Index().Calibration().model.bias == .5; used != tt.used {
				t.Errorf("used %v", used)
			}
		})
	}
}

// TestShadow: the index to try things out on holds what the real one holds.
func TestShadow(t *testing.T) {
	k := newShelved(t)
	gen := madeUp()
	k.cases(0, 50)
	for i := range 5 {
		a := asked(gen, i)
		a.Case = number(i)
		k.publish(a)
	}
	k.again(nil)
	x, list, err := k.shadow(t.Context())
	if err != nil || len(list) != 5 {
		t.Fatalf("%d asked, %v", len(list), err)
	}
	sameAnswers(t, x, k.Index(), 30)
}
