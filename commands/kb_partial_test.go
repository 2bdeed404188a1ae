package commands

import (
	"context"
	"strings"
	"testing"

	"hotline/bot"
)

// loading is a knowledge base that is still being read.
type loading struct{ library }

func (l loading) Search(ctx context.Context, q bot.Lookup) (bot.Found, error) {
	found, err := l.library.Search(ctx, q)
	found.Partial = true
	return found, err
}

// TestSearchWhileTheIndexIsRead says so: nothing found is then no answer.
func TestSearchWhileTheIndexIsRead(t *testing.T) {
	for _, tt := range []struct {
		name string
		hits library
		want string
	}{
		{"nothing yet", nil, "still being read"},
		{"something already", library{{ID: "KB-1", Title: "Gateway timeout", Extract: "Restart it"}}, "KB-1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t, func(o *Options) { o.Search = loading{tt.hits} })
			h.must(slash("carl", dm("carl"), "kb", "gateway timeout"))
			told := h.told("carl")
			if !strings.Contains(told, tt.want) || !strings.Contains(told, "still being read") {
				t.Errorf("told %q", told)
			}
		})
	}
}
