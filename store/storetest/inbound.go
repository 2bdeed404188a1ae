package storetest

import (
	"fmt"
	"slices"

	"hotline/bot"
	"hotline/bot/chat"
)

// message is a message event with its delivery key and the message's id.
func message(key, id string) bot.Inbound {
	where := chat.Place{Platform: "web", Channel: "help"}
	return bot.Inbound{ID: newID(), State: bot.InboundNew, At: at(1), Event: chat.Event{
		Key: key, Kind: chat.KindMessage, At: at(1), From: chat.Principal{Platform: "web", User: "ann"},
		Where: where, Message: chat.MessageRef{Place: where, ID: id}, Text: "打印机坏了",
		Files: []chat.File{{Name: "a.png", Size: 3}}, Raw: []byte(`{"a":1}`),
	}}
}

func putInbound(k *kit, want bool, in bot.Inbound) {
	k.Helper()
	k.do(func(tx bot.Tx) error {
		ok, err := tx.PutInbound(in)
		if ok != want {
			k.Errorf("stored %v, want %v", ok, want)
		}
		return err
	})
}

func openInbound(k *kit) []bot.Inbound {
	k.Helper()
	return read(k, func(r bot.Reader) ([]bot.Inbound, error) { return r.OpenInbound(100) })
}

func finishInbound(k *kit, id string, state bot.InboundState) {
	k.Helper()
	k.do(func(tx bot.Tx) error { return tx.FinishInbound(id, state, 1, "") })
}

func lastMessage(k *kit, p chat.Place) string {
	k.Helper()
	return read(k, func(r bot.Reader) (string, error) { return r.LastMessage(p.Key()) })
}

func inboundChecks() []check {
	return slices.Concat(repeatChecks(), ledgerChecks(), lastMessageChecks())
}

