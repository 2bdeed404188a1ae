package config

import (
	"cmp"
	"fmt"
	"time"

	"hotline/bot"
)

// defaultWait is how long a step waits when the file does not say.
const defaultWait = 5 * time.Minute

// Bounds on a policy, so that a mistake cannot page somebody for ever.
const (
	maxSteps  = 50
	maxRepeat = 100
	maxAcks   = 20
)

func (b *builder) buildPolicies() {
	for i := range b.file.Policies {
		f := &b.file.Policies[i]
		path := at("policies", i)
		if n := len(f.Steps); n == 0 || n > maxSteps {
			b.add(join(path, "steps"), fmt.Sprintf("a policy needs 1 to %d steps", maxSteps), "each step has targets and a wait")
		}
		if f.Repeat < 0 || f.Repeat > maxRepeat {
			b.add(join(path, "repeat"), fmt.Sprintf("%d is no number of rounds", f.Repeat), fmt.Sprintf("use 0 to %d", maxRepeat))
		}
		p := bot.Policy{ID: f.ID, Name: cmp.Or(f.Name, f.ID), Repeat: f.Repeat}
		for j := range f.Steps {
			p.Steps = append(p.Steps, b.step(at(join(path, "steps"), j), &f.Steps[j]))
		}
		b.org.Policies = append(b.org.Policies, p)
	}
}

func (b *builder) step(path string, f *stepFile) bot.Step {
	s := bot.Step{Wait: defaultWait, RoundRobin: f.RoundRobin}
	if f.Wait != nil {
		s.Wait = f.Wait.Std()
		if s.Wait < time.Second {
			b.add(join(path, "wait"), "nobody can answer that fast", "use at least 1s")
		}
	}
	if f.Acks != nil {
		s.Acks = *f.Acks
		if s.Acks < 1 || s.Acks > maxAcks {
			b.add(join(path, "acks"), fmt.Sprintf("%d is no number of acknowledgements", s.Acks), fmt.Sprintf("use 1 to %d", maxAcks))
		}
	}
	if len(f.Targets) == 0 {
		b.add(join(path, "targets"), "a step needs somebody to page", "such as targets: [{schedule: primary}]")
	}
	for i := range f.Targets {
		s.Targets = append(s.Targets, b.target(at(join(path, "targets"), i), &f.Targets[i]))
	}
	return s
}

// target reads whom a step pages: exactly one of the four.
func (b *builder) target(path string, f *targetFile) bot.Target {
	set := 0
	for _, s := range []string{f.Person, f.Schedule, f.Team, f.Channel} {
		if s != "" {
			set++
		}
	}
	if set != 1 {
		b.add(path, fmt.Sprintf("a target names exactly one to page, this one names %d", set), "write one of person, schedule, team or channel, such as {schedule: primary}")
		return bot.Target{}
	}
	b.staffOne(join(path, "person"), f.Person)
	b.ref(join(path, "schedule"), "schedule", f.Schedule)
	b.ref(join(path, "team"), "team", f.Team)
	return bot.Target{
		Person: f.Person, Schedule: f.Schedule, Team: f.Team, Channel: b.channelRef(join(path, "channel"), f.Channel),
	}
}

func (b *builder) staffOne(path, id string) {
	b.ref(path, "person", id)
	for _, p := range b.file.People {
		if p.ID == id && (p.Role == "customer" || p.Customer != "") {
			b.add(path, fmt.Sprintf("%q is a contact of a customer and cannot be paged", id), "name a responder")
		}
	}
}

// classes are the words for the classes in the file, and their letters.
var classes = map[string]bot.Class{
	"fault": bot.Fault, "question": bot.Question, "complaint": bot.Complaint, "planned": bot.Planned,
}

func (b *builder) buildRoutes() {
	list := b.file.Routes
	for i := range list {
		b.org.Routes = append(b.org.Routes, b.route(at("routes", i), &list[i], i))
	}
	switch {
	case len(list) == 0:
		b.add("routes", "there is no route, so nobody would be paged", "add a last route with nothing but a policy; it catches everything")
	case !b.catchesAll(&list[len(list)-1]):
		b.add(at("routes", len(list)-1), "the last route must match everything, so that somebody always has a case", "add a route with nothing but a policy at the end")
	}
	for i := range max(0, len(list)-1) {
		if b.catchesAll(&list[i]) {
			b.add(at("routes", i+1), fmt.Sprintf("is never reached, because %s matches everything", at("routes", i)), "move the catch-all to the end")
			break
		}
	}
}

func (b *builder) catchesAll(f *routeFile) bool {
	return len(f.Severities)+len(f.Classes)+len(f.Customers)+len(f.Services)+len(f.Langs) == 0 && f.Hours == "" && !f.Outside
}

func (b *builder) route(path string, f *routeFile, i int) bot.Route {
	r := bot.Route{
		Name: cmp.Or(f.Name, fmt.Sprintf("route %d", i+1)), Policy: f.Policy, Customers: f.Customers,
		Services: f.Services, Langs: f.Langs, Outside: f.Outside,
	}
	b.need(join(path, "policy"), f.Policy, meant("", b.known("policy")))
	b.ref(join(path, "policy"), "policy", f.Policy)
	for j, n := range f.Severities {
		b.severity(at(join(path, "severities"), j), n, 1)
		r.Severities = append(r.Severities, bot.Severity(n))
	}
	for j, word := range f.Classes {
		b.oneOf(at(join(path, "classes"), j), word, sortedKeys(classes))
		r.Classes = append(r.Classes, classes[word])
	}
	b.refs(join(path, "customers"), "customer", f.Customers)
	b.refs(join(path, "services"), "service", f.Services)
	for j, lang := range f.Langs {
		b.oneOf(at(join(path, "langs"), j), lang, languages)
	}
	if f.Hours != "" {
		b.ref(join(path, "hours"), "calendar", f.Hours)
		r.Hours = b.calendars[f.Hours]
	} else if f.Outside {
		b.add(join(path, "outside"), "says nothing without hours", "name a calendar in hours")
	}
	return r
}
