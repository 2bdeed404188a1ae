package bottest

import (
	"fmt"
	"strings"
	"time"
)

// Figures count what happened in a simulation.
type Figures struct {
	Cases, Events          int
	Sends, Failures, Pages int // messages that went out, tries that failed, pages among the messages
	Repeats                int // pages marked as possible repeats
	Acks, GivenBack        int
	Steps, EmptySteps      int
	Changes, Restarts      int
	Breached               int           // clocks that ran out
	LongestWait            time.Duration // the longest that a case had nobody, without snoozes and maintenance
	MostPaged, LeastPaged  int           // pages of the person who had most and of the one who had least, of those on call
	// Digest is of every event of every case: the same seed gives the same.
	Digest uint64
}

// Result is what a simulation came to.
type Result struct {
	Figures
	// Problems are what must not happen, at most 20 of them; Count is how many there
	// were.
	Problems []string
	Count    int
	// Story is what happened to the first case that a problem names, an event a line.
	Story string
}

// String is the result in a few lines.
func (r *Result) String() string {
	f := r.Figures
	s := fmt.Sprintf("%d cases, %d events, %d messages (%d pages, %d marked as repeats), %d failed tries, %d acknowledgements, %d given back, %d steps (%d empty), %d roster changes, %d restarts, %d clocks ran out, longest without anybody %s, pages per person on call %d to %d, digest %016x",
		f.Cases, f.Events, f.Sends, f.Pages, f.Repeats, f.Failures, f.Acks, f.GivenBack, f.Steps, f.EmptySteps, f.Changes, f.Restarts, f.Breached, f.LongestWait.Round(time.Second), f.LeastPaged, f.MostPaged, f.Digest)
	if r.Count > 0 {
		s += fmt.Sprintf("\n%d problems:\n%s\n%s", r.Count, strings.Join(r.Problems, "\n"), r.Story)
	}
	return s
}
