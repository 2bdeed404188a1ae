package knowledge

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TokenVersion numbers the tokeniser. A stored token blob of another version
// is ignored and its document tokenised again.
const TokenVersion = 1

// maxText is how many bytes of one text are read; the rest of a longer text is
// not indexed. It covers a pasted log of 16 KiB and a long article.
const maxText = 64 << 10

// maxFrames is how many frames of one stack trace are read: the first ones
// name the fault, the later ones the framework.
const maxFrames = 8

// Kind says what a token is.
type Kind uint8

// The kinds of token.
const (
	KindWord    Kind = iota // a stemmed word or a part of an identifier
	KindIdent               // an identifier, error code or version, whole
	KindHanWord             // a Chinese word from the word list
	KindHanPair             // two neighbouring Chinese characters that are no listed word
	KindHanChar             // one Chinese character

	kindRaw // a run of letters and digits or a character as written, for the order of words only
)

// Token is one unit of indexing. Text is folded, lower case and valid UTF-8.
type Token struct {
	Text string
	Kind Kind
	Log  bool // from a stack trace, a log line or a code block
}

// Tokens splits text for index and query alike, by the embedded word list. It is
// pure: the same text gives the same tokens for one [TokenVersion]. It reads at most 64 KiB.
//
// Words are stemmed, stop words dropped. Identifiers, error codes, versions and
// paths come whole and in parts. Chinese comes as listed words, pairs and
// single characters. Times, addresses of mail, long hexadecimal runs and
// template marks are noise and dropped; of a stack trace the first eight frames
// are read, without line numbers.
func Tokens(text string) []Token {
	var out []Token
	scanText(hanWords(), text, func(tok []byte, kind Kind, log bool) {
		if kind != kindRaw {
			out = append(out, Token{string(tok), kind, log})
		}
	})
	return out
}

type emitFunc func(tok []byte, kind Kind, log bool)

// scanner holds the state of one text. The bytes given to emit are valid only
// during the call.
type scanner struct {
	emit   emitFunc
	words  *wordList
	low    []byte // lower-cased sub-chunk
	part   []byte // stemming happens in place
	runes  []rune // current run of Han
	log    bool
	fenced bool
	frames int
	frame  bool // the line is a frame of a stack trace
}

func scanText(words *wordList, text string, emit emitFunc) {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	s := scanner{emit: emit, words: words}
	for line := range strings.SplitSeq(Fold(text), "\n") {
		s.line(line)
	}
}

func (s *scanner) line(line string) {
	trimmed := strings.TrimSpace(line)
	if trimmed == "" {
		return
	}
	if isFence(trimmed) {
		s.fenced = !s.fenced
		return
	}
	s.frame = isFrame(trimmed)
	if s.frame {
		s.frames++
		if s.frames > maxFrames {
			return
		}
	} else {
		s.frames = 0
	}
	s.log = s.frame || s.fenced || isLogLine(trimmed)
	s.scan(dropANSI(trimmed))
}

// isFence reports a line that opens or closes a code block in Markdown or Jira.
func isFence(line string) bool {
	return strings.HasPrefix(line, "```") || strings.HasPrefix(line, "{code") || strings.HasPrefix(line, "{noformat")
}

// isFrame reports a line of a stack trace: Java, JavaScript, Python, Go.
func isFrame(line string) bool {
	if rest, ok := strings.CutPrefix(line, "["); ok {
		if _, after, found := strings.Cut(rest, "]"); found {
			line = strings.TrimSpace(after)
		}
	}
	if rest, ok := strings.CutPrefix(line, "at "); ok {
		name, _, _ := strings.Cut(rest, "(")
		return strings.ContainsRune(name, '.') && !strings.ContainsRune(strings.TrimSpace(name), ' ') ||
			strings.HasSuffix(rest, ")")
	}
	return strings.HasPrefix(line, "File \"") && strings.Contains(line, ", line ") ||
		strings.HasPrefix(line, "... ") && strings.HasSuffix(line, " more") ||
		strings.HasPrefix(line, "#") && strings.Contains(line, " in ") && strings.Contains(line, "0x")
}

// isLogLine reports a line that begins with a time stamp or a level.
func isLogLine(line string) bool {
	if len(line) > 18 && digit(line[0]) && digit(line[1]) {
		n := 0
		for i := range 19 {
			if c := line[i]; digit(c) || c == '-' || c == ':' || c == '/' || c == 'T' {
				n++
			}
		}
		if n >= 15 {
			return true
		}
	}
	for _, level := range [...]string{"[INFO", "[info", "[WARN", "[ERROR", "[error", "[DEBUG", "INFO ", "WARN ", "ERROR ", "DEBUG ", "FATAL "} {
		if strings.HasPrefix(line, level) {
			return true
		}
	}
	return false
}

