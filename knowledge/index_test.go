package knowledge

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
)

// shelf is a small case base with one article for each thing that must be
// found.
func shelf(t testing.TB) *Index {
	t.Helper()
	x := NewIndex()
	docs := []Doc{
		{ID: "ora", Title: "ORA-00600 after patching the database", Solution: "Apply the bundle patch and restart the listener."},
		{ID: "access", Title: "Windows update ends with 0x80070005", Solution: "The service account lacks permission on the folder."},
		{ID: "login502", Title: "升级后登录报 502", Symptom: "网关返回 502，login 页面打不开", Solution: "重启认证服务。"},
		{ID: "deadlock", Title: "订单表频繁死锁", Cause: "两个事务更新顺序相反", Solution: "统一更新顺序。"},
		{ID: "pool", Title: "Checkout hangs under load", Symptom: "java.lang.IllegalStateException: Connection pool exhausted\n\tat com.shop.db.PoolGuard.borrow(PoolGuard.java:88)\n\tat com.shop.Checkout.pay(Checkout.java:41)",
			Solution: "Raise the maximum of the connection pool."},
		{ID: "disk", Title: "磁盘空间不足导致写入失败", Solution: "清理归档日志，扩容数据盘。"},
		{ID: "cert", Title: "TLS certificate expired on the gateway", Solution: "Renew the certificate and reload."},
		{ID: "printer", Title: "Printer prints blank pages", Solution: "Replace the toner."},
		{ID: "vpn", Title: "VPN drops every ten minutes", Solution: "Set the keepalive interval."},
	}
	for i := range 40 {
		docs = append(docs, Doc{ID: fmt.Sprint("filler", i), Title: fmt.Sprintf("Routine question number %d about the weekly report", i), Body: "Open the report page and choose export."})
	}
	if err := x.Put(docs...); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestSearchFinds(t *testing.T) {
	x := shelf(t)
	for _, tt := range []struct{ name, query, want string }{
		{"error code", "we see ORA-00600", "ora"},
		{"error code written apart", "ora 600", "ora"},
		{"hexadecimal code", "update failed 0x80070005", "access"},
		{"two-character Chinese word", "死锁", "deadlock"},
		{"mixed text", "升级后 login 报 502", "login502"},
		{"traditional characters", "訂單表死鎖", "deadlock"},
		{"full-width letters", "ＯＲＡ－００６００", "ora"},
		{"pasted stack trace", "2026-04-01 10:00:00,123 ERROR pay failed\njava.lang.IllegalStateException: Connection pool exhausted\n\tat com.shop.db.PoolGuard.borrow(PoolGuard.java:91)\n\tat com.shop.Cart.open(Cart.java:7)", "pool"},
		{"slip: letter missing", "certificte expired", "cert"},
		{"slip: letters swapped", "prniter blank", "printer"},
		{"slip in Chinese", "磁盘空间不够", "disk"},
		{"Chinese question, English article", "证书过期", "cert"},
		{"English question, Chinese article", "orders deadlock", "deadlock"},
		{"English question, Chinese article, storage", "disk space write failed", "disk"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := x.Search(Query{Text: tt.query})
			if len(r.Hits) == 0 || r.Hits[0].ID != tt.want {
				t.Fatalf("%q found %+v, want %s first", tt.query, r.Hits, tt.want)
			}
			if len(r.Hits[0].Words) == 0 {
				t.Error("no matched words")
			}
		})
	}
}

func TestSearchNothing(t *testing.T) {
	x := shelf(t)
	for _, q := range []string{"", "???", "how do I", "请问怎么办", "\x00\xff"} {
		if r := x.Search(Query{Text: q}); r.Band != Nothing || len(r.Hits) != 0 {
			t.Errorf("%q: %+v", q, r)
		}
	}
	if r := NewIndex().Search(Query{Text: "anything"}); r.Band != Nothing {
		t.Errorf("empty index: %+v", r)
	}
}

