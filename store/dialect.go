package store

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// Everything that only SQLite understands.
const (
	sqlBegin      = "BEGIN IMMEDIATE"
	sqlBeginRead  = "BEGIN DEFERRED"
	sqlCommit     = "COMMIT"
	sqlRollback   = "ROLLBACK"
	sqlSavepoint  = "SAVEPOINT closure"
	sqlRelease    = "RELEASE closure"
	sqlRollbackTo = "ROLLBACK TO closure"
	// An insert that fails need not undo its first rows: the closure is lost, and
	// its savepoint undoes them. That spares a copy of every page it changes.
	sqlInsert   = "INSERT OR FAIL "
	sqlVersion  = "SELECT sqlite_version()"
	sqlUseLog   = "PRAGMA journal_mode = WAL"
	sqlTables   = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	sqlHasTable = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
	sqlCopy     = "VACUUM INTO $1"
	sqlCheck    = "PRAGMA integrity_check(5)"
)

// oldestSQLite is the first release without the fault in which a checkpoint and a
// write of two connections damage the log (SQLite news of 2026-03-13).
const oldestSQLite = "3.51.3"

// logPages is how many pages the log has before they are copied into the file,
// 16 MiB: with four times SQLite's own 1000, pages that every case changes are
// copied a quarter as often.
const logPages = 4096

// mode is what a connection is for.
type mode int

const (
	forWriting mode = iota
	forReading
	forCopying // may not be query_only, because VACUUM INTO counts as a write
)

// dsn names the database with the settings of every connection; busy_timeout comes
// first so that the others wait for a lock. The write-ahead log is not among them:
// it is a property of the file, set once the file is known to be ours.
func dsn(path string, m mode, sync Sync, busy time.Duration) string {
	v := url.Values{
		"_defensive": {"1"},
		"_dqs":       {"0"},
		"_pragma": {
			"busy_timeout(" + strconv.FormatInt(busy.Milliseconds(), 10) + ")",
			"foreign_keys(1)",
			"temp_store(memory)",
		},
	}
	pragma := func(s ...string) { v["_pragma"] = append(v["_pragma"], s...) }
	switch m {
	case forWriting:
		pragma("synchronous("+sync.String()+")", "cache_size(-16000)", "journal_size_limit(67108864)",
			"wal_autocheckpoint("+strconv.Itoa(logPages)+")")
	case forReading:
		pragma("cache_size(-4000)", "query_only(1)")
		v.Set("mode", "rw")
	case forCopying:
		v.Set("mode", "rw")
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: v.Encode()}
	return u.String()
}

// placeholder finds what stands for an argument.
var placeholder = regexp.MustCompile(`\$[0-9]+`)

// byPlace writes ? for the placeholders $1, $2 … when each stands once and in
// order: the driver looks those with a name up by it at every run.
func byPlace(query string) string {
	for i, name := range placeholder.FindAllString(query, -1) {
		if name != "$"+strconv.Itoa(i+1) {
			return query
		}
	}
	return placeholder.ReplaceAllLiteralString(query, "?")
}
