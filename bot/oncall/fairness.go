package oncall

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"hotline/bot/wallclock"
)

// Load is time on call, in all and the parts of it that are a burden. One hour
// may count as night, weekend and holiday at once.
type Load struct {
	Hours, Nights, Weekends, Holidays time.Duration
}

// Plus returns the sum of two loads.
func (l Load) Plus(m Load) Load {
	return Load{l.Hours + m.Hours, l.Nights + m.Nights, l.Weekends + m.Weekends, l.Holidays + m.Holidays}
}

// Minus returns the difference of two loads; its parts may be negative.
func (l Load) Minus(m Load) Load {
	return Load{l.Hours - m.Hours, l.Nights - m.Nights, l.Weekends - m.Weekends, l.Holidays - m.Holidays}
}

// Share is what one person did and what the rotation had planned for them.
type Share struct {
	Person string
	// Served is the time on call; Planned is what it would have been without
	// overrides. A swap gives both people the other's Served and leaves Planned.
	Served, Planned Load
}

// Balance is what the person served beyond the plan: positive for those who
// took over from others, and zero again once a swap is paid back.
func (s Share) Balance() Load { return s.Served.Minus(s.Planned) }

// Debt is what one person served in place of another, less what was served the
// other way round. Load.Hours is not negative; the other parts may be.
type Debt struct {
	Debtor, Creditor string
	Load             Load
}

// Fair is the fairness report of a schedule over some time.
type Fair struct {
	Shares []Share // by person ID
	Debts  []Debt  // by debtor, then creditor; settled ones are left out
}

// Spread returns, for each part, the difference between the person who served
// most of it and the one who served least.
func (f Fair) Spread() Load {
	if len(f.Shares) == 0 {
		return Load{}
	}
	low, high := f.Shares[0].Served, f.Shares[0].Served
	for _, s := range f.Shares[1:] {
		v := s.Served
		low = Load{min(low.Hours, v.Hours), min(low.Nights, v.Nights), min(low.Weekends, v.Weekends), min(low.Holidays, v.Holidays)}
		high = Load{max(high.Hours, v.Hours), max(high.Nights, v.Nights), max(high.Weekends, v.Weekends), max(high.Holidays, v.Holidays)}
	}
	return high.Minus(low)
}

// Burden says which hours count as night, weekend and holiday.
type Burden struct {
	// NightFrom and NightTo bound the night; both zero means 22:00 to 06:00.
	NightFrom, NightTo wallclock.TimeOfDay
	// Weekend are whole days; none means Saturday and Sunday.
	Weekend []time.Weekday
	// Holidays are whole days; the time of day in them is ignored.
	Holidays []Wall
	// ZoneOf says in which zone a person's days and nights are counted; nil, or
	// a nil zone, means the schedule's.
	ZoneOf func(person string) *time.Location
}

// Fairness reports how the time from one instant to another was or will be
// shared out. The hours of all people add up to the time on call in Timeline,
// to the nanosecond. Everybody who takes part in a layer is listed, also with
// nothing served.
func Fairness(s Schedule, overrides []Override, absences []Absence, from, to time.Time, burden Burden) Fair {
	t := tally{
		burden: burden.withDefaults(), home: s.location(), from: from, to: to,
		shares: map[string]*Share{}, debts: map[[2]string]Load{}, special: map[*time.Location]*specialHours{},
	}
	for i := range s.Layers {
		for _, person := range s.Layers[i].Rotation.Participants {
			t.share(person)
		}
	}
	newPlan(&s, overrides, absences).walk(from, to, t.served)
	newPlan(&s, nil, absences).walk(from, to, t.planned)
	return t.report()
}

func (b Burden) withDefaults() Burden {
	if b.NightFrom == 0 && b.NightTo == 0 {
		b.NightFrom, b.NightTo = 22*3600, 6*3600
	}
	if len(b.Weekend) == 0 {
		b.Weekend = []time.Weekday{time.Saturday, time.Sunday}
	}
	return b
}

// tally adds up loads piece by piece.
type tally struct {
	burden   Burden
	home     *time.Location
	from, to time.Time
	shares   map[string]*Share
	debts    map[[2]string]Load // debtor, creditor
	special  map[*time.Location]*specialHours
}

