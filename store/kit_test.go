package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/store"
)

// wantWords checks that err tells a person what is wrong and what to do.
func wantWords(t *testing.T, err error, words string) {
	t.Helper()
	u, ok := errors.AsType[*bot.UserError](err)
	if !ok {
		t.Fatalf("not a UserError: %v", err)
	}
	if !strings.Contains(u.Say, words) || u.Hint == "" {
		t.Errorf("says %q, hints %q, want %q", u.Say, u.Hint, words)
	}
}

// outside opens the database file as another program would.
func outside(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	return db
}

func execAll(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// made is a closed, empty store.
func made(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hotline.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// put stores a record.
func put(t testing.TB, s *store.SQLite, id string) {
	t.Helper()
	err := s.Do(t.Context(), func(tx bot.Tx) error { return tx.PutRecord(bot.Record{Kind: "k", ID: id, Body: []byte("1")}) })
	if err != nil {
		t.Fatal(err)
	}
}

// writeCase stores a complete case as intake does: the event that arrived, the
// case with its first events, a timer, the receipt and the page, the links of its
// conversation; and marks the event as done.
func writeCase(tx bot.Tx) error {
	id, err := tx.NextCase()
	if err != nil {
		return err
	}
	n := strconv.FormatInt(id, 10)
	now := tx.Now()
	where := chat.Place{Platform: "slack", Tenant: "T01", Channel: "C042"}
	ann := chat.Principal{Platform: "slack", Tenant: "T01", User: "U" + strconv.FormatInt(id%500, 10), Name: "Ann"}
	root := chat.MessageRef{Place: where, ID: n + ".000100"}
	text := fmt.Sprintf("The label printer at gate %d stopped again, error E1234 after the restart. ", id%40) +
		"It printed about forty labels before, then the light went red and nothing helped, not even a new roll."
	in := bot.Inbound{ID: uuid.Must(uuid.NewV7()).String(), Event: chat.Event{
		Key: "Ev" + n, Kind: chat.KindMessage, At: now, From: ann, Where: where, Message: root, Text: text,
	}}
	if _, err := tx.PutInbound(in); err != nil {
		return err
	}
	c := bot.Case{
		ID: id, Number: bot.FormatNumber(bot.Fault, id), Class: bot.Fault, Severity: 2, State: bot.New, Seq: 2, Generation: 1, Episode: 1,
		Title: text[:60], Text: text, Lang: "en", Customer: "acme", Service: "print", Reporter: ann.Key(), ReporterName: "Ann",
		ReporterAt: ann, Source: "slack", Opened: now, Updated: now,
		Paging: bot.Paging{Active: true, Policy: "day", Started: now},
	}
	if err := tx.AppendEvents(
		bot.CaseEvent{Case: id, Seq: 1, At: now, Type: bot.EvOpened, Audience: chat.Customer(), Open: &bot.Open{Text: text, Customer: "acme", Root: root}},
		bot.CaseEvent{Case: id, Seq: 2, At: now, Type: bot.EvPagingBegan, Audience: chat.Internal(), Paging: &c.Paging},
	); err != nil {
		return err
	}
	if err := tx.PutCase(c); err != nil {
		return err
	}
	if err := tx.SetTimer(bot.Timer{Kind: bot.TimerStep, Case: id, Due: now.Add(5 * time.Minute), Gen: 1}); err != nil {
		return err
	}
	if err := tx.PutLink(bot.Link{Key: root.Key(), Case: id, Role: bot.LinkRoot, Ref: root, Audience: chat.Customer()}); err != nil {
		return err
	}
	if err := tx.PutLetters(
		bot.Letter{ID: uuid.Must(uuid.NewV7()).String(), Case: id, Template: "receipt", Intent: chat.IntentReceipt, Audience: chat.Customer(), Priority: bot.PrioReceipt, Lang: "en", In: where, Link: bot.LinkReceipt},
		bot.Letter{ID: uuid.Must(uuid.NewV7()).String(), Case: id, Template: "page", Intent: chat.IntentPage, Audience: chat.Internal(), Priority: bot.PrioPageUrgent, Lang: "en", To: ann, Person: "bob", Page: n, Gen: 1, Link: bot.LinkPage},
	); err != nil {
		return err
	}
	return tx.FinishInbound(in.ID, bot.InboundDone, 1, "")
}
