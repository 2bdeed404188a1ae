package sla_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"hotline/bot/sla"
	"hotline/bot/wallclock"
	"hotline/bot/wallclock/wallclocktest"
)

// generator makes the cases of one batch, which share calendars and policies so
// that the tables are made once.
type generator struct {
	r          *rand.Rand
	zones      []string
	step       int64
	from, to   int64 // where facts lie
	change     int64 // a clock change among them, or 0
	base       int64
	n          int
	open       map[*sla.Calendar][]bool
	calendars  []*sla.Calendar
	policies   []sla.Policy
	describing []string
}

func newGenerator(t *testing.T, zones []string, r *rand.Rand) *generator {
	g := &generator{r: r, zones: zones, step: 60, open: map[*sla.Calendar][]bool{}, calendars: []*sla.Calendar{nil}}
	length, ahead := int64(1+r.IntN(120))*3600, int64(8*86400)
	if r.IntN(40) == 0 {
		g.step, length, ahead = 1, 1800+r.Int64N(7200), 6*3600
	}
	home := g.zone(t)
	center := time.Date(2000, 1, 5, 0, 0, 0, 0, time.UTC).Unix() + r.Int64N(41*365*86400)
	if _, change := time.Unix(center, 0).In(home).ZoneBounds(); !change.IsZero() && change.Year() < 2041 && r.IntN(3) > 0 {
		center, g.change = change.Unix(), change.Unix()
	}
	g.from = center - r.Int64N(length)
	g.from -= ((g.from % 60) + 60) % 60
	g.to = g.from + length - length%60
	const pad = 27 * 3600
	g.base = g.from - pad
	g.n = int((g.to + ahead + pad - g.base) / g.step)
	for i, loc := range []*time.Location{home, g.zone(t)} {
		spec := g.calendar(strconv.Itoa(i), loc)
		c, err := sla.NewCalendar(spec)
		if err != nil {
			t.Fatalf("generated calendar: %v", err)
		}
		g.open[c] = openTable(wallclocktest.NewFace(loc, g.base, g.step, g.n+int(pad/g.step)), spec)[:g.n]
		g.calendars = append(g.calendars, c)
		g.describing = append(g.describing, fmt.Sprintf("%+v", spec))
	}
	for i := range 2 {
		p := g.policy(strconv.Itoa(i))
		if err := p.Validate(); err != nil {
			t.Fatalf("generated policy: %v", err)
		}
		g.policies = append(g.policies, p)
	}
	return g
}