func (t *tally) share(person string) *Share {
	s := t.shares[person]
	if s == nil {
		s = &Share{Person: person}
		t.shares[person] = s
	}
	return s
}

func (t *tally) served(start, end time.Time, duties []Duty) {
	for _, d := range duties {
		load := t.load(d.Person, start, end)
		s := t.share(d.Person)
		s.Served = s.Served.Plus(load)
		if d.For != d.Person {
			pair := [2]string{d.For, d.Person}
			t.debts[pair] = t.debts[pair].Plus(load)
		}
	}
}

func (t *tally) planned(start, end time.Time, duties []Duty) {
	for _, d := range duties {
		s := t.share(d.Person)
		s.Planned = s.Planned.Plus(t.load(d.Person, start, end))
	}
}

func (t *tally) load(person string, start, end time.Time) Load {
	zone := t.home
	if t.burden.ZoneOf != nil {
		if own := t.burden.ZoneOf(person); own != nil {
			zone = own
		}
	}
	h := t.special[zone]
	if h == nil {
		h = t.burden.hours(zone, t.from, t.to)
		t.special[zone] = h
	}
	from, to := start.UnixNano(), end.UnixNano()
	return Load{end.Sub(start), overlap(h.nights, from, to), overlap(h.weekends, from, to), overlap(h.holidays, from, to)}
}

func (t *tally) report() Fair {
	var f Fair
	for _, person := range slices.Sorted(maps.Keys(t.shares)) {
		f.Shares = append(f.Shares, *t.shares[person])
	}
	for pair, load := range t.debts {
		back, both := t.debts[[2]string{pair[1], pair[0]}]
		net := load.Minus(back)
		// Of the two directions the one with more hours is reported, the first
		// by name if they are equal.
		owes := net.Hours > 0 || (net.Hours == 0 && (!both || pair[0] < pair[1]))
		if owes && net != (Load{}) {
			f.Debts = append(f.Debts, Debt{pair[0], pair[1], net})
		}
	}
	slices.SortFunc(f.Debts, func(a, b Debt) int {
		return cmp.Or(cmp.Compare(a.Debtor, b.Debtor), cmp.Compare(a.Creditor, b.Creditor))
	})
	return f
}

// specialHours are the nights, weekends and holidays in one zone: sorted
// half-open intervals that do not overlap, in nanoseconds since 1970.
type specialHours struct{ nights, weekends, holidays [][2]int64 }

// hours finds the special hours that touch [from, to). Both ends of each are
// first occurrences, so that every hour is in one day only.
func (b Burden) hours(loc *time.Location, from, to time.Time) *specialHours {
	h := &specialHours{}
	z := wallclock.In(loc)
	holiday := map[int64]bool{}
	for _, d := range b.Holidays {
		holiday[wallclock.Day(d.seconds())] = true
	}
	night := Window{From: b.NightFrom, To: b.NightTo}
	put := func(list *[][2]int64, start, end int64) {
		start, end = z.First(start)*1e9, z.First(end)*1e9
		if n := len(*list); n > 0 && start <= (*list)[n-1][1] {
			(*list)[n-1][1] = end
			return
		}
		*list = append(*list, [2]int64{start, end})
	}
	for day := wallclock.Day(from.Unix()) - 3; day <= wallclock.Day(to.Unix())+3; day++ {
		start, end := night.on(day)
		put(&h.nights, start, end)
		if slices.Contains(b.Weekend, wallclock.Weekday(day)) {
			put(&h.weekends, day*wallclock.DaySeconds, (day+1)*wallclock.DaySeconds)
		}
		if holiday[day] {
			put(&h.holidays, day*wallclock.DaySeconds, (day+1)*wallclock.DaySeconds)
		}
	}
	return h
}

// overlap returns how much of [from, to) lies in the intervals.
func overlap(list [][2]int64, from, to int64) time.Duration {
	i, _ := slices.BinarySearchFunc(list, from, func(span [2]int64, at int64) int { return cmp.Compare(span[1], at) })
	var sum int64
	for ; i < len(list) && list[i][0] < to; i++ {
		sum += max(0, min(to, list[i][1])-max(from, list[i][0]))
	}
	return time.Duration(sum)
}
