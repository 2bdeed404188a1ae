package oncall_test

import (
	"slices"
	"time"

	"hotline/bot/oncall"
	"hotline/bot/wallclock/wallclocktest"
)

// The oracle answers who is on call by walking the clock. It knows the rules
// only as sentences: it lists what the wall clock shows at every minute (or
// second), looks wall times up in that list, and fills in who has the turn from
// left to right. It shares no code with the package.

// oracle walks one schedule over one stretch.
type oracle struct {
	faces     map[*time.Location]*wallclocktest.Face
	schedule  oncall.Schedule
	overrides []oncall.Override
	absences  []oncall.Absence
	n         int
	base      int64
	step      int64
}

// set is a set of people; person "p3" is bit 3.
type set uint16

func bit(person string) set { return 1 << (person[1] - '0') }

func setOf(ids []string) set {
	var s set
	for _, id := range ids {
		s |= bit(id)
	}
	return s
}

// walk returns who is on call at every step.
func (o *oracle) walk() []set {
	out := make([]set, o.n)
	for i := range o.schedule.Layers {
		o.layer(&o.schedule.Layers[i], out)
	}
	if len(o.overrides) == 0 {
		return out
	}
	lastActive, lastPeople, lastResult := uint64(0), set(0), set(0)
	for i := range out {
		// The rules are applied again whenever anything they read differs from
		// the step before.
		active := uint64(0)
		for j, v := range o.overrides {
			if at := o.base + int64(i)*o.step; v.From.Unix() <= at && at < v.To.Unix() {
				active |= 1 << j
			}
		}
		if i == 0 || active != lastActive || out[i] != lastPeople {
			lastActive, lastPeople = active, out[i]
			lastResult = o.overridden(time.Unix(o.base+int64(i)*o.step, 0), out[i])
		}
		out[i] = lastResult
	}
	return out
}

// layer writes a layer over the ones below it.
func (o *oracle) layer(l *oncall.Layer, out []set) {
	loc := l.Zone
	if loc == nil {
		loc = o.schedule.Zone
	}
	f := o.faces[loc]
	turn := o.turns(f, &l.Rotation)
	open := o.open(f, l.Windows)
	from, until := 0, o.n
	if !l.From.IsZero() {
		from = f.First(wallSeconds(l.From))
	}
	if !l.Until.IsZero() {
		until = min(until, f.Last(wallSeconds(l.Until)))
	}
	people := l.Rotation.Participants
	for i := from; i < until; i++ {
		if turn[i] < 0 || (open != nil && !open[i]) {
			continue
		}
		at := time.Unix(o.base+int64(i)*o.step, 0)
		for offset := range people {
			person := people[(int(turn[i])+l.Rotation.Offset+offset)%len(people)]
			if !o.away(person, at) {
				out[i] = bit(person)
				break
			}
		}
	}
}

func (o *oracle) away(person string, at time.Time) bool {
	for _, a := range o.absences {
		if a.Person == person && !at.Before(a.From) && at.Before(a.To) {
			return true
		}
	}
	return false
}

// turns returns the number of the turn under way at each step, -1 for none.
func (o *oracle) turns(f *wallclocktest.Face, r *oncall.Rotation) []int32 {
	turn := make([]int32, o.n)
	for i := range turn {
		turn[i] = -1
	}
	begin := func(k int32, w int64) bool {
		i := f.First(w)
		if i >= o.n {
			return false
		}
		turn[i] = max(turn[i], k)
		return true
	}
	low, _ := f.Span()
	o.handovers(r, low, begin)
	for i := 1; i < o.n; i++ {
		turn[i] = max(turn[i], turn[i-1])
	}
	return turn
}

// handovers counts through the hand-overs from the first one; those that are
// over before the stretch begins are only counted.
func (o *oracle) handovers(r *oncall.Rotation, low int64, begin func(k int32, w int64) bool) {
	w := wallSeconds(r.Start)
	next := func(w int64) int64 {
		return w + map[oncall.Unit]int64{oncall.Hourly: 3600, oncall.Daily: 86400, oncall.Weekly: 7 * 86400}[r.Unit]*int64(r.Every)
	}
	if r.Unit != oncall.Monthly {
		step := next(0)
		for k := int32(0); ; k, w = k+1, w+step {
			if w+step >= low && !begin(k, w) {
				return
			}
		}
	}
	year, month := r.Start.Year, int(r.Start.Month)
	for k := int32(0); ; k++ {
		day := min(r.Start.Day, daysIn(year, month))
		w := wallSeconds(oncall.Wall{Year: year, Month: time.Month(month), Day: day, Hour: r.Start.Hour, Minute: r.Start.Minute, Second: r.Start.Second})
		if !begin(k, w) {
			return
		}
		for range r.Every {
			if month++; month == 13 {
				year, month = year+1, 1
			}
		}
	}
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// open tells for each step whether a window covers it; nil means always.
func (o *oracle) open(f *wallclocktest.Face, windows []oncall.Window) []bool {
	if len(windows) == 0 {
		return nil
	}
	open := make([]bool, o.n)
	low, end := f.Span()
	day := time.Unix(low, 0).UTC().Truncate(24*time.Hour).AddDate(0, 0, -3)
	for end += 86400; day.Unix() < end; day = day.AddDate(0, 0, 1) {
		for _, w := range windows {
			if len(w.Days) > 0 && !slices.Contains(w.Days, day.Weekday()) {
				continue
			}
			from, to := day.Unix()+int64(w.From), day.Unix()+int64(w.To)
			if to <= from {
				to += 86400
			}
			for i := f.First(from); i < min(o.n, f.Last(to)); i++ {
				open[i] = true
			}
		}
	}
	return open
}

// overridden applies the overrides by their written rules.
func (o *oracle) overridden(at time.Time, people set) set {
	var adds, removes set
	replaced := map[string]oncall.Override{}
	for _, v := range o.overrides {
		if at.Before(v.From) || !at.Before(v.To) || v.Schedule != o.schedule.ID {
			continue
		}
		switch v.Kind {
		case oncall.Add:
			adds |= bit(v.Person)
		case oncall.Remove:
			removes |= bit(v.Person)
		case oncall.Replace:
			have, ok := replaced[v.Replaces]
			if !ok || v.From.After(have.From) || (v.From.Equal(have.From) && v.ID > have.ID) {
				replaced[v.Replaces] = v
			}
		}
	}
	var out set
	for p := range 10 {
		id := "p" + string(rune('0'+p))
		if (people|adds)&bit(id) == 0 {
			continue
		}
		for seen := set(0); ; {
			seen |= bit(id)
			next, ok := replaced[id]
			if !ok {
				break
			}
			id = next.Person
			if seen&bit(id) != 0 {
				break
			}
		}
		out |= bit(id)
	}
	return out &^ removes
}

func wallSeconds(w oncall.Wall) int64 {
	return time.Date(w.Year, w.Month, w.Day, w.Hour, w.Minute, w.Second, 0, time.UTC).Unix()
}
