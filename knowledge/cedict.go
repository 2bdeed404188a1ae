package knowledge

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of a CC-CEDICT file; the real one has about 124,000 entries in 10 MB.
const (
	maxCEDICTBytes   = 64 << 20
	maxCEDICTEntries = 500_000
	maxCEDICTLine    = 16 << 10
)

// cedictShare is what a reading of a general dictionary weighs beside one of the
// glossary of faults.
const cedictShare = .5

// LoadCEDICT reads a file in the format of CC-CEDICT and returns the embedded
// vocabulary with its words and, where the embedded glossary has none, its
// readings. CC-CEDICT itself is no part of Hotline; it is published under
// CC BY-SA 4.0.
func LoadCEDICT(path string) (*Vocabulary, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the dictionary cannot be read: %w", err)
	}
	defer f.Close()
	v, err := readCEDICT(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

var errCEDICT = errors.New(`is not in the format of CC-CEDICT, "傳統 传统 [chuan2 tong3] /tradition/"`)

// readCEDICT reads lines "Traditional Simplified [pin1 yin1] /sense/sense/". Lines
// with # are comments.
func readCEDICT(r io.Reader) (*Vocabulary, error) {
	entries, err := cedictEntries(io.LimitReader(r, maxCEDICTBytes+1))
	if err != nil {
		return nil, err
	}
	words := maps.Clone(hanWords().set)
	for zh := range entries {
		if isHanWord(zh) {
			words[zh] = true
		}
	}
	glosses := maps.Clone(ShippedVocabulary().glosses)
	buildGlosses(glosses, readings(entries), cedictShare)
	return newVocabulary(&wordList{words}, glosses), nil
}

// cedictEntries is what a file says, by folded word.
func cedictEntries(r io.Reader) (map[string][]string, error) {
	entries := map[string][]string{}
	size, line, bad := 0, 0, 0
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 4096), maxCEDICTLine)
	for in.Scan() {
		line++
		if size += len(in.Bytes()) + 1; size > maxCEDICTBytes {
			return nil, fmt.Errorf("is larger than %d MiB", maxCEDICTBytes>>20)
		}
		text := strings.TrimSpace(in.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		zh, senses, ok := cedictLine(text)
		if !ok {
			if bad++; len(entries) == 0 {
				return nil, fmt.Errorf("line %d %w", line, errCEDICT)
			}
			continue
		}
		for _, form := range zh {
			if list, known := entries[form]; known || len(entries) < maxCEDICTEntries {
				entries[form] = append(list, senses[:min(len(senses), maxGlosses)]...)
			}
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", line+1, err)
	}
	if len(entries) == 0 || bad > len(entries)/10 {
		return nil, fmt.Errorf("with %d good and %d bad lines %w", len(entries), bad, errCEDICT)
	}
	return entries, nil
}

// cedictLine takes one entry apart: the folded word, a second time where folding
// does not know all its traditional characters, and what it means.
func cedictLine(text string) (zh, senses []string, ok bool) {
	head, rest, ok := strings.Cut(text, "[")
	forms := strings.Fields(head)
	_, rest, closed := strings.Cut(rest, "]")
	rest = strings.TrimSpace(strings.TrimPrefix(rest, "]")) // newer files double the brackets
	if !ok || !closed || len(forms) != 2 || len(rest) < 2 || rest[0] != '/' || rest[len(rest)-1] != '/' || !utf8.ValidString(text) {
		return nil, nil, false
	}
	for sense := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == '/' || r == ';' }) {
		if s := plainSense(sense); s != "" {
			senses = append(senses, s)
		}
	}
	zh = []string{Fold(forms[1])}
	if old := Fold(forms[0]); old != zh[0] {
		zh = append(zh, old)
	}
	return zh, senses, true
}

// plainSense is a sense without remarks; empty when it is nothing but a remark or a
// name.
func plainSense(s string) string {
	for {
		from := strings.IndexByte(s, '(')
		to := strings.IndexByte(s, ')')
		if from < 0 || to < from {
			break
		}
		s = s[:from] + " " + s[to+1:]
	}
	s = strings.Join(strings.Fields(s), " ")
	for _, remark := range []string{"CL:", "variant of", "old variant", "see ", "see also", "also written", "surname ", "abbr. for", "same as", "Taiwan pr.", "also pr."} {
		if strings.HasPrefix(s, remark) {
			return ""
		}
	}
	if strings.ContainsFunc(s, isHan) || len(strings.Fields(s)) > 4 {
		return "" // it explains instead of translating
	}
	return strings.TrimPrefix(s, "to ")
}

// readings yields the entries in a fixed order.
func readings(entries map[string][]string) iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for _, zh := range slices.Sorted(maps.Keys(entries)) {
			if len(entries[zh]) > 0 && !yield(zh, entries[zh]) {
				return
			}
		}
	}
}
