package oncall

import (
	"slices"
	"time"
)

// ProblemKind names a kind of weakness in a schedule.
type ProblemKind string

// The kinds of problem. The comment says which fields of the Problem are set.
const (
	Broken         ProblemKind = "broken"          // Detail: Validate refuses the schedule or an override
	Gap            ProblemKind = "gap"             // From, To: nobody is on call
	SinglePerson   ProblemKind = "single_person"   // Layer, Person: the layer has one person only
	UnknownPerson  ProblemKind = "unknown_person"  // Layer or Override, Person: nobody has this ID
	IdleLayer      ProblemKind = "idle_layer"      // Layer: has nobody in the whole time
	AbsentOverride ProblemKind = "absent_override" // Override, Person, From, To: on call by override while away
	Conflicting    ProblemKind = "conflicting"     // Override, Detail: two overrides contradict each other
)

// Problem is one weakness found by Check.
type Problem struct {
	Kind     ProblemKind
	Schedule string
	Layer    string
	Override string
	Person   string
	From, To time.Time
	Detail   string
}

// problemSentences hold each kind in English and Chinese: what to do first, then
// what is wrong.
var problemSentences = map[ProblemKind][2]string{
	Broken:         {"Correct schedule {schedule}{detail}.", "请更正排班 {schedule}{detail}。"},
	Gap:            {"Fill schedule {schedule}: nobody is on call {from} to {until}.", "请补齐排班 {schedule}：{from} 至 {until} 无人值班。"},
	SinglePerson:   {"Add a second person to layer {layer} of schedule {schedule}: {person} is alone in it.", "请为排班 {schedule} 的 {layer} 层增加第二人：目前只有 {person}。"},
	UnknownPerson:  {"Correct schedule {schedule}, {layer}{override}: nobody has the ID {person}.", "请更正排班 {schedule}（{layer}{override}）：没有 ID 为 {person} 的人。"},
	IdleLayer:      {"Check layer {layer} of schedule {schedule}: it never has anybody.", "请检查排班 {schedule} 的 {layer} 层：一直无人。"},
	AbsentOverride: {"Change override {override} of schedule {schedule}: {person} is away {from} to {until}.", "请修改排班 {schedule} 的调整 {override}：{person} 在 {from} 至 {until} 不在。"},
	Conflicting:    {"Change override {override} of schedule {schedule}{detail}.", "请修改排班 {schedule} 的调整 {override}{detail}。"},
}

// Say writes the problem as one sentence, in the manner of Reason.Say.
func (p Problem) Say(lang string, loc *time.Location, name func(id string) string) string {
	r := Reason{Layer: p.Layer, Override: p.Override, Person: p.Person, From: p.From, Until: p.To, Detail: p.Detail}
	return fill(pick(problemSentences[p.Kind], lang), append(r.fields(loc, name), "{schedule}", p.Schedule))
}

// Check lists what is weak in schedules over a number of days from an instant:
// gaps, layers with a single person, layers that never have anybody, people that
// known does not know (nil knows everybody), overrides that contradict each
// other or put somebody absent on call, and whatever Validate refuses. The past
// is not looked at. An empty list means nothing was found.
func Check(schedules []Schedule, overrides []Override, absences []Absence, known func(person string) bool, from time.Time, days int) []Problem {
	if known == nil {
		known = func(string) bool { return true }
	}
	var problems []Problem
	for i := range schedules {
		c := check{schedule: &schedules[i], known: known, from: from, to: from.Add(time.Duration(days) * 24 * time.Hour)}
		c.layers(absences)
		c.overrides(overrides, absences)
		c.gaps(overrides, absences)
		problems = append(problems, c.problems...)
	}
	return problems
}

type check struct {
	schedule *Schedule
	known    func(string) bool
	from, to time.Time
	problems []Problem
}

func (c *check) add(p Problem) {
	p.Schedule = c.schedule.ID
	c.problems = append(c.problems, p)
}

func (c *check) layers(absences []Absence) {
	if err := c.schedule.Validate(); err != nil {
		c.add(Problem{Kind: Broken, Detail: err.Error()})
	}
	for i := range c.schedule.Layers {
		l := &c.schedule.Layers[i]
		distinct := slices.Compact(slices.Sorted(slices.Values(l.Rotation.Participants)))
		if len(distinct) == 1 {
			c.add(Problem{Kind: SinglePerson, Layer: l.Name, Person: distinct[0]})
		}
		for _, person := range distinct {
			if !c.known(person) {
				c.add(Problem{Kind: UnknownPerson, Layer: l.Name, Person: person})
			}
		}
		alone := Schedule{ID: c.schedule.ID, Zone: c.schedule.Zone, Layers: []Layer{*l}}
		spans := Timeline(alone, nil, absences, c.from, c.to)
		if len(spans) == 1 && len(spans[0].Responders) == 0 {
			c.add(Problem{Kind: IdleLayer, Layer: l.Name})
		}
	}
}

func (c *check) overrides(overrides []Override, absences []Absence) {
	for i := range overrides {
		o := &overrides[i]
		if o.Schedule != c.schedule.ID || !o.Overlaps(c.from, c.to) {
			continue
		}
		if err := o.Validate(); err != nil {
			c.add(Problem{Kind: Broken, Override: o.ID, Detail: err.Error()})
			continue
		}
		if !c.known(o.Person) {
			c.add(Problem{Kind: UnknownPerson, Override: o.ID, Person: o.Person})
		}
		if err := o.Conflict(overrides[:i]); err != nil {
			c.add(Problem{Kind: Conflicting, Override: o.ID, Detail: err.Error()})
		}
		for _, a := range absences {
			if o.Kind != Remove && a.Person == o.Person && o.Overlaps(a.From, a.To) {
				c.add(Problem{Kind: AbsentOverride, Override: o.ID, Person: o.Person, From: a.From, To: a.To})
			}
		}
	}
}

func (c *check) gaps(overrides []Override, absences []Absence) {
	for _, gap := range Gaps(*c.schedule, overrides, absences, c.from, c.to) {
		c.add(Problem{Kind: Gap, From: gap.From, To: gap.To})
	}
}
