package oncall_test

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // every zone is there on every machine

	"hotline/bot/oncall"
)

// zoneNames lists every zone of the tz database that Go embeds.
//
//go:embed testdata/zones.txt
var zoneNames string

// place is a zone and its clock changes from 2000 to 2040.
type place struct {
	loc     *time.Location
	changes []int64
}

func places(tb testing.TB) []place {
	var all []place
	end := time.Date(2041, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range strings.Fields(zoneNames) {
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
			if !next.After(at) { // see zone.look
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

// generator makes the schedules of one batch: they share a stretch of time and
// a few zones, so that the clock faces are made once.
type generator struct {
	r        *rand.Rand
	home     place
	zones    []*time.Location
	faces    map[*time.Location]*clockface
	step     int64
	from, to int64 // what is compared
	base     int64
	n        int
}

const pad = 27 * 3600

func newGenerator(all []place, r *rand.Rand, batch int) *generator {
	g := &generator{r: r, step: 60, home: all[batch%len(all)]}
	if r.IntN(8) == 0 {
		name := hard[r.IntN(len(hard))]
		g.home = all[slices.IndexFunc(all, func(p place) bool { return p.loc.String() == name })]
	}
	center := time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC).Unix() + r.Int64N(41*365*86400)
	if n := len(g.home.changes); n > 0 && r.IntN(3) > 0 {
		center = g.home.changes[r.IntN(n)]
	}
	length := int64(2+r.IntN(60)) * 3600
	if r.IntN(40) == 0 {
		g.step, length = 1, 1800+r.Int64N(7200)
	}
	g.from = center - r.Int64N(length)
	g.from -= ((g.from % 60) + 60) % 60
	g.to = g.from + length - length%60
	g.base = g.from - pad
	g.n = int((g.to + pad - g.base) / g.step)
	g.zones = []*time.Location{g.home.loc, all[r.IntN(len(all))].loc}
	g.faces = map[*time.Location]*clockface{}
	for _, loc := range g.zones {
		g.faces[loc] = newClockface(loc, g.base, g.step, g.n)
	}
	return g
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

func (g *generator) person() string { return "p" + string(rune('0'+g.r.IntN(8))) }

func (g *generator) schedule() oncall.Schedule {
	s := oncall.Schedule{ID: "s", Zone: g.home.loc}
	for i := range 1 + g.r.IntN(3) {
		l := oncall.Layer{Name: strconv.Itoa(i), Rotation: g.rotation()}
		if g.r.IntN(4) == 0 {
			l.Zone = g.zones[g.r.IntN(len(g.zones))]
		}
		for range g.r.IntN(3) {
			l.Windows = append(l.Windows, g.window())
		}
		if g.r.IntN(8) == 0 {
			l.From = g.near()
		}
		if g.r.IntN(8) == 0 {
			l.Until = g.near()
		}
		if !l.From.IsZero() && !l.Until.IsZero() && wallSeconds(l.From) >= wallSeconds(l.Until) {
			l.Until = oncall.Wall{}
		}
		s.Layers = append(s.Layers, l)
	}
	return s
}

// near is a wall time in or around the stretch, often a round one.
func (g *generator) near() oncall.Wall {
	at := g.from + g.r.Int64N(g.to-g.from+7200) - 3600
	_, off := time.Unix(at, 0).In(g.home.loc).Zone()
	return g.wall(at + int64(off) + (g.r.Int64N(5)-2)*1800)
}

func (g *generator) wall(w int64) oncall.Wall {
	grain := [...]int64{3600, 1800, 900, g.step}[g.r.IntN(4)]
	return oncall.WallAt(time.Unix(w-w%grain, 0), time.UTC)
}

func (g *generator) rotation() oncall.Rotation {
	r := oncall.Rotation{Every: 1 + g.r.IntN(4)}
	for range 1 + g.r.IntN(4) {
		r.Participants = append(r.Participants, g.person())
	}
	r.Offset = g.r.IntN(len(r.Participants))
	target := g.near()
	back := g.r.IntN(60)
	switch g.r.IntN(4) {
	case 0:
		r.Unit, r.Every = oncall.Hourly, []int{1, 1, 2, 3, 5, 8, 12, 36}[g.r.IntN(8)]
		r.Start = oncall.WallAt(time.Unix(wallSeconds(target)-int64(back*r.Every)*3600, 0), time.UTC)
	case 1, 2:
		r.Unit, back = oncall.Daily, back*10
		days := r.Every
		if g.r.IntN(2) == 0 {
			r.Unit, days = oncall.Weekly, r.Every*7
		}
		r.Start = oncall.WallAt(time.Unix(wallSeconds(target)-int64(back*days)*86400, 0), time.UTC)
	case 3:
		r.Unit, r.Start = oncall.Monthly, target
		r.Start.Year -= back % 10
		r.Start.Month = time.Month(1 + g.r.IntN(12))
		if last := daysIn(r.Start.Year, int(r.Start.Month)); g.r.IntN(2) == 0 {
			r.Start.Day = last - g.r.IntN(3)
		} else {
			r.Start.Day = min(r.Start.Day, last)
		}
	}
	return r
}

func (g *generator) window() oncall.Window {
	var w oncall.Window
	for d := range 7 {
		if g.r.IntN(2) == 0 {
			w.Days = append(w.Days, time.Weekday(d))
		}
	}
	clock := func() oncall.TimeOfDay {
		n := g.near()
		return oncall.TimeOfDay(n.Hour*3600 + n.Minute*60 + n.Second)
	}
	w.From, w.To = clock(), clock()
	if g.r.IntN(10) == 0 {
		w.To = 86400
	}
	return w
}

func (g *generator) instants() (from, to time.Time) {
	span := g.to - g.from
	a, b := g.from-span/4+g.r.Int64N(span*3/2), g.from-span/4+g.r.Int64N(span*3/2)
	a, b = min(a, b), max(a, b)+g.step
	a, b = a-a%g.step, b-b%g.step
	return time.Unix(a, 0), time.Unix(max(b, a+g.step), 0)
}

func (g *generator) overrides() []oncall.Override {
	var list []oncall.Override
	for i := range g.r.IntN(8) {
		o := oncall.Override{ID: strconv.Itoa(i), Schedule: "s", Person: g.person()}
		o.From, o.To = g.instants()
		if i > 0 && g.r.IntN(4) == 0 {
			o.From, o.To = list[i-1].From, list[i-1].To
		}
		switch g.r.IntN(6) {
		case 0:
			o.Kind = oncall.Add
		case 1:
			o.Kind = oncall.Remove
		default:
			o.Kind, o.Replaces = oncall.Replace, g.person()
			if o.Replaces == o.Person {
				o.Kind, o.Replaces = oncall.Add, ""
			}
		}
		if g.r.IntN(20) == 0 {
			o.Schedule = "another"
		}
		list = append(list, o)
	}
	g.r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func (g *generator) absences() []oncall.Absence {
	var list []oncall.Absence
	for range max(0, g.r.IntN(5)-2) {
		a := oncall.Absence{Person: g.person()}
		a.From, a.To = g.instants()
		list = append(list, a)
	}
	return list
}
