package slacktest

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// node is a JSON object of a block.
type node map[string]any

func (n node) str(key string) string { s, _ := n[key].(string); return s }

func (n node) list(key string) []node {
	raw, _ := n[key].([]any)
	var out []node
	for _, v := range raw {
		m, _ := v.(map[string]any)
		out = append(out, m)
	}
	return out
}

func (n node) child(key string) node { m, _ := n[key].(map[string]any); return m }

// checker collects what is wrong with blocks.
type checker struct {
	problems []string
	ids      map[string]bool
}

func (c *checker) say(format string, a ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, a...))
}

// CheckBlocks names every breach of the published limits in the blocks of a message
// (most is 50) or a view (most is 100).
func CheckBlocks(raw []byte, most int) []string { return checkBlocks(raw, most) }

// checkBlocks applies the published limits and names every breach.
func checkBlocks(raw []byte, most int) []string {
	var list []node
	if err := json.Unmarshal(raw, &list); err != nil {
		return []string{"blocks must be an array of objects"}
	}
	c := &checker{ids: map[string]bool{}}
	if len(list) > most {
		c.say("no more than %d items allowed [json-pointer:/blocks]", most)
	}
	for i, b := range list {
		c.block(fmt.Sprintf("/blocks/%d", i), b)
	}
	return c.problems
}

func (c *checker) block(at string, b node) {
	if id := b.str("block_id"); id != "" {
		if utf8.RuneCountInString(id) > 255 {
			c.say("block_id too long %s", at)
		}
		if c.ids[id] {
			c.say("block_id %q already exists %s", id, at)
		}
		c.ids[id] = true
	}
	switch b.str("type") {
	case "section":
		c.section(at, b)
	case "header":
		c.text(at+"/text", b.child("text"), 150, true)
	case "actions":
		c.elements(at, b.list("elements"), 25)
	case "context":
		c.context(at, b)
	case "input":
		c.text(at+"/label", b.child("label"), 2000, true)
		if b.child("element") == nil {
			c.say("missing element %s", at)
		} else {
			c.element(at+"/element", b.child("element"))
		}
		if h := b.child("hint"); h != nil {
			c.text(at+"/hint", h, 2000, true)
		}
	case "divider", "rich_text", "file":
	case "image":
		if n := len(b.str("alt_text")); n == 0 || n > 2000 {
			c.say("alt_text needs 1 to 2000 characters %s", at)
		}
	default:
		c.say("unsupported type: %q %s", b.str("type"), at)
	}
}

func (c *checker) section(at string, b node) {
	text, fields := b.child("text"), b.list("fields")
	if text == nil && len(fields) == 0 {
		c.say("section needs text or fields %s", at)
	}
	if text != nil {
		c.text(at+"/text", text, 3000, false)
	}
	if len(fields) > 10 {
		c.say("no more than 10 items allowed %s/fields", at)
	}
	for i, f := range fields {
		c.text(fmt.Sprintf("%s/fields/%d", at, i), f, 2000, false)
	}
	if acc := b.child("accessory"); acc != nil {
		c.element(at+"/accessory", acc)
	}
}

func (c *checker) context(at string, b node) {
	list := b.list("elements")
	if len(list) == 0 || len(list) > 10 {
		c.say("context needs 1 to 10 elements %s", at)
	}
	for i, e := range list {
		if e.str("type") != "image" {
			c.text(fmt.Sprintf("%s/elements/%d", at, i), e, 3000, false)
		}
	}
}

func (c *checker) elements(at string, list []node, most int) {
	if len(list) == 0 || len(list) > most {
		c.say("needs 1 to %d elements %s", most, at)
	}
	ids := map[string]bool{}
	for i, e := range list {
		c.element(fmt.Sprintf("%s/elements/%d", at, i), e)
		if id := e.str("action_id"); id != "" {
			if ids[id] {
				c.say("action_id %q already exists %s", id, at)
			}
			ids[id] = true
		}
	}
}

func (c *checker) element(at string, e node) {
	if utf8.RuneCountInString(e.str("action_id")) > 255 {
		c.say("action_id too long %s", at)
	}
	switch e.str("type") {
	case "button":
		c.text(at+"/text", e.child("text"), 75, true)
		if utf8.RuneCountInString(e.str("value")) > 2000 {
			c.say("value too long %s", at)
		}
		if len(e.str("url")) > 3000 {
			c.say("url too long %s", at)
		}
		if st := e.str("style"); st != "" && st != "primary" && st != "danger" {
			c.say("unknown style %q %s", st, at)
		}
		if _, there := e["style"]; there && e.str("style") == "" {
			c.say("empty style %s", at)
		}
	case "overflow":
		c.options(at, e.list("options"), 1, 5)
	case "static_select", "radio_buttons", "checkboxes":
		most := 100
		if e.str("type") != "static_select" {
			most = 10
		}
		c.options(at, e.list("options"), 1, most)
		if p := e.child("placeholder"); p != nil {
			c.text(at+"/placeholder", p, 150, true)
		}
		if o := e.child("initial_option"); o != nil {
			c.initial(at, e, o)
		}
	case "plain_text_input":
		c.input(at, e)
	case "external_select", "users_select", "conversations_select", "datepicker", "image":
	default:
		c.say("unsupported type: %q %s", e.str("type"), at)
	}
}

func (c *checker) initial(at string, e, initial node) {
	for _, o := range e.list("options") {
		if o.str("value") == initial.str("value") && o.child("text").str("text") == initial.child("text").str("text") {
			return
		}
	}
	c.say("initial_option is none of the options %s", at)
}

func (c *checker) input(at string, e node) {
	most, _ := e["max_length"].(float64)
	if most < 0 || most > 3000 {
		c.say("max_length must be within 1 and 3000 %s", at)
	}
	if v := e.str("initial_value"); utf8.RuneCountInString(v) > 3000 || most > 0 && utf8.RuneCountInString(v) > int(most) {
		c.say("initial_value too long %s", at)
	}
	if p := e.child("placeholder"); p != nil {
		c.text(at+"/placeholder", p, 150, true)
	}
}

func (c *checker) options(at string, list []node, least, most int) {
	if len(list) < least || len(list) > most {
		c.say("needs %d to %d options %s", least, most, at)
	}
	for i, o := range list {
		where := fmt.Sprintf("%s/options/%d", at, i)
		c.text(where+"/text", o.child("text"), 75, false)
		if n := utf8.RuneCountInString(o.str("value")); n == 0 || n > 150 {
			c.say("value needs 1 to 150 characters %s", where)
		}
	}
}

// text checks a text object: its type and 1 to most characters.
func (c *checker) text(at string, t node, most int, plain bool) {
	if t == nil {
		c.say("missing text object %s", at)
		return
	}
	kind := t.str("type")
	if kind != "plain_text" && (plain || kind != "mrkdwn") {
		c.say("wrong text type %q %s", kind, at)
	}
	if n := utf8.RuneCountInString(t.str("text")); n == 0 || n > most {
		c.say("must be 1 to %d characters, is %d %s", most, n, at)
	}
}
