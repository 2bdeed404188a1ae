package knowledge

import (
	"hotline/bot"
)

const (
	// duplicateShare is the share of the telling words of title and symptom from which
	// an article is shown to the reviewer as a duplicate of another.
	duplicateShare = .6
	// sameWords is the share of common words from which two texts are alike, however
	// telling the words are: in a small index every word is.
	sameWords = .38
	// twinWords is the same for two articles, which say more.
	twinWords = .5
)

// Twins are the published articles that tell the same as a, best first; see
// [bot.Shelf].
func (l *Library) Twins(r bot.Reader, a *bot.Article) ([]string, error) {
	text := a.Title + "\n" + trimRunes(a.Symptom, 600)
	words := contentWords(text)
	var twins []string
	for _, h := range l.index.Search(Query{Text: text, Lang: a.Lang, Internal: true, Kind: Article, Exclude: []string{a.ID}, Limit: maxNear}).Hits {
		other, err := r.Article(h.ID)
		if gone(err) != nil {
			return nil, err
		}
		if err != nil || other.State != bot.ArticlePublished {
			continue
		}
		if h.Cover >= duplicateShare || similar(words, contentWords(other.Title+"\n"+trimRunes(other.Symptom, 600))) >= twinWords {
			twins = append(twins, h.ID)
		}
	}
	return twins, nil
}
