package knowledge

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

// recAlias is the kind of record that keeps the phrasings of an article, by its id;
// recVote the one that keeps what a case said about an article.
const (
	recAlias = "alias"
	recVote  = "vote"
)

// vote is what one case said about one article. A case has one voice, whoever presses
// how often.
type vote struct {
	Mode  string `json:"mode"`
	Asked bool   `json:"asked,omitempty"` // whether to remember the words
}

var (
	wordRememberThis = say.Words{EN: "%s solved %s. Remember this wording for it?", ZH: "%s 解决了 %s。要为它记住这种说法吗?"}
	wordRememberYes  = say.Words{EN: "Remember", ZH: "记住"}
	wordRememberNo   = say.Words{EN: "No", ZH: "不用"}
	wordEnoughWords  = say.Words{EN: "%s has enough wordings.", ZH: "%s 的说法已足够多。"}
	hintForgetOne    = say.Words{EN: "/kb forget takes one back.", ZH: "可用 /kb forget 撤销一条。"}
)

// learn counts what became of a suggestion, and hears the words that led to it: at
// once when a responder says so, after a second customer's voice otherwise; with one
// voice the responders are asked. It may run again.
func (l *Library) learn(ctx context.Context, t bot.Timer) (again time.Time, err error) {
	return again, l.desk.Store().Do(ctx, func(tx bot.Tx) error {
		c, err := tx.Case(t.Case)
		if err != nil {
			return err
		}
		a, err := tx.Article(t.Key)
		if err == nil && a.Into != "" {
			a, err = tx.Article(a.Into)
		}
		if err != nil {
			return gone(err)
		}
		events, err := tx.Events(c.ID, 0)
		if err != nil {
			return err
		}
		for i, e := range slices.Backward(events) {
			if e.Type == bot.EvTried && e.To == t.Key && (e.Mode == bot.TriedSolved || e.Mode == bot.TriedNot) {
				return l.hear(tx, a, &c, &events[i])
			}
		}
		return nil
	})
}

