package discordtest

import (
	"fmt"
	"slices"
	"strings"
)

// Person is somebody who uses the server with Discord's own client. What a
// person does happens at once; the bot hears of it by the gateway.
type Person struct {
	User
	// Locale is the language of the client, such as "en-US" or "zh-CN".
	Locale string

	s *Server
}

// Upload is a file that a person attaches.
type Upload struct {
	Name string
	Type string
	Data []byte
}

// Mention is the text that mentions the bot.
func (s *Server) Mention() string { return "<@" + s.bot.ID + ">" }

// Post writes a message into a channel or thread and returns it. It fails when
// the person cannot see the channel.
func (p *Person) Post(channel, text string, files ...Upload) (Message, error) {
	return p.post(channel, text, nil, files)
}

// Reply answers a message of the same channel.
func (p *Person) Reply(channel, to, text string) (Message, error) {
	return p.post(channel, text, &Reference{MessageID: to, ChannelID: channel}, nil)
}

func (p *Person) post(channel, text string, ref *Reference, files []Upload) (Message, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, err := p.channel(channel)
	if err != nil {
		return Message{}, err
	}
	var ups []upload
	for _, f := range files {
		ups = append(ups, upload{"", f.Name, f.Type, f.Data})
	}
	m := &Message{Author: p.User, Content: text, Attachments: p.s.attach(ups)}
	if ref != nil {
		m.Type, m.Reference = 19, ref
	}
	p.s.ping(m, nil)
	p.s.add(ch, m)
	return m.copy(), nil
}

// channel finds a channel that the person can see. The lock is held.
func (p *Person) channel(id string) (*channel, error) {
	ch := p.s.channels[id]
	if ch == nil {
		return nil, fmt.Errorf("no channel %s", id)
	}
	if !p.s.sees(p.ID, ch) {
		return nil, fmt.Errorf("%s cannot see %s", p.Username, ch.Name)
	}
	return ch, nil
}

// message finds a message that the person can see. The lock is held.
func (p *Person) message(channel, id string) (*channel, *Message, error) {
	ch, err := p.channel(channel)
	if err != nil {
		return nil, nil, err
	}
	m := ch.find(id)
	if m == nil || m.onlyFor != "" && m.onlyFor != p.ID {
		return nil, nil, fmt.Errorf("%s sees no message %s", p.Username, id)
	}
	return ch, m, nil
}

// Edit changes the text of one of the person's own messages.
func (p *Person) Edit(channel, id, text string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m, err := p.message(channel, id)
	if err != nil {
		return err
	}
	if m.Author.ID != p.ID {
		return fmt.Errorf("the message is not %s's own", p.Username)
	}
	now := stamp(p.s.now())
	m.Content, m.EditedTimestamp, m.edits = text, &now, m.edits+1
	p.s.announce("MESSAGE_UPDATE", ch, m)
	return nil
}

// Delete takes back a message: the person's own, or any as a moderator.
func (p *Person) Delete(channel, id string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m, err := p.message(channel, id)
	if err == nil {
		p.s.erase(ch, m)
	}
	return err
}

// React puts an emoji on a message.
func (p *Person) React(channel, id, emoji string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m, err := p.message(channel, id)
	if err == nil {
		p.s.react(ch, m, p.ID, emoji)
	}
	return err
}

// Unreact takes an emoji off again.
func (p *Person) Unreact(channel, id, emoji string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m, err := p.message(channel, id)
	if err == nil {
		p.s.unreact(ch, m, p.ID, emoji)
	}
	return err
}

// StartThread opens a public thread on a message, as people do themselves.
func (p *Person) StartThread(channel, id, name string) (string, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m, err := p.message(channel, id)
	if err != nil {
		return "", err
	}
	th := p.s.newThread(ch, &threadDraft{Name: name}, m.ID, PublicThread)
	th.OwnerID = p.ID
	p.s.dispatch("THREAD_CREATE", th.Channel, p.s.audience(th, intentGuilds))
	return th.ID, nil
}

