package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hotline/adapters/web"
	"hotline/bot"
	"hotline/bot/config"
)

// loginLife is how long a login link that an administrator makes can be used.
const loginLife = 24 * time.Hour

// runLogin makes a link that logs one person into the workspace, once.
func runLogin(ctx context.Context, p *program) int {
	fs := p.flags("login")
	path := fs.String("config", "config.yaml", "the configuration `file`")
	if code, ok := p.parse(fs, 1); !ok {
		return code
	}
	if fs.NArg() != 1 {
		fmt.Fprintln(p.errOut, "hotline login: say for whom: the id of a person of the configuration")
		return exitUsage
	}
	cfg, ok := p.load(*path)
	if !ok {
		return exitFailed
	}
	link, err := loginLink(ctx, cfg, fs.Arg(0))
	if err != nil {
		return p.fail(err)
	}
	fmt.Fprintf(p.out, "%s\n\nIt works once, within 24 hours.\n", link)
	return exitOK
}

func loginLink(ctx context.Context, cfg *config.Config, person string) (string, error) {
	p, ok := cfg.Org.Person(person)
	account := ""
	for _, a := range p.Accounts {
		if a.Platform == web.Platform {
			account = a.User
		}
	}
	if !ok || account == "" {
		return "", &bot.UserError{Code: bot.ErrNotFound, Say: fmt.Sprintf("nobody with a web account is called %q", person),
			Hint: "Use the id of a person under people in the configuration."}
	}
	key := cfg.HTTP.LinkKey.Reveal()
	if key == "" {
		var err error
		if key, err = storedKey(ctx, cfg); err != nil {
			return "", err
		}
	}
	base := cfg.HTTP.BaseURL
	if base == "" {
		base = "http://" + cfg.HTTP.Addr
	}
	return web.LoginLink([]byte(key), base, account, time.Now().Add(loginLife)), nil
}

// storedKey reads the key that the server made for itself. While the server runs its
// database is its own, so http.link_key must be set then.
func storedKey(ctx context.Context, cfg *config.Config) (string, error) {
	s, err := openStore(ctx, cfg)
	if err != nil {
		return "", &bot.UserError{Code: bot.ErrUnavailable, Say: "the key that signs links cannot be read: " + explain(err),
			Hint: "Set http.link_key in the configuration (32 bytes or more, from the environment) to make links while the server runs.", Err: err}
	}
	h := &hotline{cfg: cfg, store: s}
	key, err := h.keptKey(ctx)
	return key, errors.Join(err, s.Close())
}
