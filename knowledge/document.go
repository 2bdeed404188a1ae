package knowledge

import (
	"strings"
	"time"
)

// DocKind tells an article from a solved case.
type DocKind string

// The kinds of document.
const (
	Article DocKind = "article"
	Case    DocKind = "case"
)

// Doc is what can be found: an article or a solved case. Only the first 64 KiB
// of each text are read.
type Doc struct {
	ID       string // unique in the index; a Put with a known ID replaces
	Kind     DocKind
	Lang     string // "en" or "zh"; empty lets the text decide
	Title    string
	Symptom  string
	Cause    string
	Solution string
	Body     string
	Aliases  []string // phrasings that led here, confirmed; see [Learn]
	Customer string   // the one customer who may see it; empty means every customer
	Internal bool     // for responders only
	Product  string
	Version  string
	State    string // only "" and "published" are found by default
	Helped   int    // times it solved a case
	Failed   int    // times it did not help
	Updated  time.Time
	About    string // kind of an article, and Known its known problem; kept by exchange, never searched
	Known    string
	Note     string // shown with a hit and never searched, such as the resolver
}

// Published is the state of a document that may be suggested.
const Published = "published"

// Query asks the index. The zero value of every filter means the least
// privileged asker: no customer's own documents and nothing internal.
type Query struct {
	Text     string
	Lang     string // "en" or "zh"; empty lets the text decide
	Customer string // also finds this customer's own documents
	Internal bool   // a responder asks: internal documents and every customer's are found
	Product  string // only documents of this product or of none
	Version  string // a document of another version ranks lower
	State    string // only documents of this state; empty means published
	Kind     DocKind
	Limit    int      // at most this many hits; 0 means 10, at most 100
	Exclude  []string // document ids that must not be found

	Vector []float32 // optional, of length one; see [Index.SetVectors]
	Space  string    // the model that made Vector
}

// Band says how far a result may be trusted.
type Band string

// The three bands, from sure to unsure.
const (
	Suggest Band = "suggest" // show the fix
	Ask     Band = "ask"     // show up to three, or ask one question
	Nothing Band = "nothing" // say nothing was found and go on
)

// Hit is one document found.
type Hit struct {
	ID      string
	Kind    DocKind
	Score   float64  // comparable within one result only
	Cover   float64  // share of the query's weight that stands in the document, 0 to 1
	Words   []string // words of the query that stand in the document, most telling first, at most 8
	Helped  int
	Failed  int
	Updated time.Time
	Note    string
}

// Result is the answer to one query.
type Result struct {
	Hits       []Hit
	Band       Band
	Confidence float64 // probability in [0,1] that the first hit answers the query
	Features   Features
}

// allows reports whether d may be shown to the asker of q. Everything that
// limits what is found is decided here, before scoring.
func (q *Query) allows(d *record) bool {
	if !q.Internal && (d.internal || d.customer != "" && d.customer != q.Customer) {
		return false
	}
	switch {
	case q.State == "" && d.state != "" && d.state != Published,
		q.State != "" && d.state != q.State,
		q.Kind != "" && d.kind != q.Kind,
		q.Product != "" && d.product != "" && !strings.EqualFold(d.product, q.Product):
		return false
	}
	for _, id := range q.Exclude {
		if id == d.id {
			return false
		}
	}
	return true
}
