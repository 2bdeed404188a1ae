package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsArticles    = say.Words{EN: "Articles", ZH: "知识条目"}
	wordsNoneSuch    = say.Words{EN: "There is no such article.", ZH: "没有符合条件的条目。"}
	wordsHistoryOf   = say.Words{EN: "History of %s", ZH: "%s 的历史"}
	wordsRestoreIt   = say.Words{EN: "/kb restore %s <number> proposes an old text again.", ZH: "用 /kb restore %s <编号> 恢复旧内容。"}
	wordsNoAliases   = say.Words{EN: "%s has learned no wordings yet.", ZH: "%s 还没有学到其他说法。"}
	wordsAliasesOf   = say.Words{EN: "%s is also found by", ZH: "%s 还可以用以下说法找到"}
	wordsForgetIt    = say.Words{EN: "/kb forget %s <number> takes one back.", ZH: "用 /kb forget %s <编号> 撤销。"}
	wordsByResponder = say.Words{EN: "confirmed by %s", ZH: "由 %s 确认"}
	wordsByCustomers = say.Words{EN: "said by %d customers", ZH: "%d 个客户这样说"}
	wordsWaitsFor    = say.Words{EN: "not used yet", ZH: "尚未启用"}
	wordsTakenBack   = say.Words{EN: "taken back", ZH: "已撤销"}
)

var articleStates = map[bot.ArticleState]say.Words{
	bot.ArticleDraft:     {EN: "draft", ZH: "草稿"},
	bot.ArticlePublished: {EN: "published", ZH: "已发布"},
	bot.ArticleRetired:   {EN: "retired", ZH: "已停用"},
}

func articleState(s bot.ArticleState, lang string) string { return articleStates[s].In(lang) }

var didWords = map[string]say.Words{
	"wrote":           {EN: "written", ZH: "新建"},
	"edited":          {EN: "edited", ZH: "修改"},
	"fixed":           {EN: "fix written", ZH: "填写修复方法"},
	"published":       {EN: "published", ZH: "发布"},
	"dismissed":       {EN: "not used", ZH: "不采用"},
	"retired":         {EN: "retired", ZH: "停用"},
	"restored":        {EN: "old text restored", ZH: "恢复旧内容"},
	"kind":            {EN: "kind changed", ZH: "更改类型"},
	"known":           {EN: "known problem changed", ZH: "更改已知问题标记"},
	"kept":            {EN: "still holds", ZH: "确认有效"},
	"learned":         {EN: "wording learned", ZH: "学到新说法"},
	"forgot":          {EN: "wording taken back", ZH: "撤销说法"},
	bot.DidMerge:      {EN: "merged", ZH: "合并"},
	bot.DidMergedInto: {EN: "merged into", ZH: "合并到"},
	bot.DidUnmerge:    {EN: "merge taken back", ZH: "撤销合并"},
	bot.DidUnmerged:   {EN: "on its own again", ZH: "恢复为独立条目"},
}

// TellEdition says an entry of an article's history in one line.
func TellEdition(e bot.Edition, lang string) string {
	text := didWords[e.Did].In(lang)
	if text == "" {
		text = e.Did
	}
	if e.With != "" {
		text += " " + e.With
	}
	return text
}

// Filter selects articles; empty fields select everything.
type Filter struct {
	Kind  bot.ArticleKind
	State bot.ArticleState
	Lang  string
	Known bool // known problems only, open or fixed
}

// Matches reports whether an article is selected.
func (f Filter) Matches(a *bot.Article) bool {
	return (f.Kind == "" || a.KindOf() == f.Kind) && (f.State == "" || a.State == f.State) &&
		(f.Lang == "" || strings.HasPrefix(a.Lang, f.Lang)) && (!f.Known || a.Known != bot.KnownNot)
}

// parseFilter reads words such as "faq draft zh"; ok is false when one is no filter.
func parseFilter(words string) (f Filter, ok bool) {
	for _, w := range strings.Fields(words) {
		w = fold(w)
		i := slices.IndexFunc(kindChoices(), func(ch choice) bool {
			return w == ch.value || w == ch.label.ZH || slices.Contains(ch.also, w)
		})
		switch {
		case i >= 0:
			f.Kind = bot.ArticleKind(kindChoices()[i].value)
		case w == "en" || w == "zh":
			f.Lang = w
		case w == "英文":
			f.Lang = "en"
		case w == "中文":
			f.Lang = "zh"
		case w == "known" || w == "已知问题" || w == "已知":
			f.Known = true
		default:
			state := stateCalled(w)
			if state == "" {
				return Filter{}, false
			}
			f.State = state
		}
	}
	return f, true
}

