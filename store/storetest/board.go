package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"hotline/bot"
	"hotline/bot/chat"
)

// ExerciseBoard runs the suite for boards. open gives an empty board, which it
// closes when the test ends.
func ExerciseBoard(t *testing.T, open func(t *testing.T) chat.Board) {
	for _, tt := range slices.Concat(postChecks(), changeChecks(), countChecks()) {
		t.Run(tt.name, func(t *testing.T) { tt.run(&boardKit{T: t, board: open(t)}) })
	}
}

// boardCheck is one case of the suite for boards.
type boardCheck struct {
	name string
	run  func(b *boardKit)
}

// postChecks are about storing and listing.
func postChecks() []boardCheck {
	return []boardCheck{
		{"a post comes back as it was", func(b *boardKit) {
			p := post("help", "", "你好")
			p.Only, p.Lang, p.Case, p.Urgent = "ann", "zh", "F-10017", true
			p.Reacts = map[string][]chat.User{"eyes": {{ID: "bob", Name: "Bob"}}}
			added := b.add(p)
			if added.ID == 0 || added.Revision == 0 {
				b.Fatalf("id %d, revision %d", added.ID, added.Revision)
			}
			got, err := b.board.Post(b.Context(), added.ID)
			b.same(got, added, err)
			p.ID, p.Revision = added.ID, added.Revision
			b.same(got, p, nil)
		}},
		{"an unknown post is not found", func(b *boardKit) {
			if _, err := b.board.Post(b.Context(), 99); !errors.Is(err, bot.ErrNotFound) {
				b.Errorf("got %v", err)
			}
		}},
		{"the same key again gives the first post", func(b *boardKit) {
			p := post("help", "", "one")
			p.Key = "k1"
			first := b.add(p)
			p.Content = words("two")
			b.same(b.add(p), first, nil)
			b.same(b.list("help", "", 0, 10), []chat.Post{first}, nil)
		}},
		{"ids grow", func(b *boardKit) {
			last := int64(0)
			for i := range 5 {
				p := b.add(post("help", "", fmt.Sprint(i)))
				if p.ID <= last {
					b.Fatalf("%d after %d", p.ID, last)
				}
				last = p.ID
			}
		}},
		{"pages forward and backward", func(b *boardKit) {
			var all []chat.Post
			for i := range 7 {
				all = append(all, b.add(post("help", "", fmt.Sprint(i))))
			}
			b.same(b.list("help", "", 0, 3), all[:3], nil)
			b.same(b.list("help", "", all[2].ID, 3), all[3:6], nil)
			b.same(b.list("help", "", all[6].ID, 3), []chat.Post(nil), nil)
			b.same(b.list("help", "", -1, 3), all[4:], nil)
		}},
		{"channels and threads are apart", func(b *boardKit) {
			top := b.add(post("help", "", "top"))
			reply := b.add(post("help", fmt.Sprint(top.ID), "reply"))
			b.add(post("other", "", "elsewhere"))
			b.same(b.list("help", "", 0, 10), []chat.Post{top}, nil)
			b.same(b.list("help", fmt.Sprint(top.ID), 0, 10), []chat.Post{reply}, nil)
		}},
	}
}

// changeChecks are about changing.
func changeChecks() []boardCheck {
	return []boardCheck{
		{"a change is stored with a higher revision", func(b *boardKit) {
			p := b.add(post("help", "", "one"))
			other := b.add(post("help", "", "other"))
			changed, err := b.board.ChangePost(b.Context(), p.ID, func(p *chat.Post) error {
				p.Content, p.Edited = words("two"), at(9)
				return nil
			})
			if changed.Revision <= other.Revision {
				b.Errorf("revision %d after %d", changed.Revision, other.Revision)
			}
			got, _ := b.board.Post(b.Context(), p.ID)
			b.same(got, changed, err)
		}},
		{"a refused change changes nothing", func(b *boardKit) {
			p := b.add(post("help", "", "one"))
			_, err := b.board.ChangePost(b.Context(), p.ID, func(p *chat.Post) error { p.Deleted = true; return errOwn })
			if !errors.Is(err, errOwn) {
				b.Errorf("got %v", err)
			}
			got, err := b.board.Post(b.Context(), p.ID)
			b.same(got, p, err)
		}},
		{"changing an unknown post is not found", func(b *boardKit) {
			if _, err := b.board.ChangePost(b.Context(), 99, func(*chat.Post) error { return nil }); !errors.Is(err, bot.ErrNotFound) {
				b.Errorf("got %v", err)
			}
		}},
	}
}

