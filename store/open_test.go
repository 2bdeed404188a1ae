package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/store"
)

func TestOpenRefusesInWords(t *testing.T) {
	tests := []struct {
		name  string
		path  func(t *testing.T) string
		words string
	}{
		{"a file in use", func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "hotline.db")
			open(t, path)
			return path
		}, "Another Hotline"},
		{"a newer schema", func(t *testing.T) string {
			path := made(t)
			execAll(t, outside(t, path), "INSERT INTO schema_migrations VALUES (1000, 'later', 'x', 1)")
			return path
		}, "newer Hotline"},
		{"a step that was changed", func(t *testing.T) string {
			path := made(t)
			execAll(t, outside(t, path), "UPDATE schema_migrations SET checksum = 'x'")
			return path
		}, "not the one"},
		{"the database of another program", func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "hotline.db")
			execAll(t, outside(t, path), "CREATE TABLE songs (id INTEGER)")
			return path
		}, "another program"},
		{"a file that is no database", func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "hotline.db")
			if err := os.WriteFile(path, []byte(strings.Repeat("no database at all ", 100)), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}, "not a database"},
		{"a folder in its place", func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "hotline.db")
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
			return path
		}, "cannot be opened"},
		{"a file in place of the folder", func(t *testing.T) string {
			file := filepath.Join(t.TempDir(), "folder")
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return filepath.Join(file, "hotline.db")
		}, "cannot be opened"},
		{"a file that another program holds locked", func(t *testing.T) string {
			path := made(t)
			execAll(t, outside(t, path), "PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "CREATE TABLE x (y)")
			return path
		}, "locked"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := tt.path(t)
			s, err := store.Open(t.Context(), path, store.Options{Busy: 100 * time.Millisecond})
			if err == nil {
				s.Close()
				t.Fatal("it was opened")
			}
			wantWords(t, err, tt.words)
		})
	}
}

func TestRefusalChangesNothing(t *testing.T) {
	path := made(t)
	db := outside(t, path)
	execAll(t, db, "INSERT INTO schema_migrations VALUES (1000, 'later', 'x', 1)", "PRAGMA wal_checkpoint(TRUNCATE)")
	db.Close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), path, quiet); err == nil {
		t.Fatal("it was opened")
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("the file was changed")
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a log was left: %v", err)
	}
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "er", "hotline.db")
	s := open(t, path)
	put(t, s, "a")
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) != 4 { // database, log, shared memory, lock
		t.Fatalf("%v %v", files, err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f, info.Mode(), err)
		}
	}
}

func TestStrangePaths(t *testing.T) {
	for _, name := range []string{"with space.db", "q?mark.db", "per%20cent.db", "hash#tag.db", "数据.db", "amp&ersand=1.db"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			s := open(t, path)
			put(t, s, "a")
			if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
			if err := s.Backup(t.Context(), path+".copy"); err != nil {
				t.Error(err)
			}
			if err := store.Check(t.Context(), path+".copy"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDamageIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	s := open(t, path)
	for range 50 {
		if err := s.Do(t.Context(), writeCase); err != nil {
			t.Fatal(err)
		}
	}
	copied := path + ".copy"
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(copied, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for at := int64(8192); at < info.Size(); at += 4096 {
		if _, err := f.WriteAt([]byte(strings.Repeat("\xff", 200)), at); err != nil {
			t.Fatal(err)
		}
	}
	wantWords(t, store.Check(t.Context(), copied), "damaged")
}

func TestCheckOfNothing(t *testing.T) {
	wantWords(t, store.Check(t.Context(), filepath.Join(t.TempDir(), "none.db")), "cannot be opened")
	wantWords(t, store.Copy(t.Context(), filepath.Join(t.TempDir(), "none.db"), filepath.Join(t.TempDir(), "x")), "cannot be opened")
}
