// Package store keeps the hotline in one SQLite file: it implements [bot.Store]
// and [chat.Board] on the same database.
//
// # What it promises
//
// When [SQLite.Do] returns nil the transaction has been synced to the disk
// (write-ahead log, synchronous=FULL): it survives the death of the process and
// the loss of power. When it returns an error, nothing of that closure is kept.
// A full disk, a read-only folder, a file that another program holds or that a
// newer Hotline wrote are told in words, as a [bot.UserError], and leave the
// file as it was.
//
// # How it is quick
//
// One goroutine writes. It runs the closures of all callers that are waiting,
// each inside its own savepoint, and commits them together, so that many share
// one wait for the disk. Nobody is answered before the shared commit. A closure
// that fails or panics takes only its own work along.
//
// Readers have their own connections, which refuse to write, and see the last
// commit.
//
// # What it never does
//
// It never opens the database file except through SQLite, because closing any
// descriptor of that file would drop SQLite's locks on some systems. It never
// lets two processes write: a lock file beside the database says who has it.
//
// SQL that only SQLite understands is in dialect.go and in the numbered files of
// migrations/sqlite; the rest is written so that PostgreSQL runs it too.
package store
