package knowledge

import (
	"cmp"
	_ "embed"
	"iter"
	"slices"
	"strings"
)

// glossaryText pairs Chinese words of fault reports with English ones. Written
// for this project.
//
//go:embed data/glossary.txt
var glossaryText string

// maxGlosses is how many English readings of one word are used.
const maxGlosses = 4

// glossaryPairs yields each Chinese word with its English readings, the most
// frequent first.
func glossaryPairs() iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for line := range strings.Lines(glossaryText) {
			zh, en, ok := strings.Cut(strings.TrimSpace(line), "=")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			if !yield(zh, strings.Split(en, ",")) {
				return
			}
		}
	}
}

// gloss is one English token that stands for a Chinese word.
type gloss struct {
	term   string
	weight float32 // the first reading weighs most, all readings together at most 1
}

// buildGlosses turns pairs into tokens of a weight that share scales. Earlier pairs
// win, so a supplied dictionary only fills the gaps of the embedded glossary.
func buildGlosses(dst map[string][]gloss, pairs iter.Seq2[string, []string], share float32) {
	for zh, readings := range pairs {
		zh = Fold(zh)
		if _, ok := dst[zh]; ok {
			continue
		}
		readings = readings[:min(len(readings), maxGlosses)]
		best := map[string]float32{}
		for _, reading := range readings {
			words := map[string]bool{}
			for _, t := range Tokens(reading) {
				if t.Kind == KindWord || t.Kind == KindIdent {
					words[t.Text] = true
				}
			}
			for w := range words {
				best[w] += share / float32(len(readings))
			}
		}
		var list []gloss
		for w, weight := range best {
			list = append(list, gloss{w, weight})
		}
		slices.SortFunc(list, func(a, b gloss) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.term, b.term)) })
		if len(list) > 0 {
			dst[zh] = list
		}
	}
}