// Direct is the id of the person's direct channel with the bot.
func (p *Person) Direct() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.direct(p.ID).ID
}

// CanSee reports whether the person sees a channel or thread.
func (p *Person) CanSee(channel string) bool {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	_, err := p.channel(channel)
	return err == nil
}

// Sees lists what the person reads in a channel, oldest first: what everybody
// sees, and ephemeral messages for them alone.
func (p *Person) Sees(channel string) []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, err := p.channel(channel)
	if err != nil {
		return nil
	}
	var out []Message
	for _, m := range ch.messages {
		if m.onlyFor == "" || m.onlyFor == p.ID {
			out = append(out, m.copy())
		}
	}
	return out
}

// Slash uses a slash command. args holds the options by name; as the client does,
// it refuses unknown commands and options and missing required ones.
func (p *Person) Slash(channel, name string, args map[string]string) (*Interaction, error) {
	it, data, err := p.command(channel, name, args, "")
	if err != nil {
		return nil, err
	}
	it.kind = kindCommand
	p.s.begin(it, p, data)
	return it, nil
}

// Complete types a prefix into an option and asks for choices.
func (p *Person) Complete(channel, name, option, prefix string) (*Interaction, error) {
	it, data, err := p.command(channel, name, map[string]string{option: prefix}, option)
	if err != nil {
		return nil, err
	}
	it.kind = kindAutocomplete
	p.s.begin(it, p, data)
	return it, nil
}

// command prepares a command; focused names the option being typed, if any.
func (p *Person) command(channel, name string, args map[string]string, focused string) (*Interaction, map[string]any, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, err := p.channel(channel)
	if err != nil {
		return nil, nil, err
	}
	c, ok := p.s.command(name, 1)
	if !ok {
		return nil, nil, fmt.Errorf("no command /%s is registered", name)
	}
	options := []map[string]any{}
	for _, o := range c.Options {
		v, given := args[o.Name]
		if !given && o.Required && focused == "" {
			return nil, nil, fmt.Errorf("/%s needs %s", name, o.Name)
		}
		if !given {
			continue
		}
		if len(o.Choices) > 0 && !slices.ContainsFunc(o.Choices, func(c Choice) bool { return c.Value == v }) {
			return nil, nil, fmt.Errorf("/%s: %q is no choice of %s", name, v, o.Name)
		}
		opt := map[string]any{"type": o.Type, "name": o.Name, "value": v}
		if o.Name == focused {
			if !o.Autocomplete {
				return nil, nil, fmt.Errorf("/%s: %s does not complete", name, o.Name)
			}
			opt["focused"] = true
		}
		options = append(options, opt)
	}
	for k := range args {
		if !slices.ContainsFunc(c.Options, func(o CommandOption) bool { return o.Name == k }) {
			return nil, nil, fmt.Errorf("/%s has no option %s", name, k)
		}
	}
	data := map[string]any{"id": c.ID, "name": c.Name, "type": 1, "options": options}
	if c.GuildID != "" {
		data["guild_id"] = c.GuildID
	}
	return &Interaction{channel: ch}, data, nil
}

// OnMessage uses an action of the menu of a message.
func (p *Person) OnMessage(channel, id, name string) (*Interaction, error) {
	it, data, err := p.onMessage(channel, id, name)
	if err != nil {
		return nil, err
	}
	p.s.begin(it, p, data)
	return it, nil
}

func (p *Person) onMessage(channel, id, name string) (*Interaction, map[string]any, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m, err := p.message(channel, id)
	if err != nil {
		return nil, nil, err
	}
	c, ok := p.s.command(name, 3)
	if !ok {
		return nil, nil, fmt.Errorf("no message action %q is registered", name)
	}
	return &Interaction{kind: kindCommand, channel: ch}, map[string]any{
		"id": c.ID, "name": c.Name, "type": 3, "target_id": id,
		"resolved": map[string]any{"messages": map[string]any{id: m.copy()}},
	}, nil
}

