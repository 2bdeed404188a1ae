package bot

import (
	"context"
	"errors"
	"time"

	"hotline/bot/chat"
	"hotline/bot/say"
)

// TimerKnown tells the customers whose open cases are linked to a known problem what
// was published about it: the workaround, or the fix. No case; Key is the article.
const TimerKnown TimerKind = "known"

// KnownProblem is the known problem that a case is linked to.
type KnownProblem struct {
	Article string `json:"article"`
	Title   string `json:"title"`
	// Workaround is what the customer was told; "" when it is internal.
	Workaround string `json:"workaround,omitempty"`
	// Fix is what fixes it, once that is published and may be read.
	Fix   string `json:"fix,omitempty"`
	Fixed bool   `json:"fixed,omitempty"`
	Tried string `json:"tried,omitempty"` // what became of the fix
}

// maxKnownText is how much of an article goes into a case, in characters.
const maxKnownText = 1500

var (
	wordKnownHead  = say.Words{EN: "This is a known problem: %s", ZH: "这是已知问题:%s"}
	wordKnownUntil = say.Words{EN: "Until it is fixed: %s", ZH: "修复前可以这样处理:%s"}
	wordKnownTold  = say.Words{EN: "We tell you here when the fix is there.", ZH: "修复后会在这里通知您。"}
	wordKnownFixed = say.Words{EN: "“%s” is fixed:", ZH: "“%s”已修复:"}
	wordKnownField = say.Words{EN: "Known problem", ZH: "已知问题"}
	wordKnownOpen  = say.Words{EN: "Known problem, not fixed yet. Until then:", ZH: "已知问题,尚未修复。修复前:"}
)

// known links a case to a known problem, or takes the link back.
func (d *decision) known(k Known) error {
	switch {
	case k.Article == "" && d.c.Known.Article == "":
		return d.refuse(ErrConflict, wordsNotLinked, hintKnown, d.c.Number)
	case k.Article != "" && k.Article == d.c.Known.Article && (k.Workaround == "" || d.c.Known.Workaround != ""):
		return Refuse(ErrConflict, wordsLinkedAlready.In(d.lang, d.c.Number, k.Article), hintNothingToDo.In(d.lang))
	}
	e := CaseEvent{Type: EvKnown, To: k.Article, From: d.c.Known.Article, Title: k.Title, Text: Shorten(k.Workaround, maxKnownText)}
	d.refresh = true
	if k.Article == "" || k.Workaround == "" {
		d.emit(e)
		return nil
	}
	d.public(e)
	d.tellCustomer(TplKnown, nil)
	return nil
}

// fixed says once that the known problem of a case is fixed.
func (d *decision) fixed(f Fixed) {
	if d.c.Known.Article != f.Article || d.c.Known.Fixed || !d.c.State.Open() {
		return
	}
	e := CaseEvent{Type: EvKnownFixed, To: f.Article, Text: Shorten(f.Fix, maxKnownText), Actor: system}
	d.refresh = true
	if f.Fix == "" {
		d.emit(e)
	} else {
		d.public(e)
		d.tellCustomer(TplKnownFixed, nil)
	}
	d.tellPerson(d.c.Owner, TplKnownFixed, nil)
}

func applyKnown(c *Case, e CaseEvent) {
	if e.Type == EvKnownFixed {
		c.Known.Fixed, c.Known.Fix = true, e.Text
		return
	}
	c.Known = KnownProblem{Article: e.To, Title: e.Title, Workaround: e.Text}
	if e.To == "" {
		c.Known = KnownProblem{}
	}
}

// LinkKnown links an open case to a known problem in a transaction. The customer is
// told the workaround when they may read the article; an article for another
// customer is refused. An article that is no known problem yet becomes one.
func (d *Desk) LinkKnown(tx Tx, actor Actor, caseID int64, article string) (Outcome, error) {
	dec := &articleDecision{w: d.World(tx), r: tx, actor: actor}
	a, c, err := dec.linkable(tx, caseID, article)
	if err != nil {
		return Outcome{}, err
	}
	if a.Known == KnownNot {
		if a, err = d.ChangeArticle(tx, actor, a.ID, KnownArticle{Known: true}); err != nil {
			return Outcome{}, err
		}
	}
	k := knownOf(&a, &c)
	out, err := d.Apply(tx, actor, caseID, k)
	if err == nil && a.Known == KnownFixed {
		return d.Apply(tx, Actor{}, caseID, fixOf(&a, &out.Case))
	}
	return out, err
}

