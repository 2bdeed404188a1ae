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
	n := 0
	for i, r := range docs {
		for f, length := range r.lens {
			s.lens[i][f] = lenCode(int(length))
		}
		n += len(r.fwd) / 2 // an entry takes two bytes or more
	}
	keys := make([]uint64, 0, n) // term<<32 | position in pay
	pay := make([]posting, 0, n)
	for i, r := range docs {
		for e := range r.eachEntry {
			keys = append(keys, uint64(e.term)<<32|uint64(len(pay)))
			pay = append(pay, posting{uint32(i), *e})
		}
	}
	keys = sortByTerm(keys)
	terms := 0
	for i := range keys {
		if i == 0 || keys[i]>>32 != keys[i-1]>>32 {
			terms++
		}
	}
	s.terms, s.offs = make([]uint32, 0, terms), make([]uint32, 0, terms+1)
	data := make([]byte, 0, 3*len(keys))
	last := uint32(0)
	for i, k := range keys {
		p := &pay[uint32(k)]
		if i == 0 || k>>32 != keys[i-1]>>32 {
			s.terms = append(s.terms, p.term)
			s.offs = append(s.offs, uint32(len(data)))
			last = 0
		}
		data = binary.AppendUvarint(data, uint64(p.doc-last))
		data = appendCounts(data, &p.entry)
		last = p.doc
	}
	s.offs = append(s.offs, uint32(len(data)))
	s.data = slices.Clone(data)
	return s
}

// posting is an entry and the position of its document.
type posting struct {
	doc uint32
	entry
}

// sortByTerm sorts keys by their upper half and keeps the order of equal ones:
// a radix sort, because a bulk load spends a third of its time here.
func sortByTerm(keys []uint64) []uint64 {
	const bits = 11
	most := uint64(0)
	for _, k := range keys {
		most = max(most, k>>32)
	}
	spare := make([]uint64, len(keys))
	for shift := 32; most > 0; shift, most = shift+bits, most>>bits {
		var at [1 << bits]int
		for _, k := range keys {
			at[k>>shift&(1<<bits-1)]++
		}
		sum := 0
		for i, n := range at {
			at[i] = sum
			sum += n
		}
		for _, k := range keys {
			d := k >> shift & (1<<bits - 1)
			spare[at[d]] = k
			at[d]++
		}
		keys, spare = spare, keys
	}
	return keys
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
