package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"hotline/bot/chat"
)

// Queue is where the live board of cases comes from.
type Queue interface {
	// Queue returns the open cases by state, in the order to be shown, with texts
	// in lang.
	Queue(ctx context.Context, viewer User, lang string) ([]QueueColumn, error)
}

// QueueColumn is one state of the board.
type QueueColumn struct {
	State string // such as "new" or "waiting_customer"
	Total int    // may be more than Cases holds
	Cases []QueueCase
}

// QueueCase is a case on the board.
type QueueCase struct {
	Number, Title            string
	Severity                 int // 1 to 4, 0 when not yet set
	Customer, Service, Owner string
	Opened                   time.Time
	// Due is the next promised instant, zero when there is none; What says of what.
	Due  time.Time
	What string
	Late bool
	// Path is where its conversation is in the workspace, "" when elsewhere.
	Path string
}

// OnCall is where the week of schedules comes from.
type OnCall interface {
	// OnCall returns who is on call from one instant to another.
	OnCall(ctx context.Context, from, to time.Time) ([]Lane, error)
}

// Lane is one schedule in a span of time.
type Lane struct {
	Schedule string
	// Zone is the schedule's own time zone, in which days are drawn.
	Zone   *time.Location
	Shifts []Shift
}

// Shift is a stretch of duty; nobody's when Person is empty.
type Shift struct {
	Person   string
	From, To time.Time
	// Override says that it was arranged by hand.
	Override bool
}

// Fairness is where the comparison of duty comes from.
type Fairness interface {
	// Fairness returns everybody's share from one instant to another.
	Fairness(ctx context.Context, from, to time.Time) ([]FairShare, error)
}

// FairShare is what one person bore.
type FairShare struct {
	Person                            string
	Hours, Nights, Weekends, Holidays time.Duration
	Pages                             int
	// Balance is how much more than planned, negative for less.
	Balance time.Duration
}

// Articles is where the knowledge base comes from.
type Articles interface {
	// Articles finds what viewer may read; all, newest first, without words.
	Articles(ctx context.Context, viewer User, q ArticleQuery, lang string) ([]ArticleRow, error)
	// Article returns one that viewer may read, or an error.
	Article(ctx context.Context, viewer User, id string) (ArticlePage, error)
}

// ArticleQuery selects articles; empty fields select everything.
type ArticleQuery struct {
	Text string
	// View is "" for all, or, for the people of the hotline, one of review, candidates
	// and duplicates.
	View              string
	Kind, State, Lang string
}

// ArticleRow is an article in a list.
type ArticleRow struct {
	ID, Title, Extract, Lang, State string
	Kind, Known                     string // Known is "", open or fixed
	Helped                          int
	Internal                        bool
	Waits                           bool // something waits for a second person
	Updated                         time.Time
	// Twin is an article that tells the same, in the view of duplicates.
	Twin, TwinTitle string
	Cases           []string // that it was made from, for the people of the hotline
}

// ArticlePage is an article. What follows Version is for the people of the hotline.
type ArticlePage struct {
	ArticleRow
	Symptom, Environment, Cause, Solution string
	Product, Version, Case                string
	Author, Reviewer                      string
	Failed, Confidence                    int // Confidence is in percent
	Review                                time.Time
	// Into is the article that it was merged into.
	Into string
	// NextTitle and NextText are the revision that waits, by NextBy.
	NextTitle, NextText, NextBy string
	Aliases                     []string
	Linked                      []string // open cases of a known problem
	History                     []ArticleEdition
}

// ArticleEdition is one entry in the history of an article.
type ArticleEdition struct {
	N         int
	At        time.Time
	Who, What string
	Text      string // what it said after it, when that changed
}

// Health is where the state of the whole comes from.
type Health interface {
	// Health returns the parts, the most important first, with texts in lang.
	Health(ctx context.Context, lang string) []HealthRow
}

// HealthRow is the state of one part.
type HealthRow struct {
	Name  string
	State chat.State
	Since time.Time
	// Problems say what is wrong and what to do; Detail is a figure or version.
	Problems []string
	Detail   string
}

func (a *Adapter) staffRoutes(mux *http.ServeMux) {
	page := func(there bool, path string, f func(http.ResponseWriter, *http.Request, User)) {
		if there {
			mux.HandleFunc("GET "+path, a.staff(f))
		}
	}
	page(a.cfg.Queue != nil, "/queue", a.queuePage)
	page(a.cfg.OnCall != nil, "/oncall", a.onCallPage)
	page(a.cfg.Fairness != nil, "/fairness", a.fairnessPage)
	page(a.cfg.Health != nil, "/health", a.healthPage)
	page(a.cfg.Trust != nil, "/trust", a.trustPage)
	if a.cfg.Articles != nil {
		mux.HandleFunc("GET /kb", a.person(a.articlesPage))
		mux.HandleFunc("GET /kb/{id}", a.person(a.articlePage))
	}
}

