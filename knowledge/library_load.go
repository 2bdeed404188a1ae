package knowledge

import (
	"context"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"hotline/bot"
)

const (
	// loadBatch is how many rows are decoded together, on all processors, while the
	// next ones are read.
	loadBatch = batch
	// pageSize is how many cases are read at once where their texts are needed.
	pageSize = 256
	// loadAgain is how long a load that failed waits before it is tried again.
	loadAgain = 10 * time.Second
)

// Loading is how far the index is read from the store.
type Loading struct {
	Done      bool
	Documents int // findable now
	Tokenised int // whose blob was missing, damaged, of another version or text
	Took      time.Duration
}

// loadState is what [Library.State] tells.
type loadState struct {
	busy      atomic.Bool
	tokenised atomic.Int64
	took      atomic.Int64
}

// State is how far the index is. Searches before it is done find what is there.
func (l *Library) State() Loading {
	return Loading{Done: !l.state.busy.Load(), Documents: l.index.Len(), Tokenised: int(l.state.tokenised.Load()), Took: time.Duration(l.state.took.Load())}
}

// Start loads the index and returns when that is done or patience is over; then it
// goes on in the background. One that fails is logged and tried again until ctx
// ends.
func (l *Library) Start(ctx context.Context, patience time.Duration) {
	l.state.busy.Store(true)
	done := make(chan struct{})
	go func() {
		defer l.keepCalibrated(ctx)
		defer close(done)
		for err := l.Load(ctx); err != nil && ctx.Err() == nil; err = l.Load(ctx) {
			l.log.Error("the search index cannot be read; trying again", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(loadAgain):
			}
		}
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		l.log.Info("the search index is being read; searches find what is there so far")
	case <-ctx.Done():
	}
}

// Load builds the index from the store: token blobs are decoded where they are of
// the version and the text, everything else is tokenised and its blob stored.
// Commits meanwhile count.
func (l *Library) Load(ctx context.Context) error {
	begin := time.Now()
	l.state.busy.Store(true)
	l.shelf.mu.Lock()
	l.shelf.touched = map[string]*Doc{}
	l.shelf.mu.Unlock()
	l.state.tokenised.Store(0)
	if err := l.useCalibration(ctx); err != nil {
		l.log.Warn("the fitted confidence cannot be read; the shipped one is used", "err", err)
	}
	ld := &loading{l: l, seqs: map[string]int{}, articles: map[string]Doc{}}
	err := ld.run(ctx)
	l.shelf.mu.Lock()
	touched := slices.Collect(maps.Keys(l.shelf.touched))
	l.shelf.touched = nil
	l.shelf.mu.Unlock()
	if err != nil {
		return err
	}
	for part := range slices.Chunk(touched, blobsAtOnce) {
		l.lookAgain(part...) // articles may have come to speak for them
	}
	l.state.took.Store(int64(time.Since(begin)))
	l.state.busy.Store(false)
	s := l.State()
	l.log.Info("search index read", "documents", s.Documents, "tokenised", s.Tokenised, "took_ms", s.Took.Milliseconds())
	return nil
}

// loading is one run of Load.
type loading struct {
	l        *Library
	articles map[string]Doc  // published ones that have not been met among the rows
	seqs     map[string]int  // solved cases that have not been met
	spoken   map[string]bool // cases that an article is found in place of
	known    map[string]row  // rows of cases that have changed since
	gone     []string        // rows of nothing
}

func (ld *loading) run(ctx context.Context) error {
	batches := make(chan []Stored, 1)
	var failed []string
	installed := make(chan struct{})
	go func() {
		defer close(installed)
		for b := range batches {
			again, _ := ld.l.install(b)
			failed = append(failed, again...)
		}
	}()
	err := ld.l.desk.Store().View(ctx, func(r bot.Reader) error {
		if err := ld.truth(r); err != nil {
			return err
		}
		return ld.rows(r, batches)
	})
	close(batches)
	<-installed
	if err != nil {
		return err
	}
	for _, id := range failed {
		ld.seqs[id] = 0
	}
	if err := storeRows(ctx, ld.l.desk.Store(), nil, ld.gone); err != nil {
		ld.l.log.Warn("old token blobs not removed", "err", err)
	}
	return ld.rest(ctx)
}

// truth reads which documents there are.
func (ld *loading) truth(r bot.Reader) error {
	list, err := r.Articles(bot.ArticlePublished)
	if err != nil {
		return err
	}
	s := &ld.l.shelf
	s.mu.Lock()
	for i := range list {
		d := articleDoc(&list[i])
		ld.articles[d.ID] = d
		if _, changed := s.touched[d.ID]; changed {
			continue
		}
		ld.l.countPhrasings(d.ID, len(d.Aliases))
		if list[i].Case != "" {
			s.silence(d.ID)
			s.speak(d.ID, list[i].Case)
		}
	}
	ld.spoken = map[string]bool{}
	for number := range s.spoken {
		ld.spoken[number] = true
	}
	s.mu.Unlock()
	return r.CaseSeqs(func(number string, seq int) error {
		ld.seqs[number] = seq
		return nil
	}, solvedStates...)
}

