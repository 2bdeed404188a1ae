package storetest

import (
	"fmt"
	"slices"
	"strings"

	"hotline/bot"
)

func blobChecks() []check {
	blob := func(id string, seq int, data string) bot.TokenBlob {
		return bot.TokenBlob{ID: id, Seq: seq, Data: []byte(data)}
	}
	put := func(k *kit, blobs ...bot.TokenBlob) {
		k.Helper()
		k.do(func(tx bot.Tx) error { return tx.PutTokenBlobs(blobs...) })
	}
	all := func(k *kit) []bot.TokenBlob {
		k.Helper()
		var list []bot.TokenBlob
		k.view(func(r bot.Reader) error {
			return r.TokenBlobs(func(b bot.TokenBlob) error {
				list = append(list, b)
				return nil
			})
		})
		slices.SortFunc(list, func(a, b bot.TokenBlob) int { return strings.Compare(a.ID, b.ID) })
		return list
	}
	return []check{
		{"an empty store has none", func(k *kit) { same(k, all(k), nil) }},
		{"they come back as they were", func(k *kit) {
			put(k, blob("F-10010", 3, "\x00\xff"), blob("KB-1", 0, "x"))
			same(k, all(k), []bot.TokenBlob{blob("F-10010", 3, "\x00\xff"), blob("KB-1", 0, "x")})
		}},
		{"an empty one", func(k *kit) {
			put(k, bot.TokenBlob{ID: "KB-1"})
			got := all(k)
			if len(got) != 1 || len(got[0].Data) != 0 {
				k.Errorf("came back as %v", got)
			}
		}},
		{"many at once", func(k *kit) {
			var many []bot.TokenBlob
			for i := range 50 {
				many = append(many, blob(fmt.Sprintf("KB-%02d", i), i, strings.Repeat("x", 1+100*i)))
			}
			put(k, many...)
			same(k, all(k), many)
		}},
		{"putting again replaces", func(k *kit) {
			put(k, blob("KB-1", 0, "old"), blob("KB-2", 0, "other"))
			put(k, blob("KB-1", 7, "new"))
			same(k, all(k), []bot.TokenBlob{blob("KB-1", 7, "new"), blob("KB-2", 0, "other")})
		}},
		{"dropping removes, and what is not there is fine", func(k *kit) {
			put(k, blob("KB-1", 0, "a"), blob("KB-2", 0, "b"), blob("KB-3", 0, "c"))
			k.do(func(tx bot.Tx) error { return tx.DropTokenBlobs("KB-1", "KB-9", "KB-3") })
			same(k, all(k), []bot.TokenBlob{blob("KB-2", 0, "b")})
		}},
		{"without an id it is refused", func(k *kit) {
			k.fails(bot.ErrInvalid, func(tx bot.Tx) error { return tx.PutTokenBlobs(blob("KB-1", 0, "a"), blob("", 0, "b")) })
			same(k, all(k), nil)
		}},
		{"what was read may be kept", func(k *kit) {
			put(k, blob("KB-1", 0, "one"), blob("KB-2", 0, "two"))
			before := all(k)
			put(k, blob("KB-1", 0, "ONE"), blob("KB-2", 0, "TWO"))
			all(k)
			same(k, before, []bot.TokenBlob{blob("KB-1", 0, "one"), blob("KB-2", 0, "two")})
		}},
		{"reading ends with the caller's own error", func(k *kit) {
			put(k, blob("KB-1", 0, "a"), blob("KB-2", 0, "b"))
			seen := 0
			k.view(func(r bot.Reader) error {
				err := r.TokenBlobs(func(bot.TokenBlob) error {
					seen++
					return errOwn
				})
				if err != errOwn {
					k.Errorf("got %v, want %v", err, errOwn)
				}
				return nil
			})
			same(k, seen, 1)
		}},
	}
}

func seqChecks() []check {
	list := func(k *kit, states ...bot.State) []string {
		k.Helper()
		var out []string
		k.view(func(r bot.Reader) error {
			return r.CaseSeqs(func(number string, seq int) error {
				out = append(out, fmt.Sprint(number, " ", seq))
				return nil
			}, states...)
		})
		return out
	}
	line := func(id int64) string { return fmt.Sprint(bot.FormatNumber(bot.Fault, id), " ", 1) }
	return []check{
		{"all of them, oldest first", func(k *kit) {
			k.put(sample(1002), sample(1001))
			same(k, list(k), []string{line(1001), line(1002)})
		}},
		{"of some states", func(k *kit) {
			a, b, c := sample(1001), sample(1002), sample(1003)
			a.State, b.State = bot.Resolved, bot.Closed
			k.put(a, b, c)
			same(k, list(k, bot.Resolved, bot.Closed), []string{line(1001), line(1002)})
			same(k, list(k, bot.Duplicate), nil)
		}},
		{"there is no limit", func(k *kit) {
			var many []bot.Case
			var want []string
			for id := int64(1001); id < 1251; id++ {
				many = append(many, sample(id))
				want = append(want, line(id))
			}
			k.put(many...)
			same(k, list(k), want)
		}},
		{"reading ends with the caller's own error", func(k *kit) {
			k.put(sample(1001))
			k.view(func(r bot.Reader) error {
				if err := r.CaseSeqs(func(string, int) error { return errOwn }); err != errOwn {
					k.Errorf("got %v, want %v", err, errOwn)
				}
				return nil
			})
		}},
	}
}
