package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"hotline/adapters/hooks"
	"hotline/adapters/web"
	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/config"
	"hotline/commands"
	"hotline/knowledge"
	"hotline/store"
)

// hotline is the assembled program.
type hotline struct {
	cfg     *config.Config
	log     *slog.Logger
	store   *store.SQLite
	desk    *bot.Desk
	engine  *bot.Engine
	shelf   *knowledge.Library
	cmds    *commands.Commands
	web     *web.Adapter
	others  []chat.Adapter
	hooks   *hooks.Handler
	deadman *deadman // nil when switched off
	mux     *http.ServeMux
	metrics *metrics
	demo    bool
	started time.Time

	listener net.Listener
	url      string
}

// openHotline opens the store and wires everything. Nothing runs yet.
func openHotline(ctx context.Context, cfg *config.Config, log *slog.Logger, demo bool) (*hotline, error) {
	h := &hotline{cfg: cfg, log: log, demo: demo, mux: http.NewServeMux(), started: time.Now()}
	listener, err := net.Listen("tcp", cfg.HTTP.Addr)
	if err != nil {
		return nil, &bot.UserError{Code: bot.ErrUnavailable, Say: fmt.Sprintf("the address %s cannot be used: %v", cfg.HTTP.Addr, err),
			Hint: "Stop the program that uses it, or choose another with --addr or http.addr."}
	}
	h.listener = listener
	h.url = "http://" + listener.Addr().String()
	if cfg.HTTP.BaseURL != "" {
		h.url = cfg.HTTP.BaseURL
	}
	if err := h.open(ctx); err != nil {
		listener.Close()
		return nil, err
	}
	return h, nil
}

func (h *hotline) open(ctx context.Context) (err error) {
	path := filepath.Join(h.cfg.Data.Dir, "hotline.db")
	if h.store, err = store.Open(ctx, path, store.Options{}); err != nil {
		return err
	}
	if err = h.wire(ctx); err != nil {
		return errors.Join(err, h.store.Close())
	}
	return nil
}

func (h *hotline) wire(ctx context.Context) error {
	if err := h.setOrganisation(ctx, h.cfg); err != nil {
		return err
	}
	desk, err := bot.NewDesk(ctx, h.store, h.cfg.Org)
	if err != nil {
		return err
	}
	h.desk = desk
	h.metrics = newMetrics(h)
	h.shelf = knowledge.NewLibrary(desk, h.log)
	words, err := vocabulary(h.cfg)
	if err != nil {
		return err
	}
	h.shelf.UseVocabulary(words)
	h.shelf.Start(ctx, indexPatience)
	if err := h.shelf.Watch(ctx); err != nil {
		return err
	}
	h.cmds = commands.New(commands.Options{Desk: desk, Search: h.shelf, Feed: h.feedURL, Clocks: bot.ExplainClocks})
	if err := h.store.View(ctx, h.cmds.Load); err != nil {
		return err
	}
	if err := h.useModel(ctx); err != nil {
		return err
	}
	if err := h.connect(); err != nil {
		return err
	}
	adapters := h.others
	if h.web != nil {
		adapters = append(adapters, h.web)
	}
	jobs := h.shelf.Jobs()
	for kind, job := range h.desk.Jobs(h.log) {
		jobs[kind] = job
	}
	if d := newDeadman(h); d != nil {
		h.deadman, jobs[timerDeadman] = d, d.job
	}
	h.engine = bot.NewEngine(bot.EngineOptions{Desk: desk, Handler: h.cmds, Adapters: adapters, Jobs: jobs, Log: h.log, Observe: h.metrics.observer()})
	h.routes()
	return nil
}

// setOrganisation completes the organisation with what only the program knows: its
// address and the key that signs links.
func (h *hotline) setOrganisation(ctx context.Context, cfg *config.Config) error {
	cfg.Org.BaseURL = h.url
	cfg.Org.Assisted = h.cfg.Model.BaseURL != "" && h.cfg.Model.Model != "" // as at start, until a restart
	key := cfg.HTTP.LinkKey.Reveal()
	if key == "" {
		var err error
		if key, err = h.keptKey(ctx); err != nil {
			return err
		}
	}
	cfg.Org.LinkKey = bot.SignKey(key)
	return nil
}

// keptKey is the key that was made once for this database.
func (h *hotline) keptKey(ctx context.Context) (string, error) {
	var key string
	err := h.store.Do(ctx, func(tx bot.Tx) error {
		rec, err := tx.Record(bot.RecSetting, "link-key")
		if err == nil {
			return json.Unmarshal(rec.Body, &key)
		}
		if !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		key = rand.Text() + rand.Text()
		return bot.PutJSON(tx, bot.RecSetting, "link-key", key)
	})
	return key, err
}

// drainWithin is how long a stop may take.
const drainWithin = 10 * time.Second

// run serves until ctx ends, then drains: no new requests, what is being handled is
// finished, and the store is closed.
func (h *hotline) run(ctx context.Context) error {
	server := &http.Server{Handler: h.mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	engineCtx, stopEngine := context.WithCancel(context.WithoutCancel(ctx))
	defer stopEngine()
	if h.deadman != nil {
		if err := h.deadman.start(engineCtx); err != nil {
			return errors.Join(err, h.close())
		}
	}
	debug.FreeOSMemory() // what the start needed and the rest does not
	var wg sync.WaitGroup
	var engineErr, serveErr error
	wg.Go(func() { engineErr = h.engine.Run(engineCtx) })
	wg.Go(func() {
		if err := server.Serve(h.listener); !errors.Is(err, http.ErrServerClosed) {
			serveErr = err
		}
	})
	<-ctx.Done()
	h.log.Info("stopping")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		server.Close()
	}
	stopEngine()
	wg.Wait()
	h.shelf.Flush()
	return errors.Join(engineErr, serveErr, h.store.Close())
}

// close gives up a hotline that was opened and not run.
func (h *hotline) close() error { return errors.Join(h.listener.Close(), h.store.Close()) }

// explain is an error as a person should read it: what is wrong and what to do.
func explain(err error) string {
	if u, ok := errors.AsType[*bot.UserError](err); ok {
		s := u.Say
		if u.Hint != "" {
			s += "\n  " + u.Hint
		}
		return s
	}
	return err.Error()
}
