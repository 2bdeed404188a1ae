package config

// file is the whole YAML file as it is written; build turns it into a Config.
type file struct {
	Name string `yaml:"name"`
	Lang string `yaml:"lang"`
	Zone zone   `yaml:"zone"`

	Data      Data      `yaml:"data"`
	HTTP      HTTP      `yaml:"http"`
	Log       Log       `yaml:"log"`
	Slack     Slack     `yaml:"slack"`
	Discord   Discord   `yaml:"discord"`
	Web       Web       `yaml:"web"`
	Mail      Mail      `yaml:"mail"`
	Notify    Notify    `yaml:"notify"`
	Hooks     Hooks     `yaml:"hooks"`
	Knowledge Knowledge `yaml:"knowledge"`
	Model     Model     `yaml:"model"`
	Rules     rulesFile `yaml:"rules"`

	People    []personFile   `yaml:"people"`
	Teams     []teamFile     `yaml:"teams"`
	Calendars []calendarFile `yaml:"calendars"`
	Contracts []contractFile `yaml:"contracts"`
	Customers []customerFile `yaml:"customers"`
	Sites     []siteFile     `yaml:"sites"`
	Assets    []assetFile    `yaml:"assets"`
	Services  []serviceFile  `yaml:"services"`
	Channels  []channelFile  `yaml:"channels"`
	Schedules []scheduleFile `yaml:"schedules"`
	Policies  []policyFile   `yaml:"policies"`
	Routes    []routeFile    `yaml:"routes"`
}

type rulesFile struct {
	GroupWindow Duration `yaml:"group_window"`
	AckTimeout  Duration `yaml:"ack_timeout"`
	AutoClose   Duration `yaml:"auto_close"`
	Cooldown    Duration `yaml:"cooldown"`
	MaxRoomSev  int      `yaml:"max_room_severity"`
	Fallback    Duration `yaml:"fallback"`
	BundleFirst Duration `yaml:"bundle_first"`
	BundleMax   Duration `yaml:"bundle_max"`
}

type personFile struct {
	ID       string        `yaml:"id"`
	Name     string        `yaml:"name"`
	Lang     string        `yaml:"lang"`
	Zone     zone          `yaml:"zone"`
	Role     string        `yaml:"role"`
	Customer string        `yaml:"customer"`
	Tier     int           `yaml:"tier"`
	Accounts []accountFile `yaml:"accounts"`
	Methods  []methodFile  `yaml:"methods"`
	Notify   []notifyFile  `yaml:"notify"`
	Quiet    *quietFile    `yaml:"quiet"`
}

type accountFile struct {
	Platform string `yaml:"platform"`
	Tenant   string `yaml:"tenant"`
	User     string `yaml:"user"`
}

type methodFile struct {
	ID       string `yaml:"id"`
	Platform string `yaml:"platform"`
	Address  string `yaml:"address"`
}

type notifyFile struct {
	Method string   `yaml:"method"`
	After  Duration `yaml:"after"`
	Worst  int      `yaml:"worst"`
	Least  int      `yaml:"least"`
}

type quietFile struct {
	From   clock `yaml:"from"`
	To     clock `yaml:"to"`
	Breaks *int  `yaml:"breaks"`
}

type teamFile struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Members  []string `yaml:"members"`
	Schedule string   `yaml:"schedule"`
	Channel  string   `yaml:"channel"`
}

type customerFile struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Lang     string   `yaml:"lang"`
	Zone     zone     `yaml:"zone"`
	Contract string   `yaml:"contract"`
	Tenants  []string `yaml:"tenants"`
	Domains  []string `yaml:"domains"`
}

type siteFile struct {
	ID       string `yaml:"id"`
	Name     string `yaml:"name"`
	Customer string `yaml:"customer"`
	Zone     zone   `yaml:"zone"`
}

type assetFile struct {
	Serial   string `yaml:"serial"`
	Name     string `yaml:"name"`
	Customer string `yaml:"customer"`
	Site     string `yaml:"site"`
	Service  string `yaml:"service"`
}

type serviceFile struct {
	ID         string `yaml:"id"`
	Name       string `yaml:"name"`
	Team       string `yaml:"team"`
	Policy     string `yaml:"policy"`
	Customer   string `yaml:"customer"`
	Hook       bool   `yaml:"hook"`
	HookKey    Secret `yaml:"hook_key"`
	HookSecret Secret `yaml:"hook_secret"`
}

type channelFile struct {
	Platform string `yaml:"platform"`
	Tenant   string `yaml:"tenant"`
	ID       string `yaml:"id"`
	Name     string `yaml:"name"`
	Customer string `yaml:"customer"`
	Internal bool   `yaml:"internal"`
	Mode     string `yaml:"mode"`
	Lang     string `yaml:"lang"`
	Service  string `yaml:"service"`
	Emoji    string `yaml:"emoji"`
}

type scheduleFile struct {
	ID     string      `yaml:"id"`
	Name   string      `yaml:"name"`
	Zone   zone        `yaml:"zone"`
	Layers []layerFile `yaml:"layers"`
	// Holidays is the calendar whose days off count as holidays.
	Holidays string `yaml:"holidays"`
}

type layerFile struct {
	Name     string       `yaml:"name"`
	Zone     zone         `yaml:"zone"`
	Rotation string       `yaml:"rotation"`
	Every    *int         `yaml:"every"`
	Start    wall         `yaml:"start"`
	People   []string     `yaml:"people"`
	Hours    []windowFile `yaml:"hours"`
	From     wall         `yaml:"from"`
	Until    wall         `yaml:"until"`
}

type windowFile struct {
	Days []weekday `yaml:"days"`
	From clock     `yaml:"from"`
	To   clock     `yaml:"to"`
}

type policyFile struct {
	ID     string     `yaml:"id"`
	Name   string     `yaml:"name"`
	Repeat int        `yaml:"repeat"`
	Steps  []stepFile `yaml:"steps"`
}

type stepFile struct {
	Targets    []targetFile `yaml:"targets"`
	Wait       *Duration    `yaml:"wait"`
	RoundRobin bool         `yaml:"round_robin"`
	Acks       *int         `yaml:"acks"`
}

type targetFile struct {
	Person   string `yaml:"person"`
	Schedule string `yaml:"schedule"`
	Team     string `yaml:"team"`
	Channel  string `yaml:"channel"`
}

type routeFile struct {
	Name       string   `yaml:"name"`
	Policy     string   `yaml:"policy"`
	Severities []int    `yaml:"severities"`
	Classes    []string `yaml:"classes"`
	Customers  []string `yaml:"customers"`
	Services   []string `yaml:"services"`
	Langs      []string `yaml:"langs"`
	Hours      string   `yaml:"hours"`
	Outside    bool     `yaml:"outside"`
}