// dropANSI removes terminal colour sequences.
func dropANSI(line string) string {
	if strings.IndexByte(line, 0x1b) < 0 {
		return line
	}
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		if line[i] != 0x1b {
			b.WriteByte(line[i])
			continue
		}
		for i++; i < len(line) && (line[i] < '@' || line[i] > '~' || line[i] == '['); i++ {
		}
	}
	return b.String()
}

func digit(c byte) bool  { return c >= '0' && c <= '9' }
func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// chunkByte reports an ASCII byte that may stand inside a word, identifier,
// path or address.
func chunkByte(c byte) bool {
	return letter(c) || digit(c) || strings.IndexByte("._-$:/\\@#+%'=&?~", c) >= 0
}

// scan splits one line into runs of Han, runs of other letters and chunks of
// ASCII.
func (s *scanner) scan(line string) {
	for i := 0; i < len(line); {
		c := line[i]
		if c < utf8.RuneSelf {
			if !chunkByte(c) {
				i++
				continue
			}
			j := i + 1
			for j < len(line) && line[j] < utf8.RuneSelf && chunkByte(line[j]) {
				j++
			}
			s.chunk(line[i:j])
			i = j
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		j := i + size
		switch {
		case isHan(r):
			s.runes = append(s.runes[:0], r)
			for j < len(line) {
				next, n := utf8.DecodeRuneInString(line[j:])
				if !isHan(next) {
					break
				}
				s.runes = append(s.runes, next)
				j += n
			}
			s.han(s.runes)
		case unicode.IsLetter(r):
			for j < len(line) {
				next, n := utf8.DecodeRuneInString(line[j:])
				if next < utf8.RuneSelf || isHan(next) || !unicode.IsLetter(next) {
					break
				}
				j += n
			}
			if j-i <= maxToken {
				w := []byte(strings.ToLower(line[i:j]))
				s.emit(w, kindRaw, s.log)
				s.emit(w, KindWord, s.log)
			}
		}
		i = j
	}
}

// maxToken is the longest token in bytes; longer runs are machine output.
const maxToken = 64

// chunk takes one run of ASCII apart.
func (s *scanner) chunk(c string) {
	c = strings.Trim(c, "._-$:/\\@#+%'=&?~")
	switch {
	case c == "":
		return
	case plainWord(c):
		s.raw(c)
		s.word(c)
		return
	case strings.Contains(c, "://"):
		s.address(c)
		return
	case strings.IndexByte(c, '@') > 0 && strings.IndexByte(c[strings.IndexByte(c, '@'):], '.') > 0:
		return // an address of mail
	}
	if strings.Count(c, "/")+strings.Count(c, "\\") > 1 {
		c = lastParts(c, 2)
	}
	start := 0
	for i := 0; i <= len(c); i++ {
		if i == len(c) || strings.IndexByte(":/\\@#+%'=&?~", c[i]) >= 0 {
			s.ident(c[start:i])
			start = i + 1
		}
	}
}

// plainWord reports a run of letters (and apostrophes) whose case changes at
// most after the first letter.
func plainWord(c string) bool {
	upper := 0
	for i := range len(c) {
		switch {
		case c[i] >= 'a' && c[i] <= 'z' || c[i] == '\'':
		case c[i] >= 'A' && c[i] <= 'Z':
			upper++
		default:
			return false
		}
	}
	return upper == 0 || upper == len(c) || upper == 1 && c[0] <= 'Z' && c[0] >= 'A'
}

// raw emits the letters and digits of c as they stand, lower case.
func (s *scanner) raw(c string) {
	for i := 0; i < len(c); i++ {
		j := i
		for j < len(c) && (letter(c[j]) || digit(c[j])) {
			j++
		}
		if j > i && j-i <= maxToken {
			s.low = appendLower(s.low[:0], c[i:j])
			s.emit(s.low, kindRaw, s.log)
		}
		i = j
	}
}

func (s *scanner) word(w string) {
	if len(w) > maxToken {
		return
	}
	s.part = appendLower(s.part[:0], w)
	if i := bytes.IndexByte(s.part, '\''); i >= 0 {
		if i > 0 && stopEnglish[string(s.part[:i])] {
			return
		}
		s.part = append(s.part[:i], bytes.ReplaceAll(s.part[i:], []byte("'"), nil)...)
		s.part = s.part[:i]
	}
	if len(s.part) < 2 || stopEnglish[string(s.part)] {
		return
	}
	s.emit(stem(s.part), KindWord, s.log)
}

func appendLower(dst []byte, w string) []byte {
	for i := range len(w) {
		c := w[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}

// address reads a URL: the host's own labels and the last two parts of the
// path.
func (s *scanner) address(c string) {
	_, rest, _ := strings.Cut(c, "://")
	host, path, _ := strings.Cut(rest, "/")
	for label := range strings.SplitSeq(host, ".") {
		switch label {
		case "www", "com", "org", "net", "io", "html":
		default:
			s.ident(label)
		}
	}
	path, _, _ = strings.Cut(path, "?")
	for part := range strings.FieldsFuncSeq(lastParts(path, 2), func(r rune) bool { return strings.ContainsRune("/#&=:@%+~", r) }) {
		s.ident(part)
	}
}

// lastParts returns the last n parts of a path.
func lastParts(path string, n int) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' || path[i] == '\\' {
			if n--; n == 0 {
				return path[i+1:]
			}
		}
	}
	return path
}

