package config

import (
	"cmp"
	"fmt"

	"hotline/bot"
	"hotline/bot/chat"
)

// modes are how messages of a channel become cases.
var modes = []string{string(bot.ModeEvery), string(bot.ModeMention), string(bot.ModeEmoji), string(bot.ModeCommand)}

func (b *builder) buildChannels() {
	places, names := map[string]string{}, map[string]string{}
	for i := range b.file.Channels {
		f := &b.file.Channels[i]
		path := at("channels", i)
		b.oneOf(join(path, "platform"), f.Platform, chatPlatforms)
		b.need(join(path, "id"), f.ID, "write the id of the channel, not its name")
		place := f.place()
		if first, twice := places[place.Key()]; twice {
			b.add(join(path, "id"), fmt.Sprintf("this channel is mapped twice (the other is %s)", first), "remove one of them")
		}
		places[place.Key()] = path
		if first, twice := names[f.name()]; twice && f.Name != "" {
			b.add(join(path, "name"), fmt.Sprintf("two channels are called %q (the other is %s)", f.Name, first), "rename one of them, because teams and policies name channels")
		}
		names[f.name()] = path
		c := bot.Channel{
			Place: place, Name: f.name(), Customer: f.Customer, Service: f.Service,
			Lang: b.lang(join(path, "lang"), f.Lang, b.langOf(f.Customer)), Audience: chat.Internal(), Mode: bot.Mode(cmp.Or(f.Mode, b.mode(f))),
		}
		if f.Customer != "" {
			c.Audience = chat.Customer()
		}
		b.checkChannel(path, f, c)
		c.Emoji = cmp.Or(f.Emoji, b.emoji(f.Platform))
		b.org.Channels = append(b.org.Channels, c)
	}
}

func (b *builder) checkChannel(path string, f *channelFile, c bot.Channel) {
	switch {
	case f.Customer != "" && f.Internal:
		b.add(join(path, "internal"), "a channel with a customer cannot be internal", "internal texts would be seen by the customer; remove one of the two")
	case f.Customer == "" && !f.Internal:
		b.add(path, "it is not said who sees this channel", "set customer: ID for a channel with a customer, or internal: true")
	}
	b.ref(join(path, "customer"), "customer", f.Customer)
	b.ref(join(path, "service"), "service", f.Service)
	b.oneOf(join(path, "mode"), string(c.Mode), modes)
	b.provider(join(path, "platform"), f.Platform)
}

// mode is the default: every message of a customer's channel is read, in an
// internal one only commands count.
func (b *builder) mode(f *channelFile) string {
	if f.Internal {
		return string(bot.ModeCommand)
	}
	return string(bot.ModeEvery)
}

func (b *builder) emoji(platform string) string {
	if platform == "discord" {
		return b.file.Discord.Emoji
	}
	return b.file.Slack.Emoji
}

func (b *builder) langOf(customer string) string {
	for _, c := range b.file.Customers {
		if c.ID == customer && c.Lang != "" {
			return c.Lang
		}
	}
	return b.file.Lang
}

func (f *channelFile) name() string { return cmp.Or(f.Name, f.ID) }

func (f *channelFile) place() chat.Place {
	return chat.Place{Platform: chat.Platform(f.Platform), Tenant: f.Tenant, Channel: f.ID}
}

// channelRef finds an internal channel by its name or id. Teams and policies may
// only name internal ones, because what they show there is internal.
func (b *builder) channelRef(path, name string) chat.Place {
	if name == "" {
		return chat.Place{}
	}
	var known []string
	for i := range b.file.Channels {
		f := &b.file.Channels[i]
		known = append(known, f.name())
		if name != f.name() && name != f.ID {
			continue
		}
		if !f.Internal {
			b.add(path, fmt.Sprintf("channel %q is seen by a customer", name), "name an internal channel")
		}
		return f.place()
	}
	b.add(path, fmt.Sprintf("there is no channel %q", name), meant(name, known))
	return chat.Place{}
}
