package knowledge

import (
	"encoding/binary"
	"reflect"
	"slices"
	"testing"
	"time"

	"hotline/bot"
)

// leftOut are the fields of a document that a row leaves out.
var leftOut = []string{"Title", "Symptom", "Cause", "Solution", "Body", "Aliases"}

// TestRowKeepsTheDocument: whatever a solved case is found, filtered and shown by
// comes back out of its row.
func TestRowKeepsTheDocument(t *testing.T) {
	c := bot.Case{
		ID: 1001, Number: "F-10010", State: bot.Closed, Lang: "zh", Title: "打印机", Text: "脱机", Cause: "cable", Solution: "重启", Customer: "acme",
		Service: "print", Updated: time.Date(2026, 11, 24, 10, 0, 0, 5e6, time.UTC),
	}
	made, ok := caseDoc(&c)
	if !ok {
		t.Fatal("the case cannot be found")
	}
	article := articleDoc(&bot.Article{ID: "KB-1", Lang: "en", Title: "x", Customer: "acme", Product: "p", Version: "1.2", Helped: 3, Failed: 2, Updated: c.Updated})
	for _, d := range []Doc{made, article} {
		b := sealRow(ShippedVocabulary(), &d, 7, []byte("tokens"))
		r, ok := openRow(ShippedVocabulary(), &b)
		if !ok || r.none || b.Seq != 7 || b.ID != d.ID || string(r.blob) != "tokens" || r.sum != textHash(&d) {
			t.Fatalf("%s: ok %v, %+v", d.ID, ok, r)
		}
		was, is := reflect.ValueOf(d), reflect.ValueOf(r.doc)
		for i := range was.NumField() {
			name := was.Type().Field(i).Name
			if slices.Contains(leftOut, name) {
				continue
			}
			if !reflect.DeepEqual(was.Field(i).Interface(), is.Field(i).Interface()) {
				t.Errorf("%s: %s is %v, was %v", d.ID, name, is.Field(i), was.Field(i))
			}
		}
	}
	b := sealRow(ShippedVocabulary(), &made, 7, nil)
	if r, ok := openRow(ShippedVocabulary(), &b); !ok || !r.none {
		t.Errorf("a case with nothing to find: ok %v, %+v", ok, r)
	}
}

func FuzzRow(f *testing.F) {
	v := ShippedVocabulary()
	d := Doc{ID: "F-10010", Kind: Case, Title: "t", Updated: time.UnixMilli(1)}
	f.Add(sealRow(v, &d, 1, []byte("tokens")).Data[rowHead:])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, rest []byte) {
		b := sealRow(v, &d, 1, nil)
		b.Data = append(b.Data[:rowHead:rowHead], rest...)
		binary.LittleEndian.PutUint32(b.Data, rowCheck(b.ID, b.Data[4:]))
		if r, ok := openRow(v, &b); ok {
			x := NewIndex()
			if _, err := x.Load(Stored{Doc: r.doc, Blob: r.blob, Sure: true}); err != nil {
				t.Fatal(err)
			}
			x.Search(Query{Text: "t", Internal: true})
		}
	})
}
