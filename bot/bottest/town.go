package bottest

import (
	"fmt"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/sla"
	"hotline/bot/wallclock"
)

// The platforms of the simulation: people chat on one and get mail by the other.
const (
	ChatName chat.Platform = "simchat"
	MailName chat.Platform = "simmail"
)

// The size of the town besides its responders.
const (
	customers = 10
	services  = 20
)

func person(n int) string   { return fmt.Sprintf("p%02d", n) }
func customer(n int) string { return fmt.Sprintf("c%d", n) }
func service(n int) string  { return fmt.Sprintf("s%02d", n) }
func contact(n int) string  { return fmt.Sprintf("k%d", n) }

func account(id string) chat.Principal {
	return chat.Principal{Platform: ChatName, User: id, Name: "Name " + id}
}

func channel(name string) chat.Place { return chat.Place{Platform: ChatName, Channel: name} }

// Town is an organisation with so many responders, the last three of them leads
// and the very last an administrator: schedules in five time zones with holes,
// day-light saving and follow-the-sun, and policies of every kind of step. It needs
// at least 40 people.
func Town(people int) *bot.Organisation {
	org := &bot.Organisation{
		Name: "Town", Lang: "en", Zone: time.UTC, BaseURL: "http://127.0.0.1", LinkKey: bot.SignKey(strings.Repeat("k", 32)),
		Contracts: map[string]bot.Contract{"gold": {ID: "gold", Name: "Gold", Policy: sla.Policy{ID: "gold", Targets: []sla.Target{
			{Severity: 1, Kind: sla.Respond, Within: 15 * time.Minute}, {Severity: 2, Kind: sla.Respond, Within: time.Hour},
			{Severity: 3, Kind: sla.Respond, Within: 2 * time.Hour}, {Severity: 2, Kind: sla.Resolve, Within: 4 * time.Hour}, {Severity: 3, Kind: sla.Resolve, Within: 8 * time.Hour},
		}}}},
		Rules: bot.Rules{GroupWindow: 10 * time.Minute, AckTimeout: 30 * time.Minute, AutoClose: 72 * time.Hour, Cooldown: 15 * time.Minute,
			Fallback: 30 * time.Second, BundleFirst: 15 * time.Second, BundleMax: 5 * time.Minute},
		Channels:  []bot.Channel{{Place: channel("desk"), Name: "desk", Audience: chat.Internal(), Mode: bot.ModeCommand}},
		Schedules: townSchedules(people),
		Policies:  townPolicies(),
		Routes: []bot.Route{
			{Name: "complaints", Policy: "two", Classes: []bot.Class{bot.Complaint}},
			{Name: "questions", Policy: "turns", Classes: []bot.Class{bot.Question}},
			{Name: "worst", Policy: "sun", Severities: []bot.Severity{1}},
			{Name: "everything", Policy: "standard"},
		},
	}
	for n := range people {
		org.People = append(org.People, responder(n, people))
	}
	for n := range customers {
		contract := ""
		if n%3 > 0 {
			contract = "gold"
		}
		org.Customers = append(org.Customers, bot.Customer{ID: customer(n), Name: "Customer " + customer(n), Lang: "en", Contract: contract})
		org.Channels = append(org.Channels, bot.Channel{Place: channel(customer(n)), Name: customer(n), Audience: chat.Customer(), Customer: customer(n), Mode: bot.ModeEvery})
		org.People = append(org.People, bot.Person{ID: contact(n), Name: "Name " + contact(n), Lang: "en", Role: bot.RoleCustomer, Customer: customer(n), Accounts: []chat.Principal{account(contact(n))}})
	}
	for n := range services {
		s := bot.Service{ID: service(n), Name: "Service " + service(n), Team: "core"}
		if n < services/4 {
			s.Policy = "office"
		}
		org.Services = append(org.Services, s)
	}
	org.Teams = []bot.Team{{ID: "core", Name: "Core", Members: team(0, 5)}}
	return org
}

func team(from, to int) (ids []string) {
	for n := from; n < to; n++ {
		ids = append(ids, person(n))
	}
	return ids
}