func stateCalled(w string) bot.ArticleState {
	for s, words := range articleStates {
		if w == words.EN || w == words.ZH {
			return s
		}
	}
	return ""
}

// listArticles lists the articles that a person may see by kind, state and language.
func (c *call) listArticles() (plan, error) {
	f, _ := parseFilter(c.args["filter"])
	card := &chat.Card{Tone: chat.ToneNormal}
	total := 0
	err := c.view(func(r bot.Reader) error {
		all, err := r.Articles()
		for i := range all {
			a := &all[i]
			if !f.Matches(a) || !maySeeArticle(c.in.Actor, a) || f.State == "" && a.State == bot.ArticleRetired {
				continue
			}
			if total++; total <= 2*shownArticles {
				card.Items = append(card.Items, chat.Item{Text: chat.Say("").Bold(a.ID + " " + bot.Shorten(a.Title, 100)).Plain("\n" + c.articleFacts(a))})
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if total == 0 {
		return c.answerText(wordsNoneSuch.In(c.lang)), nil
	}
	card.Title = wordsArticles.In(c.lang) + " (" + strconv.Itoa(total) + ")"
	if more := total - len(card.Items); more > 0 {
		card.Foot = chat.T(wordsAndMore.In(c.lang, more))
	}
	return c.answer(chat.Content{Card: card}), nil
}

// articleFacts are the short facts of an article in one line, as far as the person may
// know them.
func (c *call) articleFacts(a *bot.Article) string {
	facts := []string{bot.KindName(a.KindOf(), c.lang)}
	if known := bot.KnownName(a.Known, c.lang); known != "" {
		facts = append(facts, known)
	}
	if c.in.Actor.Role.Staff() {
		facts = append(facts, articleState(a.State, c.lang))
	}
	if a.Helped > 0 {
		facts = append(facts, wordsHelped.In(c.lang, a.Helped))
	}
	return strings.Join(append(facts, a.Updated.In(c.zone()).Format("2006-01-02")), " · ")
}

// articleHistory tells who did what to an article, the newest first.
func (c *call) articleHistory() (plan, error) {
	id := c.articleID()
	text := chat.Say("").Bold(wordsHistoryOf.In(c.lang, id))
	err := c.view(func(r bot.Reader) error {
		a, err := c.theArticle(r, id)
		if err != nil {
			return err
		}
		list, err := bot.History(r, &a, 2*shownArticles)
		for _, e := range list {
			text = text.Plain(fmt.Sprintf("\n#%d %s %s: %s", e.N, e.At.In(c.zone()).Format("2006-01-02 15:04"), firstSet(c.in.Name(e.By), "Hotline"), TellEdition(e, c.lang)))
			if e.Text != nil {
				text = text.Plain(" – " + bot.Shorten(strings.Join(strings.Fields(e.Text.Solution), " "), 80))
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.answer(chat.Content{Text: text.Plain("\n" + wordsRestoreIt.In(c.lang, id))}), nil
}

// aliases lists the wordings that an article learned, with their numbers.
func (c *call) aliases() (plan, error) {
	if c.shelf == nil {
		return nil, c.refuse(bot.ErrUnavailable, wordsNoKB, wordsKBOff)
	}
	id := c.articleID()
	var list []bot.Phrasing
	err := c.view(func(r bot.Reader) error {
		a, err := c.theArticle(r, id)
		if err != nil {
			return err
		}
		list, err = c.shelf.Phrasings(r, &a)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return c.answerText(wordsNoAliases.In(c.lang, id)), nil
	}
	text := chat.Say("").Bold(wordsAliasesOf.In(c.lang, id))
	for i, p := range list {
		text = text.Plain(fmt.Sprintf("\n%d. %s – %s", i+1, bot.Shorten(p.Text, 120), c.phrasingFacts(&p)))
	}
	return c.answer(chat.Content{Text: text.Plain("\n" + wordsForgetIt.In(c.lang, id))}), nil
}

func (c *call) phrasingFacts(p *bot.Phrasing) string {
	var facts []string
	switch {
	case p.Refused:
		facts = append(facts, wordsTakenBack.In(c.lang))
	case !p.Active:
		facts = append(facts, wordsWaitsFor.In(c.lang))
	}
	if p.By != "" {
		facts = append(facts, wordsByResponder.In(c.lang, c.in.Name(p.By)))
	}
	if p.Customers > 0 {
		facts = append(facts, wordsByCustomers.In(c.lang, p.Customers))
	}
	if !p.Added.IsZero() {
		facts = append(facts, p.Added.In(c.zone()).Format("2006-01-02"))
	}
	return strings.Join(facts, " · ")
}
