package bot_test

import (
	"errors"
	"strings"
	"testing"

	"hotline/bot"
)

// change changes an article as a person.
func (h *house) change(person, id string, ch bot.ArticleChange) (a bot.Article, err error) {
	h.Helper()
	err = h.store.Do(h.Context(), func(tx bot.Tx) (err error) {
		a, err = h.desk.ChangeArticle(tx, h.actor(person), id, ch)
		return err
	})
	return a, err
}

// mustChange is change that must work.
func (h *house) mustChange(person, id string, ch bot.ArticleChange) bot.Article {
	h.Helper()
	a, err := h.change(person, id, ch)
	if err != nil {
		h.Fatalf("%T of %s by %s: %v", ch, id, person, err)
	}
	return a
}

func (h *house) article(id string) (a bot.Article) {
	h.Helper()
	h.view(func(r bot.Reader) (err error) {
		a, err = r.Article(id)
		return err
	})
	return a
}

// written makes a draft of a person; published one that somebody else published.
func (h *house) written(person string, a bot.Article) bot.Article {
	h.Helper()
	return h.mustChange(person, "", bot.WriteArticle{Article: a})
}

func (h *house) published(a bot.Article) bot.Article {
	h.Helper()
	return h.mustChange("maria", h.written("chen", a).ID, bot.PublishArticle{})
}

// TestASecondPersonPublishes: the rule holds in the desk, whichever way a change comes.
func TestASecondPersonPublishes(t *testing.T) {
	h := newHouse(t)
	a := h.written("chen", bot.Article{Title: " Payments  fail ", Solution: "Restart the pool."})
	if a.ID != "KB-1" || a.Title != "Payments fail" || a.Author != "chen" || a.State != bot.ArticleDraft || a.KindOf() != bot.KindSolution {
		t.Fatalf("the draft is %+v", a)
	}
	if _, err := h.change("chen", a.ID, bot.PublishArticle{}); !errors.Is(err, bot.ErrForbidden) {
		t.Errorf("the author publishes: %v", err)
	}
	if _, err := h.change("anna", a.ID, bot.PublishArticle{}); !errors.Is(err, bot.ErrForbidden) {
		t.Errorf("a customer publishes: %v", err)
	}
	if a = h.mustChange("maria", a.ID, bot.PublishArticle{}); a.State != bot.ArticlePublished || a.Reviewer != "maria" || !a.Review.After(h.at) {
		t.Errorf("published: %+v", a)
	}
	if _, err := h.change("maria", a.ID, bot.PublishArticle{}); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("published twice: %v", err)
	}
	// What is in use stays in use while its next revision waits.
	a = h.mustChange("maria", a.ID, bot.EditArticle{Text: bot.ArticleText{Solution: "Raise the pool."}})
	if a.State != bot.ArticlePublished || a.Solution != "Restart the pool." || a.Proposed == nil || a.Proposed.Title != "Payments fail" {
		t.Errorf("edited: %+v", a)
	}
	if _, err := h.change("maria", a.ID, bot.PublishArticle{}); !errors.Is(err, bot.ErrForbidden) {
		t.Errorf("the author of the edit publishes: %v", err)
	}
	if a = h.mustChange("chen", a.ID, bot.PublishArticle{}); a.Solution != "Raise the pool." || a.Revision != 2 || a.Proposed != nil {
		t.Errorf("the edit published: %+v", a)
	}
	// The old text comes back the same way.
	a = h.mustChange("chen", a.ID, bot.RestoreArticle{N: 1})
	if a.Proposed == nil || a.Proposed.Solution != "Restart the pool." {
		t.Errorf("restored: %+v", a)
	}
	if a = h.mustChange("maria", a.ID, bot.DismissArticle{}); a.Proposed != nil || a.Solution != "Raise the pool." {
		t.Errorf("dismissed: %+v", a)
	}
	var did []string
	h.view(func(r bot.Reader) error {
		list, err := bot.History(r, &a, 20)
		for _, e := range list {
			did = append(did, e.Did+" "+e.By)
		}
		return err
	})
	want := "dismissed maria, restored chen, published chen, edited maria, published maria, wrote chen"
	if got := strings.Join(did, ", "); got != want {
		t.Errorf("history %q, want %q", got, want)
	}
}

