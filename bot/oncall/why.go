package oncall

import (
	"strings"
	"time"
)

// Rule names one kind of step in deciding who is on call.
type Rule string

// The steps. The comment says which fields of the Reason are set.
const (
	HasTurn        Rule = "has_turn"         // Layer, Person, From, Until: the rotation gives the turn to Person
	Absent         Rule = "absent"           // Layer, Person, From, Until, Detail: Person is away, Detail is the note
	StandsIn       Rule = "stands_in"        // Layer, Person, Other: Person takes the turn of the absent Other
	AllAbsent      Rule = "all_absent"       // Layer: everybody in the layer is away
	LayerNotYet    Rule = "layer_not_yet"    // Layer, Until: the layer begins at Until
	LayerOver      Rule = "layer_over"       // Layer, From: the layer ended at From
	OutsideHours   Rule = "outside_hours"    // Layer: none of its windows is open
	LayerBroken    Rule = "layer_broken"     // Layer, Detail: the configuration cannot be used
	Hidden         Rule = "hidden"           // Layer: a higher layer has somebody, so this one was not asked
	NobodyInLayers Rule = "nobody_in_layers" // no layer has anybody
	Added          Rule = "added"            // Override, Person, From, Until
	Replaced       Rule = "replaced"         // Override, Person, Other, From, Until: Person for Other
	ReplaceIdle    Rule = "replace_idle"     // Override, Person, Other, From, Until: Other is not on call
	Removed        Rule = "removed"          // Override, Person, From, Until
	RemoveIdle     Rule = "remove_idle"      // Override, Person, From, Until: Person is not on call anyway
	OnCall         Rule = "on_call"          // Person: is on call (WhyNot only)
	NotInSchedule  Rule = "not_in_schedule"  // Person: stands in no layer (WhyNot only)
	HiddenBy       Rule = "hidden_by"        // Layer, Person, Other: Person's turn in Layer, hidden by layer Other (WhyNot only)
	NextOnCall     Rule = "next_on_call"     // Person, From, Until: the next shift (WhyNot only)
	NeverOnCall    Rule = "never_on_call"    // Person: no shift within 367 days (WhyNot only)
)

// Reason is one step of a decision. Which fields are set depends on Rule.
type Reason struct {
	Rule     Rule
	Layer    string // name of the layer
	Override string // ID of the override
	Person   string
	Other    string // a second person, or layer
	// From and Until bound what the reason speaks of: the turn, the override,
	// the absence.
	From, Until time.Time
	Detail      string
}

// sentences hold each rule in English and Chinese. The words in braces are the
// fields of a Reason.
var sentences = map[Rule][2]string{
	HasTurn:        {"Layer {layer}: the turn of {person}, {from} to {until}.", "{layer} 层：轮到 {person}，{from} 至 {until}。"},
	Absent:         {"{person} is away {from} to {until}{detail}.", "{person} 不在，{from} 至 {until}{detail}。"},
	StandsIn:       {"Layer {layer}: {person} is next in order and stands in for {other}.", "{layer} 层：{person} 按顺序顶替 {other}。"},
	AllAbsent:      {"Layer {layer}: everybody is away.", "{layer} 层：所有人都不在。"},
	LayerNotYet:    {"Layer {layer} begins at {until}.", "{layer} 层从 {until} 开始。"},
	LayerOver:      {"Layer {layer} ended at {from}.", "{layer} 层已于 {from} 结束。"},
	OutsideHours:   {"Layer {layer}: outside its hours.", "{layer} 层：不在其时段内。"},
	LayerBroken:    {"Layer {layer} cannot be used{detail}.", "{layer} 层无法使用{detail}。"},
	Hidden:         {"Layer {layer} is hidden by the layer above.", "{layer} 层被上层覆盖。"},
	NobodyInLayers: {"No layer has anybody.", "没有任何层有人值班。"},
	Added:          {"Override {override}: {person} added, {from} to {until}.", "调整 {override}：加入 {person}，{from} 至 {until}。"},
	Replaced:       {"Override {override}: {person} for {other}, {from} to {until}.", "调整 {override}：{person} 代替 {other}，{from} 至 {until}。"},
	ReplaceIdle:    {"Override {override} ({person} for {other}) does nothing: {other} is not on call.", "调整 {override}（{person} 代替 {other}）不起作用：{other} 不在值班。"},
	Removed:        {"Override {override}: {person} taken off, {from} to {until}.", "调整 {override}：撤下 {person}，{from} 至 {until}。"},
	RemoveIdle:     {"Override {override} (take {person} off) does nothing: {person} is not on call.", "调整 {override}（撤下 {person}）不起作用：{person} 不在值班。"},
	OnCall:         {"{person} is on call.", "{person} 正在值班。"},
	NotInSchedule:  {"{person} stands in no layer of this schedule.", "{person} 不在此排班的任何层中。"},
	HiddenBy:       {"{person} has the turn in layer {layer}, but layer {other} above has somebody.", "{layer} 层轮到 {person}，但上面的 {other} 层有人值班。"},
	NextOnCall:     {"{person} is on call next {from} to {until}.", "{person} 下次值班：{from} 至 {until}。"},
	NeverOnCall:    {"{person} has no shift in the next 367 days.", "{person} 在未来 367 天内没有值班。"},
}

// Say writes the reason as one sentence, in Chinese if lang begins with "zh" and
// in English otherwise, with times in loc (nil: UTC). name turns IDs of people
// into names; nil leaves them as they are.
func (r Reason) Say(lang string, loc *time.Location, name func(id string) string) string {
	return fill(pick(sentences[r.Rule], lang), r.fields(loc, name))
}

func pick(pair [2]string, lang string) string {
	if strings.HasPrefix(lang, "zh") {
		return pair[1]
	}
	return pair[0]
}

func (r Reason) fields(loc *time.Location, name func(string) string) []string {
	if name == nil {
		name = func(id string) string { return id }
	}
	other := r.Other
	if r.Rule != HiddenBy {
		other = name(other)
	}
	detail := r.Detail
	if detail != "" {
		detail = ": " + detail
	}
	return []string{
		"{layer}", r.Layer, "{override}", r.Override, "{person}", name(r.Person), "{other}", other,
		"{from}", clock(r.From, loc), "{until}", clock(r.Until, loc), "{detail}", detail,
	}
}

func fill(sentence string, fields []string) string {
	return strings.NewReplacer(fields...).Replace(sentence)
}

// clock writes an instant for a sentence, with the zone so that it cannot be
// misread.
func clock(at time.Time, loc *time.Location) string {
	if loc == nil {
		loc = time.UTC
	}
	return at.In(loc).Format("2006-01-02 15:04 MST")
}

// trace collects reasons; a nil trace collects nothing.
type trace struct{ reasons []Reason }

func (t *trace) add(r Reason) {
	if t != nil {
		t.reasons = append(t.reasons, r)
	}
}

func (t *trace) hidden(lower []layerPlan) {
	for i := len(lower) - 1; t != nil && i >= 0; i-- {
		t.add(Reason{Rule: Hidden, Layer: lower[i].Name})
	}
}
