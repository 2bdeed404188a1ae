package discordtest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// checker gathers what is wrong with a body.
type checker struct{ wrong []string }

func (k *checker) add(format string, a ...any) { k.wrong = append(k.wrong, fmt.Sprintf(format, a...)) }

// length checks a text in UTF-16 units, the strictest count a client can make.
func (k *checker) length(what, s string, least, most int) {
	if n := units(s); n < least || n > most {
		k.add("%s: must be between %d and %d in length, is %d", what, least, most, n)
	}
}

func (k *checker) count(what string, n, most int) {
	if n > most {
		k.add("%s: must be %d or fewer, is %d", what, most, n)
	}
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// validate checks path, query and body of a call.
func (s *Server) validate(c *call) *apiError {
	for _, name := range []string{"channel_id", "guild_id", "message_id", "user_id", "application_id", "webhook_id"} {
		if v := c.id(name); v != "" && strings.Trim(v, "0123456789") != "" {
			return badForm(fmt.Sprintf("%s: value %q is not snowflake", name, v))
		}
	}
	return s.checkBody(c.r.Method, c)
}

// checkBody checks a body against the contract and the documented limits.
func (s *Server) checkBody(method string, c *call) *apiError {
	if len(c.body) == 0 {
		return nil
	}
	k := &checker{}
	if s.opt.Contract != nil {
		for _, w := range s.opt.Contract.check(method, c.route, c.body) {
			k.add("contract: %s", w)
		}
	}
	k.limits(method, c)
	if len(k.wrong) > 0 {
		return badForm(k.wrong...)
	}
	return nil
}

// limits dispatches on the route.
func (k *checker) limits(method string, c *call) {
	switch {
	case strings.HasSuffix(c.route, "/callback"):
		k.callback(c.body)
	case strings.HasSuffix(c.route, "/commands"):
		k.commands(c.body)
	case strings.HasSuffix(c.route, "/threads"):
		k.thread(c)
	case strings.HasSuffix(c.route, "/channels") && strings.HasPrefix(c.route, "/guilds"), c.route == "/channels/{channel_id}":
		k.channel(c.body)
	case strings.HasSuffix(c.route, "/messages"), strings.HasSuffix(c.route, "/messages/{message_id}"),
		strings.HasPrefix(c.route, "/webhooks/"):
		k.message(c.body, 2000)
	}
	k.count(method+" files", len(c.files), 10)
}

func (k *checker) decode(body []byte, v any) bool {
	if err := json.Unmarshal(body, v); err != nil {
		k.add("body: %v", err)
		return false
	}
	return true
}

// message checks the limits of one message body.
func (k *checker) message(body []byte, content int) {
	var d struct {
		draft
		Embeds []checkedEmbed `json:"embeds"`
	}
	if !k.decode(body, &d) {
		return
	}
	if d.Content != nil {
		k.length("content", *d.Content, 0, content)
	}
	if n, ok := d.Nonce.(string); ok {
		k.length("nonce", n, 0, 25)
	}
	k.embeds(d.Embeds)
	if d.Components != nil {
		k.rows(*d.Components)
	}
	k.mentions(d.AllowedMentions)
}

func (k *checker) mentions(a *allowed) {
	if a == nil {
		return
	}
	k.count("allowed_mentions.users", len(a.Users), 100)
	k.count("allowed_mentions.roles", len(a.Roles), 100)
	if len(a.Users) > 0 && slices.Contains(a.Parse, "users") {
		k.add("allowed_mentions: users and parse:[users] are mutually exclusive")
	}
	seen := slices.Clone(a.Users)
	slices.Sort(seen)
	if len(slices.Compact(seen)) != len(a.Users) {
		k.add("allowed_mentions.users: must be unique")
	}
}

type checkedEmbed struct {
	Embed
	Footer *struct {
		Text string `json:"text"`
	} `json:"footer"`
	Author *struct {
		Name string `json:"name"`
	} `json:"author"`
}

// embeds checks each embed and the total of 6000 over all of them.
func (k *checker) embeds(es []checkedEmbed) {
	k.count("embeds", len(es), 10)
	total := 0
	for i, e := range es {
		at := fmt.Sprintf("embeds[%d].", i)
		k.length(at+"title", e.Title, 0, 256)
		k.length(at+"description", e.Description, 0, 4096)
		k.count(at+"fields", len(e.Fields), 25)
		total += units(e.Title) + units(e.Description)
		for j, f := range e.Fields {
			k.length(fmt.Sprintf("%sfields[%d].name", at, j), strings.TrimSpace(f.Name), 1, 256)
			k.length(fmt.Sprintf("%sfields[%d].value", at, j), strings.TrimSpace(f.Value), 1, 1024)
			total += units(f.Name) + units(f.Value)
		}
		if e.Footer != nil {
			k.length(at+"footer.text", e.Footer.Text, 1, 2048)
			total += units(e.Footer.Text)
		}
		if e.Author != nil {
			k.length(at+"author.name", e.Author.Name, 1, 256)
			total += units(e.Author.Name)
		}
		if e.URL != "" {
			k.address(at+"url", e.URL)
		}
	}
	if total > 6000 {
		k.add("embeds: total size must be 6000 or fewer, is %d", total)
	}
}

func (k *checker) address(what, s string) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		k.add("%s: not a well formed URL: %q", what, s)
	}
}

