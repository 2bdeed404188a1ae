// Package chat is the neutral model of a chat platform: what people do there
// ([Event]) and what Hotline says there ([Outgoing]), in words that belong to
// no platform.
//
// # What an adapter promises
//
// An adapter decodes what the platform delivers into an [Event] and hands it to
// [Inbox.Receive]. When Receive returns without an error the event is stored on
// disk; only then may an event whose platform redelivers it be acknowledged. A
// deferral ("thinking…") may be sent to the platform earlier. Receive answers
// with an [Answer]: a form to open at once, errors beside fields of a submitted
// form, or words for that person alone. Everything else comes later through
// [Adapter.Send].
//
// When Receive fails with an error the person is told so plainly (the text is
// [Answer.Say], which is set then too) and the platform is asked to redeliver if
// it can.
//
// # What the core promises
//
// Send is called for one Outgoing at a time per destination and in order of
// priority; it may be called for the same Outgoing again (same Key) after a
// crash, then Repeat is set. The adapter answers honestly with a [SendResult]:
// Unknown when the connection died after the request had left.
//
// The audience of a send has been checked against the destination before Send
// is called. An adapter never widens it: if it cannot keep an answer private it
// returns Never with a reason.
//
// # Text
//
// [Text] is a list of spans. Plain spans hold whatever a person typed and must be
// escaped by the renderer of the platform, so that nobody can ping a channel or
// inject markup. Times are spans too, so that a platform can show them in the
// reader's own zone.
package chat
