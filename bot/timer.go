package bot

import "time"

// TimerKind says what is due.
type TimerKind string

// The kinds of timer. A case has at most one of each kind and key.
const (
	TimerStep      TimerKind = "step"       // the next step of the policy; Key is the generation
	TimerAck       TimerKind = "ack"        // acknowledged, then silence
	TimerSnooze    TimerKind = "snooze"     // the snooze ends
	TimerAutoClose TimerKind = "auto_close" // resolved and unanswered
	TimerClock     TimerKind = "clock"      // a clock warns or runs out; Key names it
	TimerSuggest   TimerKind = "suggest"    // look the knowledge base up
	TimerHandover  TimerKind = "handover"   // no case: a shift changes; Key is the schedule
	TimerSweep     TimerKind = "sweep"      // no case: look for cases nobody has
	TimerHold      TimerKind = "hold"       // a maintenance window ends
	TimerDraft     TimerKind = "draft"      // draft an article from the resolution
	TimerReleased  TimerKind = "cooldown"   // flap damping: the alarm stayed quiet
)

// Timer is a stored due instant. The engine wakes at the earliest; after downtime
// a timer fires once, however late.
type Timer struct {
	ID   int64 // given by the store
	Kind TimerKind
	Case int64 // 0 for the hotline's own
	Key  string
	Due  time.Time
	// Gen is the generation of the case it was set for; 0 fires whatever it is.
	Gen int
}
