package knowledge

// Meanings is what the words of a text stand for: its tokens without pairs and single
// characters, each with its English readings when it is a Chinese word of the embedded
// glossary. Two texts that say the same in English and Chinese share some of them.
func Meanings(text string) map[string][]string {
	glosses := ShippedVocabulary().glosses
	all := map[string][]string{}
	for _, t := range Tokens(text) {
		if t.Kind == KindHanPair || t.Kind == KindHanChar {
			continue
		}
		var readings []string
		for _, g := range glosses[t.Text] {
			readings = append(readings, g.term)
		}
		all[t.Text] = readings
	}
	return all
}
