package knowledge

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"hotline/bot"
)

const (
	// blobsAfter is how long changed blobs are gathered before they are stored
	// together. A crash loses them; the next start tokenises those documents.
	blobsAfter = 250 * time.Millisecond
	// maxBlobQueue bounds the documents that wait while the store takes no writes.
	maxBlobQueue = 10_000
	// blobsAtOnce is how many rows one transaction writes, so that it holds others
	// up for a few milliseconds at most.
	blobsAtOnce = 128
)

// blobQueue holds the documents whose stored blob is behind.
type blobQueue struct {
	mu      sync.Mutex
	waiting map[string]kept
	timer   bool
	writing sync.Mutex
}

// kept is what is to be stored of a document.
type kept struct {
	doc  Doc
	seq  int
	rec  *record // nil: there is nothing to find
	drop bool
}

// keep stores the blob of an indexed document, soon. Of a case that an article
// speaks for there is no record; it is tokenised when it is needed.
func (q *blobQueue) keep(l *Library, d Doc, seq int) {
	if rec := l.index.record(d.ID); rec != nil {
		q.add(l, kept{doc: d, seq: seq, rec: rec})
	}
}

// keepNone stores that there is nothing to find in a case.
func (q *blobQueue) keepNone(l *Library, d Doc, seq int) { q.add(l, kept{doc: d, seq: seq}) }

// drop removes the blob of a document that is gone.
func (q *blobQueue) drop(l *Library, id string) { q.add(l, kept{doc: Doc{ID: id}, drop: true}) }

func (q *blobQueue) add(l *Library, k kept) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting == nil {
		q.waiting = map[string]kept{}
	}
	if _, known := q.waiting[k.doc.ID]; !known && len(q.waiting) >= maxBlobQueue {
		return // the next start will tokenise it
	}
	q.waiting[k.doc.ID] = k
	if !q.timer {
		q.timer = true
		time.AfterFunc(blobsAfter, l.Flush)
	}
}

// Flush stores the blobs of what was committed so far; otherwise that happens soon.
func (l *Library) Flush() {
	q := &l.blobs
	q.writing.Lock()
	defer q.writing.Unlock()
	q.mu.Lock()
	waiting := q.waiting
	q.waiting, q.timer = nil, false
	q.mu.Unlock()
	var rows []bot.TokenBlob
	var gone []string
	for id, k := range waiting {
		if k.drop {
			gone = append(gone, id)
			continue
		}
		rows = append(rows, l.index.row(&k.doc, k.seq, k.rec))
	}
	if err := storeRows(context.Background(), l.desk.Store(), rows, gone); err != nil && !errors.Is(err, bot.ErrUnavailable) {
		l.log.Warn("token blobs not stored; the next start will make them", "documents", len(waiting), "err", err)
	}
}

// row is the stored form of a document that has a record, or of one with nothing
// to find.
func (x *Index) row(d *Doc, seq int, rec *record) bot.TokenBlob {
	var blob []byte
	if rec != nil {
		blob = encodeBlob(rec, d, x.dict.lexicon())
	}
	return sealRow(x.dict.vocab, d, seq, blob)
}

// storeRows writes rows and removes others, in transactions that are short.
func storeRows(ctx context.Context, s bot.Store, rows []bot.TokenBlob, gone []string) error {
	for chunk := range slices.Chunk(rows, blobsAtOnce) {
		if err := s.Do(ctx, func(tx bot.Tx) error { return tx.PutTokenBlobs(chunk...) }); err != nil {
			return err
		}
	}
	for chunk := range slices.Chunk(gone, blobsAtOnce) {
		if err := s.Do(ctx, func(tx bot.Tx) error { return tx.DropTokenBlobs(chunk...) }); err != nil {
			return err
		}
	}
	return nil
}
