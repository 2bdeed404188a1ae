package bot

import (
	"context"
	"encoding/json"
	"time"

	"hotline/bot/chat"
)

// Store keeps everything. Implementations pass hotline/store/storetest.
type Store interface {
	// Do runs f in a transaction and returns when it is on disk. An error of f
	// undoes what f did and nothing else, and is returned as it is. f may run on
	// another goroutine, together with other callers' transactions; it must not
	// keep tx. If ctx ends while f waits for its turn, f is not run and the error
	// wraps ErrUnavailable.
	Do(ctx context.Context, f func(tx Tx) error) error
	// View runs f on a consistent snapshot.
	View(ctx context.Context, f func(r Reader) error) error
	// Backup writes a consistent copy to path, which must not exist. A store that
	// cannot be copied returns ErrUnavailable.
	Backup(ctx context.Context, path string) error
	Close() error
}

// CaseQuery selects cases; empty fields select everything. The order is by
// severity, then age, unless Newest is set; with After it is by id, so that pages
// can be read one after the other.
type CaseQuery struct {
	States   []State
	Customer string
	Service  string
	Owner    string
	Reporter string
	DedupKey string
	// Since selects cases updated at or after it.
	Since  time.Time
	After  int64 // id greater than
	Newest bool
	Limit  int // 0 means 100, at most 10,000
}

// Reader reads. Things that are not there are ErrNotFound.
type Reader interface {
	Case(id int64) (Case, error)
	CaseByNumber(number string) (Case, error)
	Cases(q CaseQuery) ([]Case, error)
	// CountCases counts by state and severity, for queues and metrics.
	CountCases(q CaseQuery) (int, error)
	// Events lists a case's events with Seq > after, in order.
	Events(caseID int64, after int) ([]CaseEvent, error)
	// Link finds what a place or message key belongs to.
	Link(key string) (Link, error)
	Links(caseID int64, roles ...LinkRole) ([]Link, error)
	Timers(caseID int64) ([]Timer, error)
	// DueTimers lists timers due at or before now, earliest first.
	DueTimers(now time.Time, limit int) ([]Timer, error)
	// NextDue is the earliest due instant; ok is false when there is none.
	NextDue() (due time.Time, ok bool, err error)
	Letter(id string) (Letter, error)
	Letters(caseID int64) ([]Letter, error)
	// OpenLetters lists pending and in-flight letters, oldest first.
	OpenLetters(limit int) ([]Letter, error)
	// OpenInbound lists events that are not done, oldest first.
	OpenInbound(limit int) ([]Inbound, error)
	// LastMessage is the id of the newest message stored from a place, or "".
	LastMessage(placeKey string) (string, error)
	// Records lists small organisational data (overrides, methods, windows …).
	Records(kind string) ([]Record, error)
	Record(kind, id string) (Record, error)
	Article(id string) (Article, error)
	// Articles lists articles in the given states (all when none), newest first.
	Articles(states ...ArticleState) ([]Article, error)
	// File gives a stored attachment with its data.
	File(id string) (StoredFile, error)
	// TokenBlobs calls f for every stored blob, in no particular order, until f
	// fails. f may keep Data and must not read from this Reader.
	TokenBlobs(f func(b TokenBlob) error) error
	// CaseSeqs calls f with the number and the Seq of every case in the given states
	// (all when none), oldest first, until f fails. f must not read from this Reader.
	CaseSeqs(f func(number string, seq int) error, states ...State) error
}

// Tx reads and writes.
type Tx interface {
	Reader
	// Now is the instant of the transaction, the same throughout.
	Now() time.Time
	// NextCase gives the next case counter, starting at 1001.
	NextCase() (int64, error)
	// PutCase inserts or replaces. It fails with ErrConflict when the stored Seq is
	// not c.Seq minus the number of events appended in this transaction, or when
	// the counter inside c.Number, before its check digit, is not c.ID.
	PutCase(c Case) error
	AppendEvents(events ...CaseEvent) error
	// SetTimer sets or moves the timers of these cases, kinds and keys.
	SetTimer(timers ...Timer) error
	// CancelTimers removes a case's timers of the given kinds (all when none).
	CancelTimers(caseID int64, kinds ...TimerKind) error
	// DeleteTimer removes one as it was read; false when it is gone or was set anew.
	DeleteTimer(t Timer) (bool, error)
	PutLetters(letters ...Letter) error
	// DropLetters marks a case's pending letters of an intent as dropped and
	// returns how many.
	DropLetters(caseID int64, intent chat.Intent, why string) (int, error)
	// ClaimLetters marks pending letters as in flight, raises Attempts, and returns
	// those that were pending, as stored.
	ClaimLetters(ids ...string) ([]Letter, error)
	// UpdateLetter stores State, Attempts, Repeat, NotBefore, Ref, Err and Done.
	UpdateLetter(l Letter) error
	// PutLink ties places or messages to cases; one that was tied before is tied anew.
	PutLink(links ...Link) error
	// PutInbound stores an event; false when its key, or its message for message
	// events, is there already.
	PutInbound(in Inbound) (bool, error)
	FinishInbound(id string, state InboundState, attempts int, errText string) error
	PutRecord(r Record) error
	DeleteRecord(kind, id string) error
	PutArticle(a Article) error
	PutFile(f StoredFile) error
	// PutTokenBlobs adds blobs, or replaces those whose ids are known.
	PutTokenBlobs(blobs ...TokenBlob) error
	// DropTokenBlobs removes blobs; ids that are not there are no error.
	DropTokenBlobs(ids ...string) error
	// OnCommit runs f after the transaction is on disk, in order, on the writer's
	// goroutine; f must not block.
	OnCommit(f func())
	// Prune removes ledger rows and done letters older than before, at most limit
	// of each, and returns how many.
	Prune(before time.Time, limit int) (int, error)
}

// Record is a small document under a kind and id.
type Record struct {
	Kind, ID string
	Body     json.RawMessage
	Updated  time.Time
}

// StoredFile is an attachment kept with its data, at most [chat.MaxFile] bytes.
type StoredFile struct {
	ID   string
	Case int64
	Name string
	Type string
	Hash string // SHA-256, hex
	// Audience is who may fetch it.
	Audience chat.Audience
	Data     []byte
	At       time.Time
}

// TokenBlob is what the search index keeps of an article or a solved case, so that
// a start need not read its words again. It can always be made anew.
type TokenBlob struct {
	ID   string // of the article, or the number of the case
	Seq  int    // of the case when the blob was made; 0 for an article
	Data []byte // the index's own business
}
