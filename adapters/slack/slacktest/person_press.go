package slacktest

import (
	"encoding/json"
	"maps"
	"strings"
)

// Button is something to press in blocks: a button or an entry of a menu.
type Button struct {
	Label    string
	ActionID string
	BlockID  string
	Value    string
	URL      string
	Style    string
	Menu     bool // an entry of an overflow menu
}

// buttons lists what can be pressed.
func buttons(raw json.RawMessage) []Button {
	var list []node
	_ = json.Unmarshal(raw, &list)
	var out []Button
	for _, b := range list {
		els := b.list("elements")
		if acc := b.child("accessory"); acc != nil {
			els = append(els, acc)
		}
		for _, e := range els {
			bt := Button{ActionID: e.str("action_id"), BlockID: b.str("block_id")}
			switch e.str("type") {
			case "button":
				bt.Label, bt.Value, bt.URL, bt.Style = e.child("text").str("text"), e.str("value"), e.str("url"), e.str("style")
				out = append(out, bt)
			case "overflow", "static_select":
				for _, o := range e.list("options") {
					bt.Label, bt.Value, bt.URL, bt.Menu = o.child("text").str("text"), o.str("value"), o.str("url"), true
					out = append(out, bt)
				}
			}
		}
	}
	return out
}

// Buttons lists what can be pressed on the message.
func (m Message) Buttons() []Button { return buttons(m.Blocks) }

// Buttons lists what can be pressed in the view.
func (v View) Buttons() []Button { return buttons(v.Blocks) }

// action is a press as block_actions carries it.
func (b Button) action(ts string) map[string]any {
	a := map[string]any{"action_id": b.ActionID, "block_id": b.BlockID, "action_ts": ts}
	text := map[string]any{"type": "plain_text", "text": b.Label, "emoji": true}
	if b.Menu {
		a["type"], a["selected_option"] = "overflow", map[string]any{"text": text, "value": b.Value}
	} else {
		a["type"], a["text"], a["value"] = "button", text, b.Value
	}
	return a
}

// find picks the button whose label, value or action id is want, or whose label
// holds it.
func find(list []Button, want string) (Button, bool) {
	for _, b := range list {
		if b.Label == want || b.Value == want || b.ActionID == want {
			return b, true
		}
	}
	for _, b := range list {
		if strings.Contains(b.Label, want) {
			return b, true
		}
	}
	return Button{}, false
}

// Click presses a button on a message, named by label, value or action id.
func (p *Person) Click(channel, ts, button string) Ack {
	s := p.s
	s.mu.Lock()
	ch := s.channels[channel]
	m := ch.find(ts)
	if m == nil {
		s.mu.Unlock()
		return Ack{Word: "message_not_found"}
	}
	b, ok := find(m.Buttons(), button)
	if !ok {
		s.mu.Unlock()
		return Ack{Word: "no button " + button}
	}
	pl := s.press(p, ch, m, b)
	s.mu.Unlock()
	return s.act("interactive", pl, nil)
}

func (s *Server) press(p *Person, ch *Channel, m *Message, b Button) map[string]any {
	pl := p.base("block_actions")
	pl["actions"] = []any{b.action(s.ts())}
	pl["channel"] = map[string]any{"id": ch.ID, "name": ch.Name}
	container := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": ch.ID, "is_ephemeral": m.Only != ""}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	pl["container"], pl["state"] = container, map[string]any{"values": map[string]any{}}
	if m.Only == "" {
		pl["message"] = s.copyOf(m)
	}
	pl["response_url"] = s.newHook(ch.ID, p.ID, m.TS, m.ThreadTS)
	return pl
}

// ClickAgain presses a button that was on an older form of the message, as a
// person does whose screen is behind.
func (p *Person) ClickAgain(channel, ts string, b Button) Ack {
	s := p.s
	s.mu.Lock()
	ch := s.channels[channel]
	m := ch.find(ts)
	if m == nil {
		m = &Message{TS: ts}
	}
	pl := s.press(p, ch, m, b)
	s.mu.Unlock()
	return s.act("interactive", pl, nil)
}

// ClickHome presses a button on the home tab.
func (p *Person) ClickHome(button string) Ack { return p.clickView(p.Home(), button) }

// ClickModal presses a button in the open modal.
func (p *Person) ClickModal(button string) Ack { return p.clickView(p.Modal(), button) }

