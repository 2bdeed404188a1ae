package knowledge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

// storeStart measures the start of a server on a store full of solved cases: open,
// read the blobs, decode, answer.
func (r *BenchReport) storeStart(ctx context.Context, open func(context.Context, string) (bot.Store, error)) (err error) {
	dir, err := os.MkdirTemp("", "hotline-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := r.fillStore(ctx, dir, open); err != nil {
		return err
	}
	before := heapMB()
	begin := time.Now()
	s, err := open(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	desk, err := bot.NewDesk(ctx, s, &bot.Organisation{})
	if err != nil {
		return err
	}
	l := NewLibrary(desk, slog.New(slog.DiscardHandler))
	if err := l.Load(ctx); err != nil {
		return err
	}
	found, err := l.Search(ctx, bot.Lookup{Text: newBenchText().query(1), Internal: true, Limit: 3})
	r.StoreSeconds = time.Since(begin).Seconds()
	r.StoreHeapMB = heapMB() - before
	if state := l.State(); err == nil && (len(found.Hits) == 0 || state.Documents != r.Documents || state.Tokenised != 0) {
		err = fmt.Errorf("the start found %d of %d documents, %d without a blob", state.Documents, r.Documents, state.Tokenised)
	}
	return err
}

// fillStore stores the cases and then their blobs.
func (r *BenchReport) fillStore(ctx context.Context, dir string, open func(context.Context, string) (bot.Store, error)) error {
	s, err := open(ctx, dir)
	if err != nil {
		return err
	}
	gen := newBenchText()
	for from := 0; err == nil && from < r.Documents; from += 500 {
		err = s.Do(ctx, func(tx bot.Tx) error {
			for i := from; i < min(from+500, r.Documents); i++ {
				if err := putMadeUp(tx, gen, i, 1); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err == nil {
		var done Reindexed
		done, err = Reindex(ctx, s, ShippedVocabulary(), func(int, int) {})
		r.Reindex = done.Seconds
	}
	return errors.Join(err, s.Close())
}

// putMadeUp stores the i-th made-up case, solved, with its next event.
func putMadeUp(tx bot.Tx, gen *benchText, i, seq int) error {
	d := gen.doc(i)
	c := bot.Case{
		ID: 1001 + int64(i), Class: bot.Fault, Severity: 3, State: bot.Closed, Seq: seq, Generation: 1, Episode: 1, Title: d.Title,
		Text: d.Symptom, Solution: d.Solution, Customer: fmt.Sprint("c", i%7), Service: "shop", Opened: tx.Now(), Updated: tx.Now(),
	}
	c.Number = bot.FormatNumber(c.Class, c.ID)
	e := bot.CaseEvent{Case: c.ID, Seq: seq, At: tx.Now(), Type: bot.EvOpened, Audience: chat.Customer(), Open: &bot.Open{Text: c.Text}}
	if err := tx.AppendEvents(e); err != nil {
		return err
	}
	return tx.PutCase(c)
}
