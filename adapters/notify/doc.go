// Package notify reaches people outside of chat: by signed webhook, mail, push
// through an ntfy server, SMS and phone call through Twilio or a server that
// speaks like it, and any other service that shoutrrr knows. Each is a
// [chat.Adapter] whose accounts are addresses: a URL, a mail address, a topic, a
// phone number, the id of a service.
//
// They send and do not edit: Send answers Never with [chat.ReasonNoWay] for an
// edit, and returns no message reference, so that the core asks for none. Text
// messages and key presses during a call come back as events.
//
// # Honest results
//
// A request that never left is Retry, one that left without an answer Unknown, a
// refusal that will not change Never. Redirects are followed only on the same host
// and only where the method stays. Every attempt has a time limit.
//
// # Where requests may go
//
// Webhook addresses are set by the operator or by responders, and may lead
// anywhere, this machine and private networks included, because self-hosted
// receivers live there. Hotline never shows anybody what a receiver answered; only
// the status decides. Whoever must keep responders from reaching inner services
// closes that with a firewall or an HTTP proxy (HTTPS_PROXY is honoured).
package notify
