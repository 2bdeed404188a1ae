package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"hotline/knowledge"
)

// decode reads an answer strictly: one JSON object, no unknown field, nothing
// after it. A fence around it is allowed, because many models write one.
func decode(text string, v any) error {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "```"); ok {
		rest = strings.TrimPrefix(rest, "json")
		text = strings.TrimSpace(strings.TrimSuffix(rest, "```"))
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("%w: not the JSON asked for", ErrAnswer)
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("%w: more than one JSON value", ErrAnswer)
	}
	return nil
}

var (
	risky = regexp.MustCompile("(?:https?|ftp|file|data|javascript|mailto):[^\\s]+|www\\.[^\\s]+|" + // links
		"\\b[A-Za-z0-9-]+\\.(?:com|net|org|io|cn|ru|xyz|top|info|dev|app|sh|example|invalid|test)\\b[^\\s]*|" +
		"`[^`]+`|" + // code
		"(?:^|\\s)--?[A-Za-z][\\w-]*|" + // flags
		"[~/\\\\][\\w.-]+(?:[/\\\\][\\w.-]*)+|" + // paths
		"[\\w.+-]+@[\\w-]+\\.[\\w.]+|" + // addresses of mail
		"\\+?\\d[\\d -]{3,}\\d|" + // long numbers
		"\\$\\(|&&|\\|\\||;\\w+|<[^>]*>|\\{[^}]*\\}|=>") // shell, markup
	commandWord = regexp.MustCompile(`(?i)\b(?:rm|curl|wget|sudo|drop|truncate|shutdown|eval|exec|powershell|cmd|bash|chmod|chown|mkfs|dd|format|del|rmdir|reboot|kubectl|docker|psql|mysql|delete|uninstall|disable|password|passcode|token|transfer|bitcoin|gift card|anydesk|teamviewer)\b`)
	broadcast   = regexp.MustCompile(`(?i)@(?:everyone|here|channel|all)\b|<!|<@|@所有人|@全体`)
	// chineseRisk are words of Chinese orders that need a source.
	chineseRisk = regexp.MustCompile(`密码|口令|验证码|转账|汇款|付款|卸载|删除|格式化|关闭防火墙|禁用|远程控制|扫码|加微信|微信|点击链接`)
)

// grounded reports whether everything in an answer that could do harm stands in
// the cited solutions, and most of its words in the cited sources.
func grounded(answer string, cited []knowledge.Source) bool {
	if broadcast.MatchString(answer) || strings.ContainsFunc(answer, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return false
	}
	var solutions, all strings.Builder
	for _, s := range cited {
		clean := Clean(s.Solution)
		solutions.WriteString(clean + "\n")
		all.WriteString(s.Title + "\n" + Clean(s.Symptom) + "\n" + clean + "\n")
	}
	have := squeeze(solutions.String())
	for _, re := range []*regexp.Regexp{risky, commandWord, chineseRisk} {
		for _, m := range re.FindAllString(answer, -1) {
			if m = squeeze(strings.Trim(m, "`.,;:!?)")); m != "" && !strings.Contains(have, m) {
				return false
			}
		}
	}
	if hasHan(answer) != hasHan(all.String()) {
		return shareAcross(answer, all.String()) >= minShare
	}
	return shareOf(answer, all.String()) >= minShare
}

// shareAcross is [shareOf] for an answer in the other language than its sources: of
// its words that the glossary can put into theirs, at least two, the share that
// stands there.
func shareAcross(answer, sources string) float64 {
	said := english(knowledge.Meanings(sources))
	inHan, shared, judged := hasHan(sources), 0, 0
	for word, readings := range knowledge.Meanings(answer) {
		switch {
		case said[word] || holdsAny(readings, said):
			shared++
			judged++
		case len(readings) > 0 || hasHan(word) == inHan:
			judged++
		}
	}
	if judged < 2 {
		return 0
	}
	return float64(shared) / float64(judged)
}

// minShare is the share of an answer's words that must stand in its sources.
const minShare = .5

// shareOf is the share of the words of a that stand in b.
func shareOf(a, b string) float64 {
	in := map[string]bool{}
	for _, t := range knowledge.Tokens(b) {
		in[t.Text] = true
	}
	all, hit := 0, 0
	for _, t := range knowledge.Tokens(a) {
		if t.Kind == knowledge.KindHanPair {
			continue
		}
		all++
		if in[t.Text] {
			hit++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(hit) / float64(all)
}

// squeeze folds a text for comparing: lower case, single spaces.
func squeeze(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// pick turns source numbers into sources; any number that was not given spoils
// the answer.
func pick(numbers []int, list []knowledge.Source) ([]knowledge.Source, error) {
	var out []knowledge.Source
	for _, n := range numbers {
		if n < 1 || n > len(list) {
			return nil, fmt.Errorf("%w: it cites a source that was not given", ErrAnswer)
		}
		if !slices.ContainsFunc(out, func(s knowledge.Source) bool { return s.ID == list[n-1].ID }) {
			out = append(out, list[n-1])
		}
	}
	return out, nil
}
