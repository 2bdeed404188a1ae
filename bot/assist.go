package bot

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"hotline/bot/chat"
	"hotline/bot/say"
)

// TimerAssist has the language model do something about a case, beside everything
// else: whatever waits for it has happened before. Its key begins with one of the
// Assist words. Without a model such timers are not set.
const TimerAssist TimerKind = "assist"

// What a [TimerAssist] is for: the beginning of its key, before a colon.
const (
	AssistLook    = "look"    // search again with the model's help, and answer
	AssistSaid    = "said"    // translate a message; then the number of its event
	AssistSummary = "summary" // sum the case up for who takes it; then the person
	AssistAsk     = "ask"     // somebody asked; then the id of the record of the [Ask]
)

// RecAsk and RecTrace are the kinds of record that hold an [Ask], by its id, and the
// traces of a case, by the case's id.
const (
	RecAsk   = "ask"
	RecTrace = "trace"
)

// The tasks that a person can ask for.
const (
	AskSummary = "summary" // what happened on the case
	AskDraft   = "draft"   // a reply to the customer
	AskAnswer  = "answer"  // an answer to Text from the articles
)

// Ask is what somebody asked the language model for. It is kept until it is answered.
type Ask struct {
	Task string `json:"task"`
	Case int64  `json:"case,omitempty"`
	Text string `json:"text,omitempty"`
	Lang string `json:"lang,omitempty"`
	// Person is who asked; Letter is the answer to them, without its content.
	Person string `json:"person,omitempty"`
	Letter Letter `json:"letter"`
}

// Ask keeps what somebody asks of the language model until a job answers it.
func (d *Desk) Ask(tx Tx, a Ask) error {
	id := uuid.Must(uuid.NewV7()).String()
	if err := PutJSON(tx, RecAsk, id, a); err != nil {
		return err
	}
	return d.Later(tx, Timer{Kind: TimerAssist, Case: a.Case, Key: AssistAsk + ":" + id, Due: tx.Now()})
}

// Later sets timers that belong to no decision, and wakes the engine for them.
func (d *Desk) Later(tx Tx, timers ...Timer) error {
	if err := tx.SetTimer(timers...); err != nil {
		return err
	}
	d.announce(tx, Outcome{}, nil, timers)
	return nil
}

// Trace is one call to the language model.
type Trace struct {
	At   time.Time `json:"at"`
	Task string    `json:"task"` // keywords, rerank, answer, reply, handover or translate
	// Model is its name; Prompt is what was sent, redacted, at most 24 KiB of it.
	Model   string   `json:"model"`
	Prompt  string   `json:"prompt"`
	Sources []string `json:"sources,omitempty"` // ids of the articles it was given
	Tokens  int      `json:"tokens"`
	Millis  int64    `json:"ms"`
	Answer  string   `json:"answer,omitempty"` // as it came, at most 4 KiB
	// Result is one of the Trace results; Why says more when the answer was not used.
	Result string `json:"result"`
	Why    string `json:"why,omitempty"`
}

// How a call ended.
const (
	TraceUsed    = "used"    // its answer passed the checks
	TraceRefused = "refused" // it came and did not pass them
	TraceFailed  = "failed"  // none came in time
	TraceResting = "resting" // not asked: it failed too often just now
	TraceSpent   = "spent"   // not asked: today's tokens are spent
)

// Bounds of the traces of one case.
const (
	MaxTraces = 20
	maxPrompt = 24 << 10
)

// KeepTraces adds calls to the traces of a case and drops the oldest beyond
// MaxTraces. Calls that were not made are not kept.
func KeepTraces(tx Tx, caseID int64, list ...Trace) error {
	kept, err := Traces(tx, caseID)
	if err != nil {
		return err
	}
	before := len(kept)
	for _, t := range list {
		if t.Result == TraceResting || t.Result == TraceSpent {
			continue
		}
		t.Prompt = strings.ToValidUTF8(t.Prompt[:min(len(t.Prompt), maxPrompt)], "")
		kept = append(kept, t)
	}
	if caseID == 0 || len(kept) == before {
		return nil
	}
	return PutJSON(tx, RecTrace, strconv.FormatInt(caseID, 10), kept[max(0, len(kept)-MaxTraces):])
}

// Traces lists the latest calls about a case, oldest first.
func Traces(r Reader, caseID int64) ([]Trace, error) {
	rec, err := r.Record(RecTrace, strconv.FormatInt(caseID, 10))
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Trace
	return list, json.Unmarshal(rec.Body, &list)
}

// Advice is a short answer that the language model wrote from articles.
type Advice struct {
	Text string   `json:"text,omitempty"`
	From []string `json:"from,omitempty"` // ids of the articles it rests on
}

// Translation is a text in another language, made by the language model.
type Translation struct {
	Lang string `json:"lang,omitempty"`
	Text string `json:"text,omitempty"`
}

// assist sets the timer of something that the language model shall do.
func (d *decision) assist(key string) { d.timer(TimerAssist, key, d.w.Now, 0) }

// saidKey is the key of the timer that has a message translated.
func saidKey(seq int) string { return AssistSaid + ":" + strconv.Itoa(seq) }