var homes = []string{"Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "America/Sao_Paulo"}

// responder is one of the town: everybody has chat and mail; some set rules, some
// want their nights.
func responder(n, people int) bot.Person {
	id := person(n)
	p := bot.Person{ID: id, Name: "Name " + id, Lang: []string{"en", "zh"}[n%2], Zone: homes[n%len(homes)], Role: bot.RoleResponder,
		Accounts: []chat.Principal{account(id)},
		Methods:  []bot.Method{{ID: "chat", Platform: "chat"}, {ID: "mail", Platform: string(MailName), Address: id + "@example.org"}}}
	if n%3 == 0 {
		p.Notify = []bot.NotifyRule{{Method: "chat"}, {Method: "mail", After: 3 * time.Minute}}
	}
	if n%7 == 0 {
		p.Quiet = bot.Quiet{From: "22:00", To: "06:30", Breaks: 3}
	}
	switch {
	case n == people-1:
		p.Role = bot.RoleAdmin
	case n >= people-3:
		p.Role = bot.RoleLead
	}
	return p
}

// townSchedules are rotations of every unit in zones with odd clocks.
func townSchedules(people int) []oncall.Schedule {
	layer := func(unit oncall.Unit, every int, start string, ids []string, windows ...oncall.Window) oncall.Layer {
		wall, _ := oncall.ParseWall(start)
		return oncall.Layer{Name: string(unit), Windows: windows, Rotation: oncall.Rotation{Unit: unit, Every: every, Start: wall, Participants: ids}}
	}
	zone := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		if err != nil {
			return time.UTC
		}
		return loc
	}
	hours := func(from, to int, days ...time.Weekday) oncall.Window {
		return oncall.Window{Days: days, From: wallclock.TimeOfDay(from * 3600), To: wallclock.TimeOfDay(to * 3600)}
	}
	in := func(l oncall.Layer, name string) oncall.Layer {
		l.Zone = zone(name)
		return l
	}
	return []oncall.Schedule{
		{ID: "berlin", Name: "Berlin", Zone: zone("Europe/Berlin"), Layers: []oncall.Layer{layer(oncall.Weekly, 1, "1999-01-04 09:00", team(0, 10))}},
		{ID: "newyork", Name: "New York", Zone: zone("America/New_York"), Layers: []oncall.Layer{layer(oncall.Daily, 1, "1999-01-04 02:30", team(10, 18))}},
		{ID: "howe", Name: "Lord Howe", Zone: zone("Australia/Lord_Howe"), Layers: []oncall.Layer{layer(oncall.Hourly, 12, "1999-01-04 02:00", team(18, 24))}},
		{ID: "office", Name: "Office", Zone: zone("Asia/Kolkata"), Layers: []oncall.Layer{layer(oncall.Weekly, 2, "1999-01-04 00:00", team(24, 28),
			hours(9, 17, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday))}},
		{ID: "sun", Name: "Follow the sun", Layers: []oncall.Layer{
			in(layer(oncall.Daily, 1, "1999-01-04 08:00", team(28, 31), hours(8, 16)), "Asia/Shanghai"),
			in(layer(oncall.Daily, 1, "1999-01-04 08:00", team(31, 34), hours(8, 17)), "Europe/Berlin"),
			in(layer(oncall.Daily, 1, "1999-01-04 08:00", team(34, 37), hours(8, 0)), "America/New_York"),
		}},
		{ID: "second", Name: "Second line", Zone: zone("America/Sao_Paulo"), Layers: []oncall.Layer{layer(oncall.Monthly, 1, "1999-01-31 09:00", team(37, people-3))}},
	}
}

func townPolicies() []bot.Policy {
	schedule := func(id string) bot.Target { return bot.Target{Schedule: id} }
	var turns []bot.Target
	for _, p := range team(0, 6) {
		turns = append(turns, bot.Target{Person: p})
	}
	second := bot.Step{Targets: []bot.Target{schedule("second")}, Wait: 5 * time.Minute}
	return []bot.Policy{
		{ID: "standard", Name: "Standard", Repeat: 2, Steps: []bot.Step{{Targets: []bot.Target{schedule("berlin")}, Wait: 5 * time.Minute}, second,
			{Targets: []bot.Target{{Team: "core"}}, Wait: 10 * time.Minute}}},
		{ID: "office", Name: "Office first", Repeat: 1, Steps: []bot.Step{{Targets: []bot.Target{schedule("office")}, Wait: 3 * time.Minute},
			{Targets: []bot.Target{schedule("newyork")}, Wait: 5 * time.Minute}, second}},
		{ID: "sun", Name: "Sun and island", Repeat: 3, Steps: []bot.Step{{Targets: []bot.Target{schedule("sun"), schedule("howe")}, Wait: 90 * time.Second}, second}},
		{ID: "turns", Name: "Turns", Repeat: 1, Steps: []bot.Step{{Targets: turns, Wait: 4 * time.Minute, RoundRobin: true}, second}},
		{ID: "two", Name: "Two of them", Repeat: 1, Steps: []bot.Step{{Targets: []bot.Target{schedule("sun"), schedule("berlin")}, Wait: 5 * time.Minute, Acks: 2}, second}},
	}
}
