package store

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"

	"hotline/bot"
	"hotline/bot/chat"
)

// Sync says how far a commit waits for the disk.
type Sync int

// The kinds of waiting. Only Full keeps the promise of the package; the others are
// for simulations and for showing that the power-cut test can tell them apart.
const (
	Full   Sync = iota // until the disk has it
	Normal             // a power cut loses the newest commits
	Off                // a power cut may lose the file
)

// String is SQLite's word for it.
func (s Sync) String() string {
	switch s {
	case Normal:
		return "NORMAL"
	case Off:
		return "OFF"
	default:
		return "FULL"
	}
}

// Options are the settings of a store. The zero value is right for production.
type Options struct {
	// Sync is how far a commit waits for the disk.
	Sync Sync
	// MaxGroup is how many closures share a commit, 512 when 0.
	MaxGroup int
	// MaxHold is how long a group goes on taking closures before it commits, 40 ms
	// when 0.
	MaxHold time.Duration
	// Readers is how many views run at once, 4 when 0.
	Readers int
	// Busy is how long to wait for a lock that another program holds, 10 s when 0.
	Busy time.Duration
	// Now gives the instant of a transaction, time.Now when nil.
	Now func() time.Time
	// Log gets what a person must know, slog.Default when nil.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	o.MaxGroup = cmp.Or(o.MaxGroup, 512)
	o.MaxHold = cmp.Or(o.MaxHold, 40*time.Millisecond)
	o.Readers = cmp.Or(o.Readers, 4)
	o.Busy = cmp.Or(o.Busy, 10*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// SQLite is the store on one SQLite file. It is safe for concurrent use.
type SQLite struct {
	path   string
	opt    Options
	lock   *os.File
	views  chan *session // idle reading sessions; nil stands for one not yet made
	queue  chan *request
	stop   chan struct{} // closed by Close
	done   chan struct{} // closed when the writer has ended
	close  sync.Once
	closed error
	stats  stats
}

var (
	_ bot.Store  = (*SQLite)(nil)
	_ chat.Board = (*SQLite)(nil)
)

// Stats count what the writer did since Open.
type Stats struct {
	Groups  uint64 // commits
	Done    uint64 // closures that were committed
	Undone  uint64 // closures that failed or panicked
	Failed  uint64 // groups that could not be committed
	Waiting int    // closures waiting now
}

type stats struct{ groups, done, undone, failed atomic.Uint64 }

// Stats returns the counts so far.
func (s *SQLite) Stats() Stats {
	return Stats{
		Groups: s.stats.groups.Load(), Done: s.stats.done.Load(), Undone: s.stats.undone.Load(),
		Failed: s.stats.failed.Load(), Waiting: len(s.queue),
	}
}

// Open opens the database at path and brings its schema up to date; the folder and
// the file are made when they are missing, readable by their owner only. Errors a
// person must act on are [bot.UserError]s. The same file can be open once, in all
// processes together.
func Open(ctx context.Context, path string, opt Options) (*SQLite, error) {
	opt = opt.withDefaults()
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := prepareFolder(path); err != nil {
		return nil, explain(err, path)
	}
	lock, err := takeLock(path + ".lock")
	if err != nil {
		return nil, explain(err, path)
	}
	s := &SQLite{
		path: path, opt: opt, lock: lock,
		views: make(chan *session, opt.Readers),
		queue: make(chan *request, opt.MaxGroup),
		stop:  make(chan struct{}),
		done:  make(chan struct{}),
	}
	w, err := s.start(ctx)
	if err != nil {
		return nil, explain(errors.Join(err, lock.Close()), path)
	}
	for range opt.Readers {
		s.views <- nil
	}
	go w.run()
	return s, nil
}

// prepareFolder makes the folder and an empty private file, so that SQLite's own
// side files, which take the mode of the database, are private too. The names of
// both are on disk when it returns: without that a loss of power could take the
// whole new database along.
func prepareFolder(path string) error {
	folder := filepath.Dir(path)
	fresh := folder // the uppermost folder that holds a new name
	for {
		if _, err := os.Stat(fresh); !errors.Is(err, os.ErrNotExist) || fresh == filepath.Dir(fresh) {
			break
		}
		fresh = filepath.Dir(fresh)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, os.ErrExist):
	case err != nil:
		return err
	default:
		if err := f.Close(); err != nil {
			return err
		}
	}
	for at := folder; ; at = filepath.Dir(at) {
		if err := syncFolder(at); err != nil || at == fresh {
			return err
		}
	}
}

// start opens the connections and migrates.
func (s *SQLite) start(ctx context.Context) (*writer, error) {
	// Both switches belong to the process. OFD locks survive somebody else closing
	// a descriptor of the file; fdatasync spares the file's time stamps. Where the
	// system has neither, SQLite's defaults are as safe.
	_, _ = sqlite.OFDLocking(true)
	_, _ = sqlite.Fdatasync(true)
	sqlite.StrictPragmas(true)

	conn, err := newSession(ctx, dsn(s.path, forWriting, s.opt.Sync, s.opt.Busy))
	if err != nil {
		return nil, err
	}
	w, err := s.prepare(ctx, conn)
	if err != nil {
		return nil, errors.Join(err, conn.close())
	}
	return w, nil
}

// prepare makes the database ready for the writer.
func (s *SQLite) prepare(ctx context.Context, conn *session) (*writer, error) {
	if err := checkEngine(ctx, conn); err != nil {
		return nil, err
	}
	if err := migrate(ctx, conn, embedded(), s.opt.Now()); err != nil {
		return nil, err
	}
	if err := useLog(ctx, conn); err != nil {
		return nil, err
	}
	return newWriter(ctx, s, conn)
}

// Close waits for the closures that are queued, then closes the file. Later calls
// of Do and View fail with bot.ErrUnavailable.
func (s *SQLite) Close() error {
	s.close.Do(func() {
		close(s.stop)
		<-s.done
		var errs []error
		for range s.opt.Readers {
			if v := <-s.views; v != nil {
				errs = append(errs, v.close())
			}
		}
		s.closed = errors.Join(append(errs, s.lock.Close())...)
	})
	return s.closed
}

// Path is the absolute path of the database file.
func (s *SQLite) Path() string { return s.path }
