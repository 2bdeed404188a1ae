package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"hotline/adapters/web"
	"hotline/bot"
	"hotline/bot/chat"
)

// connect makes the adapters that the configuration asks for.
func (h *hotline) connect() error {
	if h.cfg.Web.Enabled {
		h.web = web.New(web.Config{
			Board: h.store, Channels: h.webChannels, Users: h.webUsers, Demo: h.demo, Verbs: h.cmds.Verbs(), BaseURL: h.url,
			Name: h.cfg.Org.Name, Secret: h.cfg.Org.LinkKey, Files: webFiles{h}, Once: usedLinks{h}, Log: h.log,
			Read:    func(ctx context.Context, refs []chat.MessageRef) error { return h.engine.Read(ctx, refs) },
			Tickets: pages{h}, Queue: pages{h}, OnCall: pages{h}, Fairness: pages{h}, Articles: pages{h}, Trust: pages{h}, Health: pages{h},
		})
	}
	chats, err := h.chatAdapters()
	if err != nil {
		return err
	}
	h.others = append(h.others, chats...)
	list, err := h.notifiers()
	if err != nil {
		return err
	}
	h.others = append(h.others, list...)
	h.hooks = h.newHooks()
	return nil
}

// adapters lists everything that is connected.
func (h *hotline) adapters() []chat.Adapter {
	list := slices.Clone(h.others)
	if h.web != nil {
		list = append(list, h.web)
	}
	return list
}

// webChannels are the mapped channels of the platform "web".
func (h *hotline) webChannels() []web.Channel {
	w := h.desk.Snapshot()
	var list []web.Channel
	for _, c := range w.Org.Channels {
		if c.Place.Platform != web.Platform {
			continue
		}
		list = append(list, web.Channel{ID: c.Place.Channel, Name: c.Name, Audience: c.Audience,
			Members: func(user string) bool { return mayRead(w, c, user) }})
	}
	return list
}

// mayRead reports whether a user of the workspace may see a channel: the people of
// the hotline all of them, customers their own.
func mayRead(w bot.World, c bot.Channel, user string) bool {
	p, ok := w.PersonOf(chat.Principal{Platform: web.Platform, User: user})
	return ok && (p.Role.Staff() || c.Audience.IsCustomer() && p.Customer == c.Customer)
}

// webUsers are the people with an account on the platform "web".
func (h *hotline) webUsers() []web.User {
	w := h.desk.Snapshot()
	var list []web.User
	for _, p := range w.Org.People {
		for _, a := range p.Accounts {
			if a.Platform != web.Platform {
				continue
			}
			u := web.User{ID: a.User, Name: p.Name, Lang: p.Lang, Role: string(p.Role), Label: roleLabel(w, p)}
			for _, t := range h.cfg.Web.Users {
				if t.Person == p.ID {
					u.TokenHash = hashToken(t.Token.Reveal())
				}
			}
			list = append(list, u)
		}
	}
	return list
}

// roleLabel is the line below a name: the customer's name, or what the person is
// doing in the hotline.
func roleLabel(w bot.World, p bot.Person) string {
	if c, ok := w.Org.Customer(p.Customer); ok {
		return c.Name
	}
	for _, s := range w.Org.Schedules {
		if slices.Contains(w.OnCall(s.ID), p.ID) {
			return onCallWords.In(p.Lang, s.Name)
		}
	}
	return string(p.Role)
}

// routes mounts everything that is served.
func (h *hotline) routes() {
	h.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	h.mux.HandleFunc("GET /readyz", h.serveReady)
	h.mux.Handle("GET /metrics", h.metrics.handler())
	h.mux.HandleFunc("GET /a/{token}", h.showAck)
	h.mux.HandleFunc("POST /a/{token}", h.takeAck)
	h.mux.HandleFunc("GET /feeds/{token}", h.serveFeed)
	h.hooks.Mount(h.mux)
	for _, a := range h.adapters() {
		if m, ok := a.(chat.HTTPAdapter); ok {
			m.Mount(h.mux, h.engine)
		}
	}
}
