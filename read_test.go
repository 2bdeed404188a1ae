package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/adapters/web"
	"hotline/adapters/web/webtest"
	"hotline/bot/config"
)

// TestAPageIsReadInTheWorkspace: whoever looked at a page there is known to have read
// it, and /why tells.
func TestAPageIsReadInTheWorkspace(t *testing.T) {
	h := runHotline(t, config.Demo(), true)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	w := h.desk.Snapshot()
	var customer, channel string
	for _, c := range w.Org.Channels {
		for _, p := range w.Org.People {
			if c.Place.Platform == web.Platform && c.Customer != "" && p.Customer == c.Customer {
				customer, channel = p.ID, c.Place.Channel
			}
		}
	}
	if _, err := webtest.New(h.url, customer).Say(ctx, channel, "", "Payments answer 502, nobody can buy"); err != nil {
		t.Fatal(err)
	}
	paged := webtest.New(h.url, w.OnCall("primary")[0])
	if err := paged.Listen(ctx); err != nil {
		t.Fatal(err)
	}
	page, err := paged.Wait(ctx, "the page", func(v web.View) bool { return strings.HasPrefix(v.Channel, "dm") && v.Case != "" })
	if err != nil {
		t.Fatal(err)
	}
	if err := paged.Call(ctx, http.MethodPost, "/api/seen", map[string]any{"channel": page.Channel, "post": page.ID}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := paged.Say(ctx, page.Channel, "", "/why "+page.Case); err != nil {
		t.Fatal(err)
	}
	if _, err := paged.Wait(ctx, "the explanation", func(v web.View) bool {
		return strings.Contains(v.Text, "web: read") || strings.Contains(v.Text, "web:已读")
	}); err != nil {
		t.Error(err)
	}
}
