package config

import (
	"slices"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/oncall"
	"hotline/bot/say"
)

// CheckDays is how far ahead the on-call plan is looked at.
const CheckDays = 90

// Check lists what is weak in a configuration, as warnings with their place in
// the file. Arrangements made in chat are not known here; [CheckOrganisation]
// looks at both.
func Check(cfg *Config, now time.Time) []Problem {
	list := append(CheckOrganisation(cfg.Org, &bot.Roster{}, now), checkSettings(cfg)...)
	for i := range list {
		list[i].File = cfg.Path
		if cfg.places != nil {
			where := cfg.places.placeOf(list[i].Path)
			list[i].Line, list[i].Column = where.line, where.column
		}
	}
	return sortProblems(list)
}

// checkSettings lists what is weak in the settings of the program.
func checkSettings(cfg *Config) (list []Problem) {
	usesWebhook := slices.ContainsFunc(cfg.Org.People, func(p bot.Person) bool {
		return slices.ContainsFunc(p.Methods, func(m bot.Method) bool { return m.Platform == "webhook" })
	})
	if usesWebhook && cfg.Notify.Webhook.Secret.IsZero() {
		list = append(list, warn("notify.webhook.secret", say.Words{
			EN: "Set a secret: pages by webhook go out unsigned.",
			ZH: "请设置密钥:目前 webhook 呼叫没有签名。",
		}))
	}
	if cfg.Notify.Twilio.Enabled && cfg.HTTP.BaseURL == "" {
		list = append(list, warn("http.base_url", say.Words{
			EN: "Set the public address: without it nobody can answer an SMS or a call.",
			ZH: "请设置公网地址:否则短信和电话都无法回复。",
		}))
	}
	if cfg.HTTP.BaseURL == "" && usesOutside(cfg.Org) {
		list = append(list, warn("http.base_url", say.Words{
			EN: "Set the public address: links in mail and pushes lead to this machine only.",
			ZH: "请设置公网地址:目前邮件和推送中的链接只能在本机打开。",
		}))
	}
	return list
}

// usesOutside reports whether anybody gets links outside of chat.
func usesOutside(org *bot.Organisation) bool {
	return slices.ContainsFunc(org.People, func(p bot.Person) bool {
		return slices.ContainsFunc(p.Methods, func(m bot.Method) bool { return m.Platform == "mail" || m.Platform == "ntfy" })
	})
}

// CheckOrganisation lists what is weak in the next [CheckDays] days: gaps on
// call, layers with a single person, people without a way to be reached, policies
// that end nowhere, what is never used, contracts that end. All are warnings,
// with sentences in English and Chinese.
func CheckOrganisation(org *bot.Organisation, roster *bot.Roster, now time.Time) []Problem {
	c := &checker{org: org, roster: roster, now: now, gaps: map[string]bool{}, paged: map[string]bool{}}
	c.world = bot.World{Now: now, Org: org, Roster: roster}
	c.schedules()
	c.policies()
	c.routes()
	c.people()
	c.contracts()
	return c.problems
}

// maxGaps is how many gaps of one schedule are listed; office hours have dozens.
const maxGaps = 3

type checker struct {
	org      *bot.Organisation
	roster   *bot.Roster
	world    bot.World
	now      time.Time
	problems []Problem
	gaps     map[string]bool // schedules that have a gap
	paged    map[string]bool // people who may be paged
}

func warn(path string, w say.Words, args ...any) Problem {
	return Problem{Path: path, Say: w.In(say.English, args...), Chinese: w.In(say.Chinese, args...), Warning: true}
}

func (c *checker) warn(path string, w say.Words, args ...any) {
	c.problems = append(c.problems, warn(path, w, args...))
}

