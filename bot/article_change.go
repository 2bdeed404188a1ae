package bot

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/bot/chat"
	"hotline/bot/say"
)

// reviewAfter is how long a published article is trusted before somebody should look
// at it again: half a year.
const reviewAfter = 182 * 24 * time.Hour

// Bounds of an article.
const (
	MaxArticleAliases = 20 // phrasings that are searched
	maxArticleCases   = 50 // numbers that are kept
	maxArticlePart    = 16 << 10
)

// ArticleChange is something that a person asks of an article. The set is closed:
// only the types of this file implement it.
type ArticleChange interface {
	did() string // its name in the history
	change(d *articleDecision) error
}

// The changes of an article. What one says in its texts replaces what stood there;
// an empty text leaves it.
type (
	// WriteArticle makes a new draft. ID is given by the desk when empty.
	WriteArticle struct{ Article Article }
	// EditArticle changes the text: of a draft at once, of a published article as a
	// proposal for a second person.
	EditArticle struct{ Text ArticleText }
	// FixArticle proposes the fix of a known problem.
	FixArticle struct{ Solution string }
	// PublishArticle puts in use what waits; whoever wrote it may not, unless there is
	// nobody else who could.
	PublishArticle struct{}
	// DismissArticle drops what waits: a proposal, or a draft, which is retired.
	DismissArticle struct{}
	// RetireArticle takes it out of use.
	RetireArticle struct{}
	// RestoreArticle proposes the text of an entry of its history again, and takes a
	// retired article up again as a draft.
	RestoreArticle struct{ N int }
	// KindArticle says what kind it is of.
	KindArticle struct{ Kind ArticleKind }
	// KnownArticle makes it a known problem, or not.
	KnownArticle struct{ Known bool }
	// KeepArticle says that it still holds.
	KeepArticle struct{}
)

func (WriteArticle) did() string   { return "wrote" }
func (EditArticle) did() string    { return "edited" }
func (FixArticle) did() string     { return "fixed" }
func (PublishArticle) did() string { return "published" }
func (DismissArticle) did() string { return "dismissed" }
func (RetireArticle) did() string  { return "retired" }
func (RestoreArticle) did() string { return "restored" }
func (KindArticle) did() string    { return "kind" }
func (KnownArticle) did() string   { return "known" }
func (KeepArticle) did() string    { return "kept" }

// articleDecision is a change on its way.
type articleDecision struct {
	w     World
	r     Reader
	actor Actor
	a     Article
	with  string // for the history
	tell  bool   // something was published about a known problem
}

func (d *articleDecision) refuse(code error, what, hint say.Words, args ...any) error {
	lang := firstOf(d.actor.Lang, d.w.Org.Lang)
	return Refuse(code, what.In(lang, args...), hint.In(lang))
}

// alone reports whether nobody but the actor could publish.
func (d *articleDecision) alone() bool {
	return !slices.ContainsFunc(d.w.Org.People, func(p Person) bool { return p.Role.Staff() && p.ID != d.actor.ID })
}

// ListenArticles adds a function that is called after the commit of every article
// that is put, in order, on the writer's goroutine: it must not block. Call it before
// the desk is used.
func (d *Desk) ListenArticles(f func(Article)) { d.articles = append(d.articles, f) }

// PutArticle stores an article and tells those who listen when it is committed.
func (d *Desk) PutArticle(tx Tx, a Article) error {
	tx.OnCommit(func() {
		for _, f := range d.articles {
			f(a)
		}
	})
	return tx.PutArticle(a)
}

// ChangeArticle changes an article in a transaction, by the rules, and keeps its
// history. A refusal is a *UserError. For [WriteArticle] the id is "" or a free one.
func (d *Desk) ChangeArticle(tx Tx, actor Actor, id string, change ArticleChange) (Article, error) {
	dec := &articleDecision{w: d.World(tx), r: tx, actor: actor}
	if !actor.System() && !actor.Role.Staff() {
		return Article{}, dec.refuse(ErrForbidden, wordsForbidden, hintAskLead)
	}
	var before ArticleText
	if write, ok := change.(WriteArticle); ok {
		write.Article.ID = firstOf(id, write.Article.ID)
		if write.Article.ID == "" {
			free, err := freeArticle(tx)
			if err != nil {
				return Article{}, err
			}
			write.Article.ID = free
		}
		change = write
	} else {
		a, err := tx.Article(id)
		if errors.Is(err, ErrNotFound) {
			return Article{}, dec.refuse(ErrNotFound, wordsNoArticle, hintSearchKB, Shorten(id, 20))
		}
		if err != nil {
			return Article{}, err
		}
		dec.a, before = a, a.Text()
	}
	if err := change.change(dec); err != nil {
		return Article{}, err
	}
	if err := d.keepArticle(tx, dec, change.did(), before); err != nil {
		return Article{}, err
	}
	if _, published := change.(PublishArticle); published && len(dec.a.Cases) > 0 {
		return d.absorbDrafts(tx, dec.a)
	}
	return dec.a, nil
}

