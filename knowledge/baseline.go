package knowledge

import (
	"context"
	"database/sql"
	"strings"

	_ "modernc.org/sqlite" // the plain FTS5 that `kb eval --baseline` compares with
)

// ftsEngine is SQLite's FTS5 as it comes: Porter stemming, all words joined by
// OR, bm25 with equal weights. It has no notion of confidence; a query's best
// score stands in for one.
type ftsEngine struct {
	ctx context.Context
	db  *sql.DB
}

func openFTS(ctx context.Context) (*ftsEngine, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `CREATE VIRTUAL TABLE doc USING fts5(id UNINDEXED, title, text, tokenize='porter unicode61')`); err != nil {
		db.Close()
		return nil, err
	}
	return &ftsEngine{ctx: ctx, db: db}, nil
}

func (e *ftsEngine) name() string { return "fts5" }

func (e *ftsEngine) close() { e.db.Close() }

func (e *ftsEngine) put(docs []evalDoc) error {
	tx, err := e.db.BeginTx(e.ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, d := range docs {
		if _, err := tx.ExecContext(e.ctx, `INSERT INTO doc(id, title, text) VALUES ($1, $2, $3)`, d.ID, d.Title, d.Text); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// maxFTSWords bounds the words of one match expression.
const maxFTSWords = 1000

func (e *ftsEngine) search(text, drop string) ([]string, float64, Band, error) {
	var quoted []string
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool {
		return r < 0x80 && !letter(byte(r)) && !digit(byte(r))
	}) {
		if len(quoted) < maxFTSWords {
			quoted = append(quoted, `"`+word+`"`)
		}
	}
	if len(quoted) == 0 {
		return nil, 0, Nothing, nil
	}
	rows, err := e.db.QueryContext(e.ctx, `SELECT id, rank FROM doc WHERE doc MATCH $1 ORDER BY rank LIMIT 101`, strings.Join(quoted, " OR "))
	if err != nil {
		return nil, 0, Nothing, err
	}
	defer rows.Close()
	var ids []string
	best := 0.0
	for rows.Next() {
		var id string
		var rank float64
		if err := rows.Scan(&id, &rank); err != nil {
			return nil, 0, Nothing, err
		}
		if id == drop {
			continue
		}
		if len(ids) == 0 {
			best = -rank
		}
		if len(ids) < MaxLimit {
			ids = append(ids, id)
		}
	}
	return ids, best, Ask, rows.Err()
}
