package config

import (
	"slices"
	"strings"
)

// meant proposes the known word that was probably meant, as a hint; without one
// near enough it lists the known words when they are few.
func meant(word string, known []string) string {
	if best := nearest(word, known); best != "" {
		return "did you mean \"" + best + "\"?"
	}
	switch n := len(known); {
	case n == 0:
		return "none is defined"
	case n <= 12:
		return "use one of " + strings.Join(known, ", ")
	default:
		return ""
	}
}

// nearest returns the known word with the smallest edit distance, or "" when it
// differs in more than a third of its letters.
func nearest(word string, known []string) string {
	best, bestAt := "", 0
	word = fold(word)
	if len(word) > 64 {
		return ""
	}
	for _, k := range known {
		if len(k) > 64 {
			continue
		}
		d := distance([]rune(word), []rune(fold(k)))
		if limit := max(1, len([]rune(k))/3); d <= limit && (best == "" || d < bestAt) {
			best, bestAt = k, d
		}
	}
	return best
}

func fold(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "-", "_")
}

// distance counts insertions, deletions, substitutions and swaps of neighbours
// (optimal string alignment).
func distance(a, b []rune) int {
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// sortedKeys lists the keys of a map in order, so that messages do not change
// from run to run.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
