package knowledge

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"hotline/bot"
)

// Command runs `eval` or `bench` with their flags and returns the exit code: 0
// done, 1 failed, 2 called wrongly. open opens a store in a folder, for bench.
func Command(ctx context.Context, args []string, open func(ctx context.Context, dir string) (bot.Store, error), stdout, stderr io.Writer) int {
	if len(args) == 0 {
		return usage(stderr)
	}
	var run func() error
	fs := flag.NewFlagSet("kb "+args[0], flag.ContinueOnError)
	fs.SetOutput(stderr)
	switch args[0] {
	case "eval":
		var o EvalOptions
		fs.StringVar(&o.Corpus, "corpus", "", "documents, JSON lines {id,title,text}")
		fs.StringVar(&o.Queries, "queries", "", "queries, JSON lines {id,text}")
		fs.StringVar(&o.Qrels, "qrels", "", "answers: query id, document id, grade, separated by tabs")
		fs.StringVar(&o.NoAnswer, "no-answer", "", "queries that have no answer in the corpus")
		fs.BoolVar(&o.DropSelf, "drop-self", false, "leave out the document whose id is the query's")
		fs.BoolVar(&o.Baseline, "baseline", false, "also measure plain FTS5 on the same data")
		fs.StringVar(&o.CEDICT, "cedict", "", "a CC-CEDICT text file, as knowledge.cedict")
		fs.BoolVar(&o.JSON, "json", false, "print JSON")
		run = func() error {
			if o.Corpus == "" || o.Queries == "" || o.Qrels == "" {
				return errEvalFlags
			}
			return RunEval(ctx, o, stdout)
		}
	case "bench":
		o := BenchOptions{Open: open}
		fs.IntVar(&o.N, "n", benchDefault, "made-up cases")
		fs.BoolVar(&o.JSON, "json", false, "print JSON")
		run = func() error { return RunBench(ctx, o, stdout) }
	default:
		return usage(stderr)
	}
	if err := fs.Parse(args[1:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	err := run()
	switch {
	case errors.Is(err, errEvalFlags):
		fmt.Fprintln(stderr, err)
		return 2
	case err != nil:
		fmt.Fprintln(stderr, "kb "+args[0]+":", err)
		return 1
	}
	return 0
}

var errEvalFlags = errors.New("give --corpus, --queries and --qrels")

func usage(stderr io.Writer) int {
	fmt.Fprintln(stderr, "usage: hotline kb eval --corpus FILE --queries FILE --qrels FILE [--no-answer FILE] [--drop-self] [--baseline] [--cedict FILE] [--json]")
	fmt.Fprintln(stderr, "       hotline kb bench [--n N] [--json]")
	return 2
}
