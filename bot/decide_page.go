package bot

import (
	"slices"
	"strconv"
	"time"

	"hotline/bot/chat"
)

// startPaging chooses the policy, freezes it in the case, and fires its first step
// that has somebody.
func (d *decision) startPaging(because Reason) {
	if d.c.Class == Planned {
		return // planned events wait for their date; nobody is woken for them
	}
	policy, why := d.choosePolicy()
	if because.Code != "" {
		why = because
	}
	d.beginPolicy(policy, why)
}

func (d *decision) beginPolicy(policy Policy, why Reason) {
	d.emit(CaseEvent{Type: EvPagingBegan, Actor: system, Reason: why,
		Paging: &Paging{Policy: policy.ID, Steps: policy.Steps, Repeat: policy.Repeat}})
	d.refresh = true
	d.fire(0, 1, Reason{})
}

// choosePolicy finds the policy for the case as it is now: the service's own, or
// the first route that matches.
func (d *decision) choosePolicy() (Policy, Reason) {
	if s, ok := d.w.Org.Service(d.c.Service); ok && s.Policy != "" {
		if p, ok := d.w.Org.Policy(s.Policy); ok {
			return p, Reason{WhyService, p.ID, s.ID}
		}
	}
	for i := range d.w.Org.Routes {
		r := &d.w.Org.Routes[i]
		if !r.matches(&d.c, d.w.Now) {
			continue
		}
		if p, ok := d.w.Org.Policy(r.Policy); ok {
			return p, Reason{WhyRoute, p.ID, r.Name}
		}
	}
	return Policy{ID: "catch-all"}, Reason{WhyCatchAll, "catch-all", "no route matched"}
}

// matches reports whether the route is for the case.
func (r *Route) matches(c *Case, now time.Time) bool {
	return anyOf(r.Severities, c.Severity) && anyOf(r.Classes, c.Class) && anyOf(r.Customers, c.Customer) &&
		anyOf(r.Services, c.Service) && anyOf(r.Langs, c.Lang) &&
		(r.Hours == nil || (r.Hours.Between(now, now.Add(time.Second)) > 0) != r.Outside)
}

func anyOf[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }

// fire fires a step, skipping at once steps that have nobody, going round as often
// as the policy repeats, and ending in the catch-all when a whole round reached
// nobody.
func (d *decision) fire(step, round int, why Reason) {
	p := d.c.Paging
	for skipped := 0; skipped <= len(p.Steps); skipped++ {
		if step >= len(p.Steps) {
			if skipped > 0 && skipped >= len(p.Steps) || len(p.Steps) == 0 {
				break // a whole round, and nobody in it
			}
			if round > p.Repeat {
				d.emit(CaseEvent{Type: EvPagingEnded, Actor: system, Reason: Reason{Code: WhyEnded}})
				d.noticeDesk(TplUntaken, nil)
				if d.c.State == Acknowledged {
					d.watchAck() // nobody else came; whoever has it is asked after again
				}
				return
			}
			step, round = 0, round+1
			why = Reason{Code: WhyRepeat, What: strconv.Itoa(round)}
		}
		if d.fireStep(step, round, why) {
			return
		}
		step++
	}
	d.catchAll(step, round)
}

// fireStep pages the step's people; false when it has nobody who can be reached.
func (d *decision) fireStep(step, round int, why Reason) bool {
	s := d.c.Paging.Steps[step]
	who := d.targets(s, step)
	reached := 0
	if len(who) > 0 || hasChannel(s) {
		d.emit(CaseEvent{Type: EvStepFired, Actor: system, Step: step, Round: round, Reason: why})
		for _, t := range who {
			if d.page(t.person, step, t.why) {
				reached++
			}
		}
		reached += d.pageChannels(s)
	}
	if reached == 0 {
		d.emit(CaseEvent{Type: EvStepFired, Actor: system, Step: step, Round: round,
			Reason: Reason{Code: WhyEmptyStep, What: strconv.Itoa(step + 1)}})
		return false
	}
	d.timer(TimerStep, "", d.w.Now.Add(d.stepWait()), 0)
	return true
}