func (c *checker) schedules() {
	known := func(id string) bool { _, ok := c.org.Person(id); return ok }
	found := oncall.Check(c.org.Schedules, c.roster.Overrides, c.roster.Absences, known, c.now, CheckDays)
	gaps := map[string]int{}
	for _, p := range found {
		if p.Kind == oncall.Gap {
			c.gaps[p.Schedule] = true
			if gaps[p.Schedule]++; gaps[p.Schedule] > maxGaps {
				continue
			}
		}
		i := slices.IndexFunc(c.org.Schedules, func(s oncall.Schedule) bool { return s.ID == p.Schedule })
		path := at("schedules", i)
		if j := slices.IndexFunc(c.org.Schedules[i].Layers, func(l oncall.Layer) bool { return l.Name == p.Layer }); j >= 0 {
			path = at(join(path, "layers"), j)
		}
		c.problems = append(c.problems, Problem{
			Path: path, Warning: true,
			Say:     p.Say(say.English, c.org.Zone, c.world.Name),
			Chinese: p.Say(say.Chinese, c.org.Zone, c.world.Name),
		})
	}
	for i, s := range c.org.Schedules {
		if more := gaps[s.ID] - maxGaps; more > 0 {
			c.warn(at("schedules", i), say.Words{
				EN: "Schedule %s has %d more gaps in the next %d days.",
				ZH: "排班 %s 在未来 %[3]d 天内还有 %[2]d 处空档。",
			}, s.ID, more, CheckDays)
		}
		if !c.scheduleUsed(s.ID) {
			c.warn(at("schedules", i), say.Words{
				EN: "Use schedule %s in a policy or team, or remove it: nobody is paged by it.",
				ZH: "请在升级策略或团队中使用排班 %s,或将其删除:目前没有呼叫用到它。",
			}, s.ID)
		}
	}
}

func (c *checker) scheduleUsed(id string) bool {
	return slices.ContainsFunc(c.org.Teams, func(t bot.Team) bool { return t.Schedule == id }) ||
		slices.ContainsFunc(c.org.Policies, func(p bot.Policy) bool {
			return slices.ContainsFunc(p.Steps, func(s bot.Step) bool {
				return slices.ContainsFunc(s.Targets, func(t bot.Target) bool { return t.Schedule == id })
			})
		})
}

func (c *checker) policies() {
	for i, p := range c.org.Policies {
		path := at("policies", i)
		for j, s := range p.Steps {
			if who := c.step(s); who == nil && !onlyChannels(s) {
				c.warn(at(join(path, "steps"), j), say.Words{
					EN: "Give step %[2]d of policy %[1]s somebody to page: it has nobody now and is skipped.",
					ZH: "请为升级策略 %[1]s 的第 %[2]d 步指定人员:目前无人,该步会被跳过。",
				}, p.ID, j+1)
			}
		}
		if n := len(p.Steps); n == 0 || !c.certain(p.Steps[n-1]) {
			c.warn(path, say.Words{
				EN: "End policy %s with a person, a team or a schedule without gaps: its last step may reach nobody.",
				ZH: "请让升级策略 %s 以个人、团队或无空档的排班收尾:最后一步可能无人可呼叫。",
			}, p.ID)
		}
		if !c.policyUsed(p.ID) {
			c.warn(path, say.Words{
				EN: "Use policy %s in a route or service, or remove it: nothing leads to it.",
				ZH: "请在路由或服务中使用升级策略 %s,或将其删除:目前没有任何规则指向它。",
			}, p.ID)
		}
	}
}

// step lists who may be paged by a step in the time looked at.
func (c *checker) step(s bot.Step) []string {
	var who []string
	for _, t := range s.Targets {
		switch {
		case t.Person != "":
			who = append(who, t.Person)
		case t.Schedule != "":
			who = append(who, c.participants(t.Schedule)...)
		case t.Team != "":
			team, _ := c.org.Team(t.Team)
			who = append(who, team.Members...)
			if len(team.Members) == 0 {
				who = append(who, c.participants(team.Schedule)...)
			}
		}
	}
	for _, id := range who {
		c.paged[id] = true
	}
	return who
}

func (c *checker) participants(schedule string) []string {
	s, _ := c.org.Schedule(schedule)
	var who []string
	for _, l := range s.Layers {
		who = append(who, l.Rotation.Participants...)
	}
	return who
}

