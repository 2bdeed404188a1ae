package commands

import (
	"slices"
	"strconv"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsPublished  = say.Words{EN: "%s is published. It is suggested from now on.", ZH: "%s 已发布,之后会自动推荐。"}
	wordsDismissed  = say.Words{EN: "%s: what waited is dropped.", ZH: "%s:待审核的内容不采用。"}
	wordsRetired    = say.Words{EN: "%s is retired and not suggested any more.", ZH: "%s 已停用,不再推荐。"}
	wordsKept       = say.Words{EN: "%s is looked at again in half a year.", ZH: "%s 半年后再复审。"}
	wordsArtMerged  = say.Words{EN: "%s is part of %s now. /kb unmerge %[1]s takes it back.", ZH: "%s 已合并到 %s。可用 /kb unmerge %[1]s 撤销。"}
	wordsUnmerged   = say.Words{EN: "%s is a draft of its own again.", ZH: "%s 已恢复为独立草稿。"}
	wordsSeeTwin    = say.Words{EN: "%s tells much the same as %s. Merge them, or publish it all the same?", ZH: "%s 与 %s 内容相近。要合并,还是仍然发布?"}
	wordsNoDrafts   = say.Words{EN: "No drafts wait for a review.", ZH: "没有待审核的草稿。"}
	wordsDraftsAre  = say.Words{EN: "Drafts to review", ZH: "待审核草稿"}
	wordsNoCands    = say.Words{EN: "No questions wait for an answer.", ZH: "没有待整理的常见问题。"}
	wordsCandsAre   = say.Words{EN: "Asked again and again", ZH: "多次出现的问题"}
	wordsNoTwins    = say.Words{EN: "No two articles tell the same.", ZH: "没有内容重复的条目。"}
	wordsTwinsAre   = say.Words{EN: "Articles that tell the same", ZH: "内容重复的条目"}
	wordsForgot     = say.Words{EN: "%s is not found by “%s” any more.", ZH: "%s 不再通过“%s”被找到。"}
	wordsRemembered = say.Words{EN: "%s is found by “%s” from now on.", ZH: "今后用“%[2]s”也能找到 %[1]s。"}
	wordsKnewIt     = say.Words{EN: "%s is found by these words already.", ZH: "%s 已经可以用这些说法找到。"}
	wordsNotKept    = say.Words{EN: "The wording is not kept for %s.", ZH: "不为 %s 记住这种说法。"}
	wordsNoWording  = say.Words{EN: "There is no wording number %s.", ZH: "没有编号为 %s 的说法。"}
	wordsSeeAliases = say.Words{EN: "/kb aliases lists them.", ZH: "用 /kb aliases 查看。"}
)

// twin is the published article that tells the same as a, nil when there is none.
func (c *call) twin(r bot.Reader, a *bot.Article) (*bot.Article, error) {
	if c.shelf == nil {
		return nil, nil
	}
	probe := *a
	if a.Proposed != nil {
		probe.Title, probe.Symptom = a.Proposed.Title, a.Proposed.Symptom
	}
	twins, err := c.shelf.Twins(r, &probe)
	if err != nil || len(twins) == 0 {
		return nil, err
	}
	twin, err := r.Article(twins[0])
	return &twin, err
}

// publish makes what waits public; whoever wrote it may not. When another article
// tells the same and that was not said where the button stood, it is said first.
func (c *call) publish() (plan, error) {
	id := c.articleID()
	return func(tx bot.Tx) error {
		a, err := tx.Article(id)
		if err != nil && !isNotFound(err) {
			return err
		}
		if err == nil && a.State == bot.ArticleDraft {
			twin, err := c.twin(tx, &a)
			if err != nil {
				return err
			}
			if twin != nil && !slices.Contains(strings.Fields(c.args["seen"]), twin.ID) {
				return c.tell(tx, chat.Content{Text: chat.T(wordsSeeTwin.In(c.lang, a.ID, twin.ID+" “"+bot.Shorten(twin.Title, 80)+"”")),
					Buttons: bot.WaitsButtons(&a, twin, c.lang, 0)})
			}
		}
		return c.changing(id, bot.PublishArticle{}, wordsPublished)(tx)
	}, nil
}

