package slack

// Scope is a permission of the bot token and what it is for.
type Scope struct {
	Name string
	Why  string
}

// Scopes are all permissions the adapter uses, with the reason for each. None is
// asked for in reserve.
func Scopes() []Scope {
	return []Scope{
		{"app_mentions:read", "hear “@hotline ack F-1” in a thread, where slash commands do not work"},
		{"channels:history", "read reports and the thread around them in public channels, also what was missed"},
		{"channels:read", "check that the app is in the configured channels"},
		{"chat:write", "post receipts, cards, answers and pages"},
		{"commands", "offer the slash command and the message shortcuts"},
		{"files:read", "keep screenshots and logs that customers attach"},
		{"files:write", "attach what is too long for a message"},
		{"groups:history", "the same in private channels"},
		{"groups:read", "the same in private channels, and find an incident channel again"},
		{"groups:write", "open a private channel for an incident and invite the people on call"},
		{"im:history", "take reports in direct messages, and look there before a page is sent again"},
		{"im:write", "send pages by direct message"},
		{"reactions:read", "turn a message into a case by emoji"},
		{"reactions:write", "show by emoji that something was seen"},
		{"users:read", "tell colleagues from Slack Connect guests by team, and show names"},
	}
}

// events are the subscriptions of the bot.
func events() []string {
	return []string{
		"app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_left", "channel_unarchive", "group_archive", "group_left",
		"group_unarchive", "member_joined_channel", "message.channels", "message.groups", "message.im", "reaction_added", "reaction_removed",
		"tokens_revoked",
	}
}
