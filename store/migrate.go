package store

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"hotline/bot"
)

//go:embed migrations
var migrations embed.FS

// migration is one numbered step of the schema. Steps that were released are
// never changed; the checksum notices.
type migration struct {
	version  int
	name     string
	text     string
	checksum string
}

func embedded() fs.FS {
	sub, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	return sub
}

// loadMigrations reads 0001_name.sql, 0002_name.sql … without a gap.
func loadMigrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	var all []migration
	for i, name := range names { // Glob sorts
		digits, rest, _ := strings.Cut(name, "_")
		v, err := strconv.Atoi(digits)
		if err != nil || v != i+1 || len(digits) != 4 {
			return nil, fmt.Errorf("migration %s: want number %04d", name, i+1)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		all = append(all, migration{v, strings.TrimSuffix(rest, path.Ext(rest)), string(text), hex.EncodeToString(sum[:])})
	}
	return all, nil
}

// migrate applies the steps that are missing, all in one transaction. It refuses a
// file that a newer Hotline or another program made, and leaves it untouched.
func migrate(ctx context.Context, s *session, files fs.FS, now time.Time) (err error) {
	all, err := loadMigrations(files)
	if err != nil {
		return err
	}
	if _, err := s.exec(ctx, sqlBegin); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, undo := s.exec(context.Background(), sqlRollback)
			err = errors.Join(err, undo)
		}
	}()
	have, err := applied(ctx, s)
	if err != nil {
		return err
	}
	if err := compare(all, have); err != nil {
		return err
	}
	for _, m := range all[len(have):] {
		if err := s.script(ctx, m.text); err != nil {
			return fmt.Errorf("migration %04d_%s: %w", m.version, m.name, err)
		}
		if _, err := s.exec(ctx, "INSERT INTO schema_migrations (version, name, checksum, applied)"+values(1, 4),
			m.version, m.name, m.checksum, millis(now)); err != nil {
			return err
		}
	}
	_, err = s.exec(ctx, sqlCommit)
	return err
}

// applied lists the steps that the file has, making the table of steps in an empty
// file.
func applied(ctx context.Context, s *session) ([]migration, error) {
	var ours, tables int
	if err := s.one(ctx, sqlHasTable, []any{"schema_migrations"}, &ours); err != nil {
		return nil, err
	}
	if ours == 0 {
		if err := s.one(ctx, sqlTables, nil, &tables); err != nil {
			return nil, err
		}
		if tables > 0 {
			return nil, bot.Refuse(bot.ErrInvalid, "The data file belongs to another program.",
				"Point Hotline at its own data folder, or move that file away.")
		}
		_, err := s.exec(ctx, `CREATE TABLE schema_migrations (
			version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied BIGINT NOT NULL)`)
		return nil, err
	}
	var have []migration
	err := s.each(ctx, "SELECT version, name, checksum FROM schema_migrations ORDER BY version", nil,
		func(scan func(...any) error) error {
			var m migration
			err := scan(&m.version, &m.name, &m.checksum)
			have = append(have, m)
			return err
		})
	return have, err
}

// compare refuses a file whose steps are not the first of ours.
func compare(all, have []migration) error {
	for i, h := range have {
		switch {
		case i >= len(all):
			return bot.Refuse(bot.ErrInvalid,
				fmt.Sprintf("The data file was written by a newer Hotline (schema %d, this one knows %d).", have[len(have)-1].version, len(all)),
				"Start the newer Hotline again, or restore the backup made before the upgrade.")
		case h.version != all[i].version || h.checksum != all[i].checksum:
			return bot.Refuse(bot.ErrInvalid,
				fmt.Sprintf("Step %04d of the data file's schema is not the one this Hotline was built with.", h.version),
				"Use a released build of Hotline, or restore a backup.")
		}
	}
	return nil
}

// checkEngine refuses an SQLite that is too old.
func checkEngine(ctx context.Context, s *session) error {
	var version string
	if err := s.one(ctx, sqlVersion, nil, &version); err != nil {
		return err
	}
	if older(version, oldestSQLite) {
		return bot.Refuse(bot.ErrUnavailable, "This build of Hotline holds SQLite "+version+", which can damage its log.",
			"Build it with SQLite "+oldestSQLite+" or later.")
	}
	return nil
}

// useLog switches the file to the write-ahead log and refuses a file system on
// which that does not work.
func useLog(ctx context.Context, s *session) error {
	var journal string
	if err := s.one(ctx, sqlUseLog, nil, &journal); err != nil {
		return err
	}
	if journal != "wal" {
		return bot.Refuse(bot.ErrUnavailable, "The data folder's file system cannot hold a write-ahead log.",
			"Put the data folder on a local disk, not on a network share.")
	}
	return nil
}

// older compares dotted version numbers.
func older(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m < n
		}
	}
	return len(x) < len(y)
}
