// Package discordtest is a local server that speaks Discord's real wire: the
// gateway over a websocket, the REST interface of version 10, interactions with
// their time limits, and attachments. A bot is pointed at [Server.URL]; a test
// acts as the people of the server through [Person].
//
// The server is strict. A request that real Discord would refuse is refused with
// the same status and code, and in addition is remembered as a problem, so that
// a test fails even when the bot hides the refusal. Bodies are checked against
// the limits written in Discord's developer documentation and, where the
// published OpenAPI document is at hand (see [FindContract]), against its schema.
//
// Faults are part of the interface: gateways that drop, refuse to resume or close
// for good, events delivered twice or out of order, rate limits, errors before
// and after the effect, tokens that run out.
//
// Opcodes, close codes, JSON error codes and limits are those of
// https://discord.com/developers/docs (read as background) and of the OpenAPI
// document of discord/discord-api-spec.
package discordtest