// staff wraps a page for the people of the hotline.
func (a *Adapter) staff(f func(http.ResponseWriter, *http.Request, User)) http.HandlerFunc {
	return a.person(func(w http.ResponseWriter, r *http.Request, u User) {
		if !u.Staff() {
			a.problemPage(w, r, u, refuse(http.StatusForbidden, "staff_only"))
			return
		}
		f(w, r, u)
	})
}

// failed says that a page's source did not answer.
func (a *Adapter) failed(w http.ResponseWriter, r *http.Request, u User, err error) {
	a.cfg.Log.Error("web: a page's source failed", "path", r.URL.Path, "err", err)
	a.problemPage(w, r, u, refuse(http.StatusServiceUnavailable, "unavailable"))
}

func (a *Adapter) titled(r *http.Request, u User, page string) frame {
	f := a.frame(r, u, page)
	f.Title = translate(f.Lang, "page_"+page) + " · " + a.cfg.Name
	return f
}

func (a *Adapter) queuePage(w http.ResponseWriter, r *http.Request, u User) {
	f := a.titled(r, u, "queue")
	columns, err := a.cfg.Queue.Queue(r.Context(), u, f.Lang)
	if err != nil {
		a.failed(w, r, u, err)
		return
	}
	total := 0
	for i := range columns {
		columns[i].Total = max(columns[i].Total, len(columns[i].Cases))
		total += columns[i].Total
	}
	a.draw(w, r, http.StatusOK, "queue", struct {
		frame
		Columns []QueueColumn
		Total   int
	}{f, columns, total})
}

// tagged is an article for its tags.
type tagged struct {
	Lang string
	Row  ArticleRow
}

// articleViews are the views of the knowledge base that only the people of the hotline
// have.
var articleViews = []string{"review", "candidates", "duplicates"}

func articleQuery(r *http.Request, u User) ArticleQuery {
	get := func(name string) string { return cutText(cleanText(r.URL.Query().Get(name)), 20) }
	q := ArticleQuery{Text: cutText(cleanText(r.URL.Query().Get("q")), 500), Kind: get("kind"), Lang: get("lang")}
	if u.Staff() {
		q.State = get("state")
		if view := get("view"); slices.Contains(articleViews, view) {
			q.View = view
		}
	}
	return q
}

func (a *Adapter) articlesPage(w http.ResponseWriter, r *http.Request, u User) {
	f := a.titled(r, u, "kb")
	q := articleQuery(r, u)
	rows, err := a.cfg.Articles.Articles(r.Context(), u, q, f.Lang)
	if err != nil {
		a.failed(w, r, u, err)
		return
	}
	page := struct {
		frame
		Query                       ArticleQuery
		Rows                        []ArticleRow
		Views, Kinds, States, Langs []string
		Trust                       bool // whether there is a way to that page
	}{frame: f, Trust: a.cfg.Trust != nil && u.lead(), Query: q, Rows: rows, Kinds: []string{"case", "faq", "tip", "release", "archive"}, Langs: []string{"en", "zh"}}
	if u.Staff() {
		page.Views, page.States = append([]string{""}, articleViews...), []string{"draft", "published", "retired"}
	}
	a.draw(w, r, http.StatusOK, "articles", page)
}

func (a *Adapter) articlePage(w http.ResponseWriter, r *http.Request, u User) {
	f := a.titled(r, u, "kb")
	art, err := a.cfg.Articles.Article(r.Context(), u, r.PathValue("id"))
	if err != nil {
		a.problemPage(w, r, u, refuse(http.StatusNotFound, "no_page"))
		return
	}
	f.Title = art.ID + " " + art.Title
	a.draw(w, r, http.StatusOK, "article", struct {
		frame
		Article ArticlePage
	}{f, art})
}

func (a *Adapter) healthPage(w http.ResponseWriter, r *http.Request, u User) {
	f := a.titled(r, u, "health")
	rows := a.cfg.Health.Health(r.Context(), f.Lang)
	worst := chat.StateUp
	for _, row := range rows {
		if gravity(row.State) > gravity(worst) {
			worst = row.State
		}
	}
	a.draw(w, r, http.StatusOK, "health", struct {
		frame
		Rows  []HealthRow
		Worst chat.State
	}{f, rows, worst})
}

// gravity orders states from well to broken.
func gravity(s chat.State) int {
	order := map[chat.State]int{chat.StateUp: 1, chat.StateStarting: 2, chat.StateDegraded: 3, chat.StateDown: 4, chat.StateFailed: 5}
	return cmp.Or(order[s], 3)
}
