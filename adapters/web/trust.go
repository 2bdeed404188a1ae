package web

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"time"
)

// Trust is where it comes from how far suggestions may be trusted.
type Trust interface {
	Trust(ctx context.Context) Trusted
}

// Trusted compares what the knowledge base said with what was right.
type Trusted struct {
	Measured time.Time // zero when it was not measured yet
	// Own says that the confidence was fitted to this hotline's own phrasings.
	Own bool
	// Phrasings is how many confirmed phrasings there are, Needed how many a
	// measurement takes.
	Phrasings, Needed int
	Steps             []TrustStep
}

// TrustStep is the answers of one step of confidence: what was said on average and
// the share that was right, 0 to 1.
type TrustStep struct {
	Count       int
	Said, Right float64
}

// trustRow is one step's bar, in thousandths.
type trustRow struct {
	Count       int
	Said, Right int
}

// lead reports whether u leads people.
func (u User) lead() bool { return u.Role == "lead" || u.Role == "admin" }

func (a *Adapter) trustPage(w http.ResponseWriter, r *http.Request, u User) {
	if !u.lead() {
		a.problemPage(w, r, u, refuse(http.StatusForbidden, "leads_only"))
		return
	}
	t := a.cfg.Trust.Trust(r.Context())
	var rows []trustRow
	for _, s := range t.Steps {
		if s.Count > 0 {
			rows = append(rows, trustRow{s.Count, thousandths(s.Said), thousandths(s.Right)})
		}
	}
	a.draw(w, r, http.StatusOK, "trust", struct {
		frame
		Trusted
		Rows []trustRow
	}{a.titled(r, u, "trust"), t, rows})
}

// thousandths is a share within 0 to 1 as a width.
func thousandths(share float64) int {
	return int(math.Round(1000 * min(max(share, 0), 1)))
}

// wholePercent writes thousandths for people.
func wholePercent(n int) string { return fmt.Sprintf("%d %%", (n+5)/10) }