// TestTheOnlyOnePublishesAlone: with nobody else there, the author may.
func TestTheOnlyOnePublishesAlone(t *testing.T) {
	h := newHouse(t)
	h.org.People = h.org.People[:3] // two customers and chen
	a := h.written("chen", bot.Article{Title: "Payments fail", Solution: "Restart the pool."})
	h.mustChange("chen", a.ID, bot.PublishArticle{})
}

func TestArticleRefusals(t *testing.T) {
	tests := []struct {
		name   string
		change bot.ArticleChange
		want   error
	}{
		{"nothing new", bot.EditArticle{Text: bot.ArticleText{Title: "Payments fail"}}, bot.ErrInvalid},
		{"a fix of no known problem", bot.FixArticle{Solution: "x"}, bot.ErrConflict},
		{"nothing waits", bot.DismissArticle{}, bot.ErrConflict},
		{"no such text", bot.RestoreArticle{N: 2}, bot.ErrNotFound},
		{"no such kind", bot.KindArticle{Kind: "poem"}, bot.ErrInvalid},
		{"the same kind", bot.KindArticle{Kind: bot.KindSolution}, bot.ErrInvalid},
		{"not known anyway", bot.KnownArticle{}, bot.ErrInvalid},
		{"a taken id", bot.WriteArticle{Article: bot.Article{ID: "KB-1", Title: "a", Solution: "b"}}, bot.ErrConflict},
		{"no solution", bot.WriteArticle{Article: bot.Article{Title: "a"}}, bot.ErrInvalid},
	}
	h := newHouse(t)
	a := h.published(bot.Article{Title: "Payments fail", Solution: "Restart the pool."})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := a.ID
			if _, ok := tt.change.(bot.WriteArticle); ok {
				id = ""
			}
			if _, err := h.change("tom", id, tt.change); !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
	if got := h.article(a.ID); got.Entries != 2 || got.State != bot.ArticlePublished {
		t.Errorf("refusals changed the article: %+v", got)
	}
	if _, err := h.change("tom", "KB-99", bot.RetireArticle{}); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("no article: %v", err)
	}
}