// hear counts a voice and keeps the words of the case that said it.
func (l *Library) hear(tx bot.Tx, a bot.Article, c *bot.Case, e *bot.CaseEvent) error {
	id := a.ID + "/" + c.Number
	var v vote
	if err := readJSON(tx, recVote, id, &v); err != nil {
		return err
	}
	if v.Mode != e.Mode {
		a.Helped, a.Failed = max(0, a.Helped-one(v.Mode == bot.TriedSolved)), max(0, a.Failed-one(v.Mode == bot.TriedNot))
		a.Helped, a.Failed = a.Helped+one(e.Mode == bot.TriedSolved), a.Failed+one(e.Mode == bot.TriedNot)
		v.Mode = e.Mode
		if err := l.desk.PutArticle(tx, a); err != nil {
			return err
		}
	}
	if e.Mode == bot.TriedSolved {
		h := Heard{Text: c.Text, Customer: c.Customer, Reporter: c.Reporter, At: tx.Now()}
		if e.Actor.Role.Staff() {
			h.Responder = e.Actor.ID
		}
		text, lesson, err := l.keepWords(tx, bot.Actor{}, &a, h)
		if err != nil {
			return err
		}
		if lesson == Waiting && !v.Asked {
			v.Asked = true
			if err := l.askToRemember(tx, &a, c, text); err != nil {
				return err
			}
		}
	}
	return bot.PutJSON(tx, recVote, id, v)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// keepWords adds a phrasing to an article. It returns it as it is kept.
func (l *Library) keepWords(tx bot.Tx, actor bot.Actor, a *bot.Article, h Heard) (string, Lesson, error) {
	old, err := aliasesOf(tx, a)
	if err != nil {
		return "", NoWords, err
	}
	aliases, lesson := Learn(old, h)
	text := cleanAlias(h.Text)
	if err := bot.PutJSON(tx, recAlias, a.ID, aliases); err != nil || lesson != Learned {
		return text, lesson, err
	}
	was := a.Aliases
	a.Aliases = Active(aliases)
	for _, s := range a.Aliases {
		if !slices.Contains(was, s) {
			text = s // much the same may have been heard in other words
		}
	}
	return text, lesson, l.desk.KeepAliases(tx, actor, a, "learned", text)
}

// aliasesOf are the phrasings of an article. What it is searched by is the article's
// to say: one that came with an import or a merge is added, one that a merge took back
// is left out.
func aliasesOf(r bot.Reader, a *bot.Article) ([]Alias, error) {
	var kept []Alias
	if err := readJSON(r, recAlias, a.ID, &kept); err != nil {
		return nil, err
	}
	kept = slices.DeleteFunc(kept, func(k Alias) bool { return k.Active && !slices.Contains(a.Aliases, k.Text) })
	for _, text := range a.Aliases {
		if !slices.ContainsFunc(kept, func(k Alias) bool { return k.Active && k.Text == text }) {
			kept = append(kept, Alias{Text: text, Active: true})
		}
	}
	return kept, nil
}

// askToRemember asks the responders inside the case whether its words should find the
// article from now on.
func (l *Library) askToRemember(tx bot.Tx, a *bot.Article, c *bot.Case, text string) error {
	lang := l.desk.World(tx).Org.Lang
	button := func(w say.Words, verb string, style chat.Style) chat.Button {
		return chat.Button{Label: w.In(lang), Style: style, Action: chat.Action{Verb: verb, Case: c.Number, Arg: a.ID, Gen: bot.Posted}}
	}
	content := chat.Content{
		Text:    chat.Say("").Bold(wordRememberThis.In(lang, a.ID+" “"+bot.Shorten(a.Title, 80)+"”", c.Number)).Plain("\n" + text),
		Buttons: []chat.Button{button(wordRememberYes, "kbremember", chat.StylePrimary), button(wordRememberNo, "kbnoword", chat.StylePlain)},
	}
	return l.inside(tx, c, content)
}

// inside says something in the internal thread of a case.
func (l *Library) inside(tx bot.Tx, c *bot.Case, content chat.Content) error {
	return l.desk.Post(tx, bot.Letter{Case: c.ID, Template: bot.TplContent, Intent: chat.IntentReply, Audience: chat.Internal(), Priority: bot.PrioNotice,
		Lang: l.desk.World(tx).Org.Lang, Content: &content, Args: map[string]string{"into": "inside"}})
}

// Phrasings lists what an article was heard by; see [bot.Shelf].
func (l *Library) Phrasings(r bot.Reader, a *bot.Article) ([]bot.Phrasing, error) {
	aliases, err := aliasesOf(r, a)
	var list []bot.Phrasing
	for _, k := range aliases {
		list = append(list, bot.Phrasing{Text: k.Text, Customers: len(k.Customers), By: k.ConfirmedBy, Active: k.Active, Refused: k.Refused, Added: k.Added})
	}
	return list, err
}

// Remember makes the words of a case find an article; see [bot.Shelf].
func (l *Library) Remember(tx bot.Tx, actor bot.Actor, article string, c *bot.Case) (string, error) {
	a, err := tx.Article(article)
	if err != nil {
		return "", err
	}
	h := Heard{Text: c.Text, Customer: c.Customer, Reporter: c.Reporter, Responder: actor.ID, At: tx.Now()}
	text, lesson, err := l.keepWords(tx, actor, &a, h)
	switch {
	case err != nil:
		return "", err
	case lesson == Learned:
		return text, nil
	case lesson == TooMuch:
		lang := actor.Lang
		return "", bot.Refuse(bot.ErrConflict, wordEnoughWords.In(lang, a.ID), hintForgetOne.In(lang))
	}
	return "", nil
}

// Forget takes a phrasing back for good; see [bot.Shelf].
func (l *Library) Forget(tx bot.Tx, actor bot.Actor, article string, n int) (string, error) {
	a, err := tx.Article(article)
	if err != nil {
		return "", err
	}
	aliases, err := aliasesOf(tx, &a)
	if err != nil {
		return "", err
	}
	if n < 1 || n > len(aliases) || aliases[n-1].Refused {
		return "", bot.ErrNotFound
	}
	text := aliases[n-1].Text
	aliases, _ = Revert(aliases, text)
	if err := bot.PutJSON(tx, recAlias, a.ID, aliases); err != nil {
		return "", err
	}
	a.Aliases = Active(aliases)
	return text, l.desk.KeepAliases(tx, actor, &a, "forgot", text)
}

// readJSON reads a record; one that is not there leaves to as it is.
func readJSON(r bot.Reader, kind, id string, to any) error {
	rec, err := r.Record(kind, id)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(rec.Body, to)
	}
	return err
}