// rows checks the rows of a message.
func (k *checker) rows(rows []Component) {
	k.count("components", len(rows), 5)
	ids := map[string]bool{}
	for i, r := range rows {
		at := fmt.Sprintf("components[%d]", i)
		if r.Type != 1 {
			k.add("%s: only rows can stand at the top", at)
			continue
		}
		if len(r.Components) == 0 || len(r.Components) > 5 {
			k.add("%s: must hold 1 to 5 components, holds %d", at, len(r.Components))
		}
		for j, c := range r.Components {
			k.widget(fmt.Sprintf("%s[%d]", at, j), c, ids)
			if c.Type == 3 && len(r.Components) > 1 {
				k.add("%s: a select needs a row of its own", at)
			}
		}
	}
}

func (k *checker) widget(at string, c Component, ids map[string]bool) {
	switch {
	case c.Type == 2 && c.Style == 5:
		k.address(at+".url", c.URL)
		k.length(at+".url", c.URL, 1, 512)
		if c.CustomID != "" {
			k.add("%s: a link has no custom_id", at)
		}
	case c.Type == 2 || c.Type == 3:
		k.length(at+".custom_id", c.CustomID, 1, 100)
		if ids[c.CustomID] {
			k.add("%s: custom_id %q is used twice", at, c.CustomID)
		}
		ids[c.CustomID] = true
	default:
		k.add("%s: type %d is not expected in a message", at, c.Type)
	}
	if c.Type == 2 {
		k.length(at+".label", c.Label, 1, 80)
	}
	if c.Type == 3 {
		k.choices(at, c)
	}
}

func (k *checker) choices(at string, c Component) {
	k.length(at+".placeholder", c.Placeholder, 0, 150)
	if len(c.Options) == 0 || len(c.Options) > 25 {
		k.add("%s: must offer 1 to 25 options, offers %d", at, len(c.Options))
	}
	seen := map[string]bool{}
	for i, o := range c.Options {
		k.length(fmt.Sprintf("%s.options[%d].label", at, i), o.Label, 1, 100)
		k.length(fmt.Sprintf("%s.options[%d].value", at, i), o.Value, 1, 100)
		k.length(fmt.Sprintf("%s.options[%d].description", at, i), o.Description, 0, 100)
		if seen[o.Value] {
			k.add("%s: option value %q is used twice", at, o.Value)
		}
		seen[o.Value] = true
	}
}

var archiveTimes = []int{0, 60, 1440, 4320, 10080}

func (k *checker) thread(c *call) {
	var d struct {
		Name        string          `json:"name"`
		AutoArchive int             `json:"auto_archive_duration"`
		AppliedTags []string        `json:"applied_tags"`
		Message     json.RawMessage `json:"message"`
	}
	if !k.decode(c.body, &d) {
		return
	}
	k.length("name", strings.TrimSpace(d.Name), 1, 100)
	k.count("applied_tags", len(d.AppliedTags), 5)
	if !slices.Contains(archiveTimes, d.AutoArchive) {
		k.add("auto_archive_duration: must be one of %v", archiveTimes[1:])
	}
	if len(d.Message) > 0 {
		k.message(d.Message, 2000)
	}
}

func (k *checker) channel(body []byte) {
	var d struct {
		Name        *string     `json:"name"`
		Topic       *string     `json:"topic"`
		AutoArchive int         `json:"auto_archive_duration"`
		AppliedTags []string    `json:"applied_tags"`
		Overwrites  []Overwrite `json:"permission_overwrites"`
	}
	if !k.decode(body, &d) {
		return
	}
	if d.Name != nil {
		k.length("name", strings.TrimSpace(*d.Name), 1, 100)
	}
	if d.Topic != nil {
		k.length("topic", *d.Topic, 0, 1024)
	}
	k.count("applied_tags", len(d.AppliedTags), 5)
	if !slices.Contains(archiveTimes, d.AutoArchive) {
		k.add("auto_archive_duration: must be one of %v", archiveTimes[1:])
	}
	for i, o := range d.Overwrites {
		if o.ID == "" || o.Type != 0 && o.Type != 1 {
			k.add("permission_overwrites[%d]: needs an id and type 0 or 1", i)
		}
	}
}

// Check lists what is wrong with a JSON body for a route, without sending it: the
// documented limits, and the contract where there is one. A bot's renderer can be
// held against it with any input.
func (s *Server) Check(method, route string, body []byte) []string {
	if err := s.checkBody(method, &call{route: route, body: body}); err != nil {
		return err.detail
	}
	return nil
}