// repeatChecks are about the same thing arriving again.
func repeatChecks() []check {
	return []check{
		{"comes back as it was", func(k *kit) {
			in := message("e1", "m1")
			putInbound(k, true, in)
			same(k, openInbound(k), []bot.Inbound{in})
		}},
		{"the same delivery again changes nothing", func(k *kit) {
			in := message("e1", "m1")
			putInbound(k, true, in)
			putInbound(k, false, message("e1", "m2"))
			same(k, openInbound(k), []bot.Inbound{in})
		}},
		{"the same message by another delivery changes nothing", func(k *kit) {
			putInbound(k, true, message("e1", "m1"))
			putInbound(k, false, message("e2", "m1"))
			same(k, len(openInbound(k)), 1)
		}},
		{"a delivery that is done stays known", func(k *kit) {
			in := message("e1", "m1")
			putInbound(k, true, in)
			finishInbound(k, in.ID, bot.InboundDone)
			putInbound(k, false, message("e1", "m1"))
			same(k, len(openInbound(k)), 0)
		}},
		{"an edit of a stored message is another event", func(k *kit) {
			putInbound(k, true, message("e1", "m1"))
			edit := message("e2", "m1")
			edit.Event.Kind = chat.KindEdit
			putInbound(k, true, edit)
		}},
		{"the same key on another platform is another event", func(k *kit) {
			putInbound(k, true, message("e1", "m1"))
			other := message("e1", "m1")
			other.Event.From.Platform, other.Event.Message.Platform = "slack", "slack"
			putInbound(k, true, other)
		}},
		{"the same message id in another channel is another message", func(k *kit) {
			putInbound(k, true, message("e1", "m1"))
			other := message("e2", "m1")
			other.Event.Message.Channel = "else"
			putInbound(k, true, other)
		}},
		{"a refused twin leaves the closure alone", func(k *kit) {
			putInbound(k, true, message("e1", "m1"))
			k.do(func(tx bot.Tx) error {
				if _, err := tx.PutInbound(message("e1", "m1")); err != nil {
					return err
				}
				return tx.PutRecord(record("k", "a", 1))
			})
			k.view(func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
		}},
	}
}

// ledgerChecks are about what is open and what is done.
func ledgerChecks() []check {
	return []check{
		{"without a key it is refused", func(k *kit) {
			k.fails(bot.ErrInvalid, func(tx bot.Tx) error { _, err := tx.PutInbound(message("", "m1")); return err })
		}},
		{"a broken raw payload is refused", func(k *kit) {
			in := message("e1", "m1")
			in.Event.Raw = []byte("{")
			k.fails(bot.ErrInvalid, func(tx bot.Tx) error { _, err := tx.PutInbound(in); return err })
		}},
		{"open ones are listed oldest first, limited", func(k *kit) {
			var ids []string
			for i := range 3 {
				in := message(fmt.Sprint("e", i), fmt.Sprint("m", i))
				ids = append(ids, in.ID)
				putInbound(k, true, in)
			}
			got := read(k, func(r bot.Reader) ([]bot.Inbound, error) { return r.OpenInbound(2) })
			if len(got) != 2 || got[0].ID != ids[0] || got[1].ID != ids[1] {
				k.Errorf("got %v, want the first two of %v", got, ids)
			}
		}},
		{"a failed try is noted and stays open", func(k *kit) {
			in := message("e1", "m1")
			putInbound(k, true, in)
			k.do(func(tx bot.Tx) error { return tx.FinishInbound(in.ID, bot.InboundNew, 2, "why") })
			in.Attempts, in.Err = 2, "why"
			same(k, openInbound(k), []bot.Inbound{in})
		}},
		{"a failed one is not open and can be taken up again", func(k *kit) {
			in := message("e1", "m1")
			putInbound(k, true, in)
			finishInbound(k, in.ID, bot.InboundFailed)
			same(k, len(openInbound(k)), 0)
			finishInbound(k, in.ID, bot.InboundNew)
			same(k, len(openInbound(k)), 1)
		}},
		{"finishing an unknown one is not found", func(k *kit) {
			k.fails(bot.ErrNotFound, func(tx bot.Tx) error { return tx.FinishInbound("nope", bot.InboundDone, 1, "") })
		}},
	}
}

// lastMessageChecks are about where to read back from.
func lastMessageChecks() []check {
	return []check{
		{"the last message of a place is the newest said", func(k *kit) {
			young, old := message("e1", "m9"), message("e2", "m3")
			young.Event.At, old.Event.At = at(9), at(3)
			putInbound(k, true, young)
			putInbound(k, true, old) // read back late
			same(k, lastMessage(k, young.Event.Where), "m9")
		}},
		{"threads have their own last message", func(k *kit) {
			top, reply := message("e1", "m1"), message("e2", "m2")
			reply.Event.Where.Thread = "m1"
			putInbound(k, true, top)
			putInbound(k, true, reply)
			same(k, lastMessage(k, top.Event.Where), "m1")
			same(k, lastMessage(k, reply.Event.Where), "m2")
		}},
		{"an unknown place has no last message", func(k *kit) {
			same(k, lastMessage(k, chat.Place{Platform: "web", Channel: "x"}), "")
		}},
		{"only messages count as last message", func(k *kit) {
			edit := message("e2", "m1")
			edit.Event.Kind = chat.KindEdit
			putInbound(k, true, edit)
			same(k, lastMessage(k, edit.Event.Where), "")
		}},
	}
}

func pruneChecks() []check {
	prune := func(k *kit, second, limit int) int {
		k.Helper()
		n := 0
		k.do(func(tx bot.Tx) (err error) {
			n, err = tx.Prune(at(second), limit)
			return err
		})
		return n
	}
	fill := func(k *kit, n int, finish bot.InboundState, state bot.LetterState) {
		k.Helper()
		k.do(func(tx bot.Tx) error {
			for i := range n {
				in := message(fmt.Sprint("e", i), fmt.Sprint("m", i))
				in.At, in.State = at(i), finish
				if _, err := tx.PutInbound(in); err != nil {
					return err
				}
				l := letter(newID(), 1001)
				l.Made, l.State = at(i), state
				if err := tx.PutLetters(l); err != nil {
					return err
				}
			}
			return nil
		})
	}
	left := func(k *kit) int {
		return len(read(k, func(r bot.Reader) ([]bot.Letter, error) { return r.Letters(1001) }))
	}
	return []check{
		{"nothing to remove", func(k *kit) { same(k, prune(k, 100, 10), 0) }},
		{"what is done and old goes", func(k *kit) {
			fill(k, 10, bot.InboundDone, bot.Delivered)
			same(k, prune(k, 5, 100), 10) // five of each
			same(k, left(k), 5)
			same(k, prune(k, 5, 100), 0)
		}},
		{"at most limit of each", func(k *kit) {
			fill(k, 10, bot.InboundDone, bot.Dropped)
			same(k, prune(k, 100, 3), 6)
			same(k, left(k), 7)
		}},
		{"what is open stays, however old", func(k *kit) {
			fill(k, 4, bot.InboundNew, bot.Pending)
			same(k, prune(k, 100, 100), 0)
			same(k, left(k), 4)
		}},
		{"what is in flight stays", func(k *kit) {
			fill(k, 4, bot.InboundNew, bot.InFlight)
			same(k, prune(k, 100, 100), 0)
		}},
		{"failed events stay, failed letters go", func(k *kit) {
			fill(k, 4, bot.InboundFailed, bot.Failed)
			same(k, prune(k, 100, 100), 4)
			same(k, left(k), 0)
		}},
		{"the last message of a place stays", func(k *kit) {
			fill(k, 4, bot.InboundDone, bot.Delivered)
			prune(k, 100, 100)
			same(k, read(k, func(r bot.Reader) (string, error) { return r.LastMessage(message("", "").Event.Where.Key()) }), "m3")
		}},
	}
}
