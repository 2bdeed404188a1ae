package commands

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

var (
	wordsKBStats   = say.Words{EN: "%d published, %d drafts, %d retired. Helped %d times, did not help %d times. %d to be looked at again.", ZH: "已发布 %d 条,草稿 %d 条,停用 %d 条。有帮助 %d 次,无帮助 %d 次。待复审 %d 条。"}
	wordsDeflected = say.Words{EN: "Last %d days: %d of %d closed cases were solved by an article alone (%d %%); something was suggested on %d.", ZH: "最近 %d 天:%[3]d 个已关闭工单中有 %[2]d 个由知识条目自助解决(%[4]d %%);其中 %[5]d 个收到过建议。"}
	wordsMostUsed  = say.Words{EN: "Used most", ZH: "使用最多"}
	wordsUsed      = say.Words{EN: "suggested %d times, helped %d, did not help %d", ZH: "推荐 %d 次,有帮助 %d 次,无帮助 %d 次"}
	wordsNeverUsed = say.Words{EN: "Never used", ZH: "从未使用"}
	wordsDueAgain  = say.Words{EN: "To be looked at again", ZH: "待复审"}
)

// statDays is how far back reuse is counted; an article is called never used when it
// has been there that long.
const statDays = 90

// ArticleStats is how the articles do.
type ArticleStats struct {
	Published, Drafts, Retired, Helped, Failed int
	Due, Never                                 []bot.Article // published articles
	// Closed counts the cases closed within statDays, Offered those of them on which
	// something was suggested, Deflected those that an article solved alone.
	Closed, Offered, Deflected int
	Suggested                  map[string]int // article id → cases it was suggested on
	Used                       []bot.Article  // the published ones that did something, most first
}

// CountArticles counts how the articles do at an instant, from the articles and at most
// 10,000 cases of the last statDays.
func CountArticles(r bot.Reader, now time.Time) (ArticleStats, error) {
	s := ArticleStats{Suggested: map[string]int{}}
	since := now.AddDate(0, 0, -statDays)
	cases, err := r.Cases(bot.CaseQuery{Since: since, Newest: true, Limit: 10_000})
	if err != nil {
		return s, err
	}
	for i := range cases {
		s.countCase(&cases[i])
	}
	all, err := r.Articles()
	for _, a := range all {
		s.countArticle(a, now, since)
	}
	slices.SortStableFunc(s.Used, func(a, b bot.Article) int {
		return cmp.Or(cmp.Compare(b.Helped, a.Helped), cmp.Compare(s.Suggested[b.ID], s.Suggested[a.ID]), cmp.Compare(a.ID, b.ID))
	})
	return s, err
}

func (s *ArticleStats) countCase(c *bot.Case) {
	if c.Drill {
		return
	}
	for _, h := range c.Suggested {
		s.Suggested[h.ID]++
	}
	if c.State != bot.Closed {
		return
	}
	s.Closed++
	if len(c.Suggested) > 0 {
		s.Offered++
	}
	if c.SelfSolved != "" {
		s.Deflected++
	}
}

func (s *ArticleStats) countArticle(a bot.Article, now, since time.Time) {
	s.Helped, s.Failed = s.Helped+a.Helped, s.Failed+a.Failed
	switch a.State {
	case bot.ArticleDraft:
		s.Drafts++
	case bot.ArticleRetired:
		s.Retired++
	default:
		s.Published++
		if !a.Review.IsZero() && !a.Review.After(now) {
			s.Due = append(s.Due, a)
		}
		switch used := a.Helped+a.Failed+s.Suggested[a.ID] > 0; {
		case used:
			s.Used = append(s.Used, a)
		case a.Created.Before(since):
			s.Never = append(s.Never, a)
		}
	}
}

func (c *call) kbStats() (plan, error) {
	var s ArticleStats
	err := c.view(func(r bot.Reader) (err error) {
		s, err = CountArticles(r, c.in.Now)
		return err
	})
	if err != nil {
		return nil, err
	}
	lines := []string{wordsKBStats.In(c.lang, s.Published, s.Drafts, s.Retired, s.Helped, s.Failed, len(s.Due)),
		wordsDeflected.In(c.lang, statDays, s.Deflected, s.Closed, percent(s.Deflected, s.Closed), s.Offered)}
	list := func(head say.Words, articles []bot.Article, facts func(*bot.Article) string) {
		if len(articles) == 0 {
			return
		}
		lines = append(lines, fmt.Sprintf("%s (%d):", head.In(c.lang), len(articles)))
		for i := range articles[:min(5, len(articles))] {
			a := &articles[i]
			lines = append(lines, strings.TrimRight("  "+a.ID+" "+bot.Shorten(a.Title, 60)+" – "+facts(a), "– "))
		}
	}
	list(wordsMostUsed, s.Used, func(a *bot.Article) string { return wordsUsed.In(c.lang, s.Suggested[a.ID], a.Helped, a.Failed) })
	list(wordsNeverUsed, s.Never, func(*bot.Article) string { return "" })
	list(wordsDueAgain, s.Due, func(a *bot.Article) string { return a.Review.In(c.zone()).Format("2006-01-02") })
	lines = append(lines, c.reliability()...)
	return c.answer(chat.Content{Text: chat.T(strings.Join(lines, "\n"))}), nil
}

func percent(part, all int) int {
	if all == 0 {
		return 0
	}
	return (200*part + all) / (2 * all)
}