// hard are zones whose clocks do what most do not: half an hour, a whole day,
// back over midnight, four times a year.
var hard = []string{"Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "Africa/Casablanca", "Antarctica/Troll", "America/Sao_Paulo"}

func (g *generator) zone(t *testing.T) *time.Location {
	name := g.zones[g.r.IntN(len(g.zones))]
	if g.r.IntN(6) == 0 {
		name = hard[g.r.IntN(len(hard))]
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func (g *generator) calendar(id string, loc *time.Location) sla.CalendarSpec {
	spec := sla.CalendarSpec{ID: id, Zone: loc}
	for day := range spec.Weekly {
		spec.Weekly[day] = g.spans(loc)
	}
	spec.Weekly[g.r.IntN(7)] = append(g.spans(loc), g.span(loc))
	for offset := -1; offset < 8; offset++ {
		if g.r.IntN(4) == 0 {
			at := time.Unix(g.from, 0).In(loc).AddDate(0, 0, offset)
			date := sla.Date{Year: at.Year(), Month: at.Month(), Day: at.Day()}
			if !slices.ContainsFunc(spec.Days, func(d sla.Day) bool { return d.Date == date }) {
				spec.Days = append(spec.Days, sla.Day{Date: date, Label: "x", Open: g.spans(loc)})
			}
		}
	}
	return spec
}

func (g *generator) spans(loc *time.Location) []sla.Span {
	var spans []sla.Span
	for range g.r.IntN(4) {
		spans = append(spans, g.span(loc))
	}
	return spans
}

func (g *generator) span(loc *time.Location) sla.Span {
	clock := func() wallclock.TimeOfDay {
		at := time.Unix(g.from+g.r.Int64N(g.to-g.from), 0).In(loc)
		if g.change != 0 && g.r.IntN(2) == 0 {
			at = time.Unix(g.change+g.r.Int64N(4*3600)-2*3600, 0).In(loc)
		}
		grain := [...]int64{3600, 1800, 900, g.step}[g.r.IntN(4)]
		w := int64(at.Hour()*3600 + at.Minute()*60 + at.Second())
		return wallclock.TimeOfDay(w - w%grain)
	}
	s := sla.Span{From: clock(), To: clock()}
	switch g.r.IntN(12) {
	case 0:
		s.To = 86400
	case 1:
		s = sla.Span{From: 0, To: 86400}
	}
	return s
}

func (g *generator) waits() []sla.Waiting {
	return [][]sla.Waiting{nil, nil, {}, {sla.Customer}, {sla.Others}, {sla.Customer, sla.Others}}[g.r.IntN(6)]
}

func (g *generator) policy(version string) sla.Policy {
	p := sla.Policy{ID: "p", Version: version, Pauses: g.waits()}
	p.Warn = [][]int{nil, nil, {}, {80}, {25, 50, 95}}[g.r.IntN(5)]
	for severity := 1; severity <= 4; severity++ {
		for _, kind := range sla.Kinds() {
			if g.r.IntN(10) < 3 {
				continue
			}
			// A multiple of twenty steps, so that every percentage divisible by
			// five is a whole number of steps.
			within := time.Duration(1+g.r.Int64N(max(1, (g.to-g.from)/g.step/25))) * 20 * time.Duration(g.step) * time.Second
			t := sla.Target{Severity: severity, Kind: kind, Within: within, Calendar: g.calendars[g.r.IntN(len(g.calendars))]}
			if g.r.IntN(5) == 0 {
				t.Pauses = g.waits()
			}
			p.Targets = append(p.Targets, t)
		}
	}
	return p
}

func (g *generator) instant() int64 {
	at := g.from + g.r.Int64N(g.to-g.from)
	return at - ((at%g.step)+g.step)%g.step
}

func (g *generator) ref() sla.PolicyRef {
	return sla.PolicyRef{ID: "p", Version: strconv.Itoa(min(g.r.IntN(12), 2) % 3)} // version 2 is not known
}

func (g *generator) facts() []sla.Fact {
	ref := sla.PolicyRef{ID: "p", Version: strconv.Itoa(g.r.IntN(2))}
	facts := []sla.Fact{{At: time.Unix(g.instant(), 0), Type: sla.Opened, Severity: 1 + g.r.IntN(4), Policy: ref}}
	all := []sla.FactType{sla.Opened, sla.SeverityChanged, sla.SeverityChanged, sla.CustomerChanged, sla.PolicyChanged, sla.WaitingFor,
		sla.WaitingFor, sla.WaitingFor, sla.Resumed, sla.Resumed, sla.Responded, sla.Updated, sla.Restored, sla.Resolved, sla.Reopened, sla.Closed}
	for range g.r.IntN(14) {
		f := sla.Fact{At: time.Unix(g.instant(), 0), Type: all[g.r.IntN(len(all))], Severity: 1 + g.r.IntN(4), Policy: g.ref()}
		if g.r.IntN(5) == 0 {
			f.At = facts[len(facts)-1].At
		}
		f.Waiting = []sla.Waiting{sla.Customer, sla.Others}[g.r.IntN(2)]
		f.Evidence = []sla.Evidence{sla.Remote, sla.Phone, sla.Arrived}[g.r.IntN(3)]
		facts = append(facts, f)
	}
	slices.SortStableFunc(facts, func(a, b sla.Fact) int { return a.At.Compare(b.At) })
	return facts
}
