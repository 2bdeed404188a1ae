package oncall

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // every zone is there on every machine

	"hotline/bot/wallclock/wallclocktest"
)

// letters is a list of n different people.
func letters(n int) []string {
	people := make([]string, n)
	for i := range people {
		people[i] = string(rune('a' + i))
	}
	return people
}

// Whoever leaves and whenever: the person after the one who left, or the person
// on call if another left, has the turn, and the following turns visit everybody
// once in the old order.
func TestLeavingNeitherSkipsNorRepeats(t *testing.T) {
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for range 500 {
		people := letters(2 + r.IntN(6))
		s := weekly(t, people...)
		s.Layers[0].Rotation.Offset = r.IntN(len(people))
		at := utc(t, "2026-01-05 08:00").Add(time.Duration(r.Int64N(int64(2 * 365 * 24 * time.Hour))))
		turn := func(s Schedule, week int) string {
			return On(s, nil, nil, at.Add(time.Duration(week)*7*24*time.Hour))[0]
		}
		current, leaver := turn(s, 0), people[r.IntN(len(people))]
		var want []string
		for k := range people {
			if p := people[(slices.Index(people, current)+k)%len(people)]; p != leaver {
				want = append(want, p)
			}
		}
		left := slices.DeleteFunc(slices.Clone(people), func(p string) bool { return p == leaver })
		l, err := s.Layers[0].WithParticipants(s.Zone, left, at)
		if err != nil {
			t.Fatal(err)
		}
		s.Layers[0] = l
		// The zone moves its clock by an hour; stay clear of the hand-over.
		if h := at.In(s.Zone); h.Weekday() == time.Monday && h.Hour() >= 7 && h.Hour() <= 11 {
			continue
		}
		var got []string
		for k := range left {
			got = append(got, turn(s, k))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v at %v without %s: turns %v, want %v", people, at, leaver, got, want)
		}
	}
}

// A swap exchanges two shifts and changes nothing else; what is
// owed afterwards is the difference of the two, and the balances cancel.
func TestSwapLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	for range 200 {
		s := weekly(t, letters(2+r.IntN(5))...)
		from := utc(t, "2026-01-05 08:00").AddDate(0, 0, 7*r.IntN(100))
		to := from.AddDate(0, 0, 7*12)
		before := Timeline(s, nil, nil, from, to)
		shifts := Shifts(before)
		a, b := shifts[r.IntN(len(shifts))], shifts[r.IntN(len(shifts))]
		overrides, err := Swap(s, nil, nil, "s", a, b)
		if a.Person == b.Person {
			if err == nil {
				t.Fatal("a swap with oneself was accepted")
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		after := Timeline(s, overrides, nil, from, to)
		for _, move := range Moved(before, after) {
			gained, lost := b, a
			if move.Person == b.Person {
				gained, lost = a, b
			}
			gained.Person, lost.Person = move.Person, move.Person
			if !slices.Equal(move.Gained, []Shift{gained}) || !slices.Equal(move.Lost, []Shift{lost}) {
				t.Fatalf("swap of %v and %v moves %+v", a, b, move)
			}
		}
		fair := Fairness(s, overrides, nil, from, to, Burden{})
		var sum Load
		for _, share := range fair.Shares {
			sum = sum.Plus(share.Balance())
		}
		if sum != (Load{}) {
			t.Fatalf("balances add up to %+v", sum)
		}
		// What is left is the difference of the two shifts; they need not hold
		// the same nights when the clock is moved in one of them.
		owed := time.Duration(0)
		for _, d := range fair.Debts {
			owed += d.Load.Hours
		}
		if want := (a.To.Sub(a.From) - b.To.Sub(b.From)).Abs(); owed != want || len(fair.Debts) > 1 {
			t.Fatalf("swap of %v and %v leaves debts %+v, want %v", a, b, fair.Debts, want)
		}
	}
}

// WhyNot begins with "on call" for exactly the people At names, and names a next
// shift that At agrees with.
func TestWhyNotAgreesWithAt(t *testing.T) {
	s, overrides := follow(t)
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 3))
	for range 60 {
		at := utc(t, "2026-01-05 00:00").Add(time.Duration(r.Int64N(int64(100 * 24 * time.Hour))))
		responders := On(s, overrides, nil, at)
		for _, person := range []string{"a", "b", "d", "f", "h", "x", "nobody"} {
			reasons := WhyNot(s, overrides, nil, person, at)
			if on := reasons[0].Rule == OnCall; on != slices.Contains(responders, person) {
				t.Fatalf("%s at %v: %v, on call are %v", person, at, reasons, responders)
			}
			last := reasons[len(reasons)-1]
			if last.Rule != NextOnCall {
				continue
			}
			if !slices.Contains(On(s, overrides, nil, last.From), person) || slices.Contains(On(s, overrides, nil, last.From.Add(-1)), person) {
				t.Fatalf("%s does not come on call at %v", person, last.From)
			}
			if !slices.Contains(On(s, overrides, nil, last.Until.Add(-1)), person) {
				t.Fatalf("%s is not on call until %v", person, last.Until)
			}
		}
	}
}

