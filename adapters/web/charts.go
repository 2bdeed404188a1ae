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
	Bars       []barView
}

type barView struct {
	X, W     int
	Person   string
	Tint     int
	Gap      bool
	Override bool
	From, To time.Time
}

type dayView struct {
	X, W  int
	Date  time.Time
	Today bool
}

// onCallDays is how much the page shows.
const onCallDays = 7

// onCallPage draws a week of every schedule, from Monday, in the reader's week
// number given as ?week=YYYY-MM-DD.
func (a *Adapter) onCallPage(w http.ResponseWriter, r *http.Request, u User) {
	f := a.titled(r, u, "oncall")
	now := a.cfg.Now()
	from := monday(now)
	if day, err := time.Parse(time.DateOnly, r.URL.Query().Get("week")); err == nil && day.Year() > 2000 && day.Year() < 2200 {
		from = monday(day)
	}
	to := from.AddDate(0, 0, onCallDays)
	lanes, err := a.cfg.OnCall.OnCall(r.Context(), from, to)
	if err != nil {
		a.failed(w, r, u, err)
		return
	}
	d := struct {
		frame
		From, To   time.Time
		Prev, Next string
		Days       []dayView
		Lanes      []laneView
		NowX       int // -1 when the week is another
	}{frame: f, From: from, To: to, NowX: -1,
		Prev: from.AddDate(0, 0, -onCallDays).Format(time.DateOnly), Next: to.Format(time.DateOnly)}
	for i := range onCallDays {
		day := from.AddDate(0, 0, i)
		d.Days = append(d.Days, dayView{X: i * 1000 / onCallDays, W: 1000 / onCallDays, Date: day, Today: !now.Before(day) && now.Before(day.AddDate(0, 0, 1))})
	}
	if !now.Before(from) && now.Before(to) {
		d.NowX = share(now.Sub(from), to.Sub(from))
	}
	for _, lane := range lanes {
		d.Lanes = append(d.Lanes, laneOf(lane, from, to))
	}
	a.draw(w, r, http.StatusOK, "oncall", d)
}

// monday is the start of the week of t, in UTC.
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

func laneOf(lane Lane, from, to time.Time) laneView {
	v := laneView{Name: lane.Schedule, Zone: "UTC"}
	if lane.Zone != nil {
		v.Zone = lane.Zone.String()
	}
	for _, s := range lane.Shifts {
		if !s.From.Before(to) || !from.Before(s.To) {
			continue
		}
		x := share(s.From.Sub(from), to.Sub(from))
		b := barView{X: x, W: max(2, share(s.To.Sub(from), to.Sub(from))-x), Person: s.Person, From: s.From, To: s.To,
			Gap: s.Person == "", Override: s.Override, Tint: avatarOf(s.Person, "", false).Tint}
		v.Bars = append(v.Bars, b)
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