func onlyChannels(s bot.Step) bool {
	return !slices.ContainsFunc(s.Targets, func(t bot.Target) bool { return t.Channel.Channel == "" })
}

// certain reports whether a step reaches somebody at any instant.
func (c *checker) certain(s bot.Step) bool {
	return slices.ContainsFunc(s.Targets, func(t bot.Target) bool {
		team, _ := c.org.Team(t.Team)
		switch {
		case t.Person != "":
			return true
		case t.Schedule != "":
			return !c.gaps[t.Schedule]
		case t.Team != "":
			return len(team.Members) > 0 || team.Schedule != "" && !c.gaps[team.Schedule]
		default:
			return false
		}
	})
}

func (c *checker) policyUsed(id string) bool {
	return slices.ContainsFunc(c.org.Routes, func(r bot.Route) bool { return r.Policy == id }) ||
		slices.ContainsFunc(c.org.Services, func(s bot.Service) bool { return s.Policy == id })
}

func (c *checker) routes() {
	for i, r := range c.org.Routes {
		for j := range i {
			if covers(&c.org.Routes[j], &r) {
				c.warn(at("routes", i), say.Words{
					EN: "Move route “%s” up or remove it: “%s” before it takes everything that it matches.",
					ZH: "请将路由“%s”上移或删除:前面的“%s”已匹配它的全部情况。",
				}, r.Name, c.org.Routes[j].Name)
				break
			}
		}
	}
}

// covers reports whether everything that matches b matches a too.
func covers(a, b *bot.Route) bool {
	return subset(a.Severities, b.Severities) && subset(a.Classes, b.Classes) && subset(a.Customers, b.Customers) &&
		subset(a.Services, b.Services) && subset(a.Langs, b.Langs) &&
		(a.Hours == nil || a.Hours == b.Hours && a.Outside == b.Outside)
}

// subset reports whether a condition a, where empty means everything, holds
// whenever b does.
func subset[T comparable](a, b []T) bool {
	if len(a) == 0 {
		return true
	}
	return len(b) > 0 && !slices.ContainsFunc(b, func(v T) bool { return !slices.Contains(a, v) })
}

func (c *checker) people() {
	for i, p := range c.org.People {
		if !c.paged[p.ID] {
			continue
		}
		reachable := false
		var unverified []string
		for _, m := range c.world.MethodsOf(p.ID) {
			_, ok := c.world.Reach(p.ID, m)
			switch {
			case ok && m.Verified:
				reachable = true
			case !m.Verified:
				unverified = append(unverified, m.ID)
			}
		}
		path := at("people", i)
		if !reachable {
			c.warn(path, say.Words{
				EN: "Give %s a chat account or a contact method: they are paged and cannot be reached.",
				ZH: "请为 %s 添加聊天账号或联系方式:会被呼叫,但目前联系不上。",
			}, c.world.Name(p.ID))
		}
		if len(unverified) > 0 {
			c.warn(path, say.Words{
				EN: "Verify the contact methods of %s (%s): they are not used until then.",
				ZH: "请验证 %s 的联系方式(%s):验证前不会使用。",
			}, c.world.Name(p.ID), strings.Join(unverified, ", "))
		}
	}
}

func (c *checker) contracts() {
	for i, cu := range c.org.Customers {
		path := at("customers", i)
		k, ok := c.org.Contracts[cu.Contract]
		switch {
		case !ok:
			c.warn(path, say.Words{
				EN: "Give customer %s a contract: no time limit counts for it.",
				ZH: "请为客户 %s 指定合同:目前没有任何时限。",
			}, cu.ID)
		case !k.Until.IsZero() && k.Until.Before(c.now.AddDate(0, 0, CheckDays)):
			c.warn(path, say.Words{
				EN: "Renew contract %[2]s of customer %[1]s: it ends on %[3]s.",
				ZH: "请续签客户 %[1]s 的合同 %[2]s:%[3]s 到期。",
			}, cu.ID, k.ID, k.Until.Format(time.DateOnly))
		}
	}
}
