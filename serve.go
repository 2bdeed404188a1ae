package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"hotline/bot/config"
)

func runServe(ctx context.Context, p *program) int {
	fs := p.flags("serve")
	path := fs.String("config", "config.yaml", "the configuration `file`")
	addr := fs.String("addr", "", "listen on this `address` in place of http.addr")
	if code, ok := p.parse(fs, 0); !ok {
		return code
	}
	cfg, ok := p.load(*path)
	if !ok {
		return exitFailed
	}
	if *addr != "" {
		cfg.HTTP.Addr = *addr
	}
	log := newLogger(p.errOut, cfg)
	h, err := openHotline(ctx, cfg, log, false)
	if err != nil {
		return p.fail(err)
	}
	stopReload := h.reloadOnHangup(ctx, p, *path)
	defer stopReload()
	log.Info("ready", "addr", h.listener.Addr().String(), "url", h.url, "took_ms", time.Since(h.started).Milliseconds())
	if err := h.prepare(ctx); err != nil {
		return p.fail(err)
	}
	if err := h.run(ctx); err != nil {
		return p.fail(err)
	}
	return exitOK
}

// load reads a configuration and prints what is wrong with it.
func (p *program) load(path string) (*config.Config, bool) {
	cfg, problems := config.Load(path, p.env.lookup)
	for _, problem := range problems {
		fmt.Fprintln(p.errOut, problem)
	}
	if cfg == nil {
		fmt.Fprintf(p.errOut, "hotline: %s cannot be used; mend the lines above\n", path)
		return nil, false
	}
	return cfg, true
}

// prepare does what must be done once at start, before anything is served.
func (h *hotline) prepare(ctx context.Context) error {
	if err := h.desk.WatchSchedules(ctx); err != nil {
		return err
	}
	if err := h.desk.RenewContracts(ctx); err != nil {
		return err
	}
	if h.cfg.Knowledge.Articles != "" {
		n, err := h.importArticles(ctx, h.cfg.Knowledge.Articles)
		if err != nil {
			return err
		}
		h.log.Info("articles read", "folder", h.cfg.Knowledge.Articles, "new", n)
	}
	return nil
}

// reloadOnHangup reads the configuration again on SIGHUP. A broken file is refused
// with its mistakes and the old one stays. Connections keep their settings until a
// restart; people, schedules, policies, contracts and channels change at once.
func (h *hotline) reloadOnHangup(ctx context.Context, p *program, path string) (stop func()) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-hangup:
				h.reload(ctx, p, path)
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { signal.Stop(hangup) }
}

func (h *hotline) reload(ctx context.Context, p *program, path string) {
	cfg, problems := config.Load(path, p.env.lookup)
	if cfg == nil {
		for _, problem := range problems {
			h.log.Error("configuration refused, the old one stays", "problem", problem.String())
		}
		return
	}
	if err := h.setOrganisation(ctx, cfg); err != nil {
		h.log.Error("configuration refused, the old one stays", "err", err)
		return
	}
	h.desk.SetOrganisation(cfg.Org)
	h.hooks.SetServices(hookServices(cfg))
	if err := h.desk.WatchSchedules(ctx); err != nil {
		h.log.Error("hand-over timers", "err", err)
	}
	if err := h.desk.RenewContracts(ctx); err != nil {
		h.log.Error("contracts not renewed", "err", err)
	}
	h.log.Info("configuration read again", "path", path)
}

func runDemo(ctx context.Context, p *program) int {
	fs := p.flags("demo")
	addr := fs.String("addr", "127.0.0.1:8080", "where the workspace is served")
	dir := fs.String("data", "", "`folder` for the database; a temporary one that is removed at the end when empty")
	verbose := fs.Bool("verbose", false, "log what happens")
	if code, ok := p.parse(fs, 0); !ok {
		return code
	}
	cfg := config.Demo()
	cfg.HTTP.Addr, cfg.HTTP.BaseURL = *addr, ""
	cfg.Data.Dir = *dir
	if *dir == "" {
		tmp, err := os.MkdirTemp("", "hotline-demo-")
		if err != nil {
			return p.fail(err)
		}
		defer os.RemoveAll(tmp)
		cfg.Data.Dir = tmp
	}
	if !*verbose {
		cfg.Log.Level = "warn"
	}
	h, err := openHotline(ctx, cfg, newLogger(p.errOut, cfg), true)
	if err != nil {
		return p.fail(err)
	}
	if err := h.seed(ctx); err != nil {
		return p.fail(err)
	}
	if err := h.prepare(ctx); err != nil {
		return p.fail(err)
	}
	p.greet(h, *dir)
	if err := h.run(ctx); err != nil {
		return p.fail(err)
	}
	return exitOK
}

