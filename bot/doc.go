// Package bot is the hotline itself: cases and what may happen to them, the desk
// that performs commands, and the engine that receives, fires timers and sends. It
// knows no chat platform, no SQL and no HTTP.
//
// What it promises is written in docs/design.md, section 5. In short: an event is
// stored before it is receipted and counts once; an acknowledgement is final; what
// is to be said is stored in the transaction that causes it, sent at least once,
// and marked when it may be a repeat; internal text never reaches a customer.
//
// [Decide] is the rule book, a pure function of a case, a command, an actor and a
// [World]. [Desk] wraps it in one store transaction. [Engine] is everything that
// waits: workers for inbound events, the timer loop, the sender and the sweeper.
package bot
