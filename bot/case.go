package bot

import (
	"time"

	"hotline/bot/chat"
	"hotline/bot/sla"
)

// Class is the letter that a case number begins with.
type Class string

// The classes. Faults, questions and complaints are service calls: ordered by
// severity, they pre-empt planned work. Planned events are first come, first
// served.
const (
	Fault     Class = "F"
	Question  Class = "Q"
	Complaint Class = "C"
	Planned   Class = "P"
)

// Severity is the fault level, 1 (system down) to 4 (cosmetic). Paging and
// targets hang on it. Zero means not yet set.
type Severity int

// State is where a case stands.
type State string

// The states. Reopened is New once more, after a fix that was none.
const (
	New             State = "new"
	Acknowledged    State = "acknowledged"
	InProgress      State = "in_progress"
	WaitingCustomer State = "waiting_customer"
	WaitingOthers   State = "waiting_others"
	Resolved        State = "resolved"
	Closed          State = "closed"
	Reopened        State = "reopened"
	Cancelled       State = "cancelled"
	Duplicate       State = "duplicate"
)

// Open reports whether work on the case may still go on (resolved included,
// because the customer may say no).
func (s State) Open() bool {
	return s != Closed && s != Cancelled && s != Duplicate
}

// Active reports whether somebody must still fix something.
func (s State) Active() bool { return s.Open() && s != Resolved }

// Untaken reports whether nobody has taken the case yet.
func (s State) Untaken() bool { return s == New || s == Reopened }

// Case is one report and everything that happens to it, derived from its events
// by [Case.Apply]. The store keeps it as one document with a few indexed fields.
type Case struct {
	ID     int64  `json:"id"` // counter, allocated by the store
	Number string `json:"number"`
	Class  Class  `json:"class"`
	// Severity is what counts now.
	Severity Severity `json:"severity"`
	State    State    `json:"state"`
	// Seq is the number of the last event applied.
	Seq int `json:"seq"`
	// Generation is raised by everything that makes sent pages stale: an
	// acknowledgement, an escalation, a resolution. Pages carry the generation they
	// were made for.
	Generation int `json:"generation"`
	// Episode counts from 1; a reopening begins the next.
	Episode int `json:"episode"`

	Title string `json:"title"`
	Text  string `json:"text"`
	// Lang is the customer's language on this case.
	Lang     string `json:"lang"`
	Customer string `json:"customer,omitempty"` // id in the organisation
	Site     string `json:"site,omitempty"`
	Asset    string `json:"asset,omitempty"` // serial
	Service  string `json:"service,omitempty"`
	Contact  string `json:"contact,omitempty"`  // how to reach the reporter
	Contract string `json:"contract,omitempty"` // whose promises count
	Promise  string `json:"promise,omitempty"`  // in which version
	// Facts are what the clocks are counted from, derived from the events.
	Facts []sla.Fact `json:"facts,omitempty"`
	// Warned is how far each clock has been warned of, in percent; 100 is late.
	Warned map[string]int `json:"warned,omitempty"`
	// Reporter is who reported: an actor id.
	Reporter     string         `json:"reporter"`
	ReporterName string         `json:"reporter_name,omitempty"`
	ReporterAt   chat.Principal `json:"reporter_at,omitzero"`
	Source       string         `json:"source,omitempty"` // platform or hook
	DedupKey     string         `json:"dedup_key,omitempty"`
	// Count is how often the same report arrived.
	Count int `json:"count,omitempty"`

	Owner   string   `json:"owner,omitempty"`   // person id
	Helpers []string `json:"helpers,omitempty"` // added responders
	Next    string   `json:"next,omitempty"`    // next action, when said

	Opened    time.Time `json:"opened"`
	Acked     time.Time `json:"acked,omitzero"`
	Responded time.Time `json:"responded,omitzero"`
	Restored  time.Time `json:"restored,omitzero"`
	ResolvedA time.Time `json:"resolved,omitzero"`
	ClosedAt  time.Time `json:"closed,omitzero"`
	Updated   time.Time `json:"updated"`
	// AnsweredAt is when the customer last heard from a person.
	AnsweredAt time.Time `json:"answered,omitzero"`
	Snoozed    time.Time `json:"snoozed,omitzero"` // until

	WaitReason string `json:"wait_reason,omitempty"`
	Cause      string `json:"cause,omitempty"`
	Solution   string `json:"solution,omitempty"`
	ResolvedBy string `json:"resolved_by,omitempty"`
	SelfSolved string `json:"self_solved,omitempty"` // article id that solved it
	Of         string `json:"of,omitempty"`          // number this is a duplicate of
	// Asked and Rated are the episode that satisfaction was asked and given for.
	Asked int `json:"asked,omitempty"`
	Rated int `json:"rated,omitempty"`
	Score int `json:"score,omitempty"`

	Paging Paging `json:"paging,omitzero"`
	// Suggested are the articles offered on opening.
	Suggested []Hit `json:"suggested,omitempty"`
	// AskFirst says that the customer is asked whether it is the first of them.
	AskFirst bool `json:"ask_first,omitempty"`
	// Advice is an answer written from them, Translation the report in the other
	// language; both by a language model, empty without one.
	Advice      Advice      `json:"advice,omitzero"`
	Translation Translation `json:"translation,omitzero"`
	// Known is the known problem that the case is linked to.
	Known KnownProblem `json:"known,omitzero"`
	// Room is the incident channel, when there is one.
	Room chat.Place `json:"room,omitzero"`
	// Recovering says that the alarm behind the case has said that it ended.
	Recovering bool `json:"recovering,omitempty"`
	// Held says why pages are held (maintenance), empty when they are not.
	Held string `json:"held,omitempty"`
	// Drill marks a test that is never counted and never outranks a real page.
	Drill bool `json:"drill,omitempty"`
}

// Paging is how far the escalation of a case has come. The policy is frozen when
// paging starts; people are resolved when a step fires.
type Paging struct {
	Active bool   `json:"active,omitempty"`
	Policy string `json:"policy,omitempty"`
	// Steps is the frozen policy.
	Steps []Step `json:"steps,omitempty"`
	// Repeat is how many rounds are left after this one.
	Repeat int `json:"repeat,omitempty"`
	Step   int `json:"step,omitempty"`
	Round  int `json:"round,omitempty"`
	// Paged are the persons paged in this episode, in order, once each.
	Paged []string `json:"paged,omitempty"`
	// Acks are the persons who acknowledged; needed when a step asks for several.
	Acks    []string  `json:"acks,omitempty"`
	Started time.Time `json:"started,omitzero"`
	StepAt  time.Time `json:"step_at,omitzero"` // when the present step fired
	First   time.Time `json:"first,omitzero"`   // the first page of the episode
}

// Hit is an article or case that was suggested.
type Hit struct {
	ID      string   `json:"id"`
	Kind    string   `json:"kind"` // "article" or "case"
	Title   string   `json:"title"`
	Extract string   `json:"extract,omitempty"`
	Score   float64  `json:"score"`
	Words   []string `json:"words,omitempty"`
	Helped  int      `json:"helped,omitempty"`
	// Updated is when the article was last changed.
	Updated  time.Time `json:"updated,omitzero"`
	Internal bool      `json:"internal,omitempty"`
	// About is the kind of an article.
	About ArticleKind `json:"about,omitempty"`
	// Known says whether it is a known problem.
	Known KnownState `json:"known,omitempty"`
	// Tried is what became of it, "" when nobody said.
	Tried string `json:"tried,omitempty"`
}