// Hand-over days of monthly rotations, written out by hand.
func TestMonthEndsForThreeYears(t *testing.T) {
	for _, tt := range []struct {
		name, start string
		every       int
		want        string
	}{
		{"31st", "2026-01-31 12:00", 1, "0131 0228 0331 0430 0531 0630 0731 0831 0930 1031 1130 1231 0131 0228 0331"},
		{"30th", "2027-11-30 12:00", 1, "1130 1230 0130 0229 0330 0430 0530 0630 0730 0830 0930 1030 1130 1230 0130"},
		{"29th over a usual February", "2026-12-29 12:00", 1, "1229 0129 0228 0329 0429 0529 0629 0729 0829 0929 1029 1129 1229 0129 0229"},
		{"every second month", "2026-08-31 12:00", 2, "0831 1031 1231 0228 0430 0630 0831 1031 1231 0229 0430 0630 0831 1031 1231"},
		{"every five months", "2026-01-31 12:00", 5, "0131 0630 1130 0430 0930 0229 0731 1231 0531 1031 0331 0831 0131 0630 1130"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := weekly(t, "a", "b")
			s.Zone = time.UTC
			s.Layers[0].Rotation = Rotation{Unit: Monthly, Every: tt.every, Start: wall(t, tt.start), Participants: []string{"a", "b"}}
			at := wall(t, tt.start).StartIn(time.UTC)
			var got []string
			for _, span := range Timeline(s, nil, nil, at, at.AddDate(8, 0, 0))[:15] {
				got = append(got, span.From.Format("0102"))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, " "), tt.want)
			}
		})
	}
}

// A schedule is only read: many may ask at once and nothing handed in changes.
func TestManyAskAtOnce(t *testing.T) {
	s, overrides := follow(t)
	absences := []Absence{{Person: "b", From: utc(t, "2026-02-01 00:00"), To: utc(t, "2026-02-09 00:00")}}
	from, to := utc(t, "2026-01-05 00:00"), utc(t, "2026-04-05 00:00")
	want := show(Timeline(s, overrides, absences, from, to))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := show(Timeline(s, overrides, absences, from, to)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			WhyNot(s, overrides, absences, "b", from)
			Check([]Schedule{s}, overrides, absences, nil, from, 30)
			Fairness(s, overrides, absences, from, to, Burden{})
		})
	}
	wg.Wait()
}

// Overrides count to the nanosecond, whatever zone their instants are written in.
func TestOverrideEdges(t *testing.T) {
	s := weekly(t, "a", "b")
	from := utc(t, "2026-01-06 00:00").Add(7)
	o := Override{ID: "1", Schedule: "core", Kind: Replace, Person: "x", Replaces: "a", From: from.In(s.Zone), To: from.Add(3).In(wallclocktest.Location(t, "Asia/Tokyo"))}
	for _, tt := range []struct {
		name string
		at   time.Time
		want string
	}{
		{"before", from.Add(-1), "a"},
		{"first instant", from, "x"},
		{"last instant", from.Add(2), "x"},
		{"after", from.Add(3), "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := On(s, []Override{o}, nil, tt.at); !slices.Equal(got, []string{tt.want}) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
	spans := Timeline(s, []Override{o}, nil, from.Add(-10), from.Add(10))
	if len(spans) != 3 || !spans[1].From.Equal(from) || spans[1].To.Sub(spans[1].From) != 3 {
		t.Errorf("timeline %+v", spans)
	}
}
