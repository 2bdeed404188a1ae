package bot

import "hotline/bot/say"

// What the desk says when it refuses to change an article.
var (
	wordsNoArticle     = say.Words{EN: "There is no article “%s”.", ZH: "没有知识条目“%s”。"}
	hintSearchKB       = say.Words{EN: "/kb with a few words searches.", ZH: "用 /kb 加关键词搜索。"}
	wordsArticleNeeds  = say.Words{EN: "An article needs a title and a solution.", ZH: "知识条目需要标题和解决方法。"}
	hintArticleLike    = say.Words{EN: "/kb add title | symptom | solution", ZH: "/kb add 标题 | 现象 | 解决方法"}
	wordsArticleTaken  = say.Words{EN: "There is an article %s already.", ZH: "已有知识条目 %s。"}
	wordsNothingNew    = say.Words{EN: "Nothing was changed.", ZH: "没有修改。"}
	wordsIsPublic      = say.Words{EN: "%s is published already.", ZH: "%s 已是发布状态。"}
	wordsIsRetired     = say.Words{EN: "%s is retired.", ZH: "%s 已停用。"}
	wordsNotPublic     = say.Words{EN: "%s is not published.", ZH: "%s 尚未发布。"}
	wordsNothingWaits  = say.Words{EN: "Nothing of %s waits for a review.", ZH: "%s 没有待审核的内容。"}
	wordsOwnDraft      = say.Words{EN: "You wrote %s; a second person publishes it.", ZH: "%s 由你撰写,需由另一人发布。"}
	hintAskColleague   = say.Words{EN: "Ask a colleague to press Publish.", ZH: "请同事点“发布”。"}
	wordsNoEdition     = say.Words{EN: "There is no text number %d of %s.", ZH: "%[2]s 没有编号为 %[1]d 的历史文本。"}
	hintHistory        = say.Words{EN: "/kb history lists them.", ZH: "用 /kb history 查看历史。"}
	wordsNoKind        = say.Words{EN: "That is no kind of article.", ZH: "没有这种知识类型。"}
	hintKinds          = say.Words{EN: "Use case, faq, tip, release or archive.", ZH: "可用:案例、常见问题、技巧、版本说明、归档。"}
	wordsNotKnown      = say.Words{EN: "%s is no known problem that is still open.", ZH: "%s 不是待修复的已知问题。"}
	hintKnown          = say.Words{EN: "/kb known KB-12 marks an article as a known problem.", ZH: "用 /kb known KB-12 标记为已知问题。"}
	wordsMergeInto     = say.Words{EN: "%s cannot take another article: it must be published, and another one.", ZH: "无法合并到 %s:目标须为另一条已发布的知识。"}
	wordsMergeLead     = say.Words{EN: "A published article is merged by a lead.", ZH: "已发布的条目由组长合并。"}
	wordsMergeWider    = say.Words{EN: "%s can be found by more people than the other may.", ZH: "%s 的可见范围更大,不能合并。"}
	wordsMergeKnown    = say.Words{EN: "%s is a known problem and %s is not.", ZH: "%s 是已知问题,而 %s 不是。"}
	wordsNotMerged     = say.Words{EN: "%s was not merged into another article.", ZH: "%s 没有被合并过。"}
	wordsOtherCustomer = say.Words{EN: "%s is for another customer.", ZH: "%s 属于其他客户。"}
	wordsLinkedAlready = say.Words{EN: "%s is linked to %s already.", ZH: "%s 已关联 %s。"}
	wordsNotLinked     = say.Words{EN: "%s is linked to no known problem.", ZH: "%s 没有关联已知问题。"}
)

var kindWords = map[ArticleKind]say.Words{
	KindSolution: {EN: "case solution", ZH: "案例"},
	KindRelease:  {EN: "release note", ZH: "版本说明"},
	KindTip:      {EN: "tip", ZH: "技巧"},
	KindFAQ:      {EN: "FAQ", ZH: "常见问题"},
	KindArchive:  {EN: "archive", ZH: "归档"},
}

// KindName is the kind of an article as people say it.
func KindName(k ArticleKind, lang string) string { return kindWords[k].In(lang) }

var knownWords = map[KnownState]say.Words{
	KnownOpen:  {EN: "known problem", ZH: "已知问题"},
	KnownFixed: {EN: "known problem, fixed", ZH: "已知问题(已修复)"},
}

// KnownName says whether an article is a known problem; "" when it is not.
func KnownName(k KnownState, lang string) string { return knownWords[k].In(lang) }
