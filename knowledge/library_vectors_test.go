package knowledge

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hotline/bot"
)

// TestVectorsHelpAndNeverHinder searches with an embedding model that knows that two
// wordings mean the same, and with one that is away.
func TestVectorsHelpAndNeverHinder(t *testing.T) {
	k := newShelved(t)
	s, l := k.store, k.Library
	put := func(id, title string) {
		a := bot.Article{ID: id, State: bot.ArticlePublished, Lang: "en", Title: title, Symptom: title, Solution: "do this for " + id}
		err := s.Do(t.Context(), func(tx bot.Tx) error {
			tx.OnCommit(func() { l.ArticleChanged(a) })
			return tx.PutArticle(a)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put("KB-1", "The lift stands still between floors")
	put("KB-2", "The printer prints blank pages")
	embedded := make(chan struct{}, 10)
	away := false
	l.UseVectors(t.Context(), "test/2", func(_ context.Context, texts []string) ([][]float32, error) {
		if away {
			return nil, errors.New("away")
		}
		var out [][]float32
		for _, text := range texts {
			v := []float32{0, 1}
			if strings.Contains(text, "lift") || strings.Contains(text, "elevator") {
				v = []float32{1, 0}
			}
			out = append(out, v)
		}
		embedded <- struct{}{}
		return out, nil
	})
	<-embedded
	first := func() string {
		found, err := l.Search(t.Context(), bot.Lookup{Text: "elevator stuck", Lang: "en", Limit: 3})
		if err != nil || len(found.Hits) == 0 {
			return ""
		}
		return found.Hits[0].ID
	}
	deadline := time.Now().Add(30 * time.Second)
	for first() != "KB-1" {
		if time.Now().After(deadline) {
			t.Fatalf("found %q", first())
		}
	}
	away = true
	if found, err := l.Search(t.Context(), bot.Lookup{Text: "printer blank pages", Lang: "en", Limit: 3}); err != nil || len(found.Hits) == 0 || found.Hits[0].ID != "KB-2" {
		t.Errorf("without the model: %+v, %v", found, err)
	}
}
