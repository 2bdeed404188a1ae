package slacktest

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// View is a modal or a home tab.
type View struct {
	ID              string          `json:"id"`
	TeamID          string          `json:"team_id"`
	Type            string          `json:"type"`
	CallbackID      string          `json:"callback_id"`
	Title           json.RawMessage `json:"title,omitempty"`
	Submit          json.RawMessage `json:"submit,omitempty"`
	Close           json.RawMessage `json:"close,omitempty"`
	Blocks          json.RawMessage `json:"blocks"`
	PrivateMetadata string          `json:"private_metadata"`
	ExternalID      string          `json:"external_id"`
	Hash            string          `json:"hash"`
	State           json.RawMessage `json:"state"`
	NotifyOnClose   bool            `json:"notify_on_close"`
	ClearOnClose    bool            `json:"clear_on_close"`
	RootViewID      string          `json:"root_view_id"`
	PreviousViewID  string          `json:"previous_view_id,omitempty"`
	AppID           string          `json:"app_id"`
	BotID           string          `json:"bot_id"`

	// Errors stand beside the inputs, by block id, after a submission was refused.
	Errors map[string]string `json:"-"`

	user string
}

// trigger is the right to open a modal: 3 s and once.
type trigger struct {
	user    string
	expires time.Time
	used    bool
}

func (s *Server) newTrigger(user string) string {
	id := s.id("") + "." + s.id("") + ".trigger"
	s.triggers[id] = &trigger{user: user, expires: s.now.Add(3 * time.Second)}
	return id
}

// take uses a trigger up.
func (c *call) take() (*trigger, *apiError) {
	tr := c.triggers[c.args["trigger_id"]]
	switch {
	case tr == nil:
		return nil, fail("invalid_trigger_id")
	case tr.used:
		return nil, fail("exchanged_trigger_id")
	case c.now.After(tr.expires):
		return nil, fail("expired_trigger_id")
	}
	tr.used = true
	return tr, nil
}

// parseView reads and checks a view.
func (s *Server) parseView(raw string, kind string) (*View, *apiError) {
	var v View
	if json.Unmarshal([]byte(raw), &v) != nil || v.Type == "" {
		return nil, fail("invalid_arguments", "view must be an object with a type")
	}
	problems := checkBlocks(v.Blocks, 100)
	if v.Type != kind {
		problems = append(problems, "view type must be "+kind)
	}
	if kind == "modal" {
		c := &checker{}
		c.modal(&v)
		problems = append(problems, c.problems...)
	}
	if utf8.RuneCountInString(v.PrivateMetadata) > 3000 {
		problems = append(problems, "private_metadata too long")
	}
	if len(v.CallbackID) > 255 {
		problems = append(problems, "callback_id too long")
	}
	if len(problems) > 0 {
		return nil, fail("invalid_arguments", problems...)
	}
	v.TeamID, v.AppID, v.BotID = TeamID, AppID, BotID
	v.State = json.RawMessage(`{"values":{}}`)
	return &v, nil
}

func (c *checker) modal(v *View) {
	for _, part := range []struct {
		name string
		raw  json.RawMessage
		must bool
	}{{"title", v.Title, true}, {"submit", v.Submit, false}, {"close", v.Close, false}} {
		if part.raw == nil && !part.must {
			continue
		}
		var n node
		_ = json.Unmarshal(part.raw, &n)
		c.text("/"+part.name, n, 24, true)
	}
	var list []node
	_ = json.Unmarshal(v.Blocks, &list)
	for _, b := range list {
		if b.str("type") == "input" && v.Submit == nil {
			c.say("a modal with inputs needs submit")
		}
	}
}

func (s *Server) newHash() string {
	s.seq++
	return s.ts() + "." + strconv.Itoa(s.seq)
}

// open puts a view on the person's screen.
func (s *Server) open(v *View, user string, push bool) {
	v.ID, v.Hash, v.user = s.id("V"), s.newHash(), user
	v.RootViewID = v.ID
	if stack := s.stacks[user]; push && len(stack) > 0 {
		v.PreviousViewID, v.RootViewID = stack[len(stack)-1], stack[0]
	}
	if push {
		s.stacks[user] = append(s.stacks[user], v.ID)
	} else {
		s.stacks[user] = []string{v.ID}
	}
	s.views[v.ID] = v
}

func viewsOpen(c *call) (map[string]any, *apiError) {
	v, err := c.parseView(c.args["view"], "modal")
	if err != nil {
		return nil, err
	}
	tr, err := c.take()
	if err != nil {
		return nil, err
	}
	c.open(v, tr.user, false)
	return map[string]any{"view": v}, nil
}

func viewsPush(c *call) (map[string]any, *apiError) {
	v, err := c.parseView(c.args["view"], "modal")
	if err != nil {
		return nil, err
	}
	tr, err := c.take()
	if err != nil {
		return nil, err
	}
	if len(c.stacks[tr.user]) >= 3 {
		return nil, fail("push_limit_reached")
	}
	c.open(v, tr.user, true)
	return map[string]any{"view": v}, nil
}

func viewsUpdate(c *call) (map[string]any, *apiError) {
	old := c.views[c.args["view_id"]]
	if old == nil {
		return nil, fail("not_found")
	}
	if h := c.args["hash"]; h != "" && h != old.Hash {
		return nil, fail("hash_conflict")
	}
	v, err := c.parseView(c.args["view"], "modal")
	if err != nil {
		return nil, err
	}
	c.replace(old, v)
	return map[string]any{"view": old}, nil
}

// replace changes a view in place.
func (s *Server) replace(old, next *View) {
	next.ID, next.RootViewID, next.PreviousViewID, next.user = old.ID, old.RootViewID, old.PreviousViewID, old.user
	next.Hash = s.newHash()
	*old = *next
}

func viewsPublish(c *call) (map[string]any, *apiError) {
	user := c.args["user_id"]
	if c.users[user] == nil {
		return nil, fail("invalid_arguments", "unknown user")
	}
	v, err := c.parseView(c.args["view"], "home")
	if err != nil {
		return nil, err
	}
	old := c.homes[user]
	if h := c.args["hash"]; h != "" && old != nil && h != old.Hash {
		return nil, fail("hash_conflict")
	}
	v.ID, v.Hash, v.user = c.id("V"), c.newHash(), user
	if old != nil {
		v.ID = old.ID
	}
	v.RootViewID = v.ID
	c.homes[user], c.views[v.ID] = v, v
	return map[string]any{"view": v}, nil
}
