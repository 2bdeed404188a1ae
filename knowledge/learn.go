package knowledge

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Alias is a phrasing that led a customer to a document that solved the case.
// Only active ones are searched. The text is redacted before it is kept.
type Alias struct {
	Text        string    `json:"text"`
	Customers   []string  `json:"customers,omitempty"`    // who said it, or much the same; at most 8 are kept
	Reporter    string    `json:"reporter,omitempty"`     // the person who said it first
	ConfirmedBy string    `json:"confirmed_by,omitempty"` // the responder who confirmed it
	Active      bool      `json:"active,omitempty"`
	Refused     bool      `json:"refused,omitempty"` // taken back; it stays so that it does not return by itself
	Added       time.Time `json:"added"`
}

// Heard is a phrasing after which somebody pressed "solved it".
type Heard struct {
	Text      string
	Customer  string
	Reporter  string
	Responder string // set when a responder confirms the phrasing
	At        time.Time
}

// Lesson says what became of a phrasing.
type Lesson string

// The outcomes of [Learn].
const (
	Learned  Lesson = "learned"  // the alias is searched from now on
	Waiting  Lesson = "waiting"  // kept until a responder or a second customer confirms it
	Known    Lesson = "known"    // much the same is searched already
	Declined Lesson = "declined" // taken back before; only a responder can bring it back
	TooMuch  Lesson = "too_much" // the document or the person has enough aliases
	NoWords  Lesson = "no_words" // nothing in it that can be searched
)

// Bounds of learning. They limit what one person, or many false votes, can do
// to one document, and no vote touches any other document.
const (
	MaxAliasRunes     = 300
	maxWaiting        = 40 // phrasings kept that are not active
	maxPerReporter    = 2
	independentVoices = 2
	maxAliasCustomers = 8
	sameAlias         = .8 // share of common words from which two phrasings are one
)

// Learn adds a phrasing to a document's aliases. It becomes active when a
// responder confirms it or customers of two organisations said much the same.
// The given slice is not changed.
func Learn(aliases []Alias, h Heard) ([]Alias, Lesson) {
	text := cleanAlias(h.Text)
	words := contentWords(text)
	if len(words) == 0 {
		return aliases, NoWords
	}
	aliases = slices.Clone(aliases)
	if i := slices.IndexFunc(aliases, func(a Alias) bool { return similar(words, contentWords(a.Text)) >= sameAlias }); i >= 0 {
		lesson := aliases[i].heardAgain(h, len(Active(aliases)))
		return aliases, lesson
	}
	a := Alias{Text: text, Reporter: h.Reporter, Added: h.At.UTC()}
	mine := 0
	for _, old := range aliases {
		if old.Reporter != "" && old.Reporter == h.Reporter {
			mine++
		}
	}
	if h.Responder == "" && mine >= maxPerReporter {
		return aliases, TooMuch
	}
	if len(aliases)-len(Active(aliases)) >= maxWaiting {
		i := slices.IndexFunc(aliases, func(a Alias) bool { return !a.Active && !a.Refused })
		if i < 0 {
			return aliases, TooMuch
		}
		aliases = slices.Delete(aliases, i, i+1)
	}
	lesson := a.heardAgain(h, len(Active(aliases)))
	return append(aliases, a), lesson
}

// cleanAlias is a phrasing as it is kept: redacted, in one line, bounded.
func cleanAlias(text string) string {
	return trimRunes(strings.Join(strings.Fields(Redact(text)), " "), MaxAliasRunes)
}

// heardAgain counts one more voice for an alias.
func (a *Alias) heardAgain(h Heard, active int) Lesson {
	if h.Customer != "" && !slices.Contains(a.Customers, h.Customer) && len(a.Customers) < maxAliasCustomers {
		a.Customers = append(slices.Clone(a.Customers), h.Customer)
	}
	switch {
	case a.Active:
		return Known
	case a.Refused && h.Responder == "":
		return Declined
	case h.Responder == "" && len(a.Customers) < independentVoices:
		return Waiting
	case active >= MaxAliases:
		return TooMuch
	}
	a.Active, a.Refused, a.ConfirmedBy = true, false, h.Responder
	return Learned
}

// Revert takes an alias back, so that it is not searched and does not return by
// customers' voices alone. It reports whether there was one.
func Revert(aliases []Alias, text string) ([]Alias, bool) {
	aliases = slices.Clone(aliases)
	for i := range aliases {
		if aliases[i].Text == text && !aliases[i].Refused {
			aliases[i].Active, aliases[i].Refused = false, true
			return aliases, true
		}
	}
	return aliases, false
}

// Active returns the texts that [Doc.Aliases] should hold.
func Active(aliases []Alias) []string {
	var out []string
	for _, a := range aliases {
		if a.Active {
			out = append(out, a.Text)
		}
	}
	return out
}

func trimRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n]))
}

// contentWords are the distinct words and identifiers of a text.
func contentWords(text string) map[string]bool {
	set := map[string]bool{}
	for _, t := range Tokens(text) {
		if t.Kind != KindHanChar {
			set[t.Text] = true
		}
	}
	return set
}

// similar is the share of the words of both texts that they have in common.
func similar(a, b map[string]bool) float64 {
	common := 0
	for w := range a {
		if b[w] {
			common++
		}
	}
	all := len(a) + len(b) - common
	if all == 0 {
		return 0
	}
	return float64(common) / float64(all)
}