// Click presses the button with a label on a message.
func (p *Person) Click(channel, id, label string) (*Interaction, error) {
	return p.component(channel, id, func(m *Message) (map[string]any, error) {
		for _, b := range m.Buttons() {
			if strings.Contains(b.Label, label) && b.Style != 5 && !b.Disabled {
				return map[string]any{"custom_id": b.CustomID, "component_type": 2, "id": 2}, nil
			}
		}
		return nil, fmt.Errorf("no button %q on %q", label, m.Text())
	})
}

// Press sends a custom id as if a button had it: a stale or forged one.
func (p *Person) Press(channel, id, customID string) (*Interaction, error) {
	return p.component(channel, id, func(*Message) (map[string]any, error) {
		return map[string]any{"custom_id": customID, "component_type": 2, "id": 2}, nil
	})
}

// Select picks the option with a label in a select of a message.
func (p *Person) Select(channel, id, label string) (*Interaction, error) {
	return p.component(channel, id, func(m *Message) (map[string]any, error) {
		for _, c := range m.Selects() {
			for _, o := range c.Options {
				if strings.Contains(o.Label, label) {
					return map[string]any{"custom_id": c.CustomID, "component_type": 3, "id": 3, "values": []string{o.Value}}, nil
				}
			}
		}
		return nil, fmt.Errorf("no option %q on %q", label, m.Text())
	})
}

func (p *Person) component(channel, id string, data func(*Message) (map[string]any, error)) (*Interaction, error) {
	p.s.mu.Lock()
	ch, m, err := p.message(channel, id)
	var d map[string]any
	if err == nil {
		d, err = data(m)
	}
	p.s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	it := &Interaction{kind: kindComponent, channel: ch, source: m}
	p.s.begin(it, p, d)
	return it, nil
}

// Submit fills a form in, by the custom ids of its inputs, and sends it off. As
// the client does, it refuses missing required values and those too long.
func (p *Person) Submit(channel string, m Modal, values map[string]string) (*Interaction, error) {
	p.s.mu.Lock()
	ch, err := p.channel(channel)
	p.s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	var comps []map[string]any
	for _, c := range m.Components {
		if c.Type == 10 {
			continue // a text between the fields
		}
		in := c
		if c.Component != nil {
			in = *c.Component
		} else if len(c.Components) > 0 {
			in = c.Components[0]
		}
		filled, err := fillIn(in, values)
		if err != nil {
			return nil, err
		}
		if c.Component != nil {
			comps = append(comps, map[string]any{"type": c.Type, "id": 1, "component": filled})
		} else {
			comps = append(comps, map[string]any{"type": 1, "id": 1, "components": []any{filled}})
		}
	}
	it := &Interaction{kind: kindSubmit, channel: ch, source: m.on}
	p.s.begin(it, p, map[string]any{"custom_id": m.CustomID, "components": comps})
	return it, nil
}

func fillIn(in Component, values map[string]string) (map[string]any, error) {
	v, given := values[in.CustomID]
	if !given {
		v = in.Value
	}
	required := in.Required == nil || *in.Required
	switch {
	case required && v == "":
		return nil, fmt.Errorf("field %s is required", in.CustomID)
	case in.MaxLength > 0 && units(v) > in.MaxLength:
		return nil, fmt.Errorf("field %s is longer than %d", in.CustomID, in.MaxLength)
	}
	out := map[string]any{"type": in.Type, "custom_id": in.CustomID, "id": 2}
	if in.Type != 3 {
		out["value"] = v
		return out, nil
	}
	picked := []string{}
	if v != "" {
		if !slices.ContainsFunc(in.Options, func(o Option) bool { return o.Value == v }) {
			return nil, fmt.Errorf("field %s has no option %q", in.CustomID, v)
		}
		picked = append(picked, v)
	}
	out["values"] = picked
	return out, nil
}