func TestFilters(t *testing.T) {
	x := NewIndex()
	err := x.Put(
		Doc{ID: "public", Title: "gateway timeout"},
		Doc{ID: "acme", Title: "gateway timeout", Customer: "acme"},
		Doc{ID: "other", Title: "gateway timeout", Customer: "other"},
		Doc{ID: "internal", Title: "gateway timeout", Internal: true},
		Doc{ID: "draft", Title: "gateway timeout", State: "draft"},
		Doc{ID: "pay", Title: "gateway timeout", Product: "pay"},
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		q    Query
		want []string
	}{
		{"anybody", Query{}, []string{"pay", "public"}},
		{"a customer", Query{Customer: "acme"}, []string{"acme", "pay", "public"}},
		{"a responder", Query{Internal: true}, []string{"acme", "internal", "other", "pay", "public"}},
		{"drafts", Query{State: "draft"}, []string{"draft"}},
		{"a product", Query{Product: "Mail"}, []string{"public"}},
		{"left out", Query{Exclude: []string{"pay"}}, []string{"public"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Text = "gateway timeout"
			if got := sortedIDs(x.Search(tt.q)); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func ids(r Result) []string {
	var out []string
	for _, h := range r.Hits {
		out = append(out, h.ID)
	}
	return out
}

func sortedIDs(r Result) []string { return slices.Sorted(slices.Values(ids(r))) }

func TestChangesAreVisibleAtOnce(t *testing.T) {
	x := shelf(t)
	if err := x.Put(Doc{ID: "new", Title: "zebrafish protocol mismatch"}); err != nil {
		t.Fatal(err)
	}
	if got := ids(x.Search(Query{Text: "zebrafish"})); !slices.Equal(got, []string{"new"}) {
		t.Fatalf("after put: %v", got)
	}
	if err := x.Put(Doc{ID: "new", Title: "quokka protocol mismatch"}); err != nil {
		t.Fatal(err)
	}
	if got := ids(x.Search(Query{Text: "zebrafish"})); len(got) != 0 {
		t.Fatalf("after update: %v", got)
	}
	x.Delete("new", "never-there")
	if got := ids(x.Search(Query{Text: "quokka"})); len(got) != 0 {
		t.Fatalf("after delete: %v", got)
	}
	if err := x.Put(Doc{}); err == nil {
		t.Error("a document without an id was taken")
	}
}

// TestHistoryDoesNotMatter builds the same case base in one go and by hundreds
// of changes: the answers and scores must be the same.
func TestHistoryDoesNotMatter(t *testing.T) {
	gen := newBenchText()
	docs := gen.docs(0, 250)
	fresh := NewIndex()
	if err := fresh.Put(docs...); err != nil {
		t.Fatal(err)
	}
	grown := NewIndex()
	for i := range docs {
		old := gen.doc(i + 5000)
		old.ID = docs[i].ID
		if err := grown.Put(old, Doc{ID: fmt.Sprint("gone", i), Title: old.Title}); err != nil {
			t.Fatal(err)
		}
		if err := grown.Put(docs[i]); err != nil {
			t.Fatal(err)
		}
		grown.Delete(fmt.Sprint("gone", i))
	}
	compare := func(when string) {
		t.Helper()
		if grown.Len() != fresh.Len() {
			t.Fatalf("%s: %d documents, want %d", when, grown.Len(), fresh.Len())
		}
		for i := range 60 {
			q := Query{Text: gen.query(i)}
			if a, b := fresh.Search(q), grown.Search(q); !slices.Equal(ids(a), ids(b)) {
				t.Fatalf("%s, query %d: %v != %v", when, i, ids(a), ids(b))
			}
		}
	}
	compare("grown")
	grown.Compact()
	compare("compacted")
}

func TestBlobRoundTrip(t *testing.T) {
	gen := newBenchText()
	docs := gen.docs(0, 300)
	x := NewIndex()
	if err := x.Put(docs...); err != nil {
		t.Fatal(err)
	}
	var stored []Stored
	for i := range docs {
		stored = append(stored, Stored{Doc: docs[i], Blob: x.Blob(&docs[i])})
	}
	stored[7].Blob = stored[7].Blob[:len(stored[7].Blob)/2]
	stored[8].Doc.Title += " changed"
	stored[9].Blob = nil
	docs[8] = stored[8].Doc
	if err := x.Put(docs[8]); err != nil {
		t.Fatal(err)
	}
	y := NewIndex()
	n, err := y.Load(stored...)
	if err != nil || n != 3 {
		t.Fatalf("tokenised %d, want 3 (%v)", n, err)
	}
	for i := range 60 {
		q := Query{Text: gen.query(i)}
		if a, b := x.Search(q), y.Search(q); !slices.Equal(ids(a), ids(b)) || math.Abs(a.Confidence-b.Confidence) > 1e-6 {
			t.Fatalf("query %d: %v != %v", i, a, b)
		}
	}
	if x.Blob(&Doc{ID: "unknown"}) != nil {
		t.Error("blob of an unknown document")
	}
}

func FuzzBlob(f *testing.F) {
	x := NewIndex()
	d := Doc{ID: "a", Title: "gateway timeout 网关超时", Body: "restart it"}
	if err := x.Put(d); err != nil {
		f.Fatal(err)
	}
	f.Add(x.Blob(&d))
	f.Fuzz(func(t *testing.T, blob []byte) {
		y := NewIndex()
		if _, err := y.Load(Stored{Doc: d, Blob: blob}); err != nil {
			t.Fatal(err)
		}
		y.Search(Query{Text: "gateway"})
	})
}

func TestConcurrentUse(t *testing.T) {
	x := shelf(t)
	gen := newBenchText()
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for i := range 100 {
				if err := x.Put(gen.doc(w*100 + i)); err != nil {
					t.Error(err)
				}
				if i%10 == 9 {
					x.Delete(gen.doc(w*100 + i - 5).ID)
				}
			}
		})
	}
	for range 3 {
		wg.Go(func() {
			for i := range 60 {
				x.Search(Query{Text: gen.query(i)})
				if got := ids(x.Search(Query{Text: "ORA-00600", Limit: 1})); !slices.Equal(got, []string{"ora"}) {
					t.Errorf("got %v", got)
				}
			}
		})
	}
	wg.Wait()
}
