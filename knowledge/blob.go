package knowledge

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"slices"
)

// Stored is a document with the token blob kept beside it, nil if there is
// none.
type Stored struct {
	Doc  Doc
	Blob []byte
	// Sure says that the blob is known to be of this document's text, which may
	// then be left out of Doc.
	Sure bool
}

var errBlob = errors.New("knowledge: token blob is damaged or of another version")

// maxBlobTerms bounds the terms of one blob.
const maxBlobTerms = 1 << 17

// textHash ties a blob to the text it was made from.
func textHash(d *Doc) uint64 {
	h := fnv.New64a()
	for _, s := range append([]string{d.Lang, d.Title, d.Symptom, d.Cause, d.Solution, d.Body}, d.Aliases...) {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// Blob returns the tokens of a document in the index, to be stored with it so
// that a later [Index.Load] need not tokenise; nil if the id is unknown. d must
// be the document as it was put.
func (x *Index) Blob(d *Doc) []byte {
	r := x.record(d.ID)
	if r == nil {
		return nil
	}
	return encodeBlob(r, d, x.dict.lexicon())
}

func encodeBlob(r *record, d *Doc, lex lexicon) []byte {
	b := binary.AppendUvarint(nil, TokenVersion)
	b = binary.LittleEndian.AppendUint64(b, textHash(d))
	b = append(b, byte(r.lang))
	for _, n := range r.lens {
		b = binary.AppendUvarint(b, uint64(n))
	}
	b = binary.AppendUvarint(b, uint64(r.head))
	local := map[uint32]uint64{}
	var body []byte
	n := uint64(0)
	name := func(id uint32) {
		local[id] = n
		n++
		body = binary.AppendUvarint(body, uint64(len(lex.terms[id])))
		body = append(body, lex.terms[id]...)
	}
	for e := range r.eachEntry {
		name(e.term)
		body = appendCounts(body, e)
	}
	indexed := n
	var order []uint64
	for id := range r.eachWord {
		if _, ok := local[id]; !ok {
			name(id)
		}
		order = append(order, local[id])
	}
	b = binary.AppendUvarint(b, indexed)
	b = binary.AppendUvarint(b, n-indexed)
	b = append(b, body...)
	b = binary.AppendUvarint(b, uint64(len(order)))
	for _, i := range order {
		b = binary.AppendUvarint(b, i)
	}
	return b
}

// eachWord yields the numbers of the words in their order.
func (r *record) eachWord(yield func(uint32) bool) {
	for p := 0; p < len(r.seq); {
		id, size := binary.Uvarint(r.seq[p:])
		p += size
		if !yield(uint32(id)) {
			return
		}
	}
}

// blobReader reads a blob that may be damaged; after a bad read everything is
// zero and bad is set.
type blobReader struct {
	b   []byte
	bad bool
}

func (r *blobReader) uvarint(limit uint64) uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > limit {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *blobReader) bytes(n int) []byte {
	if n > len(r.b) {
		r.b, r.bad = nil, true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

// counts reads an entry's fields and counts without trusting the length.
func (r *blobReader) counts(e *entry) {
	need := 1
	if len(r.b) > 0 && r.b[0]&(1<<fields) != 0 {
		for f := range fields {
			need += int(r.b[0] >> f & 1)
		}
	}
	if part := r.bytes(need); part != nil {
		readCounts(part, 0, e)
	}
}

// decode makes a record of a document and its blob.
func (a *analyser) decode(s *Stored) (*record, error) {
	d, in := &s.Doc, blobReader{b: s.Blob}
	if in.uvarint(1<<32) != TokenVersion {
		return nil, errBlob
	}
	hash := in.bytes(8)
	if hash == nil || !s.Sure && binary.LittleEndian.Uint64(hash) != textHash(d) {
		return nil, errBlob
	}
	r := newRecord(d)
	lang := in.bytes(1)
	if lang == nil || language(lang[0]) >= languages {
		return nil, errBlob
	}
	r.lang = language(lang[0])
	for f := range r.lens {
		r.lens[f] = uint16(in.uvarint(1<<16 - 1))
	}
	r.head = uint16(in.uvarint(maxSeq))
	own := a.toks
	a.toks = s.Blob // its tokens are numbered where they are
	a.decodeTerms(&in)
	order := int(in.uvarint(maxSeq))
	if !in.bad {
		a.number()
	}
	a.toks = own
	if in.bad {
		return nil, errBlob
	}
	a.seq = a.seq[:0]
	for range order {
		i := in.uvarint(uint64(max(len(a.ids), 1) - 1))
		if in.bad || len(a.ids) == 0 {
			return nil, errBlob
		}
		a.seq = binary.AppendUvarint(a.seq, uint64(a.ids[i]))
	}
	r.seq = slices.Clone(a.seq)
	r.fwd = a.packEntries()
	return r, nil
}

// decodeTerms reads the terms into list and their counts into entries.
func (a *analyser) decodeTerms(in *blobReader) {
	a.list, a.entries = a.list[:0], a.entries[:0]
	indexed := int(in.uvarint(maxBlobTerms))
	more := int(in.uvarint(maxSeq))
	for i := range indexed + more {
		if in.bad {
			return
		}
		size := int(in.uvarint(4 * maxToken))
		from := len(a.toks) - len(in.b)
		in.bytes(size)
		a.list = append(a.list, scanned{from, from + size, fieldText, KindWord})
		if i < indexed {
			var e entry
			in.counts(&e)
			a.entries = append(a.entries, e)
		}
	}
}

// Load puts documents whose blobs were stored, and returns how many had to be
// tokenised because their blob was missing, damaged, of another version or of
// another text. Sure ones that would have to be are counted and left out instead.
func (x *Index) Load(docs ...Stored) (tokenised int, err error) {
	return x.put(len(docs), func(i int) *Stored { return &docs[i] })
}
