package commands

import (
	"strings"
	"testing"
	"time"

	"hotline/bot"
)

// judged is a knowledge base that says how far it may be trusted.
type judged struct {
	library
	r bot.Reliability
}

func (j judged) Reliability() bot.Reliability { return j.r }

// TestReliabilityForLeads: leads see in their own language how often the knowledge
// base was right; responders do not.
func TestReliabilityForLeads(t *testing.T) {
	measured := bot.Reliability{Measured: time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC), Own: true, Phrasings: 130, Needed: 100,
		Steps: []bot.ReliabilityStep{{Count: 12, Said: .154, Right: .25}, {}, {Count: 30, Said: .93, Right: .9}}}
	shipped := measured
	shipped.Own = false
	for _, tt := range []struct {
		name, user, lang string
		r                bot.Reliability
		want, not        []string
	}{
		{"measured", "lea", "en", measured, []string{"(2026-11-25, from 130 confirmed phrasings; fitted to this hotline):",
			"said 15 %, right 25 % (12 answers)", "said 93 %, right 90 % (30 answers)"}, []string{"(0 answers)"}},
		{"in Chinese", "lea", "zh", measured, []string{"基于 130 条已确认的说法", "预计 93 %,实际正确 90 %(30 次)"}, []string{"confirmed"}},
		{"the shipped one", "ada", "en", shipped, []string{"as shipped"}, nil},
		{"not yet", "lea", "en", bot.Reliability{Phrasings: 7, Needed: 100}, []string{"from 100 confirmed phrasings on; there are 7"}, nil},
		{"a responder", "ann", "en", measured, []string{"0 published"}, []string{"phrasings"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t, func(o *Options) { o.Search = judged{r: tt.r} })
			if tt.lang != "en" {
				h.must(slash(tt.user, dm(tt.user), "lang", tt.lang))
			}
			h.must(slash(tt.user, dm(tt.user), "kb", "stats"))
			told := h.told(tt.user)
			for _, s := range tt.want {
				if !strings.Contains(told, s) {
					t.Errorf("%q is missing in %s", s, told)
				}
			}
			for _, s := range tt.not {
				if strings.Contains(told, s) {
					t.Errorf("%q is in %s", s, told)
				}
			}
		})
	}
}
