package bot

import (
	"time"

	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/sla"
)

// Organisation is who and what the hotline serves, as the configuration says. It
// is never changed after it was made; a reload makes a new one.
type Organisation struct {
	Name string
	Lang string // default language
	Zone *time.Location

	People    []Person
	Teams     []Team
	Customers []Customer
	Sites     []Site
	Assets    []Asset
	Services  []Service
	Channels  []Channel
	Schedules []oncall.Schedule
	// Holidays are the days that count as such when duty is compared, by schedule.
	Holidays map[string][]oncall.Wall
	Policies []Policy
	// Routes choose a policy; the first that matches wins. The last one matches
	// everything (the catch-all), which validation guarantees.
	Routes []Route
	// Contracts by id.
	Contracts map[string]Contract
	// Rules are the numbers of the house.
	Rules Rules
	// LinkKey signs links that work without a login.
	LinkKey SignKey
	// BaseURL is where people reach the web workspace, without a trailing slash.
	BaseURL string
	// Assisted says that a language model is connected.
	Assisted bool
}

// Person is somebody of the hotline or a known contact of a customer.
type Person struct {
	ID       string
	Name     string
	Lang     string
	Zone     string // IANA name
	Role     Role
	Customer string // for contacts
	Tier     int    // 1, 2 or 3 for responders
	// Accounts are the platform accounts that are this person.
	Accounts []chat.Principal
	// Methods are contact methods from the configuration; people add more in chat.
	Methods []Method
	// Notify are the rules from the configuration; rules set in chat replace them.
	Notify []NotifyRule
	// Quiet hours, empty for none.
	Quiet Quiet
}

// Method is one way to reach a person.
type Method struct {
	ID string `json:"id"` // unique for the person, such as "chat", "phone"
	// Platform is the adapter that delivers it: "slack", "discord", "web", "mail",
	// "webhook", "ntfy", "sms", "voice", "shoutrrr". "chat" means the first chat
	// account of the person.
	Platform string `json:"platform"`
	Address  string `json:"address"`
	// Verified says that the person proved to receive there.
	Verified bool `json:"verified"`
}

// NotifyRule says which method is used after how long, for which severities.
type NotifyRule struct {
	Method string        `json:"method"` // Method.ID
	After  time.Duration `json:"after"`
	// Worst and Least bound the severities, 1 to 4; zero means no bound.
	Worst Severity `json:"worst,omitempty"`
	Least Severity `json:"least,omitempty"`
}

// Quiet is when a person is only disturbed by severities up to Breaks.
type Quiet struct {
	From   string   `json:"from,omitempty"` // "22:00" in the person's zone
	To     string   `json:"to,omitempty"`
	Breaks Severity `json:"breaks,omitempty"` // severities 1..Breaks come through
}

// Team is a group of responders; Members are person ids.
type Team struct {
	ID, Name string
	Members  []string
	Schedule string
	// Channel is where the team's cases are shown (internal).
	Channel chat.Place
}

// Customer is an organisation with a contract.
type Customer struct {
	ID, Name, Lang string
	Contract       string
	Zone           string
	// Tenants are platform tenants whose external accounts belong to it
	// ("slack:T0123").
	Tenants []string
	// Domains of e-mail addresses that belong to it.
	Domains []string
}

// Contract is what was agreed: the time limits.
type Contract struct {
	ID, Name string
	Until    time.Time // zero: no end
	Policy   sla.Policy
}

// Site is a place of a customer with an id that can be said aloud.
type Site struct{ ID, Name, Customer, Zone string }

// Asset is a thing with a serial.
type Asset struct{ Serial, Name, Customer, Site, Service string }

// Service is what is supported: faults are counted and grouped by it.
type Service struct {
	ID, Name string
	Team     string
	// Policy overrides the routes when set.
	Policy string
	// HookKey opens POST /hooks/<key>; a secret.
	HookKey string
	// HookSecret signs requests when set.
	HookSecret string
	Customer   string
}

// Mode says which messages of a channel become cases.
type Mode string

// The modes.
const (
	ModeEvery   Mode = "every"   // every message
	ModeMention Mode = "mention" // messages that mention the bot
	ModeEmoji   Mode = "emoji"   // messages that get the emoji
	ModeCommand Mode = "command" // only commands
)

// Channel maps a channel of a platform.
type Channel struct {
	Place    chat.Place
	Name     string
	Audience chat.Audience // Customer or Internal
	Customer string
	Mode     Mode
	Lang     string
	Service  string
	Emoji    string
}

// Policy is who is tried, in what order, how long to wait.
type Policy struct {
	ID, Name string
	Steps    []Step
	Repeat   int // rounds after the first
}

// Step is one rung of a policy.
type Step struct {
	Targets []Target      `json:"targets"`
	Wait    time.Duration `json:"wait"`
	// RoundRobin pages one of the persons, in turn.
	RoundRobin bool `json:"round_robin,omitempty"`
	// Acks is how many acknowledgements end paging; 0 means 1.
	Acks int `json:"acks,omitempty"`
}

// Target is whom a step pages: exactly one field is set.
type Target struct {
	Person   string     `json:"person,omitempty"`
	Schedule string     `json:"schedule,omitempty"`
	Team     string     `json:"team,omitempty"`
	Channel  chat.Place `json:"channel,omitzero"`
}

// String names the target for people: "schedule:primary".
func (t Target) String() string {
	switch {
	case t.Person != "":
		return "person:" + t.Person
	case t.Schedule != "":
		return "schedule:" + t.Schedule
	case t.Team != "":
		return "team:" + t.Team
	default:
		return "channel:" + t.Channel.Channel
	}
}

// Route chooses a policy for a case. Empty conditions match everything.
type Route struct {
	Name       string
	Policy     string
	Severities []Severity
	Classes    []Class
	Customers  []string
	Services   []string
	Langs      []string
	// Hours limits the route to a calendar, by the id of a contract calendar or
	// empty.
	Hours *sla.Calendar
	// Outside inverts Hours.
	Outside bool
}

// Rules are the numbers of the house, each with a default in the configuration.
type Rules struct {
	GroupWindow time.Duration // later messages of the same person join the case
	AckTimeout  time.Duration // untouched after an acknowledgement: nag, then give back; 0 off
	AutoClose   time.Duration // resolved and unanswered for so long: closed; complaints never
	Cooldown    time.Duration // a resolved alarm that fires again within it reopens (flap damping)
	MaxRoomSev  Severity      // severities 1..n get a room; 0 none
	Fallback    time.Duration // unanswered by a method's provider: next method
	BundleFirst time.Duration // first window in which further pages are bundled
	BundleMax   time.Duration // longest such window
}
