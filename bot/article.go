package bot

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// ArticleState is where an article stands.
type ArticleState string

// The states of an article.
const (
	ArticleDraft     ArticleState = "draft"
	ArticlePublished ArticleState = "published"
	ArticleRetired   ArticleState = "retired"
)

// ArticleKind is what an article is about.
type ArticleKind string

// The kinds of article; an article that says none is a case solution.
const (
	KindSolution ArticleKind = "case"    // what solved a case
	KindRelease  ArticleKind = "release" // what is new in a version
	KindTip      ArticleKind = "tip"     // how to do something better
	KindFAQ      ArticleKind = "faq"     // what is asked again and again
	KindArchive  ArticleKind = "archive" // kept to be looked up
)

// ArticleKinds are all kinds, in the order in which they are offered.
var ArticleKinds = []ArticleKind{KindSolution, KindFAQ, KindTip, KindRelease, KindArchive}

// KnownState says whether an article tells a known problem, and whether it is fixed.
type KnownState string

// The states of a known problem. While it is open, the solution of the article is a
// workaround.
const (
	KnownNot   KnownState = ""
	KnownOpen  KnownState = "open"
	KnownFixed KnownState = "fixed"
)

// Article is symptom, cause and solution, drafted from a resolved case or written
// by hand. It is changed by [Desk.ChangeArticle] only, which keeps the rules and the
// history; votes and phrasings are the knowledge base's.
type Article struct {
	ID       string       `json:"id"` // "KB-12"
	State    ArticleState `json:"state"`
	Kind     ArticleKind  `json:"kind,omitempty"` // empty means KindSolution
	Known    KnownState   `json:"known,omitempty"`
	Lang     string       `json:"lang"`
	Title    string       `json:"title"`
	Symptom  string       `json:"symptom"`
	Where    string       `json:"environment,omitempty"`
	Cause    string       `json:"cause,omitempty"`
	Solution string       `json:"solution"`
	Product  string       `json:"product,omitempty"`
	Version  string       `json:"version,omitempty"`
	// Customer limits the article to one customer; empty means everybody's.
	Customer string `json:"customer,omitempty"`
	// Internal articles are shown to responders only.
	Internal bool `json:"internal,omitempty"`
	// Aliases are phrasings that it solved, confirmed.
	Aliases []string `json:"aliases,omitempty"`
	Case    string   `json:"case,omitempty"` // number it was drafted from
	// Cases are the numbers of further cases that it was made from.
	Cases    []string `json:"cases,omitempty"`
	Author   string   `json:"author,omitempty"`
	Reviewer string   `json:"reviewer,omitempty"`
	Helped   int      `json:"helped,omitempty"`
	Failed   int      `json:"failed,omitempty"`
	Revision int      `json:"revision"`
	// Proposed is the next revision, while it waits for a second person; what was
	// published before stays in use.
	Proposed *Proposal `json:"proposed,omitempty"`
	// Into is the article that this one was merged into.
	Into   string    `json:"into,omitempty"`
	Review time.Time `json:"review,omitzero"` // look at it again by
	// Reminded is the review date that the people of the hotline were reminded of.
	Reminded time.Time `json:"reminded,omitzero"`
	// Entries is how many entries its history has.
	Entries int       `json:"entries,omitempty"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

// ArticleText is what an article says: what a revision consists of.
type ArticleText struct {
	Title    string `json:"title"`
	Symptom  string `json:"symptom,omitempty"`
	Where    string `json:"environment,omitempty"`
	Cause    string `json:"cause,omitempty"`
	Solution string `json:"solution"`
}

// Proposal is a revision that waits to be published.
type Proposal struct {
	ArticleText
	Known  KnownState `json:"known,omitempty"`
	Author string     `json:"author"`
	At     time.Time  `json:"at"`
}

// Text is what the article says.
func (a *Article) Text() ArticleText {
	return ArticleText{Title: a.Title, Symptom: a.Symptom, Where: a.Where, Cause: a.Cause, Solution: a.Solution}
}

func (a *Article) setText(t ArticleText) {
	a.Title, a.Symptom, a.Where, a.Cause, a.Solution = t.Title, t.Symptom, t.Where, t.Cause, t.Solution
}

// KindOf is the kind of the article, also of one that says none.
func (a *Article) KindOf() ArticleKind {
	if a.Kind == "" {
		return KindSolution
	}
	return a.Kind
}

// Waits reports whether something of the article waits for a second person.
func (a *Article) Waits() bool { return a.State == ArticleDraft || a.Proposed != nil }

// WaitsFrom is who wrote what waits; "" when Hotline did.
func (a *Article) WaitsFrom() string {
	if a.Proposed != nil {
		return a.Proposed.Author
	}
	return a.Author
}

// ForCustomer reports whether a customer may read the article at all.
func (a *Article) ForCustomer(customer string) bool {
	return a.State == ArticlePublished && !a.Internal && (a.Customer == "" || a.Customer == customer)
}

// Confidence is how likely the article helps the next time, from its votes, between
// 0 and 1: the rule of succession, so that an article without votes has ½.
func (a *Article) Confidence() float64 {
	return float64(a.Helped+1) / float64(a.Helped+a.Failed+2)
}

// Sources are the numbers of the cases that the article was made from.
func (a *Article) Sources() []string {
	if a.Case == "" {
		return a.Cases
	}
	return append([]string{a.Case}, a.Cases...)
}

// RecHistory is the kind of record that holds an [Edition], by article and number.
const RecHistory = "article_history"

// Edition is one entry in the history of an article: what somebody did to it.
type Edition struct {
	N   int       `json:"n"` // counts from 1
	At  time.Time `json:"at"`
	By  string    `json:"by,omitempty"` // person; "" is Hotline
	Did string    `json:"did"`          // the name of an [ArticleChange]
	// With is what it was done with: the other article of a merge, the number of the
	// entry that was restored, a kind.
	With string `json:"with,omitempty"`
	// Aliases are the phrasings that a merge added.
	Aliases []string `json:"aliases,omitempty"`
	// Text is what the article said after it, when that changed.
	Text *ArticleText `json:"text,omitempty"`
}

func editionID(article string, n int) string { return article + "/" + strconv.Itoa(n) }

// ReadEdition reads one entry of an article's history.
func ReadEdition(r Reader, article string, n int) (Edition, error) {
	var e Edition
	rec, err := r.Record(RecHistory, editionID(article, n))
	if err == nil {
		err = json.Unmarshal(rec.Body, &e)
	}
	return e, err
}

// History reads the newest entries of an article's history, the newest first.
func History(r Reader, a *Article, limit int) ([]Edition, error) {
	var list []Edition
	for n := a.Entries; n > 0 && len(list) < limit; n-- {
		e, err := ReadEdition(r, a.ID, n)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}
