package knowledge

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
)

// Vocabulary is what an index knows of Chinese beforehand: the words that a text is
// cut into, and English readings of words. It is never changed.
type Vocabulary struct {
	words   *wordList
	glosses map[string][]gloss // by folded Chinese word
	version uint64
}

// ShippedVocabulary is the embedded one: a hand-written glossary of faults and a
// list of common words.
func ShippedVocabulary() *Vocabulary { return shippedVocabulary() }

var shippedVocabulary = sync.OnceValue(func() *Vocabulary {
	glosses := map[string][]gloss{}
	buildGlosses(glosses, glossaryPairs(), 1)
	return newVocabulary(hanWords(), glosses)
})

func newVocabulary(words *wordList, glosses map[string][]gloss) *Vocabulary {
	v := &Vocabulary{words: words, glosses: glosses}
	v.version = v.sum()
	return v
}

// sum depends on everything that tokens depend on besides the text: the tokeniser,
// the words and the glosses, whatever their order.
func (v *Vocabulary) sum() uint64 {
	total := uint64(TokenVersion)
	line := func(parts ...string) {
		h := fnv.New64a()
		h.Write([]byte(strings.Join(parts, "\x00")))
		total += h.Sum64()
	}
	for word := range v.words.set {
		line("word", word)
	}
	for zh, list := range v.glosses {
		parts := []string{"gloss", zh}
		for _, g := range list {
			parts = append(parts, g.term+"="+string(binary.LittleEndian.AppendUint32(nil, uint32(g.weight*1e6))))
		}
		slices.Sort(parts[2:])
		line(parts...)
	}
	return total
}
