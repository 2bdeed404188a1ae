package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// laneView is a schedule ready to draw: everything in thousandths of the width.
type laneView struct {
	Name, Zone string
	Days       []dayView
	Bars       []barView
	NowX       int // -1 when the week is another
}

type barView struct {
	X, W     int
	Person   string
	Tint     int
	Gap      bool
	Override bool
	From, To time.Time
}

// dayView is a day of the schedule's own zone; one on which the clock is moved is
// longer or shorter than the others.
type dayView struct {
	X, W  int
	Today bool
}

// onCallDays is how much the page shows.
const onCallDays = 7

// onCallPage draws a week of every schedule, from Monday, each in its own zone. The
// week may be chosen with ?week=YYYY-MM-DD.
func (a *Adapter) onCallPage(w http.ResponseWriter, r *http.Request, u User) {
	f := a.titled(r, u, "oncall")
	now := a.cfg.Now()
	from := monday(now)
	if day, err := time.Parse(time.DateOnly, r.URL.Query().Get("week")); err == nil && day.Year() > 2000 && day.Year() < 2200 {
		from = monday(day)
	}
	to := from.AddDate(0, 0, onCallDays)
	// A week begins up to a day earlier or later where a schedule lives.
	lanes, err := a.cfg.OnCall.OnCall(r.Context(), from.AddDate(0, 0, -1), to.AddDate(0, 0, 1))
	if err != nil {
		a.failed(w, r, u, err)
		return
	}
	d := struct {
		frame
		Prev, Next string
		Days       []time.Time
		Lanes      []laneView
	}{frame: f, Prev: from.AddDate(0, 0, -onCallDays).Format(time.DateOnly), Next: to.Format(time.DateOnly)}
	for i := range onCallDays {
		d.Days = append(d.Days, from.AddDate(0, 0, i))
	}
	for _, lane := range lanes {
		d.Lanes = append(d.Lanes, laneOf(lane, from, now))
	}
	a.draw(w, r, http.StatusOK, "oncall", d)
}

// monday is the first day of the week of t, in UTC.
func monday(t time.Time) time.Time {
	t = t.UTC()
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

func share(part, whole time.Duration) int {
	if whole <= 0 {
		return 0
	}
	return int(max(0, min(1000, int64(part)*1000/int64(whole))))
}

// laneOf draws the week that begins with a date in the zone of the lane.
func laneOf(lane Lane, monday, now time.Time) laneView {
	zone := lane.Zone
	if zone == nil {
		zone = time.UTC
	}
	dawn := func(day int) time.Time {
		return time.Date(monday.Year(), monday.Month(), monday.Day()+day, 0, 0, 0, 0, zone)
	}
	from, to := dawn(0), dawn(onCallDays)
	at := func(t time.Time) int { return share(t.Sub(from), to.Sub(from)) }
	v := laneView{Name: lane.Schedule, Zone: zone.String(), NowX: -1}
	for i := range onCallDays {
		day, next := dawn(i), dawn(i+1)
		v.Days = append(v.Days, dayView{X: at(day), W: at(next) - at(day), Today: !now.Before(day) && now.Before(next)})
	}
	if !now.Before(from) && now.Before(to) {
		v.NowX = at(now)
	}
	for _, s := range lane.Shifts {
		if !s.From.Before(to) || !from.Before(s.To) {
			continue
		}
		x := at(s.From)
		v.Bars = append(v.Bars, barView{X: x, W: max(2, at(s.To)-x), Person: s.Person, From: s.From, To: s.To,
			Gap: s.Person == "", Override: s.Override, Tint: avatarOf(s.Person, "", false).Tint})
	}
	return v
}

// fairRow is one person's bar: the parts of the hours in thousandths of the
// longest.
type fairRow struct {
	FairShare
	Day, Night, Weekend, Holiday int // widths
	NightX, WeekendX, HolidayX   int
}

// fairnessSpans are the periods to choose from, in days.
var fairnessSpans = []int{7, 30, 90, 365}

func (a *Adapter) fairnessPage(w http.ResponseWriter, r *http.Request, u User) {
	f := a.titled(r, u, "fairness")
	days, err := strconv.Atoi(cmp.Or(r.URL.Query().Get("days"), "30"))
	if err != nil || !slices.Contains(fairnessSpans, days) {
		days = 30
	}
	to := a.cfg.Now()
	from := to.AddDate(0, 0, -days)
	shares, err := a.cfg.Fairness.Fairness(r.Context(), from, to)
	if err != nil {
		a.failed(w, r, u, err)
		return
	}
	a.draw(w, r, http.StatusOK, "fairness", struct {
		frame
		From, To time.Time
		Days     int
		Spans    []int
		Rows     []fairRow
	}{f, from, to, days, fairnessSpans, fairRows(shares)})
}

// fairRows orders by hours and stacks the parts. Nights, weekends and holidays
// may overlap; then each is cut to what is left.
func fairRows(shares []FairShare) []fairRow {
	shares = slices.SortedStableFunc(slices.Values(shares), func(x, y FairShare) int { return cmp.Compare(y.Hours, x.Hours) })
	if len(shares) == 0 {
		return nil
	}
	longest := max(shares[0].Hours, time.Hour)
	rows := make([]fairRow, len(shares))
	for i, s := range shares {
		left := share(s.Hours, longest)
		cut := func(d time.Duration) int {
			n := min(left, share(d, longest))
			left -= n
			return n
		}
		r := fairRow{FairShare: s}
		r.Holiday, r.Weekend, r.Night = cut(s.Holidays), cut(s.Weekends), cut(s.Nights)
		r.Day = left
		r.NightX = r.Day
		r.WeekendX = r.NightX + r.Night
		r.HolidayX = r.WeekendX + r.Weekend
		rows[i] = r
	}
	return rows
}
