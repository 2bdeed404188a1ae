package knowledge

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"hotline/bot"
	"hotline/store"
)

// shelved is a real store with a library over it.
type shelved struct {
	testing.TB
	store *store.SQLite
	desk  *bot.Desk
	*Library
}

func newShelved(t testing.TB) *shelved {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "h.db"), store.Options{Sync: store.Off})
	if err != nil {
		t.Fatal(err)
	}
	k := &shelved{TB: t, store: s}
	t.Cleanup(func() {
		k.Flush()
		s.Close()
	})
	k.again(nil)
	return k
}

// again is what a restart does: a new desk and a new library, on the same store.
func (k *shelved) again(v *Vocabulary) {
	k.Helper()
	if k.Library != nil {
		k.Flush()
	}
	var err error
	if k.desk, err = bot.NewDesk(k.Context(), k.store, &bot.Organisation{}); err != nil {
		k.Fatal(err)
	}
	k.Library = NewLibrary(k.desk, slog.New(slog.DiscardHandler))
	if v != nil {
		k.UseVocabulary(v)
	}
	if err := k.Load(k.Context()); err != nil {
		k.Fatal(err)
	}
}

func (k *shelved) do(f func(tx bot.Tx) error) {
	k.Helper()
	if err := k.store.Do(k.Context(), f); err != nil {
		k.Fatal(err)
	}
}

// madeUp is the source of texts, which takes a moment to make.
var madeUp = sync.OnceValue(newBenchText)

// cases stores solved cases with made-up texts, past the library.
func (k *shelved) cases(from, n int) {
	k.Helper()
	gen := madeUp()
	for ids := range slices.Chunk(upTo(from, n), 500) {
		k.do(func(tx bot.Tx) error {
			for _, i := range ids {
				if err := putMadeUp(tx, gen, i, 1); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func upTo(from, n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = from + i
	}
	return list
}

func number(i int) string { return bot.FormatNumber(bot.Fault, 1001+int64(i)) }

// publish stores an article and tells the library, as the desk does.
func (k *shelved) publish(a bot.Article) {
	k.Helper()
	k.do(func(tx bot.Tx) error {
		a.Updated = tx.Now()
		tx.OnCommit(func() { k.ArticleChanged(a) })
		return tx.PutArticle(a)
	})
}

func madeUpArticle(gen *benchText, i int) bot.Article {
	d := gen.doc(500_000 + i)
	return bot.Article{ID: fmt.Sprint("KB-", i), State: bot.ArticlePublished, Title: d.Title, Symptom: d.Symptom, Solution: d.Solution, Revision: 1}
}

// rows reads the stored blobs.
func (k *shelved) rows() map[string]bot.TokenBlob {
	k.Helper()
	rows := map[string]bot.TokenBlob{}
	err := k.store.View(k.Context(), func(r bot.Reader) error {
		return r.TokenBlobs(func(b bot.TokenBlob) error {
			rows[b.ID] = b
			return nil
		})
	})
	if err != nil {
		k.Fatal(err)
	}
	return rows
}

// fresh builds an index from nothing but articles and cases.
func fresh(t testing.TB, s bot.Store) *Index {
	t.Helper()
	x, spoken := NewIndex(), map[string]bool{}
	err := s.View(t.Context(), func(r bot.Reader) error {
		articles, err := r.Articles(bot.ArticlePublished)
		for i := range articles {
			spoken[articles[i].Case] = true
			if err := x.Put(articleDoc(&articles[i])); err != nil {
				return err
			}
		}
		return err
	})
	if err == nil {
		err = pages(t.Context(), s, func(list []source) error {
			for i := range list {
				if d := &list[i]; d.ok && !spoken[d.doc.ID] {
					if err := x.Put(d.doc); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// asFresh compares the library's answers with those of a fresh index.
func (k *shelved) asFresh() {
	k.Helper()
	sameAnswers(k, k.Index(), fresh(k, k.store), 12)
}

func sameAnswers(t testing.TB, got, want *Index, queries int) {
	t.Helper()
	if got.Len() != want.Len() {
		t.Errorf("%d documents, fresh %d", got.Len(), want.Len())
	}
	gen := madeUp()
	for i := range queries {
		q := Query{Text: gen.query(i), Internal: true}
		if a, b := ids(got.Search(q)), ids(want.Search(q)); !slices.Equal(a, b) {
			t.Fatalf("%q finds\n%v, fresh\n%v", q.Text, a, b)
		}
	}
}

// eventually waits for what happens in the background.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !f(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}
