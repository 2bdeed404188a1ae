package knowledge

import (
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Index finds documents. All methods may be used by many goroutines at once;
// readers never wait for a writer.
type Index struct {
	dict *dict
	par  [languages + 1]params // by language; across for documents of the other one

	calib atomic.Pointer[Calibration]

	mu   sync.Mutex // one writer
	byID sync.Map   // id → *record
	vecs atomic.Pointer[vectorSet]
	snap atomic.Pointer[snapshot]
}

// snapshot is what one search sees. It is never changed.
type snapshot struct {
	parts [languages]part
}

// part is one language's index.
type part struct {
	views []view
	n     int // living documents
	sum   [fields]int64
	cnt   [fields]int // documents that have the field
}

// view is a segment and which of its documents are deleted.
type view struct {
	seg  *segment
	dead []uint64 // bit set; nil when all live
	gone int
}

func (v *view) isDead(i uint32) bool {
	return v.dead != nil && v.dead[i/64]&(1<<(i%64)) != 0
}

// NewIndex returns an empty index with the embedded vocabulary.
func NewIndex() *Index { return NewIndexWith(ShippedVocabulary()) }

// NewIndexWith returns an empty index that cuts and translates Chinese by v.
func NewIndexWith(v *Vocabulary) *Index {
	x := &Index{dict: newDict(v), par: defaultParams()}
	x.snap.Store(&snapshot{})
	x.calib.Store(defaultCalibration())
	return x
}

// Bounds of one document.
const (
	MaxID      = 200 // bytes of an id
	MaxAliases = 20  // confirmed phrasings that are read
)

// ErrDoc says that a document cannot be indexed.
var ErrDoc = errors.New("knowledge: a document needs an id of 1 to 200 bytes")

// batch is how many documents are analysed between two publications of a large
// Put.
const batch = 2 * maxSegment

// Put adds documents, or replaces those whose ids are known. When it returns,
// every later search sees them. Of two documents with one id in one call the
// last counts.
func (x *Index) Put(docs ...Doc) error {
	_, err := x.put(len(docs), func(i int) *Stored { return &Stored{Doc: docs[i]} })
	return err
}

// put analyses n documents in batches and publishes each batch. at returns the
// i-th document.
func (x *Index) put(n int, at func(int) *Stored) (tokenised int, err error) {
	for i := range n {
		if d := &at(i).Doc; d.ID == "" || len(d.ID) > MaxID {
			return 0, ErrDoc
		}
	}
	for from := 0; from < n; from += batch {
		size := min(batch, n-from)
		recs, fresh := x.analyse(size, func(i int) *Stored { return at(from + i) })
		tokenised += fresh
		x.putRecords(recs)
	}
	return tokenised, nil
}

// analyse makes records on all processors and counts those that had to be
// tokenised.
func (x *Index) analyse(n int, at func(int) *Stored) ([]*record, int) {
	recs := make([]*record, n)
	var next, fresh atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+31)/32) {
		wg.Go(func() {
			a := analyser{dict: x.dict}
			var text []rune
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				s := at(i)
				r, err := a.decode(s)
				if err != nil {
					fresh.Add(1)
					if s.Sure {
						continue
					}
					r = a.record(&s.Doc)
				}
				text = x.dict.count(r, 1, x.dict.lexicon(), text)
				recs[i] = r
			}
		})
	}
	wg.Wait()
	return slices.DeleteFunc(recs, func(r *record) bool { return r == nil }), int(fresh.Load())
}

// putRecords publishes records and then tidies the segments.
func (x *Index) putRecords(recs []*record) {
	x.mu.Lock()
	defer x.mu.Unlock()
	last := map[string]int{}
	for i, r := range recs {
		last[r.id] = i
	}
	s, lex := x.next(), x.dict.lexicon()
	var fresh [languages][]*record
	for i, r := range recs {
		if last[r.id] != i {
			x.dict.count(r, -1, lex, nil)
			continue
		}
		if old := x.record(r.id); old != nil {
			x.bury(s, old)
		}
		x.byID.Store(r.id, r)
		fresh[r.lang] = append(fresh[r.lang], r)
		s.parts[r.lang].account(r, 1)
	}
	for l, docs := range fresh {
		p := &s.parts[l]
		p.views = append(p.views, buildSegments(docs)...)
	}
	x.snap.Store(s)
	x.tidy()
}

