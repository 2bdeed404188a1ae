package commands

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// MaxWords is how many words of a line are looked at one by one; what follows
// belongs to the last argument.
const MaxWords = 64

// word is one word of a line, with the place where what follows it begins.
type word struct {
	text string // without quotes
	from int    // where it begins in the line
	next int    // byte offset behind it
}

// closing gives the quote that ends what an opening quote began.
func closing(open rune) (rune, bool) {
	switch open {
	case '"':
		return '"', true
	case '“', '”', '＂':
		return '”', true
	case '「':
		return '」', true
	case '『':
		return '』', true
	default:
		return 0, false
	}
}

// split cuts a line into words at white space, the full-width space included.
// Quotes at the start of a word keep words together; a quote that is never closed
// is an ordinary character.
func split(line string) []word {
	var words []word
	for i := 0; i < len(line) && len(words) < MaxWords; {
		r, size := utf8.DecodeRuneInString(line[i:])
		if unicode.IsSpace(r) {
			i += size
			continue
		}
		if w, ok := quoted(line, i, r, size); ok {
			words = append(words, w)
			i = w.next
			continue
		}
		end := strings.IndexFunc(line[i:], unicode.IsSpace)
		if end < 0 {
			end = len(line) - i
		}
		words = append(words, word{text: line[i : i+end], from: i, next: i + end})
		i += end
	}
	return words
}

func quoted(line string, i int, open rune, size int) (word, bool) {
	end, ok := closing(open)
	if !ok {
		return word{}, false
	}
	body := line[i+size:]
	n := strings.IndexRune(body, end)
	if n < 0 && open == '＂' {
		end = '＂'
		n = strings.IndexRune(body, end)
	}
	if n < 0 {
		return word{}, false
	}
	return word{text: body[:n], from: i, next: i + size + n + utf8.RuneLen(end)}, true
}

// fold makes a word comparable: lower case, half-width, without a leading slash
// or closing punctuation.
func fold(s string) string {
	s = strings.ToLower(width.Fold.String(s))
	s = strings.TrimLeft(s, "/!")
	return strings.TrimRight(s, ":,.;!?。，、！？：；")
}

// distance is the number of inserted, deleted, changed or swapped characters that
// turn a into b, counted up to limit; more than limit gives limit+1.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit + 1
	}
	before, prev, cur := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return min(prev[len(y)], limit+1)
}
