package storetest

import (
	"slices"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

// letter is a pending letter of a case with something in every corner.
func letter(id string, caseID int64) bot.Letter {
	return bot.Letter{
		ID: id, Case: caseID, Template: "receipt", Intent: chat.IntentReceipt, Audience: chat.Customer(), Priority: bot.PrioReceipt,
		Lang: "en", In: chat.Place{Platform: "web", Channel: "help", Thread: "7"}, Gen: 2, Link: bot.LinkReceipt,
		Content: &chat.Content{Buttons: []chat.Button{{Label: "OK"}}}, Args: map[string]string{"a": "b"},
		NotBefore: at(9), Made: at(1), State: bot.Pending,
	}
}

// getLetter reads a letter that must be there.
func getLetter(k *kit, id string) bot.Letter {
	k.Helper()
	return read(k, func(r bot.Reader) (bot.Letter, error) { return r.Letter(id) })
}

func putLetters(k *kit, letters ...bot.Letter) {
	k.Helper()
	k.do(func(tx bot.Tx) error { return tx.PutLetters(letters...) })
}

func claimLetters(k *kit, ids ...string) []bot.Letter {
	k.Helper()
	var claimed []bot.Letter
	k.do(func(tx bot.Tx) (err error) {
		claimed, err = tx.ClaimLetters(ids...)
		return err
	})
	return claimed
}

// keyed is a letter that is replaced by the next with its key.
func keyed(id, key string) bot.Letter {
	l := letter(id, 1001)
	l.Key = key
	return l
}

func letterChecks() []check {
	return slices.Concat(keptLetterChecks(), sentLetterChecks(), droppedLetterChecks())
}

// keptLetterChecks are about storing and listing.
func keptLetterChecks() []check {
	return []check{
		{"comes back as it was", func(k *kit) {
			l := letter(newID(), 1001)
			putLetters(k, l)
			same(k, getLetter(k, l.ID), l)
		}},
		{"every field comes back", func(k *kit) {
			l := letter(newID(), 1001)
			l.To = chat.Principal{Platform: "web", Tenant: "t", User: "ann", Name: "Ann", External: true}
			l.Reply = chat.ReplyHandle{Platform: "web", Token: "x", Expires: at(5), Uses: 3, Private: true}
			l.Edit = chat.MessageRef{Place: l.In, ID: "9"}
			l.Person, l.Page, l.Key, l.Emoji, l.Room = "bob", "pg", "key", "eyes", &chat.Room{Name: "r"}
			l.Audience = chat.Only("bob")
			l.State, l.Attempts, l.Repeat, l.Err, l.Done = bot.Failed, 4, true, "gone", at(8)
			l.Ref = chat.MessageRef{Place: l.In, ID: "10"}
			putLetters(k, l)
			same(k, getLetter(k, l.ID), l)
		}},
		{"an unknown one is not found", func(k *kit) {
			k.absent(func(r bot.Reader) error { _, err := r.Letter("nope"); return err })
		}},
		{"without an id it is refused", func(k *kit) {
			k.fails(bot.ErrInvalid, func(tx bot.Tx) error { return tx.PutLetters(letter("", 1)) })
		}},
		{"an id is given once", func(k *kit) {
			l := letter(newID(), 1001)
			putLetters(k, l)
			k.fails(bot.ErrConflict, func(tx bot.Tx) error { return tx.PutLetters(l) })
		}},
		{"many at once", func(k *kit) {
			var letters []bot.Letter
			for range 40 {
				letters = append(letters, letter(newID(), 1001))
			}
			putLetters(k, letters...)
			same(k, read(k, func(r bot.Reader) ([]bot.Letter, error) { return r.Letters(1001) }), letters)
		}},
		{"letters of a case only", func(k *kit) {
			a, b, none := letter(newID(), 1001), letter(newID(), 1002), letter(newID(), 0)
			putLetters(k, a, b, none)
			same(k, read(k, func(r bot.Reader) ([]bot.Letter, error) { return r.Letters(1002) }), []bot.Letter{b})
		}},
		{"state and instant are filled in", func(k *kit) {
			var now time.Time
			id := newID()
			k.do(func(tx bot.Tx) error {
				now = tx.Now()
				return tx.PutLetters(bot.Letter{ID: id, Intent: chat.IntentNotice, Audience: chat.Internal()})
			})
			l := getLetter(k, id)
			if l.State != bot.Pending || !l.Made.Equal(now) {
				k.Errorf("state %q made %v", l.State, l.Made)
			}
		}},
		{"open ones are listed oldest first", func(k *kit) {
			old, young, done := letter(newID(), 1), letter(newID(), 1), letter(newID(), 1)
			old.Made, young.Made, young.State, done.State = at(1), at(2), bot.InFlight, bot.Delivered
			putLetters(k, young, done, old)
			same(k, read(k, func(r bot.Reader) ([]bot.Letter, error) { return r.OpenLetters(10) }), []bot.Letter{old, young})
		}},
		{"open ones are limited", func(k *kit) {
			putLetters(k, letter(newID(), 1), letter(newID(), 1), letter(newID(), 1))
			same(k, len(read(k, func(r bot.Reader) ([]bot.Letter, error) { return r.OpenLetters(2) })), 2)
		}},
	}
}

// sentLetterChecks are about claiming and what comes of it.
func sentLetterChecks() []check {
	return []check{
		{"a claim takes and counts", func(k *kit) {
			l := letter(newID(), 1001)
			putLetters(k, l)
			l.State, l.Attempts = bot.InFlight, 1
			same(k, claimLetters(k, l.ID), []bot.Letter{l})
			same(k, getLetter(k, l.ID), l)
		}},
		{"a claim keeps the order of the ids", func(k *kit) {
			a, b := letter(newID(), 1), letter(newID(), 1)
			putLetters(k, a, b)
			claimed := claimLetters(k, b.ID, a.ID)
			if len(claimed) != 2 || claimed[0].ID != b.ID {
				k.Errorf("got %v", claimed)
			}
		}},
		{"a claim leaves out what is not pending", func(k *kit) {
			sent, flying, pending := letter(newID(), 1), letter(newID(), 1), letter(newID(), 1)
			sent.State, flying.State = bot.Delivered, bot.InFlight
			putLetters(k, sent, flying, pending)
			claimed := claimLetters(k, sent.ID, flying.ID, "nope", pending.ID)
			if len(claimed) != 1 || claimed[0].ID != pending.ID {
				k.Errorf("got %v", claimed)
			}
		}},
		{"a claim that is undone leaves it pending", func(k *kit) {
			l := letter(newID(), 1)
			putLetters(k, l)
			k.fails(errOwn, func(tx bot.Tx) error {
				if _, err := tx.ClaimLetters(l.ID); err != nil {
					return err
				}
				return errOwn
			})
			same(k, getLetter(k, l.ID), l)
		}},
		{"an update stores how it fares", func(k *kit) {
			l := letter(newID(), 1001)
			putLetters(k, l)
			l.State, l.Attempts, l.Repeat, l.NotBefore, l.Err, l.Done = bot.Delivered, 3, true, at(20), "slow", at(30)
			l.Ref = chat.MessageRef{Place: l.In, ID: "11"}
			k.do(func(tx bot.Tx) error { return tx.UpdateLetter(l) })
			same(k, getLetter(k, l.ID), l)
		}},
		{"an update does not rewrite the letter", func(k *kit) {
			l := letter(newID(), 1001)
			putLetters(k, l)
			changed := l
			changed.Template, changed.Audience = "other", chat.Internal()
			k.do(func(tx bot.Tx) error { return tx.UpdateLetter(changed) })
			same(k, getLetter(k, l.ID), l)
		}},
		{"an update of an unknown one is not found", func(k *kit) {
			k.fails(bot.ErrNotFound, func(tx bot.Tx) error { return tx.UpdateLetter(letter("nope", 1)) })
		}},
	}
}

// droppedLetterChecks are about letters that were overtaken.
func droppedLetterChecks() []check {
	return []check{
		{"dropping takes the pending ones of the intent", func(k *kit) {
			receipt, page, other, sent := letter(newID(), 1001), letter(newID(), 1001), letter(newID(), 1002), letter(newID(), 1001)
			page.Intent, other.Intent, sent.Intent, sent.State = chat.IntentPage, chat.IntentPage, chat.IntentPage, bot.Delivered
			putLetters(k, receipt, page, other, sent)
			k.do(func(tx bot.Tx) error {
				n, err := tx.DropLetters(1001, chat.IntentPage, "taken")
				if n != 1 {
					k.Errorf("dropped %d", n)
				}
				return err
			})
			l := getLetter(k, page.ID)
			if l.State != bot.Dropped || l.Err != "taken" || l.Done.IsZero() {
				k.Errorf("got %+v", l)
			}
			for _, untouched := range []bot.Letter{receipt, other, sent} {
				same(k, getLetter(k, untouched.ID), untouched)
			}
		}},
		{"a newer letter of the key replaces a pending one", func(k *kit) {
			a, b := keyed(newID(), "card/1"), keyed(newID(), "card/1")
			putLetters(k, a)
			putLetters(k, b)
			if l := getLetter(k, a.ID); l.State != bot.Dropped || l.Err == "" || l.Done.IsZero() {
				k.Errorf("got %+v", l)
			}
			same(k, getLetter(k, b.ID), b)
		}},
		{"the last of a list replaces the others of its key", func(k *kit) {
			a, b, c := keyed(newID(), "card/1"), keyed(newID(), "card/2"), keyed(newID(), "card/1")
			putLetters(k, a, b, c)
			same(k, getLetter(k, a.ID).State, bot.Dropped)
			same(k, getLetter(k, b.ID), b)
			same(k, getLetter(k, c.ID), c)
		}},
		{"a letter in flight is not replaced", func(k *kit) {
			a, b := keyed(newID(), "card/1"), keyed(newID(), "card/1")
			putLetters(k, a)
			claimLetters(k, a.ID)
			putLetters(k, b)
			same(k, getLetter(k, a.ID).State, bot.InFlight)
		}},
		{"letters without a key replace nothing", func(k *kit) {
			a, b := keyed(newID(), ""), keyed(newID(), "")
			putLetters(k, a)
			putLetters(k, b)
			same(k, getLetter(k, a.ID), a)
		}},
		{"a dropped letter cannot be claimed", func(k *kit) {
			a := keyed(newID(), "x")
			putLetters(k, a)
			putLetters(k, keyed(newID(), "x"))
			same(k, len(claimLetters(k, a.ID)), 0)
		}},
	}
}
