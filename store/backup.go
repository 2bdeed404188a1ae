package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"hotline/bot"
)

// Backup writes a consistent copy to path while the store goes on, checks it and
// gives it its name only when it is whole and on disk. path must not exist.
func (s *SQLite) Backup(ctx context.Context, path string) error {
	return Copy(ctx, s.path, path)
}

// Copy is [SQLite.Backup] from outside: it copies the database at from, which a
// running Hotline may have open.
func Copy(ctx context.Context, from, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return &bot.UserError{Code: bot.ErrInvalid, Say: "There is already a file " + path + ".",
			Hint: "Choose another name for the backup.", Err: err}
	}
	if _, err := os.Stat(from); err != nil {
		return explain(err, from)
	}
	partial := path + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return explain(err, path)
	}
	err := copyInto(ctx, from, partial)
	if err == nil {
		err = syncFile(partial)
	}
	if err == nil {
		err = Check(ctx, partial)
	}
	if err == nil {
		err = os.Link(partial, path) // unlike a rename it refuses to overwrite
	}
	gone := os.Remove(partial)
	if err != nil {
		return explain(err, path)
	}
	return explain(errors.Join(gone, syncFolder(filepath.Dir(path))), path)
}

func copyInto(ctx context.Context, from, to string) error {
	from, err := filepath.Abs(from)
	if err != nil {
		return err
	}
	// An empty private file first: the copy takes it over with its mode.
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return withSession(ctx, from, func(s *session) error {
		_, err := s.exec(ctx, sqlCopy, to)
		return err
	})
}

// syncFolder waits until the names in a folder are on disk. Windows has no such
// call and logs names by itself.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return syncFile(path)
}

// syncFile waits until a file is on disk.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Check reads the whole database at path, which nobody need have closed, and
// reports damage as a [bot.UserError].
func Check(ctx context.Context, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return explain(err, path)
	}
	var complaints []string
	err = withSession(ctx, path, func(s *session) error {
		return s.each(ctx, sqlCheck, nil, func(scan func(...any) error) error {
			var line string
			err := scan(&line)
			if line != "ok" {
				complaints = append(complaints, line)
			}
			return err
		})
	})
	if err == nil && len(complaints) > 0 {
		return &bot.UserError{Code: bot.ErrInvalid, Say: "The data file " + path + " is damaged.",
			Hint: "Do not use it; take an older backup.", Err: fmt.Errorf("%q", complaints)}
	}
	return explain(err, path)
}

// withSession runs f on a connection of its own.
func withSession(ctx context.Context, path string, f func(*session) error) error {
	s, err := newSession(ctx, dsn(path, forCopying, Full, 10*time.Second))
	if err != nil {
		return err
	}
	return errors.Join(f(s), s.close())
}
