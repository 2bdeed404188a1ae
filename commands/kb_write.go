package commands

import (
	"strconv"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsDrafted  = say.Words{EN: "%s is a draft. A second person publishes it: /kb publish %[1]s", ZH: "%s 已存为草稿,请另一人发布:/kb publish %[1]s"}
	wordsProposed = say.Words{EN: "Your change of %s waits for a second person; until then the old text is in use.", ZH: "对 %s 的修改待另一人审核,在此之前仍使用原内容。"}
	wordsKindSet  = say.Words{EN: "%s is of the kind “%s” now.", ZH: "%s 的类型已设为“%s”。"}
	wordsKnownSet = say.Words{EN: "%s is a known problem now. /kb link %[1]s F-… links cases to it.", ZH: "%s 已标记为已知问题,可用 /kb link %[1]s F-… 关联工单。"}
	wordsKnownOff = say.Words{EN: "%s is no known problem any more.", ZH: "%s 不再是已知问题。"}
	wordsLinked   = say.Words{EN: "%s is linked to %s.", ZH: "%s 已关联 %s。"}
	wordsUnlinked = say.Words{EN: "%s is linked to no known problem any more.", ZH: "%s 已取消关联。"}
	wordsTitleIs  = say.Words{EN: "Title", ZH: "标题"}
	wordsKindIs   = say.Words{EN: "Kind", ZH: "类型"}
	wordsWhichOne = say.Words{EN: "“%s” is no number.", ZH: "“%s”不是编号。"}
	wordsSeeHist  = say.Words{EN: "/kb history lists them.", ZH: "用 /kb history 查看。"}
)

func articleForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "New article", ZH: "新增知识"}, "",
		c.line("title", wordsTitleIs, true, 200),
		c.area("symptom", wordsSymptomIs, say.Words{}, true),
		c.area("cause", wordsCauseIs, wordsInternalOnly, false),
		c.area("fix", wordsFixIs, say.Words{}, true),
		c.pick("kind", wordsKindIs, false, string(bot.KindSolution), c.kindChoices()...))
}

func (c *call) kindChoices() []chat.Choice {
	var out []chat.Choice
	for _, k := range bot.ArticleKinds {
		out = append(out, chat.Choice{Value: string(k), Label: bot.KindName(k, c.lang)})
	}
	return out
}

func editForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "Edit", ZH: "修改知识"}, c.args["article"],
		c.line("title", wordsTitleIs, false, 200),
		c.area("symptom", wordsSymptomIs, say.Words{}, false),
		c.area("cause", wordsCauseIs, wordsInternalOnly, false),
		c.area("fix", wordsFixIs, say.Words{}, false))
}

// addArticle stores a draft, from a form or from "title | symptom | solution".
func (c *call) addArticle() (plan, error) {
	a := bot.Article{Lang: c.lang}
	if c.filled {
		a.Title, a.Symptom, a.Cause, a.Solution, a.Kind = c.args["title"], c.args["symptom"], c.args["cause"], c.args["fix"], bot.ArticleKind(c.args["kind"])
	} else {
		parts := strings.Split(strings.ReplaceAll(c.args["text"], "｜", "|"), "|")
		a.Title = strings.TrimSpace(parts[0])
		if len(parts) > 2 {
			a.Symptom, parts = strings.TrimSpace(parts[1]), parts[1:]
		}
		if len(parts) > 1 {
			a.Solution = strings.TrimSpace(strings.Join(parts[1:], "|"))
		}
	}
	if a.Kind == bot.KindSolution {
		a.Kind = ""
	}
	if g := say.Guess(a.Title + a.Solution); g != "" {
		a.Lang = g
	}
	return c.changing("", bot.WriteArticle{Article: a}, wordsDrafted), nil
}

// changing is the plan of a change of one article: it says so to the person, and
// tells the internal channel what waits for a second one.
func (c *call) changing(id string, change bot.ArticleChange, done say.Words, args ...any) plan {
	return func(tx bot.Tx) error {
		a, err := c.desk.ChangeArticle(tx, c.in.Actor, id, change)
		if err != nil {
			return err
		}
		if _, published := change.(bot.PublishArticle); a.Waits() && !published {
			if err := c.askSecond(tx, &a); err != nil {
				return err
			}
		}
		return c.done(tx, done, append([]any{a.ID}, args...)...)
	}
}

