package commands

import (
	"strconv"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsNoKB      = say.Words{EN: "There is no knowledge base here.", ZH: "此处没有启用知识库。"}
	wordsKBOff     = say.Words{EN: "An administrator can switch it on.", ZH: "可请管理员启用。"}
	wordsNothing   = say.Words{EN: "Nothing was found. Report it and somebody will look.", ZH: "没有找到。可以直接报障,我们会处理。"}
	wordsPerhaps   = say.Words{EN: "Perhaps one of these; I am not sure.", ZH: "不太确定,可能是以下之一。"}
	wordsFound     = say.Words{EN: "Found", ZH: "找到"}
	wordsHelped    = say.Words{EN: "helped %d times", ZH: "已帮助 %d 次"}
	wordsNoArticle = say.Words{EN: "There is no article “%s”.", ZH: "没有知识条目“%s”。"}
	wordsSearchKB  = say.Words{EN: "/kb with a few words searches.", ZH: "用 /kb 加关键词搜索。"}
	wordsCauseIs   = say.Words{EN: "Cause", ZH: "原因"}
	wordsSymptomIs = say.Words{EN: "Symptom", ZH: "现象"}
	wordsFixIs     = say.Words{EN: "Solution", ZH: "解决方法"}
	wordsStateIs   = say.Words{EN: "State", ZH: "状态"}
)

// maySeeArticle reports whether an article exists for somebody: published ones for
// everybody or for their organisation; drafts and internal ones for the people of
// the hotline.
func maySeeArticle(a bot.Actor, art *bot.Article) bool {
	if a.Role.Staff() {
		return true
	}
	return art.State == bot.ArticlePublished && !art.Internal && (art.Customer == "" || art.Customer == a.Customer)
}

// articleNumber is the digits of an article's id.
func articleNumber(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(id), "KB-"))
	if err != nil {
		return 0
	}
	return n
}

func looksLikeArticle(s string) (string, bool) {
	id := strings.ToUpper(strings.TrimSpace(s))
	if rest, ok := strings.CutPrefix(id, "KB"); ok {
		rest = strings.TrimPrefix(rest, "-")
		if n, err := strconv.Atoi(rest); err == nil && n > 0 {
			return "KB-" + strconv.Itoa(n), true
		}
	}
	return "", false
}

// searchKB answers with known fixes: for words, for what is similar to a case, or
// the whole of one article.
func (c *call) searchKB() (plan, error) {
	words := c.args["words"]
	if id, ok := looksLikeArticle(words); ok {
		return c.showArticle(id)
	}
	if c.search == nil {
		return nil, c.refuse(bot.ErrUnavailable, wordsNoKB, wordsKBOff)
	}
	q := bot.Lookup{Text: words, Lang: c.lang, Customer: c.in.Actor.Customer, Internal: c.in.Actor.Role.Staff(), Limit: 5}
	if _, _, ok := bot.ParseNumber(words); ok {
		c.args["case"] = words
		cs, err := c.theCase()
		if err != nil {
			return nil, err
		}
		q.Text, q.Lang, q.Customer, q.Exclude = cs.Title+"\n"+cs.Text, cs.Lang, cs.Customer, cs.Number
	}
	found, err := c.search.Search(c.ctx, q)
	if err != nil {
		return nil, err
	}
	return c.andAnswer(c.answer(c.foundContent(found)), q.Text, found), nil
}

func (c *call) foundContent(found bot.Found) chat.Content {
	card := &chat.Card{Title: wordsFound.In(c.lang), Tone: chat.ToneNormal}
	for _, h := range found.Hits {
		if h.Internal && !c.in.Actor.Role.Staff() {
			continue // the searcher filters too; this one fails closed
		}
		text := chat.Say("").Bold(h.ID + " " + bot.Shorten(h.Title, 100)).Plain("\n" + bot.Shorten(h.Extract, 300))
		if src := c.source(h); src != "" {
			text = text.Plain("\n" + src)
		}
		card.Items = append(card.Items, chat.Item{Text: text})
	}
	switch {
	case len(card.Items) == 0 || found.Band == bot.BandNothing && !c.in.Actor.Role.Staff():
		return chat.Content{Text: chat.T(wordsNothing.In(c.lang))}
	case found.Band != bot.BandSuggest && found.Ask != "":
		card.Foot = chat.T(found.Ask)
	case found.Band != bot.BandSuggest:
		card.Foot = chat.T(wordsPerhaps.In(c.lang))
	}
	return chat.Content{Card: card}
}

// source says why a hit was found and how good it proved.
func (c *call) source(h bot.Hit) string {
	var parts []string
	if len(h.Words) > 0 {
		parts = append(parts, strings.Join(h.Words[:min(5, len(h.Words))], " "))
	}
	if h.Helped > 0 {
		parts = append(parts, wordsHelped.In(c.lang, h.Helped))
	}
	if !h.Updated.IsZero() {
		parts = append(parts, h.Updated.In(c.zone()).Format("2006-01-02"))
	}
	return strings.Join(parts, " · ")
}

// theArticle reads an article that the person may see.
func (c *call) theArticle(r bot.Reader, id string) (bot.Article, error) {
	a, err := r.Article(id)
	if err == nil && maySeeArticle(c.in.Actor, &a) {
		return a, nil
	}
	if err != nil && !isNotFound(err) {
		return a, err
	}
	return bot.Article{}, c.refuse(bot.ErrNotFound, wordsNoArticle, wordsSearchKB, bot.Shorten(id, 20))
}

func (c *call) showArticle(id string) (plan, error) {
	var a bot.Article
	err := c.view(func(r bot.Reader) (err error) {
		a, err = c.theArticle(r, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.answer(c.articleContent(&a)), nil
}

func (c *call) articleContent(a *bot.Article) chat.Content {
	card := &chat.Card{Number: a.ID, Title: a.Title, Tone: chat.ToneNormal}
	add := func(name say.Words, value string) {
		if value != "" {
			card.Fields = append(card.Fields, chat.Field{Name: name.In(c.lang), Value: chat.T(bot.Shorten(value, 1500)), Wide: true})
		}
	}
	add(wordsSymptomIs, a.Symptom)
	if c.in.Actor.Role.Staff() {
		add(wordsCauseIs, a.Cause)
	}
	add(wordsFixIs, a.Solution)
	if c.in.Actor.Role.Staff() {
		add(wordsStateIs, articleState(a.State, c.lang))
		if a.State == bot.ArticleDraft && a.Author != c.in.Actor.ID {
			card.Buttons = []chat.Button{{Label: wordsPublish.In(c.lang), Style: chat.StylePrimary, Action: chat.Action{Verb: "kbpublish", Arg: a.ID}}}
		}
	}
	return chat.Content{Card: card}
}
