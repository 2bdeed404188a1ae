package knowledge

import (
	"testing"

	"hotline/bot"
)

func TestOfferOf(t *testing.T) {
	hit := func(id string, score float64, change ...func(*bot.Hit)) bot.Hit {
		h := bot.Hit{ID: id, Kind: string(Article), Score: score}
		for _, f := range change {
			f(&h)
		}
		return h
	}
	internal := func(h *bot.Hit) { h.Internal = true }
	archived := func(h *bot.Hit) { h.About = bot.KindArchive }
	release := func(h *bot.Hit) { h.About = bot.KindRelease }
	for _, tt := range []struct {
		name string
		band bot.Band
		hits []bot.Hit
		want string // ids; "" for no offer
		ask  bool
	}{
		{"nothing", bot.BandNothing, []bot.Hit{hit("a", 3)}, "", false},
		{"sure of none", bot.BandSuggest, nil, "", false},
		{"three", bot.BandSuggest, []bot.Hit{hit("a", 3), hit("b", 2.5), hit("c", 2), hit("d", 2)}, "abc", false},
		{"what is far behind stays out", bot.BandSuggest, []bot.Hit{hit("a", 3), hit("b", 1)}, "a", false},
		{"three that the customer sees", bot.BandSuggest, []bot.Hit{hit("a", 3, internal), hit("b", 3, internal), hit("c", 3), hit("d", 2), hit("e", 2)}, "abcde", false},
		{"one question", bot.BandAsk, []bot.Hit{hit("a", 3), hit("b", 2.5), hit("c", 2, internal)}, "ac", true},
		{"an archived one leads", bot.BandSuggest, []bot.Hit{hit("a", 3, archived), hit("b", 2.5)}, "", false},
		{"an archived one among others", bot.BandSuggest, []bot.Hit{hit("a", 3), hit("b", 2.5, archived), hit("c", 2)}, "ac", false},
		{"a release note may be the fix", bot.BandSuggest, []bot.Hit{hit("a", 3, release)}, "a", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			offer, ok := offerOf(bot.Found{Band: tt.band, Hits: tt.hits})
			got := ""
			for _, h := range offer.Hits {
				got += h.ID
			}
			if ok != (tt.want != "") || got != tt.want || offer.Ask != tt.ask {
				t.Errorf("offered %q (question: %t), %t; want %q, %t", got, offer.Ask, ok, tt.want, tt.ask)
			}
		})
	}
}
