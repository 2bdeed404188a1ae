// Package adaptertest is the conformance suite of chat adapters: the journeys of
// docs/design.md, written once as stories and acted out on every platform against
// the real hotline (real store, desk, commands, engine) and a server that speaks
// the platform's real wire.
//
// An adapter's test implements [Driver] on its fake server and calls [Run].
package adaptertest

import (
	"hotline/bot/chat"
)

// Driver acts as people do on one platform. Methods fail the test when the
// platform refuses what a person does; they return as soon as the platform has
// taken it, not when the bot has answered.
type Driver interface {
	// Adapter connects to the driver's server. The suite runs it.
	Adapter() chat.Adapter
	// Ready blocks until the adapter is connected.
	Ready()
	// Account is the account of a person of the house ([House]) on this platform.
	Account(person string) chat.Principal
	// Channel is the place of a channel of the house, by its name.
	Channel(name string) chat.Place
	// As acts as a person.
	As(person string) Person
	// Redeliver delivers the last message that was posted once more, as the platform
	// does after a lost acknowledgement. It reports false where that cannot happen.
	Redeliver() bool
	// Drop cuts the connection and keeps the bot away; people go on writing. Return
	// lets it come back. They report false where there is no connection.
	Drop() bool
	Return()
}

// Person is somebody at their keyboard.
type Person interface {
	// Post writes in a channel, or in a thread when place.Thread is set.
	Post(place chat.Place, text string) chat.MessageRef
	// Direct writes to the bot in a direct conversation.
	Direct(text string) chat.MessageRef
	Edit(ref chat.MessageRef, text string)
	Delete(ref chat.MessageRef)
	React(ref chat.MessageRef, emoji string)
	// Command runs a slash command: verb "report", args "payments fail".
	Command(place chat.Place, verb, args string)
	// Mention addresses the bot in a place: "@hotline ack F-10427".
	Mention(place chat.Place, text string) chat.MessageRef
	// Click presses the button with that label on a message, folded ones included.
	Click(m Message, label string)
	// Form is the form that is open for the person; ok is false when none is.
	Form() (f Form, ok bool)
	// Submit sends the open form with values by field name.
	Submit(values map[string]string)
	// See is what the person sees in a channel or thread, oldest first, private
	// answers to them included, deleted messages left out.
	See(place chat.Place) []Message
	// Inbox is the direct conversation with the bot, oldest first.
	Inbox() []Message
	// Shortcut uses an action on a message; false where there is none.
	Shortcut(ref chat.MessageRef, verb string) bool
}

// Message is a message as a person sees it.
type Message struct {
	Ref     chat.MessageRef
	FromBot bool
	// Text is everything that can be read: text, card, fields, items.
	Text string
	// Buttons are the labels that can be pressed, folded ones included.
	Buttons []string
	// Private says that only this person sees it.
	Private bool
}

// Form is an open form as a person sees it.
type Form struct {
	Title  string
	Fields []string // names
	// Errors are shown beside fields.
	Errors map[string]string
}
