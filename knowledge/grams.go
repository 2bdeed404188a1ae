package knowledge

import (
	"encoding/binary"
	"math"
	"sync/atomic"
	"unicode/utf8"
)

// gramBits sizes the table of n-gram counts; two n-grams that share a place
// only blur each other's rarity.
const gramBits = 18

// gramCounts counts how often each n-gram occurs in one language's documents.
type gramCounts [1 << gramBits]atomic.Uint32

func (g *gramCounts) at(h uint32) *atomic.Uint32 { return &g[h>>(32-gramBits)] }

// runes renders the words of a document as one running text, words apart by a
// space, Chinese characters joined, and says where its title ends.
func (r *record) runes(lex lexicon, dst []rune) (text []rune, head int) {
	dst = append(dst[:0], ' ')
	n := uint16(0)
	for p := 0; p < len(r.seq); n++ {
		if n == r.head {
			head = len(dst)
		}
		id, size := binary.Uvarint(r.seq[p:])
		p += size
		dst = appendWord(dst, lex.terms[id])
	}
	if n == r.head {
		head = len(dst)
	}
	return dst, min(head, len(dst))
}

func appendWord(dst []rune, term string) []rune {
	if first, _ := utf8.DecodeRuneInString(term); isHan(first) {
		if last := len(dst) - 1; dst[last] == ' ' && last > 0 && isHan(dst[last-1]) {
			dst = dst[:last]
		}
	}
	for i := range len(term) {
		if term[i] >= utf8.RuneSelf {
			for _, c := range term[i:] {
				dst = append(dst, c)
			}
			break
		}
		dst = append(dst, rune(term[i]))
	}
	return append(dst, ' ')
}

// eachGram yields the hash of every n-gram of a running text: letterGram
// letters, or hanGram characters where it begins with a Chinese one. They cross the spaces,
// so they see the order of words.
func eachGram(text []rune, yield func(uint32)) {
	for i, first := range text {
		n := letterGram
		if isHan(first) {
			n = hanGram
		}
		if i+n > len(text) {
			if i > 0 {
				return
			}
			n = len(text)
		}
		h := uint32(2166136261)
		for _, c := range text[i : i+n] {
			h = (h ^ uint32(c)) * 16777619
		}
		yield(h * 2654435761)
	}
}

const letterGram, hanGram = 3, 2

// gramSet is a bag of n-grams: an open table from hash to count, cleared by
// raising the generation.
type gramSet struct {
	slot []gramSlot
	gen  uint32
	used []uint16 // places taken
}

type gramSlot struct {
	hash  uint32
	gen   uint32
	count uint16
	query float32 // weight in the query; only the query's own set has it
}

const gramSlots = 1 << 14 // more than three times the n-grams of maxSeq words

func (s *gramSet) reset() {
	if s.slot == nil {
		s.slot = make([]gramSlot, gramSlots)
	}
	s.gen++
	s.used = s.used[:0]
}

// find returns the place of a hash, or a free one.
func (s *gramSet) find(h uint32) (int, *gramSlot) {
	for i := h >> (32 - 14); ; i = (i + 1) % gramSlots {
		slot := &s.slot[i]
		if slot.gen != s.gen || slot.hash == h {
			return int(i), slot
		}
	}
}

// add counts one n-gram. Past three quarters of the table new ones are dropped.
func (s *gramSet) add(h uint32) {
	i, slot := s.find(h)
	if slot.gen == s.gen {
		if slot.count < 255 {
			slot.count++
		}
		return
	}
	if len(s.used) < gramSlots*3/4 {
		*slot = gramSlot{hash: h, gen: s.gen, count: 1}
		s.used = append(s.used, uint16(i))
	}
}

var logTable = func() (t [256]float32) {
	for i := range t {
		t[i] = 1 + float32(math.Log(float64(max(i, 1))))
	}
	return
}()
