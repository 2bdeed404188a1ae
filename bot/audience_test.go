package bot

import (
	"strings"
	"testing"

	"hotline/bot/chat"
)

// audienceWorld has one customer's channel, another's, and the people's own.
func audienceWorld() World {
	place := func(c string) chat.Place { return chat.Place{Platform: "p", Channel: c} }
	account := func(u string) []chat.Principal { return []chat.Principal{{Platform: "p", User: u}} }
	return World{Roster: &Roster{}, Org: &Organisation{
		Channels: []Channel{
			{Place: place("north"), Audience: chat.Customer(), Customer: "north"},
			{Place: place("south"), Audience: chat.Customer(), Customer: "south"},
			{Place: place("desk"), Audience: chat.Internal()},
		},
		People: []Person{
			{ID: "chen", Role: RoleResponder, Accounts: account("chen")},
			{ID: "anna", Role: RoleCustomer, Customer: "north", Accounts: account("anna")},
		},
	}}
}

func TestAudience(t *testing.T) {
	w := audienceWorld()
	place := func(c string) chat.Place { return chat.Place{Platform: "p", Channel: c} }
	user := func(u string) chat.Principal { return chat.Principal{Platform: "p", User: u} }
	north := &Case{ID: 1, Customer: "north"}
	ref := func(c string) chat.MessageRef { return chat.MessageRef{Place: place(c), ID: "1"} }
	inside := []Link{{Role: LinkRoom, Audience: chat.Internal(), Ref: ref("room")}}
	customers := []Link{{Role: LinkThread, Audience: chat.Customer(), Ref: ref("elsewhere")}}
	for _, tc := range []struct {
		name  string
		l     Letter
		links []Link
		ok    bool
	}{
		{"no audience at all", Letter{In: place("desk")}, nil, false},
		{"no place", Letter{Audience: chat.Internal()}, nil, false},
		{"internal to the desk", Letter{Audience: chat.Internal(), In: place("desk")}, nil, true},
		{"internal to the customer's channel", Letter{Audience: chat.Internal(), In: place("north")}, nil, false},
		{"internal to the customer's channel that claims to be inside", Letter{Audience: chat.Internal(), In: place("north")},
			[]Link{{Role: LinkInside, Audience: chat.Internal(), Ref: ref("north")}}, false},
		{"internal to an unknown channel", Letter{Audience: chat.Internal(), In: place("unknown")}, nil, false},
		{"internal to the incident room", Letter{Audience: chat.Internal(), In: place("room")}, inside, true},
		{"internal by an edit in the customer's channel", Letter{Audience: chat.Internal(), Edit: ref("north")}, nil, false},
		{"to the customer in their channel", Letter{Audience: chat.Customer(), In: place("north")}, nil, true},
		{"to the customer at the desk", Letter{Audience: chat.Customer(), In: place("desk")}, nil, true},
		{"to another customer's channel", Letter{Audience: chat.Customer(), In: place("south")}, nil, false},
		{"to the customer in an unknown channel", Letter{Audience: chat.Customer(), In: place("unknown")}, nil, false},
		{"to the customer where they reported it", Letter{Audience: chat.Customer(), In: place("elsewhere")}, customers, true},
		{"for chen to chen", Letter{Audience: chat.Only("chen"), To: user("chen")}, nil, true},
		{"for chen to anna", Letter{Audience: chat.Only("chen"), To: user("anna")}, nil, false},
		{"for chen to nobody", Letter{Audience: chat.Only("chen"), In: place("desk")}, nil, false},
		{"for an account to itself", Letter{Audience: chat.Only(user("x").Key()), To: user("x")}, nil, true},
		{"for an account to another", Letter{Audience: chat.Only(user("x").Key()), To: user("y")}, nil, false},
		{"a room with chen", Letter{Intent: chat.IntentRoom, Audience: chat.Internal(), In: place(""), Room: &chat.Room{Invite: account1(user("chen"))}}, nil, true},
		{"a room with a customer", Letter{Intent: chat.IntentRoom, Audience: chat.Internal(), Room: &chat.Room{Invite: account1(user("anna"))}}, nil, false},
		{"a room with a stranger", Letter{Intent: chat.IntentRoom, Audience: chat.Internal(), Room: &chat.Room{Invite: account1(user("?"))}}, nil, false},
		{"a room for customers", Letter{Intent: chat.IntentRoom, Audience: chat.Customer(), Room: &chat.Room{}}, nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := checkAudience(w, &tc.l, north, tc.links); (err == nil) != tc.ok {
				t.Errorf("checkAudience: %v, want it allowed: %v", err, tc.ok)
			}
		})
	}
}

func account1(p chat.Principal) []chat.Principal { return []chat.Principal{p} }

func TestEveryReasonHasItsSentence(t *testing.T) {
	for code := range reasonWords {
		for _, lang := range []string{"en", "zh"} {
			s := Reason{Code: code, Who: "WHO", What: "WHAT"}.Sentence(lang)
			if s == "" || containsVerbError(s) {
				t.Errorf("%s in %s: %q", code, lang, s)
			}
		}
	}
	if s := (Reason{}).Sentence("en"); s != "" {
		t.Errorf("no reason says %q", s)
	}
}

func containsVerbError(s string) bool { return strings.Contains(s, "%!") }

func TestEveryTemplateRendersInBothLanguages(t *testing.T) {
	w := audienceWorld()
	c := &Case{ID: 1, Number: "F-10019", Title: "Payments fail", Text: "Payments fail since 10:40", State: Resolved, Severity: 2, Solution: "raised the pool",
		Customer: "north", Owner: "chen", Count: 3, Generation: 2, Suggested: []Hit{{ID: "KB-1", Title: "Pool", Extract: "raise it", Helped: 2, Words: []string{"pool"}}}}
	for name := range templates {
		for _, lang := range []string{"en", "zh"} {
			for _, state := range []State{New, Acknowledged, WaitingCustomer, Resolved, Closed, Cancelled} {
				c.State = state
				l := &Letter{Template: name, Lang: lang, Audience: chat.Internal(),
					Args: map[string]string{"text": "words", "by": "Chen", "after": "30m", "clock": "respond", "percent": "50", "into_case": "F-10024"}}
				if s := Render(w, l, c).String(); s == "" || containsVerbError(s) {
					t.Errorf("%s in %s while %s: %q", name, lang, state, s)
				}
			}
		}
	}
}

// TestWhatACustomerReadsHoldsNothingInternal renders every template that goes to
// customers on a case full of internal words.
func TestWhatACustomerReadsHoldsNothingInternal(t *testing.T) {
	w := audienceWorld()
	c := &Case{ID: 1, Number: "F-10019", Title: "t", Text: "t", State: Acknowledged, Severity: 2, Customer: "north", Owner: "chen", Cause: "INNER",
		Suggested: []Hit{{ID: "KB-1", Title: "INNER", Extract: "INNER", Internal: true}, {ID: "KB-2", Title: "outer"}}}
	for _, name := range []string{TplReceipt, TplSuggest, TplResolved, TplRate, TplAnswer, TplAsk, TplRestored, TplCancelled, TplMerged} {
		for _, state := range []State{New, Acknowledged, Resolved, Closed} {
			c.State = state
			s := Render(w, &Letter{Template: name, Lang: "en", Audience: chat.Customer()}, c).String()
			if strings.Contains(s, "INNER") {
				t.Errorf("%s shows internal words: %q", name, s)
			}
		}
	}
}
