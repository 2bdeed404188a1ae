package knowledge

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/bot"
)

// TestStartDecodes: the second start tokenises nothing, finds the same, and no case
// is left out, however many there are.
func TestStartDecodes(t *testing.T) {
	k := newShelved(t)
	gen := madeUp()
	k.cases(0, pageSize+50)
	for i := range 40 {
		a := madeUpArticle(gen, i)
		if i%2 == 0 {
			a.Case = number(i)
		}
		k.do(func(tx bot.Tx) error { return tx.PutArticle(a) })
	}
	k.again(nil)
	if s := k.State(); !s.Done || s.Tokenised != pageSize+50+40-20 || s.Documents != s.Tokenised {
		t.Fatalf("the first start: %+v", s)
	}
	k.asFresh()
	k.again(nil)
	if s := k.State(); s.Tokenised != 0 || s.Documents != pageSize+50+20 {
		t.Fatalf("the second start: %+v", s)
	}
	sameAnswers(t, k.Index(), fresh(t, k.store), 60)
}

// TestBlobsFollowCommits: whatever happens to cases and articles, a restart
// decodes, and finds what a fresh index finds.
func TestBlobsFollowCommits(t *testing.T) {
	k := newShelved(t)
	gen := madeUp()
	lead := bot.Actor{ID: "ann", Role: bot.RoleLead, Name: "Ann"}
	act := func(id int64, cmd bot.Command) bot.Case {
		t.Helper()
		out, err := k.desk.Do(t.Context(), lead, id, cmd)
		if err != nil {
			t.Fatalf("%T: %v", cmd, err)
		}
		return out.Case
	}
	var cases []bot.Case
	for i := range 12 {
		d := gen.doc(i)
		c := act(0, bot.Open{Text: d.Title + "\n" + d.Symptom, Title: d.Title, Class: bot.Fault, Severity: 3})
		cases = append(cases, act(c.ID, bot.Resolve{Cause: "x", Solution: d.Solution}))
	}
	for _, c := range cases[:3] {
		act(c.ID, bot.Reopen{Text: "again"})
	}
	act(cases[0].ID, bot.Resolve{Cause: "y", Solution: "something else altogether: turn the valve"})
	act(cases[4].ID, bot.Merge{Into: cases[5].Number})
	for i := range 6 {
		a := madeUpArticle(gen, i)
		a.Case = cases[6+i].Number
		k.publish(a)
		switch i {
		case 1: // published anew with other words
			a.Solution = "unplug it"
			k.publish(a)
		case 2:
			a.State = bot.ArticleRetired
			k.publish(a)
		}
	}
	eventually(t, "the case of the withdrawn article", func() bool { return k.Index().record(cases[8].Number) != nil })
	k.asFresh()
	k.again(nil)
	if s := k.State(); s.Tokenised != 0 {
		t.Errorf("tokenised again: %+v", s)
	}
	k.asFresh()
	rows := k.rows()
	for _, gone := range []string{cases[1].Number, cases[4].Number, "KB-2"} {
		if _, there := rows[gone]; there {
			t.Errorf("the row of %s is still there", gone)
		}
	}
	found, err := k.Search(t.Context(), bot.Lookup{Text: "turn the valve", Internal: true, Limit: 1})
	if err != nil || len(found.Hits) != 1 || found.Hits[0].ID != cases[0].Number {
		t.Errorf("what was resolved anew: %+v, %v", found, err)
	}
}

