// Command hotline is a support hotline that lives in chat: it takes fault reports
// in Slack, Discord and a web workspace of its own, pages the person on call,
// counts the promised times, and suggests the fix the next time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	_ "time/tzdata" // the zones of the written rules, whatever the machine has
)

// Exit codes of every verb.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitProblems = 3 // check found something
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code := run(ctx, os.Args[1:], environment{os.LookupEnv}, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// environment looks variables up; tests give their own.
type environment struct {
	lookup func(string) (string, bool)
}

// command is a verb of the program.
type command struct {
	name, use, help string
	run             func(ctx context.Context, p *program) int
}

// program is one run of the program: its arguments and where it writes.
type program struct {
	args   []string
	env    environment
	in     io.Reader
	out    io.Writer
	errOut io.Writer
}

func commandTable() []command {
	return []command{
		{"demo", "demo [--addr 127.0.0.1:8080] [--data DIR]", "run everything with a small made-up organisation", runDemo},
		{"serve", "serve --config config.yaml", "run the hotline", runServe},
		{"check", "check --config config.yaml [--online]", "say what is wrong or weak in a configuration", runCheck},
		{"login", "login --config config.yaml PERSON", "make a link that logs a person into the workspace", runLogin},
		{"kb", "kb eval|bench|reindex|import|export …", "measure and manage the knowledge base", runKB},
		{"bench", "bench [--json]", "measure this machine with the real program", runBench},
		{"backup", "backup --config config.yaml FILE", "write a consistent copy of the database", runBackup},
		{"manifest", "manifest [--each] [--url URL]", "print the Slack app manifest", runManifest},
		{"version", "version", "print the version", runVersion},
	}
}

// run dispatches to a verb and returns the exit code.
func run(ctx context.Context, args []string, env environment, in io.Reader, out, errOut io.Writer) int {
	p := &program{env: env, in: in, out: out, errOut: errOut}
	if len(args) == 0 {
		usage(errOut)
		return exitUsage
	}
	if args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		usage(out)
		return exitOK
	}
	for _, c := range commandTable() {
		if c.name == args[0] {
			p.args = args[1:]
			return c.run(ctx, p)
		}
	}
	fmt.Fprintf(errOut, "hotline: there is no verb %q\n\n", args[0])
	usage(errOut)
	return exitUsage
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "Hotline: a support hotline that lives in chat.")
	fmt.Fprintln(w, "\nUsage: hotline VERB [flags]")
	fmt.Fprintln(w)
	for _, c := range commandTable() {
		fmt.Fprintf(w, "  %-45s %s\n", c.use, c.help)
	}
	fmt.Fprintln(w, "\nhotline VERB --help says more. To begin: hotline demo")
}

// flags makes the flag set of a verb; parse errors are printed with the usage.
func (p *program) flags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet("hotline "+name, flag.ContinueOnError)
	fs.SetOutput(p.errOut)
	return fs
}

// parse reads the arguments; ok is false when the verb must end with code.
func (p *program) parse(fs *flag.FlagSet, maxArgs int) (code int, ok bool) {
	for _, a := range p.args {
		if a == "-h" || a == "--help" || a == "-help" {
			fs.SetOutput(p.out)
		}
	}
	err := fs.Parse(p.args)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK, false
	}
	if err != nil {
		return exitUsage, false
	}
	if fs.NArg() > maxArgs {
		fmt.Fprintf(p.errOut, "%s: too much: %s\n", fs.Name(), strings.Join(fs.Args()[maxArgs:], " "))
		return exitUsage, false
	}
	return exitOK, true
}

// fail prints what went wrong.
func (p *program) fail(err error) int {
	fmt.Fprintln(p.errOut, "hotline:", explain(err))
	return exitFailed
}

func runVersion(_ context.Context, p *program) int {
	if code, ok := p.parse(p.flags("version"), 0); !ok {
		return code
	}
	fmt.Fprintln(p.out, "hotline", version())
	return exitOK
}

// version is the module's version and the commit it was built from, as far as the
// build recorded them.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			v += " " + s.Value[:12]
		}
	}
	return v + " " + info.GoVersion
}
