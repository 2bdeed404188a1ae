package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"hotline/bot"
)

// heldError says that another process has the lock file.
type heldError struct{ holder string }

// Error is for the log.
func (e *heldError) Error() string { return "the lock is held by process " + e.holder }

// readHolder reads the process id out of a lock file, at most 20 digits.
func readHolder(r io.ReaderAt) string {
	b := make([]byte, 20)
	n, _ := r.ReadAt(b, 0)
	s := string(b[:n])
	if strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// Held reports whether err says that another process has the data file.
func Held(err error) bool {
	_, held := errors.AsType[*heldError](err)
	return held
}

// errClosed is the cause when the store was closed.
var errClosed = errors.New("the store is closed")

// logical reports whether err is an answer of the hotline and not a fault of the
// database.
func logical(err error) bool {
	for _, known := range []error{bot.ErrNotFound, bot.ErrConflict, bot.ErrForbidden, bot.ErrInvalid, bot.ErrUnavailable} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// explain turns a fault of the file or the database into words: what is wrong and
// what to do. Errors that already are answers of the hotline stay as they are.
func explain(err error, path string) error {
	if err == nil || logical(err) {
		return err
	}
	say, hint := words(err, path)
	return &bot.UserError{Code: bot.ErrUnavailable, Say: say, Hint: hint, Err: err}
}

func words(err error, path string) (say, hint string) {
	folder := filepath.Dir(path)
	held := &heldError{}
	switch {
	case errors.As(err, &held):
		who := "Another Hotline"
		if held.holder != "" {
			who += " (process " + held.holder + ")"
		}
		return who + " is using the data file " + path + ".",
			"Stop it first, or start this one with another data folder."
	case errors.Is(err, errClosed):
		return "Hotline is shutting down.", "Try again in a minute."
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "The data file " + path + " did not answer in time.", "Try again; if it stays, look at the disk."
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), isCode(err, lib.SQLITE_FULL):
		return "The disk that holds " + path + " is full.", "Free some space in " + folder + "; nothing was lost, Hotline goes on by itself."
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission), isCode(err, lib.SQLITE_READONLY), isCode(err, lib.SQLITE_PERM):
		return "The data file " + path + " cannot be written.",
			fmt.Sprintf("Give user %d the right to write in the folder %s and to the files in it.", os.Getuid(), folder)
	case isCode(err, lib.SQLITE_BUSY), isCode(err, lib.SQLITE_LOCKED):
		return "Another program holds the data file " + path + " locked.", "Close it (a database shell or a copy job, for example) and try again."
	case isCode(err, lib.SQLITE_NOTADB):
		return path + " is not a database.", "Point Hotline at its own data folder, or move this file away."
	case isCode(err, lib.SQLITE_CORRUPT):
		return "The data file " + path + " is damaged.", "Stop Hotline, keep a copy of the folder, and restore the last backup."
	case isCode(err, lib.SQLITE_CANTOPEN), errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		return "The data file " + path + " cannot be opened.", "Check that " + folder + " is a folder and that " + path + " is a file."
	case isCode(err, lib.SQLITE_IOERR):
		return "The disk that holds " + path + " reported a fault.", "Check the disk; restore the last backup if the fault stays."
	default:
		return "The data file " + path + " could not be used.", "The log has the cause; try again, then ask for help with it."
	}
}

// isCode reports whether err is the SQLite error of that primary code.
func isCode(err error, code int) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == code
}

// notFound makes "no row" the hotline's own answer, naming what was looked for.
func notFound(err error, what string, key any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s %v: %w", what, key, bot.ErrNotFound)
	}
	return err
}