// worthTranslating says that a text is more than a code or a word of thanks.
func worthTranslating(text, lang string) bool {
	if lang == say.Chinese {
		return len([]rune(text)) >= 4
	}
	return len(strings.Fields(text)) >= 3
}

// TranslateTo says whether somebody of the hotline who reads about the case needs
// what the customer wrote in another language, and in which. English in the case of
// a customer who writes Chinese is a log or an error text and stays.
func (w World) TranslateTo(c *Case, text string) (lang string, ok bool) {
	from := say.Guess(text)
	if !w.Org.Assisted || from == "" || !worthTranslating(text, from) || from == say.English && say.IsChinese(c.Lang) {
		return "", false
	}
	to := say.Chinese
	if from == say.Chinese {
		to = say.English
	}
	readers := []string{w.deskLang(c)}
	for _, person := range append(c.Paging.Paged[:len(c.Paging.Paged):len(c.Paging.Paged)], c.Owner) {
		if p, known := w.Org.Person(person); known {
			readers = append(readers, w.LangOf(p))
		}
	}
	for _, r := range readers {
		if say.IsChinese(r) == (to == say.Chinese) {
			return to, true
		}
	}
	return "", false
}

// OfferIn says whether what somebody of the hotline wrote to the customer is in
// another language than the customer's, and in which it should be offered.
func (w World) OfferIn(c *Case, text string) (lang string, ok bool) {
	from, to := say.Guess(text), say.English
	if say.IsChinese(c.Lang) {
		to = say.Chinese
	}
	return to, w.Org.Assisted && c.Lang != "" && from != "" && from != to && worthTranslating(text, from)
}

// deskLang is the language of the internal channel that shows the case.
func (w World) deskLang(c *Case) string {
	if ch, ok := w.deskChannel(c); ok && ch.Lang != "" {
		return ch.Lang
	}
	return w.Org.Lang
}

// wantTranslation has the message of an event translated when that helps, and marks
// the letters that show it inside, from a number on, so that the translation can be
// added.
func (d *decision) wantTranslation(text string, seq, from int) {
	if d.actor.Role.Staff() {
		if _, ok := d.w.OfferIn(&d.c, text); ok {
			d.assist(saidKey(seq))
		}
		return
	}
	if _, ok := d.w.TranslateTo(&d.c, text); !ok {
		return
	}
	d.assist(saidKey(seq))
	for i := range d.letters[from:] {
		l := &d.letters[from+i]
		l.Link, l.Args = LinkCopy, withArg(l.Args, "seq", strconv.Itoa(seq))
	}
}

// translated records a translation; that of the report is shown on the cards.
func (d *decision) translated(t Translated) {
	d.emit(CaseEvent{Type: EvTranslated, From: strconv.Itoa(t.Seq), To: t.Lang, Text: CleanText(t.Text, MaxNote), Actor: system})
	d.refresh = t.Seq == 1
}

// drafted records a draft that a person may send.
func (d *decision) drafted(t Drafted) {
	d.emit(CaseEvent{Type: EvDrafted, Person: t.For, To: t.Lang, Text: CleanText(t.Text, MaxNote), Actor: system})
}

// Retell adds a translation below the copies of a customer's message that the people
// who need it have seen.
func (d *Desk) Retell(tx Tx, c *Case, said CaseEvent, t Translation) error {
	links, err := tx.Links(c.ID, LinkCopy)
	if err != nil {
		return err
	}
	w, org := d.World(tx), d.org.Load()
	var letters []Letter
	for _, k := range links {
		if k.Person != strconv.Itoa(said.Seq) {
			continue
		}
		l := Letter{Case: c.ID, Template: TplCustomerSaid, Intent: chat.IntentReply, Priority: PrioNotice, Edit: k.Ref, Audience: k.Audience,
			Lang: org.Lang, Args: map[string]string{"text": said.Text, "by": said.Actor.Name, "translation": t.Text}}
		reader := w.deskLang(c)
		if person, one := k.Audience.Person(); one {
			p, _ := org.Person(person)
			l.Person, l.Lang = person, w.LangOf(p)
			reader = l.Lang
		}
		if say.IsChinese(reader) == say.IsChinese(t.Lang) {
			letters = append(letters, l)
		}
	}
	if len(letters) == 0 {
		return nil
	}
	return d.Post(tx, letters...)
}

// SaysSoon reports whether a copy of a message for the people of the hotline still
// waits to be sent.
func SaysSoon(letters []Letter, seq int) bool {
	for _, l := range letters {
		if l.Link == LinkCopy && l.Args["seq"] == strconv.Itoa(seq) && (l.State == Pending || l.State == InFlight) {
			return true
		}
	}
	return false
}

// summaries has the worst cases summed up for somebody who begins a shift.
func summaries(w World, people []string, cases []Case) []Timer {
	if !w.Org.Assisted {
		return nil
	}
	var timers []Timer
	for _, c := range cases[:min(len(cases), maxSummaries)] {
		for _, p := range people {
			timers = append(timers, Timer{Kind: TimerAssist, Case: c.ID, Key: AssistSummary + ":" + p, Due: w.Now})
		}
	}
	return timers
}

// maxSummaries is how many of the cases of a brief are summed up.
const maxSummaries = 3