func (c *call) dismiss() (plan, error) {
	return c.changing(c.articleID(), bot.DismissArticle{}, wordsDismissed), nil
}

func (c *call) retire() (plan, error) {
	return c.changing(c.articleID(), bot.RetireArticle{}, wordsRetired), nil
}

func (c *call) keepArticle() (plan, error) {
	return c.changing(c.articleID(), bot.KeepArticle{}, wordsKept), nil
}

func (c *call) mergeArticle() (plan, error) {
	from, into := c.articleID(), c.args["into"]
	if id, ok := looksLikeArticle(into); ok {
		into = id
	}
	return func(tx bot.Tx) error {
		if _, err := c.desk.MergeArticle(tx, c.in.Actor, from, into); err != nil {
			return err
		}
		return c.done(tx, wordsArtMerged, from, into)
	}, nil
}

func (c *call) unmergeArticle() (plan, error) {
	id := c.articleID()
	return func(tx bot.Tx) error {
		if _, err := c.desk.UnmergeArticle(tx, c.in.Actor, id); err != nil {
			return err
		}
		return c.done(tx, wordsUnmerged, id)
	}, nil
}

// review lists what waits, with buttons on what this person may publish.
func (c *call) review() (plan, error) {
	return c.waiting(wordsDraftsAre, wordsNoDrafts, func(*bot.Article) bool { return true })
}

// candidates lists the drafts that were made from repeated questions.
func (c *call) candidates() (plan, error) {
	return c.waiting(wordsCandsAre, wordsNoCands, func(a *bot.Article) bool { return a.KindOf() == bot.KindFAQ && len(a.Cases) > 0 })
}

// shownArticles is how many articles one answer lists.
const shownArticles = 10

