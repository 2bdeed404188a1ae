package config

import (
	"cmp"
	"fmt"
	"strings"

	"hotline/bot"
)

func (b *builder) buildCustomers() {
	tenants, domains := map[string]string{}, map[string]string{}
	for i := range b.file.Customers {
		f := &b.file.Customers[i]
		path := at("customers", i)
		lang := b.lang(join(path, "lang"), f.Lang, b.file.Lang)
		b.ref(join(path, "contract"), "contract", f.Contract)
		for j, t := range f.Tenants {
			if platform, id, ok := strings.Cut(t, ":"); !ok || platform == "" || id == "" {
				b.add(at(join(path, "tenants"), j), fmt.Sprintf("%q names no tenant", t), "write platform:id, such as slack:T0123ABCD")
			}
			b.only(at(join(path, "tenants"), j), t, f.ID, tenants)
		}
		for j, d := range f.Domains {
			if strings.ContainsAny(d, "@/: ") || !strings.Contains(d, ".") {
				b.add(at(join(path, "domains"), j), fmt.Sprintf("%q is no domain", d), "write what stands after the @, such as example.com")
			}
			b.only(at(join(path, "domains"), j), strings.ToLower(d), f.ID, domains)
		}
		b.org.Customers = append(b.org.Customers, bot.Customer{
			ID: f.ID, Name: cmp.Or(f.Name, f.ID), Lang: lang, Contract: f.Contract,
			Zone: cmp.Or(f.Zone.name(), b.file.Zone.name()), Tenants: f.Tenants, Domains: f.Domains,
		})
	}
	b.buildSites()
	b.buildAssets()
}

// only checks that something belongs to one customer, because it decides who
// sees what.
func (b *builder) only(path, what, customer string, taken map[string]string) {
	if other, twice := taken[what]; twice {
		b.add(path, fmt.Sprintf("%s belongs to customer %q already", what, other), "one customer must not see another's cases")
	}
	taken[what] = customer
}

func (b *builder) buildSites() {
	for i := range b.file.Sites {
		f := &b.file.Sites[i]
		path := at("sites", i)
		b.need(join(path, "customer"), f.Customer, "a site belongs to a customer")
		b.ref(join(path, "customer"), "customer", f.Customer)
		b.org.Sites = append(b.org.Sites, bot.Site{
			ID: f.ID, Name: cmp.Or(f.Name, f.ID), Customer: f.Customer, Zone: cmp.Or(f.Zone.name(), b.zoneOf(f.Customer)),
		})
	}
}

func (b *builder) zoneOf(customer string) string {
	for _, c := range b.file.Customers {
		if c.ID == customer && c.Zone.loc != nil {
			return c.Zone.name()
		}
	}
	return b.file.Zone.name()
}

func (b *builder) buildAssets() {
	serials := map[string]string{}
	for i := range b.file.Assets {
		f := &b.file.Assets[i]
		path := at("assets", i)
		if f.Serial == "" || len(f.Serial) > 64 {
			b.add(join(path, "serial"), "an asset needs a serial of at most 64 characters", "")
		} else if first, twice := serials[strings.ToLower(f.Serial)]; twice {
			b.add(join(path, "serial"), fmt.Sprintf("the serial %q is used twice (the other is %s)", f.Serial, first), "a serial is one thing")
		}
		serials[strings.ToLower(f.Serial)] = path
		b.need(join(path, "customer"), f.Customer, "an asset belongs to a customer")
		b.ref(join(path, "customer"), "customer", f.Customer)
		b.ref(join(path, "site"), "site", f.Site)
		b.ref(join(path, "service"), "service", f.Service)
		if owner := b.siteOwner(f.Site); owner != "" && f.Customer != "" && owner != f.Customer {
			b.add(join(path, "site"), fmt.Sprintf("site %q belongs to customer %q, the asset to %q", f.Site, owner, f.Customer), "they must be the same")
		}
		b.org.Assets = append(b.org.Assets, bot.Asset{
			Serial: f.Serial, Name: cmp.Or(f.Name, f.Serial), Customer: f.Customer, Site: f.Site, Service: f.Service,
		})
	}
}

func (b *builder) siteOwner(site string) string {
	for _, s := range b.file.Sites {
		if s.ID == site {
			return s.Customer
		}
	}
	return ""
}

// minHookKey bounds a hook key from below, because whoever knows it can open
// cases.
const minHookKey = 16

func (b *builder) buildServices(hooks *Hooks) {
	keys := map[string]string{}
	for i := range b.file.Services {
		f := &b.file.Services[i]
		path := at("services", i)
		b.ref(join(path, "team"), "team", f.Team)
		b.ref(join(path, "policy"), "policy", f.Policy)
		b.ref(join(path, "customer"), "customer", f.Customer)
		b.secret(join(path, "hook_key"), &f.HookKey)
		b.secret(join(path, "hook_secret"), &f.HookSecret)
		key := f.HookKey.Reveal()
		switch {
		case key != "" && (len(key) < minHookKey || strings.ContainsAny(key, "/?#% ")):
			b.add(join(path, "hook_key"), "cannot be used in an address", fmt.Sprintf("use at least %d letters and digits", minHookKey))
		case key == "" && f.Hook && hooks.Secret.ref == "" && hooks.Secret.IsZero():
			b.add(join(path, "hook"), "needs hooks.secret, from which the key is made", "or give the service a hook_key")
		case key == "" && f.Hook:
			key = HookKey(hooks.Secret, f.ID)
		}
		if other, twice := keys[key]; twice && key != "" {
			b.add(join(path, "hook_key"), fmt.Sprintf("is the same as that of service %q", other), "every service needs its own")
		}
		keys[key] = f.ID
		b.org.Services = append(b.org.Services, bot.Service{
			ID: f.ID, Name: cmp.Or(f.Name, f.ID), Team: f.Team, Policy: f.Policy, HookKey: key,
			HookSecret: f.HookSecret.Reveal(), Customer: f.Customer,
		})
	}
}
