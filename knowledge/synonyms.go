package knowledge

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// synonymText lists English words of support that stand for one another, the
// first of a line for each of the rest. Written for this project.
//
//go:embed data/synonyms.txt
var synonymText string

// synonyms maps a stem to the stems that may stand for it.
var synonyms = sync.OnceValue(func() map[string][]string {
	table := map[string][]string{}
	pair := func(a, b string) {
		if a != b && !slices.Contains(table[a], b) {
			table[a] = append(table[a], b)
		}
	}
	for line := range strings.Lines(synonymText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		group := Tokens(line)
		for _, t := range group[min(1, len(group)):] {
			pair(group[0].Text, t.Text)
			pair(t.Text, group[0].Text)
		}
	}
	return table
})

const (
	synonymWeight = .4 // what a synonym counts of the word it stands for
	synonymMax    = 40 // distinct words of a question that is still widened; a longer one says enough itself
)

// widen adds the synonyms of a short English question's words.
func (p *parsed) widen(at map[string]int) {
	if p.lang != english || len(p.words) > synonymMax {
		return
	}
	table := synonyms()
	for i, w := range p.words {
		if w.kind != KindWord {
			continue
		}
		for _, s := range table[w.text] {
			if _, ok := at[s]; !ok {
				at[s] = len(p.words)
				p.words = append(p.words, word{text: s, kind: KindWord, count: w.count, weight: synonymWeight, of: i + 1, shown: w.shown})
			}
		}
	}
}
