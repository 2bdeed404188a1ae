package bot

import (
	"encoding/json"
	"time"

	"hotline/bot/oncall"
	"hotline/bot/sla"
)

// The kinds of record that the hotline keeps. The comment names the body.
const (
	RecOverride = "override" // oncall.Override
	RecAbsence  = "absence"  // oncall.Absence
	RecMethod   = "method"   // PersonMethod; id is person/method
	RecNotify   = "notify"   // PersonNotify; id is the person
	RecWindow   = "window"   // Window
	RecRobin    = "robin"    // Robin; id is policy/step
	RecCover    = "cover"    // Cover: somebody asks for cover
	RecAccount  = "account"  // Account: a linked chat account; id is the principal key
	RecToken    = "token"    // login tokens of the web workspace, hashed
	RecSetting  = "setting"  // anything small that must survive a restart
	RecLang     = "lang"     // string: the language somebody chose; id is the actor's
	RecPromise  = "promise"  // sla.Policy: a version of a contract; id is contract@version
)

// PersonMethod is a contact method that a person added in chat.
type PersonMethod struct {
	Person string `json:"person"`
	Method Method `json:"method"`
	// CodeHash is the hash of the code that proves it, empty once proved; it is
	// valid until Expires and for Tries more tries.
	CodeHash string    `json:"code_hash,omitempty"`
	Expires  time.Time `json:"expires,omitzero"`
	Tries    int       `json:"tries,omitempty"`
}

// PersonNotify are the rules that a person set in chat; they replace those of the
// configuration.
type PersonNotify struct {
	Person string       `json:"person"`
	Rules  []NotifyRule `json:"rules"`
	Quiet  *Quiet       `json:"quiet,omitempty"`
}

// Window is a time of maintenance: pages for what it covers are held and say so.
// Exactly one of Service, Site, Asset, Customer is set.
type Window struct {
	ID       string    `json:"id"`
	Service  string    `json:"service,omitempty"`
	Site     string    `json:"site,omitempty"`
	Asset    string    `json:"asset,omitempty"`
	Customer string    `json:"customer,omitempty"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Reason   string    `json:"reason"`
	By       string    `json:"by"`
}

// Covers reports whether the window holds pages of c at now.
func (w Window) Covers(c *Case, now time.Time) bool {
	if now.Before(w.From) || !now.Before(w.To) {
		return false
	}
	switch {
	case w.Service != "":
		return w.Service == c.Service
	case w.Site != "":
		return w.Site == c.Site
	case w.Asset != "":
		return w.Asset == c.Asset
	case w.Customer != "":
		return w.Customer == c.Customer
	default:
		return false
	}
}

// Robin is whose turn it was last in a round-robin step, by person id.
type Robin struct {
	Last string `json:"last"`
}

// Cover is somebody's request that another take a shift.
type Cover struct {
	ID       string    `json:"id"`
	Schedule string    `json:"schedule"`
	Person   string    `json:"person"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Reason   string    `json:"reason,omitempty"`
	// Swap is the shift offered in return, zero when none is.
	SwapFrom time.Time `json:"swap_from,omitzero"`
	SwapTo   time.Time `json:"swap_to,omitzero"`
	// TakenBy is who accepted.
	TakenBy string `json:"taken_by,omitempty"`
}

// Account links a platform account to a person.
type Account struct {
	Principal string `json:"principal"` // Principal.Key
	Person    string `json:"person"`
}

// Roster is what people arranged in chat: overrides, absences, contact methods,
// windows, turns; and what contracts promised before they were edited. It is a snapshot and never changes.
type Roster struct {
	Overrides []oncall.Override
	Absences  []oncall.Absence
	Methods   []PersonMethod
	Notify    []PersonNotify
	Windows   []Window
	Robins    map[string]Robin
	Covers    []Cover
	Accounts  map[string]string // principal key → person id
	Langs     map[string]string // actor id → language chosen with /lang
	// Promises are the versions of each contract that were in force since Hotline
	// knows it, by the contract's id.
	Promises map[string][]sla.Policy
}

// LoadRoster reads the snapshot.
func LoadRoster(r Reader) (*Roster, error) {
	ro := &Roster{Robins: map[string]Robin{}, Accounts: map[string]string{}, Langs: map[string]string{}, Promises: map[string][]sla.Policy{}}
	var accounts []Account
	robins := map[string]Robin{}
	err := firstErr(
		loadRecords(r, RecOverride, func(_ string, v oncall.Override) { ro.Overrides = append(ro.Overrides, v) }),
		loadRecords(r, RecAbsence, func(_ string, v oncall.Absence) { ro.Absences = append(ro.Absences, v) }),
		loadRecords(r, RecMethod, func(_ string, v PersonMethod) { ro.Methods = append(ro.Methods, v) }),
		loadRecords(r, RecNotify, func(_ string, v PersonNotify) { ro.Notify = append(ro.Notify, v) }),
		loadRecords(r, RecWindow, func(_ string, v Window) { ro.Windows = append(ro.Windows, v) }),
		loadRecords(r, RecRobin, func(id string, v Robin) { robins[id] = v }),
		loadRecords(r, RecCover, func(_ string, v Cover) { ro.Covers = append(ro.Covers, v) }),
		loadRecords(r, RecPromise, func(_ string, v sla.Policy) { ro.Promises[v.ID] = append(ro.Promises[v.ID], v) }),
		loadRecords(r, RecLang, func(id string, v string) { ro.Langs[id] = v }),
		loadRecords(r, RecAccount, func(_ string, v Account) { accounts = append(accounts, v) }),
	)
	if err != nil {
		return nil, err
	}
	ro.Robins = robins
	for _, a := range accounts {
		ro.Accounts[a.Principal] = a.Person
	}
	return ro, nil
}

// loadRecords reads the records of a kind; one that cannot be read is skipped, so
// that a bad row stops nothing else.
func loadRecords[T any](r Reader, kind string, add func(id string, v T)) error {
	records, err := r.Records(kind)
	if err != nil {
		return err
	}
	for _, rec := range records {
		var v T
		if json.Unmarshal(rec.Body, &v) == nil {
			add(rec.ID, v)
		}
	}
	return nil
}

func firstErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// PutJSON stores v as the record kind/id.
func PutJSON(tx Tx, kind, id string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.PutRecord(Record{Kind: kind, ID: id, Body: body, Updated: tx.Now()})
}