// stepWait is how long the present step is given.
func (d *decision) stepWait() time.Duration {
	if p := d.c.Paging; p.Step < len(p.Steps) {
		return max(p.Steps[p.Step].Wait, time.Second)
	}
	return catchAllWait
}

// catchAll pages every lead and admin: somebody always has it.
func (d *decision) catchAll(step, round int) {
	d.emit(CaseEvent{Type: EvStepFired, Actor: system, Step: step, Round: round, Reason: Reason{WhyCatchAll, "lead", "policy " + d.c.Paging.Policy}})
	for _, p := range d.w.Org.People {
		if p.Role.AtLeast(RoleLead) {
			d.page(p.ID, step, Reason{WhyCatchAll, p.Name, "policy " + d.c.Paging.Policy})
		}
	}
	d.timer(TimerStep, "", d.w.Now.Add(catchAllWait), 0)
}

// catchAllWait is how long the catch-all is given before the policy is tried again.
const catchAllWait = 15 * time.Minute

type pageTarget struct {
	person string
	why    Reason
}

// targets resolves whom a step pages now, once each.
func (d *decision) targets(s Step, step int) []pageTarget {
	var who []pageTarget
	add := func(person string, code ReasonCode, what string) {
		if _, ok := d.w.Org.Person(person); !ok {
			return
		}
		if !slices.ContainsFunc(who, func(t pageTarget) bool { return t.person == person }) {
			who = append(who, pageTarget{person, Reason{code, d.w.Name(person), what}})
		}
	}
	for _, t := range s.Targets {
		switch {
		case t.Person != "":
			add(t.Person, WhyNamed, t.String())
		case t.Schedule != "":
			for _, p := range d.w.OnCall(t.Schedule) {
				add(p, WhyOnCall, t.Schedule)
			}
		case t.Team != "":
			team, _ := d.w.Org.Team(t.Team)
			for _, p := range team.Members {
				add(p, WhyTeam, t.Team)
			}
		}
	}
	if s.RoundRobin && len(who) > 1 {
		return []pageTarget{d.turn(who, step)}
	}
	return who
}

// robinKey names the turn of a step.
func (d *decision) robinKey(step int) string {
	return d.c.Paging.Policy + "/" + strconv.Itoa(step)
}

// turn picks whose turn it is: the one after the last who was really notified, by
// id, so that editing the list neither skips nor repeats.
func (d *decision) turn(who []pageTarget, step int) pageTarget {
	slices.SortFunc(who, func(a, b pageTarget) int {
		if a.person < b.person {
			return -1
		}
		return 1
	})
	last := d.w.Roster.Robins[d.robinKey(step)].Last
	next := who[0]
	for _, t := range who {
		if t.person > last {
			next = t
			break
		}
	}
	next.why = Reason{WhyTurn, d.w.Name(next.person), "step " + strconv.Itoa(step+1)}
	return next
}

func hasChannel(s Step) bool {
	return slices.ContainsFunc(s.Targets, func(t Target) bool { return t.Channel.Channel != "" })
}

// pageChannels announces an untaken case in the channels of a step.
func (d *decision) pageChannels(s Step) int {
	n := 0
	for _, t := range s.Targets {
		if t.Channel.Channel == "" {
			continue
		}
		ch, _ := d.w.Org.Channel(t.Channel)
		d.letter(Letter{Template: TplUntaken, Intent: chat.IntentNotice, Audience: chat.Internal(), Priority: d.pagePriority(),
			In: t.Channel, Lang: d.channelLang(ch), Gen: d.c.Generation})
		n++
	}
	return n
}

