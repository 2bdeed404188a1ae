package knowledge

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// queryTerm is one term of a query for one language's index.
type queryTerm struct {
	id     uint32
	known  bool
	extra  bool    // a synonym: it can be matched, and is not missed
	weight float32 // idf × saturated count × kind
	text   string
	shown  string
}

// parsed is a query read once, for both indexes.
type parsed struct {
	lang   language
	words  []word
	order  []string // words and characters as they came, at most maxSeq
	length int

	terms   [languages][]queryTerm
	reach   [languages]float32 // weight of all words, known or not: what a perfect document could match
	unknown float32            // share of it that stands in no document
}

// word is one distinct token of the query.
type word struct {
	text   string
	kind   Kind
	count  float32
	weight float32 // 1, less for a gloss or a corrected slip
	bridge bool    // a gloss: it stands for a word of the other language
	of     int     // a synonym: one more than the position of the word it stands for
	shown  string
}

// maxWords bounds the distinct tokens of one query.
const maxWords = 4096

// parse reads a query.
func parse(q *Query, vocab *Vocabulary) *parsed {
	p := &parsed{lang: textLanguage(Fold(q.Text[:min(len(q.Text), 4096)]))}
	switch q.Lang {
	case "zh":
		p.lang = chinese
	case "en":
		p.lang = english
	}
	at, raw := map[string]int{}, ""
	scanText(vocab.words, q.Text, func(tok []byte, kind Kind, log bool) {
		if kind == kindRaw {
			raw = string(tok)
			if len(p.order) < maxSeq {
				p.order = append(p.order, raw)
			}
			return
		}
		p.length++
		if i, ok := at[string(tok)]; ok {
			p.words[i].count++
			return
		}
		if len(p.words) < maxWords {
			at[string(tok)] = len(p.words)
			p.words = append(p.words, word{text: string(tok), kind: kind, count: 1, weight: 1, shown: shownAs(string(tok), kind, raw)})
		}
	})
	p.bridge(at, vocab.glosses)
	p.widen(at)
	return p
}

// shownAs is how a token is shown to people: a stemmed word as it was written.
func shownAs(tok string, kind Kind, raw string) string {
	if kind == KindWord && len(raw) >= len(tok) && strings.HasPrefix(raw, tok[:min(len(tok), 3)]) {
		return raw
	}
	return tok
}

// bridgeWeight is what the English reading of a Chinese word counts among Chinese
// documents, where it stands for words of the same meaning.
const bridgeWeight = .24

// maxEvidence is how many terms the second stage looks at; the first is content
// with the best of them.
const maxEvidence = 48

// maxSlips bounds the unknown words of one query that are corrected.
const maxSlips = 8

// correct adds, for words no document holds, the known words that differ by one
// slip of the finger: a letter missing, added, wrong, or two swapped.
func (x *Index) correct(p *parsed) {
	slips := 0
	x.dict.mu.RLock()
	defer x.dict.mu.RUnlock()
	seen := func(term string) uint32 {
		id, ok := x.dict.ids[term]
		if !ok {
			return 0
		}
		return x.dict.df[english].at(id).Load() + x.dict.df[chinese].at(id).Load()
	}
	for i := range len(p.words) {
		w := p.words[i]
		if w.kind != KindWord || len(w.text) < 5 || w.bridge || w.text[0] >= utf8.RuneSelf || seen(w.text) > 0 {
			continue
		}
		if slips++; slips > maxSlips {
			return
		}
		best, most := "", uint32(0)
		for near := range neighbours(w.text) {
			if n := seen(near); n > most {
				best, most = near, n
			}
		}
		if best != "" {
			p.words = append(p.words, word{text: best, kind: KindWord, count: w.count, weight: .7, shown: w.shown})
		}
	}
}

// neighbours yields every string one slip away from an ASCII word.
func neighbours(w string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range len(w) + 1 {
			if i < len(w) && !yield(w[:i]+w[i+1:]) {
				return
			}
			if i+1 < len(w) && !yield(w[:i]+string(w[i+1])+string(w[i])+w[i+2:]) {
				return
			}
			for c := 'a'; c <= 'z'; c++ {
				if i < len(w) && !yield(w[:i]+string(c)+w[i+1:]) || !yield(w[:i]+string(c)+w[i:]) {
					return
				}
			}
		}
	}
}

// bridge adds the English readings of the query's Chinese words.
func (p *parsed) bridge(at map[string]int, table map[string][]gloss) {
	for i := range len(p.words) {
		w := p.words[i]
		if w.kind != KindHanWord {
			continue
		}
		for _, g := range table[w.text] {
			if j, ok := at[g.term]; ok {
				if p.words[j].bridge {
					p.words[j].weight = max(p.words[j].weight, g.weight)
				}
				continue
			}
			at[g.term] = len(p.words)
			p.words = append(p.words, word{text: g.term, kind: KindWord, count: w.count, weight: g.weight, bridge: true, shown: w.text})
		}
	}
}

func idf(n int, df uint32) float32 {
	return float32(math.Log(1 + (float64(n)-float64(df)+.5)/(float64(df)+.5)))
}

// terms chooses the best query terms for one index, the best first. reach is the weight of all
// words, known or not: what a perfect document could match.
func (x *Index) terms(p *parsed, l language, part *part) (list []queryTerm, reach, unknown float32) {
	par := x.params(p, l)
	x.dict.mu.RLock()
	defer x.dict.mu.RUnlock()
	for i := range p.words {
		w := &p.words[i]
		if l != p.lang && w.kind >= KindHanWord {
			continue // its glosses stand for it
		}
		df := x.dict.frequency(l, w.text)
		rare := idf(part.n, df)
		if w.of > 0 {
			rare = min(rare, idf(part.n, x.dict.frequency(l, p.words[w.of-1].text)))
		}
		weight := rare * w.weight * par.kind[w.kind] * w.count * (queryK3 + 1) / (queryK3 + w.count)
		if w.bridge && l == chinese {
			weight *= bridgeWeight
		}
		list = append(list, queryTerm{id: x.dict.ids[w.text], known: df > 0, weight: weight, text: w.text, shown: w.shown, extra: w.of > 0})
	}
	slices.SortFunc(list, func(a, b queryTerm) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.text, b.text))
	})
	list = list[:min(len(list), 2*maxEvidence)]
	kept := list[:0]
	for _, t := range list {
		if !t.extra {
			reach += t.weight
			if !t.known {
				unknown += t.weight
			}
		}
		if t.known && len(kept) < maxEvidence {
			kept = append(kept, t)
		}
	}
	return kept, reach, unknown / max(reach, 1e-6)
}
