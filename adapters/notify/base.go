package notify

import (
	"context"
	"sync"
	"time"

	"hotline/bot/chat"
)

// The platforms of this package, as stored in contact methods.
const (
	PlatformWebhook  chat.Platform = "webhook"
	PlatformMail     chat.Platform = "mail"
	PlatformNtfy     chat.Platform = "ntfy"
	PlatformSMS      chat.Platform = "sms"
	PlatformVoice    chat.Platform = "voice"
	PlatformShoutrrr chat.Platform = "shoutrrr"
)

// defaultTimeout bounds one attempt when no other time was given.
const defaultTimeout = 10 * time.Second

// base is what all adapters of this package have in common.
type base struct {
	platform chat.Platform
	maxText  int

	mu      sync.Mutex
	health  chat.Health
	failing int // attempts in a row that failed for the provider's sake
}

func newBase(p chat.Platform, maxText int) *base {
	return &base{platform: p, maxText: maxText, health: chat.Health{State: chat.StateUp, Since: time.Now()}}
}

// Platform is the name used in stored data.
func (b *base) Platform() chat.Platform { return b.platform }

// Capabilities are few: text to one person.
func (b *base) Capabilities() chat.Capabilities {
	return chat.Capabilities{Direct: true, MaxText: b.maxText}
}

// Run waits for ctx: nothing is received by a connection of our own.
func (b *base) Run(ctx context.Context, _ chat.Inbox) error {
	<-ctx.Done()
	return nil
}

// Health is the state after the last attempts.
func (b *base) Health() chat.Health {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.health
}

// degradedAfter is how many attempts in a row must fail before health says so.
const degradedAfter = 3

// note keeps the health after an attempt. advice says what a person should look
// at.
func (b *base) note(res chat.SendResult, advice string) chat.SendResult {
	b.mu.Lock()
	defer b.mu.Unlock()
	state := chat.StateUp
	switch {
	case res.Reason == chat.ReasonDead:
		b.failing, state = degradedAfter, chat.StateFailed
	case res.Class == chat.Retry || res.Class == chat.Unknown:
		b.failing++
		if b.failing >= degradedAfter {
			state = chat.StateDegraded
		}
	default:
		b.failing = 0
	}
	if state != b.health.State {
		b.health = chat.Health{State: state, Since: time.Now()}
		if state != chat.StateUp {
			b.health.Problems = []string{advice}
		}
	}
	return res
}

// refuse is a send that will never work.
func refuse(reason string, err error) (chat.MessageRef, chat.SendResult) {
	return chat.MessageRef{}, chat.SendResult{Class: chat.Never, Reason: reason, Err: err}
}

// address gives where a send goes; ok is false when this package cannot do it.
func address(out *chat.Outgoing) (string, bool) {
	return out.To.User, out.To.User != "" && out.Edit.IsZero() && sendable(out.Intent)
}

// sendable lists the intents that make sense by mail or phone.
func sendable(i chat.Intent) bool {
	switch i {
	case chat.IntentPage, chat.IntentNotice, chat.IntentPrivate, chat.IntentReply, chat.IntentReceipt, chat.IntentCard:
		return true
	default:
		return false
	}
}
