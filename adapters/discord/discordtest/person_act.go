package discordtest

import (
	"fmt"
	"slices"
	"strings"
)

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
