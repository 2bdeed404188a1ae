// Package wallclocktest is what the tests of schedules and calendars know about
// clocks: the names of all zones, and the face of a clock read step by step. It
// shares no code with package wallclock, so that it can be held against it.
package wallclocktest

import (
	_ "embed" // for the list of zones
	"slices"
	"strings"
	"testing"
	"time"
)

//go:embed zones.txt
var zones string

// Zones lists every zone of the tz database that Go embeds.
func Zones() []string { return strings.Fields(zones) }

// Location is a zone by its name, which must be one.
func Location(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// Face lists what the clock of a zone shows at each step of a stretch.
type Face struct {
	Location *time.Location
	// Walls is what the clock shows at each step, in seconds as if it were UTC.
	Walls  []int64
	step   int64   // seconds between entries
	low    int64   // least value in Walls
	firsts []int32 // by (wall-low)/step: first index that shows it
	lasts  []int32
}

// NewFace reads the clock of a location n times from base on, every step seconds.
func NewFace(loc *time.Location, base, step int64, n int) *Face {
	f := &Face{Location: loc, step: step, Walls: make([]int64, n)}
	for i := range f.Walls {
		at := base + int64(i)*step
		_, off := time.Unix(at, 0).In(loc).Zone()
		f.Walls[i] = at + int64(off)
	}
	f.low = slices.Min(f.Walls)
	size := (slices.Max(f.Walls)-f.low)/step + 1
	f.firsts, f.lasts = make([]int32, size), make([]int32, size)
	for i := range f.firsts {
		f.firsts[i], f.lasts[i] = -1, -1
	}
	for i, w := range f.Walls {
		slot := (w - f.low) / step
		if f.firsts[slot] < 0 {
			f.firsts[slot] = int32(i)
		}
		f.lasts[slot] = int32(i)
	}
	// What no entry shows is skipped by a jump: the entry after it counts.
	for i := 1; i < n; i++ {
		for w := f.Walls[i-1] + step; w < f.Walls[i]; w += step {
			if slot := (w - f.low) / step; f.firsts[slot] < 0 {
				f.firsts[slot], f.lasts[slot] = int32(i), int32(i)
			}
		}
	}
	return f
}

// Span is the least wall time that the face shows, and the end of the greatest.
func (f *Face) Span() (from, to int64) { return f.low, f.low + int64(len(f.firsts))*f.step }

// First is the index of the first occurrence of a wall time, or of the first
// instant after it if the clock skips it.
func (f *Face) First(w int64) int { return f.find(w, f.firsts) }

// Last is the index of the last occurrence, or of the first instant after.
func (f *Face) Last(w int64) int { return f.find(w, f.lasts) }

func (f *Face) find(w int64, table []int32) int {
	if w < f.low {
		return 0
	}
	if slot := (w - f.low) / f.step; slot < int64(len(table)) {
		return int(table[slot])
	}
	return len(f.Walls)
}