func (d *articleDecision) linkable(tx Tx, caseID int64, article string) (Article, Case, error) {
	a, err := tx.Article(article)
	if errors.Is(err, ErrNotFound) || err == nil && a.State == ArticleRetired {
		return a, Case{}, d.refuse(ErrNotFound, wordsNoArticle, hintSearchKB, Shorten(article, 20))
	}
	if err != nil {
		return a, Case{}, err
	}
	c, err := tx.Case(caseID)
	if err == nil && a.Customer != "" && a.Customer != c.Customer {
		err = d.refuse(ErrConflict, wordsOtherCustomer, hintSearchKB, a.ID)
	}
	return a, c, err
}

// knownOf is what a case is told of an open known problem: the workaround only when
// the customer may read it.
func knownOf(a *Article, c *Case) Known {
	k := Known{Article: a.ID, Title: a.Title}
	if a.Known == KnownOpen && a.ForCustomer(c.Customer) {
		k.Workaround = a.Solution
	}
	return k
}

// fixOf is what a case is told of the fix.
func fixOf(a *Article, c *Case) Fixed {
	f := Fixed{Article: c.Known.Article}
	if a.ForCustomer(c.Customer) {
		f.Fix = a.Solution
	}
	return f
}

// toldAtOnce is how many cases one transaction tells.
const toldAtOnce = 50

// TellKnown is the job of [TimerKnown]: every open case that is linked to the article,
// or to one that was merged into it, is told once of the workaround and once of the
// fix.
func (d *Desk) TellKnown(ctx context.Context, t Timer) (again time.Time, err error) {
	var a Article
	var linked []Case
	err = d.store.View(ctx, func(r Reader) error {
		if a, err = r.Article(t.Key); err != nil {
			return err
		}
		linked, err = LinkedCases(r, &a)
		return err
	})
	if err != nil || a.Known == KnownNot || a.State != ArticlePublished {
		return again, err
	}
	for len(linked) > 0 {
		batch := linked[:min(len(linked), toldAtOnce)]
		linked = linked[len(batch):]
		err := d.store.Do(ctx, func(tx Tx) error {
			for i := range batch {
				if err := d.tellLinked(tx, &a, batch[i].ID); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return again, err
		}
	}
	return again, nil
}

// tellLinked tells one case what it was not told yet.
func (d *Desk) tellLinked(tx Tx, a *Article, id int64) error {
	c, err := tx.Case(id)
	if err != nil || !c.State.Open() {
		return err
	}
	if a.Known == KnownFixed {
		_, err = d.Apply(tx, Actor{}, id, fixOf(a, &c))
		return err
	}
	k := knownOf(a, &c)
	k.Article = c.Known.Article
	if k.Workaround == "" || c.Known.Workaround != "" || !c.State.Active() {
		return nil
	}
	_, err = d.Apply(tx, Actor{}, id, k)
	return err
}

// LinkedCases lists the open cases that are linked to a known problem, or to one that
// was merged into it, and not told of its fix yet.
func LinkedCases(r Reader, a *Article) ([]Case, error) {
	var linked []Case
	into := map[string]string{a.ID: a.ID}
	q := CaseQuery{States: []State{New, Reopened, Acknowledged, InProgress, WaitingCustomer, WaitingOthers, Resolved}, Limit: 10_000}
	cases, err := r.Cases(q)
	for _, c := range cases {
		id := c.Known.Article
		if id == "" || c.Known.Fixed {
			continue
		}
		if _, known := into[id]; !known {
			other, err := r.Article(id)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return nil, err
			}
			into[id] = other.Into
		}
		if into[id] == a.ID {
			linked = append(linked, c)
		}
	}
	return linked, err
}

// knownProblem tells the customer that the case is a known problem, and what to do
// until it is fixed.
func (r *renderer) knownProblem() chat.Content {
	k := r.c.Known
	text := chat.Say("").Bold(r.say(wordKnownHead, k.Title))
	if k.Workaround != "" {
		text = text.Plain("\n" + r.say(wordKnownUntil, k.Workaround))
	}
	return chat.Content{Text: text.Plain("\n" + r.say(wordKnownTold))}
}

// knownFixed tells that the known problem is fixed; the customer can say what became
// of it.
func (r *renderer) knownFixed() chat.Content {
	k := r.c.Known
	if !r.l.Audience.IsCustomer() {
		return chat.Content{Text: chat.Say(r.c.Number + " ").Bold(r.say(wordKnownFixed, k.Article+" "+k.Title)).Plain("\n" + k.Fix)}
	}
	content := chat.Content{Text: chat.Say("").Bold(r.say(wordKnownFixed, k.Title)).Plain("\n" + k.Fix)}
	if w, ok := triedWords[k.Tried]; ok {
		content.Text = content.Text.Plain("\n" + capital(r.say(w)))
	} else if r.c.State.Active() {
		content.Buttons = []chat.Button{r.button(buttonSolved, "solved", k.Article, chat.StylePrimary), r.button(buttonNot, "nothelp", k.Article, chat.StylePlain)}
	}
	return content
}
