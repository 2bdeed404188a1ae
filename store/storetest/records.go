package storetest

import (
	"bytes"
	"strconv"

	"hotline/bot"
	"hotline/bot/chat"
)

func linkChecks() []check {
	link := func(key string, id int64, role bot.LinkRole, second int) bot.Link {
		return bot.Link{
			Key: key, Case: id, Role: role, Audience: chat.Internal(), Person: "bob", At: at(second),
			Ref: chat.MessageRef{Place: chat.Place{Platform: "web", Channel: "help"}, ID: key},
		}
	}
	put := func(k *kit, links ...bot.Link) {
		k.Helper()
		k.do(func(tx bot.Tx) error { return tx.PutLink(links...) })
	}
	get := func(key string) func(bot.Reader) (bot.Link, error) {
		return func(r bot.Reader) (bot.Link, error) { return r.Link(key) }
	}
	return []check{
		{"comes back as it was", func(k *kit) {
			put(k, link("a", 1001, bot.LinkRoot, 1))
			same(k, read(k, get("a")), link("a", 1001, bot.LinkRoot, 1))
		}},
		{"a place without a message", func(k *kit) {
			l := link("a", 1001, bot.LinkThread, 1)
			l.Ref = chat.MessageRef{Place: chat.Place{Platform: "web", Channel: "help", Thread: "7"}}
			put(k, l)
			same(k, read(k, get("a")), l)
		}},
		{"an unknown key is not found", func(k *kit) {
			k.absent(func(r bot.Reader) error { _, err := r.Link("nope"); return err })
		}},
		{"the same key again replaces", func(k *kit) {
			put(k, link("a", 1001, bot.LinkRoot, 1), link("a", 1002, bot.LinkCard, 2))
			same(k, read(k, get("a")), link("a", 1002, bot.LinkCard, 2))
		}},
		{"many at once", func(k *kit) {
			var many []bot.Link
			for i := range 40 {
				many = append(many, link(strconv.Itoa(i), 1001, bot.LinkPage, i))
			}
			put(k, many...)
			same(k, read(k, func(r bot.Reader) ([]bot.Link, error) { return r.Links(1001) }), many)
		}},
		{"links of a case, oldest first", func(k *kit) {
			put(k, link("b", 1001, bot.LinkCard, 2), link("a", 1001, bot.LinkPage, 3), link("c", 1001, bot.LinkRoot, 1), link("d", 1002, bot.LinkRoot, 1))
			same(k, read(k, func(r bot.Reader) ([]bot.Link, error) { return r.Links(1001) }),
				[]bot.Link{link("c", 1001, bot.LinkRoot, 1), link("b", 1001, bot.LinkCard, 2), link("a", 1001, bot.LinkPage, 3)})
		}},
		{"links of some roles", func(k *kit) {
			put(k, link("a", 1001, bot.LinkCard, 1), link("b", 1001, bot.LinkPage, 2), link("c", 1001, bot.LinkRoot, 3))
			same(k, read(k, func(r bot.Reader) ([]bot.Link, error) { return r.Links(1001, bot.LinkRoot, bot.LinkCard) }),
				[]bot.Link{link("a", 1001, bot.LinkCard, 1), link("c", 1001, bot.LinkRoot, 3)})
		}},
	}
}

func recordChecks() []check {
	return []check{
		{"an unknown one is not found", func(k *kit) {
			k.absent(func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
		}},
		{"a list is ordered by id, of one kind", func(k *kit) {
			k.do(func(tx bot.Tx) error {
				for _, r := range []bot.Record{record("k", "b", 1), record("k", "a", 2), record("z", "c", 3)} {
					if err := tx.PutRecord(r); err != nil {
						return err
					}
				}
				return nil
			})
			same(k, read(k, func(r bot.Reader) ([]bot.Record, error) { return r.Records("k") }),
				[]bot.Record{record("k", "a", 2), record("k", "b", 1)})
		}},
		{"putting again replaces", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.PutRecord(record("k", "a", 1)) })
			k.do(func(tx bot.Tx) error { return tx.PutRecord(record("k", "a", 2)) })
			same(k, read(k, func(r bot.Reader) (bot.Record, error) { return r.Record("k", "a") }), record("k", "a", 2))
		}},
		{"deleting removes", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.PutRecord(record("k", "a", 1)) })
			k.do(func(tx bot.Tx) error { return tx.DeleteRecord("k", "a") })
			k.absent(func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
		}},
		{"deleting what is not there is fine", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.DeleteRecord("k", "a") })
		}},
		{"a body that is no JSON is refused", func(k *kit) {
			k.fails(bot.ErrInvalid, func(tx bot.Tx) error { return tx.PutRecord(bot.Record{Kind: "k", ID: "a", Body: []byte("{")}) })
		}},
		{"the hotline's own helpers work on it", func(k *kit) {
			k.do(func(tx bot.Tx) error {
				return bot.PutJSON(tx, bot.RecAccount, "web::ann", bot.Account{Principal: "web::ann", Person: "ann"})
			})
			ro := read(k, bot.LoadRoster)
			same(k, ro.Accounts, map[string]string{"web::ann": "ann"})
		}},
	}
}