// TestDamagedBlobs damages rows in every way; the start notices each, and what is
// found stays right.
func TestDamagedBlobs(t *testing.T) {
	k := newShelved(t)
	const n = 60
	k.cases(0, n)
	k.again(nil)
	good := k.rows()
	rng := rand.New(rand.NewPCG(3, 3))
	reseal := func(b bot.TokenBlob) bot.TokenBlob {
		binary.LittleEndian.PutUint32(b.Data, rowCheck(b.ID, b.Data[4:]))
		return b
	}
	for _, tt := range []struct {
		name   string
		damage func(b bot.TokenBlob, i int) bot.TokenBlob
	}{
		{"one bit", func(b bot.TokenBlob, _ int) bot.TokenBlob {
			b.Data[rng.IntN(len(b.Data))] ^= 1 << rng.IntN(8)
			return b
		}},
		{"cut short", func(b bot.TokenBlob, _ int) bot.TokenBlob {
			b.Data = b.Data[:rng.IntN(len(b.Data))]
			return b
		}},
		{"longer", func(b bot.TokenBlob, _ int) bot.TokenBlob {
			b.Data = append(b.Data, 1)
			return b
		}},
		{"empty", func(b bot.TokenBlob, _ int) bot.TokenBlob {
			b.Data = nil
			return b
		}},
		{"another document's", func(b bot.TokenBlob, i int) bot.TokenBlob {
			b.Data = good[number((i+1)%n)].Data
			return b
		}},
		{"an older version", func(b bot.TokenBlob, _ int) bot.TokenBlob {
			binary.LittleEndian.PutUint64(b.Data[4:], ShippedVocabulary().version-1)
			return reseal(b)
		}},
		{"right checksum, wrong blob", func(b bot.TokenBlob, _ int) bot.TokenBlob {
			b.Data = b.Data[:len(b.Data)-3]
			return reseal(b)
		}},
		{"missing", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k.TB = t
			hit := 0
			k.do(func(tx bot.Tx) error {
				for i := 0; i < n; i += 3 {
					b := good[number(i)]
					hit++
					if tt.damage == nil {
						if err := tx.DropTokenBlobs(b.ID); err != nil {
							return err
						}
						continue
					}
					b.Data = slices.Clone(b.Data)
					if err := tx.PutTokenBlobs(tt.damage(b, i)); err != nil {
						return err
					}
				}
				return nil
			})
			k.again(nil)
			if s := k.State(); s.Tokenised != hit || s.Documents != n {
				t.Errorf("%d damaged: %+v", hit, s)
			}
			k.asFresh()
			k.again(nil)
			if s := k.State(); s.Tokenised != 0 {
				t.Errorf("not mended: %+v", s)
			}
		})
	}
}

// TestRowsBehind: a row of an older event is taken when the text is the same, and
// made anew when it is not.
func TestRowsBehind(t *testing.T) {
	k := newShelved(t)
	gen := madeUp()
	k.cases(0, 20)
	k.again(nil)
	k.do(func(tx bot.Tx) error {
		for i := range 10 {
			if err := putMadeUp(tx, gen, i, 2); err != nil {
				return err
			}
		}
		for i := 10; i < 15; i++ {
			c, err := tx.Case(1001 + int64(i))
			if err != nil {
				return err
			}
			c.Seq, c.Solution = 2, "another solution: tighten the screw"
			if err := tx.AppendEvents(bot.CaseEvent{Case: c.ID, Seq: 2, At: tx.Now(), Type: bot.EvNoted}); err != nil {
				return err
			}
			if err := tx.PutCase(c); err != nil {
				return err
			}
		}
		return tx.PutTokenBlobs(bot.TokenBlob{ID: "KB-77", Data: []byte("of nothing")})
	})
	k.again(nil)
	if s := k.State(); s.Tokenised != 5 || s.Documents != 20 {
		t.Errorf("after the changes: %+v", s)
	}
	k.asFresh()
	if _, there := k.rows()["KB-77"]; there {
		t.Error("a row of nothing is still there")
	}
	k.again(nil)
	if s := k.State(); s.Tokenised != 0 {
		t.Errorf("not mended: %+v", s)
	}
}

// TestNewWordList: blobs of another vocabulary are made anew.
func TestNewWordList(t *testing.T) {
	k := newShelved(t)
	k.cases(0, 30)
	k.again(nil)
	v, err := readCEDICT(strings.NewReader("水錘 水锤 [shui3 chui2] /water hammer/\n"))
	if err != nil {
		t.Fatal(err)
	}
	k.again(v)
	if s := k.State(); s.Tokenised != 30 {
		t.Errorf("with another list: %+v", s)
	}
	k.again(v)
	if s := k.State(); s.Tokenised != 0 {
		t.Errorf("with the same list: %+v", s)
	}
}

