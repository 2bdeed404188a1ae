package knowledge

import (
	"encoding/binary"
	"slices"
)

// segment is an immutable inverted index over some documents of one language.
type segment struct {
	docs  []*record
	lens  [][fields]uint8 // lengths by field, coded by lenCode
	terms []uint32        // rising
	offs  []uint32        // where the postings of terms[i] begin in data; one more at the end
	data  []byte          // per posting: document delta, fields, counts
}

// find returns the postings of a term.
func (s *segment) find(term uint32) []byte {
	i, ok := slices.BinarySearch(s.terms, term)
	if !ok {
		return nil
	}
	return s.data[s.offs[i]:s.offs[i+1]]
}

// buildSegment inverts the forward lists of docs.
func buildSegment(docs []*record) *segment {
	s := &segment{docs: docs, lens: make([][fields]uint8, len(docs))}
	var keys []uint64 // term<<32 | position in pay
	var pay []entry
	var owner []uint32
	for i, r := range docs {
		for f, n := range r.lens {
			s.lens[i][f] = lenCode(int(n))
		}
		for e := range r.eachEntry {
			keys = append(keys, uint64(e.term)<<32|uint64(len(pay)))
			pay = append(pay, *e)
			owner = append(owner, uint32(i))
		}
	}
	slices.Sort(keys)
	last := uint32(0)
	for i, k := range keys {
		term, at := uint32(k>>32), uint32(k)
		if i == 0 || term != s.terms[len(s.terms)-1] {
			s.terms = append(s.terms, term)
			s.offs = append(s.offs, uint32(len(s.data)))
			last = 0
		}
		s.data = binary.AppendUvarint(s.data, uint64(owner[at]-last))
		s.data = appendCounts(s.data, &pay[at])
		last = owner[at]
	}
	s.offs = append(s.offs, uint32(len(s.data)))
	s.terms, s.offs, s.data = slices.Clone(s.terms), slices.Clone(s.offs), slices.Clone(s.data)
	return s
}

// lenCode codes a length in one byte: exact below 64, then in steps of about
// 1/16.
func lenCode(n int) uint8 {
	if n < 64 {
		return uint8(n)
	}
	shift := 0
	for n>>shift >= 32 {
		shift++
	}
	// n>>shift is in [16,32); shift is at least 2.
	return uint8(min(64+(shift-2)*16+(n>>shift-16), 255))
}

// lenValue is the length a code stands for, the middle of its range.
func lenValue(code uint8) float32 {
	if code < 64 {
		return float32(code)
	}
	shift := int(code-64)/16 + 2
	return (float32(int(code-64)%16+16) + 0.5) * float32(int(1)<<shift)
}
