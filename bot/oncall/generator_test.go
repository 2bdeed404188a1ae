package oncall_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"hotline/bot/oncall"
	"hotline/bot/wallclock"
	"hotline/bot/wallclock/wallclocktest"
)

// generator makes the schedules of one batch: they share a stretch of time and
// a few zones, so that the clock faces are made once.
type generator struct {
	r        *rand.Rand
	home     place
	zones    []*time.Location
	faces    map[*time.Location]*wallclocktest.Face
	step     int64
	from, to int64 // what is compared
	base     int64
	n        int
}

// pad is how far beyond the stretch the clock faces reach, more than any clock moves.
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
	g.faces = map[*time.Location]*wallclocktest.Face{}
	for _, loc := range g.zones {
		g.faces[loc] = wallclocktest.NewFace(loc, g.base, g.step, g.n)
	}
	return g
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
	clock := func() wallclock.TimeOfDay {
		n := g.near()
		return wallclock.TimeOfDay(n.Hour*3600 + n.Minute*60 + n.Second)
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
