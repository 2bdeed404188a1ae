package discord

import "strings"

// Sentences for the health page and for `hotline check --online`, for operators.
const (
	wordsToken    = "Discord refuses the bot's token. Reset it in the developer portal under Bot, put the new one into discord.token and start again."
	wordsShard    = "The bot is in too many servers for one connection. Remove it from servers that do not need it."
	wordsVersion  = "Discord no longer takes version 10 of its interface. Update Hotline."
	wordsIntents  = "Discord refuses the intents of the bot. Update Hotline, or switch the intents on in the developer portal under Bot."
	wordsContent  = "The bot cannot read what people write: switch on Message Content Intent in the developer portal under Bot, then restart. Until then commands, buttons and mentions work, threads are not mirrored."
	wordsIdentify = "The connection to Discord broke too often in the last hour, so the bot waits before it tries again. Look at the network; nothing is lost, what was missed is read back."
	wordsInvalid  = "Discord refused thousands of requests in ten minutes. The bot pauses so that it is not banned; look at its permissions."
	wordsAway     = "No connection to Discord. The bot keeps trying; what was missed is read back afterwards."
	wordsCommands = "The slash commands could not be registered. Invite the bot again with the scope applications.commands."
)

// wordsUnreadable says that a place cannot be read back.
func wordsUnreadable(channel string) string {
	return "The bot cannot read channel " + channel + ". Give it View Channel and Read Message History there, or take the channel out of the configuration."
}

// wordsNoGuild says how to add the bot.
func wordsNoGuild(application string) string {
	return "The bot is in no server yet. Add it: " + InviteURL(application)
}

// phrase is a short sentence for the people of a conversation.
type phrase struct{ en, zh string }

func (p phrase) in(lang string) string {
	if strings.HasPrefix(strings.ToLower(lang), "zh") {
		return p.zh
	}
	return p.en
}

var (
	sayRepeatForm = phrase{"Please press that again; the form could not be opened in time.", "请再点一次,表单未能及时打开。"}
	sayFix        = phrase{"Please correct this:", "请修正以下内容:"}
	sayFixButton  = phrase{"Correct and send again", "修改后重新提交"}
	sayFormGone   = phrase{"That form is too old. Please start again.", "表单已过期,请重新开始。"}
	sayTaken      = phrase{"Taken down.", "已记录。"}
	sayTrouble    = phrase{"Something went wrong on our side. Please try again.", "系统出错,请重试。"}
	sayBlocked    = phrase{"there is an answer for you, but you do not take direct messages from me. Allow them for this server, or ask again here.", "有给您的回复,但您未允许接收私信。请在服务器设置中允许,或在此重新提问。"}
	sayWhole      = phrase{"… the whole text is attached", "……全文见附件"}
	sayCutFiles   = phrase{"Too large for Discord:", "文件过大,未能发送:"}
	sayMore       = phrase{"More actions", "更多操作"}
	sayPick       = phrase{"Choose", "请选择"}
	sayPlainOne   = phrase{"Nothing to show.", "无内容。"}
)