// TestMergeAndBack: what one article had goes to the other and comes back exactly.
func TestMergeAndBack(t *testing.T) {
	h := newHouse(t)
	into := h.published(bot.Article{Title: "Payments fail", Solution: "Restart the pool.", Aliases: []string{"no money"}, Helped: 3})
	from := h.written("chen", bot.Article{Title: "Cards refused", Solution: "Restart it.", Aliases: []string{"no money", "card declined"}, Case: "F-10010", Helped: 1, Failed: 1})
	merge := func(person, a, b string) (out bot.Article, err error) {
		err = h.store.Do(t.Context(), func(tx bot.Tx) (err error) {
			out, err = h.desk.MergeArticle(tx, h.actor(person), a, b)
			return err
		})
		return out, err
	}
	for _, tt := range []struct {
		name, person, a, b string
		want               error
	}{
		{"by the author", "chen", from.ID, into.ID, bot.ErrForbidden},
		{"into itself", "tom", into.ID, into.ID, bot.ErrConflict},
		{"into a draft", "tom", into.ID, from.ID, bot.ErrConflict},
		{"by a customer", "anna", from.ID, into.ID, bot.ErrForbidden},
		{"into nothing", "tom", from.ID, "KB-77", bot.ErrNotFound},
	} {
		if _, err := merge(tt.person, tt.a, tt.b); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	got, err := merge("maria", from.ID, into.ID)
	if err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(got.Aliases, ","); s != "no money,Cards refused,card declined" || got.Helped != 4 || got.Failed != 1 || got.Cases[0] != "F-10010" || got.Solution != into.Solution {
		t.Errorf("merged: %+v", got)
	}
	if old := h.article(from.ID); old.State != bot.ArticleRetired || old.Into != into.ID {
		t.Errorf("the other: %+v", old)
	}
	if _, err := merge("maria", from.ID, into.ID); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("merged twice: %v", err)
	}
	err = h.store.Do(t.Context(), func(tx bot.Tx) error {
		_, err := h.desk.UnmergeArticle(tx, h.actor("maria"), from.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got = h.article(into.ID)
	if s := strings.Join(got.Aliases, ","); s != "no money" || got.Helped != 3 || got.Failed != 0 || len(got.Cases) != 0 {
		t.Errorf("taken back: %+v", got)
	}
	if old := h.article(from.ID); old.State != bot.ArticleDraft || old.Into != "" {
		t.Errorf("the other: %+v", old)
	}
	narrow := h.written("chen", bot.Article{Title: "For north", Solution: "x", Customer: "north"})
	if _, err := merge("maria", narrow.ID, into.ID); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("one customer's words would reach all: %v", err)
	}
}

// TestKnownProblem: linked cases get the workaround, and are told of the fix once, each
// in its language; another customer's article is never linked or quoted.
func TestKnownProblem(t *testing.T) {
	h := newHouse(t)
	a := h.published(bot.Article{Title: "Payments fail", Solution: "Use the other terminal.", Lang: "en"})
	north := h.do("anna", 0, bot.Open{Text: "payments fail", Customer: "north", Place: place("north")}).Case
	south := h.do("otto", 0, bot.Open{Text: "支付失败", Customer: "south", Place: place("south")}).Case
	third := h.do("anna", 0, bot.Open{Text: "other", Customer: "north", Place: place("north")}).Case
	link := func(id int64, article string) error {
		return h.store.Do(t.Context(), func(tx bot.Tx) error {
			_, err := h.desk.LinkKnown(tx, h.actor("chen"), id, article)
			return err
		})
	}
	for _, c := range []bot.Case{north, south} {
		if err := link(c.ID, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := link(north.ID, a.ID); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("linked twice: %v", err)
	}
	private := h.published(bot.Article{Title: "Of south", Solution: "secret", Customer: "south"})
	if err := link(third.ID, private.ID); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("another customer's article: %v", err)
	}
	hidden := h.published(bot.Article{Title: "Inside only", Solution: "secret", Internal: true})
	if err := link(third.ID, hidden.ID); err != nil {
		t.Fatal(err)
	}
	if h.article(a.ID).Known != bot.KnownOpen {
		t.Error("the article is no known problem")
	}
	said := func(id int64, template string) (list []string) {
		c := h.load(id)
		for _, l := range h.letters(id, func(l bot.Letter) bool { return l.Template == template && l.Audience.IsCustomer() && l.Edit.IsZero() }) {
			content := bot.Render(h.desk.Snapshot(), &l, &c)
			list = append(list, content.String())
		}
		return list
	}
	if got := said(north.ID, bot.TplKnown); len(got) != 1 || !strings.Contains(got[0], "Until it is fixed: Use the other terminal.") {
		t.Errorf("north was told %q", got)
	}
	if got := said(south.ID, bot.TplKnown); len(got) != 1 || !strings.Contains(got[0], "这是已知问题") {
		t.Errorf("south was told %q", got)
	}
	if got := said(third.ID, bot.TplKnown); len(got) != 0 {
		t.Errorf("an internal article was quoted: %q", got)
	}
	// The fix is written by one and published by another.
	h.mustChange("chen", a.ID, bot.FixArticle{Solution: "Version 4.3 is installed."})
	h.mustChange("maria", a.ID, bot.PublishArticle{})
	for range 2 { // the job may run again after a crash
		if _, err := h.desk.TellKnown(t.Context(), bot.Timer{Kind: bot.TimerKnown, Key: a.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if got := said(north.ID, bot.TplKnownFixed); len(got) != 1 || !strings.Contains(got[0], "“Payments fail” is fixed") || !strings.Contains(got[0], "Version 4.3") {
		t.Errorf("north was told %q", got)
	}
	if got := said(south.ID, bot.TplKnownFixed); len(got) != 1 || !strings.Contains(got[0], "已修复") {
		t.Errorf("south was told %q", got)
	}
	if got := said(third.ID, bot.TplKnownFixed); len(got) != 0 {
		t.Errorf("a case of another problem was told %q", got)
	}
	// "Solved it" on the fix closes the case as self-service.
	if c := h.do("anna", north.ID, bot.Tried{Article: a.ID, Outcome: bot.TriedSolved}).Case; c.State != bot.Closed || c.SelfSolved != a.ID {
		t.Errorf("case %s, solved by %q", c.State, c.SelfSolved)
	}
	// A case that is linked after the fix is told of it at once.
	if err := link(third.ID, a.ID); err != nil {
		t.Fatal(err)
	}
	if got := said(third.ID, bot.TplKnownFixed); len(got) != 1 {
		t.Errorf("a late case was told %q", got)
	}
	replayed := bot.Replay(third.ID, h.events(third.ID))
	if got := h.load(third.ID); replayed.Known != got.Known || got.Known.Article != a.ID || !got.Known.Fixed {
		t.Errorf("known %+v, replayed %+v", got.Known, replayed.Known)
	}
}