// keepArticle stores a changed article with an entry in its history.
func (d *Desk) keepArticle(tx Tx, dec *articleDecision, did string, before ArticleText) error {
	dec.a.Updated = tx.Now()
	e := Edition{At: tx.Now(), By: dec.actor.ID, Did: did, With: dec.with}
	switch text := dec.a.Text(); {
	case dec.a.Proposed != nil && dec.a.Proposed.At.Equal(tx.Now()):
		e.Text = &dec.a.Proposed.ArticleText
	case text != before:
		e.Text = &text
	}
	if err := remember(tx, &dec.a, e); err != nil {
		return err
	}
	if dec.tell {
		t := Timer{Kind: TimerKnown, Key: dec.a.ID, Due: tx.Now()}
		if err := tx.SetTimer(t); err != nil {
			return err
		}
		d.announce(tx, Outcome{}, nil, []Timer{t})
	}
	return d.PutArticle(tx, dec.a)
}

// KeepAliases stores the phrasings of an article, which the knowledge base learned or
// took back, with an entry in its history.
func (d *Desk) KeepAliases(tx Tx, actor Actor, a *Article, did, wording string) error {
	a.Updated = tx.Now()
	if err := remember(tx, a, Edition{At: tx.Now(), By: actor.ID, Did: did, With: "“" + Shorten(wording, 80) + "”"}); err != nil {
		return err
	}
	return d.PutArticle(tx, *a)
}

// remember adds an entry to the history of an article, which the caller then puts.
func remember(tx Tx, a *Article, e Edition) error {
	a.Entries++
	e.N = a.Entries
	return PutJSON(tx, RecHistory, editionID(a.ID, e.N), e)
}

// freeArticle finds an id that is not taken. Articles written by hand count from
// KB-1, those drafted from a case carry its number; the last one given is remembered.
func freeArticle(tx Tx) (string, error) {
	const last = "article/last"
	n := 0
	if rec, err := tx.Record(RecSetting, last); err == nil {
		n, _ = strconv.Atoi(string(rec.Body))
	} else if !errors.Is(err, ErrNotFound) {
		return "", err
	}
	for {
		n++
		id := "KB-" + strconv.Itoa(n)
		_, err := tx.Article(id)
		if errors.Is(err, ErrNotFound) {
			return id, PutJSON(tx, RecSetting, last, n)
		}
		if err != nil {
			return "", err
		}
	}
}

// clean makes the texts of an article safe to keep and bounded.
func (t ArticleText) clean() ArticleText {
	part := func(s string) string { return CleanText(s, maxArticlePart) }
	return ArticleText{Title: Shorten(strings.Join(strings.Fields(part(t.Title)), " "), 200), Symptom: part(t.Symptom), Where: part(t.Where), Cause: part(t.Cause), Solution: part(t.Solution)}
}

// over is t with what is empty in it taken from old.
func (t ArticleText) over(old ArticleText) ArticleText {
	return ArticleText{Title: firstOf(t.Title, old.Title), Symptom: firstOf(t.Symptom, old.Symptom), Where: firstOf(t.Where, old.Where),
		Cause: firstOf(t.Cause, old.Cause), Solution: firstOf(t.Solution, old.Solution)}
}

func (ch WriteArticle) change(d *articleDecision) error {
	switch _, err := d.r.Article(ch.Article.ID); {
	case err == nil:
		return d.refuse(ErrConflict, wordsArticleTaken, hintSearchKB, ch.Article.ID)
	case !errors.Is(err, ErrNotFound):
		return err
	}
	a := ch.Article
	a.setText(a.Text().clean())
	if a.Title == "" || a.Solution == "" {
		return d.refuse(ErrInvalid, wordsArticleNeeds, hintArticleLike)
	}
	a.State, a.Revision, a.Author, a.Reviewer, a.Proposed = ArticleDraft, 1, firstOf(a.Author, d.actor.ID), "", nil
	a.Created, a.Review, a.Cases = d.w.Now, d.w.Now.Add(reviewAfter), a.Cases[:min(len(a.Cases), maxArticleCases)]
	d.a = a
	return nil
}

func (ch EditArticle) change(d *articleDecision) error {
	known := d.a.Known
	if d.a.Proposed != nil {
		known = d.a.Proposed.Known
	}
	return d.propose(ch.Text.clean(), known)
}

func (ch FixArticle) change(d *articleDecision) error {
	fix := ArticleText{Solution: ch.Solution}.clean()
	switch {
	case d.a.Known != KnownOpen:
		return d.refuse(ErrConflict, wordsNotKnown, hintKnown, d.a.ID)
	case fix.Solution == "":
		return d.refuse(ErrInvalid, wordsSolution, hintSolution)
	}
	return d.propose(fix, KnownFixed)
}

