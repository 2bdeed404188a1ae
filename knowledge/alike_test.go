package knowledge

import (
	"slices"
	"strings"
	"testing"

	"hotline/bot"
)

// alikeGroups are made-up reports; those of one group ask the same, those of different
// groups do not.
var alikeGroups = [][]string{
	{"How do I export the invoices of last month as PDF?", "Where can I export invoices to PDF?", "We need the invoices as PDF, how can we export them?"},
	{"怎么修改发票抬头?", "请问发票抬头在哪里修改", "发票抬头写错了,怎么改"},
	{"三号分拣线皮带停转,启动键没有反应", "分拣线的皮带又停转了,启动键没有反应"},
	{"The handheld scanner does not connect to the workstation", "Scanner cannot connect to workstation any more"},
	{"How can I add a second site to our account?", "Where do I add another site?"},
	{"Exported invoices open as an empty page in the browser"}, {"Login fails with error AUTH-1107"}, {"The portal is slow in the evening"},
	{"无法登录系统,一直提示超时"}, {"How do I change my password?"}, {"How do I export the list of users?"}, {"Webhook deliveries are late"}, {"打印机卡纸"},
}

// TestAlikeInBothLanguages: what asks the same is found, and nothing else, in a small
// base and among thousands of other cases.
func TestAlikeInBothLanguages(t *testing.T) {
	for _, tt := range []struct {
		name   string
		others int
	}{{"alone", 0}, {"among others", 2000}} {
		t.Run(tt.name, func(t *testing.T) {
			k := newShelved(t)
			k.cases(5000, tt.others)
			var all []bot.Case
			group := map[string]int{}
			k.do(func(tx bot.Tx) error {
				for g, texts := range alikeGroups {
					for _, text := range texts {
						c := bot.Case{ID: 1001 + int64(len(all)), Class: bot.Fault, Severity: 3, State: bot.Closed, Generation: 1, Episode: 1,
							Title: text, Text: text, Lang: "en", Solution: "It was put right.", Opened: tx.Now(), Updated: tx.Now()}
						if strings.ContainsFunc(text, isHan) {
							c.Lang = "zh"
						}
						c.Number = bot.FormatNumber(c.Class, c.ID)
						all, group[c.Number] = append(all, c), g
						if err := tx.PutCase(c); err != nil {
							return err
						}
					}
				}
				return nil
			})
			k.again(nil)
			for _, c := range all {
				d, _ := caseDoc(&c)
				near, err := k.near(t.Context(), k.index, bot.RecFAQ, d, maxNear)
				if err != nil {
					t.Fatal(err)
				}
				for _, other := range all {
					want := other.Number != c.Number && group[other.Number] == group[c.Number]
					if got := slices.Contains(near, other.Number); got != want {
						t.Errorf("%q and %q alike: %v, want %v", c.Text, other.Text, got, want)
					}
				}
			}
		})
	}
}

// TestNumbersInOrder: the class letter does not count.
func TestNumbersInOrder(t *testing.T) {
	list := []string{"Q-10035", "F-100019", "F-10019", "C-10027"}
	slices.SortFunc(list, byNumber)
	if got := strings.Join(list, " "); got != "F-10019 C-10027 Q-10035 F-100019" {
		t.Errorf("order %s", got)
	}
}
