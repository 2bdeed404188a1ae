// Package slack connects Hotline to Slack, by Socket Mode or by signed HTTP
// requests, with the same handlers for both.
//
// Everything goes through the base URL of [Config] and one HTTP client, so that
// any server that speaks Slack's wire can stand in; the package knows no host by
// name. Types of the Slack SDK never leave it.
//
// # Receiving
//
// The envelope of a delivery (id, kind, channel, ts, author) is read without the
// SDK, so that a payload the SDK refuses is still stored, with its raw JSON. An
// event is acknowledged after [chat.Inbox.Receive] has stored it; when it was not
// stored Slack delivers it again. Commands, buttons and forms are answered within
// Slack's three seconds whatever happens. After every (re)connect what was missed
// is read back by [chat.Inbox.Watch], beside the hot path.
//
// # Sending
//
// A 429 holds back only the method and channel it came for. An edit that a newer
// edit of the same message overtakes is left out. Before a message is sent again
// after an unknown outcome, recent history is searched for its key, which every
// message carries as metadata.
package slack
