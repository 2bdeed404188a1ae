package discordtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// callback checks the first answer of an interaction.
func (k *checker) callback(body []byte) {
	var d struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if !k.decode(body, &d) {
		return
	}
	switch d.Type {
	case answerMessage, answerUpdate:
		k.message(d.Data, 2000)
	case answerChoices:
		k.suggestions(d.Data)
	case answerModal:
		k.modal(d.Data)
	}
}

func (k *checker) suggestions(data []byte) {
	var d struct {
		Choices []Choice `json:"choices"`
	}
	if !k.decode(data, &d) {
		return
	}
	k.count("choices", len(d.Choices), 25)
	for i, c := range d.Choices {
		k.length(fmt.Sprintf("choices[%d].name", i), c.Name, 1, 100)
		k.length(fmt.Sprintf("choices[%d].value", i), fmt.Sprint(c.Value), 1, 100)
	}
}

func (k *checker) modal(data []byte) {
	var m Modal
	if !k.decode(data, &m) {
		return
	}
	k.length("custom_id", m.CustomID, 1, 100)
	k.length("title", m.Title, 1, 45)
	if len(m.Components) == 0 || len(m.Components) > 5 {
		k.add("components: a form holds 1 to 5, this one %d", len(m.Components))
	}
	ids := map[string]bool{}
	for i, in := range m.Inputs() {
		at := fmt.Sprintf("components[%d]", i)
		k.length(at+".label", in.Label, 1, 45)
		k.length(at+".custom_id", in.CustomID, 1, 100)
		if ids[in.CustomID] {
			k.add("%s: custom_id %q is used twice", at, in.CustomID)
		}
		ids[in.CustomID] = true
		k.input(at, in)
	}
	for i, c := range m.Components {
		k.length(fmt.Sprintf("components[%d].description", i), c.Description, 0, 100)
	}
}

func (k *checker) input(at string, in Component) {
	switch in.Type {
	case 4:
		most := or(in.MaxLength, 4000)
		k.count(at+".max_length", in.MaxLength, 4000)
		k.length(at+".placeholder", in.Placeholder, 0, 100)
		k.length(at+".value", in.Value, 0, most)
		if in.Style != 1 && in.Style != 2 {
			k.add("%s.style: must be 1 or 2", at)
		}
	case 3:
		k.choices(at, in)
	default:
		k.add("%s: type %d is not expected in a form", at, in.Type)
	}
}

// commandName is Discord's own expression for names of slash commands.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}]{1,32}$`)

// commands checks a bulk overwrite.
func (k *checker) commands(body []byte) {
	var cs []Command
	if !k.decode(body, &cs) {
		return
	}
	count := map[int]int{}
	seen := map[string]bool{}
	for _, c := range cs {
		c.Type = or(c.Type, 1)
		count[c.Type]++
		key := fmt.Sprint(c.Type, " ", c.Name)
		if seen[key] {
			k.add("command %q is registered twice", c.Name)
		}
		seen[key] = true
		k.command(c)
	}
	k.count("slash commands", count[1], 100)
	k.count("user actions", count[2], 5)
	k.count("message actions", count[3], 5)
}

func (k *checker) command(c Command) {
	at := "command " + c.Name
	if c.Type != 1 {
		k.length(at+".name", c.Name, 1, 32)
		if c.Description != "" || len(c.Options) > 0 {
			k.add("%s: an action on a message has no description and no options", at)
		}
		return
	}
	k.names(at, c.Name, c.NameLocalizations)
	k.descriptions(at, c.Description, c.DescriptionLocalizations)
	k.options(at, c.Options)
	total := units(c.Name) + units(c.Description)
	for _, o := range c.Options {
		total += units(o.Name) + units(o.Description)
		for _, ch := range o.Choices {
			total += units(ch.Name) + units(fmt.Sprint(ch.Value))
		}
	}
	k.count(at+" characters", total, 8000)
}

func (k *checker) names(at, name string, locals map[string]string) {
	for _, n := range append([]string{name}, values(locals)...) {
		if !commandName.MatchString(n) || strings.ToLower(n) != n {
			k.add("%s: name %q is invalid", at, n)
		}
	}
	k.locales(at, locals)
}

func (k *checker) descriptions(at, text string, locals map[string]string) {
	for _, n := range append([]string{text}, values(locals)...) {
		k.length(at+".description", n, 1, 100)
	}
	k.locales(at, locals)
}

func values(m map[string]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// locales are those of Discord's reference that start with English or Chinese;
// others are known to Discord but not expected from this bot.
var locales = []string{"en-GB", "en-US", "zh-CN", "zh-TW"}

func (k *checker) locales(at string, m map[string]string) {
	for l := range m {
		if !slices.Contains(locales, l) {
			k.add("%s: locale %q is unknown", at, l)
		}
	}
}

func (k *checker) options(at string, os []CommandOption) {
	k.count(at+".options", len(os), 25)
	optional := false
	for _, o := range os {
		k.names(at+"."+o.Name, o.Name, o.NameLocalizations)
		k.descriptions(at+"."+o.Name, o.Description, o.DescriptionLocalizations)
		if o.Required && optional {
			k.add("%s.%s: required options come before optional ones", at, o.Name)
		}
		optional = optional || !o.Required
		k.count(at+"."+o.Name+".choices", len(o.Choices), 25)
		if o.Autocomplete && len(o.Choices) > 0 {
			k.add("%s.%s: autocomplete and choices exclude each other", at, o.Name)
		}
		for _, ch := range o.Choices {
			k.length(at+"."+o.Name+".choices.name", ch.Name, 1, 100)
			k.length(at+"."+o.Name+".choices.value", fmt.Sprint(ch.Value), 0, 100)
		}
	}
}
