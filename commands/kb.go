package commands

import (
	"strconv"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsNoKB       = say.Words{EN: "There is no knowledge base here.", ZH: "此处没有启用知识库。"}
	wordsKBOff      = say.Words{EN: "An administrator can switch it on.", ZH: "可请管理员启用。"}
	wordsNothing    = say.Words{EN: "Nothing was found. Report it and somebody will look.", ZH: "没有找到。可以直接报障,我们会处理。"}
	wordsPartial    = say.Words{EN: "The knowledge base is still being read after the start. Search again in a minute.", ZH: "系统刚启动,知识库仍在加载,请一分钟后再搜索。"}
	wordsPerhaps    = say.Words{EN: "Perhaps one of these; I am not sure.", ZH: "不太确定,可能是以下之一。"}
	wordsFound      = say.Words{EN: "Found", ZH: "找到"}
	wordsHelped     = say.Words{EN: "helped %d times", ZH: "已帮助 %d 次"}
	wordsNoArticle  = say.Words{EN: "There is no article “%s”.", ZH: "没有知识条目“%s”。"}
	wordsSearchKB   = say.Words{EN: "/kb with a few words searches.", ZH: "用 /kb 加关键词搜索。"}
	wordsCauseIs    = say.Words{EN: "Cause", ZH: "原因"}
	wordsSymptomIs  = say.Words{EN: "Symptom", ZH: "现象"}
	wordsFixIs      = say.Words{EN: "Solution", ZH: "解决方法"}
	wordsStateIs    = say.Words{EN: "State", ZH: "状态"}
	wordsProofIs    = say.Words{EN: "Confidence", ZH: "可信度"}
	wordsProof      = say.Words{EN: "%d %% (helped %d times, did not help %d times)", ZH: "%d %%(有帮助 %d 次,无帮助 %d 次)"}
	wordsSourcesAre = say.Words{EN: "From", ZH: "来源"}
	wordsWrittenBy  = say.Words{EN: "Written by / reviewed by", ZH: "撰写 / 审核"}
	wordsReviewBy   = say.Words{EN: "Look at it again by", ZH: "复审日期"}
	wordsNextText   = say.Words{EN: "Waits for a second person", ZH: "待审核的修改"}
	wordsPartOf     = say.Words{EN: "%s is part of %s now:", ZH: "%s 已合并到 %s:"}
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
	kind, words := kindOf(words)
	q := bot.Lookup{Kind: kind, Text: words, Lang: c.lang, Customer: c.in.Actor.Customer, Internal: c.in.Actor.Role.Staff(), Limit: 5}
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

// kindOf takes a kind before a colon off a search: "faq: export invoices".
func kindOf(words string) (bot.ArticleKind, string) {
	before, after, ok := strings.Cut(strings.ReplaceAll(words, "：", ":"), ":")
	if f, isFilter := parseFilter(before); ok && isFilter && f.Kind != "" && strings.TrimSpace(after) != "" {
		return f.Kind, strings.TrimSpace(after)
	}
	return "", words
}

func (c *call) foundContent(found bot.Found) chat.Content {
	card := &chat.Card{Title: wordsFound.In(c.lang), Tone: chat.ToneNormal}
	for _, h := range found.Hits {
		if h.Internal && !c.in.Actor.Role.Staff() {
			continue // the searcher filters too; this one fails closed
		}
		text := chat.Say("").Bold(h.ID + " " + bot.Shorten(h.Title, 100))
		if known := bot.KnownName(h.Known, c.lang); known != "" {
			text = text.Plain(" · " + known)
		}
		text = text.Plain("\n" + bot.Shorten(h.Extract, 300))
		if src := c.source(h); src != "" {
			text = text.Plain("\n" + src)
		}
		card.Items = append(card.Items, chat.Item{Text: text})
	}
	switch {
	case found.Partial && len(card.Items) == 0:
		return chat.Content{Text: chat.T(wordsPartial.In(c.lang))}
	case len(card.Items) == 0 || found.Band == bot.BandNothing && !c.in.Actor.Role.Staff():
		return chat.Content{Text: chat.T(wordsNothing.In(c.lang))}
	case found.Partial:
		card.Foot = chat.T(wordsPartial.In(c.lang))
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

// showArticle shows the whole of one article; of one that was merged, the one that it
// is part of.
func (c *call) showArticle(id string) (plan, error) {
	var a bot.Article
	var twin *bot.Article
	moved := ""
	err := c.view(func(r bot.Reader) (err error) {
		if old, err := r.Article(id); err == nil && old.Into != "" {
			moved, id = wordsPartOf.In(c.lang, old.ID, old.Into), old.Into
		}
		if a, err = c.theArticle(r, id); err != nil || !a.Waits() || !c.in.Actor.Role.Staff() {
			return err
		}
		twin, err = c.twin(r, &a)
		return err
	})
	if err != nil {
		return nil, err
	}
	content := c.articleContent(&a, twin)
	if moved != "" {
		content.Text = chat.T(moved)
	}
	return c.answer(content), nil
}

func (c *call) articleContent(a, twin *bot.Article) chat.Content {
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
	if known := bot.KnownName(a.Known, c.lang); known != "" {
		card.Foot = chat.T(known)
	}
	if !c.in.Actor.Role.Staff() {
		return chat.Content{Card: card}
	}
	add(wordsStateIs, c.articleFacts(a))
	add(wordsProofIs, wordsProof.In(c.lang, int(100*a.Confidence()+.5), a.Helped, a.Failed))
	add(wordsSourcesAre, strings.Join(a.Sources(), ", "))
	add(wordsWrittenBy, strings.Trim(c.in.Name(a.Author)+" / "+c.in.Name(a.Reviewer), " /"))
	if !a.Review.IsZero() && a.State == bot.ArticlePublished {
		add(wordsReviewBy, a.Review.In(c.zone()).Format("2006-01-02"))
	}
	if a.Proposed != nil {
		add(wordsNextText, a.Proposed.Title+"\n"+a.Proposed.Solution)
	}
	if a.Waits() && a.WaitsFrom() != c.in.Actor.ID {
		card.Buttons = bot.WaitsButtons(a, twin, c.lang, 0)
	}
	return chat.Content{Card: card}
}