// propose makes the next revision: of a draft at once, of what is in use beside it.
func (d *articleDecision) propose(text ArticleText, known KnownState) error {
	old := d.a.Text()
	if d.a.Proposed != nil {
		old = d.a.Proposed.ArticleText
	}
	text = text.over(old)
	if text == old && known == d.a.Known {
		return d.refuse(ErrInvalid, wordsNothingNew, hintArticleLike)
	}
	if d.a.State == ArticlePublished {
		d.a.Proposed = &Proposal{ArticleText: text, Known: known, Author: d.actor.ID, At: d.w.Now}
		return nil
	}
	d.a.setText(text)
	d.a.State, d.a.Author, d.a.Reviewer, d.a.Into, d.a.Known = ArticleDraft, d.actor.ID, "", "", known
	d.a.Revision++
	return nil
}

func (PublishArticle) change(d *articleDecision) error {
	if !d.a.Waits() {
		if d.a.State == ArticlePublished {
			return d.refuse(ErrConflict, wordsIsPublic, hintSearchKB, d.a.ID)
		}
		return d.refuse(ErrConflict, wordsIsRetired, hintSearchKB, d.a.ID)
	}
	if d.a.WaitsFrom() == d.actor.ID && !d.alone() {
		return d.refuse(ErrForbidden, wordsOwnDraft, hintAskColleague, d.a.ID)
	}
	if p := d.a.Proposed; p != nil {
		d.a.setText(p.ArticleText)
		d.a.Known, d.a.Author, d.a.Proposed = p.Known, p.Author, nil
		d.a.Revision++
	}
	d.a.State, d.a.Reviewer, d.a.Review = ArticlePublished, d.actor.ID, d.w.Now.Add(reviewAfter)
	d.tell = d.a.Known != KnownNot
	return nil
}

func (DismissArticle) change(d *articleDecision) error {
	switch {
	case d.a.Proposed != nil:
		d.a.Proposed = nil
	case d.a.State == ArticleDraft:
		d.a.State, d.a.Reviewer = ArticleRetired, d.actor.ID
	default:
		return d.refuse(ErrConflict, wordsNothingWaits, hintSearchKB, d.a.ID)
	}
	return nil
}

func (RetireArticle) change(d *articleDecision) error {
	if d.a.State == ArticleRetired {
		return d.refuse(ErrConflict, wordsIsRetired, hintSearchKB, d.a.ID)
	}
	d.a.State, d.a.Reviewer, d.a.Proposed = ArticleRetired, d.actor.ID, nil
	return nil
}

func (ch RestoreArticle) change(d *articleDecision) error {
	d.with = strconv.Itoa(ch.N)
	if ch.N == 0 && d.a.State == ArticleRetired && d.a.Into == "" { // take it up as it is
		d.a.State, d.a.Author, d.a.Reviewer, d.with = ArticleDraft, d.actor.ID, "", ""
		return nil
	}
	e, err := ReadEdition(d.r, d.a.ID, ch.N)
	if errors.Is(err, ErrNotFound) || err == nil && e.Text == nil {
		return d.refuse(ErrNotFound, wordsNoEdition, hintHistory, ch.N, d.a.ID)
	}
	if err != nil {
		return err
	}
	return d.propose(*e.Text, d.a.Known)
}

func (ch KindArticle) change(d *articleDecision) error {
	if !slices.Contains(ArticleKinds, ch.Kind) {
		return d.refuse(ErrInvalid, wordsNoKind, hintKinds)
	}
	if ch.Kind == d.a.KindOf() {
		return d.refuse(ErrInvalid, wordsNothingNew, hintKinds)
	}
	d.a.Kind, d.with = ch.Kind, string(ch.Kind)
	return nil
}

func (ch KnownArticle) change(d *articleDecision) error {
	known := KnownNot
	if ch.Known {
		known = KnownOpen
	}
	if d.a.Known == known || d.a.State == ArticleRetired {
		return d.refuse(ErrInvalid, wordsNothingNew, hintKnown)
	}
	d.a.Known, d.with = known, string(known)
	return nil
}

func (KeepArticle) change(d *articleDecision) error {
	if d.a.State != ArticlePublished {
		return d.refuse(ErrConflict, wordsNotPublic, hintSearchKB, d.a.ID)
	}
	d.a.Review = d.w.Now.Add(reviewAfter)
	return nil
}

// TellDesk posts something about the knowledge base in the first internal channel;
// say makes it in the channel's language. Without such a channel nothing is said.
func (d *Desk) TellDesk(tx Tx, make func(lang string) chat.Content) error {
	w := d.World(tx)
	ch, ok := find(w.Org.Channels, func(c *Channel) bool { return c.Audience.IsInternal() })
	if !ok {
		return nil
	}
	lang := firstOf(ch.Lang, w.Org.Lang)
	content := make(lang)
	return d.Post(tx, Letter{Template: TplContent, Intent: chat.IntentNotice, Audience: chat.Internal(), Priority: PrioNotice,
		In: ch.Place, Lang: lang, Content: &content})
}
