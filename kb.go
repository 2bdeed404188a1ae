package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"hotline/bot"
	"hotline/bot/config"
	"hotline/knowledge"
	"hotline/store"
)

// indexPatience is how long a start waits for the search index; a larger one is
// read on while the hotline serves.
const indexPatience = 2 * time.Second

const kbHelp = `Usage of hotline kb:

  kb eval      how well the search finds what is known to be right
  kb bench     how fast it is at size
  kb reindex   make the search index of the database anew
  kb import    read articles from a folder of Markdown or a CSV file
  kb export    write them

hotline kb VERB --help says more.
`

func runKB(ctx context.Context, p *program) int {
	verb := ""
	if len(p.args) > 0 {
		verb = p.args[0]
	}
	switch verb {
	case "import", "export":
		return runArticles(ctx, p)
	case "reindex":
		return runReindex(ctx, p)
	case "--help", "-h", "-help":
		fmt.Fprint(p.out, kbHelp)
		return exitOK
	}
	return knowledge.Command(ctx, p.args, func(ctx context.Context, dir string) (bot.Store, error) {
		return store.Open(ctx, filepath.Join(dir, "hotline.db"), store.Options{})
	}, p.out, p.errOut)
}

// runReindex is "hotline kb reindex".
func runReindex(ctx context.Context, p *program) int {
	p.args = p.args[1:]
	fs := p.flags("kb reindex")
	path := fs.String("config", "config.yaml", "the configuration `file`")
	if code, ok := p.parse(fs, 0); !ok {
		return code
	}
	cfg, ok := p.load(*path)
	if !ok {
		return exitFailed
	}
	if err := reindex(ctx, p, cfg); err != nil {
		return p.fail(err)
	}
	return exitOK
}

func reindex(ctx context.Context, p *program, cfg *config.Config) error {
	v, err := vocabulary(cfg)
	if err != nil {
		return err
	}
	s, err := openStore(ctx, cfg)
	if store.Held(err) {
		return &bot.UserError{Code: bot.ErrUnavailable, Say: explain(err),
			Hint: "A running Hotline keeps its index in step, and each start mends what is wrong in it. To make it anew all the same: stop it, run this again, start it.", Err: err}
	}
	if err != nil {
		return err
	}
	said := time.Now()
	r, err := knowledge.Reindex(ctx, s, v, func(done, of int) {
		if time.Since(said) > time.Second {
			said = time.Now()
			fmt.Fprintf(p.errOut, "%d of %d\n", done, of)
		}
	})
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "index made anew: %d documents in %.1f s\n", r.Documents, r.Seconds)
	return nil
}

// vocabulary is the one the configuration asks for.
func vocabulary(cfg *config.Config) (*knowledge.Vocabulary, error) {
	if cfg.Knowledge.CEDICT == "" {
		return knowledge.ShippedVocabulary(), nil
	}
	v, err := knowledge.LoadCEDICT(cfg.Knowledge.CEDICT)
	if err != nil {
		return nil, &bot.UserError{Code: bot.ErrInvalid, Say: "knowledge.cedict: " + err.Error(),
			Hint: "Point it at the unpacked text file of CC-CEDICT, or take the setting out; the search works without.", Err: err}
	}
	return v, nil
}
