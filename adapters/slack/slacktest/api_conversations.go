package slacktest

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var channelName = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{N}_-]{1,80}$`)

// page cuts a list by cursor and limit and names the next cursor.
func page[T any](a args, list []T, def int) ([]T, string) {
	from, _ := strconv.Atoi(strings.TrimPrefix(a["cursor"], "at:"))
	from = min(max(from, 0), len(list))
	limit := min(max(a.int("limit", def), 1), 999)
	to := min(from+limit, len(list))
	next := ""
	if to < len(list) {
		next = "at:" + strconv.Itoa(to)
	}
	return list[from:to], next
}

// between reports whether a ts lies in the window of the call.
func (a args) between(ts string) bool {
	incl := a.bool("inclusive")
	if o := a["oldest"]; o != "" && o != "0" && (ts < o || ts == o && !incl) {
		return false
	}
	if l := a["latest"]; l != "" && (ts > l || ts == l && !incl) {
		return false
	}
	return true
}

// visible copies a message for a history call; metadata only when asked for.
func (c *call) visible(m *Message) *Message {
	cp := *m
	if !c.args.bool("include_all_metadata") {
		cp.Metadata = nil
	}
	return &cp
}

func convHistory(c *call) (map[string]any, *apiError) {
	ch, err := c.channel("history")
	if err != nil {
		return nil, err
	}
	if !ch.has(BotUserID) {
		return nil, fail("not_in_channel")
	}
	var list []*Message
	for _, m := range slices.Backward(ch.messages) {
		top := m.ThreadTS == "" || m.ThreadTS == m.TS || m.Subtype == "thread_broadcast"
		if top && m.Only == "" && c.args.between(m.TS) {
			list = append(list, c.visible(m))
		}
	}
	return c.messages(list, 100)
}

func convReplies(c *call) (map[string]any, *apiError) {
	ch, err := c.channel("history")
	if err != nil {
		return nil, err
	}
	if !ch.has(BotUserID) {
		return nil, fail("not_in_channel")
	}
	parent := ch.find(c.args["ts"])
	if parent == nil {
		return nil, fail("thread_not_found")
	}
	root := parent.TS
	if parent.ThreadTS != "" {
		root = parent.ThreadTS
	}
	var list []*Message
	for _, m := range ch.messages {
		if m.Only != "" || m.TS != root && m.ThreadTS != root {
			continue
		}
		if m.TS == root || c.args.between(m.TS) {
			list = append(list, c.visible(m))
		}
	}
	return c.messages(list, 1000)
}

func (c *call) messages(list []*Message, def int) (map[string]any, *apiError) {
	got, next := page(c.args, list, def)
	if got == nil {
		got = []*Message{}
	}
	return map[string]any{
		"messages": got, "has_more": next != "", "response_metadata": map[string]any{"next_cursor": next},
	}, nil
}

func convInfo(c *call) (map[string]any, *apiError) {
	ch, err := c.channel("read")
	if err != nil {
		return nil, err
	}
	return map[string]any{"channel": ch.wire()}, nil
}

func convList(c *call) (map[string]any, *apiError) {
	if err := c.need("channels:read", "groups:read", "im:read"); err != nil {
		return nil, err
	}
	var list []map[string]any
	for _, id := range slices.Sorted(maps.Keys(c.channels)) {
		if ch := c.channels[id]; ch.IM == "" && (!ch.Private || ch.has(BotUserID)) {
			list = append(list, ch.wire())
		}
	}
	got, next := page(c.args, list, 100)
	return map[string]any{"channels": got, "response_metadata": map[string]any{"next_cursor": next}}, nil
}

func convOpen(c *call) (map[string]any, *apiError) {
	if err := c.need("im:write"); err != nil {
		return nil, err
	}
	user := c.args["users"]
	u := c.users[user]
	switch {
	case u == nil:
		return nil, fail("user_not_found")
	case u.Deleted:
		return nil, fail("user_disabled")
	case u.Bot:
		return nil, fail("cannot_dm_bot")
	}
	return map[string]any{"channel": c.direct(user).wire()}, nil
}

func convCreate(c *call) (map[string]any, *apiError) {
	scope := "channels:manage"
	if c.args.bool("is_private") {
		scope = "groups:write"
	}
	if err := c.need(scope); err != nil {
		return nil, err
	}
	name := c.args["name"]
	if !channelName.MatchString(name) {
		return nil, fail("invalid_name_specials")
	}
	for _, ch := range c.channels {
		if ch.Name == name {
			return nil, fail("name_taken")
		}
	}
	ch := c.addChannel(Channel{Name: name, Private: c.args.bool("is_private"), Creator: BotUserID, Members: []string{BotUserID}})
	return map[string]any{"channel": ch.wire()}, nil
}

// managed finds a channel that the bot may change.
func (c *call) managed(fine string) (*Channel, *apiError) {
	ch := c.channels[c.args["channel"]]
	if ch == nil {
		return nil, fail("channel_not_found")
	}
	scopes := []string{"channels:manage", "channels:" + fine}
	if ch.Private {
		scopes = []string{"groups:write", "groups:" + fine}
	}
	if err := c.need(scopes...); err != nil {
		return nil, err
	}
	if ch.Archived {
		return nil, fail("is_archived")
	}
	if !ch.has(BotUserID) {
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

func convInvite(c *call) (map[string]any, *apiError) {
	ch, err := c.managed("write.invites")
	if err != nil {
		return nil, err
	}
	for _, id := range strings.Split(c.args["users"], ",") {
		switch {
		case c.users[id] == nil:
			return nil, fail("user_not_found")
		case id == BotUserID:
			return nil, fail("cant_invite_self")
		case ch.has(id):
			return nil, fail("already_in_channel")
		}
		ch.Members = append(ch.Members, id)
	}
	return map[string]any{"channel": ch.wire()}, nil
}

func convTopic(c *call) (map[string]any, *apiError) {
	ch, err := c.managed("write.topic")
	if err != nil {
		return nil, err
	}
	if len([]rune(c.args["topic"])) > 250 {
		return nil, fail("too_long")
	}
	ch.Topic = c.args["topic"]
	return map[string]any{"channel": ch.wire()}, nil
}

func convArchive(c *call) (map[string]any, *apiError) {
	ch, err := c.managed("write")
	if err != nil {
		return nil, err
	}
	ch.Archived = true
	return nil, nil
}

func convMembers(c *call) (map[string]any, *apiError) {
	ch, err := c.channel("read")
	if err != nil {
		return nil, err
	}
	got, next := page(c.args, ch.Members, 100)
	return map[string]any{"members": got, "response_metadata": map[string]any{"next_cursor": next}}, nil
}

func usersInfo(c *call) (map[string]any, *apiError) {
	if err := c.need("users:read"); err != nil {
		return nil, err
	}
	u := c.users[c.args["user"]]
	if u == nil {
		return nil, fail("user_not_found")
	}
	return map[string]any{"user": u.wire(c.token.scopes["users:read.email"])}, nil
}

func usersLookup(c *call) (map[string]any, *apiError) {
	if err := c.need("users:read.email"); err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(c.users)) {
		if u := c.users[id]; u.Email != "" && strings.EqualFold(u.Email, c.args["email"]) && u.Team == TeamID {
			return map[string]any{"user": u.wire(true)}, nil
		}
	}
	return nil, fail("users_not_found")
}
