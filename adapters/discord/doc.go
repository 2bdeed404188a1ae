// Package discord connects Hotline to Discord.
//
// Events come by the gateway, whose connection this package supervises itself:
// it resumes, identifies anew at most [maxIdentifies] times an hour, stops at
// once when Discord closes for good, and after every READY reads back by REST
// what was said meanwhile. What happens in one channel or thread is handled in
// order; interactions are answered at once, beside that.
//
// Everything that leaves goes through one HTTP client with Discord's rate limits
// in it. Waiting for a limit can be interrupted, answers to interactions wait for
// nobody, and an edit that a newer one has overtaken is not sent.
//
// The package wraps github.com/bwmarrin/discordgo completely: its types carry
// what is sent, its session makes the plain look-ups, its function checks the
// signatures of interactions. The gateway, the rate limits and the decoding of
// what strangers wrote are ours, because the SDK reconnects for ever, sleeps
// without regard to a context, and hands half-decoded events on.
//
// Numbers without another source (lengths, counts, times, codes) are those of
// https://discord.com/developers/docs and of the OpenAPI document in the
// repository discord/discord-api-spec.
package discord
