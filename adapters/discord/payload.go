package discord

import (
	"encoding/json"

	"github.com/bwmarrin/discordgo"
)

// flagEphemeral shows a message to one person alone.
const flagEphemeral = int(discordgo.MessageFlagsEphemeral)

// body is a message as it is sent. The SDK's own shape has no nonce, and writes
// null where lists are empty.
type body struct {
	Content     string                            `json:"content"`
	Embeds      []*discordgo.MessageEmbed         `json:"embeds"`
	Components  []discordgo.MessageComponent      `json:"components"`
	Allowed     *discordgo.MessageAllowedMentions `json:"allowed_mentions"`
	Attachments []attachment                      `json:"attachments,omitzero"`
	Reference   *reference                        `json:"message_reference,omitempty"`
	Flags       int                               `json:"flags,omitempty"`
	Nonce       string                            `json:"nonce,omitempty"`
	Enforce     bool                              `json:"enforce_nonce,omitempty"`

	files []upload
}

// attachment names a file part of the same request.
type attachment struct {
	ID       string `json:"id"`
	Filename string `json:"filename"`
}

// reference makes a message an answer to another.
type reference struct {
	Message string `json:"message_id"`
	Strict  bool   `json:"fail_if_not_exists"`
}

// bare is a message of plain words that pings nobody.
func bare(text string) *body {
	return &body{
		Content: clip(escape(text), maxContent), Embeds: []*discordgo.MessageEmbed{}, Components: []discordgo.MessageComponent{},
		Allowed: nobody(),
	}
}

// nobody allows no mention at all.
func nobody() *discordgo.MessageAllowedMentions {
	return &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
}

// callback is the first answer of an interaction.
type callback struct {
	Type discordgo.InteractionResponseType `json:"type"`
	Data *callbackData                     `json:"data,omitempty"`
}

// callbackData holds a form, choices, a message, or flags alone.
type callbackData struct {
	body    *body
	form    *form
	Choices []choice
	Flags   int
}

// MarshalJSON writes the one thing that is set: a form and a message both call
// their parts "components".
func (d *callbackData) MarshalJSON() ([]byte, error) {
	switch {
	case d.form != nil:
		return json.Marshal(d.form)
	case d.Choices != nil:
		return json.Marshal(map[string][]choice{"choices": d.Choices})
	case d.body != nil:
		b := *d.body
		b.Flags = d.Flags
		return json.Marshal(b)
	default:
		return json.Marshal(map[string]int{"flags": d.Flags})
	}
}

// choice is one suggestion of a completion.
type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// privately answers with words for that person alone.
func privately(text string) callback { return privateBody(bare(text)) }

func privateBody(b *body) callback {
	return callback{
		Type: discordgo.InteractionResponseChannelMessageWithSource,
		Data: &callbackData{body: b, Flags: flagEphemeral},
	}
}