// TestChangesWhileLoading commits all the time while the index is read again and
// again; in the end it is what a fresh one is.
func TestChangesWhileLoading(t *testing.T) {
	k := newShelved(t)
	gen := madeUp()
	k.cases(0, 400)
	for round := range 3 {
		k.Flush()
		var err error
		if k.desk, err = bot.NewDesk(t.Context(), k.store, &bot.Organisation{}); err != nil {
			t.Fatal(err)
		}
		k.Library = NewLibrary(k.desk, k.log)
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := k.Load(t.Context()); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			lead := bot.Actor{ID: "ann", Role: bot.RoleLead}
			for i := range 30 {
				n := round*30 + i
				a := madeUpArticle(gen, n%50)
				a.Case, a.Solution = number(n), fmt.Sprint(a.Solution, n)
				if i%4 == 0 {
					a.State = bot.ArticleRetired
				}
				k.publish(a)
				if _, err := k.desk.Do(t.Context(), lead, 1200+int64(n), bot.Reopen{Text: "again"}); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Wait()
		want := fresh(t, k.store)
		eventually(t, "as many documents", func() bool { return k.Index().Len() == want.Len() })
		k.asFresh()
	}
}

// TestReindex rebuilds every row, whatever is there.
func TestReindex(t *testing.T) {
	k := newShelved(t)
	gen := madeUp()
	k.cases(0, 70)
	k.publish(madeUpArticle(gen, 1))
	k.again(nil)
	right := k.rows()
	k.do(func(tx bot.Tx) error {
		return tx.PutTokenBlobs(bot.TokenBlob{ID: number(3), Data: []byte("rubbish")}, bot.TokenBlob{ID: "KB-99", Data: []byte("of nothing")})
	})
	var steps []int
	r, err := Reindex(t.Context(), k.store, ShippedVocabulary(), func(done, of int) {
		if of != 71 {
			t.Errorf("%d of %d", done, of)
		}
		steps = append(steps, done)
	})
	if err != nil || r.Documents != 71 || steps[len(steps)-1] != 71 {
		t.Fatalf("%+v, %v, steps %v", r, err, steps)
	}
	if now := k.rows(); len(now) != len(right) {
		t.Errorf("%d rows, before %d", len(now), len(right))
	}
	k.again(nil)
	if s := k.State(); s.Tokenised != 0 || s.Documents != 71 {
		t.Errorf("after it: %+v", s)
	}
	k.asFresh()
}

// TestServingWhileLoading: a hotline serves while its index is still being read, and
// what could not be suggested for a new case by then is suggested afterwards.
func TestServingWhileLoading(t *testing.T) {
	k := newShelved(t)
	a := madeUpArticle(madeUp(), 1)
	a.Title, a.Lang = "Gateway answers 502 after a deploy", "en"
	k.do(func(tx bot.Tx) error { return tx.PutArticle(a) })
	var err error
	if k.desk, err = bot.NewDesk(t.Context(), k.store, &bot.Organisation{}); err != nil {
		t.Fatal(err)
	}
	k.Library = NewLibrary(k.desk, k.log)
	k.state.busy.Store(true) // as between the start and the end of a load
	out, err := k.desk.Do(t.Context(), bot.Actor{Role: bot.RoleCustomer}, 0, bot.Open{Text: "Gateway answers 502 after a deploy", Lang: "en", Class: bot.Fault, Severity: 3})
	if err != nil {
		t.Fatal(err)
	}
	timer := bot.Timer{Kind: bot.TimerSuggest, Case: out.Case.ID, Due: time.Now()}
	if again, err := k.suggest(t.Context(), timer); err != nil || !again.After(timer.Due) {
		t.Fatalf("while it loads: again %v, %v", again, err)
	}
	if found, err := k.Search(t.Context(), bot.Lookup{Text: "gateway"}); err != nil || !found.Partial {
		t.Errorf("while it loads a search finds %+v, %v", found, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	k.Start(ctx, 0)
	eventually(t, "the index", func() bool { return k.State().Done })
	if again, err := k.suggest(t.Context(), timer); err != nil || !again.IsZero() {
		t.Fatalf("afterwards: again %v, %v", again, err)
	}
	var c bot.Case
	err = k.store.View(t.Context(), func(r bot.Reader) (err error) {
		c, err = r.Case(out.Case.ID)
		return err
	})
	if err != nil || len(c.Suggested) == 0 || c.Suggested[0].ID != a.ID {
		t.Errorf("suggested %+v, %v", c.Suggested, err)
	}
}
