package bot

import (
	"errors"
	"slices"
	"strings"
)

// DidMerge and DidUnmerge are the names of a merge in the history of the article that
// goes on; DidMergedInto and DidUnmerged in that of the other.
const (
	DidMerge      = "merged"
	DidMergedInto = "merged_into"
	DidUnmerge    = "unmerged"
	DidUnmerged   = "taken_out"
)

// MergeArticle makes an article part of another that tells the same: the title and
// phrasings of from find into from now on, its votes and cases count there, and from
// is retired with a pointer. The text of into stays. A draft is merged by somebody
// else than who wrote it, a published article by a lead. It returns into.
func (d *Desk) MergeArticle(tx Tx, actor Actor, from, into string) (Article, error) {
	dec := &articleDecision{w: d.World(tx), r: tx, actor: actor}
	a, b, err := dec.pair(from, into)
	if err != nil {
		return Article{}, err
	}
	if err := dec.mayMerge(&a, &b); err != nil {
		return Article{}, err
	}
	e := Edition{At: tx.Now(), By: actor.ID, Did: DidMerge, With: a.ID}
	for _, alias := range append([]string{a.Title}, a.Aliases...) {
		if len(b.Aliases) < MaxArticleAliases && alias != b.Title && !slices.Contains(b.Aliases, alias) {
			b.Aliases = append(slices.Clip(b.Aliases), alias)
			e.Aliases = append(e.Aliases, alias)
		}
	}
	for _, n := range a.Sources() {
		if len(b.Cases) < maxArticleCases && n != b.Case && !slices.Contains(b.Cases, n) {
			b.Cases = append(slices.Clip(b.Cases), n)
		}
	}
	b.Helped, b.Failed = b.Helped+a.Helped, b.Failed+a.Failed
	b.Revision++
	a.State, a.Into, a.Proposed, a.Reviewer = ArticleRetired, b.ID, nil, actor.ID
	return b, d.putBoth(tx, &a, Edition{At: tx.Now(), By: actor.ID, Did: DidMergedInto, With: b.ID}, &b, e)
}

// UnmergeArticle takes back a merge: the article is a draft again, and what it had
// brought leaves the other. It returns the article that is on its own again.
func (d *Desk) UnmergeArticle(tx Tx, actor Actor, id string) (Article, error) {
	dec := &articleDecision{w: d.World(tx), r: tx, actor: actor}
	a, err := tx.Article(id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Article{}, err
	}
	if err != nil || a.Into == "" {
		return Article{}, dec.refuse(ErrNotFound, wordsNotMerged, hintSearchKB, Shorten(id, 20))
	}
	a, b, err := dec.pair(id, a.Into)
	if err != nil {
		return Article{}, err
	}
	editions, err := History(tx, &b, b.Entries)
	if err != nil {
		return Article{}, err
	}
	added, _ := find(editions, func(e *Edition) bool { return e.Did == DidMerge && e.With == a.ID })
	b.Aliases = slices.DeleteFunc(slices.Clone(b.Aliases), func(s string) bool { return slices.Contains(added.Aliases, s) })
	b.Cases = slices.DeleteFunc(slices.Clone(b.Cases), func(s string) bool { return slices.Contains(a.Sources(), s) })
	b.Helped, b.Failed = max(0, b.Helped-a.Helped), max(0, b.Failed-a.Failed)
	b.Revision++
	a.State, a.Into, a.Author, a.Reviewer = ArticleDraft, "", actor.ID, ""
	return a, d.putBoth(tx, &a, Edition{At: tx.Now(), By: actor.ID, Did: DidUnmerged, With: b.ID},
		&b, Edition{At: tx.Now(), By: actor.ID, Did: DidUnmerge, With: a.ID})
}

// pair reads two articles that somebody of the hotline works on.
func (d *articleDecision) pair(from, into string) (a, b Article, err error) {
	if !d.actor.System() && !d.actor.Role.Staff() {
		return a, b, d.refuse(ErrForbidden, wordsForbidden, hintAskLead)
	}
	for _, one := range []struct {
		id string
		to *Article
	}{{from, &a}, {into, &b}} {
		if *one.to, err = d.r.Article(one.id); errors.Is(err, ErrNotFound) {
			return a, b, d.refuse(ErrNotFound, wordsNoArticle, hintSearchKB, Shorten(one.id, 20))
		} else if err != nil {
			return a, b, err
		}
	}
	return a, b, nil
}

// mayMerge refuses what would publish one's own words, widen who finds them, or lose
// a known problem.
func (d *articleDecision) mayMerge(a, b *Article) error {
	switch {
	case a.ID == b.ID || b.State != ArticlePublished:
		return d.refuse(ErrConflict, wordsMergeInto, hintSearchKB, b.ID)
	case a.State == ArticleRetired:
		return d.refuse(ErrConflict, wordsIsRetired, hintSearchKB, a.ID)
	case a.State == ArticlePublished && !d.actor.System() && !d.actor.Role.AtLeast(RoleLead):
		return d.refuse(ErrForbidden, wordsMergeLead, hintAskLead)
	case a.State == ArticleDraft && a.Author == d.actor.ID && !d.actor.System() && !d.alone():
		return d.refuse(ErrForbidden, wordsOwnDraft, hintAskColleague, a.ID)
	case a.Customer != "" && a.Customer != b.Customer, a.Internal && !b.Internal:
		return d.refuse(ErrConflict, wordsMergeWider, hintSearchKB, b.ID)
	case a.Known == KnownOpen && b.Known != KnownOpen:
		return d.refuse(ErrConflict, wordsMergeKnown, hintKnown, a.ID, b.ID)
	}
	return nil
}

// putBoth stores two articles, each with an entry in its history.
func (d *Desk) putBoth(tx Tx, a *Article, ea Edition, b *Article, eb Edition) error {
	a.Updated, b.Updated = tx.Now(), tx.Now()
	if err := firstErr(remember(tx, a, ea), remember(tx, b, eb)); err != nil {
		return err
	}
	return firstErr(d.PutArticle(tx, *a), d.PutArticle(tx, *b))
}

// DraftID is the id of the article that is drafted from a case.
func DraftID(number string) string { return "KB-" + strings.TrimLeft(number, "FQCP-") }

// absorbDrafts merges the drafts that were made from the single cases of an article
// into it, when it is published: it answers them all.
func (d *Desk) absorbDrafts(tx Tx, a Article) (Article, error) {
	dec := &articleDecision{w: d.World(tx), r: tx}
	for _, n := range a.Cases {
		draft, err := tx.Article(DraftID(n))
		if errors.Is(err, ErrNotFound) || err == nil && (draft.State != ArticleDraft || draft.ID == a.ID || dec.mayMerge(&draft, &a) != nil) {
			continue
		}
		if err != nil {
			return a, err
		}
		if a, err = d.MergeArticle(tx, Actor{}, draft.ID, a.ID); err != nil {
			return a, err
		}
	}
	return a, nil
}
