package knowledge

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// The fields of a document in the index.
const (
	fieldTitle   = iota // title and confirmed phrasings
	fieldSymptom        // what was seen
	fieldText           // cause, solution, body
	fieldLog            // traces, log lines and code, wherever they stood
	fieldGloss          // English readings of a Chinese text
	fields
)

// record is one indexed document. It is never changed after it was made.
type record struct {
	id       string
	kind     DocKind
	customer string
	product  string
	version  string
	state    string
	note     string
	internal bool
	helped   int32
	failed   int32
	updated  time.Time
	lang     language
	lens     [fields]uint16
	fwd      []byte // terms in rising order: delta, fields, counts
	seq      []byte // the first maxSeq words and characters in their order, the title's first
	head     uint16 // how many of them are the title's
}

// entry is one term of a document: in which fields it stands and how often.
type entry struct {
	term uint32
	mask uint8
	tf   [fields]uint8
}

// appendCounts writes the fields and counts of an entry. One byte is enough
// when the term stands once in each of its fields.
func appendCounts(dst []byte, e *entry) []byte {
	for f := range fields {
		if e.tf[f] > 1 {
			dst = append(dst, e.mask|1<<fields)
			for g := range fields {
				if e.mask&(1<<g) != 0 {
					dst = append(dst, e.tf[g])
				}
			}
			return dst
		}
	}
	return append(dst, e.mask)
}

// readCounts reads what appendCounts wrote and returns the next position.
func readCounts(b []byte, p int, e *entry) int {
	m := b[p]
	p++
	e.mask = m & (1<<fields - 1)
	for f := range fields {
		e.tf[f] = 0
		if m&(1<<f) != 0 {
			e.tf[f] = 1
			if m&(1<<fields) != 0 {
				e.tf[f] = b[p]
				p++
			}
		}
	}
	return p
}

// eachEntry yields the terms of a document in rising order.
func (r *record) eachEntry(yield func(*entry) bool) {
	var e entry
	for p := 0; p < len(r.fwd); {
		delta, n := binary.Uvarint(r.fwd[p:])
		e.term += uint32(delta)
		p = readCounts(r.fwd, p+n, &e)
		if !yield(&e) {
			return
		}
	}
}

// analyser turns documents into records. Not for use by two goroutines.
type analyser struct {
	dict *dict
	toks []byte // token bytes end to end
	list []scanned
	keys []uint64 // term<<8 | field
	ids  []uint32 // by position in list
	miss []int
	seq  []byte // scratch for the order of words

	entries, spare []entry
}

// scanned is one token waiting for its number.
type scanned struct {
	from, to int
	field    uint8
	kind     Kind
}

func (a *analyser) read(text string, field uint8) {
	if text == "" {
		return
	}
	scanText(a.dict.vocab.words, text, func(tok []byte, kind Kind, log bool) {
		f := field
		if log && field != fieldTitle {
			f = fieldLog
		}
		a.add(tok, f, kind)
	})
}

func (a *analyser) add(tok []byte, field uint8, kind Kind) {
	from := len(a.toks)
	a.toks = append(a.toks, tok...)
	a.list = append(a.list, scanned{from, len(a.toks), field, kind})
}

// record analyses one document.
func (a *analyser) record(d *Doc) *record {
	r := newRecord(d)
	r.lang = docLanguage(d)
	a.toks, a.list = a.toks[:0], a.list[:0]
	a.read(d.Title, fieldTitle)
	for _, alias := range d.Aliases[:min(len(d.Aliases), MaxAliases)] {
		a.read(alias, fieldTitle)
	}
	a.read(d.Symptom, fieldSymptom)
	text := uint8(fieldText)
	if d.Title == "" && d.Symptom == "" {
		text = fieldSymptom // the text is all there is to say what it is about
	}
	a.read(d.Cause, text)
	a.read(d.Solution, text)
	a.read(d.Body, text)
	if r.lang == chinese {
		a.addGlosses()
	}
	for _, t := range a.list {
		if t.kind != kindRaw && r.lens[t.field] < 1<<16-1 {
			r.lens[t.field]++
		}
	}
	a.number()
	a.sequence(r)
	r.fwd = a.pack()
	return r
}

// newRecord takes over what is not analysed.
func newRecord(d *Doc) *record {
	return &record{
		id: d.ID, kind: d.Kind, customer: d.Customer, product: d.Product, version: d.Version, state: d.State,
		note: d.Note, internal: d.Internal, helped: int32(min(d.Helped, 1<<20)), failed: int32(min(d.Failed, 1<<20)),
		updated: d.Updated,
	}
}

