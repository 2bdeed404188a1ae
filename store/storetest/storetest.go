// Package storetest is the conformance suite for stores: whatever implements
// [bot.Store] passes [Exercise], whatever keeps its data in a place that can be
// opened again passes [ExerciseReopen], and whatever can be copied to a file passes
// [ExerciseBackup]. A store that also is a [chat.Board] passes [ExerciseBoard].
//
// The suite asks for a store of its own for every case, so that cases do not
// disturb each other, and uses nothing but the interface.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"hotline/bot"
	"hotline/bot/chat"
)

// patience is how long a case waits for something that must happen.
const patience = time.Minute

// check is one case of the suite.
type check struct {
	name string
	run  func(k *kit)
}

// group is some cases that belong together.
type group struct {
	name   string
	checks []check
}

// Exercise runs the suite. open gives an empty store, which it closes when the
// test ends.
func Exercise(t *testing.T, open func(t *testing.T) bot.Store) {
	exercise(t, open, []group{
		{"transaction", transactionChecks()},
		{"concurrency", concurrencyChecks()},
		{"case", caseChecks()},
		{"query", queryChecks()},
		{"event", eventChecks()},
		{"timer", timerChecks()},
		{"letter", letterChecks()},
		{"inbound", inboundChecks()},
		{"link", linkChecks()},
		{"record", recordChecks()},
		{"article", articleChecks()},
		{"file", fileChecks()},
		{"token blob", blobChecks()},
		{"case seq", seqChecks()},
		{"prune", pruneChecks()},
	})
}

// ExerciseBackup checks the copies of a store that can be copied.
func ExerciseBackup(t *testing.T, open func(t *testing.T) bot.Store) {
	exercise(t, open, []group{{"backup", backupChecks()}})
}

func exercise(t *testing.T, open func(t *testing.T) bot.Store, groups []group) {
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, c := range g.checks {
				t.Run(c.name, func(t *testing.T) { c.run(&kit{T: t, store: open(t)}) })
			}
		})
	}
}

// kit is a case's store with the words the cases are written in.
type kit struct {
	*testing.T
	store bot.Store
}

// do runs a transaction that must succeed.
func (k *kit) do(f func(tx bot.Tx) error) {
	k.Helper()
	if err := k.store.Do(k.Context(), f); err != nil {
		k.Fatalf("Do: %v", err)
	}
}

// fails runs a transaction that must fail with want.
func (k *kit) fails(want error, f func(tx bot.Tx) error) {
	k.Helper()
	if err := k.store.Do(k.Context(), f); !errors.Is(err, want) {
		k.Fatalf("Do: got %v, want %v", err, want)
	}
}

// view reads; reading must succeed.
func (k *kit) view(f func(r bot.Reader) error) {
	k.Helper()
	if err := k.store.View(k.Context(), f); err != nil {
		k.Fatalf("View: %v", err)
	}
}

// absent reads something that must not be there.
func (k *kit) absent(f func(r bot.Reader) error) {
	k.Helper()
	if err := k.store.View(k.Context(), f); !errors.Is(err, bot.ErrNotFound) {
		k.Fatalf("View: got %v, want %v", err, bot.ErrNotFound)
	}
}

// same compares what was read with what was expected.
func same[T any](k *kit, got, want T) {
	k.Helper()
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b chat.Audience) bool { return a == b })); d != "" {
		k.Errorf("differs (-want +got):\n%s", d)
	}
}

// read reads one value.
func read[T any](k *kit, f func(r bot.Reader) (T, error)) T {
	k.Helper()
	var v T
	k.view(func(r bot.Reader) (err error) {
		v, err = f(r)
		return err
	})
	return v
}

// at is an instant n seconds into the suite's day.
func at(n int) time.Time {
	return time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second)
}

// sample is a case with something in every corner.
func sample(id int64) bot.Case {
	return bot.Case{
		ID: id, Number: bot.FormatNumber(bot.Fault, id), Class: bot.Fault, Severity: 2, State: bot.New, Seq: 1,
		Generation: 1, Episode: 1, Title: "打印机 offline", Text: "It says “502” — again", Lang: "zh",
		Customer: "acme", Site: "S-7", Service: "print", Reporter: "web::ann", Source: "web",
		Opened: at(0), Updated: at(int(id)), Paging: bot.Paging{Active: true, Policy: "p", Paged: []string{"bob"}},
		Suggested: []bot.Hit{{ID: "KB-1", Kind: "article", Title: "t", Score: 0.5}},
	}
}

// opened is the first event of sample(id).
func opened(id int64) bot.CaseEvent {
	return bot.CaseEvent{Case: id, Seq: 1, At: at(0), Type: bot.EvOpened, Audience: chat.Customer(), Open: &bot.Open{Text: "x"}}
}

// put opens cases as they are.
func (k *kit) put(cases ...bot.Case) {
	k.Helper()
	k.do(func(tx bot.Tx) error {
		for _, c := range cases {
			if err := tx.AppendEvents(opened(c.ID)); err != nil {
				return err
			}
			if err := tx.PutCase(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// newID makes an id as the hotline does: ordered by time.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// errOwn is an error of a closure's own.
var errOwn = errors.New("the closure's own error")

// record is a small record with a number in it.
func record(kind, id string, n int) bot.Record {
	return bot.Record{Kind: kind, ID: id, Body: fmt.Appendf(nil, `{"n":%d}`, n), Updated: at(n)}
}

// background is for calls that outlive the test's own context.
func background() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}
