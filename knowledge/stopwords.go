package knowledge

import "strings"

// stopEnglish are words that say nothing about a fault.
var stopEnglish = wordSet(`a about above after again all also am an and any are as at be because been before
being below between both but by can could did do does doing down during each few for from further get
gets getting got had has have having he her here hers him his how i if in into is it its itself just let
me more most my myself of off on once only or other our ours out over own please s same she should so some
such t than that the their theirs them then there these they this those through to too under until up us
very was we were what when where which while who whom why will with would you your yours yourself
d ll m re ve im id hi hello thanks thank regards dear any anyone someone`)

// stopHan are single characters that carry no meaning alone; a pair that
// contains one is not indexed either.
var stopHan = runeSet(`的了是在我有和就人都一也你吗呢吧啊呀哦么这那您很还让把被给与及其之以或但而且因为所从到对于为个`)

// askHan are words of asking. They stand in nearly every question and in no
// answer.
var askHan = wordSet(`如何 怎么 怎么办 怎样 什么 为什么 请问 是否 能否 可以 可否 哪些 哪个 哪里 多少 怎么样 问题 情况
应该 需要 一个 一下 有没有 是不是 能不能 会不会 可不可以 时候 进行 使用 出现 遇到 提示 解决 处理 办法 方法 谢谢 你好 您好
麻烦 帮忙 希望 想要 有关 关于 原因 我们 这个 那个 如果 还是 没有 不是 就是 但是 然后 现在 已经 以及 并且 由于 因此 所以`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

func runeSet(list string) map[rune]bool {
	set := map[rune]bool{}
	for _, r := range list {
		set[r] = true
	}
	return set
}