// Delete removes documents. Unknown ids are ignored. When it returns, no later
// search finds them.
func (x *Index) Delete(ids ...string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.next()
	for _, id := range ids {
		if old := x.record(id); old != nil {
			x.bury(s, old)
			x.byID.Delete(id)
		}
	}
	x.snap.Store(s)
	x.tidy()
}

// record returns the indexed document of an id, nil if there is none.
func (x *Index) record(id string) *record {
	if v, ok := x.byID.Load(id); ok {
		return v.(*record)
	}
	return nil
}

// next returns a copy of the snapshot that may be changed before it is stored.
func (x *Index) next() *snapshot {
	s := *x.snap.Load()
	for l := range s.parts {
		s.parts[l].views = slices.Clone(s.parts[l].views)
	}
	return &s
}

// account adds (n = 1) or takes away (n = -1) a record's share of the
// statistics.
func (p *part) account(r *record, n int) {
	p.n += n
	for f, length := range r.lens {
		p.sum[f] += int64(n) * int64(length)
		if length > 0 {
			p.cnt[f] += n
		}
	}
}

// bury marks a record as deleted in s.
func (x *Index) bury(s *snapshot, r *record) {
	p := &s.parts[r.lang]
	for i := range p.views {
		v := &p.views[i]
		at := slices.Index(v.seg.docs, r)
		if at < 0 {
			continue
		}
		if v.dead == nil {
			v.dead = make([]uint64, (len(v.seg.docs)+63)/64)
		} else {
			v.dead = slices.Clone(v.dead)
		}
		v.dead[at/64] |= 1 << (at % 64)
		v.gone++
		break
	}
	p.account(r, -1)
	x.dict.count(r, -1, x.dict.lexicon(), nil)
}

// Len returns how many documents can be found at all.
func (x *Index) Len() int {
	s := x.snap.Load()
	return s.parts[english].n + s.parts[chinese].n
}

const (
	mergeAt    = 8       // segments of one size that are merged into one
	maxSegment = 1 << 12 // documents; full ones are merged no more
)

// tidy merges small segments into larger ones and drops deleted documents, so
// that a search meets a number of segments that grows with the logarithm of
// the documents. Readers keep the snapshot they have.
func (x *Index) tidy() {
	s := x.next()
	changed := false
	for l := range s.parts {
		p := &s.parts[l]
		for p.mergeOnce() {
			changed = true
		}
	}
	if changed {
		x.snap.Store(s)
	}
}

// tier is the size class of a view: 0 for up to mergeAt living documents, 1 for
// up to mergeAt², and so on.
func (v *view) tier() int {
	t := 0
	for n := len(v.seg.docs) - v.gone; n > mergeAt; n /= mergeAt {
		t++
	}
	return t
}

// mergeOnce merges the first size class that is full, or rewrites a segment of
// which a tenth is deleted. It reports whether it did anything.
func (p *part) mergeOnce() bool {
	count := map[int]int{}
	for i := range p.views {
		v := &p.views[i]
		if v.gone > 0 && v.gone*10 >= len(v.seg.docs) {
			p.merge(func(w *view) bool { return w.seg == v.seg })
			return true
		}
		if len(v.seg.docs) < maxSegment/2 {
			count[v.tier()]++
		}
	}
	for t, n := range count {
		if n >= mergeAt {
			p.merge(func(w *view) bool { return len(w.seg.docs) < maxSegment/2 && w.tier() == t })
			return true
		}
	}
	return false
}

// merge replaces the chosen views by new segments of their living documents.
func (p *part) merge(chosen func(*view) bool) {
	var keep []view
	var docs []*record
	for i := range p.views {
		v := &p.views[i]
		if !chosen(v) {
			keep = append(keep, *v)
			continue
		}
		for j, r := range v.seg.docs {
			if !v.isDead(uint32(j)) {
				docs = append(docs, r)
			}
		}
	}
	p.views = append(keep, buildSegments(docs)...)
}

// buildSegments inverts documents on all processors, at most maxSegment in one
// segment.
func buildSegments(docs []*record) []view {
	views := make([]view, (len(docs)+maxSegment-1)/maxSegment)
	var wg sync.WaitGroup
	for i, group := range slices.Collect(slices.Chunk(docs, maxSegment)) {
		wg.Go(func() { views[i].seg = buildSegment(group) })
	}
	wg.Wait()
	return views
}

// Compact rewrites the whole index into as few segments as possible. Searches
// go on meanwhile; writers wait.
func (x *Index) Compact() {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.next()
	for l := range s.parts {
		s.parts[l].merge(func(*view) bool { return true })
	}
	x.snap.Store(s)
}