// askSecond tells the internal channel that something waits for a second person.
func (c *call) askSecond(tx bot.Tx, a *bot.Article) error {
	twin, err := c.twin(tx, a)
	if err != nil {
		return err
	}
	return c.desk.TellDesk(tx, func(lang string) chat.Content { return bot.ArticleWaits(c.in.World, a, twin, lang) })
}

// done says what happened: where a button of a message of the hotline was pressed, the
// message says it from then on, in the language of its channel, and its buttons go;
// otherwise the person is told.
func (c *call) done(tx bot.Tx, what say.Words, args ...any) error {
	ch := c.in.Channel
	if c.tap && c.gen == bot.Posted && c.in.ChannelOK && ch.Audience.IsInternal() && !c.in.Event.Message.IsZero() {
		lang := firstSet(ch.Lang, c.in.Org.Lang)
		content := chat.Content{Text: chat.Say(what.In(lang, args...)).Plain(" – " + c.in.Name(c.in.Actor.ID))}
		edit := bot.Letter{Template: bot.TplContent, Intent: chat.IntentCard, Audience: chat.Internal(), Priority: bot.PrioCard,
			Edit: c.in.Event.Message, Lang: lang, Content: &content}
		return c.desk.Post(tx, edit)
	}
	return c.tell(tx, chat.Content{Text: chat.T(what.In(c.lang, args...))})
}

// articleID is the article that the line is about.
func (c *call) articleID() string {
	id, ok := looksLikeArticle(c.args["article"])
	if !ok {
		return c.args["article"]
	}
	return id
}

// editArticle makes a new revision, which a second person publishes.
func (c *call) editArticle() (plan, error) {
	text := bot.ArticleText{Title: c.args["title"], Symptom: c.args["symptom"], Cause: c.args["cause"], Solution: firstSet(c.args["fix"], c.args["solution"])}
	return c.revising(bot.EditArticle{Text: text})
}

func (c *call) fixKnown() (plan, error) {
	return c.revising(bot.FixArticle{Solution: c.args["solution"]})
}

// revising is changing with the words that fit: a draft is one, what is published
// stays in use.
func (c *call) revising(change bot.ArticleChange) (plan, error) {
	id, done := c.articleID(), wordsDrafted
	err := c.view(func(r bot.Reader) error {
		a, err := c.theArticle(r, id)
		if a.State == bot.ArticlePublished {
			done = wordsProposed
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.changing(id, change, done), nil
}

func (c *call) setKind() (plan, error) {
	kind := bot.ArticleKind(c.args["kind"])
	return c.changing(c.articleID(), bot.KindArticle{Kind: kind}, wordsKindSet, bot.KindName(kind, c.lang)), nil
}

func (c *call) setKnown() (plan, error) {
	if c.args["off"] != "" {
		return c.changing(c.articleID(), bot.KnownArticle{}, wordsKnownOff), nil
	}
	return c.changing(c.articleID(), bot.KnownArticle{Known: true}, wordsKnownSet), nil
}

func (c *call) restoreArticle() (plan, error) {
	n := 0
	if s := c.args["number"]; s != "" {
		var err error
		if n, err = strconv.Atoi(strings.TrimPrefix(s, "#")); err != nil || n < 1 {
			return nil, c.refuse(bot.ErrInvalid, wordsWhichOne, wordsSeeHist, bot.Shorten(s, 20))
		}
	}
	return c.revising(bot.RestoreArticle{N: n})
}

// linkKnown links a case to a known problem.
func (c *call) linkKnown() (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	id := c.articleID()
	return func(tx bot.Tx) error {
		if _, err := c.desk.LinkKnown(tx, c.in.Actor, cs.ID, id); err != nil {
			return err
		}
		return c.done(tx, wordsLinked, cs.Number, id)
	}, nil
}

func (c *call) unlinkKnown() (plan, error) {
	return c.on(func(bot.Case) (bot.Command, error) { return bot.Known{}, nil }, wordsUnlinked)
}
