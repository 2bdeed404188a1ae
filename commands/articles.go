package commands

import (
	"strconv"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsPublish   = say.Words{EN: "Publish", ZH: "发布"}
	wordsOwnDraft  = say.Words{EN: "You wrote %s; a second person publishes it.", ZH: "%s 由你撰写,需由另一人发布。"}
	wordsAskOther  = say.Words{EN: "Ask a colleague to press Publish.", ZH: "请同事点“发布”。"}
	wordsPublished = say.Words{EN: "%s is published. It is suggested from now on.", ZH: "%s 已发布,之后会自动推荐。"}
	wordsIsPublic  = say.Words{EN: "%s is published already.", ZH: "%s 已是发布状态。"}
	wordsDrafted   = say.Words{EN: "%s is a draft. A second person publishes it: /kb publish %s", ZH: "%[1]s 已存为草稿,请另一人发布:/kb publish %[2]s"}
	wordsRetired   = say.Words{EN: "%s is retired and not suggested any more.", ZH: "%s 已停用,不再推荐。"}
	wordsNoDrafts  = say.Words{EN: "No drafts wait for a review.", ZH: "没有待审核的草稿。"}
	wordsDraftsAre = say.Words{EN: "Drafts to review", ZH: "待审核草稿"}
	wordsKBStats   = say.Words{EN: "%d published, %d drafts, %d retired. Helped %d times, did not help %d times. %d to be looked at again.", ZH: "已发布 %d 条,草稿 %d 条,停用 %d 条。有帮助 %d 次,无帮助 %d 次。待复审 %d 条。"}
	wordsKBNeeds   = say.Words{EN: "An article needs a title and a solution.", ZH: "知识条目需要标题和解决方法。"}
	wordsKBLike    = say.Words{EN: "/kb add title | symptom | solution", ZH: "/kb add 标题 | 现象 | 解决方法"}
	wordsUnchanged = say.Words{EN: "Nothing was changed.", ZH: "没有修改。"}
)

var articleStates = map[bot.ArticleState]say.Words{
	bot.ArticleDraft:     {EN: "draft", ZH: "草稿"},
	bot.ArticlePublished: {EN: "published", ZH: "已发布"},
	bot.ArticleRetired:   {EN: "retired", ZH: "已停用"},
}

func articleState(s bot.ArticleState, lang string) string { return articleStates[s].In(lang) }

var articleArg = arg{name: "article", required: true, complete: true, help: say.Words{EN: "Article, such as KB-12", ZH: "知识条目,如 KB-12"}}

func kbVerbs() []verb {
	return []verb{
		{name: "add", aliases: []string{"write", "新增", "添加"}, min: bot.RoleResponder, help: say.Words{EN: "Write an article: title | symptom | solution", ZH: "新增知识:标题 | 现象 | 解决方法"},
			args: []arg{rest("text", "title | symptom | solution", "标题 | 现象 | 解决方法", true)}, form: articleForm, run: (*call).addArticle},
		{name: "edit", aliases: []string{"编辑", "修改"}, min: bot.RoleResponder, help: say.Words{EN: "Change an article; empty fields stay as they are", ZH: "修改知识条目,留空则不变"},
			args: []arg{articleArg, rest("solution", "The new solution", "新的解决方法", true)}, form: editForm, run: (*call).editArticle},
		{name: "review", aliases: []string{"drafts", "审核", "草稿"}, min: bot.RoleResponder, help: say.Words{EN: "Drafts that wait for a second person", ZH: "待审核的草稿"}, run: (*call).review},
		{name: "publish", aliases: []string{"发布"}, min: bot.RoleResponder, help: say.Words{EN: "Publish a draft of somebody else", ZH: "发布他人的草稿"}, args: []arg{articleArg}, run: (*call).publish},
		{name: "retire", aliases: []string{"停用"}, min: bot.RoleLead, help: say.Words{EN: "Take an article out of use", ZH: "停用知识条目"}, args: []arg{articleArg}, run: (*call).retire},
		{name: "stats", aliases: []string{"统计"}, min: bot.RoleResponder, help: say.Words{EN: "How many articles there are and how they help", ZH: "知识条目统计"}, run: (*call).kbStats},
	}
}

func articleForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "New article", ZH: "新增知识"}, "",
		c.line("title", say.Words{EN: "Title", ZH: "标题"}, true, 200),
		c.area("symptom", wordsSymptomIs, say.Words{}, true),
		c.area("cause", wordsCauseIs, wordsInternalOnly, false),
		c.area("fix", wordsFixIs, say.Words{}, true))
}

func editForm(c *call) *chat.Form {
	return c.newForm(say.Words{EN: "Edit", ZH: "修改知识"}, c.args["article"],
		c.line("title", say.Words{EN: "Title", ZH: "标题"}, false, 200),
		c.area("symptom", wordsSymptomIs, say.Words{}, false),
		c.area("cause", wordsCauseIs, wordsInternalOnly, false),
		c.area("fix", wordsFixIs, say.Words{}, false))
}

// addArticle stores a draft, from a form or from "title | symptom | solution".
func (c *call) addArticle() (plan, error) {
	a := bot.Article{State: bot.ArticleDraft, Lang: c.lang, Author: c.in.Actor.ID, Revision: 1}
	if c.filled {
		a.Title, a.Symptom, a.Cause, a.Solution = c.args["title"], c.args["symptom"], c.args["cause"], c.args["fix"]
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
	a.Title = bot.Shorten(strings.Join(strings.Fields(a.Title), " "), 200)
	if a.Title == "" || a.Solution == "" {
		return nil, c.refuse(bot.ErrInvalid, wordsKBNeeds, wordsKBLike)
	}
	if g := say.Guess(a.Title + a.Solution); g != "" {
		a.Lang = g
	}
	return func(tx bot.Tx) error {
		id, err := freeArticle(tx)
		if err != nil {
			return err
		}
		a.ID, a.Created, a.Review = id, tx.Now(), tx.Now().AddDate(0, 6, 0)
		if err := c.putArticle(tx, a); err != nil {
			return err
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsDrafted.In(c.lang, a.ID, a.ID))})
	}, nil
}

