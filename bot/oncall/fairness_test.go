package oncall

import (
	"testing"
	"time"

	"hotline/bot/wallclock/wallclocktest"
)

func TestFairness(t *testing.T) {
	s := weekly(t, "a", "b")
	from, to := utc(t, "2026-01-05 08:00"), utc(t, "2026-01-19 08:00")
	h := time.Hour
	f := Fairness(s, nil, nil, from, to, Burden{Holidays: []Wall{wall(t, "2026-01-06")}})
	week := Load{168 * h, 56 * h, 48 * h, 24 * h}
	if len(f.Shares) != 2 || f.Shares[0].Served != week || f.Shares[0].Planned != week || len(f.Debts) != 0 {
		t.Fatalf("got %+v", f)
	}
	week.Holidays = 0
	if f.Shares[1].Served != week {
		t.Fatalf("second week: %+v", f.Shares[1])
	}
	if spread := f.Spread(); spread != (Load{Holidays: 24 * h}) {
		t.Errorf("spread %+v", spread)
	}
}

func TestFairnessSwapMovesDebt(t *testing.T) {
	s := weekly(t, "a", "b")
	from, to := utc(t, "2026-01-05 08:00"), utc(t, "2026-02-02 08:00")
	cover, err := Cover(s, nil, nil, "1", shift(t, "a", "2026-01-10 08:00", "2026-01-11 08:00"), "b")
	if err != nil {
		t.Fatal(err)
	}
	day := Load{Hours: 24 * time.Hour, Nights: 8 * time.Hour, Weekends: 24 * time.Hour}
	f := Fairness(s, []Override{cover}, nil, from, to, Burden{})
	if len(f.Debts) != 1 || f.Debts[0] != (Debt{"a", "b", day}) {
		t.Fatalf("debts %+v", f.Debts)
	}
	if f.Shares[1].Balance() != day || f.Shares[0].Balance() != (Load{}).Minus(day) {
		t.Errorf("balances %+v", f.Shares)
	}
	back, err := Cover(s, []Override{cover}, nil, "2", shift(t, "b", "2026-01-17 08:00", "2026-01-18 08:00"), "a")
	if err != nil {
		t.Fatal(err)
	}
	f = Fairness(s, []Override{cover, back}, nil, from, to, Burden{})
	if len(f.Debts) != 0 || f.Shares[0].Balance() != (Load{}) || f.Shares[1].Balance() != (Load{}) {
		t.Errorf("paid back, but %+v", f)
	}
}

// The hours of all people add up to the time on call, also over clock changes
// and with people counted in their own zones.
func TestFairnessAddsUp(t *testing.T) {
	s, overrides := follow(t)
	from, to := utc(t, "2026-01-01 07:13").Add(17), utc(t, "2026-12-01 00:00").Add(123)
	zones := map[string]*time.Location{"d": wallclocktest.Location(t, "Asia/Shanghai"), "h": wallclocktest.Location(t, "America/New_York")}
	f := Fairness(s, overrides, nil, from, to, Burden{ZoneOf: func(p string) *time.Location { return zones[p] }, NightFrom: 23 * 3600, NightTo: 5 * 3600})
	var sum, want time.Duration
	for _, share := range f.Shares {
		sum += share.Served.Hours
		if share.Served.Nights < 0 || share.Served.Nights > share.Served.Hours || share.Served.Weekends > share.Served.Hours {
			t.Errorf("share %+v", share)
		}
	}
	for _, span := range Timeline(s, overrides, nil, from, to) {
		want += span.To.Sub(span.From) * time.Duration(len(span.Responders))
	}
	if sum != want {
		t.Errorf("hours add up to %v, on call were %v", sum, want)
	}
	if len(f.Debts) != 1 || f.Debts[0].Debtor != "a" || f.Debts[0].Creditor != "x" {
		t.Errorf("debts %+v", f.Debts)
	}
}

func TestNightIsCountedWhereThePersonIs(t *testing.T) {
	s := weekly(t, "a", "b")
	s.Layers[0].Windows = []Window{{From: 9 * 3600, To: 17 * 3600}}
	from, to := utc(t, "2026-01-05 00:00"), utc(t, "2026-01-06 00:00")
	far := Burden{ZoneOf: func(string) *time.Location { return wallclocktest.Location(t, "America/Los_Angeles") }}
	if got := Fairness(s, nil, nil, from, to, Burden{}).Shares[0].Served.Nights; got != 0 {
		t.Errorf("at home: %v at night", got)
	}
	// 09:00 to 17:00 in Berlin is 00:00 to 08:00 in Los Angeles.
	if got := Fairness(s, nil, nil, from, to, far).Shares[0].Served.Nights; got != 6*time.Hour {
		t.Errorf("far away: %v at night, want 6h", got)
	}
}

// A plain rotation is fair: after any whole number of rounds nobody is more than
// one shift (and the hour of a clock change) ahead of anybody.
func TestRotationIsFair(t *testing.T) {
	for start := range 12 {
		s := weekly(t, "a", "b", "c", "d", "e")
		from := wall(t, "2026-01-05 09:00").StartIn(s.Zone).AddDate(0, 0, 7*start)
		f := Fairness(s, nil, nil, from, from.AddDate(0, 0, 7*12), Burden{})
		if spread := f.Spread(); spread.Hours > 169*time.Hour || spread.Nights > 57*time.Hour || spread.Weekends > 49*time.Hour {
			t.Errorf("from week %d: spread %+v", start, spread)
		}
	}
}

// A night for a day leaves no hours to pay back, but the night.
func TestNightForADay(t *testing.T) {
	s := weekly(t, "b", "a")
	overrides := []Override{
		{ID: "1", Schedule: "core", Kind: Replace, Person: "a", Replaces: "b", From: utc(t, "2026-01-06 21:00"), To: utc(t, "2026-01-07 05:00")},
		{ID: "2", Schedule: "core", Kind: Replace, Person: "b", Replaces: "a", From: utc(t, "2026-01-13 09:00"), To: utc(t, "2026-01-13 17:00")},
	}
	f := Fairness(s, overrides, nil, utc(t, "2026-01-05 08:00"), utc(t, "2026-01-19 08:00"), Burden{})
	want := Debt{"a", "b", Load{Nights: -8 * time.Hour}}
	if len(f.Debts) != 1 || f.Debts[0] != want {
		t.Errorf("debts %+v, want %+v", f.Debts, want)
	}
}