// greet says where to look and what to try first.
func (p *program) greet(h *hotline, dir string) {
	kept := "nothing is kept when you stop it"
	if dir != "" {
		kept = "everything is kept in " + filepath.Clean(dir)
	}
	fmt.Fprintf(p.out, `Hotline is running: %s   (Ctrl-C stops it; %s)

Try this:
  1. As Emma Olsen (customer), write in #fjord-support: Payments return 502 since 10:40
  2. Switch (top left) to whoever the receipt in the thread says has been called;
     under Hotline on the left, press Acknowledge.
  3. Resolve it, switch back to Emma, and press "Yes, it works".
  4. Let a machine report: curl -d '{"summary":"Disk is full on db-2","severity":2}' %s

`, h.url, kept, h.tryHook())
}

func newLogger(w io.Writer, cfg *config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(strings.ToUpper(cfg.Log.Level))); err != nil {
		level = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "json" {
		return slog.New(redacting{slog.NewJSONHandler(w, opts), cfg.Secrets()})
	}
	return slog.New(redacting{slog.NewTextHandler(w, opts), cfg.Secrets()})
}

// redacting hides the secrets of the configuration wherever they turn up in a log
// line.
type redacting struct {
	slog.Handler
	secrets []string
}

// Handle hides secrets in the message and in every attribute.
func (r redacting) Handle(ctx context.Context, rec slog.Record) error {
	clean := slog.NewRecord(rec.Time, rec.Level, r.hide(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(r.attr(a))
		return true
	})
	return r.Handler.Handle(ctx, clean)
}

// WithAttrs keeps hiding below With.
func (r redacting) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = r.attr(a)
	}
	return redacting{r.Handler.WithAttrs(clean), r.secrets}
}

// WithGroup keeps hiding below WithGroup.
func (r redacting) WithGroup(name string) slog.Handler {
	return redacting{r.Handler.WithGroup(name), r.secrets}
}

func (r redacting) attr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, r.hide(v.String()))
	case slog.KindAny:
		return slog.String(a.Key, r.hide(fmt.Sprint(v.Any())))
	case slog.KindGroup:
		group := make([]slog.Attr, 0, len(v.Group()))
		for _, inner := range v.Group() {
			group = append(group, r.attr(inner))
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(group...)}
	default:
		return a
	}
}

func (r redacting) hide(s string) string {
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, "[secret]")
	}
	return s
}

func runBackup(ctx context.Context, p *program) int {
	fs := p.flags("backup")
	path := fs.String("config", "config.yaml", "the configuration `file`")
	verify := fs.Bool("verify", false, "look the copy through before saying that it is there")
	if code, ok := p.parse(fs, 1); !ok {
		return code
	}
	if fs.NArg() != 1 {
		fmt.Fprintln(p.errOut, "hotline backup: say which file to write")
		return exitUsage
	}
	cfg, ok := p.load(*path)
	if !ok {
		return exitFailed
	}
	if err := backup(ctx, cfg, fs.Arg(0), *verify); err != nil {
		return p.fail(err)
	}
	fmt.Fprintln(p.out, "written:", fs.Arg(0))
	return exitOK
}

func runCheck(ctx context.Context, p *program) int {
	fs := p.flags("check")
	path := fs.String("config", "config.yaml", "the configuration `file`")
	online := fs.Bool("online", false, "also ask the platforms whether tokens, scopes and channels are right")
	if code, ok := p.parse(fs, 0); !ok {
		return code
	}
	cfg, problems := config.Load(*path, p.env.lookup)
	for _, problem := range problems {
		fmt.Fprintln(p.out, problem)
	}
	if cfg == nil {
		return exitProblems
	}
	weak := config.Check(cfg, time.Now())
	if _, err := vocabulary(cfg); err != nil {
		weak = append(weak, config.Problem{File: *path, Say: explain(err)})
	}
	for _, problem := range weak {
		fmt.Fprintln(p.out, problem)
	}
	found := len(weak)
	if *online {
		for _, s := range checkOnline(ctx, cfg) {
			fmt.Fprintln(p.out, s)
			found++
		}
	}
	if found > 0 {
		return exitProblems
	}
	fmt.Fprintf(p.out, "%s is fine: %d people, %d schedules, %d policies, %d channels\n", *path,
		len(cfg.Org.People), len(cfg.Org.Schedules), len(cfg.Org.Policies), len(cfg.Org.Channels))
	return exitOK
}
