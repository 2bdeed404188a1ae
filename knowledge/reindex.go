package knowledge

import (
	"context"
	"time"

	"hotline/bot"
)

// Reindexed is what a rebuild did.
type Reindexed struct {
	Documents int // that can be found
	Seconds   float64
}

// Reindex makes the token blobs of every article and solved case anew and removes
// those of what is gone. progress is called after each page with what is done and
// how much there is. It may be interrupted at any time: what was written is right,
// and the next start makes the rest.
func Reindex(ctx context.Context, s bot.Store, v *Vocabulary, progress func(done, of int)) (Reindexed, error) {
	begin, r := time.Now(), Reindexed{}
	var list []source
	there, all := map[string]bool{}, 0
	err := s.View(ctx, func(r bot.Reader) error {
		articles, err := r.Articles(bot.ArticlePublished)
		for i := range articles {
			list = append(list, source{doc: articleDoc(&articles[i]), ok: true})
		}
		if err == nil {
			err = r.CaseSeqs(func(number string, _ int) error { all++; return nil }, solvedStates...)
		}
		return err
	})
	all += len(list)
	add := func(docs []source) error {
		if err := storeRows(ctx, s, freshRows(v, docs), nil); err != nil {
			return err
		}
		for i := range docs {
			there[docs[i].doc.ID] = true
			if docs[i].ok {
				r.Documents++
			}
		}
		progress(len(there), all)
		return ctx.Err()
	}
	for from := 0; err == nil && from < len(list); from += pageSize {
		err = add(list[from:min(from+pageSize, len(list))])
	}
	if err == nil {
		err = pages(ctx, s, add)
	}
	if err == nil {
		err = dropOthers(ctx, s, there)
	}
	r.Seconds = time.Since(begin).Seconds()
	return r, err
}

// freshRows tokenises documents on all processors.
func freshRows(v *Vocabulary, docs []source) []bot.TokenBlob {
	x := NewIndexWith(v)
	recs, _ := x.analyse(len(docs), func(i int) *Stored { return &Stored{Doc: docs[i].doc} })
	rows := make([]bot.TokenBlob, len(docs))
	for i := range docs {
		rec := recs[i]
		if !docs[i].ok {
			rec = nil
		}
		rows[i] = x.row(&docs[i].doc, docs[i].seq, rec)
	}
	return rows
}

// dropOthers removes the rows of everything that is not there.
func dropOthers(ctx context.Context, s bot.Store, there map[string]bool) error {
	var gone []string
	err := s.View(ctx, func(r bot.Reader) error {
		return r.TokenBlobs(func(b bot.TokenBlob) error {
			if !there[b.ID] {
				gone = append(gone, b.ID)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return storeRows(ctx, s, nil, gone)
}
