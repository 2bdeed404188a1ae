package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"hotline/bot"
	"hotline/bot/config"
	"hotline/knowledge"
	"hotline/knowledge/model"
	"hotline/store"
)

func newID() string { return uuid.New().String() }

// openStore opens the configured database for a verb that needs nothing else.
func openStore(ctx context.Context, cfg *config.Config) (*store.SQLite, error) {
	return store.Open(ctx, filepath.Join(cfg.Data.Dir, "hotline.db"), store.Options{})
}

// backup writes a consistent copy of the configured database, also while a hotline
// runs on it, and looks the copy through when asked.
func backup(ctx context.Context, cfg *config.Config, to string, verify bool) error {
	if err := store.Copy(ctx, filepath.Join(cfg.Data.Dir, "hotline.db"), to); err != nil || !verify {
		return err
	}
	return store.Check(ctx, to)
}

// useModel connects the language model, when one is configured: it answers, sums up,
// translates and drafts beside everything else, and embeddings find articles in other
// words. Everything works without.
func (h *hotline) useModel(ctx context.Context) error {
	m := h.cfg.Model
	if m.BaseURL == "" || m.Model == "" && m.Embed == "" {
		return nil
	}
	client, err := model.New(model.Options{BaseURL: m.BaseURL, Key: m.Key.Reveal(), Chat: m.Model, Embed: m.Embed, Budget: time.Duration(m.Timeout)})
	if err != nil {
		return err
	}
	if m.Embed != "" {
		h.shelf.UseVectors(ctx, client.Space(), client.Embed)
	}
	if m.Model == "" {
		return nil
	}
	h.shelf.UseModel(client)
	h.shelf.ObserveModel(h.metrics.asked)
	return nil
}

// importArticles reads a folder of Markdown articles and adds those that are new.
func (h *hotline) importArticles(ctx context.Context, dir string) (int, error) {
	docs, err := knowledge.ImportMarkdown(dir)
	if err != nil {
		return 0, err
	}
	return keepArticles(ctx, h.store, docs, h.shelf.ArticleChanged)
}

// keepArticles stores articles whose id is not there yet. It returns how many were
// new.
func keepArticles(ctx context.Context, s bot.Store, docs []knowledge.Doc, changed func(bot.Article)) (int, error) {
	fresh := 0
	err := s.Do(ctx, func(tx bot.Tx) error {
		fresh = 0
		for i := range docs {
			if _, err := tx.Article(docs[i].ID); !errors.Is(err, bot.ErrNotFound) {
				if err != nil {
					return err
				}
				continue
			}
			a := articleOf(&docs[i], tx.Now())
			if err := tx.PutArticle(a); err != nil {
				return err
			}
			fresh++
			tx.OnCommit(func() { changed(a) })
		}
		return nil
	})
	return fresh, err
}

// articleOf is a document as an article: published when it says nothing else. A kind
// that is none is left out.
func articleOf(d *knowledge.Doc, now time.Time) bot.Article {
	kind, known := bot.ArticleKind(d.About), bot.KnownState(d.Known)
	if !slices.Contains(bot.ArticleKinds, kind) || kind == bot.KindSolution {
		kind = ""
	}
	if known != bot.KnownOpen && known != bot.KnownFixed {
		known = bot.KnownNot
	}
	return bot.Article{Kind: kind, Known: known, ID: d.ID, State: bot.ArticleState(cmp.Or(d.State, string(bot.ArticlePublished))), Lang: d.Lang, Title: d.Title, Symptom: d.Symptom,
		Where: d.Body, Cause: d.Cause, Solution: d.Solution, Product: d.Product, Version: d.Version, Customer: d.Customer, Internal: d.Internal,
		Aliases: d.Aliases, Helped: d.Helped, Failed: d.Failed, Revision: 1, Created: now, Updated: now, Review: now.AddDate(0, 6, 0)}
}

// docOf is an article as a document.
func docOf(a *bot.Article) knowledge.Doc {
	return knowledge.Doc{ID: a.ID, Kind: knowledge.Article, About: string(a.Kind), Known: string(a.Known), Lang: a.Lang, Title: a.Title, Symptom: a.Symptom, Body: a.Where, Cause: a.Cause,
		Solution: a.Solution, Product: a.Product, Version: a.Version, Customer: a.Customer, Internal: a.Internal, Aliases: a.Aliases,
		State: string(a.State), Helped: a.Helped, Failed: a.Failed, Updated: a.Updated}
}

// runArticles is "hotline kb import|export".
func runArticles(ctx context.Context, p *program) int {
	verb := p.args[0]
	p.args = p.args[1:]
	fs := p.flags("kb " + verb)
	path := fs.String("config", "config.yaml", "the configuration `file`")
	format := fs.String("format", "", "`md` (a folder) or `csv` (a file); by the name when empty")
	if code, ok := p.parse(fs, 1); !ok {
		return code
	}
	if fs.NArg() != 1 {
		fmt.Fprintf(p.errOut, "hotline kb %s: say which folder (Markdown) or file (CSV)\n", verb)
		return exitUsage
	}
	cfg, ok := p.load(*path)
	if !ok {
		return exitFailed
	}
	s, err := openStore(ctx, cfg)
	if err != nil {
		return p.fail(err)
	}
	csv := *format == "csv" || *format == "" && filepath.Ext(fs.Arg(0)) == ".csv"
	if verb == "import" {
		err = readArticles(ctx, p, s, fs.Arg(0), csv)
	} else {
		err = writeArticles(ctx, p, s, fs.Arg(0), csv)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return p.fail(err)
	}
	return exitOK
}

func readArticles(ctx context.Context, p *program, s *store.SQLite, name string, csv bool) error {
	var docs []knowledge.Doc
	var err error
	if csv {
		f, openErr := os.Open(name)
		if openErr != nil {
			return openErr
		}
		defer f.Close()
		docs, err = knowledge.ReadCSV(f)
	} else {
		docs, err = knowledge.ImportMarkdown(name)
	}
	if err != nil {
		return err
	}
	n, err := keepArticles(ctx, s, docs, func(bot.Article) {})
	if err == nil {
		fmt.Fprintf(p.out, "%d articles read, %d new\n", len(docs), n)
	}
	return err
}

func writeArticles(ctx context.Context, p *program, s *store.SQLite, name string, csv bool) error {
	var docs []knowledge.Doc
	err := s.View(ctx, func(r bot.Reader) error {
		list, err := r.Articles()
		for i := range list {
			docs = append(docs, docOf(&list[i]))
		}
		return err
	})
	if err != nil {
		return err
	}
	if csv {
		f, createErr := os.Create(name)
		if createErr != nil {
			return createErr
		}
		err = errors.Join(knowledge.WriteCSV(f, docs), f.Close())
	} else {
		err = knowledge.ExportMarkdown(name, docs)
	}
	if err == nil {
		fmt.Fprintf(p.out, "%d articles written to %s\n", len(docs), name)
	}
	return err
}
