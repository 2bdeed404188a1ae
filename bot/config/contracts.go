package config

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"hotline/bot"
	"hotline/bot/sla"
)

type contractFile struct {
	ID       string                 `yaml:"id"`
	Name     string                 `yaml:"name"`
	Until    date                   `yaml:"until"`
	Calendar string                 `yaml:"calendar"`
	Targets  map[string]targetsFile `yaml:"targets"`
	Pauses   []string               `yaml:"pauses"`
	Warn     []int                  `yaml:"warn"`
}

// targetsFile are the time limits of one severity; nil is not promised.
type targetsFile struct {
	Response *Duration `yaml:"response"`
	Update   *Duration `yaml:"update"`
	Arrival  *Duration `yaml:"arrival"`
	Restore  *Duration `yaml:"restore"`
	Resolve  *Duration `yaml:"resolve"`
}

// limits pairs each setting with the clock it is for, in the order of sla.Kinds.
func (t targetsFile) limits() map[sla.Kind]*Duration {
	return map[sla.Kind]*Duration{
		sla.Respond: t.Response, sla.Update: t.Update, sla.Arrival: t.Arrival, sla.Restore: t.Restore, sla.Resolve: t.Resolve,
	}
}

// settingOf is the name of a clock in the file.
func settingOf(k sla.Kind) string {
	if k == sla.Respond {
		return "response"
	}
	return string(k)
}

// minLimit is the shortest time limit, that of package sla.
const minLimit = Duration(15 * time.Second)

func (b *builder) buildContracts() {
	for i := range b.file.Contracts {
		f, path := &b.file.Contracts[i], at("contracts", i)
		p := sla.Policy{ID: f.ID, Name: cmp.Or(f.Name, f.ID), Warn: f.Warn, Targets: b.targets(path, f)}
		b.waits(path, f, &p)
		for j, w := range f.Warn {
			if w < 1 || w > 99 || j > 0 && w <= f.Warn[j-1] {
				b.add(at(join(path, "warn"), j), fmt.Sprintf("%d does not fit", w), "use ascending percentages from 1 to 99")
			}
		}
		p.Version = version(p)
		if err := p.Validate(); err != nil {
			b.add(path, err.Error(), "")
		}
		c := bot.Contract{ID: f.ID, Name: p.Name, Policy: p}
		if !f.Until.IsZero() {
			c.Until = time.Date(f.Until.Year(), f.Until.Month(), f.Until.Day()+1, 0, 0, 0, 0, b.file.Zone.loc)
		}
		b.org.Contracts[f.ID] = c
	}
}

func (b *builder) targets(path string, f *contractFile) []sla.Target {
	b.ref(join(path, "calendar"), "calendar", f.Calendar)
	if f.Calendar == "" && len(f.Targets) > 0 {
		b.add(join(path, "calendar"), "is missing", "say in which hours the time limits count; "+meant("", b.known("calendar")))
	}
	calendar := b.calendars[f.Calendar]
	var out []sla.Target
	for _, key := range sortedKeys(f.Targets) {
		p := join(join(path, "targets"), key)
		severity, err := strconv.Atoi(key)
		if err != nil || severity < 1 || severity > 4 {
			b.add(p, fmt.Sprintf("%q is no severity", key), "use 1 to 4; 1 is the worst")
			continue
		}
		limits := f.Targets[key].limits()
		for _, kind := range sla.Kinds() {
			within := limits[kind]
			switch {
			case within == nil:
				continue
			case *within < minLimit:
				b.add(join(p, settingOf(kind)), fmt.Sprintf("%s is shorter than any limit", *within), "use at least 15s, or leave it out when nothing was agreed")
			}
			out = append(out, sla.Target{Severity: severity, Kind: kind, Within: within.Std(), Calendar: calendar})
		}
	}
	return out
}

// waits reads which waits stop the clocks; an empty list in the file means none.
func (b *builder) waits(path string, f *contractFile, p *sla.Policy) {
	if !b.has(join(path, "pauses")) {
		return
	}
	p.Pauses = []sla.Waiting{}
	for i, w := range f.Pauses {
		b.oneOf(at(join(path, "pauses"), i), w, []string{string(sla.Customer), string(sla.Others)})
		p.Pauses = append(p.Pauses, sla.Waiting(w))
	}
}

// version names what a contract promises: it changes when its time limits, its
// calendar or what pauses it do, and with nothing else.
func version(p sla.Policy) string {
	p.ID, p.Name = "", ""
	body, err := json.Marshal(p)
	if err != nil {
		return "" // nothing in a policy fails
	}
	h := sha256.Sum256(body)
	return hex.EncodeToString(h[:])[:8]
}
