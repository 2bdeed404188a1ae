// Package say holds what people read in both languages side by side, so that a
// sentence cannot exist in one of them only. Write each sentence as a native
// would say it; the two need not mirror each other word by word, but take the
// same arguments in the same order (or by index, as in %[2]s).
package say

import (
	"fmt"
	"strings"
	"unicode"
)

// Languages that Hotline speaks.
const (
	English = "en"
	Chinese = "zh"
)

// Words is one sentence in English and Chinese, with fmt verbs for its arguments.
type Words struct{ EN, ZH string }

// In is the sentence in lang; anything that is not Chinese is English.
func (w Words) In(lang string, args ...any) string {
	s := w.EN
	if IsChinese(lang) {
		s = w.ZH
	}
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// IsChinese reports whether a language tag such as "zh", "zh-CN" or "zh_TW" is
// Chinese.
func IsChinese(lang string) bool {
	return strings.HasPrefix(strings.ToLower(lang), Chinese)
}

// Guess is the language a text is written in: Chinese as soon as Han characters
// make up a fifth of its letters, because reports mix in English product words.
// It returns "" when there are no letters.
func Guess(text string) string {
	han, letters := 0, 0
	for i, r := range text {
		if i > 4096 {
			break
		}
		switch {
		case unicode.Is(unicode.Han, r):
			han++
			letters++
		case unicode.IsLetter(r):
			letters++
		}
	}
	switch {
	case letters == 0:
		return ""
	case han*5 >= letters:
		return Chinese
	default:
		return English
	}
}
