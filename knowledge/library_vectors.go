package knowledge

import (
	"context"
	"maps"
	"sync"
	"time"

	"hotline/bot"
)

// Embedder turns texts into vectors of length one, at most embedBatch at a time.
type Embedder func(ctx context.Context, texts []string) ([][]float32, error)

const (
	embedBatch   = 64
	embedWait    = 2 * time.Minute // for one batch of articles
	embedQueryIn = time.Second     // for a question; without an answer words alone count
)

// vectors keeps the vectors of the published articles. Only articles are embedded:
// they were redacted and reviewed.
type vectors struct {
	space string
	embed Embedder
	mu    sync.Mutex
	known map[string][]float32
}

// UseVectors lets an embedding model help the search; space names the model, so that
// vectors of two models are never compared. It embeds the published articles in the
// background and each article as it changes. Without vectors, or when the model is
// away, words alone count.
func (l *Library) UseVectors(ctx context.Context, space string, embed Embedder) {
	v := &vectors{space: space, embed: embed, known: map[string][]float32{}}
	l.vectors.Store(v)
	go func() {
		var docs []Doc
		err := l.desk.Store().View(ctx, func(r bot.Reader) error {
			list, err := r.Articles(bot.ArticlePublished)
			for i := range list {
				docs = append(docs, articleDoc(&list[i]))
			}
			return err
		})
		for ; err == nil && len(docs) > 0; docs = docs[min(embedBatch, len(docs)):] {
			err = l.addVectors(ctx, v, docs[:min(embedBatch, len(docs))])
		}
		if err != nil && ctx.Err() == nil {
			l.log.Warn("articles not embedded", "err", err)
		}
	}()
}

// addVectors embeds some articles and makes them count.
func (l *Library) addVectors(ctx context.Context, v *vectors, docs []Doc) error {
	ctx, cancel := context.WithTimeout(ctx, embedWait)
	defer cancel()
	texts := make([]string, len(docs))
	for i, d := range docs {
		texts[i] = d.Title + "\n" + d.Symptom + "\n" + d.Solution
	}
	got, err := v.embed(ctx, texts)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for i := range min(len(got), len(docs)) {
		v.known[docs[i].ID] = got[i]
	}
	return l.index.SetVectors(v.space, maps.Clone(v.known))
}

// embedArticle embeds an article that has just changed, without keeping anybody.
func (l *Library) embedArticle(d Doc) {
	v := l.vectors.Load()
	if v == nil {
		return
	}
	go func() {
		if err := l.addVectors(context.Background(), v, []Doc{d}); err != nil {
			l.log.Warn("article not embedded", "article", d.ID, "err", err)
		}
	}()
}

// questionVector is the vector of a question; none when there is no model or it
// does not answer in time.
func (l *Library) questionVector(ctx context.Context, text string) (vector []float32, space string) {
	v := l.vectors.Load()
	if v == nil {
		return nil, ""
	}
	ctx, cancel := context.WithTimeout(ctx, embedQueryIn)
	defer cancel()
	got, err := v.embed(ctx, []string{text})
	if err != nil || len(got) != 1 {
		return nil, ""
	}
	return got[0], v.space
}
