package knowledge

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

// moreWords are common Chinese words that are no terms of the glossary. Written
// for this project.
//
//go:embed data/words-zh.txt
var moreWords string

// maxHanWord is the longest word of the list, in characters.
const maxHanWord = 6

// wordList is a set of Chinese words of two to maxHanWord characters.
type wordList struct{ set map[string]bool }

// hanWords is the list used by the tokeniser: the heads of the glossary and a
// hand-written list of common words.
var hanWords = sync.OnceValue(func() *wordList {
	set := map[string]bool{}
	add := func(word string) {
		if word = Fold(word); isHanWord(word) {
			set[word] = true
		}
	}
	for word := range glossaryPairs() {
		add(word)
	}
	for word := range strings.FieldsSeq(moreWords) {
		add(word)
	}
	for word := range askHan {
		add(word)
	}
	return &wordList{set}
})

// isHanWord reports a folded word that a word list can hold.
func isHanWord(word string) bool {
	n := utf8.RuneCountInString(word)
	return n >= 2 && n <= maxHanWord && !strings.ContainsFunc(word, func(r rune) bool { return !isHan(r) })
}

// longest returns how many runes the longest listed word at the beginning of
// run has, 1 if none is listed.
func (w *wordList) longest(run []rune, buf []byte) int {
	for n := min(maxHanWord, len(run)); n > 1; n-- {
		buf = buf[:0]
		for _, r := range run[:n] {
			buf = utf8.AppendRune(buf, r)
		}
		if w.set[string(buf)] {
			return n
		}
	}
	return 1
}

// han emits one run of Chinese: listed words by longest match, every pair that
// lies across or outside of them, and every character that means something.
func (s *scanner) han(run []rune) {
	var store [maxHanWord * utf8.UTFMax]byte
	start, end, asked := 0, 0, false // the current listed word, and whether it only asks
	for i := range run {
		if i >= end {
			n := s.words.longest(run[i:], store[:0])
			start, end, asked = i, i+n, false
			if n > 1 {
				buf := appendRunes(store[:0], run[i:end])
				asked = askHan[string(buf)]
				if !asked {
					s.emit(buf, KindHanWord, s.log)
				}
			}
		}
		s.emit(utf8.AppendRune(store[:0], run[i]), kindRaw, s.log)
		if asked || stopHan[run[i]] {
			continue
		}
		s.emit(utf8.AppendRune(store[:0], run[i]), KindHanChar, s.log)
		if i+1 == len(run) || stopHan[run[i+1]] {
			continue
		}
		buf := appendRunes(store[:0], run[i:i+2])
		if !s.words.set[string(buf)] {
			s.emit(buf, KindHanPair, s.log)
		} else if (start != i || end != i+2) && !askHan[string(buf)] {
			s.emit(buf, KindHanWord, s.log)
		}
	}
}

func appendRunes(dst []byte, run []rune) []byte {
	for _, r := range run {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