// rows sends the documents whose rows are right on to be decoded. What stays in
// articles and seqs has to be read.
func (ld *loading) rows(r bot.Reader, batches chan<- []Stored) error {
	ld.known = map[string]row{}
	var next []Stored
	err := r.TokenBlobs(func(b bot.TokenBlob) error {
		if s, ok := ld.meet(&b); ok {
			next = append(next, s)
		}
		if len(next) == loadBatch {
			batches <- next
			next = make([]Stored, 0, loadBatch)
		}
		return nil
	})
	batches <- next
	return err
}

// meet looks at one row: ok when it can be decoded as it is.
func (ld *loading) meet(b *bot.TokenBlob) (s Stored, ok bool) {
	row, readable := openRow(ld.l.index.dict.vocab, b)
	if d, there := ld.articles[b.ID]; there {
		if !readable || row.none || row.sum != textHash(&d) {
			return s, false
		}
		delete(ld.articles, b.ID)
		return Stored{Doc: d, Blob: row.blob}, true
	}
	seq, there := ld.seqs[b.ID]
	switch {
	case !there:
		ld.gone = append(ld.gone, b.ID)
		return s, false
	case ld.spoken[b.ID]:
		delete(ld.seqs, b.ID)
		return s, false
	case !readable:
		return s, false
	case b.Seq != seq:
		ld.known[b.ID] = row
		return s, false
	}
	delete(ld.seqs, b.ID)
	return Stored{Doc: row.doc, Blob: row.blob, Sure: true}, !row.none
}

// install puts documents into the index unless something newer was committed. It
// returns the cases whose blob could not be decoded without their text, and how
// many documents were tokenised.
func (l *Library) install(docs []Stored) (failed []string, tokenised int) {
	n, err := l.index.Load(docs...)
	if err != nil {
		l.log.Error("index", "err", err)
	}
	l.shelf.mu.Lock()
	defer l.shelf.mu.Unlock()
	for i := range docs {
		d := &docs[i].Doc
		if n > 0 && docs[i].Sure && l.index.record(d.ID) == nil {
			failed = append(failed, d.ID)
		}
		newer, changed := l.shelf.touched[d.ID]
		switch {
		case changed && newer == nil:
			l.index.Delete(d.ID)
		case changed:
			l.place(*newer)
		}
	}
	return failed, n - len(failed)
}

// rest reads, tokenises and stores what had no row or not the right one.
func (ld *loading) rest(ctx context.Context) error {
	for number := range ld.spoken {
		delete(ld.seqs, number)
	}
	list := slices.Collect(maps.Values(ld.articles))
	for part := range slices.Chunk(list, pageSize) {
		var docs []source
		for _, d := range part {
			docs = append(docs, source{doc: d, ok: true})
		}
		if err := ld.add(ctx, docs); err != nil {
			return err
		}
	}
	return eachCase(ctx, ld.l.desk.Store(), ld.seqs, func(docs []source) error { return ld.add(ctx, docs) })
}

// source is a document of the truth. ok is false for a case that nobody shall find.
type source struct {
	doc Doc
	seq int
	ok  bool
}

func caseSource(c *bot.Case) source {
	d, ok := caseDoc(c)
	return source{doc: d, seq: c.Seq, ok: ok}
}

// eachCase reads the solved cases of some numbers, in pages: one by one when they
// are few.
func eachCase(ctx context.Context, s bot.Store, numbers map[string]int, f func([]source) error) error {
	if len(numbers) > pageSize {
		return pages(ctx, s, func(list []source) error {
			return f(slices.DeleteFunc(list, func(d source) bool { _, wanted := numbers[d.doc.ID]; return !wanted }))
		})
	}
	var list []source
	err := s.View(ctx, func(r bot.Reader) error {
		for number := range numbers {
			c, err := r.CaseByNumber(number)
			if gone(err) != nil {
				return err
			}
			if err == nil && solved(c.State) {
				list = append(list, caseSource(&c))
			}
		}
		return nil
	})
	if err != nil || len(list) == 0 {
		return err
	}
	return f(list)
}

// pages reads every solved case.
func pages(ctx context.Context, s bot.Store, f func([]source) error) error {
	for after, more := int64(1), true; more; {
		var list []source
		err := s.View(ctx, func(r bot.Reader) error {
			cases, err := r.Cases(bot.CaseQuery{States: solvedStates, After: after, Limit: pageSize})
			for i := range cases {
				list = append(list, caseSource(&cases[i]))
				after = cases[i].ID
			}
			more = len(cases) > 0
			return err
		})
		if err == nil {
			err = f(list)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// add puts documents into the index, with the blob that is known when it is of the
// same text, and stores their rows.
func (ld *loading) add(ctx context.Context, docs []source) error {
	var found []Stored
	for i := range docs {
		d := &docs[i]
		if !d.ok {
			continue
		}
		s := Stored{Doc: d.doc}
		if row, ok := ld.known[d.doc.ID]; ok && !row.none {
			s.Blob = row.blob
		}
		found = append(found, s)
	}
	_, tokenised := ld.l.install(found)
	ld.l.state.tokenised.Add(int64(tokenised))
	rows := make([]bot.TokenBlob, 0, len(docs))
	for i := range docs {
		d := &docs[i]
		rec := ld.l.index.record(d.doc.ID)
		if d.ok == (rec != nil) {
			rows = append(rows, ld.l.index.row(&d.doc, d.seq, rec))
		}
	}
	if err := storeRows(ctx, ld.l.desk.Store(), rows, nil); err != nil {
		ld.l.log.Warn("token blobs not stored", "documents", len(rows), "err", err)
	}
	return ctx.Err()
}
