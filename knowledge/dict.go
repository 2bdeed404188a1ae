package knowledge

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// language numbers the two indexes: each keeps its own statistics, because one
// shared set would make the rarer language's common words look rare.
type language int

const (
	english language = iota
	chinese
	languages
)

// dict gives each term a number and counts the documents that hold it, per
// language. Terms are never forgotten before the index is rebuilt. The lock is
// held only for look-ups and new terms; counts are atomic, so that a search and
// a bulk load do not wait for each other.
type dict struct {
	vocab *Vocabulary

	mu    sync.RWMutex
	ids   map[string]uint32
	terms []string // append-only: a copied header stays valid
	kinds []Kind
	df    [languages]counters
	grams [languages]gramCounts
}

// counters is a growing list of atomic numbers.
type counters struct {
	chunks atomic.Pointer[[]*counterChunk]
}

const chunkBits = 12

type counterChunk [1 << chunkBits]atomic.Uint32

// grow makes room for n numbers. Only one goroutine grows at a time.
func (c *counters) grow(n int) {
	var have []*counterChunk
	if p := c.chunks.Load(); p != nil {
		have = *p
	}
	if n <= len(have)<<chunkBits {
		return
	}
	more := append(slices.Clip(have), new(counterChunk))
	c.chunks.Store(&more)
}

func (c *counters) at(i uint32) *atomic.Uint32 {
	return &(*c.chunks.Load())[i>>chunkBits][i&(1<<chunkBits-1)]
}

func newDict(v *Vocabulary) *dict { return &dict{vocab: v, ids: map[string]uint32{}} }

// intern returns the number of a term, making one if needed. The caller holds
// mu for writing.
func (d *dict) intern(term string) uint32 {
	if id, ok := d.ids[term]; ok {
		return id
	}
	id := uint32(len(d.terms))
	term = strings.Clone(term)
	for l := range d.df {
		d.df[l].grow(int(id) + 1)
	}
	d.ids[term] = id
	d.terms = append(d.terms, term)
	d.kinds = append(d.kinds, kindOf(term, d.vocab.words))
	return id
}

// frequency is how many documents of a language hold a term. The caller holds
// mu.
func (d *dict) frequency(l language, term string) uint32 {
	id, ok := d.ids[term]
	if !ok {
		return 0
	}
	return d.df[l].at(id).Load()
}

// lexicon is a fixed view of the terms.
type lexicon struct {
	terms []string
	kinds []Kind
}

func (d *dict) lexicon() lexicon {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return lexicon{d.terms, d.kinds}
}

// count adds (n = 1) or takes away (n = -1) a record's terms and n-grams. It
// writes over text and returns it, to be used again.
func (d *dict) count(r *record, n int, lex lexicon, text []rune) []rune {
	for e := range r.eachEntry {
		d.df[r.lang].at(e.term).Add(uint32(n))
	}
	text, _ = r.runes(lex, text)
	eachGram(text, func(h uint32) { d.grams[r.lang].at(h).Add(uint32(n)) })
	return text
}

// kindOf tells a term's kind from its text and the word list alone, so that it
// never depends on which document brought the term first.
func kindOf(term string, words *wordList) Kind {
	r, size := utf8.DecodeRuneInString(term)
	if isHan(r) {
		switch {
		case size == len(term):
			return KindHanChar
		case words.set[term]:
			return KindHanWord
		}
		return KindHanPair
	}
	letters, digits := 0, 0
	for i := range len(term) {
		switch c := term[i]; {
		case digit(c):
			digits++
		case c == '.' || c == '_' || c == '-' || c == '$':
			return KindIdent
		default:
			letters++
		}
	}
	if letters > 0 && digits > 0 {
		return KindIdent
	}
	return KindWord
}
