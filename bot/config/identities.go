package config

import "slices"

// identities checks the ids of every kind, so that references can be checked
// against them in any order.
func (b *builder) identities() {
	f := b.file
	b.kinds = map[string]kind{}
	eachID(b, "people", "person", f.People, func(p *personFile) string { return p.ID })
	eachID(b, "teams", "team", f.Teams, func(t *teamFile) string { return t.ID })
	eachID(b, "calendars", "calendar", f.Calendars, func(c *calendarFile) string { return c.ID })
	eachID(b, "contracts", "contract", f.Contracts, func(c *contractFile) string { return c.ID })
	eachID(b, "customers", "customer", f.Customers, func(c *customerFile) string { return c.ID })
	eachID(b, "sites", "site", f.Sites, func(s *siteFile) string { return s.ID })
	eachID(b, "services", "service", f.Services, func(s *serviceFile) string { return s.ID })
	eachID(b, "schedules", "schedule", f.Schedules, func(s *scheduleFile) string { return s.ID })
	eachID(b, "policies", "policy", f.Policies, func(p *policyFile) string { return p.ID })
	eachID(b, "notify.shoutrrr", "shoutrrr service", f.Notify.Shoutrrr, func(s *Shoutrrr) string { return s.ID })
}

func eachID[T any](b *builder, section, name string, list []T, id func(*T) string) {
	seen := map[string]string{}
	k := kind{set: map[string]bool{}}
	k.unread = slices.ContainsFunc(b.problems, func(p Problem) bool { return p.Path == section })
	for i := range list {
		b.id(at(section, i), name, id(&list[i]), seen)
		if s := id(&list[i]); s != "" && !k.set[s] {
			k.list, k.set[s] = append(k.list, s), true
		}
	}
	b.kinds[name] = k
}