// freeArticle finds an id that is not taken. Articles written by hand count from
// KB-1, those drafted from a case carry its number, which is above 10,000; the
// last one given is remembered.
func freeArticle(tx bot.Tx) (string, error) {
	const last = "article/last"
	n := 0
	if rec, err := tx.Record(bot.RecSetting, last); err == nil {
		n, _ = strconv.Atoi(string(rec.Body))
	} else if !isNotFound(err) {
		return "", err
	}
	for {
		n++
		id := "KB-" + strconv.Itoa(n)
		_, err := tx.Article(id)
		if isNotFound(err) {
			return id, bot.PutJSON(tx, bot.RecSetting, last, n)
		}
		if err != nil {
			return "", err
		}
	}
}

func (c *call) putArticle(tx bot.Tx, a bot.Article) error {
	a.Updated = tx.Now()
	tx.OnCommit(func() {
		c.index.putArticle(a)
		if c.changed != nil {
			c.changed(a)
		}
	})
	return tx.PutArticle(a)
}

// changeArticle makes the plan that changes one article and says so.
func (c *call) changeArticle(change func(a *bot.Article) error, done say.Words) (plan, error) {
	id, ok := looksLikeArticle(c.args["article"])
	if !ok {
		id = c.args["article"]
	}
	return func(tx bot.Tx) error {
		a, err := c.theArticle(tx, id)
		if err != nil {
			return err
		}
		if err := change(&a); err != nil {
			return err
		}
		if err := c.putArticle(tx, a); err != nil {
			return err
		}
		args := []any{a.ID}
		if done == wordsDrafted {
			args = append(args, a.ID)
		}
		return c.tell(tx, chat.Content{Text: chat.T(done.In(c.lang, args...))})
	}, nil
}

// editArticle makes a new revision, which a second person publishes again.
func (c *call) editArticle() (plan, error) {
	set := map[string]string{"title": c.args["title"], "symptom": c.args["symptom"], "cause": c.args["cause"], "fix": firstSet(c.args["fix"], c.args["solution"])}
	if set["title"]+set["symptom"]+set["cause"]+set["fix"] == "" {
		return nil, c.refuse(bot.ErrInvalid, wordsUnchanged, wordsKBLike)
	}
	return c.changeArticle(func(a *bot.Article) error {
		a.Title, a.Symptom = firstSet(set["title"], a.Title), firstSet(set["symptom"], a.Symptom)
		a.Cause, a.Solution = firstSet(set["cause"], a.Cause), firstSet(set["fix"], a.Solution)
		a.State, a.Author, a.Reviewer = bot.ArticleDraft, c.in.Actor.ID, ""
		a.Revision++
		return nil
	}, wordsDrafted)
}

// publish makes a draft public; whoever wrote it may not.
func (c *call) publish() (plan, error) {
	return c.changeArticle(func(a *bot.Article) error {
		switch {
		case a.State == bot.ArticlePublished:
			return c.refuse(bot.ErrConflict, wordsIsPublic, wordsSearchKB, a.ID)
		case a.Author == c.in.Actor.ID:
			return c.refuse(bot.ErrForbidden, wordsOwnDraft, wordsAskOther, a.ID)
		}
		a.State, a.Reviewer = bot.ArticlePublished, c.in.Actor.ID
		return nil
	}, wordsPublished)
}

func (c *call) retire() (plan, error) {
	return c.changeArticle(func(a *bot.Article) error {
		a.State, a.Reviewer = bot.ArticleRetired, c.in.Actor.ID
		return nil
	}, wordsRetired)
}

// review lists the drafts, with a button on those that this person may publish.
func (c *call) review() (plan, error) {
	var drafts []bot.Article
	err := c.view(func(r bot.Reader) (err error) {
		drafts, err = r.Articles(bot.ArticleDraft)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(drafts) == 0 {
		return c.answerText(wordsNoDrafts.In(c.lang)), nil
	}
	card := &chat.Card{Title: wordsDraftsAre.In(c.lang) + " (" + strconv.Itoa(len(drafts)) + ")", Tone: chat.ToneNormal}
	for _, a := range drafts[:min(10, len(drafts))] {
		item := chat.Item{Text: chat.Say("").Bold(a.ID + " " + bot.Shorten(a.Title, 100)).Plain("\n" + bot.Shorten(a.Solution, 200) + "\n" + c.in.Name(a.Author))}
		if a.Author != c.in.Actor.ID {
			item.Buttons = []chat.Button{{Label: wordsPublish.In(c.lang), Style: chat.StylePrimary, Action: chat.Action{Verb: "kbpublish", Arg: a.ID}}}
		}
		card.Items = append(card.Items, item)
	}
	return c.answer(chat.Content{Card: card}), nil
}

func (c *call) kbStats() (plan, error) {
	var published, drafts, retired, helped, failed, stale int
	err := c.view(func(r bot.Reader) error {
		all, err := r.Articles()
		for _, a := range all {
			switch a.State {
			case bot.ArticlePublished:
				published++
				if !a.Review.IsZero() && a.Review.Before(c.in.Now) {
					stale++
				}
			case bot.ArticleDraft:
				drafts++
			default:
				retired++
			}
			helped, failed = helped+a.Helped, failed+a.Failed
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.answerText(wordsKBStats.In(c.lang, published, drafts, retired, helped, failed, stale)), nil
}
