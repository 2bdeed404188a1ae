package bot

import (
	"slices"
	"time"

	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/wallclock"
)

// Person finds a person by id.
func (o *Organisation) Person(id string) (Person, bool) {
	return find(o.People, func(p *Person) bool { return p.ID == id })
}

// Customer finds a customer by id.
func (o *Organisation) Customer(id string) (Customer, bool) {
	return find(o.Customers, func(c *Customer) bool { return c.ID == id })
}

// Service finds a service by id.
func (o *Organisation) Service(id string) (Service, bool) {
	return find(o.Services, func(s *Service) bool { return s.ID == id })
}

// Team finds a team by id.
func (o *Organisation) Team(id string) (Team, bool) {
	return find(o.Teams, func(t *Team) bool { return t.ID == id })
}

// Site finds a site by id.
func (o *Organisation) Site(id string) (Site, bool) {
	return find(o.Sites, func(s *Site) bool { return s.ID == id })
}

// Policy finds an escalation policy by id.
func (o *Organisation) Policy(id string) (Policy, bool) {
	return find(o.Policies, func(p *Policy) bool { return p.ID == id })
}

// Schedule finds an on-call schedule by id.
func (o *Organisation) Schedule(id string) (oncall.Schedule, bool) {
	return find(o.Schedules, func(s *oncall.Schedule) bool { return s.ID == id })
}

// Channel finds the mapped channel that a place lies in.
func (o *Organisation) Channel(p chat.Place) (Channel, bool) {
	return find(o.Channels, func(c *Channel) bool {
		return c.Place.Platform == p.Platform && c.Place.Channel == p.Channel &&
			(c.Place.Tenant == "" || p.Tenant == "" || c.Place.Tenant == p.Tenant)
	})
}

func find[T any](list []T, match func(*T) bool) (T, bool) {
	for i := range list {
		if match(&list[i]) {
			return list[i], true
		}
	}
	var zero T
	return zero, false
}

// PersonOf finds who uses an account: by the configuration, then by links made in
// chat, then by contact methods that were proved, so that somebody who is paged by
// SMS can answer by SMS.
func (w World) PersonOf(p chat.Principal) (Person, bool) {
	for i := range w.Org.People {
		for _, a := range w.Org.People[i].Accounts {
			if a.Platform == p.Platform && a.User == p.User && (a.Tenant == "" || p.Tenant == "" || a.Tenant == p.Tenant) {
				return w.Org.People[i], true
			}
		}
	}
	if id, ok := w.Roster.Accounts[p.Key()]; ok {
		return w.Org.Person(id)
	}
	return w.personByMethod(p)
}

func (w World) personByMethod(p chat.Principal) (Person, bool) {
	reached := func(m *Method) bool {
		return m.Address != "" && m.Platform == string(p.Platform) && m.Address == p.User
	}
	for i := range w.Org.People {
		if _, ok := find(w.Org.People[i].Methods, reached); ok {
			return w.Org.People[i], true
		}
	}
	for i := range w.Roster.Methods {
		if m := &w.Roster.Methods[i]; m.Method.Verified && reached(&m.Method) {
			return w.Org.Person(m.Person)
		}
	}
	return Person{}, false
}

// Actor resolves an account that does something in a place. Known people have
// their role. Everybody else is a customer's contact if the account's tenant
// belongs to a customer or the channel is a customer's, and nobody otherwise. A
// display name never decides.
func (w World) Actor(p chat.Principal, at chat.Place) Actor {
	if person, ok := w.PersonOf(p); ok {
		return Actor{ID: person.ID, Name: person.Name, Role: person.Role, Customer: person.Customer, Lang: firstOf(w.Roster.Langs[person.ID], person.Lang), Via: p}
	}
	a := Actor{ID: p.Key(), Name: p.Name, Lang: firstOf(w.Roster.Langs[p.Key()], p.Lang), Via: p}
	if a.Name == "" {
		a.Name = p.User
	}
	for _, c := range w.Org.Customers {
		if p.Tenant != "" && slices.Contains(c.Tenants, string(p.Platform)+":"+p.Tenant) {
			a.Role, a.Customer = RoleCustomer, c.ID
			return a
		}
	}
	if ch, ok := w.Org.Channel(at); ok && ch.Audience.IsCustomer() {
		a.Role, a.Customer = RoleCustomer, ch.Customer
	}
	return a
}

// ActorByID resolves a person without an account at hand, such as the owner.
func (w World) ActorByID(id string) Actor {
	p, _ := w.Org.Person(id)
	return Actor{ID: id, Name: w.Name(id), Role: p.Role, Customer: p.Customer, Lang: firstOf(w.Roster.Langs[id], p.Lang)}
}

// LangOf is the language that a person of the organisation reads: what they chose
// with /lang, what the configuration says, or the house's.
func (w World) LangOf(p Person) string { return firstOf(w.Roster.Langs[p.ID], p.Lang, w.Org.Lang) }

// Name is what to call a person; the id when the person is not known.
func (w World) Name(id string) string {
	if p, ok := w.Org.Person(id); ok && p.Name != "" {
		return p.Name
	}
	return id
}