func (c *call) waiting(head, none say.Words, match func(*bot.Article) bool) (plan, error) {
	card := &chat.Card{Tone: chat.ToneNormal}
	total := 0
	err := c.view(func(r bot.Reader) error {
		all, err := r.Articles(bot.ArticleDraft, bot.ArticlePublished)
		for i := range all {
			a := &all[i]
			if !a.Waits() || !match(a) {
				continue
			}
			if total++; total > shownArticles {
				continue
			}
			twin, err := c.twin(r, a)
			if err != nil {
				return err
			}
			item := chat.Item{Text: c.waitingText(a, twin)}
			if a.WaitsFrom() != c.in.Actor.ID {
				item.Buttons = bot.WaitsButtons(a, twin, c.lang, 0)
			}
			card.Items = append(card.Items, item)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if total == 0 {
		return c.answerText(none.In(c.lang)), nil
	}
	card.Title = head.In(c.lang) + " (" + strconv.Itoa(total) + ")"
	return c.answer(chat.Content{Card: card}), nil
}

func (c *call) waitingText(a, twin *bot.Article) chat.Text {
	t := a.Text()
	if a.Proposed != nil {
		t = a.Proposed.ArticleText
	}
	text := chat.Say("").Bold(a.ID + " " + bot.Shorten(t.Title, 100)).Plain("\n" + bot.Shorten(t.Solution, 200) + "\n" + firstSet(c.in.Name(a.WaitsFrom()), "Hotline"))
	if from := a.Sources(); len(from) > 0 {
		text = text.Plain(" · " + strings.Join(from[:min(5, len(from))], ", "))
	}
	if twin != nil {
		text = text.Plain("\n≈ " + twin.ID + " " + bot.Shorten(twin.Title, 80))
	}
	return text
}

// maxTwinChecks is how many articles one look for duplicates compares.
const maxTwinChecks = 2000

// duplicates lists pairs of published articles that tell the same.
func (c *call) duplicates() (plan, error) {
	if c.shelf == nil {
		return nil, c.refuse(bot.ErrUnavailable, wordsNoKB, wordsKBOff)
	}
	card := &chat.Card{Tone: chat.ToneNormal}
	err := c.view(func(r bot.Reader) error {
		all, err := r.Articles(bot.ArticlePublished)
		if err != nil {
			return err
		}
		pairs, err := Pairs(r, c.shelf, all[:min(len(all), maxTwinChecks)], shownArticles)
		for _, p := range pairs {
			into, from := p[0], p[1]
			card.Items = append(card.Items, chat.Item{
				Text:    chat.Say("").Bold(into.ID + " " + bot.Shorten(into.Title, 80)).Plain("\n≈ ").Bold(from.ID + " " + bot.Shorten(from.Title, 80)),
				Buttons: []chat.Button{{Label: wordsMergeInto.In(c.lang, into.ID), Action: chat.Action{Verb: "kbmerge", Arg: from.ID + " " + into.ID}}},
			})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(card.Items) == 0 {
		return c.answerText(wordsNoTwins.In(c.lang)), nil
	}
	card.Title = wordsTwinsAre.In(c.lang)
	return c.answer(chat.Content{Card: card}), nil
}

var wordsMergeInto = say.Words{EN: "Merge into %s", ZH: "合并到 %s"}

// Pairs finds at most limit pairs of articles that tell the same, each pair once, the
// one that helped more first.
func Pairs(r bot.Reader, shelf bot.Shelf, articles []bot.Article, limit int) ([][2]bot.Article, error) {
	byID := map[string]bot.Article{}
	for _, a := range articles {
		byID[a.ID] = a
	}
	seen := map[[2]string]bool{}
	var pairs [][2]bot.Article
	for _, a := range articles {
		twins, err := shelf.Twins(r, &a)
		if err != nil {
			return nil, err
		}
		for _, id := range twins {
			b, ok := byID[id]
			key := [2]string{min(a.ID, id), max(a.ID, id)}
			if !ok || id == a.ID || seen[key] {
				continue
			}
			seen[key] = true
			pair := [2]bot.Article{a, b}
			if b.Helped > a.Helped || b.Helped == a.Helped && b.Created.Before(a.Created) {
				pair = [2]bot.Article{b, a}
			}
			if pairs = append(pairs, pair); len(pairs) == limit {
				return pairs, nil
			}
		}
	}
	return pairs, nil
}

// remember makes the words of a case find an article.
func (c *call) remember() (plan, error) {
	cs, err := c.theCase()
	if err != nil {
		return nil, err
	}
	id := c.articleID()
	if c.shelf == nil {
		return nil, c.refuse(bot.ErrUnavailable, wordsNoKB, wordsKBOff)
	}
	return func(tx bot.Tx) error {
		text, err := c.shelf.Remember(tx, c.in.Actor, id, &cs)
		if err != nil {
			return err
		}
		if text == "" {
			return c.done(tx, wordsKnewIt, id)
		}
		return c.done(tx, wordsRemembered, id, bot.Shorten(text, 100))
	}, nil
}

// dontRemember only puts the question away; nothing was learned yet.
func (c *call) dontRemember() (plan, error) {
	id := c.articleID()
	return func(tx bot.Tx) error { return c.done(tx, wordsNotKept, id) }, nil
}

// forget takes a wording of an article back.
func (c *call) forget() (plan, error) {
	if c.shelf == nil {
		return nil, c.refuse(bot.ErrUnavailable, wordsNoKB, wordsKBOff)
	}
	id := c.articleID()
	n, err := strconv.Atoi(strings.TrimPrefix(c.args["number"], "#"))
	if err != nil {
		return nil, c.refuse(bot.ErrInvalid, wordsWhichOne, wordsSeeAliases, bot.Shorten(c.args["number"], 20))
	}
	return func(tx bot.Tx) error {
		if _, err := c.theArticle(tx, id); err != nil {
			return err
		}
		text, err := c.shelf.Forget(tx, c.in.Actor, id, n)
		if isNotFound(err) {
			return c.refuse(bot.ErrNotFound, wordsNoWording, wordsSeeAliases, strconv.Itoa(n))
		}
		if err != nil {
			return err
		}
		return c.done(tx, wordsForgot, id, bot.Shorten(text, 100))
	}, nil
}
