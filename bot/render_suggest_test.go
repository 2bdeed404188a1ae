package bot_test

import (
	"strings"
	"testing"

	"hotline/bot"
	"hotline/bot/chat"
)

// TestOneQuestionFirst: a suggestion that is not sure enough begins with a question;
// yes shows the solution, no leaves the question without buttons.
func TestOneQuestionFirst(t *testing.T) {
	system := bot.Actor{}
	hits := []bot.Hit{{ID: "F-1", Kind: "case", Title: "An internal case", Internal: true},
		{ID: "KB-1", Kind: "article", Title: "Payments fail?", Extract: "Restart the pool", Helped: 2}}
	tests := []struct {
		name   string
		tried  []string
		state  bot.State
		verbs  string // of the buttons, in order
		says   string
		hidden string
	}{
		{"asked", nil, bot.New, "isit notsame", "Is it this: Payments fail?", "Restart the pool"},
		{"yes", []string{bot.TriedSame}, bot.New, "solved nothelp", "Restart the pool", "Is it this"},
		{"yes, it did not help", []string{bot.TriedSame, bot.TriedNot}, bot.New, "", "it did not help", "Is it this"},
		{"yes, it helped", []string{bot.TriedSame, bot.TriedSolved}, bot.Closed, "", "it helped", "Is it this"},
		{"no", []string{bot.TriedOther}, bot.New, "", "Not the same problem", "Restart the pool"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t)
			c := h.do("anna", 0, bot.Open{Text: "payments fail"}).Case
			if _, err := h.desk.Do(t.Context(), system, c.ID, bot.Offer{Hits: hits, Ask: true}); err != nil {
				t.Fatal(err)
			}
			for _, outcome := range tt.tried {
				c = h.do("anna", c.ID, bot.Tried{Article: "KB-1", Outcome: outcome}).Case
			}
			c = h.load(c.ID)
			if c.State != tt.state {
				t.Errorf("the case is %s, want %s", c.State, tt.state)
			}
			content := bot.Render(h.desk.Snapshot(), &bot.Letter{Template: bot.TplSuggest, Lang: "en", Audience: chat.Customer()}, &c)
			if got := strings.Join(verbsOf(content), " "); got != tt.verbs {
				t.Errorf("buttons %q, want %q", got, tt.verbs)
			}
			said := content.String()
			if !strings.Contains(said, tt.says) || strings.Contains(said, tt.hidden) || strings.Contains(said, "internal") || strings.Contains(said, "fail??") {
				t.Errorf("said:\n%s", said)
			}
		})
	}
}

func verbsOf(c chat.Content) []string {
	var verbs []string
	add := func(list []chat.Button) {
		for _, b := range list {
			verbs = append(verbs, b.Action.Verb)
		}
	}
	add(c.Buttons)
	if c.Card != nil {
		add(c.Card.Buttons)
		for _, i := range c.Card.Items {
			add(i.Buttons)
		}
	}
	return verbs
}
