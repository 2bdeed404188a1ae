package commands

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

// TestIsolation asks everything in every way as somebody of one customer, while
// the other customer's cases and everything internal are full of marked words. No
// answer, form, completion or refusal may hold one.
func TestIsolation(t *testing.T) {
	const secret, inside = "zanzibar", "backoffice"
	h := newHouse(t, func(o *Options) {
		o.Search = library{{ID: "KB-1", Title: "public fix"}, {ID: "F-99", Title: inside, Extract: inside, Internal: true}}
		o.Feed = func(_, _ string) string { return "http://127.0.0.1/" + inside }
	})
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 1))
	var foreign, own []bot.Case
	for i := range 12 {
		foreign = append(foreign, h.open("chen", zhChannel, fmt.Sprintf("%s 系统 %d 宕机", secret, i)))
		own = append(own, h.open("carl", shopChannel, fmt.Sprintf("own fault %d", i)))
	}
	for i, c := range own {
		h.must(slash("ann", deskChannel, "note", c.Number+" "+inside+" thoughts"))
		h.must(slash("ann", deskChannel, "escalate", c.Number+" "+inside+" is overloaded"))
		if i%3 == 0 {
			h.must(slash("ann", deskChannel, "resolve", c.Number+" cause: "+inside+"; fix: restarted"))
		}
	}
	h.articles(bot.Article{ID: "KB-1", State: bot.ArticlePublished, Title: "public fix", Solution: "restart", Cause: inside},
		bot.Article{ID: "KB-2", State: bot.ArticlePublished, Title: secret, Solution: secret, Customer: "bank"},
		bot.Article{ID: "KB-3", State: bot.ArticleDraft, Title: inside, Solution: inside},
		bot.Article{ID: "KB-4", State: bot.ArticlePublished, Title: inside, Solution: inside, Internal: true})
	h.view(h.cmds.Load)
	h.letters()
	args := func() string {
		switch rng.IntN(6) {
		case 0:
			return foreign[rng.IntN(len(foreign))].Number
		case 1:
			return own[rng.IntN(len(own))].Number
		case 2:
			return foreign[rng.IntN(len(foreign))].Number + " something"
		case 3:
			return fmt.Sprintf("KB-%d", rng.IntN(6))
		case 4:
			return fmt.Sprintf("F-%d", 10_000+rng.IntN(500))
		default:
			return []string{"", "bank", "restart", "Bank", "drafts", "zan"}[rng.IntN(6)]
		}
	}
	look := func(what string, texts ...string) {
		for _, s := range texts {
			if l := strings.ToLower(s); strings.Contains(l, secret) || strings.Contains(l, inside) {
				t.Fatalf("seed %d: %s showed:\n%s", seed, what, s)
			}
		}
	}
	verbs, rounds := table(), 600
	if os.Getenv("HOTLINE_LONG") != "" {
		rounds = 20_000
	}
	for range rounds {
		user := []string{"carl", "stranger"}[rng.IntN(2)]
		at := []chat.Place{shopChannel, dm(user), emojiRoom}[rng.IntN(3)]
		v := verbs[rng.IntN(len(verbs))]
		line := args()
		var ev chat.Event
		switch rng.IntN(5) {
		case 0:
			ev = press(user, at, chat.Action{Verb: v.name, Case: line, Arg: args()})
		case 1:
			ev = h.message(user, at, v.name+" "+line)
			ev.Mentioned = true
		case 2:
			ev = chat.Event{Kind: chat.KindForm, From: account(user), Where: at, Form: chat.Filled{ID: "h:" + v.name + ":" + line + ":0:"}}
		case 3:
			ev = chat.Event{Kind: chat.KindHome, From: account(user), Where: at}
		default:
			ev = slash(user, at, v.name, line)
		}
		what := fmt.Sprintf("%s %s %q by %s", ev.Kind, v.name, line, user)
		answer, err := h.do(ev)
		form, _ := json.Marshal(answer)
		look(what, string(form))
		if err != nil {
			look(what, errorText(err, "en"), err.Error())
		}
		for _, l := range h.letters() {
			if l.To.User == user || l.In.Channel == shopChannel.Channel || l.In.Channel == emojiRoom.Channel {
				look(what, h.content(l))
			}
		}
		in := h.incoming(ev)
		for _, name := range []string{"case", "article", "person", "schedule", "what"} {
			choices, _ := json.Marshal(h.cmds.Suggest(in.World, in.Actor, chat.Suggest{From: ev.From, Where: at, Verb: v.name, Arg: name, Prefix: line}))
			look(what+" completing "+name, string(choices))
		}
	}
}

// content is what a letter will say.
func (h *house) content(l bot.Letter) string {
	h.t.Helper()
	if l.Content != nil {
		return l.Content.String()
	}
	var c bot.Case
	h.view(func(r bot.Reader) (err error) {
		c, err = r.Case(l.Case)
		return err
	})
	return bot.Render(h.incoming(chat.Event{}).World, &l, &c).String()
}

// articles stores articles.
func (h *house) articles(list ...bot.Article) {
	h.t.Helper()
	err := h.store.Do(h.t.Context(), func(tx bot.Tx) error {
		for _, a := range list {
			a.Created, a.Updated = tx.Now(), tx.Now()
			if err := tx.PutArticle(a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestSuggest(t *testing.T) {
	h := newHouse(t)
	a := h.open("carl", shopChannel, "the lift is stuck")
	b := h.open("carl", shopChannel, "the shop is down")
	h.open("chen", zhChannel, "电梯故障")
	tests := []struct {
		name, user, verb, arg, prefix string
		want                          []string
	}{
		{"own cases, newest first", "carl", "status", "case", "", []string{b.Number, a.Number}},
		{"by title", "carl", "status", "case", "LIFT", []string{a.Number}},
		{"by number", "carl", "confirm", "case", strings.ToLower(a.Number), []string{a.Number}},
		{"verb not theirs", "carl", "ack", "case", "", nil},
		{"people", "ann", "assign", "person", "le", []string{"lea"}},
		{"customers are not people to assign", "ann", "assign", "person", "carl", nil},
		{"sub-verbs", "ann", "oncall", "what", "sw", []string{"swap"}},
		{"schedules", "ann", "oncall", "schedule", "pri", []string{"primary"}},
		{"choices", "ann", "wait", "whom", "cust", []string{"customer"}},
		{"verbs", "carl", "help", "verb", "sta", []string{"status"}},
		{"unknown verb", "carl", "frob", "case", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := h.incoming(slash(tt.user, dm(tt.user), tt.verb, ""))
			var got []string
			for _, c := range h.cmds.Suggest(in.World, in.Actor, chat.Suggest{Verb: tt.verb, Arg: tt.arg, Prefix: tt.prefix}) {
				got = append(got, c.Value)
			}
			if strings.Join(got, " ") != strings.Join(tt.want, " ") {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	h.must(slash("ann", deskChannel, "resolve", a.Number+" oiled"))
	h.must(slash("carl", shopChannel, "confirm", a.Number))
	in := h.incoming(slash("carl", shopChannel, "status", ""))
	if got := h.cmds.Suggest(in.World, in.Actor, chat.Suggest{Verb: "status", Arg: "case"}); len(got) != 1 {
		t.Errorf("a closed case is still offered: %v", got)
	}
}
