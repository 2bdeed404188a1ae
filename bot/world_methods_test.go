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

// TestChosenLanguage is the one that pages come in and commands are answered in.
func TestChosenLanguage(t *testing.T) {
	h := newHouse(t)
	choose := func(lang string) {
		err := h.store.Do(t.Context(), func(tx bot.Tx) error { return h.desk.ChangeRoster(tx, bot.RecLang, "chen", lang) })
		if err != nil {
			t.Fatal(err)
		}
	}
	choose("zh")
	c := h.open(bot.Open{})
	pages := h.letters(c.ID, func(l bot.Letter) bool { return l.Intent == chat.IntentPage })
	if len(pages) != 1 || pages[0].Lang != "zh" {
		t.Fatalf("chen chose Chinese and is paged with %+v", pages)
	}
	w := h.desk.Snapshot()
	if a := w.Actor(account("chen"), place("desk")); a.Lang != "zh" {
		t.Errorf("chen is answered in %q", a.Lang)
	}
	chen, _ := w.Org.Person("chen")
	choose("en")
	if lang := h.desk.Snapshot().LangOf(chen); lang != "en" {
		t.Errorf("chen changed to English and reads %q", lang)
	}
	stranger := chat.Principal{Platform: "test", User: "new"}
	if a := w.Actor(stranger, place("north")); a.Lang != "" {
		t.Errorf("a stranger's language is %q; the channel decides", a.Lang)
	}
}
