package knowledge

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"hotline/bot"
)

// TestSourcesKeepCustomersApart looks made-up questions of two customers up as the
// desk does, internal hits included: what goes to the model holds no word of the
// other's, of an internal article, or of one that is not published. HOTLINE_LONG=1
// asks 10,000 instead of 300.
func TestSourcesKeepCustomersApart(t *testing.T) {
	k := newShelved(t)
	s, l := k.store, k.Library
	words := strings.Fields("gateway timeout 网关 超时 login 登录 disk 磁盘 printer 打印机 ORA-00600 certificate 证书 slow 缓慢 crash 崩溃 queue 队列")
	rng := rand.New(rand.NewPCG(7, 1))
	draw := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(words[rng.IntN(len(words))] + " ")
		}
		return b.String()
	}
	customers := []string{"acme", "bolt", ""}
	for i := range 90 {
		a := bot.Article{ID: fmt.Sprintf("KB-%d", i+1), State: bot.ArticlePublished, Customer: customers[i%3], Internal: i%10 == 4, Title: draw(5), Symptom: draw(8), Solution: draw(6)}
		switch {
		case a.Internal:
			a.Solution += "secretinside"
		case a.Customer != "":
			a.Solution += "secretof" + a.Customer
		}
		err := s.Do(t.Context(), func(tx bot.Tx) error { return tx.PutArticle(a) })
		if err != nil {
			t.Fatal(err)
		}
		l.ArticleChanged(a)
		if i%15 == 7 { // taken back, and the index has not heard of it
			a.State, a.Solution = bot.ArticleRetired, "secretretired"
			if err := s.Do(t.Context(), func(tx bot.Tx) error { return tx.PutArticle(a) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	rounds, given := 300, 0
	if os.Getenv("HOTLINE_LONG") == "1" {
		rounds = 10_000
	}
	for i := range rounds {
		who := customers[i%2]
		c := bot.Case{Customer: who, Title: draw(1 + rng.IntN(4)), Text: draw(rng.IntN(10)) + string(rune(rng.IntN(0x3000)+32)), Lang: "en"}
		found, err := l.Search(t.Context(), lookupOf(&c))
		if err != nil {
			t.Fatal(err)
		}
		list, err := l.sources(t.Context(), who, found.Hits, maxLooked)
		if err != nil {
			t.Fatal(err)
		}
		given += len(list)
		for _, src := range list {
			all := src.Title + src.Symptom + src.Solution
			if strings.Contains(all, "secret") && !strings.Contains(all, "secretof"+who) {
				t.Fatalf("%q of %s gives %+v to the model", c.Title+c.Text, who, src)
			}
		}
	}
	if given < rounds {
		t.Errorf("only %d sources for %d questions", given, rounds)
	}
}