// page writes the letters that page one person by the rules they set; false when
// there is no way to reach them.
func (d *decision) page(person string, step int, why Reason) bool {
	id := d.pageID()
	robin := ""
	if step >= 0 && step < len(d.c.Paging.Steps) && d.c.Paging.Steps[step].RoundRobin {
		robin = d.robinKey(step)
	}
	letters := d.pageLetters(person, id, robin)
	if len(letters) == 0 {
		d.emit(CaseEvent{Type: EvNotification, Actor: system, Person: person, Page: id, To: "failed",
			Reason: Reason{WhyNoMethod, d.w.Name(person), ""}})
		return false
	}
	d.emit(CaseEvent{Type: EvPaged, Actor: system, Person: person, Page: id, Step: step, Reason: why})
	for _, l := range letters {
		l.Gen = d.c.Generation
		d.letter(l)
	}
	return true
}

func (d *decision) pageLetters(person, id, robin string) []Letter {
	methods := d.w.MethodsOf(person)
	quiet, isQuiet := d.w.QuietUntil(person, d.c.Severity)
	if isQuiet {
		d.emit(CaseEvent{Type: EvNotification, Actor: system, Person: person, Page: id, To: "held",
			Reason: Reason{WhyQuiet, d.w.Name(person), quiet.UTC().Format(time.RFC3339)}})
	}
	p, _ := d.w.Org.Person(person)
	var letters []Letter
	for i, r := range d.w.RulesOf(person, d.c.Severity) {
		m, ok := find(methods, func(m *Method) bool { return m.ID == r.Method })
		if !ok || !m.Verified {
			continue
		}
		to, ok := d.w.Reach(person, m)
		if !ok {
			continue
		}
		at := d.w.Now.Add(r.After)
		if isQuiet && at.Before(quiet) {
			at = quiet.Add(r.After)
		}
		letters = append(letters, Letter{
			Template: TplPage, Intent: chat.IntentPage, Audience: chat.Only(person), Priority: d.pagePriority(),
			To: to, Person: person, Page: id, Link: LinkPage, NotBefore: at, Lang: d.w.LangOf(p),
			Args: map[string]string{"method": m.ID, "rank": strconv.Itoa(i), "robin": robin},
		})
	}
	return letters
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func (d *decision) pagePriority() Priority {
	switch {
	case d.c.Drill:
		return PrioTest
	case d.c.Severity <= 2:
		return PrioPageUrgent
	default:
		return PrioPage
	}
}

// noticeDesk says something in the internal thread of the case.
func (d *decision) noticeDesk(template string, args map[string]string) {
	d.letter(Letter{Template: template, Intent: chat.IntentReply, Audience: chat.Internal(), Priority: PrioNotice,
		Lang: d.w.Org.Lang, Args: withArg(args, "into", "inside")})
}

// tellCustomer says something in the conversation with the customer.
func (d *decision) tellCustomer(template string, args map[string]string) {
	l := Letter{Template: template, Intent: chat.IntentReply, Audience: chat.Customer(), Priority: PrioReply,
		Args: withArg(args, "into", "customer")}
	if template == TplResolved || template == TplRate || template == TplSuggest || template == TplKnownFixed {
		l.Link = LinkAsk // its buttons go when it is answered
	}
	d.letter(l)
}

// tellPerson writes to a person directly.
func (d *decision) tellPerson(person, template string, args map[string]string) {
	if person == "" || person == d.actor.ID {
		return // nobody is told of what they did themselves
	}
	to, ok := d.w.Account(person, "")
	if !ok {
		return
	}
	p, _ := d.w.Org.Person(person)
	d.letter(Letter{Template: template, Intent: chat.IntentNotice, Audience: chat.Only(person), Priority: PrioNotice,
		To: to, Person: person, Lang: d.w.LangOf(p), Args: args})
}

func withArg(args map[string]string, k, v string) map[string]string {
	out := map[string]string{k: v}
	for a, b := range args {
		out[a] = b
	}
	return out
}
