package knowledge

import "hotline/bot/say"

var (
	wordsDraft   = say.Words{EN: "Draft article %s from %s: please review.", ZH: "由 %[2]s 生成的知识草稿 %[1]s,请审核。"}
	wordsPublish = say.Words{EN: "Publish", ZH: "发布"}
)