// addGlosses adds the English readings of the Chinese words read so far.
func (a *analyser) addGlosses() {
	table := a.dict.vocab.glosses
	for _, t := range a.list {
		for _, g := range table[string(a.toks[t.from:t.to])] {
			a.add([]byte(g.term), fieldGloss, KindWord)
		}
	}
}

// number replaces tokens by term numbers: the known ones under a shared lock,
// the new ones under the writer's.
func (a *analyser) number() {
	a.ids, a.miss = slices.Grow(a.ids[:0], len(a.list))[:len(a.list)], a.miss[:0]
	a.dict.mu.RLock()
	for i, t := range a.list {
		id, ok := a.dict.ids[string(a.toks[t.from:t.to])]
		if !ok {
			a.miss = append(a.miss, i)
		}
		a.ids[i] = id
	}
	a.dict.mu.RUnlock()
	if len(a.miss) == 0 {
		return
	}
	a.dict.mu.Lock()
	defer a.dict.mu.Unlock()
	for _, i := range a.miss {
		t := a.list[i]
		a.ids[i] = a.dict.intern(string(a.toks[t.from:t.to]))
	}
}

// maxSeq is how many words of a document its n-grams are taken from.
const maxSeq = 600

// sequence writes the order of words. Identifiers stand there by their parts,
// Chinese words by their characters.
func (a *analyser) sequence(r *record) {
	seq, n := a.seq[:0], 0
	for i, t := range a.list {
		if n == maxSeq || t.field == fieldGloss {
			break
		}
		if t.kind != kindRaw {
			continue
		}
		seq = binary.AppendUvarint(seq, uint64(a.ids[i]))
		n++
		if t.field == fieldTitle {
			r.head++
		}
	}
	a.seq, r.seq = seq, slices.Clone(seq)
}

// pack sorts the numbered tokens and writes the forward list.
func (a *analyser) pack() []byte {
	a.keys, a.entries = a.keys[:0], a.entries[:0]
	for i, t := range a.list {
		if t.kind != kindRaw {
			a.keys = append(a.keys, uint64(a.ids[i])<<8|uint64(t.field))
		}
	}
	slices.Sort(a.keys)
	for i := 0; i < len(a.keys); {
		e := entry{term: uint32(a.keys[i] >> 8)}
		for ; i < len(a.keys) && uint32(a.keys[i]>>8) == e.term; i++ {
			f := uint8(a.keys[i])
			e.mask |= 1 << f
			if e.tf[f] < 255 {
				e.tf[f]++
			}
		}
		a.entries = append(a.entries, e)
	}
	return a.writeEntries()
}

// packEntries writes the forward list of entries whose terms are list[i].
func (a *analyser) packEntries() []byte {
	a.keys = a.keys[:0]
	for i := range a.entries {
		a.entries[i].term = a.ids[i]
		a.keys = append(a.keys, uint64(a.ids[i])<<32|uint64(i))
	}
	slices.Sort(a.keys)
	sorted := a.spare[:0]
	for i, k := range a.keys {
		if i == 0 || k>>32 != a.keys[i-1]>>32 {
			sorted = append(sorted, a.entries[uint32(k)])
		}
	}
	a.entries, a.spare = sorted, a.entries
	return a.writeEntries()
}

func (a *analyser) writeEntries() []byte {
	a.toks = a.toks[:0]
	last := uint32(0)
	for i := range a.entries {
		e := &a.entries[i]
		a.toks = binary.AppendUvarint(a.toks, uint64(e.term-last))
		a.toks = appendCounts(a.toks, e)
		last = e.term
	}
	return slices.Clone(a.toks)
}

// docLanguage is the language whose index holds a document.
func docLanguage(d *Doc) language {
	switch {
	case strings.HasPrefix(d.Lang, "zh"):
		return chinese
	case d.Lang != "":
		return english
	}
	return textLanguage(d.Title, d.Symptom, d.Cause, d.Solution, d.Body)
}

// textLanguage is Chinese when Han characters make up at least a tenth of the
// letters, each counted as three: an English report with one quoted Chinese
// word stays English, a Chinese report full of identifiers stays Chinese.
func textLanguage(texts ...string) language {
	han, latin := 0, 0
	for _, text := range texts {
		for _, r := range text[:min(len(text), 8<<10)] {
			switch {
			case isHan(r):
				han++
			case r < 0x80 && letter(byte(r)):
				latin++
			}
		}
	}
	if han > 0 && 3*han*10 >= latin+3*han {
		return chinese
	}
	return english
}