// ident reads one identifier of letters, digits and the joints . _ - $.
func (s *scanner) ident(c string) {
	c = strings.Trim(c, "._-$")
	if c == "" || isNoise(c) {
		return
	}
	s.raw(c)
	if plainWord(c) {
		s.word(c)
		return
	}
	if allDigits(c) {
		s.number(c)
		return
	}
	if len(c) <= maxToken {
		s.low = appendLower(s.low[:0], c)
		s.emit(s.low, KindIdent, s.log)
	}
	if version(c) {
		return
	}
	for field := range strings.FieldsFuncSeq(c, func(r rune) bool { return r == '.' || r == '-' || r == '$' }) {
		if len(field) < len(c) && len(field) <= maxToken && compound(field) {
			s.low = appendLower(s.low[:0], field)
			s.emit(s.low, KindIdent, s.log)
		}
		s.pieces(field)
	}
}

// pieces emits the parts of an identifier, cut at underscores, at changes of
// case and between letters and digits.
func (s *scanner) pieces(c string) {
	start := 0
	for i := 1; i <= len(c); i++ {
		if i < len(c) && !edge(c, i) {
			continue
		}
		piece := strings.Trim(c[start:i], "_'")
		start = i
		switch {
		case len(piece) < 2 || len(piece) == len(c) && !plainWord(c) && !allDigits(c):
		case digit(piece[0]):
			s.number(piece)
		default:
			s.word(piece)
		}
	}
}

// edge reports whether an identifier is cut before c[i].
func edge(c string, i int) bool {
	a, b := c[i-1], c[i]
	switch {
	case a == '_' || b == '_':
		return true
	case digit(a) != digit(b):
		return true
	case !upper(a) && upper(b):
		return true
	case upper(a) && upper(b) && i+1 < len(c) && c[i+1] >= 'a' && c[i+1] <= 'z':
		return true
	}
	return false
}

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }

// compound reports an identifier that is cut somewhere.
func compound(c string) bool {
	for i := 1; i < len(c); i++ {
		if edge(c, i) {
			return true
		}
	}
	return false
}

// number emits a number of up to six digits without its leading zeros, so that
// ORA-00600 and "ORA 600" meet. In a stack trace numbers are lines of code.
func (s *scanner) number(c string) {
	short := strings.TrimLeft(c, "0")
	if len(short) > 6 || short == "" || s.frame {
		return
	}
	s.part = append(s.part[:0], short...)
	s.emit(s.part, KindWord, s.log)
}

func allDigits(c string) bool {
	for i := range len(c) {
		if !digit(c[i]) {
			return false
		}
	}
	return true
}

// version reports digits and dots, as in 2.7.3 or an address of IP.
func version(c string) bool {
	for i := range len(c) {
		if !digit(c[i]) && c[i] != '.' {
			return false
		}
	}
	return true
}

// isNoise reports what names one moment or one object and no fault: dates,
// times, UUIDs, hexadecimal runs of twelve and more.
func isNoise(c string) bool {
	digits, hex, dashes := 0, 0, 0
	for i := range len(c) {
		switch x := c[i]; {
		case digit(x):
			digits++
			hex++
		case x|0x20 >= 'a' && x|0x20 <= 'f' || i == 1 && x == 'x' && c[0] == '0':
			hex++
		case x == '-':
			dashes++
		case x == 'T' && digits >= 8: // the joint of an ISO time
		default:
			return false
		}
	}
	switch {
	case dashes == 4 && len(c) == 36:
		return true
	case dashes == 0 && hex == len(c) && len(c) >= 12 && digits > 0:
		return true
	}
	return digits >= 8 && dashes >= 2 && digits+dashes >= len(c)-1
}
