package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hotline/bot"
	"hotline/bot/chat"
)

// roles are those that a person of the file may have.
var roles = []string{string(bot.RoleCustomer), string(bot.RoleResponder), string(bot.RoleLead), string(bot.RoleAdmin)}

// chatPlatforms are where people talk; a method "chat" means the first of them.
var chatPlatforms = []string{"web", "slack", "discord"}

// methodPlatforms are what a contact method may use.
var methodPlatforms = []string{"chat", "web", "slack", "discord", "mail", "webhook", "ntfy", "sms", "voice", "shoutrrr"}

// needsAddress are the platforms whose methods carry an address of their own.
var needsAddress = []string{"mail", "webhook", "ntfy", "sms", "voice", "shoutrrr"}

func (b *builder) people() {
	accounts := map[string]string{}
	for i := range b.file.People {
		f := &b.file.People[i]
		path := at("people", i)
		role := cmp.Or(f.Role, string(bot.RoleResponder))
		if f.Customer != "" && f.Role == "" {
			role = string(bot.RoleCustomer)
		}
		lang := b.lang(join(path, "lang"), f.Lang, b.file.Lang)
		b.oneOf(join(path, "role"), role, roles)
		b.ref(join(path, "customer"), "customer", f.Customer)
		switch {
		case role == string(bot.RoleCustomer) && f.Customer == "":
			b.add(join(path, "customer"), "a person with the role customer needs a customer", meant("", b.known("customer")))
		case role != string(bot.RoleCustomer) && f.Customer != "":
			b.add(join(path, "role"), fmt.Sprintf("a contact of a customer cannot be %s", role), "remove customer or the role")
		case f.Tier < 0 || f.Tier > 3:
			b.add(join(path, "tier"), fmt.Sprintf("%d is no tier", f.Tier), "use 1, 2 or 3")
		}
		p := bot.Person{
			ID: f.ID, Name: cmp.Or(f.Name, f.ID), Lang: lang, Zone: cmp.Or(f.Zone.name(), b.file.Zone.name()),
			Role: bot.Role(role), Customer: f.Customer, Tier: f.Tier,
		}
		if p.Tier == 0 && p.Role.Staff() {
			p.Tier = 1
		}
		p.Accounts = b.accounts(path, f, accounts)
		p.Methods = b.methods(path, f)
		p.Notify = b.notify(path, f, p.Methods)
		p.Quiet = b.quiet(path, f.Quiet)
		b.org.People = append(b.org.People, p)
	}
}

// accounts reads a person's accounts. With the workspace on, everybody has one
// there whose id is the person's.
func (b *builder) accounts(path string, f *personFile, taken map[string]string) []chat.Principal {
	list := f.Accounts
	has := slices.ContainsFunc(list, func(a accountFile) bool { return a.Platform == "web" })
	if b.file.Web.Enabled && !has && f.ID != "" {
		list = append(slices.Clone(list), accountFile{Platform: "web", User: f.ID})
	}
	var out []chat.Principal
	for i, a := range list {
		p := at(join(path, "accounts"), i)
		b.oneOf(join(p, "platform"), a.Platform, chatPlatforms)
		b.need(join(p, "user"), a.User, "write the id of the account, not its name")
		pr := chat.Principal{Platform: chat.Platform(a.Platform), Tenant: a.Tenant, User: a.User, Name: f.Name, Lang: f.Lang}
		if first, twice := taken[pr.Key()]; twice && i < len(f.Accounts) {
			b.add(join(p, "user"), fmt.Sprintf("the account %s belongs to %s already", a.User, first), "an account is one person")
		}
		taken[pr.Key()] = f.ID
		out = append(out, pr)
	}
	return out
}

func (b *builder) methods(path string, f *personFile) []bot.Method {
	var out []bot.Method
	seen := map[string]string{}
	for i, m := range f.Methods {
		p := at(join(path, "methods"), i)
		m.ID = cmp.Or(m.ID, m.Platform)
		b.id(p, "method", m.ID, seen)
		b.oneOf(join(p, "platform"), m.Platform, methodPlatforms)
		b.address(join(p, "address"), m)
		b.provider(join(p, "platform"), m.Platform)
		out = append(out, bot.Method{ID: m.ID, Platform: m.Platform, Address: m.Address, Verified: true})
	}
	return out
}