func (p *Person) clickView(v View, button string) Ack {
	b, ok := find(v.Buttons(), button)
	if !ok {
		return Ack{Word: "no button " + button}
	}
	p.s.mu.Lock()
	pl := p.base("block_actions")
	pl["view"], pl["actions"] = v, []any{b.action(p.s.ts())}
	pl["container"] = map[string]any{"type": "view", "view_id": v.ID}
	p.s.mu.Unlock()
	return p.s.act("interactive", pl, nil)
}

// inputs maps every input of a modal by block id to its element, and by label to
// its block id.
func inputs(v View) (map[string]node, map[string]string) {
	var list []node
	_ = json.Unmarshal(v.Blocks, &list)
	els, labels := map[string]node{}, map[string]string{}
	for _, b := range list {
		if b.str("type") == "input" {
			els[b.str("block_id")] = b.child("element")
			labels[b.child("label").str("text")] = b.str("block_id")
		}
	}
	return els, labels
}

// Submit sends the open modal with values by block id or label. Inputs that are
// not named keep their initial value. The answer is carried out: errors leave the
// modal open, otherwise it closes, is replaced or gets another on top.
func (p *Person) Submit(values map[string]string) Ack {
	v := p.Modal()
	if v.ID == "" {
		return Ack{Word: "no modal is open"}
	}
	els, labels := inputs(v)
	given := map[string]string{}
	for k, val := range values {
		if id, ok := labels[k]; ok {
			k = id
		}
		given[k] = val
	}
	state := map[string]any{}
	for id, e := range els {
		state[id] = map[string]any{e.str("action_id"): stateOf(e, given[id], maps.Keys(given), id)}
	}
	raw, _ := json.Marshal(map[string]any{"values": state})
	p.s.mu.Lock()
	v.State = raw
	if live := p.s.views[v.ID]; live != nil {
		live.State = raw
	}
	pl := p.base("view_submission")
	pl["view"], pl["response_urls"] = v, []any{}
	p.s.mu.Unlock()
	ack := p.s.act("interactive", pl, nil)
	if ack.OK {
		ack.Word = p.s.afterSubmit(p.ID, ack.Payload, els)
		ack.OK = ack.Word == ""
	}
	return ack
}

// stateOf is the value of one input as view_submission carries it.
func stateOf(e node, value string, given func(func(string) bool), id string) map[string]any {
	named := false
	for k := range given {
		named = named || k == id
	}
	st := map[string]any{"type": e.str("type")}
	switch e.str("type") {
	case "static_select", "radio_buttons":
		o := e.child("initial_option")
		for _, cand := range e.list("options") {
			if named && (cand.str("value") == value || cand.child("text").str("text") == value) {
				o = cand
			}
		}
		st["selected_option"] = nil
		if o != nil {
			st["selected_option"] = o
		}
	default:
		if !named {
			value = e.str("initial_value")
		}
		st["value"] = nil
		if value != "" {
			st["value"] = value
		}
	}
	return st
}

// afterSubmit carries out the answer to a submission and names what a person
// would see go wrong.
func (s *Server) afterSubmit(user string, payload json.RawMessage, els map[string]node) string {
	var r struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if len(payload) > 0 && string(payload) != "null" {
		if err := json.Unmarshal(payload, &r); err != nil {
			return "invalid_response"
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stack := s.stacks[user]
	switch r.Action {
	case "errors":
		for id, text := range r.Errors {
			if els[id] == nil || text == "" {
				return "errors name no input: " + id
			}
		}
		if len(r.Errors) == 0 {
			return "empty errors"
		}
		s.views[stack[len(stack)-1]].Errors = r.Errors
	case "clear":
		s.stacks[user] = nil
	case "update", "push":
		v, err := s.parseView(string(r.View), "modal")
		if err != nil {
			return err.word + " " + strings.Join(err.detail, "; ")
		}
		if r.Action == "push" {
			s.open(v, user, true)
		} else {
			s.replace(s.views[stack[len(stack)-1]], v)
		}
	case "":
		s.stacks[user] = stack[:len(stack)-1]
	default:
		return "unknown response_action"
	}
	return ""
}

// Dismiss closes the open modal and tells the app when it asked for that.
func (p *Person) Dismiss() {
	v := p.Modal()
	p.s.mu.Lock()
	stack := p.s.stacks[p.ID]
	if len(stack) > 0 {
		p.s.stacks[p.ID] = stack[:len(stack)-1]
	}
	pl := p.base("view_closed")
	pl["view"], pl["is_cleared"] = v, false
	p.s.mu.Unlock()
	if v.NotifyOnClose {
		p.s.act("interactive", pl, nil)
	}
}