// countChecks are about marks and counts.
func countChecks() []boardCheck {
	return []boardCheck{
		{"read marks never go back", func(b *boardKit) {
			b.seen("ann", "help", "", 5)
			b.seen("ann", "help", "", 3)
			b.seen("ann", "help", "7", 8)
			b.seen("bob", "help", "", 1)
			got, err := b.board.SeenUpTo(b.Context(), "ann")
			b.same(got, map[string]int64{"help": 5, "help/7": 8}, err)
		}},
		{"a reader without marks has none", func(b *boardKit) {
			got, err := b.board.SeenUpTo(b.Context(), "nobody")
			b.same(len(got), 0, err)
		}},
		{"heads are the newest at top level", func(b *boardKit) {
			b.add(post("help", "", "one"))
			head := b.add(post("help", "", "two"))
			b.add(post("help", fmt.Sprint(head.ID), "reply"))
			got, err := b.board.Heads(b.Context(), []string{"help", "empty"})
			b.same(got, map[string]int64{"help": head.ID}, err)
		}},
		{"thread counts leave out deleted replies", func(b *boardKit) {
			for range 3 {
				b.add(post("help", "1", "reply"))
			}
			gone := b.add(post("help", "1", "gone"))
			b.add(post("help", "2", "reply"))
			b.add(post("other", "1", "reply"))
			if _, err := b.board.ChangePost(b.Context(), gone.ID, func(p *chat.Post) error { p.Deleted = true; return nil }); err != nil {
				b.Fatal(err)
			}
			got, err := b.board.ThreadCounts(b.Context(), "help")
			b.same(got, map[string]int{"1": 3, "2": 1}, err)
		}},
		{"many post at once", func(b *boardKit) {
			var wg sync.WaitGroup
			for i := range 30 {
				wg.Go(func() { b.add(post("help", "", fmt.Sprint(i))) })
			}
			wg.Wait()
			b.same(len(b.list("help", "", 0, 100)), 30, nil)
		}},
	}
}

// boardKit is a case's board with the words the cases are written in.
type boardKit struct {
	*testing.T
	board chat.Board
}

func words(s string) chat.Content { return chat.Content{Text: chat.T(s)} }

func post(channel, thread, text string) chat.Post {
	return chat.Post{Channel: channel, Thread: thread, Author: "ann", Name: "Ann", Content: words(text), At: at(1)}
}

func (b *boardKit) add(p chat.Post) chat.Post {
	b.Helper()
	p, err := b.board.AddPost(b.Context(), p)
	if err != nil {
		b.Errorf("AddPost: %v", err)
	}
	return p
}

func (b *boardKit) list(channel, thread string, after int64, limit int) []chat.Post {
	b.Helper()
	posts, err := b.board.Posts(b.Context(), channel, thread, after, limit)
	if err != nil {
		b.Errorf("Posts: %v", err)
	}
	return posts
}

func (b *boardKit) seen(reader, channel, thread string, id int64) {
	b.Helper()
	if err := b.board.Seen(b.Context(), reader, channel, thread, id); err != nil {
		b.Errorf("Seen: %v", err)
	}
}

func (b *boardKit) same(got, want any, err error) {
	b.Helper()
	if err != nil {
		b.Error(err)
	}
	same(&kit{T: b.T}, got, want)
}
