package bot_test

import (
	"testing"

	"hotline/bot"
	"hotline/bot/chat"
)

// TestPersonByMethod knows the sender of a text message by a proved number, and
// nobody by one that was not.
func TestPersonByMethod(t *testing.T) {
	org := organisation()
	org.People[3].Methods = []bot.Method{{ID: "phone", Platform: "sms", Address: "+4930111111", Verified: true}}
	maria := org.People[3].ID
	w := bot.World{Org: org, Roster: &bot.Roster{Methods: []bot.PersonMethod{
		{Person: "ivan", Method: bot.Method{ID: "phone", Platform: "sms", Address: "+4930222222", Verified: true}},
		{Person: "tom", Method: bot.Method{ID: "phone", Platform: "sms", Address: "+4930333333"}},
	}}}
	for _, tc := range []struct{ name, platform, user, want string }{
		{"from the configuration", "sms", "+4930111111", maria},
		{"added in chat", "sms", "+4930222222", "ivan"},
		{"not proved", "sms", "+4930333333", ""},
		{"other platform", "voice", "+4930111111", ""},
		{"unknown", "sms", "+4930999999", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, ok := w.PersonOf(chat.Principal{Platform: chat.Platform(tc.platform), User: tc.user})
			if p.ID != tc.want || ok != (tc.want != "") {
				t.Errorf("got %q", p.ID)
			}
		})
	}
}