func articleChecks() []check {
	article := func(id string, state bot.ArticleState, second int) bot.Article {
		return bot.Article{
			ID: id, State: state, Lang: "zh", Title: "打印机", Symptom: "s", Solution: "重启", Aliases: []string{"x"},
			Helped: 3, Revision: 2, Created: at(0), Updated: at(second),
		}
	}
	put := func(k *kit, articles ...bot.Article) {
		k.Helper()
		k.do(func(tx bot.Tx) error {
			for _, a := range articles {
				if err := tx.PutArticle(a); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return []check{
		{"comes back as it was", func(k *kit) {
			put(k, article("KB-1", bot.ArticleDraft, 1))
			same(k, read(k, func(r bot.Reader) (bot.Article, error) { return r.Article("KB-1") }), article("KB-1", bot.ArticleDraft, 1))
		}},
		{"an unknown one is not found", func(k *kit) {
			k.absent(func(r bot.Reader) error { _, err := r.Article("KB-9"); return err })
		}},
		{"putting again replaces", func(k *kit) {
			put(k, article("KB-1", bot.ArticleDraft, 1), article("KB-1", bot.ArticlePublished, 2))
			same(k, read(k, func(r bot.Reader) ([]bot.Article, error) { return r.Articles() }),
				[]bot.Article{article("KB-1", bot.ArticlePublished, 2)})
		}},
		{"lists are newest first, of some states or all", func(k *kit) {
			a, b, c := article("KB-1", bot.ArticleDraft, 3), article("KB-2", bot.ArticlePublished, 1), article("KB-3", bot.ArticleRetired, 2)
			put(k, a, b, c)
			same(k, read(k, func(r bot.Reader) ([]bot.Article, error) { return r.Articles() }), []bot.Article{a, c, b})
			same(k, read(k, func(r bot.Reader) ([]bot.Article, error) { return r.Articles(bot.ArticlePublished, bot.ArticleRetired) }),
				[]bot.Article{c, b})
		}},
		{"without an id it is refused", func(k *kit) {
			k.fails(bot.ErrInvalid, func(tx bot.Tx) error { return tx.PutArticle(bot.Article{}) })
		}},
	}
}

func fileChecks() []check {
	file := func(data []byte) bot.StoredFile {
		return bot.StoredFile{
			ID: "f1", Case: 1001, Name: "日志.txt", Type: "text/plain", Hash: "00ff", Audience: chat.Customer(), Data: data, At: at(1),
		}
	}
	get := func(r bot.Reader) (bot.StoredFile, error) { return r.File("f1") }
	return []check{
		{"comes back as it was", func(k *kit) {
			f := file([]byte{0, 1, 2, 255})
			k.do(func(tx bot.Tx) error { return tx.PutFile(f) })
			same(k, read(k, get), f)
		}},
		{"a large one", func(k *kit) {
			f := file(bytes.Repeat([]byte("0123456789abcdef"), 1<<16))
			k.do(func(tx bot.Tx) error { return tx.PutFile(f) })
			if got := read(k, get); !bytes.Equal(got.Data, f.Data) {
				k.Errorf("%d bytes came back", len(got.Data))
			}
		}},
		{"an empty one", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.PutFile(file(nil)) })
			same(k, len(read(k, get).Data), 0)
		}},
		{"one that is too large is refused", func(k *kit) {
			k.fails(bot.ErrInvalid, func(tx bot.Tx) error { return tx.PutFile(file(make([]byte, chat.MaxFile+1))) })
		}},
		{"an unknown one is not found", func(k *kit) {
			k.absent(func(r bot.Reader) error { _, err := r.File("nope"); return err })
		}},
	}
}