// OnCall lists who is on call in a schedule now; nobody when there is no such
// schedule.
func (w World) OnCall(schedule string) []string {
	s, ok := w.Org.Schedule(schedule)
	if !ok {
		return nil
	}
	return oncall.On(s, w.overridesOf(schedule), w.Roster.Absences, w.Now)
}

func (w World) overridesOf(schedule string) []oncall.Override {
	var list []oncall.Override
	for _, o := range w.Roster.Overrides {
		if o.Schedule == schedule {
			list = append(list, o)
		}
	}
	return list
}

// Overrides lists the overrides of a schedule.
func (w World) Overrides(schedule string) []oncall.Override { return w.overridesOf(schedule) }

// Account is the account to write to a person on: on the given platform when one
// is asked for, else the first chat account. Contact methods such as mail are not
// accounts.
func (w World) Account(person string, platform chat.Platform) (chat.Principal, bool) {
	p, ok := w.Org.Person(person)
	if !ok {
		return chat.ParsePrincipal(person) // somebody only known by an account
	}
	for _, a := range p.Accounts {
		if platform == "" || a.Platform == platform {
			a.Name = p.Name
			return a, true
		}
	}
	for key, id := range w.Roster.Accounts {
		if id != person {
			continue
		}
		if a, ok := chat.ParsePrincipal(key); ok && (platform == "" || a.Platform == platform) {
			a.Name = p.Name
			return a, true
		}
	}
	return chat.Principal{}, false
}

// MethodsOf lists a person's contact methods: those of the configuration, which
// count as verified, then those added and proved in chat. Without any, the chat
// account is the method "chat".
func (w World) MethodsOf(person string) []Method {
	p, _ := w.Org.Person(person)
	methods := slices.Clone(p.Methods)
	for i := range methods {
		methods[i].Verified = true
	}
	for _, m := range w.Roster.Methods {
		if m.Person == person {
			methods = append(methods, m.Method)
		}
	}
	if !slices.ContainsFunc(methods, func(m Method) bool { return m.ID == "chat" }) {
		if _, ok := w.Account(person, ""); ok {
			methods = append([]Method{{ID: "chat", Platform: "chat", Verified: true}}, methods...)
		}
	}
	return methods
}

// RulesOf lists a person's notification rules for a severity, soonest first. Rules
// set in chat replace those of the configuration. Without rules every verified
// method is used in turn, two minutes apart.
func (w World) RulesOf(person string, sev Severity) []NotifyRule {
	p, _ := w.Org.Person(person)
	rules := p.Notify
	for _, n := range w.Roster.Notify {
		if n.Person == person && len(n.Rules) > 0 {
			rules = n.Rules
		}
	}
	var out []NotifyRule
	for _, r := range rules {
		if (r.Worst == 0 || sev >= r.Worst) && (r.Least == 0 || sev <= r.Least) {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		after := time.Duration(0)
		for _, m := range w.MethodsOf(person) {
			if m.Verified {
				out = append(out, NotifyRule{Method: m.ID, After: after})
				after += defaultMethodGap
			}
		}
	}
	slices.SortStableFunc(out, func(a, b NotifyRule) int { return int(a.After - b.After) })
	return out
}

// defaultMethodGap is how long after one method the next is used when a person has
// set no rules.
const defaultMethodGap = 2 * time.Minute

// Reach turns a method into the account a letter goes to.
func (w World) Reach(person string, m Method) (chat.Principal, bool) {
	switch {
	case m.Platform == "chat":
		return w.Account(person, "")
	case m.Address == "":
		return w.Account(person, chat.Platform(m.Platform))
	default:
		return chat.Principal{Platform: chat.Platform(m.Platform), User: m.Address, Name: w.Name(person)}, true
	}
}

// QuietUntil says until when a person's quiet hours hold back a page of a
// severity; ok is false when they do not.
func (w World) QuietUntil(person string, sev Severity) (until time.Time, ok bool) {
	p, _ := w.Org.Person(person)
	q := p.Quiet
	for _, n := range w.Roster.Notify {
		if n.Person == person && n.Quiet != nil {
			q = *n.Quiet
		}
	}
	if q.From == "" || q.To == "" || sev <= q.Breaks {
		return time.Time{}, false
	}
	from, err1 := wallclock.ParseTimeOfDay(q.From)
	to, err2 := wallclock.ParseTimeOfDay(q.To)
	loc, err3 := time.LoadLocation(p.Zone)
	if err1 != nil || err2 != nil || err3 != nil {
		return time.Time{}, false // a broken rule never silences a page
	}
	now := w.Now.In(loc)
	for back := range 2 {
		day := time.Date(now.Year(), now.Month(), now.Day()-back, 0, 0, 0, 0, loc)
		start := atTime(day, from)
		end := atTime(day, to)
		if to <= from {
			end = atTime(day.AddDate(0, 0, 1), to)
		}
		if !now.Before(start) && now.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}

func atTime(day time.Time, t wallclock.TimeOfDay) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, int(t), 0, day.Location())
}
