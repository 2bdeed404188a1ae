package oncall_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
	_ "time/tzdata" // every zone is there on every machine

	"hotline/bot/oncall"
	"hotline/bot/wallclock/wallclocktest"
)

// place is a zone and its clock changes from 2000 to 2040.
type place struct {
	loc     *time.Location
	changes []int64
}

func places(tb testing.TB) []place {
	var all []place
	end := time.Date(2041, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range wallclocktest.Zones() {
		loc, err := time.LoadLocation(name)
		if err != nil {
			tb.Fatalf("zone %s: %v", name, err)
		}
		p := place{loc: loc}
		for at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); ; {
			_, next := at.In(loc).ZoneBounds()
			if next.IsZero() || next.After(end) {
				break
			}
			if !next.After(at) { // see look in wallclock
				at = at.AddDate(0, 0, 1)
				continue
			}
			p.changes = append(p.changes, next.Unix())
			at = next
		}
		all = append(all, p)
	}
	return all
}

// hard are zones whose clocks do what most do not.
var hard = []string{
	"Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Africa/El_Aaiun", "Antarctica/Troll",
	"America/Caracas", "Asia/Pyongyang", "Pacific/Fakaofo", "Atlantic/Azores", "America/Sao_Paulo",
	"Asia/Gaza", "Africa/Cairo", "Europe/Dublin", "Asia/Kathmandu", "America/Scoresbysund",
}

const perBatch = 20

// TestOracle compares Timeline and At with the minute walk of oracle_test.go
// over random schedules in all zones. HOTLINE_ORACLE sets how many schedules,
// HOTLINE_SEED repeats a run.
func TestOracle(t *testing.T) {
	count, seed := uint64(1500), uint64(time.Now().UnixNano())
	if testing.Short() {
		count = 500
	}
	for name, value := range map[string]*uint64{"HOTLINE_ORACLE": &count, "HOTLINE_SEED": &seed} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			*value = n
		}
	}
	t.Logf("HOTLINE_SEED=%d HOTLINE_ORACLE=%d", seed, count)
	all := places(t)
	visited := map[string]bool{}
	asked, spans := 0, 0
	for batch := uint64(0); batch*perBatch < count; batch++ {
		g := newGenerator(all, rand.New(rand.NewPCG(seed, batch)), int(batch))
		visited[g.home.loc.String()] = true
		for range perBatch {
			a, s := g.compare(t, fmt.Sprintf("HOTLINE_SEED=%d batch %d", seed, batch))
			asked, spans = asked+a, spans+s
			if t.Failed() {
				return
			}
		}
	}
	t.Logf("%d zones visited, %d steps walked, %d spans compared", len(visited), asked, spans)
}

// compare makes one schedule and compares; it returns the size of the work.
func (g *generator) compare(t *testing.T, label string) (steps, count int) {
	o := &oracle{faces: g.faces, schedule: g.schedule(), n: g.n, base: g.base, step: g.step}
	o.overrides, o.absences = g.overrides(), g.absences()
	want := o.walk()
	s := o.schedule
	if err := s.Validate(); err != nil {
		t.Fatalf("%s: generated schedule: %v", label, err)
	}
	from, to := time.Unix(g.from, 0), time.Unix(g.to, 0)
	spans := oncall.Timeline(s, o.overrides, o.absences, from, to)
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s: %s\nzone %v, schedule %+v\noverrides %+v\nabsences %+v", label, fmt.Sprintf(format, args...), s.Zone, s.Layers, o.overrides, o.absences)
	}
	at := from
	for i, span := range spans {
		if !span.From.Equal(at) || !span.From.Before(span.To) || (i > 0 && slices.Equal(spans[i-1].Responders, span.Responders)) {
			fail("span %d %v to %v does not follow %v", i, span.From, span.To, at)
			return 0, 0
		}
		at = span.To
		got := setOf(span.Responders)
		first, last := (span.From.Unix()-g.base)/g.step, (span.To.Unix()-g.base)/g.step
		if (span.From.Unix()-g.base)%g.step != 0 || span.From.Nanosecond() != 0 {
			fail("span begins between steps at %v", span.From)
			return 0, 0
		}
		for j := first; j < last; j++ {
			if want[j] != got {
				fail("Timeline: at %v got %010b, want %010b", time.Unix(g.base+j*g.step, 0).UTC(), got, want[j])
				return 0, 0
			}
		}
	}
	if !at.Equal(to) {
		fail("timeline ends at %v, want %v", at, to)
	}
	g.askAt(o, spans, want, fail)
	if g.r.IntN(16) == 0 {
		g.askRest(o, spans, fail)
	}
	return int((g.to - g.from) / g.step), len(spans)
}

// askAt asks At at the edges of spans, a nanosecond before, and in between.
func (g *generator) askAt(o *oracle, spans []oncall.Span, want []set, fail func(string, ...any)) {
	for _, span := range spans[:min(len(spans), 12)] {
		g.askOne(o, span.From, want, fail)
		if span.From.Unix() > g.from {
			g.askOne(o, span.From.Add(-1), want, fail)
		}
	}
	for range 6 {
		at := time.Unix(g.from+g.r.Int64N(g.to-g.from), g.r.Int64N(1e9))
		g.askOne(o, at, want, fail)
	}
}

func (g *generator) askOne(o *oracle, at time.Time, want []set, fail func(string, ...any)) {
	got := setOf(oncall.On(o.schedule, o.overrides, o.absences, at))
	if w := want[(at.Unix()-g.base)/g.step]; got != w {
		fail("At: at %v got %010b, want %010b", at.UTC(), got, w)
	}
	if g.r.IntN(16) == 0 {
		if res := oncall.At(o.schedule, o.overrides, o.absences, at); setOf(res.Responders) != got || len(res.Why) == 0 {
			fail("At and On differ at %v, or no reason given: %+v", at, res)
		}
	}
}

// askRest compares what else is told about a stretch with its timeline.
func (g *generator) askRest(o *oracle, spans []oncall.Span, fail func(string, ...any)) {
	from, to := time.Unix(g.from, 0), time.Unix(g.to, 0)
	var onCall time.Duration
	gaps := 0
	for _, span := range spans {
		onCall += time.Duration(len(span.Responders)) * span.To.Sub(span.From)
		if len(span.Responders) == 0 {
			gaps++
		}
	}
	if got := len(oncall.Gaps(o.schedule, o.overrides, o.absences, from, to)); got != gaps {
		fail("%d gaps, want %d", got, gaps)
	}
	next, ok := oncall.Next(o.schedule, o.overrides, o.absences, from)
	if len(spans) > 1 && (!ok || !next.From.Equal(spans[1].From) || !slices.Equal(next.Responders, spans[1].Responders)) {
		fail("next is %+v, want %+v", next, spans[1])
	}
	if len(spans) == 1 && ok && next.From.Before(to) {
		fail("next is %+v, but nothing changes", next)
	}
	var served, shifts time.Duration
	for _, share := range oncall.Fairness(o.schedule, o.overrides, o.absences, from, to, oncall.Burden{}).Shares {
		served += share.Served.Hours
	}
	for _, shift := range oncall.Shifts(spans) {
		shifts += shift.To.Sub(shift.From)
	}
	if served != onCall || shifts != onCall {
		fail("the report adds up to %v, the shifts to %v, on call were %v", served, shifts, onCall)
	}
}
