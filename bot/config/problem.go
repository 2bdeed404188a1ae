package config

import (
	"cmp"
	"fmt"
	"slices"

	"hotline/bot/say"
)

// Problem is one thing that is wrong (or, with Warning, weak) in a configuration.
// It never holds a secret.
type Problem struct {
	File string
	// Line and Column count from 1; 0 when the problem has no place in the file.
	Line, Column int
	// Path is the setting, such as "people[1].role"; may be empty.
	Path string
	// Say is what is wrong, Hint what was meant or what to do.
	Say, Hint string
	// Chinese is Say and Hint together in Chinese; only warnings of Check have it,
	// because they are also shown in chat.
	Chinese string
	// Warning says that the configuration works all the same.
	Warning bool
}

// String is "file:line:column: path: what is wrong; what to do".
func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d:%d", p.Line, p.Column)
	}
	if s != "" {
		s += ": "
	}
	if p.Warning {
		s += "warning: "
	}
	if p.Path != "" {
		s += p.Path + ": "
	}
	return s + p.In(say.English)
}

// In is the problem in a language, without its place.
func (p Problem) In(lang string) string {
	if say.IsChinese(lang) && p.Chinese != "" {
		return p.Chinese
	}
	if p.Hint == "" {
		return p.Say
	}
	return p.Say + "; " + p.Hint
}

// Broken reports whether any of the problems is more than a warning.
func Broken(list []Problem) bool {
	return slices.ContainsFunc(list, func(p Problem) bool { return !p.Warning })
}

// sortProblems puts problems in the order of the file and drops repeats.
func sortProblems(list []Problem) []Problem {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(list)
}
