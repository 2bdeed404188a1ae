package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"hotline/bot"
)

// timerDeadman is the stored timer by which the hotline reports that it works. That
// it fires shows that the store takes writes and that the timer loop runs.
const timerDeadman bot.TimerKind = "deadman"

// deadman asks the address of a watching service as long as the whole loop works:
// timers are stored and fire, the store takes a write, and nothing that is due has
// waited long in the outbox. When one of them fails it keeps silent, and the
// service raises the alarm.
type deadman struct {
	h      *hotline
	url    string
	every  time.Duration
	client *http.Client
	asks   chan struct{} // capacity one: ask now
	oldest func() time.Duration
}

// newDeadman makes the reporter; nil when it is switched off.
func newDeadman(h *hotline) *deadman {
	set := h.cfg.Notify.Deadman
	if set.URL.IsZero() {
		return nil
	}
	return &deadman{h: h, url: set.URL.Reveal(), every: set.Every.Std(), client: &http.Client{Timeout: h.cfg.Notify.Timeout.Std()}, asks: make(chan struct{}, 1),
		oldest: func() time.Duration {
			_, oldest := h.engine.Waiting()
			return oldest
		}}
}

// start makes the timer due now and asks until ctx ends.
func (d *deadman) start(ctx context.Context) error {
	err := d.h.store.Do(ctx, func(tx bot.Tx) error {
		return tx.SetTimer(bot.Timer{Kind: timerDeadman, Due: tx.Now()})
	})
	if err != nil {
		return err
	}
	go func() {
		for {
			select {
			case <-d.asks:
				if err := d.ask(ctx); err != nil && ctx.Err() == nil {
					d.h.log.Warn("the watching service was not reached", "setting", "notify.deadman.url", "err", err)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return nil
}

// job is what the timer does. The request itself is made beside it, so that a slow
// service delays no other timer.
func (d *deadman) job(ctx context.Context, _ bot.Timer) (again time.Time, err error) {
	var at time.Time
	err = d.h.store.Do(ctx, func(tx bot.Tx) error {
		at = tx.Now()
		return bot.PutJSON(tx, bot.RecSetting, "deadman", at)
	})
	if err != nil {
		return again, err
	}
	again = at.Add(d.every)
	if oldest := d.oldest(); oldest > lateLetter {
		d.h.log.Warn("no report to the watching service", "oldest_letter", oldest.Round(time.Second).String())
		return again, nil
	}
	select {
	case d.asks <- struct{}{}:
	default: // the last one is still under way
	}
	return again, nil
}

func (d *deadman) ask(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return errors.New("the address cannot be used")
	}
	req.Header.Set("User-Agent", "hotline")
	resp, err := d.client.Do(req)
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err // without the address, which is a secret
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("it answered %d", resp.StatusCode)
	}
	return nil
}
