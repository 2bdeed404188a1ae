package knowledge

import (
	"strings"
	"time"
)

// Facts are what a solved case says about its fault, for a draft.
type Facts struct {
	Number      string
	Lang        string
	Title       string
	Symptom     []string // what the customer wrote, oldest first
	Environment []string // product, version, site and the like
	Cause       string
	Solution    []string // what was done, oldest first; the last is what helped
	Product     string
	Version     string
	SolvedAt    time.Time
}

const (
	maxDraftTitle = 120  // runes
	maxDraftPart  = 4000 // runes
)

// Draft makes an article of a solved case, for a second person to review: every
// text redacted and bounded, state "draft", for responders only until it is
// published.
func Draft(f Facts) Doc {
	d := Doc{ID: f.Number, Kind: Article, Lang: f.Lang, State: "draft", Internal: true, Product: f.Product, Version: f.Version, Updated: f.SolvedAt.UTC()}
	d.Title = f.Title
	if strings.TrimSpace(d.Title) == "" && len(f.Symptom) > 0 {
		d.Title, _, _ = strings.Cut(strings.TrimSpace(f.Symptom[0]), "\n")
	}
	d.Title = trimRunes(strings.Join(strings.Fields(Redact(d.Title)), " "), maxDraftTitle)
	d.Symptom = draftPart(f.Symptom)
	d.Cause = draftPart([]string{f.Cause})
	d.Solution = draftPart(f.Solution)
	d.Body = draftPart(f.Environment)
	return d
}

// draftPart joins texts as paragraphs, without the same one twice.
func draftPart(texts []string) string {
	var keep []string
	seen := map[string]bool{}
	for _, t := range texts {
		t = strings.TrimSpace(Redact(t))
		if t != "" && !seen[t] {
			seen[t] = true
			keep = append(keep, t)
		}
	}
	return trimRunes(strings.Join(keep, "\n\n"), maxDraftPart)
}
