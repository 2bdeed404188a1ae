package oncall_test

import (
	"slices"
	"time"

	"hotline/bot/oncall"
)

// The oracle answers who is on call by walking the clock. It knows the rules
// only as sentences: it lists what the wall clock shows at every minute (or
// second), looks wall times up in that list, and fills in who has the turn from
// left to right. It shares no code with the package.

// clockface lists what the clock of one zone shows at each step of a stretch.
type clockface struct {
	loc    *time.Location
	base   int64   // instant of walls[0], seconds since 1970
	step   int64   // seconds between entries
	walls  []int64 // what the clock shows, as if it were UTC
	low    int64   // least value in walls
	firsts []int32 // by (wall-low)/step: first index that shows it, -1 if none
	lasts  []int32
}

func newClockface(loc *time.Location, base, step int64, n int) *clockface {
	f := &clockface{loc: loc, base: base, step: step, walls: make([]int64, n)}
	for i := range f.walls {
		at := base + int64(i)*step
		_, off := time.Unix(at, 0).In(loc).Zone()
		f.walls[i] = at + int64(off)
	}
	f.low = slices.Min(f.walls)
	size := (slices.Max(f.walls)-f.low)/step + 1
	f.firsts, f.lasts = make([]int32, size), make([]int32, size)
	for i := range f.firsts {
		f.firsts[i], f.lasts[i] = -1, -1
	}
	for i, w := range f.walls {
		slot := (w - f.low) / step
		if f.firsts[slot] < 0 {
			f.firsts[slot] = int32(i)
		}
		f.lasts[slot] = int32(i)
	}
	// What no entry shows is skipped by a jump: the entry after it counts.
	for i := 1; i < n; i++ {
		for w := f.walls[i-1] + step; w < f.walls[i]; w += step {
			if slot := (w - f.low) / step; f.firsts[slot] < 0 {
				f.firsts[slot], f.lasts[slot] = int32(i), int32(i)
			}
		}
	}
	return f
}

// first is the index of the first occurrence of a wall time, or of the first
// instant after it if the clock skips it.
func (f *clockface) first(w int64) int { return f.find(w, f.firsts) }

// last is the index of the last occurrence, or of the first instant after.
func (f *clockface) last(w int64) int { return f.find(w, f.lasts) }

func (f *clockface) find(w int64, table []int32) int {
	if w < f.low {
		return 0
	}
	slot := (w - f.low) / f.step
	if slot >= int64(len(table)) {
		return len(f.walls)
	}
	return int(table[slot])
}

// oracle walks one schedule over one stretch.
type oracle struct {
	faces     map[*time.Location]*clockface
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
		from = f.first(wallSeconds(l.From))
	}
	if !l.Until.IsZero() {
		until = min(until, f.last(wallSeconds(l.Until)))
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
func (o *oracle) turns(f *clockface, r *oncall.Rotation) []int32 {
	turn := make([]int32, o.n)
	for i := range turn {
		turn[i] = -1
	}
	begin := func(k int32, w int64) bool {
		i := f.first(w)
		if i >= o.n {
			return false
		}
		turn[i] = max(turn[i], k)
		return true
	}
	o.handovers(r, f.low, begin)
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
func (o *oracle) open(f *clockface, windows []oncall.Window) []bool {
	if len(windows) == 0 {
		return nil
	}
	open := make([]bool, o.n)
	day := time.Unix(f.low, 0).UTC().Truncate(24*time.Hour).AddDate(0, 0, -3)
	for end := f.low + int64(len(f.firsts))*f.step + 86400; day.Unix() < end; day = day.AddDate(0, 0, 1) {
		for _, w := range windows {
			if len(w.Days) > 0 && !slices.Contains(w.Days, day.Weekday()) {
				continue
			}
			from, to := day.Unix()+int64(w.From), day.Unix()+int64(w.To)
			if to <= from {
				to += 86400
			}
			for i := f.first(from); i < min(o.n, f.last(to)); i++ {
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
