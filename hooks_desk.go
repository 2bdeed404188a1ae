package main

import (
	"context"
	"errors"

	"hotline/adapters/hooks"
	"hotline/adapters/notify"
	"hotline/bot"
	"hotline/bot/config"
)

// hookDesk gives the alarms of machines to the desk.
type hookDesk struct{ desk *bot.Desk }

var _ hooks.Desk = hookDesk{}

// Signal stores one alarm with its event id and all that follows, and tells the
// number of its case. What the desk will never take is refused in words.
func (d hookDesk) Signal(ctx context.Context, s hooks.Signal) (hooks.Result, error) {
	r, err := d.desk.TakeAlarm(ctx, bot.Alarm{
		EventID: s.Event(), DedupKey: s.Key(), Status: string(s.Status), Service: s.Service, Severity: bot.Severity(s.Severity),
		Summary: s.Summary, Details: s.Details, Links: s.Links, Source: s.Source,
		Customer: s.Customer, Site: s.Site, Serial: s.Serial, Lang: s.Lang, Drill: s.Drill,
	})
	if no, ok := errors.AsType[*bot.UserError](err); ok && errors.Is(no.Code, bot.ErrInvalid) {
		return hooks.Result{}, &hooks.Refused{Say: no.Say}
	}
	return hooks.Result{Number: r.Number, Created: r.Opened, Duplicate: r.Duplicate}, err
}

// newHooks makes the door for machines.
func (h *hotline) newHooks() *hooks.Handler {
	set := h.cfg.Hooks
	return hooks.New(hooks.Options{Desk: hookDesk{h.desk}, Rate: set.Rate, Burst: set.Burst, MaxBody: int64(set.MaxBody), Log: h.log}, hookServices(h.cfg))
}

// hookServices are the services that have a key.
func hookServices(cfg *config.Config) []hooks.Service {
	var list []hooks.Service
	for _, s := range cfg.Org.Services {
		if s.HookKey != "" {
			list = append(list, hooks.Service{ID: s.ID, Key: s.HookKey, Secret: s.HookSecret})
		}
	}
	return list
}

// tryHook is the address of the first hook, for the demo.
func (h *hotline) tryHook() string {
	for _, s := range hookServices(h.cfg) {
		return h.url + "/hooks/" + s.Key
	}
	return h.url
}

// delivered takes the news of a message or call that came from its provider.
func (h *hotline) delivered(ctx context.Context, d notify.Delivery) error {
	return h.engine.Delivered(ctx, d.Case, bot.Delivery{Person: d.Person, Platform: string(d.Platform), Page: d.Page, Status: d.Status, Detail: d.Detail})
}
