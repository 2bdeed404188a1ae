package knowledge

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// tradPairs holds two-rune entries, a traditional character and its simplified
// form. Written for this project from common knowledge of the two scripts;
// characters with several simplified readings use the most frequent one.
//
//go:embed data/traditional.txt
var tradPairs string

const (
	hanFirst = 0x4E00
	hanLast  = 0x9FFF
)

// simplified maps a Han code point (minus hanFirst) to its simplified form,
// zero where the character is already simple.
var simplified = sync.OnceValue(func() *[hanLast - hanFirst + 1]uint16 {
	var table [hanLast - hanFirst + 1]uint16
	for pair := range strings.FieldsSeq(tradPairs) {
		from, size := utf8.DecodeRuneInString(pair)
		to, _ := utf8.DecodeRuneInString(pair[size:])
		if isHan(from) && isHan(to) {
			table[from-hanFirst] = uint16(to)
		}
	}
	return &table
})

func isHan(r rune) bool { return r >= hanFirst && r <= hanLast }

// foldRune maps one rune to the form that is indexed: full-width to
// half-width, traditional to simplified, accents off Latin letters. Case is
// kept, because identifiers are split where it changes.
func foldRune(r rune, table *[hanLast - hanFirst + 1]uint16) rune {
	switch {
	case r < 0x80:
		return r
	case isHan(r):
		if s := table[r-hanFirst]; s != 0 {
			return rune(s)
		}
		return r
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == 0x3000 || r == 0xA0 || unicode.IsSpace(r):
		return ' '
	case r >= 0xC0 && r <= 0x24F:
		base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
		return base
	case r == 0x2010 || r == 0x2011 || r == 0x2212:
		return '-'
	case r == 0x2018 || r == 0x2019:
		return '\''
	}
	return r
}

// Fold returns text in the form the tokeniser reads: full-width letters and
// digits half-width, traditional Chinese simplified, Latin accents removed,
// invisible marks dropped. Case and line breaks are kept. Invalid UTF-8 becomes
// U+FFFD.
func Fold(text string) string {
	table := simplified()
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		if r == '\n' {
			b.WriteByte('\n')
			continue
		}
		if r >= 0x80 && (unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r)) {
			continue
		}
		b.WriteRune(foldRune(r, table))
	}
	return b.String()
}
