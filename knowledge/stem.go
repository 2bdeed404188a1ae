package knowledge

import "bytes"

// stem reduces a lower-case English word to its stem, after Porter's second
// algorithm (snowballstem.org, "English"), without its list of exceptions. The
// result shares w's memory. Words shorter than three letters stay as they are.
func stem(w []byte) []byte {
	if len(w) < 3 {
		return w
	}
	w = bytes.TrimSuffix(bytes.TrimSuffix(w, []byte("'")), []byte("'s"))
	r1 := region(w, 0)
	for _, start := range [...]string{"gener", "commun", "arsen"} {
		if bytes.HasPrefix(w, []byte(start)) {
			r1 = len(start)
		}
	}
	r2 := region(w, r1)
	w = stemPlural(w)
	w = stemPast(w, r1)
	if n := len(w); n > 2 && w[n-1] == 'y' && !vowel(w, n-2) {
		w[n-1] = 'i'
	}
	w = replaceSuffix(w, r1, suffixes2)
	w = replaceSuffix(w, r1, suffixes3)
	w = stemResidual(w, r2)
	return stemFinal(w, r1, r2)
}

// vowel reports whether w[i] is a vowel; y counts after a consonant.
func vowel(w []byte, i int) bool {
	switch w[i] {
	case 'a', 'e', 'i', 'o', 'u':
		return true
	case 'y':
		return i > 0 && !vowel(w, i-1)
	}
	return false
}

// region returns where the part after the first consonant that follows a vowel
// begins, looking from position from.
func region(w []byte, from int) int {
	for i := from + 1; i < len(w); i++ {
		if !vowel(w, i) && vowel(w, i-1) {
			return i + 1
		}
	}
	return len(w)
}

func hasVowel(w []byte) bool {
	for i := range w {
		if vowel(w, i) {
			return true
		}
	}
	return false
}

func stemPlural(w []byte) []byte {
	n := len(w)
	switch {
	case bytes.HasSuffix(w, []byte("sses")):
		return w[:n-2]
	case bytes.HasSuffix(w, []byte("ied")), bytes.HasSuffix(w, []byte("ies")):
		if n > 4 {
			return w[:n-2]
		}
		return w[:n-1]
	case bytes.HasSuffix(w, []byte("us")), bytes.HasSuffix(w, []byte("ss")):
		return w
	case w[n-1] == 's' && n > 2 && hasVowel(w[:n-2]):
		return w[:n-1]
	}
	return w
}

func stemPast(w []byte, r1 int) []byte {
	n := len(w)
	for _, suffix := range [...]string{"eedly", "eed"} {
		if bytes.HasSuffix(w, []byte(suffix)) {
			if n-len(suffix) >= r1 {
				return w[:n-len(suffix)+2]
			}
			return w
		}
	}
	for _, suffix := range [...]string{"ingly", "edly", "ing", "ed"} {
		if !bytes.HasSuffix(w, []byte(suffix)) || !hasVowel(w[:n-len(suffix)]) {
			continue
		}
		w = w[:n-len(suffix)]
		n = len(w)
		switch {
		case bytes.HasSuffix(w, []byte("at")), bytes.HasSuffix(w, []byte("bl")), bytes.HasSuffix(w, []byte("iz")):
			return append(w, 'e')
		case n > 1 && w[n-1] == w[n-2] && bytes.IndexByte([]byte("bdfgmnprt"), w[n-1]) >= 0:
			return w[:n-1]
		case r1 >= n && shortSyllable(w):
			return append(w, 'e')
		}
		return w
	}
	return w
}

// shortSyllable reports whether w ends in a short syllable.
func shortSyllable(w []byte) bool {
	n := len(w)
	if n == 2 {
		return vowel(w, 0) && !vowel(w, 1)
	}
	if n < 3 || vowel(w, n-1) || !vowel(w, n-2) || vowel(w, n-3) {
		return false
	}
	return w[n-1] != 'w' && w[n-1] != 'x' && w[n-1] != 'y'
}

type suffixRule struct{ from, to string }

// suffixes2 and suffixes3 are steps two and three of the algorithm, longest
// suffix first.
var suffixes2 = []suffixRule{
	{"ization", "ize"}, {"ational", "ate"}, {"ousness", "ous"}, {"iveness", "ive"}, {"fulness", "ful"},
	{"tional", "tion"}, {"biliti", "ble"}, {"lessli", "less"}, {"ation", "ate"}, {"alism", "al"},
	{"aliti", "al"}, {"fulli", "ful"}, {"ousli", "ous"}, {"iviti", "ive"}, {"entli", "ent"},
	{"enci", "ence"}, {"anci", "ance"}, {"abli", "able"}, {"izer", "ize"}, {"ator", "ate"}, {"alli", "al"},
	{"bli", "ble"}, {"li", ""},
}

var suffixes3 = []suffixRule{
	{"ational", "ate"}, {"tional", "tion"}, {"alize", "al"}, {"icate", "ic"}, {"iciti", "ic"}, {"ical", "ic"},
	{"ness", ""}, {"ful", ""},
}

func replaceSuffix(w []byte, r1 int, rules []suffixRule) []byte {
	for _, rule := range rules {
		if !bytes.HasSuffix(w, []byte(rule.from)) {
			continue
		}
		cut := len(w) - len(rule.from)
		if cut < r1 {
			return w
		}
		if rule.from == "li" && (cut == 0 || bytes.IndexByte([]byte("cdeghkmnrt"), w[cut-1]) < 0) {
			return w
		}
		return append(w[:cut], rule.to...)
	}
	return w
}

// residual is step four: suffixes dropped inside the second region.
var residual = [...]string{
	"ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize",
	"al", "er", "ic",
}

func stemResidual(w []byte, r2 int) []byte {
	for _, suffix := range residual {
		if bytes.HasSuffix(w, []byte(suffix)) {
			if cut := len(w) - len(suffix); cut >= r2 {
				return w[:cut]
			}
			return w
		}
	}
	n := len(w)
	if bytes.HasSuffix(w, []byte("ion")) && n-3 >= r2 && n > 3 && (w[n-4] == 's' || w[n-4] == 't') {
		return w[:n-3]
	}
	return w
}

func stemFinal(w []byte, r1, r2 int) []byte {
	n := len(w)
	if n == 0 {
		return w
	}
	switch w[n-1] {
	case 'e':
		if n-1 >= r2 || n-1 >= r1 && !shortSyllable(w[:n-1]) {
			return w[:n-1]
		}
	case 'l':
		if n-1 >= r2 && n > 1 && w[n-2] == 'l' {
			return w[:n-1]
		}
	}
	return w
}
