package store

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hotline/bot"
)

// inside opens a session on a new file.
func inside(t *testing.T) *session {
	t.Helper()
	s, err := newSession(t.Context(), dsn(filepath.Join(t.TempDir(), "x.db"), forWriting, Full, time.Second))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func steps(texts ...string) fs.FS {
	files := fstest.MapFS{}
	for i, text := range texts {
		files["000"+string(rune('1'+i))+"_step.sql"] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestMigrate(t *testing.T) {
	s := inside(t)
	ctx := t.Context()
	one, two, broken := "CREATE TABLE a (x);", "CREATE TABLE b (x); INSERT INTO b VALUES (7);", "CREATE TABLE c (x); nonsense;"
	tables := func() (n int) {
		if err := s.one(ctx, sqlTables, nil, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, step := range []struct {
		name   string
		files  fs.FS
		tables int // with that of the steps
		want   string
	}{
		{"a broken step leaves an empty file", steps(one, broken), 0, "0002_step"},
		{"the first step", steps(one), 2, ""},
		{"the same again changes nothing", steps(one), 2, ""},
		{"a broken later step changes nothing", steps(one, two, broken), 2, "0003_step"},
		{"a later step", steps(one, two), 3, ""},
		{"an older program is refused", steps(one), 3, "newer Hotline"},
		{"a changed step is refused", steps(one+" ", two), 3, "not the one"},
		{"a gap is refused", fstest.MapFS{"0002_x.sql": {}}, 3, "want number 0001"},
		{"a name without a number is refused", fstest.MapFS{"first.sql": {}}, 3, "want number 0001"},
	} {
		err := migrate(ctx, s, step.files, time.UnixMilli(1))
		if (err == nil) != (step.want == "") || err != nil && !strings.Contains(err.Error(), step.want) {
			t.Errorf("%s: got %v", step.name, err)
		}
		if n := tables(); n != step.tables {
			t.Errorf("%s: %d tables, want %d", step.name, n, step.tables)
		}
	}
}

func TestOlder(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       bool
	}{
		{"patch", "3.51.2", "3.51.3", true},
		{"same", "3.51.3", "3.51.3", false},
		{"minor", "3.9.0", "3.51.3", true},
		{"newer", "3.54.1", "3.51.3", false},
		{"shorter", "3.51", "3.51.3", true},
	}
	for _, tt := range tests {
		if got := older(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: older(%s, %s) = %v", tt.name, tt.a, tt.b, got)
		}
	}
}

func TestEngineIsNewEnough(t *testing.T) {
	if err := checkEngine(t.Context(), inside(t)); err != nil {
		t.Error(err)
	}
}

// TestQueriesUseTheirIndexes fails when a look-up of the hot path reads a whole
// table or sorts.
func TestQueriesUseTheirIndexes(t *testing.T) {
	s := inside(t)
	if err := migrate(t.Context(), s, embedded(), time.UnixMilli(1)); err != nil {
		t.Fatal(err)
	}
	cases := func(q bot.CaseQuery, order string) string {
		where, _ := conditions(q)
		return "SELECT id, body FROM cases" + where + " ORDER BY " + order + " LIMIT 100"
	}
	open := []bot.State{bot.New, bot.Reopened}
	tests := []struct{ name, query, index string }{
		{"the queue", cases(bot.CaseQuery{States: open}, "severity, id"), "cases_queue"},
		{"an owner's cases", cases(bot.CaseQuery{Owner: "x", States: open}, "id DESC"), "cases_owner"},
		{"a reporter's cases", cases(bot.CaseQuery{Reporter: "x"}, "id DESC"), "cases_reporter"},
		{"a dedup key", cases(bot.CaseQuery{DedupKey: "x"}, "id DESC"), "cases_dedup"},
		{"a number", "SELECT body FROM cases WHERE id = $1 AND number = $2", "INTEGER PRIMARY KEY"},
		{"page by page", cases(bot.CaseQuery{After: 1}, "id"), "INTEGER PRIMARY KEY"},
		{"events", "SELECT id FROM events WHERE id > $1 AND id <= $2 ORDER BY id", "INTEGER PRIMARY KEY"},
		{"due timers", "SELECT id FROM timers WHERE due <= $1 ORDER BY due, id LIMIT $2", "timers_due"},
		{"the next timer", "SELECT due FROM timers ORDER BY due LIMIT 1", "timers_due"},
		{"open letters", "SELECT id FROM letters WHERE state IN ('pending', 'in_flight') ORDER BY made, n LIMIT $1", "letters_open"},
		{"letters of a case", "SELECT id FROM letters WHERE case_id = $1 AND case_id > 0 ORDER BY n", "letters_case"},
		{"superseded letters", "UPDATE letters SET err = '' WHERE key = $1 AND key <> '' AND state = 'pending'", "letters_key"},
		{"a letter", "UPDATE letters SET err = '' WHERE id = $1", "letters_id"},
		{"open events", "SELECT id FROM inbound WHERE state = 'new' ORDER BY id LIMIT $1", "inbound_open"},
		{"finishing an event", "UPDATE inbound SET state = $2 WHERE id = $1 AND state = 'new'", "inbound_open"},
		{"links of a case", "SELECT key FROM links WHERE case_id = $1", "links_case"},
		{"a channel's history", "SELECT id FROM posts WHERE channel = $1 AND thread = $2 AND id > $3 ORDER BY id LIMIT $4", "posts_place"},
		{"a channel's head", "SELECT id FROM posts WHERE channel = $1 AND thread = '' ORDER BY id DESC LIMIT 1", "posts_place"},
	}
	for _, tt := range tests {
		var plan string
		err := s.each(t.Context(), "EXPLAIN QUERY PLAN "+tt.query, make([]any, strings.Count(tt.query, "$")), func(scan func(...any) error) error {
			var id, parent, unused int
			var detail string
			err := scan(&id, &parent, &unused, &detail)
			plan += detail + "; "
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		sorts := strings.Contains(plan, "TEMP B-TREE") && tt.name != "letters of a case"
		if !strings.Contains(plan, tt.index) || sorts {
			t.Errorf("%s: %s", tt.name, plan)
		}
	}
}

func TestStatementsAreBounded(t *testing.T) {
	s := inside(t)
	for i := range maxStatements + 50 {
		if _, err := s.exec(t.Context(), "SELECT "+strings.Repeat("1+", i)+"1"); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.statements) > maxStatements {
		t.Errorf("%d statements are kept", len(s.statements))
	}
}

// TestDamagedRowsAreSkipped damages one row of each list and expects the others.
func TestDamagedRowsAreSkipped(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	damage := []string{
		"INSERT INTO cases VALUES (1, 'F-1', 1, 'new', 1, 1, '', '', '', '', '', 0, '{'), (2, 'F-2', 1, 'new', 1, 1, '', '', '', '', '', 0, '{}')",
		"INSERT INTO letters (id, case_id, intent, key, not_before, made, state, attempts, is_repeat, ref, err, done, body) VALUES " +
			"('a', 1, '', '', 0, 0, 'pending', 0, 0, '', '', 0, '{'), ('b', 1, '', '', 0, 0, 'pending', 0, 0, '{', '', 0, '{}'), ('c', 1, '', '', 0, 0, 'pending', 0, 0, '', '', 0, '{}')",
		"INSERT INTO inbound (id, state, attempts, at, key, message, err, body) VALUES ('a', 'new', 0, 0, 'a', NULL, '', '{'), ('b', 'new', 0, 0, 'b', NULL, '', '{}')",
		"INSERT INTO articles VALUES ('a', 'draft', 0, '{'), ('b', 'draft', 0, '{}')",
		"INSERT INTO posts VALUES (1, 'c', '', NULL, 0, '{'), (2, 'c', '', NULL, 0, '{}')",
	}
	err = s.Do(t.Context(), func(btx bot.Tx) error {
		t := btx.(*tx)
		for _, d := range damage {
			if _, err := t.exec(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(r bot.Reader) error {
		cases, err1 := r.Cases(bot.CaseQuery{})
		letters, err2 := r.OpenLetters(10)
		events, err3 := r.OpenInbound(10)
		articles, err4 := r.Articles()
		if len(cases) != 1 || len(letters) != 1 || len(events) != 1 || len(articles) != 1 {
			t.Errorf("%d cases, %d letters, %d events, %d articles", len(cases), len(letters), len(events), len(articles))
		}
		if _, err := r.Case(1); err == nil {
			t.Error("a damaged case was read")
		}
		return errors.Join(err1, err2, err3, err4)
	})
	if err != nil {
		t.Error(err)
	}
	posts, err := s.Posts(t.Context(), "c", "", 0, 10)
	if err != nil || len(posts) != 1 {
		t.Errorf("%d posts, %v", len(posts), err)
	}
	err = s.Do(t.Context(), func(tx bot.Tx) error {
		claimed, err := tx.ClaimLetters("a", "c")
		if len(claimed) != 1 {
			t.Errorf("claimed %v", claimed)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestFaultDoomsTheClosure runs a broken statement that the closure ignores.
func TestFaultDoomsTheClosure(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Do(t.Context(), func(btx bot.Tx) error {
		if err := btx.PutRecord(bot.Record{Kind: "k", ID: "a", Body: []byte("1")}); err != nil {
			return err
		}
		_, _ = btx.(*tx).exec("INSERT INTO nowhere VALUES (1)")
		return nil
	})
	if !errors.Is(err, bot.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	err = s.View(context.Background(), func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
	if !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