// address checks that the address of a method has the form its platform needs.
func (b *builder) address(path string, m methodFile) {
	if !slices.Contains(needsAddress, m.Platform) {
		return
	}
	switch {
	case m.Address == "":
		b.add(path, "is missing", addressHint(m.Platform))
	case m.Platform == "mail" && !strings.Contains(m.Address, "@"),
		m.Platform == "webhook" && !webURL(m.Address),
		(m.Platform == "sms" || m.Platform == "voice") && !phone(m.Address):
		b.add(path, fmt.Sprintf("%q is no address for %s", m.Address, m.Platform), addressHint(m.Platform))
	case m.Platform == "shoutrrr":
		b.ref(path, "shoutrrr service", m.Address)
	}
}

func addressHint(platform string) string {
	switch platform {
	case "mail":
		return "write a mail address"
	case "webhook":
		return "write a URL that begins with https:// or http://"
	case "ntfy":
		return "write the topic that the phone subscribes to"
	case "shoutrrr":
		return "write the id of a service under notify.shoutrrr"
	default:
		return "write a phone number with its country, such as +4930123456"
	}
}

// provider checks that what a method needs is switched on.
func (b *builder) provider(path, platform string) {
	on := map[string]bool{
		"web": b.file.Web.Enabled, "slack": b.file.Slack.Enabled, "discord": b.file.Discord.Enabled,
		"mail": b.file.Mail.Enabled, "webhook": b.file.Notify.Webhook.Enabled, "ntfy": b.file.Notify.Ntfy.Enabled,
		"sms": b.file.Notify.Twilio.Enabled, "voice": b.file.Notify.Twilio.Enabled,
	}
	if enabled, known := on[platform]; known && !enabled {
		b.add(path, platform+" is not switched on", "set enabled: true in "+sectionOf(platform))
	}
}

func sectionOf(platform string) string {
	switch platform {
	case "webhook", "ntfy":
		return "notify." + platform
	case "sms", "voice":
		return "notify.twilio"
	default:
		return platform
	}
}

func (b *builder) notify(path string, f *personFile, methods []bot.Method) []bot.NotifyRule {
	known := []string{"chat"}
	for _, m := range methods {
		known = append(known, m.ID)
	}
	var out []bot.NotifyRule
	for i, n := range f.Notify {
		p := at(join(path, "notify"), i)
		b.need(join(p, "method"), n.Method, meant("", known))
		if n.Method != "" && !slices.Contains(known, n.Method) {
			b.add(join(p, "method"), fmt.Sprintf("there is no method %q", n.Method), meant(n.Method, known))
		}
		b.severity(join(p, "worst"), n.Worst, 0)
		b.severity(join(p, "least"), n.Least, 0)
		if n.Worst > 0 && n.Least > 0 && n.Worst > n.Least {
			b.add(join(p, "worst"), "this rule never matches: worst is a higher number than least", "1 is the worst severity, so worst must be the smaller number")
		}
		out = append(out, bot.NotifyRule{
			Method: n.Method, After: n.After.Std(), Worst: bot.Severity(n.Worst), Least: bot.Severity(n.Least),
		})
	}
	return out
}

func (b *builder) quiet(path string, q *quietFile) bot.Quiet {
	if q == nil {
		return bot.Quiet{}
	}
	path = join(path, "quiet")
	if !q.From.set || !q.To.set {
		b.add(path, "quiet hours need from and to", "such as from: \"22:00\" and to: \"07:00\"")
	}
	breaks := 1
	if q.Breaks != nil {
		breaks = *q.Breaks
		b.severity(join(path, "breaks"), breaks, 0)
	}
	return bot.Quiet{From: q.From.String(), To: q.To.String(), Breaks: bot.Severity(breaks)}
}

func (b *builder) buildTeams() {
	for i := range b.file.Teams {
		f := &b.file.Teams[i]
		path := at("teams", i)
		b.refs(join(path, "members"), "person", f.Members)
		b.ref(join(path, "schedule"), "schedule", f.Schedule)
		place := b.channelRef(join(path, "channel"), f.Channel)
		b.org.Teams = append(b.org.Teams, bot.Team{
			ID: f.ID, Name: cmp.Or(f.Name, f.ID), Members: f.Members, Schedule: f.Schedule, Channel: place,
		})
	}
}
